"""Drawn frames of the map, and the loop that asks for the next one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PyQt6.QtCore import QObject, QRectF, QTimer, pyqtSignal
from PyQt6.QtGui import QImage

from layers.qgis.protocol import RenderRequest

if TYPE_CHECKING:
    from concurrent.futures import Future

    from layers.qgis.frames import Frame
    from resources.errors import PlannerError
    from ui.background import Background
    from ui.map.view_state import Extent, ViewState

_COALESCE_MS = 12
_PATIENCE_MS = 150
_KEPT = 3
_DPI = 96.0


class FrameSource(Protocol):
    """Whatever draws the map."""

    def render(self, request: RenderRequest) -> Future[Frame]:
        """Draw a frame; an earlier one that was not drawn yet is cancelled."""
        ...


@dataclass(frozen=True)
class MapFrame:
    """A frame ready to be painted.

    Parameters
    ----------
    image : QImage
        The picture; it borrows the memory of `pixels`.
    extent : tuple of float
        What it shows.
    pixels : bytes
        Blue, green, red, alpha, premultiplied, row by row.
    """

    image: QImage
    extent: Extent
    pixels: bytes

    @classmethod
    def of(cls, frame: Frame) -> MapFrame:
        """Wrap a frame of the engine."""
        pixels = frame.pixels.tobytes()
        form = QImage.Format.Format_ARGB32_Premultiplied
        image = QImage(pixels, frame.width, frame.height, 4 * frame.width, form)
        return cls(image, frame.extent, pixels)

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

    def __init__(
        self, background: Background, parent: QObject | None = None, *, view: str = "main"
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._view_name = view
        self._source: FrameSource | None = None
        self._layer_ids: tuple[str, ...] = ()
        self._seen: tuple[ViewState, float] | None = None
        self._due = False
        self._future: Future[Frame] | None = None
        self._asked_at = 0.0
        self._failures = 0
        self._stale = False
        self._frames: list[MapFrame] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_due)

    @property
    def frames(self) -> tuple[MapFrame, ...]:
        """What can be painted, oldest first."""
        return tuple(self._frames)

    @property
    def busy(self) -> bool:
        """Whether a frame is being drawn or about to be."""
        return self._source is not None and (self._future is not None or self._due)

    def set_source(self, source: FrameSource | None) -> None:
        """Draw with another engine from now on; None stops drawing."""
        self.stop()
        self._source = source
        self.redraw()

    def set_layers(self, layer_ids: tuple[str, ...]) -> None:
        """Draw these layers from now on, bottom first."""
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
            self._timer.start(_COALESCE_MS)

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
        self._due = False
        view, ratio = self._seen
        request = RenderRequest(
            view.extent,
            round(view.width_px * ratio),
            round(view.height_px * ratio),
            _DPI * ratio,
            self._layer_ids,
            self._view_name,
        )
        future = self._source.render(request)
        self._future, self._asked_at = future, time.monotonic()
        self.busy_changed.emit(True)
        self._background.watch(
            future,
            lambda frame: self._on_frame(future, frame),
            lambda error: self._on_failure(future, error),
        )

    def _on_frame(self, future: Future[Frame], frame: Frame) -> None:
        if future is not self._future:
            return
        self._future, self._failures = None, 0
        if self._stale:
            self._frames.clear()
            self._stale = False
        self._frames = [*self._frames, MapFrame.of(frame)][-_KEPT:]
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
            self.failed.emit(str(error))
        self._go_on()

    def _go_on(self) -> None:
        if self._due:
            self._timer.stop()
            self._ask()
        else:
            self.busy_changed.emit(False)

    def _cancel(self) -> None:
        if self._future is not None:
            self._future.cancel()
            self._future = None
