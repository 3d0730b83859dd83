"""Conservation features of a Marxan folder: spec.dat, with its block definitions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.marxan.tables import told_ids, told_list
from planner.marxan.units import refuse_doubled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import FloatArray
    from planner.marxan.tables import MarxanTable

UNSET = -1.0
"""What Marxan reads as a value that is not given."""

_FIELDS = ("target", "prop", "targetocc", "spf", "target2", "sepnum", "sepdistance")
_BLOCK_FIELDS = ("target", "target2", "targetocc", "sepnum", "spf", "sepdistance")
_ALIASES = {"spf": ("spf", "fpf"), "id": ("id", "species", "spid", "feature")}
_KNOWN = frozenset((*_FIELDS, "fpf", "name", "type", "ptarget1d", "ptarget2d"))


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Conservation features, in the order of spec.dat.

    Attributes
    ----------
    id : (features,) int64
        Identifiers, all different.
    name : tuple of str
        Names, empty where there is none.
    target : (features,) float64
        Amount to hold, >= 0, 0 where none is asked.
    share : (features,) float64
        Share of the whole amount that is the target, where it is > 0; it then overrules the
        target.
    occurrences : (features,) float64
        Units with the feature to hold, >= 0.
    factor : (features,) float64
        Species penalty factor (SPF), >= 0.
    clump : (features,) float64
        Smallest amount that a clump must hold to count (target2); 0 where any counts.
    separate, distance : (features,) float64
        Occurrences that must lie so far from each other (sepnum, sepdistance); 0 for none.
    notes : tuple of str
        How the tables were taken, a sentence each.
    """

    id: NDArray[np.int64]
    name: tuple[str, ...]
    target: FloatArray
    share: FloatArray
    occurrences: FloatArray
    factor: FloatArray
    clump: FloatArray
    separate: FloatArray
    distance: FloatArray
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of features."""
        return len(self.id)

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the rows of features; -1 where there is no such feature."""
        return pd.Index(self.id).get_indexer(pd.Index(ids))

    def labels(self) -> tuple[str, ...]:
        """Return a name for messages for every feature: its id, and its name in brackets."""
        return tuple(
            f"feature {identifier} ({name})" if name else f"feature {identifier}"
            for identifier, name in zip(self.id.tolist(), self.name, strict=True)
        )

    def with_targets(self, total: FloatArray) -> Features:
        """Return the features with their shares turned into amounts.

        Parameters
        ----------
        total : (features,) float64
            Amount of each in all planning units, those that are locked out included.
        """
        shared = self.share > 0
        return replace(self, target=np.where(shared, self.share * total, self.target))


def read_features(table: MarxanTable, blocks: MarxanTable | None = None) -> Features:
    """Take tables as conservation features.

    A value of -1 is not given: the block of the feature's type gives it then, and else 0 (1
    for the penalty factor). ``prop`` overrules ``target``, as in Marxan.

    Parameters
    ----------
    table : MarxanTable
        spec.dat, as read.
    blocks : MarxanTable, optional
        The block definitions.

    Returns
    -------
    Features
        With shares still to be turned into amounts.

    Raises
    ------
    MarxanFolderError
        An id is missing or there twice, a value is no number or negative, a share is above 1,
        or neither target nor prop nor targetocc is a column; names lines and ids.
    """
    ids = table.ids(table.needed(*_ALIASES["id"]))
    refuse_doubled(table, ids, "feature")
    if blocks is None:
        table.needed("target", "prop", "targetocc")
    values = {field: _column(table, field, ids) for field in _FIELDS}
    notes = []
    if blocks is not None:
        _apply_blocks(values, _column(table, "type", ids), blocks)
        notes.append(f"{len(blocks):,} block definitions give what {table.path.name} leaves.")
    _refuse_shares(table, ids, values["prop"])
    both = (values["prop"] > 0) & (values["target"] > 0)
    if both.any():
        told = told_ids("feature", ids[both].tolist())
        notes.append(f"prop overrules target for {told}, as in Marxan.")
    notes += _told_columns(table)
    factor = values["spf"]
    return Features(
        id=ids,
        name=table.texts("name") if table.has("name") else ("",) * len(ids),
        target=np.maximum(values["target"], 0.0),
        share=np.maximum(values["prop"], 0.0),
        occurrences=np.ceil(np.maximum(values["targetocc"], 0.0)),
        factor=np.where(factor < 0, 1.0, factor),
        clump=np.maximum(values["target2"], 0.0),
        separate=np.maximum(values["sepnum"], 0.0),
        distance=np.maximum(values["sepdistance"], 0.0),
        notes=tuple(notes),
    )


def _column(table: MarxanTable, field: str, ids: NDArray[np.int64]) -> FloatArray:
    """(rows,) float64: a column, -1 where it is not given."""
    name = table.found(*_ALIASES.get(field, (field,)))
    if name is None:
        return np.full(len(table), UNSET)
    values = table.numbers(name, empty=UNSET)
    wrong = (values < 0) & (values != UNSET)
    if wrong.any():
        table.refuse(
            wrong,
            f"column {name} of {told_ids('feature', ids[wrong].tolist())} is negative",
            "Give 0 or more, or -1 for none",
        )
    return values


def _apply_blocks(values: dict[str, FloatArray], kind: FloatArray, blocks: MarxanTable) -> None:
    """Fill in what is not given from the block of each feature's type, the first that fits."""
    types = blocks.ids(blocks.needed("type"))
    refuse_doubled(blocks, types, "type")
    given = {field: _column(blocks, field, types) for field in _FIELDS}
    _refuse_shares(blocks, types, given["prop"], noun="type")
    for row, number in enumerate(types.tolist()):
        members = kind == number
        share = given["prop"][row]
        if share > 0:
            # The share of a block counts only where the feature has no target of its own.
            without = members & (values["target"] < 0) & (values["prop"] <= 0)
            values["prop"][without] = share
            values["target"][without] = 0.0
        for field in _BLOCK_FIELDS:
            if given[field][row] > 0:
                values[field][members & (values[field] < 0)] = given[field][row]


def _refuse_shares(
    table: MarxanTable, ids: NDArray[np.int64], share: FloatArray, noun: str = "feature"
) -> None:
    above = share > 1
    if above.any():
        table.refuse(
            above,
            f"column prop of {told_ids(noun, ids[above].tolist())} is above 1",
            "Give the share of the whole amount from 0 to 1, such as 0.3 for 30 %",
        )


def _told_columns(table: MarxanTable) -> list[str]:
    told = []
    for name in ("ptarget1d", "ptarget2d"):
        if table.has(name) and (table.numbers(name, empty=UNSET) > 0).any():
            told.append(
                f"Not carried over: {name} of {table.path.name} (targets of probability)."
            )
    ids = table.found(*_ALIASES["id"])
    other = [name for name in table.names if name not in _KNOWN and name != ids]
    if other:
        named = told_list("column", other)
        told.append(f"{table.path.name}: {named} is not Marxan's, left aside.")
    return told
