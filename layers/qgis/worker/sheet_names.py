"""The names on a sheet: placed with care, and told beside the map where they have no room.

A sheet may take its time, so names of areas may stand anywhere within or beside them. A name
that finds no room gives way to a number on the map and stands beside the map with it.
"""

from __future__ import annotations

import json
import operator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsLabelingEngineSettings,
    QgsLabelObstacleSettings,
    QgsLayoutItemMap,
    QgsLayoutMeasurement,
    QgsMapLayerStyle,
    QgsMapRendererSequentialJob,
    QgsPalLayerSettings,
    QgsProject,
    QgsProperty,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtCore import QSizeF

from layers.qgis.worker import compat
from layers.qgis.worker.fonts import font_for
from layers.qgis.worker.labels import PLACEMENTS, SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from layers.qgis.worker.project import MapProject

PIXELS_PER_MM = 300 / 25.4
MARGIN_MM = 0.8
CANDIDATES_PER_SQUARE_CM = 12.0
MOST_RANKS = 3
HIGHEST_PRIORITY = 10
IN_AND_BESIDE = (
    (
        "QgsLabeling.AllowPlacementInsideOfPolygon",
        "Qgis.LabelPolygonPlacementFlag.AllowPlacementInsideOfPolygon",
    ),
    (
        "QgsLabeling.AllowPlacementOutsideOfPolygon",
        "Qgis.LabelPolygonPlacementFlag.AllowPlacementOutsideOfPolygon",
    ),
)
COLLECT = compat.first_of(
    "QgsLabelingEngineSettings.CollectUnplacedLabels",
    "Qgis.LabelingFlag.CollectUnplacedLabels",
)


def _property(name: str) -> object:
    return compat.first_of(
        f"QgsPalLayerSettings.Property.{name}", f"QgsPalLayerSettings.{name}"
    )


ALWAYS_SHOW = _property("AlwaysShow")
BOLD = _property("Bold")
PRIORITY = _property("Priority")


@dataclass(frozen=True)
class Named:
    """A feature whose name is to be on the sheet."""

    layer_id: str
    fid: int
    name: str


