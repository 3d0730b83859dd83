"""Presences whose cell is not known: left out, or spread over where they may be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

import numpy as np

from algorithms.compiled import compiled
from algorithms.control import NULL_CONTROL, Control, PartControl
from algorithms.suitability.sampling.cells import CellAxes, check_points
from resources.errors import PlannerError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray

MAXIMUM_ENTRIES = 20_000_000
"""Most pairs of record and cell that spreading may look at: 1 GB."""
_BLOCK_CELLS = 500_000
"""Cells looked at between two reports, in whole records."""
_LEAST_AREA = 1e-12
"""Share of a circle's area below which it is taken only to touch a cell, for rounding."""


class TooWideSpreadError(PlannerError, ValueError):
    """Records are too many and too uncertain to be spread over cells of this size."""


class Outcome(IntEnum):
    """What became of a record."""

    PRECISE = 0
    """Stands in its own cell."""
    SPREAD = 1
    """Spread over the cells where it may be."""
    UNCERTAIN = 2
    """Left out: less certain than asked for, or over more cells than allowed."""
    OFF_GRID = 3
    """Left out: precise, and off the grid."""
    UNAVAILABLE = 4
    """Left out: no cell it may lie in is available."""


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """Where records were made, and how sure that is.

    Parameters
    ----------
    x, y : (n,) float64
        In CRS units, finite.
    uncertainty_m : (n,) float64
        Radius in metres of the circle that the true place lies in, >= 0; NaN where unknown.
    unit_m : (n, 2) float64, optional
        Metres in one CRS unit along x and along y at the record, > 0; 1 by default, right for a
        projected CRS in metres. On a grid in degrees about 111,320 times the cosine of the
        latitude, and 111,320.

    Raises
    ------
    ValueError
        Shapes disagree, or a value is out of range.
    """

    x: FloatArray
    y: FloatArray
    uncertainty_m: FloatArray
    unit_m: FloatArray | None = None

    def __post_init__(self) -> None:
        check_points(self.x, self.y)
        radius = self.uncertainty_m
        if radius.shape != self.x.shape or np.isinf(radius).any() or (radius < 0.0).any():
            raise ValueError(
                "the uncertainty is one radius >= 0 for each record, NaN where it is unknown"
            )
        unit = self.unit_m
        if unit is not None and (
            unit.shape != (len(self.x), 2) or not (np.isfinite(unit) & (unit > 0.0)).all()
        ):
            raise ValueError(
                f"metres in a CRS unit are finite, above 0 and of shape ({len(self.x)}, 2)"
            )


@dataclass(frozen=True, slots=True)
class UncertaintyRule:
    """What to do with records of uncertain place.

    Parameters
    ----------
    kind : {"drop", "spread"}
        Whether such records are left out or spread over cells.
    limit_m : float, optional
        A record whose radius is larger counts as uncertain; >= 0, in metres. By default the
        longer side of a cell at the record.
    unknown_m : float
        Radius of records that tell none, >= 0, in metres; by default they are trusted.
    max_cells : int
        A record is left out where the rectangle of cells around its circle holds more than
        this, available or not; >= 1.

    Raises
    ------
    ValueError
        A value is none of these.
    """

    kind: Literal["drop", "spread"] = "drop"
    limit_m: float | None = None
    unknown_m: float = 0.0
    max_cells: int = 10_000

    def __post_init__(self) -> None:
        if self.kind not in ("drop", "spread"):
            raise ValueError(f"uncertain records are dropped or spread, got {self.kind!r}")
        limit = 0.0 if self.limit_m is None else self.limit_m
        if not (limit >= 0.0 and np.isfinite(self.unknown_m) and self.unknown_m >= 0.0):
            raise ValueError("the limit and the radius of unknown places are metres >= 0")
        if self.max_cells < 1:
            raise ValueError(f"a record is spread over 1 cell or more, got {self.max_cells}")


