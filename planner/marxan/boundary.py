"""Boundaries and connections of a Marxan folder: bound.dat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.marxan.tables import told_ids, told_list

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from planner.marxan.tables import MarxanTable
    from planner.marxan.units import Units

BY_PLACE = ("id1", "id2", "boundary")
"""Columns of a table without a header, as Marxan takes them."""

_LENGTH = ("boundary", "bound", "amount", "length", "value", "cost", "connection")


@dataclass(frozen=True, slots=True, eq=False)
class Boundary:
    """Shared boundaries, or connections, between planning units.

    With x the selection, the boundary is ``sum_e length_e |x_i - x_j| + sum_i exposed_i x_i
    + sum_i lean_i x_i``. Connections with a direction, where ``v_ij`` counts if i is selected
    and j is not, are carried exactly: ``length`` is their mean over both directions and
    ``lean`` what is left, ``(v_ij - v_ji) / 2`` summed over j.

    Attributes
    ----------
    edges : (m, 2) int32
        Rows of the units of each pair, each pair once, the lower first.
    length : (m,) float64
        Length of each, >= 0.
    exposed : (n,) float64
        Boundary of each unit with nothing (lines with the same id twice), >= 0.
    lean : (n,) float64
        What direction adds; 0 where connections have none.
    notes : tuple of str
        How the table was taken, a sentence each.
    """

    edges: IntArray
    length: FloatArray
    exposed: FloatArray
    lean: FloatArray
    notes: tuple[str, ...] = ()

    def of(self, selected: BoolArray) -> float:
        """Return the boundary of a selection, in the unit of the table."""
        apart = selected[self.edges[:, 0]] != selected[self.edges[:, 1]]
        inside = (self.exposed + self.lean)[selected].sum()
        return float(self.length[apart].sum() + inside)


def read_boundary(table: MarxanTable, units: Units, *, asymmetric: bool = False) -> Boundary:
    """Take a table as boundaries between planning units.

    A pair that is given twice counts once, with its first value, as in Marxan 2.4 and 4;
    lines with the same id twice are the unit's exposed boundary, and add up.

    Parameters
    ----------
    table : MarxanTable
        bound.dat, as read.
    units : Units
        The planning units.
    asymmetric : bool
        Whether each line counts for one direction only (ASYMMETRICCONNECTIVITY); exposed
        boundaries then do not count, as in Marxan.

    Returns
    -------
    Boundary

    Raises
    ------
    MarxanFolderError
        A unit is not known, a length is negative, or a cell is no number; names lines and ids.
    """
    first, second = table.ids(table.needed("id1")), table.ids(table.needed("id2"))
    spare = [name for name in table.names if name not in {"id1", "id2"}]
    length = table.numbers(table.found(*_LENGTH) or table.needed(*spare[:1], *_LENGTH))
    one, other = units.rows(first), units.rows(second)
    unknown = (one < 0) | (other < 0)
    if unknown.any():
        ids = np.concatenate((first[one < 0], second[other < 0]))
        table.refuse(
            unknown,
            f"{told_ids('planning unit', ids.tolist())} is not known",
            "Add it to pu.dat, or take the lines out",
        )
    negative = length < 0
    if negative.any():
        pairs = [
            f"{a} and {b}"
            for a, b in zip(first[negative].tolist(), second[negative].tolist(), strict=True)
        ]
        table.refuse(
            negative,
            f"the boundary of {told_list('unit', pairs)} is negative",
            "Lengths must be 0 or more",
        )
    alone = one == other
    exposed = _sums(one[alone], length[alone], len(units))
    ends = np.column_stack((one[~alone], other[~alone]))
    if asymmetric:
        return _directed(ends, length[~alone], exposed)
    return _shared(table, units, ends, length[~alone], exposed)


def _shared(
    table: MarxanTable,
    units: Units,
    ends: NDArray[np.intp],
    length: FloatArray,
    exposed: FloatArray,
) -> Boundary:
    n = len(exposed)
    low, high = ends.min(axis=1), ends.max(axis=1)
    pair = low * n + high
    again = pd.Series(pair).duplicated().to_numpy()
    notes = []
    if again.any():
        kept = pd.Series(length[~again], index=pair[~again])
        differs = again.copy()
        differs[again] = kept.loc[pair[again]].to_numpy() != length[again]
        note = (
            f"{table.path.name} gives {np.count_nonzero(again):,} pairs again; each counts "
            "once, with its first length, as in Marxan 2.4 and 4"
        )
        if differs.any():
            found = [f"{units.id[a]} and {units.id[b]}" for a, b in ends[differs].tolist()[:6]]
            told = told_list("unit", found, int(np.count_nonzero(differs)))
            note += (
                f". The lengths of {told} differ: keep the line that is right, or set "
                "ASYMMETRICCONNECTIVITY 1 where they are connections with a direction"
            )
        notes.append(f"{note}.")
    edges = np.column_stack((low[~again], high[~again])).astype(np.int32)
    return Boundary(edges, length[~again], exposed, np.zeros(n), tuple(notes))


def _directed(ends: NDArray[np.intp], length: FloatArray, exposed: FloatArray) -> Boundary:
    n = len(exposed)
    pair, edge = np.unique(ends.min(axis=1) * n + ends.max(axis=1), return_inverse=True)
    half = _sums(edge, length / 2.0, len(pair))
    lean = _sums(ends[:, 0], length / 2.0, n) - _sums(ends[:, 1], length / 2.0, n)
    notes = ["Connections have a direction (ASYMMETRICCONNECTIVITY): carried over exactly."]
    if exposed.any():
        notes.append("Lines with the same id twice do not count then, as in Marxan.")
    edges = np.column_stack((pair // n, pair % n)).astype(np.int32)
    return Boundary(edges, half, np.zeros(n), lean, tuple(notes))


def _sums(place: NDArray[np.intp], value: FloatArray, count: int) -> FloatArray:
    """(count,) float64: the sum of the values at each place."""
    return np.bincount(place, weights=value, minlength=count).astype(np.float64)
