"""A project: opened, edited by commands, read, and watched."""

from __future__ import annotations

import getpass
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from planner.errors import EditConflictError, ReadOnlyProjectError
from planner.profiles import REGION_FOLDER, know_regions
from planner.project.creation import create_folder
from planner.project.journal import Group, Journal, new_id
from planner.project.migrations import CURRENT_SCHEMA, Schema
from planner.project.opening import Session, open_session
from planner.project.pruning import Pruner
from planner.project.reading import ProjectReader
from planner.project.rows import Operation, RowWriter
from planner.project.runs import RecordRun, RunRecord
from planner.project.steps import Steps, label_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from planner.project.commands import Command
    from planner.project.journal import JournalEntry, State
    from planner.project.lock import LockOwner

Cause = Literal["executed", "undone", "redone"]


@dataclass(frozen=True, slots=True)
class TablesChanged:
    """Something was stored.

    Parameters
    ----------
    tables : frozenset of str
        Tables whose rows are no longer what they were.
    label : str
        What was done, taken back or repeated.
    cause : str
        ``executed``, ``undone`` or ``redone``.
    """

    tables: frozenset[str]
    label: str
    cause: Cause


class Project(ProjectReader):
    """One open project; made by `Project.create` or `Project.open`.

    It may be used from several threads. Reading does not wait for writing.

    Parameters
    ----------
    session : Session
        The open database and its lock; the project closes them. What a guest edits is one
        step of undo.
    author : str
        Who edits, for the journal.
    """

    def __init__(self, session: Session, *, author: str) -> None:
        super().__init__(session.folder, session.store)
        self.author = author
        self._session = session
        self._subscribers: list[Callable[[TablesChanged], None]] = []
        self._groups = threading.local()
        self._run = session.guest_group or (new_id() if session.is_guest else "")
        if not self.read_only and not self._run:
            self._finish_interrupted()

    @classmethod
    def create(
        cls, path: Path, *, name: str, region_id: str, crs: str, author: str = ""
    ) -> Self:
        """Make a project and open it for writing.

        Parameters
        ----------
        path : Path
            Folder to make; ``.landbridge`` is added where it is missing.
        name : str
            What people call it.
        region_id : str
            Region profile it was made for.
        crs : str
            Coordinate system of all its geometry, as PROJ understands it; equal-area.
        author : str
            Who edits; the user's name where empty.

        Raises
        ------
        ProjectExistsError
            Something is there already.
        ProjectError
            The folder cannot be written; nothing is left behind.
        EditError
            The CRS is not understood.
        """
        who = author or _user_name()
        facts = {"name": name, "region_id": region_id, "created_by": who}
        return cls.open(create_folder(Path(path), crs=crs, facts=facts), author=who)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        read_only: bool = False,
        author: str = "",
        take_over: bool = False,
        schema: Schema = CURRENT_SCHEMA,
    ) -> Self:
        """Open a project; for reading only where it is held elsewhere or cannot be written.

        Parameters
        ----------
        path : Path
            The project's folder, or the GeoPackage in it.
        read_only : bool
            Do not even try to write.
        author : str
            Who edits; the user's name where empty.
        take_over : bool
            Ignore a lock that another computer left behind.
        schema : Schema
            Version to bring older files to, and how.

        Raises
        ------
        NotAProjectError, DamagedProjectError, NewerProjectError, ProjectError
            What is wrong with the folder; it was left untouched.
        """
        who = author or _user_name()
        session = open_session(
            Path(path), author=who, read_only=read_only, take_over=take_over, schema=schema
        )
        know_regions(session.folder / REGION_FOLDER)
        try:
            return cls(session, author=who)
        except BaseException:
            session.close()
            raise

    def close(self) -> None:
        """Bring everything into one file, let go of the lock; without effect a second time."""
        try:
            if self._run and not self._session.guest_group:
                run, self._run = self._run, ""
                self.finish_group(run)
        finally:
            self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def read_only(self) -> bool:
        """Whether edits are refused."""
        return bool(self._session.read_only_reason)

    @property
    def read_only_reason(self) -> str:
        """Why edits are refused, as a sentence; empty where they are not."""
        return self._session.read_only_reason

    @property
    def locked_by(self) -> LockOwner | None:
        """Who else holds the project, where that is why it is open for reading only."""
        return self._session.locked_by

    def execute(self, command: Command) -> None:
        """Carry out an edit and write it to the journal, both or neither.

        Raises
        ------
        ReadOnlyProjectError
            The project is open for reading only; says why.
        EditError, EditConflictError
            The edit cannot be made on these data; nothing was changed.
        ProjectFullError, ProjectError
            It cannot be written; nothing was changed.
        """
        self._execute(command, "done")

    def _execute(self, command: Command, state: State) -> None:
        self._refuse_read_only()
        group = self._current_group() or Group(self._run or new_id(), command.label)
        done: list[Operation] = []
        inverse: list[Operation] = []
        with self._store.transaction() as connection:
            rows = self._rows(connection)
            for operation in command.operations(rows):
                inverse.insert(0, rows.apply(operation))
                done.append(operation)
            journal = Journal(connection)
            seq = journal.write(
                command,
                author=self.author,
                group=group,
                done=done,
                inverse=inverse,
                state=state,
            )
            if state == "done":
                self._place(Steps(connection, journal), seq)
        self._tell(frozenset(item.table for item in done), command.label, "executed")

    def _place(self, steps: Steps, seq: int) -> None:
        """Find the place of an edit in the order of undo; that of a group when it ends."""
        if self._run:
            steps.drop_undone_that_clash(seq)
        elif self._current_group() is not None:
            steps.drop_undone()
        else:
            steps.add(seq)

    def _current_group(self) -> Group | None:
        return getattr(self._groups, "current", None)

    @contextmanager
    def grouped(self, label: str) -> Iterator[Group]:
        """Make all edits of this thread inside the block one step of undo.

        Each edit is still stored by itself: where the block ends early, those made so far are
        there and are undone together. Edits of other threads and of a guest are not among
        them.
        """
        outer = self._current_group()
        self._groups.current = outer or Group(self._run or new_id(), label)
        try:
            yield self._groups.current
        finally:
            group, self._groups.current = self._groups.current, outer
            if outer is None and not self._run and not self.read_only:
                self.finish_group(group.group_id)

    def finish_group(self, group_id: str) -> None:
        """Make the edits of a group one step of undo, as when a guest has ended.

        Without effect where there are none, or they are a step already.

        Raises
        ------
        ProjectError
            It cannot be written. The group becomes a step when the project is opened next.
        """
        with self._store.reading() as connection:
            if group_id not in Steps(connection, Journal(connection)).unfinished_groups():
                return
        with self._store.transaction() as connection:
            Steps(connection, Journal(connection)).finish(group_id)

    def _finish_interrupted(self) -> None:
        """Make steps of the groups that were being made when the program was ended."""
        with self._store.reading() as connection:
            groups = Steps(connection, Journal(connection)).unfinished_groups()
        for group_id in groups:
            self.finish_group(group_id)

    def add_run(self, run: RunRecord) -> None:
        """Write a model run down; undo passes over it.

        Raises
        ------
        EditError
            The project has a run of this identifier, or the record holds no plain values.
        ReadOnlyProjectError, ProjectError
            As for `execute`.
        """
        self._execute(RecordRun(run), "kept")

    def keep(self, command: Command) -> None:
        """Carry out an edit that undo passes over, such as which layers were switched on.

        No other edit may touch the rows it changes, or undo would find them altered.

        Raises
        ------
        EditError, EditConflictError, ReadOnlyProjectError, ProjectError
            As for `execute`.
        """
        self._execute(command, "kept")

    def undo(self) -> str | None:
        """Take the last step back; return its label, or None where there is none.

        The edits of a guest that still works are passed over; when it has ended they are one
        step.

        Raises
        ------
        EditConflictError
            A guest that still works has built on the step, or the data are no longer as the
            journal remembers; nothing was changed.
        ReadOnlyProjectError, ProjectError
            As for `execute`.
        """
        return self._step("undone")

    def redo(self) -> str | None:
        """Repeat the step last taken back; return its label, or None where there is none.

        Raises
        ------
        EditConflictError, ReadOnlyProjectError, ProjectError
            As for `undo`.
        """
        return self._step("redone")

    def _step(self, cause: Literal["undone", "redone"]) -> str | None:
        self._refuse_read_only()
        with self._store.transaction() as connection:
            journal, rows = Journal(connection), self._rows(connection)
            steps = Steps(connection, journal)
            entries = steps.next_undo() if cause == "undone" else steps.next_redo()
            if cause == "undone" and entries:
                _refuse_undermining(steps, entries)
            for entry in entries:
                if cause == "undone":
                    journal.undo(entry, rows)
                else:
                    journal.redo(entry, rows)
        if not entries:
            return None
        tables = frozenset(table for entry in entries for table in entry.tables)
        label = label_of(entries if cause == "undone" else entries[::-1])
        self._tell(tables, label, cause)
        return label

    @property
    def undo_label(self) -> str | None:
        """What `undo` would take back, or None."""
        with self._store.reading() as connection:
            entries = Steps(connection, Journal(connection)).next_undo()
        return label_of(entries) if entries else None

    @property
    def redo_label(self) -> str | None:
        """What `redo` would repeat, or None."""
        with self._store.reading() as connection:
            entries = Steps(connection, Journal(connection)).next_redo()
        return label_of(entries[::-1]) if entries else None

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return not self.read_only and self.undo_label is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to repeat."""
        return not self.read_only and self.redo_label is not None

    @property
    def is_being_made(self) -> bool:
        """Whether a group of edits, such as those of a model, has not ended."""
        with self._store.reading() as connection:
            return bool(Steps(connection, Journal(connection)).unfinished_groups())

    @contextmanager
    def pruning(self, before: str) -> Iterator[Pruner]:
        """Lend what tells how much of the journal could be given up before a time."""
        with self._store.reading() as connection:
            yield Pruner(connection, Journal(connection), before)

    def prune(self, command: Command, before: str) -> None:
        """Give up undo before a time, and carry out an edit that cannot be taken back.

        Parameters
        ----------
        command : Command
            The edit, which tells history what happened.
        before : str
            As of `Pruner`.

        Raises
        ------
        EditConflictError, ReadOnlyProjectError, ProjectError
            As for `execute`.
        """
        self._refuse_read_only()
        with self._store.transaction() as connection:
            Pruner(connection, Journal(connection), before).prune()
            rows = self._rows(connection)
            done = list(command.operations(rows))
            for operation in done:
                rows.apply(operation)
            Journal(connection).write(
                command,
                author=self.author,
                group=Group(new_id(), command.label),
                done=(),
                inverse=(),
                state="final",
            )
        self._tell(frozenset(item.table for item in done), command.label, "executed")

    def compact(self) -> None:
        """Give the room that the database no longer needs back to the disk.

        Raises
        ------
        ReadOnlyProjectError, ProjectFullError, ProjectError
            It cannot be written; the data are as before.
        """
        self._refuse_read_only()
        self._store.compact()

    def subscribe(self, callback: Callable[[TablesChanged], None]) -> Callable[[], None]:
        """Have a function called after each change, in the thread that made it.

        What the function raises reaches whoever made the change, which is stored by then.

        Returns
        -------
        callable
            Ends the subscription.
        """
        self._subscribers.append(callback)

        def unsubscribe() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)

        return unsubscribe

    def _tell(self, tables: frozenset[str], label: str, cause: Cause) -> None:
        event = TablesChanged(tables, label, cause)
        for callback in tuple(self._subscribers):
            callback(event)

    def _rows(self, connection: sqlite3.Connection) -> RowWriter:
        return RowWriter(connection, srs_id=int(self.facts["srs_id"]))

    def _refuse_read_only(self) -> None:
        if self.read_only:
            raise ReadOnlyProjectError(self._session.read_only_reason)


def _refuse_undermining(steps: Steps, entries: Sequence[JournalEntry]) -> None:
    obstacle = steps.obstacle(entries)
    if obstacle is not None:
        raise EditConflictError(
            f"'{label_of(entries)}' cannot be taken back yet: '{obstacle.group_label}', which "
            "is still running, has built on it. Wait until it has ended, or cancel it; then "
            "undo takes back what it has made as well. Nothing was changed."
        )


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
