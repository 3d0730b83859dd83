"""Two views of the map that show the same place at the same scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtGui import QSinglePointEvent
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable

    from PyQt6.QtGui import QPainter

    from ui.map.canvas import MapCanvas
    from ui.map.map_view import Level
    from ui.map.overlay import Overlay
    from ui.map.view_state import ViewState
    from ui.theme import Theme

_MIRRORED: tuple[Level, ...] = (
    "difference",
    "land",
    "drawing",
    "place",
    "goal",
)


_OF_HAND = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.KeyPress,
    }
)


class LinkedViews(QObject):
    """Makes each of two canvases follow the other, with one history of what they have shown.

    Parameters
    ----------
    first, second : MapCanvas
        The second takes over at once what the first shows.
    """

    def __init__(self, first: MapCanvas, second: MapCanvas) -> None:
        super().__init__(second)
        self._first, self._second = first, second
        self._following = False
        second.share_history(first.history)
        second.history_changed.connect(first.history_changed)
        self._on_first_changed()
        first.view_changed.connect(self._on_first_changed)
        second.view_changed.connect(self._on_second_changed)

    def release(self) -> None:
        """Let each go its own way again."""
        self._second.history_changed.disconnect(self._first.history_changed)
        self._first.view_changed.disconnect(self._on_first_changed)
        self._second.view_changed.disconnect(self._on_second_changed)

    def _on_first_changed(self) -> None:
        self._follow(self._second, self._first.view)

    def _on_second_changed(self) -> None:
        self._follow(self._first, self._second.view)

    def _follow(self, follower: MapCanvas, view: ViewState | None) -> None:
        if self._following or view is None:
            return
        self._following = True
        try:
            follower.follow(view)
        finally:
            self._following = False


class HandWatch(QObject):
    """Knows which of two canvases the hand is on.

    Parameters
    ----------
    first, second : MapCanvas
        The canvases.
    over_second : callable
        Tells whether the second lies over the first at so many pixels from the left.
    """

    def __init__(
        self, first: MapCanvas, second: MapCanvas, over_second: Callable[[float], bool]
    ) -> None:
        super().__init__(second)
        self._first, self._second = first, second
        self._over_second = over_second
        self.on_second = False
        first.installEventFilter(self)
        second.installEventFilter(self)

    def release(self) -> None:
        """Look no more."""
        self._first.removeEventFilter(self)
        self._second.removeEventFilter(self)

    @override
    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        if a1 is None or a1.type() not in _OF_HAND:
            return False
        if a0 is self._second:
            self.on_second = True
        elif isinstance(a1, QSinglePointEvent):
            self.on_second = self._over_second(a1.position().x())
        elif not self._over_second(float(self._first.width())):
            self.on_second = False  # a key, where the maps stand beside each other
        return False


class Mirror(QObject):
    """Paints on the second canvas what is marked on the first.

    Parameters
    ----------
    first, second : MapCanvas
        Where it is marked, and where it is seen too.
    """

    def __init__(self, first: MapCanvas, second: MapCanvas) -> None:
        super().__init__(second)
        self._first, self._second = first, second
        second.set_overlay("place", self)
        first.installEventFilter(self)

    def release(self) -> None:
        """Paint nothing more."""
        self._first.removeEventFilter(self)
        self._second.set_overlay("place", None)

    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        """Paint it where it lies in the view of the second canvas."""
        shown: list[Overlay | None] = [self._first.overlay(name) for name in _MIRRORED]
        for item in shown:
            if item is not None:
                item.paint(painter, view, theme)

    @override
    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        if a1 is not None and a1.type() == QEvent.Type.Paint:
            self._second.update()
        return False
