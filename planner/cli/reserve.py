"""``landbridge reserve``: folders of Marxan, solved with a proven bound."""

from __future__ import annotations

import math
from pathlib import Path  # noqa: TC003 - the command line reads the annotations
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import typer
from rich.markup import escape
from rich.table import Table

from algorithms.reserve.portfolio import PortfolioRule
from algorithms.reserve.series import Effort
from planner.cli.corridor_tables import console
from planner.cli.search_line import SearchLine, told_gap
from planner.marxan.folder import read_folder
from planner.marxan.outputs import check_places, not_written, write_results
from planner.marxan.problem import kept_targets, missed_at_a_charge
from planner.marxan.solving import (
    find_alternatives,
    solve_folder,
    told_afterwards,
)
from planner.reserve.words import STATUS_WORDS
from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from rich.console import Console

    from planner.marxan.folder import MarxanFolder
    from planner.marxan.problem import Posed
    from planner.marxan.result_texts import Run
    from planner.marxan.solving import Alternatives

PORTFOLIO = "Portfolio"
SEARCH = "Search"
_MOST_FEATURES = 20


def reserve(  # noqa: PLR0913 - one parameter per option of the command line
    parameters: Annotated[
        Path,
        typer.Argument(
            metavar="INPUT.dat", help="The parameter file of a Marxan folder, or the folder."
        ),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FOLDER", help="Folder for the results. [OUTPUTDIR]"
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Folder of the tables. [INPUTDIR]"),
    ] = None,
    soft: Annotated[
        bool,
        typer.Option(
            "--soft",
            help="Let targets be missed at Marxan's own charge (SPF), instead of keeping them.",
        ),
    ] = False,
    budget: Annotated[
        float | None,
        typer.Option(metavar="COST", help="Largest cost of the selection. [none]", min=0.0),
    ] = None,
    portfolio: Annotated[
        int,
        typer.Option(
            metavar="K",
            help="Find so many selections that differ, and how often each unit is in one.",
            min=1,
            rich_help_panel=PORTFOLIO,
        ),
    ] = 1,
    within: Annotated[
        float,
        typer.Option(
            metavar="PERCENT",
            help="How much worse than the best each may be, in %.",
            min=0.0,
            max=100.0,
            rich_help_panel=PORTFOLIO,
        ),
    ] = 5.0,
    distance: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            help="How much any two must differ: cost that only one has, of the cost of both.",
            min=0.001,
            max=1.0,
            rich_help_panel=PORTFOLIO,
        ),
    ] = 0.2,
    gap: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            help="End within this share of the best, such as 0.01 for 1 %. 0 proves the best.",
            min=0.0,
            rich_help_panel=SEARCH,
        ),
    ] = 0.0,
    time_limit: Annotated[
        float,
        typer.Option(
            metavar="S", help="End after so many seconds.", min=0.1, rich_help_panel=SEARCH
        ),
    ] = 600.0,
    threads: Annotated[
        int, typer.Option(help="Threads it may use.", min=1, rich_help_panel=SEARCH)
    ] = 2,
    seed: Annotated[
        int | None,
        typer.Option(help="Of whatever is random. [RANDSEED]", min=1, rich_help_panel=SEARCH),
    ] = None,
    method: Annotated[
        Literal["auto", "exact", "lagrangian", "rounding"],
        typer.Option(help="Which solver; auto takes what suits.", rich_help_panel=SEARCH),
    ] = "auto",
) -> None:
    """Solve a Marxan folder, and prove how far from the best the selection can be.

    The parameter file and the tables are read as Marxan reads them: commas, tabs, semicolons
    or spaces, quoted or not, amounts in lines or columns, targets as amounts (target), shares
    (prop) or occurrences (targetocc), block definitions, connections with a direction. What is
    not carried over is said. Results go to OUTPUTDIR under Marxan's names and in the forms
    that SAVEBEST, SAVETARGMET, SAVESUMMARY and the others ask for (without any of them: best,
    mvbest and sum as CSV), with SCENNAME_bound.csv for objective, bound and gap.

    Targets are kept here, where Marxan weighs them against cost: least cost + BLM x boundary
    such that every target is met. With --soft the score is Marxan's, with its penalties times
    SPF for what is missed, and solved as exactly.

    The folder may name no path outside itself; --data and --out may.

    For example:

    - landbridge reserve marxan/input.dat

    - landbridge reserve marxan/input.dat --gap 0.01 --time-limit 60 --out results

    - landbridge reserve marxan/input.dat --soft --budget 5000

    - landbridge reserve marxan/input.dat --portfolio 10 --within 5
    """
    screen = console()
    if not (math.isfinite(gap) and math.isfinite(time_limit)):
        raise UsageError("--gap and --time-limit must be finite numbers.")
    folder = read_folder(parameters, data=data, out=out)
    check_places(folder)
    posed = (missed_at_a_charge if soft else kept_targets)(folder, budget=budget)
    told = [*_told_folder(folder), _told_targets(posed), ""]
    _tell(screen, told)
    effort = Effort(
        gap,
        time_limit,
        threads,
        None if method == "auto" else method,
        folder.parameters.seed if seed is None else seed,
    )
    others: Alternatives | None = None
    with SearchLine(screen) as line:
        run = solve_folder(posed, effort, control=line, watcher=line)
        if portfolio > 1 and not line.stopped:
            rule = PortfolioRule(count=portfolio, within=within / 100.0, distance=distance)
            others = find_alternatives(posed, run, rule, effort, control=line, watcher=line)
            run = others.runs[0]
    _show_results(screen, posed, run, others, told)


