"""Step: the resistance of the land to each cat, along its curve, with water in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.resistance import with_barrier
from layers.raster import write_cog
from planner.corridors.curve import ResistanceCurve, own_curve
from planner.pipeline.cores import suitability_raster
from planner.pipeline.runner import Step
from resources.translation import filled

if TYPE_CHECKING:
    from algorithms.control import Control
    from planner.pipeline.study import Study
    from planner.profiles import SpeciesProfile

LARGE_RIVER_RANK = 2
"""Rivers of this rank of the base map and above are large: courses of 400 km and more."""
LARGE_RIVER_WIDTH_M = 200.0
"""Width at which a large river counts, an expert value: the base map has no widths."""


def resistance_raster(species_id: str) -> str:
    """Return the name of the raster of resistance."""
    return f"resistance_{species_id}"


def resistance_step(study: Study, profile: SpeciesProfile) -> Step:
    """Describe the step for one species."""
    return Step(
        name=f"resistance:{profile.id}",
        label=filled("Resistance, {species}", species=profile.names.en),
        method=1,
        inputs={
            "suitability": study.raster_hash(suitability_raster(profile.id)),
            "pack": study.pack.content_hash,
        },
        parameters={
            "curve": _curve(study, profile).parameters,
            "barriers": [b.feature for b in profile.barriers if not b.passable],
            "resistance_large_river": _river_resistance(profile),
            "large_river_rank": LARGE_RIVER_RANK,
            "large_river_width_m": LARGE_RIVER_WIDTH_M,
        },
        outputs=(study.raster_output(resistance_raster(profile.id)),),
    )


def store_resistance(
    study: Study, profile: SpeciesProfile, control: Control, _run_id: str
) -> None:
    """Turn suitability or land into resistance, with water as a barrier, and store it."""
    resistance = _curve(study, profile).of_land(
        study.read(suitability_raster(profile.id)), study
    )
    control.report(0.5)
    river = _river_resistance(profile)
    if river is not None:
        share = min(1.0, LARGE_RIVER_WIDTH_M / study.cell_m)
        crossing = resistance + np.maximum(river - resistance, 0.0) * share
        resistance = np.where(study.large_rivers(LARGE_RIVER_RANK), crossing, resistance)
    barrier = study.country == 0
    if any(item.feature == "lakes" and not item.passable for item in profile.barriers):
        barrier |= study.lakes
    write_cog(
        study.project.raster_path(resistance_raster(profile.id)),
        np.where(barrier, np.nan, with_barrier(resistance, barrier)),
        study.grid,
        tags={"species": profile.id, "unit": "relative cost per metre"},
    )
    control.report(1.0)


def _curve(study: Study, profile: SpeciesProfile) -> ResistanceCurve:
    """Return the project's own curve, or that of the profile as the study has it."""
    return own_curve(study.project, profile.id) or ResistanceCurve.of_profile(profile)


def _river_resistance(profile: SpeciesProfile) -> float | None:
    """Return what crossing a large river costs per metre; None where the profile is silent."""
    for barrier in profile.barriers:
        if barrier.feature == "large_rivers" and barrier.passable and barrier.resistance:
            return profile.value(barrier.resistance).value
    return None
