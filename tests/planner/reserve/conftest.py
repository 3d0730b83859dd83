"""A small project on the Tumen estuary: habitat by formula, four sites, pairs, a corridor."""

from __future__ import annotations

import shutil

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point, box

from layers.grid import region_grid
from layers.raster import write_cog
from planner.corridors.runs import study_of
from planner.pipeline.cores import suitability_raster
from planner.pipeline.study import SCENARIO
from planner.profiles import load_region, load_species
from planner.project import AddFeatures, AddScenario, Project, SetSetting
from planner.reserve.request_file import request_from

REGION = "tumen-estuary"
SPECIES = ("amur-tiger", "amur-leopard")
WEST, EAST = "hunchun-national-nature-reserve", "land-of-the-leopard-national-park"
NORTH, SOUTH = "poltavsky-zakaznik", "rason-migratory-bird-reserve"
SITES = {  # id of the catalogue: country, then longitude, latitude and km as tests need them
    WEST: ("CHN", 130.55, 43.0, 14.0),
    EAST: ("RUS", 131.3, 43.05, 14.0),
    NORTH: ("RUS", 131.5, 43.25, 8.0),
    SOUTH: ("PRK", 130.3, 42.3, 10.0),
}
PAIRS = ((WEST, EAST), (WEST, SOUTH))


def circle(grid, lon, lat, radius_km):
    place = gpd.GeoSeries([Point(lon, lat)], crs="EPSG:4326").to_crs(grid.crs).iloc[0]
    return place.buffer(radius_km * 1000.0)


def suitability(grid, lon, lat, reach_km):
    """Return habitat that is best at a place and fades away from it."""
    place = circle(grid, lon, lat, 1.0).centroid
    x, y = grid.cell_centres()
    away = np.hypot(x[None, :] - place.x, y[:, None] - place.y) / 1000.0
    return np.exp(-((away / reach_km) ** 2))


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """Make the project once; tests work on copies of it."""
    region = load_region(REGION)
    grid = region_grid(region.bounds.lonlat, region.cell_size_m.value)
    folder = tmp_path_factory.mktemp("reserve") / "small"
    with Project.create(folder, name="Small", region_id=REGION, crs=grid.crs) as project:
        project.execute(AddScenario(SCENARIO, "Plan"))
        project.execute(SetSetting("species", list(SPECIES)))
        shapes = {name: circle(grid, *facts[1:]) for name, facts in SITES.items()}
        project.execute(
            AddFeatures(
                "sites",
                [
                    {
                        "site_id": name,
                        "name_en": name.replace("-", " ").title(),
                        "countries": [facts[0]],
                        "designation_class": "national-park",
                        "state": "active",
                        "kind": "nominal",
                        "area_km2": shapes[name].area / 1e6,
                        "geometry": shapes[name],
                    }
                    for name, facts in SITES.items()
                ],
            )
        )
        project.execute(
            AddFeatures(
                "pairs",
                [
                    {
                        "site_a": a,
                        "site_b": b,
                        "name_a": a.replace("-", " ").title(),
                        "name_b": b.replace("-", " ").title(),
                        "countries": sorted([SITES[a][0], SITES[b][0]]),
                        "border": "-".join(sorted([SITES[a][0], SITES[b][0]])),
                        "distance_km": shapes[a].distance(shapes[b]) / 1000.0,
                        "touching": False,
                        "basis": "computed",
                        "nominal": True,
                    }
                    for a, b in PAIRS
                ],
            )
        )
        west, east = shapes[WEST].centroid, shapes[EAST].centroid
        swath = box(west.x, min(west.y, east.y) - 2000, east.x, max(west.y, east.y) + 2000)
        corridor = {
            "corridor_id": "c1",
            "scenario": SCENARIO,
            "species": "amur-tiger",
            "name": "West - East",
            "countries": ["CHN", "RUS"],
            "area_km2": swath.area / 1e6,
            "kind": "swath",
            "geometry": swath,
        }
        project.execute(AddFeatures("corridors", [corridor]))
        values = {
            "amur-tiger": suitability(grid, 131.0, 43.0, 60.0),
            "amur-leopard": suitability(grid, 130.8, 42.7, 40.0),
        }
        for name, value in values.items():
            write_cog(project.raster_path(suitability_raster(name)), value, grid)
        return project.path


@pytest.fixture
def folder(template, tmp_path):
    """Copy the project; return its folder."""
    return shutil.copytree(template, tmp_path / template.name)


@pytest.fixture
def project(folder):
    """Open a copy of the project."""
    with Project.open(folder) as opened:
        yield opened


@pytest.fixture
def study(project):
    """Return what runs of the project work on."""
    return study_of(project, [load_species(name) for name in SPECIES])


@pytest.fixture
def asked():
    """Return a function that makes a request: hexagons of 15 km, 30 % of each habitat."""

    def made(features=None, **parts):
        default = [
            {"kind": "habitat", "species": name, "target": {"share": 0.3}} for name in SPECIES
        ]
        content = {
            "units": {"kind": "hexagon", "size_km": 15.0},
            "features": default if features is None else features,
            "goal": {"boundary_penalty": 0.5},
            "search": {"gap": 0.02, "time_limit_s": 20.0},
        }
        for name, value in parts.items():
            content[name] = (
                {**content.get(name, {}), **value} if isinstance(value, dict) else value
            )
        return request_from(content)

    return made


@pytest.fixture
def shapes_file(tmp_path):
    """Return a function that writes polygons into a GeoPackage."""

    def write(name, shapes, crs, **columns):
        path = tmp_path / name
        gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs).to_file(path)
        return path.as_posix()

    return write
