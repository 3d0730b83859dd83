"""Going back to a point of the journal, or forward again to one that was undone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from planner.project.steps import label_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planner.jobs import JobControl
    from planner.project.journal import JournalEntry, State
    from planner.project.project import Project

BEGINNING = 0
"""The point before the first edit."""

StepState = Literal["done", "undone", "dropped", "kept", "final", "open"]
"""As of an entry; ``open`` for what is still being made, which undo passes over until then."""


@dataclass(frozen=True, slots=True)
class JournalStep:
    """Edits that are undone together.

    Parameters
    ----------
    seq : int
        Place of the last of them in the journal; tells steps apart.
    place : int
        Place in the order of undo; `go_to` goes there. That of the step below for what is no
        step of undo.
    time : str
        When the last of them was made, ISO 8601, UTC.
    author : str
        Who made it.
    label : str
        What the step did, in English; to be told by `resources.translation.tr_filled`.
    state : str
        ``done``, ``undone``, ``dropped``, ``kept``, ``final`` or ``open``.
    edits : int
        How many edits it is.
    """

    seq: int
    place: int
    time: str
    author: str
    label: str
    state: StepState
    edits: int


def steps_of(entries: Iterable[JournalEntry]) -> list[JournalStep]:
    """Return the steps of undo that entries make up, the last one first.

    Parameters
    ----------
    entries : iterable of JournalEntry
        Newest first, as `Project.history` returns them.
    """
    listed = list(entries)
    edits = sorted(
        (entry for entry in listed if entry.step is not None),
        key=lambda entry: (entry.step or 0, entry.seq),
        reverse=True,
    )
    steps = [
        _step(list(group), step or 0, state)
        for (step, state), group in groupby(edits, key=lambda entry: (entry.step, entry.state))
    ]
    for entry in listed:
        if entry.step is None and entry.state != "done":
            _insert(steps, [entry], entry.state)
    unfinished = [e for e in listed if e.step is None and e.state == "done"]
    for group_id in dict.fromkeys(entry.group_id for entry in reversed(unfinished)):
        group = [entry for entry in unfinished if entry.group_id == group_id]
        steps.insert(0, _step(group, _top(steps), "open"))
    return steps


def _insert(steps: list[JournalStep], group: Sequence[JournalEntry], state: State) -> None:
    """Put what is no step of undo above the first step that was made before it."""
    at = next(
        (number for number, step in enumerate(steps) if step.seq < group[0].seq), len(steps)
    )
    place = next((s.place for s in steps[at:] if s.state != "undone"), BEGINNING)
    steps.insert(at, _step(group, place, state))


def _top(steps: Sequence[JournalStep]) -> int:
    return max((step.place for step in steps if step.state == "done"), default=BEGINNING)


def _step(group: Sequence[JournalEntry], place: int, state: StepState) -> JournalStep:
    newest = group[0]
    label = newest.label if state == "kept" else label_of(group)
    return JournalStep(
        newest.seq, place, newest.time, newest.author, label, state, edits=len(group)
    )


def go_to(project: Project, place: int, control: JobControl) -> int:
    """Undo or repeat whole steps until one of them is the last that is done.

    Parameters
    ----------
    project : Project
        Open for writing.
    place : int
        Place in the order of undo; `BEGINNING` undoes everything.
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
    history = [entry for entry in project.history() if entry.step is not None]
    back = len({e.step for e in history if e.state == "done" and (e.step or 0) > place})
    forward = len({e.step for e in history if e.state == "undone" and (e.step or 0) <= place})
    total = max(1, back + forward)
    for taken in range(back):
        control.report(taken / total)
        project.undo()
    for taken in range(forward):
        control.report((back + taken) / total)
        project.redo()
    return forward - back
