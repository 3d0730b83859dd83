"""Undo and redo keys in a text box: its own typing first, then the project."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtGui import QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QLineEdit
from typing_extensions import override

UNDO_KEYS = ("Ctrl+Z",)
REDO_KEYS = ("Ctrl+Shift+Z", "Ctrl+Y")
_UNDO = tuple(QKeySequence(keys) for keys in UNDO_KEYS)
_REDO = tuple(QKeySequence(keys) for keys in REDO_KEYS)


class UndoKeys(QObject):
    """Lets a text box have the undo and redo keys only while it has something to undo or redo.

    Qt gives them to the box that has the focus in any case, where they act on nothing once its
    typing is undone. Here they then reach the window's own actions.
    """

    def watch(self, box: QLineEdit) -> None:
        """Mind the keys of a box."""
        box.installEventFilter(self)

    @override
    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        if not isinstance(a1, QKeyEvent) or a1.type() != QEvent.Type.ShortcutOverride:
            return False
        if not isinstance(a0, QLineEdit):
            return False
        pressed = QKeySequence(a1.keyCombination())
        for_project = (pressed in _UNDO and not a0.isUndoAvailable()) or (
            pressed in _REDO and not a0.isRedoAvailable()
        )
        if for_project:
            a1.ignore()
        return for_project