class SheetNames:
    """Knows which names a sheet must tell, and which of them stand there as numbers.

    Parameters
    ----------
    held : MapProject
        The map.
    args : mapping
        The print request.
    """

    def __init__(self, held: MapProject, args: Mapping[str, Any]) -> None:
        self._held = held
        self._language = next(iter(args["languages"]), "")
        shown = set(held.shown(args["layer_ids"]))
        self._rules = {
            rule["layer_id"]: rule
            for rule in args["names"]
            if rule["layer_id"] in shown and _has_simple_names(held.layer(rule["layer_id"]))
        }
        self._texts = {name: self._text_of(name) for name in self._rules}
        self._avoided = [
            name for name in args["names_avoid"] if name in shown - set(self._rules)
        ]
        self.numbered: list[Named] = []
        self.at_edge: list[Named] = []
        self.hidden: list[str] = []
        self.counts: dict[str, int] = {}

    @property
    def lines(self) -> list[str]:
        """What stands beside the map: numbers with the names they stand for."""
        return [f"{place}\u00a0= {item.name}" for place, item in enumerate(self.numbered, 1)]

    def dress(self, item: QgsLayoutItemMap) -> None:
        """Have a map on a page place its names with care; the screen's stay as they are."""
        settings = {name: self._settings(name, self._held.layer(name)) for name in self._rules}
        if settings:
            settings.update({name: _unnamed_obstacle() for name in self._avoided})
        overrides = {}
        for layer_id, labels in settings.items():
            layer = self._held.layer(layer_id)
            twin = layer.clone()
            twin.setLabeling(QgsVectorLayerSimpleLabeling(labels))
            twin.setLabelsEnabled(True)
            style = QgsMapLayerStyle()
            style.readFromLayer(twin)
            overrides[layer.id()] = style.xmlData()
        item.setKeepLayerStyles(True)
        item.setLayerStyleOverrides(overrides)
        item.setLabelMargin(QgsLayoutMeasurement(MARGIN_MM, compat.LAYOUT_MILLIMETRES))

    def find_lost(self, item: QgsLayoutItemMap) -> bool:
        """Look for names without room on a map; numbers stand for them from now on.

        Returns
        -------
        bool
            Whether there is anything new that must be told beside the map.
        """
        placed, lost = self._placed_and_lost(item) if self._rules else ([], [])
        hidden = self._hidden_at(item.scale())
        new = [named for named in lost if named not in self.at_edge]
        found = bool(new) or hidden != self.hidden
        self.hidden = hidden
        # A number is always shown, but where the map's frame leaves no room even for it.
        self.at_edge += [named for named in new if named in self.numbered]
        known = [named for named in self.numbered if named in placed]
        self.counts = {
            "asked": len(placed) + len(lost),
            "placed": len(placed) - len(known),
            "numbered": len(known),
            "at_edge": len(lost) - len(new),
            "lost": len(new),
        }
        numbered = {*self.numbered, *new} - set(self.at_edge)
        self.numbered = sorted(numbered, key=lambda named: (named.name, named.fid))
        return found

    def _hidden_at(self, scale: float) -> list[str]:
        """Return the names of the layers that show no names at a scale."""
        found = []
        for layer_id, rule in self._rules.items():
            layer = self._held.layer(layer_id)
            settings = layer.labeling().settings()
            too_small = settings.scaleVisibility and scale > settings.minimumScale > 0
            if too_small and layer.featureCount() and not rule["first"]:
                found.append(str(layer.name()))
        return found

    def _placed_and_lost(self, item: QgsLayoutItemMap) -> tuple[list[Named], list[Named]]:
        """Return the features whose name or number has its place on a map, and the others."""
        by_layer = {
            self._held.layer(name).id(): name
            for name, rule in self._rules.items()
            if not rule["first"]
        }
        size = QSizeF(item.rect().width(), item.rect().height()) * PIXELS_PER_MM
        settings = item.mapSettings(item.extent(), size, 25.4 * PIXELS_PER_MM, True)
        engine = QgsLabelingEngineSettings(settings.labelingEngineSettings())
        engine.setFlag(COLLECT, True)
        settings.setLabelingEngineSettings(engine)
        avoided = {self._held.layer(name).id() for name in self._avoided}
        settings.setLayers(
            [it for it in settings.layers() if it.id() in avoided or _takes_room(it)]
        )
        job = QgsMapRendererSequentialJob(settings)
        job.start()
        job.waitForFinished()
        labels = [
            (by_layer[label.layerID], label.featureId, label.isUnplaced)
            for label in job.takeLabelingResults().allLabels()
            if label.layerID in by_layer
        ]
        placed = {(layer, fid) for layer, fid, unplaced in labels if not unplaced}
        asked = {(layer, fid) for layer, fid, _unplaced in labels}
        return list(self._named(placed)), list(self._named(asked - placed))

    def _named(self, features: set[tuple[str, int]]) -> Iterator[Named]:
        for layer_id, fid in sorted(features):
            layer = self._held.layer(layer_id)
            context = QgsExpressionContext(
                QgsExpressionContextUtils.globalProjectLayerScopes(layer)
            )
            context.setFeature(layer.getFeature(fid))
            text = QgsExpression(self._texts[layer_id]).evaluate(context)
            yield Named(layer_id, fid, str(text))

    def _text_of(self, layer_id: str) -> str:
        """Return the expression of a layer's names in the language of the sheet."""
        settings = self._held.layer(layer_id).labeling().settings()
        own = settings.fieldName
        plain = own if settings.isExpression else QgsExpression.quotedColumnRef(own)
        rule = self._rules[layer_id]
        if not rule["told"] or self._held.spec(layer_id)["style"].get("type") == "qml":
            return str(plain)
        told = QgsExpression.quotedString(json.dumps(rule["told"], ensure_ascii=False))
        key = QgsExpression.quotedColumnRef(rule["key"])
        return f"coalesce(map_get(json_to_map({told}), {key}), {plain})"

    def _settings(self, layer_id: str, layer: QgsVectorLayer) -> QgsPalLayerSettings:
        settings = QgsPalLayerSettings(layer.labeling().settings())
        places = {
            item.fid: place
            for place, item in enumerate(self.numbered, 1)
            if item.layer_id == layer_id
        }
        settings.fieldName = _with_numbers(self._texts[layer_id], places)
        settings.isExpression = True
        if self._rules[layer_id]["first"]:
            settings.priority = HIGHEST_PRIORITY
        elif layer.geometryType() == compat.POLYGON:
            settings.placement = compat.first_of(*PLACEMENTS["horizontal"])
            inside, beside = (compat.first_of(*names) for names in IN_AND_BESIDE)
            settings.setPolygonPlacementFlags(operator.or_(inside, beside))
            settings.fitInPolygonOnly = False
            obstacle = QgsLabelObstacleSettings()
            obstacle.setIsObstacle(False)  # or names would be lost for lying on an outline
            settings.setObstacleSettings(obstacle)
        self._set_type(settings)
        defined = settings.dataDefinedProperties()
        if places:
            one_of = f"$id IN ({', '.join(str(fid) for fid in sorted(places))})"
            defined.setProperty(ALWAYS_SHOW, QgsProperty.fromExpression(one_of))
            defined.setProperty(BOLD, QgsProperty.fromExpression(one_of))
        rank = self._rules[layer_id]["rank"]
        if rank:
            told = _priority(settings.priority, QgsExpression.quotedColumnRef(rank))
            defined.setProperty(PRIORITY, QgsProperty.fromExpression(told))
        settings.setDataDefinedProperties(defined)
        return settings

    def _set_type(self, settings: QgsPalLayerSettings) -> None:
        """Set names in the national form of the sheet's language."""
        written = settings.format()
        old = written.font()
        font = font_for(SAMPLE, self._language)
        font.setBold(old.bold())
        font.setItalic(old.italic())
        written.setFont(font)
        settings.setFormat(written)


