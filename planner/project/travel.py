"""Going back to a point of the journal, or forward again to one that was undone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planner.jobs import JobControl
    from planner.project.journal import JournalEntry, State
    from planner.project.project import Project

BEGINNING = 0
"""The point before the first edit."""


@dataclass(frozen=True, slots=True)
class JournalStep:
    """Edits that are undone together.

    Parameters
    ----------
    seq : int
        Place of the last of them in the journal; `go_to` goes there.
    time : str
        When the last of them was made, ISO 8601, UTC.
    author : str
        Who made it.
    label : str
        What the step did, in English; to be told by `resources.translation.tr_filled`.
    state : str
        ``done``, ``undone``, ``dropped`` or ``kept``.
    edits : int
        How many edits it is.
    """

    seq: int
    time: str
    author: str
    label: str
    state: State
    edits: int


def steps_of(entries: Iterable[JournalEntry]) -> list[JournalStep]:
    """Return the steps of undo that entries make up.

    Parameters
    ----------
    entries : iterable of JournalEntry
        Newest first, as `Project.history` returns them.
    """
    listed = list(entries)
    edits = [entry for entry in listed if entry.state != "kept"]
    steps = [_step(list(group)) for _, group in groupby(edits, key=_of_step)]
    steps += [_step([entry]) for entry in listed if entry.state == "kept"]
    return sorted(steps, key=lambda step: step.seq, reverse=True)


def _of_step(entry: JournalEntry) -> tuple[str, str]:
    return (entry.group_id, entry.state)


def _step(group: Sequence[JournalEntry]) -> JournalStep:
    newest = group[0]
    label = newest.label if newest.state == "kept" else newest.group_label
    return JournalStep(newest.seq, newest.time, newest.author, label, newest.state, len(group))


def go_to(project: Project, seq: int, control: JobControl) -> int:
    """Undo or repeat whole steps until a point of the journal is the last that is done.

    Parameters
    ----------
    project : Project
        Open for writing.
    seq : int
        Place in the journal; `BEGINNING` undoes everything.
    control : JobControl
        Told the progress; a cancel leaves the steps taken so far.

    Returns
    -------
    int
        Steps taken: undone where negative, repeated where positive.

    Raises
    ------
    EditConflictError, ReadOnlyProjectError, ProjectError
        As for `Project.undo`; the steps before it are taken.
    """
    history = project.history()
    back = _steps([e for e in history if e.state == "done" and e.seq > seq])
    forward = _steps([e for e in history if e.state == "undone" and e.seq <= seq])
    total = max(1, back + forward)
    for taken in range(back):
        control.report(taken / total)
        project.undo()
    for taken in range(forward):
        control.report((back + taken) / total)
        project.redo()
    return forward - back


def _steps(entries: Sequence[JournalEntry]) -> int:
    return sum(1 for _ in groupby(entries, key=lambda entry: entry.group_id))
