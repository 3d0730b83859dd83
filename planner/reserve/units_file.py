"""Planning units as a GeoPackage that any GIS can read, and back."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
from pyogrio.errors import DataSourceError

from layers.errors import LayerWriteError
from planner.files import BEGUN
from planner.reserve.errors import ReserveRunError

if TYPE_CHECKING:
    from pathlib import Path

LAYER = "units"
COLUMNS = ("unit_id", "country", "area_km2", "cost", "status", "existing", "cover", "complex")
"""Columns that units have at least, beside their geometry."""


def write_units(path: Path, units: gpd.GeoDataFrame) -> None:
    """Write units as the layer ``units``, whole or not at all.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    write_polygons(path, units, LAYER)


def write_polygons(path: Path, frame: gpd.GeoDataFrame, layer: str) -> None:
    """Write polygons as the only layer of a GeoPackage, whole or not at all.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    temporary = path.with_name(f"{BEGUN}{uuid.uuid4().hex}.gpkg")
    try:
        pyogrio.write_dataframe(
            frame,
            temporary,
            layer=layer,
            driver="GPKG",
            geometry_type="MultiPolygon",
            promote_to_multi=True,
        )
        temporary.replace(path)
    except (OSError, DataSourceError) as error:
        raise LayerWriteError(
            f"{path} could not be written: {error}. Free some space or choose a folder that "
            "can be written; the earlier file, if any, is untouched."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def read_units(path: Path) -> gpd.GeoDataFrame:
    """Read units back.

    Raises
    ------
    ReserveRunError
        The file is missing or was altered.
    """
    try:
        units = pyogrio.read_dataframe(path, layer=LAYER)
    except (OSError, ValueError, DataSourceError) as error:
        raise _unreadable(path, str(error)) from error
    missing = [name for name in COLUMNS if name not in units]
    if missing or not isinstance(units, gpd.GeoDataFrame) or not len(units):
        raise _unreadable(path, f"the column {', '.join(missing)} is missing")
    return units


def _unreadable(path: Path, what: str) -> ReserveRunError:
    return ReserveRunError(
        f"{path} cannot be read: {what}. Make the run anew with landbridge propose."
    )
