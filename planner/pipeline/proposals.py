"""Step: candidate transboundary protected areas.

Each pair of sites that adjoin, lie close together or are documented as adjoining across a
border is joined through the habitat between them; corridors of the cats, widened where they are
too narrow, are part of the land where they join the two. What hangs together over a border is
one candidate, if it holds habitat of a species planned for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.resistance import resistance_from_suitability, with_barrier
from algorithms.control import PartControl
from algorithms.corridors.least_cost import SwathRule
from algorithms.reserve.complexes import (
    Complexes,
    JoinedPair,
    JoinRule,
    join_pair,
    transboundary_complexes,
)
from layers.shapes import burn, outline
from planner.pipeline.complex_records import (
    LEAST_PART_KM2,
    areas_by_country,
    complex_name,
    cut_members,
    joined_type,
    least_cells,
    members_inside,
    pair_reasons,
    unrecorded_species,
)
from planner.pipeline.cores import suitability_raster
from planner.pipeline.runner import Step
from planner.pipeline.sites import PAIR_DISTANCE_KM, ProtectedLand
from planner.pipeline.study import SCENARIO
from planner.project import AddFeatures, CommandGroup, RemoveFeatures, table_output
from planner.records import attribute, shape_of, texts, whole_number
from resources.translation import filled, mark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.control import Control
    from planner.pipeline.study import Study
    from planner.project import Command

JOIN_RESISTANCE_MAXIMUM = 100.0
JOIN_RESISTANCE_SHAPE = 4.0
"""Resistance by which sites are joined for all species together; expert values."""
JOIN_WIDTH_M = 5_000.0
"""Mean width of the land that joins two sites, an expert value."""
JOIN_DISTANCE_KM = 50.0
"""Documented neighbours within this distance are joined for species that walk; expert value."""
JOIN_SHARE = 0.5
"""Detours of that land cost at most this share above the least cost."""


def proposals_step(study: Study) -> Step:
    """Describe the step."""
    tables = ("corridors", "bottlenecks", "sites", "pairs")
    return Step(
        name="proposals",
        label=mark("Candidate transboundary protected areas"),
        method=4,
        inputs={
            "tables": study.table_hashes(tables),
            "suitability": {
                item.id: study.raster_hash(suitability_raster(item.id))
                for item in study.species
            },
        },
        parameters={
            "species": [item.id for item in study.species],
            "habitat_threshold": study.species_values("habitat_threshold"),
            "join_distance_km": JOIN_DISTANCE_KM,
            "join_resistance": [JOIN_RESISTANCE_MAXIMUM, JOIN_RESISTANCE_SHAPE],
            "join_width_m": JOIN_WIDTH_M,
            "join_share": JOIN_SHARE,
            "least_part_km2": LEAST_PART_KM2,
        },
        outputs=(table_output("proposals", scenario=SCENARIO),),
    )


CANDIDATE = "candidate-"
"""How the identifiers of what this step proposes begin."""


@dataclass(frozen=True)
class _Land:
    """What proposals are made of."""

    protected: ProtectedLand
    suitability: dict[str, NDArray[np.float64]]
    habitat: NDArray[np.bool_]
    resistance: NDArray[np.float64]


@dataclass(frozen=True)
class _Join:
    """One pair that was joined, and why."""

    pair: dict[str, object]
    joined: JoinedPair
    corridors: tuple[dict[str, object], ...]
    land: NDArray[np.bool_]


def store_proposals(study: Study, control: Control, run_id: str) -> None:
    """Assemble the candidates and store them."""
    land = _land(study)
    control.report(0.1)
    joins = _joins(study, land, PartControl(control, 0.1, 0.8))
    together = np.zeros(study.grid.shape, dtype=np.bool_)
    for join in joins:
        together |= join.land
    found = transboundary_complexes(
        together & (study.country > 0),
        land.protected.labels,
        study.country,
        minimum_cells=least_cells(study),
    )
    candidates = (
        _record(study, land, found, number, joins, run_id)
        for number in range(1, len(found.sites) + 1)
    )
    records = [record for record in candidates if record["species"]]
    records.sort(key=lambda record: str(record["name"]))
    for place, record in enumerate(records, 1):
        record.update(proposal_id=f"{CANDIDATE}{place}", scenario=SCENARIO)
    earlier = _earlier_candidates(study)
    commands: list[Command] = [RemoveFeatures("proposals", earlier)] if earlier else []
    if records:
        commands.append(AddFeatures("proposals", records))
    if commands:
        label = mark("Assemble candidate protected areas")
        study.project.execute(CommandGroup(label, tuple(commands)))
    control.report(1.0)


def _earlier_candidates(study: Study) -> list[int]:
    """Return the rows that this step made before; what people proposed stays."""
    return [
        whole_number(row["fid"])
        for row in study.project.records("proposals", scenario=SCENARIO)
        if str(row["proposal_id"]).startswith(CANDIDATE)
    ]


def _land(study: Study) -> _Land:
    suitability = {item.id: study.read(suitability_raster(item.id)) for item in study.species}
    best = np.fmax.reduce(list(suitability.values()))
    habitat = np.zeros(study.grid.shape, dtype=np.bool_)
    for item in study.species:
        habitat |= suitability[item.id] >= item.value("habitat_threshold").value
    resistance = resistance_from_suitability(
        best, maximum=JOIN_RESISTANCE_MAXIMUM, shape=JOIN_RESISTANCE_SHAPE
    )
    return _Land(
        ProtectedLand(study),
        suitability,
        habitat & (study.country > 0),
        with_barrier(resistance, study.country == 0),
    )


def _joins(study: Study, land: _Land, control: Control) -> list[_Join]:
    """Join every listed pair whose sites both hold land and lie within a corridor's reach."""
    pairs = [pair for pair in study.project.records("pairs") if _within_reach(study, pair)]
    corridors = study.project.records("corridors", scenario=SCENARIO)
    widening = study.project.records("bottlenecks", scenario=SCENARIO, kind="widening")
    cores = {
        str(row["core_id"]): row for row in study.project.records("cores", scenario=SCENARIO)
    }
    joins: list[_Join] = []
    for done, pair in enumerate(pairs):
        control.report(done / len(pairs))
        places = [land.protected.number(str(pair[key])) for key in ("site_a", "site_b")]
        if places[0] is None or places[1] is None:
            continue
        joined = _joined(study, land, places[0], places[1])
        if joined is None:
            continue
        ours = tuple(row for row in corridors if _joins_pair(row, cores, pair))
        shapes = [shape_of(row) for row in ours if row["kind"] == "swath"]
        ids = {row["corridor_id"] for row in ours}
        shapes += [shape_of(row) for row in widening if row["corridor_id"] in ids]
        whole = joined.land.copy()
        for shape in shapes:
            whole |= burn([shape], study.grid) == 1
        joins.append(_Join(pair, joined, tuple(r for r in ours if r["kind"] == "path"), whole))
    return joins


