"""The drawn parts of a sheet: map, legend, scale bar, north arrow."""

from __future__ import annotations

import base64
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsBasicNumericFormat,
    QgsDistanceArea,
    QgsLayerTree,
    QgsLayout,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemPicture,
    QgsLayoutItemScaleBar,
    QgsLayoutMeasurement,
    QgsLegendRenderer,
    QgsLegendStyle,
    QgsMapLayerLegendUtils,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QSizeF

from layers.qgis.worker import compat
from layers.qgis.worker.colours import colour
from layers.qgis.worker.legend_sections import LegendMember, legend_sections
from layers.qgis.worker.sheet_text import Frame, Type, place, text_format, wrap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.qgis.worker.project import MapProject

KILOMETRES = compat.first_of("QgsUnitTypes.DistanceKilometers", "Qgis.DistanceUnit.Kilometers")
METRES = compat.first_of("QgsUnitTypes.DistanceMeters", "Qgis.DistanceUnit.Meters")
SCALE_BAR_MM = 46.0
SEGMENTS = 2
SWATCH_MM = (7.0, 4.0)
GRADIENT_MM = QSizeF(34.0, 4.0)
WITH_CLASSES = {"categories", "graduated"}
THOUSANDS = "\u202f"  # a comma would be read as that of decimals in half of the languages
GAP = "\u00a0"  # QGIS sets no line for a heading without a character
ARROW = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 36">
<path d="M10 1 L16 20 L10 16 L4 20 Z" fill="#4a4a4a" stroke="#ffffff" stroke-width="0.8"/>
<path d="M6.2 34 V24.5 H8 L12 31 V24.5 H13.8 V34 H12 L8 27.5 V34 Z" fill="#4a4a4a"
 stroke="#ffffff" stroke-width="0.5"/></svg>"""


def grown(extent: Sequence[float], shape: float) -> QgsRectangle:
    """Return an extent grown about its middle to a shape (width over height)."""
    west, south, east, north = extent
    width = max(east - west, (north - south) * shape)
    height = max(north - south, (east - west) / shape)
    x, y = (west + east) / 2, (south + north) / 2
    return QgsRectangle(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def add_map(
    layout: QgsLayout, held: MapProject, args: Mapping[str, Any], frame: Frame
) -> QgsLayoutItemMap:
    """Put the map on the page, showing at least the extent asked for."""
    item = QgsLayoutItemMap(layout)
    layout.addLayoutItem(item)
    place(item, frame)
    item.setCrs(held.project.crs())
    item.setLayers(held.stack(args["layer_ids"]))
    item.setKeepLayerSet(True)
    item.setBackgroundColor(held.project.backgroundColor())
    item.setFrameEnabled(True)
    item.setFrameStrokeColor(colour("#8a8a8a"))
    item.setFrameStrokeWidth(QgsLayoutMeasurement(0.2, compat.LAYOUT_MILLIMETRES))
    item.setExtent(grown(args["extent"], frame.width / frame.height))
    layout.setReferenceMap(item)
    return item


def kilometres_per_mm(item: QgsLayoutItemMap, project: QgsProject) -> float:
    """Return ground distance per millimetre of paper, along the middle of the map."""
    area = QgsDistanceArea()
    area.setSourceCrs(project.crs(), project.transformContext())
    area.setEllipsoid(project.ellipsoid())
    seen = item.extent()
    middle = seen.center().y()
    metres = area.measureLine(
        QgsPointXY(seen.xMinimum(), middle), QgsPointXY(seen.xMaximum(), middle)
    )
    return float(metres) / 1000 / float(item.rect().width())


def round_down(value: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten that is not above a value."""
    power = 10 ** math.floor(math.log10(value))
    return float(next(step for step in (5, 2, 1) if step * power <= value * (1 + 1e-9)) * power)


