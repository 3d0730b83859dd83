"""Opening a project: who may write, which version, and is it whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.errors import NotAProjectError, ProjectError
from planner.project.creation import DATABASE
from planner.project.lock import LockOwner, ProjectLock, guest_group
from planner.project.migrations import Schema, migrate, refuse_newer, version_of
from planner.project.store import (
    Store,
    check_header,
    check_structure,
    finish_interrupted,
    open_reader,
    translated,
)

if TYPE_CHECKING:
    from pathlib import Path

LOCK_FILE = "project.lock"
_NO_PERMISSION = (
    "{folder} is open for reading only: you may not write to this folder. Change its "
    "permissions, or copy the project to a folder of your own."
)


@dataclass(frozen=True, slots=True)
class Session:
    """What an open project holds on to.

    Parameters
    ----------
    folder : Path
        The project's folder.
    store : Store
        Its database.
    lock : ProjectLock
        Its lock, held unless the session only reads.
    locked_by : LockOwner or None
        Who else holds it.
    read_only_reason : str
        Why edits are refused, as a sentence; empty where they are not.
    is_guest : bool
        Whether this process writes as a guest of the holder.
    guest_group : str
        Group that the host has given to the edits of its guest; empty for none.
    """

    folder: Path
    store: Store
    lock: ProjectLock
    locked_by: LockOwner | None
    read_only_reason: str
    is_guest: bool = False
    guest_group: str = ""

    def close(self) -> None:
        """Close the database, then let go of the lock."""
        try:
            self.store.close()
        finally:
            self.lock.release()


def open_session(
    path: Path, *, author: str, read_only: bool, take_over: bool, schema: Schema
) -> Session:
    """Open a project for writing where that is possible, else for reading.

    Parameters
    ----------
    path : Path
        The project's folder, or the GeoPackage in it.
    author : str
        Name for the lock.
    read_only : bool
        Do not even try to write.
    take_over : bool
        Ignore a lock that another computer left behind.
    schema : Schema
        Version to bring older files to, and how.

    Raises
    ------
    NotAProjectError, DamagedProjectError, NewerProjectError, ProjectError
        What is wrong with the folder; it was left untouched.
    """
    folder = path.parent if path.name == DATABASE else path
    database = folder / DATABASE
    found = _peek_version(database, schema)
    lock = ProjectLock(folder / LOCK_FILE)
    holder, reason = None, f"{folder} was opened for reading only."
    if not read_only:
        holder, reason = _try_to_lock(lock, author, folder, take_over=take_over)
    try:
        if found is None:
            found = _finish_interrupted(database, schema, reason)
        if reason:
            _refuse_older(found, schema, folder, reason)
        store = _open_store(database, lock, schema, read_only=bool(reason))
    except BaseException:
        lock.abandon()
        raise
    is_guest = not reason and not lock.held
    group = guest_group() if is_guest else ""
    return Session(folder, store, lock, holder, reason, is_guest, group)


def _refuse_older(found: int, schema: Schema, folder: Path, reason: str) -> None:
    if found < schema.version:
        raise ProjectError(
            f"{folder} was written by an older Landbridge and must be brought up to date "
            f"first, which needs writing. {reason}"
        )


def _finish_interrupted(database: Path, schema: Schema, reason: str) -> int:
    """Let SQLite roll back a write that was cut off, then read the version."""
    if not reason:
        finish_interrupted(database)
        found = _peek_version(database, schema)
        if found is not None:
            return found
    raise ProjectError(
        f"{database} was being written when the program or the computer stopped, and must be "
        "put right first, which needs writing. Open the project once for writing, in a folder "
        f"where you may. {reason}"
    )


def _peek_version(database: Path, schema: Schema) -> int | None:
    """Read the version before anything is locked or opened to write.

    None means that a write was cut off, and nothing can be read before it is rolled back.
    """
    if not database.parent.is_dir():
        raise NotAProjectError(
            f"There is no folder {database.parent}. Check the path, or create a project there."
        )
    check_header(database)
    with translated(database):
        connection = open_reader(database)
        if connection is None:
            return None
        try:
            found = version_of(connection, database)
        finally:
            connection.close()
    refuse_newer(found, schema, database)
    return found


def _try_to_lock(
    lock: ProjectLock, who: str, folder: Path, *, take_over: bool
) -> tuple[LockOwner | None, str]:
    """Take the lock; return who else holds it and why writing is not possible, if it is not."""
    try:
        holder = lock.acquire(who, take_over=take_over)
    except PermissionError:
        return None, _NO_PERMISSION.format(folder=folder)
    except OSError as error:
        if isinstance(error, ProjectError):
            raise
        return None, f"{folder} cannot be written: {error.strerror}."
    if holder is None:
        return None, ""
    return holder, (
        f"{folder} is open for reading only: {holder.description} is editing it. Ask them to "
        "close it, then open it again."
    )


def _open_store(database: Path, lock: ProjectLock, schema: Schema, *, read_only: bool) -> Store:
    store = Store(database, read_only=read_only)
    try:
        if not read_only:
            migrate(store, schema)
        if lock.found_stale is not None:
            store.verify(quick=True)
        with store.reading() as connection:
            check_structure(connection, database)
    except BaseException:
        store.close()
        raise
    return store
