"""Records thinned until no two lie too near each other.

References
----------
.. [1] Aiello-Lammens, M. E. et al. (2015). spThin: an R package for spatial thinning of species
   occurrence records for use in ecological niche models. Ecography 38, 541-545.
.. [2] Bridson, R. (2007). Fast Poisson disk sampling in arbitrary dimensions. ACM SIGGRAPH
   2007 Sketches, 22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.compiled import compiled
from algorithms.control import NULL_CONTROL, Control, PartControl
from algorithms.suitability.sampling.cells import check_points

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray

MAXIMUM_RESTARTS = 100
_VISITS = 4_000_000
"""Visits to points that all restarts together are meant to need, where none are asked for."""
_BLOCK_POINTS = 100_000
_MAXIMUM_BUCKETS = 2.0**31 - 16.0
"""Most buckets along one axis, so that a bucket of the plane has a number of 64 bits."""
_FREE = -1


def thin(
    x: FloatArray,
    y: FloatArray,
    *,
    distance: float,
    rng: np.random.Generator,
    restarts: int | None = None,
    control: Control = NULL_CONTROL,
) -> BoolArray:
    """Keep as many records as can be found with no two nearer than a distance.

    Records are visited in random order; one is kept where no kept record is nearer than
    `distance`. Visits start anew several times and the largest set wins, the first of equal
    ones, as in spThin [1]_. The set is maximal: every record left out has a kept one nearer
    than `distance`. It need not be the largest there is, which no fast method finds.

    Parameters
    ----------
    x, y : (n,) float64
        Records in CRS units, finite; metres in a projected CRS. Degrees are not distances.
    distance : float
        Least distance between kept records in CRS units, finite and > 0.
    rng : Generator
        Source of randomness; a call draws `restarts` permutations.
    restarts : int, optional
        How often to try, 1 to 100. By default as often as 4 million visits allow: 100 times up
        to 40,000 records, once from 4 million.
    control : Control
        Told the share of visits made, every 100,000; may cancel.

    Returns
    -------
    (n,) bool
        True where kept.

    Raises
    ------
    ValueError
        A coordinate is not finite, `distance` or `restarts` is out of range, or the records
        reach over more than 1.5 billion distances.

    Notes
    -----
    The plane is cut into buckets whose diagonal is shorter than `distance`, so each holds one
    kept record at most, and all that are too near lie in the 5 by 5 buckets around [2]_.
    Buckets with a kept record stand in a hash table. Time and memory grow with the number of
    records, however dense they are: at most about 120 bytes a record.
    """
    check_points(x, y)
    if not (np.isfinite(distance) and distance > 0.0):
        raise ValueError(f"the thinning distance is finite and above 0, got {distance}")
    n = len(x)
    if restarts is None:
        restarts = min(MAXIMUM_RESTARTS, max(1, _VISITS // max(n, 1)))
    if not 1 <= restarts <= MAXIMUM_RESTARTS:
        raise ValueError(f"restarts are 1 to {MAXIMUM_RESTARTS}, got {restarts}")
    best = np.zeros(n, dtype=np.bool_)
    if n == 0:
        return best
    control.report(0.0)
    # A little below the exact side: rounding leaves the diagonal shorter than the distance.
    side = float(distance / np.sqrt(2.0) * (1.0 - 1e-5))
    points = np.column_stack([x, y])
    buckets = _buckets(points, side)
    for restart in range(restarts):
        part = PartControl(control, restart / restarts, (restart + 1) / restarts)
        part.report(0.0)
        order = rng.permutation(n)
        kept = _greedy(points, buckets, order, distance, part)
        if restart == 0 or kept.sum() > best.sum():
            best = kept
    control.report(1.0)
    return best


def _buckets(points: FloatArray, side: float) -> NDArray[np.int64]:
    low = points.min(axis=0)
    with np.errstate(over="ignore", invalid="ignore"):
        reach = points.max(axis=0) / side - low / side
    if not (reach < _MAXIMUM_BUCKETS).all():
        raise ValueError(
            f"the records reach over {reach.max():.3g} thinning distances, more than can be "
            f"told apart; check the coordinates, or thin by a larger distance"
        )
    # Two are left free at the start, for the neighbours of the first.
    bucket: NDArray[np.int64] = np.floor((points - low) / side).astype(np.int64) + 2
    return bucket


def _greedy(
    points: FloatArray,
    buckets: NDArray[np.int64],
    order: NDArray[np.int64],
    distance: float,
    control: Control,
) -> BoolArray:
    n = len(order)
    kept = np.zeros(n, dtype=np.bool_)
    table = _empty_table(1024)
    n_kept = 0
    for start in range(0, n, _BLOCK_POINTS):
        control.report(start / n)
        block = order[start : start + _BLOCK_POINTS]
        # A block keeps at most its own length, which must not fill more than half the table.
        size = len(table)
        while 2 * (n_kept + len(block)) > size:
            size *= 2
        if size > len(table):
            grown = _empty_table(size)
            _move(table, grown)
            table = grown
        n_kept += _visit(points, buckets, block, distance, table, kept)
    control.report(1.0)
    return kept


def _empty_table(size: int) -> NDArray[np.int64]:
    """Return an open hash table: number of a bucket, -1 where free, and its kept record."""
    return np.full((size, 2), _FREE, dtype=np.int64)


@compiled
def _slot(table: NDArray[np.int64], bucket: int) -> int:
    """Return where a bucket stands in the table, or where it would."""
    mask = len(table) - 1
    mixed = bucket * 0x1E3779B97F4A7C15
    slot = (mixed ^ (mixed >> 29)) & mask
    while table[slot, 0] != _FREE and table[slot, 0] != bucket:
        slot = (slot + 1) & mask
    return slot


@compiled
def _move(old: NDArray[np.int64], new: NDArray[np.int64]) -> None:
    for entry in old:
        if entry[0] != _FREE:
            new[_slot(new, entry[0])] = entry


@compiled
def _visit(
    points: FloatArray,
    buckets: NDArray[np.int64],
    order: NDArray[np.int64],
    distance: float,
    table: NDArray[np.int64],
    kept: BoolArray,
) -> int:
    """Keep what can be kept of some records, in order, and return how many."""
    n_kept = 0
    for point in order:
        column, row = buckets[point, 0], buckets[point, 1]
        own = (column << 32) | row
        own_slot = _slot(table, own)
        if table[own_slot, 0] == own:
            continue
        free = True
        for step in range(25):
            near = ((column + step // 5 - 2) << 32) | (row + step % 5 - 2)
            slot = _slot(table, near)
            if table[slot, 0] == near:
                other = table[slot, 1]
                east = points[other, 0] - points[point, 0]
                north = points[other, 1] - points[point, 1]
                if np.hypot(east, north) < distance:
                    free = False
                    break
        if free:
            table[own_slot, 0] = own
            table[own_slot, 1] = point
            kept[point] = True
            n_kept += 1
    return n_kept
