"""Features chosen by expression or place, and their outlines for the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeature,
    QgsFeatureRequest,
    QgsGeometry,
    QgsPointXY,
    QgsRectangle,
    QgsVectorLayer,
)

from layers.qgis.worker import expressions
from layers.qgis.worker.tables import features, matching, vector

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from layers.qgis.worker.project import MapProject

MOST_OUTLINES = 20_000
MOST_CORNERS = 200_000
MOST_CHOSEN = 1_000_000
SHARE_OF_EXTENT = 1_000


def select(held: MapProject, args: Mapping[str, Any]) -> list[int]:
    """Return the features that meet an expression and touch a box and a polygon."""
    layer = vector(held, args["layer_id"])
    request = QgsFeatureRequest()
    area = _area(held, layer, args)
    meets = None
    if args["expression"].strip():
        meets = matching(layer, expressions.checked(args["expression"]))
    engine = None
    if area is not None:
        request.setFilterRect(area.boundingBox())
        engine = QgsGeometry.createGeometryEngine(area.constGet())
        engine.prepareGeometry()
    found: list[int] = []
    for feature in features(layer, request):
        if engine is not None and not _touches(engine, feature):
            continue
        if meets is not None and not meets(feature):
            continue
        found.append(feature.id())
        if len(found) > MOST_CHOSEN:
            raise ValueError(
                f"More than {MOST_CHOSEN:,} features of {layer.name()} were met; choose fewer."
            )
    return found


def _touches(engine: Any, feature: QgsFeature) -> bool:  # noqa: ANN401 - of no public class
    shape = feature.geometry()
    return not shape.isNull() and bool(engine.intersects(shape.constGet()))


def _area(
    held: MapProject, layer: QgsVectorLayer, args: Mapping[str, Any]
) -> QgsGeometry | None:
    """Return the place to choose from in the CRS of the layer; None for everywhere."""
    area = None
    if args["extent"] is not None:
        area = QgsGeometry.fromRect(QgsRectangle(*args["extent"]))
    if args["polygon"] is not None:
        ring = [QgsPointXY(float(x), float(y)) for x, y in args["polygon"]]
        polygon = QgsGeometry.fromPolygonXY([ring])
        if not polygon.isGeosValid():
            polygon = polygon.makeValid()
        area = polygon if area is None else area.intersection(polygon)
    if area is None:
        return None
    into = QgsCoordinateTransform(held.project.crs(), layer.crs(), held.project)
    try:
        area.transform(into)
    except QgsCsException as error:
        raise ValueError(
            f"The place lies outside what the coordinate system of {layer.name()} can tell."
        ) from error
    return area


def _chosen(held: MapProject, args: Mapping[str, Any], most: int) -> Iterator[QgsGeometry]:
    """Yield the shapes of features in the CRS of the map."""
    layer = vector(held, args["layer_id"])
    fids: Sequence[int] = args["fids"][:most]
    request = QgsFeatureRequest().setFilterFids(list(fids))
    into = QgsCoordinateTransform(layer.crs(), held.project.crs(), held.project)
    for feature in features(layer, request):
        shape = feature.geometry()
        if shape.isNull() or shape.isEmpty():
            continue
        try:
            shape.transform(into)
        except QgsCsException:
            continue  # it lies where the map has no place for it
        yield shape


def outline(held: MapProject, args: Mapping[str, Any]) -> list[str]:
    """Return features as WKB in hexadecimal, simplified until they are light to draw."""
    shapes = list(_chosen(held, args, MOST_OUTLINES))
    if not shapes:
        return []
    tolerance = float(args["tolerance"]) or _default_tolerance(shapes)
    while True:
        simple = [_simplified(shape, tolerance) for shape in shapes]
        corners = sum(shape.constGet().nCoordinates() for shape in simple)
        if corners <= MOST_CORNERS or tolerance <= 0 or corners <= 5 * len(shapes):
            return [bytes(shape.asWkb()).hex() for shape in simple]
        tolerance *= 2


def _default_tolerance(shapes: Sequence[QgsGeometry]) -> float:
    box = _box(shapes)
    return float(max(box.width(), box.height())) / SHARE_OF_EXTENT


def _simplified(shape: QgsGeometry, tolerance: float) -> QgsGeometry:
    simple = shape.simplify(tolerance) if tolerance > 0 else shape
    if simple.isNull() or simple.isEmpty():  # smaller than the tolerance
        return QgsGeometry.fromRect(shape.boundingBox())
    return simple


def _box(shapes: Sequence[QgsGeometry]) -> QgsRectangle:
    box = QgsRectangle(shapes[0].boundingBox())
    for shape in shapes[1:]:
        box.combineExtentWith(shape.boundingBox())
    return box


def features_extent(held: MapProject, args: Mapping[str, Any]) -> list[float] | None:
    """Return the extent of features in the CRS of the map; None where they have none."""
    shapes = list(_chosen(held, args, MOST_CHOSEN))
    if not shapes:
        return None
    box = _box(shapes)
    return [box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()]
