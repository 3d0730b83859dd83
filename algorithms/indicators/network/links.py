"""Links of an undirected network, as the searches read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import FloatArray, IntArray


class Links(NamedTuple):
    """The links of n nodes; each stands in the rows of both its ends.

    Parameters
    ----------
    start : (n + 1,) int64
        Where the row of each node begins.
    neighbour : (2 m,) int32
        The other end of each link, shortest link first in every row.
    length : (2 m,) float64
        Length of each link, finite and >= 0.
    number : (2 m,) int32
        Number of the link, 0 to m - 1, the same in both rows.
    """

    start: NDArray[np.int64]
    neighbour: IntArray
    length: FloatArray
    number: IntArray


def node_count(links: Links) -> int:
    """Return the number of nodes."""
    return len(links.start) - 1


def link_count(links: Links) -> int:
    """Return the number of links."""
    return len(links.neighbour) // 2


def listed_links(count: int, first: IntArray, second: IntArray, length: FloatArray) -> Links:
    """Make the links of a network from a list of them.

    Parameters
    ----------
    count : int
        Number of nodes, >= 0.
    first, second : (m,) int32
        The ends of each link, 0 to `count` - 1.
    length : (m,) float64
        Its length, >= 0; inf means no way, and the link keeps its number but joins nothing.

    Returns
    -------
    Links
        Numbered as listed.

    Raises
    ------
    ValueError
        The shapes disagree, a length is negative or NaN, an end is no node, a link joins a
        node to itself, or two links have the same ends.
    """
    if not first.shape == second.shape == length.shape or first.ndim != 1:
        raise ValueError(
            f"ends {first.shape} and {second.shape} and lengths {length.shape} do not fit"
        )
    if not (length >= 0).all():
        raise ValueError("lengths must be >= 0")
    if first.size and not (
        min(first.min(), second.min()) >= 0 and max(first.max(), second.max()) < count
    ):
        raise ValueError(f"the ends of links must be nodes 0 to {count - 1}")
    if (first == second).any():
        raise ValueError("a link must join two different nodes")
    low, high = np.minimum(first, second), np.maximum(first, second)
    if len(np.unique(low.astype(np.int64) * max(count, 1) + high)) < len(first):
        raise ValueError("two links have the same ends; give each pair once")
    return _rows(count, first, second, length)


def links_between(distance: FloatArray, *, longest: float = np.inf) -> Links:
    """Make the links of a network from the distances between all nodes.

    Parameters
    ----------
    distance : (n, n) float64
        Symmetric, >= 0; inf means no way. The diagonal is not read.
    longest : float
        Nodes further apart are not linked, >= 0.

    Returns
    -------
    Links
        Numbered along the rows of the upper triangle.

    Raises
    ------
    ValueError
        The array is not square or not symmetric, or a value is negative or NaN.
    """
    square(distance, "distance")
    first, second = np.triu_indices(len(distance), k=1)
    length = distance[first, second]
    if not ((length >= 0).all() and longest >= 0):
        raise ValueError("distances must be >= 0")
    if not np.array_equal(length, distance[second, first]):
        raise ValueError("distances must be the same both ways")
    linked = (length <= longest) & (length < np.inf)
    return _rows(
        len(distance),
        first[linked].astype(np.int32),
        second[linked].astype(np.int32),
        length[linked],
    )


def _rows(count: int, first: IntArray, second: IntArray, length: FloatArray) -> Links:
    finite = length < np.inf
    number = np.flatnonzero(finite).astype(np.int32)
    ends = np.concatenate([first[finite], second[finite]])
    others = np.concatenate([second[finite], first[finite]])
    lengths = np.concatenate([length[finite], length[finite]]).astype(np.float64)
    order = np.lexsort((others, lengths, ends))
    start = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(ends, minlength=count), out=start[1:])
    return Links(
        start,
        others[order].astype(np.int32),
        lengths[order],
        np.concatenate([number, number])[order].astype(np.int32),
    )


def shorter_links(links: Links, longest: float) -> Links:
    """Keep the links that are no longer than a length; those kept keep their numbers."""
    rows = np.repeat(np.arange(node_count(links)), np.diff(links.start))
    kept = links.length <= longest
    start = np.zeros_like(links.start)
    np.cumsum(np.bincount(rows[kept], minlength=node_count(links)), out=start[1:])
    return Links(start, links.neighbour[kept], links.length[kept], links.number[kept])


def scaled_links(links: Links, factor: float) -> Links:
    """Multiply every length by a number above 0, such as the decay of a dispersal kernel."""
    return links._replace(length=links.length * factor)


def unit_links(links: Links) -> Links:
    """Give every link the length 1, so that lengths of paths count links."""
    return links._replace(length=np.ones_like(links.length))


def components(links: Links) -> IntArray:
    """Find the parts of a network that no link joins.

    Returns
    -------
    (n,) int32
        Part of each node, numbered from 0 by the first node of each.
    """
    count = node_count(links)
    if count == 0:
        return np.zeros(0, dtype=np.int32)
    joined = csr_array(
        (np.ones(len(links.neighbour), dtype=np.int8), links.neighbour, links.start),
        shape=(count, count),
    )
    label = connected_components(joined, directed=False)[1]
    _, first, part = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int32)
    rank[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    found: IntArray = rank[part]
    return found


def square(values: FloatArray, name: str) -> FloatArray:
    """Return an array that must be square.

    Raises
    ------
    ValueError
        It is not.
    """
    if values.ndim != 2 or values.shape[0] != values.shape[1]:
        raise ValueError(f"{name} must be a square array, got the shape {values.shape}")
    return values


def amounts(values: FloatArray, count: int, name: str = "area") -> FloatArray:
    """Return one amount per node, checked and as float64.

    Raises
    ------
    ValueError
        The shape is not ``(count,)``, or a value is negative, NaN or infinite.
    """
    if values.shape != (count,):
        raise ValueError(f"{name} has the shape {values.shape}, but there are {count} patches")
    if not (np.isfinite(values) & (values >= 0)).all():
        raise ValueError(f"{name}: every value must be finite and >= 0")
    return np.ascontiguousarray(values, dtype=np.float64)