def _show_results(
    screen: Console,
    posed: Posed,
    run: Run,
    others: Alternatives | None,
    told: Sequence[str],
) -> None:
    """Tell and write what was found."""
    found = [*_told_run(posed, run), *told_afterwards(posed, run.standing)]
    if others is not None:
        found += _told_alternatives(others)
    _tell(screen, ["", *found])
    screen.print(_features_table(posed, run))
    runs = [run] if others is None else list(others.runs)
    shared: dict[str, NDArray[np.generic]] | None = None
    if others is not None:
        shared = {
            "frequency": others.frequency,
            "no_regret": others.no_regret,
            "in_every_found": others.in_every_found,
        }
    left = not_written(posed, runs)
    written = write_results(posed, runs, [*told, *found, *left], shared)
    _tell(screen, ["", *left, f"Written to {posed.folder.places.output}:"])
    _tell(screen, [f"  {path.name}" for path in written])


def _tell(screen: Console, lines: Iterable[str]) -> None:
    for line in lines:
        screen.print(escape(line), soft_wrap=True)


def _told_folder(folder: MarxanFolder) -> list[str]:
    units, features = folder.units, folder.features
    asked = int(np.count_nonzero((features.target > 0) | (features.occurrences > 0)))
    boundary = "no boundaries"
    if folder.boundary is not None:
        boundary = (
            f"{len(folder.boundary.edges):,} shared boundaries, BLM "
            f"{folder.parameters.boundary_modifier:g}"
        )
    told = [
        f"{folder.parameters.path}: {len(units):,} planning units "
        f"({np.count_nonzero(units.locked_in):,} locked in, "
        f"{np.count_nonzero(units.locked_out):,} locked out), {len(features):,} features "
        f"({asked:,} with targets), {folder.amount.nnz:,} amounts, {boundary}",
    ]
    return [*told, *(f"- {note}" for note in folder.notes)]


def _told_targets(posed: Posed) -> str:
    if posed.soft:
        return (
            "- Targets may be missed at Marxan's charge: its penalty for each feature times "
            "SPF, in proportion to what is missing."
        )
    return (
        "- Every target is kept. Marxan would weigh it against cost by SPF, and may miss it; "
        "--soft does so."
    )


def _told_run(posed: Posed, run: Run) -> list[str]:
    solution, standing = run.solution, run.standing
    modifier = posed.folder.parameters.boundary_modifier
    parts = [f"cost {standing.cost:,.6g}"]
    if posed.folder.boundary is not None:
        parts.append(f"boundary {standing.boundary:,.6g} x BLM {modifier:g}")
    if posed.soft:
        parts.append(f"penalty {standing.penalty:,.6g}")
    bound = f"{solution.bound:,.6g}" if math.isfinite(solution.bound) else "none proved"
    asked = sum(1 for met in standing.met if met)
    level = posed.folder.parameters.miss_level
    at = "" if level == 1.0 else f" (to {100 * level:g} % of the target, MISSLEVEL)"
    return [
        f"Score {solution.objective:,.6g} = {' + '.join(parts)}",
        f"Bound {bound}, gap {told_gap(solution.gap)}: "
        f"{STATUS_WORDS[solution.status]} ({solution.seconds:.1f} s)",
        f"Solver {solution.method}: {solution.reason}",
        f"{np.count_nonzero(standing.selected):,} of {len(standing.selected):,} units; "
        f"{asked - standing.missing:,} of {asked:,} targets met{at}",
        *solution.notes,
    ]


def _told_alternatives(others: Alternatives) -> list[str]:
    scores = ", ".join(f"{run.solution.objective:,.6g}" for run in others.runs)
    return [
        f"{len(others.runs):,} selections that differ, with scores {scores}",
        f"{np.count_nonzero(others.no_regret):,} free units are in every selection so good, "
        f"proved; {np.count_nonzero(others.in_every_found):,} in every one that was seen",
        *others.notes,
    ]


def _features_table(posed: Posed, run: Run) -> Table:
    """Return the features as a table, those that miss most first."""
    features, standing = posed.folder.features, run.standing
    table = Table(box=None, pad_edge=False, header_style="bold", title_justify="left")
    counted = bool((features.occurrences > 0).any())
    for name in ("Feature", "Target", "Held", "Share of target", "Met"):
        right = name not in {"Feature", "Met"}
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    if counted:
        table.add_column("Occurrences", justify="right")
    order = np.argsort(standing.least_share, kind="stable")[:_MOST_FEATURES]
    for row in order.tolist():
        cells = [
            escape(f"{features.id[row]} {features.name[row]}".strip()),
            f"{features.target[row]:,.6g}",
            f"{standing.held[row]:,.6g}",
            f"{100 * standing.held[row] / features.target[row]:,.1f} %"
            if features.target[row] > 0
            else "",
            standing.met[row] or "none asked",
        ]
        if counted:
            cells.append(f"{standing.occurrences[row]:,} of {features.occurrences[row]:g}")
        table.add_row(*cells)
    if len(features) > _MOST_FEATURES:
        table.caption = f"and {len(features) - _MOST_FEATURES:,} more, met as well or better"
    return table
