"""Fields that tell of a change when the hand leaves them or rests, and never lose typing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QValidator
from PyQt6.QtWidgets import QLineEdit, QPlainTextEdit, QSpinBox, QWidget
from typing_extensions import override

from ui import words
from ui.drawing.sketch import NARROWEST_M, WIDEST_M
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtGui import QFocusEvent

_RESTED_MS = 2_000
_LONGEST_LINE = 300
_LINES = 4
_WIDTH_STEP_M = 100
_MOST_DIGITS = 7


def _rest(owner: QWidget) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(_RESTED_MS)
    return timer


class LineField(QLineEdit):
    """One line of text.

    Parameters
    ----------
    name : str
        Object name.
    title : str
        What it holds, for screen readers.
    """

    given = pyqtSignal(str)
    """Another text was typed."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setMaxLength(_LONGEST_LINE)
        self._kept = ""
        self._rest = _rest(self)
        self._rest.timeout.connect(self.flush)
        self.textEdited.connect(lambda _: self._rest.start())
        self.editingFinished.connect(self.flush)

    @property
    def value(self) -> str:
        """The text without room around it."""
        return self.text().strip()

    def show_value(self, text: str, *, fresh: bool) -> None:
        """Show what is stored; what is being typed stays, unless it is of something else."""
        typing = self.value != self._kept and not fresh
        self._kept = text
        if not typing and self.value != text:
            self.setText(text)
            self.setCursorPosition(0)

    def flush(self) -> None:
        """Tell of a change now."""
        self._rest.stop()
        if self.value != self._kept:
            self._kept = self.value
            self.given.emit(self.value)


class TextField(QPlainTextEdit):
    """Some lines of text.

    Parameters
    ----------
    name : str
        Object name.
    title : str
        What it holds, for screen readers.
    """

    given = pyqtSignal(str)
    """Another text was typed."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setTabChangesFocus(True)
        height = _LINES * self.fontMetrics().lineSpacing() + 2 * GRID
        self.setFixedHeight(height)
        self._kept = ""
        self._rest = _rest(self)
        self._rest.timeout.connect(self.flush)
        self.textChanged.connect(self._on_changed)

    @property
    def value(self) -> str:
        """The text without room around it."""
        return self.toPlainText().strip()

    def show_value(self, text: str, *, fresh: bool) -> None:
        """Show what is stored; what is being typed stays, unless it is of something else."""
        typing = self.value != self._kept and not fresh
        self._kept = text
        if not typing and self.value != text:
            self.setPlainText(text)

    def flush(self) -> None:
        """Tell of a change now."""
        self._rest.stop()
        if self.value != self._kept:
            self._kept = self.value
            self.given.emit(self.value)

    def _on_changed(self) -> None:
        if self.value != self._kept:
            self._rest.start()

    @override
    def focusOutEvent(self, e: QFocusEvent | None) -> None:
        self.flush()
        super().focusOutEvent(e)


class MetresBox(QSpinBox):
    """A length in whole metres, written as numbers are everywhere in the window.

    Parameters
    ----------
    name : str
        Object name.
    title : str
        What it is, for screen readers.
    suffix : str
        Unit, and what else follows the number.
    """

    def __init__(self, name: str, title: str, suffix: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setRange(int(NARROWEST_M), int(WIDEST_M))
        self.setSingleStep(_WIDTH_STEP_M)
        self.setSuffix(suffix)
        self.setKeyboardTracking(False)
        self.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)

    @override
    def textFromValue(self, v: int) -> str:
        return words.number(v)

    @override
    def valueFromText(self, text: str | None) -> int:
        digits = self._digits(text)
        return int(digits) if digits else self.value()

    @override
    def validate(self, input: str | None, pos: int) -> tuple[QValidator.State, str, int]:
        text, digits = input or "", self._digits(input)
        state = QValidator.State.Acceptable
        if not digits:
            left = self._number(text)
            state = QValidator.State.Invalid if left else QValidator.State.Intermediate
        elif len(digits) > _MOST_DIGITS or int(digits) > self.maximum():
            state = QValidator.State.Invalid
        elif int(digits) < self.minimum():
            state = QValidator.State.Intermediate
        return state, text, pos

    def _number(self, text: str) -> str:
        return "".join(text.removesuffix(self.suffix()).replace(",", "").split())

    def _digits(self, text: str | None) -> str:
        number = self._number(text or "")
        return number if number.isascii() and number.isdigit() else ""


class _StillWheel(QObject):
    @override
    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        if a1 is None or a1.type() != QEvent.Type.Wheel or not isinstance(a0, QWidget):
            return False
        if a0.hasFocus():
            return False
        a1.ignore()
        return True


def still_wheel(field: QWidget) -> None:
    """Let the wheel scroll the page over a field that does not have the hand.

    Otherwise a value changes while somebody only wants to read on.
    """
    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    field.installEventFilter(_StillWheel(field))
