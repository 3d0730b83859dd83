"""Work beside the window: one thread per lane, results posted to the window's own thread."""

from __future__ import annotations

from collections import deque
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from PyQt6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, pyqtSignal, pyqtSlot

from planner.apart import Apart
from planner.jobs import Job, JobCancelled, JobRunner, JobState
from resources.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.jobs import JobControl

Lane: TypeAlias = Literal["project", "map", "models", "reading", "widening", "files"]
"""``project`` reads and writes the project; ``map`` waits for the map engine; ``models`` runs
suitability studies, which may take long; ``reading`` looks at files and results for a panel;
``widening`` tries widths of a corridor; ``files`` prepares large files of the user's."""

T = TypeVar("T")


@dataclass(frozen=True)
class _Outcome:
    """Something that has ended, and who waits for it."""

    fetch: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[PlannerError], None]
    cancelled: Callable[[], None] | None = None


class Background(QObject):
    """Runs jobs off the window's thread and brings what comes out back to it.

    Models run in a process of their own besides, which the jobs reach by `apart`.

    Jobs of one lane run one after another. Functions given to a lane never touch Qt. What they
    return, or the `PlannerError` they raise, is handed to a callback in the window's thread;
    any other exception is raised there, for the last-resort hook to report. What has ended at
    the same time is told one by one, and the window answers in between.
    """

    jobs_changed = pyqtSignal()
    """A job was added, has progressed or has ended."""
    job_added = pyqtSignal(object)
    """Work was given to a lane; carries the `Job`."""
    _stirred = pyqtSignal()
    _ended = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.apart = Apart()
        self._lanes: dict[Lane, JobRunner] = {}
        self._closed = False
        self._posted: deque[_Outcome] = deque()  # by any thread, on its way to this one
        self._untold: deque[_Outcome] = deque()
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._tell_next)
        # Always queued, so that a callback never runs inside the call that asked for it.
        queued = Qt.ConnectionType.QueuedConnection
        self._stirred.connect(self.jobs_changed, queued)  # type: ignore[call-arg]  # stub lacks it
        self._ended.connect(self._on_ended, queued)  # type: ignore[call-arg]  # stub lacks it

    @property
    def closed(self) -> bool:
        """Whether nothing more can be submitted."""
        return self._closed

    @property
    def jobs(self) -> tuple[Job[Any], ...]:
        """What waits or runs, lane by lane."""
        return tuple(job for runner in self._lanes.values() for job in runner.jobs)

    @property
    def settled(self) -> bool:
        """Whether nothing waits or runs, and whoever asked for what has ended knows of it."""
        return not self.jobs and not self._posted and not self._untold

    def is_busy(self, *lanes: Lane) -> bool:
        """Tell whether something waits or runs in one of some lanes."""
        return any(self._lanes[lane].jobs for lane in lanes if lane in self._lanes)

    def submit(
        self,
        lane: Lane,
        label: str,
        work: Callable[[JobControl], T],
        done: Callable[[T], None],
        failed: Callable[[PlannerError], None],
        cancelled: Callable[[], None] | None = None,
    ) -> Job[T]:
        """Run a function in a lane.

        Parameters
        ----------
        lane : {"project", "map", "models", "reading", "widening", "files"}
            The thread that runs it.
        label : str
            What is being done; a verb with its object.
        work : callable
            The function, told a control; must not touch Qt.
        done, failed : callable
            Called in the window's thread with the result, or with the error.
        cancelled : callable, optional
            Called there where the job was cancelled.
        """
        if self._closed:
            raise PlannerError(f"{label} cannot start: the window is closing.")
        runner = self._lanes.setdefault(lane, JobRunner(workers=1))
        job = runner.submit(
            work,
            label,
            on_progressed=lambda _: self._stirred.emit(),
            on_finished=lambda job: self._post(
                _Outcome(lambda: _result(job), done, failed, cancelled)
            ),
        )
        self.job_added.emit(job)
        return job

    def watch(
        self,
        future: Future[T],
        done: Callable[[T], None],
        failed: Callable[[PlannerError], None],
    ) -> None:
        """Call back in the window's thread when a future is there; not if it was cancelled."""
        outcome = _Outcome(future.result, done, failed)
        future.add_done_callback(lambda _: self._post(outcome))

    def finish(self, lane: Lane, patience_s: float, most_s: float) -> bool:
        """Wait for what was given to a lane, and have it told, as before a window closes.

        Parameters
        ----------
        lane : {"project", "map", "models", "reading", "widening", "files"}
            Whose work.
        patience_s : float
            How long what runs has; it is cancelled then, so that what waits has its turn.
        most_s : float
            How long is waited in all, if that does not help.

        Returns
        -------
        bool
            Whether everything has ended.
        """
        runner = self._lanes.get(lane)
        if runner is None:
            return True
        last = runner.submit(lambda _: None, lane)  # comes last, when the others are told of
        if not last.wait(patience_s):
            for job in runner.jobs:
                if job.state is JobState.RUNNING:
                    job.cancel()
            last.wait(most_s - patience_s)
        QCoreApplication.sendPostedEvents(self, int(QEvent.Type.MetaCall))
        while self._untold:
            self._tell_next()
        return last.state.is_final

    def close(self) -> None:
        """Drop what waits, cancel what runs, and wait for the threads to end."""
        self._closed = True
        for runner in self._lanes.values():
            runner.close()
        self.apart.close()
        self._lanes.clear()

    def _post(self, outcome: _Outcome) -> None:
        if not self._closed:
            self._posted.append(outcome)
            self._ended.emit(outcome)

    @pyqtSlot(object)  # so that what is posted is posted to this object, for `finish`
    def _on_ended(self, outcome: _Outcome) -> None:
        self._posted.popleft()  # as many as are told of; which one is no matter
        self._untold.append(outcome)
        self._turn.start()

    def _tell_next(self) -> None:
        if self._closed or not self._untold:
            return
        outcome = self._untold.popleft()
        self.jobs_changed.emit()
        try:
            _tell(outcome)
        finally:
            if self._untold:
                self._turn.start()  # now, so that what waited meanwhile comes first


def _tell(outcome: _Outcome) -> None:
    """Call back whoever waits for something that has ended."""
    try:
        result = outcome.fetch()
    except (CancelledError, JobCancelled):
        if outcome.cancelled is not None:
            outcome.cancelled()
        return
    except PlannerError as error:
        outcome.failed(error)
        return
    outcome.done(result)


def _result(job: Job[T]) -> T:
    """Return what a job in a final state has come to; it may not have said so to others yet."""
    if job.exception is not None:
        raise job.exception
    return job.result()
