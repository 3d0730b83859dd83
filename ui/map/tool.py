"""What the pointer does on the map: one tool at a time, the usual one where none is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QPointF, Qt, pyqtSignal

if TYPE_CHECKING:
    from PyQt6.QtGui import QKeyEvent, QPainter

    from ui.map.view_state import Point, ViewState
    from ui.theme import Theme

_KEYS_OF_TOOLS = frozenset(
    {
        Qt.Key.Key_Escape,
        Qt.Key.Key_Backspace,
        Qt.Key.Key_Delete,
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
    }
)


@dataclass(frozen=True)
class Pointer:
    """Where the pointer is and what it holds.

    Parameters
    ----------
    place : tuple of float
        Map coordinates under it.
    pixel : QPointF
        The same on the canvas, in device-independent pixels.
    button : Qt.MouseButton
        The button that was pressed or let go; `NoButton` for a move.
    modifiers : Qt.KeyboardModifier
        Keys held meanwhile.
    resolution : float
        Map units per pixel, to turn a reach on the screen into one on the map.
    held : bool
        Whether the left button is down.
    """

    place: Point
    pixel: QPointF
    button: Qt.MouseButton
    modifiers: Qt.KeyboardModifier
    resolution: float
    held: bool = False


class MapTool(QObject):
    """A way of working on the map; subclasses override what they need.

    A tool that returns False from a handler leaves the event to the canvas, which pans, zooms
    and selects as usual. Wheel, middle button and space always move the map. A tool of clicks
    leaves the press to the canvas, so that a drag moves the map, and acts when the button is
    let go: it hears of that only where the map was not moved meanwhile.
    """

    changed = pyqtSignal()
    """What the tool paints has changed."""
    hint_changed = pyqtSignal(str)
    """What the hand can do next, as a sentence; empty for nothing."""
    finished = pyqtSignal()
    """The tool has done its work and gives way to the usual one."""

    cursor = Qt.CursorShape.CrossCursor

    def activated(self) -> None:
        """Begin; called when the tool is chosen."""

    def deactivated(self) -> None:
        """End, and drop what was not finished; called when another tool is chosen."""

    def carried(self) -> object:
        """Return what the hand has begun, for the same tool of a window made anew."""
        return None

    def take_over(self, state: object) -> None:
        """Go on with what the same tool has carried; called once it is in the hand."""

    def pressed(self, pointer: Pointer) -> bool:  # noqa: ARG002 - for subclasses
        """Hear of a button that went down."""
        return False

    def moved(self, pointer: Pointer) -> bool:  # noqa: ARG002 - as above
        """Hear of a move, with or without a button held."""
        return False

    def released(self, pointer: Pointer) -> bool:  # noqa: ARG002 - as above
        """Hear of a button that was let go."""
        return False

    def double_clicked(self, pointer: Pointer) -> bool:  # noqa: ARG002 - as above
        """Hear of a double click."""
        return False

    def wants(self, event: QKeyEvent) -> bool:
        """Tell whether a key is for the tool even where it is a shortcut of the window.

        Parameters
        ----------
        event : QKeyEvent
            The key; Escape, Backspace, Delete and Enter belong to every tool.
        """
        return event.key() in _KEYS_OF_TOOLS and not event.modifiers()

    def key_pressed(self, event: QKeyEvent) -> bool:  # noqa: ARG002 - as above
        """Hear of a key; Escape reaches the tool first."""
        return False

    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        """Paint what the hand holds, over everything else."""
