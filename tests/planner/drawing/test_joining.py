"""Sites joined to one area through habitat, and areas of planning units."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely import Point, box

from layers.grid import region_grid
from layers.raster import write_cog
from planner.drawing import joining
from planner.drawing.errors import DrawingError
from planner.drawing.joining import join_sites, land_of_units, units_of
from planner.profiles import load_region
from planner.project import AddFeatures, Project, SetSetting
from planner.workspace import equal_area_crs

REGION = load_region("tumen-estuary")
CRS = equal_area_crs(REGION.bounds.lonlat)
TO_MAP = Transformer.from_crs("EPSG:4326", CRS, always_xy=True)


def park(lon, lat, size=4000.0):
    x, y = TO_MAP.transform(lon, lat)
    return box(x - size / 2, y - size / 2, x + size / 2, y + size / 2)


@pytest.fixture(scope="module")
def places():
    return {
        "a": park(130.2, 43.0),
        "b": park(130.5, 43.0),
        "c": park(130.8, 43.2),
        "sea": park(131.3, 42.2),
        "dot": Point(TO_MAP.transform(130.35, 43.2)),
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory, places):
    grid = region_grid(REGION.bounds.lonlat, REGION.cell_size_m.value)
    folder = tmp_path_factory.mktemp("joining") / "p"
    with Project.create(folder, name="p", region_id=REGION.id, crs=CRS) as project:
        kinds = {"dot": "point", "a": "surveyed"}
        rows = [
            {
                "site_id": key,
                "name_en": key.upper(),
                "kind": kinds.get(key, "nominal"),
                "geometry": shape,
            }
            for key, shape in places.items()
        ]
        nowhere = {"site_id": "none", "name_en": "Nowhere", "kind": "unlocated"}
        project.execute(AddFeatures("sites", [*rows, nowhere]))
        project.execute(SetSetting("species", ["amur-tiger"]))
        project.raster_path("x").parent.mkdir(exist_ok=True)
        _, y = grid.cell_centres()
        good = np.abs(y - TO_MAP.transform(130.35, 43.0)[1]) < 3000
        suitability = np.where(good, 0.9, 0.05)[:, None] * np.ones(grid.shape)
        write_cog(project.raster_path("suitability_amur-tiger"), suitability, grid)
        yield project


def test_two_sites_are_joined_through_the_habitat_between(made, places):
    found = join_sites(made, ["a", "b"])
    assert found.member_sites == ("a", "b")
    assert found.species == ("amur-tiger",)
    assert len(found.geometry.geoms) == 1
    assert found.geometry.buffer(1).covers(shapely.union_all([places["a"], places["b"]]))
    between = found.geometry.difference(shapely.union_all([places["a"], places["b"]]))
    middle = places["a"].centroid.y
    assert between.bounds[1] > middle - 4000
    assert between.bounds[3] < middle + 4000
    (told,) = found.reasons
    assert told.startswith("A and B: joined over 2")
    assert "by nominal footprints" in told


def test_several_sites_make_a_tree(made):
    found = join_sites(made, ["c", "a", "b", "a", "dot"])
    assert found.member_sites == ("c", "a", "b", "dot")
    assert len(found.reasons) == 3
    assert len(found.geometry.geoms) == 1
    assert any("A and B" in told or "B and A" in told for told in found.reasons)


@pytest.mark.parametrize(
    ("sites", "told"),
    [
        (["a"], "1 sites are chosen; 2 to 30"),
        (["a", "none"], "Nowhere is not drawn"),
        (["a", "gone"], "gone is not drawn"),
        (["a", "sea"], "No way over land joins A and SEA"),
    ],
)
def test_sites_that_cannot_be_joined(made, sites, told):
    with pytest.raises(DrawingError, match=told):
        join_sites(made, sites)


def test_joining_can_be_cancelled(made):
    class Stop:
        def report(self, fraction):
            if fraction > 0.2:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        join_sites(made, ["a", "b", "c"], Stop())


def test_area_of_planning_units(made, monkeypatch):
    class Run:
        units = gpd.GeoDataFrame(
            {"unit_id": ["u1", "u2", "u3"]},
            geometry=[box(0, 0, 10, 10), box(10, 0, 20, 10), box(50, 0, 60, 10)],
            crs=CRS,
        )

        @staticmethod
        def open(_project, run_id):
            assert run_id == "r"
            return Run

    monkeypatch.setattr(joining, "ReserveRun", Run)
    ids, shapes = units_of(made, "r")
    assert ids == ("u1", "u2", "u3")
    assert shapes[1].bounds == (10, 0, 20, 10)
    found = land_of_units(made, "r", ["u1", "u2", "u1"])
    assert len(found.geometry.geoms) == 1
    assert found.geometry.area == 200
    assert found.reasons == ("2 planning units of the run r, chosen by hand.",)
    with pytest.raises(DrawingError, match="No planning unit is chosen"):
        land_of_units(made, "r", [])
    with pytest.raises(DrawingError, match="no planning unit 'x'"):
        land_of_units(made, "r", ["u1", "x"])
