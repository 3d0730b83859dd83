"""Tiles worked on by the cores of this machine, each thread with files of its own."""

from __future__ import annotations

import os
import queue
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from layers.control import Control
    from layers.covariates.reading import StackReader
    from layers.tiles.plan import Tile, TilePlan

Result = TypeVar("Result")

SECONDS_BETWEEN_REPORTS = 0.1


def thread_count() -> int:
    """Return how many cores this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1


class StoppedError(Exception):
    """Ends a tile after the work it belongs to was stopped; never reaches a caller."""


class StopControl:
    """Stops a tile when all are to stop."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def report(self, fraction: float) -> None:  # noqa: ARG002 - the shape of a control
        """Raise when the work was stopped."""
        if self._stop.is_set():
            raise StoppedError


def in_threads(
    open_reader: Callable[[], AbstractContextManager[StackReader]],
    work: Callable[[StackReader, Tile, Control], Result],
    plan: TilePlan,
    control: Control,
    wanted: Sequence[int] | None = None,
) -> Generator[tuple[int, Result], None, None]:
    """Work on tiles in threads and yield each result as it comes.

    No more tiles are begun than there are cores, so that results do not pile up.

    Parameters
    ----------
    open_reader : callable
        Opens the files for one thread.
    work : callable
        Called with a reader, a tile and a control that stops it.
    plan : TilePlan
        The tiles.
    control : Control
        Told the share of the tiles done, from the caller's thread and only while the caller
        waits; may cancel, which stops the running tiles.
    wanted : sequence of int, optional
        Numbers of the tiles to work on, all by default.

    Yields
    ------
    index : int
        Number of the tile in the plan.
    result
        What `work` returned.

    Raises
    ------
    Exception
        Whatever `work`, a reader or the control raised; no thread is left running.
    """
    numbers = range(len(plan)) if wanted is None else wanted
    waiting = iter(numbers)
    stop = threading.Event()
    readers: queue.SimpleQueue[StackReader] = queue.SimpleQueue()

    def one(index: int) -> Result:
        reader = readers.get()
        try:
            return work(reader, plan[index], StopControl(stop))
        finally:
            readers.put(reader)

    threads = min(thread_count(), len(plan))
    running: dict[Future[Result], int] = {}
    finished = 0
    with ExitStack() as opened:
        for _ in range(threads):
            readers.put(opened.enter_context(open_reader()))
        pool = opened.enter_context(ThreadPoolExecutor(threads, "tiles"))
        opened.callback(stop.set)
        while True:
            for index in islice(waiting, threads - len(running)):
                running[pool.submit(one, index)] = index
            if not running:
                return
            done, _ = wait(running, SECONDS_BETWEEN_REPORTS, FIRST_COMPLETED)
            control.report(finished / len(numbers))
            for future in done:
                index = running.pop(future)
                finished += 1
                yield index, future.result()
