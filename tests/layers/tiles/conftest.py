import numpy as np
import pytest
import rasterio
from affine import Affine

from layers.covariates import CovariateSource, open_covariates
from layers.grid import Grid

GRID = Grid("EPSG:32652", Affine(1000, 0, 500_000, 0, -1000, 4_800_000), (150, 200))


def write_layer(path, values, cell=1000.0):
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=values.shape[0],
        width=values.shape[1],
        count=1,
        dtype=values.dtype,
        crs=GRID.crs,
        transform=Affine(cell, 0, 500_000, 0, -cell, 4_800_000),
        tiled=True,
        blockxsize=32,
        blockysize=32,
        compress="DEFLATE",
    ) as target:
        target.write(values, 1)


@pytest.fixture
def stack(tmp_path):
    """Two covariates, one of them finer than the grid; the first 20 columns are unknown."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "in"
    folder.mkdir()
    first = rng.random(GRID.shape).astype(np.float32)
    first[:, :20] = np.nan
    write_layer(folder / "a.tif", first)
    write_layer(folder / "b.tif", rng.random((300, 400)), cell=500.0)
    sources = [CovariateSource(name, folder / f"{name}.tif") for name in ("a", "b")]
    return open_covariates(sources, GRID, tile=32)


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder
