"""Widening the corridors of a project to a width, as often and as quickly as a slider asks."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algorithms.control import NULL_CONTROL
from layers.catalogue import STANDING
from layers.shapes import burn
from planner.corridors.place import LandTypes, Need, SiteShape, WideningPlace
from planner.corridors.result import (
    CountryShare,
    WideningResult,
    WideningVariant,
    bound_clause,
    told_species,
)
from planner.corridors.runs import study_of
from planner.pipeline.cores import StoredCores
from planner.pipeline.resistance import resistance_raster
from planner.pipeline.study import SCENARIO
from planner.pipeline.widths import CorridorCells, widening_ground
from planner.profiles import load_species
from planner.project import AddFeatures
from planner.records import shape_of
from resources.errors import PlannerError, UsageError, nearest_names_hint
from resources.translation import filled, mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from algorithms.control import Control
    from layers.grid import Grid
    from planner.pipeline.study import Study
    from planner.project import Project
    from planner.project.commands import Command

__all__ = [
    "CountryShare",
    "WideningDesk",
    "WideningResult",
    "WideningVariant",
    "WidthRange",
    "propose",
]

LAND_TYPES = "potential_vegetation"
"""Land is told by this variable of the data pack, for want of a map of land cover in it."""
LAND_TYPE_TITLE = (
    "Potential natural vegetation by climate (Holdridge life zone); what grows there may differ"
)
WIDENED = "widened corridor"
"""Kind of a proposal that `propose` makes."""
MOST_WIDTHS = 4.0
"""A slider ends at so many times the width needed."""


class WidthRange(NamedTuple):
    """Widths for a slider, in metres: the least the grid can show, the need, the most."""

    least_m: float
    needed_m: float
    most_m: float


@dataclass(frozen=True)
class WideningDesk:
    """The corridors of one species in a project, with all that bears on widening them.

    Made by `of`, which reads everything once; then it may be used from any thread, and does
    not see what is changed in the project afterwards.

    Parameters
    ----------
    study : Study
        Grid and countries.
    species_id : str
        Whose corridors they are.
    needs : tuple of Need
        Species whose exclusions hold, that one first.
    cores : StoredCores
        Cores of the species.
    swaths : mapping of str to (rows, columns) bool
        Corridors by id.
    ends : mapping of str to (str, str)
        Ids of the two cores of each.
    names : mapping of str to str
        Name of each corridor.
    land_types : LandTypes
        What land is told by.
    sites : tuple of SiteShape
        Sites that may be touched.
    """

    study: Study
    species_id: str
    needs: tuple[Need, ...]
    cores: StoredCores
    swaths: Mapping[str, NDArray[np.bool_]]
    ends: Mapping[str, tuple[str, str]]
    names: Mapping[str, str]
    land_types: LandTypes
    sites: tuple[SiteShape, ...]
    _country: NDArray[np.int32]
    _guard: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _places: dict[str, WideningPlace] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, project: Project, species_id: str, also: Sequence[str] = ()) -> WideningDesk:
        """Read what widening needs of a project.

        Parameters
        ----------
        project : Project
            With the corridors of the species stored.
        species_id : str
            Whose corridors are to be widened.
        also : sequence of str
            Further species whose width and exclusions are to be met; their resistance must be
            stored as well.

        Raises
        ------
        PlannerError
            Something has not been run yet; says what.
        """
        profiles = [load_species(name) for name in dict.fromkeys((species_id, *also))]
        study = study_of(project, profiles)
        rows = project.records("corridors", scenario=SCENARIO, species=species_id)
        if not rows:
            raise PlannerError(
                f"The project {project.path} holds no corridor of {species_id}. Find them "
                f"first: landbridge corridors {project.path} --species {species_id}."
            )
        for profile in profiles:
            if not project.raster_path(resistance_raster(profile.id)).is_file():
                raise PlannerError(
                    f"The resistance of the land to {profile.names.en} is not known yet. Find "
                    f"it first: landbridge corridors {project.path} --species {profile.id}."
                )
        needs = tuple(Need(profile.id, widening_ground(study, profile)) for profile in profiles)
        codes = study.layer(LAND_TYPES)
        return cls(
            study,
            species_id,
            needs,
            StoredCores.read(study, profiles[0]),
            {
                str(row["corridor_id"]): burn([shape_of(row)], study.grid) == 1
                for row in rows
                if row["kind"] == "swath"
            },
            {str(row["corridor_id"]): (str(row["core_a"]), str(row["core_b"])) for row in rows},
            {str(row["corridor_id"]): str(row["name"]) for row in rows},
            LandTypes(LAND_TYPE_TITLE, codes, study.categories.get(LAND_TYPES, {})),
            _sites(project),
            study.country,
        )

    @property
    def corridor_ids(self) -> tuple[str, ...]:
        """The corridors, in the order in which they are stored."""
        return tuple(self.ends)

    @property
    def widths_m(self) -> WidthRange:
        """Widths for a slider."""
        needed_m = max(need.ground.needed_m for need in self.needs)
        least_m = max(self.study.grid.cell_size)
        return WidthRange(least_m, needed_m, max(MOST_WIDTHS * needed_m, 10 * least_m))

    def widened(
        self,
        corridor_id: str,
        width_m: float,
        control: Control = NULL_CONTROL,
        *,
        prove: bool = True,
    ) -> WideningResult:
        """Widen a corridor to a width everywhere.

        Parameters
        ----------
        corridor_id : str
            Which corridor.
        width_m : float
            Width in metres; where another of the species needs more, that holds.
        control : Control
            Told the progress; may cancel.
        prove : bool
            Whether to bound the cost from below, which takes about as long again; not for
            every move of a slider.

        Returns
        -------
        WideningResult
            With the reason in `refused` where it cannot be.

        Raises
        ------
        UsageError
            There is no such corridor; offers the nearest names.
        """
        return self.place(corridor_id).widened(width_m, control, prove=prove)

    def variants(
        self, corridor_id: str, width_m: float, control: Control = NULL_CONTROL
    ) -> tuple[WideningVariant, ...]:
        """Return the best widenings of a corridor for a given cost, cheapest first.

        Parameters
        ----------
        corridor_id, width_m, control
            As for `widened`.
        """
        return self.place(corridor_id).variants(width_m, control)

    def place(self, corridor_id: str) -> WideningPlace:
        """Return one corridor with all that bears on widening it.

        Raises
        ------
        UsageError
            There is no such corridor; offers the nearest names.
        """
        if corridor_id not in self.ends:
            raise UsageError(
                f"There is no corridor {corridor_id!r} of {self.species_id}. "
                f"{nearest_names_hint(corridor_id, list(self.ends))}"
            )
        with self._guard:
            if corridor_id not in self._places:
                self._places[corridor_id] = self._made(corridor_id)
            return self._places[corridor_id]

    def _made(self, corridor_id: str) -> WideningPlace:
        labels = [self.cores.core_ids.index(core) + 1 for core in self.ends[corridor_id]]
        nothing = np.zeros(self.study.grid.shape, dtype=np.bool_)
        cells = CorridorCells(
            self.swaths.get(corridor_id, nothing),
            self.cores.labels == labels[0],
            self.cores.labels == labels[1],
        )
        return WideningPlace(
            corridor_id,
            _StillLand(self.study, self._country),
            cells,
            self.needs,
            self.land_types,
            self.sites,
        )


@dataclass(frozen=True, slots=True)
class _StillLand:
    """The land of a study with its countries looked up once."""

    study: Study
    country: NDArray[np.int32]

    @property
    def grid(self) -> Grid:
        return self.study.grid

    @property
    def iso3(self) -> tuple[str, ...]:
        return self.study.iso3

    def degrees_at(self, row: float, column: float) -> tuple[float, float]:
        return self.study.degrees_at(row, column)


def propose(result: WideningResult, scenario: str, name: str) -> Command:
    """Return the edit that puts a widened corridor into a scenario as a draft proposal.

    Parameters
    ----------
    result : WideningResult
        From `WideningDesk.widened`, not refused.
    scenario : str
        Identifier of the scenario; making the plan again renews the plan's own candidates and
        leaves this proposal alone.
    name : str
        What people will call it.

    Raises
    ------
    UsageError
        The widening was refused, it has no land, or the name is empty.
    """
    if result.refused:
        raise UsageError(f"A widening that cannot be is no proposal: {result.refused}")
    if not name.strip():
        raise UsageError("A proposal needs a name.")
    if result.geometry.is_empty:
        raise UsageError("There is no land to propose: the cores touch, wide enough already.")
    by_country = {
        share.iso3: {
            "existing_km2": round(share.protected_km2, 1),
            "added_km2": round(share.whole_km2 - share.protected_km2, 1),
            "to_add_km2": round(share.area_km2, 2),
            "cost": round(share.cost, 2),
        }
        for share in result.shares
        if share.iso3
    }
    record: dict[str, object] = {
        "proposal_id": f"corridor-{uuid.uuid4().hex[:8]}",
        "scenario": scenario,
        "name": name.strip(),
        "status": "draft",
        "kind": WIDENED,
        "countries": sorted(by_country),
        "area_km2": round(result.geometry.area / 1e6, 1),
        "area_by_country": by_country,
        "member_sites": [site_id for site_id, _, _ in result.sites],
        "species": list(result.species),
        "reasons": _reasons(result),
        "geometry": result.geometry,
        "attributes": {
            "corridor_id": result.corridor_id,
            "width_m": result.width_m,
            "verified_width_m": result.verified_width_m,
            "land_to_add_km2": round(result.area_km2, 2),
            "cost": round(result.cost, 3),
            "cost_unit": result.cost_unit,
            "lower_bound": result.lower_bound,
            "land_types_km2": {
                share.iso3: {name: round(km2, 2) for name, km2 in share.land_types.items()}
                for share in result.shares
                if share.land_types
            },
            "land_type_title": result.land_type_title,
        },
    }
    return AddFeatures("proposals", [record], filled("Propose {name}", name=name.strip()))


def _reasons(result: WideningResult) -> list[str]:
    added = ", ".join(
        f"{share.iso3 or mark('no country')} {share.area_km2:,.1f} km²"
        for share in result.shares
        if share.area_km2 > 0
    )
    width = (
        filled("The corridor is {width:,.0f} m wide everywhere", width=result.width_m)
        if result.is_wide_everywhere
        else filled(
            "To cost less, the corridor stays below {width:,.0f} m in places",
            width=result.width_m,
        )
    )
    told = [
        filled(
            "{how}, for {species}; measured again, {narrowest:,.0f} m at its narrowest.",
            how=width,
            species=told_species(result),
            narrowest=result.verified_width_m,
        ),
        filled("{area:,.1f} km² to add: {added}.", area=result.area_km2, added=added)
        if added
        else filled(
            "{area:,.1f} km² to add; it is wide enough as it is.", area=result.area_km2
        ),
        filled(
            "It costs {cost:,.2f} ({unit}){bound}.",
            cost=result.cost,
            unit=result.cost_unit,
            bound=bound_clause(result.cost, result.lower_bound),
        ),
    ]
    if result.bottlenecks_removed:
        count = result.bottlenecks_removed
        told.append(
            filled("Removes {count} narrow stretches.", count=count)
            if count > 1
            else mark("Removes 1 narrow stretch.")
        )
    return told


def _sites(project: Project) -> tuple[SiteShape, ...]:
    standing = {str(state) for state in STANDING}
    return tuple(
        SiteShape(
            str(row["site_id"]),
            f"{row['name_en']}{' (nominal)' if row['kind'] == 'nominal' else ''}",
            shape_of(row),
        )
        for row in project.records("sites")
        if row["kind"] in {"nominal", "surveyed"} and row["state"] in standing
    )
