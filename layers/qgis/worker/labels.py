"""Labels of vector layers.

Keys: ``field``, ``size_pt``, ``color``, ``halo`` and ``halo_mm``, ``min_scale``, ``bold``,
``italic``, ``priority`` (0 to 10), ``placement`` (around, over, horizontal, curved, parallel;
chosen from the geometry where absent), ``language`` (picks the national form of shared
characters) and ``wrap`` (characters per line).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsPalLayerSettings,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsVectorLayerSimpleLabeling,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import Qt

from layers.qgis.worker import compat
from layers.qgis.worker.colours import colour
from layers.qgis.worker.fonts import font_for

if TYPE_CHECKING:
    from collections.abc import Mapping

PLACEMENTS = {
    "around": ("QgsPalLayerSettings.AroundPoint", "Qgis.LabelPlacement.AroundPoint"),
    "cartographic": (
        "QgsPalLayerSettings.OrderedPositionsAroundPoint",
        "Qgis.LabelPlacement.OrderedPositionsAroundPoint",
    ),
    "over": ("QgsPalLayerSettings.OverPoint", "Qgis.LabelPlacement.OverPoint"),
    "horizontal": ("QgsPalLayerSettings.Horizontal", "Qgis.LabelPlacement.Horizontal"),
    "curved": ("QgsPalLayerSettings.Curved", "Qgis.LabelPlacement.Curved"),
    "parallel": ("QgsPalLayerSettings.Line", "Qgis.LabelPlacement.Line"),
}
BY_GEOMETRY = {compat.POINT: "cartographic", compat.LINE: "curved"}
OTHERWISE = "over"
"""Trying places all over a polygon takes seconds where it is large: its middle is enough."""
ALONG_LINES = frozenset({"curved", "parallel"})
HALO_MM = 0.6
SAMPLE = "Aя鸭오"


def halo_width(spec: Mapping[str, Any]) -> float:
    """Return how far a halo reaches beyond its name in millimetres, 0 where there is none."""
    return float(spec.get("halo_mm", HALO_MM)) if spec.get("halo") else 0.0


def lies_flat(spec: Mapping[str, Any], geometry: QgsWkbTypes.GeometryType) -> bool:
    """Return whether names are written from left to right, not along lines."""
    return _placement(spec, geometry) not in ALONG_LINES


def _placement(spec: Mapping[str, Any], geometry: QgsWkbTypes.GeometryType) -> str:
    return str(spec.get("placement") or BY_GEOMETRY.get(geometry, OTHERWISE))


def text_format(spec: Mapping[str, Any]) -> QgsTextFormat:
    """Return type, colour and halo of a label."""
    written = QgsTextFormat()
    font = font_for(SAMPLE, str(spec.get("language", "")))
    font.setBold(bool(spec.get("bold", False)))
    font.setItalic(bool(spec.get("italic", False)))
    written.setFont(font)
    written.setSize(float(spec.get("size_pt", 8)))
    written.setSizeUnit(compat.POINTS)
    written.setColor(colour(str(spec.get("color", "#333333"))))
    if spec.get("halo"):
        halo = QgsTextBufferSettings()
        halo.setEnabled(True)
        halo.setSize(halo_width(spec))
        # Round corners would cost more than all the rest of the name.
        halo.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        halo.setSizeUnit(compat.MILLIMETRES)
        halo.setColor(colour(str(spec["halo"])))
        written.setBuffer(halo)
    return written


def make_labeling(
    spec: Mapping[str, Any], geometry: QgsWkbTypes.GeometryType
) -> QgsVectorLayerSimpleLabeling:
    """Return the labelling of a layer whose features have the given geometry type."""
    settings = QgsPalLayerSettings()
    settings.fieldName = str(spec["field"])
    settings.isExpression = False
    settings.setFormat(text_format(spec))
    settings.priority = int(spec.get("priority", 5))
    settings.placement = compat.first_of(*PLACEMENTS[_placement(spec, geometry)])
    if geometry == compat.POINT:
        settings.dist = float(spec.get("distance_mm", 1.0))
    if spec.get("wrap"):
        settings.autoWrapLength = int(spec["wrap"])
    if spec.get("min_scale"):
        settings.scaleVisibility = True
        settings.minimumScale = float(spec["min_scale"])
        settings.maximumScale = 0
    return QgsVectorLayerSimpleLabeling(settings)
