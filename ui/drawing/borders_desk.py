"""Where borders cut what is proposed: thin lines over the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from PyQt6.QtCore import QObject, Qt
from PyQt6.QtGui import QPen

from resources.translation import tr
from ui import words
from ui.drawing import painting
from ui.map.overlay import Outline

if TYPE_CHECKING:
    from PyQt6.QtGui import QPainter
    from shapely.geometry.base import BaseGeometry

    from planner.drawing.measures import DrawingMeasures
    from planner.jobs import JobControl
    from resources.errors import PlannerError
    from ui.drawing.desk import DrawingDesk
    from ui.drawing.live import LiveMeasures
    from ui.map.canvas import MapCanvas
    from ui.map.view_state import ViewState
    from ui.project_work import Workbench
    from ui.session import Session
    from ui.snapshot import Snapshot
    from ui.theme import Theme

_LINE_PX = 1.5
_HALO_PX = 3.5
_WITHOUT_BORDERS = "none"


class BorderCuts:
    """Paints the lines along which borders cut proposals into national parts.

    Parameters
    ----------
    lines : shapely geometry
        In the map's CRS; may be empty.
    """

    def __init__(self, lines: BaseGeometry) -> None:
        self.lines = lines
        self._outline = Outline(lines)

    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        """Paint thin dashes on a halo."""
        path = self._outline.path_in(view)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.map_qcolour("highlight_halo"), _HALO_PX))
        painter.drawPath(path)
        pen = QPen(painting.colour_of(theme), _LINE_PX)
        pen.setDashPattern([4, 2])
        painter.setPen(pen)
        painter.drawPath(path)


class BordersDesk(QObject):
    """Shows where borders cut the proposals of the scenario, and what is being drawn.

    On a map that is to show no borders there are none of these lines either.

    Parameters
    ----------
    desk : DrawingDesk
        Told where the lines cannot be found.
    session : Session
        The open project.
    canvas : MapCanvas
        The map.
    live : LiveMeasures
        Measures what is being drawn, and has the land.
    """

    def __init__(
        self, desk: DrawingDesk, session: Session, canvas: MapCanvas, live: LiveMeasures
    ) -> None:
        super().__init__()
        self._desk = desk
        self._session = session
        self._canvas = canvas
        self._live = live
        self._stored: BaseGeometry = shapely.MultiLineString()
        self._drawn: BaseGeometry = shapely.MultiLineString()
        self._read_of: frozenset[tuple[object, ...]] = frozenset()
        session.opened.connect(self._on_opened)
        session.changed.connect(self._read)
        live.measured.connect(self._on_measured)
        live.emptied.connect(self._forget_drawn)
        canvas.tool_changed.connect(lambda _: self._forget_drawn())

    @property
    def lines(self) -> BaseGeometry:
        """What is shown."""
        lines = [*shapely.get_parts(self._stored), *shapely.get_parts(self._drawn)]
        return shapely.MultiLineString(lines)

    def _on_opened(self) -> None:
        self._stored = self._drawn = shapely.MultiLineString()
        self._read_of = frozenset()
        self._read()

    def _on_measured(self, measures: DrawingMeasures) -> None:
        self._drawn = measures.border
        self._show()

    def _forget_drawn(self) -> None:
        self._drawn = shapely.MultiLineString()
        self._show()

    def _read(self) -> None:
        snapshot, land = self._session.snapshot, self._live.land
        shapes = frozenset() if snapshot is None else _shapes_of(snapshot)
        if snapshot is None or not shapes:
            self._stored = shapely.MultiLineString()
        self._show()
        if snapshot is None or shapes == self._read_of:
            return
        self._read_of = shapes
        if not shapes:
            return
        scenario, path = snapshot.scenario, snapshot.path

        def read(bench: Workbench, _: JobControl) -> BaseGeometry:
            return land.borders_in(bench, scenario)

        def done(lines: BaseGeometry) -> None:
            now = self._session.snapshot
            if now is None or (now.path, now.scenario) != (path, scenario):
                return
            if shapes == self._read_of:  # else others are being read, or there are none left
                self._stored = lines
                self._show()

        def failed(error: PlannerError) -> None:
            self._desk.said.emit(words.problem(error))

        self._session.ask(tr("Read where borders cut proposals"), read, done, failed)

    def _show(self) -> None:
        snapshot, lines = self._session.snapshot, self.lines
        hidden = snapshot is None or snapshot.borders.key == _WITHOUT_BORDERS
        self._canvas.set_overlay(
            "borders", None if hidden or lines.is_empty else BorderCuts(lines)
        )


def _shapes_of(snapshot: Snapshot) -> frozenset[tuple[object, ...]]:
    """Return by what it is known whether a proposal of the scenario has another shape."""
    return frozenset(
        (row.key, *row.geometry.bounds, row.geometry.area)
        for row in snapshot.features
        if row.kind == "proposal" and row.geometry is not None
    )
