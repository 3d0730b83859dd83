"""Vector styles of the layer specification as QGIS renderers.

A symbol has the keys ``shape`` (fill, line, marker), ``fill`` and ``fill_opacity``, ``hatch``
(None, diagonal, back_diagonal, cross) with ``hatch_spacing_mm``, ``stroke`` and
``stroke_width_mm`` and ``stroke_opacity``, ``dash`` (solid, dash, dot, dash_dot), ``size_mm``
and ``marker`` (circle, square, triangle, diamond, star, cross, line). A polygon layer may be
drawn with a line symbol (its outline) or a marker (at a point inside it).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsCentroidFillSymbolLayer,
    QgsFeatureRenderer,
    QgsFillSymbol,
    QgsGraduatedSymbolRenderer,
    QgsInvertedPolygonRenderer,
    QgsLinePatternFillSymbolLayer,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsRendererCategory,
    QgsRendererRange,
    QgsSimpleFillSymbolLayer,
    QgsSimpleLineSymbolLayer,
    QgsSingleSymbolRenderer,
    QgsSymbol,
    QgsSymbolLayer,
    QgsWkbTypes,
)

from layers.qgis.worker import compat
from layers.qgis.worker.colours import property_text

Spec = Mapping[str, Any]

DASHES = {"dash": "2.4;1.4", "dot": "0.3;1.1", "dash_dot": "2.4;1.1;0.3;1.1"}
HATCH_ANGLES = {"diagonal": (45.0,), "back_diagonal": (135.0,), "cross": (45.0, 135.0)}
DEFAULT_STROKE = "#555555"
DEFAULT_FILL = "#cccccc"
DEFAULT_SYMBOL: Spec = {
    "fill": DEFAULT_FILL,
    "stroke": DEFAULT_STROKE,
    "stroke_width_mm": 0.15,  # below one pixel, where Qt draws outlines several times as fast
}


def _with_layers(symbol: QgsSymbol, layers: list[QgsSymbolLayer]) -> QgsSymbol:
    """Return a symbol with these layers alone, owned by the symbol.

    The constructors take a list too, but leave its items to Python, which deletes them.
    """
    symbol.deleteSymbolLayer(0)
    for layer in layers:
        symbol.appendSymbolLayer(layer)
    return symbol


def _line_properties(spec: Spec) -> dict[str, str]:
    """Return the properties of a simple line that draws the stroke of a symbol."""
    properties = {
        "line_color": property_text(
            spec.get("stroke") or DEFAULT_STROKE, float(spec.get("stroke_opacity", 1))
        ),
        "line_width": str(spec.get("stroke_width_mm", 0.3)),
        "line_style": "solid",
        "capstyle": "flat",
        "joinstyle": "round",
    }
    dash = spec.get("dash")
    if dash and dash != "solid":
        properties["use_custom_dash"] = "1"
        properties["customdash"] = DASHES[dash]
        properties["customdash_unit"] = "MM"
        if dash == "dot":
            properties["capstyle"] = "round"
    return properties


def _hatch_layers(spec: Spec) -> list[QgsSymbolLayer]:
    """Return one pattern of parallel lines per direction of the hatch."""
    if not spec.get("hatch"):
        return []
    drawn = []
    for angle in HATCH_ANGLES[spec["hatch"]]:
        pattern = QgsLinePatternFillSymbolLayer()
        pattern.setLineAngle(angle)
        pattern.setDistance(float(spec.get("hatch_spacing_mm", 1.6)))
        colour = spec.get("hatch_colour") or spec.get("stroke") or DEFAULT_STROKE
        pattern.setSubSymbol(
            QgsLineSymbol.createSimple(
                {
                    "line_color": property_text(colour, float(spec.get("hatch_opacity", 0.7))),
                    "line_width": str(spec.get("hatch_width_mm", 0.18)),
                }
            )
        )
        drawn.append(pattern)
    return drawn


def fill_symbol(spec: Spec) -> QgsSymbol:
    """Return a polygon symbol: fill, then hatch, then outline, each where asked for."""
    layers: list[QgsSymbolLayer] = []
    if spec.get("fill"):
        layers.append(
            QgsSimpleFillSymbolLayer.create(
                {
                    "color": property_text(spec["fill"], float(spec.get("fill_opacity", 1))),
                    "outline_style": "no",
                    "style": "solid",
                }
            )
        )
    layers.extend(_hatch_layers(spec))
    if spec.get("stroke") and float(spec.get("stroke_width_mm", 0.3)) > 0:
        layers.append(QgsSimpleLineSymbolLayer.create(_line_properties(spec)))
    if not layers:
        layers.append(QgsSimpleFillSymbolLayer.create({"style": "no", "outline_style": "no"}))
    return _with_layers(QgsFillSymbol(), layers)


def line_symbol(spec: Spec) -> QgsSymbol:
    """Return a line symbol."""
    return _with_layers(
        QgsLineSymbol(), [QgsSimpleLineSymbolLayer.create(_line_properties(spec))]
    )


def marker_symbol(spec: Spec) -> QgsSymbol:
    """Return a point symbol of a size in millimetres."""
    stroke = spec.get("stroke")
    fill = spec.get("fill")
    return QgsMarkerSymbol.createSimple(
        {
            "name": str(spec.get("marker") or "circle"),
            "color": property_text(fill, float(spec.get("fill_opacity", 1)))
            if fill
            else "0,0,0,0",
            "outline_color": property_text(stroke) if stroke else "0,0,0,0",
            "outline_style": "solid" if stroke else "no",
            "outline_width": str(spec.get("stroke_width_mm", 0.2)),
            "size": str(spec.get("size_mm", 2)),
            "angle": str(spec.get("angle", 0)),
        }
    )


def make_symbol(spec: Spec, geometry: QgsWkbTypes.GeometryType) -> QgsSymbol:
    """Return the symbol of a layer whose features have the given geometry type."""
    shape = spec.get("shape")
    if geometry == compat.POINT:
        return marker_symbol(spec)
    if geometry == compat.LINE:
        return line_symbol(spec)
    if shape == "line":
        return _with_layers(
            QgsFillSymbol(), [QgsSimpleLineSymbolLayer.create(_line_properties(spec))]
        )
    if shape == "marker":
        centre = QgsCentroidFillSymbolLayer()
        centre.setSubSymbol(marker_symbol(spec))
        centre.setPointOnSurface(True)
        return _with_layers(QgsFillSymbol(), [centre])
    return fill_symbol(spec)


def make_renderer(style: Spec, geometry: QgsWkbTypes.GeometryType) -> QgsFeatureRenderer:
    """Return the renderer of a vector style; legend entries keep the order of the style.

    Raises
    ------
    KeyError
        The style lacks a key that its type needs.
    ValueError
        A colour or a number cannot be read, or the type is unknown.
    """
    kind = style.get("type", "single")
    if kind == "single":
        return QgsSingleSymbolRenderer(
            make_symbol(style.get("symbol") or DEFAULT_SYMBOL, geometry)
        )
    if kind == "inverted":
        return QgsInvertedPolygonRenderer(
            QgsSingleSymbolRenderer(make_symbol(style["symbol"], geometry))
        )
    if kind == "categories":
        return QgsCategorizedSymbolRenderer(
            style["field"],
            [
                QgsRendererCategory(
                    entry["value"],
                    make_symbol(entry["symbol"], geometry),
                    str(entry.get("label", entry["value"])),
                )
                for entry in style["symbols"]
            ],
        )
    if kind == "graduated":
        return QgsGraduatedSymbolRenderer(
            style["field"],
            [
                QgsRendererRange(
                    float(entry["min"]),
                    float(entry["max"]),
                    make_symbol(entry["symbol"], geometry),
                    str(entry.get("label", f"{entry['min']} - {entry['max']}")),
                )
                for entry in style["symbols"]
            ],
        )
    raise ValueError(f"unknown vector style {kind!r}")
