"""What proposals are measured on: units, sites, countries and habitat on one grid.

It is kept with the run as it was when the run was made, so that every solution of a run is
measured alike, whatever becomes of the project later.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

import numpy as np
from affine import Affine

from layers.grid import Grid
from layers.shapes import burn
from planner.corridors.runs import study_of
from planner.files import replacing
from planner.pipeline.cores import suitability_raster
from planner.pipeline.habitat_network import (
    connected_by_country,
    connected_km2,
    land_network,
)
from planner.pipeline.sites import ProtectedLand
from planner.profiles import load_species
from planner.reserve.errors import ReserveRunError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from planner.pipeline.study import Study
    from planner.profiles import SpeciesProfile
    from planner.project import Project
    from planner.reserve.request import ReserveRequest
    from planner.reserve.run_folder import ReserveRun

GROUND = "ground.npz"
MAX_GROUND_BYTES = 4_000_000_000
"""Unpacked size beyond which the file is not read."""


@dataclass(frozen=True, eq=False)
class Ground:
    """The grid of a run.

    Parameters
    ----------
    grid : Grid
        Analysis grid of the project's region.
    unit : (rows, columns) int32
        Number of the planning unit plus 1, 0 outside.
    country : (rows, columns) int32
        Place of the country in `iso3` plus 1, 0 in the sea and outside.
    iso3 : tuple of str
        ISO 3166-1 alpha-3 of the countries.
    site : (rows, columns) int32
        Existing sites, as `ProtectedLand` numbers them; 0 outside.
    existing : (n,) bool
        Units that count as existing, because sites cover enough of them.
    habitat : mapping of str to (rows, columns) bool
        Cells at or above the threshold of suitability, by species.
    thresholds : mapping of str to float
        Those thresholds.
    """

    grid: Grid
    unit: NDArray[np.int32]
    country: NDArray[np.int32]
    iso3: tuple[str, ...]
    site: NDArray[np.int32]
    existing: BoolArray
    habitat: Mapping[str, NDArray[np.bool_]]
    thresholds: Mapping[str, float]

    @property
    def cell_km2(self) -> float:
        """Area of a cell."""
        return self.grid.cell_area_km2

    @property
    def cell_m(self) -> float:
        """Side of a cell in metres."""
        return float(self.grid.transform.a)

    @cached_property
    def profiles(self) -> dict[str, SpeciesProfile]:
        """Profile of each species whose habitat is known."""
        return {name: load_species(name) for name in self.habitat}

    def cells_of(self, selected: BoolArray) -> NDArray[np.bool_]:
        """(rows, columns) bool: the cells of selected units, given as (n,) bool."""
        chosen: NDArray[np.bool_] = np.concatenate([[False], selected])[self.unit]
        return chosen & (self.country > 0)

    @cached_property
    def base(self) -> NDArray[np.bool_]:
        """(rows, columns) bool: existing sites, and units that count as existing."""
        together: NDArray[np.bool_] = (self.site > 0) | self.cells_of(self.existing)
        return together

    def land(self, selected: BoolArray) -> NDArray[np.bool_]:
        """(rows, columns) bool: what is protected with a selection, existing sites included."""
        together: NDArray[np.bool_] = self.base | self.cells_of(selected)
        return together

    def connected(self, species: str, land: NDArray[np.bool_]) -> float:
        """Return the equivalent connected area of a species' habitat on some land, km²."""
        network = land_network(land & self.habitat[species], cell_m=self.cell_m)
        return connected_km2(network, self.profiles[species])

    def connected_parts(self, species: str, land: NDArray[np.bool_]) -> dict[str, float]:
        """Return what each country holds of the square of that area, by ISO3, km⁴."""
        network = land_network(land & self.habitat[species], cell_m=self.cell_m)
        codes = range(1, len(self.iso3) + 1)
        held = connected_by_country(network, self.profiles[species], self.country, codes)
        return {self.iso3[code - 1]: value for code, value in held.items()}

    def habitat_km2(self, species: str, land: NDArray[np.bool_]) -> dict[str, float]:
        """Return the area of a species' habitat on some land in each country, by ISO3."""
        return self.area_km2(land & self.habitat[species])

    def area_km2(self, land: NDArray[np.bool_]) -> dict[str, float]:
        """Return the area of some land in each country, by ISO3."""
        cells = np.bincount(self.country[land], minlength=len(self.iso3) + 1)
        return {
            iso3: float(cells[code]) * self.cell_km2 for code, iso3 in enumerate(self.iso3, 1)
        }

    @cached_property
    def touching_units(self) -> IntArray:
        """(m, 2) int32: pairs of units with cells that touch, at a corner too."""
        found = [_beside(self.unit, rows, columns) for rows, columns in _HALF_AROUND]
        pairs = np.concatenate(found)
        pairs = np.sort(pairs[(pairs > 0).all(axis=1) & (pairs[:, 0] != pairs[:, 1])], axis=1)
        touching: IntArray = np.unique(pairs, axis=0).astype(np.int32) - 1
        return touching

    def unit_cells(self, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        """(n,) int64: how many cells of a mask each unit holds."""
        size = self.existing.size + 1
        counted: NDArray[np.int64] = np.bincount(self.unit[mask], minlength=size)[1:]
        return counted


_HALF_AROUND = ((0, 1), (1, -1), (1, 0), (1, 1))
"""Steps to half of the cells around a cell; the others are the same pairs again."""


def _beside(cells: NDArray[np.int32], rows: int, columns: int) -> NDArray[np.int32]:
    """(k, 2) int32: values of the pairs of cells so many rows and columns apart."""
    height, width = cells.shape
    here = cells[: height - rows, max(0, -columns) : width - max(0, columns)]
    there = cells[rows:, max(0, columns) : width + min(0, columns)]
    return np.column_stack([here.ravel(), there.ravel()])


def outside_km2(run: ReserveRun) -> FloatArray:
    """(n,) float64: area of each unit of a run outside existing sites, km²."""
    cover = run.units["cover"].clip(0.0, 1.0)
    outside: FloatArray = (run.units["area_km2"] * (1.0 - cover)).to_numpy(dtype=np.float64)
    return outside


def species_of(project: Project, request: ReserveRequest) -> list[str]:
    """Return the species whose connectivity a run is measured by.

    They are those of its features; where these name none, those of the project. Only species
    whose suitability the project holds count.
    """
    named = [item.species for item in request.features if item.species]
    stored = project.settings.get("species")
    own = [str(name) for name in stored] if isinstance(stored, list) else []
    known = dict.fromkeys(named or own)
    return [name for name in known if project.raster_path(suitability_raster(name)).is_file()]


def ground_of(project: Project, run: ReserveRun) -> tuple[Ground, Study, ProtectedLand]:
    """Burn the units of a run, the sites and the habitat of a project into its grid.

    Parameters
    ----------
    project : Project
        With sites and suitability.
    run : ReserveRun
        With units.

    Returns
    -------
    ground, study, protected
        The grid, and what it was made of.
    """
    names = species_of(project, run.request)
    study = study_of(project, [load_species(name) for name in names])
    protected = ProtectedLand(study)
    thresholds = {name: _threshold(run.request, name) for name in names}
    ground = Ground(
        grid=study.grid,
        unit=burn(list(run.units.geometry), study.grid),
        country=study.country,
        iso3=study.iso3,
        site=protected.labels,
        existing=run.units["existing"].to_numpy(dtype=np.bool_),
        habitat={
            name: (study.read(suitability_raster(name)) >= thresholds[name])
            & (study.country > 0)
            for name in names
        },
        thresholds=thresholds,
    )
    return ground, study, protected


def _threshold(request: ReserveRequest, species: str) -> float:
    """Return the threshold that the run's own feature of a species has, else its profile's."""
    given = (
        item.threshold
        for item in request.features
        if item.kind == "habitat" and item.species == species and item.threshold is not None
    )
    return next(given, load_species(species).value("habitat_threshold").value)


def save_ground(folder: Path, ground: Ground) -> None:
    """Write the ground of a run into its folder, whole or not at all.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    plain = {
        "crs": str(ground.grid.crs),
        "transform": list(ground.grid.transform)[:6],
        "shape": list(ground.grid.shape),
        "iso3": list(ground.iso3),
        "thresholds": dict(ground.thresholds),
    }
    arrays: dict[str, NDArray[np.generic]] = {
        "unit": ground.unit,
        "country": ground.country.astype(np.uint8),
        "site": ground.site,
        "existing": ground.existing,
        "plain": np.frombuffer(json.dumps(plain).encode("utf-8"), dtype=np.uint8),
    }
    for number, mask in enumerate(ground.habitat.values()):
        arrays[f"habitat_{number}"] = np.packbits(mask)
    with replacing(folder / GROUND) as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)


def load_ground(folder: Path) -> Ground:
    """Read the ground of a run from its folder.

    Raises
    ------
    ReserveRunError
        The file is missing, was altered, or is too large.
    """
    path = folder / GROUND
    try:
        _check_size(path)
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        return _unpacked(arrays, json.loads(arrays["plain"].tobytes()))
    except (OSError, ValueError, TypeError, EOFError, KeyError, BadZipFile) as error:
        raise ReserveRunError(
            f"{path} cannot be read: {error}. Make the run anew with landbridge propose."
        ) from error


def _check_size(path: Path) -> None:
    with ZipFile(path) as packed:
        size = sum(item.file_size for item in packed.infolist())
    if size > MAX_GROUND_BYTES:
        raise ValueError(f"it holds {size:,} bytes, more than {MAX_GROUND_BYTES:,}")


def _unpacked(arrays: dict[str, NDArray[np.generic]], plain: dict[str, object]) -> Ground:
    rows, columns = _whole_numbers(plain["shape"])
    shape = (rows, columns)
    transform = plain["transform"]
    iso3, thresholds = plain["iso3"], plain["thresholds"]
    if not (
        isinstance(transform, list) and isinstance(iso3, list) and isinstance(thresholds, dict)
    ):
        raise TypeError("its description is incomplete")
    existing = arrays["existing"].astype(np.bool_).ravel()
    unit = _cells(arrays["unit"], shape, existing.size)
    return Ground(
        grid=Grid(str(plain["crs"]), Affine(*transform), shape),
        unit=unit,
        country=_cells(arrays["country"], shape, len(iso3)),
        iso3=tuple(str(name) for name in iso3),
        site=_cells(arrays["site"], shape, np.iinfo(np.int32).max),
        existing=existing,
        habitat={
            str(name): np.unpackbits(
                arrays[f"habitat_{number}"].astype(np.uint8), count=rows * columns
            )
            .reshape(shape)
            .astype(np.bool_)
            for number, name in enumerate(thresholds)
        },
        thresholds={str(name): float(value) for name, value in thresholds.items()},
    )


def _cells(
    values: NDArray[np.generic], shape: tuple[int, int], highest: int
) -> NDArray[np.int32]:
    cells = values.astype(np.int32)
    if cells.shape != shape or cells.min(initial=0) < 0 or cells.max(initial=0) > highest:
        raise ValueError("its cells do not fit its grid")
    return cells


def _whole_numbers(value: object) -> Iterable[int]:
    if not isinstance(value, list) or len(value) != 2:
        raise TypeError("its shape is missing")
    return (int(size) for size in value)
