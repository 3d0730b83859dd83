"""What is asked where the window is closed while something runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from resources.translation import tr, tr_n
from ui import words
from ui.controls import heading, label
from ui.jobs.duration import time_left
from ui.theme import GRID

if TYPE_CHECKING:
    from ui.jobs.log import JobLog, JobNote

_WORTH_ASKING_S = 1.0


class ClosingDialog(QDialog):
    """Tells what runs, and offers to wait for it, to end it, or to go on.

    It goes by itself when nothing runs any more.

    Parameters
    ----------
    log : JobLog
        What runs.
    """

    cancel_wanted = pyqtSignal()
    """What runs is to be ended, and the window closed."""
    wait_wanted = pyqtSignal()
    """The window is to be closed when what runs has ended."""

    def __init__(self, log: JobLog, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("closing_dialog")
        self.setWindowTitle(tr("Close Landbridge?"))
        self.setMinimumWidth(60 * GRID)
        self._log = log
        self._running = label("", name="closing_running")
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for name, text, act in (
            ("close_now", tr("End it and close"), self._on_now),
            ("close_later", tr("Close when it has ended"), self._on_later),
        ):
            button = QPushButton(text)
            button.setObjectName(name)
            button.clicked.connect(act)
            buttons.addWidget(button)
        buttons.addStretch(1)
        go_on = QPushButton(tr("Go on working"))
        go_on.setObjectName("close_not")
        go_on.setProperty("role", "primary")
        go_on.setDefault(True)
        go_on.clicked.connect(self.reject)
        buttons.addWidget(go_on)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        layout.setSpacing(2 * GRID)
        layout.addWidget(heading(tr("Something is still running")))
        layout.addWidget(self._running)
        layout.addWidget(
            label(
                tr(
                    "Every edit is stored already. Steps that have finished are kept too; the "
                    "step that runs would be made again next time."
                ),
                size="small",
                tone="muted",
            )
        )
        layout.addLayout(buttons)
        log.changed.connect(self._show_running)
        self._show_running()

    def _show_running(self) -> None:
        notes = running(self._log)
        if not notes:
            self.reject()
            return
        told = [_told(note) for note in notes[:3]]
        if len(notes) > len(told):
            more = len(notes) - len(told)
            told.append(tr_n("{count} more", "{count} more", more))
        self._running.setText("\n".join(told))

    def _on_now(self) -> None:
        self.accept()
        self.cancel_wanted.emit()

    def _on_later(self) -> None:
        self.accept()
        self.wait_wanted.emit()


def running(log: JobLog) -> list[JobNote]:
    """Return the jobs that are worth asking about: those that run a while, and those behind."""
    active = log.active
    for note in active:
        note.look()
    active = [note for note in active if note.is_active]
    return active if any(note.took_s >= _WORTH_ASKING_S for note in active) else []


def _told(note: JobNote) -> str:
    job = note.job
    parts = [words.stored(note.label)]
    if job is not None and job.fraction > 0:
        parts.append(tr("{number} %", number=round(100 * job.fraction)))
    if job is not None and job.seconds_left is not None:
        parts.append(time_left(job.seconds_left))
    return words.listed(parts)
