"""Rasters as they are drawn on the screen: prepared once, so that a frame takes little time.

Shading heights, bringing them into the CRS of the map and looking up the colour of
floating-point numbers takes most of the time of a frame, and comes to the same every time. The
copies made here have one byte a cell and a colour for each of its values, and are held in
memory. They are drawn on the screen only; sheets and the exported project have the layer
itself.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from qgis.core import (
    QgsBilinearRasterResampler,
    QgsColorRampShader,
    QgsPalettedRasterRenderer,
    QgsRasterLayer,
)
from qgis.PyQt.QtGui import QColor, QPainter

from layers.qgis.worker.raster_symbology import METRES_PER_DEGREE, ramp_shader

if TYPE_CHECKING:
    from types import ModuleType

    from qgis.core import QgsCoordinateReferenceSystem

Spec = Mapping[str, Any]

MOST_SHADES = 6_000_000
"""Cells of shades, at most; larger rasters of heights are shaded by each frame."""
MOST_STEPS = 16_000_000
"""Cells of a ramp's copy, at most; the overviews of larger rasters keep them quick."""
FINER = 4
"""Cells of the shades along one cell of the heights."""
STEPS = 250
"""Colours of a ramp; two that are neighbours look the same."""
NOTHING = 255
"""Value of a cell of a ramp that holds no number."""
OVERVIEWS = (2, 4, 8, 16)


@dataclass
class Copy:
    """A copy to draw, None where there is none, with what it was made from."""

    layer: QgsRasterLayer | None
    made_from: tuple[object, ...]
    path: str


class ScreenRasters:
    """The copies of a map's rasters, made when they are first drawn."""

    def __init__(self) -> None:
        self._held: dict[str, Copy] = {}
        self._count = 0

    def of(
        self, layer: QgsRasterLayer, spec: Spec, crs: QgsCoordinateReferenceSystem
    ) -> QgsRasterLayer:
        """Return what to draw on the screen for a raster layer.

        Parameters
        ----------
        layer : QgsRasterLayer
            The layer.
        spec : mapping
            Its specification.
        crs : QgsCoordinateReferenceSystem
            CRS of the map.

        Returns
        -------
        QgsRasterLayer
            Its copy; the layer itself where its style needs none, it is too large, or the GDAL
            bindings of this QGIS are missing.
        """
        if spec["style"].get("type") not in {"hillshade", "ramp"}:
            return layer
        name = str(spec["layer_id"])
        made_from = (layer.id(), repr(spec["style"]), layer.opacity(), crs.toWkt())
        held = self._held.get(name)
        if held is None or held.made_from != made_from:
            self._forget(name)
            held = self._held[name] = self._make(layer, spec, crs)
            held.made_from = made_from
        return layer if held.layer is None else held.layer

    def keep(self, layer_ids: set[str]) -> None:
        """Forget the copies of all other layers."""
        for name in set(self._held) - layer_ids:
            self._forget(name)

    def _forget(self, name: str) -> None:
        held = self._held.pop(name, None)
        if held is not None and held.layer is not None:
            held.layer = None
            importlib.import_module("osgeo.gdal").Unlink(held.path)

    def _make(
        self, layer: QgsRasterLayer, spec: Spec, crs: QgsCoordinateReferenceSystem
    ) -> Copy:
        self._count += 1
        path = f"/vsimem/landbridge_screen_{self._count}.tif"
        nothing = Copy(None, (), path)
        style = spec["style"]
        shaded = style["type"] == "hillshade"
        source = str(spec["source"]).split("|", maxsplit=1)[0]
        try:
            gdal = importlib.import_module("osgeo.gdal")
        except ImportError:
            return nothing
        gdal.UseExceptions()
        try:
            if shaded:
                made = _write_shades(gdal, source, style, (crs.toWkt(), path))
            else:
                made = layer.crs() == crs and _write_steps(gdal, source, style, path)
        except RuntimeError:  # drawing the layer itself tells what is wrong with it
            return nothing
        if not made:
            return nothing
        options = QgsRasterLayer.LayerOptions(loadDefaultStyle=False)
        copy = QgsRasterLayer(path, layer.name(), "gdal", options)
        if not copy.isValid():
            return nothing
        copy.setCrs(crs)  # as read from the file it would count as another one
        colours = _greys(style) if shaded else _colours(style)
        entries = [
            QgsPalettedRasterRenderer.Class(value, _clearer(shade, layer.opacity()), "")
            for value, shade in enumerate(colours)
        ]
        copy.setRenderer(QgsPalettedRasterRenderer(copy.dataProvider(), 1, entries))
        if shaded:
            copy.resampleFilter().setZoomedInResampler(QgsBilinearRasterResampler())
        elif style.get("blend") == "multiply":
            copy.setBlendMode(QPainter.CompositionMode.CompositionMode_Multiply)
        return Copy(copy, (), path)


