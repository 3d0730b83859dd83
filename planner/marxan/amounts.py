"""How much of each feature each planning unit holds: puvspr.dat, in both of its forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from planner.marxan.errors import MarxanFolderError
from planner.marxan.tables import told_ids, told_list

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import FloatArray
    from planner.marxan.features import Features
    from planner.marxan.tables import MarxanTable
    from planner.marxan.units import Units

BY_PLACE = ("species", "pu", "amount")
"""Columns of a table without a header, as Marxan takes them."""

_SPECIES = ("species", "feature", "spid", "sp", "species_id", "featureid")
_UNIT = ("pu", "puid", "id", "planning_unit", "pu_id")
_AMOUNT = ("amount",)


@dataclass(frozen=True, slots=True, eq=False)
class _Entries:
    """Amounts one by one: row of the table, feature and unit ids, amount."""

    row: NDArray[np.intp]
    feature: NDArray[np.int64]
    unit: NDArray[np.int64]
    amount: FloatArray


def read_amounts(
    table: MarxanTable, units: Units, features: Features
) -> tuple[csr_array, tuple[str, ...]]:
    """Take a table as the amounts of features in planning units.

    The vertical form has a line for each feature in each unit (species, pu, amount); the
    horizontal form a line for each unit and a column for each feature, named by its id.

    Parameters
    ----------
    table : MarxanTable
        puvspr.dat, as read.
    units : Units
        The planning units.
    features : Features
        The features.

    Returns
    -------
    amount : (features, n) sparse float64
        Amounts > 0.
    notes : tuple of str
        How the table was taken, a sentence each.

    Raises
    ------
    MarxanFolderError
        A unit or feature is not known, a pair is there twice, an amount is negative, or a cell
        is no number; names lines and ids.
    """
    notes: list[str] = []
    if table.found(*_AMOUNT) is None and table.names[0] in _UNIT:
        entries = _horizontal(table)
    else:
        entries = _vertical(table, notes)
    unit = units.rows(entries.unit)
    feature = features.rows(entries.feature)
    _refuse_unknown(table, entries.row[unit < 0], entries.unit[unit < 0], "planning unit")
    _refuse_unknown(table, entries.row[feature < 0], entries.feature[feature < 0], "feature")
    _refuse_amounts(table, entries)
    _refuse_pairs(table, entries, feature * len(units) + unit)
    there = entries.amount > 0
    amount = csr_array(
        (entries.amount[there], (feature[there], unit[there])),
        shape=(len(features), len(units)),
    )
    amount.sort_indices()
    return amount, tuple(notes)


def _vertical(table: MarxanTable, notes: list[str]) -> _Entries:
    species, unit = table.needed(*_SPECIES), table.needed(*_UNIT)
    amount = table.needed(*_AMOUNT)
    if table.has("prob"):
        notes.append(
            f"Not carried over: the column prob of {table.path.name} (the chance that a "
            "feature is there); amounts count whole."
        )
    if table.names[:3] != (species, unit, amount):
        notes.append(
            f"{table.path.name} has its columns as {', '.join(table.names)} and is read by "
            "their names; Marxan would read them by place."
        )
    rows = np.arange(len(table))
    return _Entries(rows, table.ids(species), table.ids(unit), table.numbers(amount))


def _horizontal(table: MarxanTable) -> _Entries:
    named = table.names[1:]
    wrong = [name for name in named if not name.isdecimal()]
    if wrong or not named:
        raise MarxanFolderError(
            f"{table.path}: the header has no column amount, and {told_list('column', wrong)} "
            "is no id of a feature. Name the columns species, pu and amount, or pu and then "
            "the id of each feature."
        )
    amount = np.vstack([table.numbers(name, empty=0.0) for name in named])
    feature, row = np.nonzero(amount)
    ids = np.array([int(name) for name in named], dtype=np.int64)
    units = table.ids(table.names[0])
    return _Entries(row, ids[feature], units[row], amount[feature, row])


def _refuse_unknown(
    table: MarxanTable, rows: NDArray[np.intp], ids: NDArray[np.int64], noun: str
) -> None:
    if not len(rows):
        return
    where = "spec.dat" if noun == "feature" else "pu.dat"
    table.refuse(
        _marked(table, rows),
        f"{told_ids(noun, ids.tolist())} is not known",
        f"Add it to {where}, or take the lines out",
    )


def _refuse_amounts(table: MarxanTable, entries: _Entries) -> None:
    negative = entries.amount < 0
    if negative.any():
        pairs = [
            f"{feature} in unit {unit}"
            for feature, unit in zip(
                entries.feature[negative].tolist(), entries.unit[negative].tolist(), strict=True
            )
        ]
        table.refuse(
            _marked(table, entries.row[negative]),
            f"the amount of {told_list('feature', pairs)} is negative",
            "Amounts must be 0 or more",
        )


def _refuse_pairs(table: MarxanTable, entries: _Entries, pair: NDArray[np.intp]) -> None:
    twice = pd.Series(pair).duplicated(keep=False).to_numpy()
    if twice.any():
        found = list(
            dict.fromkeys(
                f"{feature} in unit {unit}"
                for feature, unit in zip(
                    entries.feature[twice].tolist(), entries.unit[twice].tolist(), strict=True
                )
            )
        )
        table.refuse(
            _marked(table, entries.row[twice]),
            f"{told_list('feature', found)} stands there twice or more often",
            "Keep one line for each, with the sum of the amounts where they are parts",
        )


def _marked(table: MarxanTable, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    marked = np.zeros(len(table), dtype=np.bool_)
    marked[rows] = True
    return marked