@dataclass(frozen=True, slots=True, eq=False)
class PlacedPresences:
    """Records by cell; the first four arrays have one entry per record and cell.

    Attributes
    ----------
    record : (m,) int32
        Index of the record, not falling.
    row, column : (m,) int32
        An available cell in which it may lie, different cells for one record.
    weight : (m,) float64
        Chance that it lies there, above 0, at most 1; sums to 1 over each record.
    outcome : (n,) int8
        What became of each record, an `Outcome`.
    """

    record: IntArray
    row: IntArray
    column: IntArray
    weight: FloatArray
    outcome: NDArray[np.int8]

    @property
    def kept(self) -> BoolArray:
        """True for records that stand in a cell or are spread, (n,)."""
        kept: BoolArray = self.outcome <= Outcome.SPREAD
        return kept

    @property
    def counts(self) -> dict[Outcome, int]:
        """Number of records by what became of them; every outcome is listed."""
        number = np.bincount(self.outcome, minlength=len(Outcome))
        return {outcome: int(number[outcome]) for outcome in Outcome}

    def per_cell(self) -> tuple[IntArray, IntArray, FloatArray]:
        """Return each cell once, with the chance that any of the records lies in it.

        Records count as independent: ``1 - product(1 - weight)``. A precise record makes it 1
        however many others there are, as one record per cell does.

        Returns
        -------
        rows, columns : (c,) int32
            Cells in reading order.
        weight : (c,) float64
            Above 0, at most 1.
        """
        if len(self.row) == 0:
            return self.row, self.column, self.weight
        width = int(self.column.max()) + 1
        cell = self.row.astype(np.int64) * width + self.column
        cells, place = np.unique(cell, return_inverse=True)
        sure = np.zeros(len(cells), dtype=np.bool_)
        sure[place[self.weight >= 1.0]] = True
        open_weight = np.minimum(self.weight, 1.0 - 2.0**-53)
        none = np.bincount(place, np.log1p(-open_weight), len(cells))
        weight = np.where(sure, 1.0, -np.expm1(none))
        rows, columns = np.divmod(cells, width)
        return rows.astype(np.int32), columns.astype(np.int32), weight


def spread(
    positions: Positions,
    centres: tuple[FloatArray, FloatArray],
    available: BoolArray,
    *,
    rule: UncertaintyRule | None = None,
    control: Control = NULL_CONTROL,
) -> PlacedPresences:
    """Place records in cells, uncertain ones by weight in every cell where they may lie.

    A record lies anywhere in its circle with equal chance. Its weight in a cell is the area of
    circle and cell together, exact; cells that are not available (sea, NoData) get none, and
    the rest sums to 1 for each record. A record at a precise place stands in its own cell with
    weight 1, whatever part of its circle lies beyond. Spreading keeps records that would be
    lost, at the price of blur: a model sees the mean of what lies in the circle. Compare both.

    Parameters
    ----------
    positions : Positions
        The records.
    centres : tuple of (columns,) and (rows,) float64
        x of each column and y of each row in CRS units, in equal steps.
    available : (rows, columns) bool
        Where a presence can be used: inside the study and with all covariates known.
    rule : UncertaintyRule, optional
        What is uncertain and what happens to it; ``UncertaintyRule()`` by default.
    control : Control
        Told the share done; may cancel.

    Returns
    -------
    PlacedPresences
        Cells and weights of the records kept, and what became of every record.

    Raises
    ------
    ValueError
        The grid is not regular, or `available` has another shape or type.
    TooWideSpreadError
        The rectangles of all circles on the grid hold more than 20 million cells.
    """
    rule = rule or UncertaintyRule()
    axes = CellAxes.from_centres(centres)
    if available.shape != axes.shape or available.dtype != np.bool_:
        raise ValueError(
            f"available cells are bool on the grid of {axes.shape}, got {available.dtype} of "
            f"shape {available.shape}"
        )
    control.report(0.0)
    radius, unit = _radius(positions, rule)
    wide = radius > _limit(axes, unit, rule)
    row, column, inside = axes.cells_of(positions.x, positions.y)
    control.report(0.05)
    outcome = np.full(len(radius), Outcome.PRECISE, dtype=np.int8)
    outcome[~inside] = Outcome.OFF_GRID
    outcome[inside & ~available[row, column]] = Outcome.UNAVAILABLE
    outcome[wide] = Outcome.UNCERTAIN
    precise = np.flatnonzero(outcome == Outcome.PRECISE)
    pieces = [(precise.astype(np.int32), row[precise], column[precise], np.ones(len(precise)))]
    if rule.kind == "spread" and wide.any():
        discs = _discs(axes, positions, radius, unit)
        chosen = np.flatnonzero(wide & (_window_size(discs) <= rule.max_cells))
        pieces.append(_spread_all(discs[chosen], chosen, available, control))
        outcome[chosen] = Outcome.UNAVAILABLE
        outcome[pieces[1][0]] = Outcome.SPREAD
    record, rows, columns, weight = (
        np.concatenate([piece[part] for piece in pieces]) for part in range(4)
    )
    order = np.argsort(record, kind="stable")
    control.report(1.0)
    return PlacedPresences(record[order], rows[order], columns[order], weight[order], outcome)


def _radius(positions: Positions, rule: UncertaintyRule) -> tuple[FloatArray, FloatArray]:
    radius = np.where(
        np.isnan(positions.uncertainty_m), rule.unknown_m, positions.uncertainty_m
    )
    unit = np.ones((len(radius), 2)) if positions.unit_m is None else positions.unit_m
    return radius, unit


