"""Overviews beside rasters that are never touched."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import rasterio
from affine import Affine

from layers import overviews
from layers.errors import LayerReadError, LayerWriteError
from layers.overviews import make_overviews, needs_overviews, overviews_path


class Watching:
    def __init__(self, stop_at=2.0):
        self.told = []
        self.stop_at = stop_at

    def report(self, fraction):
        self.told.append(fraction)
        if fraction >= self.stop_at:
            raise KeyboardInterrupt


def write(path, values, **more):
    profile = {
        "driver": "GTiff",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
        "dtype": values.dtype,
        "crs": "EPSG:3857",
        "transform": Affine(10, 0, 0, 0, -10, 0),
        "compress": "DEFLATE",
        **more,
    }
    with rasterio.open(path, "w", **profile) as target:
        target.write(values, 1)


@pytest.fixture
def large(tmp_path):
    path = tmp_path / "large.tif"
    values = np.add.outer(np.arange(2001.0), np.arange(3001.0)).astype("float32")
    values[:100, :100] = -9
    write(path, values, nodata=-9)
    return path


def test_a_large_raster_without_overviews_needs_some(large, monkeypatch):
    assert not needs_overviews(large)
    monkeypatch.setattr(overviews, "LARGE_CELLS", 1_000_000)
    assert needs_overviews(large)
    make_overviews(large)
    assert not needs_overviews(large)


def test_overviews_lie_beside_and_average_the_cells(large):
    before = hashlib.sha256(large.read_bytes()).hexdigest()
    control = Watching()
    made = make_overviews(large, control)
    assert made == overviews_path(large) == large.with_name("large.tif.ovr")
    assert hashlib.sha256(large.read_bytes()).hexdigest() == before
    assert control.told == sorted(control.told)
    assert control.told[-1] == 1.0
    with rasterio.open(large) as source:
        assert source.overviews(1) == [2, 4]
    with rasterio.open(large, overview_level=0) as half:
        assert half.shape == (1001, 1501)
        read = half.read(1, masked=True)
    assert read[500, 700] == pytest.approx(2 * 500 + 2 * 700 + 1, abs=1)
    assert read.mask[:50, :50].all()
    assert not read.mask[60:, 60:].any()
    assert sorted(path.name for path in large.parent.iterdir()) == [
        "large.tif",
        "large.tif.ovr",
    ]


def test_classes_are_not_averaged(tmp_path):
    path = tmp_path / "classes.tif"
    values = np.where(np.indices((1400, 1400)).sum(axis=0) % 2, 1, 9).astype("uint8")
    write(path, values)
    make_overviews(path)
    with rasterio.open(path, overview_level=0) as half:
        assert set(np.unique(half.read(1))) <= {1, 9}


def test_a_cancel_leaves_nothing_behind(large):
    with pytest.raises(KeyboardInterrupt):
        make_overviews(large, Watching(stop_at=0.0))
    assert [path.name for path in large.parent.iterdir()] == ["large.tif"]


def test_a_damaged_raster_is_told(large):
    content = large.read_bytes()
    large.write_bytes(content[: len(content) // 2])
    with pytest.raises(LayerReadError, match="cannot be read"):
        make_overviews(large)
    with pytest.raises(LayerReadError, match="cannot be read"):
        needs_overviews(large.with_name("gone.tif"))
    assert [path.name for path in large.parent.iterdir()] == ["large.tif"]


def test_a_folder_that_cannot_be_written_is_told(large, monkeypatch):
    monkeypatch.setattr(overviews.os, "access", lambda *_: False)
    with pytest.raises(LayerWriteError, match="Add the raster as a copy"):
        make_overviews(large)
