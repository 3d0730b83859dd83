"""Reading and writing files of unknown origin in a process of its own, which can be ended.

The libraries that read other people's files neither tell their progress nor hear a cancel, and
a damaged or hostile file may make them run for ever or take all memory. A process can be ended
at any moment, and what it broke goes with it.
"""

from __future__ import annotations

import importlib
import json
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from time import monotonic
from typing import IO, TYPE_CHECKING, Any

from layers.errors import LayerReadError, LayerWriteError
from resources.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from layers.control import Control

TASKS = {
    "vector tables": "layers.vector_files:tables_task",
    "copy vector": "layers.vector_files:copy_task",
    "overviews": "layers.overviews:build_task",
}
"""What can be done apart, and the function that does it."""

MEMORY_BYTES = 6 * 1024**3
_POLL_S = 0.1
_ERRORS: dict[str, type[PlannerError]] = {
    "read": LayerReadError,
    "write": LayerWriteError,
}


def run_apart(
    task: str, args: Mapping[str, object], control: Control, *, silence_s: float = 120.0
) -> Any:  # noqa: ANN401 - whatever the task tells, as JSON knows it
    """Do a task in a process of its own.

    Parameters
    ----------
    task : str
        One of `TASKS`.
    args : mapping
        What it is told, as JSON knows it; ``path`` names the file for messages.
    control : Control
        Told the share done; may cancel, which ends the process.
    silence_s : float
        How long it may take without telling any progress.

    Returns
    -------
    object
        What it tells, as JSON knows it.

    Raises
    ------
    LayerReadError, LayerWriteError
        What the task says, or that it was given up.
    """
    if not sys.executable:
        raise LayerReadError(
            "Files cannot be imported here: this Python cannot start another. Start Landbridge "
            "from its own command."
        )
    process = _started()
    told: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    talk = threading.Thread(target=_talk, args=(process, task, args, told), name="apart")
    talk.start()
    try:
        return _follow(told, control, silence_s, str(args.get("path", "the file")))
    finally:
        process.kill()
        process.wait()
        talk.join()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def _follow(
    told: queue.SimpleQueue[dict[str, Any] | None],
    control: Control,
    silence_s: float,
    path: str,
) -> Any:  # noqa: ANN401 - as above
    share, heard = 0.0, monotonic()
    while True:
        try:
            message = told.get(timeout=_POLL_S)
        except queue.Empty:
            control.report(share)
            if monotonic() - heard > silence_s:
                raise LayerReadError(
                    f"{path} was given up: nothing moved for {silence_s:g} s. The file may be "
                    "damaged, or its disk or network does not answer."
                ) from None
            continue
        heard = monotonic()
        if message is None:
            raise LayerReadError(
                f"{path} could not be read: the process that read it ended, perhaps for want "
                "of memory. The file is damaged or far too large; save it again in QGIS."
            )
        if "error" in message:
            raise _ERRORS.get(message["kind"], LayerReadError)(message["error"])
        if "result" in message:
            return message["result"]
        share = max(share, min(float(message["done"]), 1.0))
        control.report(share)


def _started() -> subprocess.Popen[bytes]:
    code = f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import serve; serve()"
    return subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def _talk(
    process: subprocess.Popen[bytes],
    task: str,
    args: Mapping[str, object],
    told: queue.SimpleQueue[dict[str, Any] | None],
) -> None:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the process was started without pipes")
    with suppress(OSError, ValueError):
        process.stdin.write(json.dumps({"task": task, "args": dict(args)}).encode() + b"\n")
        process.stdin.flush()
        for line in process.stdout:
            told.put(json.loads(line))
    told.put(None)


class _Told:
    """The control of the process: tells the share done on the real standard output."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._last = -1.0

    def report(self, fraction: float) -> None:
        """Tell progress, a hundred times at most."""
        if fraction - self._last >= 0.01:
            self._last = fraction
            self.send({"done": fraction})

    def send(self, message: dict[str, object]) -> None:
        """Write a line."""
        self._out.write(json.dumps(message).encode() + b"\n")
        self._out.flush()


def serve() -> None:
    """Do the one task that standard input names; the life of the process."""
    out = sys.stdout.buffer
    sys.stdout = sys.stderr
    told = _Told(out)
    _limit_memory()
    asked = json.loads(sys.stdin.buffer.readline())
    module, _, name = TASKS[asked["task"]].partition(":")
    work: Callable[[Mapping[str, Any], Control], object] = getattr(
        importlib.import_module(module), name
    )
    try:
        told.send({"result": work(asked["args"], told)})
    except PlannerError as error:
        kind = "write" if isinstance(error, LayerWriteError) else "read"
        told.send({"error": str(error), "kind": kind})
    except MemoryError:
        path = asked["args"].get("path", "The file")
        told.send(
            {
                "error": f"{path} needs more memory than there is. Clip it first.",
                "kind": "read",
            }
        )


def _limit_memory() -> None:
    """Keep the process from taking all memory, where the system can be told so."""
    try:
        resource = importlib.import_module("resource")
    except ImportError:
        return  # Windows
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
