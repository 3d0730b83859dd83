"""Fetches long stretches of a table in pieces, such as to select or to copy them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.qgis.questions import MOST_ROWS
from resources.errors import PlannerError
from resources.translation import tr_n
from ui.attribute_table.query import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.qgis.answers import TablePage, Value
    from ui.attribute_table.query import TableQuery, TableSource
    from ui.background import Background

MOST = 100_000
"""Rows that can be selected or copied at once by their places."""


class Stretch:
    """A stretch of rows that is being fetched; a new one takes the place of the last.

    Parameters
    ----------
    background : Background
        Brings the pieces to this thread.
    """

    def __init__(self, background: Background) -> None:
        self._background = background
        self._turn = 0

    def drop(self) -> None:
        """Fetch nothing more."""
        self._turn += 1

    def fetch(
        self,
        source: TableSource,
        query: TableQuery,
        rows: range,
        done: Callable[[tuple[int, ...], tuple[tuple[Value, ...], ...]], None],
        failed: Callable[[PlannerError], None],
    ) -> None:
        """Fetch rows and hand over their features and values.

        Parameters
        ----------
        source : TableSource
            Where they are.
        query : TableQuery
            What is listed.
        rows : range
            Which of what is listed.
        done, failed : callable
            Called with features and values, or with what went wrong.
        """
        self._turn += 1
        if len(rows) > MOST:
            failed(
                PlannerError(
                    tr_n(
                        "{count} row is too much at once. Filter the table first.",
                        "{count} rows are too many at once. Filter the table first.",
                        len(rows),
                    )
                )
            )
            return
        turn = self._turn
        fids: list[int] = []
        values: list[tuple[Value, ...]] = []

        def step(start: int) -> None:
            limit = min(MOST_ROWS, rows.stop - start)
            try:
                future = ask(source, query, start, max(limit, 1))
            except PlannerError as error:  # QGIS does not run
                failed(error)
                return
            self._background.watch(future, lambda page: take(start, page), told)

        def told(error: PlannerError) -> None:
            if turn == self._turn:
                failed(error)

        def take(start: int, page: TablePage) -> None:
            if turn != self._turn:
                return
            fids.extend(page.fids)
            values.extend(page.rows)
            after = start + len(page.fids)
            if page.fids and after < min(rows.stop, page.total):
                step(after)
            else:
                done(tuple(fids), tuple(values))

        step(rows.start)
