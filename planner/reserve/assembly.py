"""From a request to a problem: units, features, costs, locks and shares as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
from scipy.sparse import csr_array, vstack

from algorithms.control import NULL_CONTROL, PartControl
from algorithms.reserve.problem import Problem
from planner.pipeline.sites import protecting_sites
from planner.reserve.costs import refuse_free_of_cost, unit_costs
from planner.reserve.errors import RequestError
from planner.reserve.features import measure_features, redundancy
from planner.reserve.landscape import Landscape
from planner.reserve.locks import complex_labels, unit_locks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from algorithms.arrays import FloatArray, IntArray
    from algorithms.control import Control
    from planner.pipeline.study import Study
    from planner.reserve.costs import Costs
    from planner.reserve.feature_rows import FeatureRow
    from planner.reserve.features import Feature, MeasuredFeatures
    from planner.reserve.locks import Locks
    from planner.reserve.request import GoalSettings, ReserveRequest, UnitSettings

SIDES = {"square": 4, "hexagon": 6}
"""Sides of a cell of each kind of grid."""


FAIR_SLACK = 0.01
"""Selections that reach all but this share of the greatest evenness count as the fairest."""


@dataclass(frozen=True, slots=True, eq=False)
class Assembled:
    """A request as a problem, with what people need to read its solution.

    Attributes
    ----------
    units : GeoDataFrame
        As `planner.reserve.run_folder.ReserveRun.units`.
    problem : Problem
        For `algorithms.reserve.solving`. Where existing sites count, units that they lock in
        cost nothing, and of any other unit only the share that no site covers is paid for.
        Boundaries are in km.
    countries : tuple of str
        ISO 3166-1 alpha-3 of the problem's codes.
    features : tuple of FeatureRow
        Rows of the problem.
    cost_unit : str
        What costs are in.
    notes : tuple of str
        Rules, sources and limits, a sentence or two each.
    """

    units: gpd.GeoDataFrame
    problem: Problem
    countries: tuple[str, ...]
    features: tuple[FeatureRow, ...]
    cost_unit: str
    notes: tuple[str, ...]


def assemble(
    study: Study, request: ReserveRequest, control: Control = NULL_CONTROL
) -> Assembled:
    """Turn a request into a problem.

    Parameters
    ----------
    study : Study
        Of the project.
    request : ReserveRequest
        What is asked, with absolute paths.
    control : Control
        Told the progress; may cancel.

    Raises
    ------
    RequestError
        The request does not suit the project: names the field.
    ReserveInputError
        A file or the project lacks what is asked of it: names it.
    """
    _refuse_too_many_neighbours(request)
    land = Landscape.of(study, request.units)
    control.report(0.2)
    locks = unit_locks(land, request.locks)
    costs = unit_costs(land, request.cost)
    paid = 1.0 - locks.cover if request.locks.existing else 1.0
    cost = np.where(locks.existing, 0.0, costs.per_unit * paid)
    refuse_free_of_cost(land, cost, ~locks.locked_in & ~locks.locked_out)
    control.report(0.4)
    found = measure_features(land, request.features, PartControl(control, 0.4, 0.95))
    label, complexes = complex_labels(land, locks, request.goal.complex_reach_km)
    if request.goal.contiguous == "complexes" and not complexes:
        raise RequestError(
            "goal.contiguous asks for connected complexes, and no pair of existing sites on "
            "both sides of a border has planning units. Ask for 'whole' or 'none'.",
            "goal.contiguous",
        )
    problem = _problem(land, request, (found, locks, cost, label))
    control.report(1.0)
    return Assembled(
        units=_frame(land, locks, cost, label),
        problem=problem,
        countries=land.units.countries,
        features=tuple(_with_existing(item, locks) for item in found.rows),
        cost_unit=costs.unit,
        notes=(
            *_notes(land, request.units, (costs, locks, found)),
            *_penalty_told(request.goal, costs),
            *_neighbours_told(request.goal),
        ),
    )


def _problem(
    land: Landscape,
    request: ReserveRequest,
    parts: tuple[MeasuredFeatures, Locks, FloatArray, IntArray],
) -> Problem:
    found, locks, cost, label = parts
    goal, shares, units = request.goal, request.shares, land.units
    codes = {iso3: code for code, iso3 in enumerate(units.countries)}
    targets = [item.row.target for item in found.rows]
    named = [np.nan if target is None else target for target in targets]
    return Problem(
        cost=cost,
        amount=vstack([csr_array(item.per_unit[None]) for item in found.rows], format="csr"),
        target=None if None in targets else np.array(named),
        objective=goal.objective,
        budget=goal.budget,
        weight=np.array([item.weight for item in found.rows]),
        locked_in=locks.locked_in,
        locked_out=locks.locked_out,
        edges=units.edges,
        edge_length=units.edge_km,
        exposed_length=units.exposed_km,
        boundary_penalty=goal.boundary_penalty,
        edge_factor=goal.edge_factor,
        neighbours=goal.neighbours,
        neighbours_clamped=goal.neighbours_clamped,
        contiguous=goal.contiguous,
        complex_label=label if goal.contiguous == "complexes" else None,
        redundancy=redundancy(land, found.rows),
        country=units.country,
        share_of=shares.of,
        share_min=_by_code(shares.minimum, codes, "shares.minimum"),
        share_max=_by_code(shares.maximum, codes, "shares.maximum"),
        share_counts_locked_in=shares.count_existing,
        area=units.area_km2,
        max_min_fair=shares.max_min_fair,
        fair_slack=FAIR_SLACK,
        entitlement=_by_code(shares.entitlement, codes, "shares.entitlement") or None,
        feature_names=tuple(item.row.name for item in found.rows),
    )


def _refuse_too_many_neighbours(request: ReserveRequest) -> None:
    """Refuse more neighbours than a cell has sides: all land would be needed by all."""
    sides, asked = SIDES.get(request.units.kind), request.goal.neighbours
    if sides is not None and asked > sides:
        raise RequestError(
            f"goal.neighbours asks for {asked} selected neighbours of each unit, and a "
            f"{request.units.kind} has {sides} sides. Ask for fewer.",
            "goal.neighbours",
        )


def _by_code(
    values: Mapping[str, float], codes: Mapping[str, int], field: str
) -> dict[int, float]:
    """Return shares by the code of the country."""
    unknown = [iso3 for iso3 in values if iso3 not in codes]
    if unknown:
        raise RequestError(
            f"{field} names {unknown[0]!r}, which has no planning unit. Countries of the "
            f"region: {', '.join(codes)}.",
            field,
        )
    return {codes[iso3]: value for iso3, value in values.items()}


def _frame(
    land: Landscape, locks: Locks, cost: FloatArray, label: IntArray
) -> gpd.GeoDataFrame:
    units = land.units
    columns = {
        "unit_id": [str(name) for name in units.unit_id],
        "country": [units.countries[code] for code in units.country.tolist()],
        "area_km2": units.area_km2,
        "cost": cost,
        "status": locks.status,
        "existing": locks.existing,
        "cover": locks.cover,
        "complex": label,
    }
    return gpd.GeoDataFrame(columns, geometry=units.shape, crs=land.study.grid.crs)


def _with_existing(feature: Feature, locks: Locks) -> FeatureRow:
    return replace(feature.row, existing=float(feature.per_unit[locks.existing].sum()))


def _notes(
    land: Landscape,
    settings: UnitSettings,
    parts: tuple[Costs, Locks, MeasuredFeatures],
) -> tuple[str, ...]:
    costs, locks, found = parts
    return (
        *_units_told(land, settings),
        *locks.notes,
        *costs.notes,
        f"Amounts are counted on cells of {land.study.cell_m / land.grid.split:,.0f} m by "
        "their middle; a unit that is chosen counts with all that lies in it.",
        "Totals for relative targets are those of the whole layer, land outside the planning "
        f"units included. Habitat of the project ends at the edge of {_region(land)}: what "
        "lies beyond is not known to it.",
        *found.notes,
        *_sites_told(land),
        *land.study.region.limits,
    )


def _penalty_told(goal: GoalSettings, costs: Costs) -> Sequence[str]:
    """Tell what a km of boundary weighs against."""
    if not goal.boundary_penalty:
        return ()
    penalty = f"Each km of boundary weighs {goal.boundary_penalty:g}"
    if goal.objective == "minimum_set":
        return (
            f"{penalty} {costs.unit}, an expert weight; the boundary of existing sites counts "
            "too, where nothing that is new adjoins it.",
        )
    told = goal.objective.replace("_", " ")
    return (
        f"{penalty} in the unit of the objective ({told}), not of costs: where that is large, "
        "little else decides.",
    )


def _neighbours_told(goal: GoalSettings) -> Sequence[str]:
    """Tell whom the rule of neighbours binds."""
    if not goal.neighbours:
        return ()
    clamped = (
        "; one with fewer that may be selected needs all of those"
        if goal.neighbours_clamped
        else ""
    )
    return (
        f"Each selected unit, existing ones too, needs {goal.neighbours} selected "
        f"neighbours{clamped}.",
    )


def _units_told(land: Landscape, settings: UnitSettings) -> Sequence[str]:
    units = land.units
    kind = {
        "square": f"squares of {settings.size_km:g} km",
        "hexagon": f"hexagons of {settings.size_km:g} km from side to side",
        "polygons": f"polygons of {settings.path}",
    }[settings.kind]
    told = [
        f"{land.n_units:,} planning units: {kind}, cut at borders and coasts so that each lies "
        f"in one country; {units.area_km2.sum():,.0f} km² in {', '.join(units.countries)}."
    ]
    if units.slivers:
        least = f"{100 * settings.sliver_share:.0f} %"
        polygons = settings.kind == "polygons"
        whole = "their polygon's land" if polygons else "a whole unit"
        told.append(
            f"{units.slivers:,} pieces smaller than {least} of {whole}, "
            f"{units.slivers_km2:,.0f} km² together, were joined to a neighbour in the same "
            "country."
        )
    return told


def _sites_told(land: Landscape) -> Sequence[str]:
    rows = protecting_sites(land.study.project)
    nominal = sum(row["kind"] == "nominal" for row in rows)
    if not nominal:
        return ()
    return (
        f"{nominal} of {len(rows)} existing sites are nominal: their reported area around the "
        "catalogue point, not a surveyed boundary. Which units they cover is known no better.",
    )


def _region(land: Landscape) -> str:
    return land.study.region.names.en
