"""The row that sets how opaque the selected layers are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QSlider, QSpinBox, QWidget

from resources.translation import tr
from ui.controls import label
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

_STEP = 5
_BOX_PX = 9 * GRID


class OpacityRow(QWidget):
    """A slider and a number: moved while the hand holds it, chosen when it lets go."""

    moved = pyqtSignal(float)
    chosen = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept = 100
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setObjectName("layer_opacity")
        self.slider.setAccessibleName(tr("Opacity of the selected layers"))
        self.slider.setRange(0, 100)
        self.slider.setPageStep(2 * _STEP)
        self.slider.setSingleStep(_STEP)
        self.slider.setMinimumHeight(3 * GRID)
        self.box = QSpinBox(self)
        self.box.setObjectName("layer_opacity_percent")
        self.box.setAccessibleName(tr("Opacity of the selected layers, in percent"))
        self.box.setRange(0, 100)
        self.box.setSuffix(" %")
        self.box.setKeyboardTracking(False)
        self.box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.box.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.box.setFixedWidth(_BOX_PX)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(label(tr("Opacity"), size="small", tone="muted"))
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.box)
        self.slider.valueChanged.connect(self._on_slid)
        self.slider.sliderReleased.connect(self._choose)
        self.box.valueChanged.connect(self._on_written)

    def show_layers(self, names: Sequence[str], opacity: float, *, editable: bool) -> None:
        """Show the opacity of the layers that are selected; nothing to set where none is."""
        self.setEnabled(bool(names) and editable)
        self.setToolTip(", ".join(names))
        if self.slider.isSliderDown():
            return
        self._kept = round(100 * opacity)
        self._show(self._kept)

    def _show(self, percent: int) -> None:
        for control in (self.slider, self.box):
            control.blockSignals(True)
            control.setValue(percent)
            control.blockSignals(False)

    def _on_slid(self, percent: int) -> None:
        self._show(percent)
        if self.slider.isSliderDown():
            self.moved.emit(percent / 100)
        else:  # by keys or the wheel
            self._choose()

    def _on_written(self, percent: int) -> None:
        self._show(percent)
        self._choose()

    def _choose(self) -> None:
        if self.slider.value() != self._kept:
            self._kept = self.slider.value()
            self.chosen.emit(self._kept / 100)
