"""One writer at a time: a lock that the operating system drops when its owner dies.

The file ``project.lock`` is locked for as long as the owner lives, by the kernel, so a lock
never outlives its process. What the file says is only for people and for shared folders: who
holds it, where and since when. A lock written by another computer cannot be checked from here;
it counts as held until that computer releases it or somebody takes over on purpose.

A process that works for another, as the window's models do, is its guest: it writes to the
projects that its host holds, and takes no lock of its own. SQLite sees to it that one of the
two writes at a time.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from planner.errors import ProjectError

if TYPE_CHECKING:
    from pathlib import Path

_MAXIMUM_BYTES = 4096
_HOSTS: dict[int, str] = {}
_BUSY = frozenset({errno.EACCES, errno.EAGAIN, errno.EDEADLK})


def be_guest_of(pid: int, group: str = "") -> None:
    """Write to the projects that another process of this computer holds, as its guest.

    Parameters
    ----------
    pid : int
        The host; this process must end with it.
    group : str
        Group that the edits belong to. The host makes it one step of undo by
        `Project.finish_group`; where empty, a guest does so itself each time it closes a
        project.
    """
    _HOSTS.clear()
    _HOSTS[pid] = group


def guest_group() -> str:
    """Return the group that the edits of a guest belong to; empty where it has none."""
    return next(iter(_HOSTS.values()), "")


@dataclass(frozen=True, slots=True)
class LockOwner:
    """Who holds a project for writing.

    Parameters
    ----------
    owner : str
        Name of the user.
    host : str
        Name of the computer.
    pid : int
        Process on that computer.
    since : str
        Time of locking, ISO 8601, UTC.
    """

    owner: str
    host: str
    pid: int
    since: str

    @property
    def description(self) -> str:
        """The holder as a message says it."""
        return f"{self.owner} on {self.host} (process {self.pid}) since {self.since}"


class ProjectLock:
    """Lock of one project folder.

    Parameters
    ----------
    path : Path
        File ``project.lock`` in the folder.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self.found_stale: LockOwner | None = None

    @property
    def held(self) -> bool:
        """Whether it is held here."""
        return self._descriptor is not None

    def acquire(self, owner: str, *, take_over: bool = False) -> LockOwner | None:
        """Take the lock, or return who holds it; a guest of the holder needs none.

        Parameters
        ----------
        owner : str
            Name to write down.
        take_over : bool
            Ignore the entry of another computer. A living process of this computer is never
            pushed aside.

        Raises
        ------
        ProjectError
            The file system cannot lock files.
        OSError
            The lock file cannot be opened for writing.
        """
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            locked = _try_lock(descriptor, self._path)
            holder = _read_owner(descriptor)
            host = socket.gethostname()
            elsewhere = holder is not None and holder.host != host
            if not locked and not elsewhere and holder is not None and holder.pid in _HOSTS:
                return None
            if not locked or (elsewhere and not take_over):
                return holder or LockOwner("another process", host, 0, "an unknown time")
            _write_owner(descriptor, LockOwner(owner, host, os.getpid(), _now()))
            self.found_stale = holder
            self._descriptor = descriptor
        finally:
            if self._descriptor is None:
                os.close(descriptor)
        return None

    def abandon(self) -> None:
        """Let go, but leave the entry, so that the next owner looks for damage."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)

    def release(self) -> None:
        """Give the lock back; without effect where it is not held."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        try:
            os.ftruncate(descriptor, 0)
        finally:
            os.close(descriptor)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _read_owner(descriptor: int) -> LockOwner | None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    text = os.read(descriptor, _MAXIMUM_BYTES)
    if not text.strip():
        return None
    try:
        read = json.loads(text)
        return LockOwner(
            str(read["owner"])[:200],
            str(read["host"])[:200],
            int(read["pid"]),
            str(read["since"])[:40],
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return LockOwner("an unreadable entry", socket.gethostname(), 0, "an unknown time")


def _write_owner(descriptor: int, owner: LockOwner) -> None:
    text = json.dumps(asdict(owner), ensure_ascii=False).encode("utf-8")
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, text)
    os.fsync(descriptor)


if sys.platform == "win32":
    import msvcrt

    _LOCKED_BYTE = 1 << 30

    def _try_lock(descriptor: int, path: Path) -> bool:
        """Lock a byte far behind the text, which stays readable to others."""
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in _BUSY:
                return False
            raise _cannot_lock(path, error) from error
        return True
else:
    import fcntl

    def _try_lock(descriptor: int, path: Path) -> bool:
        """Lock the open file, not the process: a second open in one process is refused too."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _BUSY:
                return False
            raise _cannot_lock(path, error) from error
        return True


def _cannot_lock(path: Path, error: OSError) -> ProjectError:
    return ProjectError(
        f"The file system of {path.parent} cannot lock files ({error}), so two people could "
        "overwrite each other's work. Copy the project to a local disk and open it there."
    )
