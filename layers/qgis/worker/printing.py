"""A sheet for the table: one map, one legend, one table, on one page."""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsLayoutExporter,
    QgsLayoutItemMap,
    QgsLayoutSize,
    QgsPrintLayout,
    QgsProject,
)
from qgis.PyQt.QtCore import QSize

from layers.qgis.worker import compat
from layers.qgis.worker.project import MapProject, RefusedError
from layers.qgis.worker.rendering import save_image
from layers.qgis.worker.sheet_names import SheetNames, with_many_places
from layers.qgis.worker.sheet_parts import (
    LegendPlan,
    add_map,
    add_north_arrow,
    add_scale_bar,
    plan_legend,
    scale_text,
)
from layers.qgis.worker.sheet_table import TablePlan, plan_table
from layers.qgis.worker.sheet_text import Frame, Type, set_lines, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PAPER_MM = {"A4": (297.0, 210.0), "A3": (420.0, 297.0)}
ENLARGE = {"A4": 1.0, "A3": 1.25}
SHRINK = (1.0, 0.92, 0.85, 0.78)
SMALLEST = 0.7
STRIP_MM = 8.0
GAP_MM = 5.0
LEAST_MAP_MM = (80.0, 62.0)
SIDE_SHARE = 0.27
PRINT_DPI = 300
MOST_ROUNDS = 5
ALWAYS_TEXT = compat.first_of(
    "QgsRenderContext.TextFormatAlwaysText", "Qgis.TextRenderFormat.AlwaysText"
)


@dataclass(frozen=True)
class Fit:
    """How the texts of a page are made to fit.

    Parameters
    ----------
    shrink : float
        Factor for the type of legend, table and notes.
    notes_below : bool
        Whether a landscape page has its notes below the map, where they are longer than the
        map is high.
    """

    shrink: float
    notes_below: bool = False


FITS = (
    *(Fit(shrink, below) for below in (False, True) for shrink in SHRINK),
    Fit(SMALLEST, notes_below=True),
)
"""In the order in which they are tried."""


@dataclass(frozen=True)
class Paper:
    """The page: its size, margin and the factor for type."""

    width: float
    height: float
    margin: float
    factor: float

    @property
    def room(self) -> float:
        """Width between the margins."""
        return self.width - 2 * self.margin


def paper_for(args: Mapping[str, Any]) -> Paper:
    """Return the page asked for."""
    long, short = PAPER_MM[args["page"]]
    factor = ENLARGE[args["page"]]
    wide = args["orientation"] == "landscape"
    return Paper(long if wide else short, short if wide else long, 12 * factor, factor)


