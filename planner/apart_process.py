"""The process in which work is done apart: does the tasks that its standard input brings."""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any

from planner.jobs import PROGRESS_INTERVAL_S, JobCancelled
from planner.project.lock import be_guest_of
from resources.errors import PlannerError
from resources.translation import set_language

if TYPE_CHECKING:
    from typing import BinaryIO

    from planner.apart import Task

NICENESS = 10
"""How far the work gives way to the window and the map, where processors are few."""
LAST_S = 5.0
"""How long work may go on after the program it works for has ended."""


class ApartControl:
    """What a function that runs apart reports to; a `planner.jobs.WorkControl`.

    Parameters
    ----------
    out : binary file
        Where messages go.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._guard = threading.Lock()
        self._cancelled = threading.Event()
        self._stopped = threading.Event()
        self._told_at = float("-inf")

    @property
    def cancelled(self) -> bool:
        """Whether the work should end."""
        return self._cancelled.is_set()

    @property
    def stopped(self) -> bool:
        """Whether the work should end and keep what it has."""
        return self._stopped.is_set()

    def report(self, fraction: float) -> None:
        """Take note of progress, 0 to 1.

        Raises
        ------
        JobCancelled
            Somebody asked to end.
        """
        self._check()
        now = time.monotonic()
        if fraction >= 1.0 or now - self._told_at >= PROGRESS_INTERVAL_S:
            self._told_at = now
            self.send("fraction", fraction)

    def say(self, message: str) -> None:
        """Tell what is being done now.

        Raises
        ------
        JobCancelled
            As for `report`.
        """
        self._check()
        self.send("doing", message)

    def tell(self, content: object) -> bool:
        """Tell something on the way; returns whether the work is to go on."""
        self.send("told", content)
        return not self.stopped

    def send(self, kind: str, content: object) -> None:
        """Send a message."""
        with self._guard:
            pickle.dump((kind, content), self._out)
            self._out.flush()

    def begin(self) -> None:
        """Forget what was asked of the task before."""
        self._cancelled.clear()
        self._stopped.clear()

    def cancel(self) -> None:
        """Ask the work to end."""
        self._cancelled.set()

    def stop(self) -> None:
        """Ask the work to end and to keep what it has."""
        self._stopped.set()

    def _check(self) -> None:
        if self.cancelled:
            raise JobCancelled("cancelled")


def serve(source: BinaryIO, out: BinaryIO) -> None:
    """Do tasks until the source ends.

    Parameters
    ----------
    source, out : binary file
        Pickled messages come from one and go to the other.
    """
    control = ApartControl(out)
    tasks: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(source, control, tasks), daemon=True).start()
    while True:
        task = tasks.get()
        if task is None:
            return
        _do(task, control)


def _read(source: BinaryIO, control: ApartControl, tasks: queue.SimpleQueue[Any]) -> None:
    try:
        while True:
            kind, content = pickle.load(source)
            if kind == "run":
                control.begin()
                tasks.put(content)
            elif kind == "cancel":
                control.cancel()
            else:
                control.stop()
    except (EOFError, OSError, ValueError):
        control.cancel()
        tasks.put(None)
        threading.Timer(LAST_S, os._exit, (1,)).start()


def _do(task: Task, control: ApartControl) -> None:
    function, args, spoken, host, group = task
    try:
        set_language(spoken)
        be_guest_of(host, group)
        result = function(*args, control)
        control.send("done", result)
    except Exception as error:  # noqa: BLE001 - a job runner: every task is answered
        trace = traceback.format_exc()
        control.send("failed", (_plain(error), trace))


def _plain(error: Exception) -> Exception | None:
    """Return an error as it can be sent; None for one that nobody expected."""
    if isinstance(error, JobCancelled):
        return JobCancelled(str(error))
    if not isinstance(error, PlannerError):
        return None
    try:
        pickle.loads(pickle.dumps(error))
    except (TypeError, ValueError, AttributeError, pickle.PickleError):
        return PlannerError(str(error))
    return error


def main() -> None:
    """Serve the program that started this process; what libraries print goes to its log."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        os.nice(NICENESS)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        serve(sys.stdin.buffer, out)
    except BrokenPipeError:
        os._exit(1)


if __name__ == "__main__":
    main()
