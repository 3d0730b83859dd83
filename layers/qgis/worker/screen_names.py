"""Names on the map of the screen: placed by QGIS in every frame, drawn once and kept.

To draw the outline of a name and the halo around it takes a hundred times as long as to lay
the picture of it on the map, and a map of a whole region has dozens. So the stand-in of a layer
has its names placed without ink, and they are laid where QGIS put them. Names along lines,
and those of a style from a file, are drawn by QGIS itself, and so are all on sheets and in the
exported project.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsPalLabeling,
    QgsRenderContext,
    QgsTextBufferSettings,
    QgsTextRenderer,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtCore import QPointF
from qgis.PyQt.QtGui import QImage, QPainter

from layers.qgis.worker import compat
from layers.qgis.worker.labels import halo_width, lies_flat, make_labeling, text_format

if TYPE_CHECKING:
    from qgis.core import QgsLabelingResults, QgsMapSettings

Spec = Mapping[str, Any]

MOST_PICTURES = 4_000
"""Names kept as pictures; some 30 MB."""
EDGE_PX = 2
"""Kept free around the halo, for what its corners stick out."""
MM_PER_INCH = 25.4


@dataclass
class StandIn:
    """A layer for the screen, with what it was made from."""

    layer: QgsVectorLayer
    made_from: tuple[object, ...]
    labels: Spec


class ScreenNames:
    """Stand-ins of a map's layers with names, and the pictures of the names."""

    def __init__(self) -> None:
        self._held: dict[str, StandIn] = {}
        self._pictures: OrderedDict[tuple[str, str, float], QImage] = OrderedDict()

    def of(self, layer: QgsVectorLayer, spec: Spec) -> QgsVectorLayer:
        """Return what to draw on the screen for a vector layer.

        Parameters
        ----------
        layer : QgsVectorLayer
            The layer.
        spec : mapping
            Its specification.

        Returns
        -------
        QgsVectorLayer
            A stand-in whose names are placed and not seen; the layer itself where its names are
            drawn by QGIS, it has none, or it comes from a server, which is not asked twice.
        """
        labels = spec["style"].get("labels")
        by_qml = spec["style"].get("type") == "qml"
        served = layer.providerType() != "ogr"
        if by_qml or served or not labels or not lies_flat(labels, layer.geometryType()):
            return layer
        name = str(spec["layer_id"])
        made_from = (layer.id(), repr(spec["style"]), layer.opacity(), layer.subsetString())
        held = self._held.get(name)
        if held is None or held.made_from != made_from:
            self._held[name] = held = StandIn(_without_ink(layer, labels), made_from, labels)
        return held.layer

    def keep(self, layer_ids: set[str]) -> None:
        """Forget the stand-ins of all other layers."""
        for name in set(self._held) - layer_ids:
            del self._held[name]

    def draw(
        self,
        painter: QPainter,
        placed: Iterable[QgsLabelingResults | None],
        settings: QgsMapSettings,
    ) -> None:
        """Lay the names of the stand-ins on a map.

        Parameters
        ----------
        painter : QPainter
            Paints on the picture of the map.
        placed : iterable of QgsLabelingResults
            Where QGIS put names; None where it had none to put.
        settings : QgsMapSettings
            What the map shows.
        """
        labels = {held.layer.id(): held.labels for held in self._held.values()}
        to_pixel = settings.mapToPixel()
        for results in placed:
            if results is None:
                continue
            for position in results.labelsWithinRect(settings.visibleExtent()):
                spec = labels.get(position.layerID)
                if spec is None or position.isUnplaced or not position.labelText:
                    continue
                picture = self._picture(spec, position.labelText, settings.outputDpi())
                corners = [to_pixel.transform(corner) for corner in position.cornerPoints]
                middle_x = sum(corner.x() for corner in corners) / len(corners)
                middle_y = sum(corner.y() for corner in corners) / len(corners)
                painter.drawImage(
                    round(middle_x - picture.width() / 2),
                    round(middle_y - picture.height() / 2),
                    picture,
                )

    def _picture(self, spec: Spec, text: str, dpi: float) -> QImage:
        key = (repr(spec), text, dpi)
        picture = self._pictures.get(key)
        if picture is None:
            picture = self._pictures[key] = _drawn(spec, text, dpi)
            if len(self._pictures) > MOST_PICTURES:
                self._pictures.popitem(last=False)
        self._pictures.move_to_end(key)
        return picture


def _without_ink(layer: QgsVectorLayer, labels: Spec) -> QgsVectorLayer:
    stand_in = layer.clone()
    settings = make_labeling(labels, layer.geometryType()).settings()
    written = settings.format()
    written.setBuffer(QgsTextBufferSettings())
    written.setOpacity(0)
    settings.setFormat(written)
    stand_in.setLabeling(QgsVectorLayerSimpleLabeling(settings))
    return stand_in


def _drawn(spec: Spec, text: str, dpi: float) -> QImage:
    """Return a picture of a name with its halo; its block of text is in the middle."""
    written = text_format(spec)
    lines = QgsPalLabeling.splitToLines(text, "", int(spec.get("wrap") or 0), True)
    context = QgsRenderContext()
    context.setScaleFactor(dpi / MM_PER_INCH)
    metrics = QgsTextRenderer.fontMetrics(context, written)
    width = QgsTextRenderer.textWidth(context, written, lines)
    edge = halo_width(spec) * dpi / MM_PER_INCH + EDGE_PX
    high = metrics.height() * len(lines)
    form = QImage.Format.Format_ARGB32_Premultiplied
    picture = QImage(round(width + 2 * edge), round(high + 2 * edge), form)
    picture.fill(0)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    context.setPainter(painter)
    context.setFlag(compat.SMOOTH_EDGES, True)
    baseline = picture.height() / 2 + high / 2 - metrics.descent() + 1  # as QGIS has it
    for number, line in enumerate(reversed(lines)):
        left = (picture.width() - QgsTextRenderer.textWidth(context, written, [line])) / 2
        place = QPointF(left, baseline - number * metrics.height())
        QgsTextRenderer.drawText(place, 0, QgsTextRenderer.AlignLeft, [line], context, written)
    painter.end()
    return picture
