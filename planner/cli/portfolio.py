"""``landbridge portfolio``: solutions that differ, no-regret land, and withdrawals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from algorithms.reserve.portfolio import PortfolioRule
from planner.cli.corridor_tables import console
from planner.cli.ledger import require_writable
from planner.cli.proposal_tables import (
    no_regret_table,
    portfolio_table,
    withdrawal_table,
)
from planner.cli.search_line import SearchLine
from planner.project import Project
from planner.report.reserve_report import write_reserve_report
from planner.reserve.found import effort_of
from planner.reserve.portfolio_run import TABLE, compute_portfolio
from planner.reserve.run_folder import ReserveRun
from planner.reserve.withdrawal_run import compute_withdrawal
from planner.reserve.words import withdrawal_lines
from resources.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from algorithms.reserve.series import Effort
    from planner.reserve.portfolio_run import PortfolioFound


def portfolio(  # noqa: PLR0913 - one parameter per option of the command line
    project: Annotated[
        Path, typer.Argument(metavar="PROJECT", help="A project with a run of proposals.")
    ],
    run: Annotated[
        str,
        typer.Argument(metavar="RUN", help="The run, or how its name begins. [the newest]"),
    ] = "",
    *,
    k: Annotated[
        int, typer.Option("--k", "-k", metavar="NUMBER", help="How many solutions.", min=1)
    ] = 5,
    within: Annotated[
        float,
        typer.Option(
            metavar="PERCENT", help="How much worse than the best they may be, in %.", min=0.0
        ),
    ] = 5.0,
    distance: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            help="Least share of the land of any two together that only one has; 0 to 1.",
        ),
    ] = 0.2,
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ISO3", help="Tell what changes if this country withdraws; repeatable."
        ),
    ] = None,
    sites_too: Annotated[
        bool,
        typer.Option("--sites-too", help="Whoever withdraws takes its existing sites along."),
    ] = False,
    time_limit: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            help="For all searches together. [as much for each as the run had]",
            min=0.1,
        ),
    ] = None,
) -> None:
    """Find solutions that are nearly as good as the best and differ, and what they share.

    Told are how often each unit is chosen, and the no-regret land: the units that every
    solution within so many percent of the best is proved to have. With --without no portfolio
    is sought; told is what the others can do if a country withdraws. Every solution is kept
    with the run: landbridge ledger --solution NAME opens it.

    For example:

    - landbridge portfolio out/tiger-leopard.landbridge --k 5 --within 5 --distance 0.2

    - landbridge portfolio out/tiger-leopard.landbridge --without CHN --without RUS
    """
    if not 0.0 < distance <= 1.0:
        raise UsageError(f"--distance must be over 0 and up to 1, got {distance:g}.")
    if within > 100.0:
        raise UsageError(f"--within is a percentage from 0 to 100, got {within:g}.")
    if sites_too and not without:
        raise UsageError("--sites-too goes with --without ISO3.")
    screen = console()
    rule = PortfolioRule(k, within / 100.0, distance)
    with Project.open(project) as opened:
        require_writable(opened)
        found = ReserveRun.open(opened, run)
        effort = _effort(found, time_limit)
        if without:
            for iso3 in without:
                _withdraw(screen, found, iso3.upper(), effort, keeps_existing=not sites_too)
        else:
            _find(screen, found, rule, effort)
        written = [] if without else [found.file(TABLE)]
        written.append(write_reserve_report(opened, found))
    for path in written:
        screen.print(f"Wrote {path}", markup=False, soft_wrap=True)


def _effort(run: ReserveRun, seconds: float | None) -> Effort | None:
    return None if seconds is None else replace(effort_of(run, 1.0), time_limit=seconds)


def _find(screen: Console, run: ReserveRun, rule: PortfolioRule, effort: Effort | None) -> None:
    with SearchLine(screen) as line:
        found = compute_portfolio(run, rule, effort=effort, control=line, watcher=line)
    screen.print(portfolio_table(found))
    if not found.complete or any(row.proved or row.found for row in found.by_country):
        screen.print(no_regret_table(found))
    for sentence in _frequency_words(run, found):
        screen.print(Text(sentence), soft_wrap=True)


def _frequency_words(run: ReserveRun, found: PortfolioFound) -> list[str]:
    """Tell how often units are chosen, and what a reader must know."""
    existing = run.units["existing"].to_numpy(dtype=bool)
    often = [share for share, old in zip(found.frequency, existing, strict=True) if not old]
    every = sum(share == 1.0 for share in often)
    some = sum(0.0 < share < 1.0 for share in often)
    told = [
        f"Of the planning units outside existing sites, {every:,} are in every solution of the "
        f"portfolio and {some:,} in some; {sum(share == 0.0 for share in often):,} are in none."
    ]
    if found.complete and not found.in_every_found:
        told.append(
            f"There is no no-regret land: each unit can be replaced in some solution within "
            f"{100 * found.within:g} % of the best, proved."
        )
    if len(found.members) < found.count:
        proved = "proved" if found.exhausted else "not proved: the time was over"
        told.append(
            f"{len(found.members)} of {found.count} solutions were found: no further one is so "
            f"good and so different ({proved})."
        )
    return [*told, *found.notes]


def _withdraw(
    screen: Console,
    run: ReserveRun,
    iso3: str,
    effort: Effort | None,
    *,
    keeps_existing: bool,
) -> None:
    with SearchLine(screen) as line:
        found = compute_withdrawal(
            run, iso3, keeps_existing=keeps_existing, effort=effort, control=line, watcher=line
        )
    for sentence in withdrawal_lines(found):
        screen.print(Text(sentence), soft_wrap=True)
    if found.countries:
        screen.print(withdrawal_table(found))
    if found.solution:
        screen.print(f"Kept as the solution {found.solution}.", markup=False)
