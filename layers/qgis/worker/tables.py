"""Attribute tables by pages: sorted and filtered once, then read a window at a time."""

from __future__ import annotations

import json
import math
from collections import Counter, OrderedDict
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeature,
    QgsFeatureRequest,
    QgsField,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QVariant

from layers.qgis.worker import expressions, heard, sources
from layers.qgis.worker.identify import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from layers.qgis.worker.project import MapProject

KEPT_INDEXES = 6
REMOTE_AGE_S = 30.0
LONGEST_CELL = 10_000
_KINDS = {
    "text": ("String", "Char"),
    "boolean": ("Bool",),
    "integer": ("Int", "UInt", "LongLong", "ULongLong"),
    "real": ("Double",),
    "date": ("Date", "DateTime", "Time"),
}


def field_kind(field: QgsField) -> str:
    """Return what a field holds, in the words of the answers."""
    for kind, names in _KINDS.items():
        for name in names:
            known = getattr(QVariant, name, None)
            if known is not None and field.type() == known:
                return kind
    return "other"


def told_fields(layer: QgsVectorLayer) -> list[dict[str, str]]:
    """Return the columns of a layer."""
    return [
        {"name": field.name(), "kind": field_kind(field), "alias": field.alias()}
        for field in layer.fields()
    ]


def told(value: object) -> bool | int | float | str | None:
    """Return a value of a table as JSON knows it; lists and mappings as JSON text."""
    if isinstance(value, (list, dict)):
        value = json.dumps(value, ensure_ascii=False, default=str)
    shown = plain(value)
    if isinstance(shown, str) and len(shown) > LONGEST_CELL:
        return shown[:LONGEST_CELL] + "…"
    return shown


def field_index(layer: QgsVectorLayer, name: str) -> int:
    """Return the place of a field.

    Raises
    ------
    ValueError
        The layer has no such field.
    """
    place = int(layer.fields().indexOf(name))
    if place < 0:
        known = ", ".join(field.name() for field in layer.fields()) or "none"
        raise ValueError(f"{layer.name()} has no field {name!r}. It has: {known}.")
    return place


def slim_request(layer: QgsVectorLayer, places: Sequence[int]) -> QgsFeatureRequest:
    """Return a request for some attributes and no geometry, where that can be asked for.

    Read through an OGR virtual dataset, as files are, a request that leaves something out and
    has no box makes the next request with a box lose features or values, be it that of a map
    being drawn (seen in QGIS 3.22 with GDAL 3.6). So files are read in full.
    """
    request = QgsFeatureRequest()
    if layer.providerType() == "postgres":
        request.setFlags(QgsFeatureRequest.NoGeometry)
        request.setSubsetOfAttributes(list(places))
    return request


def features(layer: QgsVectorLayer, request: QgsFeatureRequest) -> Iterator[QgsFeature]:
    """Yield the features of a layer.

    Raises
    ------
    ValueError
        A database did not tell all of them; QGIS only writes that to its log.
    """
    heard.forget()
    yield from layer.getFeatures(request)
    said = heard.last()
    if said and layer.providerType() == "postgres":
        raise ValueError(
            f"The database did not tell all of {layer.name()}: {said[:300].rstrip('. ')}. Ask "
            "for less, or ask whoever runs it."
        )


def vector(held: MapProject, layer_id: str) -> QgsVectorLayer:
    """Return a vector layer of the map.

    Raises
    ------
    ValueError
        It is not on the map, or is none.
    """
    layer: QgsVectorLayer = held.layer(layer_id)
    if held.spec(layer_id)["kind"] != "vector":
        raise ValueError(f"{layer.name()} is a raster, which has no table of features.")
    return layer


def matching(layer: QgsVectorLayer, expression: QgsExpression) -> Callable[[QgsFeature], bool]:
    """Return what tells whether a feature meets an expression.

    Raises
    ------
    ValueError
        The expression does not fit the layer.
    """
    context = QgsExpressionContext()
    context.appendScope(QgsExpressionContextUtils.layerScope(layer))
    known = {field.name() for field in layer.fields()}
    missing = sorted(set(expression.referencedColumns()) - known - {"*"})
    if missing and QgsFeatureRequest.ALL_ATTRIBUTES not in missing:
        field_index(layer, missing[0])
    expression.prepare(context)
    if expression.hasEvalError():
        raise ValueError(f"The expression does not fit: {expression.evalErrorString()}.")

    def meets(feature: QgsFeature) -> bool:
        context.setFeature(feature)
        value = expression.evaluate(context)
        return plain(value) not in {None, 0, ""}

    return meets


