"""Result tables as texts, in the forms of Marxan, and the table of the proof."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from algorithms.reserve.solution import Solution
    from planner.marxan.problem import Posed
    from planner.marxan.standing import Standing

DAT, TXT, CSV = 1, 2, 3
"""Types of saving: ``.dat`` parted by tabs, ``.txt`` and ``.csv`` by commas."""

_SUMMARY = (
    "Run_Number",
    "Score",
    "Cost",
    "Planning_Units",
    "Connectivity",
    "Connectivity_Total",
    "Connectivity_In",
    "Connectivity_Edge",
    "Connectivity_Out",
    "Connectivity_In_Fraction",
    "Penalty",
    "Shortfall",
    "Missing_Values",
    "MPM",
)
_MISSING = (
    "Conservation Feature",
    "Feature Name",
    "Target",
    "Amount Held",
    "Occurrence Target ",
    "Occurrences Held",
    "Separation Target ",
    "Separation Achieved",
    "Target Met",
    "MPM",
)
_PROOF = (
    "run",
    "objective",
    "bound",
    "gap",
    "status",
    "cost",
    "boundary",
    "penalty",
    "method",
    "seconds",
)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A selection with its measures and its proof.

    Attributes
    ----------
    standing : Standing
        By Marxan's measures.
    solution : Solution
        As the solver gave it.
    """

    standing: Standing
    solution: Solution


def solution_text(posed: Posed, run: Run, kind: int) -> str:
    """Write a selection: every unit with 1 or 0, or as ``.dat`` the selected ones alone."""
    ids = posed.folder.units.id
    if kind == DAT:
        return "".join(f"{unit}\n" for unit in ids[run.standing.selected].tolist())
    head = '"planning_unit","solution"'
    if kind == CSV:
        field = posed.folder.parameters.text("BESTFIELDNAME", "SOLUTION")
        head = f"PUID,{_cell(field, kind)}"
    taken = run.standing.selected.astype(int).tolist()
    rows = "".join(f"{unit},{one}\n" for unit, one in zip(ids.tolist(), taken, strict=True))
    return f"{head}\n{rows}"


def missing_text(posed: Posed, run: Run, kind: int) -> str:
    """Write for every feature what was asked, what is held, and whether that meets it."""
    features, standing = posed.folder.features, run.standing
    rows = [
        (
            identifier,
            name,
            _number(features.target[row]),
            _number(standing.held[row]),
            int(features.occurrences[row]),
            int(standing.occurrences[row]),
            int(features.separate[row]),
            int(standing.separations[row]),
            standing.met[row],
            _number(standing.least_share[row]),
        )
        for row, (identifier, name) in enumerate(
            zip(features.id.tolist(), features.name, strict=True)
        )
    ]
    return _table(_MISSING, rows, kind, quoted=True)


def summary_text(runs: Sequence[Run], kind: int) -> str:
    """Write a line of sums for each solution."""
    rows = []
    for number, run in enumerate(runs, start=1):
        standing, links = run.standing, run.standing.connections
        amounts = (
            standing.score,
            standing.cost,
            int(np.count_nonzero(standing.selected)),
            standing.boundary,
            links.total,
            links.inside,
            links.edge,
            links.outside,
            links.share_inside,
            standing.penalty,
            standing.shortfall,
            standing.missing,
            float(standing.least_share.min(initial=1.0)),
        )
        rows.append((number, *map(_number, amounts)))
    return _table(_SUMMARY, rows, kind, quoted=True)


def proof_text(runs: Sequence[Run]) -> str:
    """Write the objective, the proven bound and the gap of each solution as CSV."""
    rows = [
        (
            number,
            _number(run.solution.objective),
            _number(run.solution.bound),
            _number(run.solution.gap),
            run.solution.status,
            _number(run.standing.cost),
            _number(run.standing.boundary),
            _number(run.standing.penalty),
            run.solution.method,
            f"{run.solution.seconds:.2f}",
        )
        for number, run in enumerate(runs, start=1)
    ]
    return _table(_PROOF, rows, CSV)


