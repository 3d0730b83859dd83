"""The whole pipeline: which steps a plan has, and running them in order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from layers.catalogue import Catalogue
from layers.pack import DataPack
from layers.qgis.errors import QgisError
from planner.pipeline.habitat import habitat_step, store_habitat
from planner.pipeline.indicators import indicators_step, store_indicators
from planner.pipeline.links import link, link_steps
from planner.pipeline.proposals import proposals_step, store_proposals
from planner.pipeline.publication import (
    maps_step,
    report_step,
    store_maps,
    store_report,
    store_tables,
    tables_step,
    written_files,
)
from planner.pipeline.runner import StepRunner, Timing
from planner.pipeline.sites import sites_step, store_sites
from planner.pipeline.study import DEFAULT_SEED, SCENARIO, Study
from planner.profiles import REGION_FOLDER, know_regions, load_region, load_species
from planner.project import AddScenario, CommandGroup, RemoveFeatures, SetSetting
from planner.records import whole_number
from planner.workspace import SUFFIX, open_or_create
from resources.translation import filled, mark

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from planner.profiles import RegionProfile, SpeciesProfile
    from planner.progress import StepProgress
    from planner.project import Project


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What is to be planned.

    Parameters
    ----------
    region : RegionProfile
        Where.
    species : tuple of SpeciesProfile
        For whom, at least one.
    folder : Path
        Folder in which the project's folder lies or is made.
    seed : int
        Seed of everything random.
    maps : bool
        Whether to print the map through QGIS.
    """

    region: RegionProfile
    species: tuple[SpeciesProfile, ...]
    folder: Path
    seed: int = DEFAULT_SEED
    maps: bool = True

    @classmethod
    def of(
        cls,
        region_id: str,
        species_ids: Iterable[str],
        folder: Path,
        *,
        seed: int = DEFAULT_SEED,
        maps: bool = True,
    ) -> PlanRequest:
        """Make a request from names.

        Parameters
        ----------
        region_id : str
            Region profile.
        species_ids : iterable of str
            Species profiles; the region's own where empty.
        folder : Path
            As above.
        seed, maps
            As above.

        Raises
        ------
        UsageError
            A name is unknown; the nearest are offered.
        ProfileError
            A profile is damaged.
        """
        know_regions(folder / f"{region_id}{SUFFIX}" / REGION_FOLDER)
        region = load_region(region_id)
        wanted = tuple(dict.fromkeys(species_ids)) or region.species
        return cls(region, tuple(load_species(name) for name in wanted), folder, seed, maps)

    @property
    def cats(self) -> tuple[SpeciesProfile, ...]:
        """Species that need corridors on the ground."""
        return tuple(item for item in self.species if item.connectivity == "physical")


def announced_steps(request: PlanRequest) -> dict[str, tuple[str, float]]:
    """Return the steps of a plan in order: name to label and expected share of the time."""
    steps: dict[str, tuple[str, float]] = {"sites": (mark("Sites and cross-border pairs"), 4)}
    for profile in request.species:
        steps[f"habitat:{profile.id}"] = (
            filled("Habitat, {species}", species=profile.names.en),
            10,
        )
    for profile in request.cats:
        steps |= link_steps(profile)
    steps["proposals"] = (mark("Candidate transboundary protected areas"), 6)
    steps["indicators"] = (mark("Indicators before and after"), 4)
    steps["tables"] = (mark("Tables (CSV)"), 0.5)
    if request.maps:
        steps["maps"] = (mark("Scenario map (PDF, .qgz) and pictures"), 12)
    steps["report"] = (mark("Report (HTML)"), 3)
    return steps


@dataclass(frozen=True, slots=True)
class PlanResult:
    """What a plan came to.

    Parameters
    ----------
    project : Path
        Folder of the project.
    timings : tuple of Timing
        One entry per step that was finished, in order.
    written : tuple of Path
        Files for people to open.
    problems : tuple of str
        What could not be made, a paragraph each; all else was.
    """

    project: Path
    timings: tuple[Timing, ...]
    written: tuple[Path, ...]
    problems: tuple[str, ...]


def make_plan(request: PlanRequest, progress: StepProgress) -> PlanResult:
    """Run every step of a plan whose result does not stand yet.

    Parameters
    ----------
    request : PlanRequest
        What is to be planned.
    progress : StepProgress
        Knows the steps of `announced_steps`; told the progress; may cancel between and
        within steps. What was finished by then is kept.

    Raises
    ------
    PlannerError
        A step cannot be done; what was finished before it is kept.
    """
    pack = DataPack.open()
    pack.verify()
    catalogue = Catalogue.load()
    problems: list[str] = []
    with open_or_create(request.region, request.folder) as project:
        study = Study(request.region, request.species, project, pack, catalogue, request.seed)
        runner = StepRunner(project, request.seed, progress)
        with project.grouped(mark("Sites and cross-border pairs")):
            runner.run(sites_step(study), partial(store_sites, study))
        with project.grouped(filled("Plan {region}", region=request.region.names.en)):
            _set_up(project, request)
            for profile in request.species:
                runner.run(habitat_step(study, profile), partial(store_habitat, study, profile))
            for profile in request.cats:
                link(runner, study, profile)
            runner.run(proposals_step(study), partial(store_proposals, study))
            runner.run(indicators_step(study), partial(store_indicators, study))
        runner.run(tables_step(study), partial(store_tables, study))
        if request.maps:
            try:
                runner.run(maps_step(study), partial(store_maps, study))
            except QgisError as error:
                problems.append(str(error))
        drawn = request.maps and not problems
        runner.run(
            report_step(study, problems, drawn=drawn),
            partial(store_report, study, problems, drawn),
        )
        written = written_files(study, drawn=drawn)
        return PlanResult(project.path, tuple(runner.timings), written, tuple(problems))


def _set_up(project: Project, request: PlanRequest) -> None:
    wanted = [profile.id for profile in request.species]
    if project.settings.get("species") != wanted:
        project.execute(SetSetting("species", wanted))
    if not any(scenario.scenario_id == SCENARIO for scenario in project.scenarios()):
        project.execute(AddScenario(SCENARIO, "Plan"))
    _forget_others(project, wanted)


def _forget_others(project: Project, species: list[str]) -> None:
    """Remove what an earlier plan found for species that this one leaves out."""
    removals = []
    for table in ("cores", "corridors", "bottlenecks"):
        rows = project.records(table, scenario=SCENARIO)
        fids = [whole_number(row["fid"]) for row in rows if row["species"] not in species]
        if fids:
            removals.append(RemoveFeatures(table, fids))
    if removals:
        project.execute(
            CommandGroup(mark("Remove species no longer planned for"), tuple(removals))
        )
