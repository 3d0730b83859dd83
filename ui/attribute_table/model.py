"""The rows of an attribute table: fetched page by page as they come into sight."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, pyqtSignal
from typing_extensions import override

from resources.errors import PlannerError
from resources.translation import tr
from ui import words
from ui.attribute_table.query import TableQuery, ask
from ui.attribute_table.values import shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Future

    from layers.qgis.answers import FieldInfo, TablePage
    from ui.attribute_table.query import TableSource
    from ui.background import Background
    from ui.theme import Theme

PAGE = 200
"""Rows that are fetched at a time."""
_KEPT_PAGES = 60
_ROOT = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

Row = tuple[Any, ...]


class AttributeModel(QAbstractTableModel):
    """Shows what a query lists; a million rows cost no more than those that are seen.

    What stood there before stays until the first page of a new query has come.

    Parameters
    ----------
    background : Background
        Brings pages to this thread.
    theme : Theme
        Colour of what is not there.
    """

    loaded = pyqtSignal()
    """A page has come."""
    failed = pyqtSignal(str)
    """The query cannot be answered, and why."""

    def __init__(
        self, background: Background, theme: Theme, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._theme = theme
        self._source: TableSource | None = None
        self._query = TableQuery("")
        self._fields: tuple[FieldInfo, ...] = ()
        self._total = 0
        self._pages: OrderedDict[int, tuple[tuple[Row, ...], tuple[int, ...]]] = OrderedDict()
        self._asked: dict[int, Future[TablePage]] = {}
        self._turn = 0
        self._waits = False
        self._renewing = False

    @property
    def query(self) -> TableQuery:
        """What is listed, or will be once its first page has come."""
        return self._query

    @property
    def fields(self) -> tuple[FieldInfo, ...]:
        """The columns."""
        return self._fields

    @property
    def total(self) -> int:
        """How many features the query lists."""
        return self._total

    @property
    def waits(self) -> bool:
        """Whether the first page of a query is still to come."""
        return self._waits

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self._theme = theme

    def show(self, source: TableSource, query: TableQuery) -> None:
        """List what a query asks for, in place of what was listed."""
        self._renewing = False
        self._source = source
        if query.layer_id != self._query.layer_id:
            self.clear()
        self._query = query
        self._forget_asked()
        self._turn += 1
        self._waits = True
        self._fetch(0, first=True)

    def clear(self) -> None:
        """List nothing."""
        self._forget_asked()
        self._turn += 1
        self.beginResetModel()
        self._query = TableQuery("")
        self._fields, self._total, self._waits = (), 0, False
        self._pages.clear()
        self.endResetModel()

    def reload(self) -> None:
        """Fetch anew, as after the data have changed; the rows in sight stay in sight."""
        if self._source is not None and self._query.layer_id:
            self.show(self._source, self._query)
            self._renewing = True

    def fid_at(self, row: int) -> int | None:
        """Return the feature in a row; None where its page is not there."""
        page = self._pages.get(row // PAGE)
        place = row % PAGE
        return page[1][place] if page is not None and place < len(page[1]) else None

    def rows_of(self, fids: Iterable[int]) -> list[int]:
        """Return the rows of features on pages that are there, in ascending order."""
        wanted = set(fids)
        return [
            number * PAGE + place
            for number in sorted(self._pages)
            for place, fid in enumerate(self._pages[number][1])
            if fid in wanted
        ]

    def record_at(self, row: int) -> dict[str, Any]:
        """Return field and value of a row; empty where its page is not there."""
        values = self._row(row)
        if values is None:
            return {}
        return {f.name: v for f, v in zip(self._fields, values, strict=True)}

    def _row(self, row: int) -> Row | None:
        page = self._pages.get(row // PAGE)
        place = row % PAGE
        return page[0][place] if page is not None and place < len(page[0]) else None

    def _forget_asked(self) -> None:
        for future in self._asked.values():
            future.cancel()
        self._asked.clear()

    def _fetch(self, number: int, *, first: bool = False) -> None:
        if self._source is None or number in self._asked:
            return
        turn = self._turn
        try:
            future = ask(self._source, self._query, number * PAGE, PAGE)
        except PlannerError as error:  # QGIS does not run
            self._waits = False
            self.failed.emit(words.problem(error))
            return
        self._asked[number] = future

        def done(page: TablePage) -> None:
            if turn == self._turn:
                self._asked.pop(number, None)
                self._take(number, page, first=first)

        def failed(error: PlannerError) -> None:
            if turn == self._turn:
                self._asked.pop(number, None)
                self._waits = False
                self.failed.emit(words.problem(error))

        self._background.watch(future, done, failed)

    def _take(self, number: int, page: TablePage, *, first: bool) -> None:
        same = page.total == self._total and page.fields == self._fields
        if first and self._renewing and same:
            self._renewing = self._waits = False
            self._pages.clear()
            self._keep(number, page)
            self._repaint(0, self._total - 1)
        elif first or not same:
            self.beginResetModel()
            self._pages.clear()
            self._fields, self._total = page.fields, page.total
            self._pages[number] = (page.rows, page.fids)
            self._waits = False
            self.endResetModel()
        else:
            self._keep(number, page)
            self._repaint(number * PAGE, min((number + 1) * PAGE, self._total) - 1)
        self.loaded.emit()

    def _keep(self, number: int, page: TablePage) -> None:
        self._pages[number] = (page.rows, page.fids)
        while len(self._pages) > _KEPT_PAGES:
            self._pages.popitem(last=False)

    def _repaint(self, first: int, last: int) -> None:
        if last >= first:
            end = self.index(last, len(self._fields) - 1)
            self.dataChanged.emit(self.index(first, 0), end)

    @override
    def rowCount(self, parent: QModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else self._total

    @override
    def columnCount(self, parent: QModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._fields)

    @override
    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        field = self._fields[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if field.is_number else _LEFT
        if role not in {
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.ForegroundRole,
        }:
            return None
        values = self._row(index.row())
        if values is None:
            if role == Qt.ItemDataRole.DisplayRole:
                self._fetch(index.row() // PAGE)
            return None
        return self._shown(values[index.column()], role)

    def _shown(self, value: object, role: int) -> object:
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.qcolour("text_muted") if value is None else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr("No value") if value is None else str(value)
        return shown(value)

    @override
    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1) if role == Qt.ItemDataRole.DisplayRole else None
        if section >= len(self._fields):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            field = self._fields[section]
            return field.alias or field.name
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self._fields[section].is_number else _LEFT
        return None

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """List in the order of a column."""
        if self._source is None or not 0 <= column < len(self._fields):
            return
        wanted = (self._fields[column].name, order == Qt.SortOrder.DescendingOrder)
        if wanted != self._query.sort:
            self.show(self._source, replace(self._query, sort=wanted))
