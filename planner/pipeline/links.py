"""The steps that find the corridors of one species, in their order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from planner.pipeline.cores import cores_step, store_cores
from planner.pipeline.corridors import corridors_step, store_corridors
from planner.pipeline.resistance import resistance_step, store_resistance
from resources.translation import filled

if TYPE_CHECKING:
    from planner.pipeline.runner import StepRunner
    from planner.pipeline.study import Study
    from planner.profiles import SpeciesProfile


def link_steps(profile: SpeciesProfile) -> dict[str, tuple[str, float]]:
    """Return the steps in order: name to label and expected share of the time."""
    name = profile.names.en
    return {
        f"cores:{profile.id}": (filled("Cores, {species}", species=name), 1),
        f"resistance:{profile.id}": (filled("Resistance, {species}", species=name), 1),
        f"corridors:{profile.id}": (filled("Corridors, {species}", species=name), 6),
    }


def link(runner: StepRunner, study: Study, profile: SpeciesProfile) -> None:
    """Run the steps whose results do not stand.

    Parameters
    ----------
    runner : StepRunner
        Knows the steps of `link_steps`.
    study : Study
        With the suitability of the species stored in its project.
    profile : SpeciesProfile
        A species that needs corridors on the ground.
    """
    runner.run(cores_step(study, profile), partial(store_cores, study, profile))
    runner.run(resistance_step(study, profile), partial(store_resistance, study, profile))
    runner.run(corridors_step(study, profile), partial(store_corridors, study, profile))
