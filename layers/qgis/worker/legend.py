"""Legend entries as small pictures, drawn by the symbols of the map itself."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from qgis.PyQt.QtGui import QImage, QPainter

from layers.qgis.worker.colours import colour

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qgis.core import QgsMapLayer

    from layers.qgis.worker.project import MapProject


def _png(image: QImage) -> str:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return base64.b64encode(bytes(data)).decode()


def _block(text: str, size: QSize) -> QImage:
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.fillRect(2, 2, size.width() - 4, size.height() - 4, colour(text))
    painter.end()
    return image


def _entries(layer: QgsMapLayer, spec: Mapping[str, Any], size: QSize) -> list[dict[str, str]]:
    if spec["kind"] == "vector":
        return [
            {"label": item.label(), "png": _png(item.symbol().asImage(size))}
            for item in layer.renderer().legendSymbolItems()
            if item.symbol() is not None
        ]
    if spec["style"].get("type") == "qml":
        return [
            {"label": label, "png": _png(_block(shade.name(), size))}
            for label, shade in layer.renderer().legendSymbologyItems()
        ]
    style = spec["style"]
    return [
        {
            "label": str(entry[2]) if len(entry) > 2 else f"{entry[0]:g}",
            "png": _png(_block(entry[1], size)),
        }
        for entry in [*style.get("stops", []), *style.get("classes", [])]
    ]


def legend(held: MapProject, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the legend of the layers shown, topmost first."""
    size = QSize(int(args["width_px"]), int(args["height_px"]))
    return [
        {
            "layer_id": layer_id,
            "name": held.layer(layer_id).name(),
            "entries": _entries(held.layer(layer_id), held.spec(layer_id), size),
        }
        for layer_id in reversed(held.shown(args.get("layer_ids")))
    ]
