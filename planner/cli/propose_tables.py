"""What a run of proposals found, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from planner.cli.search_line import told_gap
from planner.reserve.features import told_amount
from planner.reserve.words import STATUS_WORDS, left_to_save, shown_value, value_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.reserve.feature_rows import FeatureRow
    from planner.reserve.request import ReserveRequest
    from planner.reserve.run_folder import RunSummary
    from planner.reserve.stored_solution import StoredSolution

MOST_ROWS = 40
FAR_OFF = 0.1
"""Gaps above this are told with what can be done about them."""


def solution_lines(solution: StoredSolution, request: ReserveRequest) -> list[str]:
    """Tell the value of a solution, its bound, and how it was found.

    Parameters
    ----------
    solution : StoredSolution
        What was found.
    request : ReserveRequest
        What was asked.
    """
    bound = "none proved" if solution.bound is None else shown_value(solution.bound)
    gap = "unknown" if solution.gap is None else told_gap(solution.gap)
    method = f"{solution.method}: {solution.reason}" if solution.method else solution.reason
    left = left_to_save(solution, request.goal.objective)
    return [
        f"Value {shown_value(solution.objective)}, bound {bound}, gap {gap}: "
        f"{STATUS_WORDS[solution.status]} ({solution.seconds:.1f} s)",
        f"The value is {value_words(request)}.",
        f"Cost of new land {solution.cost:,.1f}, boundary {solution.boundary:,.0f} km, "
        f"{len(solution.selected):,} of {solution.n_units:,} units with the existing ones",
        f"Solver {method}".rstrip(". ") + ".",
        *([f"{left}."] if left else []),
        *solution.notes,
        *_far_off(solution, request),
    ]


def _far_off(solution: StoredSolution, request: ReserveRequest) -> list[str]:
    """Tell what can be done about a large gap."""
    if solution.gap is not None and solution.gap <= max(FAR_OFF, request.search.gap):
        return []
    told = (
        "What was found may be far from the best. Give more time (--time-limit), or ask for "
        "larger planning units (--size-km)."
    )
    if request.shares.max_min_fair:
        told += (
            " Shares that are nearly as even cost less as a rule: leave out --max-min-fair, "
            "and ask landbridge ledger --fairness 5 what evenness costs."
        )
    return [told]


def features_table(solution: StoredSolution, rows: Sequence[FeatureRow]) -> Table:
    """Return what a solution holds of each feature."""
    names = ("Feature", "Unit", "In all", "In existing sites", "Target", "Held", "Met")
    table = _table(names, 2, 6)
    known = {row.name: row for row in rows}
    for item in solution.features[:MOST_ROWS]:
        row = known[item.name]
        table.add_row(
            escape(item.name),
            escape(row.unit),
            told_amount(row.total),
            told_amount(row.existing),
            "" if item.target is None else told_amount(item.target),
            told_amount(item.held),
            "yes" if item.met else f"short by {told_amount(item.shortfall)}",
        )
    if len(solution.features) > MOST_ROWS:
        table.caption = f"and {len(solution.features) - MOST_ROWS:,} more in features.csv"
    return table


def runs_table(runs: Sequence[RunSummary]) -> Table:
    """Return the runs of a project, the newest last."""
    table = _table(("Run", "Started (UTC)", "State", "Title"), 0, 0)
    for run in runs:
        state = "finished" if run.finished else "ended before it was finished"
        if not run.finished and not run.has_incumbent:
            state = "without a selection yet"
        table.add_row(run.run_id, run.started[:16].replace("T", " "), state, escape(run.title))
    return table


def _table(names: Sequence[str], first_right: int, after_right: int) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for at, name in enumerate(names):
        right = first_right <= at < after_right
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    return table
