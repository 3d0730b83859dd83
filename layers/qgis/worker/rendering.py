"""Drawing the map without blocking: one or two QGIS render jobs per request."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsMapLayer,
    QgsMapRendererParallelJob,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize, QThreadPool, QTimer
from qgis.PyQt.QtGui import QColor, QImage, QPainter

from layers.qgis.worker import compat, messages
from layers.qgis.worker.frames import copy_image
from layers.qgis.worker.project import MapProject, RefusedError
from layers.qgis.worker.screen_pictures import Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from layers.qgis.worker.request import Request

LARGE_CELLS = 16_000_000
"""Cells from which a raster has no copy for the screen: quick frames have it coarser."""
REST_MS = 150
"""Time without a drawing before pictures of heavy layers are made."""
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


def in_pieces(
    settings: QgsMapSettings, pictures: Mapping[str, Picture], coarse: Container[str] = ()
) -> list[QgsMapSettings | Picture]:
    """Return what to draw, the lowest piece first, and the pictures between.

    Parameters
    ----------
    settings : QgsMapSettings
        The view with its layers.
    pictures : mapping of str to Picture
        What stands in for layers, by the id that QGIS gave them.
    coarse : container of str
        Ids of layers to draw at half the resolution, each by itself.
    """
    pieces: list[QgsMapSettings | Picture] = []
    run: list[QgsMapLayer] = []
    for layer in settings.layers():  # top first
        if layer.id() in pictures:
            pieces += [*_of_layers(settings, run), pictures[layer.id()]]
            run = []
        elif layer.id() in coarse:
            pieces += [*_of_layers(settings, run), _coarse_map(settings, layer)]
            run = []
        else:
            run.append(layer)
    pieces += _of_layers(settings, run)
    return pieces[::-1]


def _of_layers(settings: QgsMapSettings, layers: list[QgsMapLayer]) -> list[QgsMapSettings]:
    """Return what to draw of neighbouring layers in two threads, the upper part first.

    QGIS gives each layer a picture of its own where it draws several at a time, and laying
    two dozen of them over each other takes longer than to draw most. So the ground, up to the
    first layer with names, and what lies on it are drawn one layer after another, side by side.
    Names must know of each other, and what is mixed with the layers beneath must have them:
    such layers stay in the upper part, or nothing is parted.
    """
    lower = len(layers)
    while lower and not _has_names(layers[lower - 1]):
        lower -= 1
    mixed = any(_is_mixed(layer) for layer in layers[:lower])
    split = [layers] if mixed else [layers[:lower], layers[lower:]]
    return [_clear_map(settings, part) for part in split if part]


def _coarse_map(settings: QgsMapSettings, layer: QgsMapLayer) -> QgsMapSettings:
    part = _clear_map(settings, [layer])
    size = settings.outputSize()
    part.setOutputSize(QSize(max(size.width() // 2, 1), max(size.height() // 2, 1)))
    part.setOutputDpi(settings.outputDpi() / 2)
    part.setExtent(settings.visibleExtent())
    return part


def _large_rasters(settings: QgsMapSettings) -> set[str]:
    """Return the ids of rasters in sight whose cells each frame reads from their files."""
    seen = settings.visibleExtent()
    return {
        layer.id()
        for layer in settings.layers()
        if isinstance(layer, QgsRasterLayer)
        and layer.width() * layer.height() >= LARGE_CELLS
        and layer.isInScaleRange(settings.scale())
        and settings.layerExtentToOutputExtent(layer, layer.extent()).intersects(seen)
    }


def _clear_map(settings: QgsMapSettings, layers: list[QgsMapLayer]) -> QgsMapSettings:
    part = QgsMapSettings(settings)
    part.setLayers(layers)
    part.setBackgroundColor(QColor(0, 0, 0, 0))
    return part


def _has_names(layer: QgsMapLayer) -> bool:
    return isinstance(layer, QgsVectorLayer) and layer.labelsEnabled()


def _is_mixed(layer: QgsMapLayer) -> bool:
    normal = QPainter.CompositionMode.CompositionMode_SourceOver
    return bool(layer.blendMode() != normal)


def _pictures(held: MapProject, settings: QgsMapSettings) -> dict[str, Picture]:
    """Return what stands in for heavy layers."""
    layers = settings.layers()
    found = {layer.id(): held.screen_pictures.of(layer, settings) for layer in layers}
    return {name: picture for name, picture in found.items() if picture is not None}


class Drawing:
    """One map being drawn; answers its request when done.

    Parameters
    ----------
    held : MapProject
        What to draw.
    request : Request
        Whom to answer; its arguments name the shared-memory block or the file.
    finished : callable
        Told this when every thread has ended.
    """

    def __init__(
        self, held: MapProject, request: Request, finished: Callable[[Drawing], None]
    ) -> None:
        self.request = request
        self.cancelled = False
        self._held = held
        self._finished = finished
        self._began = perf_counter()
        self.settings = map_settings(held, request.args)
        mixed = any(_is_mixed(layer) for layer in self.settings.layers())
        self._with_pictures = bool(request.args.get("quick")) and not mixed
        pictures = _pictures(held, self.settings) if self._with_pictures else {}
        coarse = _large_rasters(self.settings) if self._with_pictures else set()
        self._is_exact = not pictures and not coarse
        self._pieces = [
            piece if isinstance(piece, Picture) else QgsMapRendererSequentialJob(piece)
            for piece in in_pieces(self.settings, pictures, coarse)
        ]
        self._jobs = [piece for piece in self._pieces if not isinstance(piece, Picture)]
        self._at_work = len(self._jobs)
        self.late = False
        self._probes: list[QgsMapRendererParallelJob] = []
        self._alarm = QTimer()
        self._alarm.setSingleShot(True)
        self._alarm.timeout.connect(self._on_alarm_timed_out)

    @property
    def may_want_pictures(self) -> bool:
        """Whether pictures that it lacked are of use to the next quick frame."""
        return self._with_pictures and not (self.cancelled or self.late)

    def start(self) -> None:
        """Begin in QGIS's threads."""
        self._alarm.start(int(1000 * ALARM_SHARE * self.request.timeout_s))
        for job in self._jobs:
            job.finished.connect(self._on_job_finished)
        for job in self._jobs:
            job.start()
        if not self._jobs:  # nothing but pictures, or nothing at all
            QTimer.singleShot(0, partial(self._finished, self))

    def cancel(self) -> None:
        """Stop without waiting."""
        self.cancelled = True
        for job in self._jobs:
            job.cancelWithoutBlocking()

    def stop(self) -> None:
        """Stop and wait until no thread touches a layer; for drawings to be done again."""
        self._alarm.stop()
        for job in (*self._jobs, *self._probes):
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
        image = self._laid_over()
        args = self.request.args
        if args.get("path"):
            save_image(image, Path(args["path"]))
        else:
            copy_image(image, args["block"])
        seen = self.settings.visibleExtent()
        errors = [error for job in self._jobs for error in job.errors()]
        self.request.answer(
            {
                "width": image.width(),
                "height": image.height(),
                "extent": [seen.xMinimum(), seen.yMinimum(), seen.xMaximum(), seen.yMaximum()],
                "scale": self.settings.scale(),
                "exact": self._is_exact,
                "seconds": perf_counter() - self._began,
                "errors": [f"{error.layerID}: {error.message}" for error in errors],
            }
        )

    def _laid_over(self) -> QImage:
        """Return the background with the pieces and the names over it."""
        image = QImage(self.settings.outputSize(), self.settings.outputImageFormat())
        image.fill(self.settings.backgroundColor())
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for piece in self._pieces:
            if isinstance(piece, Picture):
                piece.draw(painter, self.settings)
            else:
                painter.drawImage(image.rect(), piece.renderedImage())
        placed = [job.takeLabelingResults() for job in self._jobs]
        self._held.screen_names.draw(painter, placed, self.settings)
        painter.end()
        return image

    def _on_job_finished(self) -> None:
        self._at_work -= 1
        if not self._at_work:
            self._finished(self)

    def _on_alarm_timed_out(self) -> None:
        """Stop a drawing that takes too long, and find out which layers do not let go of it.

        A provider that hangs does not hear of the stop. So every layer is drawn once more, tiny
        and by itself: the other process ends this one soon, and blames those still at work.
        """
        if self.cancelled:
            return
        self.late = True
        for job in self._jobs:
            job.cancelWithoutBlocking()
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
        self._wanting: QgsMapSettings | None = None
        self._rest = QTimer()
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._on_rest)

    def start(self, request: Request) -> None:
        """Begin to draw; the answer follows when it is done or cancelled."""
        self._rest.stop()
        drawing = Drawing(self._held, request, self._on_drawing_finished)
        self._running[request.request_id] = drawing
        drawing.start()

    def cancel(self, request_id: int) -> None:
        """Stop a drawing without waiting for it; unknown ids are done already."""
        drawing = self._running.get(request_id)
        if drawing is not None:
            drawing.cancel()

    def interrupt(self) -> list[Request]:
        """Stop every drawing and wait until none touches a layer; returns those to do again."""
        stopped = list(self._running.values())
        self._running.clear()
        self._rest.stop()
        self._wanting = None
        self._held.screen_pictures.stop()
        for drawing in stopped:
            drawing.stop()
            if drawing.cancelled:
                drawing.request.answer({"cancelled": True})
        return [drawing.request for drawing in stopped if not drawing.cancelled]

    def _on_drawing_finished(self, drawing: Drawing) -> None:
        if self._running.pop(drawing.request.request_id, None) is not None:
            drawing.request.run(drawing.finish)
            drawing.stop()
            if drawing.may_want_pictures:
                self._wanting = drawing.settings
            if self._wanting is not None and not self._running:
                self._rest.start()

    def _on_rest(self) -> None:
        """Make the pictures that the last view lacked: beside it they would hold it up."""
        if self._wanting is not None:
            self._held.screen_pictures.make_next(self._wanting)
            self._wanting = None
