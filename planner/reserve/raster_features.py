"""Features on rasters: suitable habitat, layers of the user's, refugia from another climate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from affine import Affine

from layers.cell_area import cell_areas_km2
from layers.grid import Grid
from layers.raster import Raster, read_raster, resample
from planner.pipeline.cores import suitability_raster
from planner.profiles import load_species, species_ids
from planner.reserve.amounts import Amounts
from planner.reserve.errors import RequestError, ReserveInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.profiles import Quantity, SpeciesProfile
    from planner.reserve.landscape import Landscape
    from planner.reserve.request import FeatureSettings

KM2 = "km²"
_WIDEST_EDGE = 1000
WEIGHED_KM2 = "km² × suitability"


def habitat(land: Landscape, wanted: FeatureSettings) -> Amounts:
    """Measure the suitable habitat of a species, as the project maps it.

    Raises
    ------
    ReserveInputError
        The project has no map of its habitat.
    """
    profile = species_profile(land, wanted.species)
    suitability = _suitability(land, wanted)
    threshold = profile.value("habitat_threshold")
    source = f"suitability of the {profile.names.en} in the project"
    return _suitable(
        land, wanted, suitability, (f"{profile.names.en}, habitat", threshold, source)
    )


def refugia(land: Landscape, wanted: FeatureSettings) -> Amounts:
    """Measure where a species finds habitat today and under another climate.

    Raises
    ------
    ReserveInputError
        A raster is no suitability from 0 to 1, or does not reach into the region.
    """
    grid = land.study.grid
    other = resample(_suitability_file(wanted.other_path), grid, "average")
    if wanted.path:
        today = resample(_suitability_file(wanted.path), grid, "average")
        today_name = Path(wanted.path).name
    else:
        today = _suitability(land, wanted)
        today_name = f"suitability of {wanted.species} in the project"
    both = np.minimum(today, other)
    if not np.isfinite(both).any():
        raise ReserveInputError(
            f"The rasters of {wanted.species or today_name} of today and of the other climate "
            f"({wanted.other_path}) share no cell in the region of the project. Check their "
            "extent and coordinate system."
        )
    threshold, name = None, wanted.species or Path(wanted.path).stem
    if wanted.species:
        profile = species_profile(land, wanted.species)
        threshold, name = profile.value("habitat_threshold"), profile.names.en
    source = f"the smaller of {today_name} and {Path(wanted.other_path).name}"
    found = _suitable(land, wanted, both, (f"{name}, refugia", threshold, source))
    told = (
        f"Refugia of {name} are cells that are suitable today and in "
        f"{Path(wanted.other_path).name}: they hold no forecast of whether the species gets "
        "there.",
    )
    return replace(found, notes=told)


def raster(land: Landscape, wanted: FeatureSettings) -> Amounts:
    """Measure a raster of the user's: area above a threshold, or values per km² summed.

    Raises
    ------
    ReserveInputError
        It cannot be read, does not reach into the region, or holds negative amounts.
    """
    layer = _file(wanted.path)
    name = Path(wanted.path).name
    values = layer.values
    if wanted.threshold is not None:
        field = np.where(np.isnan(values), np.nan, (values >= wanted.threshold).astype(float))
        unit, source = KM2, f"cells of {name} of {wanted.threshold:g} and more"
    else:
        _refuse_negative(values, wanted.path)
        field, unit, source = values, "value × km²", f"values of {name} per km², summed"
    local = _amount_on_grid(Raster(field, layer.grid), land.study.grid)
    if not land.grid.sum(local).any():
        raise ReserveInputError(
            f"{wanted.path} holds nothing in the planning units of the project. Check its "
            "extent and coordinate system, or leave the feature out."
        )
    return _of_field(land, local, Raster(field, layer.grid), (name, unit, source))


def _amount_on_grid(layer: Raster, grid: Grid) -> NDArray[np.float64]:
    """Bring amounts per km² onto a grid so that their sum stays: where there is none, it is 0.

    The mean of a cell that the layer only reaches in part would otherwise be that of the part.
    """
    side_m = 1000.0 * float(np.sqrt(np.mean(cell_areas_km2(layer.grid))))
    wide = min(1 + int(np.ceil(grid.cell_size[0] / side_m)), _WIDEST_EDGE)
    rows, columns = layer.grid.shape
    at = layer.grid.transform
    corner = Affine(at.a, 0, at.c - wide * at.a, 0, at.e, at.f - wide * at.e)
    padded = Grid(layer.grid.crs, corner, (rows + 2 * wide, columns + 2 * wide))
    values = np.pad(np.nan_to_num(layer.values), wide)
    return np.nan_to_num(resample(Raster(values, padded), grid, "average"))


def species_profile(land: Landscape, species: str) -> SpeciesProfile:
    """Return the profile of a species that the project plans for.

    Raises
    ------
    RequestError
        Nobody knows it.
    """
    for profile in land.study.species:
        if profile.id == species:
            return profile
    if species not in species_ids():
        known = ", ".join(profile.id for profile in land.study.species)
        raise RequestError(
            f"There is no species {species!r}. The project plans for {known or 'none'}."
        )
    return load_species(species)


def _suitability(land: Landscape, wanted: FeatureSettings) -> NDArray[np.float64]:
    path = land.study.project.raster_path(suitability_raster(wanted.species))
    if not path.is_file():
        raise ReserveInputError(
            f"The project {land.study.project.path} has no map of the habitat of "
            f"{wanted.species}. Make one with landbridge corridors or landbridge plan, or "
            "leave the feature out."
        )
    values: NDArray[np.float64] = read_raster(path).values
    if values.shape != land.study.grid.shape:
        raise ReserveInputError(
            f"{path} does not lie on the grid of the project. Make the plan anew."
        )
    return values


def _suitable(
    land: Landscape,
    wanted: FeatureSettings,
    suitability: NDArray[np.float64],
    facts: tuple[str, Quantity | None, str],
) -> Amounts:
    """Measure suitability, 0 to 1 on the study's grid, as an area or as a sum."""
    title, quantity, source = facts
    if wanted.threshold is not None:
        threshold, told = wanted.threshold, f"{wanted.threshold:g} (as asked)"
    elif quantity is not None:
        threshold, told = quantity.value, quantity.shown()
    else:
        raise RequestError(
            f"The feature {title} needs `threshold`, the suitability from which land is "
            "habitat, for it names no species whose profile has one."
        )
    suitable = np.where(np.isnan(suitability), np.nan, (suitability >= threshold).astype(float))
    if wanted.measure == "area":
        unit, field = KM2, suitable
        source = f"{source}, of {told} and more"
    else:
        unit, field = WEIGHED_KM2, suitability
        source = f"{source}, summed"
    whole = Raster(field, land.study.grid)
    found = _of_field(land, field, whole, (title, unit, source))
    if wanted.measure == "area":
        return found
    area = _of_field(land, suitable, Raster(suitable, land.study.grid), (title, KM2, source))
    return replace(found, range_km2=area.total, range_by_country=area.total_by_country)


