"""Drawn frames of the map, and the loop that asks for the next one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PyQt6.QtCore import QObject, QRectF, QTimer, pyqtSignal
from PyQt6.QtGui import QImage
from PyQt6.sip import voidptr

from layers.qgis.protocol import RenderRequest
from ui import words

if TYPE_CHECKING:
    from collections.abc import Collection
    from concurrent.futures import Future

    import numpy as np
    from numpy.typing import NDArray

    from layers.qgis.frames import Frame
    from resources.errors import PlannerError
    from ui.background import Background
    from ui.map.view_state import Extent, ViewState

_COALESCE_MS = 12
_PATIENCE_MS = 150
_SERVER_MS = 2000
_PROMPT_MS = 1000
_REST_MS = 150
_KEPT = 3
_DPI = 96.0


class FrameSource(Protocol):
    """Whatever draws the map."""

    def render(self, request: RenderRequest) -> Future[Frame]:
        """Draw a frame; an earlier one that was not drawn yet is cancelled."""
        ...


@dataclass(frozen=True, eq=False)
class MapFrame:
    """A frame ready to be painted.

    Parameters
    ----------
    image : QImage
        The picture; it borrows the memory of `pixels`.
    extent : tuple of float
        What it shows.
    pixels : (height, width, 4) uint8
        Blue, green, red, alpha, premultiplied, row by row.
    """

    image: QImage
    extent: Extent
    pixels: NDArray[np.uint8]

    @classmethod
    def of(cls, frame: Frame) -> MapFrame:
        """Wrap a frame of the engine."""
        form = QImage.Format.Format_ARGB32_Premultiplied
        memory = voidptr(frame.pixels.ctypes.data, frame.pixels.nbytes)
        image = QImage(memory, frame.width, frame.height, 4 * frame.width, form)  # type: ignore[call-overload]  # the stubs know no voidptr
        return cls(image, frame.extent, frame.pixels)

    def target(self, view: ViewState) -> QRectF:
        """Return where the frame lies in a view, in device-independent pixels."""
        west, south, east, north = self.extent
        left, top = view.to_pixel(west, north)
        right, bottom = view.to_pixel(east, south)
        return QRectF(left, top, right - left, bottom - top)


class FrameLoop(QObject):
    """Asks a source for frames of a view that changes, one at a time, newest first.

    A frame that is being drawn is cancelled when the view has moved on, but not before it had
    150 ms: a hand that never rests would otherwise never see a new one. Frames of layers that
    have changed since are dropped.

    Layers of servers hold the others back for two seconds at most. Then the map is drawn
    without them, and once more with them as long as the view rests; so it goes with every view
    until the servers are quick again.

    Heavy layers may be shown by pictures made before while the view moves. As soon as it has
    rested for 150 ms the map is drawn once more, exactly; slow servers come after that.

    Parameters
    ----------
    background : Background
        Posts frames to this thread.
    view : str
        Name of the view with the source, which cancels older frames of the same view.
    """

    frame_arrived = pyqtSignal()
    busy_changed = pyqtSignal(bool)
    failed = pyqtSignal(str)
    servers_awaited = pyqtSignal(object)
    """Frames no longer wait for layers of servers; carries the ids of these layers."""

    def __init__(
        self, background: Background, parent: QObject | None = None, *, view: str = "main"
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._view_name = view
        self._source: FrameSource | None = None
        self._layer_ids: tuple[str, ...] = ()
        self._remote: frozenset[str] = frozenset()
        self._are_servers_slow = False
        self._whole: Future[Frame] | None = None
        self._seen: tuple[ViewState, float] | None = None
        self._due = False
        self._future: Future[Frame] | None = None
        self._asked_at = 0.0
        self._at_hand_s = 0.0
        self._failures = 0
        self._stale = False
        self._is_to_be_exact = False
        self._frames: list[MapFrame] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_due)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(lambda: self._draw_behind(self._left_out))
        self._alarm = QTimer(self)
        self._alarm.setSingleShot(True)
        self._alarm.setInterval(_SERVER_MS)
        self._alarm.timeout.connect(self._on_servers_late)

    @property
    def frames(self) -> tuple[MapFrame, ...]:
        """What can be painted, oldest first."""
        return tuple(self._frames)

    @property
    def busy(self) -> bool:
        """Whether a frame of what is at hand is being drawn or about to be."""
        return self._source is not None and (
            self._future is not None or self._due or self._is_to_be_exact
        )

    def set_source(self, source: FrameSource | None) -> None:
        """Draw with another engine from now on; None stops drawing."""
        self.stop()
        self._source = source
        self.redraw()

    def set_layers(
        self, layer_ids: tuple[str, ...], remote: Collection[str] = frozenset()
    ) -> None:
        """Draw these layers from now on, bottom first; `remote` ones come from servers."""
        self._remote = frozenset(remote)
        if layer_ids != self._layer_ids:
            self._layer_ids = layer_ids
            self.redraw()

    def redraw(self) -> None:
        """Draw the same view anew, because the layers have changed."""
        self._stale = True
        self._cancel()
        self._schedule()

    def show(self, view: ViewState, pixel_ratio: float) -> None:
        """Ask for a frame of a view."""
        self._seen = (view, pixel_ratio)
        self._schedule()

    def clear(self) -> None:
        """Forget every frame, because the ground itself is another."""
        self._frames.clear()
        self.redraw()

    def stop(self) -> None:
        """Ask for nothing more until something changes."""
        self._timer.stop()
        self._due = False
        self._cancel()
        self.busy_changed.emit(False)

    def _schedule(self) -> None:
        self._due = True
        if self._source is not None and not self._timer.isActive():
            self._timer.start(_COALESCE_MS if self._future is not None else 0)

    def _on_due(self) -> None:
        if self._future is not None and not self._future.done():
            age_ms = (time.monotonic() - self._asked_at) * 1000
            if age_ms < _PATIENCE_MS:
                self._timer.start(int(_PATIENCE_MS - age_ms) + 1)
                return
            self._cancel()
        self._ask()

    def _ask(self) -> None:
        if self._source is None or self._seen is None:
            return
        self._rest.stop()
        self._due, self._whole, self._is_to_be_exact = False, None, False
        if self._awaited and not self._are_servers_slow:
            self._alarm.start()
        future = self._future = self._render(
            self._source, self._seen, self._left_out, quick=True
        )
        self.busy_changed.emit(True)
        self._background.watch(
            future,
            lambda frame: self._on_frame(future, frame),
            lambda error: self._on_failure(future, error),
        )

    @property
    def _awaited(self) -> tuple[str, ...]:
        """Layers of servers among those that are drawn."""
        return tuple(layer_id for layer_id in self._layer_ids if layer_id in self._remote)

    @property
    def _left_out(self) -> frozenset[str]:
        """Layers that frames of what is at hand do without."""
        return self._remote if self._are_servers_slow else frozenset()

    def _render(
        self,
        source: FrameSource,
        seen: tuple[ViewState, float],
        left_out: frozenset[str],
        *,
        quick: bool,
    ) -> Future[Frame]:
        view, ratio = seen
        request = RenderRequest(
            view.extent,
            round(view.width_px * ratio),
            round(view.height_px * ratio),
            _DPI * ratio,
            tuple(layer_id for layer_id in self._layer_ids if layer_id not in left_out),
            self._view_name,
            quick,
        )
        self._asked_at = time.monotonic()
        return source.render(request)

    def _on_servers_late(self) -> None:
        """Draw what is at hand, and wait for the servers with that in sight."""
        if self._future is None:
            return
        self._are_servers_slow = True
        self._cancel()
        self._ask()
        self.servers_awaited.emit(self._awaited)

    def _draw_behind(self, left_out: frozenset[str]) -> None:
        """Draw once more behind a frame that is not exact, or lacks what servers show."""
        if self._source is None or self._seen is None:
            return
        future = self._whole = self._render(self._source, self._seen, left_out, quick=False)
        self._background.watch(
            future,
            lambda frame: self._on_whole(future, frame),
            lambda error: self._on_whole_missed(future, error),
        )

    def _on_whole(self, future: Future[Frame], frame: Frame) -> None:
        if future is not self._whole:
            return
        self._whole = None
        self._frames = [*self._frames, MapFrame.of(frame)][-_KEPT:]
        took_s = time.monotonic() - self._asked_at
        if self._is_to_be_exact:
            self._at_hand_s = took_s
            self._end_rest()
        else:
            self._are_servers_slow = 1000 * (took_s - self._at_hand_s) > _PROMPT_MS
        self.frame_arrived.emit()

    def _on_whole_missed(self, future: Future[Frame], error: PlannerError) -> None:
        """Leave what is at hand in sight; servers are asked again for the next view."""
        if future is not self._whole:
            return
        self._whole = None
        if not self._is_to_be_exact:
            return
        self._failures += 1
        if self._failures == 1:
            self._rest.start()  # the engine has restarted: try once more
            return
        self.failed.emit(words.problem(error))
        self._end_rest()

    def _end_rest(self) -> None:
        self._is_to_be_exact = False
        self._wait_for_servers()
        self.busy_changed.emit(False)

    def _wait_for_servers(self) -> None:
        """Draw everything, with what is at hand in sight, where servers were left out."""
        if self._are_servers_slow and self._awaited:
            self._draw_behind(frozenset())

    def _on_frame(self, future: Future[Frame], frame: Frame) -> None:
        if future is not self._future:
            return
        self._alarm.stop()
        self._future, self._failures = None, 0
        if self._stale:
            self._frames.clear()
            self._stale = False
        self._frames = [*self._frames, MapFrame.of(frame)][-_KEPT:]
        self._is_to_be_exact = not frame.exact
        self._at_hand_s = time.monotonic() - self._asked_at
        self._go_on()
        self.frame_arrived.emit()

    def _on_failure(self, future: Future[Frame], error: PlannerError) -> None:
        if future is not self._future:
            return
        self._future = None
        self._failures += 1
        if self._failures == 1:
            self._due = True  # the engine has restarted: try once more
        else:
            self.failed.emit(words.problem(error))
        self._go_on()

    def _go_on(self) -> None:
        if self._due:
            self._timer.stop()
            self._ask()
            return
        if self._is_to_be_exact:
            self._rest.start()
            return
        self._wait_for_servers()
        self.busy_changed.emit(False)

    def _cancel(self) -> None:
        self._alarm.stop()
        self._rest.stop()
        self._is_to_be_exact = False
        for future in (self._future, self._whole):
            if future is not None:
                future.cancel()
        self._future = self._whole = None
