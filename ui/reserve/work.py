"""What the proposals panel asks the planner, off the window's thread; nothing here knows Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.profiles import load_region, region_ids
from planner.project import Project
from planner.records import texts
from resources.translation import tr
from ui.reserve.draft import Draft
from ui.reserve.findings.told import value_title

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from planner.jobs import JobControl
    from planner.reserve.request import ReserveRequest
    from planner.reserve.run_folder import ReserveRun
    from ui.apart import RelayedWatch
    from ui.project_work import Workbench


@dataclass(frozen=True)
class Place:
    """Where a run is.

    Parameters
    ----------
    path : Path
        Folder of its project.
    run_id : str
        Its name.
    """

    path: Path
    run_id: str

    def run(self) -> ReserveRun:
        """Open the run."""
        from planner.reserve.run_folder import ReserveRun  # noqa: PLC0415 - 2 s to load

        return ReserveRun.open(self.path, self.run_id)


def first_draft(bench: Workbench, control: JobControl) -> Draft:
    """Return what a project would be asked without further settings, and what it offers.

    Raises
    ------
    PlannerError
        The project holds nothing yet that proposals could be made from; says what to do.
    """
    control.say(tr("Reading what the project offers"))
    from planner.reserve.offered import (  # noqa: PLC0415 - 2 s to load
        default_request,
        offered_features,
    )

    project = bench.project
    return Draft(
        default_request(project),
        tuple(item.setting for item in offered_features(project)),
        project_countries(project),
    )


def project_countries(project: Project) -> tuple[str, ...]:
    """Return the countries of a project's region and sites, in the order of their codes."""
    found: set[str] = set()
    if project.region_id in region_ids():
        found.update(load_region(project.region_id).countries)
    for row in project.records("sites"):
        found.update(texts(row["countries"]))
    return tuple(sorted(found))


def find_proposals(
    request: ReserveRequest | None,
    watch: RelayedWatch,
    bench: Workbench,
    control: JobControl,
) -> str:
    """Find proposals and record them as a run; return its name.

    Raises
    ------
    PlannerError
        What is asked cannot be done; what was found until then is kept.
    JobCancelled
        Somebody asked to end.
    """
    control.say(tr("Loading the solvers"))
    from planner.reserve.offered import default_request  # noqa: PLC0415 - 2 s to load
    from planner.reserve.propose import propose  # noqa: PLC0415 - as above

    asked = request or default_request(bench.project)
    watch.finding(value_title(asked))

    def begun(run: ReserveRun) -> None:
        watch.begun(run.folder)
        control.say(tr("Searching"))

    control.say(tr("Making planning units"))

    run = propose(bench.project, asked, control, watcher=watch, on_started=begun)
    return run.run_id


def search_on(run_id: str, watch: RelayedWatch, bench: Workbench, control: JobControl) -> str:
    """Search on in a run that was ended half-way; return its name.

    Raises
    ------
    PlannerError
        It is gone, or finished.
    JobCancelled
        Somebody asked to end.
    """
    control.say(tr("Loading the solvers"))
    from planner.reserve.found import store_findings  # noqa: PLC0415 - 2 s to load
    from planner.reserve.propose import search_run, unfinished_run  # noqa: PLC0415 - as above

    run = unfinished_run(bench.project, run_id)
    watch.begun(run.folder)
    watch.finding(value_title(run.request))
    control.say(tr("Searching"))
    search_run(bench.project, run, control, watcher=watch)
    control.say(tr("Working out what it means"))
    store_findings(run, bench.project, control)
    return run.run_id


def draw_up_ledger(place: Place, control: JobControl, *, solution: str) -> str:
    """Draw up the ledger of a solution; returns nothing to show besides.

    Raises
    ------
    PlannerError
        A file of the run is missing or was altered.
    """
    control.say(tr("Drawing up the ledger"))
    from planner.reserve.ledger import compute_ledger  # noqa: PLC0415 - 2 s to load

    compute_ledger(place.run(), solution)
    return ""


