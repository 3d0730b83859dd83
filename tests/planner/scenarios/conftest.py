from __future__ import annotations

import numpy as np
import pytest
import shapely
from affine import Affine
from pyproj import Transformer

from layers.grid import Grid, equal_area_crs
from layers.pack import DataPack
from layers.raster import write_cog
from planner.profiles import load_region
from planner.project import AddFeatures, AddScenario, Project, SetSetting, StoreIndicators

REGION = load_region("tumen-estuary")
CRS = equal_area_crs(REGION.bounds.lonlat)
MIDDLE = (129.6, 43.2)
"""In China, north of Yanji."""


@pytest.fixture(scope="session")
def pack():
    return DataPack.open()


@pytest.fixture(scope="session")
def middle():
    to_local = Transformer.from_crs("EPSG:4326", CRS, always_xy=True)
    return to_local.transform(*MIDDLE)


@pytest.fixture
def square(middle):
    """Return a square of so many km a side, so many km east of the middle."""

    def make(side_km, east_km=0.0):
        x, y = middle[0] + 1000 * east_km, middle[1]
        return shapely.box(x, y, x + 1000 * side_km, y + 1000 * side_km)

    return make


def proposal_row(key, shape, **values):
    return {
        "proposal_id": key,
        "scenario": "plan",
        "name": f"Proposal {key}",
        "status": "draft",
        "countries": ["CHN"],
        "geometry": shape,
        **values,
    }


@pytest.fixture
def project(tmp_path, middle, square):
    x, y = (round(value, -3) for value in middle)
    with Project.create(
        tmp_path / "small", name="Small", region_id=REGION.id, crs=CRS, author="Ann"
    ) as made:
        grid = Grid(CRS, Affine(1000, 0, x - 50_000, 0, -1000, y + 50_000), (100, 100))
        write_cog(made.raster_path("suitability_amur-tiger"), np.full((100, 100), 0.9), grid)
        made.execute(SetSetting("species", ["amur-tiger"]))
        made.execute(AddScenario("plan", "Plan", note="As computed."))
        rows = [
            proposal_row("a", square(4), area_by_country={"CHN": {"cost": 3.0}}),
            proposal_row("b", square(2, 10), status="tabled"),
        ]
        made.execute(AddFeatures("proposals", rows))
        corridor = {
            "corridor_id": "c",
            "scenario": "plan",
            "name": "Corridor c",
            "species": "amur-tiger",
            "length_km": 12.5,
            "min_width_m": 1500.0,
        }
        line = shapely.LineString([middle, (middle[0] + 5000, middle[1])])
        parts = [
            {**corridor, "kind": "path", "geometry": line},
            {**corridor, "kind": "swath", "geometry": line.buffer(800)},
        ]
        made.execute(AddFeatures("corridors", parts))
        protected = {"indicator": "ProtConn", "unit": "%", "country": "ALL", "value": 7.5}
        made.execute(StoreIndicators("plan", [{**protected, "stage": "after"}]))
        yield made
