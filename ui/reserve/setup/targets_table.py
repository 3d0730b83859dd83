"""The table of targets: features to tick, each with a target, and one for each country."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)
from typing_extensions import override

from resources.translation import mark, tr
from ui import words
from ui.reserve.setup.targets import TargetError, TargetRow, in_km2, target_from, target_told
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_COUNTRY_ROLE = int(Qt.ItemDataRole.UserRole)
_TARGET_PX = 10 * GRID
_FEWEST_ROWS = 4
_MOST_ROWS = 9
_ROW_PX = 28
_HOW = mark("For example 30 %, 500 km², by range")


class TargetsTable(QTreeView):
    """Lists features; a target is written in its row, that of a country one level below."""

    edited = pyqtSignal()
    """A feature was ticked, or a target was changed by the user."""
    refused = pyqtSignal(str)
    """What was written is no target; carries why, and how to write one."""
    row_chosen = pyqtSignal(int)
    """Another feature is current; carries its place, or -1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("targets_table")
        self.setAccessibleName(tr("Features and their targets"))
        self.setAccessibleDescription(
            tr(
                "Space ticks a feature, F2 edits its target, the right arrow opens its "
                "countries."
            )
        )
        self._rows: list[TargetRow] = []
        self._countries: tuple[str, ...] = ()
        self._loading = False
        self._items = QStandardItemModel(self)
        self._items.itemChanged.connect(self._on_item_changed)
        self.setModel(self._items)
        self.setItemDelegateForColumn(1, TargetDelegate(self))
        self.setUniformRowHeights(True)
        self.setIndentation(2 * GRID)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            trigger.DoubleClicked | trigger.SelectedClicked | trigger.EditKeyPressed
        )
        selection = self.selectionModel()
        if selection is not None:
            selection.currentRowChanged.connect(self._on_current_changed)
        self.expanded.connect(self._fit_height)
        self.collapsed.connect(self._fit_height)

    @property
    def rows(self) -> tuple[TargetRow, ...]:
        """The features with their targets."""
        return tuple(self._rows)

    @property
    def chosen(self) -> int:
        """Place of the feature that is current, or -1."""
        index = self.currentIndex()
        if index.parent().isValid():
            index = index.parent()
        return index.row()

    def show_rows(self, rows: Sequence[TargetRow], countries: Sequence[str]) -> None:
        """Show other features; `countries` are those that may have targets of their own."""
        chosen = self.chosen
        self._loading = True
        self._rows, self._countries = list(rows), tuple(countries)
        self._items.clear()
        self._items.setHorizontalHeaderLabels([tr("Feature"), tr("Target")])
        head = self._items.horizontalHeaderItem(1)
        if head is not None:
            head.setTextAlignment(_RIGHT)
        for row in self._rows:
            self._items.appendRow(self._made(row))
        self._loading = False
        self._fit_columns()
        self._fit_height()
        if 0 <= chosen < len(self._rows):
            self.setCurrentIndex(self._items.index(chosen, 0))
        for at, row in enumerate(self._rows):
            if row.countries:
                self.setExpanded(self._items.index(at, 0), True)

    def replace_row(self, at: int, row: TargetRow) -> None:
        """Give a feature other settings; what is open stays open."""
        self._rows[at] = row
        self._show_texts(at)

    def _made(self, row: TargetRow) -> list[QStandardItem]:
        title, target = QStandardItem(row.title), QStandardItem()
        title.setEditable(False)
        title.setCheckable(True)
        title.setCheckState(_checked(wanted=row.wanted))
        target.setTextAlignment(_RIGHT)
        for iso3 in self._countries:
            name, own = QStandardItem(words.country(iso3)), QStandardItem()
            name.setEditable(False)
            for item in (name, own):
                item.setData(iso3, _COUNTRY_ROLE)
            own.setTextAlignment(_RIGHT)
            title.appendRow([name, own])
        self._fill(title, target, row)
        return [title, target]

    def _fill(self, title: QStandardItem, target: QStandardItem, row: TargetRow) -> None:
        areas = in_km2(row.source)
        told = "\n".join(text for text in (row.title, row.detail) if text)
        title.setToolTip(told)
        title.setText(row.title)
        target.setText(target_told(row.whole, in_km2=areas))
        target.setToolTip(tr(_HOW))
        for at, iso3 in enumerate(self._countries):
            own = title.child(at, 1)
            if own is not None:
                own.setText(target_told(row.countries.get(iso3), in_km2=areas))
                own.setToolTip(tr("Besides the target of the whole: {how}", how=tr(_HOW)))

    def _show_texts(self, at: int) -> None:
        title, target = self._items.item(at, 0), self._items.item(at, 1)
        if title is not None and target is not None:
            self._loading = True
            self._fill(title, target, self._rows[at])
            self._loading = False

    def _on_item_changed(self, item: QStandardItem) -> None:
        if self._loading:
            return
        parent = item.parent()
        at = item.row() if parent is None else parent.row()
        row = self._rows[at]
        if item.column() == 0:
            wanted = item.checkState() == Qt.CheckState.Checked
            if parent is None and wanted != row.wanted:
                self._rows[at] = replace(row, wanted=wanted)
                self.edited.emit()
            return
        iso3 = "" if parent is None else str(item.data(_COUNTRY_ROLE))
        before = row.countries.get(iso3) if iso3 else row.whole
        try:
            target = target_from(item.text(), before)
        except TargetError as error:
            self._show_texts(at)
            self.refused.emit(words.problem(error))
            return
        self._rows[at] = row.with_target(iso3, target)
        self._show_texts(at)
        self.refused.emit("")
        if target != before:
            self.edited.emit()

    def _on_current_changed(self) -> None:
        self.row_chosen.emit(self.chosen)

    def _fit_columns(self) -> None:
        header = self.header()
        if header is not None:
            header.setStretchLastSection(False)
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
            header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(1, _TARGET_PX)

    def _fit_height(self) -> None:
        """Be as high as the rows that are open, within limits."""
        open_rows = sum(
            1 + (len(self._countries) if self.isExpanded(self._items.index(at, 0)) else 0)
            for at in range(len(self._rows))
        )
        header = self.header()
        head_px = 0 if header is None else header.sizeHint().height()
        row_px = max(_ROW_PX, self.sizeHintForRow(0))
        rows = max(_FEWEST_ROWS, min(open_rows, _MOST_ROWS))
        self.setFixedHeight(head_px + rows * row_px + 4)


class TargetDelegate(QStyledItemDelegate):
    """Edits a cell with a plain field, filled with what stands there."""

    @override
    def createEditor(
        self, parent: QWidget | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> QWidget | None:
        editor = QLineEdit(parent)
        editor.setObjectName("cell_editor")
        editor.setAccessibleName(f"{index.siblingAtColumn(0).data()}")
        editor.setFrame(False)
        editor.setAlignment(_RIGHT)
        editor.setStyleSheet("padding: 0 2px; min-height: 0; border-radius: 0;")
        return editor


def _checked(*, wanted: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked
