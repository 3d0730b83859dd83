"""What is not asked of a selection, and is told of it: clumps, and occurrences far apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from planner.marxan.folder import MarxanFolder


def separations(folder: MarxanFolder, selected: BoolArray) -> IntArray:
    """Count occurrences of each feature that lie apart from each other, up to its sepnum.

    They are taken one by one, each at least sepdistance from those before; another order may
    find more, so the count is what is certain.

    Parameters
    ----------
    folder : MarxanFolder
        The problem.
    selected : (n,) bool
        The selection.

    Returns
    -------
    (features,) int32
        0 where nothing is asked, or where units have no places.
    """
    features, place = folder.features, folder.units.place
    found = np.zeros(len(features), dtype=np.int32)
    if place is None:
        return found
    for row in np.flatnonzero((features.separate > 0) & (features.distance > 0)):
        unit = _units_with(folder, int(row))
        unit = unit[selected[unit]]
        if len(unit):
            most = int(np.ceil(features.separate[row]))
            found[row] = _apart(place[unit], float(features.distance[row]), most)
    return found


def clumped(folder: MarxanFolder, selected: BoolArray) -> FloatArray:
    """Sum the amount of each feature that lies in clumps of its target2 or more.

    A clump is a connected piece of selected units that hold the feature, along boundaries.

    Parameters
    ----------
    folder : MarxanFolder
        The problem.
    selected : (n,) bool
        The selection.

    Returns
    -------
    (features,) float64
        The whole amount that is held where no clumps are asked for.
    """
    features = folder.features
    amount = folder.amount @ selected.astype(np.float64)
    for row in np.flatnonzero(features.clump > 0):
        holds = np.zeros(len(selected), dtype=np.bool_)
        holds[_units_with(folder, int(row))] = True
        holds &= selected
        piece = _pieces(folder, holds)
        own = np.asarray(folder.amount[[int(row)]].todense()).ravel()
        size = np.bincount(piece[holds], weights=own[holds], minlength=1)
        amount[row] = size[size >= features.clump[row]].sum()
    return np.asarray(amount, dtype=np.float64)


def _units_with(folder: MarxanFolder, row: int) -> IntArray:
    part = slice(folder.amount.indptr[row], folder.amount.indptr[row + 1])
    return folder.amount.indices[part]


def _apart(place: FloatArray, distance: float, most: int) -> int:
    tree = KDTree(place)
    free = np.ones(len(place), dtype=np.bool_)
    count = 0
    # From the outside inwards: what lies at the edge stands in the way of the fewest.
    centre = place.mean(axis=0)
    for one in np.argsort(-np.hypot(*(place - centre).T), kind="stable"):
        if free[one]:
            count += 1
            if count >= most:
                break
            near = np.array(tree.query_ball_point(place[one], distance), dtype=np.intp)
            gap = np.hypot(*(place[near] - place[one]).T)
            free[near[gap < distance]] = False
            free[one] = False
    return count


def _pieces(folder: MarxanFolder, holds: BoolArray) -> IntArray:
    n = len(holds)
    edges = np.zeros((0, 2), dtype=np.int32)
    if folder.boundary is not None:
        edges = folder.boundary.edges[folder.boundary.length > 0]
    inside = edges[holds[edges].all(axis=1)]
    joined = csr_array((np.ones(len(inside)), (inside[:, 0], inside[:, 1])), shape=(n, n))
    _, piece = connected_components(joined, directed=False)
    return np.asarray(piece, dtype=np.int32)
