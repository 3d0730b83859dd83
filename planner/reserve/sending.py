"""Proposals of a run as proposals of a scenario: one step of undo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from planner.project import AddFeatures, AddScenario, CommandGroup, RemoveFeatures
from planner.records import shown_number, whole_number
from planner.reserve.alternative import read_alternative
from planner.reserve.proposal import read_proposals
from planner.reserve.words import STATUS_WORDS, cost_unit, country_name
from resources.errors import UsageError
from resources.translation import filled

if TYPE_CHECKING:
    from planner.project import Command, Project
    from planner.records import Record
    from planner.reserve.proposal import NationalLand, Proposal
    from planner.reserve.run_folder import ReserveRun
    from planner.reserve.stored_solution import StoredSolution

NATIONAL = "national protected area"
"""Kind of land that a solution adds in one country, not joined to land over a border."""


@dataclass(frozen=True, slots=True)
class SentProposals:
    """What was sent.

    Parameters
    ----------
    scenario_id : str
        Scenario that has it now.
    transboundary, national : int
        Proposals of each kind.
    replaced : int
        Rows of the same solution, sent before, whose place they take.
    proposal_ids : tuple of str
        Identifiers of the rows.
    """

    scenario_id: str
    transboundary: int
    national: int
    replaced: int
    proposal_ids: tuple[str, ...]


def send_to_scenario(
    project: Project,
    run: ReserveRun,
    solution: str,
    scenario_id: str,
    *,
    name: str = "",
) -> SentProposals:
    """Make the proposals of a solution proposals of a scenario; one step of undo.

    Every transboundary proposal becomes a draft with its full reasons, and so does the land
    that the solution adds away from borders, country by country. Rows of the same solution
    that were sent before are replaced; what else the scenario holds stays, and the plan, made
    again, leaves them alone. A proposal that has the name of another one of the scenario is
    told apart by its solution. What a country adds is what the ledger counts; land outside
    sites that counts as existing stands beside it, as ``counted_km2``.

    Parameters
    ----------
    project : Project
        Open for writing.
    run : ReserveRun
        A run of it.
    solution : str
        One of the run's solutions, its proposals found.
    scenario_id : str
        Scenario to send to; made where the project has none of this name.
    name : str
        What people call a new scenario.

    Raises
    ------
    UsageError
        The proposals of the solution have not been found yet, or there is nothing to send.
    ReserveRunError
        A file of the run is missing or was altered.
    ReadOnlyProjectError, ProjectError
        The project cannot be written; nothing was changed.
    """
    found = read_proposals(run, solution)
    if found is None:
        raise UsageError(
            f"The proposals of the solution {solution!r} of the run {run.run_id} have not been "
            f"found yet. Ask landbridge ledger with --solution {solution} first."
        )
    stored = run.solution(solution)
    compared = _verdicts(run, solution)
    records = [
        _record(run, stored, item, compared.get(item.proposal_id, "")) for item in found.items
    ]
    records += [_national_record(run, stored, land) for land in found.national]
    if not records:
        raise UsageError(
            f"The solution {solution!r} of the run {run.run_id} adds no land and joins no "
            "sites: there is nothing to send."
        )
    there = project.records("proposals", scenario=scenario_id)
    before = f"{_prefix(run, solution)}-"
    earlier = [row for row in there if str(row["proposal_id"]).startswith(before)]
    others = {str(row["name"]) for row in there if row not in earlier}
    for record in records:
        record["scenario"] = scenario_id
        if record["name"] in others:
            record["name"] = f"{record['name']} (by targets, {stored.label.lower()})"
    known = {item.scenario_id for item in project.scenarios()}
    commands: list[Command] = []
    if scenario_id not in known:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        note = f"From the run {run.run_id} of proposals, solution {solution}."
        commands.append(AddScenario(scenario_id, name or scenario_id, now, note))
    if earlier:
        fids = [whole_number(row["fid"]) for row in earlier]
        commands.append(RemoveFeatures("proposals", fids))
    commands.append(AddFeatures("proposals", records))
    title = run.request.title or run.run_id
    step = filled(
        "Send proposals of {title} to the scenario {scenario}",
        title=title,
        scenario=scenario_id,
    )
    project.execute(CommandGroup(step, tuple(commands)))
    return SentProposals(
        scenario_id,
        len(found.items),
        len(found.national),
        len(earlier),
        tuple(str(record["proposal_id"]) for record in records),
    )


def _prefix(run: ReserveRun, solution: str) -> str:
    """How the identifiers of a solution's proposals begin."""
    return f"reserve-{run.run_id}-{solution}"


