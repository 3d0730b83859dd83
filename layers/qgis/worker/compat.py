"""Names that moved between QGIS 3.22 and 4.x."""

from __future__ import annotations

import qgis.core


def first_of(*names: str) -> object:
    """Return the first of several dotted names that this QGIS knows.

    Raises
    ------
    AttributeError
        None of them exists.
    """
    for name in names:
        found: object | None = qgis.core
        for part in name.split("."):
            found = getattr(found, part, None)
            if found is None:
                break
        else:
            return found
    raise AttributeError(f"this QGIS knows none of {', '.join(names)}")


POINT = first_of("QgsWkbTypes.PointGeometry", "Qgis.GeometryType.Point")
LINE = first_of("QgsWkbTypes.LineGeometry", "Qgis.GeometryType.Line")
POLYGON = first_of("QgsWkbTypes.PolygonGeometry", "Qgis.GeometryType.Polygon")
MILLIMETRES = first_of("QgsUnitTypes.RenderMillimeters", "Qgis.RenderUnit.Millimeters")
POINTS = first_of("QgsUnitTypes.RenderPoints", "Qgis.RenderUnit.Points")
LAYOUT_MILLIMETRES = first_of("QgsUnitTypes.LayoutMillimeters", "Qgis.LayoutUnit.Millimeters")
SIMPLIFY_TO_PIXELS = first_of(
    "QgsMapSettings.UseRenderingOptimization", "Qgis.MapSettingsFlag.UseRenderingOptimization"
)
SMOOTH_EDGES = first_of("QgsRenderContext.Antialiasing", "Qgis.RenderContextFlag.Antialiasing")
DRAW_NAMES = first_of("QgsMapSettings.DrawLabeling", "Qgis.MapSettingsFlag.DrawLabeling")
