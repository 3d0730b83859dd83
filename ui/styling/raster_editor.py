"""Sets how a raster is drawn: by a ramp, a hue per value, or as shaded relief."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from resources.translation import mark, tr
from ui.controls import label
from ui.elided import ElidedComboBox
from ui.styling import drafts
from ui.styling.class_list import ClassList, rows_of
from ui.styling.controls import RampBox, labelled, leave_wheel, number_box, show, shrink
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from layers.qgis.answers import RasterStatistics
    from ui.styling.drafts import Style
    from ui.styling.source import StyleSource

    Ask = Callable[[Callable[[], Future[Any]], Callable[[Any], None]], None]

RAMP, CLASSES, RELIEF, QML = "ramp", "classes", "hillshade", "qml"
_CUSTOM = "own"
_RANGES: dict[str, tuple[float, float] | None] = {
    "all": None,
    "2": (2.0, 98.0),
    "5": (5.0, 95.0),
}
_RANGE_NAMES = {
    "all": mark("Least to greatest value"),
    "2": mark("2 % to 98 % of the cells"),
    "5": mark("5 % to 95 % of the cells"),
    _CUSTOM: mark("Between two values"),
}
_LARGEST = 1e12


class RasterEditor(QWidget):
    """Shows the style of a raster, and tells what it is to be.

    Parameters
    ----------
    layer_id : str
        The layer.
    style : mapping
        As of `LayerSpec`.
    source : StyleSource
        Tells what the layer holds.
    ask : callable
        Asks the source and hands over the answer in this thread.
    """

    changed = pyqtSignal(dict)

    def __init__(
        self,
        layer_id: str,
        style: Mapping[str, Any],
        source: StyleSource,
        ask: Ask,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._style: Style = dict(style)
        self._statistics: RasterStatistics | None = None
        self._shows = False
        self.rule = self._make_rule()
        self.ramp = RampBox("style_ramp", ("sequential", "diverging"), self)
        self.reverse = self._check("style_reverse", tr("Reversed"))
        self.clear = self._check("style_clear", tr("Clear at the low end"))
        self.range = self._make_range()
        self.low = self._number("style_low", tr("Value at the low end"))
        self.high = self._number("style_high", tr("Value at the high end"))
        self.steps = self._make_steps()
        self.hues = RampBox("style_hues", ("qualitative", "sequential"), self)
        self.exaggeration = number_box(
            "style_exaggeration", tr("Exaggeration of the heights"), decimals=1
        )
        self.exaggeration.setRange(0.1, 50)
        self.list = ClassList(self)
        self._notice = label("", size="small", tone="warning", name="style_notice")
        self._notice.hide()
        self._rows = self._make_rows()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        for row in (*self._rows.values(), self._notice, self.list):
            layout.addWidget(row)
        self._listen()
        self._show()
        ask(lambda: source.raster_statistics_later(layer_id), self._on_statistics)

    def _make_rule(self) -> QComboBox:
        box = self._box("style_rule", tr("How cells are drawn"))
        box.addItem(tr("By a ramp of colours"), RAMP)
        box.addItem(tr("A colour per value"), CLASSES)
        box.addItem(tr("As shaded relief"), RELIEF)
        return box

    def _make_range(self) -> QComboBox:
        box = self._box("style_range", tr("Values that the ramp spans"))
        for key, word in _RANGE_NAMES.items():
            box.addItem(tr(word), key)
        box.setCurrentIndex(box.findData(_CUSTOM))
        return box

    def _make_steps(self) -> QSpinBox:
        box = QSpinBox()
        box.setObjectName("style_steps")
        box.setAccessibleName(tr("Number of classes"))
        box.setRange(1, 12)
        box.setSpecialValueText(tr("smooth"))
        box.setKeyboardTracking(False)
        box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        box.setAlignment(Qt.AlignmentFlag.AlignRight)
        return leave_wheel(box)

    def _box(self, name: str, text: str) -> QComboBox:
        box = shrink(ElidedComboBox(self))
        box.setObjectName(name)
        box.setAccessibleName(text)
        return box

    def _check(self, name: str, text: str) -> QCheckBox:
        box = QCheckBox(text)
        box.setObjectName(name)
        return box

    def _number(self, name: str, text: str) -> QDoubleSpinBox:
        box = number_box(name, text, decimals=4)
        box.setRange(-_LARGEST, _LARGEST)
        return box

    def _make_rows(self) -> dict[str, QWidget]:
        return {
            "rule": labelled(tr("Drawn"), self.rule),
            "ramp": self.ramp,
            "hues": self.hues,
            "reverse": labelled("", self.reverse),
            "range": labelled(tr("Spans"), self.range),
            "ends": labelled(tr("From and to"), self.low, self.high),
            "steps": labelled(tr("Classes"), self.steps),
            "clear": labelled("", self.clear),
            "exaggeration": labelled(tr("Exaggeration"), self.exaggeration),
        }

    def _listen(self) -> None:
        self.rule.activated.connect(lambda _: self._make())
        self.ramp.activated.connect(lambda _: self._make())
        self.hues.activated.connect(lambda _: self._make())
        self.range.activated.connect(lambda _: self._on_range_chosen())
        self.reverse.toggled.connect(self._on_reversed)
        self.clear.toggled.connect(lambda _: self._make())
        self.steps.valueChanged.connect(lambda _: self._make())
        self.exaggeration.valueChanged.connect(lambda _: self._make())
        for end in (self.low, self.high):
            end.valueChanged.connect(lambda _: self._on_end_written())
        self.list.colour_chosen.connect(lambda at, hue: self._on_class_changed(at, 1, hue))
        self.list.label_chosen.connect(lambda at, text: self._on_class_changed(at, 2, text))
        self.list.remove_wanted.connect(self._on_remove_wanted)

    @property
    def style_now(self) -> Style:
        """The style as it stands."""
        return dict(self._style)

    def _on_statistics(self, statistics: RasterStatistics) -> None:
        self._statistics = statistics
        if not self._style.get("type"):
            self.range.setCurrentIndex(self.range.findData("2"))
            self._on_range_chosen()

    @property
    def _rule(self) -> str:
        return str(self.rule.currentData() or "")

    def _show(self) -> None:
        """Show the style, and only what can be set of it."""
        self._shows = True
        kind = str(self._style.get("type", RAMP))
        self.rule.setCurrentIndex(self.rule.findData(kind))
        if kind == QML:
            self.rule.setPlaceholderText(tr("A style of QGIS (QML)"))
        stops = self._style.get("stops")
        if stops:
            self.low.setValue(float(stops[0][0]))
            self.high.setValue(float(stops[-1][0]))
            self.clear.setChecked(len(str(stops[0][1])) == 9)
            smooth = self._style.get("interpolate", True)
            self.steps.setValue(1 if smooth else len(stops))
        self.exaggeration.setValue(float(self._style.get("exaggeration", 1)))
        if kind == CLASSES:
            self.list.show_classes(rows_of(self._style))
        self._show_rows(kind)
        self._shows = False

    def _show_rows(self, kind: str) -> None:
        of_ramp = {"ramp", "reverse", "range", "ends", "steps", "clear"}
        shown = {
            RAMP: of_ramp,
            CLASSES: {"hues", "reverse"},
            RELIEF: {"exaggeration"},
        }.get(kind, set())
        for name, row in self._rows.items():
            show(row, shown=name == "rule" or name in shown)
        show(self.list, shown=kind == CLASSES)

    def _say(self, text: str) -> None:
        self._notice.setText(text)
        self._notice.setVisible(bool(text))

    def _on_range_chosen(self) -> None:
        shares = _RANGES.get(str(self.range.currentData()))
        found = self._statistics
        if self.range.currentData() != _CUSTOM and found is not None:
            ends = (found.minimum, found.maximum)
            if shares is not None:
                ends = (found.percentile(shares[0]), found.percentile(shares[1]))
            self._shows = True
            self.low.setValue(ends[0])
            self.high.setValue(ends[1])
            self._shows = False
        self._make()

    def _on_end_written(self) -> None:
        if not self._shows:
            self.range.setCurrentIndex(self.range.findData(_CUSTOM))
            self._make()

    def _on_reversed(self, reverse: bool) -> None:
        for box in (self.hues, self.ramp):
            box.show_reversed(reverse=reverse)
        self._make()

    def _make(self) -> None:
        """Make the style from what is set."""
        if self._shows:
            return
        self._say("")
        makers = {RAMP: self._make_ramp, CLASSES: self._make_classes, RELIEF: self._make_relief}
        style = makers[self._rule]() if self._rule in makers else None
        if style is None:
            self._show_rows(self._rule)
            return
        self._style = style
        self._show()
        self.changed.emit(self.style_now)

    def _make_ramp(self) -> Style | None:
        low, high = self.low.value(), self.high.value()
        if not low < high:
            self._say(tr("The value at the low end has to be below that at the high end."))
            return None
        steps = self.steps.value() if self.steps.value() > 1 else 0
        style = drafts.raster_ramp(
            self._style,
            self.ramp.ramp,
            low,
            high,
            reverse=self.reverse.isChecked(),
            clear=self.clear.isChecked(),
            steps=steps,
        )
        if steps and self._statistics is not None:
            style = drafts.reaching(style, self._statistics.maximum)
        return style

    def _make_classes(self) -> Style | None:
        found = () if self._statistics is None else self._statistics.distinct
        values = [value for value in found if float(value).is_integer()]
        if not values:
            self._say(
                tr("This raster holds too many different values; draw it by a ramp of colours.")
            )
            return None
        hues = self.hues.ramp.take(len(values), reverse=self.reverse.isChecked())
        return drafts.raster_classes(self._style, values, hues)

    def _make_relief(self) -> Style:
        made = drafts.hillshade(self._style)
        return {**made, "exaggeration": self.exaggeration.value()}

    def _on_class_changed(self, place: int, column: int, value: str) -> None:
        rows = [list(row) for row in self._style["classes"]]
        rows[place][column] = value
        self._style = {**self._style, "classes": rows}
        self._show()
        self.changed.emit(self.style_now)

    def _on_remove_wanted(self, place: int) -> None:
        rows = [row for at, row in enumerate(self._style["classes"]) if at != place]
        if rows:
            self._style = {**self._style, "classes": rows}
            self._show()
            self.changed.emit(self.style_now)