def _limit(axes: CellAxes, unit: FloatArray, rule: UncertaintyRule) -> FloatArray:
    if rule.limit_m is not None:
        return np.full(len(unit), rule.limit_m)
    return np.maximum(unit[:, 0] * axes.width, unit[:, 1] * axes.height)


def _discs(
    axes: CellAxes, positions: Positions, radius: FloatArray, unit: FloatArray
) -> FloatArray:
    """Return row, column, reach over rows and over columns of circles, in cells, (n, 4)."""
    return np.column_stack(
        [
            (positions.y - axes.north) / axes.step_y,
            (positions.x - axes.west) / axes.step_x,
            radius / (unit[:, 1] * axes.height),
            radius / (unit[:, 0] * axes.width),
        ]
    )


def _window_size(discs: FloatArray) -> FloatArray:
    """Return the number of cells in the rectangles around circles, on the grid or off."""
    ends = np.floor(discs[:, :2] + discs[:, 2:]) - np.floor(discs[:, :2] - discs[:, 2:])
    with np.errstate(over="ignore"):
        size: FloatArray = (ends + 1.0).prod(axis=1)
    return size


def _spread_all(
    discs: FloatArray, record: NDArray[np.int64], available: BoolArray, control: Control
) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Return record, row, column and weight of all cells that circles lie in."""
    shape = np.array(available.shape)
    start = np.clip(np.floor(discs[:, :2] - discs[:, 2:]), 0, shape).astype(np.int64)
    end = np.clip(np.floor(discs[:, :2] + discs[:, 2:]) + 1, 0, shape).astype(np.int64)
    window = np.column_stack([start, np.maximum(end, start)])
    size = (window[:, 2:] - window[:, :2]).prod(axis=1)
    if size.sum() > MAXIMUM_ENTRIES:
        raise TooWideSpreadError(
            f"{len(record)} uncertain records would be spread over {size.sum():,} cells, more "
            f"than {MAXIMUM_ENTRIES:,}. Take larger cells, lower the most cells of a record, "
            f"or leave uncertain records out."
        )
    parts = PartControl(control, 0.1, 0.9)
    upto = np.cumsum(size)
    found = [(np.empty((0, 3), dtype=np.int32), np.empty(0))]
    first = 0
    while first < len(record):
        parts.report(first / len(record))
        begun = int(upto[first] - size[first])
        last = max(first + 1, int(np.searchsorted(upto, begun + _BLOCK_CELLS, side="right")))
        room = int(upto[last - 1]) - begun
        cell, weight = np.empty((room, 3), dtype=np.int32), np.empty(room)
        used = _spread_block(discs[first:last], window[first:last], available, cell, weight)
        cell[:used, 0] = record[first + cell[:used, 0]]
        found.append((cell[:used].copy(), weight[:used].copy()))
        first = last
    cells = np.concatenate([piece[0] for piece in found])
    return cells[:, 0], cells[:, 1], cells[:, 2], np.concatenate([piece[1] for piece in found])


@compiled
def _spread_block(
    discs: FloatArray,
    window: NDArray[np.int64],
    available: BoolArray,
    cell: IntArray,
    weight: FloatArray,
) -> int:
    """Fill in index of the record, row, column and weight; return how many there are."""
    used = 0
    for index in range(len(discs)):
        row, column, row_reach, column_reach = discs[index]
        begun = used
        total = 0.0
        for r in range(window[index, 0], window[index, 2]):
            low, high = (r - row) / row_reach, (r + 1 - row) / row_reach
            for c in range(window[index, 1], window[index, 3]):
                if not available[r, c]:
                    continue
                left, right = (c - column) / column_reach, (c + 1 - column) / column_reach
                area = (
                    _corner_area(right, high)
                    - _corner_area(left, high)
                    - _corner_area(right, low)
                    + _corner_area(left, low)
                )
                if area > _LEAST_AREA:
                    cell[used, 0], cell[used, 1], cell[used, 2] = index, r, c
                    weight[used] = area
                    total += area
                    used += 1
        for entry in range(begun, used):
            weight[entry] /= total
    return used


@compiled
def _corner_area(x: float, y: float) -> float:
    """Return the area of the unit circle between the axes and (x, y), signed as x times y."""
    a, b = min(abs(x), 1.0), min(abs(y), 1.0)
    area = a * b
    if a * a + b * b > 1.0:
        meets = np.sqrt(1.0 - b * b)
        area = b * meets + _under_circle(a) - _under_circle(meets)
    return area if x * y >= 0.0 else -area


@compiled
def _under_circle(x: float) -> float:
    """Return the area under the unit circle from 0 to x, 0 <= x <= 1."""
    area: float = 0.5 * (x * np.sqrt(max(0.0, 1.0 - x * x)) + np.arcsin(x))
    return area
