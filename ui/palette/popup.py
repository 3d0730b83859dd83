"""The list below the palette's line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetrics, QPainter
from PyQt6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from resources.translation import mark, tr
from ui import theme as themes
from ui import words
from ui.controls import label
from ui.icons import icon
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.palette.entry import Entry
    from ui.theme import Theme

KIND_WORDS = {
    "command": mark("Command"),
    "panel": mark("Panel"),
    "site": mark("Site"),
    "corridor": mark("Corridor"),
    "proposal": mark("Proposal"),
    "layer": mark("Layer"),
    "place": mark("Place"),
}
_ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)
_ICON_PX = 18
_CUT = Qt.TextElideMode.ElideRight
_MIDDLE_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_MIDDLE_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


class _Found(QAbstractListModel):
    """The entries that are shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []

    def show(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self._entries = list(entries)
        self.endResetModel()

    @override
    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    @override
    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if role == _ENTRY_ROLE:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            parts = (tr(KIND_WORDS[entry.kind]), entry.title, entry.detail, entry.keys)
            return words.listed(parts)
        return None


class _Painter(QStyledItemDelegate):
    """One line: icon, name, what sets it apart, and at the right its keys or its kind."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(160, QFontMetrics(themes.font("body")).height() + 2 * GRID - 2)

    @override
    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        entry = index.data(_ENTRY_ROLE)
        if painter is None or entry is None:
            return
        plain = QStyleOptionViewItem(option)
        self.initStyleOption(plain, index)
        plain.text = ""
        widget: QWidget | None = plain.widget
        style = None if widget is None else widget.style()
        if style is not None:
            element = QStyle.ControlElement.CE_ItemViewItem
            style.drawControl(element, plain, painter, widget)
        painter.save()
        inner = option.rect.adjusted(GRID, 0, -GRID, 0)
        place = QRect(inner.left(), inner.center().y() - _ICON_PX // 2, _ICON_PX, _ICON_PX)
        icon(entry.icon_name, self.theme.colour["accent"]).paint(painter, place)
        text = inner.adjusted(_ICON_PX + GRID, 0, 0, 0)
        painter.setFont(themes.font("small"))
        painter.setPen(self.theme.qcolour("text_muted"))
        right = entry.keys or tr(KIND_WORDS[entry.kind])
        painter.drawText(text, _MIDDLE_RIGHT, right)
        text.setRight(text.right() - painter.fontMetrics().horizontalAdvance(right) - 2 * GRID)
        painter.setFont(themes.font("body"))
        painter.setPen(self.theme.qcolour("text"))
        title = painter.fontMetrics().elidedText(entry.title, _CUT, text.width())
        painter.drawText(text, _MIDDLE_LEFT, title)
        text.setLeft(text.left() + painter.fontMetrics().horizontalAdvance(title) + GRID)
        painter.setFont(themes.font("small"))
        painter.setPen(self.theme.qcolour("text_muted"))
        detail = painter.fontMetrics().elidedText(entry.detail, _CUT, max(0, text.width()))
        painter.drawText(text, _MIDDLE_LEFT, detail)
        painter.restore()


class PalettePopup(QFrame):
    """Shows what was found; the line keeps the keyboard.

    Parameters
    ----------
    theme : Theme
        Colours.
    """

    entry_chosen = pyqtSignal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("palette_popup")
        self.setProperty("role", "popup")
        self._model = _Found(self)
        self._painter = _Painter(theme, self)
        self.list = QListView(self)
        self.list.setObjectName("palette_list")
        self.list.setAccessibleName(tr("What was found"))
        self.list.setModel(self._model)
        self.list.setItemDelegate(self._painter)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.list.clicked.connect(self._on_clicked)
        self.notice = label("", size="small", tone="muted", name="search_notice")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, GRID // 2)
        layout.setSpacing(0)
        layout.addWidget(self.list)
        layout.addWidget(self.notice)
        self.notice.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        self.hide()

    @property
    def shown(self) -> list[Entry]:
        """The entries that are shown."""
        rows = range(self._model.rowCount())
        return [self._model.index(row, 0).data(_ENTRY_ROLE) for row in rows]

    @property
    def current(self) -> Entry | None:
        """The entry that Enter takes."""
        found: Entry | None = self.list.currentIndex().data(_ENTRY_ROLE)
        return found

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self._painter.theme = theme

    def show_entries(self, entries: Sequence[Entry], notice: str) -> None:
        """Show entries, with a sentence below them.

        Parameters
        ----------
        entries : sequence of Entry
            The best first.
        notice : str
            What to say below them.
        """
        self._model.show(entries)
        self.list.setVisible(bool(entries))
        row_px = QFontMetrics(themes.font("body")).height() + 2 * GRID - 2
        self.list.setFixedHeight(len(entries) * row_px + 4)
        self.notice.setText(notice)
        self.notice.setVisible(bool(notice))
        if entries:
            self.list.setCurrentIndex(self._model.index(0, 0))

    def step(self, rows: int) -> None:
        """Go up or down the list, round its ends."""
        count = self._model.rowCount()
        if count:
            row = (self.list.currentIndex().row() + rows) % count
            self.list.setCurrentIndex(self._model.index(row, 0))

    def _on_clicked(self, index: QModelIndex) -> None:
        self.entry_chosen.emit(index.data(_ENTRY_ROLE))
