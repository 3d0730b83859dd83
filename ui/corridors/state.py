"""What a project holds of cores, resistance and corridors, species by species."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.corridors.curve import CurveError, ResistanceCurve, own_curve
from planner.profiles import load_species, species_ids
from planner.records import number, texts
from resources.translation import tr
from ui import words
from ui.corridors.flow_state import FlowState, flow_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.pack import DataPack
    from planner.profiles import Quantity
    from planner.project import Project, RunRecord


@dataclass(frozen=True)
class CoreState:
    """The cores of one species.

    Parameters
    ----------
    count : int
        How many there are; 0 before they were found.
    area_km2 : float
        Of all together.
    by_country : tuple of (iso3, count, km²)
        By alphabetical order of the code.
    threshold, smallest : Quantity
        Suitability from which land is habitat, and area from which a patch is a core.
    run_id : str
        The run that found them; empty where it is not recorded.
    """

    count: int
    area_km2: float
    by_country: tuple[tuple[str, int, float], ...]
    threshold: Quantity
    smallest: Quantity
    run_id: str = ""


@dataclass(frozen=True)
class ClassLayer:
    """A categorical layer of the data pack.

    Parameters
    ----------
    name, title : str
        What the pack calls it, and what people do.
    classes : tuple of str
        Names of its classes, by code.
    suitability : mapping of str to float
        What the species' profile says of a class, where it does.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    suitability: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class SpeciesState:
    """What corridors of one species are made from.

    Parameters
    ----------
    species : str
        Its identifier.
    cores : CoreState
        What is to be joined.
    profile_curve : ResistanceCurve
        As its profile has it.
    own_curve : ResistanceCurve or None
        As it was set in the project; None where that of the profile holds.
    curve_problem : str
        Why the project's curve cannot be used; empty where it can.
    layers : tuple of ClassLayer
        What a curve by class can go by.
    curve_basis : str
        The numbers of the profile's curve, with their ranges and how they are known.
    flow : FlowState
        Pinch points and barriers.
    out_of_date : str
        In which way the corridors are older than what they are made from; empty where they
        are not.
    """

    species: str
    cores: CoreState
    profile_curve: ResistanceCurve
    own_curve: ResistanceCurve | None
    curve_problem: str
    layers: tuple[ClassLayer, ...]
    curve_basis: str = ""
    flow: FlowState = field(default_factory=FlowState)
    out_of_date: str = ""

    @property
    def curve(self) -> ResistanceCurve:
        """The curve that holds."""
        return self.own_curve or self.profile_curve


def corridor_state(
    project: Project, pack: DataPack, region_species: Sequence[str], scenario: str
) -> tuple[SpeciesState, ...]:
    """Read what corridors are made from, for every species that walks.

    Parameters
    ----------
    project : Project
        Open, for reading at least.
    pack : DataPack
        Categorical layers.
    region_species : sequence of str
        Species that are planned for in its region, where the project does not say others.
    scenario : str
        Scenario that is shown.
    """
    listed = project.settings.get("species")
    named = [str(name) for name in listed] if isinstance(listed, list) else []
    walking = [
        name
        for name in named or region_species
        if name in species_ids() and load_species(name).connectivity == "physical"
    ]
    runs = {run.run_id: run for run in project.runs()} if walking else {}
    return tuple(_species_state(project, pack, name, scenario, runs) for name in walking)


def _species_state(
    project: Project,
    pack: DataPack,
    species: str,
    scenario: str,
    runs: Mapping[str, RunRecord],
) -> SpeciesState:
    profile = load_species(species)
    own, problem = None, ""
    try:
        own = own_curve(project, species)
    except CurveError as error:
        problem = words.problem(error)
    records = project.records("cores", scenario=scenario, species=species) if scenario else []
    cores = CoreState(
        len(records),
        sum(number(row["area_km2"]) for row in records),
        _by_country(records),
        profile.value("habitat_threshold"),
        profile.value("minimum_core_area_km2"),
        str(records[0]["run_id"] or "") if records else "",
    )
    out_of_date = ""
    if scenario and not problem:
        made = _curve_made_with(project, species, scenario, runs)
        curve = own or ResistanceCurve.of_profile(profile)
        if made is not None and made != curve.parameters:
            out_of_date = tr("The corridors were made with another curve.")
    return SpeciesState(
        species,
        cores,
        ResistanceCurve.of_profile(profile),
        own,
        problem,
        tuple(_class_layers(pack, species)),
        tr(
            "maximum {maximum}, shape {shape}",
            maximum=words.quantity(profile.value("resistance_maximum")),
            shape=words.quantity(profile.value("resistance_shape")),
        ),
        flow_state(project, species, tuple(runs.values())),
        out_of_date,
    )


def _by_country(records: Sequence[Mapping[str, object]]) -> tuple[tuple[str, int, float], ...]:
    found: dict[str, tuple[int, float]] = {}
    for row in records:
        iso3 = next(iter(texts(row["countries"])), "")
        count, area = found.get(iso3, (0, 0.0))
        found[iso3] = (count + 1, area + number(row["area_km2"]))
    return tuple((iso3, *found[iso3]) for iso3 in sorted(found))


def _class_layers(pack: DataPack, species: str) -> list[ClassLayer]:
    known = {
        spec.variable: spec
        for spec in load_species(species).responses
        if spec.kind == "categories"
    }
    layers = []
    for name in pack.variables:
        info = pack.info(name)
        if info.categories is None:
            continue
        spec = known.get(name)
        suitability = (
            {}
            if spec is None
            else {
                title: spec.of_class.get(title, spec.other)
                for title in info.categories.values()
            }
        )
        layers.append(
            ClassLayer(name, info.title, tuple(info.categories.values()), suitability)
        )
    return layers


def _curve_made_with(
    project: Project, species: str, scenario: str, runs: Mapping[str, RunRecord]
) -> dict[str, object] | None:
    """Return the parameters of the curve that the corridors were made with, if known.

    The run of the corridors knows the hash of the resistance it went by, and the run that
    wrote this resistance knows its curve.
    """
    records = project.records("corridors", scenario=scenario, species=species)
    made = runs.get(str(records[0]["run_id"])) if records else None
    if made is None:
        return None
    digest = made.inputs.get("resistance")
    for run in runs.values():
        if run.step == f"resistance:{species}" and digest in run.outputs.values():
            return _curve_parameters(run)
    return None


def _curve_parameters(run: RunRecord) -> dict[str, object] | None:
    curve = run.parameters.get("curve")
    if isinstance(curve, Mapping):
        return dict(curve)
    maximum = run.parameters.get("resistance_maximum")
    if maximum is None:
        return None
    shape = run.parameters.get("resistance_shape")
    return {"kind": "exponential", "maximum": maximum, "shape": shape}
