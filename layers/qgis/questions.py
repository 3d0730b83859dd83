"""Questions about layers that the engine answers: tables, values, statistics, styles."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, TypeVar

from layers.qgis.answers import (
    CLASS_METHODS,
    Breaks,
    FieldInfo,
    LayerFacts,
    PostgresTable,
    RasterStatistics,
    StyleCheck,
    TablePage,
    UniqueValues,
    WebInfo,
)
from layers.qgis.protocol import check_extent
from layers.qgis.worker import messages
from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    from layers.qgis.answers import ClassMethod
    from layers.qgis.layer_spec import LayerSpec
    from layers.qgis.protocol import Extent

T = TypeVar("T")

MOST_ROWS = 5_000
"""Rows of the longest page."""
MOST_CLASSES = 64
MOST_VALUES = 10_000
MOST_QML = 4_000_000
"""Characters of the longest style."""


class LayerQuestions(ABC):
    """Asks QGIS about layers; may be called in any thread.

    What ends in ``_later`` returns a future, whose cancelling leaves a question out that has
    not begun; its twin waits. Each raises `QgisRequestError` where the layer is not on the map
    or the question cannot be meant, and `QgisCrashError` or `QgisTimeoutError` where QGIS
    failed.
    """

    @abstractmethod
    def _later(
        self,
        op: str,
        args: dict[str, object],
        convert: Callable[[Any], T],
        timeout_s: float | None = None,
    ) -> Future[T]:
        """Send a question; the future has its answer, converted."""

    def _ask(
        self,
        op: str,
        args: dict[str, object],
        convert: Callable[[Any], T],
        timeout_s: float | None = None,
    ) -> T:
        """Send a question and wait for its answer."""
        return self._later(op, args, convert, timeout_s).result()

    @abstractmethod
    def _described(self, spec: LayerSpec) -> dict[str, object]:
        """Return a layer as QGIS is told it, with the password of its server."""

    def check_source(self, spec: LayerSpec) -> LayerFacts:
        """Open a source beside the map and tell what it is, such as before it is added.

        Raises
        ------
        QgisRequestError
            It cannot be opened; says why.
        """
        return self._ask(messages.CHECK_SOURCE, {"layer": self._described(spec)}, _facts)

    def layer_facts_later(self, layer_id: str) -> Future[LayerFacts]:
        """Tell what a layer of the map is."""
        return self._later(messages.LAYER_FACTS, {"layer_id": layer_id}, _facts)

    def layer_facts(self, layer_id: str) -> LayerFacts:
        """Do as `layer_facts_later` and wait."""
        return self.layer_facts_later(layer_id).result()

    def fields(self, layer_id: str) -> tuple[FieldInfo, ...]:
        """Return the columns of a vector layer."""
        return self.layer_facts(layer_id).fields

    def table_page_later(  # noqa: PLR0913 - a page of a table has so many sides
        self,
        layer_id: str,
        *,
        offset: int = 0,
        limit: int = 200,
        sort: tuple[str, bool] | None = None,
        where: str = "",
        text: str = "",
        fids: Sequence[int] | None = None,
    ) -> Future[TablePage]:
        """Return some rows of an attribute table.

        Parameters
        ----------
        layer_id : str
            A vector layer of the map.
        offset, limit : int
            Which rows of those that match.
        sort : (str, bool), optional
            Field, and whether it falls; missing values stand last.
        where : str
            QGIS expression that chooses rows, such as ``"area_km2" > 100``; empty for all.
        text : str
            Words that any field must hold, whatever their case; empty for all.
        fids : sequence of int, optional
            Only these features.

        Raises
        ------
        UsageError
            Offset or limit is none.
        QgisRequestError
            The expression cannot be read, or calls a function that is not offered here.
        """
        if offset < 0 or not 0 < limit <= MOST_ROWS:
            raise UsageError(
                f"A page has 1 to {MOST_ROWS} rows from 0 on, not {limit} from {offset}."
            )
        args: dict[str, object] = {
            "layer_id": layer_id,
            "offset": offset,
            "limit": limit,
            "sort": None if sort is None else list(sort),
            "where": where,
            "text": text,
            "fids": None if fids is None else [int(fid) for fid in fids],
        }
        return self._later(messages.TABLE_PAGE, args, _page)

    def table_page(  # noqa: PLR0913 - a page of a table has so many sides
        self,
        layer_id: str,
        *,
        offset: int = 0,
        limit: int = 200,
        sort: tuple[str, bool] | None = None,
        where: str = "",
        text: str = "",
        fids: Sequence[int] | None = None,
    ) -> TablePage:
        """Do as `table_page_later` and wait."""
        return self.table_page_later(
            layer_id, offset=offset, limit=limit, sort=sort, where=where, text=text, fids=fids
        ).result()

    def row_of_later(
        self,
        layer_id: str,
        fid: int,
        *,
        sort: tuple[str, bool] | None = None,
        where: str = "",
        text: str = "",
    ) -> Future[int]:
        """Return the place of a feature among the rows that match; -1 where it does not."""
        args: dict[str, object] = {
            "layer_id": layer_id,
            "fid": int(fid),
            "sort": None if sort is None else list(sort),
            "where": where,
            "text": text,
            "fids": None,
        }
        return self._later(messages.ROW_OF, args, int)

    def row_of(
        self,
        layer_id: str,
        fid: int,
        *,
        sort: tuple[str, bool] | None = None,
        where: str = "",
        text: str = "",
    ) -> int:
        """Do as `row_of_later` and wait."""
        return self.row_of_later(layer_id, fid, sort=sort, where=where, text=text).result()

    def select_later(
        self,
        layer_id: str,
        *,
        expression: str = "",
        extent: Extent | None = None,
        polygon: Sequence[tuple[float, float]] | None = None,
    ) -> Future[tuple[int, ...]]:
        """Return the features that meet all that is given.

        Parameters
        ----------
        layer_id : str
            A vector layer of the map.
        expression : str
            QGIS expression.
        extent : tuple of float, optional
            Box that they touch, in the CRS of the map.
        polygon : sequence of (float, float), optional
            Ring that they touch, in the CRS of the map.
        """
        if extent is not None:
            check_extent(extent)
        if polygon is not None and len(polygon) < 3:
            raise UsageError("A polygon to select by has at least three corners.")
        args: dict[str, object] = {
            "layer_id": layer_id,
            "expression": expression,
            "extent": None if extent is None else list(extent),
            "polygon": None if polygon is None else [list(place) for place in polygon],
        }
        return self._later(messages.SELECT, args, tuple)

    def select(
        self,
        layer_id: str,
        *,
        expression: str = "",
        extent: Extent | None = None,
        polygon: Sequence[tuple[float, float]] | None = None,
    ) -> tuple[int, ...]:
        """Do as `select_later` and wait."""
        return self.select_later(
            layer_id, expression=expression, extent=extent, polygon=polygon
        ).result()

    def outline_later(
        self, layer_id: str, fids: Sequence[int], *, tolerance: float = 0.0
    ) -> Future[list[str]]:
        """Return features as WKB in hexadecimal, in the CRS of the map, simplified.

        Parameters
        ----------
        layer_id : str
            A vector layer of the map.
        fids : sequence of int
            Features; those that are not there are skipped.
        tolerance : float
            How far a line may be moved, in units of the map's CRS, such as one pixel; 0 for a
            thousandth of their extent. It grows until the outlines have at most 200,000
            corners.
        """
        args: dict[str, object] = {
            "layer_id": layer_id,
            "fids": [int(fid) for fid in fids],
            "tolerance": float(tolerance),
        }
        return self._later(messages.OUTLINE, args, list)

    def outline(
        self, layer_id: str, fids: Sequence[int], *, tolerance: float = 0.0
    ) -> list[str]:
        """Do as `outline_later` and wait."""
        return self.outline_later(layer_id, fids, tolerance=tolerance).result()

    def features_extent_later(
        self, layer_id: str, fids: Sequence[int]
    ) -> Future[Extent | None]:
        """Return the extent of features in the CRS of the map; None where they have none."""
        args: dict[str, object] = {"layer_id": layer_id, "fids": [int(fid) for fid in fids]}
        return self._later(messages.FEATURES_EXTENT, args, _optional_extent)

    def features_extent(self, layer_id: str, fids: Sequence[int]) -> Extent | None:
        """Do as `features_extent_later` and wait."""
        return self.features_extent_later(layer_id, fids).result()

    def unique_values_later(
        self, layer_id: str, field: str, limit: int = 200
    ) -> Future[UniqueValues]:
        """Return the different values of a field, at most `limit`."""
        if not 0 < limit <= MOST_VALUES:
            raise UsageError(f"Ask for 1 to {MOST_VALUES} values, not {limit}.")
        args: dict[str, object] = {"layer_id": layer_id, "field": field, "limit": limit}
        return self._later(messages.UNIQUE_VALUES, args, _unique)

    def unique_values(self, layer_id: str, field: str, limit: int = 200) -> UniqueValues:
        """Do as `unique_values_later` and wait."""
        return self.unique_values_later(layer_id, field, limit).result()

    def classify_later(
        self, layer_id: str, field: str, method: ClassMethod, classes: int
    ) -> Future[Breaks]:
        """Part the numbers of a field into classes, as QGIS does.

        Parameters
        ----------
        layer_id : str
            A vector layer of the map.
        field : str
            A field of numbers.
        method : {"equal", "quantile", "jenks", "pretty", "deviation"}
            How.
        classes : int
            How many; ``pretty`` and ``deviation`` come near to it.
        """
        if method not in CLASS_METHODS:
            raise UsageError(
                f"Classes are made by {', '.join(CLASS_METHODS)}, not by {method!r}."
            )
        if not 1 <= classes <= MOST_CLASSES:
            raise UsageError(f"There can be 1 to {MOST_CLASSES} classes, not {classes}.")
        args: dict[str, object] = {
            "layer_id": layer_id,
            "field": field,
            "method": method,
            "classes": classes,
        }
        return self._later(messages.CLASSIFY, args, _breaks)

    def classify(self, layer_id: str, field: str, method: ClassMethod, classes: int) -> Breaks:
        """Do as `classify_later` and wait."""
        return self.classify_later(layer_id, field, method, classes).result()

    def raster_statistics_later(self, layer_id: str, band: int = 1) -> Future[RasterStatistics]:
        """Return what the cells of a raster hold; large ones are sampled."""
        args: dict[str, object] = {"layer_id": layer_id, "band": band}
        return self._later(messages.RASTER_STATISTICS, args, _statistics)

    def raster_statistics(self, layer_id: str, band: int = 1) -> RasterStatistics:
        """Do as `raster_statistics_later` and wait."""
        return self.raster_statistics_later(layer_id, band).result()

    def read_style_later(self, layer_id: str) -> Future[str]:
        """Return the style of a layer as QML, as QGIS stores it in files."""
        return self._later(messages.READ_STYLE, {"layer_id": layer_id}, str)

    def read_style(self, layer_id: str) -> str:
        """Do as `read_style_later` and wait."""
        return self.read_style_later(layer_id).result()

    def check_style_later(self, layer_id: str, qml: str) -> Future[StyleCheck]:
        """Take everything out of a QML style that could do harm, and see that it fits a layer.

        Only symbols, labels and colours are left. Actions, scripts, forms, pictures from files
        or the web, values by expression and expressions that call other than plain functions
        go; nothing of the style is carried out for that.

        Raises
        ------
        QgisRequestError
            It is no QML, is made for another sort of layer, or nothing of it is left.
        UsageError
            It is too long.
        """
        if len(qml) > MOST_QML:
            raise UsageError(
                f"The style has {len(qml):,} characters, more than {MOST_QML:,}. Save it again "
                "in QGIS with symbology and labels only."
            )
        args: dict[str, object] = {"layer_id": layer_id, "qml": qml}
        return self._later(messages.CHECK_STYLE, args, _checked)

    def check_style(self, layer_id: str, qml: str) -> StyleCheck:
        """Do as `check_style_later` and wait."""
        return self.check_style_later(layer_id, qml).result()

    def web_info_later(
        self, layer_id: str, point: tuple[float, float], resolution: float
    ) -> Future[tuple[WebInfo, ...] | None]:
        """Ask the server of a web map what lies at a place, beside everything else.

        Parameters
        ----------
        layer_id : str
            A layer of the map that is drawn by a server.
        point : tuple of float
            Place in the CRS of the map.
        resolution : float
            Units of the CRS per pixel of the screen: servers look as far around as a finger.

        Returns
        -------
        future of tuple of WebInfo, or of None
            None where the server does not offer it. Fails with `QgisRequestError` where it
            does not answer within a few seconds.
        """
        args: dict[str, object] = {
            "layer_id": layer_id,
            "point": list(point),
            "resolution": float(resolution),
        }
        return self._later(messages.WEB_INFO, args, _web_info)

    def postgres_tables(self, spec: LayerSpec) -> tuple[PostgresTable, ...]:
        """Return the tables of a PostGIS database that can be layers.

        Parameters
        ----------
        spec : LayerSpec
            Any layer of the database; its table need not be there.
        """
        args: dict[str, object] = {"layer": self._described(spec)}
        return self._ask(messages.POSTGRES_TABLES, args, _tables)


def _field(told: Mapping[str, Any]) -> FieldInfo:
    return FieldInfo(told["name"], told["kind"], told["alias"])


def _optional_extent(values: Sequence[float] | None) -> Extent | None:
    if values is None:
        return None
    west, south, east, north = (float(v) for v in values)
    return (west, south, east, north)


def _facts(told: Mapping[str, Any]) -> LayerFacts:
    return LayerFacts(
        **{
            **told,
            "extent": _optional_extent(told["extent"]),
            "fields": tuple(_field(field) for field in told["fields"]),
        }
    )


def _page(told: Mapping[str, Any]) -> TablePage:
    return TablePage(
        tuple(_field(field) for field in told["fields"]),
        tuple(tuple(row) for row in told["rows"]),
        tuple(told["fids"]),
        told["offset"],
        told["total"],
    )


def _unique(told: Mapping[str, Any]) -> UniqueValues:
    return UniqueValues(tuple(told["values"]), tuple(told["counts"]), told["complete"])


def _breaks(told: Mapping[str, Any]) -> Breaks:
    return Breaks(tuple(told["bounds"]), tuple(told["labels"]), tuple(told["counts"]))


def _statistics(told: Mapping[str, Any]) -> RasterStatistics:
    return RasterStatistics(
        **{
            **told,
            "percentiles": tuple((share, value) for share, value in told["percentiles"]),
            "distinct": tuple(told["distinct"]),
        }
    )


def _web_info(told: Sequence[Mapping[str, Any]] | None) -> tuple[WebInfo, ...] | None:
    if told is None:
        return None
    return tuple(WebInfo(part["text"], dict(part["attributes"])) for part in told)


def _checked(told: Mapping[str, Any]) -> StyleCheck:
    return StyleCheck(told["qml"], tuple(told["removed"]))


def _tables(told: Sequence[Mapping[str, Any]]) -> tuple[PostgresTable, ...]:
    return tuple(PostgresTable(**{**table, "keys": tuple(table["keys"])}) for table in told)