def frequency_text(posed: Posed, runs: Sequence[Run], kind: int) -> str:
    """Write in how many solutions each unit is."""
    count = np.zeros(len(posed.folder.units), dtype=np.int64)
    for run in runs:
        count += run.standing.selected
    rows = list(zip(posed.folder.units.id.tolist(), count.tolist(), strict=True))
    head = () if kind == DAT else ("planning_unit", "number")
    return _table(head, rows, kind, quoted=True)


def units_text(posed: Posed, shared: Mapping[str, NDArray[np.generic]]) -> str:
    """Write columns about each unit as CSV."""
    columns = (posed.folder.units.id.tolist(), *(one.tolist() for one in shared.values()))
    rows = [
        tuple(int(cell) if isinstance(cell, bool) else cell for cell in row)
        for row in zip(*columns, strict=True)
    ]
    return _table(("PUID", *shared), rows, CSV)


def matrix_text(posed: Posed, runs: Sequence[Run], kind: int) -> str:
    """Write a line for each solution with 1 or 0 for each unit."""
    named = bool(posed.folder.parameters.whole("SOLUTIONSMATRIXHEADERS", 1, least=0, most=1))
    rows: list[tuple[object, ...]] = []
    for number, run in enumerate(runs, start=1):
        taken = run.standing.selected.astype(int).tolist()
        rows.append((f"S{number}", *taken) if named else tuple(taken))
    head = ("SolutionsMatrix", *(f"P{unit}" for unit in posed.folder.units.id.tolist()))
    return _table(head if named else (), rows, kind)


def penalty_text(posed: Posed, kind: int) -> str:
    """Write the penalty of each feature before its SPF."""
    features = posed.folder.features
    charge = np.zeros(len(features)) if posed.charge is None else posed.charge
    base = np.divide(
        charge, features.factor, out=np.zeros(len(features)), where=features.factor > 0
    )
    rows = list(zip(features.id.tolist(), map(_number, base), strict=True))
    return _table(("spid", "penalty"), rows, kind)


def scenario_text(posed: Posed, runs: Sequence[Run]) -> str:
    """Write the settings, line by line as Marxan does; those of annealing are none."""
    parameters = posed.folder.parameters
    threshold = parameters.number("COSTTHRESH", 0.0, least=0.0)
    costs = (
        f"Cost Threshold Enabled: {threshold:f}"
        if threshold
        else "Cost Threshold Disabled\nThreshold penalty factor A N/A\n"
        "Threshold penalty factor B N/A"
    )
    return (
        f"Number of Planning Units {len(posed.folder.units)}\n"
        f"Number of Conservation Values {len(posed.folder.features)}\n"
        f"Starting proportion {parameters.number('PROP', 0.0):.2f}\n"
        f"Connection modifier {parameters.boundary_modifier:.2f}\n\n"
        f"Algorithm Used :Landbridge, {runs[0].solution.method}\n"
        "No Heuristic used \n"
        "Number of iterations N/A\nInitial temperature N/A\nCooling Factor N/A\n"
        "Number of temperature decreases N/A\n\n"
        f"{costs}\n\n"
        f"Targets {'may be missed at a charge' if posed.soft else 'are kept'}\n"
        f"Random Seed {parameters.seed}\n"
        f"Number of runs {len(runs)}\n"
    )


def _table(
    head: Sequence[str],
    rows: Iterable[Sequence[object]],
    kind: int,
    *,
    quoted: bool = False,
) -> str:
    text = io.StringIO()
    mark = "\t" if kind == DAT else ","
    if head:
        text.write(mark.join(f'"{name}"' if quoted else name for name in head) + "\n")
    writer = csv.writer(text, delimiter=mark, lineterminator="\n")
    writer.writerows(rows)
    return text.getvalue()


def _cell(text: str, kind: int) -> str:
    """Quote a text where the table needs it."""
    return _table((), [(text,)], kind).removesuffix("\n")


def _number(value: float) -> str:
    """Write a number with all that is certain of it, 12 digits; what is not known is empty."""
    return f"{value:.12g}" if math.isfinite(value) else ""
