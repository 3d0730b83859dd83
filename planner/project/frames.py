"""Rows of a project as tables for analysis: pandas and geopandas, loaded when first asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

    from planner.project.schema import Column, Table

_DTYPES = {"real": "float64", "integer": "Int64", "boolean": "boolean", "text": "str"}


def data_frame(table: Table, columns: Mapping[str, list[object]]) -> pd.DataFrame:
    """Return rows as a table indexed by ``fid``.

    Parameters
    ----------
    table : Table
        Where the rows come from.
    columns : mapping
        Values by column, as `RowReader.columns` gives them.
    """
    import pandas as pd  # noqa: PLC0415 - slow to load, and most sessions start without it

    index = pd.Index(columns["fid"], name="fid", dtype="int64")
    typed = {
        name: pd.Series(values, index=index, dtype=_dtype(table.column(name)))
        for name, values in columns.items()
        if name not in {"fid", "geometry"}
    }
    return pd.DataFrame(typed, index=index)


def geo_data_frame(
    table: Table, columns: Mapping[str, list[object]], crs: str
) -> gpd.GeoDataFrame:
    """Return rows with geometry in the project's CRS, indexed by ``fid``.

    Parameters
    ----------
    table : Table
        Where the rows come from.
    columns : mapping
        Values by column, as `RowReader.columns` gives them.
    crs : str
        Coordinate system of the geometry.
    """
    import geopandas as gpd  # noqa: PLC0415 - slow to load, and most sessions start without it

    plain = data_frame(table, columns)
    geometry = gpd.GeoSeries(columns["geometry"], index=plain.index, crs=crs)
    return gpd.GeoDataFrame(plain, geometry=geometry, crs=crs)


def records_of(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return the rows of a table as records for a command; the index is not taken along.

    Parameters
    ----------
    frame : DataFrame or GeoDataFrame
        Columns as in the project's table; the active geometry column is named ``geometry``.
    """
    names = [str(name) for name in frame.columns]
    values = [frame[name].tolist() for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def _dtype(column: Column) -> str:
    return _DTYPES.get(column.kind, "object")
