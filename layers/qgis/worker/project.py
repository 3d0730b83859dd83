"""The one QgsProject: what is on screen, printed and exported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsLayerTree,
    QgsMapLayer,
    QgsProject,
)

from layers.qgis.worker import messages, raster_symbology, sources
from layers.qgis.worker.colours import colour
from layers.qgis.worker.labels import make_labeling
from layers.qgis.worker.opening import open_layer
from layers.qgis.worker.qml_cleaning import StyleError
from layers.qgis.worker.screen_names import ScreenNames
from layers.qgis.worker.screen_pictures import ID_PROPERTY, ScreenPictures
from layers.qgis.worker.screen_rasters import ScreenRasters
from layers.qgis.worker.styles import apply_qml
from layers.qgis.worker.symbology import make_renderer

Spec = Mapping[str, Any]
Announce = Callable[..., None]


class RefusedError(ValueError):
    """A request that cannot be met; the message is for people."""


def crs_from(text: str) -> QgsCoordinateReferenceSystem:
    """Return the CRS of an ``EPSG:`` code, a PROJ string or WKT.

    Raises
    ------
    RefusedError
        QGIS does not know it.
    """
    crs = QgsCoordinateReferenceSystem()
    if text.lstrip().startswith("+"):
        crs.createFromProj(text)
    else:
        crs.createFromUserInput(text)
    if not crs.isValid():
        raise RefusedError(f"QGIS does not know the coordinate reference system {text!r}.")
    return crs


@dataclass
class HeldLayer:
    """A layer that is open, with the specification it was opened and styled by."""

    layer: QgsMapLayer
    spec: Spec
    identity: tuple[object, ...]


def _identity(spec: Spec) -> tuple[object, ...]:
    drawn = sources.resampling(spec) if spec["kind"] == "raster" else ""
    return (
        spec["source"],
        spec["kind"],
        spec["subset"],
        drawn,
        sources.stamp(spec),
        spec.get("provider", ""),
        tuple(spec.get("credentials") or ()),
    )


def _adopt_crs(layer: QgsMapLayer, crs: QgsCoordinateReferenceSystem) -> None:
    """Let a layer have the map's own CRS where its file says the same in other words.

    QGIS compares CRS by their wording: it would project every vertex and pixel onto itself.
    """
    if layer.crs() != crs and _parameters(layer.crs()) == _parameters(crs):
        layer.setCrs(crs)


def _parameters(crs: QgsCoordinateReferenceSystem) -> dict[str, str | float]:
    """Return what a CRS is defined by, without what says nothing."""
    found: dict[str, str | float] = {}
    for word in crs.toProj().split():
        key, _, value = word.removeprefix("+").partition("=")
        try:
            found[key] = float(value)
        except ValueError:
            found[key] = value
    silent: dict[str, str | float] = {"x_0": 0.0, "y_0": 0.0, "type": "crs", "no_defs": ""}
    return {key: value for key, value in found.items() if silent.get(key) != value}


def _dress(layer: QgsMapLayer, spec: Spec) -> None:
    """Give a layer its name, style, opacity and range of scales."""
    style = spec["style"]
    layer.setName(spec["name"])
    by_qml = style.get("type") == "qml"
    try:
        if by_qml:
            apply_qml(layer, str(style["qml"]))
        elif spec["kind"] == "raster":
            raster_symbology.apply_style(layer, style)
        else:
            layer.setRenderer(make_renderer(style, layer.geometryType()))
            labels = style.get("labels")
            layer.setLabelsEnabled(bool(labels))
            layer.setLabeling(make_labeling(labels, layer.geometryType()) if labels else None)
    except StyleError as error:
        raise RefusedError(f"Its style cannot be used. {error}") from error
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise RefusedError(f"Its style cannot be used: {error!r}.") from error
    layer.setOpacity(spec["opacity"])
    if by_qml:  # says itself at which scales it is drawn
        layer.triggerRepaint()
        return
    layer.setScaleBasedVisibility("min_scale" in style or "max_scale" in style)
    layer.setMinimumScale(float(style.get("min_scale", 0)))
    layer.setMaximumScale(float(style.get("max_scale", 0)))
    layer.triggerRepaint()


class MapProject:
    """Holds the layers of the map in step with the last specification received.

    Parameters
    ----------
    project : QgsProject
        The project to keep.
    """

    def __init__(self, project: QgsProject) -> None:
        self.project = project
        self.order: list[str] = []
        self._held: dict[str, HeldLayer] = {}
        self.screen_names = ScreenNames()
        self.screen_pictures = ScreenPictures()
        self._screen_rasters = ScreenRasters()

    def set_layers(self, args: Mapping[str, Any], announce: Announce) -> list[dict[str, str]]:
        """Make the project show exactly the given layers, the first at the bottom.

        Layers whose source has not changed stay open. Returns the problems, one per layer that
        is not on the map.
        """
        self.project.setCrs(crs_from(args["crs"]), True)
        self.project.setTitle(args["title"])
        self.project.setBackgroundColor(colour(args["background"]))
        specs: list[Spec] = args["layers"]
        wanted = {spec["layer_id"] for spec in specs}
        self._drop(set(self._held) - wanted)
        self._drop(wanted & set(args["reopen"]))
        problems = []
        for spec in specs:
            try:
                self._hold(spec, announce)
            except ValueError as error:
                self._drop({spec["layer_id"]})
                problems.append(
                    {"layer_id": spec["layer_id"], "name": spec["name"], "reason": str(error)}
                )
        self.order = [s["layer_id"] for s in specs if s["layer_id"] in self._held]
        self.screen_names.keep(set(self._held))
        self._screen_rasters.keep(set(self._held))
        self._arrange()
        return problems

    def layer(self, layer_id: str) -> QgsMapLayer:
        """Return an open layer.

        Raises
        ------
        RefusedError
            It is not on the map.
        """
        if layer_id not in self._held:
            raise RefusedError(f"The map has no layer {layer_id!r}.")
        return self._held[layer_id].layer

    def spec(self, layer_id: str) -> Spec:
        """Return the specification of an open layer."""
        return self._held[layer_id].spec

    def shown(self, layer_ids: Iterable[str] | None) -> list[str]:
        """Return the ids to draw, bottom first: the visible ones, or those asked for.

        Layers that were asked for and are not on the map (their problem is known) are skipped.
        """
        if layer_ids is None:
            return [name for name in self.order if self._held[name].spec["visible"]]
        asked = set(layer_ids)
        return [name for name in self.order if name in asked]

    def stack(self, layer_ids: Iterable[str] | None) -> list[QgsMapLayer]:
        """Return the layers to draw as QGIS wants them, top first."""
        return [self._held[name].layer for name in reversed(self.shown(layer_ids))]

    def screen_stack(self, layer_ids: Iterable[str] | None) -> list[QgsMapLayer]:
        """Return the layers to draw on the screen, top first, or what stands in for them."""
        return [self._for_screen(self._held[name]) for name in reversed(self.shown(layer_ids))]

    def _for_screen(self, held: HeldLayer) -> QgsMapLayer:
        if held.spec["kind"] == "raster":
            return self._screen_rasters.of(held.layer, held.spec, self.project.crs())
        return self.screen_names.of(held.layer, held.spec)

    def _drop(self, layer_ids: set[str]) -> None:
        for layer_id in layer_ids & set(self._held):
            self.screen_pictures.forget(layer_id)
            self.project.removeMapLayer(self._held.pop(layer_id).layer.id())

    def _hold(self, spec: Spec, announce: Announce) -> None:
        layer_id = spec["layer_id"]
        held = self._held.get(layer_id)
        identity = _identity(spec)
        if held is not None and held.identity != identity:
            self._drop({layer_id})
            held = None
        if held is None:
            announce(messages.LAYER_OPENING, layer_id=layer_id)
            layer = open_layer(spec)
            _adopt_crs(layer, self.project.crs())
            announce(messages.LAYER_OPENED, layer_id=layer_id)
            layer.setCustomProperty(ID_PROPERTY, layer_id)
            self.project.addMapLayer(layer, False)
            self._held[layer_id] = HeldLayer(layer, spec, identity)
            _dress(layer, spec)
            return
        if {**held.spec, "visible": None} != {**spec, "visible": None}:
            self.screen_pictures.forget(layer_id)
            _dress(held.layer, spec)
        held.spec = spec

    def _arrange(self) -> None:
        """Build the layer tree, top layer first, and fix the drawing order apart from it.

        The new tree is in place before the old one goes: QGIS drops layers that no tree holds.
        """
        tree = QgsLayerTree()
        for layer_id in reversed(self.order):
            held = self._held[layer_id]
            parent = tree
            for part in [p.strip() for p in held.spec["group"].split("/") if p.strip()]:
                parent = parent.findGroup(part) or parent.addGroup(part)
            node = parent.addLayer(held.layer)
            node.setItemVisibilityChecked(bool(held.spec["visible"]))
            node.setExpanded(False)
        root = self.project.layerTreeRoot()
        old = list(root.children())
        root.insertChildNodes(0, [child.clone() for child in tree.children()])
        for child in old:
            root.removeChildNode(child)
        root.setHasCustomLayerOrder(True)
        root.setCustomLayerOrder(self.stack(self.order))
