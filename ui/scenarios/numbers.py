"""A comparison of scenarios as a tree: what is measured, below it the countries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QStandardItem, QStandardItemModel

from planner.compare_land import REGION
from resources.translation import tr
from ui import words
from ui.theme import font

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planner.compare import Comparison, Line

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_UNITS = {"km2": "km²"}
_MINUS = "\N{MINUS SIGN}"
_NONE = "\N{EN DASH}"
_MOST_DECIMALS = 2


def headers(comparison: Comparison) -> list[str]:
    """Return the headings of the columns."""
    names = [item.name for item in comparison.scenarios]
    return ["", *names, tr("Difference")] if len(names) == 2 else ["", *names]


def cells(line: Line, *, difference: bool) -> list[str]:
    """Return the numbers of a line as they are shown, with the decimals that tell them apart.

    Parameters
    ----------
    line : Line
        Numbers of every scenario.
    difference : bool
        Whether the last cell is to tell how far the second lies above the first.
    """
    decimals = _decimals(line)
    shown = [_NONE if v is None else words.fixed(v, decimals) for v in line.values]
    if difference:
        shown.append(_signed(line.differences[1], decimals))
    return shown


def about(line: Line) -> str:
    """Return what a line tells, with its unit and its species."""
    title = words.capital(words.stored(line.title))
    unit = _UNITS.get(line.unit, line.unit)
    parts = [f"{title}, {unit}" if unit else title]
    if line.species:
        parts.append(words.species(line.species))
    return "  ·  ".join(parts)


def fill(model: QStandardItemModel, comparison: Comparison, *, only_differing: bool) -> None:
    """Show a comparison in a model.

    Parameters
    ----------
    model : QStandardItemModel
        Cleared and filled: headings, below them what is measured, below that the countries.
    comparison : Comparison
        What is shown.
    only_differing : bool
        Leave out what is alike in all scenarios.
    """
    model.clear()
    model.setHorizontalHeaderLabels(headers(comparison))
    two = len(comparison.scenarios) == 2
    heading: QStandardItem | None = None
    parent: QStandardItem | None = None
    group = ""
    for line in comparison.lines:
        if only_differing and not line.differs:
            continue
        if heading is None or line.group != group:
            group = line.group
            heading = QStandardItem(tr(group))
            heading.setFont(font("body", bold=True))
            heading.setSelectable(False)
            model.appendRow(heading)
        row = _row(line, difference=two)
        if line.place == REGION or parent is None or parent.data() != _key(line):
            heading.appendRow(row)
            parent = row[0]
            parent.setData(_key(line))
        else:
            parent.appendRow(row)


def as_text(comparison: Comparison, lines: Iterable[Line]) -> str:
    """Return lines as text with tabs, for a table of another program."""
    names = [item.name for item in comparison.scenarios]
    top = [tr("Number"), tr("Unit"), tr("Species"), tr("Country"), *names]
    rows = [top]
    for line in lines:
        rows.append(
            [
                words.capital(words.stored(line.title)),
                _UNITS.get(line.unit, line.unit),
                words.species(line.species) if line.species else "",
                words.country(line.place) if line.place != REGION else "",
                *("" if value is None else f"{value:.6g}" for value in line.values),
            ]
        )
    return "\n".join("\t".join(row) for row in rows) + "\n"


def _row(line: Line, *, difference: bool) -> list[QStandardItem]:
    title = about(line) if line.place == REGION else words.country(line.place)
    texts = cells(line, difference=difference)
    row = [QStandardItem(text) for text in (title, *texts)]
    spoken = f"{about(line)}, {title}: {', '.join(texts)}"
    for item in row:
        item.setToolTip(spoken if item is row[0] else item.text())
        item.setData(spoken, int(Qt.ItemDataRole.AccessibleTextRole))
        item.setEditable(False)
    for item in row[1:]:
        item.setTextAlignment(_RIGHT)
    if difference and line.differs:
        row[-1].setFont(font("body", bold=True))
    return row


def _key(line: Line) -> str:
    return f"{line.group}|{line.title}|{line.unit}|{line.species}"


def _decimals(line: Line) -> int:
    known = [value for value in line.values if value is not None]
    if not known or all(value == int(value) for value in known):
        return 0
    decimals = 0 if max(abs(value) for value in known) >= 100 else 1
    while decimals < _MOST_DECIMALS and _too_few(known, decimals):
        decimals += 1
    return decimals


def _too_few(values: Sequence[float], decimals: int) -> bool:
    return len(set(values)) > len({round(value, decimals) for value in values})


def _signed(value: float | None, decimals: int) -> str:
    if value is None:
        return _NONE
    if round(value, decimals) == 0:
        return "0"
    sign = "+" if value > 0 else _MINUS
    return f"{sign}{words.fixed(abs(value), decimals)}"
