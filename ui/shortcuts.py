"""The keyboard shortcuts of the window: listed, searched, and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from resources.translation import tr
from ui.controls import heading, label
from ui.palette.entry import folded
from ui.theme import GRID

if TYPE_CHECKING:
    from ui.actions import Actions, Deed

_KEY_ROLE = int(Qt.ItemDataRole.UserRole)
_PORTABLE = QKeySequence.SequenceFormat.PortableText
_NATIVE = QKeySequence.SequenceFormat.NativeText


class ShortcutsDialog(QDialog):
    """Lists every command with its keys; a change is used at once.

    Parameters
    ----------
    deeds : Actions
        The commands.
    """

    keys_changed = pyqtSignal(object)
    """Carries the keys of all commands that have others than they come with, by their names."""

    def __init__(self, deeds: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcuts_dialog")
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.resize(80 * GRID, 80 * GRID)
        self._deeds = deeds
        self._find = QLineEdit()
        self._find.setObjectName("shortcut_find")
        self._find.setPlaceholderText(tr("Find a command or a key"))
        self._find.setAccessibleName(tr("Find a command or a key"))
        self._find.setClearButtonEnabled(True)
        self._find.textChanged.connect(lambda _: self._filter())
        self.tree = self._make_tree()
        self._told = label("", size="small", tone="muted", name="shortcut_told")
        self.edit = QKeySequenceEdit()
        self.edit.setObjectName("shortcut_edit")
        self.edit.setAccessibleName(tr("Press the new keys"))
        self.edit.setMaximumSequenceLength(1)
        self.edit.setClearButtonEnabled(True)
        self.edit.keySequenceChanged.connect(lambda _: self._show_conflict())
        self._buttons = {
            "shortcut_set": QPushButton(tr("Use these keys")),
            "shortcut_usual": QPushButton(tr("Usual keys")),
            "shortcut_all_usual": QPushButton(tr("All usual keys")),
            "shortcut_close": QPushButton(tr("Close")),
        }
        for name, button in self._buttons.items():
            button.setObjectName(name)
            button.setAutoDefault(False)
        self._lay_out()
        self._listen()
        self._fill()

    def _make_tree(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setObjectName("shortcut_list")
        tree.setAccessibleName(tr("Commands and their keys"))
        tree.setColumnCount(2)
        tree.setHeaderLabels([tr("Command"), tr("Keys")])
        tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        tree.setRootIsDecorated(False)
        tree.setIndentation(2 * GRID)
        tree.setUniformRowHeights(True)
        header = tree.header()
        if header is not None:
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
            header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
            header.setStretchLastSection(False)
        tree.currentItemChanged.connect(lambda *_: self._show_chosen())
        return tree

    def _lay_out(self) -> None:
        change = QHBoxLayout()
        change.setSpacing(GRID)
        change.addWidget(self.edit, 1)
        change.addWidget(self._buttons["shortcut_set"])
        change.addWidget(self._buttons["shortcut_usual"])
        last = QHBoxLayout()
        last.addWidget(self._buttons["shortcut_all_usual"])
        last.addStretch(1)
        last.addWidget(self._buttons["shortcut_close"])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(heading(tr("Keyboard shortcuts")))
        layout.addWidget(self._find)
        layout.addWidget(self.tree, 1)
        layout.addLayout(change)
        layout.addWidget(self._told)
        layout.addLayout(last)

    def _listen(self) -> None:
        self._buttons["shortcut_set"].clicked.connect(self._on_set)
        self._buttons["shortcut_usual"].clicked.connect(self._on_usual)
        self._buttons["shortcut_all_usual"].clicked.connect(self._on_all_usual)
        self._buttons["shortcut_close"].clicked.connect(self.accept)

    def _fill(self) -> None:
        self.tree.clear()
        groups: dict[str, QTreeWidgetItem] = {}
        for deed in self._deeds.deeds:
            above = groups.get(deed.group)
            if above is None:
                above = groups[deed.group] = QTreeWidgetItem(self.tree, [deed.group])
                above.setFlags(Qt.ItemFlag.ItemIsEnabled)
                font = above.font(0)
                font.setBold(True)
                above.setFont(0, font)
            item = QTreeWidgetItem(above, [deed.action.text().rstrip("…"), _shown(deed)])
            item.setData(0, _KEY_ROLE, deed.key)
        self.tree.expandAll()
        self._filter()
        self._show_chosen()

    def _filter(self) -> None:
        wanted = folded(self._find.text())
        for place in range(self.tree.topLevelItemCount()):
            above = self.tree.topLevelItem(place)
            if above is None:
                continue
            any_shown = False
            for row in range(above.childCount()):
                item = above.child(row)
                if item is not None:
                    shown = wanted in folded(f"{item.text(0)} {item.text(1)} {above.text(0)}")
                    item.setHidden(not shown)
                    any_shown = any_shown or shown
            above.setHidden(not any_shown)

    def choose(self, key: str) -> None:
        """Choose a command by its name."""
        for place in range(self.tree.topLevelItemCount()):
            above = self.tree.topLevelItem(place)
            for row in range(0 if above is None else above.childCount()):
                item = None if above is None else above.child(row)
                if item is not None and item.data(0, _KEY_ROLE) == key:
                    self.tree.setCurrentItem(item)

    @property
    def chosen(self) -> Deed | None:
        """The command that is chosen."""
        item = self.tree.currentItem()
        key = None if item is None else item.data(0, _KEY_ROLE)
        return None if key is None else self._deeds.deed(str(key))

    def _show_chosen(self) -> None:
        deed = self.chosen
        self.edit.setKeySequence(QKeySequence() if deed is None else deed.action.shortcut())
        self.edit.setEnabled(deed is not None)
        self._show_conflict()

    def _show_conflict(self) -> None:
        """Say whose keys these are already."""
        deed, keys = self.chosen, self.edit.keySequence()
        other = None if deed is None else self._owner(keys, deed)
        changed = deed is not None and keys != deed.action.shortcut()
        self._buttons["shortcut_set"].setEnabled(changed)
        self._buttons["shortcut_usual"].setEnabled(
            deed is not None and _keys(deed) != _usual(deed)
        )
        if other is not None:
            told = tr(
                "{keys} is used by “{command}”, which would lose it.",
                keys=keys.toString(_NATIVE),
                command=other.action.text().rstrip("…"),
            )
        elif deed is None:
            told = tr("Choose a command, then press its new keys.")
        else:
            told = tr("Press the new keys in the line above; clear it for none.")
        self._told.setText(told)

    def _owner(self, keys: QKeySequence, but: Deed) -> Deed | None:
        """Return the command that has keys already."""
        if keys.isEmpty():
            return None
        return next(
            (d for d in self._deeds.deeds if d is not but and keys in d.action.shortcuts()),
            None,
        )

    def _on_set(self) -> None:
        deed, keys = self.chosen, self.edit.keySequence()
        if deed is None:
            return
        self._use(deed, () if keys.isEmpty() else (keys.toString(_PORTABLE),))

    def _on_usual(self) -> None:
        deed = self.chosen
        if deed is not None:
            self._use(deed, deed.usual_keys)

    def _use(self, deed: Deed, keys: tuple[str, ...]) -> None:
        """Give keys to a command, and take them from whoever had them."""
        for text in keys:
            other = self._owner(QKeySequence(text), deed)
            if other is not None:
                left = tuple(k for k in _keys(other) if QKeySequence(k) != QKeySequence(text))
                self._deeds.set_keys(other.key, left)
        self._deeds.set_keys(deed.key, keys)
        self._tell(deed.key)

    def _on_all_usual(self) -> None:
        for deed in self._deeds.deeds:
            self._deeds.set_keys(deed.key, deed.usual_keys)
        self._tell("")

    def _tell(self, key: str) -> None:
        self._fill()
        if key:
            self.choose(key)
        self.keys_changed.emit(
            {d.key: _keys(d) for d in self._deeds.deeds if _keys(d) != _usual(d)}
        )

    @override
    def done(self, a0: int) -> None:
        """Hear of no keys any more: those that were begun end after the dialog."""
        self.edit.blockSignals(True)
        super().done(a0)


def _keys(deed: Deed) -> tuple[str, ...]:
    return tuple(keys.toString(_PORTABLE) for keys in deed.action.shortcuts())


def _usual(deed: Deed) -> tuple[str, ...]:
    return tuple(QKeySequence(keys).toString(_PORTABLE) for keys in deed.usual_keys)


def _shown(deed: Deed) -> str:
    return ", ".join(keys.toString(_NATIVE) for keys in deed.action.shortcuts())
