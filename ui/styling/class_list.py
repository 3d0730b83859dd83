"""The classes of a style: what each is called, and in which colour it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QModelIndex, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QHeaderView, QTreeView
from typing_extensions import override

from resources.translation import tr
from ui import words
from ui.styling.controls import ask_colour, colour_icon
from ui.styling.drafts import colour_of
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PyQt6.QtGui import QKeyEvent
    from PyQt6.QtWidgets import QWidget

_ROWS_SEEN = 8
_ROW_PX = 29
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_COLOUR_ROLE = int(Qt.ItemDataRole.UserRole)


class ClassList(QTreeView):
    """Lists the classes of a style; a double click on a colour changes it, on a name too."""

    colour_chosen = pyqtSignal(int, str)
    label_chosen = pyqtSignal(int, str)
    remove_wanted = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("style_classes")
        self.setAccessibleName(tr("Classes of the style"))
        self.setAccessibleDescription(
            tr("Enter changes the colour of a class, F2 its name, Delete takes it out.")
        )
        self._filling = False
        self._items = QStandardItemModel(self)
        self._items.itemChanged.connect(self._on_item_changed)
        self.setModel(self._items)
        self.setRootIsDecorated(False)
        self.setIconSize(QSize(28, 16))
        self.setUniformRowHeights(True)
        self._fit(1)
        self.doubleClicked.connect(self._on_double_clicked)

    def show_classes(
        self, rows: Sequence[tuple[str, str, str]], *, removable: bool = True
    ) -> None:
        """Show classes as colour, name and count; an empty count is not known."""
        current = self.currentIndex().row()
        self._removable = removable
        counted = any(count for _, _, count in rows)
        self._filling = True  # the view has to hear of every row, so no signal is blocked
        self._items.clear()
        self._items.setHorizontalHeaderLabels(
            [tr("Class"), tr("Count")] if counted else [tr("Class")]
        )
        for colour, name, count in rows:
            first = QStandardItem(colour_icon(colour), name)
            first.setData(colour, _COLOUR_ROLE)
            first.setToolTip(name)
            line = [first]
            if counted:
                second = QStandardItem(count)
                second.setEditable(False)
                second.setTextAlignment(_RIGHT)
                line.append(second)
            self._items.appendRow(line)
        self._filling = False
        header = self.header()
        if header is not None and self._items.columnCount():
            header.setStretchLastSection(False)
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
            if counted:
                header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._fit(len(rows))
        if current >= 0:
            self.setCurrentIndex(self._items.index(min(current, len(rows) - 1), 0))

    def _fit(self, rows: int) -> None:
        """Be as high as the classes, up to where they are scrolled."""
        self.setFixedHeight((min(max(rows, 1), _ROWS_SEEN) + 1) * _ROW_PX + GRID)

    def _on_double_clicked(self, index: QModelIndex) -> None:
        if index.column() == 0:
            self._ask_colour(index.row())

    def _ask_colour(self, row: int) -> None:
        item = self._items.item(row, 0)
        if item is not None:
            ask_colour(
                self,
                tr("Colour of {name}", name=item.text()),
                str(item.data(_COLOUR_ROLE)),
                lambda colour: self.colour_chosen.emit(row, colour),
            )

    def _on_item_changed(self, item: QStandardItem) -> None:
        text = item.text().strip()
        if self._filling:
            return
        if item.column() == 0 and text and text != item.toolTip():
            self.label_chosen.emit(item.row(), text)

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        row = self.currentIndex().row()
        if event is None:
            return
        if self.state() == QTreeView.State.EditingState or row < 0:
            super().keyPressEvent(event)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._ask_colour(row)
        elif event.key() == Qt.Key.Key_Delete and self._removable:
            self.remove_wanted.emit(row)
        else:
            super().keyPressEvent(event)


def rows_of(style: Mapping[str, Any], counts: Sequence[int] = ()) -> list[tuple[str, str, str]]:
    """Return colour, name and count of each class of a style."""
    if style.get("type") == "classes":
        return [(str(row[1]), words.stored(str(row[2])), "") for row in style["classes"]]
    symbols = style.get("symbols", ())
    told = [words.number(count) for count in counts]
    told += [""] * (len(symbols) - len(told))
    return [
        (colour_of(item["symbol"]), words.stored(str(item.get("label", ""))), count)
        for item, count in zip(symbols, told, strict=False)
    ]