def look_for_proposals(place: Place, control: JobControl, *, solution: str) -> str:
    """Look for what a solution proposes, why, and what enlarging sites would cost instead.

    Raises
    ------
    PlannerError
        The run or its project cannot be read, or the folder cannot be written.
    """
    control.say(tr("Looking for what the solution proposes"))
    from planner.reserve.found import store_findings  # noqa: PLC0415 - 2 s to load

    with Project.open(place.path, read_only=True) as project:
        store_findings(place.run(), project, control, solution=solution)
    return ""


def compare_with_enlarging(place: Place, control: JobControl, *, solution: str) -> str:
    """Compare a solution with enlarging existing sites only; returns nothing to show besides.

    Raises
    ------
    PlannerError
        A file of the run is missing or was altered.
    """
    control.say(tr("Comparing with enlarging existing sites"))
    from planner.reserve.alternative import compute_alternative  # noqa: PLC0415 - 2 s to load

    compute_alternative(place.run(), solution, control=control)
    return ""


@dataclass(frozen=True)
class Sending:
    """Proposals that are to go into a scenario.

    Parameters
    ----------
    place : Place
        Their run.
    solution : str
        Whose proposals they are.
    scenario : str
        Identifier of a scenario; of a new one where the project has none of it.
    name : str
        What people call a new scenario.
    """

    place: Place
    solution: str
    scenario: str
    name: str


def send(what: Sending, bench: Workbench, control: JobControl) -> tuple[int, str]:
    """Make the proposals of a solution drafts of a scenario.

    Returns
    -------
    count : int
        How many there are in it now, of this solution.
    key : str
        Of the first of them.

    Raises
    ------
    PlannerError
        The solution proposes nothing, or the project is open for reading only.
    """
    control.say(tr("Sending the proposals"))
    from planner.reserve.sending import send_to_scenario  # noqa: PLC0415 - 2 s to load

    run = what.place.run()
    sent = send_to_scenario(bench.project, run, what.solution, what.scenario, name=what.name)
    return len(sent.proposal_ids), next(iter(sent.proposal_ids), "")


def scenario_id_of(name: str, known: Collection[str]) -> str:
    """Return an identifier for a new scenario of a name, unlike those that are known."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "scenario"
    number, found = 1, plain
    while found in known:
        number += 1
        found = f"{plain}-{number}"
    return found


def write_report(place: Place, control: JobControl, *, solution: str) -> Path:
    """Write the report of a solution; return its path.

    Raises
    ------
    PlannerError
        The run or its project cannot be read, or the folder cannot be written.
    """
    control.say(tr("Writing the report"))
    from planner.report.reserve_report import write_reserve_report  # noqa: PLC0415 - 2 s to load

    with Project.open(place.path, read_only=True) as project:
        return write_reserve_report(project, place.run(), solution)


def compute_fairness(place: Place, control: JobControl, *, points: int) -> str:
    """Compute the price-of-fairness curve of a run; returns nothing to show besides.

    Raises
    ------
    PlannerError
        A file of the run is missing or was altered, or no selection meets what is asked.
    """
    control.say(tr("Computing the price of fairness"))
    from planner.reserve.fairness_curve import (  # noqa: PLC0415 - 2 s to load
        compute_fairness as computed,
    )

    computed(place.run(), points, control=control)
    return ""


def find_portfolio(
    place: Place, control: JobControl, *, count: int, within: float, distance: float
) -> str:
    """Find good solutions that differ; returns nothing to show besides.

    Raises
    ------
    PlannerError
        A file of the run is missing or was altered.
    """
    control.say(tr("Looking for other solutions"))
    from planner.reserve.portfolio_run import (  # noqa: PLC0415 - 2 s to load
        PortfolioRule,
        compute_portfolio,
    )

    rule = PortfolioRule(count=count, within=within, distance=distance)
    compute_portfolio(place.run(), rule, control=control)
    return ""


def try_withdrawal(
    place: Place, control: JobControl, *, iso3: str, keeps_existing: bool
) -> str:
    """Look what the others can do without a country; returns the name of that solution.

    Raises
    ------
    PlannerError
        A file of the run is missing or was altered.
    """
    control.say(tr("Looking without the country"))
    from planner.reserve.withdrawal_run import compute_withdrawal  # noqa: PLC0415 - 2 s to load

    found = compute_withdrawal(
        place.run(), iso3, keeps_existing=keeps_existing, control=control
    )
    return found.solution