def _of_field(
    land: Landscape,
    local: NDArray[np.float64],
    whole: Raster,
    facts: tuple[str, str, str],
) -> Amounts:
    """Measure a field of values per km²: `local` on the study's grid, `whole` on its own."""
    title, unit, source = facts
    area = (
        np.full((1, 1), land.study.grid.cell_area_km2)
        if whole.grid == land.study.grid
        else cell_areas_km2(whole.grid)
    )
    country, names = land.countries_on(whole.grid)
    values = np.nan_to_num(whole.values)
    amount, range_km2 = values * area, (values > 0) * area
    inside = {
        iso3: country == names.index(iso3) + 1 for iso3 in land.units.countries if iso3 in names
    }
    return Amounts(
        per_unit=land.grid.sum(local),
        total=float(amount.sum()),
        total_by_country={name: float(amount[at].sum()) for name, at in inside.items()},
        range_km2=float(range_km2.sum()),
        range_by_country={name: float(range_km2[at].sum()) for name, at in inside.items()},
        title=title,
        unit=unit,
        source=source,
    )


def _file(path: str) -> Raster:
    if not Path(path).is_file():
        raise ReserveInputError(f"There is no raster {path}. Correct the path in the request.")
    return read_raster(Path(path))


def _suitability_file(path: str) -> Raster:
    layer = _file(path)
    if np.isnan(layer.values).all():
        raise ReserveInputError(
            f"{path} holds no values, only 'no data'. Name the raster with suitability."
        )
    least, most = np.nanmin(layer.values), np.nanmax(layer.values)
    if not (least >= 0.0 and most <= 1.0):
        raise ReserveInputError(
            f"{path} is no suitability: its values go from {least:g} to {most:g}, not from 0 "
            "to 1. Divide a suitability in percent by 100."
        )
    return layer


def _refuse_negative(values: NDArray[np.float64], path: str) -> None:
    negative = int((values < 0).sum())
    if negative:
        raise ReserveInputError(
            f"{path} holds negative amounts: {negative:,} cells, down to "
            f"{np.nanmin(values):g}. An amount of a feature is 0 or more; give a threshold to "
            "count area instead, or set what means 'no data' in the file."
        )
