"""What the engine tells of layers: tables, values, statistics, styles. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Value: TypeAlias = bool | int | float | str | None
"""A value of an attribute table; dates are ISO 8601."""

FieldKind: TypeAlias = Literal["text", "integer", "real", "boolean", "date", "other"]
ClassMethod: TypeAlias = Literal["equal", "quantile", "jenks", "pretty", "deviation"]

CLASS_METHODS: tuple[ClassMethod, ...] = ("equal", "quantile", "jenks", "pretty", "deviation")
"""Ways to part numbers into classes."""


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A column of an attribute table.

    Parameters
    ----------
    name : str
        As the data call it.
    kind : {"text", "integer", "real", "boolean", "date", "other"}
        What it holds.
    alias : str
        What the data call it for people; empty for none.
    """

    name: str
    kind: FieldKind
    alias: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it can be graduated."""
        return self.kind in {"integer", "real"}


@dataclass(frozen=True, slots=True)
class TablePage:
    """Some rows of an attribute table.

    Parameters
    ----------
    fields : tuple of FieldInfo
        The columns.
    rows : tuple of tuple
        Values by column, in the order asked for.
    fids : tuple of int
        Identifier of the feature of each row.
    offset : int
        Place of the first row among all that match.
    total : int
        How many rows match.
    """

    fields: tuple[FieldInfo, ...]
    rows: tuple[tuple[Value, ...], ...]
    fids: tuple[int, ...]
    offset: int
    total: int


@dataclass(frozen=True, slots=True)
class UniqueValues:
    """The different values of a field.

    Parameters
    ----------
    values : tuple
        Sorted, missing last.
    counts : tuple of int
        Features with each.
    complete : bool
        Whether these are all; where not, the commonest are told.
    """

    values: tuple[Value, ...]
    counts: tuple[int, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Breaks:
    """The bounds of the classes of a field.

    Parameters
    ----------
    bounds : tuple of float
        Rising, one more than there are classes.
    labels : tuple of str
        One per class, as QGIS writes it.
    counts : tuple of int
        Features in each.
    """

    bounds: tuple[float, ...]
    labels: tuple[str, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RasterStatistics:
    """What the cells of a band hold.

    Parameters
    ----------
    band : int
        Counted from 1.
    minimum, maximum, mean, deviation : float
        Over the cells looked at that hold a value.
    percentiles : tuple of (float, float)
        Share in percent and value: 1, 2, 5, 10, 25, 50, 75, 90, 95, 98, 99.
    distinct : tuple of float
        The values, where there are at most 64 different ones; else empty.
    cells : int
        Cells looked at that hold a value.
    exact : bool
        Whether every cell was looked at; else a regular sample of them.
    """

    band: int
    minimum: float
    maximum: float
    mean: float
    deviation: float
    percentiles: tuple[tuple[float, float], ...]
    distinct: tuple[float, ...]
    cells: int
    exact: bool

    def percentile(self, share: float) -> float:
        """Return the value below which a share of the cells lies, in percent.

        Raises
        ------
        KeyError
            It is none of those that are told.
        """
        return dict(self.percentiles)[share]


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """What a source is, as QGIS opened it.

    Parameters
    ----------
    kind : {"vector", "raster"}
        What it holds.
    crs : str
        Its coordinate system, ``EPSG:`` code where it has one, else its name.
    extent : tuple of float or None
        In its own CRS; None where it is empty.
    geometry : {"point", "line", "polygon", "none", ""}
        Of a vector; empty for rasters.
    features : int
        Number of features; -1 where unknown.
    fields : tuple of FieldInfo
        Columns of a vector.
    bands, width, height : int
        Of a raster; 0 where unknown, as of tiles from the web.
    """

    kind: Literal["vector", "raster"]
    crs: str
    extent: tuple[float, float, float, float] | None
    geometry: str
    features: int
    fields: tuple[FieldInfo, ...]
    bands: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class StyleCheck:
    """A QML style after everything was taken out of it that could do harm.

    Parameters
    ----------
    qml : str
        The style that is safe to use; to be stored as ``{"type": "qml", "qml": qml}``.
    removed : tuple of str
        What was taken out, as sentences; empty where nothing was.
    """

    qml: str
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PostgresTable:
    """A table of a PostGIS database that can be a layer.

    Parameters
    ----------
    schema, table, geometry : str
        Where it is, and its column of geometry.
    kind : str
        Geometry type, such as ``MultiPolygon``.
    srid : int
        Of the geometry.
    keys : tuple of str
        Columns of its primary key.
    """

    schema: str
    table: str
    geometry: str
    kind: str
    srid: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WebInfo:
    """What the server of a web map says of a place; plain text, whatever it sent.

    Parameters
    ----------
    text : str
        Lines; cells of a table apart by tabs. Empty where it sent features.
    attributes : dict of str to str
        Of one feature; empty where it sent a text.
    """

    text: str
    attributes: dict[str, str]
