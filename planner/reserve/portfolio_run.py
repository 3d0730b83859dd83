"""Several good solutions of a run that differ, and the units that every good one has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import NULL_CONTROL
from algorithms.reserve.portfolio import PortfolioRule, portfolio
from algorithms.reserve.series import NOBODY_AT_ALL
from planner.files import write_csv
from planner.reserve.finding_files import (
    Finding,
    forget_solutions,
    read_finding,
    write_finding,
)
from planner.reserve.found import effort_of
from planner.reserve.ground import outside_km2
from planner.reserve.ledger import ALL
from planner.reserve.map_file import write_frequency
from planner.reserve.run_folder import BEST
from planner.reserve.stored_solution import finite
from resources.translation import filled

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray
    from algorithms.control import Control
    from algorithms.reserve.portfolio import Portfolio
    from algorithms.reserve.series import Effort, SeriesWatcher
    from planner.reserve.run_folder import ReserveRun

__all__ = [
    "FILE",
    "PREFIX",
    "TABLE",
    "Member",
    "NoRegret",
    "PortfolioFound",
    "PortfolioRule",
    "compute_portfolio",
    "read_portfolio",
]

FILE = "portfolio.json"
TABLE = "portfolio.csv"
PREFIX = "portfolio-"
"""How the names of the portfolio's solutions begin."""


class Member(Finding):
    """One solution of a portfolio.

    Attributes
    ----------
    solution : str
        Its name; it can be opened.
    cost, value : float
        Cost, and value of the objective.
    excess : float or None
        How much worse it is than the best found, as a share of that.
    excess_bound : float or None
        Proved: how much worse than the best possible at most.
    distance : tuple of float
        Jaccard distance from every member, itself included.
    """

    solution: str
    cost: float
    value: float
    excess: float | None
    excess_bound: float | None
    distance: tuple[float, ...]


class NoRegret(Finding):
    """What every good selection has in one country, or in all.

    Attributes
    ----------
    iso3 : str
        ISO 3166-1 alpha-3, or ``ALL``.
    proved, found : int
        Units of which that is proved, and further ones that every selection seen has.
    proved_km2, found_km2 : float
        Their area outside existing sites.
    proved_cost, found_cost : float
        Their cost.
    """

    iso3: str
    proved: int
    found: int
    proved_km2: float
    found_km2: float
    proved_cost: float
    found_cost: float


class PortfolioFound(Finding):
    """A portfolio.

    Attributes
    ----------
    count : int
        Solutions wanted.
    within : float
        How much worse than the best one found they may be.
    distance : float
        How different any two of them are at least.
    limit : float
        Value of the objective that none is worse than.
    members : tuple of Member
        In the order found: the run's best solution first, unless others were found that put
        it beyond the limit.
    frequency : tuple of float
        Share of the members that have each unit.
    no_regret : tuple of int
        Units that every selection within the limit is proved to have; existing ones left out.
    in_every_found : tuple of int
        Units that every selection seen within the limit has; the proved ones among them.
    by_country : tuple of NoRegret
        The same summed up.
    exhausted : bool
        Whether it is proved that there is no further solution so different and so good.
    complete : bool
        Whether the analysis ended by itself.
    notes : tuple of str
        What a reader must know.
    """

    count: int
    within: float
    distance: float
    limit: float
    members: tuple[Member, ...]
    frequency: tuple[float, ...]
    no_regret: tuple[int, ...]
    in_every_found: tuple[int, ...]
    by_country: tuple[NoRegret, ...]
    exhausted: bool
    complete: bool
    notes: tuple[str, ...]


def read_portfolio(run: ReserveRun) -> PortfolioFound | None:
    """Return the portfolio of a run, or None where none has been computed.

    Raises
    ------
    ReserveRunError
        Its file was altered.
    """
    return read_finding(run.file(FILE), PortfolioFound)


