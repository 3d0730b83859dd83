"""The QGIS process as seen from here: start it, talk to it, end it."""

from __future__ import annotations

import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import deque
from pathlib import Path
from typing import IO, TYPE_CHECKING

from layers.qgis.discovery import QgisInstallation, child_environment
from layers.qgis.worker import messages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LOG_LINES = 400
HARMLESS = b"may only be partially supported"  # GDAL on each GeoPackage newer than itself
POSTGRES_OPTIONS = "-c default_transaction_read_only=on -c statement_timeout=20000"
Message = dict[str, object]


def worker_folder() -> Path:
    """Return the folder of the worker package, in a checkout as in an installed wheel."""
    return Path(messages.__file__).resolve().parent


class WorkerProcess:
    """One QGIS process with its three helper threads.

    Parameters
    ----------
    installation : QgisInstallation
        Which interpreter to start.
    on_message : callable
        Gets every message, in a thread of this object.
    on_exit : callable
        Gets the exit code once, in the same thread, when the process has ended and every
        message it sent has been delivered.
    """

    def __init__(
        self,
        installation: QgisInstallation,
        on_message: Callable[[WorkerProcess, Message], None],
        on_exit: Callable[[WorkerProcess, int], None],
    ) -> None:
        self._on_message = on_message
        self._on_exit = on_exit
        self._log: deque[str] = deque(maxlen=LOG_LINES)
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._runtime = Path(tempfile.mkdtemp(prefix="landbridge-qgis-"))
        profile = self._runtime / "profile"
        profile.mkdir()
        flags = ["-s"] if installation.environment else ["-I"]
        self._process = subprocess.Popen(
            [
                str(installation.python),
                *flags,
                str(worker_folder() / "__main__.py"),
                str(installation.prefix),
                str(profile),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment(installation),
            cwd=self._runtime,
            start_new_session=sys.platform != "win32",
        )
        stdin, stdout, stderr = (
            self._process.stdin,
            self._process.stdout,
            self._process.stderr,
        )
        if stdin is None or stdout is None or stderr is None:
            raise RuntimeError("the pipes of the QGIS process are missing")
        self._threads = [
            threading.Thread(target=self._write, args=(stdin,), name="qgis-write"),
            threading.Thread(target=self._read_log, args=(stderr,), name="qgis-log"),
        ]
        self._reader = threading.Thread(target=self._read, args=(stdout,), name="qgis-read")
        for thread in (*self._threads, self._reader):
            thread.daemon = True
            thread.start()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Return whether the process runs."""
        return self._process.poll() is None

    def log_tail(self, count: int = 12) -> str:
        """Return the last lines the process wrote to stderr."""
        return "\n".join(list(self._log)[-count:])

    def send(self, message: Mapping[str, object]) -> None:
        """Queue a message; returns at once, also when the process does not read."""
        self._outbox.put(messages.encode(dict(message)))

    def kill(self) -> None:
        """End the process now."""
        if self.is_alive():
            self._process.kill()

    def close(self, timeout_s: float = 3.0) -> None:
        """Ask the process to end, kill it if it does not, and wait for the helper threads.

        Not to be called from `on_message` or `on_exit`.
        """
        self.send({"id": 0, "op": messages.QUIT})
        self._outbox.put(None)
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()

    def _environment(self, installation: QgisInstallation) -> dict[str, str]:
        environment = child_environment(installation)
        environment["QT_QPA_PLATFORM"] = "offscreen"
        environment["XDG_RUNTIME_DIR"] = str(self._runtime)
        environment["QGIS_CUSTOM_CONFIG_PATH"] = str(self._runtime / "profile")
        environment["GDAL_PAM_ENABLED"] = "NO"  # no .aux.xml beside the user's rasters
        environment["GDAL_VRT_ENABLE_PYTHON"] = "NO"
        environment["GDAL_HTTP_TIMEOUT"] = "20"
        environment["PGOPTIONS"] = POSTGRES_OPTIONS
        environment["PGCONNECT_TIMEOUT"] = "5"
        environment["PYTHONIOENCODING"] = "utf-8"
        environment[messages.RUNTIME_VARIABLE] = str(self._runtime)
        return environment

    def _write(self, stdin: IO[bytes]) -> None:
        try:
            while (line := self._outbox.get()) is not None:
                stdin.write(line)
                stdin.flush()
        except OSError:
            return  # the process is gone; the reader reports it
        finally:
            _close_quietly(stdin)

    def _read(self, stdout: IO[bytes]) -> None:
        with stdout:
            for line in stdout:
                self._on_message(self, messages.decode(line))
        code = self._process.wait()
        self._outbox.put(None)
        for thread in self._threads:
            thread.join()
        shutil.rmtree(self._runtime, ignore_errors=True)
        self._on_exit(self, code)

    def _read_log(self, stderr: IO[bytes]) -> None:
        with stderr:
            for line in stderr:
                if HARMLESS not in line:
                    self._log.append(line.decode(errors="replace").rstrip())


def _close_quietly(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:
        return  # what was buffered had nobody to read it
