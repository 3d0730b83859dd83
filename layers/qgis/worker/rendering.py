"""Drawing the map without blocking: one QGIS render job per request."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QSize, QThreadPool, QTimer
from qgis.PyQt.QtGui import QImage

from layers.qgis.worker import compat, messages
from layers.qgis.worker.frames import copy_image
from layers.qgis.worker.project import MapProject, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.qgis.worker.request import Request

ALARM_SHARE = 0.7  # of the time-out; the rest is for stopping and finding the culprit


def save_image(image: QImage, path: Path) -> None:
    """Write an image as PNG to a temporary file, then put it in place.

    Raises
    ------
    RefusedError
        The folder or the disk takes no file.
    """
    temporary = path.with_name(f".{path.name}.part")
    if not image.save(str(temporary), "PNG"):
        temporary.unlink(missing_ok=True)
        raise RefusedError(f"{path} could not be written; check the folder and the disk.")
    temporary.replace(path)


def map_settings(held: MapProject, args: Mapping[str, Any]) -> QgsMapSettings:
    """Return what to draw for a request: layers, extent, size and CRS of the project."""
    project = held.project
    settings = QgsMapSettings()
    settings.setDestinationCrs(project.crs())
    settings.setTransformContext(project.transformContext())
    settings.setPathResolver(project.pathResolver())
    settings.setBackgroundColor(project.backgroundColor())
    settings.setLabelingEngineSettings(project.labelingEngineSettings())
    settings.setLayers(held.screen_stack(args.get("layer_ids")))
    settings.setOutputImageFormat(QImage.Format.Format_ARGB32_Premultiplied)
    settings.setOutputSize(QSize(int(args["width_px"]), int(args["height_px"])))
    settings.setOutputDpi(float(args["dpi"]))
    settings.setExtent(QgsRectangle(*args["extent"]))
    # Lines that differ by less than a pixel are drawn with fewer corners.
    settings.setFlag(compat.SIMPLIFY_TO_PIXELS, True)
    context = QgsExpressionContext()
    context.appendScope(QgsExpressionContextUtils.globalScope())
    context.appendScope(QgsExpressionContextUtils.projectScope(project))
    context.appendScope(QgsExpressionContextUtils.mapSettingsScope(settings))
    settings.setExpressionContext(context)
    return settings


class Drawing:
    """One map being drawn; answers its request when done.

    Parameters
    ----------
    held : MapProject
        What to draw.
    request : Request
        Whom to answer; its arguments name the shared-memory block or the file.
    """

    def __init__(self, held: MapProject, request: Request) -> None:
        self.request = request
        self.cancelled = False
        self._held = held
        self._began = perf_counter()
        self._settings = map_settings(held, request.args)
        self.job = QgsMapRendererParallelJob(self._settings)
        self.late = False
        self._probes: list[QgsMapRendererParallelJob] = []
        self._alarm = QTimer()
        self._alarm.setSingleShot(True)
        self._alarm.timeout.connect(self._on_alarm_timed_out)

    def start(self) -> None:
        """Begin in QGIS's threads."""
        self._alarm.start(int(1000 * ALARM_SHARE * self.request.timeout_s))
        self.job.start()

    def stop(self) -> None:
        """Stop and wait until no thread touches a layer; for drawings to be done again."""
        self._alarm.stop()
        for job in (self.job, *self._probes):
            job.blockSignals(True)
            job.cancel()

    def finish(self) -> None:
        """Answer the request with what was drawn."""
        self._alarm.stop()
        if self.cancelled:
            self.request.answer({"cancelled": True})
            return
        if self.late:
            self.request.refuse("the map took too long to draw", late=True)
            return
        image = self.job.renderedImage()
        args = self.request.args
        if args.get("path"):
            save_image(image, Path(args["path"]))
        else:
            copy_image(image, args["block"])
        seen = self._settings.visibleExtent()
        self.request.answer(
            {
                "width": image.width(),
                "height": image.height(),
                "extent": [seen.xMinimum(), seen.yMinimum(), seen.xMaximum(), seen.yMaximum()],
                "scale": self._settings.scale(),
                "seconds": perf_counter() - self._began,
                "errors": [f"{e.layerID}: {e.message}" for e in self.job.errors()],
            }
        )

    def _on_alarm_timed_out(self) -> None:
        """Stop a drawing that takes too long, and find out which layers do not let go of it.

        A provider that hangs does not hear of the stop. So every layer is drawn once more, tiny
        and by itself: the other process ends this one soon, and blames those still at work.
        """
        if self.cancelled:
            return
        self.late = True
        self.job.cancelWithoutBlocking()
        shown = self._held.shown(self.request.args.get("layer_ids"))
        pool = QThreadPool.globalInstance()
        pool.setMaxThreadCount(pool.maxThreadCount() + len(shown))
        for layer_id in shown:
            self.request.event(messages.LAYER_DRAWING, layer_id=layer_id)
            tiny = {"layer_ids": [layer_id], "width_px": 16, "height_px": 16}
            probe = QgsMapRendererParallelJob(
                map_settings(self._held, {**self.request.args, **tiny})
            )
            probe.finished.connect(
                partial(self.request.event, messages.LAYER_DRAWN, layer_id=layer_id)
            )
            self._probes.append(probe)
            probe.start()


class Drawings:
    """The maps being drawn now.

    Parameters
    ----------
    held : MapProject
        What to draw.
    """

    def __init__(self, held: MapProject) -> None:
        self._held = held
        self._running: dict[int, Drawing] = {}

    def start(self, request: Request) -> None:
        """Begin to draw; the answer follows when it is done or cancelled."""
        drawing = Drawing(self._held, request)
        self._running[request.request_id] = drawing
        drawing.job.finished.connect(lambda: self._on_job_finished(drawing))
        drawing.start()

    def cancel(self, request_id: int) -> None:
        """Stop a drawing without waiting for it; unknown ids are done already."""
        drawing = self._running.get(request_id)
        if drawing is not None:
            drawing.cancelled = True
            drawing.job.cancelWithoutBlocking()

    def interrupt(self) -> list[Request]:
        """Stop every drawing and wait until none touches a layer; returns those to do again."""
        stopped = list(self._running.values())
        self._running.clear()
        for drawing in stopped:
            drawing.stop()
            if drawing.cancelled:
                drawing.request.answer({"cancelled": True})
        return [drawing.request for drawing in stopped if not drawing.cancelled]

    def _on_job_finished(self, drawing: Drawing) -> None:
        if self._running.pop(drawing.request.request_id, None) is not None:
            drawing.request.run(drawing.finish)
            drawing.stop()
