"""A table with a row for each country and numbers to be written in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QColor, QIcon, QPixmap, QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QWidget

from planner.map_style import country_colour
from resources.translation import tr
from ui import words
from ui.reserve.setup.targets_table import TargetDelegate
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_NUMBER_PX = 7 * GRID
_ROW_PX = 28
_SWATCH_PX = 10


class CountryColumn(NamedTuple):
    """One column of numbers.

    Parameters
    ----------
    title : str
        Its header.
    in_per_cent : bool
        Whether the numbers are shares, written in per cent.
    empty : str
        What stands where nothing is written, for the tool tip.
    low, high : float
        Limits of a number, as it is written; `low` itself is refused where it is 0 and the
        column holds no shares.
    """

    title: str
    in_per_cent: bool
    empty: str
    low: float = 0.0
    high: float = 1e6


class CountryTable(QTreeView):
    """Numbers by country; an empty cell stands for none.

    Parameters
    ----------
    name : str
        Object name.
    accessible : str
        What the table is about.
    columns : sequence of CountryColumn
        Of numbers, after that of the names.
    """

    edited = pyqtSignal()
    """A number was changed by the user."""
    refused = pyqtSignal(str)
    """What was written cannot be meant so; carries why."""

    def __init__(
        self,
        name: str,
        accessible: str,
        columns: Sequence[CountryColumn],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self._columns = tuple(columns)
        self._countries: tuple[str, ...] = ()
        self._values: list[dict[str, float]] = [{} for _ in columns]
        self._loading = False
        self._items = QStandardItemModel(self)
        self._items.itemChanged.connect(self._on_item_changed)
        self.setModel(self._items)
        for at in range(1, len(columns) + 1):
            self.setItemDelegateForColumn(at, TargetDelegate(self))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            trigger.DoubleClicked
            | trigger.SelectedClicked
            | trigger.EditKeyPressed
            | trigger.AnyKeyPressed
        )

    def show_values(
        self, countries: Sequence[str], values: Sequence[Mapping[str, float]]
    ) -> None:
        """Show other countries and numbers.

        Parameters
        ----------
        countries : sequence of str
            ISO codes, in order.
        values : sequence of mapping of str to float
            For each column, the numbers by ISO code; shares as 0 to 1.
        """
        self._loading = True
        self._countries = tuple(countries)
        self._values = [dict(column) for column in values]
        self._items.clear()
        self._items.setHorizontalHeaderLabels(
            [tr("Country"), *(c.title for c in self._columns)]
        )
        for iso3 in self._countries:
            name = QStandardItem(QIcon(_swatch(iso3)), words.country(iso3))
            name.setEditable(False)
            name.setToolTip(words.country(iso3))
            cells = [name]
            for at, column in enumerate(self._columns):
                cell = QStandardItem(self._text(at, iso3))
                cell.setTextAlignment(_RIGHT)
                cell.setToolTip(tr("Empty: {empty}", empty=column.empty))
                cells.append(cell)
            self._items.appendRow(cells)
        self._loading = False
        self._fit()

    def values(self, at: int) -> dict[str, float]:
        """Return the numbers of a column by ISO code; shares as 0 to 1."""
        return dict(self._values[at])

    def _text(self, at: int, iso3: str) -> str:
        value = self._values[at].get(iso3)
        if value is None:
            return ""
        if self._columns[at].in_per_cent:
            return f"{round(100 * value, 6):g} %"
        return f"{value:g}"

    def _on_item_changed(self, item: QStandardItem) -> None:
        if self._loading or item.column() == 0:
            return
        at, iso3 = item.column() - 1, self._countries[item.row()]
        before = self._values[at].get(iso3)
        problem = self._take(at, iso3, item.text())
        self._loading = True
        item.setText(self._text(at, iso3))
        self._loading = False
        self.refused.emit(problem)
        if not problem and self._values[at].get(iso3) != before:
            self.edited.emit()

    def _take(self, at: int, iso3: str, text: str) -> str:
        """Take what was written; return why not, or an empty text."""
        column = self._columns[at]
        plain = text.strip().removesuffix("%").strip().replace(",", ".")
        if not plain or plain in {"–", "-"}:
            self._values[at].pop(iso3, None)
            return ""
        where = f"{words.country(iso3)}, {column.title.lower()}"
        try:
            value = float(plain)
        except ValueError:
            return tr("{where}: “{text}” is no number.", where=where, text=text.strip())
        high = 100.0 if column.in_per_cent else column.high
        least = value > column.low if not column.in_per_cent else value >= column.low
        if not math.isfinite(value) or not least or value > high:
            unit = " %" if column.in_per_cent else ""
            if column.in_per_cent:
                return tr(
                    "{where}: write a share from 0 to 100 %, not {text}.",
                    where=where,
                    text=text.strip(),
                )
            return tr(
                "{where}: write a number above {low:g}{unit}, not {text}.",
                where=where,
                low=column.low,
                unit=unit,
                text=text.strip(),
            )
        self._values[at][iso3] = value / 100 if column.in_per_cent else value
        return ""

    def _fit(self) -> None:
        header = self.header()
        if header is None:
            return
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for at in range(1, len(self._columns) + 1):
            head = self._items.horizontalHeaderItem(at)
            if head is not None:
                head.setTextAlignment(_RIGHT)
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.Fixed)
            wide = len(self._columns) == 1
            header.resizeSection(at, _NUMBER_PX * 2 if wide else _NUMBER_PX)
        row_px = max(_ROW_PX, self.sizeHintForRow(0))
        self.setFixedHeight(header.sizeHint().height() + len(self._countries) * row_px + 4)


def _swatch(iso3: str) -> QPixmap:
    """Return a square in the hue of a country."""
    made = QPixmap(_SWATCH_PX, _SWATCH_PX)
    made.fill(QColor(country_colour(iso3)))
    return made
