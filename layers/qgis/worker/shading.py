"""Hills as they are drawn on the screen: shaded once, so that a frame takes little time.

Shading heights and bringing the shades into the CRS of the map takes most of the time of a
frame, and comes to the same every time. The shades made here are grey, one byte a cell, in the
CRS of the map, held in memory. They are drawn on the screen only; sheets and the exported
project have the layer itself.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qgis.core import QgsBilinearRasterResampler, QgsRasterLayer, QgsSingleBandGrayRenderer

from layers.qgis.worker.raster_symbology import METRES_PER_DEGREE

if TYPE_CHECKING:
    from types import ModuleType

    from qgis.core import QgsCoordinateReferenceSystem

Spec = Mapping[str, Any]

MOST_CELLS = 6_000_000
"""Cells of the shades, at most; larger rasters of heights are shaded by each frame."""
FINER = 4
"""Cells of the shades along one cell of the heights."""
OVERVIEWS = (2, 4, 8, 16)


@dataclass
class Shades:
    """Shades that can be drawn, with what they were made from."""

    layer: QgsRasterLayer | None
    made_from: tuple[object, ...]
    path: str


class ShadedHills:
    """The shades of a map's layers of heights, made when they are first drawn."""

    def __init__(self) -> None:
        self._held: dict[str, Shades] = {}
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
            Its shades; the layer itself where it shows no hills, is too large, or the GDAL
            bindings of this QGIS are missing.
        """
        if spec["style"].get("type") != "hillshade":
            return layer
        name = str(spec["layer_id"])
        made_from = (id(layer), repr(spec["style"]), crs.toWkt())
        held = self._held.get(name)
        if held is None or held.made_from != made_from:
            self._forget(name)
            held = self._held[name] = self._make(layer, spec, crs)
            held.made_from = made_from
        if held.layer is None:
            return layer
        held.layer.setOpacity(layer.opacity())
        held.layer.setBlendMode(layer.blendMode())
        return held.layer

    def keep(self, layer_ids: set[str]) -> None:
        """Forget the shades of all other layers."""
        for name in set(self._held) - layer_ids:
            self._forget(name)

    def _forget(self, name: str) -> None:
        held = self._held.pop(name, None)
        if held is not None and held.layer is not None:
            held.layer = None
            importlib.import_module("osgeo.gdal").Unlink(held.path)

    def _make(
        self, layer: QgsRasterLayer, spec: Spec, crs: QgsCoordinateReferenceSystem
    ) -> Shades:
        self._count += 1
        path = f"/vsimem/landbridge_shades_{self._count}.tif"
        nothing = Shades(None, (), path)
        source = str(spec["source"]).split("|", maxsplit=1)[0]
        try:
            gdal = importlib.import_module("osgeo.gdal")
        except ImportError:
            return nothing
        gdal.UseExceptions()
        try:
            if not _write_shades(gdal, source, spec["style"], (crs.toWkt(), path)):
                return nothing
        except RuntimeError:  # drawing the layer itself tells what is wrong with it
            return nothing
        options = QgsRasterLayer.LayerOptions(loadDefaultStyle=False)
        made = QgsRasterLayer(path, layer.name(), "gdal", options)
        if not made.isValid():
            return nothing
        made.setCrs(crs)  # as read from the file it would count as another one
        made.setRenderer(QgsSingleBandGrayRenderer(made.dataProvider(), 1))
        made.resampleFilter().setZoomedInResampler(QgsBilinearRasterResampler())
        return Shades(made, (), path)


def _write_shades(gdal: ModuleType, source: str, style: Spec, target: tuple[str, str]) -> bool:
    """Write the shades of heights as grey values; False where there would be too many."""
    heights = gdal.Open(source)
    cells = heights.RasterXSize * heights.RasterYSize
    if cells > MOST_CELLS:
        return False
    finer = max(1, min(FINER, math.isqrt(MOST_CELLS // cells)))
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