@contextmanager
def with_many_places(project: QgsProject) -> Iterator[None]:
    """Have names of areas tried at many more places than on the screen."""
    before = project.labelingEngineSettings()
    engine = QgsLabelingEngineSettings(before)
    engine.setMaximumPolygonCandidatesPerCmSquared(CANDIDATES_PER_SQUARE_CM)
    project.setLabelingEngineSettings(engine)
    try:
        yield
    finally:
        project.setLabelingEngineSettings(before)


def _unnamed_obstacle() -> QgsPalLayerSettings:
    """Return the wish that no name lie on a layer of lines that has none of its own."""
    settings = QgsPalLayerSettings()
    settings.drawLabels = False
    obstacle = QgsLabelObstacleSettings()
    obstacle.setIsObstacle(True)
    settings.setObstacleSettings(obstacle)
    return settings


def _has_simple_names(layer: object) -> bool:
    return (
        isinstance(layer, QgsVectorLayer)
        and bool(layer.labelsEnabled())
        and isinstance(layer.labeling(), QgsVectorLayerSimpleLabeling)
    )


def _takes_room(layer: object) -> bool:
    return isinstance(layer, QgsVectorLayer) and bool(layer.labelsEnabled())


def _with_numbers(text: str, places: Mapping[int, int]) -> str:
    if not places:
        return text
    cases = " ".join(f"WHEN $id = {fid} THEN '{place}'" for fid, place in places.items())
    return f"CASE {cases} ELSE {text} END"


def _priority(usual: int, rank: str) -> str:
    """Return the expression of a priority that grows with the logarithm of a column."""
    least = max(0, usual - MOST_RANKS + 1)
    most = min(HIGHEST_PRIORITY, usual + 1)
    return f"clamp({least}, {least - 1} + log10(greatest(coalesce({rank}, 1), 1)), {most})"
