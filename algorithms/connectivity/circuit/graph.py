"""The circuit of a landscape: cells or sites as nodes, conductances between neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray

NO_NODE = -1
"""Node of a cell that carries no current."""


@dataclass(frozen=True, slots=True)
class CircuitGraph:
    """Nodes and the conductances between them.

    Attributes
    ----------
    count : int
        Number of nodes, numbered from 0.
    first, second : (m,) int32
        The two ends of each branch; never the same node, and two branches may join the same
        nodes, which then act in parallel.
    conductance : (m,) float64
        Conductance of each branch, > 0.
    node : (rows, columns) int32
        Node of each cell, `NO_NODE` where there is none; several cells may be one node. Of
        shape (0, 0) where the circuit is no grid.
    position : (count, 2) int32
        Row and column of each node, -1 for a node of several cells or of no grid.
    """

    count: int
    first: IntArray
    second: IntArray
    conductance: FloatArray
    node: IntArray
    position: IntArray

    def components(self) -> IntArray:
        """Return the number of the connected component of each node, from 0, as int32."""
        links = coo_array(
            (np.ones(len(self.first), dtype=np.float32), (self.first, self.second)),
            shape=(self.count, self.count),
        )
        _, label = connected_components(links, directed=False)
        return np.asarray(label, dtype=np.int32)

    def on_grid(self, value: FloatArray, *, fill: float = 0.0) -> FloatArray:
        """Lay values of nodes on the grid.

        Parameters
        ----------
        value : (count,) float64
            A value of each node.
        fill : float
            What cells without a node hold.

        Returns
        -------
        (rows, columns) float64
            All cells of one node hold its value.
        """
        extended = np.append(value, fill)
        return np.asarray(extended[self.node], dtype=np.float64)

    def reduced_laplacian(self, kept: BoolArray, ground: FloatArray | None = None) -> csr_array:
        """Return the Laplacian of some nodes, all others tied to ground.

        Parameters
        ----------
        kept : (count,) bool
            Nodes that stay as unknowns.
        ground : (count,) float64, optional
            Further conductance from each node to ground, finite.

        Returns
        -------
        (kept, kept) csr_array
            Sum of the conductances at each node on the diagonal, minus the conductances
            between kept nodes beside it.
        """
        order = np.cumsum(kept, dtype=np.int32) - 1
        unknowns = int(np.count_nonzero(kept))
        diagonal = np.zeros(self.count) if ground is None else ground.astype(np.float64)
        for end in (self.first, self.second):
            diagonal += np.bincount(end, weights=self.conductance, minlength=self.count)
        inner = kept[self.first] & kept[self.second]
        first, second = order[self.first[inner]], order[self.second[inner]]
        off = -self.conductance[inner]
        own = np.arange(unknowns, dtype=np.int32)
        matrix = coo_array(
            (
                np.concatenate((diagonal[kept], off, off)),
                (
                    np.concatenate((own, first, second)),
                    np.concatenate((own, second, first)),
                ),
            ),
            shape=(unknowns, unknowns),
        )
        return csr_array(matrix)


def grid_graph(
    conductance: FloatArray,
    *,
    four_neighbours: bool,
    average_resistances: bool,
    short_circuits: NDArray[np.integer] | None = None,
) -> CircuitGraph:
    """Make the circuit of a grid of cells.

    A cell of conductance > 0 is a node. Neighbours that share an edge are joined by the mean of
    their conductances ``(a + b) / 2``, or by the conductance of their mean resistance
    ``2 / (1/a + 1/b)``; diagonal neighbours by that over the root of 2. The size of a cell does
    not enter: resistances are ohms per square.

    Parameters
    ----------
    conductance : (rows, columns) float64
        Conductance of each cell; where it is not > 0, or NaN, there is no node.
    four_neighbours : bool
        Join cells that share an edge only; else the diagonal neighbours too.
    average_resistances : bool
        Average resistances rather than conductances.
    short_circuits : (rows, columns) int, optional
        Cells of one number > 0 are one node, even apart. Cells without conductance belong to
        it too, where at least one cell of the region has some; else the region is ignored.

    Returns
    -------
    CircuitGraph
        Nodes are numbered by row and column of their first cell with conductance.

    References
    ----------
    McRae, B. H., Dickson, B. G., Keitt, T. H., Shah, V. B. (2008). Using circuit theory to
    model connectivity in ecology, evolution, and conservation. Ecology 89(10), 2712-2724.
    """
    carries = conductance > 0.0
    amount = np.where(carries, conductance, 0.0)
    node = np.full(conductance.shape, NO_NODE, dtype=np.int32)
    node[carries] = np.arange(np.count_nonzero(carries), dtype=np.int32)
    if short_circuits is not None:
        node = _joined(node, carries, short_circuits)
    count = int(node.max(initial=NO_NODE)) + 1
    first, second, between = _branches(node, amount, four_neighbours, average_resistances)
    return CircuitGraph(count, first, second, between, node, _positions(node, count))


def link_graph(
    count: int, first: IntArray, second: IntArray, conductance: FloatArray
) -> CircuitGraph:
    """Make the circuit of a list of links; links of the same two nodes are added up.

    Parameters
    ----------
    count : int
        Number of nodes.
    first, second : (m,) int32
        The ends of each link, 0 to `count` - 1; a link of a node to itself is left out.
    conductance : (m,) float64
        Conductance of each link, finite; those of 0 are left out.

    Raises
    ------
    ValueError
        A conductance is negative or not finite, or an end is no node.
    """
    if not (np.isfinite(conductance).all() and (conductance >= 0.0).all()):
        raise ValueError("conductances must be finite and not negative")
    ends = np.stack((first, second))
    if ends.size and not (ends.min() >= 0 and ends.max() < count):
        raise ValueError(f"links must join nodes 0 to {count - 1}")
    low, high = ends.min(axis=0, initial=count), ends.max(axis=0, initial=-1)
    kept = (low != high) & (conductance > 0.0)
    summed = csr_array(
        coo_array((conductance[kept], (low[kept], high[kept])), shape=(count, count))
    ).tocoo()
    nowhere = np.full((count, 2), -1, dtype=np.int32)
    return CircuitGraph(
        count,
        summed.row.astype(np.int32),
        summed.col.astype(np.int32),
        np.asarray(summed.data, dtype=np.float64),
        np.empty((0, 0), dtype=np.int32),
        nowhere,
    )


def _joined(
    node: IntArray, carries: BoolArray, short_circuits: NDArray[np.integer]
) -> IntArray:
    """Give all cells of one region one node, and number the nodes anew without gaps."""
    inside = short_circuits > 0
    regions, region = np.unique(short_circuits[inside], return_inverse=True)
    lowest = np.full(len(regions), np.iinfo(np.int32).max, dtype=np.int32)
    held = carries[inside]
    np.minimum.at(lowest, region[held], node[inside][held])
    alive = lowest < np.iinfo(np.int32).max
    joined = node.copy()
    joined[inside] = np.where(alive[region], lowest[region], node[inside])
    present = np.zeros(int(node.max(initial=NO_NODE)) + 1, dtype=np.bool_)
    present[joined[joined >= 0]] = True
    number = np.append(np.cumsum(present, dtype=np.int32) - 1, np.int32(NO_NODE))
    return np.asarray(number[joined], dtype=np.int32)


def _branches(
    node: IntArray, amount: FloatArray, four_neighbours: bool, average_resistances: bool
) -> tuple[IntArray, IntArray, FloatArray]:
    """Return the ends and the conductance of every branch between neighbouring cells."""
    here, there = slice(None, -1), slice(1, None)
    every = slice(None)
    steps = [((every, here), (every, there), 1.0), ((here, every), (there, every), 1.0)]
    if not four_neighbours:
        length = float(np.sqrt(2.0))
        steps += [
            ((here, here), (there, there), length),
            ((there, here), (here, there), length),
        ]
    firsts, seconds, conductances = [], [], []
    for start, end, length in steps:
        a, b = amount[start], amount[end]
        joint = (a > 0.0) & (b > 0.0) if average_resistances else (a + b) > 0.0
        joint &= (node[start] >= 0) & (node[end] >= 0) & (node[start] != node[end])
        a, b = a[joint], b[joint]
        mean = 2.0 / (1.0 / a + 1.0 / b) if average_resistances else (a + b) / 2.0
        firsts.append(node[start][joint])
        seconds.append(node[end][joint])
        conductances.append(mean / length)
    return np.concatenate(firsts), np.concatenate(seconds), np.concatenate(conductances)


def _positions(node: IntArray, count: int) -> IntArray:
    """Return row and column of each node of one cell, -1 for the others."""
    rows, columns = np.nonzero(node >= 0)
    own = node[rows, columns]
    position = np.full((count, 2), -1, dtype=np.int32)
    position[own, 0], position[own, 1] = rows, columns
    position[np.bincount(own, minlength=count) > 1] = -1
    return position
