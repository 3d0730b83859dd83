"""Which suitability runs a project holds, and which of them is chosen for each species."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.profiles import species_ids
from planner.suitability import Choice, RunSummary, chosen_run, list_runs
from planner.suitability.project_runs import damaged_runs
from resources.translation import mark, tr, tr_c
from ui import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.project import Project

MODEL_TITLES: Mapping[str, str] = {
    "ensemble": mark("Ensemble"),
    "maxent": mark("Maxent"),
    "forest": mark("Down-sampled forest"),
    "boosting": mark("Boosted trees"),
    "expert": mark("Expert index"),
}
"""What people call the models, in the order in which they are offered."""

ANOTHER_SPECIES = "another-species"
"""Stands for a species without a profile, until it is given a name."""


@dataclass(frozen=True)
class HabitatState:
    """Suitability runs of a project.

    Parameters
    ----------
    species : tuple of str
        Species that can be modelled: those of the region first, then the other profiles, then
        whatever else has runs.
    runs : tuple of RunSummary
        Every run, oldest first.
    choices : mapping of str to Choice
        The chosen run by species.
    damaged : tuple of str
        Runs that cannot be read.
    """

    species: tuple[str, ...] = ()
    runs: tuple[RunSummary, ...] = ()
    choices: Mapping[str, Choice] = field(default_factory=dict)
    damaged: tuple[str, ...] = ()

    def runs_of(self, species: str) -> tuple[RunSummary, ...]:
        """Return the runs of a species, the newest first."""
        return tuple(run for run in reversed(self.runs) if run.species == species)

    def run(self, run_id: str) -> RunSummary | None:
        """Return a run by its name, or None where it is there no more."""
        return next((run for run in self.runs if run.run_id == run_id), None)


def habitat_state(project: Project, region_species: Sequence[str]) -> HabitatState:
    """Read which runs a project holds.

    Parameters
    ----------
    project : Project
        Open, for reading at least.
    region_species : sequence of str
        Species that are planned for in its region.
    """
    runs = list_runs(project)
    others = (*species_ids(), *(run.species for run in runs))
    species = tuple(dict.fromkeys((*region_species, *others)))
    found = {name: chosen_run(project, name) for name in species}
    choices = {name: choice for name, choice in found.items() if choice is not None}
    return HabitatState(species, runs, choices, tuple(damaged_runs(project)))


def run_title(run: RunSummary) -> str:
    """Return what a list calls a run: its model."""
    title = MODEL_TITLES.get(run.model)
    return words.identifier(run.model) if title is None else tr(title)


def run_detail(run: RunSummary) -> str:
    """Return what sets a run apart: when, its name, whether it is chosen."""
    when = words.moment(run.started) if run.started else tr("not finished")
    parts = (tr_c("of a run", "chosen") if run.chosen else "", when, run.run_id[:6])
    return "  ·  ".join(part for part in parts if part)
