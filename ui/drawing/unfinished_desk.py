"""Drawings that are not finished: put aside by the hand, or kept when the window ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from PyQt6.QtCore import QObject

from resources.translation import tr, tr_n
from ui.drawing.kept import KeptDrawing, draft_of, sketch_of
from ui.drawing.question import Question
from ui.drawing.sketch_tool import SketchTool

if TYPE_CHECKING:
    from pathlib import Path

    from planner.drawing.draft import Draft
    from ui.background import Background
    from ui.drawing.desk import DrawingDesk
    from ui.drawing.sketch import Sketch
    from ui.main_window import MainWindow
    from ui.map.canvas import MapCanvas


class UnfinishedDesk(QObject):
    """Keeps unfinished drawings and gives them back to the hand.

    Parameters
    ----------
    desk : DrawingDesk
        Takes them into the hand again.
    background : Background
        Brings what was read to the window's thread.
    window : MainWindow
        Holds the command.
    canvas : MapCanvas
        The map.
    """

    def __init__(
        self,
        desk: DrawingDesk,
        background: Background,
        window: MainWindow,
        canvas: MapCanvas,
    ) -> None:
        super().__init__()
        self._desk = desk
        self._canvas = canvas
        self._aside: tuple[str, Sketch] | None = None
        self._held = False
        self._kept = KeptDrawing(background)
        self._kept.found.connect(self._on_found)
        self._kept.failed.connect(desk.said)
        self._take_up = window.deeds.add(
            "draw.take_up",
            tr("Take up the last drawing again"),
            self.take_up,
            group=tr("Draw"),
        )
        self._take_up.setEnabled(False)

    def close(self) -> None:
        """Write what is not written yet."""
        self._kept.close()

    def open(self, folder: Path, *, writable: bool) -> None:
        """Keep drawings of another project, and offer one that is there."""
        self._aside, self._held = None, False
        self._take_up.setEnabled(False)
        self._kept.open(folder, writable=writable)

    def hold(self) -> None:
        """Keep what is in the hand for the next time: another project is being opened."""
        self._kept.write_now()
        self._held = True

    def keep(self, name: str, sketch: Sketch, proposal: str, scenario: str) -> None:
        """Keep a drawing as it is now.

        Parameters
        ----------
        name : str
            Name of the tool.
        sketch : Sketch
            What is drawn.
        proposal : str
            The proposal that it changes; empty for a new one.
        scenario : str
            Where it is drawn.
        """
        self._kept.keep(draft_of(name, sketch, proposal, scenario))

    def forget(self) -> None:
        """Keep nothing: the drawing was stored."""
        self._kept.drop()

    def put_aside(self, name: str, sketch: Sketch) -> None:
        """Take note of a drawing that was given up."""
        self._aside = (name, sketch)
        self._take_up.setEnabled(True)
        if self._held:
            return
        self._kept.drop()
        self._desk.said.emit(
            tr("The drawing was put aside. “Take up the last drawing again” brings it back.")
        )

    def take_up(self) -> None:
        """Go on with the drawing that was put aside."""
        if self._aside is not None and self._desk.writable:
            (name, sketch), self._aside = self._aside, None
            self._take_up.setEnabled(False)
            self._desk.back_to(name, sketch)

    def _on_found(self, draft: Draft) -> None:
        if isinstance(self._canvas.tool, SketchTool) and self._canvas.tool.sketch.points:
            return  # the hand has it, in a window made anew
        sketch = sketch_of(draft)
        if sketch is None or not sketch.points:
            self._kept.drop()
            return

        def take() -> None:
            if draft.proposal_id:
                self._desk.proposal_made.emit(draft.proposal_id)
            self._desk.back_to(draft.tool, sketch)
            west, south, east, north = shapely.MultiPoint(sketch.points).bounds
            self._canvas.reveal((west, south, east, north))

        self._desk.questions.ask(
            Question(
                tr("An unfinished drawing was kept."),
                tr_n(
                    "It has {count} point. Go on where you left off?",
                    "It has {count} points. Go on where you left off?",
                    len(sketch.points),
                ),
                tr("Go on drawing"),
                tr("Drop it"),
                take,
                self._kept.drop,
            )
        )
