"""Merging selections: the best that can be put together from pieces of several.

Units on which all selections agree with each other move together (Aggarwal, Orlin & Tai 1997
call such a step an optimised crossover); what is left is a small problem for branch and cut.

References
----------
Aggarwal, C. C., Orlin, J. B. & Tai, R. P. (1997). Optimized crossover for the independent set
problem. Operations Research 45: 226-234.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from algorithms.reserve.exact import solve_exact
from algorithms.reserve.problem import Problem
from algorithms.reserve.search import SearchOptions
from algorithms.reserve.solution import InfeasibleProblemError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.control import Control
    from algorithms.reserve.lagrangian.rows import Rows

MOST_NODES = 20
"""Nodes of branch and cut per merge."""
_INSIDE, _OUTSIDE = 0, 1


def merged(
    rows: Rows, best: BoolArray, others: Sequence[BoolArray], control: Control
) -> BoolArray:
    """Return the best selection found that is put together from pieces of several.

    Parameters
    ----------
    rows : Rows
        The problem.
    best : (n,) bool
        A selection that holds every row.
    others : sequence of (n,) bool
        Further selections; they need not.
    control : Control
        Told the share of the work done; may cancel.
    """
    pattern = np.packbits(np.stack([best, *others]), axis=0).T
    label = np.unique(pattern, axis=0, return_inverse=True)[1].ravel()
    agreed = np.logical_and.reduce([other == best for other in others])
    return _recombined(rows, best, np.where(agreed, -1, label), control)


def reshaped(rows: Rows, best: BoolArray, inside: BoolArray, control: Control) -> BoolArray:
    """Return the best selection found that differs only along the boundary of a given one.

    Parameters
    ----------
    rows : Rows
        The problem.
    best : (n,) bool
        A selection that holds every row.
    inside : (n,) bool
        Where the boundary may move.
    control : Control
        Told the share of the work done; may cancel.
    """
    cut = best[rows.edges[:, 0]] != best[rows.edges[:, 1]]
    border = np.zeros(best.size, np.bool_)
    border[rows.edges[cut].ravel()] = True
    label = np.where(border & inside, np.arange(best.size), -1)
    return _recombined(rows, best, label, control)


def _recombined(rows: Rows, best: BoolArray, label: IntArray, control: Control) -> BoolArray:
    """Choose anew for units with a label >= 0, those of one label that touch together."""
    if (label < 0).all():
        return best
    group = _groups(rows, label, best)
    small = _contracted(rows, group)
    start = np.zeros(small.n_units, np.bool_)
    start[group[best]] = True
    options = SearchOptions(gap=1e-6, nodes=MOST_NODES)
    try:
        found = solve_exact(small, options, control, start=start)
    except InfeasibleProblemError:
        # The best holds its rows by less than rounding: there is nothing to choose.
        return best
    return best if found.selected is None else found.selected[group]


def _groups(rows: Rows, label: IntArray, best: BoolArray) -> IntArray:
    """(n,) int32: the group of each unit; what is settled is `_INSIDE` or `_OUTSIDE`."""
    one, other = rows.edges[:, 0], rows.edges[:, 1]
    same = (label[one] == label[other]) & (label[one] >= 0)
    graph = sparse.coo_array(
        (np.ones(int(same.sum())), (one[same], other[same])), shape=(label.size,) * 2
    )
    piece = csgraph.connected_components(graph, directed=False)[1]
    group = np.where(best, _INSIDE, _OUTSIDE).astype(np.int32)
    free = label >= 0
    group[free] = np.unique(piece[free], return_inverse=True)[1] + 2
    return group


def _contracted(rows: Rows, group: IntArray) -> Problem:
    """Return the problem of choosing groups."""
    count = int(group.max()) + 1
    n = group.size
    gather = sparse.csr_array((np.ones(n), (np.arange(n), group)), shape=(n, count))
    ends = np.sort(group[rows.edges], axis=1)
    between = ends[:, 0] != ends[:, 1]
    # What is settled on both sides does not depend on the choice.
    between &= ends[:, 1] > _OUTSIDE
    pairs, place = np.unique(ends[between], axis=0, return_inverse=True)
    length: FloatArray = np.bincount(place.ravel(), rows.edge_cost[between], len(pairs)).astype(
        np.float64
    )
    locked = np.zeros((2, count), np.bool_)
    locked[0, _INSIDE] = locked[1, _OUTSIDE] = True
    return Problem(
        cost=np.zeros(count),
        penalty=np.bincount(group, rows.base, count).astype(np.float64),
        amount=sparse.csr_array(rows.matrix @ gather),
        target=rows.wanted - 0.5 * rows.rounding,
        locked_in=locked[0],
        locked_out=locked[1],
        edges=pairs.astype(np.int32),
        edge_length=length,
        boundary_penalty=1.0,
    )
