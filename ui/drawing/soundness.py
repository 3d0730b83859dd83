"""Shapes that cannot be stored as they are: what is wrong is shown, and a repair is offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from planner.drawing.repairing import problems_of, repair
from resources.translation import tr, tr_n
from ui.drawing.question import Question
from ui.drawing.shape_overlay import DrawnShape

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely.geometry.base import BaseGeometry

    from ui.drawing.question import Questions
    from ui.map.canvas import MapCanvas

_TOLD = 2


class Soundness(QObject):
    """Lets sound shapes pass, and asks about others.

    Parameters
    ----------
    canvas : MapCanvas
        Where the shape is shown meanwhile.
    questions : Questions
        Where it is asked.
    """

    def __init__(self, canvas: MapCanvas, questions: Questions) -> None:
        super().__init__()
        self._canvas = canvas
        self._questions = questions

    def pass_on(
        self,
        area: BaseGeometry,
        go_on: Callable[[BaseGeometry], None],
        back: Callable[[str], None],
    ) -> None:
        """Go on with an area that is sound; ask before one that is not is repaired.

        Parameters
        ----------
        area : shapely geometry
            As it was drawn.
        go_on : callable
            Told the area, or what the repair has made of it.
        back : callable
            Called where no repair is wanted, with nothing, or possible, with what is wrong.
        """
        problems = problems_of(area)
        if not problems:
            go_on(area)
            return
        repaired = repair(area)
        wrong = [problem.at for problem in problems if problem.at is not None]
        told = [problem.text for problem in problems[:_TOLD]]
        if len(problems) > _TOLD:
            told.append(tr_n("{count} more.", "{count} more.", len(problems) - _TOLD))
        if repaired.geometry.is_empty:
            back(" ".join(told))
            return
        self._canvas.set_tool(None)
        self._canvas.set_overlay("drawing", DrawnShape(area, wrong))
        self._questions.ask(
            Question(
                tr("This shape cannot be stored as it is."),
                " ".join([*told, *repaired.changes[:_TOLD]]),
                tr("Repair it"),
                tr("Back to the drawing"),
                lambda: go_on(repaired.geometry),
                lambda: back(""),
            )
        )
