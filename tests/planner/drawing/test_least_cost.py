"""Live corridors: by hand, and against the search on the full grid."""

import math

import numpy as np
import pytest
from affine import Affine
from shapely import box

from algorithms.connectivity.cost_distance import cost_distance
from layers.grid import Grid
from layers.raster import write_cog
from planner.drawing.errors import DrawingError
from planner.drawing.least_cost import ALL_SPECIES, LiveCorridor, corridor_species
from planner.profiles import load_region
from planner.project import AddFeatures, Project, SetSetting
from planner.workspace import equal_area_crs

LAEA = "+proj=laea +lat_0=43 +lon_0=131 +datum=WGS84 +units=m +no_defs"
GRID = Grid(LAEA, Affine(100, 0, 0, 0, -100, 4000), (40, 60))
SITES = {
    "west": box(0, 1500, 500, 2500),
    "east": box(5500, 1500, 6000, 2500),
    "island": box(4500, 100, 4900, 400),
}


def even():
    return np.ones(GRID.shape)


def test_straight_way_over_even_land():
    live = LiveCorridor.on(GRID, even(), SITES, "west")
    path = live.path_to(3050, 2050)
    assert path.reached
    assert not path.coarse
    assert path.points[-1] == (3050, 2050)
    assert path.points[0][0] == 450
    assert path.cost == pytest.approx(2600)
    assert path.length_km == pytest.approx(2.6, rel=1e-3)
    assert live.path_to_site("east").cost == pytest.approx(5100)


def test_way_goes_through_the_gap_in_a_wall():
    land = even()
    land[:, 30] = np.nan
    land[35, 30] = 1.0
    live = LiveCorridor.on(GRID, land, SITES, "west")
    path = live.path_to_site("east")
    assert path.reached
    assert min(y for _, y in path.points) == pytest.approx(450, abs=76)
    assert path.cost > 5100


def test_place_that_cannot_be_reached_says_why():
    land = even()
    land[:, 30] = np.nan
    live = LiveCorridor.on(GRID, land, SITES, "west")
    assert "No way over land" in live.path_to(5000, 2000).reason
    assert "Nothing passes here" in live.path_to(3050, 2000).reason
    assert "outside the region" in live.path_to(-50, 2000).reason
    assert "No way over land" in live.path_to_site("east").reason
    assert "not on the map" in live.path_to_site("gone").reason
    nowhere = live.path_to(5000, 2000)
    assert not nowhere.reached
    assert nowhere.points == ()
    assert math.isinf(nowhere.cost)


def test_source_that_cannot_be_left():
    land = even()
    land[36:39, 45:49] = np.nan
    with pytest.raises(DrawingError, match="No way leads out of this place"):
        LiveCorridor.on(GRID, land, SITES, "island")
    with pytest.raises(DrawingError, match="no site 'gone'"):
        LiveCorridor.on(GRID, land, SITES, "gone")


def test_a_place_can_be_the_source():
    path = LiveCorridor.on(GRID, even(), SITES, (1050.0, 1050.0)).path_to(1050, 1050)
    assert path.cost == 0
    assert path.reached


def test_coarse_surface_comes_first_and_the_full_one_is_exact():
    rng = np.random.default_rng(5)
    grid = Grid(LAEA, Affine(100, 0, 0, 0, -100, 40_000), (400, 500))
    land = 1.0 + 20.0 * rng.random(grid.shape)
    land[150:260, 200:210] = np.inf
    sites = {"west": box(0, 15_000, 1000, 25_000), "east": box(48_000, 18_000, 49_000, 19_000)}
    live = LiveCorridor.on(grid, land, sites, "west")
    assert live.coarse
    rough = live.path_to(30_050, 20_050)
    assert rough.coarse
    full = live.refined()
    assert not full.coarse
    path = full.path_to(30_050, 20_050)
    source = np.zeros(grid.shape, dtype=bool)
    source[150:250, :10] = True
    expected = cost_distance(land, source, cell_size=100.0)[199, 300]
    assert path.cost == pytest.approx(expected)
    assert rough.length_km == pytest.approx(path.length_km, rel=0.2)


def test_small_source_falls_back_to_the_full_grid():
    grid = Grid(LAEA, Affine(100, 0, 0, 0, -100, 40_000), (400, 500))
    land = np.full(grid.shape, np.nan)
    land[200, :] = 1.0  # a causeway narrower than half a coarse cell
    live = LiveCorridor.on(grid, land, {"a": box(0, 19_900, 100, 20_000)}, "a")
    assert not live.coarse
    assert live.path_to(40_050, 19_950).reached


def test_surfaces_of_a_project(tmp_path):
    region = load_region("tumen-estuary")
    crs = equal_area_crs(region.bounds.lonlat)
    grid = Grid.from_bounds(crs, (-5000, -5000, 5000, 5000), 500)
    with Project.create(tmp_path / "p", name="p", region_id=region.id, crs=crs) as project:
        site = {
            "site_id": "a",
            "name_en": "A",
            "kind": "nominal",
            "geometry": box(0, 0, 900, 900),
        }
        project.execute(AddFeatures("sites", [site]))
        project.execute(SetSetting("species", ["amur-tiger", "amur-leopard"]))
        assert corridor_species(project) == ()
        with pytest.raises(
            DrawingError, match=r"no resistance of 'amur-tiger'.*panel Corridors"
        ):
            LiveCorridor.start(project, "amur-tiger", "a")
        with pytest.raises(DrawingError, match="no habitat yet"):
            LiveCorridor.start(project, ALL_SPECIES, "a")
        project.raster_path("resistance_amur-tiger").parent.mkdir(exist_ok=True)
        write_cog(project.raster_path("resistance_amur-tiger"), np.full(grid.shape, 2.0), grid)
        assert corridor_species(project) == ("amur-tiger",)
        path = LiveCorridor.start(project, "amur-tiger", "a").path_to(-4000, 300)
        assert path.cost == pytest.approx(2 * 4000)
