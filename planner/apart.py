"""Work in a process of its own, so that a window beside it never stands still.

Threads share one interpreter: while a compiler, a sort or a solver holds it, nothing else in
the program moves. What takes long is therefore done by another interpreter, which is kept for
the next piece of work. It reports, may be cancelled, and ends when the program ends. It edits
the open project as a guest of this process (`planner.project.lock`).
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from planner.jobs import JobCancelled
from resources.errors import PlannerError
from resources.translation import language

if TYPE_CHECKING:
    from typing import BinaryIO

    from planner.jobs import JobControl

Task: TypeAlias = tuple[Callable[..., Any], tuple[object, ...], str, int, str]
"""Function, arguments, language to tell progress in, process that is worked for, and the group
that edits of its projects belong to."""

LOOK_S = 0.1
"""How often a cancel is looked for."""
END_S = 10.0
"""How long a process may take to end after it was asked to."""


class ApartError(PlannerError):
    """The process that did the work has ended without an answer."""


class UnexpectedApartError(RuntimeError):
    """Something nobody expected went wrong in the other process; holds its traceback."""


class Apart:
    """Runs functions in processes of their own.

    It may be used from several threads; each has a process to itself, one of which is kept.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._idle: _Process | None = None
        self._busy: set[_Process] = set()
        self._closed = False

    def run(
        self,
        function: Callable[..., Any],
        *args: object,
        control: JobControl,
        hear: Callable[[Any], bool] | None = None,
        group: str = "",
    ) -> Any:  # noqa: ANN401 - whatever the function returns
        """Run a function, and wait for what it returns.

        Parameters
        ----------
        function : callable
            Takes `args` and, last, an `ApartControl`. Must be picklable: a function of a
            module, or a `partial` of one.
        *args
            What it is given; must be picklable, and so must its result.
        control : JobControl
            Told the progress; may cancel.
        hear : callable, optional
            Told what the function tells on its way, in the calling thread; returns whether the
            work is to go on. Where it says no, the function is asked to stop and keep what it
            has.
        group : str
            As for `planner.project.lock.be_guest_of`.

        Raises
        ------
        JobCancelled
            Somebody asked to end.
        PlannerError
            As the function says.
        ApartError
            The process has ended without an answer.
        UnexpectedApartError
            The function raised what nobody expected.
        """
        process = self._take()
        try:
            result = process.run(
                (function, args, language(), os.getpid(), group), control, hear
            )
        finally:
            self._give_back(process)
        return result

    def close(self) -> None:
        """End every process; those at work are asked first."""
        with self._guard:
            self._closed = True
            processes = [*self._busy, *([self._idle] if self._idle else [])]
            self._idle = None
        for process in processes:
            process.end()

    def _take(self) -> _Process:
        with self._guard:
            if self._closed:
                raise PlannerError("No work can start: the program is closing.")
            process, self._idle = self._idle, None
            if process is None or not process.alive:
                process = _Process()
            self._busy.add(process)
            return process

    def _give_back(self, process: _Process) -> None:
        with self._guard:
            self._busy.discard(process)
            keep = process.ready and not self._closed and self._idle is None
            if keep:
                self._idle = process
        if not keep:
            process.end()


class _Process:
    """One interpreter, with the thread that reads what it says."""

    def __init__(self) -> None:
        self.ready = True
        # -P: nothing in the current folder takes the place of a module of ours.
        command = [sys.executable, "-P", "-m", "planner.apart_process"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise ApartError("A process for the work could not be started.")
        self._to: BinaryIO = self._process.stdin  # type: ignore[assignment]  # IO[bytes] is one
        self._from: BinaryIO = self._process.stdout  # type: ignore[assignment]  # as above
        self._sending = threading.Lock()
        self._said: queue.SimpleQueue[tuple[str, Any] | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="landbridge-apart", daemon=True)
        self._reader.start()

    @property
    def alive(self) -> bool:
        """Whether it can be given work."""
        return self._process.poll() is None

    def run(
        self,
        task: Task,
        control: JobControl,
        hear: Callable[[Any], bool] | None,
    ) -> Any:  # noqa: ANN401 - whatever the function returns
        """Have a task done, as `Apart.run`."""
        self.ready = False
        self._send(("run", task))
        cancelled = stopped = False
        while True:
            try:
                said = self._said.get(timeout=LOOK_S)
            except queue.Empty:
                said = ("nothing", None)
            if said is None:
                raise self._gone()
            if control.cancelled and not cancelled:
                cancelled = True
                self._send(("cancel", None))
            kind, content = said
            if kind in {"done", "failed"}:
                self.ready = True
                return _answer(kind, content)
            if kind == "told" and hear is not None and not hear(content) and not stopped:
                stopped = True
                self._send(("stop", None))
            if not cancelled:
                _pass_on(kind, content, control)

    def end(self) -> None:
        """Ask the process to end, then end it."""
        try:
            with self._sending:
                self._to.close()
        except OSError:
            pass  # it has ended already
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(END_S)
        self._from.close()

    def _send(self, message: tuple[str, object]) -> None:
        try:
            with self._sending:
                pickle.dump(message, self._to)
                self._to.flush()
        except (OSError, ValueError) as error:
            raise self._gone() from error

    def _read(self) -> None:
        try:
            while True:
                self._said.put(pickle.load(self._from))
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            self._said.put(None)

    def _gone(self) -> ApartError:
        return ApartError(
            "The process that did this work ended unexpectedly, perhaps for want of memory. "
            "What was finished is kept; close other programs and try again."
        )


def _answer(kind: str, content: Any) -> Any:  # noqa: ANN401 - whatever a function returns
    if kind == "done":
        return content
    error, trace = content
    if isinstance(error, PlannerError | JobCancelled):
        raise error
    raise UnexpectedApartError(trace)


def _pass_on(kind: str, content: Any, control: JobControl) -> None:  # noqa: ANN401 - as above
    """Tell the control what the work says; where it cancels, the loop hears of it next."""
    try:
        if kind == "fraction":
            control.report(content)
        elif kind == "doing":
            control.say(content)
    except JobCancelled:
        return
