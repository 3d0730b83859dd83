"""The way in which tools take corner after corner, shared by those that measure and select."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence
from typing_extensions import override

from ui.map.tool import MapTool
from ui.undo_keys import UNDO_KEYS

if TYPE_CHECKING:
    from PyQt6.QtGui import QKeyEvent

    from ui.map.tool import Pointer
    from ui.map.view_state import Point

MOST_CORNERS = 10_000


class ClicksTool(MapTool):
    """Takes a corner for each click; a drag moves the map.

    Enter, a double click or the right button end it; Backspace and Ctrl+Z take the last corner
    back, Escape drops all of them, and once there are none it gives the usual tool back.
    Ctrl+Z pressed once too often after that is passed over: it takes back no edit.
    """

    fewest = 2
    """Corners that make something to end with."""

    def __init__(self) -> None:
        super().__init__()
        self._corners: list[Point] = []
        self._pointer: Point | None = None
        self._ended = False
        self._stepped_back = False

    @property
    def corners(self) -> tuple[Point, ...]:
        """Corners taken so far, in map coordinates."""
        return tuple(self._corners)

    @property
    def ended(self) -> bool:
        """Whether what was clicked is complete; the next click begins anew."""
        return self._ended

    @property
    def line(self) -> tuple[Point, ...]:
        """The corners with the place of the pointer as the next one."""
        moving = not self._ended and self._pointer is not None and bool(self._corners)
        if not moving or self._pointer is None or self._pointer == self._corners[-1]:
            return self.corners
        return (*self._corners, self._pointer)

    @override
    def carried(self) -> tuple[tuple[Point, ...], bool]:
        return self.corners, self._ended

    @override
    def take_over(self, state: object) -> None:
        if isinstance(state, tuple):
            corners, self._ended = state
            self._corners = list(corners)
            self._tell()

    def drop(self) -> None:
        """Begin anew."""
        self._corners.clear()
        self._ended = False
        self._tell()

    def end(self) -> None:
        """Take the corners as complete, where there are enough."""
        if len(self._corners) >= self.fewest and not self._ended:
            self._ended = True
            self._complete()
        self._tell()

    def _complete(self) -> None:
        """Do what the corners are for."""

    def _hint(self) -> str:
        """Return what the hand can do next."""
        raise NotImplementedError

    def _tell(self) -> None:
        self.hint_changed.emit(self._hint())
        self.changed.emit()

    @override
    def activated(self) -> None:
        self._pointer = None
        self._stepped_back = False
        self.drop()

    @override
    def deactivated(self) -> None:
        self._corners.clear()
        self._ended = False

    @override
    def moved(self, pointer: Pointer) -> bool:
        self._pointer = pointer.place
        if self._corners and not self._ended:
            self.changed.emit()
        return True

    @override
    def released(self, pointer: Pointer) -> bool:
        self._pointer = pointer.place
        if pointer.button == Qt.MouseButton.RightButton:
            self.end()
            return True
        if pointer.button != Qt.MouseButton.LeftButton:
            return False
        if self._ended:
            self._corners.clear()
            self._ended = False
        self._stepped_back = False
        if len(self._corners) < MOST_CORNERS and pointer.place not in self._corners[-1:]:
            self._corners.append(pointer.place)
        self._tell()
        return True

    @override
    def double_clicked(self, pointer: Pointer) -> bool:
        if pointer.button == Qt.MouseButton.LeftButton:
            self.end()
        return True

    @override
    def wants(self, event: QKeyEvent) -> bool:
        if QKeySequence(event.keyCombination()) in UNDO_KEYS:
            return bool(self._corners) or self._stepped_back
        return super().wants(event)

    def _step_back(self) -> None:
        self._stepped_back = True
        if self._corners:
            self._ended = False
            self._corners.pop()
            self._tell()

    @override
    def key_pressed(self, event: QKeyEvent) -> bool:
        key = event.key()
        if QKeySequence(event.keyCombination()) in UNDO_KEYS and self.wants(event):
            self._step_back()
            return True
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.end()
        elif key in {Qt.Key.Key_Backspace, Qt.Key.Key_Delete} and self._corners:
            self._ended = False
            self._corners.pop()
            self._tell()
        elif key == Qt.Key.Key_Escape and self._corners:
            self.drop()
        else:
            return False
        return True
