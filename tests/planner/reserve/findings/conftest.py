"""A run made by hand: 6 x 12 km of land, the border at column 6, units of 2 x 2 km."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from scipy.sparse import csr_array

from algorithms.reserve.problem import Problem
from algorithms.reserve.solving import solve
from layers.grid import Grid
from planner.pipeline.study import SCENARIO
from planner.profiles import load_species
from planner.project import AddFeatures, AddScenario, Project
from planner.reserve.feature_rows import FeatureRow, write_features
from planner.reserve.ground import Ground, save_ground
from planner.reserve.request import FeatureSettings, ReserveRequest, TargetSettings
from planner.reserve.run_folder import FEATURES, ReserveRun

LAEA = "+proj=laea +lat_0=43 +lon_0=131 +datum=WGS84 +units=m +no_defs"
ROWS, COLUMNS, SIDE = 6, 12, 2
TIGER = "amur-tiger"
ISO3 = ("CHN", "RUS")


def box(rows, columns):
    (top, bottom), (left, right) = rows, columns
    return shapely.box(left * 1000, -(bottom + 1) * 1000, (right + 1) * 1000, -top * 1000)


@pytest.fixture
def country():
    return np.repeat([[1] * 6 + [2] * 6], ROWS, axis=0).astype(np.int32)


def unit_cells():
    rows, columns = np.indices((ROWS, COLUMNS))
    return ((rows // SIDE) * (COLUMNS // SIDE) + columns // SIDE + 1).astype(np.int32)


class Place:
    """A project with two sites and a pair, a run in it, and the ground of the run."""

    def __init__(self, folder, country, *, habitat=None, cost=None, target=18.0, sites=None):
        self.project = Project.create(
            folder / "hand.landbridge", name="Hand", region_id="tiger-leopard", crs=LAEA
        )
        self.project.execute(AddScenario(SCENARIO, "Plan"))
        self.country = country
        self.grid = Grid(LAEA, Affine(1000, 0, 0, 0, -1000, 0), (ROWS, COLUMNS))
        self.sites = sites or {"west": ("CHN", (0, 1)), "east": ("RUS", (10, 11))}
        masks = []
        for name, (iso3, (left, right)) in self.sites.items():
            record = {
                "site_id": name, "name_en": name.capitalize(), "countries": [iso3],
                "state": "active", "kind": "nominal",
                "geometry": box((0, ROWS - 1), (left, right)),
            }  # fmt: skip
            self.project.execute(AddFeatures("sites", [record]))
            mask = np.zeros((ROWS, COLUMNS), bool)
            mask[:, left : right + 1] = True
            masks.append(mask)
        labels = np.zeros((ROWS, COLUMNS), np.int32)
        for number, mask in enumerate(masks, 1):
            labels[mask] = number
        self.protected = SimpleNamespace(
            site_ids=tuple(self.sites),
            names=tuple(name.capitalize() for name in self.sites),
            countries=tuple(iso3 for iso3, _ in self.sites.values()),
            masks=masks,
            labels=labels,
            cut=(False,) * len(self.sites),
        )
        self.habitat = np.ones((ROWS, COLUMNS), bool) if habitat is None else habitat
        self._make_run(cost, target)
        self.ground = Ground(
            grid=self.grid,
            unit=unit_cells(),
            country=country,
            iso3=ISO3,
            site=labels,
            existing=self.run.units["existing"].to_numpy(bool),
            habitat={TIGER: self.habitat},
            thresholds={TIGER: 0.5},
        )
        save_ground(self.run.folder, self.ground)
        tiger = load_species(TIGER)
        self.study = SimpleNamespace(
            grid=self.grid,
            country=country,
            iso3=ISO3,
            project=self.project,
            species=(tiger,),
            catalogue={name: SimpleNamespace(species=(TIGER,)) for name in self.sites},
            profile=lambda _name: tiger,
            degrees_at=lambda row, column: (131.0 + column / 100, 43.0 - row / 100),
        )

    def _make_run(self, cost, target):
        units = unit_cells()
        n = int(units.max())
        where = [np.argwhere(units == k + 1) for k in range(n)]
        sites = np.zeros((ROWS, COLUMNS), bool)
        for _, (left, right) in self.sites.values():
            sites[:, left : right + 1] = True
        cover = np.array([sites[units == k + 1].mean() for k in range(n)])
        existing = cover >= 0.5
        codes = np.array([self.country[tuple(at[0])] - 1 for at in where], np.int32)
        price = np.ones(n) if cost is None else np.asarray(cost, float)
        frame = gpd.GeoDataFrame(
            {
                "unit_id": [f"u{k}" for k in range(n)],
                "country": [ISO3[code] for code in codes],
                "area_km2": 4.0,
                "cost": np.where(existing, 0.0, price),
                "status": np.where(existing, "locked_in", "available"),
                "existing": existing,
                "cover": cover,
                "complex": 0,
            },
            geometry=[
                box((at[:, 0].min(), at[:, 0].max()), (at[:, 1].min(), at[:, 1].max()))
                for at in where
            ],
            crs=LAEA,
        )
        amount = np.array([[self.habitat[units == k + 1].sum() for k in range(n)]], float)
        problem = Problem(
            cost=frame["cost"].to_numpy(float),
            amount=csr_array(amount),
            target=np.array([target]),
            locked_in=existing,
            country=codes,
            area=frame["area_km2"].to_numpy(float),
            share_counts_locked_in=False,
            feature_names=("Habitat",),
        )
        self.request = ReserveRequest(
            title="By hand",
            features=(
                FeatureSettings(
                    kind="habitat", species=TIGER, target=TargetSettings(share=0.5)
                ),
            ),
            cost={"kind": "area"},
            search={"time_limit_s": 5.0, "gap": 0.0, "threads": 1},
        )
        self.run = ReserveRun.create(self.project, self.request)
        self.run.store_problem(frame, problem, ISO3)
        total = float(amount.sum())
        write_features(
            self.run.file(FEATURES),
            [
                FeatureRow(
                    "Habitat", "habitat", TIGER, "", "km²", total, total,
                    float(amount[0, existing].sum()), target, "by hand", "drawn",
                )
            ],
        )  # fmt: skip

    def solve(self):
        """Solve the problem and keep the solution as the best."""
        found = solve(self.run.problem(), gap=0.0, time_limit=5.0, threads=1)
        return self.run.save_solution("best", found, label="Best", kind="best")

    def choose(self, *units, name="best"):
        """Keep units, and the existing ones, as a solution."""
        problem = self.run.problem()
        found = solve(
            Problem(
                cost=problem.cost,
                amount=problem.amount,
                target=np.zeros(1),
                locked_in=problem.must() | np.isin(np.arange(problem.n_units), units),
                country=problem.country,
                area=problem.area,
                feature_names=problem.feature_names,
            ),
            gap=0.0,
            threads=1,
        )
        return self.run.save_solution(name, found, label=name.capitalize(), kind="best")

    def add_pair(self, **values):
        names = tuple(self.sites)
        record = {
            "site_a": names[0], "site_b": names[1], "name_a": names[0].capitalize(),
            "name_b": names[1].capitalize(), "countries": ["CHN", "RUS"], "border": "CHN-RUS",
            "distance_km": 8.0, "touching": False, "basis": "documented", "nominal": True,
            "species": [], **values,
        }  # fmt: skip
        self.project.execute(AddFeatures("pairs", [record]))

    def unit(self, row, column):
        """Return the unit that holds a cell."""
        return int(unit_cells()[row, column]) - 1

    def row_of_units(self, row=0):
        """Return the units from site to site in one row of units."""
        return [self.unit(row * SIDE, column) for column in range(2, 10, SIDE)]


@pytest.fixture
def place(tmp_path, country):
    """Return a function that makes such a place; projects are closed at the end."""
    made = []

    def make(**options):
        made.append(Place(tmp_path / str(len(made)), country, **options))
        return made[-1]

    def folder(**options):
        (tmp_path / str(len(made))).mkdir()
        return make(**options)

    yield folder
    for one in made:
        one.project.close()