def add_scale_bar(
    layout: QgsLayout,
    item: QgsLayoutItemMap,
    project: QgsProject,
    corner: Frame,
    size_pt: float,
) -> dict[str, float]:
    """Draw a scale bar of round kilometres (or metres); returns its segment and length."""
    per_mm = kilometres_per_mm(item, project)
    segment_km = round_down(SCALE_BAR_MM / SEGMENTS * per_mm * 1.25)
    in_metres = segment_km < 1
    bar = QgsLayoutItemScaleBar(layout)
    bar.setLinkedMap(item)
    bar.setStyle("Line Ticks Up")
    bar.setUnits(METRES if in_metres else KILOMETRES)
    bar.setUnitLabel("m" if in_metres else "km")
    bar.setMapUnitsPerScaleBarUnit(1)
    bar.setNumberOfSegmentsLeft(0)
    bar.setNumberOfSegments(SEGMENTS)
    bar.setUnitsPerSegment(segment_km * 1000 if in_metres else segment_km)
    written = QgsBasicNumericFormat()
    written.setThousandsSeparator(THOUSANDS)
    bar.setNumericFormat(written)
    bar.setHeight(1.4)
    bar.setLabelBarSpace(0.8)
    bar.setBoxContentSpace(0.5)
    bar.setTextFormat(text_format("0 km м", Type(size_pt, ink="#444444")))
    symbol = bar.lineSymbol().clone()
    symbol.setColor(colour("#444444"))
    symbol.setWidth(0.25)
    bar.setLineSymbol(symbol)
    layout.addLayoutItem(bar)
    place(bar, corner)
    bar.update()
    return {"segment_km": segment_km, "segment_mm": segment_km / per_mm}


def add_north_arrow(
    layout: QgsLayout, item: QgsLayoutItemMap, frame: Frame
) -> QgsLayoutItemPicture:
    """Draw a small arrow to true north at the middle of the map."""
    picture = QgsLayoutItemPicture(layout)
    picture.setPicturePath("base64:" + base64.b64encode(ARROW.encode()).decode())
    picture.setLinkedMap(item)
    picture.setNorthMode(QgsLayoutItemPicture.NorthMode.TrueNorth)
    layout.addLayoutItem(picture)
    place(picture, frame)
    return picture


def scale_text(item: QgsLayoutItemMap, project: QgsProject, args: Mapping[str, Any]) -> str:
    """Return the scale in figures, to two digits, and the projection."""
    scale = float(item.scale())
    power = 10 ** (math.floor(math.log10(scale)) - 1)
    crs = project.crs()
    kind = re.search(r"\+proj=(\w+)", crs.toProj())
    told: str = args["scale_told"]
    return told.format(
        scale=f"{round(scale / power) * power:,.0f}".replace(",", THOUSANDS),
        page=args["page"],
        projection=args["projections"].get(kind[1] if kind else "", crs.description()),
    )


@dataclass
class LegendPlan:
    """A legend, made and measured, that is not on the page yet."""

    item: QgsLayoutItemLegend
    width: float
    height: float

    def draw(self, layout: QgsLayout, x: float, y: float) -> None:
        """Put the legend on the page, its upper left corner at x, y."""
        layout.addLayoutItem(self.item)
        place(self.item, Frame(x, y, self.width, self.height))
        self.item.adjustBoxSize()


def _style(item: QgsLayoutItemLegend, style: object, text: str, set_in: Type) -> None:
    held = item.rstyle(style)
    if hasattr(held, "setTextFormat"):
        held.setTextFormat(text_format(text, set_in))
    else:  # before QGIS 3.30
        held.setFont(set_in.font(text))


