"""Joins the lines near the view, so that a drawing can be traced along them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from planner.drawing.tracing import TooDenseError
from ui import words
from ui.drawing.sketch_tool import SketchTool

if TYPE_CHECKING:
    from planner.drawing.snapping import Kind, SnapIndex
    from planner.drawing.tracing import TraceNetwork
    from resources.errors import PlannerError
    from ui.background import Background
    from ui.drawing.snapping import Snapping
    from ui.map.canvas import MapCanvas
    from ui.map.view_state import Extent

_RESTS_MS = 60
_BEYOND = 0.5
"""So much of the view's width and height beyond it is joined as well."""


class _State(NamedTuple):
    """What a network was made from."""

    lines: SnapIndex
    kinds: frozenset[Kind]
    but: tuple[str, ...]

    @property
    def choice(self) -> tuple[frozenset[Kind], tuple[str, ...]]:
        """What somebody has chosen of the lines."""
        return self.kinds, self.but


class Tracing(QObject):
    """Keeps the network of the lines near the view while somebody traces along them.

    It is made beside the window, and anew where the view has left it or the lines have changed.

    Parameters
    ----------
    snapping : Snapping
        Knows the lines and what is snapped to; given the network.
    background : Background
        Brings the network to the window's thread.
    canvas : MapCanvas
        The view.
    """

    said = pyqtSignal(str)

    def __init__(self, snapping: Snapping, background: Background, canvas: MapCanvas) -> None:
        super().__init__()
        self._snapping = snapping
        self._background = background
        self._canvas = canvas
        self._thread = ThreadPoolExecutor(1, "drawing-trace")
        self._closed = False
        self._running = False
        self._made: tuple[_State, Extent] | None = None
        self._given_up: tuple[_State, Extent] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_RESTS_MS)
        self._timer.timeout.connect(self._make)
        snapping.changed.connect(self._on_changed)
        snapping.lines_changed.connect(self._on_changed)
        canvas.view_changed.connect(self._on_changed)
        canvas.tool_changed.connect(lambda _: self._on_changed())

    def close(self) -> None:
        """Make nothing more."""
        self._closed = True
        self._timer.stop()
        self._thread.shutdown(cancel_futures=True)

    @property
    def busy(self) -> bool:
        """Whether a network is being made, or will be."""
        return self._running or self._timer.isActive()

    def _on_changed(self) -> None:
        if self._wanted() is not None:
            self._timer.start()

    def _wanted(self) -> SnapIndex | None:
        """Return the lines that are to be joined; None for none."""
        snapping = self._snapping
        tracing = snapping.on and snapping.tracing and isinstance(self._canvas.tool, SketchTool)
        if self._closed or not tracing or self._canvas.view is None:
            return None
        return snapping.lines

    def _make(self) -> None:
        lines, view, snapping = self._wanted(), self._canvas.view, self._snapping
        if lines is None or view is None or self._running:
            return
        kinds, but = snapping.kinds, tuple(snapping.changing)
        state = _State(lines, kinds, but)
        if self._given_up == (state, view.extent):
            return
        if self._made is not None and self._made[0] == state:
            if _holds(self._made[1], view.extent):
                return
        elif self._made is not None and self._made[0].choice != state.choice:
            snapping.network = None  # it holds lines that are not to be followed any more
        extent, around = view.extent, _around(view.extent)
        self._running = True

        def done(network: TraceNetwork) -> None:
            self._made, self._given_up = (state, around), None
            self._end(network)

        def failed(error: PlannerError) -> None:
            known = self._given_up is not None and isinstance(error, TooDenseError)
            if not (known or self._closed):
                self.said.emit(words.problem(error))
            self._made, self._given_up = None, (state, extent)
            self._end(None)

        future = self._thread.submit(lines.network, around, kinds, but=but)
        self._background.watch(future, done, failed)

    def _end(self, network: TraceNetwork | None) -> None:
        self._running = False
        if self._closed:  # made for a window that has been made anew meanwhile
            return
        self._snapping.network = network
        self._canvas.update()
        self._on_changed()


def _around(extent: Extent) -> Extent:
    west, south, east, north = extent
    right, up = _BEYOND * (east - west), _BEYOND * (north - south)
    return (west - right, south - up, east + right, north + up)


def _holds(outer: Extent, inner: Extent) -> bool:
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and outer[2] >= inner[2]
        and outer[3] >= inner[3]
    )
