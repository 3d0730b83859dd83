"""Draws plots one after another beside the window, which answers meanwhile."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtWidgets import QFrame

if TYPE_CHECKING:
    from collections.abc import Callable

    Beside: TypeAlias = Callable[[Callable[[], Any], Callable[[Any], None]], None]


class Drawn(QFrame):
    """Something that takes a while to draw, and is drawn when its turn has come."""

    def __init__(self) -> None:
        super().__init__()
        self._queue: DrawQueue | None = None

    def use_queue(self, queue: DrawQueue) -> None:
        """Wait for one's turn in a queue from now on."""
        self._queue = queue

    def ask(self) -> None:
        """Ask to be drawn: in turn where there is a queue, else at once."""
        if self._queue is None:
            self.show_drawn(self.drawing()())
        else:
            self._queue.add(self)

    def drawing(self) -> Callable[[], Any]:
        """Return what draws it as it is to be now; it knows nothing of Qt."""
        raise NotImplementedError

    def show_drawn(self, drawn: Any) -> None:  # noqa: ANN401 - whatever `drawing` comes to
        """Show what `drawing` has come to."""
        raise NotImplementedError


class DrawQueue(QObject):
    """Whoever waits to be drawn, in the order of asking; one is taken per turn of the loop.

    Parameters
    ----------
    beside : callable
        Runs a function beside the window, and another one here with what has come of it.
    """

    def __init__(self, beside: Beside, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._beside = beside
        self._waiting: list[Drawn] = []
        self._page = 0
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._on_turn)

    def add(self, item: Drawn) -> None:
        """Let something wait for its turn; once is enough."""
        if item not in self._waiting:
            self._waiting.append(item)
            self._turn.start()

    def clear(self) -> None:
        """Forget who waits and who is being drawn, as before they are deleted."""
        self._page += 1
        self._waiting.clear()
        self._turn.stop()

    def _on_turn(self) -> None:
        if not self._waiting:
            return
        item = self._waiting.pop(0)
        if item.isVisible():
            self._beside(item.drawing(), partial(self._on_drawn, self._page, item))
        if self._waiting:
            self._turn.start()

    def _on_drawn(self, page: int, item: Drawn, drawn: Any) -> None:  # noqa: ANN401 - as above
        if page == self._page:
            item.show_drawn(drawn)
