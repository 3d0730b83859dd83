"""The land to add so that a corridor is wide enough everywhere, at least cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.cost_distance import cell_sides
from algorithms.control import NULL_CONTROL, PartControl
from algorithms.corridors.wide_path import Ground, way_length, widest_way
from algorithms.corridors.width import passage
from algorithms.corridors.width_bound import least_cost_of_width
from resources.errors import PlannerError

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.control import Control
    from algorithms.corridors.wide_path import WideWay


class InfeasibleWidthError(PlannerError, ValueError):
    """No corridor of the width asked for can pass between the exclusions.

    Attributes
    ----------
    widest_m : float or None
        Width that can pass, to half a cell, None where no land joins the cores at all.
    """

    def __init__(self, width_m: float, widest_m: float | None) -> None:
        self.widest_m = widest_m
        if widest_m is None:
            rest = (
                "no land that may be used joins the two cores. Take a larger area around the "
                "corridor or fewer exclusions."
            )
        else:
            rest = (
                f"about {widest_m:,.0f} m is the most that the excluded land leaves. Ask for "
                "less, take a larger area around the corridor, or exclude less."
            )
        super().__init__(f"A corridor {width_m:,.0f} m wide cannot pass: {rest}")


class WidthBelowCellError(PlannerError, ValueError):
    """A width less than a cell, which the grid cannot show."""

    def __init__(self, width_m: float, sides: tuple[float, float]) -> None:
        super().__init__(
            f"A width of {width_m:,.0f} m is less than a cell of {sides[0]:,.0f} by "
            f"{sides[1]:,.0f} m, so on this grid every corridor has it. Use a finer grid."
        )


@dataclass(frozen=True, slots=True)
class Widening:
    """A corridor of a given width and the land it adds.

    Attributes
    ----------
    corridor : (rows, columns) bool
        Cells that a disc of the width covers on its way from core to core.
    added : (rows, columns) bool
        Those among them that cost something: neither free nor in a core.
    rows, columns : (n,) float64
        Way of the centre of the disc, in cells.
    length_m : float
        Length of that way.
    arc_cost : float
        Sum of the cost of the cells newly entered by each step, which the search minimises:
        a cell left and entered again counts twice.
    union_cost : float
        Cost of the added cells, each once: what the widening costs.
    verified_minimum_width_m : float
        Width of the throat of corridor and cores together, measured on the result by distance
        transform; at least the width asked for.
    lower_bound : float or None
        Proven: no corridor of the width asked for adds land that costs less. None where the
        proof was not asked for.
    """

    corridor: BoolArray
    added: BoolArray
    rows: FloatArray
    columns: FloatArray
    length_m: float
    arc_cost: float
    union_cost: float
    verified_minimum_width_m: float
    lower_bound: float | None = None

    @property
    def gap(self) -> float | None:
        """Share of the union cost that a better corridor might save at most, 0 to 1."""
        if self.lower_bound is None:
            return None
        return 1 - self.lower_bound / self.union_cost if self.union_cost > 0 else 0.0


def widen(  # noqa: PLR0913 - one search, whose options do not belong together
    cost: FloatArray,
    core_a: BoolArray,
    core_b: BoolArray,
    *,
    width_m: float,
    cell_size: float | tuple[float, float],
    prove: bool = True,
    control: Control = NULL_CONTROL,
) -> Widening:
    """Find the corridor at least `width_m` wide everywhere that adds land at least cost.

    A disc of that diameter moves from core to core over a lattice of half cells; a step costs
    the cells that the disc newly enters (wide-path search). Land that costs nothing, which is
    the present corridor and what is protected, is used again, but not for a long way round: a
    step over free land alone costs a tenth of what one over the cheapest new land of the full
    width does (`algorithms.corridors.wide_path.FREE_SHARE`). So the arc cost is least
    among all ways but for that, and it is what the land costs (the union cost) unless the way
    enters again what it had left: where the two agree, nothing is counted twice. Excluded land
    is never touched. The bound does not know lengths: it counts free land as free, however far
    round it lies.

    Parameters
    ----------
    cost : (rows, columns) float64
        Cost of adding each cell, >= 0; 0 for the corridor as it is and for protected land;
        NaN or inf for excluded land (settlements; water for cats). Cells of the cores are
        free unless excluded.
    core_a, core_b : (rows, columns) bool
        Cells of the cores, or of the wide parts of the corridor around a narrow stretch.
    width_m : float
        Width in metres, finite, no less than the height and width of a cell.
    cell_size : float or (float, float)
        Height and width of a cell in metres.
    prove : bool
        Whether to bound the cost from below, see `algorithms.corridors.potential`; it takes
        somewhat longer than the search.
    control : Control
        Told the share of the work done, several times a second; may cancel.

    Returns
    -------
    Widening
        The corridor, checked by distance transform.

    Raises
    ------
    InfeasibleWidthError
        The exclusions, or the edge of the grid, leave no way of this width.
    WidthBelowCellError
        The width is less than a cell.
    ValueError
        The shapes disagree, a cost is negative, a core is empty, or the width is not finite
        and > 0.

    References
    ----------
    Shirabe, T. (2016). A method for finding a least-cost wide path in raster space.
    International Journal of Geographical Information Science 30, 1469-1485.
    """
    sides = cell_sides(cell_size)
    check_widening(cost, core_a, core_b, width_m, sides)
    control.report(0.0)
    usable = np.isfinite(cost)
    cores = (core_a & usable, core_b & usable)
    if not (cores[0].any() and cores[1].any()):
        raise InfeasibleWidthError(width_m, None)
    if exceeds_grid(width_m, cost.shape, sides):
        raise infeasible_width(usable, cores, width_m, sides)
    ground = Ground.of(cost, cores, (width_m / 2,), sides)
    way = widest_way(ground, np.zeros(1), PartControl(control, 0.0, 0.5 if prove else 1.0))
    if way is None:
        raise infeasible_width(usable, cores, width_m, sides)
    found = widening_along(way, ground, cores)
    if not prove:
        return found
    part = PartControl(control, 0.5, 1.0)
    return replace(
        found, lower_bound=least_cost_of_width(ground, cores, found.union_cost, part)
    )


def widening_along(
    way: WideWay,
    ground: Ground,
    cores: tuple[BoolArray, BoolArray],
) -> Widening:
    """Describe the corridor along a way, its width measured by distance transform.

    Parameters
    ----------
    way : WideWay
        Way of the disc.
    ground : Ground
        What it was found on.
    cores : two (rows, columns) bool
        Cells of the cores.
    """
    added = way.corridor & (ground.cost > 0)
    measured = passage(way.corridor, *cores, cell_size=ground.sides)
    return Widening(
        way.corridor,
        added,
        (way.i - 1) / 2,
        (way.j - 1) / 2,
        way_length(way, ground.sides),
        way.arc_cost,
        float(ground.cost[added].sum()),
        0.0 if measured is None else measured.width_m,
    )


def infeasible_width(
    usable: BoolArray,
    cores: tuple[BoolArray, BoolArray],
    width_m: float,
    sides: tuple[float, float],
) -> InfeasibleWidthError:
    """Return the error that tells how wide a corridor can be instead.

    Parameters
    ----------
    usable : (rows, columns) bool
        Land that is not excluded.
    cores : two (rows, columns) bool
        Cells of the cores.
    width_m : float
        Width that was asked for, in metres.
    sides : (float, float)
        Height and width of a cell in metres.
    """
    widest = passage(usable, *cores, cell_size=sides)
    if widest is None:
        return InfeasibleWidthError(width_m, None)
    # Ends in small cores are judged to half a cell: the width asked for is not what passes.
    return InfeasibleWidthError(width_m, min(widest.width_m, width_m - min(sides) / 2))


def exceeds_grid(width_m: float, shape: tuple[int, ...], sides: tuple[float, float]) -> bool:
    """Return whether a disc of this width has no place on a grid at all."""
    return width_m > min(shape[0] * sides[0], shape[1] * sides[1])


def check_widening(
    cost: FloatArray,
    core_a: BoolArray,
    core_b: BoolArray,
    width_m: float,
    sides: tuple[float, float],
) -> None:
    """Refuse what `widen` and its variants cannot work on.

    Parameters
    ----------
    cost, core_a, core_b, width_m
        As for `widen`.
    sides : (float, float)
        Height and width of a cell in metres.

    Raises
    ------
    WidthBelowCellError, ValueError
        As for `widen`.
    """
    if not cost.shape == core_a.shape == core_b.shape or cost.ndim != 2:
        raise ValueError(
            f"cost and cores must be grids of one shape, got {cost.shape}, {core_a.shape} and "
            f"{core_b.shape}"
        )
    if (cost < 0).any():
        raise ValueError(f"a cost must be >= 0, got {np.nanmin(cost)}")
    if not (core_a.any() and core_b.any()):
        raise ValueError("a corridor needs two cores with a cell at least each")
    if not (np.isfinite(width_m) and width_m > 0):
        raise ValueError(f"the width must be finite and > 0, got {width_m}")
    if width_m < max(sides):
        raise WidthBelowCellError(width_m, sides)
