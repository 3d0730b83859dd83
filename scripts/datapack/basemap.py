"""The GeoPackage of the base map, the same to the last byte each time it is built."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pyogrio

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

BUILD_TIME = "2024-01-01T00:00:00.000Z"


def write_basemap(path: Path, layers: Mapping[str, gpd.GeoDataFrame]) -> None:
    """Write the layers to a GeoPackage with a fixed time stamp, without slack.

    Parameters
    ----------
    path : Path
        Target; replaced where it exists.
    layers : mapping of str to GeoDataFrame
        In the order in which they are written; all in EPSG:4326.
    """
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": BUILD_TIME})
    try:
        for name, frame in layers.items():
            pyogrio.write_dataframe(
                frame,
                path,
                layer=name,
                driver="GPKG",
                append=path.exists(),
                promote_to_multi=name != "settlements",
            )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE gpkg_contents SET last_change = ?", (BUILD_TIME,))
        connection.commit()
        connection.execute("VACUUM")
