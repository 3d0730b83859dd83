"""Proposals of a run: land of a solution and existing sites that meet across a border."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from algorithms.reserve.complexes import transboundary_complexes
from layers.shapes import outline
from planner.pipeline.complex_records import (
    MIGRATION_AREA,
    areas_by_country,
    complex_name,
    joined_type,
    least_cells,
    members_inside,
)
from planner.profiles import load_species, species_ids
from planner.records import Record, listed, shape_of
from planner.reserve.finding_files import wkb_text
from planner.reserve.ground import outside_km2
from planner.reserve.proposal import (
    CountryPart,
    JoinedSites,
    MemberSite,
    NationalLand,
    Proposal,
    Proposals,
)
from planner.reserve.words import country_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, IntArray
    from planner.pipeline.sites import ProtectedLand
    from planner.pipeline.study import Study
    from planner.reserve.feature_rows import FeatureRow
    from planner.reserve.ground import Ground
    from planner.reserve.run_folder import ReserveRun

MIGRATORY_SHARE = 0.5
"""Where at least so much of what is added serves birds on their flyway, it is a migration area;
expert value."""


class ComplexFinder:
    """Finds the proposals of a solution on the ground of its run.

    Parameters
    ----------
    run : ReserveRun
        The run.
    ground : Ground
        Its ground.
    study : Study
        Region, catalogue and project.
    protected : ProtectedLand
        Existing sites, as the ground numbers them.
    """

    def __init__(
        self, run: ReserveRun, ground: Ground, study: Study, protected: ProtectedLand
    ) -> None:
        self.run, self.ground, self.study, self.protected = run, ground, study, protected
        self.pairs = study.project.records("pairs")
        self._sites = {str(row["site_id"]): row for row in study.project.records("sites")}
        self._migratory = {item.name for item in run.features() if _serves_flight(item)}
        self.outside_km2 = outside_km2(run)

    def proposals(self, solution: str, selected: BoolArray) -> Proposals:
        """Return what a selection proposes, without the reasons of its parts.

        Parameters
        ----------
        solution : str
            Name of the solution.
        selected : (n,) bool
            The selection.
        """
        ground = self.ground
        given = selected & ~ground.existing
        found = transboundary_complexes(
            ground.land(given),
            ground.site,
            ground.country,
            minimum_cells=least_cells(self.study),
        )
        items = []
        taken = np.zeros(given.size, dtype=np.bool_)
        for number in range(1, len(found.sites) + 1):
            codes = found.codes[found.cells[number - 1] >= least_cells(self.study)]
            inside = (found.labels == number) & np.isin(ground.country, codes)
            units = given & (ground.unit_cells(inside) > 0)
            taken |= units
            items.append(self._proposal(inside, codes.tolist(), units))
        items.sort(key=lambda item: (-item.added_km2, -item.area_km2, item.name))
        named = tuple(
            item.model_copy(
                update={"proposal_id": f"reserve-{self.run.run_id}-{solution}-{number}"}
            )
            for number, item in enumerate(items, 1)
        )
        return Proposals(
            solution=solution, items=named, national=self._national(given & ~taken)
        )

    def _proposal(
        self, inside: NDArray[np.bool_], codes: list[int], units: BoolArray
    ) -> Proposal:
        ground = self.ground
        existing = inside & (ground.site > 0)
        areas = areas_by_country(self.study, inside, existing, codes)
        members = members_inside(self.protected, inside)
        pairs = self._joined(inside)
        habitat = {
            name: sum(ground.habitat_km2(name, inside).values()) for name in ground.habitat
        }
        cost = self.run.problem().cost
        return Proposal(
            proposal_id="",
            name=self._name(members, sorted(areas), inside),
            kind=self._kind(units, pairs),
            countries=tuple(sorted(areas)),
            members=tuple(
                MemberSite(
                    site_id=self.protected.site_ids[i],
                    name=self.protected.names[i],
                    iso3=self.protected.countries[i],
                )
                for i in members
            ),
            species=tuple(name for name, area in habitat.items() if area > 0),
            area_km2=float(inside.sum()) * ground.cell_km2,
            added_km2=float((inside & ~existing).sum()) * ground.cell_km2,
            cost=float(cost[units].sum()),
            parts_by_country=self._by_country(inside, areas, units),
            habitat_km2={name: area for name, area in habitat.items() if area > 0},
            pairs=pairs,
            units=tuple(np.flatnonzero(units).tolist()),
            geometry_wkb=wkb_text(outline(inside, ground.grid)),
        )

    def _by_country(
        self,
        inside: NDArray[np.bool_],
        areas: dict[str, dict[str, float]],
        units: BoolArray,
    ) -> tuple[CountryPart, ...]:
        ground, run = self.ground, self.run
        rest = ground.area_km2(inside & ground.cells_of(ground.existing) & (ground.site == 0))
        country = (run.units["country"]).to_numpy()
        return tuple(
            CountryPart(
                iso3=iso3,
                existing_km2=part["existing_km2"],
                added_km2=part["added_km2"],
                rest_km2=round(rest.get(iso3, 0.0), 1),
                new_km2=float(self.outside_km2[units & (country == iso3)].sum()),
                cost=float(run.problem().cost[units & (country == iso3)].sum()),
            )
            for iso3, part in sorted(areas.items())
        )

    def _name(
        self, members: list[int], countries: Sequence[str], inside: NDArray[np.bool_]
    ) -> str:
        """Name it after its members; where a country has none, after the land there."""
        named = complex_name(self.protected, members, countries)
        held = {self.protected.countries[i] for i in members}
        bare = [country_name(iso3) for iso3 in countries if iso3 not in held]
        if not bare:
            return named
        if named:
            return f"{named} and land in {listed(bare)}"
        rows, columns = np.nonzero(inside)
        lon, lat = self.study.degrees_at(float(rows.mean()), float(columns.mean()))
        return f"Borderland of {listed(bare)} near {lat:.2f} N, {lon:.2f} E"

    def _kind(self, units: BoolArray, pairs: tuple[JoinedSites, ...]) -> str:
        """Return the type after IUCN: what it is for decides, then whether sites adjoin."""
        problem = self.run.problem()
        migratory = np.array(
            [name in self._migratory for name in problem.names()], dtype=np.bool_
        )
        target = problem.target
        amount = problem.amount @ units.astype(np.float64)
        scale = np.ones(amount.size) if target is None else np.where(target > 0, target, np.inf)
        share = problem.weights() * amount / scale
        if share.sum() > 0 and share[migratory].sum() >= MIGRATORY_SHARE * share.sum():
            return MIGRATION_AREA
        return joined_type({"touching": pair.touching} for pair in pairs)

    def _joined(self, inside: NDArray[np.bool_]) -> tuple[JoinedSites, ...]:
        """Return the cross-border pairs with land inside; where none is listed, the nearest."""
        held = [i for i, mask in enumerate(self.protected.masks) if (mask & inside).any()]
        ids = {self.protected.site_ids[i] for i in held}
        listed = [
            _listed_pair(row)
            for row in self.pairs
            if str(row["site_a"]) in ids and str(row["site_b"]) in ids
        ]
        if listed:
            return tuple(listed)
        apart = [
            self._distance(i, j)
            for place, i in enumerate(held)
            for j in held[place + 1 :]
            if self.protected.countries[i] != self.protected.countries[j]
        ]
        return tuple(sorted(apart, key=lambda pair: pair.distance_km)[:1])

    def _distance(self, i: int, j: int) -> JoinedSites:
        protected = self.protected
        rows = [self._sites[protected.site_ids[k]] for k in (i, j)]
        distance_km = shape_of(rows[0]).distance(shape_of(rows[1])) / 1000.0
        return JoinedSites(
            site_a=protected.site_ids[i],
            site_b=protected.site_ids[j],
            name_a=protected.names[i],
            name_b=protected.names[j],
            border="-".join(sorted((protected.countries[i], protected.countries[j]))),
            distance_km=distance_km,
            touching=distance_km == 0,
            listed=False,
            documented=False,
            nominal=any(row["kind"] == "nominal" for row in rows),
        )

    def _national(self, units: BoolArray) -> tuple[NationalLand, ...]:
        country = self.run.units["country"].to_numpy()
        found = []
        for iso3 in sorted(set(country[units].tolist())):
            here = units & (country == iso3)
            land = self.ground.cells_of(here) & ~self.ground.base
            found.append(
                NationalLand(
                    iso3=iso3,
                    area_km2=float(self.outside_km2[here].sum()),
                    cost=float(self.run.problem().cost[here].sum()),
                    units=tuple(np.flatnonzero(here).tolist()),
                    geometry_wkb=wkb_text(outline(land, self.ground.grid)),
                )
            )
        return tuple(found)


def _serves_flight(feature: FeatureRow) -> bool:
    """Tell whether a feature is for birds that fly from site to site."""
    if feature.kind == "flyway":
        return True
    known = feature.species in species_ids()
    return known and load_species(feature.species).connectivity != "physical"


def pieces(ground: Ground, units: BoolArray, side: NDArray[np.object_]) -> list[IntArray]:
    """Return the connected pieces of some units on each side, by their first unit.

    Parameters
    ----------
    ground : Ground
        Tells which units touch.
    units : (n,) bool
        The units.
    side : (n,) object
        Country of each unit; no piece lies in two.
    """
    edges = ground.touching_units
    a, b = edges[:, 0], edges[:, 1]
    kept = units[a] & units[b] & (side[a] == side[b])
    graph = csr_array((np.ones(int(kept.sum())), (a[kept], b[kept])), shape=(units.size,) * 2)
    label = connected_components(graph, directed=False)[1]
    members = np.flatnonzero(units).astype(np.int32)
    found: dict[int, list[int]] = {}
    for unit in members.tolist():
        found.setdefault(int(label[unit]), []).append(unit)
    return [np.array(group, dtype=np.int32) for group in found.values()]


def _listed_pair(row: Record) -> JoinedSites:
    distance = row["distance_km"]
    return JoinedSites(
        site_a=str(row["site_a"]),
        site_b=str(row["site_b"]),
        name_a=str(row["name_a"]),
        name_b=str(row["name_b"]),
        border=str(row["border"]),
        distance_km=float(distance) if isinstance(distance, int | float) else 0.0,
        touching=bool(row["touching"]),
        listed=True,
        documented=str(row["basis"]) in {"documented", "both"},
        nominal=bool(row["nominal"]),
    )
