"""The circuit of one small grid with one grounded cell, factorised once for any sources.

Thousands of these are solved in a moving window, so what counts is the time around each: the
matrix is built in band form by compiled loops, without a sparse matrix in between. A grid too
wide for that goes to the solver of large circuits.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algorithms.compiled import compiled
from algorithms.connectivity.circuit.graph import CircuitGraph
from algorithms.connectivity.laplacian.solver import GroundedSolver, grounded_solver
from algorithms.control import NULL_CONTROL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import FloatArray, IntArray
    from algorithms.control import Control

WIDEST_BAND = 200
"""Cells across up to which the band is factorised here; wider grids are dissected."""

_PIVOTS = 4  # eliminated together, so that each row is loaded once for four
_WORK_IN_A_SLICE = 3e8  # operations between two reports
_DOWN, _RIGHT = (0, 1, 1, 1), (1, 0, -1, 1)  # to the neighbours that come later; corners last


class Joints(NamedTuple):
    """Which cells are joined, and how well.

    Attributes
    ----------
    four_neighbours : bool
        Whether cells are joined at edges only; else at corners too, by conductances divided
        by the square root of 2.
    average_resistances : bool
        Whether a joint has the mean of the two resistances; else the mean of the two
        conductances.
    """

    four_neighbours: bool = False
    average_resistances: bool = False


class WindowCircuit:
    """A grid of conductances with one cell tied to the ground.

    Parameters
    ----------
    conductance : (rows, columns) float64
        Conductance of each cell; cells that are NaN or not > 0 are not there.
    ground : (int, int)
        Row and column of the grounded cell. Where it is not there, nothing flows.
    joints : Joints
        How cells are joined.
    control : Control
        Told the share of the factorisation done; may cancel.

    Notes
    -----
    Cells that no way joins to the ground carry no current, and what is sent into them is lost.
    """

    def __init__(
        self,
        conductance: FloatArray,
        ground: tuple[int, int],
        joints: Joints = Joints(),  # noqa: B008 - immutable
        control: Control = NULL_CONTROL,
    ) -> None:
        self._turned = conductance.shape[1] > conductance.shape[0]  # the band is the width
        self._conductance = self._own(conductance)
        row, column = reversed(ground) if self._turned else ground
        self._there = _reached(self._conductance, joints, (row, column))
        self._count = int(np.count_nonzero(self._there))
        node = np.full(self._there.shape, -1, dtype=np.int32)
        node[self._there] = np.arange(self._count)  # row by row
        self._ground = int(node[row, column])
        self._joined = _joined(self._conductance, joints, node)
        self._far = np.arange(self._count)
        band = int(_reach(self._joined, self._far))
        self._solver: GroundedSolver | None = None
        if band > WIDEST_BAND:
            self._solver = self._dissected(control)
        else:
            self._band = np.zeros((self._count, band + _PIVOTS))
            _fill_band(self._joined, self._ground, self._band)
            self._factorise(control)

    def current(self, source: FloatArray, control: Control = NULL_CONTROL) -> FloatArray:
        """Return the current through each cell.

        Parameters
        ----------
        source : (rows, columns) float64
            Current sent into each cell, finite; into the grounded cell it is lost.
        control : Control
            Told the progress; may cancel.

        Returns
        -------
        (rows, columns) float64
            The larger of what flows in from neighbours and what flows out to them; 0 where
            nothing flows.
        """
        voltage = self._own(source)[self._there]
        if self._count > 0:
            voltage[self._ground] = 0.0
            voltage = self._solved(voltage, control)
        flow = np.zeros(self._there.shape)
        flow[self._there] = _through_nodes(self._joined, voltage)
        return flow.T.copy() if self._turned else flow

    def _own(self, values: FloatArray) -> FloatArray:
        own: FloatArray = np.ascontiguousarray(values.T if self._turned else values)
        return own

    def _factorise(self, control: Control) -> None:
        width = self._band.shape[1]
        rows = max(_PIVOTS, int(_WORK_IN_A_SLICE / (width * width)) // _PIVOTS * _PIVOTS)
        for start in range(0, self._count, rows):
            _factorise_rows(self._band, self._far, start, min(start + rows, self._count))
            control.report(min(1.0, (start + rows) / self._count))

    def _solved(self, current: FloatArray, control: Control) -> FloatArray:
        if self._solver is None:
            _substitute(self._band, self._far, current)
            return current
        free = np.delete(current, self._ground)
        return np.insert(self._solver.solve(free, control), self._ground, 0.0)

    def _dissected(self, control: Control) -> GroundedSolver:
        position = np.argwhere(self._there).astype(np.int32)
        no_grid = np.empty((0, 0), dtype=np.int32)
        graph = CircuitGraph(self._count, *self._joined, no_grid, position)
        free = np.arange(self._count) != self._ground
        return grounded_solver(
            graph.reduced_laplacian(free), position=position[free], control=control
        )


def window_bytes(rows: int, columns: int) -> float:
    """Return about how much memory the circuit of a grid of this shape takes.

    Parameters
    ----------
    rows, columns : int
        Shape of the grid, all of it there.
    """
    cells, band = rows * columns, min(rows, columns) + 2
    if band > WIDEST_BAND:
        return cells * (200.0 + 31.0 * 8.0 * math.log2(max(cells, 2)) / 2.0)
    return cells * (8.0 * (band + _PIVOTS) + 60.0)


@compiled
def _reached(
    conductance: FloatArray, joints: Joints, ground: tuple[int, int]
) -> NDArray[np.bool_]:
    """Return which cells are joined to the ground."""
    rows, columns = conductance.shape
    reached = np.zeros((rows, columns), dtype=np.bool_)
    stack = np.empty(rows * columns, dtype=np.int64)
    reached[ground] = conductance[ground] > 0.0
    stack[0] = ground[0] * columns + ground[1]
    size = 1 if reached[ground] else 0
    steps = 2 if joints.four_neighbours else 4
    while size > 0:
        size -= 1
        row, column = stack[size] // columns, stack[size] % columns
        for step in range(2 * steps):
            way = 1 if step < steps else -1
            i, j = row + way * _DOWN[step % steps], column + way * _RIGHT[step % steps]
            if i < 0 or j < 0 or i >= rows or j >= columns:
                continue
            if conductance[i, j] > 0.0 and not reached[i, j]:
                reached[i, j] = True
                stack[size] = i * columns + j
                size += 1
    return reached


@compiled
def _joined(
    conductance: FloatArray, joints: Joints, node: IntArray
) -> tuple[IntArray, IntArray, FloatArray]:
    """Return the joints: the lower and the higher node of each, and its conductance."""
    rows, columns = node.shape
    first = np.empty(4 * node.size, dtype=np.int32)
    second = np.empty(4 * node.size, dtype=np.int32)
    value = np.empty(4 * node.size)
    steps = 2 if joints.four_neighbours else 4
    count = 0
    for i in range(rows):
        for j in range(columns):
            if node[i, j] < 0:
                continue
            for step in range(steps):
                a, b = i + _DOWN[step], j + _RIGHT[step]
                if a >= rows or b < 0 or b >= columns or node[a, b] < 0:
                    continue
                one, other = conductance[i, j], conductance[a, b]
                if joints.average_resistances:
                    mean = 2.0 / (1.0 / one + 1.0 / other)
                else:
                    mean = (one + other) / 2.0
                first[count], second[count] = node[i, j], node[a, b]
                value[count] = mean / math.sqrt(2.0) if step > 1 else mean
                count += 1
    return first[:count].copy(), second[:count].copy(), value[:count].copy()


@compiled
def _reach(joined: tuple[IntArray, IntArray, FloatArray], far: NDArray[np.int64]) -> int:
    """Write the last column that each row of the factor reaches; return the longest reach."""
    for at in range(joined[0].size):
        far[joined[0][at]] = max(far[joined[0][at]], joined[1][at])
    longest = 0
    for row in range(far.size):
        if row > 0:
            far[row] = max(far[row], far[row - 1])
        longest = max(longest, far[row] - row)
    return longest


@compiled
def _fill_band(
    joined: tuple[IntArray, IntArray, FloatArray], ground: int, band: FloatArray
) -> None:
    """Write the upper half of the Laplacian; the row of the ground says that it is at 0 V."""
    for at in range(joined[0].size):
        one, other, joint = joined[0][at], joined[1][at], joined[2][at]
        band[one, 0] += joint
        band[other, 0] += joint
        if ground not in (one, other):
            band[one, other - one] -= joint
    if ground >= 0:
        band[ground, 0] = 1.0


@compiled
def _factorise_rows(band: FloatArray, far: NDArray[np.int64], start: int, end: int) -> None:
    """Turn rows of the band into rows of its Cholesky factor, `_PIVOTS` at a time."""
    count, width = band.shape
    for first in range(start, end, 4):
        last = min(first + 4, count)
        for row in range(first, last):
            for earlier in range(first, row):
                share = band[earlier, row - earlier]
                if share != 0.0:
                    for m in range(width - (row - earlier)):
                        band[row, m] -= share * band[earlier, row - earlier + m]
            root = math.sqrt(band[row, 0])
            for m in range(width):
                band[row, m] /= root
        if last - first < 4:
            return
        furthest = far[last - 1]
        one, two, three, four = (
            band[first],
            band[first + 1],
            band[first + 2],
            band[first + 3],
        )
        for row in range(last, furthest + 1):
            k = row - first
            length = furthest - row + 1
            a, b, c, d = one[k], two[k - 1], three[k - 2], four[k - 3]
            target = band[row, :length]
            w = one[k : k + length]
            x = two[k - 1 : k - 1 + length]
            y = three[k - 2 : k - 2 + length]
            z = four[k - 3 : k - 3 + length]
            for m in range(length):
                target[m] -= a * w[m] + b * x[m] + c * y[m] + d * z[m]


@compiled
def _substitute(band: FloatArray, far: NDArray[np.int64], values: FloatArray) -> None:
    """Solve with the factor, in place."""
    count = values.size
    for row in range(count):
        values[row] /= band[row, 0]
        known = values[row]
        if known != 0.0:
            for m in range(1, far[row] - row + 1):
                values[row + m] -= band[row, m] * known
    for row in range(count - 1, -1, -1):
        total = values[row]
        for m in range(1, far[row] - row + 1):
            total -= band[row, m] * values[row + m]
        values[row] = total / band[row, 0]


@compiled
def _through_nodes(
    joined: tuple[IntArray, IntArray, FloatArray], voltage: FloatArray
) -> FloatArray:
    """Return the larger of what flows into each node over its joints and what flows out."""
    into, out = np.zeros(voltage.size), np.zeros(voltage.size)
    for at in range(joined[0].size):
        one, other = joined[0][at], joined[1][at]
        branch = joined[2][at] * (voltage[one] - voltage[other])
        if branch > 0.0:
            out[one] += branch
            into[other] += branch
        else:
            into[one] -= branch
            out[other] -= branch
    return np.maximum(into, out)
