"""Sets how a vector layer is drawn: one symbol, a symbol per value, or classes of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QComboBox, QSpinBox, QVBoxLayout, QWidget

from layers.qgis.answers import CLASS_METHODS
from resources.translation import mark, tr
from ui.controls import label
from ui.elided import ElidedComboBox
from ui.styling import drafts
from ui.styling.class_list import ClassList, rows_of
from ui.styling.controls import RampBox, labelled, leave_wheel, show, shrink
from ui.styling.labels_editor import LabelsEditor
from ui.styling.symbol_editor import SymbolEditor
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from layers.qgis.answers import Breaks, FieldInfo, LayerFacts, UniqueValues
    from ui.styling.drafts import Style
    from ui.styling.source import StyleSource

    Ask = Callable[[Callable[[], Future[Any]], Callable[[Any], None]], None]

SINGLE, CATEGORIES, GRADUATED, QML = "single", "categories", "graduated", "qml"
MOST_CATEGORIES = 60
_TECHNICAL = frozenset({"fid", "ogc_fid", "uuid", "id", "objectid"})
"""Fields that tell features apart and nothing else; they are offered last."""
_METHODS = {
    "equal": mark("Equal intervals"),
    "quantile": mark("Equal counts (quantiles)"),
    "jenks": mark("Natural breaks (Jenks)"),
    "pretty": mark("Round numbers"),
    "deviation": mark("Standard deviations"),
}


class VectorEditor(QWidget):
    """Shows the style of a vector layer, and tells what it is to be.

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
        self._layer_id = layer_id
        self._style: Style = dict(style)
        self._source = source
        self._ask = ask
        self._fields: tuple[FieldInfo, ...] = ()
        self._geometry = ""
        self._counts: tuple[int, ...] = ()
        self.rule = self._make_rule()
        self.field = self._box("style_field", tr("Field"))
        self.method = self._box("style_method", tr("How classes are made"))
        for method in CLASS_METHODS:
            self.method.addItem(tr(_METHODS[method]), method)
        self.method.setCurrentIndex(CLASS_METHODS.index("jenks"))
        self.classes = self._make_count()
        self.hues = RampBox("style_hues", ("qualitative", "sequential"), self)
        self.ramp = RampBox("style_ramp", ("sequential", "diverging"), self)
        self.reverse = QCheckBox(tr("Reversed"))
        self.reverse.setObjectName("style_reverse")
        self.list = ClassList(self)
        self.symbol = SymbolEditor(self)
        self.labels = LabelsEditor(self)
        self._notice = label("", size="small", tone="warning", name="style_notice")
        self._notice.hide()
        self._working = label(
            tr("Reading the values…"), size="small", tone="muted", name="style_working"
        )
        self._working.hide()
        self._rows = self._make_rows()
        self._lay_out()
        self._listen()
        self._show()
        self._ask(lambda: source.layer_facts_later(layer_id), self._on_facts)

    def _make_rule(self) -> QComboBox:
        box = self._box("style_rule", tr("How features are drawn"))
        box.addItem(tr("All alike"), SINGLE)
        box.addItem(tr("By categories"), CATEGORIES)
        box.addItem(tr("By classes of numbers"), GRADUATED)
        return box

    def _make_count(self) -> QSpinBox:
        box = QSpinBox()
        box.setObjectName("style_class_count")
        box.setAccessibleName(tr("Number of classes"))
        box.setRange(2, 12)
        box.setValue(5)
        box.setKeyboardTracking(False)
        box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        box.setAlignment(Qt.AlignmentFlag.AlignRight)
        return leave_wheel(box)

    def _box(self, name: str, text: str) -> QComboBox:
        box = shrink(ElidedComboBox(self))
        box.setObjectName(name)
        box.setAccessibleName(text)
        return box

    def _make_rows(self) -> dict[str, QWidget]:
        return {
            "rule": labelled(tr("Drawn"), self.rule),
            "field": labelled(tr("Field"), self.field),
            "method": labelled(tr("Classes by"), self.method),
            "classes": labelled(tr("Classes"), self.classes),
            "hues": self.hues,
            "ramp": self.ramp,
            "reverse": labelled("", self.reverse),
        }

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        for row in self._rows.values():
            layout.addWidget(row)
        layout.addWidget(self._notice)
        layout.addWidget(self._working)
        layout.addWidget(self.list)
        layout.addWidget(self.symbol)
        layout.addSpacing(GRID)
        layout.addWidget(self.labels)

    def _listen(self) -> None:
        self.rule.activated.connect(lambda _: self._on_rule_chosen())
        self.field.activated.connect(lambda _: self._classify())
        self.method.activated.connect(lambda _: self._classify())
        self.classes.valueChanged.connect(lambda _: self._classify())
        self.hues.activated.connect(lambda _: self._classify())
        self.ramp.activated.connect(lambda _: self._classify())
        self.reverse.toggled.connect(self._on_reversed)
        self.symbol.changed.connect(self._on_symbol_changed)
        self.labels.changed.connect(self._on_labels_changed)
        self.list.colour_chosen.connect(self._on_colour_chosen)
        self.list.label_chosen.connect(self._on_label_chosen)
        self.list.remove_wanted.connect(self._on_remove_wanted)

    @property
    def style_now(self) -> Style:
        """The style as it stands."""
        return dict(self._style)

    def _on_facts(self, facts: LayerFacts) -> None:
        self._fields, self._geometry = facts.fields, facts.geometry
        self._show()

    @property
    def _rule(self) -> str:
        return str(self.rule.currentData())

    def _show(self) -> None:
        """Show the style, and only what can be set of it."""
        kind = str(self._style.get("type", SINGLE))
        kind = SINGLE if kind == "inverted" else kind
        self.rule.setCurrentIndex(self.rule.findData(kind))
        if kind == QML:
            self.rule.setPlaceholderText(tr("A style of QGIS (QML)"))
        self._show_fields(str(self._style.get("field", "")))
        self._show_rows(kind)
        if "symbols" in self._style:
            self.list.show_classes(rows_of(self._style, self._counts))
        base = drafts.base_symbol(self._style, self._geometry)
        self.symbol.show_symbol(base, self._geometry, several="symbols" in self._style)
        self.labels.show_labels(self._style.get("labels"), self._fields)

    def _show_fields(self, chosen: str) -> None:
        rule = self._rule
        fit = [f.name for f in self._fields if rule != GRADUATED or f.is_number]
        names = sorted(fit, key=lambda name: name.casefold() in _TECHNICAL)
        if chosen and chosen not in names:
            names.insert(0, chosen)
        chosen = chosen or str(self.field.currentData() or "")
        self.field.clear()
        for name in names:
            self.field.addItem(name, name)
        self.field.setCurrentIndex(max(self.field.findData(chosen), 0) if names else -1)

    def _show_rows(self, kind: str) -> None:
        shown = {
            "rule": True,
            "field": kind in {CATEGORIES, GRADUATED},
            "method": kind == GRADUATED,
            "classes": kind == GRADUATED,
            "hues": kind == CATEGORIES,
            "ramp": kind == GRADUATED,
            "reverse": kind in {CATEGORIES, GRADUATED},
        }
        for name, row in self._rows.items():
            show(row, shown=shown[name])
        show(self.list, shown=kind in {CATEGORIES, GRADUATED})
        show(self.symbol, shown=kind != QML)
        show(self.labels, shown=kind != QML)

    def _say(self, text: str) -> None:
        self._notice.setText(text)
        self._notice.setVisible(bool(text))

    def _on_rule_chosen(self) -> None:
        self._say("")
        rule = self._rule
        if rule == SINGLE:
            base = drafts.base_symbol(self._style, self._geometry)
            self._change(drafts.one_symbol(self._style, base))
            return
        self._show_rows(rule)
        self._show_fields("")
        if self.field.currentIndex() < 0:
            self._say(
                tr("This layer has no field of numbers.")
                if rule == GRADUATED
                else tr("This layer has no fields.")
            )
            return
        self._classify()

    def _classify(self) -> None:
        """Make the classes anew, from what the layer holds."""
        field, rule = self.field.currentData(), self._rule
        if not field:
            return
        self._say("")
        self._working.show()
        if rule == CATEGORIES:
            self._ask(
                lambda: self._source.unique_values_later(
                    self._layer_id, str(field), MOST_CATEGORIES
                ),
                lambda values: self._on_values(str(field), values),
            )
        elif rule == GRADUATED:
            method = CLASS_METHODS[self.method.currentIndex()]
            self._ask(
                lambda: self._source.classify_later(
                    self._layer_id, str(field), method, self.classes.value()
                ),
                lambda breaks: self._on_breaks(str(field), breaks),
            )

    def _on_values(self, field: str, found: UniqueValues) -> None:
        self._working.hide()
        if self._rule != CATEGORIES or field != self.field.currentData():
            return
        values = [value for value in found.values if value is not None]
        if not values:
            self._say(tr("The field {field} holds no value.", field=field))
            return
        missing = len(values) < len(found.values) or not found.complete
        if not found.complete:
            self._say(
                tr(
                    "The field {field} holds more than {count} values; the commonest are "
                    "listed, all others are drawn alike.",
                    field=field,
                    count=len(values),
                )
            )
        counts = [c for v, c in zip(found.values, found.counts, strict=True) if v is not None]
        self._counts = tuple(counts)
        hues = self.hues.ramp.take(len(values), reverse=self.reverse.isChecked())
        base = drafts.base_symbol(self._style, self._geometry)
        rest = tr("All other values") if missing else ""
        self._change(drafts.categories(self._style, field, values, hues, base, rest=rest))

    def _on_breaks(self, field: str, breaks: Breaks) -> None:
        self._working.hide()
        if self._rule != GRADUATED or field != self.field.currentData():
            return
        count = len(breaks.bounds) - 1
        if count < 1:
            self._say(tr("The field {field} holds no numbers.", field=field))
            return
        self._counts = breaks.counts
        colours = self.ramp.ramp.take(count, reverse=self.reverse.isChecked())
        base = drafts.base_symbol(self._style, self._geometry)
        self._change(drafts.graduated(self._style, field, breaks, colours, base))

    def _on_reversed(self, reverse: bool) -> None:
        for box in (self.hues, self.ramp):
            box.show_reversed(reverse=reverse)
        self._classify()

    def _on_symbol_changed(self, changes: dict[str, Any]) -> None:
        self._change(drafts.with_symbol(self._start(), changes))

    def _start(self) -> Style:
        """Return the style to change; one with a symbol where it has none yet."""
        if self._style.get("type") in {None, QML}:
            return drafts.one_symbol(self._style, drafts.plain_symbol(self._geometry))
        return self._style

    def _on_labels_changed(self, labels: dict[str, Any] | None) -> None:
        self._style = drafts.with_labels(self._start(), labels)
        self.changed.emit(self.style_now)

    def _on_colour_chosen(self, place: int, colour: str) -> None:
        symbol = drafts.recoloured(self._style["symbols"][place]["symbol"], colour)
        self._change(drafts.with_class(self._style, place, {"symbol": symbol}))

    def _on_label_chosen(self, place: int, text: str) -> None:
        self._change(drafts.with_class(self._style, place, {"label": text}))

    def _on_remove_wanted(self, place: int) -> None:
        if len(self._style["symbols"]) > 1:
            self._counts = self._counts[:place] + self._counts[place + 1 :]
            self._change(drafts.without_class(self._style, place))

    def _change(self, style: Style) -> None:
        self._style = style
        self._show()
        self.changed.emit(self.style_now)
