"""The strip at the foot of the window: what runs, what went wrong, what can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QToolButton, QWidget
from typing_extensions import override

from ui.controls import icon_button
from ui.elided import ElidedLabel, show_elided
from ui.icons import icon
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
        self._cancel = icon_button("job_cancel", "close", "Cancel this job", theme)
        self._cancel.clicked.connect(self._on_cancel)
        self._notice = ElidedLabel("strip_notice")
        self._history = ("", "")
        self._undo = self._history_button("undo", "Undo", theme)
        self._redo = self._history_button("redo", "Redo", theme)
        self._undo.clicked.connect(self.undo_requested)
        self._redo.clicked.connect(self.redo_requested)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._show_jobs)
        background.jobs_changed.connect(self.refresh)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID // 2, GRID, GRID // 2)
        layout.setSpacing(GRID)
        for widget in (self._job, self._progress, self._cancel):
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
        self._history = (undo_label, redo_label)
        self._fit_history()
        for button, verb, keys, what in (
            (self._undo, "Undo", "Ctrl+Z", undo_label),
            (self._redo, "Redo", "Ctrl+Shift+Z or Ctrl+Y", redo_label),
        ):
            button.setToolTip(
                f"{verb}: {what} ({keys})" if what else f"Nothing to {verb.lower()}"
            )
            button.setAccessibleName(
                f"{verb}: {what}" if what else f"Nothing to {verb.lower()}"
            )
            button.setEnabled(bool(what))

    def _fit_history(self) -> None:
        """Cut what undo and redo would do, so that it leaves room for what is said."""
        width_px = min(_LABEL_WIDTH_PX, self.width() // 5)
        for button, verb, what in (
            (self._undo, "Undo", self._history[0]),
            (self._redo, "Redo", self._history[1]),
        ):
            show_elided(button, f"{verb}: {what}" if what else verb, width_px)

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
        for widget in (self._job, self._progress, self._cancel):
            widget.setVisible(bool(jobs))
        if not jobs:
            self._timer.stop()
            return
        job = jobs[0]
        left = job.seconds_left
        time_left = "" if left is None else f", {left:.0f} s left"
        others = f" (and {len(jobs) - 1} more)" if len(jobs) > 1 else ""
        self._job.say(f"{job.message or job.label}{time_left}{others}")
        self._progress.setRange(0, 100 if job.fraction > 0 else 0)
        self._progress.setValue(round(100 * job.fraction))
        self._progress.setAccessibleName(f"Progress: {job.label}")

    def _on_cancel(self) -> None:
        jobs = self._background.jobs
        if jobs:
            jobs[0].cancel()

    @override
    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        super().resizeEvent(a0)
        self._fit_history()
