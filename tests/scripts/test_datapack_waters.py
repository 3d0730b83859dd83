"""The reader of GSHHG files, the joining of river reaches, distances."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from scripts.datapack.distances import densify, distance_to_lines_km
from scripts.datapack.gshhg import BoundaryFileError, read_boundaries
from scripts.datapack.lake_names import LAKES, LakeNameError, name_lakes
from scripts.datapack.rivers import join_courses, line_length_km, rank_of
from scripts.datapack.window import EARTH_RADIUS_KM, GRID, cell_lonlat

NEAR = np.array([[130.0, 45.0], [130.5, 45.25], [131.0, 45.0]], dtype="<f4")
FAR = np.array([[-60.0, -3.0], [-59.0, -3.0]], dtype="<f4")
EAST_OF_IT = np.array([[151.0, 45.0], [152.0, 45.0]], dtype="<f4")
BOUNDS = (70.0, 20.0, 150.0, 60.0)


@pytest.fixture
def folder(tmp_path):
    lines, offset = [], 0
    with (tmp_path / "rivers_h.dat").open("wb") as stream:
        for index, points in enumerate((NEAR, FAR, EAST_OF_IT)):
            stream.write(points.tobytes())
            low, high = points[:, 1].min(), points[:, 1].max()
            size = points.nbytes
            lines.append(f"-1 -1 {len(points)} {low:.5f} {high:.5f} {offset} {size} {index}")
            offset += size
    (tmp_path / "riversmeta_h.dat").write_text("\n".join(lines) + "\n", encoding="ascii")
    return tmp_path


def test_reader_keeps_what_reaches_into_the_window(folder):
    features = list(read_boundaries(folder, "rivers", "h", BOUNDS))
    assert [feature.identifier for feature in features] == ["0"]
    assert features[0].level == -1
    assert features[0].points == pytest.approx(NEAR)
    assert features[0].points.dtype == np.float64


def test_reader_finds_features_by_offset(folder):
    features = list(read_boundaries(folder, "rivers", "h", (-180, -90, 180, 90)))
    assert [feature.points.tolist() for feature in features] == [
        points.tolist() for points in (NEAR, FAR, EAST_OF_IT)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "-1 -1 3 45.0 45.25 0 24",
        "-1 -1 three 45.0 45.25 0 24 0",
        "-1 -1 3 45.0 45.25 0 20 0",
        "-1 -1 300 45.0 45.25 0 2400 0",
        "-1 -1 3 45.0 45.25 2 24 0",
    ],
)
def test_reader_refuses_a_damaged_meta_file(folder, line):
    (folder / "riversmeta_h.dat").write_text(line + "\n", encoding="ascii")
    with pytest.raises(BoundaryFileError, match=r"riversmeta_h\.dat, line 1"):
        list(read_boundaries(folder, "rivers", "h", BOUNDS))


def test_straightest_reaches_form_one_course():
    upstream = shapely.LineString([(100, 45), (101, 45)])
    downstream = shapely.LineString([(101, 45), (102, 45.1)])
    tributary = shapely.LineString([(101, 46), (101, 45)])
    courses = join_courses([upstream, downstream, tributary])
    assert [len(course.geoms) for course in courses] == [2, 1]
    assert courses[1].equals(shapely.MultiLineString([tributary]))


def test_sharp_turns_stay_apart():
    courses = join_courses(
        [shapely.LineString([(100, 45), (101, 45)]), shapely.LineString([(101, 45), (101, 46)])]
    )
    assert len(courses) == 2


def test_every_reach_is_in_one_course():
    rng = np.random.default_rng(5)
    ends = rng.integers(0, 4, (30, 2, 2)).astype(float)
    reaches = [shapely.LineString(pair) for pair in ends if (pair[0] != pair[1]).any()]
    courses = join_courses(reaches)
    assert sum(len(course.geoms) for course in courses) == len(reaches)


def test_length_and_rank():
    degree = np.pi * EARTH_RADIUS_KM / 180
    line = shapely.LineString([(100, 40), (100, 41), (100, 43)])
    assert line_length_km(line) == pytest.approx(3 * degree)
    assert [rank_of(length) for length in (1000, 999, 400, 150, 149)] == [1, 2, 2, 3, 4]


def test_densify_keeps_vertices_and_spacing():
    line = np.array([[100.0, 0.0], [100.0, 0.05], [100.2, 0.05]])
    dense = densify(line, 1.0)
    steps = np.hypot(*np.diff(dense, axis=0).T) * np.radians(EARTH_RADIUS_KM)
    assert steps.max() <= 1.0 + 1e-9
    assert {tuple(point) for point in line} <= {tuple(point) for point in dense}
    assert np.array_equal(dense[[0, -1]], line[[0, -1]])


def test_distance_to_a_meridian_is_the_great_circle():
    lon, lat = cell_lonlat()
    where = np.zeros(GRID.shape, dtype=bool)
    where[::60, ::60] = True
    meridian = np.array([[100.0, 0.0], [100.0, 89.9]])
    distance = distance_to_lines_km([meridian], where)
    exact = EARTH_RADIUS_KM * np.arcsin(
        np.cos(np.radians(lat)) * np.abs(np.sin(np.radians(lon - 100)))
    )
    assert np.isnan(distance[~where]).all()
    assert distance[where] == pytest.approx(exact[where], abs=0.14)


def test_lake_names_need_their_lake():
    some = gpd.GeoDataFrame(geometry=[shapely.Point(LAKES["Baikal"]).buffer(0.1)])
    with pytest.raises(LakeNameError, match="Balkhash"):
        name_lakes(some)
    every = gpd.GeoDataFrame(geometry=[shapely.Point(p).buffer(0.1) for p in LAKES.values()])
    assert name_lakes(every) == list(LAKES)
