"""What is told of land that lies on both sides of a border, whoever found it.

The step that assembles candidates and the proposals of a reserve run name, measure and explain
their complexes alike.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from layers.catalogue import UnknownSiteError
from resources.translation import filled, mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from planner.pipeline.sites import ProtectedLand
    from planner.pipeline.study import Study

PROTECTED_AREA = mark("transboundary protected area")
LANDSCAPE = mark("transboundary conservation landscape")
MIGRATION_AREA = mark("transboundary migration conservation area")
"""Types of transboundary conservation areas after Vasilijević et al. (2015), table 1."""

LEAST_PART_KM2 = 1.0
"""A complex lies in a country where it has at least so much land there."""

BASIS_WORDS = {
    "documented": mark("documented as adjoining"),
    "computed": mark("found by distance, not documented"),
    "both": mark("documented as adjoining and found by distance"),
}

NOMINAL_GAP = mark(
    "Documented neighbours: the gap between them is one of their nominal footprints, and land "
    "counted as added there may be protected already."
)


def least_cells(study: Study) -> int:
    """Return how many cells a complex needs in a country to lie in it."""
    return max(1, round(LEAST_PART_KM2 / study.grid.cell_area_km2))


def members_inside(protected: ProtectedLand, inside: NDArray[np.bool_]) -> list[int]:
    """Return the sites with most of their land inside, the largest first.

    Parameters
    ----------
    protected : ProtectedLand
        Sites.
    inside : (rows, columns) bool
        Land of the complex.

    Returns
    -------
    list of int
        Places of the sites in the tuples of `protected`.
    """
    held = [
        (int((mask & inside).sum()), int(mask.sum()), i)
        for i, mask in enumerate(protected.masks)
    ]
    return [i for cells, whole, i in sorted(held, reverse=True) if whole and cells * 2 >= whole]


def complex_name(
    protected: ProtectedLand, members: Sequence[int], countries: Iterable[str]
) -> str:
    """Name a complex after the largest member of each country, in the order of the codes.

    Parameters
    ----------
    protected : ProtectedLand
        Sites.
    members : sequence of int
        As `members_inside` returns them.
    countries : iterable of str
        ISO3 codes.

    Returns
    -------
    str
        Empty where no country has a member.
    """
    chosen = []
    for iso3 in sorted(countries):
        first = next((i for i in members if protected.countries[i] == iso3), None)
        if first is not None:
            chosen.append(protected.names[first])
    return " and ".join(chosen)


def joined_type(pairs: Iterable[Mapping[str, object]]) -> str:
    """Return the type of what joins pairs of sites, by whether any two of them touch.

    References
    ----------
    Vasilijević, M., Zunckel, K., McKinney, M., Erg, B., Schoon, M. & Rosen Michel, T. (2015).
    Transboundary conservation: a systematic and integrated approach. Best Practice Protected
    Area Guidelines 23. IUCN, Gland. Table 1.
    """
    return PROTECTED_AREA if any(pair["touching"] for pair in pairs) else LANDSCAPE


def areas_by_country(
    study: Study,
    inside: NDArray[np.bool_],
    existing: NDArray[np.bool_],
    codes: Iterable[int],
) -> dict[str, dict[str, float]]:
    """Measure the land of a complex in each country.

    Parameters
    ----------
    study : Study
        With the countries of the grid.
    inside, existing : (rows, columns) bool
        Land of the complex, and what of it is protected now.
    codes : iterable of int
        Numbers of the countries.

    Returns
    -------
    dict of str to dict
        ISO3 to ``existing_km2`` and ``added_km2``, to a tenth.
    """
    cell = study.grid.cell_area_km2
    areas: dict[str, dict[str, float]] = {}
    for code in codes:
        here = inside & (study.country == code)
        areas[study.iso3[int(code) - 1]] = {
            "existing_km2": round(float((here & existing).sum()) * cell, 1),
            "added_km2": round(float((here & ~existing).sum()) * cell, 1),
        }
    return areas


def pair_reasons(pair: Mapping[str, object]) -> list[str]:
    """Tell how two sites lie to each other, and how that is known."""
    reasons = [
        filled(
            "{first} and {second}: {apart}; {basis}.",
            first=pair["name_a"],
            second=pair["name_b"],
            apart=apart_words(
                touching=bool(pair["touching"]),
                nominal=bool(pair["nominal"]),
                distance_km=pair["distance_km"],
            ),
            basis=BASIS_WORDS[str(pair["basis"])],
        )
    ]
    if pair["nominal"] and not pair["touching"] and pair["basis"] != "computed":
        reasons.append(NOMINAL_GAP)
    return reasons


def apart_words(*, touching: bool, nominal: bool, distance_km: object) -> str:
    """Tell how far two sites lie from one another, and whether footprints say so."""
    apart = (
        mark("touching")
        if touching
        else filled("{distance:.1f} km apart", distance=distance_km)
    )
    return filled("{apart}, by nominal footprints", apart=apart) if nominal else apart


def unrecorded_species(
    study: Study, protected: ProtectedLand, members: Sequence[int], species: Sequence[str]
) -> list[str]:
    """Tell for which species the catalogue has no record at any member, only habitat.

    It knows nothing of sites that people added themselves.
    """
    recorded: set[str] = set()
    for i in members:
        with suppress(UnknownSiteError):
            recorded |= set(study.catalogue[protected.site_ids[i]].species)
    return [
        filled(
            "{species}: potential habitat by the model; the catalogue records the species at "
            "none of the sites.",
            species=study.profile(name).names.en,
        )
        for name in species
        if name not in recorded
    ]


def cut_members(protected: ProtectedLand, members: Sequence[int]) -> list[str]:
    """Tell which members the edge of the region cuts."""
    return [
        filled(
            "The edge of the region cuts {site}: only the land inside is counted.",
            site=protected.names[i],
        )
        for i in members
        if protected.cut[i]
    ]
