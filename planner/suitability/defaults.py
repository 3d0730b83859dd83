"""Studies to start from: for a species on the data pack, or for files at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.pack import DataPack
from planner.profiles import load_species, species_ids
from planner.suitability.study import (
    PACK_PREFIX,
    Covariate,
    EvaluationSettings,
    ModelKind,
    ModelSettings,
    RecordSettings,
    RecordSource,
    SamplingSettings,
    SuitabilityStudy,
    layer_name,
)
from planner.suitability.study_file import study_from
from resources.errors import UsageError, nearest_names_hint

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

PREDICTORS = (
    "elevation",
    "ruggedness",
    "temperature_mean",
    "temperature_seasonality",
    "temperature_warmest",
    "temperature_coldest",
    "precipitation_annual",
    "precipitation_seasonality",
    "distance_river",
    "distance_coast",
)
"""Layers of the data pack that a model learns from; none tells where people or borders are."""
BACKGROUND_REACH_KM = 500.0
"""The background is drawn within this distance of localities, an expert value."""
BLOCK_KM = 150.0
SNAP_KM = 15.0
"""A locality at sea or on an islet counts for the nearest cell of land within this distance."""


def species_study(
    species_id: str,
    *,
    sources: Sequence[RecordSource] = (),
    model: ModelKind = "ensemble",
    pack: DataPack | None = None,
) -> SuitabilityStudy:
    """Return the default study of a species: layers of the data pack, localities that ship.

    Parameters
    ----------
    species_id : str
        A species profile.
    sources : sequence of RecordSource
        Further records.
    model : str
        Which model; the expert index takes the layers that the profile names.
    pack : DataPack, optional
        The one that ships by default.

    Raises
    ------
    UsageError
        There is no such species; the nearest names are offered.
    """
    profile = load_species(species_id)
    pack = pack or DataPack.open()
    names = profile.variables if model == "expert" else PREDICTORS
    layers = [_pack_covariate(pack, name, role="habitat") for name in names]
    pressure = profile.disturbance.variable
    if pressure not in names:
        layers.append(_pack_covariate(pack, pressure, role="pressure"))
    return SuitabilityStudy(
        species=species_id,
        title=f"Suitability for the {profile.names.en}",
        records=RecordSettings(sources=tuple(sources), localities=True),
        covariates=tuple(layers),
        sampling=SamplingSettings(reach_km=BACKGROUND_REACH_KM, snap_km=SNAP_KM),
        model=ModelSettings(kind=model),
        evaluation=EvaluationSettings(block_km=BLOCK_KM),
    )


def _pack_covariate(pack: DataPack, name: str, *, role: str) -> Covariate:
    info = pack.info(name)
    return Covariate.model_validate(
        {
            "name": name,
            "path": f"{PACK_PREFIX}{name}",
            "kind": "continuous" if info.categories is None else "categorical",
            "role": role,
            "title": info.title,
            "unit": info.unit,
            "source": info.source,
            "licence": info.licence,
            "resolution": info.true_resolution,
        }
    )


def file_study(  # noqa: PLR0913 - a study has so many parts
    occurrences: Sequence[RecordSource],
    covariates: Sequence[Path],
    *,
    species: str = "",
    categorical: Collection[str] = (),
    disturbance: Collection[str] = (),
    model: ModelKind = "ensemble",
    names: Sequence[str] | None = None,
) -> SuitabilityStudy:
    """Return the default study on plain files.

    Parameters
    ----------
    occurrences : sequence of RecordSource
        Files with records.
    covariates : sequence of Path
        Rasters, one layer each, named after their files.
    species : str
        Name of the species; that of the first file with records where empty.
    categorical, disturbance : collection of str
        Names of layers that hold classes, and of those that stand for people.
    model : str
        Which model.
    names : sequence of str, optional
        Of the layers; those of their files by default.

    Raises
    ------
    UsageError
        `categorical` or `disturbance` names no layer.
    StudyError
        Two files have the same name, or there are no records or no layers.
    """
    names = names or [layer_name(path) for path in covariates]
    for name in (*categorical, *disturbance):
        if name not in names:
            hint = nearest_names_hint(name, list(names)) if names else ""
            raise UsageError(f"There is no layer {name!r} among the covariates. {hint}")
    layers = [
        {
            "name": name,
            "path": path.absolute().as_posix(),
            "kind": "categorical" if name in categorical else "continuous",
            "role": "disturbance" if name in disturbance else "habitat",
        }
        for name, path in zip(names, covariates, strict=True)
    ]
    first = layer_name_of(occurrences[0].path) if occurrences else "species"
    return study_from(
        {
            "species": species or first,
            "records": {"sources": [item.model_dump() for item in occurrences]},
            "covariates": layers,
            "model": {"kind": model},
        }
    )


def layer_name_of(path: str) -> str:
    """Return the name of a file without folder and ending."""
    return path.replace("\\", "/").rsplit("/", 1)[-1].split(".", 1)[0] or "species"


def has_profile(species: str) -> bool:
    """Tell whether a name is that of a species profile."""
    return species in species_ids()