class Sheet:
    """Plans a page from its texts inwards: what is left is the map's.

    Parameters
    ----------
    held : MapProject
        The map.
    args : mapping
        The print request.
    names : SheetNames
        The names of its map.
    fit : Fit
        How small its texts are, and where they stand.
    """

    def __init__(
        self, held: MapProject, args: Mapping[str, Any], names: SheetNames, fit: Fit
    ) -> None:
        self.held = held
        self.args = args
        self.names = names
        self.map: QgsLayoutItemMap | None = None
        self.paper = paper_for(args)
        self.layout = QgsPrintLayout(held.project)
        self.layout.initializeDefaults()
        self.layout.setName(args["title"] or "Map")
        size = QgsLayoutSize(self.paper.width, self.paper.height, compat.LAYOUT_MILLIMETRES)
        self.layout.pageCollection().page(0).setPageSize(size)
        self._type = self.paper.factor
        self._language = next(iter(args["languages"]), "")
        self._small = self.paper.factor * fit.shrink
        self._notes_below = fit.notes_below

    def compose(self) -> dict[str, Any] | None:
        """Put everything in its place; None where the texts leave no room for the map."""
        top = self._set_titles() + 3
        bottom = self._set_foot() - 3
        landscape = self.args["orientation"] == "landscape"
        body = Frame(self.paper.margin, top, self.paper.room, bottom - top)
        frame = self._compose_beside(body) if landscape else self._compose_below(body)
        if frame.width < LEAST_MAP_MM[0] or frame.height < LEAST_MAP_MM[1]:
            return None
        return self._set_map(frame)

    def _set_titles(self) -> float:
        first, second = [*self.args["languages"], "", ""][:2]
        grey = "#555555"
        blocks = [
            (self.args["title"], Type(17 * self._type, bold=True, language=first)),
            (self.args["second_title"], Type(14 * self._type, language=second)),
            (self.args["subtitle"], Type(9.5 * self._type, ink=grey, language=first)),
            (self.args["second_subtitle"], Type(9.5 * self._type, ink=grey, language=second)),
        ]
        y = self.paper.margin
        for text, set_in in blocks:
            if text:
                lines = wrap(text, set_in, self.paper.room)
                box = Frame(self.paper.margin, y, self.paper.room, 0)
                y = set_lines(self.layout, lines, box, set_in) + 0.6
        return y

    def _set_foot(self) -> float:
        set_in = Type(6.2 * self._type, ink="#666666", language=self._language)
        sources = "; ".join(self.args["credits"])
        paragraphs = [self.args["disclaimer"], self.args["nominal_note"], sources]
        lines = [
            line for text in paragraphs if text for line in wrap(text, set_in, self.paper.room)
        ]
        top = self.paper.height - self.paper.margin - len(lines) * set_in.line_mm
        set_lines(self.layout, lines, Frame(self.paper.margin, top, self.paper.room, 0), set_in)
        return top

    def _plan_table(self, limit: float) -> TablePlan | None:
        table = self.args["table"]
        if not table:
            return None
        return plan_table(table, 7.5 * self._small, limit, self._language)

    def _plan_legend(self, room: float) -> LegendPlan | None:
        return plan_legend(self.layout, self.held, self.args, 8 * self._small, room)

    def _notes(self, room: float) -> tuple[list[str], Type]:
        set_in = Type(7.2 * self._small, ink="#333333", language=self._language)
        lines: list[str] = []
        for note in [*self._notes_on_names(), *self.args["notes"]]:
            lines += [*([""] if lines else []), *wrap(note, set_in, room)]
        return lines, set_in

    def _notes_on_names(self) -> list[str]:
        """Return what the reader must know of names that the map does not show."""
        told, hidden = [], self.names.hidden
        at_edge = [named.name for named in self.names.at_edge]
        if self.names.lines:
            told.append(self.args["numbers_told"].format(names="; ".join(self.names.lines)))
        if at_edge:
            told.append(self.args["edge_told"].format(names="; ".join(at_edge)))
        if hidden:
            told.append(self.args["hidden_told"].format(layers="; ".join(hidden)))
        return told

    def _compose_beside(self, body: Frame) -> Frame:
        """Set legend, table and notes to the right of the map, a wide table below it."""
        side = SIDE_SHARE * self.paper.width
        legend, table = self._plan_legend(side), self._plan_table(side)
        lines, set_in = self._notes(side)
        if self._notes_below:
            body, lines = self._set_notes_below(body), []
        left = body.right - side
        height = sum(
            part + GAP_MM
            for part in (
                legend.height if legend else 0,
                table.height if table else 0,
                len(lines) * set_in.line_mm,
            )
            if part
        )
        if table is not None and (table.width > side + 0.5 or height > body.height):
            wide = self._plan_table(body.width)
            if wide is None or wide.width > body.width + 0.5:
                return Frame(0, 0, 0, 0)
            body = Frame(body.x, body.y, body.width, body.height - wide.height - GAP_MM)
            wide.draw(self.layout, body.x, body.bottom + GAP_MM)
            table = None
        column = Frame(left, body.y, side, body.height)
        used = self._set_column(column, legend, table, (lines, set_in))
        if used > body.height + 0.5:
            return Frame(0, 0, 0, 0)
        return body if used == 0 else Frame(body.x, body.y, left - GAP_MM - body.x, body.height)

    def _set_notes_below(self, body: Frame) -> Frame:
        """Set the notes in two columns at the foot of a box; returns what is left of it."""
        width = (body.width - 2 * GAP_MM) / 2
        lines, set_in = self._notes(width)
        half = math.ceil(len(lines) / 2)
        height = half * set_in.line_mm
        top = body.bottom - height
        for x, part in ((body.x, lines[:half]), (body.right - width, lines[half:])):
            set_lines(self.layout, part, Frame(x, top, width, 0), set_in)
        gap = GAP_MM if lines else 0
        return Frame(body.x, body.y, body.width, body.height - height - gap)

    def _compose_below(self, body: Frame) -> Frame:
        """Set the legend to the left and table and notes to the right, both below the map."""
        half = (body.width - GAP_MM) / 2
        legend = self._plan_legend(half * 0.8)
        left_width = half * 0.8 if legend else 0.0
        x = body.x + (left_width + GAP_MM if legend else 0)
        table = self._plan_table(body.right - x)
        if table is not None and table.width > body.right - x + 0.5:
            return Frame(0, 0, 0, 0)
        lines, set_in = self._notes(body.right - x)
        right = (table.height + GAP_MM if table else 0) + len(lines) * set_in.line_mm
        depth = max(legend.height if legend else 0, right)
        top = body.bottom - depth
        if legend is not None:
            legend.draw(self.layout, body.x, top)
        self._set_column(Frame(x, top, body.right - x, depth), None, table, (lines, set_in))
        gap = GAP_MM if depth else 0
        return Frame(body.x, body.y, body.width, body.height - depth - gap)

    def _set_column(
        self,
        column: Frame,
        legend: LegendPlan | None,
        table: TablePlan | None,
        notes: tuple[list[str], Type],
    ) -> float:
        """Set legend, table and notes one below the other; returns the height they take."""
        y = column.y
        for part in (legend, table):
            if part is not None:
                part.draw(self.layout, column.x, y)
                y += part.height + GAP_MM
        lines, set_in = notes
        if lines:
            y = set_lines(self.layout, lines, Frame(column.x, y, column.width, 0), set_in)
            return y - column.y
        return max(0.0, y - GAP_MM - column.y)

    def _set_map(self, frame: Frame) -> dict[str, Any]:
        project = self.held.project
        box = Frame(frame.x, frame.y, frame.width, frame.height - STRIP_MM)
        item = add_map(self.layout, self.held, self.args, box)
        self.map = item
        self.names.dress(item)
        size = 6.5 * self._type
        corner = Frame(box.x, box.bottom + 1, 70, STRIP_MM - 1)
        bar = add_scale_bar(self.layout, item, project, corner, size)
        width, height = 5.0 * self._type, 9.0 * self._type
        arrow = Frame(box.right - width - 2.5, box.y + 2.5, width, height)
        item.addLabelBlockingItem(add_north_arrow(self.layout, item, arrow))
        set_in = Type(size, ink="#666666", language=self._language)
        text = scale_text(item, project, self.args)
        strip = Frame(box.x + 75, box.bottom + 2.5, box.width - 75, 0)
        set_lines(self.layout, wrap(text, set_in, strip.width), strip, set_in, "right")
        seen = item.extent()
        return {
            "extent": [seen.xMinimum(), seen.yMinimum(), seen.xMaximum(), seen.yMaximum()],
            "scale": item.scale(),
            "scale_bar": bar,
            "map_mm": [box.width, box.height],
        }


