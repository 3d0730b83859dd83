"""The report of a reserve run: what is proposed, at what price, and how sure it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.maps import DISCLAIMER
from planner.profiles import load_region
from planner.report.evidence import certainty
from planner.report.page import (
    Block,
    Card,
    Edition,
    Figure,
    Page,
    Paragraph,
    Section,
    Table,
)
from planner.report.plan_report import SOURCES
from planner.report.reserve_comparison import (
    alternative_section,
    portfolio_section,
    proposals_section,
    withdrawal_section,
)
from planner.report.reserve_plots import selection_map, trace_plot
from planner.report.reserve_sections import fairness_section, ledger_section, targets_section
from planner.report.words import all_told_countries, figure, told
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
    left_to_save,
    shown_value,
    value_words,
    withdrawal_lines,
)
from resources.translation import LANGUAGES, language, mark, speaking, tr

if TYPE_CHECKING:
    from pathlib import Path

    from planner.project import Project
    from planner.reserve.ground import Ground
    from planner.reserve.proposal import Proposals
    from planner.reserve.run_folder import ReserveRun
    from planner.reserve.stored_solution import StoredSolution

NOTICE = mark(
    "Sites whose boundary has not been imported are nominal: the reported area around the "
    "catalogue point, not a surveyed boundary. The environment grid is 5 arc-minutes: it "
    "screens a region, it does not site a fence."
)


def write_reserve_report(project: Project, run: ReserveRun, solution: str = BEST) -> Path:
    """Write the report of a solution into the run's folder, in every language.

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
        The one in the language spoken now: ``report.html`` in English, ``report-zh.html`` in
        Chinese; of a solution other than the best ``report_NAME.html`` and the like. Each leads
        to the others.

    Raises
    ------
    ReserveRunError
        A file of the run is missing or was altered.
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    paths = {code: report_path(run, solution, code) for code in LANGUAGES}
    editions = tuple(Edition(code, name, paths[code].name) for code, name in LANGUAGES.items())
    for code, path in paths.items():
        with speaking(code):
            page = reserve_report(project, run, solution)
        replace(page, editions=editions).write(path)
    return paths[language()]


def report_path(run: ReserveRun, solution: str = BEST, code: str = "en") -> Path:
    """Return where the report of a solution in a language lies."""
    stem = "report" if solution == BEST else f"report_{solution}"
    return run.file(f"{stem}.html" if code == "en" else f"{stem}-{code}.html")


def reserve_report(project: Project, run: ReserveRun, solution: str = BEST) -> Page:
    """Compose the report of a solution in the language spoken now; arguments as above."""
    stored = run.solution(solution)
    ground = load_ground(run.folder)
    region = load_region(project.region_id)
    proposals = read_proposals(run, stored.name)
    title = run.request.title or region.names.in_language(language())
    return Page(
        title=title,
        lead=tr(
            "Proposals for transboundary protected areas. Run {run}, {solution}.",
            run=run.run_id,
            solution=told(stored.label).lower(),
        ),
        notice=tr(NOTICE),
        cards=(
            _proposals_card(proposals),
            Card(figure(stored.cost, 1), tr("cost, {unit}", unit=told(cost_unit(run.request)))),
            Card(_gap(stored), tr("from the best possible, at most")),
            Card(
                tr(
                    "{part} of {whole}",
                    part=sum(item.met for item in stored.features),
                    whole=len(stored.features),
                ),
                tr("targets held"),
            ),
        ),
        sections=(
            _overview(run, stored, ground),
            targets_section(run.features(), stored),
            *_found_sections(run, stored, ground),
            _method(run, stored),
            certainty(region, tuple(ground.profiles.values())),
        ),
        footer=(tr(DISCLAIMER), tr(SOURCES)),
    )


def _gap(stored: StoredSolution) -> str:
    return tr("not known") if stored.gap is None else f"{100 * stored.gap:.2f} %"


def _proposals_card(proposals: Proposals | None) -> Card:
    """Count the proposals; those without new land are told apart."""
    if proposals is None:
        return Card("-", tr("transboundary proposals"))
    count = len(proposals.items)
    joined = sum(item.new_km2 <= 0 for item in proposals.items)
    words = tr("transboundary proposal") if count == 1 else tr("transboundary proposals")
    if joined:
        words = tr(
            "{proposals}, {count} of them without new land", proposals=words, count=joined
        )
    return Card(str(count), words)


