"""Scenarios side by side: one row per number, one column per scenario."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.compare_land import REGION, land_measures, survey
from planner.records import attribute, number
from planner.scenarios import scenario_named
from resources.errors import UsageError
from resources.translation import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from algorithms.control import Control
    from layers.pack import DataPack
    from planner.compare_land import Measured
    from planner.project import Project, Scenario
    from planner.records import Record

MOST_SCENARIOS = 6
"""More columns than this nobody reads."""

PROPOSALS = mark("Proposals")
CORRIDORS = mark("Corridors")
INDICATORS = mark("Indicators, with proposals and widening")
GROUPS = (PROPOSALS, CORRIDORS, INDICATORS)
"""Headings of the rows, in reading order."""

NUMBER_OF_PROPOSALS = mark("Number of proposals")
STATUSES = {
    "draft": mark("Number of drafts"),
    "tabled": mark("Number tabled"),
    "agreed": mark("Number agreed"),
    "rejected": mark("Number rejected"),
}
RECORDED_COST = mark("Relative cost, where it was reckoned")
NUMBER_OF_CORRIDORS = mark("Number of corridors")
LENGTH = mark("Length of the corridors")
NARROWEST = mark("Narrowest place of a corridor")
NARROW_STRETCHES = mark("Number of bottlenecks")
LAND_TO_WIDEN = mark("Land to add for widening")
COST_TO_WIDEN = mark("Relative cost of widening")


@dataclass(frozen=True, slots=True)
class Line:
    """One number of every scenario.

    Parameters
    ----------
    group : str
        Heading it stands under, of `GROUPS`; in English.
    title : str
        What is counted or measured; in English.
    unit : str
        ``km2``, ``km``, ``m``, ``%`` or empty for a count or a relative cost.
    place : str
        ISO code of a country, or `REGION`.
    species : str
        Its id, or empty.
    values : tuple of float or None
        One per scenario; None where it was not measured.
    """

    group: str
    title: str
    unit: str
    place: str
    species: str
    values: tuple[float | None, ...]

    @property
    def differences(self) -> tuple[float | None, ...]:
        """How far each value lies above the first; None where either is not known."""
        first = self.values[0]
        return tuple(
            None if value is None or first is None else value - first for value in self.values
        )

    @property
    def differs(self) -> bool:
        """Whether the scenarios are not all alike."""
        return len(set(self.values)) > 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several scenarios side by side.

    Parameters
    ----------
    scenarios : tuple of Scenario
        The columns; differences are against the first.
    lines : tuple of Line
        In reading order.
    notices : tuple of str
        What must be known before a number is believed; in English.
    """

    scenarios: tuple[Scenario, ...]
    lines: tuple[Line, ...]
    notices: tuple[str, ...]


def compare(
    project: Project, pack: DataPack, scenario_ids: Sequence[str], *, control: Control
) -> Comparison:
    """Measure scenarios side by side.

    Land and habitat are those inside all proposals of a scenario that were not rejected;
    what several proposals hold counts once. Land is measured in the project's equal-area CRS.
    Habitat is counted in cells of each species' suitability from its threshold on.

    Parameters
    ----------
    project : Project
        With the scenarios.
    pack : DataPack
        Outlines of the countries.
    scenario_ids : sequence of str
        One to `MOST_SCENARIOS` of them, in the order of the columns.
    control : Control
        Told how much is done; may cancel.

    Raises
    ------
    UsageError
        None or too many are given, one stands twice, or there is no such scenario.
    ProjectError, LayerReadError
        The project or one of its rasters cannot be read.
    """
    if not 1 <= len(scenario_ids) <= MOST_SCENARIOS or len(set(scenario_ids)) < len(
        scenario_ids
    ):
        raise UsageError(
            f"From 1 to {MOST_SCENARIOS} different scenarios can stand side by side; "
            f"{len(scenario_ids)} were chosen."
        )
    scenarios = tuple(scenario_named(project, name) for name in scenario_ids)
    columns: list[Measured] = []
    ground = survey(project, pack)
    for done, name in enumerate(scenario_ids, start=1):
        columns.append(
            {
                **_proposals(project.records("proposals", scenario=name)),
                **land_measures(project, ground, name),
                **_corridors(project, name),
                **_indicators(project, name),
            }
        )
        control.report(done / len(scenario_ids))
    keys = {key: None for column in columns for key in column}  # in order, each once
    lines = [Line(*key, tuple(column.get(key) for column in columns)) for key in keys]
    order = [*lines]
    in_order = sorted(lines, key=lambda line: _place_of(line, order))
    return Comparison(scenarios, tuple(in_order), ground.notices)


