"""Distances between patches on a grid, from edge to edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import KDTree

from algorithms.connectivity.cost_distance import cell_sides
from algorithms.control import NULL_CONTROL

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray, IntArray
    from algorithms.control import Control


def patch_distances(
    labels: IntArray,
    *,
    cell_size: float | tuple[float, float],
    max_distance_m: float = np.inf,
    control: Control = NULL_CONTROL,
) -> FloatArray:
    """Measure the distance between the edges of every two patches, exactly for their cells.

    Patches that touch, be it at a corner or along a border, are at distance 0.

    Parameters
    ----------
    labels : (rows, columns) int32
        Patches 1 to n, each with a cell at least; 0 outside.
    cell_size : float or (float, float)
        Height and width of a cell in metres.
    max_distance_m : float
        Distances beyond it are returned as inf, which saves time.
    control : Control
        Told the share of patches done; may cancel.

    Returns
    -------
    (n, n) float64
        Symmetric, in metres, 0 on the diagonal.

    Raises
    ------
    ValueError
        A label is negative or missing, or the cut-off is negative.
    """
    sides = cell_sides(cell_size)
    if labels.size == 0 or labels.min() < 0:
        raise ValueError("labels must be integers >= 0 on a grid with a cell at least")
    if not max_distance_m >= 0:
        raise ValueError(f"the largest distance must be >= 0, got {max_distance_m}")
    count = int(labels.max())
    if count == 0:
        return np.zeros((0, 0))
    corners = [np.empty((0, 2))] * count
    for label, points in _corners(labels).items():
        corners[label - 1] = points * np.array(sides)
    for label, points in enumerate(corners, start=1):
        if len(points) == 0:
            raise ValueError(f"no cell has the label {label} of {count}")
    # Two cells of one grid are nearest at two of their corners, so corners are enough.
    bound = np.nextafter(max_distance_m, np.inf)  # the tree's bound is exclusive
    distance = np.zeros((count, count))
    # The smaller patch of two asks the larger one: a tree answers few questions soonest.
    order = sorted(range(count), key=lambda patch: -len(corners[patch]))
    for place, first in enumerate(order):
        control.report(place / count)
        tree = KDTree(corners[first])
        for second in order[place + 1 :]:
            near, _ = tree.query(corners[second], distance_upper_bound=bound)
            distance[first, second] = distance[second, first] = np.min(near)
    control.report(1.0)
    return distance


def _corners(labels: IntArray) -> dict[int, FloatArray]:
    """List the corners of the cells on the edge of each patch, in cells."""
    framed = np.pad(labels, 1)
    centre = framed[1:-1, 1:-1]
    edge = np.zeros(labels.shape, dtype=np.bool_)
    for beside in (framed[:-2, 1:-1], framed[2:, 1:-1], framed[1:-1, :-2], framed[1:-1, 2:]):
        edge |= beside != centre
    rows, columns = np.nonzero(edge & (labels > 0))
    # One number for each corner of each label: far faster to sort than rows of three.
    width = labels.shape[1] + 1
    corners = (labels.shape[0] + 1) * width
    first = labels[rows, columns].astype(np.int64) * corners + rows * width + columns
    number = np.unique(np.concatenate([first, first + 1, first + width, first + width + 1]))
    label, corner = np.divmod(number, corners)
    found, start = np.unique(label, return_index=True)
    points = np.column_stack(np.divmod(corner, width)).astype(np.float64)
    return dict(zip(found.tolist(), np.split(points, start[1:]), strict=True))
