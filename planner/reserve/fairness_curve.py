"""The price of fairness of a run: what it costs to share more evenly."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from algorithms.control import NULL_CONTROL, PartControl
from algorithms.reserve.fairness import fairness_curve
from algorithms.reserve.series import NOBODY_AT_ALL
from planner.files import write_csv
from planner.reserve.finding_files import (
    Finding,
    forget_solutions,
    read_finding,
    write_finding,
)
from planner.reserve.found import effort_of
from planner.reserve.ground import GROUND, load_ground
from planner.reserve.ledger import compute_ledger
from planner.reserve.run_folder import BEST
from planner.reserve.stored_solution import finite
from resources.translation import filled, mark

if TYPE_CHECKING:
    from algorithms.control import Control
    from algorithms.reserve.fairness import FairnessCurve, FairPoint
    from algorithms.reserve.series import Effort, SeriesWatcher
    from planner.reserve.run_folder import ReserveRun

FILE = "fairness.json"
TABLE = "fairness.csv"
PREFIX = "fair-"
"""How the names of the curve's solutions begin."""
DEFAULT_POINTS = 5


class CountryPortion(Finding):
    """A country's share of what is shared out, and the share that would be just."""

    iso3: str
    share: float | None
    entitlement: float


class FairnessPoint(Finding):
    """One point of the curve.

    Attributes
    ----------
    solution : str
        Name of the solution; it can be opened.
    level : float
        Evenness that was asked for at least.
    evenness : float or None
        Least share of a country, divided by the share it is entitled to: 1 is wholly
        even, 0 gives one country no part. None where nothing is shared out.
    gini : float or None
        Gini coefficient of the shares, weighted by what would be just: 0 is wholly even.
    portions : tuple of CountryPortion
        Share by share.
    cost : float
        Cost of the solution.
    value : float
        Value of its objective; the cost with the penalty on its boundary, for example.
    value_lower, value_upper : float or None
        The best value at this level lies between them, proved.
    price : float or None
        Price of fairness: how much more the solution takes than the best without shares, as a
        share of that.
    price_lower, price_upper : float or None
        The true price lies between them, proved.
    """

    solution: str
    level: float
    evenness: float | None
    gini: float | None
    portions: tuple[CountryPortion, ...]
    cost: float
    value: float
    value_lower: float | None
    value_upper: float | None
    price: float | None
    price_lower: float | None
    price_upper: float | None


class Fairness(Finding):
    """The curve.

    Attributes
    ----------
    share_of : str
        What is shared out: ``area``, ``cost`` or ``gain``.
    points : tuple of FairnessPoint
        From the solution that asks for no evenness to the fairest.
    fairest_level, fairest_bound : float or None
        The greatest evenness reached, and what no selection exceeds, proved.
    notes : tuple of str
        What a reader must know.
    """

    share_of: str
    points: tuple[FairnessPoint, ...]
    fairest_level: float | None
    fairest_bound: float | None
    notes: tuple[str, ...]


def read_fairness(run: ReserveRun) -> Fairness | None:
    """Return the price-of-fairness curve of a run, or None where it has not been computed.

    Raises
    ------
    ReserveRunError
        Its file was altered.
    """
    return read_finding(run.file(FILE), Fairness)


def compute_fairness(
    run: ReserveRun,
    points: int = DEFAULT_POINTS,
    *,
    effort: Effort | None = None,
    control: Control = NULL_CONTROL,
    watcher: SeriesWatcher = NOBODY_AT_ALL,
) -> Fairness:
    """Compute the price-of-fairness curve of a run and keep it, each point as a solution.

    Parameters
    ----------
    run : ReserveRun
        A run with a best solution.
    points : int
        Points wanted, >= 2.
    effort : Effort, optional
        What all solves together may use; for each point as much as the run's own search by
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
    InfeasibleProblemError
        No selection meets what is asked.
    """
    problem = run.problem()
    curve = fairness_curve(
        problem,
        points,
        first=run.solution(BEST).solution(),
        effort=effort or effort_of(run, points),
        control=PartControl(control, 0.0, 0.9),
        watcher=watcher,
    )
    forget_solutions(run, PREFIX)
    found = Fairness(
        share_of=problem.share_of,
        points=tuple(
            _point(run, f"{PREFIX}{number}", point, curve)
            for number, point in enumerate(curve.points, 1)
        ),
        fairest_level=finite(curve.fairest_level),
        fairest_bound=finite(curve.fairest_bound),
        notes=tuple(curve.notes),
    )
    write_finding(run.file(FILE), found)
    _write_table(run, found)
    if run.file(GROUND).is_file():
        ground = load_ground(run.folder)
        for number, point in enumerate(found.points):
            control.report(0.9 + 0.1 * number / len(found.points))
            compute_ledger(run, point.solution, ground)
    control.report(1.0)
    return found


def _point(run: ReserveRun, name: str, point: FairPoint, curve: FairnessCurve) -> FairnessPoint:
    evenness = finite(point.evenness)
    label = (
        mark("Fair sharing, nothing shared out")
        if evenness is None
        else filled("Fair sharing, evenness {evenness}", evenness=f"{evenness:.2f}")
    )
    run.save_solution(
        name,
        point.solution,
        label=label,
        kind="fair",
        parameters={"level": float(point.level)},
    )
    return FairnessPoint(
        solution=name,
        level=float(point.level),
        evenness=evenness,
        gini=finite(point.gini),
        portions=tuple(
            CountryPortion(
                iso3=run.country_names[code],
                share=finite(float(share)),
                entitlement=float(curve.entitlement[place]),
            )
            for place, (code, share) in enumerate(
                zip(curve.code.tolist(), point.share.tolist(), strict=True)
            )
        ),
        cost=float(point.solution.cost),
        value=float(point.solution.objective),
        value_lower=finite(point.lower),
        value_upper=finite(point.upper),
        price=finite(point.price),
        price_lower=finite(point.price_lower),
        price_upper=finite(point.price_upper),
    )


def _write_table(run: ReserveRun, found: Fairness) -> None:
    countries = [portion.iso3 for portion in found.points[0].portions] if found.points else []
    headers = (
        "solution", "level", "evenness", "gini", "cost", "value", "value_lower", "value_upper",
        "price", "price_lower", "price_upper", *(f"share_{iso3}" for iso3 in countries),
    )  # fmt: skip
    rows = [
        (
            point.solution,
            *(
                _cell(value)
                for value in (
                    point.level, point.evenness, point.gini, point.cost, point.value,
                    point.value_lower, point.value_upper, point.price, point.price_lower,
                    point.price_upper, *(portion.share for portion in point.portions),
                )
            ),
        )
        for point in found.points
    ]  # fmt: skip
    write_csv(run.file(TABLE), headers, rows)


def _cell(value: float | None) -> object:
    return "" if value is None or math.isnan(value) else round(value, 6)