def _place_of(line: Line, order: list[Line]) -> tuple[int, int, bool, str]:
    """Sort by group, by what is measured, the region before its countries."""
    like = ((item.title, item.unit, item.species) for item in order)
    first = next(i for i, item in enumerate(like) if item == _about(line))
    return GROUPS.index(line.group), first, line.place != REGION, line.place


def _about(line: Line) -> tuple[str, str, str]:
    return line.title, line.unit, line.species


def _proposals(rows: Sequence[Record]) -> Measured:
    found: Measured = {(PROPOSALS, NUMBER_OF_PROPOSALS, "", REGION, ""): float(len(rows))}
    for status, title in STATUSES.items():
        count = sum(row["status"] == status for row in rows)
        found[(PROPOSALS, title, "", REGION, "")] = float(count)
    costs: dict[str, float] = {}
    for row in rows:
        parts = row["area_by_country"]
        for code, part in parts.items() if isinstance(parts, dict) else ():
            if row["status"] != "rejected" and isinstance(part, dict) and "cost" in part:
                costs[str(code)] = costs.get(str(code), 0.0) + number(part["cost"])
    return found | _by_country(PROPOSALS, RECORDED_COST, "", costs)


def _corridors(project: Project, scenario: str) -> Measured:
    paths = project.records("corridors", scenario=scenario, kind="path")
    narrow = project.records("bottlenecks", scenario=scenario, kind="bottleneck")
    widening = project.records("bottlenecks", scenario=scenario, kind="widening")
    widths = _known(paths, "min_width_m")
    found: Measured = {
        (CORRIDORS, NUMBER_OF_CORRIDORS, "", REGION, ""): float(len(paths)),
        (CORRIDORS, NARROW_STRETCHES, "", REGION, ""): float(len(narrow)),
    }
    if paths:
        found[(CORRIDORS, LENGTH, "km", REGION, "")] = sum(_known(paths, "length_km"))
    if widths:
        found[(CORRIDORS, NARROWEST, "m", REGION, "")] = min(widths)
    land: dict[str, float] = {}
    cost: dict[str, float] = {}
    for row in widening:
        code = str(row["country"] or "")
        land[code] = land.get(code, 0.0) + number(row["area_to_add_km2"])
        cost[code] = cost.get(code, 0.0) + number(attribute(row, "cost"))
    return (
        found
        | _by_country(CORRIDORS, LAND_TO_WIDEN, "km2", land)
        | _by_country(CORRIDORS, COST_TO_WIDEN, "", cost)
    )


def _indicators(project: Project, scenario: str) -> Measured:
    return {
        (
            INDICATORS,
            str(row["indicator"]),
            str(row["unit"] or ""),
            _place(row["country"]),
            str(row["species"] or ""),
        ): number(row["value"])
        for row in project.records("indicators", scenario=scenario, stage="after")
        if row["value"] is not None
    }


def _place(country: object) -> str:
    return str(country) if country and country != "ALL" else REGION


def _by_country(group: str, title: str, unit: str, values: dict[str, float]) -> Measured:
    """Return a number of each country, and their sum as that of the region."""
    if not values:
        return {}
    parts: Measured = {
        (group, title, unit, code, ""): value for code, value in values.items() if code
    }
    return {(group, title, unit, REGION, ""): sum(values.values()), **parts}


def _known(rows: Iterable[Record], column: str) -> list[float]:
    return [number(row[column]) for row in rows if row[column] is not None]
