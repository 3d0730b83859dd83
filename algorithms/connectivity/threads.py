"""Many searches at once, in threads that share one control."""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import numba

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from algorithms.control import Control

ResultT = TypeVar("ResultT")

SECONDS_BETWEEN_REPORTS = 0.1


def core_count() -> int:
    """Return how many cores this process may use (NUMBA_NUM_THREADS, where it is set)."""
    return int(vars(numba.config)["NUMBA_NUM_THREADS"])  # set at run time, so not typed


class _StoppedError(Exception):
    """Ends a task after the work it belongs to was stopped; never leaves this module."""


class _TaskControl:
    """Keeps the share of one task done, and stops the task when all are to stop."""

    def __init__(self, stop: threading.Event) -> None:
        self.fraction = 0.0
        self._stop = stop

    def report(self, fraction: float) -> None:
        """Take note of progress."""
        if self._stop.is_set():
            raise _StoppedError
        self.fraction = fraction


def in_threads(
    tasks: Sequence[Callable[[Control], ResultT]],
    control: Control,
    workers: int | None = None,
) -> Iterator[tuple[int, ResultT]]:
    """Run tasks on the cores of the machine and yield each result as it comes.

    No more tasks are begun than there are workers, so that results not yet fetched do not pile
    up. The tasks should release the interpreter lock.

    Parameters
    ----------
    tasks : sequence of callable
        Each is called once, in order, with a control of its own.
    control : Control
        Told the mean share of all tasks done, from the caller's thread and only while the
        caller waits for the next result; may cancel, which stops the running tasks.
    workers : int, optional
        Threads, >= 1; as many as there are cores (numba's number of threads) by default.

    Yields
    ------
    index : int
        Position of the task in the sequence.
    result
        What the task returned.

    Raises
    ------
    Exception
        Whatever a task or the control raised; no task is left running.
    """
    stop = threading.Event()
    controls = [_TaskControl(stop) for _ in tasks]
    waiting = iter(range(len(tasks)))
    running: dict[Future[ResultT], int] = {}
    workers = core_count() if workers is None else workers
    with ThreadPoolExecutor(workers) as pool:
        try:
            while True:
                for index in islice(waiting, workers - len(running)):
                    running[pool.submit(tasks[index], controls[index])] = index
                if not running:
                    break
                done, _ = wait(running, SECONDS_BETWEEN_REPORTS, FIRST_COMPLETED)
                control.report(sum(task.fraction for task in controls) / len(tasks))
                for future in done:
                    index = running.pop(future)
                    result = future.result()
                    controls[index].fraction = 1.0
                    yield index, result
        finally:
            stop.set()
    control.report(1.0)
