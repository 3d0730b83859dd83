"""Slope, ruggedness, temperature by height, class majority, borders: worked by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from scripts.datapack.climate import (
    at_cells,
    downscale_temperature,
    node_elevation,
    precipitation_seasonality,
)
from scripts.datapack.koppen import commonest
from scripts.datapack.natural_earth import (
    clip_to_window,
    international,
    sea_coast,
    shared_borders,
)
from scripts.datapack.terrain import (
    SourceGridError,
    read_elevation,
    ruggedness_m,
    slope_degrees,
)
from scripts.datapack.window import EARTH_RADIUS_KM, GRID, cell_lonlat, package_folder

CELL_M = np.radians(1 / 12) * EARTH_RADIUS_KM * 1000


def test_slope_of_a_plane_grows_with_latitude_when_it_rises_eastwards():
    plane = np.tile(np.arange(6) * 100.0, (5, 1))
    slope = slope_degrees(plane, np.array([60.0, 30.0, 0.0]))
    expected = np.degrees(np.arctan(100 / (CELL_M * np.cos(np.radians([60, 30, 0])))))
    assert slope == pytest.approx(np.tile(expected[:, None], (1, 4)))


def test_slope_of_a_plane_that_rises_northwards():
    plane = np.tile(np.arange(5)[:, None] * 100.0, (1, 6))
    slope = slope_degrees(plane, np.array([60.0, 30.0, 0.0]))
    assert slope == pytest.approx(np.full((3, 4), np.degrees(np.arctan(100 / CELL_M))))


def test_ruggedness_of_a_single_peak():
    peak = np.zeros((5, 5))
    peak[2, 2] = 10.0
    index = ruggedness_m(peak)
    assert index[1, 1] == pytest.approx(np.sqrt(8 * 100))
    assert index[0, 0] == pytest.approx(10.0)


def test_elevation_refuses_a_shifted_source(tmp_path):
    folder = tmp_path / "data" / "1511"
    folder.mkdir(parents=True)
    lat = 90.0 - np.arange(2160) / 12
    lon = -180.0 + np.arange(4320) / 12
    np.savez(folder / "v2_lat.npz", np.tile(lat[:, None], (1, 2)))
    np.savez(folder / "v2_lon.npz", np.tile(lon, (2, 1)))
    with pytest.raises(SourceGridError, match="has changed its grid"):
        read_elevation(tmp_path)


def test_missing_source_package_is_named():
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        package_folder("no_such_package")


def test_node_elevation_averages_the_box_about_each_node():
    terrain = np.zeros((2164, 4324))
    lat = 90.125 - np.arange(2164) / 12
    terrain[:] = lat[:, None] * 10
    nodes = node_elevation(terrain)
    assert nodes.shape == (241, 481)
    node_lat = -90 + 0.75 * np.arange(241)
    assert nodes[1:-1, 100] == pytest.approx(node_lat[1:-1] * 10, abs=1e-6)


def test_fields_are_read_where_they_lie():
    lat = -90 + 0.75 * np.arange(241)
    lon = -180 + 0.75 * np.arange(481)
    cell_lon, cell_lat = cell_lonlat()
    field = lat[:, None] + 1000 * lon[None, :]
    assert at_cells(field, 0.75, 0.0) == pytest.approx(cell_lat + 1000 * cell_lon)
    wide = (-90.125 + 0.25 * np.arange(722))[:, None] + np.zeros(1442)
    assert at_cells(wide, 0.25, 0.125) == pytest.approx(cell_lat)


def test_temperature_follows_the_height_of_the_cell():
    node_height = np.full((241, 481), 800.0)
    kelvin = np.full((241, 481), 288.15 - 0.0055 * 800)
    height = np.zeros(GRID.shape)
    height[100, 200] = 2000.0
    height[5, 5] = -150.0
    cells = downscale_temperature(kelvin, node_height, np.ones((241, 481)), height)
    assert cells[0, 0] == pytest.approx(15.0)
    assert cells[100, 200] == pytest.approx(15 - 11)
    assert cells[5, 5] == pytest.approx(15 + 0.825)


def test_coasts_take_after_the_land():
    lon = -180 + 0.75 * np.arange(481)
    sea = np.tile(lon > 130.4, (241, 1))
    kelvin = np.where(sea, 278.15, 258.15)
    share = np.where(sea, 0.0, 1.0)
    cells = downscale_temperature(kelvin, np.zeros((241, 481)), share, np.zeros(GRID.shape))
    between = np.argmin(np.abs(GRID.cell_centres()[0] - 130.125))
    unweighted = downscale_temperature(
        kelvin, np.zeros((241, 481)), np.ones((241, 481)), np.zeros(GRID.shape)
    )
    assert cells[0, between] < -13
    assert unweighted[0, between] > -8


def test_seasonality_of_rain():
    even = np.full((12, 1, 1), 50.0)
    assert precipitation_seasonality(even) == pytest.approx(np.zeros((1, 1)))
    one_month = np.zeros((12, 1, 1))
    one_month[6] = 120.0
    spread = np.sqrt(((120 - 10) ** 2 + 11 * 10**2) / 11)
    assert precipitation_seasonality(one_month)[0, 0] == pytest.approx(100 * spread / 11)


def test_commonest_class_ignores_none_and_breaks_ties_low():
    pixels = np.array([[0, 0, 7, 7], [0, 5, 3, 3], [0, 0, 0, 0], [0, 0, 0, 9]], dtype=np.uint8)
    assert commonest(pixels, 2).tolist() == [[5, 3], [0, 9]]
    assert commonest(np.zeros((2, 2), dtype=np.uint8), 2).tolist() == [[0]]


def countries(**shapes):
    return gpd.GeoDataFrame(
        {"iso3": list(shapes)}, geometry=list(shapes.values()), crs="EPSG:4326"
    )


def test_shared_border_is_the_common_segments_in_alphabetical_order():
    west = shapely.Polygon([(100, 40), (101, 40), (101, 40.4), (101, 41), (100, 41)])
    east = shapely.Polygon([(101, 40), (102, 40), (102, 41), (101, 41), (101, 40.4)])
    island = shapely.box(110, 40, 111, 41)
    borders = shared_borders(countries(RUS=east, CHN=west, JPN=island))
    assert list(zip(borders["iso3_a"], borders["iso3_b"], strict=True)) == [("CHN", "RUS")]
    line = borders.geometry[0]
    assert line.length == pytest.approx(1.0)
    assert len(line.geoms) == 1
    assert (101.0, 40.4) in line.geoms[0].coords


def test_borders_of_states_only():
    land = {
        "CHN": shapely.Polygon([(0, 0), (1, 0), (2, 0), (2, 1), (1, 1), (0, 1)]),
        "HKG": shapely.Polygon([(0, 0), (1, 0), (1, -1), (0, -1)]),
        "RUS": shapely.Polygon([(1, 0), (2, 0), (2, -1), (1, -1)]),
    }
    borders = shared_borders(countries(**land))
    assert len(borders) == 3
    kept = international(borders)
    assert set(zip(kept["iso3_a"], kept["iso3_b"], strict=True)) == {
        ("CHN", "RUS"),
        ("HKG", "RUS"),
    }


def test_inland_seas_have_no_coast():
    ring = shapely.box(100, 40, 110, 50) - shapely.box(104, 44, 106, 46)
    coast = sea_coast(countries(RUS=ring))
    assert len(coast) == 1
    assert shapely.Polygon(coast[0]).area == pytest.approx(100)


def test_clipping_keeps_vertices_and_drops_what_is_outside():
    inside = shapely.Polygon(
        [(140, 30), (155, 30), (155, 35), (140, 35), (139.5, 32.123456789)]
    )
    outside = shapely.box(10, 10, 20, 20)
    clipped = clip_to_window(countries(JPN=inside, XXX=outside))
    assert list(clipped["iso3"]) == ["JPN"]
    assert clipped.total_bounds.tolist() == [139.5, 30, 150, 35]
    assert (139.5, 32.123456789) in clipped.geometry[0].exterior.coords