def _verdicts(run: ReserveRun, solution: str) -> dict[str, str]:
    """Return how each proposal compares with enlarging sites, where that is known."""
    alternative = read_alternative(run, solution)
    if alternative is None:
        return {}
    return {item.scope: item.verdict for item in alternative.items}


def _record(run: ReserveRun, stored: StoredSolution, item: Proposal, verdict: str) -> Record:
    return {
        "proposal_id": item.proposal_id,
        "name": item.name,
        "status": "draft",
        "kind": item.kind,
        "countries": list(item.countries),
        "area_km2": round(item.area_km2, 1),
        "area_by_country": {
            part.iso3: {
                "existing_km2": part.existing_km2,
                "added_km2": round(part.new_km2, 1),
                "counted_km2": part.rest_km2,
            }
            for part in item.parts_by_country
        },
        "member_sites": [site.site_id for site in item.members],
        "species": list(item.species),
        "reasons": [
            *item.reasons,
            *([verdict] if verdict else []),
            _certainty(run, stored),
        ],
        "geometry": item.geometry,
        "attributes": {
            **_origin(run, stored),
            "added_km2": round(item.new_km2, 1),
            "habitat_km2": {name: round(km2, 1) for name, km2 in item.habitat_km2.items()},
            "cost": round(item.cost, 2),
            "cost_by_country": {
                part.iso3: round(part.cost, 2) for part in item.parts_by_country
            },
            "cost_unit": cost_unit(run.request),
            "pairs": [f"{pair.site_a} {pair.site_b}" for pair in item.pairs],
        },
        "run_id": run.run_id,
    }


def _national_record(run: ReserveRun, stored: StoredSolution, land: NationalLand) -> Record:
    return {
        "proposal_id": f"{_prefix(run, stored.name)}-{land.iso3}",
        "name": filled("Further land in {country}", country=country_name(land.iso3)),
        "status": "draft",
        "kind": NATIONAL,
        "countries": [land.iso3],
        "area_km2": round(land.area_km2, 1),
        "area_by_country": {
            land.iso3: {"existing_km2": 0.0, "added_km2": round(land.area_km2, 1)}
        },
        "member_sites": [],
        "species": [],
        "reasons": [
            f"{len(land.units)} planning units of the selection that join nothing over a "
            "border.",
            _certainty(run, stored),
        ],
        "geometry": land.geometry,
        "attributes": {
            **_origin(run, stored),
            "added_km2": round(land.area_km2, 1),
            "cost": round(land.cost, 2),
            "cost_unit": cost_unit(run.request),
        },
        "run_id": run.run_id,
    }


def _origin(run: ReserveRun, stored: StoredSolution) -> Record:
    return {"reserve_run": run.run_id, "solution": stored.name}


def _certainty(run: ReserveRun, stored: StoredSolution) -> str:
    """Tell how far the solution may be from the best."""
    told = STATUS_WORDS[stored.status]
    gap = "" if stored.gap is None else f", at most {100 * stored.gap:.2f} % from the best"
    missed = sum(not item.met for item in stored.features)
    short = "all targets are held" if not missed else f"{missed} targets are not held"
    return (
        f"Selection {stored.name} of the run {run.run_id}: {told}{gap}; {short}; cost "
        f"{shown_number(stored.cost, 1)} ({cost_unit(run.request)}), no money."
    )
