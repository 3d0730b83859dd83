"""Pictures of heavy vector layers, for frames that must come while the hand moves.

Ten thousand polygons take longer to draw than a frame may. So such a layer is drawn once, in
the background and wider than the view, and frames that are asked to be quick show that
picture, larger or smaller as the view has it: everything is where it belongs, lines may be
somewhat too bold or too fine, and the names of the layer are missing. Frames that are asked to
be exact, sheets and the exported project have the layer itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from qgis.core import (
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QImage, QPainter

from layers.qgis.worker import compat

if TYPE_CHECKING:
    from qgis.core import QgsCoordinateReferenceSystem, QgsMapLayer

ID_PROPERTY = "landbridge/id"
"""Property of a layer that holds the id by which the program knows it."""

HEAVY_MS = 15.0
"""Time that a layer may take in a frame before a picture stands in for it."""
FEATURE_MS = 0.008
CORNER_MS = 0.0002
POINT_MS = 0.004
"""What a feature, each of its corners and a point take to draw, as measured on one core."""
SAMPLE = 100
MOST_PIXELS = 6_000_000
"""Pixels of a picture; 24 MB, and a third more for the smaller ones made from it."""
MOST_PICTURES = 4
WIDER = 2.0
"""Sides of a picture, of those of the view it was made for, at most."""
FINER = 2.0
"""Pixels of a picture along one of the view it was made for, at most."""
SLACK = 1.01
"""A picture may be this much coarser than the view."""
SHORT_PX = 0.01
"""So much of a view may be beyond its picture: sums of fractions are not exact."""
EDGE_PX = 16
"""Beyond the layer's own extent, for what its symbols stick out."""


