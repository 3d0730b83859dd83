"""The list of scenarios: several can be selected, and the usual keys work on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QListView, QWidget
from typing_extensions import override

from resources.translation import tr
from ui.two_lines import TwoLineDelegate

if TYPE_CHECKING:
    from ui.scenarios.model import ScenarioModel
    from ui.theme import Theme

_WISHES = {
    "Ctrl+C": "copy",
    "Ctrl+V": "paste",
    "Ctrl+D": "duplicate",
    "Del": "remove",
    "F2": "rename",
}
"""What a key means while the list has the focus, before the window has its say."""


class ScenarioList(QListView):
    """Shows scenarios by name.

    Parameters
    ----------
    model : ScenarioModel
        The scenarios.
    theme : Theme
        Colours.
    """

    wished = pyqtSignal(str)
    """A key was pressed; carries copy, paste, duplicate, remove or rename."""
    chosen_changed = pyqtSignal()

    def __init__(
        self, model: ScenarioModel, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._scenarios = model
        self.setObjectName("scenario_list")
        self.setAccessibleName(tr("Scenarios"))
        self.setModel(model)
        self.delegate = TwoLineDelegate(theme, model.describe, self)
        self.setItemDelegate(self.delegate)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        selection = self.selectionModel()
        if selection is not None:
            selection.selectionChanged.connect(lambda _new, _old: self.chosen_changed.emit())

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ids of what is selected, in the order of the list."""
        places = sorted(index.row() for index in self.selectedIndexes())
        return tuple(self._scenarios.rows[place].scenario_id for place in places)

    def choose(self, scenario_ids: tuple[str, ...]) -> None:
        """Select scenarios; those that are not there are left out."""
        selection = self.selectionModel()
        if selection is None:
            return
        selection.clearSelection()
        flag = selection.SelectionFlag
        for name in scenario_ids:
            index = self._scenarios.row_of(name)
            if index.isValid():
                selection.select(index, flag.Select)
                selection.setCurrentIndex(index, flag.NoUpdate)

    @override
    def event(self, e: QEvent | None) -> bool:
        if (
            isinstance(e, QKeyEvent)
            and e.type() == QEvent.Type.ShortcutOverride
            and _wish(e)
            and self.state() != QListView.State.EditingState
        ):
            e.accept()
            return True
        return super().event(e)

    @override
    def keyPressEvent(self, e: QKeyEvent | None) -> None:
        wish = "" if e is None else _wish(e)
        if wish:
            self.wished.emit(wish)
        else:
            super().keyPressEvent(e)


def _wish(event: QKeyEvent) -> str:
    keys = QKeySequence(event.keyCombination())
    return _WISHES.get(keys.toString(QKeySequence.SequenceFormat.PortableText), "")
