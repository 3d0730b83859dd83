"""Opening the source of a layer: a file or a server, for reading only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qgis.core import QgsMapLayer, QgsRasterLayer, QgsVectorLayer

from layers.qgis.worker import file_heads, remote_sources, sources

Spec = Mapping[str, Any]


def open_layer(spec: Spec) -> QgsMapLayer:
    """Open the source of a layer; it has no style yet.

    Raises
    ------
    ValueError
        It cannot be opened, or its place is unknown; says what to do.
    """
    if spec.get("provider") in remote_sources.REMOTE:
        return remote_sources.open_remote(spec)
    path = sources.split_source(spec["source"])[0]
    if not path.startswith("/vsi") and not Path(path).exists():
        raise ValueError(f"The file {path} does not exist.")
    if Path(path).is_file():
        _check_head(spec, Path(path))
    source = sources.reading_source(spec)
    if spec["kind"] == "raster":
        layer = QgsRasterLayer(
            source, spec["name"], "gdal", QgsRasterLayer.LayerOptions(loadDefaultStyle=False)
        )
    else:
        options = QgsVectorLayer.LayerOptions()
        options.loadDefaultStyle = False
        layer = QgsVectorLayer(source, spec["name"], "ogr", options)
    if not layer.isValid():
        said = layer.error().summary() or "the provider gave no reason"
        raise ValueError(f"{path} could not be opened as {spec['kind']} layer: {said}.")
    if not layer.crs().isValid():
        raise ValueError(
            f"{path} says no coordinate reference system, so its place is unknown; "
            "save it with one."
        )
    if spec["kind"] == "vector":
        layer.setReadOnly(True)
        if spec["subset"] and not layer.setSubsetString(spec["subset"]):
            raise ValueError(f"{path}: the filter {spec['subset']!r} was not understood.")
    return layer


def _check_head(spec: Spec, path: Path) -> None:
    """Refuse a file that is a description of data elsewhere.

    Raises
    ------
    ValueError
        It is one, or it cannot be read.
    """
    check = file_heads.check_raster if spec["kind"] == "raster" else file_heads.check_vector
    try:
        check(path)
    except OSError as error:
        raise ValueError(f"{path} could not be opened: {error.strerror}.") from error
