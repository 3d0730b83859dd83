"""A slider and a field for one width, which always tell the same."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QAbstractSpinBox, QHBoxLayout, QSlider, QSpinBox, QWidget
from typing_extensions import override

from resources.translation import tr
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtGui import QWheelEvent

_MOST_STEPS = 60
_FIELD_PX = 12 * GRID


class WidthChoice(QWidget):
    """Lets a width in metres be chosen between two limits, in even steps."""

    width_changed = pyqtSignal(float)
    """The user has chosen another width, in metres."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("width_choice")
        self._least, self._step = 0.0, 100.0
        self.slider = _Slider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("widening_slider")
        self.slider.setMinimumHeight(3 * GRID)
        self.slider.setAccessibleName(tr("Width to widen to"))
        self.slider.setAccessibleDescription(tr("Left and right arrows change the width."))
        self.slider.valueChanged.connect(self._on_slid)
        self.field = _Field()
        self.field.setObjectName("widening_width")
        self.field.setAccessibleName(tr("Width to widen to, in metres"))
        self.field.setSuffix(" m")
        self.field.setKeyboardTracking(False)
        self.field.setFixedWidth(_FIELD_PX)
        self.field.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.field.valueChanged.connect(self._on_typed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.field)

    @property
    def width_m(self) -> float:
        """The width that is chosen, in metres."""
        return float(self.field.value())

    def set_limits(self, least_m: float, most_m: float) -> None:
        """Allow widths between two limits; the width that was chosen stays where it can."""
        self._least = least_m
        self._step = step_between(least_m, most_m)
        steps = max(1, round((most_m - least_m) / self._step))
        for part in (self.slider, self.field):
            part.blockSignals(True)
        self.slider.setRange(0, steps)
        self.slider.setPageStep(max(1, steps // 10))
        self.field.setRange(round(least_m), round(most_m))
        self.field.setSingleStep(max(1, round(self._step)))
        self.slider.setValue(self._place_of(self.field.value()))
        for part in (self.slider, self.field):
            part.blockSignals(False)

    def set_width(self, width_m: float) -> None:
        """Choose a width without telling."""
        for part in (self.slider, self.field):
            part.blockSignals(True)
        self.field.setValue(round(width_m))
        self.slider.setValue(self._place_of(width_m))
        for part in (self.slider, self.field):
            part.blockSignals(False)

    def _place_of(self, width_m: float) -> int:
        return round((width_m - self._least) / self._step)

    def _on_slid(self, place: int) -> None:
        self.set_width(self._least + place * self._step)
        self.width_changed.emit(self.width_m)

    def _on_typed(self, _width: int) -> None:
        self.set_width(self.width_m)
        self.width_changed.emit(self.width_m)


def step_between(least_m: float, most_m: float) -> float:
    """Return a round step that leads from one width to another in a few dozen steps."""
    raw = max(most_m - least_m, 1.0) / _MOST_STEPS
    size = 10.0 ** math.floor(math.log10(raw))
    step = next((part * size for part in (1.0, 2.5, 5.0, 10.0) if part * size >= raw), raw)
    return max(1.0, step)


class _Slider(QSlider):
    """A slider that leaves the wheel to the page."""

    @override
    def wheelEvent(self, e: QWheelEvent | None) -> None:
        if e is not None:
            e.ignore()


class _Field(QSpinBox):
    """A field that leaves the wheel to the page."""

    @override
    def wheelEvent(self, e: QWheelEvent | None) -> None:
        if e is not None:
            e.ignore()
