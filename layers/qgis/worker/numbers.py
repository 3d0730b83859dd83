"""Numbers for styles: classes of a field, statistics of a raster, and what a layer is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from qgis.core import (
    QgsClassificationEqualInterval,
    QgsClassificationJenks,
    QgsClassificationMethod,
    QgsClassificationPrettyBreaks,
    QgsClassificationQuantile,
    QgsClassificationStandardDeviation,
    QgsMapLayer,
    QgsRasterBlock,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)

from layers.qgis.worker import compat
from layers.qgis.worker.tables import (
    features,
    field_index,
    field_kind,
    slim_request,
    told_fields,
    vector,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from layers.qgis.worker.project import MapProject

METHODS: dict[str, type[QgsClassificationMethod]] = {
    "equal": QgsClassificationEqualInterval,
    "quantile": QgsClassificationQuantile,
    "jenks": QgsClassificationJenks,
    "pretty": QgsClassificationPrettyBreaks,
    "deviation": QgsClassificationStandardDeviation,
}
JENKS_VALUES = 1_000  # above this QGIS takes a sample by chance; a regular one stays the same
SAMPLED_CELLS = 1_000_000
SHARES = (1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 98.0, 99.0)
MOST_DISTINCT = 64


def classify(held: MapProject, args: Mapping[str, Any]) -> dict[str, Any]:
    """Part the numbers of a field into classes.

    Raises
    ------
    ValueError
        The field holds no numbers, or no value at all.
    """
    layer = vector(held, args["layer_id"])
    place = field_index(layer, args["field"])
    if field_kind(layer.fields().at(place)) not in {"integer", "real"}:
        raise ValueError(f"The field {args['field']} holds no numbers; make categories of it.")
    values = _values(layer, place)
    if not values.size:
        raise ValueError(f"The field {args['field']} holds no value, so there are no classes.")
    sample = values
    if args["method"] == "jenks" and values.size > JENKS_VALUES:
        sample = values[np.linspace(0, values.size - 1, JENKS_VALUES).round().astype(int)]
    ranges = METHODS[args["method"]]().classes(sample.tolist(), int(args["classes"]))
    bounds = [ranges[0].lowerBound(), *(item.upperBound() for item in ranges)]
    inner = np.searchsorted(np.asarray(bounds[1:-1]), values, side="left")
    counts = np.bincount(inner, minlength=len(ranges))
    return {
        "bounds": bounds,
        "labels": [item.label() for item in ranges],
        "counts": [int(count) for count in counts],
    }


def _values(layer: QgsVectorLayer, place: int) -> NDArray[np.float64]:
    """Return the numbers of a field, rising."""
    found = [
        float(value)
        for feature in features(layer, slim_request(layer, [place]))
        if isinstance(value := feature.attribute(place), (int, float)) and math.isfinite(value)
    ]
    return np.sort(np.asarray(found, dtype=np.float64))


def raster_statistics(held: MapProject, args: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the cells of a band hold.

    Raises
    ------
    ValueError
        The layer has no cells of numbers, or no such band, or no cell holds a value.
    """
    layer = held.layer(args["layer_id"])
    spec = held.spec(args["layer_id"])
    if not isinstance(layer, QgsRasterLayer) or spec.get("provider") == "wms":
        raise ValueError(f"{layer.name()} has no cells that hold numbers.")
    band = int(args["band"])
    if not 1 <= band <= layer.bandCount():
        raise ValueError(f"{layer.name()} has {layer.bandCount()} bands, not {band}.")
    values, exact = _cells(layer, band)
    if not values.size:
        raise ValueError(f"No cell of {layer.name()} holds a value.")
    different = np.unique(values)
    return {
        "band": band,
        "minimum": float(values.min()),
        "maximum": float(values.max()),
        "mean": float(values.mean()),
        "deviation": float(values.std()),
        "percentiles": [
            [share, float(value)]
            for share, value in zip(SHARES, np.percentile(values, SHARES), strict=True)
        ],
        "distinct": different.tolist() if different.size <= MOST_DISTINCT else [],
        "cells": int(values.size),
        "exact": exact,
    }


def _cells(layer: QgsRasterLayer, band: int) -> tuple[NDArray[np.float64], bool]:
    """Return the values of a regular sample of cells, and whether these are all."""
    width, height = layer.width(), layer.height()
    step = max(1.0, math.sqrt(width * height / SAMPLED_CELLS))
    columns, rows = max(1, int(width / step)), max(1, int(height / step))
    block = layer.dataProvider().block(band, QgsRectangle(layer.extent()), columns, rows)
    if block is None or not block.isValid() or block.isEmpty():
        raise ValueError(f"{layer.name()} could not be read; check its file.")
    return _finite(block), step == 1.0


def _finite(block: QgsRasterBlock) -> NDArray[np.float64]:
    kinds = {
        "Byte": np.uint8,
        "UInt16": np.uint16,
        "Int16": np.int16,
        "UInt32": np.uint32,
        "Int32": np.int32,
        "Float32": np.float32,
        "Float64": np.float64,
    }
    for name, kind in kinds.items():
        if block.dataType() == compat.first_of(f"Qgis.{name}", f"Qgis.DataType.{name}"):
            values = np.frombuffer(bytes(block.data()), dtype=kind).astype(np.float64)
            break
    else:
        raise ValueError("The cells of this raster are no numbers that can be told.")
    keep = np.isfinite(values)
    if block.hasNoDataValue():
        keep &= values != block.noDataValue()
    return values[keep]


def layer_facts(layer: QgsMapLayer) -> dict[str, Any]:
    """Return what a layer is."""
    box = layer.extent()
    bounds = [box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()]
    empty = box.isNull() or not all(math.isfinite(bound) for bound in bounds)
    facts = {
        "crs": layer.crs().authid() or layer.crs().description(),
        "extent": None if empty else bounds,
    }
    if isinstance(layer, QgsVectorLayer):
        names = {compat.POINT: "point", compat.LINE: "line", compat.POLYGON: "polygon"}
        return {
            **facts,
            "kind": "vector",
            "geometry": names.get(layer.geometryType(), "none"),
            "features": int(layer.featureCount()),
            "fields": told_fields(layer),
            "bands": 0,
            "width": 0,
            "height": 0,
        }
    return {
        **facts,
        "kind": "raster",
        "geometry": "",
        "features": -1,
        "fields": [],
        "bands": int(layer.bandCount()),
        "width": max(int(layer.width()), 0),
        "height": max(int(layer.height()), 0),
    }
