"""The protocol's end in the QGIS process: lines in on stdin, lines out on the real stdout."""

from __future__ import annotations

import os
import queue
import shutil
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any, BinaryIO

from qgis.PyQt.QtCore import QSocketNotifier

from layers.qgis.worker import messages

if TYPE_CHECKING:
    from collections.abc import Callable


LONGEST_CANCEL = 200
_CANCEL = f'"op":"{messages.CANCEL}"'.encode()


def take_stdout() -> BinaryIO:
    """Keep the real stdout for the protocol and send everything libraries print to stderr."""
    protocol = os.dup(1)
    os.set_inheritable(protocol, False)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return os.fdopen(protocol, "wb", buffering=0)


def leave() -> None:
    """End this process now, also while another thread is stuck in a provider."""
    runtime = os.environ.get(messages.RUNTIME_VARIABLE, "")
    if runtime:
        shutil.rmtree(runtime, ignore_errors=True)
    os._exit(0)


class Channel:
    """Hands each message to `on_message` in the main thread, inside Qt's event loop.

    A thread reads stdin, so that cancel and the end of the other process are noticed while the
    main thread is busy; a pair of sockets wakes the event loop (Qt cannot watch a pipe on
    Windows). The ids of requests that were cancelled stand in `cancelled` at once, so that
    those that have not begun are left out.
    """

    def __init__(self, out: BinaryIO, on_message: Callable[[dict[str, Any]], None]) -> None:
        self._out = out
        self._on_message = on_message
        self.cancelled: set[int] = set()
        self._write_lock = threading.Lock()
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._bell, self._ear = socket.socketpair()
        self._ear.setblocking(False)
        self._notifier = QSocketNotifier(self._ear.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._on_bell_rung)
        threading.Thread(target=self._read, name="stdin", daemon=True).start()

    def send(self, message: dict[str, Any]) -> None:
        """Write one message; the process ends where nobody listens any more."""
        line = messages.encode(message)
        with self._write_lock:
            try:
                while line:
                    line = line[self._out.write(line) :]
            except OSError:
                leave()

    def _read(self) -> None:
        for line in sys.stdin.buffer:
            if len(line) < LONGEST_CANCEL and _CANCEL in line:
                self.cancelled.add(int(messages.decode(line)["args"]["request_id"]))
            self._lines.put(line)
            self._bell.send(b"\0")
        leave()

    def _on_bell_rung(self, *_: object) -> None:
        count = len(self._ear.recv(4096))
        for _index in range(count):
            self._on_message(messages.decode(self._lines.get()))
