"""The field's own test of habitat models: presence-only records against surveys, six regions.

References
----------
.. [1] Elith, J., Graham, C. H., Valavi, R. et al. (2020). Presence-only and presence-absence
   data for comparing species distribution modeling methods. Biodiversity Informatics 15, 69-80.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray

Background = Literal["random", "target-group"]

_MOST_BACKGROUND = 10_000
_TARGET_GROUP = {
    "ba": "bat",
    "db": "bird",
    "nb": "bird",
    "sr": "reptile",
    "ot": "plant",
    "ou": "plant",
    "rt": "plant",
    "ru": "plant",
}
"""Species groups of one region that were recorded by the same kind of observer."""


@dataclass(frozen=True, slots=True)
class Task:
    """One species: what a model may learn from, and the survey it is rated on.

    Attributes
    ----------
    region, species : str
        Names in the data.
    values, presence : (n, p) float64, (n,) bool
        Presence-only records and background.
    places : (n, 2) float64
        Where they lie, in the unit of the region's own system.
    categorical : tuple of int
        Columns of class codes.
    test_values, found : (m, p) float64, (m,) bool
        Survey sites, and whether the species was found there; never shown to a model.
    """

    region: str
    species: str
    values: FloatArray
    presence: BoolArray
    places: FloatArray
    categorical: tuple[int, ...]
    test_values: FloatArray
    found: BoolArray


def regions(folder: Path) -> list[str]:
    """Return the regions of which the folder holds data, by name."""
    return sorted(path.stem for path in folder.glob("*.npz"))


def tasks(folder: Path, region: str, background: Background) -> Iterator[Task]:
    """Yield the species of a region.

    Parameters
    ----------
    folder : Path
        Holds ``REGION.npz``.
    region : str
        Such as ``AWT``.
    background : {"random", "target-group"}
        The 10,000 random points of the data set; or the records of all species of the same
        group, one per place, at most 10,000 of them.
    """
    with np.load(folder / f"{region}.npz", allow_pickle=False) as stored:
        data = dict(stored)
    kept = data["unc"]  # the data set's own choice of variables that are hardly correlated
    categorical = tuple(int(column) for column in np.flatnonzero(data["cat"][kept]))
    records = data["po_X"][kept].T.astype(np.float64)
    record_places = data["po_xy"].T
    groups = np.array([_TARGET_GROUP.get(name, name) for name in data["species_group"]])
    surveys = _surveys(data, kept)
    for number, species in enumerate(data["species"]):
        own = data["po_sp"] == number
        if background == "random":
            around, places = data["bg_X"][kept].T.astype(np.float64), data["bg_xy"].T
        else:
            of_group = (groups == groups[number])[data["po_sp"]]
            around, places = _one_per_place(records[of_group], record_places[of_group])
        test_values, found = surveys[str(species)]
        yield Task(
            region,
            str(species),
            np.vstack([records[own], around]),
            np.arange(own.sum() + len(around)) < own.sum(),
            np.vstack([record_places[own], places]),
            categorical,
            test_values,
            found,
        )


def _surveys(
    data: dict[str, NDArray[np.generic]], kept: NDArray[np.generic]
) -> dict[str, tuple[FloatArray, BoolArray]]:
    """Return values and finds at the survey sites, by species."""
    surveys = {}
    for group in data["groups"]:
        values = data[f"env_X__{group}"][kept].T.astype(np.float64)
        bits = np.unpackbits(data[f"pa__{group}"].astype(np.uint8), axis=0)
        finds = bits[: int(data[f"pa_n__{group}"])].astype(np.bool_)
        for column, species in enumerate(data[f"pa_sp__{group}"]):
            surveys[str(species)] = (values, finds[:, column])
    return surveys


def _one_per_place(values: FloatArray, places: FloatArray) -> tuple[FloatArray, FloatArray]:
    joined = np.column_stack([places, values]).astype(np.float64)
    _, first = np.unique(joined, axis=0, return_index=True)
    if len(first) > _MOST_BACKGROUND:
        rng = np.random.default_rng(0)
        first = first[rng.choice(len(first), _MOST_BACKGROUND, replace=False)]
    return values[first], places[first]
