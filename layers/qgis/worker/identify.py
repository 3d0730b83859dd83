"""What lies under a point of the map."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateTransform,
    QgsFeatureRequest,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRaster,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)

from layers.qgis.worker import compat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.qgis.worker.project import MapProject

LIMIT_PER_LAYER = 20


def plain(value: object) -> bool | int | str | float | None:
    """Return an attribute as JSON knows it; empty values become None."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if getattr(value, "isNull", lambda: False)():
        return None
    written = getattr(value, "toString", None)
    return str(written() if written is not None else value)


def _vector(
    layer: QgsVectorLayer, area: QgsGeometry, project: QgsProject
) -> list[dict[str, Any]]:
    there = QgsGeometry(area)
    there.transform(QgsCoordinateTransform(project.crs(), layer.crs(), project))
    request = QgsFeatureRequest().setFilterRect(there.boundingBox()).setLimit(200)
    names = [field.name() for field in layer.fields()]
    found = []
    for feature in layer.getFeatures(request):
        if not feature.geometry().intersects(there):
            continue
        values = feature.attributes()
        found.append(
            {
                "feature_id": feature.id(),
                "attributes": {name: plain(values[i]) for i, name in enumerate(names)},
            }
        )
        if len(found) == LIMIT_PER_LAYER:
            break
    return found


def _raster(
    layer: QgsRasterLayer, point: QgsPointXY, project: QgsProject
) -> list[dict[str, Any]]:
    there = QgsCoordinateTransform(project.crs(), layer.crs(), project).transform(point)
    answer = layer.dataProvider().identify(there, QgsRaster.IdentifyFormat.IdentifyFormatValue)
    if not answer.isValid():
        return []
    bands = {layer.bandName(band): plain(v) for band, v in answer.results().items()}
    if all(value is None for value in bands.values()):
        return []
    return [{"feature_id": None, "attributes": bands}]


def identify(held: MapProject, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what lies within `tolerance` map units of a point, topmost layer first."""
    point = QgsPointXY(*args["point"])
    reach = max(float(args["tolerance"]), 1e-9)
    area = QgsGeometry.fromPointXY(point).buffer(reach, 8)
    if area.isEmpty():
        area = QgsGeometry.fromRect(QgsRectangle(point, point).buffered(reach))
    found: list[dict[str, Any]] = []
    for layer_id in reversed(held.shown(args.get("layer_ids"))):
        layer = held.layer(layer_id)
        if held.spec(layer_id).get("provider") == "wms":
            continue  # a picture, whose server is asked apart: `web_info`
        is_vector = held.spec(layer_id)["kind"] == "vector"
        if is_vector and layer.geometryType() not in {
            compat.POINT,
            compat.LINE,
            compat.POLYGON,
        }:
            continue
        hits = (
            _vector(layer, area, held.project)
            if is_vector
            else _raster(layer, point, held.project)
        )
        found.extend({"layer_id": layer_id, "name": layer.name(), **hit} for hit in hits)
    return found
