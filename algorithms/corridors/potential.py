"""What a corridor of a given width costs at least: a bound that no search can beat.

Take any potential that is 0 on one core and V on the other. Each of its level lines cuts the
corridor. Where the line meets the way of the disc's centre it leads on, to both sides, to the
edge of the disc: within the corridor it is at least as long as the disc is wide, W. By the
coarea formula the slope of the potential, summed over the corridor, is then at least W V. Land
that costs c per area pays for a slope of c; what the slope exceeds c by, summed over all land
that the disc can reach, is lost. So the corridor costs at least

    W V - sum of max(0, slope - c)

for any potential whatever. The best potential is sought by a primal-dual method, whose dual is
a flow of W between the cores, no denser than 1, that pays c for each area it runs through
(continuous maximum flow and minimum cut). The bound is computed from the potential itself and
so holds wherever the search for it ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import ndimage

from algorithms.compiled import compiled
from algorithms.connectivity.cost_distance import cost_distance
from algorithms.control import NULL_CONTROL, PartControl

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.control import Control

ROUNDS_PER_LOOK = 50
MOST_LOOKS = 24
LOOKS_TO_SETTLE = 4
SETTLED = 0.003
"""The search ends where so many looks improved the bound by less than this share."""
COARSEST = 24
"""Cells along the shorter side of the coarsest grid, at least."""
BALANCES = (0.7, 2.0, 6.0)
"""Steps of the flow beside those of the potential, in the units that the land suggests; the one
that serves best on the coarsest grid is kept."""
TINY = 1e-300
ROUNDING = 1e-9
"""Relative; the bound is lowered by so much, as sums are rounded."""


class _Field(NamedTuple):
    """Potential on the corners of cells, flow in the triangles between them."""

    price: FloatArray  # (rows, columns) cost per area; inf where no disc ever comes
    low: BoolArray  # corners of the first end, held at 0
    high: BoolArray  # corners of the second end, held together
    potential: FloatArray  # (rows + 1, columns + 1)
    lead: FloatArray  # (rows + 1, columns + 1) potential as extrapolated
    flow: FloatArray  # (2, 2, rows, columns) across and down, in either triangle of each cell
    balance: float  # step of the flow beside that of the potential, in the land's units
    step_ratio: float  # the same in the units of flow and potential
    high_weight: float  # how many steps of the flow bear on the high end


def potential_bound(  # noqa: PLR0913 - one problem, whose parts do not belong together
    price: FloatArray,
    ends: tuple[BoolArray, BoolArray],
    width_m: float,
    *,
    sides: tuple[float, float],
    good_enough: float = np.inf,
    steepest: float = np.inf,
    control: Control = NULL_CONTROL,
) -> float:
    """Bound the cost of every corridor of a width between two ends.

    Parameters
    ----------
    price : (rows, columns) float64
        Cost per square metre, >= 0; inf where no disc ever comes.
    ends : two (rows, columns) bool
        Cells in which the corridor begins and ends, for nothing; at least as large as the disc.
    width_m : float
        Width in metres.
    sides : (float, float)
        Height and width of a cell in metres.
    good_enough : float
        The search ends where the bound has come within a thousandth of this.
    steepest : float
        Largest slope allowed, in cost per square metre.
    control : Control
        Told the progress; may cancel.

    Returns
    -------
    float
        Least cost, >= 0.

    References
    ----------
    Strang, G. (1983). Maximal flow through a domain. Mathematical Programming 26, 123-143.

    Chambolle, A. & Pock, T. (2011). A first-order primal-dual algorithm for convex problems
    with applications to imaging. Journal of Mathematical Imaging and Vision 40, 120-145.

    Pock, T. & Chambolle, A. (2011). Diagonal preconditioning for first order primal-dual
    algorithms in convex optimization. Proceedings of the 13th IEEE International Conference on
    Computer Vision, 1762-1769.
    """
    low, high = (_corners(end) for end in ends)
    if (low & high).any() or not (low.any() and high.any()):
        return 0.0
    levels = _pyramid(price, ends)
    (coarse_price, coarse_ends, factor), *finer = levels
    coarse_sides = (sides[0] * factor, sides[1] * factor)
    found = []
    for place, balance in enumerate(BALANCES):
        part = PartControl(
            control, 0.1 * place / len(BALANCES), 0.1 * (place + 1) / len(BALANCES)
        )
        field = _field(coarse_price, coarse_ends, coarse_sides, balance)
        found.append(
            (_settled(field, width_m, coarse_sides, (steepest, good_enough), part), field)
        )
    best, field = max(found, key=lambda pair: pair[0])
    # Only the finest level is the land itself: what coarser ones find is a beginning.
    for level, (fine_price, fine_ends, factor) in enumerate(finer):
        part = PartControl(
            control, 0.1 + 0.9 * level / len(finer), 0.1 + 0.9 * (level + 1) / len(finer)
        )
        fine_sides = (sides[0] * factor, sides[1] * factor)
        field = _field(fine_price, fine_ends, fine_sides, field)
        good = good_enough if factor == 1 else np.inf
        best = _settled(field, width_m, fine_sides, (steepest, good), part)
    control.report(1.0)
    return best * (1 - ROUNDING)


def _settled(
    field: _Field,
    width_m: float,
    sides: tuple[float, float],
    limits: tuple[float, float],
    control: Control,
) -> float:
    """Improve a potential until its bound settles, and return the best bound."""
    steepest, good_enough = limits
    best, before = 0.0, 0.0
    for look in range(MOST_LOOKS + 1):
        control.report(look / (MOST_LOOKS + 1))
        best = max(best, _bound(field, width_m, sides, steepest))
        if best >= good_enough * (1 - 1e-3):
            break
        if look % LOOKS_TO_SETTLE == 0:
            if look and best <= before * (1 + SETTLED):
                break
            before = best
        _improve(field, width_m, sides, steepest, ROUNDS_PER_LOOK)
    return best


def _pyramid(
    price: FloatArray, ends: tuple[BoolArray, BoolArray]
) -> list[tuple[FloatArray, tuple[BoolArray, BoolArray], int]]:
    """Return the land in coarser and coarser cells, the coarsest first: price, ends, factor."""
    levels = [(price, ends, 1)]
    while min(levels[-1][0].shape) >= 2 * COARSEST:
        finer, (first, second), factor = levels[-1]
        usable = np.isfinite(finer)
        count = _summed(usable.astype(np.float64))
        total = _summed(np.where(usable, finer, 0.0))
        coarse = np.where(count > 0, total / np.maximum(count, 1), np.inf)
        low, high = (_summed(end.astype(np.float64)) > 0 for end in (first, second))
        if (_corners(low) & _corners(high)).any():
            break
        levels.append((coarse, (low, high), 2 * factor))
    return levels[::-1]


def _summed(values: FloatArray) -> FloatArray:
    """Add up blocks of two by two cells, those beyond the grid counting 0."""
    rows, columns = values.shape
    even = np.pad(values, ((0, rows % 2), (0, columns % 2)))
    total: FloatArray = even.reshape(even.shape[0] // 2, 2, -1, 2).sum(axis=(1, 3))
    return total


def _corners(cells: BoolArray) -> BoolArray:
    """Mark the corners of cells."""
    corner = np.zeros((cells.shape[0] + 1, cells.shape[1] + 1), dtype=np.bool_)
    for down in (0, 1):
        for right in (0, 1):
            part = corner[down : down + cells.shape[0], right : right + cells.shape[1]]
            part |= cells
    return corner


def _field(
    price: FloatArray,
    ends: tuple[BoolArray, BoolArray],
    sides: tuple[float, float],
    before: _Field | float,
) -> _Field:
    """Lay out a field: from what was found on coarser cells, or anew for a balance of steps."""
    low, high = (_corners(end) for end in ends)
    held = np.where(ends[0] | ends[1], np.inf, price)  # a level potential costs nothing there
    rows, columns = price.shape
    if isinstance(before, float):
        balance = before
        potential = _thin_potential(price, ends, sides)
        flow = np.zeros((2, 2, rows, columns))
    else:
        balance = before.balance
        potential = _finer(before.potential)[: rows + 1, : columns + 1].copy()
        potential[high] = before.potential[before.high][0]
        mean = before.flow.mean(axis=0, keepdims=True) / 4  # a quarter of the area
        fine = np.repeat(np.repeat(mean, 2, axis=2), 2, axis=3)[:, :, :rows, :columns]
        flow = np.repeat(fine, 2, axis=0)
        flow[:, :, np.isinf(held)] = 0.0
    potential[low] = 0.0
    return _Field(
        price=held,
        low=low,
        high=high,
        potential=potential,
        lead=potential.copy(),
        flow=flow,
        balance=balance,
        step_ratio=balance * sides[0] * sides[1] / 2 / _usual_rise(held, ends, sides),
        high_weight=_weight(held, high, sides),
    )


def _thin_potential(
    price: FloatArray, ends: tuple[BoolArray, BoolArray], sides: tuple[float, float]
) -> FloatArray:
    """Return the cost of the cheapest thin way to each corner, which loses hardly anything."""
    positive = price[np.isfinite(price) & (price > 0)]
    least = 1e-6 * (float(positive.min()) if positive.size else 1.0)
    thin = np.where(ends[0] | ends[1], least, np.maximum(price, least))
    reached = cost_distance(thin, ends[0], cell_size=sides).cost
    far = float(reached[ends[1]].min())
    around = np.minimum(np.pad(reached, 1, mode="edge"), far if np.isfinite(far) else 0.0)
    rows = (around[:-1] + around[1:]) / 2
    potential: FloatArray = (rows[:, :-1] + rows[:, 1:]) / 2
    potential[_corners(ends[1])] = around.max()
    return potential


def _finer(corner: FloatArray) -> FloatArray:
    """Return values at the corners of cells of half the size, by means of neighbours."""
    rows = np.empty((2 * corner.shape[0] - 1, corner.shape[1]))
    rows[::2], rows[1::2] = corner, (corner[:-1] + corner[1:]) / 2
    fine = np.empty((rows.shape[0], 2 * corner.shape[1] - 1))
    fine[:, ::2], fine[:, 1::2] = rows, (rows[:, :-1] + rows[:, 1:]) / 2
    return fine


def _usual_rise(
    price: FloatArray, ends: tuple[BoolArray, BoolArray], sides: tuple[float, float]
) -> float:
    """Return about how much a potential rises from end to end, at the median price."""
    away = ndimage.distance_transform_edt(~ends[0], sampling=sides)
    positive = price[np.isfinite(price) & (price > 0)]
    usual = float(np.median(positive)) if positive.size else 1.0
    return usual * float(away[ends[1]].min())


def _weight(price: FloatArray, high: BoolArray, sides: tuple[float, float]) -> float:
    """Return how much the flow bears on the high end, whose corners move together."""
    beside = np.isfinite(np.pad(price, 1, constant_values=np.inf))
    near = beside[:-1, :-1] | beside[:-1, 1:] | beside[1:, :-1] | beside[1:, 1:]
    touching = np.count_nonzero(high & near)
    return max(1, int(touching)) * 2 * (1 / sides[0] + 1 / sides[1])


def _bound(field: _Field, width_m: float, sides: tuple[float, float], steepest: float) -> float:
    """Return the bound that the potential proves, scaled as serves it best."""
    scales = np.linspace(0.7, 1.3, 7)
    if np.isfinite(steepest):
        slope = _steepest_slope(field, sides)
        scales = np.linspace(0.5, 1.0, 6) * (min(1.0, steepest / slope) if slope > 0 else 1.0)
    high = float(field.potential[field.high][0])
    proven = [float(s * width_m * high - _lost(field, sides, s)) for s in scales]
    return max(0.0, *proven)


@compiled
def _slope(
    potential: FloatArray, row: int, column: int, triangle: int, dy: float, dx: float
) -> float:
    """Return the slope of the potential in one triangle of a cell.

    The first triangle lies above the diagonal from top left to bottom right, the other below.
    """
    across = potential[row + triangle, column + 1] - potential[row + triangle, column]
    side = column + 1 - triangle
    down = potential[row + 1, side] - potential[row, side]
    return float(np.hypot(across / dx, down / dy))


@compiled
def _steepest_slope(field: _Field, sides: tuple[float, float]) -> float:
    steepest = 0.0
    for row in range(field.price.shape[0]):
        for column in range(field.price.shape[1]):
            if field.price[row, column] < np.inf:
                for triangle in range(2):
                    slope = _slope(field.potential, row, column, triangle, sides[0], sides[1])
                    steepest = max(steepest, slope)
    return steepest


@compiled
def _lost(field: _Field, sides: tuple[float, float], scale: float) -> float:
    """Return what the slope exceeds the price by, summed over all land."""
    lost = 0.0
    for row in range(field.price.shape[0]):
        for column in range(field.price.shape[1]):
            price = field.price[row, column]
            if price < np.inf:
                for triangle in range(2):
                    slope = _slope(field.potential, row, column, triangle, sides[0], sides[1])
                    lost += max(0.0, scale * slope - price)
    return lost * sides[0] * sides[1] / 2


def _improve(
    field: _Field, width: float, sides: tuple[float, float], steepest: float, rounds: int
) -> None:
    """Take so many steps of the primal-dual method."""
    dy, dx = sides
    forward = field.step_ratio * min(dy, dx) / 2
    back = 1 / field.step_ratio / (4 / dx + 4 / dy)
    back_together = 1 / field.step_ratio / field.high_weight
    barred = np.isinf(field.price)
    shrink = np.where(barred, np.inf, forward * np.minimum(field.price, steepest))
    rise = np.where(barred, np.inf, forward * steepest)
    room = dy * dx / 2  # the flow in a triangle is held times its area
    for _ in range(rounds):
        for triangle in (0, 1):
            x, y = field.flow[triangle]
            _push(field.lead, triangle, (x, y), (shrink, rise), (forward, room, dy, dx))
        _follow(field, (back, width * back_together, back_together), sides)


@compiled
def _push(
    lead: FloatArray,
    triangle: int,
    flow: tuple[FloatArray, FloatArray],
    limits: tuple[FloatArray, FloatArray],
    step: tuple[float, float, float, float],
) -> None:
    """Move the flow in one triangle of every cell along the slope; written to be vectorised."""
    flow_x, flow_y = flow
    shrink, rise = limits
    forward, room, dy, dx = step
    across, down = forward / dx, forward / dy
    side = 1 - triangle
    for row in range(flow_x.shape[0]):
        along, above, below = lead[row + triangle], lead[row], lead[row + 1]
        x_row, y_row, shrink_row, rise_row = flow_x[row], flow_y[row], shrink[row], rise[row]
        for column in range(x_row.size):
            x = x_row[column] + across * (along[column + 1] - along[column])
            y = y_row[column] + down * (below[column + side] - above[column + side])
            size = np.sqrt(x * x + y * y)
            less = size - shrink_row[column]
            less = less if less > 0.0 else 0.0
            less = less if less < room else room
            risen = size - rise_row[column]
            less = less if less > risen else risen
            scale = less / (size + TINY)
            x_row[column] = x * scale
            y_row[column] = y * scale


@compiled
def _follow(
    field: _Field, step: tuple[float, float, float], sides: tuple[float, float]
) -> None:
    """Let the potential follow the outflow, that of the high end as one."""
    potential, lead, low, high = field.potential, field.lead, field.low, field.high
    back, inflow, back_together = step
    outflow = lead  # every corner is read once, then led on
    _gather(field.flow, outflow, sides[0], sides[1])
    together = inflow
    for row in range(potential.shape[0]):
        for column in range(potential.shape[1]):
            if high[row, column]:
                together -= back_together * outflow[row, column]
    for row in range(potential.shape[0]):
        for column in range(potential.shape[1]):
            before = potential[row, column]
            move = together if high[row, column] else -back * outflow[row, column]
            move = 0.0 if low[row, column] else move
            potential[row, column] = before + move
            lead[row, column] = before + 2 * move


@compiled
def _gather(flow: FloatArray, outflow: FloatArray, dy: float, dx: float) -> None:
    """Add up what flows out at each corner of the cells.

    The upper triangle of a cell has its top and right side, the lower one its left and bottom.
    """
    upper_x, upper_y, lower_x, lower_y = flow[0, 0], flow[0, 1], flow[1, 0], flow[1, 1]
    across, down = 1 / dx, 1 / dy
    outflow[:] = 0.0
    for row in range(upper_x.shape[0]):
        top, bottom = outflow[row], outflow[row + 1]
        ux, uy, lx, ly = upper_x[row], upper_y[row], lower_x[row], lower_y[row]
        for column in range(ux.size):
            top[column] -= across * ux[column] + down * ly[column]
            bottom[column] += down * ly[column] - across * lx[column]
        for column in range(ux.size):
            top[column + 1] += across * ux[column] - down * uy[column]
            bottom[column + 1] += across * lx[column] + down * uy[column]