class Tables:
    """Answers questions about rows; keeps the order of the tables last asked for.

    Parameters
    ----------
    held : MapProject
        The map.
    """

    def __init__(self, held: MapProject) -> None:
        self._held = held
        self._kept: OrderedDict[tuple[object, ...], tuple[float, list[int]]] = OrderedDict()

    def page(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Return the rows of a window."""
        layer = vector(self._held, args["layer_id"])
        order = self._order(layer, args)
        offset, limit = int(args["offset"]), int(args["limit"])
        fids = order[offset : offset + limit]
        places = list(range(layer.fields().count()))
        request = slim_request(layer, places).setFilterFids(fids)
        by_fid = {
            feature.id(): [told(value) for value in feature.attributes()]
            for feature in features(layer, request)
        }
        there = [fid for fid in fids if fid in by_fid]
        return {
            "fields": told_fields(layer),
            "rows": [by_fid[fid] for fid in there],
            "fids": there,
            "offset": offset,
            "total": len(order),
        }

    def row_of(self, args: Mapping[str, Any]) -> int:
        """Return the place of a feature among the rows, -1 where it is not there."""
        layer = vector(self._held, args["layer_id"])
        order, fid = self._order(layer, args), int(args["fid"])
        return order.index(fid) if fid in order else -1

    def _order(self, layer: QgsVectorLayer, args: Mapping[str, Any]) -> list[int]:
        """Return the features of a table in its order, from memory where nothing changed."""
        spec = self._held.spec(args["layer_id"])
        sort = args["sort"]
        fids = args["fids"]
        key = (
            layer.id(),
            None if sort is None else tuple(sort),
            args["where"],
            args["text"],
            None if fids is None else tuple(fids),
            spec["subset"],
            data_stamp(spec),
        )
        kept = self._kept.get(key)
        age_s = REMOTE_AGE_S if spec.get("provider") == "postgres" else math.inf
        if kept is not None and monotonic() - kept[0] < age_s:
            self._kept.move_to_end(key)
            return kept[1]
        order = _sorted(layer, args)
        self._kept[key] = (monotonic(), order)
        while len(self._kept) > KEPT_INDEXES:
            self._kept.popitem(last=False)
        return order


def data_stamp(spec: Mapping[str, Any]) -> tuple[object, ...]:
    """Return what changes when the data of a layer do: times and sizes of its files."""
    if spec.get("provider") in {"wms", "postgres"}:
        return ()
    path = sources.split_source(spec["source"])[0]
    stamps: list[tuple[int, int]] = []
    for name in (path, f"{path}-wal"):
        try:
            found = Path(name).stat()
        except OSError:
            continue
        stamps.append((found.st_mtime_ns, found.st_size))
    return tuple(stamps)


def _sorted(layer: QgsVectorLayer, args: Mapping[str, Any]) -> list[int]:
    words = str(args["text"]).casefold().split()
    expression = expressions.checked(args["where"]) if args["where"].strip() else None
    sort = args["sort"]
    by = None if sort is None else field_index(layer, sort[0])
    places = set(range(layer.fields().count())) if words or expression else set()
    if by is not None:
        places.add(by)
    request = slim_request(layer, sorted(places))
    if expression is not None and expression.needsGeometry():
        request.setFlags(QgsFeatureRequest.Flags())
    if args["fids"] is not None:
        request.setFilterFids(args["fids"])
    meets = matching(layer, expression) if expression is not None else None
    found: list[tuple[Any, int]] = []
    for feature in features(layer, request):
        if words and not _holds(feature.attributes(), words):
            continue
        if meets is not None and not meets(feature):
            continue
        found.append((None if by is None else plain(feature.attribute(by)), feature.id()))
    return (
        _in_order(found, falling=bool(sort and sort[1]))
        if by is not None
        else [fid for _, fid in found]
    )


def _in_order(found: list[tuple[Any, int]], *, falling: bool) -> list[int]:
    """Return identifiers by rising or falling value, those without one last."""
    with_value = [(value, fid) for value, fid in found if value is not None]
    without = [fid for value, fid in found if value is None]
    numbers = all(not isinstance(value, str) for value, _ in with_value)
    with_value.sort(
        key=(lambda item: item[0]) if numbers else (lambda item: str(item[0]).casefold()),
        reverse=falling,
    )
    return [*(fid for _, fid in with_value), *without]


def _holds(values: Iterable[object], words: Sequence[str]) -> bool:
    text = " ".join(str(shown) for value in values if (shown := plain(value)) is not None)
    folded = text.casefold()
    return all(word in folded for word in words)


def unique_values(held: MapProject, args: Mapping[str, Any]) -> dict[str, Any]:
    """Return the different values of a field with their counts."""
    layer = vector(held, args["layer_id"])
    place = field_index(layer, args["field"])
    counts: Counter[Any] = Counter(
        told(feature.attribute(place))
        for feature in features(layer, slim_request(layer, [place]))
    )
    limit = int(args["limit"])
    kept = dict(counts.most_common(limit))
    order = sorted(kept, key=_by_value)
    return {
        "values": order,
        "counts": [kept[value] for value in order],
        "complete": len(counts) <= limit,
    }


def _by_value(value: bool | float | str | None) -> tuple[int, float, str]:
    if value is None:
        return (2, 0.0, "")
    if isinstance(value, str):
        return (1, 0.0, value.casefold())
    return (0, float(value), "")
