"""The section in which the resistance curve is seen, drawn, or set class by class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from planner.corridors.curve import ResistanceCurve
from resources.translation import mark, tr
from ui import words
from ui.controls import label
from ui.corridors.class_table import ClassTable
from ui.corridors.curve_plot import CurvePlot
from ui.corridors.points import CurvePoints
from ui.elided import ElidedLabel
from ui.suitability.setup.fields import Choice, Section
from ui.theme import GRID

if TYPE_CHECKING:
    from ui.corridors.state import ClassLayer, SpeciesState
    from ui.theme import Theme

_KINDS = {
    "exponential": mark("Curve of the profile"),
    "points": mark("Drawn curve"),
    "classes": mark("By class of land"),
}
_HINTS = {
    "exponential": mark(
        "The better the habitat, the easier it is crossed. Choose Drawn "
        "curve to change the curve by hand."
    ),
    "points": mark(
        "Drag the points, or double-click to add one. The dashed line is the "
        "curve of the profile."
    ),
    "classes": mark(
        "Each class of the layer has a resistance of its own, whatever its "
        "suitability. Double-click a number to change it."
    ),
}


class ResistanceSection(Section):
    """Shows the resistance curve of one species and tells how it is to change.

    Parameters
    ----------
    theme : Theme
        Colours of the plot.
    """

    curve_changed = pyqtSignal(str, object)
    """A species is to have another curve; carries both, None for the curve of its profile."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("resistance_section", tr("Resistance"))
        self._state: SpeciesState | None = None
        self._editable = True
        self.kind = Choice("curve_kind", words.titles(_KINDS))
        self.kind.currentIndexChanged.connect(self._on_kind_changed)
        self.add_field(tr("From what it comes"), self.kind)
        self.plot = CurvePlot(theme)
        self.plot.edited.connect(self._on_points_edited)
        self._told = ElidedLabel("curve_told", tone="muted")
        self.plot.told.connect(self._on_told)
        self._logarithmic = QCheckBox(tr("Logarithmic axis"))
        self._logarithmic.setObjectName("curve_logarithmic")
        self._logarithmic.setChecked(True)
        self._logarithmic.toggled.connect(self.plot.set_logarithmic)
        self.layer = Choice("class_layer", {})
        self.layer.setAccessibleName(tr("Layer of classes"))
        self.layer.currentIndexChanged.connect(self._on_layer_changed)
        self.classes = ClassTable()
        self.classes.edited.connect(self._on_classes_edited)
        self._pages = QStackedWidget()
        self._pages.addWidget(_column(self.plot, self._told, self._logarithmic))
        self._pages.addWidget(_column(self.layer, self.classes))
        self.body.addWidget(self._pages)
        self._hint = label("", size="small", tone="muted", name="curve_hint")
        self.body.addWidget(self._hint)
        self._profile = label("", size="small", tone="muted", name="curve_of_profile")
        self.body.addWidget(self._profile)
        self.back_button = QPushButton(tr("Back to the profile"))
        self.back_button.setObjectName("curve_back")
        self.back_button.clicked.connect(lambda: self._change(None))
        self.body.addWidget(self.back_button)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self.plot.set_theme(theme)

    def show_state(self, state: SpeciesState | None, *, editable: bool) -> None:
        """Show the curve of a species; None for nothing."""
        other = self._state is not None and (
            state is None or state.species != self._state.species
        )
        if other and self.plot.is_edited:
            self.plot.settle()  # it belongs to the species that was shown
        self._state, self._editable = state, editable
        if state is None:
            self.summarise("")
            return
        curve = state.curve
        for choice in (self.kind, self.layer):
            choice.blockSignals(True)
        self.kind.choose(curve.kind)
        self._show_layers(state.layers, curve)
        for choice in (self.kind, self.layer):
            choice.blockSignals(False)
        self._show_curve(state, curve)
        own = state.own_curve is not None or bool(state.curve_problem)
        self.summarise(_summary(state))
        self._hint.setText(tr(_HINTS[curve.kind]))
        self._profile.setText(tr("Profile: exponential, {basis}.", basis=state.curve_basis))
        self.show_problem(state.curve_problem)
        self.back_button.setEnabled(own and editable)
        for field in (self.kind, self.layer, self.classes):
            field.setEnabled(editable)

    def _show_layers(self, layers: tuple[ClassLayer, ...], curve: ResistanceCurve) -> None:
        if [self.layer.itemData(at) for at in range(self.layer.count())] != [
            item.name for item in layers
        ]:
            self.layer.clear()
            for item in layers:
                self.layer.addItem(words.stored(item.title), item.name)
        if curve.kind == "classes":
            self.layer.choose(curve.variable)

    def _show_curve(self, state: SpeciesState, curve: ResistanceCurve) -> None:
        by_class = curve.kind == "classes"
        self._pages.setCurrentIndex(1 if by_class else 0)
        if by_class:
            layer = self._layer_named(curve.variable)
            names = tuple(curve.classes) if layer is None else layer.classes
            self.classes.show_classes(
                {name: curve.classes.get(name, curve.other) for name in names}
            )
            return
        line = list(zip(*curve.sampled(), strict=True))
        drawn = curve.kind == "points"
        own = state.own_curve is not None
        reference = list(zip(*state.profile_curve.sampled(), strict=True)) if own else []
        movable = drawn and self._editable
        self.plot.show_curve(line, reference, CurvePoints(curve.points) if movable else None)

    def _layer_named(self, name: str) -> ClassLayer | None:
        layers = () if self._state is None else self._state.layers
        return next((item for item in layers if item.name == name), None)

    def _on_kind_changed(self) -> None:
        state = self._state
        if state is None or not self._editable:
            return
        kind = self.kind.value
        if kind == "exponential":
            self._change(None)
        elif kind == "points":
            base = state.curve if state.curve.kind != "classes" else state.profile_curve
            points = CurvePoints.along(*base.sampled())
            self._change(ResistanceCurve(kind="points", points=points.pairs))
        else:
            self._start_classes(state)

    def _start_classes(self, state: SpeciesState) -> None:
        """Give each class what the profile's curve says of its suitability, to start from."""
        told = [item for item in state.layers if item.suitability]
        chosen = self._layer_named(self.layer.value)
        layer = chosen if chosen in told or not told else told[0]
        if layer is not None:
            self._start_layer(state, layer)

    def _start_layer(self, state: SpeciesState, layer: ClassLayer) -> None:
        curve = state.profile_curve
        points = CurvePoints(tuple(zip(*curve.sampled(), strict=True)))
        classes = {
            name: float(f"{points.resistance_at(layer.suitability.get(name, 0.0)):.3g}")
            for name in layer.classes
        }
        self._change(
            ResistanceCurve(
                kind="classes", variable=layer.name, classes=classes, other=curve.maximum
            )
        )

    def _on_layer_changed(self) -> None:
        state, layer = self._state, self._layer_named(self.layer.value)
        if state is not None and layer is not None and self.kind.value == "classes":
            self._start_layer(state, layer)

    def _on_points_edited(self, points: CurvePoints) -> None:
        state = self._state
        if state is not None and points.pairs != state.curve.points:
            self._change(ResistanceCurve(kind="points", points=points.pairs))

    def _on_classes_edited(self, resistance: dict[str, float]) -> None:
        state = self._state
        if state is not None:
            changed = {"classes": resistance}
            self._change(state.curve.model_copy(update=changed))

    def _change(self, curve: ResistanceCurve | None) -> None:
        if self._state is not None:
            self.curve_changed.emit(self._state.species, curve)

    def _on_told(self, text: str) -> None:
        self._told.say(words.capital(text))


def _summary(state: SpeciesState) -> str:
    if state.curve_problem:
        return tr("The curve of the project cannot be used")
    curve = state.curve
    if state.own_curve is None:
        return tr("Curve of the profile, {maximum:g} to 1", maximum=curve.maximum)
    if curve.kind == "points":
        values = [value for _, value in curve.points]
        return tr(
            "Drawn curve, {highest:g} to {lowest:g}",
            highest=max(values),
            lowest=min(values),
        )
    if curve.kind == "classes":
        return tr("By class of land")
    return tr("Own curve, {maximum:g} to 1", maximum=curve.maximum)


def _column(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GRID // 2)
    for widget in widgets:
        layout.addWidget(widget)
    return holder
