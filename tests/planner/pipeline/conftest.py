"""Studies worked out by hand: a few cells of land, two countries, sites drawn on cells."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine

from layers.grid import Grid
from layers.raster import write_cog
from planner.pipeline.cores import cores_raster, suitability_raster
from planner.pipeline.resistance import resistance_raster
from planner.pipeline.study import SCENARIO, Study
from planner.profiles import load_region, load_species
from planner.project import AddFeatures, AddScenario, Project
from planner.records import texts

LAEA = "+proj=laea +lat_0=43 +lon_0=131 +datum=WGS84 +units=m +no_defs"
COUNTRIES = ("CHN", "PRK", "RUS")
CODE = {iso3: code for code, iso3 in enumerate(COUNTRIES, 1)}


@dataclass(frozen=True)
class HandPack:
    """A base map of nothing but towns: (x, y, people) in metres of the grid."""

    towns: tuple[tuple[float, float, int], ...] = ()
    content_hash: str = "made by hand"

    def basemap(self, layer, bounds):
        assert layer == "settlements"
        points = [shapely.Point(x, y) for x, y, _ in self.towns]
        people = [people for _, _, people in self.towns]
        frame = gpd.GeoDataFrame({"population": people}, geometry=points, crs=LAEA)
        return frame.to_crs("EPSG:4326")


@dataclass(frozen=True)
class HandSite:
    """What the catalogue says of a site: the species recorded there."""

    species: tuple[str, ...] = ("amur-tiger",)


@dataclass(frozen=True)
class HandStudy(Study):
    """A study whose land is given, not read from a data pack."""

    given_country: np.ndarray = field(kw_only=True)
    side_m: float = field(kw_only=True)
    water: dict[str, np.ndarray] = field(kw_only=True, default_factory=dict)

    @property
    def grid(self):
        transform = Affine(self.side_m, 0, 0, 0, -self.side_m, 0)
        return Grid(LAEA, transform, self.given_country.shape)

    @property
    def outline(self):
        return shapely.box(*self.grid.bounds)

    @property
    def cell_m(self):
        return self.side_m

    @property
    def country(self):
        return self.given_country

    @property
    def iso3(self):
        return COUNTRIES

    @property
    def lakes(self):
        return self.water.get("lakes", np.zeros(self.grid.shape, bool))

    def large_rivers(self, rank):
        assert rank == 2
        return self.water.get("rivers", np.zeros(self.grid.shape, bool))

    def layer(self, name):
        return np.zeros(self.grid.shape)

    # What the tests put in.

    def store(self, name, values):
        values = np.asarray(values)
        nodata = None if values.dtype.kind == "f" else 0
        write_cog(self.project.raster_path(name), values, self.grid, nodata=nodata)

    def store_suitability(self, values, species="amur-tiger"):
        self.store(suitability_raster(species), np.asarray(values, float))

    def store_resistance(self, values, species="amur-tiger"):
        self.store(resistance_raster(species), np.asarray(values, float))

    def store_cores(self, labels, species="amur-tiger", site_ids=None):
        labels = np.asarray(labels, np.int32)
        self.store(cores_raster(species), labels)
        records = []
        for core in range(1, int(labels.max()) + 1):
            here = labels == core
            code = int(np.bincount(self.country[here]).argmax())
            records.append(
                {
                    "core_id": f"{species}-{core}",
                    "species": species,
                    "scenario": SCENARIO,
                    "name": f"Core {core}",
                    "countries": [COUNTRIES[code - 1]],
                    "area_km2": float(here.sum()) * self.grid.cell_area_km2,
                    "site_ids": (site_ids or {}).get(core, []),
                    "geometry": self.box(*_extent(here)),
                }
            )
        self.project.execute(AddFeatures("cores", records))

    def box(self, rows, columns):
        """Return the rectangle over rows r0 to r1 and columns c0 to c1, both inclusive."""
        (top, bottom), (left, right) = rows, columns
        side = self.side_m
        return shapely.box(left * side, -(bottom + 1) * side, (right + 1) * side, -top * side)

    def add_site(self, site_id, countries, rows, columns, **values):
        record = {
            "site_id": site_id,
            "name_en": site_id.capitalize(),
            "countries": countries.split(),
            "state": "active",
            "kind": "nominal",
            "geometry": self.box(rows, columns),
            **values,
        }
        self.project.execute(AddFeatures("sites", [record]))

    def add_pair(self, site_a, site_b, **values):
        by_id = {row["site_id"]: row for row in self.project.records("sites")}
        first, second = by_id[site_a], by_id[site_b]
        between = first["geometry"].distance(second["geometry"]) / 1000.0
        record = {
            "site_a": site_a,
            "site_b": site_b,
            "name_a": first["name_en"],
            "name_b": second["name_en"],
            "countries": sorted({*texts(first["countries"]), *texts(second["countries"])}),
            "distance_km": between,
            "touching": between == 0.0,
            "basis": "computed",
            "nominal": True,
            **values,
        }
        self.project.execute(AddFeatures("pairs", [record]))


def _extent(mask):
    rows, columns = np.nonzero(mask)
    return (int(rows.min()), int(rows.max())), (int(columns.min()), int(columns.max()))


@pytest.fixture
def project(tmp_path):
    made = Project.create(
        tmp_path / "hand", name="Hand", region_id="tumen-estuary", crs=LAEA, author="Ann"
    )
    made.execute(AddScenario(SCENARIO, "Plan"))
    with made:
        yield made


@pytest.fixture
def profile():
    """Return a function that gives a species other numbers than its profile has."""

    def changed(species_id="amur-tiger", **values):
        original = load_species(species_id)
        numbers = {
            name: quantity.model_copy(
                update={"value": values.get(name, quantity.value), "low": None, "high": None}
            )
            for name, quantity in original.quantities.items()
        }
        return original.model_copy(update={"quantities": numbers})

    return changed


@pytest.fixture
def study(project, profile):
    """Return a function that makes a study of a picture: C, P and R are countries, . is sea."""

    def made(
        picture,
        *,
        side_m=1000.0,
        species=None,
        towns=(),
        longest_km=120,
        catalogue=None,
        **water,
    ):
        letters = {"C": CODE["CHN"], "P": CODE["PRK"], "R": CODE["RUS"], ".": 0}
        country = np.array([[letters[letter] for letter in row] for row in picture], np.int32)
        region = load_region("tumen-estuary")
        longest = region.maximum_corridor_length_km.model_copy(update={"value": longest_km})
        return HandStudy(
            region.model_copy(update={"maximum_corridor_length_km": longest}),
            (profile(),) if species is None else species,
            project,
            HandPack(tuple(towns)),
            defaultdict(HandSite, catalogue or {}),
            1,
            given_country=country,
            side_m=side_m,
            water=water,
        )

    return made
