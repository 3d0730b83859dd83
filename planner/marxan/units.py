"""Planning units of a Marxan folder: pu.dat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.marxan.tables import told_ids

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from planner.marxan.tables import MarxanTable

FREE, STARTING, LOCKED_IN, LOCKED_OUT = range(4)
"""What the status of a planning unit means; where annealing starts does not matter here."""

_COLUMNS = frozenset({"id", "cost", "status", "xloc", "yloc", "prob"})
_ID = ("id", "puid", "pu", "planning_unit")


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Planning units, in the order of pu.dat.

    Attributes
    ----------
    id : (n,) int64
        Identifiers, all different.
    cost : (n,) float64
        Costs, >= 0, and > 0 where a unit is free.
    status : (n,) int32
        0 and 1 free, 2 locked in, 3 locked out.
    place : (n, 2) float64 or None
        xloc and yloc; None where the table has none.
    notes : tuple of str
        How the table was taken, a sentence each.
    """

    id: NDArray[np.int64]
    cost: FloatArray
    status: IntArray
    place: FloatArray | None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of units."""
        return len(self.id)

    @property
    def locked_in(self) -> BoolArray:
        """(n,) bool: units that must be selected."""
        return np.asarray(self.status == LOCKED_IN)

    @property
    def locked_out(self) -> BoolArray:
        """(n,) bool: units that must not be selected."""
        return np.asarray(self.status == LOCKED_OUT)

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the rows of units; -1 where there is no such unit."""
        return pd.Index(self.id).get_indexer(pd.Index(ids))


def read_units(table: MarxanTable) -> Units:
    """Take a table as planning units.

    A missing column of costs counts 1 for every unit and a missing status 0, as in Marxan.

    Parameters
    ----------
    table : MarxanTable
        pu.dat, as read.

    Returns
    -------
    Units

    Raises
    ------
    MarxanFolderError
        There are no ids, one is there twice, a cost is negative, a free unit costs nothing, a
        status is none of 0 to 3, or a cell is no number; names lines and ids.
    """
    notes: list[str] = []
    column = table.needed(*_ID)
    ids = table.ids(column)
    refuse_doubled(table, ids, "planning unit")
    cost = np.ones(len(table))
    if table.has("cost"):
        cost = table.numbers("cost")
    else:
        notes.append(f"{table.path.name} has no column cost: every unit costs 1, as in Marxan.")
    status = table.numbers("status") if table.has("status") else np.zeros(len(table))
    wrong = ~np.isin(status, (FREE, STARTING, LOCKED_IN, LOCKED_OUT))
    if wrong.any():
        table.refuse(
            wrong,
            f"column status of {told_ids('planning unit', ids[wrong])} is "
            f"{', '.join(f'{value:g}' for value in np.unique(status[wrong])[:5])}",
            "Give 0 (free), 1 (free, where annealing starts), 2 (locked in) or 3 (locked out)",
        )
    _refuse_costs(table, ids, cost, free=status < LOCKED_IN)
    place = None
    if table.has("xloc") and table.has("yloc"):
        place = np.column_stack((table.numbers("xloc"), table.numbers("yloc")))
    starting = int(np.count_nonzero(status == STARTING))
    if starting:
        notes.append(
            f"{starting:,} units of status 1 are free: where annealing would start from does "
            "not matter to an exact search."
        )
    notes += _told_columns(table, column)
    return Units(ids, cost, status.astype(np.int32), place, tuple(notes))


def refuse_doubled(table: MarxanTable, ids: NDArray[np.int64], noun: str) -> None:
    """Refuse identifiers that stand in a table twice.

    Raises
    ------
    MarxanFolderError
        One does; names lines and ids.
    """
    twice = pd.Series(ids).duplicated(keep=False).to_numpy()
    if twice.any():
        table.refuse(
            twice,
            f"{told_ids(noun, ids[twice].tolist())} stands there twice or more often",
            "Keep one line for each id",
        )


def _refuse_costs(
    table: MarxanTable, ids: NDArray[np.int64], cost: FloatArray, *, free: BoolArray
) -> None:
    negative = cost < 0
    if negative.any():
        table.refuse(
            negative,
            f"column cost of {told_ids('planning unit', ids[negative].tolist())} is negative",
            "Costs must be 0 or more; leave out what would pay for itself, or shift all costs",
        )
    nothing = free & (cost == 0)
    if nothing.any():
        table.refuse(
            nothing,
            f"column cost of {told_ids('planning unit', ids[nothing].tolist())} is 0, though "
            "the unit is free: it would be selected or not by chance",
            "Give it a cost above 0, such as its area, or lock it in (status 2)",
        )


def _told_columns(table: MarxanTable, id_column: str) -> list[str]:
    told = []
    if table.has("prob") and table.numbers("prob", empty=0.0).any():
        told.append(
            "Not carried over: the column prob of "
            f"{table.path.name} (the chance that a unit is lost); amounts count whole."
        )
    other = [name for name in table.names if name not in _COLUMNS and name != id_column]
    if other:
        told.append(
            f"{table.path.name}: {', '.join(other)} is no column of Marxan, left aside."
        )
    return told