def composed(held: MapProject, args: Mapping[str, Any]) -> tuple[Sheet, dict[str, Any]]:
    """Return the page, and what its map shows, with every name in its place.

    Names without room are told beside the map. That may make the map smaller, so it is asked
    again until no further name is lost.

    Raises
    ------
    RefusedError
        The texts leave no room for the map.
    """
    names = SheetNames(held, args)
    for _round in range(MOST_ROUNDS):
        sheet, told = _fitted(held, args, names)
        if sheet.map is None or not names.find_lost(sheet.map):
            break
    else:
        sheet, told = _fitted(held, args, names)
    return sheet, {**told, "names": names.counts}


def _fitted(
    held: MapProject, args: Mapping[str, Any], names: SheetNames
) -> tuple[Sheet, dict[str, Any]]:
    """Return the page in the largest type that leaves room for the map."""
    for fit in FITS:
        sheet = Sheet(held, args, names, fit)
        told = sheet.compose()
        if told is not None:
            return sheet, told
    raise RefusedError(
        "The texts leave no room for the map on this page. Use A3, shorten the notes or "
        "the legend, or print fewer rows of the table."
    )


def print_map(held: MapProject, args: Mapping[str, Any]) -> dict[str, Any]:
    """Print a sheet; returns where it is and what the map shows.

    The layout of the last sheet stays in the project, so that the exported .qgz holds it too.

    Raises
    ------
    RefusedError
        The texts leave no room for the map, or a file cannot be written.
    """
    path = Path(args["path"])
    with with_many_places(held.project), described(held.project, args):
        sheet, told = composed(held, args)
        exporter = QgsLayoutExporter(sheet.layout)
        _export_pdf(exporter, path)
        if args["png"]:
            image = exporter.renderPageToImage(0, QSize(), float(args["png_dpi"]))
            save_image(image, Path(args["png"]))
    _keep(held.project, sheet.layout)
    return {"path": str(path), **told}


def _pdf_settings() -> QgsLayoutExporter.PdfExportSettings:
    settings = QgsLayoutExporter.PdfExportSettings()
    settings.dpi = PRINT_DPI
    settings.textRenderFormat = ALWAYS_TEXT
    settings.appendGeoreference = False
    settings.exportMetadata = True
    settings.simplifyGeometries = True
    return settings


def _export_pdf(exporter: QgsLayoutExporter, path: Path) -> None:
    """Write the PDF beside its place, then put it there."""
    try:
        with TemporaryDirectory(dir=path.parent, prefix=".landbridge-") as folder:
            draft = Path(folder) / path.name
            done = exporter.exportToPdf(str(draft), _pdf_settings())
            if done != QgsLayoutExporter.ExportResult.Success:
                raise RefusedError(f"{path} could not be written; check folder and disk.")
            draft.replace(path)
    except OSError as error:
        raise RefusedError(f"{path} could not be written: {error}.") from error


@contextlib.contextmanager
def described(project: QgsProject, args: Mapping[str, Any]) -> Iterator[None]:
    """Give the project the sheet's title and author, which go into the file's properties."""
    before = project.metadata()
    told = project.metadata()
    told.setTitle(args["title"])
    told.setAuthor(args["metadata"].get("author", ""))
    told.setAbstract(args["metadata"].get("subject", ""))
    project.setMetadata(told)
    try:
        yield
    finally:
        project.setMetadata(before)


def _keep(project: QgsProject, layout: QgsPrintLayout) -> None:
    manager = project.layoutManager()
    for old in manager.layouts():
        manager.removeLayout(old)
    manager.addLayout(layout)
