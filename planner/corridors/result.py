"""What widening a corridor comes to, in the terms that three ministries will ask for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shapely import MultiPolygon

from planner.profiles import load_species, species_ids
from planner.records import listed
from resources.translation import filled, mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

COST_UNIT = mark("km² weighted by settlement pressure")
"""The cost of land in a project is relative; it is no money, and is shown with these words."""


ROUNDING_M = 0.1
"""Widths are told to a tenth of a metre."""
NOT_PROVEN = 0.995
"""A bound that leaves more than this share of the cost open tells nothing."""


@dataclass(frozen=True, slots=True)
class CountryShare:
    """One country's part in a widening.

    Attributes
    ----------
    iso3 : str
        Country; empty text for land of none.
    area_km2 : float
        Land to add there.
    cost : float
        What that land costs, see `WideningResult.cost_unit`.
    land_types : mapping of str to float
        km² to add by type of land, see `WideningResult.land_type_title`.
    whole_km2 : float
        The whole corridor outside its cores there.
    protected_km2 : float
        What of that is protected already.
    """

    iso3: str
    area_km2: float
    cost: float
    land_types: Mapping[str, float]
    whole_km2: float = 0.0
    protected_km2: float = 0.0


@dataclass(frozen=True, slots=True)
class WideningResult:
    """A corridor widened to a width everywhere, or why it cannot be.

    Attributes
    ----------
    corridor_id : str
        Which corridor.
    species : tuple of str
        Whose needs and exclusions were respected, the corridor's own first: identifiers of
        profiles or, on files, the names that were given.
    width_m : float
        Width that was asked of it: the widest need of all.
    verified_width_m : float
        Width of the throat of the result, measured by distance transform; 0 where refused.
    cost : float
        Cost of the land to add, see `cost_unit`.
    lower_bound, gap : float or None
        Proven: no such corridor costs less; and the share of the cost that a better one might
        save at most. None where the proof was not asked for.
    area_km2 : float
        Land to add.
    shares : tuple of CountryShare
        By country, the largest addition first.
    sites : tuple of (str, str, float)
        Protected and recognised sites that the whole corridor touches: id, name, km² inside.
    bottlenecks_removed, bottlenecks_left : int
        Stretches below the width now that are so no more, and those left, measured again.
    geometry : geometry
        The whole corridor outside its cores and without excluded land, in the CRS of the grid.
    added_by_country : mapping of str to geometry
        The land to add by country.
    refused : str
        Why no such corridor can be, as a sentence; empty where it can.
    widest_m : float or None
        Where refused: width that could pass, if known.
    cost_unit : str
        What the cost is counted in.
    land_type_title : str
        What the types of land are; empty where none are told.
    """

    corridor_id: str
    species: tuple[str, ...]
    width_m: float
    verified_width_m: float = 0.0
    cost: float = 0.0
    lower_bound: float | None = None
    gap: float | None = None
    area_km2: float = 0.0
    shares: tuple[CountryShare, ...] = ()
    sites: tuple[tuple[str, str, float], ...] = ()
    bottlenecks_removed: int = 0
    bottlenecks_left: int = 0
    geometry: BaseGeometry = field(default_factory=MultiPolygon)
    added_by_country: Mapping[str, BaseGeometry] = field(default_factory=dict)
    refused: str = ""
    widest_m: float | None = None
    cost_unit: str = COST_UNIT
    land_type_title: str = ""

    @property
    def is_wide_everywhere(self) -> bool:
        """Whether it has the width that was asked of it; a variant for less has not."""
        return not self.refused and self.verified_width_m >= self.width_m - ROUNDING_M


@dataclass(frozen=True, slots=True)
class WideningVariant:
    """One of the best ways to widen a corridor for a given cost.

    Attributes
    ----------
    result : WideningResult
        The corridor; its narrow places are those that this cost leaves.
    shortfall_m2 : float
        How far it falls below the width, summed along its way: metres of width times metres.
    narrowest_m : float
        Its narrowest place.
    least_shortfall_m2 : float
        Proven: no plan of this cost leaves less.
    """

    result: WideningResult
    shortfall_m2: float
    narrowest_m: float
    least_shortfall_m2: float


def bound_clause(cost: float, lower_bound: float | None) -> str:
    """Say how far a cost may be from the least possible; empty where that was not asked."""
    if lower_bound is None or cost <= 0:
        return ""
    gap = 1 - lower_bound / cost
    if gap > NOT_PROVEN:
        return mark("; how much could be saved at most is not proven")
    return filled(
        "; none of this width costs less than {bound:,.2f}, so at most {gap:.0%} could be "
        "saved",
        bound=lower_bound,
        gap=gap,
    )


def told_species(result: WideningResult) -> str:
    """Write the species of a widening by their names; empty where it is for none."""
    known = species_ids()
    return listed(
        [
            load_species(name).names.en if name in known else name
            for name in result.species
            if name
        ]
    )


def best_affordable(
    variants: Sequence[WideningVariant], budget: float
) -> WideningVariant | None:
    """Return the variant with the smallest shortfall that a budget pays for; None for none.

    Parameters
    ----------
    variants : sequence of WideningVariant
        Of one corridor and width.
    budget : float
        In the unit of the cost.
    """
    affordable = [variant for variant in variants if variant.result.cost <= budget]
    return min(affordable, key=lambda variant: variant.shortfall_m2, default=None)
