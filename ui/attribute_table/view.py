"""The rows as a grid, with a selection that is one of features and not of places."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    Qt,
    pyqtSignal,
)
from PyQt6.QtGui import QAction, QPalette
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QMenu,
    QTableView,
)
from typing_extensions import override

from resources.translation import tr
from ui import words
from ui.attribute_table.stretches import Stretch
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PyQt6.QtCore import QModelIndex, QPoint
    from PyQt6.QtGui import QKeyEvent
    from PyQt6.QtWidgets import QWidget

    from resources.errors import PlannerError
    from ui.attribute_table.model import AttributeModel
    from ui.attribute_table.query import TableSource
    from ui.background import Background
    from ui.theme import Theme

_LOOKED_AT = 50
"""Rows that say how wide a column is to be; others are not fetched for that."""
_WIDEST_PX = 40 * GRID
_NARROWEST_PX = 8 * GRID
_UNSEEN = frozenset({"ogc_fid", "fid", "uuid"})
"""Columns that are hidden until somebody wants to see them: they tell people nothing."""
_ADDING = Qt.KeyboardModifier.ControlModifier
_FLAG = QItemSelectionModel.SelectionFlag


class AttributeView(QTableView):
    """Shows the rows of a model.

    What is selected stays selected while rows are sorted and filtered, whether it is in sight
    or not.

    Parameters
    ----------
    model : AttributeModel
        The rows.
    background : Background
        Fetches rows that were selected without having been seen.
    """

    features_chosen = pyqtSignal(tuple)
    """The user has selected features; carries them all."""
    copy_wanted = pyqtSignal()
    failed = pyqtSignal(str)

    def __init__(
        self, model: AttributeModel, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._rows = model
        self._source: TableSource | None = None
        self._stretch = Stretch(background)
        self._fids: frozenset[int] = frozenset()
        self._sized = ""
        self._following = False
        self.setObjectName("attribute_view")
        self.setAccessibleName(tr("Attributes of the layer"))
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self._set_up_headers()
        model.modelReset.connect(self._on_listed)
        model.loaded.connect(self._mark)
        selection = self.selectionModel()
        if selection is not None:
            selection.selectionChanged.connect(self._on_selection_changed)

    def _set_up_headers(self) -> None:
        across, down = self.horizontalHeader(), self.verticalHeader()
        if across is not None:
            across.setSortIndicatorClearable(False)
            across.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            across.setSectionsMovable(True)
            across.setMinimumSectionSize(_NARROWEST_PX)
            across.setHighlightSections(False)
            across.setResizeContentsPrecision(_LOOKED_AT)
            across.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            across.customContextMenuRequested.connect(self._show_columns_menu)
        if down is not None:
            down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            down.setDefaultSectionSize(self.fontMetrics().height() + GRID)
            down.setHighlightSections(False)
        self.setSortingEnabled(True)

    def set_source(self, source: TableSource) -> None:
        """Fetch rows that were not seen from here."""
        self._source = source

    @property
    def fids(self) -> tuple[int, ...]:
        """Features that are selected, listed or not."""
        return tuple(sorted(self._fids))

    @property
    def columns_seen(self) -> tuple[int, ...]:
        """The columns that are not hidden, from left to right as they stand."""
        header = self.horizontalHeader()
        if header is None:
            return ()
        order = [header.logicalIndex(place) for place in range(header.count())]
        return tuple(column for column in order if not self.isColumnHidden(column))

    def select_features(self, fids: Iterable[int], *, reveal: bool = False) -> None:
        """Show features as selected, without telling.

        Parameters
        ----------
        fids : iterable of int
            The features.
        reveal : bool
            Whether the first of them that is listed comes into sight.
        """
        self._stretch.drop()
        self._fids = frozenset(fids)
        self._mark()
        rows = self._rows.rows_of(self._fids) if reveal else []
        if rows:
            self.show_row(rows[0])

    def show_row(self, row: int) -> None:
        """Bring a row into sight; nothing moves where it is."""
        column = next(iter(self.columns_seen), 0)  # nothing scrolls to a hidden one
        self.scrollTo(self._rows.index(row, column))

    def choose_rows(self, rows: range) -> None:
        """Select rows by their places, those too that have not been seen."""
        if self._source is not None and len(rows):
            self._stretch.fetch(
                self._source,
                self._rows.query,
                rows,
                lambda fids, _: self._choose(frozenset(fids)),
                self._on_failed,
            )

    def _choose(self, fids: frozenset[int]) -> None:
        self._fids = fids
        self._mark()
        self.features_chosen.emit(self.fids)

    def _on_failed(self, error: PlannerError) -> None:
        self._mark()
        self.failed.emit(words.problem(error))

    def _mark(self) -> None:
        """Mark the rows that are there of what is selected."""
        selection = self.selectionModel()
        if selection is None:
            return
        wanted = QItemSelection()
        last = self._rows.columnCount() - 1
        for first, end in _runs(self._rows.rows_of(self._fids)):
            wanted.append(
                QItemSelectionRange(self._rows.index(first, 0), self._rows.index(end, last))
            )
        self._following = True
        selection.select(wanted, _FLAG.ClearAndSelect)
        self._following = False

    def _on_listed(self) -> None:
        self._mark()
        if self._sized != self._rows.query.layer_id and self._rows.total:
            self._sized = self._rows.query.layer_id
            for column, field in enumerate(self._rows.fields):
                self.setColumnHidden(column, field.name.casefold() in _UNSEEN)
            self._fit_columns()

    def columns_menu(self) -> QMenu:
        """Return the menu that shows and hides columns."""
        menu = QMenu(self)
        menu.setObjectName("attribute_columns_menu")
        for column, field in enumerate(self._rows.fields):
            action = QAction(field.alias or field.name, menu)
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(column))
            action.toggled.connect(partial(self._show_column, column))
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _show_column(self, column: int, shown: bool) -> None:
        if shown or len(self.columns_seen) > 1:
            self.setColumnHidden(column, not shown)

    def _show_columns_menu(self, at: QPoint) -> None:
        header = self.horizontalHeader()
        if header is not None:
            self.columns_menu().popup(header.mapToGlobal(at))

    def set_theme(self, theme: Theme) -> None:
        """Mark selected rows in the colours of a theme."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Highlight, theme.qcolour("selection"))
        palette.setColor(QPalette.ColorRole.HighlightedText, theme.qcolour("text"))
        self.setPalette(palette)

    def _fit_columns(self) -> None:
        self.resizeColumnsToContents()
        for column in range(self._rows.columnCount()):
            self.setColumnWidth(column, min(self.columnWidth(column) + GRID, _WIDEST_PX))

    def _on_selection_changed(self, more: QItemSelection, less: QItemSelection) -> None:
        if self._following:
            return
        adding = bool(QApplication.keyboardModifiers() & _ADDING)
        selection = self.selectionModel()
        if selection is None:
            return
        rows = _rows_in(more if adding else selection.selection())
        kept: frozenset[int] = frozenset()
        if adding:
            kept = self._fids - {self._rows.fid_at(row) for row in _rows_in(less)}
        known = [self._rows.fid_at(row) for row in rows]
        found = [fid for fid in known if fid is not None]
        if len(found) < len(rows):
            self.choose_rows(range(rows[0], rows[-1] + 1))
            return
        self._stretch.drop()
        self._choose(kept | frozenset(found))

    @override
    def selectAll(self) -> None:
        self.choose_rows(range(self._rows.total))

    @override
    def keyPressEvent(self, e: QKeyEvent | None) -> None:
        if e is None:
            return
        if e.key() == Qt.Key.Key_C and e.modifiers() & _ADDING:
            self.copy_wanted.emit()
            return
        if e.key() == Qt.Key.Key_A and e.modifiers() & _ADDING:
            self.selectAll()
            return
        if e.key() == Qt.Key.Key_Escape and self._fids:
            self._choose(frozenset())
            return
        super().keyPressEvent(e)

    @override
    def sizeHintForColumn(self, column: int) -> int:
        return min(super().sizeHintForColumn(column), _WIDEST_PX)

    @override
    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.scrollTo(current)


def _rows_in(selection: QItemSelection) -> list[int]:
    ranges = [selection[place] for place in range(len(selection))]
    return sorted({row for part in ranges for row in range(part.top(), part.bottom() + 1)})


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Return first and last of each run of rows that follow each other."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and row == found[-1][1] + 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found
