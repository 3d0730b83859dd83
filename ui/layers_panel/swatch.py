"""A small picture of how a layer is drawn, from its style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QIcon, QLinearGradient, QPainter, QPen, QPixmap

if TYPE_CHECKING:
    from layers.qgis.layer_spec import LayerSpec

WIDTH_PX, HEIGHT_PX = 24, 16
_PX_PER_MM = 3.8
_DASHES = {
    "dash": Qt.PenStyle.DashLine,
    "dot": Qt.PenStyle.DotLine,
    "solid": Qt.PenStyle.SolidLine,
}
Style = Mapping[str, object]


def swatch(spec: LayerSpec) -> QIcon:
    """Return the swatch of a layer: its symbol, the last of its categories, or its ramp."""
    return _icon(_symbols(spec.style)[-1:] or [{}], spec.style)


def category_swatches(spec: LayerSpec) -> tuple[tuple[str, QIcon], ...]:
    """Return label and swatch of each category, class or named stop of a layer."""
    categories = spec.style.get("symbols")
    if isinstance(categories, Sequence) and len(categories) > 1:
        return tuple(
            (str(item.get("label", "")), _icon([_mapping(item.get("symbol"))], {}))
            for item in categories
            if isinstance(item, Mapping)
        )
    stops = spec.style.get("stops")
    if isinstance(stops, Sequence) and len(stops) > 1:
        return ((f"{stops[0][2]} to {stops[-1][2]}", _icon([{}], spec.style)),)
    return tuple(
        (str(label), _colour_icon(str(colour))) for _, colour, label in _classes(spec.style)
    )


def _classes(style: Style) -> list[tuple[object, object, object]]:
    rows = style.get("classes") if style.get("type") == "classes" else None
    return [(r[0], r[1], r[2]) for r in rows] if isinstance(rows, Sequence) else []


def _symbols(style: Style) -> list[Style]:
    if "symbol" in style:
        return [_mapping(style["symbol"])]
    listed = style.get("symbols")
    if not isinstance(listed, Sequence):
        return []
    return [_mapping(item.get("symbol")) for item in listed if isinstance(item, Mapping)]


def _icon(symbols: Sequence[Style], style: Style) -> QIcon:
    pixmap, painter = _canvas()
    area = QRectF(2, 2, WIDTH_PX - 4, HEIGHT_PX - 4)
    kind = style.get("type")
    if kind == "ramp":
        painter.fillRect(area, QBrush(_gradient(style)))
    elif kind == "hillshade":
        shade = QLinearGradient(area.topLeft(), area.bottomRight())
        shade.setColorAt(0, QColor("#ffffff"))
        shade.setColorAt(1, QColor("#777777"))
        painter.fillRect(area, QBrush(shade))
    elif kind == "classes":
        rows = _classes(style)
        for place, (_, colour, _label) in enumerate(rows[:4]):
            part = area.width() / min(len(rows), 4)
            painter.fillRect(
                QRectF(area.left() + place * part, area.top(), part, area.height()),
                _colour(colour),
            )
    else:
        _draw_symbol(painter, symbols[0], area)
    painter.end()
    return QIcon(pixmap)


def _colour_icon(colour: str) -> QIcon:
    pixmap, painter = _canvas()
    painter.fillRect(QRectF(2, 2, WIDTH_PX - 4, HEIGHT_PX - 4), _colour(colour))
    painter.end()
    return QIcon(pixmap)


def _canvas() -> tuple[QPixmap, QPainter]:
    pixmap = QPixmap(WIDTH_PX * 2, HEIGHT_PX * 2)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(QColor("#fbfaf8"))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return pixmap, painter


def _draw_symbol(painter: QPainter, symbol: Style, area: QRectF) -> None:
    painter.setPen(_pen(symbol))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    shape = symbol.get("shape")
    if shape == "line":
        painter.drawLine(area.bottomLeft(), area.topRight())
        return
    fill = symbol.get("fill")
    if fill:
        colour = _colour(fill)
        colour.setAlphaF(_float(symbol.get("fill_opacity"), 1.0))
        painter.setBrush(QBrush(colour))
    elif symbol.get("hatch"):
        hatch = _colour(symbol.get("stroke") or "#000000")
        hatch.setAlphaF(_float(symbol.get("hatch_opacity"), 1.0))
        painter.setBrush(QBrush(hatch, Qt.BrushStyle.BDiagPattern))
    if shape == "marker":
        size = max(_float(symbol.get("size_mm"), 2.0) * _PX_PER_MM, 4.0)
        painter.drawEllipse(area.center(), size / 2, size / 2)
    else:
        painter.drawRect(area)


def _pen(symbol: Style) -> QPen:
    stroke = symbol.get("stroke")
    if not stroke:
        return QPen(Qt.PenStyle.NoPen)
    width = max(_float(symbol.get("stroke_width_mm"), 0.3) * _PX_PER_MM, 1.0)
    pen = QPen(_colour(stroke), width)
    pen.setStyle(_DASHES.get(str(symbol.get("dash")), Qt.PenStyle.SolidLine))
    return pen


def _gradient(style: Style) -> QLinearGradient:
    gradient = QLinearGradient(2, 0, WIDTH_PX - 2, 0)
    stops = style.get("stops")
    rows = list(stops) if isinstance(stops, Sequence) else []
    values = [float(row[0]) for row in rows]
    if not style.get("interpolate", True):  # classes, the uppermost as wide as any
        values = [float(place) for place in range(len(rows))]
    span = (max(values) - min(values)) if values else 0.0
    for row, value in zip(rows, values, strict=True):
        place = (value - min(values)) / span if span else 0.0
        gradient.setColorAt(place, _colour(row[1]))
    return gradient


def _colour(text: object) -> QColor:
    """Return a colour written ``#rrggbb`` or ``#rrggbbaa``; Qt puts the alpha first."""
    written = str(text)
    colour = QColor(written[:7])
    if len(written) == 9:
        colour.setAlpha(int(written[7:], 16))
    return colour


def _mapping(value: object) -> Style:
    return value if isinstance(value, Mapping) else {}


def _float(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) else otherwise
