import numpy as np
import pytest
import rasterio
from affine import Affine

UTM = "EPSG:32652"


@pytest.fixture
def write_tif(tmp_path):
    """Write an array as a GeoTIFF of small blocks; return its path."""

    def write(name, values, *, corner=(500_000, 4_800_000), cell=1000.0, crs=UTM, **profile):
        scale, offset = profile.pop("scale", 1.0), profile.pop("offset", 0.0)
        colours, mask = profile.pop("colours", None), profile.pop("mask", None)
        values = np.asarray(values)
        path = tmp_path / name
        layout = {"tiled": True, "blockxsize": 16, "blockysize": 16, "compress": "DEFLATE"}
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            height=values.shape[0],
            width=values.shape[1],
            count=1,
            dtype=values.dtype,
            crs=crs,
            transform=Affine(cell, 0, corner[0], 0, -cell, corner[1]),
            **{**layout, **profile},
        ) as target:
            target.write(values, 1)
            if (scale, offset) != (1.0, 0.0):
                target.scales, target.offsets = (scale,), (offset,)
            if colours:
                target.write_colormap(1, colours)
            if mask is not None:
                target.write_mask(mask)
        return path

    return write
