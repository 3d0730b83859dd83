"""What less money buys: widenings between none and all, each the best for its cost."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.cost_distance import cell_sides
from algorithms.connectivity.threads import in_threads
from algorithms.control import NULL_CONTROL, PartControl
from algorithms.corridors.potential import potential_bound
from algorithms.corridors.wide_path import Ground, widest_way
from algorithms.corridors.widening import (
    InfeasibleWidthError,
    Widening,
    check_widening,
    exceeds_grid,
    infeasible_width,
    widening_along,
)
from algorithms.corridors.width_bound import BoundGround

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.control import Control
    from algorithms.corridors.wide_path import WideWay

MOST_BOUNDS = 4
"""Prices at which a bound is sought."""
MOST_LEVELS = 5
"""Widths between a cell and the one asked for that a variant may have in places."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One widening, perhaps narrower than asked for in places, and how good it can be.

    Attributes
    ----------
    widening : Widening
        The corridor; its verified width is that of its own throat.
    cost : float
        Union cost, what it adds.
    shortfall_m2 : float
        What its disc lacks of the width, summed along its way, in m²; 0 where it is as wide as
        asked for everywhere. Free land beside the disc may make the corridor wider than that.
    narrowest_m : float
        Least diameter of the disc on its way.
    least_shortfall_m2 : float
        Proven: no widening that costs this much or less has a smaller shortfall.
    """

    widening: Widening
    cost: float
    shortfall_m2: float
    narrowest_m: float
    least_shortfall_m2: float


def widening_variants(  # noqa: PLR0913 - as for `widen`
    cost: FloatArray,
    core_a: BoolArray,
    core_b: BoolArray,
    *,
    width_m: float,
    cell_size: float | tuple[float, float],
    most: int = 8,
    control: Control = NULL_CONTROL,
) -> tuple[Variant, ...]:
    """Find widenings that no other beats in both cost and shortfall of width.

    The disc of `widen` may shrink on its way, down to a cell, and pays a price for each square
    metre that it then lacks. Each price gives a supported Pareto point of arc cost and
    shortfall; the prices tried are the slopes between points already found, as in the search
    of a convex hull, until it has no corner left or there are `most` points. The bound comes
    from a potential no steeper than the price (see `algorithms.corridors.potential`), and holds
    for the union cost.

    Parameters
    ----------
    cost, core_a, core_b, width_m, cell_size
        As for `widen`.
    most : int
        How many points at most, >= 2.
    control : Control
        Told the progress; may cancel.

    Returns
    -------
    tuple of Variant
        The cheapest first; the last is as wide as asked for wherever the exclusions allow.

    Raises
    ------
    InfeasibleWidthError, WidthBelowCellError, ValueError
        As for `widen`; the first only where not even a cell's width passes.

    References
    ----------
    Aneja, Y. P. & Nair, K. P. K. (1979). Bicriteria transportation problem. Management Science
    25, 73-78.
    """
    sides = cell_sides(cell_size)
    check_widening(cost, core_a, core_b, width_m, sides)
    if most < 2:
        raise ValueError(f"two points at least are needed, got most={most}")
    usable = np.isfinite(cost)
    cores = (core_a & usable, core_b & usable)
    if not (cores[0].any() and cores[1].any()):
        raise InfeasibleWidthError(width_m, None)
    if exceeds_grid(width_m, cost.shape, sides):
        raise infeasible_width(usable, cores, width_m, sides)
    search = _PriceSearch(cost, cores, _widths(width_m, sides), sides)
    points = search.hull(most, PartControl(control, 0.0, 0.7))
    if not points:
        raise infeasible_width(usable, cores, width_m, sides)
    bounds = search.bounds(points, PartControl(control, 0.7, 1.0))
    control.report(1.0)
    return tuple(_undominated([search.variant(point, bounds) for point in points]))


def _undominated(variants: list[Variant]) -> list[Variant]:
    """Keep what no other variant beats, the cheapest first."""
    kept: list[Variant] = []
    for variant in sorted(variants, key=lambda v: (v.cost, v.shortfall_m2)):
        if not kept or variant.shortfall_m2 < kept[-1].shortfall_m2:
            kept.append(variant)
    return kept


def _widths(width_m: float, sides: tuple[float, float]) -> FloatArray:
    """Return the widths that the disc may have, from a cell to the one asked for."""
    narrowest = max(sides)
    count = min(MOST_LEVELS, 1 + int(np.floor((width_m - narrowest) / (min(sides) / 2))))
    return np.linspace(narrowest, width_m, count) if count > 1 else np.array([width_m])


@dataclass(frozen=True, slots=True)
class _Point:
    """A way that is best at some price."""

    way: WideWay
    arc_cost: float
    shortfall_m2: float
    narrowest_m: float


class _PriceSearch:
    """Finds the best way for each price of lacking width, on one ground."""

    def __init__(
        self,
        cost: FloatArray,
        cores: tuple[BoolArray, BoolArray],
        widths: FloatArray,
        sides: tuple[float, float],
    ) -> None:
        self._cores = cores
        self._widths = widths
        self._lack = widths[-1] - widths
        self._ground = Ground.of(cost, cores, tuple(widths / 2), sides)
        self._prices: list[float] = []

    def hull(self, most: int, control: Control) -> list[_Point]:
        """Return the corners of the hull of cost and shortfall, the cheapest first."""
        start = PartControl(control, 0.0, 0.0)
        ends = [self._at(price, start) for price in self._price_range()]
        if ends[0] is None or ends[1] is None:
            return []
        points = [ends[0], ends[1]]
        open_pairs = [(ends[0], ends[1])]
        while open_pairs and len(points) < most:
            share = min(1.0, len(self._prices) / (2 * most))
            cheap, wide = open_pairs.pop(int(np.argmax([_between(*p) for p in open_pairs])))
            if _between(cheap, wide) <= 0:
                break
            price = (wide.arc_cost - cheap.arc_cost) / (cheap.shortfall_m2 - wide.shortfall_m2)
            between = self._at(price, PartControl(control, share, share))
            value = cheap.arc_cost + price * cheap.shortfall_m2
            if between is None or _value(between, price) >= value * (1 - 1e-6):
                continue
            points.append(between)
            open_pairs += [(cheap, between), (between, wide)]
        return sorted(points, key=lambda point: point.arc_cost)

    def bounds(self, points: Sequence[_Point], control: Control) -> list[tuple[float, float]]:
        """Return some prices with a lower bound of cost plus price times shortfall."""
        land = BoundGround.of(self._ground, self._cores)
        tried = sorted(
            self._prices[2:]
        )  # the first two are the ends, where nothing can be proven
        places = np.linspace(0, len(tried) - 1, min(MOST_BOUNDS, len(tried))).astype(int)
        prices = [tried[place] for place in np.unique(places)]
        known = [min(_value(point, price) for point in points) for price in prices]
        tasks = [partial(self._bound, land, *pair) for pair in zip(prices, known, strict=True)]
        return [(prices[at], value) for at, value in in_threads(tasks, control)]

    def variant(self, point: _Point, bounds: Sequence[tuple[float, float]]) -> Variant:
        """Describe a point; the bound is the best that any price proves for its cost."""
        widening = widening_along(point.way, self._ground, self._cores)
        cost = widening.union_cost
        least = max(((value - cost) / price for price, value in bounds), default=0.0)
        return Variant(
            widening,
            cost,
            point.shortfall_m2,
            point.narrowest_m,
            min(max(0.0, least), point.shortfall_m2),
        )

    def _price_range(self) -> tuple[float, float]:
        """Return a price that spares no cell, and one that spares no width that can be had."""
        positive = self._ground.cost[self._ground.cost > 0]
        least, total = (positive.min(), positive.sum()) if positive.size > 0 else (1.0, 1.0)
        (rows, columns), (dy, dx) = self._ground.cost.shape, self._ground.sides
        far = 4 * (rows * dy + columns * dx)
        lack = self._lack[self._lack > 0].min(initial=self._widths[-1])
        gentle = least / (self._widths[-1] * far)
        return float(gentle), float(4 * total / (lack * min(dy, dx)))

    def _at(self, price: float, control: Control) -> _Point | None:
        self._prices.append(price)
        way = widest_way(self._ground, price * self._lack, control)
        if way is None:
            return None
        dy, dx = (side / 2 for side in self._ground.sides)
        length = np.hypot(np.diff(way.i) * dy, np.diff(way.j) * dx)
        level = way.level[
            1:
        ]  # a step is charged at the radius it is made with, that of its end
        shortfall = float((self._lack[level] * length).sum())
        # Where the disc only grows on the spot it passes through nothing.
        least = level[length > 0].min(initial=int(way.level.max()))
        return _Point(way, way.arc_cost, shortfall, float(self._widths[least]))

    def _bound(self, land: BoundGround, price: float, known: float, control: Control) -> float:
        """Bound the cost of any way plus the price of what it lacks.

        Where the potential is no steeper than the price, a level line that is too short, as the
        disc has shrunk there, loses no more of the bound than the price of what is lacking.
        """
        return potential_bound(
            land.price,
            land.ends,
            land.width_m,
            sides=self._ground.sides,
            good_enough=known,
            steepest=price,
            control=control,
        )


def _between(cheap: _Point, wide: _Point) -> float:
    """Return the room that two points leave for one between them, in both measures."""
    saved, paid = cheap.shortfall_m2 - wide.shortfall_m2, wide.arc_cost - cheap.arc_cost
    return max(0.0, saved) * max(0.0, paid)


def _value(point: _Point, price: float) -> float:
    return point.arc_cost + price * point.shortfall_m2
