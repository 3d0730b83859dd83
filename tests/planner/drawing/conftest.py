"""A project and a ground that can be worked out by hand.

Two countries side by side on a plane: CHN from 0 to 100 km, RUS from 100 to 200 km, both 100
km high; KOR, which takes no part, east of them from 200 to 210 km, and sea all around. Cells
are of 1 km. Settlement pressure is 0 in CHN and 0.5 in RUS. Habitat is the northern half.
"""

import numpy as np
import pytest
import shapely
from affine import Affine
from shapely import box

from layers.grid import Grid
from planner.drawing.ground import DrawingGround, GroundSite, Places, ProtectedPart
from planner.drawing.national import NationalLand
from planner.profiles import load_species
from planner.project import AddScenario, Project

LAEA = "+proj=laea +lat_0=43 +lon_0=131 +datum=WGS84 +units=m +no_defs"
KM = 1000.0


def km(west, south, east, north):
    """Return a rectangle given in kilometres."""
    return box(west * KM, south * KM, east * KM, north * KM)


@pytest.fixture(scope="session")
def ground():
    region = km(-20, -20, 220, 120)
    grid = Grid(LAEA, Affine(KM, 0, -20 * KM, 0, -KM, 120 * KM), (140, 240))
    china, russia = km(0, 0, 100, 100), km(100, 0, 200, 100)
    x, y = grid.cell_centres()
    in_russia = (x > 100 * KM) & (x < 200 * KM)
    in_china = (x > 0) & (x < 100 * KM)
    rows = (y > 50 * KM) & (y < 100 * KM)
    habitat = rows[:, None] & (in_russia | in_china)[None, :]
    cost = np.ones(grid.shape)
    cost[:, in_russia] = 1.5
    sites = (
        GroundSite("west", "West Park", ("CHN",), "surveyed", km(40, 40, 60, 60)),
        GroundSite("east", "East Park", ("RUS",), "nominal", km(140, 40, 160, 60)),
        GroundSite("spot", "Spot", ("RUS",), "point", shapely.Point(120 * KM, 50 * KM)),
    )
    return DrawingGround(
        key="hand",
        crs=LAEA,
        grid=grid,
        national=NationalLand(
            region, {"CHN": china, "RUS": russia}, shapely.union_all([km(0, 0, 210, 100)])
        ),
        lakes=(km(70, 0, 90, 20),),
        sites=sites,
        protected=(
            ProtectedPart("CHN", True, sites[0].shape),
            ProtectedPart("RUS", False, sites[1].shape),
        ),
        places=Places(
            x=np.array([50.0, 105.0, 110.0, 205.0]) * KM,
            y=np.array([50.0, 50.0, 50.0, 50.0]) * KM,
            people=np.array([6000, 250_000, 5100, 9000]),
            name=("A", "B", "C", "D"),
            name_local=("甲", "", "Ц", ""),
            iso3=("CHN", "RUS", "RUS", "KOR"),
            source="GeoNames. Places of 5,000 people and more. CC BY 4.0.",
        ),
        profiles=(load_species("amur-tiger"), load_species("hooded-crane")),
        habitat={"amur-tiger": habitat},
        cost=cost,
    )


@pytest.fixture
def project(tmp_path):
    with Project.create(
        tmp_path / "drawn", name="Drawn", region_id="tumen-estuary", crs=LAEA, author="Ann"
    ) as made:
        made.execute(AddScenario("plan", "Plan"))
        yield made
