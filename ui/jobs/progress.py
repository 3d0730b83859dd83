"""A card in a panel that tells how far its job is, with a button to end it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from planner.jobs import JobState
from resources.translation import tr
from ui import words
from ui.controls import icon_button
from ui.elided import ElidedLabel
from ui.jobs.duration import time_left
from ui.theme import GRID

if TYPE_CHECKING:
    from planner.jobs import Job
    from ui.theme import Theme


class JobProgress(QFrame):
    """What a job is doing, how far it is, and a button to end it; hidden without a job.

    Parameters
    ----------
    subject : str
        Object name prefix, such as ``"habitat"``.
    theme : Theme
        Tints the icon.
    """

    cancel_requested = pyqtSignal()

    def __init__(self, subject: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"{subject}_progress")
        self.setProperty("role", "card")
        self._label = ElidedLabel(f"{subject}_progress_label", size="body")
        self._left = ElidedLabel(f"{subject}_progress_left", tone="muted")
        self._bar = QProgressBar()
        self._bar.setObjectName(f"{subject}_progress_bar")
        self._bar.setAccessibleName(tr("Progress of the run"))
        self.cancel = icon_button(f"{subject}_cancel", "close", tr("Cancel the run"), theme)
        self.cancel.clicked.connect(self.cancel_requested)
        text = QVBoxLayout()
        text.setSpacing(2)
        for widget in (self._label, self._bar, self._left):
            text.addWidget(widget)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID // 2, GRID)
        layout.addLayout(text, 1)
        layout.addWidget(self.cancel)
        self.hide()

    def show_job(self, job: Job[Any] | None) -> None:
        """Tell about a job; None for none."""
        self.setVisible(job is not None)
        if job is None:
            return
        asked = job.cancel_requested
        self.cancel.setEnabled(not asked)
        doing = words.stored(job.message or job.label)
        self._label.say(tr("Cancelling…") if asked else doing)
        waits = job.state is JobState.WAITING
        self._bar.setRange(0, 100 if job.fraction > 0 or waits else 0)
        self._bar.setValue(round(100 * job.fraction))
        left = job.seconds_left
        told = tr("Waits for what runs before it") if waits else ""
        self._left.say(told if left is None or asked else time_left(left))
