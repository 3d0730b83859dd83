"""Polygons that tile the plane: made of lines, and the edges that they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

PRECISION_M = 0.001
"""Coordinates are whole multiples of it, so that what meets has the same corners."""


class SharedEdges(NamedTuple):
    """Which polygons share edges, and how long these are.

    Attributes
    ----------
    pairs : (m, 2) int32
        Numbers of the polygons, the smaller first; each pair once, ascending.
    length : (m,) float64
        Length that each pair shares, > 0.
    exposed : (n,) float64
        Length of each polygon's edge that it shares with no other.
    """

    pairs: NDArray[np.int32]
    length: NDArray[np.float64]
    exposed: NDArray[np.float64]


def faces_between(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the faces that lines enclose together, (n,) polygons.

    Parameters
    ----------
    lines : (m,) object
        Lines in metres; they may cross, touch and overlap. Corners move by less than
        `PRECISION_M`, all lines together, so that the faces tile the ground without a gap.
    """
    noded = shapely.union_all(lines, grid_size=PRECISION_M)
    found = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    return np.asarray(found, dtype=np.object_)


def shared_edges(
    shapes: NDArray[np.object_], owner: NDArray[np.integer] | None = None
) -> SharedEdges:
    """Add up the edges that polygons share.

    Parameters
    ----------
    shapes : (k,) object
        Polygons or multi-polygons that do not overlap and have a corner wherever another
        has one, as `faces_between` makes them; corners are compared by `PRECISION_M`.
    owner : (k,) int, optional
        Number of the whole that each is a part of, from 0 without a gap; each is a whole of
        its own where not given.

    Returns
    -------
    SharedEdges
        Between the wholes.

    Raises
    ------
    ValueError
        An edge has more than two owners: polygons overlap.
    """
    whole = np.arange(len(shapes)) if owner is None else np.asarray(owner)
    n = int(whole.max(initial=-1)) + 1
    of, start, end, length = _segments(shapes)
    key, first = _edge_keys(start, end)
    order = np.argsort(key, kind="stable")
    key, of, length = key[order], whole[of[order]], length[order]
    begins = np.flatnonzero(first[order])
    counts = np.diff(np.append(begins, key.size))
    if counts.max(initial=0) > 2:
        raise ValueError("an edge belongs to more than two polygons: some of them overlap")
    single, double = begins[counts == 1], begins[counts == 2]
    exposed = sums(of[single], length[single], n)
    ends = np.stack([of[double], of[double + 1]], axis=1)
    ends.sort(axis=1)
    between = ends[:, 0] != ends[:, 1]
    pairs, which = np.unique(ends[between], axis=0, return_inverse=True)
    total = sums(which.reshape(-1), length[double][between], len(pairs))
    return SharedEdges(pairs.astype(np.int32).reshape(-1, 2), total, exposed)


def sums(
    number: NDArray[np.integer], value: NDArray[np.float64], n: int
) -> NDArray[np.float64]:
    """(n,) float64: the sum of the values of each number, from 0."""
    return np.bincount(number, weights=value, minlength=n).astype(np.float64)


def _segments(
    shapes: NDArray[np.object_],
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the polygon, both ends (in units of the precision) and length of each segment."""
    parts, of_part = shapely.get_parts(shapes, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    at, ring = shapely.get_coordinates(rings, return_index=True)
    follows = ring[1:] == ring[:-1]
    whole = np.rint(at / PRECISION_M).astype(np.int64)
    start, end = whole[:-1][follows], whole[1:][follows]
    length = np.hypot(*(at[1:][follows] - at[:-1][follows]).T)
    moved = (start != end).any(axis=1)
    of = of_part[of_ring[ring[:-1][follows]]]
    return of[moved], start[moved], end[moved], length[moved]


def _edge_keys(
    start: NDArray[np.int64], end: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Give segments numbers, the same to equal ones either way round.

    Returns
    -------
    (k,) int64
        The number.
    (k,) bool
        True for the first of each number.
    """
    corner = _numbered(np.concatenate([start, end]))
    ends = np.sort(corner.reshape(2, -1), axis=0)
    key = ends[0] * (int(corner.max(initial=0)) + 1) + ends[1]
    _, firsts, numbers = np.unique(key, return_index=True, return_inverse=True)
    first = np.zeros(key.size, dtype=np.bool_)
    first[firsts] = True
    return numbers.reshape(-1).astype(np.int64), first


def _numbered(at: NDArray[np.int64]) -> NDArray[np.int64]:
    """(k,) int64: the same number for equal places of (k, 2)."""
    order = np.lexsort((at[:, 1], at[:, 0]))
    sorted_at = at[order]
    new = np.ones(len(at), dtype=np.bool_)
    new[1:] = (sorted_at[1:] != sorted_at[:-1]).any(axis=1)
    number = np.empty(len(at), dtype=np.int64)
    number[order] = np.cumsum(new) - 1
    return number
