"""The panel of bookmarks: named places of the map, to go to, rename and remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from planner.bookmarks import LONGEST_NAME
from resources.translation import tr
from ui.controls import empty_state, heading, icon_button, label
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.bookmarks import Bookmark
    from ui.theme import Theme

_FID_ROLE = Qt.ItemDataRole.UserRole
_OWN_KEYS = (Qt.Key.Key_F2, Qt.Key.Key_Delete, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _BookmarkList(QListWidget):
    """A list whose names can be written over; Delete removes, Enter goes there."""

    remove_requested = pyqtSignal()
    go_requested = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bookmark_list")
        self.setAccessibleName(tr("Bookmarks"))
        self.setWordWrap(True)
        self.setSpacing(2)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)

    @override
    def event(self, e: QEvent | None) -> bool:
        if (
            isinstance(e, QKeyEvent)
            and e.type() == QEvent.Type.ShortcutOverride
            and e.key() in _OWN_KEYS
        ):
            e.accept()  # here it is the bookmark that is renamed, removed or gone to
            return True
        return super().event(e)

    @override
    def keyPressEvent(self, e: QKeyEvent | None) -> None:
        editing = self.state() == QAbstractItemView.State.EditingState
        if e is not None and not editing and self.currentItem() is not None:
            if e.key() == Qt.Key.Key_Delete:
                self.remove_requested.emit()
                return
            if e.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self.go_requested.emit()
                return
        super().keyPressEvent(e)


class BookmarksPanel(QWidget):
    """Lists the bookmarks of a project and keeps the view that is shown as a new one."""

    add_requested = pyqtSignal(str)
    """The view that is shown is to be kept; carries its name."""
    go_requested = pyqtSignal(int)
    rename_requested = pyqtSignal(int, str)
    remove_requested = pyqtSignal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bookmarks_panel")
        self._can_edit = True
        self._name = QLineEdit()
        self._name.setObjectName("bookmark_name")
        self._name.setAccessibleName(tr("Name of the new bookmark"))
        self._name.setPlaceholderText(tr("Name of this view"))
        self._name.setMaxLength(LONGEST_NAME)
        self._add = QPushButton(tr("Keep"))
        self._add.setToolTip(tr("Keep the view that is shown under this name"))
        self._add.setObjectName("bookmark_add")
        self._list = _BookmarkList()
        self._go = QPushButton(tr("Go there"))
        self._go.setObjectName("bookmark_go")
        self._rename = icon_button("bookmark_rename", "rename", tr("Rename (F2)"), theme)
        self._remove = icon_button("bookmark_remove", "remove", tr("Remove (Delete)"), theme)
        self._problem = label("", size="small", tone="error", name="bookmark_problem")
        self._problem.hide()
        self._pages = QStackedWidget()
        self._place_all()
        self._add.clicked.connect(self._on_add)
        self._name.returnPressed.connect(self._on_add)
        self._go.clicked.connect(self._on_go)
        self._list.itemActivated.connect(lambda _: self._on_go())
        self._list.go_requested.connect(self._on_go)
        self._list.remove_requested.connect(self._on_remove)
        self._list.currentItemChanged.connect(lambda *_: self._show_possible())
        self._list.itemChanged.connect(self._on_written)
        self._rename.clicked.connect(self._on_rename)
        self._remove.clicked.connect(self._on_remove)
        self.set_bookmarks(())

    def _place_all(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(GRID)
        first.addWidget(self._name, 1)
        first.addWidget(self._add)
        empty, button = empty_state(
            tr("No bookmarks yet"),
            tr(
                "A bookmark is a place of the map with a name. Go to the place, give it a name "
                "above and keep it; everybody who opens the project finds it here."
            ),
        )
        button.hide()
        page = QWidget()
        below = QHBoxLayout()
        below.setSpacing(GRID)
        below.addWidget(self._go)
        below.addStretch(1)
        below.addWidget(self._rename)
        below.addWidget(self._remove)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self._list, 1)
        column.addLayout(below)
        self._pages.addWidget(empty)
        self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(heading(tr("Bookmarks")))
        layout.addLayout(first)
        layout.addWidget(self._problem)
        layout.addWidget(self._pages, 1)

    def set_possible(self, *, edit: bool) -> None:
        """Tell whether bookmarks can be kept, renamed and removed."""
        self._can_edit = edit
        self._show_possible()

    def set_bookmarks(self, bookmarks: Sequence[Bookmark]) -> None:
        """List bookmarks; the one that is chosen stays chosen."""
        chosen = self._chosen()
        self._list.blockSignals(True)
        self._list.clear()
        for bookmark in bookmarks:
            item = QListWidgetItem(bookmark.name)
            item.setData(_FID_ROLE, bookmark.fid)
            item.setToolTip(bookmark.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self._list.addItem(item)
            if bookmark.fid == chosen:
                self._list.setCurrentItem(item)
        self._list.blockSignals(False)
        self._pages.setCurrentIndex(1 if bookmarks else 0)
        self._show_possible()

    def show_problem(self, problem: str) -> None:
        """Say why something could not be done; an empty text takes that away."""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def begin(self) -> None:
        """Ask for the name of a new bookmark."""
        self._name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._name.selectAll()

    def clear_name(self) -> None:
        """Be ready for another bookmark."""
        self._name.clear()

    def _chosen(self) -> int | None:
        item = self._list.currentItem()
        return None if item is None else int(item.data(_FID_ROLE))

    def _show_possible(self) -> None:
        chosen = self._chosen() is not None
        self._go.setEnabled(chosen)
        for button in (self._rename, self._remove):
            button.setEnabled(chosen and self._can_edit)
        for part in (self._name, self._add):
            part.setEnabled(self._can_edit)

    def _on_add(self) -> None:
        self.add_requested.emit(self._name.text())

    def _on_go(self) -> None:
        fid = self._chosen()
        if fid is not None:
            self.go_requested.emit(fid)

    def _on_rename(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            self._list.editItem(item)

    def _on_written(self, item: QListWidgetItem) -> None:
        if item.text() != item.toolTip():
            self.rename_requested.emit(int(item.data(_FID_ROLE)), item.text())

    def _on_remove(self) -> None:
        fid = self._chosen()
        if fid is not None and self._can_edit:
            self.remove_requested.emit(fid)