def _overview(run: ReserveRun, stored: StoredSolution, ground: Ground) -> Section:
    new = ground.cells_of(stored.mask()) & ~ground.base
    objective = run.request.goal.objective
    gap = (
        ""
        if stored.gap is None
        else tr(", at most {percent} % from the best", percent=f"{100 * stored.gap:.2f}")
    )
    bound = (
        ""
        if stored.bound is None
        else tr("; proved bound {value}", value=shown_value(stored.bound))
    )
    left = told(left_to_save(stored, objective))
    selection = tr(
        "The selection is {status}{gap} (value {value}{bound}). The value that is sought is "
        "{sought}.",
        status=tr(STATUS_WORDS[stored.status]),
        gap=gap,
        value=shown_value(stored.objective),
        bound=bound,
        sought=told(value_words(run.request)),
    )
    blocks: list[Block] = [
        Paragraph(f"{selection} {f'{left}. ' if left else ''}{tr(NO_MONEY)}"),
        Figure.from_bytes(
            selection_map(ground, new),
            alt=tr("Existing sites, and the land that the solution adds in each country"),
            caption=tr(
                "Existing sites, and the land that this solution adds, by country; borders in "
                "black. {countries}.",
                countries=all_told_countries(ground.iso3),
            ),
        ),
    ]
    blocks += [Paragraph(told(note)) for note in stored.notes]
    return Section(tr("What is proposed"), tuple(blocks))


def _found_sections(run: ReserveRun, stored: StoredSolution, ground: Ground) -> list[Section]:
    """Return the sections of what has been worked out so far."""
    unit, sections = told(cost_unit(run.request)), []
    if ledger := read_ledger(run, stored.name):
        sections.append(ledger_section(ledger, unit))
    alternative = read_alternative(run, stored.name)
    if proposals := read_proposals(run, stored.name):
        sections.append(proposals_section(proposals, alternative))
    if alternative is not None and alternative.whole is not None:
        sections.append(alternative_section(alternative, ground, stored, unit))
    fairness = read_fairness(run)
    if fairness is not None and fairness.points:
        sections.append(fairness_section(fairness, unit, told(value_words(run.request))))
    if portfolio := read_portfolio(run):
        sections.append(portfolio_section(portfolio, ground))
    if withdrawals := read_withdrawals(run):
        lines = [[told(line) for line in withdrawal_lines(item)] for item in withdrawals]
        sections.append(withdrawal_section(withdrawals, lines))
    return sections


def _method(run: ReserveRun, stored: StoredSolution) -> Section:
    """Tell how the solution was found, on what data, and how to find it again."""
    blocks: list[Block] = [
        Paragraph(
            tr(
                "Method: {method}{reason}. It took {seconds} s.",
                method=told(stored.method) or tr("not told"),
                reason=_because(told(stored.reason)),
                seconds=f"{stored.seconds:.1f}",
            )
        )
    ]
    trace = run.trace()
    if stored.kind == "best" and np.isfinite(trace[:, 1:3]).any():
        blocks.append(
            Figure.from_bytes(
                trace_plot(trace),
                alt=tr("Value of the best selection and proved bound over time"),
                caption=tr("How the value of the best selection and the proved bound moved."),
            )
        )
    blocks += [Paragraph(told(note)) for note in run.notes()]
    blocks.append(
        Table(
            tr("What the features were measured on"),
            (tr("Feature"), tr("Measured on")),
            tuple((told(row.name), told(row.source)) for row in run.features()),
        )
    )
    blocks.append(
        Table(
            tr(
                "What was asked; landbridge propose with request.toml of the run's folder asks "
                "it again"
            ),
            (tr("Setting"), tr("Value")),
            tuple(_flat(request_content(run.request))),
        )
    )
    return Section(tr("How it was found"), tuple(blocks))


def _because(reason: str) -> str:
    """Put why a method was chosen behind its name."""
    return f"; {reason.rstrip('. 。')}" if reason else ""


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
