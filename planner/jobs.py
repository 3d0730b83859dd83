"""Work in the background: progress, time left, cancel, and no results that nobody waits for.

A job runs in a thread, which suits numpy and numba work. Nothing here knows of windows:
callbacks come in the thread in which things happen, and a window hands them on to its own.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar

from planner.progress import TimeEstimate
from resources.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

PROGRESS_INTERVAL_S = 0.05
"""Shortest time between two calls about progress; the last one always comes."""


class JobCancelled(Exception):  # noqa: N818 - a request that was granted, not an error
    """Raised inside a job to end it, because somebody asked for that."""


class JobState(Enum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    STALE = "stale"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen."""
        return self in _FINAL


_FINAL = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.STALE})


class Job(Generic[Result]):
    """One piece of work; made by `JobRunner.submit`.

    Parameters
    ----------
    label : str
        What it does, as the user reads it.
    subject : str
        What its result is about; a newer revision of the same subject makes it stale.
    revision : int
        State of the subject that it works on.
    on_progressed : callable, optional
        Called with the job while it runs, now and then.
    on_finished : callable, optional
        Called with the job once, when it is in a final state.
    """

    def __init__(
        self,
        label: str,
        *,
        subject: str,
        revision: int,
        on_progressed: Callable[[Job[Result]], None] | None,
        on_finished: Callable[[Job[Result]], None] | None,
    ) -> None:
        self.label = label
        self.subject = subject
        self.revision = revision
        self.exception: Exception | None = None
        self._on_progressed = on_progressed
        self._on_finished = on_finished
        self._guard = threading.Lock()
        self._finished = threading.Event()
        self._state = JobState.WAITING
        self._outdated = False
        self._fraction = 0.0
        self._message = ""
        self._told_at = float("-inf")
        self._estimate = TimeEstimate()
        self._result: Result | None = None

    @property
    def state(self) -> JobState:
        """Where the job stands."""
        return self._state

    @property
    def fraction(self) -> float:
        """Share of the work done, 0 to 1, never falling."""
        return self._fraction

    @property
    def message(self) -> str:
        """What the job says it is doing."""
        return self._message

    @property
    def seconds_left(self) -> float | None:
        """Estimate of the time left, or None while there is nothing to estimate from."""
        return self._estimate.seconds_left() if self._state is JobState.RUNNING else None

    @property
    def cancel_requested(self) -> bool:
        """Whether the job is to end early."""
        return self._state in {JobState.CANCELLING, JobState.CANCELLED, JobState.STALE}

    def cancel(self) -> None:
        """Ask the job to end: at once where it waits, at its next report where it runs."""
        with self._guard:
            if self._state is JobState.RUNNING:
                self._state = JobState.CANCELLING
            if self._state is not JobState.WAITING:
                return
            self._state = JobState.CANCELLED
        self.tell_finished()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the job is in a final state; tell whether it is.

        Parameters
        ----------
        timeout_s : float, optional
            Longest wait, seconds.
        """
        return self._finished.wait(timeout_s)

    def result(self, timeout_s: float | None = None) -> Result:
        """Wait for the result and return it.

        Raises
        ------
        TimeoutError
            The job is still at it.
        JobCancelled
            It was cancelled, or its subject has changed meanwhile.
        Exception
            Whatever the work raised.
        """
        if not self.wait(timeout_s):
            raise TimeoutError(f"{self.label} is not finished after {timeout_s} s.")
        if self.exception is not None:
            raise self.exception
        if self._state is not JobState.DONE:
            raise JobCancelled(f"{self.label}: {self._state.value}.")
        return self._result  # type: ignore[return-value]  # set where the state is DONE

    def start(self) -> bool:
        """Begin, unless the job was cancelled meanwhile; for the runner."""
        with self._guard:
            if self._state is not JobState.WAITING:
                return False
            self._state = JobState.RUNNING
        self._estimate.start()
        return True

    def end(self, state: JobState, result: Result | None, error: Exception | None) -> None:
        """Take note of how the work ended; for the runner."""
        with self._guard:
            if self._outdated:
                state, result, error = JobState.STALE, None, None
            elif state is JobState.DONE and self._state is JobState.CANCELLING:
                state, result = JobState.CANCELLED, None
            if state is JobState.DONE:
                self._fraction = 1.0
            self._result, self.exception = result, error
            self._state = state
        self.tell_finished()

    def outdate(self) -> bool:
        """Take note that the result is no longer wanted; for the runner.

        Returns
        -------
        bool
            Whether that ended the job, so that `tell_finished` is due.
        """
        with self._guard:
            if self._state.is_final:
                return False
            self._outdated = True
            waiting = self._state is JobState.WAITING
            self._state = JobState.STALE if waiting else JobState.CANCELLING
        return waiting

    def progress(self, fraction: float, message: str | None = None) -> None:
        """Take note of progress; for the job's control.

        Raises
        ------
        JobCancelled
            Somebody asked the job to end.
        """
        if self.cancel_requested:
            raise JobCancelled(self.label)
        self._fraction = max(self._fraction, min(1.0, fraction))
        if message is not None:
            self._message = message
        self._estimate.update(self._fraction)
        now = time.monotonic()
        if self._on_progressed and now - self._told_at >= PROGRESS_INTERVAL_S:
            self._told_at = now
            self._on_progressed(self)

    def tell_finished(self) -> None:
        """Call back, then let go of those who wait; for the runner."""
        try:
            if self._on_finished:
                self._on_finished(self)
        finally:
            self._finished.set()


class WorkControl(Protocol):
    """What work reports to, in a thread of this process or in a process of its own."""

    @property
    def cancelled(self) -> bool:
        """Whether the work should end; for code that cannot be left by an exception."""
        ...

    def report(self, fraction: float) -> None:
        """Take note of progress, 0 to 1; raises `JobCancelled` where the work is to end."""
        ...

    def say(self, message: str) -> None:
        """Tell what is being done now; raises as `report`."""
        ...


class JobControl:
    """What a job's function is told to report to; a `WorkControl` in this process.

    Parameters
    ----------
    job : Job
        The job it speaks for.
    """

    def __init__(self, job: Job[Any]) -> None:
        self._job = job

    @property
    def cancelled(self) -> bool:
        """Whether the job should end; for code that cannot be left by an exception."""
        return self._job.cancel_requested

    def report(self, fraction: float) -> None:
        """Take note of progress.

        Parameters
        ----------
        fraction : float
            Share of the work done, 0 to 1. Work reports at least once a second, so that a
            cancel takes effect in that time.

        Raises
        ------
        JobCancelled
            Somebody asked the job to end.
        """
        self._job.progress(fraction)

    def say(self, message: str) -> None:
        """Tell what is being done now.

        Raises
        ------
        JobCancelled
            As for `report`.
        """
        self._job.progress(self._job.fraction, message)


class JobRunner:
    """Runs jobs in a few threads; closes without leaving one behind.

    Parameters
    ----------
    workers : int
        Jobs at a time, 1 or more; the others wait their turn.
    """

    def __init__(self, workers: int = 2) -> None:
        if workers < 1:
            raise ValueError(f"a runner needs at least one worker, not {workers}")
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="landbridge-job")
        self._guard = threading.Lock()
        self._jobs: list[Job[Any]] = []
        self._newest: dict[str, int] = {}
        self._closed = False

    @property
    def jobs(self) -> tuple[Job[Any], ...]:
        """Jobs that wait or run, oldest first."""
        with self._guard:
            return tuple(self._jobs)

    def submit(
        self,
        function: Callable[[JobControl], Result],
        label: str,
        revision: int = 0,
        *,
        subject: str = "",
        on_progressed: Callable[[Job[Result]], None] | None = None,
        on_finished: Callable[[Job[Result]], None] | None = None,
    ) -> Job[Result]:
        """Have a function run in a thread.

        Parameters
        ----------
        function : callable
            Told a `JobControl`; returns the result.
        label : str
            What it does, as the user reads it.
        revision : int
            State of the subject that the work starts from. Jobs on an older revision of the
            same subject end, and their results are dropped.
        subject : str
            What the result is about; jobs without a subject never become stale.
        on_progressed, on_finished : callable, optional
            Told the job, in the thread of the work or of whoever cancels. They must not raise
            and must not block.

        Raises
        ------
        PlannerError
            The runner was closed.
        """
        job: Job[Result] = Job(
            label,
            subject=subject,
            revision=revision,
            on_progressed=on_progressed,
            on_finished=on_finished,
        )
        with self._guard:
            if self._closed:
                raise PlannerError(f"{label} cannot start: the program is closing.")
            self._jobs.append(job)
            ended = self._outdate(subject, revision)
            self._pool.submit(self._run, job, function)
        for old in ended:
            old.tell_finished()
        return job

    def set_revision(self, subject: str, revision: int) -> None:
        """Tell that a subject has changed: jobs on older revisions of it end without result."""
        with self._guard:
            ended = self._outdate(subject, revision)
        for old in ended:
            old.tell_finished()

    def cancel_all(self) -> None:
        """Ask every job to end."""
        for job in self.jobs:
            job.cancel()

    def close(self) -> None:
        """Cancel every job and wait until the threads have ended."""
        with self._guard:
            self._closed = True
        self.cancel_all()
        self._pool.shutdown(wait=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _outdate(self, subject: str, revision: int) -> list[Job[Any]]:
        """End jobs on older revisions; return those that never started."""
        if not subject:
            return []
        self._newest[subject] = max(revision, self._newest.get(subject, revision))
        newest = self._newest[subject]
        return [
            job
            for job in self._jobs
            if job.subject == subject and job.revision < newest and job.outdate()
        ]

    def _run(self, job: Job[Result], function: Callable[[JobControl], Result]) -> None:
        try:
            if job.start():
                self._work(job, function)
        finally:
            with self._guard:
                self._jobs.remove(job)

    def _work(self, job: Job[Result], function: Callable[[JobControl], Result]) -> None:
        state, result, error = JobState.DONE, None, None
        try:
            result = function(JobControl(job))
        except JobCancelled:
            state = JobState.CANCELLED
        except Exception as raised:  # noqa: BLE001 - the job runner; whoever asks gets it
            state, error = JobState.FAILED, raised
        job.end(state, result, error)