def _write_shades(gdal: ModuleType, source: str, style: Spec, target: tuple[str, str]) -> bool:
    """Write the shades of heights as grey values; False where there would be too many."""
    heights = gdal.Open(source)
    cells = heights.RasterXSize * heights.RasterYSize
    if cells > MOST_SHADES:
        return False
    finer = max(1, min(FINER, math.isqrt(MOST_SHADES // cells)))
    fine = gdal.Translate(
        "",
        heights,
        format="VRT",
        width=heights.RasterXSize * finer,
        height=heights.RasterYSize * finer,
        resampleAlg=str(style.get("resampling", "cubic")),
    )
    reference, place = heights.GetSpatialRef(), heights.GetGeoTransform()
    across, down = heights.RasterXSize / 2, heights.RasterYSize / 2
    in_degrees = reference is not None and reference.IsGeographic()
    middle = place[3] + across * place[4] + down * place[5]
    several = bool(style.get("multidirectional", False))
    shades = gdal.DEMProcessing(
        "",
        fine,
        "hillshade",
        format="MEM",
        band=int(style.get("band", 1)),
        computeEdges=True,
        scale=_metres_per_degree(middle) if in_degrees else 1.0,
        zFactor=float(style.get("exaggeration", 1)),
        altitude=float(style.get("altitude", 45)),
        multiDirectional=several,
        **({} if several else {"azimuth": float(style.get("azimuth", 315))}),
    )
    wkt, path = target
    gdal.Warp(
        path,
        shades,
        dstSRS=wkt,
        resampleAlg="bilinear",
        dstNodata=0,
        creationOptions=["TILED=YES"],
    )
    gdal.Open(path, gdal.GA_Update).BuildOverviews("AVERAGE", list(OVERVIEWS))
    return True


def _metres_per_degree(latitude: float) -> float:
    return METRES_PER_DEGREE * max(math.cos(math.radians(latitude)), 0.1)


def _write_steps(gdal: ModuleType, source: str, style: Spec, path: str) -> bool:
    """Write the step of the ramp that each cell is on; False where there would be too many."""
    raster = gdal.Open(source)
    low, high = _ends(style)
    if raster.RasterXSize * raster.RasterYSize > MOST_STEPS or high <= low:
        return False
    band = raster.GetRasterBand(int(style.get("band", 1)))
    values = band.ReadAsArray().astype(np.float64)
    empty = band.GetNoDataValue()
    gone = ~np.isfinite(values)
    if empty is not None and math.isfinite(empty):
        gone |= values == empty
    if not style.get("interpolate", True):
        gone |= values > high
    filled = np.clip(np.where(gone, low, values), low, high)
    steps = np.rint((filled - low) / (high - low) * STEPS).astype(np.uint8)
    steps[gone] = NOTHING
    made = gdal.GetDriverByName("GTiff").Create(
        path, raster.RasterXSize, raster.RasterYSize, 1, gdal.GDT_Byte, ["TILED=YES"]
    )
    made.SetGeoTransform(raster.GetGeoTransform())
    made.SetSpatialRef(raster.GetSpatialRef())
    made.GetRasterBand(1).WriteArray(steps)
    made.GetRasterBand(1).SetNoDataValue(NOTHING)
    made.BuildOverviews("NEAREST", list(OVERVIEWS))
    return True


def _clearer(shade: QColor, opacity: float) -> QColor:
    """Return a colour with the opacity of its layer, which is dearer to apply to a picture."""
    made = QColor(shade)
    made.setAlphaF(shade.alphaF() * opacity)
    return made


def _ends(style: Spec) -> tuple[float, float]:
    values = [float(stop[0]) for stop in style["stops"]]
    return min(values), max(values)


def _greys(style: Spec) -> list[QColor]:
    """Return the colour of each shade.

    To multiply by a grey is to lay black over it that is as clear as the grey is light, which
    takes a fraction of the time.
    """
    if style.get("blend") == "multiply":
        return [QColor(0, 0, 0, 255 - grey) for grey in range(256)]
    return [QColor(grey, grey, grey) for grey in range(256)]


def _colours(style: Spec) -> list[QColor]:
    """Return the colour of each step, as the ramp itself would draw it."""
    low, high = _ends(style)
    ramp: QgsColorRampShader = ramp_shader(style)
    drawn = []
    for step in range(STEPS + 1):
        known, *parts = ramp.shade(low + (high - low) * step / STEPS)
        drawn.append(QColor(*parts) if known else QColor(0, 0, 0, 0))
    return drawn