def _within_reach(study: Study, pair: dict[str, object]) -> bool:
    """Tell whether a pair is near enough to be joined on the ground.

    Beyond `PAIR_DISTANCE_KM` only walking species join sites; documented partners that lie
    farther apart than `JOIN_DISTANCE_KM` are a network, not one area.
    """
    distance = pair["distance_km"]
    walkers = any(item.connectivity == "physical" for item in study.species)
    reach = JOIN_DISTANCE_KM if walkers else PAIR_DISTANCE_KM
    return isinstance(distance, int | float) and distance <= reach


def _joined(study: Study, land: _Land, first: int, second: int) -> JoinedPair | None:
    sites = np.zeros(study.grid.shape, dtype=np.int32)
    sites[land.protected.masks[first]] = 1
    sites[land.protected.masks[second]] = 2
    if not ((sites == 1).any() and (sites == 2).any()):
        return None
    rule = JoinRule(swath=SwathRule(share=JOIN_SHARE, mean_width_m=JOIN_WIDTH_M))
    return join_pair(sites, land.habitat, land.resistance, cell_size=study.cell_m, rule=rule)


def _joins_pair(
    corridor: dict[str, object],
    cores: dict[str, dict[str, object]],
    pair: dict[str, object],
) -> bool:
    """Tell whether a corridor runs between cores that hold the two sites of a pair."""
    first, second = (
        texts(cores[str(corridor[key])]["site_ids"]) for key in ("core_a", "core_b")
    )
    a, b = str(pair["site_a"]), str(pair["site_b"])
    return (a in first and b in second) or (b in first and a in second)


def _record(
    study: Study, land: _Land, found: Complexes, number: int, joins: list[_Join], run_id: str
) -> dict[str, object]:
    codes = found.codes[found.cells[number - 1] >= least_cells(study)]
    inside = (found.labels == number) & np.isin(study.country, codes)
    cell = study.grid.cell_area_km2
    existing = inside & land.protected.mask
    by_country = areas_by_country(study, inside, existing, codes.tolist())
    members = members_inside(land.protected, inside)
    ours = [join for join in joins if bool((join.joined.land & inside).any())]
    species = sorted(_species_inside(study, land, inside))
    return {
        "name": complex_name(land.protected, members, by_country),
        "status": "draft",
        "kind": joined_type(join.pair for join in ours),
        "countries": sorted(by_country),
        "area_km2": round(float(inside.sum()) * cell, 1),
        "area_by_country": by_country,
        "member_sites": [land.protected.site_ids[i] for i in members],
        "species": species,
        "reasons": [
            *_reasons(study, ours),
            *unrecorded_species(study, land.protected, members, species),
            *cut_members(land.protected, members),
        ],
        "geometry": outline(inside, study.grid),
        "attributes": {
            "added_km2": round(float((inside & ~existing).sum()) * cell, 1),
            "habitat_km2": {
                name: round(float((inside & _is_habitat(study, land, name)).sum()) * cell, 1)
                for name in species
            },
            "gap_km2": round(sum(join.joined.gap_cells for join in ours) * cell, 2),
        },
        "run_id": run_id,
    }


def _reasons(study: Study, joins: list[_Join]) -> list[str]:
    reasons: list[str] = []
    for join in joins:
        reasons += pair_reasons(join.pair)
        for row in join.corridors:
            profile = study.profile(str(row["species"]))
            width, needed = row["min_width_m"], profile.value("minimum_corridor_width_m").value
            told = {"species": profile.names.en, "width": _metres(width), "needed": needed}
            reasons.append(
                filled(
                    "Core habitat of the {species} touches over the border; narrowest place "
                    "{width}, needed {needed:,.0f} m.",
                    **told,
                )
                if attribute(row, "adjoining")
                else filled(
                    "Corridor for the {species} of {length:.1f} km; narrowest place {width}, "
                    "needed {needed:,.0f} m.",
                    length=row["length_km"],
                    **told,
                )
            )
    return list(dict.fromkeys(reasons))


def _species_inside(study: Study, land: _Land, inside: NDArray[np.bool_]) -> list[str]:
    return [
        item.id for item in study.species if (inside & _is_habitat(study, land, item.id)).any()
    ]


def _is_habitat(study: Study, land: _Land, species_id: str) -> NDArray[np.bool_]:
    threshold = study.profile(species_id).value("habitat_threshold").value
    return land.suitability[species_id] >= threshold


def _metres(value: object) -> str:
    return f"{value:,.0f} m" if isinstance(value, int | float) else mark("unknown")
