"""The panel of scenarios: list, note, and what can be done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from resources.translation import tr
from ui.controls import empty_state, heading, icon_button, label
from ui.scenarios.list import ScenarioList
from ui.scenarios.model import ScenarioModel
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtGui import QFocusEvent
    from PyQt6.QtWidgets import QToolButton

    from ui.scenarios.model import ScenarioRow
    from ui.theme import Theme

_NOTE_LINES = 4


class NoteEdit(QPlainTextEdit):
    """A few lines of text that tell when the writer has left them."""

    left = pyqtSignal()

    @override
    def focusOutEvent(self, e: QFocusEvent | None) -> None:
        super().focusOutEvent(e)
        self.left.emit()


class ScenariosPanel(QFrame):
    """Lists scenarios, shows the note of the one that is selected, and says what is wanted.

    Parameters
    ----------
    theme : Theme
        Colours.
    """

    new_wanted = pyqtSignal()
    show_wanted = pyqtSignal(str)
    duplicate_wanted = pyqtSignal(str)
    copy_wanted = pyqtSignal(str)
    paste_wanted = pyqtSignal()
    remove_wanted = pyqtSignal(tuple)
    renamed = pyqtSignal(str, str)
    note_written = pyqtSignal(str, str)
    numbers_wanted = pyqtSignal(tuple)
    """Scenarios are to be compared in numbers; carries their ids."""
    maps_wanted = pyqtSignal(tuple)
    """Scenarios are to be compared on two maps; carries their ids."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scenarios_panel")
        self.setProperty("role", "panel")
        self._editable = False
        self._noted = ""
        self._note_shown = ""
        self.model = ScenarioModel(self)
        self.list = ScenarioList(self.model, theme)
        self.problem = label("", size="small", tone="error", name="scenario_problem")
        self.problem.hide()
        self.note = NoteEdit()
        self.note.setObjectName("scenario_note")
        self.note.setAccessibleName(tr("Note of the scenario"))
        self.note.setPlaceholderText(tr("What this scenario is for, and who asked for it"))
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(_NOTE_LINES * self.note.fontMetrics().lineSpacing() + 2 * GRID)
        self._make_buttons(theme)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._make_page())
        empty, self.first_button = empty_state(
            tr("No scenarios yet"),
            tr(
                "Each scenario is one way to link the land: its corridors, its proposals and "
                "what they gain. Make the plan for a first one, or begin with an empty one "
                "and draw."
            ),
            tr("New scenario"),
        )
        self.first_button.setObjectName("scenario_first")
        self._pages.addWidget(empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(heading(tr("Scenarios")))
        layout.addWidget(self.problem)
        layout.addWidget(self._pages, 1)
        self._listen()
        self.set_rows((), "", editable=False)

    def _make_buttons(self, theme: Theme) -> None:
        self.new_button = QPushButton(tr("New scenario"))
        self.new_button.setObjectName("scenario_new")
        self.show_button = QPushButton(tr("Show on the map"))
        self.show_button.setObjectName("scenario_show")
        self.numbers_button = QPushButton(tr("Compare numbers"))
        self.numbers_button.setObjectName("scenario_numbers")
        self.maps_button = QPushButton(tr("Compare maps"))
        self.maps_button.setObjectName("scenario_maps")
        for button in (self.new_button, self.show_button, self.numbers_button):
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.maps_button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

        def tool(name: str, icon_name: str, text: str) -> QToolButton:
            return icon_button(f"scenario_{name}", icon_name, text, theme)

        self.duplicate_button = tool("duplicate", "duplicate", tr("Duplicate (Ctrl+D)"))
        self.copy_button = tool("copy", "copy", tr("Copy to the clipboard (Ctrl+C)"))
        self.paste_button = tool("paste", "paste", tr("Paste from the clipboard (Ctrl+V)"))
        self.rename_button = tool("rename", "rename", tr("Rename (F2)"))
        self.remove_button = tool("remove", "remove", tr("Remove (Del)"))

    def _make_page(self) -> QWidget:
        page = QWidget()
        tools = QHBoxLayout()
        tools.setSpacing(GRID // 2)
        for button in (
            self.duplicate_button,
            self.copy_button,
            self.paste_button,
            self.rename_button,
            self.remove_button,
        ):
            tools.addWidget(button)
        tools.addStretch(1)
        rows = (
            (self.new_button, self.show_button),
            (self.numbers_button, self.maps_button),
        )
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(_row(rows[0]))
        layout.addLayout(tools)
        layout.addWidget(self.list, 1)
        layout.addWidget(
            label(
                tr("Select two or more, with Ctrl, to compare them."),
                size="small",
                tone="muted",
            )
        )
        layout.addLayout(_row(rows[1]))
        layout.addWidget(label(tr("Note"), size="small", tone="muted", name="scenario_note_of"))
        layout.addWidget(self.note)
        return page

    def _listen(self) -> None:
        self.model.renamed.connect(self.renamed)
        self.list.chosen_changed.connect(self._on_chosen_changed)
        self.list.doubleClicked.connect(lambda _index: self._on_show())
        self.list.wished.connect(self._on_wished)
        self.note.left.connect(self.keep_note)
        self.new_button.clicked.connect(self.new_wanted)
        self.first_button.clicked.connect(self.new_wanted)
        self.show_button.clicked.connect(self._on_show)
        self.paste_button.clicked.connect(self.paste_wanted)
        self.numbers_button.clicked.connect(lambda: self.numbers_wanted.emit(self.list.chosen))
        self.maps_button.clicked.connect(lambda: self.maps_wanted.emit(self.list.chosen))
        for button, wish in (
            (self.duplicate_button, "duplicate"),
            (self.copy_button, "copy"),
            (self.rename_button, "rename"),
            (self.remove_button, "remove"),
        ):
            button.clicked.connect(lambda _checked, wish=wish: self._on_wished(wish))

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self.list.delegate.set_theme(theme)
        viewport = self.list.viewport()
        if viewport is not None:
            viewport.update()

    def set_rows(self, rows: Sequence[ScenarioRow], shown: str, *, editable: bool) -> None:
        """Show the scenarios of a project; the selection stays where it can.

        Parameters
        ----------
        rows : sequence of ScenarioRow
            All of the project.
        shown : str
            Id of the one on the map.
        editable : bool
            Whether they may be changed.
        """
        chosen = self.list.chosen or ((shown,) if shown else ())
        self._editable = editable
        self.list.blockSignals(True)
        self.model.set_rows(rows, shown, editable=editable)
        self.list.choose(chosen)
        if not self.list.chosen and shown:
            self.list.choose((shown,))
        self.list.blockSignals(False)
        self._pages.setCurrentIndex(0 if rows else 1)
        self.first_button.setEnabled(editable)
        self._show_chosen()

    def choose(self, scenario_id: str) -> None:
        """Select a scenario alone."""
        self.list.choose((scenario_id,))

    def start_renaming(self, scenario_id: str) -> None:
        """Let the user write another name for a scenario."""
        index = self.model.row_of(scenario_id)
        if index.isValid() and self._editable:
            self.list.setFocus()
            self.list.setCurrentIndex(index)
            self.list.edit(index)

    def say_problem(self, text: str) -> None:
        """Say what could not be done; an empty text takes that away."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def keep_note(self) -> None:
        """Tell the note that was written, if it is another one."""
        row = self._row(self._noted)
        text = self.note.toPlainText().strip()
        if row is not None and self._editable and text != row.note:
            self.note_written.emit(row.scenario_id, text)

    def _row(self, scenario_id: str) -> ScenarioRow | None:
        rows = (row for row in self.model.rows if row.scenario_id == scenario_id)
        return next(rows, None)

    def _on_chosen_changed(self) -> None:
        self.keep_note()
        self._show_chosen()

    def _show_chosen(self) -> None:
        chosen = self.list.chosen
        one = chosen[0] if len(chosen) == 1 else ""
        for button in (self.new_button, self.paste_button):
            button.setEnabled(self._editable)
        for button in (self.duplicate_button, self.rename_button):
            button.setEnabled(self._editable and bool(one))
        self.copy_button.setEnabled(bool(one))
        self.show_button.setEnabled(bool(one))
        self.remove_button.setEnabled(self._editable and bool(chosen))
        several = len(self.model.rows) > 1
        self.numbers_button.setEnabled(bool(self.model.rows))
        self.maps_button.setEnabled(several and len(chosen) <= 2)
        row = self._row(one)
        stored, written = "" if row is None else row.note, self.note.toPlainText()
        if one != self._noted or written == self._note_shown:  # else somebody is writing
            self.note.setPlainText(stored)
            written = stored
        if written.strip() == stored:
            self._note_shown = written
        self._noted = one
        self.note.setEnabled(row is not None)
        self.note.setReadOnly(not self._editable)

    def _on_show(self) -> None:
        if len(self.list.chosen) == 1:
            self.show_wanted.emit(self.list.chosen[0])

    def _on_wished(self, wish: str) -> None:
        chosen = self.list.chosen
        if wish == "paste" and self._editable:
            self.paste_wanted.emit()
        elif wish == "remove" and self._editable and chosen:
            self.remove_wanted.emit(chosen)
        elif len(chosen) != 1:
            return
        elif wish == "copy":
            self.copy_wanted.emit(chosen[0])
        elif wish == "duplicate" and self._editable:
            self.duplicate_wanted.emit(chosen[0])
        elif wish == "rename":
            self.start_renaming(chosen[0])


def _row(buttons: Sequence[QPushButton]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(GRID)
    for button in buttons:
        row.addWidget(button, 1)
    return row
