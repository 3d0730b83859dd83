"""The keys of undo and redo while a drawing tool is in the hand, wherever the focus is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QKeySequence
from typing_extensions import override

from resources.translation import tr
from ui.drawing.drawing_tool import DrawingTool

if TYPE_CHECKING:
    from ui.main_window import MainWindow
    from ui.map.canvas import MapCanvas


class StepKeys(QObject):
    """Gives these keys to the tool in the hand, and says once when it has no step left.

    A text box that has typing to take back keeps them.

    Parameters
    ----------
    window : MainWindow
        Whose keys they are.
    canvas : MapCanvas
        Has the tool.
    """

    said = pyqtSignal(str)

    def __init__(self, window: MainWindow, canvas: MapCanvas) -> None:
        super().__init__()
        self._window = window
        self._canvas = canvas
        self._told: set[bool] = set()
        canvas.tool_changed.connect(lambda _: self._told.clear())
        window.installEventFilter(self)

    def listen(self, tool: DrawingTool) -> None:
        """Say when a tool has no step left."""
        tool.exhausted.connect(self._on_exhausted)

    def begin_anew(self) -> None:
        """Say it again the next time, as after a new point was set."""
        self._told.clear()

    def _on_exhausted(self, forward: bool) -> None:
        if forward in self._told:
            return
        self._told.add(forward)
        self.said.emit(
            tr("There is nothing of this drawing to repeat.")
            if forward
            else tr(
                "Nothing of this drawing is left to take back. Earlier edits stay as they are "
                "until the tool is laid down with Escape."
            )
        )

    @override
    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        if not isinstance(a1, QKeyEvent) or a1.type() == QEvent.Type.KeyRelease:
            return False
        tool = self._canvas.tool
        if not isinstance(tool, DrawingTool):
            return False
        forward = self._direction(a1)
        if forward is None:
            return False
        a1.accept()
        if a1.type() == QEvent.Type.KeyPress:
            tool.step(forward=forward)
        return True

    def _direction(self, event: QKeyEvent) -> bool | None:
        """Return whether a key means redo; None where it means neither redo nor undo."""
        pressed = QKeySequence(event.keyCombination())
        for name, forward in (("edit.undo", False), ("edit.redo", True)):
            if pressed in self._window.deeds.deed(name).action.shortcuts():
                return forward
        return None
