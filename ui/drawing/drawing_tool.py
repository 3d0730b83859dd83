"""What all tools that draw have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QKeySequence
from typing_extensions import override

from ui.map.tool import MapTool
from ui.undo_keys import REDO_KEYS, UNDO_KEYS

if TYPE_CHECKING:
    from PyQt6.QtGui import QKeyEvent


class DrawingTool(MapTool):
    """A tool whose advice stands in the bar of drawing, rather than at the edge of the map.

    While it is in the hand, the keys of undo and redo mean its own steps only: pressed once too
    often, they take back no earlier edit of the project.
    """

    advice = pyqtSignal(str)
    """What the hand can do next, as a sentence."""
    exhausted = pyqtSignal(bool)
    """No step of the tool is left to take back, or to repeat; carries whether to repeat."""

    def undo(self) -> bool:
        """Take the last step back; tells whether there was one."""
        return False

    def redo(self) -> bool:
        """Repeat the step last taken back; tells whether there was one."""
        return False

    def step(self, *, forward: bool) -> None:
        """Take a step back or repeat one, and tell where there is none."""
        if not (self.redo() if forward else self.undo()):
            self.exhausted.emit(forward)

    def took_step(self, event: QKeyEvent) -> bool:
        """Take a step where a key asks for one; tells whether it did."""
        if not is_step_key(event):
            return False
        self.step(forward=QKeySequence(event.keyCombination()) in REDO_KEYS)
        return True

    @override
    def wants(self, event: QKeyEvent) -> bool:
        return is_step_key(event) or super().wants(event)


def is_step_key(event: QKeyEvent) -> bool:
    """Tell whether a key is one of undo or redo."""
    return QKeySequence(event.keyCombination()) in (*UNDO_KEYS, *REDO_KEYS)
