"""The report of a reserve run: what is proposed, at what price, and how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.maps import DISCLAIMER
from planner.profiles import load_region
from planner.records import shown_number
from planner.report.evidence import certainty
from planner.report.page import Block, Card, Figure, Page, Paragraph, Section, Table
from planner.report.plan_report import SOURCES
from planner.report.reserve_comparison import (
    alternative_section,
    portfolio_section,
    proposals_section,
    withdrawal_section,
)
from planner.report.reserve_plots import selection_map, trace_plot
from planner.report.reserve_sections import fairness_section, ledger_section, targets_section
from planner.reserve.alternative import read_alternative
from planner.reserve.fairness_curve import read_fairness
from planner.reserve.ground import load_ground
from planner.reserve.ledger import read_ledger
from planner.reserve.portfolio_run import read_portfolio
from planner.reserve.proposal import read_proposals
from planner.reserve.request_file import request_content
from planner.reserve.run_folder import BEST
from planner.reserve.withdrawal_run import read_withdrawals
from planner.reserve.words import (
    NO_MONEY,
    STATUS_WORDS,
    cost_unit,
    country_words,
    left_to_save,
    shown_value,
    value_words,
    withdrawal_lines,
)

if TYPE_CHECKING:
    from pathlib import Path

    from planner.project import Project
    from planner.reserve.ground import Ground
    from planner.reserve.proposal import Proposals
    from planner.reserve.run_folder import ReserveRun
    from planner.reserve.stored_solution import StoredSolution

REPORT = "report.html"
NOTICE = (
    "Sites whose boundary has not been imported are nominal: the reported area around the "
    "catalogue point, not a surveyed boundary. The environment grid is 5 arc-minutes: it "
    "screens a region, it does not site a fence."
)


def write_reserve_report(project: Project, run: ReserveRun, solution: str = BEST) -> Path:
    """Write the report of a solution into the run's folder.

    Parameters
    ----------
    project : Project
        The project, for its region.
    run : ReserveRun
        The run, its ground kept.
    solution : str
        One of its solutions.

    Returns
    -------
    Path
        ``report.html``; of a solution other than the best ``report_NAME.html``.

    Raises
    ------
    ReserveRunError
        A file of the run is missing or was altered.
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    return reserve_report(project, run, solution).write(report_path(run, solution))


def report_path(run: ReserveRun, solution: str = BEST) -> Path:
    """Return where the report of a solution lies."""
    return run.file(REPORT if solution == BEST else f"report_{solution}.html")


def reserve_report(project: Project, run: ReserveRun, solution: str = BEST) -> Page:
    """Compose the report of a solution of a run; arguments as `write_reserve_report`."""
    stored = run.solution(solution)
    ground = load_ground(run.folder)
    region = load_region(project.region_id)
    proposals = read_proposals(run, stored.name)
    title = run.request.title or region.names.en
    return Page(
        title=title,
        lead=f"Proposals for transboundary protected areas. Run {run.run_id}, "
        f"{stored.label.lower()}.",
        notice=NOTICE,
        cards=(
            _proposals_card(proposals),
            Card(shown_number(stored.cost, 1), f"cost, {cost_unit(run.request)}"),
            Card(_gap(stored), "from the best possible, at most"),
            Card(
                f"{sum(item.met for item in stored.features)} of {len(stored.features)}",
                "targets held",
            ),
        ),
        sections=(
            _overview(run, stored, ground),
            targets_section(run.features(), stored),
            *_found_sections(run, stored, ground),
            _method(run, stored),
            certainty(region, tuple(ground.profiles.values())),
        ),
        footer=(DISCLAIMER, SOURCES),
    )


def _gap(stored: StoredSolution) -> str:
    return "not known" if stored.gap is None else f"{100 * stored.gap:.2f} %"


def _proposals_card(proposals: Proposals | None) -> Card:
    """Count the proposals; those without new land are told apart."""
    if proposals is None:
        return Card("-", "transboundary proposals")
    count = len(proposals.items)
    joined = sum(item.new_km2 <= 0 for item in proposals.items)
    told = "transboundary proposal" if count == 1 else "transboundary proposals"
    return Card(str(count), f"{told}, {joined} of them without new land" if joined else told)


