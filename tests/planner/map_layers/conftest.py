"""A small project whose map has layers to change."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from shapely.geometry import box

from layers.pack import DataPack
from layers.qgis.engine import QgisEngine
from planner.project import Project

LAEA = "+proj=laea +lat_0=43 +lon_0=131 +datum=WGS84 +units=m +no_defs"


@pytest.fixture(scope="session")
def pack():
    return DataPack.open()


@pytest.fixture(scope="session")
def engine():
    with QgisEngine(request_timeout_s=30) as running:
        yield running


@pytest.fixture
def project(tmp_path):
    with Project.create(
        tmp_path / "maps", name="Maps", region_id="tumen-estuary", crs=LAEA, author="Ann"
    ) as made:
        yield made


@pytest.fixture
def parks(tmp_path):
    """A GeoPackage of one table."""
    path = tmp_path / "Парки 公园.gpkg"
    shapes = [box(0, 0, 1000, 1000), box(2000, 0, 3000, 1000)]
    frame = gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=shapes, crs=LAEA)
    frame.to_file(path, layer="parks")
    return path


@pytest.fixture
def raster(tmp_path):
    """Write a GeoTIFF of some values."""

    def write(name="heights.tif", values=None, **more):
        values = np.arange(400, dtype="float32").reshape(20, 20) if values is None else values
        path = tmp_path / name
        profile = {
            "driver": "GTiff",
            "height": values.shape[0],
            "width": values.shape[1],
            "count": 1,
            "dtype": values.dtype,
            "crs": LAEA,
            "transform": Affine(100, 0, 0, 0, -100, 2000),
            **more,
        }
        with rasterio.open(path, "w", **profile) as target:
            target.write(values, 1)
        return path

    return write
