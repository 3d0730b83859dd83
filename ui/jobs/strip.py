"""The strip at the foot of the window: what runs, what went wrong, what can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QToolButton, QWidget
from typing_extensions import override

from resources.translation import tr, tr_n
from ui import words
from ui.controls import icon_button
from ui.elided import ElidedLabel, show_elided
from ui.icons import icon
from ui.jobs.duration import time_left
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtGui import QResizeEvent

    from ui.background import Background
    from ui.theme import Theme

_SHOWN_AFTER_MS = 250
_LABEL_WIDTH_PX = 320


class Strip(QFrame):
    """Tells about jobs and offers undo and redo.

    Parameters
    ----------
    background : Background
        Whose jobs are told about.
    theme : Theme
        Tints the icons.
    """

    undo_requested = pyqtSignal()
    redo_requested = pyqtSignal()
    jobs_requested = pyqtSignal()
    """More is to be told about what runs."""

    def __init__(
        self, background: Background, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self._background = background
        self._job = ElidedLabel("job_label")
        self._progress = QProgressBar()
        self._progress.setObjectName("job_progress")
        self._progress.setFixedWidth(22 * GRID)
        self._more = icon_button("job_more", "jobs", tr("Open the panel of jobs"), theme)
        self._more.clicked.connect(self.jobs_requested)
        self._cancel = icon_button("job_cancel", "close", tr("Cancel this job"), theme)
        self._cancel.clicked.connect(self._on_cancel)
        self._notice = ElidedLabel("strip_notice")
        self._history = ("", "")
        self._undo = self._history_button("undo", tr("Undo"), theme)
        self._redo = self._history_button("redo", tr("Redo"), theme)
        self._undo.clicked.connect(self.undo_requested)
        self._redo.clicked.connect(self.redo_requested)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._show_jobs)
        background.jobs_changed.connect(self.refresh)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID // 2, GRID, GRID // 2)
        layout.setSpacing(GRID)
        for widget in (self._job, self._progress, self._more, self._cancel):
            layout.addWidget(widget)
        layout.addWidget(self._notice, 1)
        layout.addWidget(self._undo)
        layout.addWidget(self._redo)
        self.set_history("", "")
        self._show_jobs()

    def _history_button(self, name: str, text: str, theme: Theme) -> QToolButton:
        button = icon_button(name, name, text, theme)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIcon(icon(name, theme.colour["text"]))
        return button

    def set_history(self, undo_label: str, redo_label: str) -> None:
        """Say what undo and redo would do; empty for nothing."""
        self._history = (words.stored(undo_label), words.stored(redo_label))
        self._fit_history()
        undo, redo = self._history
        for button, what, full, tip, nothing in (
            (
                self._undo,
                undo,
                tr("Undo: {what}", what=undo),
                tr("Undo: {what} ({keys})", what=undo, keys="Ctrl+Z"),
                tr("Nothing to undo"),
            ),
            (
                self._redo,
                redo,
                tr("Redo: {what}", what=redo),
                tr("Redo: {what} ({keys})", what=redo, keys="Ctrl+Shift+Z, Ctrl+Y"),
                tr("Nothing to redo"),
            ),
        ):
            button.setToolTip(tip if what else nothing)
            button.setAccessibleName(full if what else nothing)
            button.setEnabled(bool(what))

    def _fit_history(self) -> None:
        """Cut what undo and redo would do, so that it leaves room for what is said."""
        width_px = min(_LABEL_WIDTH_PX, self.width() // 5)
        undo, redo = self._history
        for button, text in (
            (self._undo, tr("Undo: {what}", what=undo) if undo else tr("Undo")),
            (self._redo, tr("Redo: {what}", what=redo) if redo else tr("Redo")),
        ):
            show_elided(button, text, width_px)

    def say(self, text: str) -> None:
        """Say something that needs no answer, until the next thing is said."""
        self._notice.say(text)

    def refresh(self) -> None:
        """Tell about the jobs as they stand; short ones are not worth a flicker."""
        if self._progress.isVisible() or not self._background.jobs:
            self._show_jobs()
        elif not self._timer.isActive():
            self._timer.start(_SHOWN_AFTER_MS)

    def _show_jobs(self) -> None:
        # One that has just ended may still be listed for a moment.
        jobs = [job for job in self._background.jobs if not job.state.is_final]
        for widget in (self._job, self._progress, self._more, self._cancel):
            widget.setVisible(bool(jobs))
        if not jobs:
            self._timer.stop()
            return
        job = jobs[0]
        left = job.seconds_left
        parts = [words.stored(job.message or job.label)]
        if left is not None:
            parts.append(time_left(left))
        if len(jobs) > 1:
            parts.append(tr_n("{count} more", "{count} more", len(jobs) - 1))
        self._job.say(words.listed(parts))
        self._progress.setRange(0, 100 if job.fraction > 0 else 0)
        self._progress.setValue(round(100 * job.fraction))
        self._progress.setAccessibleName(tr("Progress: {job}", job=words.stored(job.label)))

    def _on_cancel(self) -> None:
        jobs = self._background.jobs
        if jobs:
            jobs[0].cancel()

    @override
    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        super().resizeEvent(a0)
        self._fit_history()
