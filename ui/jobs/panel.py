"""The panel of jobs: what runs, with progress and a button to end it, and what has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QModelIndex, Qt, QTimer
from PyQt6.QtGui import QGuiApplication, QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from planner.jobs import JobState
from resources.translation import mark, tr
from ui import words
from ui.controls import beside_icon, heading, label, make_current
from ui.icons import icon
from ui.jobs.cards import JobCards
from ui.jobs.duration import duration
from ui.jobs.progress import JobProgress
from ui.theme import GRID
from ui.two_lines import TwoLineDelegate

if TYPE_CHECKING:
    from ui.jobs.log import JobLog, JobNote
    from ui.theme import Theme

_NOTE_ROLE = int(Qt.ItemDataRole.UserRole)
_REFRESH_MS = 100
_DETAILS_PX = 20 * GRID

STATE_WORDS = {
    JobState.WAITING: mark("waiting"),
    JobState.RUNNING: mark("running"),
    JobState.CANCELLING: mark("being cancelled"),
    JobState.DONE: mark("done"),
    JobState.FAILED: mark("failed"),
    JobState.CANCELLED: mark("cancelled"),
    JobState.STALE: mark("no longer wanted"),
}
_ICONS = {JobState.DONE: "check", JobState.FAILED: "warning"}


class JobsPanel(QFrame):
    """Shows what runs beside the window, and what has run.

    Parameters
    ----------
    log : JobLog
        What is shown.
    theme : Theme
        Colours.
    """

    def __init__(self, log: JobLog, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("jobs_panel")
        self.setProperty("role", "panel")
        self._log = log
        self._theme = theme
        self._cards: dict[int, JobProgress] = {}
        self._shown: list[tuple[int, JobState]] = []
        self._none = label(
            tr("Nothing runs now. Models, plans and prints show here how far they are."),
            size="small",
            tone="muted",
            name="no_jobs",
        )
        self._running = JobCards()
        self._ended_title = label(tr("What has run"), name="ended_title")
        self._delegate = TwoLineDelegate(theme, _describe, self)
        self._model = QStandardItemModel(self)
        self.list = self._make_list()
        self._details = QPlainTextEdit()
        self._details.setObjectName("job_details")
        self._details.setAccessibleName(tr("Log of the job"))
        self._details.setReadOnly(True)
        self._details.setMaximumHeight(_DETAILS_PX)
        self._copy = QPushButton(beside_icon(tr("Copy the details")))
        self._copy.setObjectName("copy_details")
        self._copy.setProperty("icon_name", "copy")
        self._copy.setIcon(icon("copy", theme.colour["text"]))
        self._copy.clicked.connect(self._on_copy)
        self._clear = QPushButton(tr("Clear the list"))
        self._clear.setObjectName("clear_jobs")
        self._clear.clicked.connect(log.clear)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._lay_out()
        log.changed.connect(self._on_changed)
        self.refresh()

    def _make_list(self) -> QListView:
        view = QListView()
        view.setObjectName("ended_jobs")
        view.setAccessibleName(tr("Jobs that have ended"))
        view.setModel(self._model)
        view.setItemDelegate(self._delegate)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        selection = view.selectionModel()
        if selection is not None:
            selection.currentChanged.connect(lambda *_: self._show_details())
        return view

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self._copy)
        buttons.addStretch(1)
        buttons.addWidget(self._clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(heading(tr("Jobs")))
        layout.addWidget(self._none)
        layout.addWidget(self._running)
        layout.addWidget(self._ended_title)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._details)
        layout.addLayout(buttons)
        layout.addStretch(0)

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self._theme = theme
        self._delegate.set_theme(theme)

    def _on_changed(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def refresh(self) -> None:
        """Show the jobs as they stand."""
        active = self._log.active
        self._none.setVisible(not active)
        known = {id(note): note for note in active}
        for key in [key for key in self._cards if key not in known]:
            self._running.remove(self._cards.pop(key))
        for key, note in known.items():
            self._card(key, note).show_job(note.job)
        self._list_ended()

    def _card(self, key: int, note: JobNote) -> JobProgress:
        card = self._cards.get(key)
        if card is None:
            card = self._cards[key] = JobProgress("job_card", self._theme)
            job = note.job
            if job is not None:
                card.cancel_requested.connect(job.cancel)
            card.cancel.setToolTip(tr("Cancel: {job}", job=words.stored(note.label)))
            card.cancel.setAccessibleName(card.cancel.toolTip())
            self._running.add(card)
        return card

    def _list_ended(self) -> None:
        """List what has ended, where that has changed; the chosen entry stays chosen."""
        ended = self._log.ended
        shown = [(id(note), note.state) for note in ended]
        for widget in (self._ended_title, self.list, self._clear):
            widget.setVisible(bool(ended))
        if shown == self._shown:
            return
        chosen = self._chosen()
        self._shown = shown
        self._model.clear()
        for note in ended:
            item = QStandardItem(words.stored(note.label))
            item.setData(note, _NOTE_ROLE)
            item.setEditable(False)
            told = f"{item.text()}, {_describe_note(note)}"
            item.setData(told, Qt.ItemDataRole.AccessibleTextRole)
            self._model.appendRow(item)
        rows = [row for row, note in enumerate(ended) if note is chosen]
        make_current(self.list, self._model.index(rows[0], 0) if rows else QModelIndex())
        self._show_details()

    def choose(self, note: JobNote) -> None:
        """Show the details of a job that has ended."""
        self._timer.stop()
        self.refresh()
        for row in range(self._model.rowCount()):
            index = self._model.index(row, 0)
            if index.data(_NOTE_ROLE) is note:
                self.list.setCurrentIndex(index)

    def _chosen(self) -> JobNote | None:
        found: JobNote | None = self.list.currentIndex().data(_NOTE_ROLE)
        return found

    def _show_details(self) -> None:
        note = self._chosen()
        self._details.setVisible(note is not None)
        self._copy.setVisible(note is not None)
        self._details.setPlainText("" if note is None else note.text())

    def _on_copy(self) -> None:
        note, clipboard = self._chosen(), QGuiApplication.clipboard()
        if note is not None and clipboard is not None:
            clipboard.setText(note.text())


def _describe(index: QModelIndex) -> tuple[str, str]:
    note: JobNote = index.data(_NOTE_ROLE)
    return _describe_note(note), _ICONS.get(note.state, "close")


def _describe_note(note: JobNote) -> str:
    state = tr(STATE_WORDS[note.state])
    if note.error:
        return f"{note.added:%H:%M}  ·  {state}  ·  {words.stored(note.error)}"
    return f"{note.added:%H:%M}  ·  {state}  ·  {duration(note.took_s)}"
