"""A table of classes of land, with the resistance of each to be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QDoubleSpinBox,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)
from typing_extensions import override

from resources.translation import tr
from ui import words
from ui.corridors.points import LEAST_RESISTANCE, MOST_RESISTANCE
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Mapping

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_VALUE_ROLE = int(Qt.ItemDataRole.UserRole)
_NUMBERS_PX = 11 * GRID


class ClassTable(QTreeView):
    """Lists classes; the resistance of one is edited in its row."""

    edited = pyqtSignal(object)
    """A resistance was changed; carries all of them by the name of the class."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("class_table")
        self.setAccessibleName(tr("Resistance of each class"))
        self.setAccessibleDescription(tr("F2 or Enter edits the resistance of a class."))
        self._rows = QStandardItemModel(self)
        self._rows.itemChanged.connect(self._on_item_changed)
        self.setModel(self._rows)
        self.setItemDelegate(_ResistanceDelegate(self))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setMinimumHeight(28 * GRID)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            trigger.DoubleClicked
            | trigger.SelectedClicked
            | trigger.EditKeyPressed
            | trigger.AnyKeyPressed
        )
        self._loading = False

    def show_classes(self, resistance: Mapping[str, float]) -> None:
        """Show classes by name with their resistance; the current row stays."""
        if resistance == self.resistance:
            return
        current = self.currentIndex().row()
        self._loading = True
        self._rows.clear()
        self._rows.setHorizontalHeaderLabels([tr("Class"), tr("Resistance")])
        for name, value in resistance.items():
            title, number = QStandardItem(name), QStandardItem(words.number(value))
            title.setEditable(False)
            title.setToolTip(name)
            number.setData(value, _VALUE_ROLE)
            number.setTextAlignment(_RIGHT)
            self._rows.appendRow([title, number])
        self._loading = False
        header = self.header()
        if header is not None:
            header.setStretchLastSection(False)
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
            header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(1, _NUMBERS_PX)
        if 0 <= current < self._rows.rowCount():
            self.setCurrentIndex(self._rows.index(current, 1))

    @property
    def resistance(self) -> dict[str, float]:
        """The resistance of each class by its name."""
        found = {}
        for row in range(self._rows.rowCount()):
            name = self._rows.index(row, 0).data()
            found[str(name)] = float(self._rows.index(row, 1).data(_VALUE_ROLE))
        return found

    def set_resistance(self, row: int, value: float) -> None:
        """Give a class another resistance, as an edit of its row does."""
        item = self._rows.item(row, 1)
        if item is not None and item.data(_VALUE_ROLE) != value:
            item.setData(value, _VALUE_ROLE)

    def _on_item_changed(self, item: QStandardItem) -> None:
        if self._loading or item.column() != 1:
            return
        self._loading = True
        item.setText(words.number(float(item.data(_VALUE_ROLE))))
        self._loading = False
        self.edited.emit(self.resistance)


class _ResistanceDelegate(QStyledItemDelegate):
    """Edits the second column with a field that takes numbers only."""

    @override
    def createEditor(
        self, parent: QWidget | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> QWidget | None:
        editor = QDoubleSpinBox(parent)
        editor.setObjectName("class_resistance")
        editor.setAccessibleName(
            tr(
                "Resistance of {name}",
                name=index.siblingAtColumn(0).data(),
            )
        )
        editor.setRange(LEAST_RESISTANCE, MOST_RESISTANCE)
        editor.setDecimals(1)
        editor.setFrame(False)
        editor.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        editor.setStyleSheet("padding: 0; min-height: 0;")
        return editor

    @override
    def setEditorData(self, editor: QWidget | None, index: QModelIndex) -> None:
        if isinstance(editor, QDoubleSpinBox):
            editor.setValue(float(index.data(_VALUE_ROLE)))
            editor.selectAll()

    @override
    def setModelData(self, editor: QWidget | None, model: object, index: QModelIndex) -> None:
        table = self.parent()
        if isinstance(editor, QDoubleSpinBox) and isinstance(table, ClassTable):
            editor.interpretText()
            table.set_resistance(index.row(), editor.value())
