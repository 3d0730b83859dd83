"""Asks which of the removed layers are wanted back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QListView, QVBoxLayout

from resources.translation import tr
from ui import words
from ui.controls import label
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtWidgets import QWidget

_ID_ROLE = int(Qt.ItemDataRole.UserRole)
_NAME_ROLE = _ID_ROLE + 1


class RestoreDialog(QDialog):
    """Offers removed layers; `chosen` tells which are wanted.

    Parameters
    ----------
    removed : sequence of (str, str)
        Layer and its name, the lowest first.
    """

    def __init__(
        self, removed: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("restore_dialog")
        self.setWindowTitle(tr("Bring back removed layers"))
        self.resize(52 * GRID, 48 * GRID)
        self._model = QStandardItemModel(self)
        for layer_id, name in reversed(removed):
            item = QStandardItem(words.stored(name))
            item.setData(layer_id, _ID_ROLE)
            item.setData(name, _NAME_ROLE)
            item.setCheckable(True)
            item.setCheckState(
                Qt.CheckState.Checked if len(removed) == 1 else Qt.CheckState.Unchecked
            )
            item.setEditable(False)
            self._model.appendRow(item)
        self.view = QListView(self)
        self.view.setObjectName("restore_list")
        self.view.setAccessibleName(tr("Removed layers"))
        self.view.setModel(self._model)
        self.view.setCurrentIndex(self._model.index(0, 0))
        buttons = QDialogButtonBox(self)
        kinds = QDialogButtonBox.ButtonRole
        back = buttons.addButton(tr("Bring back"), kinds.AcceptRole)
        cancel = buttons.addButton(tr("Cancel"), kinds.RejectRole)
        self._back = back
        if back is not None and cancel is not None:
            back.setObjectName("restore_accept")
            back.setProperty("role", "primary")
            cancel.setObjectName("restore_cancel")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(
            label(tr("Choose the layers that the map is to show again."), tone="muted")
        )
        layout.addWidget(self.view, 1)
        layout.addWidget(buttons)
        self._model.itemChanged.connect(lambda _: self._show_possible())
        self._show_possible()

    @property
    def chosen(self) -> dict[str, str]:
        """Layers that are wanted back, with their names."""
        items = (self._model.item(row) for row in range(self._model.rowCount()))
        return {
            str(item.data(_ID_ROLE)): str(item.data(_NAME_ROLE))
            for item in items
            if item is not None and item.checkState() == Qt.CheckState.Checked
        }

    def _show_possible(self) -> None:
        if self._back is not None:
            self._back.setEnabled(bool(self.chosen))
