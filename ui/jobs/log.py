"""What ran beside the window since it was started: when, how long, how it ended, and why."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, pyqtSignal

from planner.jobs import JobState

if TYPE_CHECKING:
    from planner.jobs import Job
    from ui.background import Background

_KEPT = 200
_STEPS_KEPT = 500
_WORTH_TELLING_S = 1.0


@dataclass
class JobNote:
    """One job and what became of it.

    Parameters
    ----------
    label : str
        What it did.
    added : datetime
        When it was asked for, local time.
    job : Job or None
        The work; None when it has ended and everything about it is written here.
    """

    label: str
    added: datetime
    job: Job[Any] | None
    state: JobState = JobState.WAITING
    started_s: float = 0.0
    took_s: float = 0.0
    steps: list[tuple[datetime, str]] = field(default_factory=list)
    error: str = ""
    trace: str = ""

    @property
    def is_active(self) -> bool:
        """Whether it waits or runs."""
        return self.job is not None

    @property
    def is_worth_telling(self) -> bool:
        """Whether somebody may want to know of it: short work that went well is no news."""
        return self.state is JobState.FAILED or self.took_s >= _WORTH_TELLING_S

    def look(self) -> None:
        """Take note of how the job stands."""
        job = self.job
        if job is None:
            return
        now = time.monotonic()
        self.state = job.state
        if not self.started_s and job.state is not JobState.WAITING:
            self.started_s = now
        if job.message and (not self.steps or self.steps[-1][1] != job.message):
            self.steps.append((datetime.now().astimezone(), job.message))
            del self.steps[:-_STEPS_KEPT]
        self.took_s = now - self.started_s if self.started_s else 0.0
        if job.state.is_final:
            self._close(job)

    def _close(self, job: Job[Any]) -> None:
        error = job.exception
        if error is not None:
            self.error = str(error) or type(error).__name__
            self.trace = "".join(traceback.format_exception(error))
        self.job = None

    def text(self) -> str:
        """Return everything about it as plain text, to be copied."""
        lines = [
            self.label,
            f"{self.added:%Y-%m-%d %H:%M:%S}  {self.state.value}, {self.took_s:.1f} s",
            *(f"{at:%H:%M:%S}  {message}" for at, message in self.steps),
        ]
        if self.error:
            lines += ["", self.error, "", self.trace.rstrip()]
        return "\n".join(lines)


class JobLog(QObject):
    """Keeps notes of the jobs, the newest first; outlives the window's panels.

    Parameters
    ----------
    background : Background
        Whose jobs are noted.
    """

    changed = pyqtSignal()

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background
        self._notes: list[JobNote] = []
        self.listen()

    def listen(self) -> None:
        """Hear of jobs; again, after whoever listened was let go."""
        self._background.job_added.connect(self._on_added)
        self._background.jobs_changed.connect(self._on_changed)

    @property
    def active(self) -> list[JobNote]:
        """What waits or runs, in the order in which it was asked for."""
        return [note for note in reversed(self._notes) if note.is_active]

    @property
    def ended(self) -> list[JobNote]:
        """What has ended and is worth telling, the newest first."""
        return [n for n in self._notes if not n.is_active and n.is_worth_telling]

    def clear(self) -> None:
        """Forget what has ended."""
        self._notes = [note for note in self._notes if note.is_active]
        self.changed.emit()

    def _on_added(self, job: Job[Any]) -> None:
        self._notes.insert(0, JobNote(job.label, datetime.now().astimezone(), job))
        dull = [n for n in self._notes if not n.is_active and not n.is_worth_telling]
        for note in dull:
            self._notes.remove(note)
        del self._notes[_KEPT:]
        self.changed.emit()

    def _on_changed(self) -> None:
        for note in self._notes:
            if note.is_active:
                note.look()
        self.changed.emit()
