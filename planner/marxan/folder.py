"""A Marxan folder as a whole: parameters, planning units, features, amounts, boundaries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.marxan import amounts as amounts_table
from planner.marxan import boundary as boundary_table
from planner.marxan.amounts import read_amounts
from planner.marxan.boundary import Boundary, read_boundary
from planner.marxan.errors import MarxanFolderError
from planner.marxan.features import Features, read_features
from planner.marxan.parameters import Parameters, read_parameters, unused
from planner.marxan.places import Places, cased, find_places
from planner.marxan.reading import read_table
from planner.marxan.tables import told_list
from planner.marxan.units import Units, read_units

if TYPE_CHECKING:
    from pathlib import Path

    from scipy.sparse import csr_array

    from algorithms.arrays import BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class MarxanFolder:
    """What a folder holds.

    Attributes
    ----------
    parameters : Parameters
        Of input.dat.
    places : Places
        Where its files are, and where results go.
    units : Units
        Planning units.
    features : Features
        Features, with their targets as amounts.
    amount : (features, n) sparse float64
        Amount of each feature in each unit.
    boundary : Boundary or None
        None where the folder has none.
    notes : tuple of str
        What is taken otherwise than by Marxan, or not carried over: a sentence each.
    """

    parameters: Parameters
    places: Places
    units: Units
    features: Features
    amount: csr_array
    boundary: Boundary | None
    notes: tuple[str, ...]

    def occurrences(self) -> csr_array:
        """(features, n) sparse float64: 1 where a unit holds some of a feature."""
        there = self.amount.copy()
        there.data = np.ones_like(there.data)
        return there


def read_folder(
    path: Path, *, data: Path | None = None, out: Path | None = None
) -> MarxanFolder:
    """Read a Marxan folder.

    Parameters
    ----------
    path : Path
        Its parameter file, usually ``input.dat``, or the folder that holds one.
    data : Path, optional
        Folder of the tables, instead of INPUTDIR.
    out : Path, optional
        Folder of the results, instead of OUTPUTDIR.

    Returns
    -------
    MarxanFolder

    Raises
    ------
    MarxanFolderError
        A file is missing, or makes no problem; names file, line, field, ids and remedy.
    MarxanZonesError
        The folder is of Marxan with Zones.
    MarxanPlaceError
        A path leads out of the folder.
    """
    parameters = read_parameters(cased(path, "input.dat") if path.is_dir() else path)
    _refuse_other_problems(parameters)
    places = find_places(parameters, data=data, out=out)
    inputs = places.inputs
    units = read_units(read_table(inputs["PUNAME"]))
    blocks = read_table(inputs["BLOCKDEFNAME"]) if "BLOCKDEFNAME" in inputs else None
    features = read_features(read_table(inputs["SPECNAME"]), blocks)
    table = read_table(inputs["PUVSPRNAME"], headless=amounts_table.BY_PLACE)
    amount, told = read_amounts(table, units, features)
    features = features.with_targets(np.asarray(amount.sum(axis=1), dtype=np.float64))
    boundary = None
    if "BOUNDNAME" in inputs:
        table = read_table(inputs["BOUNDNAME"], headless=boundary_table.BY_PLACE)
        boundary = read_boundary(table, units, asymmetric=parameters.asymmetric)
    notes = (
        *parameters.notes,
        *units.notes,
        *features.notes,
        *told,
        *(boundary.notes if boundary is not None else ()),
        *_told_apart(parameters, features, boundary),
        *unused(parameters),
    )
    return MarxanFolder(parameters, places, units, features, amount, boundary, notes)


def _refuse_other_problems(parameters: Parameters) -> None:
    """Refuse parameters that ask for what would be another problem."""
    if parameters.whole("CONNECTIVITYIN", 0, least=0, most=1):
        raise MarxanFolderError(
            f"{parameters.path}, line {parameters.given['CONNECTIVITYIN'].line}: "
            "CONNECTIVITYIN 1 makes connections inside the selection cost, which is not "
            "carried over. Take the line out to count the boundary of the selection."
        )
    if "CONNECTIONFILESNAME" in parameters.given:
        raise MarxanFolderError(
            f"{parameters.path}, line {parameters.given['CONNECTIONFILESNAME'].line}: "
            "CONNECTIONFILESNAME weighs several tables of connections into one, which is not "
            "carried over. Sum them into one table, and name it with BOUNDNAME."
        )


def _told_apart(
    parameters: Parameters, features: Features, boundary: Boundary | None
) -> list[str]:
    """Tell what of the features and boundaries does not count, or counts otherwise."""
    told = []
    if parameters.boundary_modifier > 0 and boundary is None:
        told.append(
            f"BLM is {parameters.boundary_modifier:g}, but no BOUNDNAME is given: the "
            "boundary costs nothing, as in Marxan."
        )
    without = (features.factor == 0) & ((features.target > 0) | (features.occurrences > 0))
    if without.any():
        told.append(
            f"{_told(features, without)} has an SPF of 0: missing it costs nothing in Marxan, "
            "so its target is not asked for."
        )
    clumped = features.clump > 0
    if clumped.any():
        told.append(
            f"Not carried over: target2 of {_told(features, clumped)} (clumps of a least "
            "size). Every amount counts; what lies in clumps is told afterwards."
        )
    separate = (features.separate > 0) & (features.distance > 0)
    if separate.any():
        told.append(
            f"Not carried over: sepnum and sepdistance of {_told(features, separate)} "
            "(occurrences apart from each other). How many lie apart is told afterwards."
        )
    half = (features.separate > 0) != (features.distance > 0)
    if half.any():
        told.append(
            f"{_told(features, half)} has only one of sepnum and sepdistance, which asks for "
            "nothing."
        )
    return told


def _told(features: Features, rows: BoolArray) -> str:
    return told_list("feature", [str(number) for number in features.id[rows].tolist()])
