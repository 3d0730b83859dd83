"""Raster styles of the layer specification as QGIS renderers.

``ramp``: ``stops`` as [value, colour, label], ``interpolate`` (true: even between the stops,
false: steps up to each value), ``band``. ``classes``: ``classes`` as [value, colour, label];
values not listed stay clear. ``hillshade``: ``azimuth``, ``altitude``, ``exaggeration``,
``multidirectional``. Every raster style may hold ``resampling`` (nearest, bilinear, cubic;
hillshades are cubic where nothing is said, the others show their cells) and ``blend``
(multiply).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsColorRampLegendNodeSettings,
    QgsColorRampShader,
    QgsHillshadeRenderer,
    QgsPalettedRasterRenderer,
    QgsRasterLayer,
    QgsRasterRenderer,
    QgsRasterShader,
    QgsSingleBandPseudoColorRenderer,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QPainter

from layers.qgis.worker.colours import colour

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

METRES_PER_DEGREE = 111_320.0


def _legend_of(stops: Sequence[Sequence[Any]]) -> QgsColorRampLegendNodeSettings:
    """Return a lying gradient, with the words of the first and the last stop at its ends."""
    ends = [str(stop[2]) if len(stop) > 2 else f"{stop[0]:g}" for stop in (stops[0], stops[-1])]
    settings = QgsColorRampLegendNodeSettings()
    settings.setOrientation(Qt.Orientation.Horizontal)
    settings.setMinimumLabel(ends[0])
    settings.setMaximumLabel(ends[1])
    return settings


def ramp_shader(style: Mapping[str, Any]) -> QgsColorRampShader:
    """Return what gives a number its colour by the stops of a ramp.

    Raises
    ------
    KeyError, ValueError
        As `apply_style`.
    """
    smooth = bool(style.get("interpolate", True))
    stops = sorted(style["stops"], key=lambda stop: float(stop[0]))
    ramp = QgsColorRampShader(float(stops[0][0]), float(stops[-1][0]))
    ramp.setColorRampType(
        QgsColorRampShader.Type.Interpolated if smooth else QgsColorRampShader.Type.Discrete
    )
    ramp.setColorRampItemList(
        [
            QgsColorRampShader.ColorRampItem(
                float(stop[0]),
                colour(stop[1]),
                str(stop[2]) if len(stop) > 2 else f"{stop[0]:g}",
            )
            for stop in stops
        ]
    )
    ramp.setLegendSettings(_legend_of(stops))
    return ramp


def _ramp(layer: QgsRasterLayer, style: Mapping[str, Any]) -> QgsRasterRenderer:
    ramp = ramp_shader(style)
    shader = QgsRasterShader()
    shader.setRasterShaderFunction(ramp)
    renderer = QgsSingleBandPseudoColorRenderer(
        layer.dataProvider(), int(style.get("band", 1)), shader
    )
    renderer.setClassificationMin(ramp.minimumValue())
    renderer.setClassificationMax(ramp.maximumValue())
    return renderer


def _classes(layer: QgsRasterLayer, style: Mapping[str, Any]) -> QgsRasterRenderer:
    entries = [
        QgsPalettedRasterRenderer.Class(
            int(entry[0]), colour(entry[1]), str(entry[2]) if len(entry) > 2 else str(entry[0])
        )
        for entry in style["classes"]
    ]
    return QgsPalettedRasterRenderer(layer.dataProvider(), int(style.get("band", 1)), entries)


def _hillshade(layer: QgsRasterLayer, style: Mapping[str, Any]) -> QgsRasterRenderer:
    renderer = QgsHillshadeRenderer(
        layer.dataProvider(),
        int(style.get("band", 1)),
        float(style.get("azimuth", 315)),
        float(style.get("altitude", 45)),
    )
    factor = float(style.get("exaggeration", 1))
    if layer.crs().isGeographic():  # heights in metres on cells in degrees
        latitude = math.radians(layer.extent().center().y())
        factor /= METRES_PER_DEGREE * max(math.cos(latitude), 0.1)
    renderer.setZFactor(factor)
    renderer.setMultiDirectional(bool(style.get("multidirectional", False)))
    return renderer


def apply_style(layer: QgsRasterLayer, style: Mapping[str, Any]) -> None:
    """Give a raster layer the renderer of a style.

    Raises
    ------
    KeyError
        The style lacks a key that its type needs.
    ValueError
        A colour or a number cannot be read.
    """
    makers = {"ramp": _ramp, "classes": _classes, "hillshade": _hillshade}
    kind = style.get("type")
    if kind is not None:
        layer.setRenderer(makers[kind](layer, style))
    if style.get("blend") == "multiply":
        layer.setBlendMode(QPainter.CompositionMode.CompositionMode_Multiply)
