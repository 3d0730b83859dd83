from __future__ import annotations

import resource
import subprocess
import sys

import numpy as np
import pytest
import rasterio
from affine import Affine

from layers.errors import LayerReadError, LayerWriteError
from layers.grid import Grid
from layers.raster import Raster, read_raster, resample, write_cog

GRID = Grid("EPSG:32652", Affine(1000, 0, 500_000, 0, -1000, 4_800_000), (30, 40))


@pytest.mark.parametrize(
    "dtype", [np.float32, np.float64, np.int16, np.uint8, np.int32, np.bool_]
)
def test_what_is_written_is_read(tmp_path, dtype):
    values = (np.arange(1200).reshape(30, 40) % 2).astype(dtype)
    write_cog(tmp_path / "a.tif", values, GRID, tags={"unit": "km"})
    raster = read_raster(tmp_path / "a.tif")
    np.testing.assert_array_equal(raster.values, values.astype(float))
    assert raster.grid.transform == GRID.transform
    assert raster.grid.shape == GRID.shape
    with rasterio.open(tmp_path / "a.tif") as source:
        assert source.tags()["unit"] == "km"
        assert source.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    assert [path.name for path in tmp_path.iterdir()] == ["a.tif"]


def test_nodata_is_nan(tmp_path):
    values = np.arange(1200, dtype=np.int16).reshape(30, 40)
    write_cog(tmp_path / "a.tif", values, GRID, nodata=7)
    read = read_raster(tmp_path / "a.tif").values
    assert np.isnan(read[0, 7])
    assert np.isnan(read).sum() == 1


def test_shape_must_agree(tmp_path):
    with pytest.raises(ValueError, match="shape"):
        write_cog(tmp_path / "a.tif", np.zeros((3, 3)), GRID)


def test_a_damaged_file_is_named(tmp_path):
    write_cog(tmp_path / "a.tif", np.ones((30, 40)), GRID)
    whole = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "cut.tif").write_bytes(whole[: len(whole) // 3])
    (tmp_path / "text.tif").write_text("not a raster")
    for name in ("cut.tif", "text.tif", "gone.tif"):
        with pytest.raises(LayerReadError, match=name):
            read_raster(tmp_path / name)


def test_a_raster_without_a_place_is_refused(tmp_path):
    profile = {"driver": "GTiff", "height": 2, "width": 2, "count": 1, "dtype": "uint8"}
    with (
        pytest.warns(rasterio.errors.NotGeoreferencedWarning),
        rasterio.open(tmp_path / "a.tif", "w", **profile) as target,
    ):
        target.write(np.ones((1, 2, 2), np.uint8))
    with (
        pytest.warns(rasterio.errors.NotGeoreferencedWarning),
        pytest.raises(LayerReadError, match="coordinate system"),
    ):
        read_raster(tmp_path / "a.tif")


def test_a_full_disk_leaves_the_earlier_file(tmp_path):
    path = tmp_path / "a.tif"
    write_cog(path, np.ones((30, 40)), GRID)
    before = path.read_bytes()
    code = f"""
import resource, signal, sys
from pathlib import Path
import numpy as np
from affine import Affine
from layers.errors import LayerWriteError
from layers.grid import Grid
from layers.raster import write_cog
grid = Grid("EPSG:32652", Affine(1000, 0, 0, 0, -1000, 0), (600, 600))
values = np.random.default_rng(0).random((600, 600))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    write_cog(Path({str(path)!r}), values, grid)
except LayerWriteError as error:
    sys.exit(0 if "untouched" in str(error) else 3)
sys.exit(4)
"""
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.tif"]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 100_000


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(LayerWriteError, match="gone"):
        write_cog(tmp_path / "gone" / "a.tif", np.ones((30, 40)), GRID)


def test_resampling_keeps_a_plane_and_leaves_outside_empty():
    x, y = GRID.cell_centres()
    plane = Raster(x[None, :] / 1000 + 2 * y[:, None] / 1000, GRID)
    fine = Grid("EPSG:32652", Affine(500, 0, 505_000, 0, -500, 4_795_000), (20, 20))
    fine_x, fine_y = fine.cell_centres()
    expected = fine_x[None, :] / 1000 + 2 * fine_y[:, None] / 1000
    np.testing.assert_allclose(resample(plane, fine), expected, rtol=1e-6)
    far = Grid("EPSG:32652", Affine(500, 0, 900_000, 0, -500, 4_795_000), (3, 3))
    assert np.isnan(resample(plane, far)).all()


def test_scaled_integers_come_back_in_units(tmp_path):
    stored = np.arange(1200, dtype=np.int16).reshape(30, 40)
    stored[0, 0] = -32768
    write_cog(tmp_path / "a.tif", stored, GRID, nodata=-32768, scale=0.1)
    values = read_raster(tmp_path / "a.tif").values
    assert np.isnan(values[0, 0])
    assert values[29, 39] == pytest.approx(119.9)


def test_a_raster_of_several_bands_is_refused(tmp_path):
    path = tmp_path / "two.tif"
    profile = {"driver": "GTiff", "height": 2, "width": 2, "count": 2, "dtype": "float32"}
    with rasterio.open(
        path, "w", crs="EPSG:32652", transform=Affine(10, 0, 0, 0, -10, 0), **profile
    ) as target:
        target.write(np.ones((2, 2, 2), dtype=np.float32))
    with pytest.raises(LayerReadError, match=r"two\.tif has 2 bands"):
        read_raster(path)
