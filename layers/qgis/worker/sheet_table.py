"""The one table of a sheet: quiet rules, numbers to the right, headers that wrap."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qgis.core import QgsFillSymbol, QgsLayout, QgsLayoutItemShape

from layers.qgis.worker.sheet_text import (
    MM_PER_POINT,
    Frame,
    Type,
    place,
    set_lines,
    width_mm,
    wrap,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NUMBER = re.compile(r"^[+\-−–±<>≤≥≈~ ]*\d[\d\s.,'  ]*( ?[^\d\s]{1,6}[²³]?)?$")
EMPTY = {"", "-", "–", "—", "n/a"}
GAP_MM = 3.2
RULE_MM = 0.15
ROW_AIR_MM = 1.1
HEADER_SHARE = 0.62
TEXT_EM = 9


@dataclass(frozen=True)
class TablePlan:
    """A table measured: its lines per cell and its column widths.

    Parameters
    ----------
    title, header, rows : lists of lines
        Text already wrapped, per cell.
    widths : list of float
        Column widths in millimetres.
    """

    title: list[str]
    header: list[list[str]]
    rows: list[list[list[str]]]
    widths: list[float]
    to_right: list[bool]
    type_title: Type
    type_header: Type
    type_cell: Type

    @property
    def width(self) -> float:
        """Width of the table in millimetres."""
        return sum(self.widths) + GAP_MM * (len(self.widths) - 1)

    @property
    def height(self) -> float:
        """Height of the table in millimetres, its title included."""
        lines = max(len(cell) for cell in self.header)
        head = lines * self.type_header.line_mm + ROW_AIR_MM
        body = sum(self._row_mm(row) for row in self.rows)
        title = len(self.title) * self.type_title.line_mm + (1.2 if self.title else 0)
        return title + head + body + 0.6

    def _row_mm(self, row: list[list[str]]) -> float:
        return max(len(cell) for cell in row) * self.type_cell.line_mm + ROW_AIR_MM

    def draw(self, layout: QgsLayout, x: float, y: float) -> None:
        """Put the table on the page, its upper left corner at x, y."""
        y = set_lines(layout, self.title, Frame(x, y, self.width, 0), self.type_title)
        y += 1.2 if self.title else 0
        deepest = max(len(cell) for cell in self.header) * self.type_header.line_mm
        for column, cell in enumerate(self.header):
            low = deepest - len(cell) * self.type_header.line_mm
            self._cell(layout, cell, (x, y + low), column, self.type_header)
        y += deepest + ROW_AIR_MM
        draw_rule(layout, Frame(x, y - ROW_AIR_MM / 2, self.width, 0.3), "#444444")
        for row in self.rows:
            for column, cell in enumerate(row):
                self._cell(layout, cell, (x, y), column, self.type_cell)
            y += self._row_mm(row)
            draw_rule(layout, Frame(x, y - ROW_AIR_MM / 2, self.width, RULE_MM), "#cfcfcf")

    def _cell(
        self,
        layout: QgsLayout,
        lines: Sequence[str],
        corner: tuple[float, float],
        column: int,
        set_in: Type,
    ) -> None:
        left = corner[0] + sum(self.widths[:column]) + GAP_MM * column
        align = "right" if self.to_right[column] else "left"
        set_lines(layout, lines, Frame(left, corner[1], self.widths[column], 0), set_in, align)


def draw_rule(layout: QgsLayout, frame: Frame, ink: str) -> None:
    """Draw a horizontal rule as a thin filled box."""
    shape = QgsLayoutItemShape(layout)
    shape.setShapeType(QgsLayoutItemShape.Shape.Rectangle)
    shape.setSymbol(QgsFillSymbol.createSimple({"color": ink, "outline_style": "no"}))
    layout.addLayoutItem(shape)
    place(shape, frame)


def _is_number(text: str) -> bool:
    return bool(NUMBER.match(text.strip()))


def plan_table(
    table: Mapping[str, Any], size_pt: float, limit_mm: float, language: str
) -> TablePlan:
    """Measure a table for a width; text columns and headers give way, numbers do not.

    The plan may still be wider than the limit where the columns cannot be narrowed.
    """
    type_title, type_header, type_cell = (
        Type(size_pt + 0.5, bold=True, language=language),
        Type(size_pt, bold=True, ink="#444444", language=language),
        Type(size_pt, language=language),
    )
    headers: list[str] = table["headers"]
    rows: list[list[str]] = table["rows"]
    columns = range(len(headers))
    cells = [[row[c] for row in rows] for c in columns]
    to_right = [
        any(_is_number(cell) for cell in cells[c])
        and all(_is_number(cell) or cell.strip() in EMPTY for cell in cells[c])
        for c in columns
    ]
    narrow = TEXT_EM * size_pt * MM_PER_POINT
    natural, least = [], []
    for c in columns:
        widest = max((width_mm(cell, type_cell) for cell in cells[c]), default=0)
        words = max(width_mm(word, type_header) for word in [*headers[c].split(), ""])
        head = max(words, min(width_mm(headers[c], type_header), HEADER_SHARE * 30))
        natural.append(max(widest, head))
        least.append(max(widest if to_right[c] else min(widest, narrow), words))
    widths = _share(natural, least, limit_mm - GAP_MM * (len(headers) - 1))
    return TablePlan(
        title=wrap(table["title"], type_title, limit_mm) if table["title"] else [],
        header=[wrap(headers[c], type_header, widths[c] + 0.2) for c in columns],
        rows=[[wrap(row[c], type_cell, widths[c] + 0.2) for c in columns] for row in rows],
        widths=widths,
        to_right=to_right,
        type_title=type_title,
        type_header=type_header,
        type_cell=type_cell,
    )


def _share(natural: list[float], least: list[float], room: float) -> list[float]:
    """Return widths between least and natural that fill at most the room, if they can."""
    excess = sum(natural) - room
    slack = sum(natural) - sum(least)
    if excess <= 0 or slack <= 0:
        return natural
    part = min(1.0, excess / slack)
    return [wide - part * (wide - least[i]) for i, wide in enumerate(natural)]
