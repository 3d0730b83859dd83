"""A plain table: headers, rows of texts, numbers to the right, rows that can be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication, QKeySequence, QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QWidget
from typing_extensions import override

from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from PyQt6.QtGui import QKeyEvent

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ROW_PX = 28
_WIDEST_PX = 36 * GRID


class TableView(QTreeView):
    """Shows rows of texts.

    Parameters
    ----------
    name : str
        Object name.
    accessible : str
        What the table is about.
    """

    def __init__(self, name: str, accessible: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self._rows = QStandardItemModel(self)
        self.setModel(self._rows)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)

    def show_rows(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        numbers: Collection[int] = (),
    ) -> None:
        """Show other rows.

        Parameters
        ----------
        columns : sequence of str
            Headers.
        rows : sequence of sequence of str
            Texts, one per column.
        numbers : collection of int
            Columns that hold numbers.
        """
        self._rows.clear()
        self._rows.setHorizontalHeaderLabels(list(columns))
        for at in numbers:
            head = self._rows.horizontalHeaderItem(at)
            if head is not None:
                head.setTextAlignment(_RIGHT)
        for row in rows:
            items = [QStandardItem(text) for text in row]
            for at, item in enumerate(items):
                item.setToolTip(item.text())
                if at in numbers:
                    item.setTextAlignment(_RIGHT)
            self._rows.appendRow(items)
        self.fit_columns()

    def fit_columns(self, stretched: int | None = None) -> None:
        """Make the columns as wide as what stands in them; one may take what is left."""
        header = self.header()
        if header is None:
            return
        header.setStretchLastSection(False)
        for at in range(self._rows.columnCount()):
            if at == stretched:
                header.setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)
                continue
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.Interactive)
            self.resizeColumnToContents(at)
            width = min(self.columnWidth(at) + GRID, _WIDEST_PX)
            self.setColumnWidth(at, width)

    def fit_height(self, most_rows: int = 16) -> None:
        """Be as high as the rows, without a scroll bar up to so many."""
        header = self.header()
        modes = QHeaderView.ResizeMode
        stretches = header is not None and any(
            header.sectionResizeMode(at) == modes.Stretch
            for at in range(self._rows.columnCount())
        )
        if stretches:
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = max(1, min(self._rows.rowCount(), most_rows))
        head_px = 0 if header is None else header.sizeHint().height()
        row_px = max(_ROW_PX, self.sizeHintForRow(0))
        bar = self.horizontalScrollBar()
        bar_px = 0 if bar is None or stretches else bar.sizeHint().height()
        self.setFixedHeight(head_px + rows * row_px + bar_px + 4)

    def texts(self) -> list[list[str]]:
        """Return what stands in the table."""
        return [
            [self._rows.index(row, at).data() or "" for at in range(self._rows.columnCount())]
            for row in range(self._rows.rowCount())
        ]

    def _copy(self) -> None:
        selection, clipboard = self.selectionModel(), QGuiApplication.clipboard()
        if selection is None or clipboard is None:
            return
        chosen = sorted(index.row() for index in selection.selectedRows())
        every = self.texts()
        clipboard.setText("\n".join("\t".join(every[row]) for row in chosen))

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
            return
        super().keyPressEvent(event)
