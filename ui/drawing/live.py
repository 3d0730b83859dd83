"""Has a drawing measured beside the window while it is drawn; the newest wish counts.

Numbers that take long for a large drawing are told quickly first, and exactly when the hand
rests.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from planner.drawing.geometry import corridor_from_line
from resources.translation import tr
from ui import words
from ui.drawing.work import DrawingLand, lines_of

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from planner.drawing.ground import DrawingGround
    from planner.drawing.measures import DrawingMeasures
    from planner.drawing.snapping import SnapIndex
    from planner.jobs import JobControl
    from resources.errors import PlannerError
    from ui.background import Background
    from ui.drawing.measures_view import MeasuresView
    from ui.drawing.snapping import Snapping
    from ui.project_work import Workbench
    from ui.session import Session


_RESTS_MS = 400


@dataclass(frozen=True)
class Wish:
    """What is to be measured.

    Parameters
    ----------
    geometry : shapely geometry
        An area, or the middle line of a corridor.
    width_m : float
        Width of the corridor around a middle line; 0 for an area.
    """

    geometry: BaseGeometry
    width_m: float = 0.0


class LiveMeasures(QObject):
    """Keeps the ground that drawings are measured on, and measures what is wished.

    Parameters
    ----------
    session : Session
        The open project.
    background : Background
        Brings the numbers to the window's thread. What is measured many times a second is
        no job that people are told of.
    view : MeasuresView
        Where the numbers are told.
    snapping : Snapping
        Given the lines of the project.
    """

    measured = pyqtSignal(object)
    """Something was measured; carries the `DrawingMeasures`."""
    emptied = pyqtSignal()
    """Nothing is to be measured any more."""

    def __init__(
        self,
        session: Session,
        background: Background,
        view: MeasuresView,
        snapping: Snapping,
    ) -> None:
        super().__init__()
        self.land = DrawingLand()
        self._session = session
        self.background = background
        self._view = view
        self._snapping = snapping
        self._ground: DrawingGround | None = None
        self._reading = False
        self._stale = True
        self._wanted = False
        self._wish: Wish | None = None
        self._running = False
        self._thread = ThreadPoolExecutor(1, "drawing")
        self._exact_thread = ThreadPoolExecutor(1, "drawing-exact")
        self._exact_wish: Wish | None = None
        self._exact_running = False
        self._turn = 0
        self._for_nothing = True
        self._rests = QTimer(self)
        self._rests.setSingleShot(True)
        self._rests.setInterval(_RESTS_MS)
        self._rests.timeout.connect(self._measure_exactly)
        self._closed = False
        session.opened.connect(self._on_opened)
        session.changed.connect(self._on_changed)

    def close(self) -> None:
        """Ask for nothing more."""
        self._closed = True
        self._wish = self._exact_wish = None
        self._rests.stop()
        self._thread.shutdown(cancel_futures=True)
        self._exact_thread.shutdown(cancel_futures=True)

    def prepare(self) -> None:
        """Read the ground, unless it is there already, as when a tool is taken up."""
        self._wanted = True
        if self._stale and not self._reading and not self._closed:
            self._read()

    def rest(self) -> None:
        """Read nothing anew until the next drawing."""
        self._wanted = False

    def want(self, wish: Wish | None) -> None:
        """Measure something as soon as what is being measured is done; None for nothing."""
        self._wish, self._exact_wish = wish, None
        self._turn += 1
        self._rests.stop()
        self._for_nothing = wish is None
        if wish is None:
            self.emptied.emit()
            self._view.show_nothing(
                tr("Draw on the map: areas, costs, habitat and settlements are told here.")
            )
            return
        if self._ground is None:
            self.prepare()
            if self._reading:
                self._view.show_state(tr("Reading the ground…"))
            return
        self._measure()

    def _on_opened(self) -> None:
        self.land = DrawingLand()
        self._ground, self._snapping.source = None, None
        self._stale = True
        self._wish = self._exact_wish = None
        self._turn += 1
        self._rests.stop()
        if self._wanted:
            self.prepare()

    def _on_changed(self) -> None:
        self._stale = True
        if self._wanted:
            self.prepare()

    def _read(self) -> None:
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        self._reading, self._stale = True, False
        land, scenario, path = self.land, snapshot.scenario, snapshot.path

        def read(bench: Workbench, _: JobControl) -> tuple[DrawingGround, SnapIndex]:
            return land.ground(bench), lines_of(bench, scenario)

        def done(found: tuple[DrawingGround, SnapIndex]) -> None:
            self._reading = False
            now = self._session.snapshot
            if self._closed or now is None or now.path != path:
                return
            self._ground, self._snapping.source = found
            if self._stale and self._wanted:
                self._read()
            if self._wish is not None:
                self._measure()

        def failed(error: PlannerError) -> None:
            self._reading = False
            self._tell_problem(error)

        self._session.ask(tr("Read the ground of drawings"), read, done, failed)

    def _measure(self) -> None:
        wish, ground = self._wish, self._ground
        if wish is None or ground is None or self._running or self._closed:
            return
        self._wish, turn = None, self._turn

        def done(measures: DrawingMeasures) -> None:
            self._running = False
            narrow = measures.bottleneck
            if turn == self._turn and narrow is not None and narrow.resolution_m > 0.0:
                self._exact_wish = wish
                self._rests.start()
            if not self._for_nothing:
                self._tell(measures)
            self._measure()

        def failed(error: PlannerError) -> None:
            self._running = False
            self._tell_problem(error)
            self._measure()

        self._running = True
        future = self._thread.submit(_measured, ground, wish, live=True)
        self.background.watch(future, done, failed)

    def _measure_exactly(self) -> None:
        """Measure what rests once more, exactly; dropped where something else is wished."""
        wish, ground = self._exact_wish, self._ground
        if wish is None or ground is None or self._closed:
            return
        if self._exact_running:
            self._rests.start()
            return
        self._exact_wish, turn = None, self._turn

        def done(measures: DrawingMeasures) -> None:
            self._exact_running = False
            if turn == self._turn:
                self._tell(measures)

        def failed(error: PlannerError) -> None:
            self._exact_running = False
            if turn == self._turn:
                self._tell_problem(error)

        self._exact_running = True
        future = self._exact_thread.submit(_measured, ground, wish, live=False)
        self.background.watch(future, done, failed)

    def _tell(self, measures: DrawingMeasures) -> None:
        if self._closed:  # measured for a window that has been made anew meanwhile
            return
        self._view.show_measures(measures)
        self.measured.emit(measures)

    def _tell_problem(self, error: PlannerError) -> None:
        if not self._closed:
            self._view.show_nothing(words.problem(error))

    @property
    def busy(self) -> bool:
        """Whether something is read, measured or waited for."""
        coming = self._wish is not None or self._exact_wish is not None
        return self._reading or self._running or self._exact_running or coming


def _measured(ground: DrawingGround, wish: Wish, *, live: bool) -> DrawingMeasures:
    if not wish.width_m:
        return ground.measure(wish.geometry, live=live)
    points = [(float(x), float(y)) for x, y in shapely.get_coordinates(wish.geometry)]
    area = corridor_from_line(points, wish.width_m)
    return ground.measure(area, centreline=points, width_m=wish.width_m, live=live)
