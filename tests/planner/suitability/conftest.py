"""A small landscape made by hand: layers, records that follow them, and studies of both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - a fixture's field

import numpy as np
import pytest
import rasterio
from affine import Affine
from pyproj import Transformer
from scipy.ndimage import gaussian_filter

from planner.progress import StepProgress
from planner.suitability.study_file import study_from
from planner.suitability.workflow import announced_stages, run_study

CRS = "EPSG:32652"
ROWS, COLUMNS, SIDE = 40, 50, 2000.0
WEST, NORTH = 400_000.0, 4_900_000.0


def write_layer(path, values, *, crs=CRS, nodata=None, origin=(WEST, NORTH), side=SIDE):
    """Write an array as GeoTIFF."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=values.shape[0],
        width=values.shape[1],
        count=1,
        dtype=values.dtype,
        crs=crs,
        transform=Affine(side, 0, origin[0], 0, -side, origin[1]),
        nodata=nodata,
    ) as target:
        target.write(values, 1)
    return path


def lonlat(rows, columns):
    """Return the centres of cells in degrees."""
    to_degrees = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    return to_degrees.transform(
        WEST + (np.asarray(columns) + 0.5) * SIDE, NORTH - (np.asarray(rows) + 0.5) * SIDE
    )


def write_points(path, lon, lat, encoding="utf-8", header="species,longitude,latitude"):
    lines = [f"Testudo manualis,{x:.5f},{y:.5f}" for x, y in zip(lon, lat, strict=True)]
    path.write_text("\n".join([header, *lines, ""]), encoding=encoding)
    return path


@dataclass(frozen=True)
class Landscape:
    """Files in a folder."""

    folder: Path
    shape = (ROWS, COLUMNS)
    write_layer = staticmethod(write_layer)
    write_points = staticmethod(write_points)
    lonlat = staticmethod(lonlat)

    @property
    def layers(self):
        return sorted((self.folder / "layers").glob("*.tif"))

    @property
    def points(self):
        return self.folder / "points.csv"

    def content(self, **changes):
        """Return a study of the landscape as a form would give it."""
        kinds = {"cover": "categorical"}
        roles = {"roads": {"role": "disturbance", "undisturbed": 0.0}}
        content = {
            "species": "Testudo manualis",
            "records": {"sources": [{"path": str(self.points)}]},
            "covariates": [
                {
                    "name": path.stem,
                    "path": str(path),
                    "kind": kinds.get(path.stem, "continuous"),
                    **roles.get(path.stem, {}),
                }
                for path in self.layers
            ],
            "sampling": {"points": 600},
            "model": {"kind": "maxent", "options": {"features": "lq"}},
            "evaluation": {"count": 3, "bootstraps": 50, "importance_repeats": 2},
        }
        return content | changes

    def study(self, **changes):
        return study_from(self.content(**changes))


def made_landscape(folder):
    """Make trees, roads and cover, and 60 records where there are trees and no roads."""
    rng = np.random.default_rng(5)

    def field(smooth):
        values = gaussian_filter(rng.normal(size=(ROWS, COLUMNS)), smooth)
        return ((values - values.mean()) / values.std()).astype(np.float32)

    trees, roads = field(4), np.abs(field(3))
    cover = (np.digitize(field(5), [-0.5, 0.5]) + 1).astype(np.uint8)
    write_layer(folder / "layers" / "trees.tif", trees)
    write_layer(folder / "layers" / "roads.tif", roads)
    write_layer(folder / "layers" / "cover.tif", cover, nodata=0)
    write_layer(folder / "future" / "trees.tif", trees + np.float32(3.0))
    chance = 1.0 / (1.0 + np.exp(-(3.0 * trees - 2.0 * roads))).astype(np.float64)
    cells = rng.choice(trees.size, 60, replace=False, p=(chance / chance.sum()).ravel())
    write_points(folder / "points.csv", *lonlat(*np.divmod(cells, COLUMNS)))
    return Landscape(folder)


@pytest.fixture
def landscape(tmp_path):
    """A landscape of its own, to be altered."""
    return made_landscape(tmp_path / "landscape")


@pytest.fixture(scope="session")
def shared_landscape(tmp_path_factory):
    """A landscape that is only read."""
    return made_landscape(tmp_path_factory.mktemp("landscape"))


def ran(study, folder, **options):
    """Run a study; return its results and how each stage ended."""
    states = {}
    weights = {name: weight for name, (_, weight) in announced_stages(study).items()}
    progress = StepProgress(weights, on_changed=lambda s: states.update({s.name: s.state}))
    return run_study(study, folder, progress, **options), states


@pytest.fixture(scope="session")
def run():
    """Return a function that runs a study."""
    return ran


@pytest.fixture(scope="session")
def finished(shared_landscape, tmp_path_factory):
    """A finished run with one projection; only to be read: folder, results, states."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    future = {"trees": str(shared_landscape.folder / "future" / "trees.tif")}
    study = shared_landscape.study(projections=[{"name": "wooded", "layers": future}])
    results, states = ran(study, folder)
    return folder, results, states