def compute_portfolio(
    run: ReserveRun,
    rule: PortfolioRule,
    *,
    effort: Effort | None = None,
    control: Control = NULL_CONTROL,
    watcher: SeriesWatcher = NOBODY_AT_ALL,
) -> PortfolioFound:
    """Find a portfolio of a run and keep it, each member as a solution.

    Parameters
    ----------
    run : ReserveRun
        A run with a best solution; the portfolio starts from it.
    rule : PortfolioRule
        How many, how good and how different.
    effort : Effort, optional
        What all solves together may use; for each member as much as the run's own search by
        default.
    control : Control
        Told the progress; may cancel.
    watcher : SeriesWatcher
        Told how each solve goes; may end the analysis.

    Raises
    ------
    UsageError
        The run has no best solution.
    ReserveRunError
        A file of the run is missing or was altered.
    """
    result = portfolio(
        run.problem(),
        rule,
        first=run.solution(BEST).solution(),
        effort=effort or effort_of(run, rule.count),
        control=control,
        watcher=watcher,
    )
    forget_solutions(run, PREFIX)
    proved, seen = result.no_regret, result.in_every_found | result.no_regret
    found = PortfolioFound(
        count=rule.count,
        within=rule.within,
        distance=rule.distance,
        limit=float(result.limit),
        members=_members(run, result),
        frequency=tuple(float(share) for share in result.frequency),
        no_regret=_numbers(proved),
        in_every_found=_numbers(seen),
        by_country=_by_country(run, proved, seen & ~proved),
        exhausted=result.exhausted,
        complete=result.complete,
        notes=tuple(result.notes),
    )
    write_finding(run.file(FILE), found)
    _write_table(run, result)
    write_frequency(run, result.frequency, proved)
    return found


def _members(run: ReserveRun, result: Portfolio) -> tuple[Member, ...]:
    members = []
    for number, solution in enumerate(result.members):
        name = f"{PREFIX}{number + 1}"
        excess = finite(float(result.excess[number]))
        label = (
            filled("Portfolio {number}", number=number + 1)
            if excess is None
            else filled(
                "Portfolio {number}, {excess} % above the best found",
                number=number + 1,
                excess=f"{100 * excess:.1f}",
            )
        )
        run.save_solution(name, solution, label=label, kind="portfolio")
        members.append(
            Member(
                solution=name,
                cost=float(solution.cost),
                value=float(solution.objective),
                excess=excess,
                excess_bound=finite(float(result.excess_bound[number])),
                distance=tuple(float(value) for value in result.distance[number]),
            )
        )
    return tuple(members)


def _by_country(run: ReserveRun, proved: BoolArray, found: BoolArray) -> tuple[NoRegret, ...]:
    units = run.units
    country = units["country"].to_numpy()
    outside = outside_km2(run)
    cost = run.problem().cost
    rows = []
    for iso3 in (*sorted(set(country.tolist())), ALL):
        here = np.ones(country.size, dtype=np.bool_) if iso3 == ALL else country == iso3
        rows.append(
            NoRegret(
                iso3=str(iso3),
                proved=int((proved & here).sum()),
                found=int((found & here).sum()),
                proved_km2=float(outside[proved & here].sum()),
                found_km2=float(outside[found & here].sum()),
                proved_cost=float(cost[proved & here].sum()),
                found_cost=float(cost[found & here].sum()),
            )
        )
    return tuple(rows)


def _write_table(run: ReserveRun, result: Portfolio) -> None:
    """Write a row for each unit that a member has, or that is needed."""
    units = run.units
    shown = np.flatnonzero((result.frequency > 0) | result.no_regret)
    headers = (
        "unit_id", "country", "area_km2", "cost", "existing", "frequency", "no_regret",
        "value_without_lower", "value_without_best",
    )  # fmt: skip
    rows = [
        (
            units["unit_id"].iloc[unit],
            units["country"].iloc[unit],
            round(float(units["area_km2"].iloc[unit]), 3),
            round(float(run.problem().cost[unit]), 4),
            "yes" if units["existing"].iloc[unit] else "no",
            round(float(result.frequency[unit]), 4),
            _verdict(result, unit),
            _shown(float(result.needed.lower[unit])),
            _shown(float(result.needed.upper[unit])),
        )
        for unit in shown.tolist()
    ]
    write_csv(run.file(TABLE), headers, rows)


def _verdict(result: Portfolio, unit: int) -> str:
    if result.no_regret[unit]:
        return "proved"
    return "in every one found" if result.in_every_found[unit] else "no"


def _shown(value: float) -> object:
    if np.isnan(value):
        return ""
    return "none" if np.isinf(value) else round(value, 4)


def _numbers(mask: BoolArray) -> tuple[int, ...]:
    return tuple(np.flatnonzero(mask).tolist())
