"""A run of HiGHS in a process of its own, for large programmes.

In its presolve and its root relaxation the solver looks up neither for the caller nor for its
time limit; for large programmes that takes minutes. A process can be ended at any moment, and
its memory goes with it.
"""

from __future__ import annotations

import pickle
import queue
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from algorithms.reserve.highs import POLL_SECONDS, Ending, HighsRun

if TYPE_CHECKING:
    from collections.abc import Callable

    from algorithms.arrays import FloatArray
    from algorithms.reserve.model import Model
    from algorithms.reserve.search import SearchOptions

    Message: TypeAlias = "FloatArray | float | Ending | BaseException"

LARGE_COLUMNS = 5_000
"""Columns from which a programme is run in a process of its own."""


def run_of(
    model: Model,
    options: SearchOptions,
    start: FloatArray | None = None,
    *,
    relaxed: bool = False,
) -> HighsRun | HighsProcess:
    """Return a run of HiGHS on a programme, in a thread or a process as its size asks.

    Parameters
    ----------
    model, options, start, relaxed
        As of `HighsRun`.
    """
    # An interpreter inside another program knows no executable to start again.
    if model.cost.size < LARGE_COLUMNS or not sys.executable:
        return HighsRun(model, options, start, relaxed=relaxed)
    return HighsProcess(model, options, start, relaxed=relaxed)


class HighsProcess:
    """A run of HiGHS in a process of its own; used as `HighsRun` is.

    Parameters
    ----------
    model, options, start, relaxed
        As of `HighsRun`.
    """

    def __init__(
        self,
        model: Model,
        options: SearchOptions,
        start: FloatArray | None = None,
        *,
        relaxed: bool = False,
    ) -> None:
        self._job = (replace(model, completions=()), options, start, relaxed)
        self._told: queue.SimpleQueue[Message | None] = queue.SimpleQueue()

    def follow(
        self,
        on_solution: Callable[[FloatArray], None],
        on_bound: Callable[[float], None],
        done: Callable[[], bool],
    ) -> Ending | None:
        """Run to the end, or until told to stop; see `HighsRun.follow`.

        Raises
        ------
        RuntimeError
            The process ended before it was done, such as for want of memory.
        """
        process = _started()
        talk = threading.Thread(target=self._talk, args=(process,), name="highs-process")
        talk.start()
        try:
            while True:
                message = self._next()
                if isinstance(message, np.ndarray):
                    on_solution(message)
                elif isinstance(message, float):
                    on_bound(message)
                elif isinstance(message, Ending):
                    return message
                elif isinstance(message, BaseException):
                    raise message
                if done():
                    return None
        finally:
            process.kill()
            process.wait()
            talk.join()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    _close(pipe)

    def _next(self) -> Message | None:
        try:
            return self._told.get(timeout=POLL_SECONDS)
        except queue.Empty:
            return None

    def _talk(self, process: subprocess.Popen[bytes]) -> None:
        """Give the process its work and take what it tells, until it ends."""
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the solver's process was started without pipes")
        try:
            pickle.dump(self._job, process.stdin, pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            while True:
                self._told.put(pickle.load(process.stdout))
        except (EOFError, BrokenPipeError, pickle.UnpicklingError):
            status = process.wait()
            self._told.put(
                RuntimeError(
                    f"the process of the solver ended with status {status} before it was done: "
                    "it may have run out of memory"
                )
            )


def _started() -> subprocess.Popen[bytes]:
    code = f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import serve; serve()"
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the caller, who may want to keep the best
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _close(pipe: Any) -> None:  # noqa: ANN401 - either end of a pipe
    try:
        pipe.close()
    except BrokenPipeError:
        # What was not written yet went with the process.
        return


def serve() -> None:
    """Solve what comes on standard input, and tell what happens on standard output."""
    model, options, start, relaxed = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_leave_with_the_caller, daemon=True).start()
    run = HighsRun(model, options, start, relaxed=relaxed)
    try:
        ending = run.follow(_tell, _tell, lambda: False)
    except RuntimeError as error:
        _tell(error)
    else:
        if ending is None:
            raise RuntimeError("a run that nobody stops has an ending")
        _tell(ending)


def _tell(message: Message) -> None:
    pickle.dump(message, sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
    sys.stdout.buffer.flush()


def _leave_with_the_caller() -> None:
    """End this process at once when the caller is gone: its end of the pipe closes."""
    sys.stdin.buffer.read()
    signal.raise_signal(signal.SIGTERM)
