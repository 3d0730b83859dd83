"""Parts of the form: a section that folds, and fields that a passing wheel does not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ui.controls import label
from ui.elided import ElidedLabel
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PyQt6.QtGui import QWheelEvent


class Section(QFrame):
    """A titled part of a form that folds to one line telling what is set in it.

    Parameters
    ----------
    name : str
        Object name; the head is ``NAME_head``, the line ``NAME_summary``.
    title : str
        What it is about.
    """

    changed = pyqtSignal()
    """Something in the section was changed by the user."""

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "card")
        self.head = QToolButton()
        self.head.setObjectName(f"{name}_head")
        self.head.setProperty("role", "quiet")
        self.head.setText(title)
        self.head.setCheckable(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setArrowType(Qt.ArrowType.RightArrow)
        self.head.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.head.toggled.connect(self._on_toggled)
        self._summary = ElidedLabel(f"{name}_summary", tone="muted")
        self._summary.setContentsMargins(2 * GRID, 0, 0, 0)
        self._body = QWidget()
        self._body.setVisible(False)
        self.body = QVBoxLayout(self._body)
        self.body.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        self.body.setSpacing(GRID)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID // 2, GRID // 2, GRID // 2, GRID // 2)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self.head, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._summary)
        layout.addWidget(self._body)
        self._problem = label("", size="small", tone="error", name=f"{name}_problem")
        self._problem.hide()
        layout.addWidget(self._problem)

    def unfold(self, *, unfolded: bool = True) -> None:
        """Show the section's fields, or only its line."""
        self.head.setChecked(unfolded)

    def summarise(self, text: str) -> None:
        """Say in one line what is set."""
        self._summary.say(text)
        self.head.setAccessibleName(f"{self.head.text()}: {text}")

    def show_problem(self, text: str) -> None:
        """Say what went wrong in this section; nothing where all is well."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        if text:
            self.unfold()

    def add_field(self, title: str, field: QWidget, hint: str = "") -> None:
        """Add a field below its title, and a hint below it."""
        self.body.addWidget(label(title, size="small", tone="muted"))
        self.body.addWidget(field)
        field.setAccessibleName(title)
        if hint:
            field.setToolTip(hint)

    def _on_toggled(self, unfolded: bool) -> None:
        self._body.setVisible(unfolded)
        self._summary.setVisible(not unfolded)
        arrow = Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow
        self.head.setArrowType(arrow)


class Choice(QComboBox):
    """Offers named values; a wheel that passes over it changes nothing.

    Parameters
    ----------
    name : str
        Object name.
    titles : mapping of str to str
        Value to title, in order.
    """

    def __init__(self, name: str, titles: Mapping[str, str]) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.setMinimumContentsLength(12)
        for value, title in titles.items():
            self.addItem(title, value)

    @property
    def value(self) -> str:
        """The value that is chosen."""
        return str(self.currentData() or "")

    def choose(self, value: str) -> None:
        """Choose a value; nothing where it is not offered."""
        place = self.findData(value)
        if place >= 0:
            self.setCurrentIndex(place)

    @override
    def wheelEvent(self, e: QWheelEvent | None) -> None:
        if e is not None:
            e.ignore()


class Count(QSpinBox):
    """A whole number; a wheel that passes over it changes nothing."""

    def __init__(self, name: str, low: int, high: int, suffix: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setRange(low, high)
        self.setSuffix(suffix)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)

    @override
    def wheelEvent(self, e: QWheelEvent | None) -> None:
        if e is not None:
            e.ignore()


class Measure(QDoubleSpinBox):
    """A number with its unit, 0 standing for a word; a wheel over it changes nothing.

    Parameters
    ----------
    name : str
        Object name.
    high : float
        Largest value.
    suffix : str
        Unit, with a space before it.
    zero : str
        What 0 means.
    """

    def __init__(self, name: str, high: float, suffix: str, zero: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setRange(0.0, high)
        self.setDecimals(1)
        self.setSuffix(suffix)
        self.setSpecialValueText(zero)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)

    @override
    def wheelEvent(self, e: QWheelEvent | None) -> None:
        if e is not None:
            e.ignore()
