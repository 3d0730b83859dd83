"""What changes in a run if one country withdraws."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import NULL_CONTROL, PartControl
from algorithms.reserve.series import NOBODY_AT_ALL
from algorithms.reserve.withdrawal import Leaving, withdraw
from planner.reserve.finding_files import Finding, read_finding, write_finding
from planner.reserve.found import effort_of
from planner.reserve.ground import GROUND, outside_km2
from planner.reserve.ledger import compute_ledger
from planner.reserve.run_folder import BEST
from planner.reserve.stored_solution import finite
from resources.errors import UsageError
from resources.translation import filled

if TYPE_CHECKING:
    from pathlib import Path

    from algorithms.arrays import BoolArray
    from algorithms.control import Control
    from algorithms.reserve.series import Effort, SeriesWatcher
    from algorithms.reserve.withdrawal import Withdrawal
    from planner.reserve.run_folder import ReserveRun

FOLDER = "withdrawal"
PREFIX = "without-"
"""How the names of solutions without a country begin."""


class LostTarget(Finding):
    """A target that cannot be held any more.

    Attributes
    ----------
    feature : str
        Which.
    target, most : float
        What was asked, and the most that the others can hold; in the unit of the feature.
    kept : float
        What is asked of them in its place: what they held of it before.
    unit : str
        Unit of the feature.
    """

    feature: str
    target: float
    most: float
    kept: float
    unit: str = ""


class CountryBeforeAfter(Finding):
    """What a country adds before and after; existing sites left out, the gain apart.

    Attributes
    ----------
    iso3 : str
        ISO 3166-1 alpha-3.
    area_before_km2, area_after_km2 : float
        New land outside existing sites.
    cost_before, cost_after : float
        Its cost.
    gain_before, gain_after : float
        What the country's land holds of all targets, existing sites included; 1 is one whole
        target.
    """

    iso3: str
    area_before_km2: float
    area_after_km2: float
    cost_before: float
    cost_after: float
    gain_before: float
    gain_after: float


class WithdrawalFound(Finding):
    """What changes if a country withdraws.

    Attributes
    ----------
    iso3 : str
        Who withdraws.
    keeps_existing : bool
        Whether its existing sites go on to count.
    solution : str
        Name of what the others can do; empty where there is nothing, or nothing was found.
    refusal : str
        Why there is nothing they can do; empty where there is.
    lost : tuple of LostTarget
        Targets out of reach.
    missed : tuple of str
        Features whose targets were held before and are not held after.
    cost_before, cost_after : float or None
        Cost of the two solutions.
    rise : float or None
        By how much the objective is worse, as found.
    rise_lower, rise_upper : float or None
        It is worse by an amount between them, proved; None: without limit.
    countries : tuple of CountryBeforeAfter
        Who gives how much, by the two solutions.
    notes : tuple of str
        What a reader must know.
    """

    iso3: str
    keeps_existing: bool
    solution: str
    refusal: str
    lost: tuple[LostTarget, ...]
    missed: tuple[str, ...]
    cost_before: float
    cost_after: float | None
    rise: float | None
    rise_lower: float | None
    rise_upper: float | None
    countries: tuple[CountryBeforeAfter, ...]
    notes: tuple[str, ...]


def read_withdrawal(run: ReserveRun, iso3: str) -> WithdrawalFound | None:
    """Return what changes without a country, or None where that has not been computed.

    Raises
    ------
    ReserveRunError
        Its file was altered.
    """
    return read_finding(_path(run, iso3), WithdrawalFound)


def read_withdrawals(run: ReserveRun) -> tuple[WithdrawalFound, ...]:
    """Return what has been computed of withdrawals, by country.

    Raises
    ------
    ReserveRunError
        A file was altered.
    """
    names = sorted(path.stem for path in run.file(FOLDER).glob("*.json"))
    found = (read_withdrawal(run, name) for name in names)
    return tuple(item for item in found if item is not None)


def _path(run: ReserveRun, iso3: str) -> Path:
    return run.file(f"{FOLDER}/{iso3}.json")


def compute_withdrawal(
    run: ReserveRun,
    iso3: str,
    *,
    keeps_existing: bool = True,
    effort: Effort | None = None,
    control: Control = NULL_CONTROL,
    watcher: SeriesWatcher = NOBODY_AT_ALL,
) -> WithdrawalFound:
    """Find what the others can do if a country withdraws, and keep it with the run.

    Parameters
    ----------
    run : ReserveRun
        A run with a best solution.
    iso3 : str
        Who withdraws: ISO 3166-1 alpha-3.
    keeps_existing : bool
        Whether its existing sites go on to count.
    effort : Effort, optional
        What the solve may use; as much as the run's own search by default.
    control : Control
        Told the progress; may cancel.
    watcher : SeriesWatcher
        Told how the solve goes; may end it.

    Raises
    ------
    UsageError
        The run has no land in that country, or no best solution.
    ReserveRunError
        A file of the run is missing or was altered.
    """
    here = set(run.units["country"].tolist())
    if iso3 not in here:
        raise UsageError(
            f"The run {run.run_id} has no land in {iso3!r}, so it cannot withdraw. Countries: "
            f"{', '.join(sorted(here))}."
        )
    stored = run.solution(BEST)
    result = withdraw(
        run.problem(),
        stored.solution(),
        Leaving(run.country_names.index(iso3), keeps_existing),
        effort=effort or effort_of(run, 1.0),
        control=PartControl(control, 0.0, 0.9),
        watcher=watcher,
    )
    name = ""
    if result.after is not None:
        name = f"{PREFIX}{iso3}"
        run.save_solution(
            name,
            result.after,
            label=filled("Without {country}", country=iso3),
            kind="withdrawn",
            parameters={"without": iso3, "keeps_existing": keeps_existing},
        )
    found = WithdrawalFound(
        iso3=iso3,
        keeps_existing=keeps_existing,
        solution=name,
        refusal=result.refusal,
        lost=_lost(run, result),
        missed=tuple(
            feature
            for feature, missed in zip(run.problem().names(), result.missed, strict=True)
            if missed
        ),
        cost_before=stored.cost,
        cost_after=None if result.after is None else float(result.after.cost),
        rise=None if math.isnan(result.rise) else finite(result.rise),
        rise_lower=finite(result.rise_lower),
        rise_upper=finite(result.rise_upper),
        countries=_countries(run, stored.mask(), result),
        notes=tuple(result.notes),
    )
    write_finding(_path(run, iso3), found)
    if name and run.file(GROUND).is_file():
        compute_ledger(run, name)
    control.report(1.0)
    return found


def _lost(run: ReserveRun, result: Withdrawal) -> tuple[LostTarget, ...]:
    names, lost = run.problem().names(), result.lost
    units = {row.name: row.unit for row in run.features()}
    return tuple(
        LostTarget(
            feature=names[feature],
            target=float(lost.target[row]),
            most=float(lost.most[row]),
            kept=float(lost.kept[row]),
            unit=units.get(names[feature], ""),
        )
        for row, feature in enumerate(lost.feature.tolist())
    )


def _countries(
    run: ReserveRun, before: BoolArray, result: Withdrawal
) -> tuple[CountryBeforeAfter, ...]:
    change = result.countries
    if change is None or result.after is None:
        return ()
    units = run.units
    new = ~units["existing"].to_numpy(dtype=np.bool_)
    outside = outside_km2(run)
    country = units["country"].to_numpy()
    rows = []
    for row, code in enumerate(change.code.tolist()):
        iso3 = run.country_names[code]
        here = new & (country == iso3)
        rows.append(
            CountryBeforeAfter(
                iso3=iso3,
                area_before_km2=float(outside[before & here].sum()),
                area_after_km2=float(outside[result.after.selected & here].sum()),
                cost_before=float(change.cost_before[row]),
                cost_after=float(change.cost_after[row]),
                gain_before=float(change.gain_before[row]),
                gain_after=float(change.gain_after[row]),
            )
        )
    return tuple(rows)
