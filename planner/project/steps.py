"""The order of undo: steps one above the other, each taken back and repeated as a whole.

A step is one edit, or the edits of a group. While a group is being made, as while a model runs,
its edits have no step yet: undo passes over them, and what people edit meanwhile are steps of
their own. When the group ends it becomes one step, as if it had been made at that moment. Where
an edit built on a part of the group, the group is put below it, so that it is taken back after
that edit; where each built on the other, they become one step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.project.touching import Touched, independent, touched_by

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from planner.project.journal import Journal, JournalEntry

_LABELS_BETWEEN = "; "
"""Between the labels of groups that are one step; `resources.translation` knows it."""


class Steps:
    """Keeps the order of undo through one connection, in the transaction of the change.

    Parameters
    ----------
    connection : sqlite3.Connection
        That of the journal.
    journal : Journal
        Reads the entries.
    """

    def __init__(self, connection: sqlite3.Connection, journal: Journal) -> None:
        self._connection = connection
        self._journal = journal

    def next_undo(self) -> list[JournalEntry]:
        """Return the entries that undo would take back, newest first."""
        return self._journal.where(
            "state = 'done' AND step = (SELECT max(step) FROM journal WHERE state = 'done') "
            "ORDER BY seq DESC"
        )

    def next_redo(self) -> list[JournalEntry]:
        """Return the entries that redo would repeat, oldest first."""
        return self._journal.where(
            "state = 'undone' AND "
            "step = (SELECT min(step) FROM journal WHERE state = 'undone') ORDER BY seq"
        )

    def obstacle(self, entries: Sequence[JournalEntry]) -> JournalEntry | None:
        """Return an edit of an unfinished group that built on one of these, or None."""
        oldest = min(entry.seq for entry in entries)
        unfinished = self._journal.where(
            "state = 'done' AND step IS NULL AND seq > ? ORDER BY seq", oldest
        )
        if not unfinished:
            return None
        known = self._touched(entries)
        for later in unfinished:
            touched = self._touched_of(later)
            if any(seq < later.seq and not independent(it, touched) for seq, it in known):
                return later
        return None

    def add(self, seq: int) -> None:
        """Make an edit that was just written a step, above all others."""
        self.drop_undone()
        self._connection.execute(
            "UPDATE journal SET step = (SELECT coalesce(max(step), 0) + 1 FROM journal) "
            "WHERE seq = ?",
            (seq,),
        )

    def drop_undone(self) -> None:
        """Give up what could be repeated."""
        self._connection.execute("UPDATE journal SET state = 'dropped' WHERE state = 'undone'")

    def drop_undone_that_clash(self, seq: int) -> None:
        """Give up what could be repeated, where an edit that was just written forbids it."""
        undone = self._journal.where("state = 'undone' ORDER BY seq")
        if not undone:
            return
        (entry,) = self._journal.where("seq = ?", seq)
        touched = self._touched_of(entry)
        if not all(independent(it, touched) for _, it in self._touched(undone)):
            self.drop_undone()

    def unfinished_groups(self) -> list[str]:
        """Return the groups that have not become a step, the one that ended first first."""
        rows = self._connection.execute(
            "SELECT group_id FROM journal WHERE state = 'done' AND step IS NULL "
            "GROUP BY group_id ORDER BY max(seq)"
        ).fetchall()
        return [str(group_id) for (group_id,) in rows]

    def finish(self, group_id: str) -> None:
        """Make a group one step; without effect where none of its edits waits for that."""
        own = self._journal.where(
            "state = 'done' AND step IS NULL AND group_id = ? ORDER BY seq", group_id
        )
        if not own:
            return
        later = self._journal.where(
            "state = 'done' AND step > 0 AND seq > ? ORDER BY seq", own[0].seq
        )
        parts = self._touched(own) if later else []
        dependent = [entry for entry in later if self._built_on(entry, parts)]
        place = self._place(parts, dependent)
        self._connection.execute(
            "UPDATE journal SET step = ? WHERE state = 'done' AND step IS NULL "
            "AND group_id = ?",
            (place, group_id),
        )

    def _place(
        self, parts: Sequence[tuple[int, Touched]], dependent: Sequence[JournalEntry]
    ) -> int:
        """Make room for a group, and return its step."""
        if not dependent:
            (place,) = self._connection.execute(
                "SELECT coalesce(max(step), 0) + 1 FROM journal WHERE state = 'done'"
            ).fetchone()
            self._raise_from(place)
            return int(place)
        place = min(entry.step or 0 for entry in dependent)
        above = self._journal.where(
            "state = 'done' AND step >= ? ORDER BY step DESC, seq DESC", place
        )
        for entry in above:
            touched = self._touched_of(entry)
            if any(seq > entry.seq and not independent(it, touched) for seq, it in parts):
                self._connection.execute(
                    "UPDATE journal SET step = ? WHERE state = 'done' AND step BETWEEN ? AND ?",
                    (place, place, entry.step),
                )
                return place
        self._raise_from(place)
        return place

    def _raise_from(self, place: int) -> None:
        self._connection.execute("UPDATE journal SET step = step + 1 WHERE step >= ?", (place,))

    def _built_on(self, entry: JournalEntry, parts: Sequence[tuple[int, Touched]]) -> bool:
        touched = self._touched_of(entry)
        return any(seq < entry.seq and not independent(it, touched) for seq, it in parts)

    def _touched(self, entries: Iterable[JournalEntry]) -> list[tuple[int, Touched]]:
        return [(entry.seq, self._touched_of(entry)) for entry in entries]

    def _touched_of(self, entry: JournalEntry) -> Touched:
        done, inverse = self._journal.payloads(entry)
        return touched_by((*done, *inverse))


def label_of(entries: Sequence[JournalEntry]) -> str:
    """Return what the entries of one step did.

    Parameters
    ----------
    entries : sequence of JournalEntry
        Newest first. A group is called by the newest label it was given.
    """
    labels: dict[str, str] = {}
    for entry in entries:
        labels.setdefault(entry.group_id, entry.group_label)
    return _LABELS_BETWEEN.join(dict.fromkeys(labels.values()))
