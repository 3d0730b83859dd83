"""Draws plots one at a time, so that the window answers between two of them."""

from __future__ import annotations

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtWidgets import QFrame


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
            self.draw_now()
        else:
            self._queue.add(self)

    def draw_now(self) -> None:
        """Draw."""
        raise NotImplementedError


class DrawQueue(QObject):
    """Whoever waits to be drawn, in the order of asking; one is drawn per turn of the loop."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Drawn] = []
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
        """Forget who waits, as before they are deleted."""
        self._waiting.clear()
        self._turn.stop()

    def _on_turn(self) -> None:
        if not self._waiting:
            return
        item = self._waiting.pop(0)
        if item.isVisible():
            item.draw_now()
        if self._waiting:
            self._turn.start()
