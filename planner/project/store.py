"""The project's database: connections, transactions, and SQLite's errors in plain words."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from planner.errors import (
    DamagedProjectError,
    NotAProjectError,
    ProjectError,
    ProjectFullError,
    ReadOnlyProjectError,
)
from planner.project.geopackage import APPLICATION_ID, MAXIMUM_GEOMETRY_BYTES, envelope_of
from planner.project.schema import JOURNAL_COLUMNS, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_TIMEOUT_MS = 10_000
"""How long a statement waits for another process, such as a GIS, to let go of the file."""

_MAXIMUM_VALUE_BYTES = 1024 * 1024 * 1024
_PAGE_COUNT_AT, _PAGE_SIZE_AT, _APPLICATION_ID_AT = 28, 16, 68
_ALLOWED_TRIGGERS = ("rtree_", "trigger_insert_feature_count_", "trigger_delete_feature_count_")
_FULL = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
)
_READ_ONLY = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_INTERRUPTED = frozenset(
    {
        sqlite3.SQLITE_READONLY_ROLLBACK,
        sqlite3.SQLITE_READONLY_RECOVERY,
        sqlite3.SQLITE_READONLY_CANTINIT,
    }
)
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class Store:
    """Two connections to one GeoPackage: one that writes, one that reads meanwhile.

    Rows are fetched whole, never through a cursor with a name: one that an error left half-read
    would keep the file locked for as long as somebody keeps the error.

    Parameters
    ----------
    path : Path
        The GeoPackage.
    read_only : bool
        Open for reading only; nothing in the folder is changed.
    """

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only
        self._write_lock = threading.RLock()
        self._read_lock = threading.RLock()
        self._writer: sqlite3.Connection | None = None
        check_header(path)
        with translated(path):
            if not read_only:
                self._writer = _open_writer(path)
            try:
                reader = open_reader(path)
            except BaseException:
                self._close_writer()
                raise
        if reader is None:
            self._close_writer()
            raise ProjectError(
                f"{path} is in the middle of being written by another program. Try again."
            )
        self._reader = reader
        self._file = _identity(path)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend the reading connection to one thread, on one state of the data.

        Raises
        ------
        ProjectError
            The project was closed, or SQLite reports an error.
        """
        with self._read_lock, translated(self.path):
            outermost = not self._reader.in_transaction
            if outermost:
                self._reader.execute("BEGIN")
            try:
                yield self._reader
            finally:
                if outermost and self._reader.in_transaction:
                    self._reader.execute("ROLLBACK")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Lend the writing connection to one thread: all that is done there, or nothing.

        Raises
        ------
        ReadOnlyProjectError
            The store was opened for reading.
        ProjectError
            The project was closed, the disk is full, or SQLite reports another error.
        """
        with self._write_lock, translated(self.path):
            if self._writer is None:
                raise ReadOnlyProjectError(f"{self.path.parent} is open for reading only.")
            self._refuse_absent()
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def _refuse_absent(self) -> None:
        """Refuse to write where the file is no more at its place.

        An open file can be written even after its drive was taken away or its folder was
        thrown away, and what was written is lost when it is closed.
        """
        found = _identity(self.path)
        if found is None:
            raise _gone(self.path, "it is not there any more")
        if found != self._file:
            raise _gone(self.path, "another file has taken its place")

    def verify(self, *, quick: bool = False) -> None:
        """Check every page of the file.

        Parameters
        ----------
        quick : bool
            Leave out whether indexes agree with their tables.

        Raises
        ------
        DamagedProjectError
            SQLite finds damage.
        """
        with self.reading() as connection:
            check = "quick_check" if quick else "integrity_check"
            (found,) = connection.execute(f"PRAGMA {check}(1)").fetchone()
        if found != "ok":
            what = " ".join(str(found).split()).removeprefix("*** in database main *** ")
            raise DamagedProjectError(
                f"{self.path} is damaged: {what}. Restore the project from a copy."
            )

    def compact(self) -> None:
        """Give what the file no longer needs back to the disk; whole or not at all.

        Raises
        ------
        ReadOnlyProjectError
            The store was opened for reading.
        ProjectError
            The project was closed, the disk has no room for a second copy meanwhile, or SQLite
            reports another error.
        """
        with self._write_lock, translated(self.path):
            if self._writer is None:
                raise ReadOnlyProjectError(f"{self.path.parent} is open for reading only.")
            # SQLite attaches the new copy for as long as it writes it.
            self._writer.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 1)
            try:
                self._writer.execute("VACUUM")
            finally:
                self._writer.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def close(self) -> None:
        """Bring everything into the one file and close; without effect a second time."""
        with self._write_lock, self._read_lock, translated(self.path):
            try:
                self._reader.close()
            finally:
                self._close_writer()

    def _close_writer(self) -> None:
        if self._writer is None:
            return
        writer, self._writer = self._writer, None
        try:
            writer.execute("PRAGMA busy_timeout = 0")
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            writer.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            # Another program has the file open; SQLite finishes this when that one closes.
            if error.sqlite_errorcode & 0xFF not in _BUSY:
                raise
        finally:
            writer.close()


def check_header(path: Path) -> None:
    """Check the first bytes and the length of a GeoPackage, without opening it.

    Raises
    ------
    NotAProjectError
        There is no such file.
    DamagedProjectError
        It is no GeoPackage, or is shorter than it says.
    """
    try:
        with path.open("rb") as file:
            head = file.read(100)
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError as error:
        raise NotAProjectError(
            f"{path.parent} is no project: it holds no {path.name}. Choose a folder whose name "
            "ends in .landbridge, or create a project."
        ) from error
    except OSError as error:
        raise ProjectError(
            f"{path} cannot be read: {error.strerror}. Check the folder's permissions."
        ) from error
    application = int.from_bytes(head[_APPLICATION_ID_AT : _APPLICATION_ID_AT + 4], "big")
    if head[:16] != b"SQLite format 3\0" or application != APPLICATION_ID:
        raise DamagedProjectError(
            f"{path} is no GeoPackage: it does not begin as one. Restore the project from a "
            "copy."
        )
    page = int.from_bytes(head[_PAGE_SIZE_AT : _PAGE_SIZE_AT + 2], "big")
    page = 65536 if page == 1 else page
    pages = int.from_bytes(head[_PAGE_COUNT_AT : _PAGE_COUNT_AT + 4], "big")
    if size < page * pages and not _has_pending(path):
        raise DamagedProjectError(
            f"{path} is cut short: {size:,} of {page * pages:,} bytes are there. Restore the "
            "project from a copy, or copy it again from where it came."
        )


def open_reader(path: Path) -> sqlite3.Connection | None:
    """Open a connection that cannot write; the caller translates SQLite's errors.

    In a folder that nobody may write to, SQLite cannot keep its shared index, so the file is
    opened as unchanging; that is right only where no edits are pending.

    Returns
    -------
    sqlite3.Connection or None
        None where a write was cut off and must be rolled back before anything can be read.
    """
    fixed = not os.access(path.parent, os.W_OK) and not _has_pending(path)
    connection = _connect(path, "mode=ro&immutable=1" if fixed else "mode=ro")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode in _INTERRUPTED:
            return None
        raise
    except BaseException:
        connection.close()
        raise
    return connection


def finish_interrupted(path: Path) -> None:
    """Roll back a write that was cut off, as SQLite does when it first reads.

    Raises
    ------
    ProjectError
        SQLite reports an error.
    """
    with translated(path), closing(_connect(path, "mode=rw")) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _has_pending(path: Path) -> bool:
    """Tell whether a journal lies beside the file, so that it alone is not the whole truth."""
    beside = (path.with_name(path.name + ending) for ending in ("-wal", "-journal"))
    return any(file.exists() and file.stat().st_size for file in beside)


def check_structure(connection: sqlite3.Connection, path: Path) -> None:
    """Check that every table is there with its columns, and nothing that would run by itself.

    Raises
    ------
    DamagedProjectError
        A table or column is missing, or the file holds triggers of unknown origin.
    """
    expected = {name: table.stored_columns for name, table in TABLES.items()}
    expected["journal"] = JOURNAL_COLUMNS
    expected["gpkg_contents"] = ("table_name", "min_x", "last_change")
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table'"
    ).fetchall()
    present = {name for (name,) in tables}
    for table, columns in expected.items():
        if table not in present:
            raise DamagedProjectError(
                f"{path} lacks the table {table}. Restore the project from a copy."
            )
        info = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
        found = {row[1] for row in info}
        if missing := [name for name in columns if name not in found]:
            raise DamagedProjectError(
                f"The table {table} of {path} lacks the column {missing[0]}. Restore the "
                "project from a copy."
            )
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        if not name.startswith(_ALLOWED_TRIGGERS):
            raise DamagedProjectError(
                f"{path} holds a trigger, {name!r:.60}, that would change data by itself and "
                "was not made by this program. Remove it with a database tool, or restore a "
                "copy."
            )


def _open_writer(path: Path) -> sqlite3.Connection:
    connection = _connect(path, "mode=rw")
    try:
        _add_spatial_functions(connection)
        connection.execute("PRAGMA synchronous = FULL")
        # File systems without shared memory answer with another mode; that works too.
        connection.execute("PRAGMA journal_mode = WAL")
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(path: Path, options: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?{options}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=BUSY_TIMEOUT_MS / 1000,
        cached_statements=256,
    )
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAXIMUM_VALUE_BYTES)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.execute("PRAGMA cell_size_check = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _add_spatial_functions(connection: sqlite3.Connection) -> None:
    """Offer what the triggers of a spatial index need, should a GIS have made one."""

    def bound(place: int, blob: object) -> float | None:
        if not isinstance(blob, bytes) or len(blob) > MAXIMUM_GEOMETRY_BYTES:
            return None
        box = envelope_of([blob])
        return None if box is None else box[place]

    for place, name in enumerate(("ST_MinX", "ST_MinY", "ST_MaxX", "ST_MaxY")):
        connection.create_function(
            name, 1, lambda blob, place=place: bound(place, blob), deterministic=True
        )
    connection.create_function(
        "ST_IsEmpty", 1, lambda blob: int(bound(0, blob) is None), deterministic=True
    )


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Say SQLite's errors in plain words.

    Raises
    ------
    ProjectFullError, ReadOnlyProjectError, DamagedProjectError, ProjectError
        According to what SQLite reports.
    """
    try:
        yield
    except sqlite3.ProgrammingError as error:
        if "closed" not in str(error):
            raise
        raise ProjectError(f"{path.parent} was closed. Open it again to go on.") from error
    except sqlite3.Error as error:
        if not path.exists():
            raise _gone(path, " ".join(str(error).split())) from error
        raise _in_plain_words(path, error) from error
    except UnicodeDecodeError as error:
        # What SQLite wanted to say held a name out of a damaged part of the file.
        raise DamagedProjectError(
            f"{path} is damaged: it holds text that is not UTF-8. Restore the project from a "
            "copy."
        ) from error


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another of its name; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _gone(path: Path, said: str) -> ProjectError:
    """Tell that the file itself is no more where it was, as where a share was unplugged."""
    return ProjectError(
        f"{path} is gone: {said}. Bring back the drive or the network "
        "share that it lies on and repeat the edit, or open the project again; every edit made "
        "before is in the file."
    )


def _in_plain_words(path: Path, error: sqlite3.Error) -> ProjectError:
    said = " ".join(str(error).split())
    extended = getattr(error, "sqlite_errorcode", 0)
    codes = {extended, extended & 0xFF}
    if codes & _FULL:
        return ProjectFullError(
            f"There is no room left for {path}: {said}. The last edit was not made; "
            "everything before it is kept. Free some space on that disk and repeat the edit."
        )
    if codes & _READ_ONLY:
        return ReadOnlyProjectError(
            f"{path} cannot be written: {said}. Check the permissions of the folder and of "
            "the files in it, or copy the project to a folder of your own."
        )
    if codes & _DAMAGED or "decode to UTF-8" in said:
        return DamagedProjectError(
            f"{path} is damaged: {said}. Restore the project from a copy; what can still be "
            "read may be saved with QGIS or with the command sqlite3 and its .recover."
        )
    if codes & _BUSY:
        return ProjectError(
            f"{path} is being written by another program, such as QGIS, for more than "
            f"{BUSY_TIMEOUT_MS // 1000} s. Finish the editing session there and repeat the "
            "edit."
        )
    return ProjectError(
        f"{path} cannot be used: {said}. Restore the project from a copy if this comes again."
    )