@dataclass(eq=False)
class Picture:
    """A layer as drawn once.

    Parameters
    ----------
    image : QImage
        The picture.
    extent : QgsRectangle
        What it shows.
    crs : QgsCoordinateReferenceSystem
        CRS of the map.
    """

    image: QImage
    extent: QgsRectangle
    crs: QgsCoordinateReferenceSystem
    smaller: list[QImage] = field(default_factory=list)

    @property
    def resolution(self) -> float:
        """Width of a pixel in units of the map."""
        return float(self.extent.width() / self.image.width())

    def draw(self, painter: QPainter, settings: QgsMapSettings) -> None:
        """Lay the picture where it belongs in a view."""
        view = settings.visibleExtent()
        unit = settings.mapUnitsPerPixel()
        target = QRectF(
            (self.extent.xMinimum() - view.xMinimum()) / unit,
            (view.yMaximum() - self.extent.yMaximum()) / unit,
            self.extent.width() / unit,
            self.extent.height() / unit,
        )
        image = self._near(target.width())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        shown = target.intersected(
            QRectF(0, 0, settings.outputSize().width(), settings.outputSize().height())
        )
        if shown.isEmpty():
            return
        across, down = image.width() / target.width(), image.height() / target.height()
        source = QRectF(
            (shown.x() - target.x()) * across,
            (shown.y() - target.y()) * down,
            shown.width() * across,
            shown.height() * down,
        )
        painter.drawImage(shown, image, source)

    def _near(self, width: float) -> QImage:
        """Return the picture, halved until it has at most twice the width given."""
        image = self.image
        level = 0
        while image.width() > 2 * width and min(image.width(), image.height()) > 2:
            if level == len(self.smaller):
                half = QSize(image.width() // 2, image.height() // 2)
                keep = Qt.AspectRatioMode.IgnoreAspectRatio
                smooth = Qt.TransformationMode.SmoothTransformation
                self.smaller.append(image.scaled(half, keep, smooth))
            image = self.smaller[level]
            level += 1
        return image


class ScreenPictures:
    """The pictures of a map's heavy layers, made behind the frames that lacked them."""

    def __init__(self) -> None:
        self._weights: dict[str, float] = {}
        self._held: list[tuple[str, Picture]] = []
        self._making: QgsMapRendererSequentialJob | None = None

    def forget(self, layer_id: str) -> None:
        """Forget what was made of a layer, because it looks or is different now."""
        self._held = [(name, picture) for name, picture in self._held if name != layer_id]
        self._weights.pop(layer_id, None)

    def stop(self) -> None:
        """Let go of every layer: no picture is being made when this returns."""
        if self._making is not None:
            self._making.blockSignals(True)
            self._making.cancel()
            self._making = None

    def of(self, layer: QgsMapLayer, settings: QgsMapSettings) -> Picture | None:
        """Return the picture to show for a layer in a view; None to draw the layer itself.

        Parameters
        ----------
        layer : QgsMapLayer
            A layer that bears its id, or what stands in for it.
        settings : QgsMapSettings
            The view.
        """
        if not self._is_heavy(layer, settings):
            return None
        unit = settings.mapUnitsPerPixel()
        wanted = _in_map(layer, settings).intersect(settings.visibleExtent())
        fitting = [
            held
            for held in self._held
            if held[0] == _id_of(layer)
            and held[1].crs == settings.destinationCrs()
            and held[1].extent.buffered(SHORT_PX * unit).contains(wanted)
            and held[1].resolution <= unit * SLACK
        ]
        if not fitting:
            return None
        best = max(fitting, key=lambda held: held[1].resolution)
        self._held.remove(best)
        self._held.append(best)  # the one used last is forgotten last
        return best[1]

    def make_next(self, settings: QgsMapSettings) -> None:
        """Begin to make a picture that a view lacks, in a thread of QGIS; others follow it.

        A view with more heavy layers than pictures are kept has some of them drawn themselves.

        Parameters
        ----------
        settings : QgsMapSettings
            The view with its layers.
        """
        if self._making is not None or len(self._in_use(settings)) >= MOST_PICTURES:
            return
        for layer in settings.layers():
            if self._is_heavy(layer, settings) and self.of(layer, settings) is None:
                self._making = QgsMapRendererSequentialJob(_picture_settings(layer, settings))
                self._making.finished.connect(
                    partial(self._on_picture_made, _id_of(layer), settings)
                )
                self._making.start()
                return

    def _on_picture_made(self, layer_id: str, settings: QgsMapSettings) -> None:
        job, self._making = self._making, None
        if job is None:
            return
        made = job.mapSettings()
        picture = Picture(job.renderedImage(), made.visibleExtent(), made.destinationCrs())
        self._held.append((layer_id, picture))
        if len(self._held) > MOST_PICTURES:
            self._held.remove(self._least_useful(settings))
        if self._covers(layer_id, settings):
            self.make_next(settings)

    def _in_use(self, settings: QgsMapSettings) -> list[Picture]:
        """Return the pictures that a view shows."""
        found = (self.of(layer, settings) for layer in settings.layers())
        return [picture for picture in found if picture is not None]

    def _least_useful(self, settings: QgsMapSettings) -> tuple[str, Picture]:
        """Return what was used longest ago and a view does not show.

        The widest picture of each layer stays if it can.
        """
        widest: dict[str, float] = {}
        for name, picture in self._held:
            widest[name] = max(widest.get(name, 0.0), picture.extent.width())
        in_use = self._in_use(settings)
        others = [held for held in self._held if held[1] not in in_use]
        spare = [held for held in others if held[1].extent.width() < widest[held[0]]]
        return (spare or others)[0]

    def _covers(self, layer_id: str, settings: QgsMapSettings) -> bool:
        """Return whether the picture of a layer is the one that a view lacked."""
        layers = (layer for layer in settings.layers() if _id_of(layer) == layer_id)
        return any(self.of(layer, settings) is not None for layer in layers)

    def _is_heavy(self, layer: QgsMapLayer, settings: QgsMapSettings) -> bool:
        """Return whether a layer takes long to draw in a view, by what is known of it."""
        if (
            not isinstance(layer, QgsVectorLayer)
            or layer.providerType() != "ogr"  # a server is not asked for more than a view
            or not layer.isInScaleRange(settings.scale())
            or layer.blendMode() != QPainter.CompositionMode.CompositionMode_SourceOver
        ):
            return False
        weight = self._weight(layer)
        if weight < HEAVY_MS:
            return False
        extent = _in_map(layer, settings)
        seen = extent.intersect(settings.visibleExtent())
        area = extent.width() * extent.height()
        share = seen.width() * seen.height() / area if area > 0 else 1.0
        return bool(weight * share >= HEAVY_MS)

    def _weight(self, layer: QgsVectorLayer) -> float:
        name = _id_of(layer)
        if name not in self._weights:
            self._weights[name] = weight_ms(layer)
        return self._weights[name]


def _id_of(layer: QgsMapLayer) -> str:
    return str(layer.customProperty(ID_PROPERTY))


def weight_ms(layer: QgsVectorLayer) -> float:
    """Return how long a whole layer takes to draw, judged by its first features."""
    count = layer.featureCount()
    if count <= 0:
        return 0.0
    if layer.geometryType() == compat.POINT:
        return float(count * POINT_MS)
    corners = [
        feature.geometry().constGet().nCoordinates() if feature.hasGeometry() else 0
        for feature in islice(layer.getFeatures(), SAMPLE)
    ]
    mean = sum(corners) / max(len(corners), 1)
    return float(count * (FEATURE_MS + mean * CORNER_MS))


def _in_map(layer: QgsMapLayer, settings: QgsMapSettings) -> QgsRectangle:
    """Return the extent of a layer in the CRS of the map."""
    return settings.layerExtentToOutputExtent(layer, layer.extent())


def _picture_settings(layer: QgsMapLayer, settings: QgsMapSettings) -> QgsMapSettings:
    """Return how to draw the picture of a layer for a view and what lies around it."""
    unit = settings.mapUnitsPerPixel()
    size = settings.outputSize()
    room = math.sqrt(MOST_PIXELS / (size.width() * size.height()))
    around = QgsRectangle(settings.visibleExtent())
    around.scale(min(max(room, 1.0), WIDER))
    extent = _in_map(layer, settings).buffered(EDGE_PX * unit).intersect(around)
    finest = math.sqrt(extent.width() * extent.height() / MOST_PIXELS)
    resolution = min(max(unit / FINER, finest), unit)
    size = QSize(
        max(1, round(extent.width() / resolution)), max(1, round(extent.height() / resolution))
    )
    wide = QgsMapSettings(settings)
    wide.setLayers([layer])
    wide.setBackgroundColor(QColor(0, 0, 0, 0))
    wide.setFlag(compat.DRAW_NAMES, False)
    wide.setOutputSize(size)
    wide.setOutputDpi(settings.outputDpi() * unit / resolution)
    wide.setExtent(extent)
    return wide