def _name_nodes(
    tree: QgsLayerTree, legend: QgsLayoutItemLegend, set_in: Type, room: float
) -> str:
    """Wrap every name to the room beside its swatch; returns all the text."""
    texts = []
    heading = Type(set_in.size_pt, bold=True, language=set_in.language)
    for group in tree.findGroups():
        texts.append(group.name())
        group.setName("\n".join(wrap(group.name(), heading, room)))
    for node in tree.findLayers():
        name = node.layer().name()
        node.setCustomProperty("legend/title-label", "\n".join(wrap(name, set_in, room)))
        texts.append(name)
        legend.model().refreshLayerLegend(node)
        entries = legend.model().layerLegendNodes(node, True)
        if node.layer().dataProvider().name() == "gdal":  # its first line is the band's name
            QgsMapLayerLegendUtils.setLegendNodeOrder(node, list(range(1, len(entries))))
            if len(entries) == 2:  # the band and one gradient
                QgsMapLayerLegendUtils.setLegendNodeSymbolSize(node, 1, GRADIENT_MM)
        for index, entry in enumerate(entries):
            label = str(entry.data(0) or "")
            if label and hasattr(entry, "symbol"):
                wrapped = "\n".join(wrap(label, set_in, room - SWATCH_MM[0] - 2))
                QgsMapLayerLegendUtils.setLegendNodeUserLabel(node, index, wrapped)
                texts.append(label)
        legend.model().refreshLayerLegend(node)
    return "".join(texts)


def _members(held: MapProject, layer_ids: Sequence[str]) -> list[LegendMember]:
    """Return what the legend needs to know of each layer."""
    found = []
    for name in layer_ids:
        spec = held.spec(name)
        has_classes = spec["kind"] == "raster" or spec["style"].get("type") in WITH_CLASSES
        group = spec["group"].split("/")[0].strip()
        found.append(LegendMember(name, held.layer(name).name(), group, has_classes))
    return found


def plan_legend(
    layout: QgsLayout, held: MapProject, args: Mapping[str, Any], size_pt: float, room: float
) -> LegendPlan | None:
    """Make the legend of the layers asked for, in that order; None where there is none."""
    known = set(held.order)
    shown = [name for name in args["legend_ids"] if name in known]
    if not shown:
        return None
    item = QgsLayoutItemLegend(layout)
    item.setAutoUpdateModel(False)
    unheaded = args["legend_unheaded"]
    tree = item.model().rootGroup()
    tree.removeAllChildren()
    for number, section in enumerate(legend_sections(_members(held, shown), unheaded)):
        branch = tree.addGroup(section.heading or GAP)
        if not (section.heading or number):
            QgsLegendRenderer.setNodeLegendStyle(branch, QgsLegendStyle.Hidden)
        for name in section.layer_ids:
            node = branch.addLayer(held.layer(name))
            if held.layer(name).name() == section.heading:
                QgsLegendRenderer.setNodeLegendStyle(node, QgsLegendStyle.Hidden)
    language = next(iter(args["languages"]), "")
    plain = Type(size_pt, language=language)
    heading = Type(size_pt, bold=True, language=language)
    text = _name_nodes(tree, item, plain, room)
    title = args["legend_title"]
    item.setTitle(title)
    _style(item, QgsLegendStyle.Title, title, Type(size_pt + 1.5, bold=True, language=language))
    _style(item, QgsLegendStyle.Group, text, heading)
    _style(item, QgsLegendStyle.Subgroup, text, plain)
    _style(item, QgsLegendStyle.SymbolLabel, text, plain)
    item.setFontColor(colour("#222222"))
    item.setBoxSpace(0)
    item.setSymbolWidth(SWATCH_MM[0])
    item.setSymbolHeight(SWATCH_MM[1])
    item.setMaximumSymbolSize(SWATCH_MM[1])
    item.rstyle(QgsLegendStyle.Title).setMargin(QgsLegendStyle.Bottom, 2.0)
    item.rstyle(QgsLegendStyle.Group).setMargin(QgsLegendStyle.Top, 2.2)
    item.rstyle(QgsLegendStyle.Subgroup).setMargin(QgsLegendStyle.Top, 1.3)
    item.rstyle(QgsLegendStyle.Symbol).setMargin(QgsLegendStyle.Top, 1.3)
    item.setBackgroundEnabled(False)
    size = QgsLegendRenderer(item.model(), item.legendSettings()).minimumSize()
    return LegendPlan(item, float(size.width()), float(size.height()))
