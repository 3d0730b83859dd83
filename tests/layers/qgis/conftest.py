"""A real engine for the tests, and small data of their own to draw."""

from __future__ import annotations

import threading
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from shapely.geometry import LineString, Point, box

from layers.qgis.engine import QgisEngine
from layers.qgis.layer_spec import LayerSpec

CRS = "EPSG:3857"


def shared_memory_blocks():
    folder = Path("/dev/shm")
    return {entry.name for entry in folder.iterdir()} if folder.is_dir() else set()


@pytest.fixture(scope="session")
def engine():
    with QgisEngine(request_timeout_s=30) as running:
        yield running


@pytest.fixture
def nothing_left():
    """Fail where a test leaves a thread of an engine or a block of shared memory behind."""
    blocks = shared_memory_blocks()
    threads = set(threading.enumerate())
    yield
    assert shared_memory_blocks() - blocks == set()
    assert {t.name for t in set(threading.enumerate()) - threads} == set()


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """A GeoPackage with a square, a line and named points, and rasters, around 0, 0."""
    folder = tmp_path_factory.mktemp("qgis data")
    frame = gpd.GeoDataFrame(
        {"name": ["west", "east"], "rank": [1, 7]},
        geometry=[box(-100, -100, 0, 100), box(0, -100, 100, 100)],
        crs=CRS,
    )
    frame.to_file(folder / "data.gpkg", layer="squares")
    gpd.GeoDataFrame(
        {"name": ["across"]}, geometry=[LineString([(-90, -50), (90, 50)])], crs=CRS
    ).to_file(folder / "data.gpkg", layer="lines")
    gpd.GeoDataFrame(
        {"name": ["虎豹国家公园", "Земля леопарда", "두만강 한국"]},
        geometry=[Point(0, 60), Point(0, 0), Point(0, -60)],
        crs=CRS,
    ).to_file(folder / "data.gpkg", layer="places")
    values = np.tile(np.arange(20, dtype="float32"), (20, 1))
    values[:5, :5] = -1
    write_raster(folder / "ramp.tif", values, nodata=-1)
    write_raster(folder / "classes.tif", (values > 9).astype("uint8") + 1)
    return folder


def write_raster(path, values, nodata=None):
    profile = {
        "driver": "GTiff",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
        "dtype": values.dtype,
        "crs": CRS,
        "transform": Affine(10, 0, -100, 0, -10, 100),
        "nodata": nodata,
    }
    with rasterio.open(path, "w", **profile) as target:
        target.write(values, 1)


@pytest.fixture
def squares(data):
    """The two squares, red without an outline."""

    def make(**changes):
        plain = {
            "layer_id": "squares",
            "name": "Squares",
            "source": f"{data}/data.gpkg|layername=squares",
            "kind": "vector",
            "style": {"type": "single", "symbol": {"shape": "fill", "fill": "#ff0000"}},
        }
        return LayerSpec(**{**plain, **changes})

    return make
