"""One open question about a drawing, asked in the bar over the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.drawing.bar import DrawingBar


@dataclass(frozen=True)
class Question:
    """What is asked, and what becomes of either answer.

    Parameters
    ----------
    title, text : str
        What is asked about, and what is the matter.
    take, decline : str
        The answers, verbs.
    on_take, on_decline : callable
        What is done.
    """

    title: str
    text: str
    take: str
    decline: str
    on_take: Callable[[], None]
    on_decline: Callable[[], None]


class Questions(QObject):
    """Asks one question at a time; closing the bar declines.

    Parameters
    ----------
    bar : DrawingBar
        Where it is asked.
    """

    def __init__(self, bar: DrawingBar) -> None:
        super().__init__()
        self._bar = bar
        self._open: Question | None = None
        bar.offer_taken.connect(lambda: self._answer(taken=True))
        bar.offer_declined.connect(lambda: self._answer(taken=False))

    @property
    def open(self) -> Question | None:
        """What is asked now; None for nothing."""
        return self._open

    def ask(self, question: Question) -> None:
        """Ask something in place of what was asked before."""
        self._open = question
        self._bar.ask(question.title, question.text, question.take, question.decline)

    def withdraw(self) -> None:
        """Ask nothing any more."""
        self._open = None

    def _answer(self, *, taken: bool) -> None:
        question, self._open = self._open, None
        if question is None:
            return
        self._bar.hide()
        (question.on_take if taken else question.on_decline)()
