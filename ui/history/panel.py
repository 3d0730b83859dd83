"""The panel of history: every edit, newest first, and the way back to any of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PyQt6.QtCore import QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QCheckBox, QFrame, QLineEdit, QListView, QPushButton, QVBoxLayout

from planner.project.travel import BEGINNING, JournalStep
from resources.translation import mark, tr, tr_n
from ui import words
from ui.controls import heading, label, make_current
from ui.palette.entry import folded
from ui.theme import GRID
from ui.two_lines import TwoLineDelegate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtWidgets import QWidget

    from ui.theme import Theme

_STEP_ROLE = int(Qt.ItemDataRole.UserRole)

STATE_WORDS = {
    "done": "",
    "undone": mark("undone; it can be repeated"),
    "dropped": mark("undone, and other edits were made since"),
    "kept": mark("a record; undo passes over it"),
    "final": mark("final"),
    "open": mark("still running"),
}
_ICONS = {
    "done": "check",
    "undone": "undo",
    "dropped": "close",
    "kept": "run",
    "final": "check",
    "open": "run",
}


class HistoryPanel(QFrame):
    """Lists the steps of the journal.

    Parameters
    ----------
    theme : Theme
        Colours.
    """

    travel_requested = pyqtSignal(int)
    """The project is to be as it was after a step; carries its place in the order of undo."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history_panel")
        self.setProperty("role", "panel")
        self._steps: list[JournalStep] = []
        self._editable = False
        self._find = QLineEdit()
        self._find.setObjectName("history_find")
        self._find.setPlaceholderText(tr("Find an edit or an author"))
        self._find.setAccessibleName(tr("Find an edit or an author"))
        self._find.setClearButtonEnabled(True)
        self._find.textChanged.connect(lambda _: self._list())
        self._all = QCheckBox(tr("Show records and dropped edits too"))
        self._all.setObjectName("history_all")
        self._all.toggled.connect(lambda _: self._list())
        self._delegate = TwoLineDelegate(theme, _describe, self)
        self._model = QStandardItemModel(self)
        self.list = self._make_list()
        self._none = label(
            tr("Nothing was edited yet. Every edit is listed here, and can be taken back."),
            size="small",
            tone="muted",
            name="no_history",
        )
        self._told = label("", size="small", tone="muted", name="history_told")
        self.go = QPushButton()
        self.go.setObjectName("history_go")
        self.go.clicked.connect(self._on_go)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(heading(tr("History")))
        layout.addWidget(self._find)
        layout.addWidget(self._all)
        layout.addWidget(self._none)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._told)
        layout.addWidget(self.go)
        layout.addStretch(0)
        self._list()

    def _make_list(self) -> QListView:
        view = QListView()
        view.setObjectName("history_list")
        view.setAccessibleName(tr("Edits, the newest first"))
        view.setModel(self._model)
        view.setItemDelegate(self._delegate)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setUniformItemSizes(True)
        selection = view.selectionModel()
        if selection is not None:
            selection.currentChanged.connect(lambda *_: self._show_way())
        return view

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self._delegate.set_theme(theme)

    def show_steps(self, steps: Sequence[JournalStep], *, editable: bool) -> None:
        """List the steps of the journal.

        Parameters
        ----------
        steps : sequence of JournalStep
            The newest first.
        editable : bool
            Whether the project may be changed.
        """
        self._steps = list(steps)
        self._editable = editable
        self._list()

    def _list(self) -> None:
        chosen = self._chosen()
        wanted = folded(self._find.text())
        self._model.clear()
        at = QModelIndex()
        tidied = any(step.state == "final" for step in self._steps)
        origin = [_ORIGIN] if self._steps and not tidied else []
        for step in [*self._steps, *origin]:
            if not self._is_shown(step, wanted):
                continue
            item = QStandardItem(_title(step))
            item.setData(step, _STEP_ROLE)
            item.setEditable(False)
            told = f"{item.text()}, {_detail(step)}"
            item.setData(told, Qt.ItemDataRole.AccessibleTextRole)
            self._model.appendRow(item)
            if chosen is not None and step.seq == chosen.seq:
                at = self._model.indexFromItem(item)
        make_current(self.list, at)
        for widget in (self._find, self._all, self.list):
            widget.setVisible(bool(self._steps))
        self._none.setVisible(not self._steps)
        self._show_way()

    def _is_shown(self, step: JournalStep, wanted: str) -> bool:
        if step.state in {"kept", "dropped"} and not self._all.isChecked():
            return False
        return wanted in folded(f"{_title(step)} {step.author}")

    def _chosen(self) -> JournalStep | None:
        found: JournalStep | None = self.list.currentIndex().data(_STEP_ROLE)
        return found

    def _show_way(self) -> None:
        """Say what going to the chosen step would do."""
        step = self._chosen()
        back, forward = (0, 0) if step is None else self._way(step)
        self.go.setVisible(step is not None)
        self.go.setEnabled(self._editable and bool(back or forward))
        if forward:
            self.go.setText(tr("Repeat up to this edit"))
            told = tr_n("{count} edit is repeated.", "{count} edits are repeated.", forward)
        elif back:
            self.go.setText(tr("Take back everything after this"))
            told = tr_n("{count} edit is taken back.", "{count} edits are taken back.", back)
        else:
            self.go.setText(tr("Take back everything after this"))
            told = "" if step is None else self._where_it_stands(step)
        self._told.setText(told)
        self._told.setVisible(bool(told))

    def _where_it_stands(self, step: JournalStep) -> str:
        """Return what there is to say of a step that one cannot go to."""
        if step.state == "open":
            return tr(
                "This is still running. It can be taken back as a whole when it has ended."
            )
        if step.state == "final" and any(s.state == "done" for s in self._steps):
            return ""
        return tr("The project is as it was after this edit.")

    def _way(self, step: JournalStep) -> tuple[int, int]:
        """Return how many steps would be taken back, and how many repeated."""
        back = sum(1 for s in self._steps if s.state == "done" and s.place > step.place)
        if step.state not in {"done", "undone"}:
            return back, 0
        forward = sum(1 for s in self._steps if s.state == "undone" and s.place <= step.place)
        return back, forward

    def _on_go(self) -> None:
        step = self._chosen()
        if step is not None:
            self.travel_requested.emit(step.place)


_ORIGIN = JournalStep(
    BEGINNING, BEGINNING, "", "", mark("The project as it was made"), "done", 0
)


def _title(step: JournalStep) -> str:
    return words.stored(step.label)


def _describe(index: QModelIndex) -> tuple[str, str]:
    step: JournalStep = index.data(_STEP_ROLE)
    return _detail(step), _ICONS[step.state]


def _detail(step: JournalStep) -> str:
    state = STATE_WORDS[step.state]
    edits = tr_n("{count} edit", "{count} edits", step.edits) if step.edits > 1 else ""
    parts = (_local_time(step.time), step.author, edits, tr(state) if state else "")
    return "  ·  ".join(part for part in parts if part)


def _local_time(stored: str) -> str:
    if not stored:
        return ""
    return f"{datetime.fromisoformat(stored).astimezone():%Y-%m-%d %H:%M}"
