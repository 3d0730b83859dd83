"""QML styles: read from layers, cleaned, and given to layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsExpression, QgsMapLayer, QgsReadWriteContext, QgsVectorLayer
from qgis.PyQt.QtXml import QDomDocument

from layers.qgis.worker import compat, expressions
from layers.qgis.worker.qml_cleaning import Cleaning, StyleError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.qgis.worker.project import MapProject

_CATEGORIES = ("Symbology", "Labeling", "Rendering")


def _categories() -> Any:  # noqa: ANN401 - flags, of another class in each QGIS
    found = compat.first_of("QgsMapLayer.Symbology")
    for name in _CATEGORIES[1:]:
        found = found | compat.first_of(f"QgsMapLayer.{name}")  # type: ignore[operator]  # flags
    return found


def read_style(held: MapProject, args: Mapping[str, Any]) -> str:
    """Return the style of a layer as QML.

    Raises
    ------
    ValueError
        QGIS cannot write it.
    """
    layer = held.layer(args["layer_id"])
    document = QDomDocument()
    said = layer.exportNamedStyle(document, QgsReadWriteContext(), _categories())
    if said:
        raise ValueError(f"The style of {layer.name()} could not be written: {said}.")
    return str(document.toString(1))


def check_style(held: MapProject, args: Mapping[str, Any]) -> dict[str, Any]:
    """Return a style without what could do harm, tried on a copy of the layer.

    Raises
    ------
    ValueError
        It is no QML, or does not fit the layer.
    """
    layer = held.layer(args["layer_id"])
    cleaning = Cleaning(expressions.is_allowed)
    qml = cleaning.clean(str(args["qml"]))
    removed = cleaning.notes()
    copy = layer.clone()
    if copy is None:
        raise ValueError(f"{layer.name()} takes no other style.")
    _import(copy, qml)
    if isinstance(layer, QgsVectorLayer):
        removed.extend(_missing_fields(layer, cleaning.expressions))
    return {"qml": qml, "removed": removed}


def _missing_fields(layer: QgsVectorLayer, used: list[str]) -> list[str]:
    known = {field.name() for field in layer.fields()}
    asked = {name for text in used for name in QgsExpression(text).referencedColumns()}
    return [
        f"The style uses the field {name!r}, which {layer.name()} does not have."
        for name in sorted(asked - known)
    ]


def apply_qml(layer: QgsMapLayer, qml: str) -> None:
    """Give a layer a style, cleaned again: it may come from somebody else's project.

    Raises
    ------
    ValueError
        It is no QML, or does not fit the layer.
    """
    _import(layer, Cleaning(expressions.is_allowed).clean(qml))


def _import(layer: QgsMapLayer, qml: str) -> None:
    document = QDomDocument()
    if not document.setContent(qml)[0]:
        raise StyleError("The style could not be read.")
    is_vector = isinstance(layer, QgsVectorLayer)
    if is_vector != (not document.elementsByTagName("renderer-v2").isEmpty()):
        raise StyleError(
            f"The style is made for {'rasters' if is_vector else 'vector layers'}, and "
            f"{layer.name()} is {'none' if is_vector else 'a raster'}."
        )
    done, said = layer.importNamedStyle(document, _categories())
    if not done:
        raise StyleError(f"The style does not fit {layer.name()}: {said}.")
