"""What a run of proposals found, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from planner.cli.search_line import told_gap
from planner.reserve.features import told_amount
from planner.reserve.words import STATUS_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.reserve.feature_rows import FeatureRow
    from planner.reserve.run_folder import RunSummary
    from planner.reserve.stored_solution import StoredSolution

MOST_ROWS = 40


def solution_lines(solution: StoredSolution, objective: str) -> list[str]:
    """Tell the value of a solution, its bound, and how it was found.

    Parameters
    ----------
    solution : StoredSolution
        What was found.
    objective : str
        What was sought, as of `planner.reserve.request.GoalSettings`.
    """
    bound = "none proved" if solution.bound is None else _value(solution.bound)
    gap = "unknown" if solution.gap is None else told_gap(solution.gap)
    method = f"{solution.method}: {solution.reason}" if solution.method else solution.reason
    lines = [
        f"Objective {_value(solution.objective)}, bound {bound}, gap {gap}: "
        f"{STATUS_WORDS[solution.status]} ({solution.seconds:.1f} s)",
        f"Cost of what is new {solution.cost:,.1f}, boundary {solution.boundary:,.0f} km, "
        f"{len(solution.selected):,} of {solution.n_units:,} units with the existing ones",
        f"Solver {method}".rstrip(". ") + ".",
    ]
    return [*lines, *_left_to_save(solution, objective), *solution.notes]


def _left_to_save(solution: StoredSolution, objective: str) -> list[str]:
    """Tell the gap as a share of what is new: the objective holds the boundary of all."""
    if objective != "minimum_set" or solution.bound is None or not solution.cost:
        return []
    if solution.status == "optimal":
        return []
    left = solution.objective - solution.bound
    share = told_gap(left / solution.cost)
    return [f"No selection can save more than {left:,.1f}: {share} of the cost of what is new"]


def _value(value: float) -> str:
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.4g}"


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
