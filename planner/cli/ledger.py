"""``landbridge ledger``: what each country gives and gains by proposals, and what is fair."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from planner.cli.corridor_tables import console
from planner.cli.proposal_tables import (
    fairness_table,
    ledger_table,
    proposals_table,
    species_table,
)
from planner.cli.search_line import SearchLine
from planner.cli.step_bars import run_with_bars
from planner.errors import ReadOnlyProjectError
from planner.profiles import load_species, species_ids
from planner.project import Project
from planner.report.reserve_report import write_reserve_report
from planner.reserve.alternative import read_alternative
from planner.reserve.fairness_curve import TABLE as FAIRNESS_TABLE
from planner.reserve.fairness_curve import compute_fairness, read_fairness
from planner.reserve.found import store_findings
from planner.reserve.ledger import TABLE as LEDGER_TABLE
from planner.reserve.ledger import read_ledger
from planner.reserve.proposal import read_proposals
from planner.reserve.run_folder import ReserveRun
from planner.reserve.sending import send_to_scenario
from planner.reserve.words import cost_unit, value_words
from resources.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from planner.progress import StepProgress
    from planner.reserve.sending import SentProposals

FINDINGS = "findings"


def ledger(
    project: Annotated[
        Path, typer.Argument(metavar="PROJECT", help="A project with a run of proposals.")
    ],
    run: Annotated[
        str,
        typer.Argument(metavar="RUN", help="The run, or how its name begins. [the newest]"),
    ] = "",
    *,
    solution: Annotated[
        str,
        typer.Option(
            "--solution",
            "-s",
            metavar="NAME",
            help="Which solution of it. [best, or incumbent of a run that was ended]",
            show_default=False,
        ),
    ] = "",
    fairness: Annotated[
        int,
        typer.Option(
            metavar="POINTS",
            help="Compute the price-of-fairness curve with so many points, 2 or more.",
            min=0,
        ),
    ] = 0,
    reasons: Annotated[
        bool, typer.Option("--reasons", help="Tell why each part of each proposal is in.")
    ] = False,
    send: Annotated[
        str,
        typer.Option(
            metavar="SCENARIO",
            help="Send the proposals to this scenario, as drafts.",
        ),
    ] = "",
) -> None:
    """Tell what each country gives and gains by a solution, and what fairness costs.

    Of a run of landbridge propose. What a solution means is worked out where it is not yet: its
    ledger, its transboundary proposals, and what enlarging existing sites would cost instead.
    Tables (CSV) and a report (HTML) are written into the run's folder.

    For example:

    - landbridge ledger out/tiger-leopard.landbridge

    - landbridge ledger out/tiger-leopard.landbridge --fairness 6

    - landbridge ledger out/tiger-leopard.landbridge --solution fair-3 --reasons

    - landbridge ledger out/tiger-leopard.landbridge --send plan
    """
    if fairness == 1:
        raise UsageError("A curve has two points at least: give --fairness 2 or more.")
    screen = console()
    with Project.open(project) as opened:
        found = ReserveRun.open(opened, run)
        stored = found.solution(solution)
        _require_findings(screen, opened, found, stored.name)
        if fairness:
            require_writable(opened)
            _compute_fairness(screen, found, fairness)
        _show(screen, found, stored.name)
        if reasons:
            _show_reasons(screen, found, stored.name)
        if send:
            sent = send_to_scenario(opened, found, stored.name, send)
            screen.print(_sent_words(sent), markup=False, soft_wrap=True)
        if opened.read_only:
            screen.print(f"Not written: {opened.read_only_reason}", markup=False)
            return
        written = [found.file(LEDGER_TABLE)]
        written += [found.file(FAIRNESS_TABLE)] if fairness else []
        written.append(write_reserve_report(opened, found, stored.name))
    for path in written:
        screen.print(f"Wrote {path}", markup=False, soft_wrap=True)


def _sent_words(sent: SentProposals) -> str:
    """Tell what was sent, and what it replaced."""
    told = (
        f"Sent to the scenario {sent.scenario_id} as drafts: {sent.transboundary} "
        f"transboundary and {sent.national} national proposals"
    )
    return f"{told}, in place of {sent.replaced} sent before." if sent.replaced else f"{told}."


def require_writable(project: Project) -> None:
    """Refuse work whose results cannot be kept.

    Raises
    ------
    ReadOnlyProjectError
        The project is open for reading only; says why.
    """
    if project.read_only:
        raise ReadOnlyProjectError(project.read_only_reason)


def _require_findings(
    screen: Console, project: Project, run: ReserveRun, solution: str
) -> None:
    """Work out what a solution means, where that has not been done."""
    if (
        read_ledger(run, solution)
        and read_proposals(run, solution)
        and (read_alternative(run, solution))
    ):
        return
    require_writable(project)
    label = f"Ledger, proposals and alternative of {solution}"

    def work(progress: StepProgress) -> None:
        with progress.step(FINDINGS) as control:
            store_findings(run, project, control, solution=solution)

    run_with_bars(screen, {FINDINGS: (label, 1.0)}, work)


def _compute_fairness(screen: Console, run: ReserveRun, points: int) -> None:
    with SearchLine(screen) as line:
        compute_fairness(run, points, control=line, watcher=line)


def _show(screen: Console, run: ReserveRun, solution: str) -> None:
    drawn, proposals = read_ledger(run, solution), read_proposals(run, solution)
    alternative = read_alternative(run, solution)
    stored = run.solution(solution)
    title = f"{run.request.title or run.run_id}, {stored.label}"
    if drawn is not None:
        screen.print(ledger_table(drawn, title, cost_unit(run.request)))
        if drawn.total.species:
            screen.print(species_table(drawn, _species_names()))
    if proposals is not None and (proposals.items or proposals.national):
        screen.print(proposals_table(proposals, alternative))
    if alternative is not None and alternative.whole is not None:
        screen.print(Text(f"All together: {alternative.whole.verdict}"), soft_wrap=True)
    curve = read_fairness(run)
    if curve is not None and curve.points:
        screen.print(fairness_table(curve, value_words(run.request)))
        for note in curve.notes:
            screen.print(Text(note), soft_wrap=True)


def _show_reasons(screen: Console, run: ReserveRun, solution: str) -> None:
    proposals = read_proposals(run, solution)
    alternative = read_alternative(run, solution)
    compared = {} if alternative is None else {item.scope: item for item in alternative.items}
    for item in () if proposals is None else proposals.items:
        screen.print(Text(f"\n{item.name}", style="bold"), soft_wrap=True)
        screen.print(Text(item.kind))
        told = list(item.reasons)
        if item.proposal_id in compared:
            told.append(compared[item.proposal_id].verdict)
        for reason in told:
            screen.print(Text(f"- {reason}"), soft_wrap=True)


def _species_names() -> dict[str, str]:
    return {name: load_species(name).names.en for name in species_ids()}