def _overview(run: ReserveRun, stored: StoredSolution, ground: Ground) -> Section:
    new = ground.cells_of(stored.mask()) & ~ground.base
    objective = run.request.goal.objective
    gap = "" if stored.gap is None else f", at most {100 * stored.gap:.2f} % from the best"
    bound = "" if stored.bound is None else f"; proved bound {shown_value(stored.bound)}"
    left = left_to_save(stored, objective)
    blocks: list[Block] = [
        Paragraph(
            f"The selection is {STATUS_WORDS[stored.status]}{gap} (value "
            f"{shown_value(stored.objective)}{bound}). The value that is sought is "
            f"{value_words(run.request)}. {f'{left}. ' if left else ''}{NO_MONEY}"
        ),
        Figure.from_bytes(
            selection_map(ground, new),
            alt="Existing sites, and the land that the solution adds in each country",
            caption="Existing sites, and the land that this solution adds, by country; "
            f"borders in black. {country_words(ground.iso3)}.",
        ),
    ]
    blocks += [Paragraph(note) for note in stored.notes]
    return Section("What is proposed", tuple(blocks))


def _found_sections(run: ReserveRun, stored: StoredSolution, ground: Ground) -> list[Section]:
    """Return the sections of what has been worked out so far."""
    unit, sections = cost_unit(run.request), []
    if ledger := read_ledger(run, stored.name):
        sections.append(ledger_section(ledger, unit))
    alternative = read_alternative(run, stored.name)
    if proposals := read_proposals(run, stored.name):
        sections.append(proposals_section(proposals, alternative))
    if alternative is not None and alternative.whole is not None:
        sections.append(alternative_section(alternative, ground, stored, unit))
    fairness = read_fairness(run)
    if fairness is not None and fairness.points:
        sections.append(fairness_section(fairness, unit, value_words(run.request)))
    if portfolio := read_portfolio(run):
        sections.append(portfolio_section(portfolio, ground))
    if withdrawals := read_withdrawals(run):
        told = [withdrawal_lines(item) for item in withdrawals]
        sections.append(withdrawal_section(withdrawals, told))
    return sections


def _method(run: ReserveRun, stored: StoredSolution) -> Section:
    """Tell how the solution was found, on what data, and how to find it again."""
    blocks: list[Block] = [
        Paragraph(
            f"Method: {stored.method or 'not told'}{_because(stored.reason)}. It took "
            f"{stored.seconds:.1f} s."
        )
    ]
    trace = run.trace()
    if stored.kind == "best" and np.isfinite(trace[:, 1:3]).any():
        blocks.append(
            Figure.from_bytes(
                trace_plot(trace),
                alt="Value of the best selection and proved bound over time",
                caption="How the value of the best selection and the proved bound moved.",
            )
        )
    blocks += [Paragraph(note) for note in run.notes()]
    blocks.append(
        Table(
            "What the features were measured on",
            ("Feature", "Measured on"),
            tuple((row.name, row.source) for row in run.features()),
        )
    )
    blocks.append(
        Table(
            "What was asked; landbridge propose with request.toml of the run's folder asks it "
            "again",
            ("Setting", "Value"),
            tuple(_flat(request_content(run.request))),
        )
    )
    return Section("How it was found", tuple(blocks))


def _because(reason: str) -> str:
    """Put why a method was chosen behind its name."""
    return f"; {reason.rstrip('. ')}" if reason else ""


def _flat(content: object, name: str = "") -> list[tuple[str, str]]:
    """Return nested settings as rows of dotted names and values."""
    if isinstance(content, dict):
        found = []
        for key, value in content.items():
            found += _flat(value, f"{name}.{key}" if name else str(key))
        return found
    if isinstance(content, list | tuple) and any(isinstance(item, dict) for item in content):
        found = []
        for number, item in enumerate(content, 1):
            found += _flat(item, f"{name}[{number}]")
        return found
    if isinstance(content, list | tuple):
        return [(name, ", ".join(str(item) for item in content))]
    return [(name, str(content))] if content not in ("", None) else []
