"""Sets the symbol of a layer: fill, outline, size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from resources.translation import mark, tr
from ui.elided import ElidedComboBox
from ui.styling.controls import ColourButton, labelled, number_box, show, shrink
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Mapping

_DASHES = {
    "solid": mark("Solid"),
    "dash": mark("Dashed"),
    "dot": mark("Dotted"),
    "dash_dot": mark("Dash and dot"),
}
_HATCHES = {
    "": mark("No hatch"),
    "diagonal": mark("Diagonal"),
    "back_diagonal": mark("Diagonal, the other way"),
    "cross": mark("Crossed"),
}
_MARKERS = {
    "circle": mark("Circle"),
    "square": mark("Square"),
    "triangle": mark("Triangle"),
    "diamond": mark("Diamond"),
    "star": mark("Star"),
    "cross": mark("Cross"),
}


class SymbolEditor(QWidget):
    """Shows what a symbol looks like, and tells what is to change."""

    changed = pyqtSignal(dict)
    """Keys of the symbol and their new values."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shows = False
        self.fill = ColourButton("style_fill", tr("Fill colour"), self)
        self.fill_opacity = number_box(
            "style_fill_opacity", tr("Opacity of the fill"), unit="%", decimals=0
        )
        self.fill_opacity.setRange(0, 100)
        self.hatch = self._box("style_hatch", tr("Hatch"), _HATCHES)
        self.stroke = ColourButton("style_stroke", tr("Colour of the line"), self)
        self.line_width = number_box("style_width", tr("Width of the line"), unit="mm")
        self.dash = self._box("style_dash", tr("Line style"), _DASHES)
        self.marker = self._box("style_marker", tr("Shape"), _MARKERS)
        self.size_mm = number_box("style_size", tr("Size"), unit="mm", decimals=1)
        self.rows = {
            "marker": labelled(tr("Shape"), self.marker, self.size_mm),
            "fill": labelled(tr("Fill"), self.fill, self.fill_opacity),
            "hatch": labelled(tr("Hatch"), self.hatch),
            "stroke": labelled(tr("Line"), self.stroke, self.line_width),
            "dash": labelled(tr("Line style"), self.dash),
        }
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        for row in self.rows.values():
            layout.addWidget(row)
        self._listen()

    def _box(self, name: str, text: str, entries: Mapping[str, str]) -> QComboBox:
        box = shrink(ElidedComboBox(self))
        box.setObjectName(name)
        box.setAccessibleName(text)
        for key, word in entries.items():
            box.addItem(tr(word), key)
        return box

    def _listen(self) -> None:
        self.fill.chosen.connect(lambda colour: self._tell("fill", colour))
        self.stroke.chosen.connect(lambda colour: self._tell("stroke", colour))
        self.fill_opacity.valueChanged.connect(
            lambda percent: self._tell("fill_opacity", percent / 100)
        )
        self.line_width.valueChanged.connect(lambda mm: self._tell("stroke_width_mm", mm))
        self.size_mm.valueChanged.connect(lambda mm: self._tell("size_mm", mm))
        for box, key in ((self.hatch, "hatch"), (self.dash, "dash"), (self.marker, "marker")):
            box.activated.connect(
                lambda _, box=box, key=key: self._tell(key, box.currentData() or None)
            )

    def show_symbol(
        self, symbol: Mapping[str, Any], geometry: str, *, several: bool = False
    ) -> None:
        """Show a symbol.

        Parameters
        ----------
        symbol : mapping
            As of `LayerSpec`.
        geometry : {"point", "line", "polygon", "none", ""}
            Of the layer.
        several : bool
            Whether the symbols of several classes are set at once, which keep their colours.
        """
        shape = str(symbol.get("shape") or "")
        line = geometry == "line" or shape == "line"
        point = geometry == "point" or shape == "marker"
        show(self.rows["marker"], shown=point)
        show(self.rows["fill"], shown=not line)
        show(self.fill, shown=not several)
        show(self.rows["hatch"], shown=not line and not point)
        show(self.rows["dash"], shown=not point)
        show(self.stroke, shown=not (several and line))
        self._shows = True
        self.fill.show_colour(str(symbol.get("fill") or ""))
        self.stroke.show_colour(str(symbol.get("stroke") or ""))
        self.fill_opacity.setValue(100 * _number(symbol.get("fill_opacity"), 1.0))
        self.line_width.setValue(_number(symbol.get("stroke_width_mm"), 0.3))
        self.size_mm.setValue(_number(symbol.get("size_mm"), 2.0))
        for box, key in ((self.hatch, "hatch"), (self.dash, "dash"), (self.marker, "marker")):
            box.setCurrentIndex(max(box.findData(symbol.get(key) or ""), 0))
        self._shows = False

    def _tell(self, key: str, value: object) -> None:
        if not self._shows:
            self.changed.emit({key: value})


def _number(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) else otherwise
