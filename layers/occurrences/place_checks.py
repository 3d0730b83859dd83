"""Checks of where a record lies: globe, sea, country, centroids, rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.occurrences.coordinates import KM_PER_DEGREE
from layers.occurrences.reference import OUTSIDE, SEA
from layers.occurrences.rules import Doubt, Reason
from layers.states import OTHER_LAND_NAME, STATES, TOGETHER, zone_name, zone_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from layers.occurrences.block import Block
    from layers.occurrences.reference import PlaceReference


def check_places(block: Block, reference: PlaceReference) -> None:
    """Refuse or warn of the open records of a block by their place.

    Parameters
    ----------
    block : Block
        Its open records have finite coordinates.
    reference : PlaceReference
        Land, countries and centroids.
    """
    _check_zero(block)
    here = _country_here(block, reference)
    here = _check_swapped(block, reference, here)
    _check_range(block)
    _check_sea(block, reference, here)
    _check_country(block, reference, here)
    _check_centroid(block, reference)
    _check_precision(block, here != OUTSIDE)
    outside = block.open & (here == OUTSIDE)
    block.warn(
        Doubt.OUTSIDE_MAP,
        outside,
        "It lies outside the base map, so sea and country were not checked.",
    )


def _check_zero(block: Block) -> None:
    zero_lon, zero_lat = block.lon == 0, block.lat == 0
    block.find(Reason.ZERO, block.open & zero_lon & zero_lat, "Both coordinates are zero.")
    block.find(Reason.ZERO, block.open & zero_lon & ~zero_lat, "Its longitude is exactly zero.")
    block.find(Reason.ZERO, block.open & zero_lat & ~zero_lon, "Its latitude is exactly zero.")


def _on_globe(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    valid: NDArray[np.bool_] = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    return valid


def _country_here(block: Block, reference: PlaceReference) -> NDArray[np.int16]:
    """Return the country of open records, `OUTSIDE` for all others."""
    here = np.full(len(block.lon), OUTSIDE, dtype=np.int16)
    valid = block.open & _on_globe(block.lon, block.lat)
    here[valid] = reference.country_at(block.lon[valid], block.lat[valid])
    return here


def _stated(block: Block) -> tuple[NDArray[np.int64], list[str]]:
    """Return the stated country of each record as a number into names; 0 is not stated."""
    codes, texts = block.codes("country")
    listed = ["", *(text for text in texts if text)]
    number = np.array([listed.index(text) for text in texts], dtype=np.int64)
    return (number[codes] if len(number) else codes), listed


def _agrees(
    here: NDArray[np.int16],
    stated: NDArray[np.int64],
    names: Sequence[str],
    reference: PlaceReference,
) -> NDArray[np.bool_]:
    """Tell whether a country on the map is the stated one, or one never held against it."""
    same = np.zeros((len(reference.iso3) + 1, len(names)), dtype=np.bool_)
    for row, code in enumerate(reference.iso3, start=1):
        for column, name in enumerate(names):
            same[row, column] = code == name or any({code, name} <= one for one in TOGETHER)
    return (here > 0) & same[np.maximum(here, 0), stated]


def _check_swapped(
    block: Block, reference: PlaceReference, here: NDArray[np.int16]
) -> NDArray[np.int16]:
    """Find records that lie well only with longitude and latitude exchanged.

    A record is suspected where it lies beyond the globe, at sea, outside the map or outside its
    stated country; it is swapped where the exchanged point lies in the stated country, or,
    where none is stated, on land of the map.
    """
    stated, names = _stated(block)
    agreed = _agrees(here, stated, names, reference)
    doubtful = block.open & ~agreed & ((here <= 0) | (stated > 0))
    doubtful &= _on_globe(block.lat, block.lon)
    if not doubtful.any():
        return here
    there = np.full(len(here), OUTSIDE, dtype=np.int16)
    there[doubtful] = reference.country_at(block.lat[doubtful], block.lon[doubtful])
    fits = doubtful & _fits_there(block, reference, there, (stated, names))
    swapped = fits & ~_within_coast(block, reference, here, fits)
    told = [
        f"As it stands, {_whereabouts(place)}; exchanged, it would be longitude {lat:.3f}, "
        f"latitude {lon:.3f}."
        for lon, lat, place in zip(
            block.lon[swapped], block.lat[swapped], here[swapped], strict=True
        )
    ]
    if not block.rules.mend_swapped:
        block.find(Reason.SWAPPED, swapped, told)
        return here
    block.warn(Doubt.MENDED, swapped, told)
    block.lon[swapped], block.lat[swapped] = block.lat[swapped], block.lon[swapped]
    return np.where(swapped, there, here)


def _fits_there(
    block: Block,
    reference: PlaceReference,
    there: NDArray[np.int16],
    stated: tuple[NDArray[np.int64], list[str]],
) -> NDArray[np.bool_]:
    """Tell where an exchanged point suits its stated country, or any, within the tolerances."""
    number, names = stated
    fits: NDArray[np.bool_] = (there > 0) & (number == 0)
    fits |= _agrees(there, number, names, reference)
    for one in np.unique(number[(there >= 0) & ~fits]):
        asked = np.flatnonzero((there >= 0) & ~fits & (number == one))
        lon, lat = block.lat[asked], block.lon[asked]
        if one == 0:
            near = reference.nearest_land(lon, lat)[0] <= block.rules.sea_km
        else:
            near = reference.distance_km(names[one], lon, lat) <= block.rules.border_km
        fits[asked] = near
    return fits


def _whereabouts(place: int) -> str:
    if place == SEA:
        return "it lies in the sea"
    return "it lies off the map" if place == OUTSIDE else "it lies in another country"


def _within_coast(
    block: Block,
    reference: PlaceReference,
    here: NDArray[np.int16],
    asked: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Tell which of the asked records are at sea but within the tolerance of the coast."""
    near = np.zeros(len(here), dtype=np.bool_)
    sea = asked & (here == SEA)
    if sea.any():
        near[sea] = (
            reference.nearest_land(block.lon[sea], block.lat[sea])[0] <= block.rules.sea_km
        )
    return near


def _check_range(block: Block) -> None:
    beyond = block.open & ~_on_globe(block.lon, block.lat)
    told = [
        f"No place on the globe has longitude {lon:g} and latitude {lat:g}."
        for lon, lat in zip(block.lon[beyond], block.lat[beyond], strict=True)
    ]
    block.find(Reason.OUT_OF_RANGE, beyond, told)


def _check_sea(block: Block, reference: PlaceReference, here: NDArray[np.int16]) -> None:
    sea = block.open & (here == SEA)
    if not sea.any() or block.rules.action(Reason.SEA) == "skip":
        return
    km, lon, lat = reference.nearest_land(block.lon[sea], block.lat[sea])
    far = km > block.rules.sea_km
    distant, near = sea.copy(), sea.copy()
    distant[sea], near[sea] = far, ~far
    block.find(
        Reason.SEA,
        distant,
        [f"It lies in the sea, {one:,.0f} km from land." for one in km[far]],
    )
    moved = " and is moved there" if block.rules.snap_to_coast else ""
    block.warn(
        Doubt.NEAR_COAST,
        near,
        [f"It lies {one:.1f} km off the coast{moved}." for one in km[~far]],
    )
    if block.rules.snap_to_coast:
        block.lon[near], block.lat[near] = lon[~far], lat[~far]


def _check_country(block: Block, reference: PlaceReference, here: NDArray[np.int16]) -> None:
    if block.rules.action(Reason.COUNTRY_MISMATCH) == "skip":
        return
    stated, names = _stated(block)
    other = block.open & (here > 0) & (stated > 0)
    other &= ~_agrees(here, stated, names, reference)
    for number in np.unique(stated[other]):
        asked = other & (stated == number)
        km = reference.distance_km(names[number], block.lon[asked], block.lat[asked])
        title = _stated_name(names[number])
        far = km > block.rules.border_km
        distant, near = asked.copy(), asked.copy()
        distant[asked], near[asked] = far, ~far
        block.find(
            Reason.COUNTRY_MISMATCH,
            distant,
            [
                f"It lies {_lying(reference.iso3[place - 1])}, {_distance(one)} from {title}, "
                "which it states."
                for place, one in zip(here[distant], km[far], strict=True)
            ],
        )
        block.warn(
            Doubt.NEAR_BORDER,
            near,
            [f"It lies {one:.1f} km outside {title}, which it states." for one in km[~far]],
        )


def _lying(code: str) -> str:
    """Tell in which State a place lies, or that it lies in none of the six."""
    zone = zone_of(code)
    return f"in {zone_name(zone)}" if zone in STATES else f"on {OTHER_LAND_NAME}"


def _stated_name(code: str) -> str:
    """Return the State that a code means, or the code where it is none of the six."""
    zone = zone_of(code)
    return zone_name(zone) if zone in STATES else f"the ground of the country code {code}"


def _distance(km: float) -> str:
    return f"{km:,.0f} km" if np.isfinite(km) else "far"


def _check_centroid(block: Block, reference: PlaceReference) -> None:
    if block.rules.action(Reason.COUNTRY_CENTROID) == "skip" or not block.open.any():
        return
    asked = np.flatnonzero(block.open)
    nearest = reference.nearest_centroid(
        block.lon[asked], block.lat[asked], block.rules.centroid_km
    )
    at = np.zeros(len(block.open), dtype=np.bool_)
    at[asked[nearest >= 0]] = True
    told = [
        f"It lies at the centroid of {reference.centroids[one].title}."
        for one in nearest[nearest >= 0]
    ]
    block.find(Reason.COUNTRY_CENTROID, at, told)


def _check_precision(block: Block, on_map: NDArray[np.bool_]) -> None:
    """Refuse what rounding may have moved by more than a cell: by half its step.

    Of records beyond the base map nothing is asked where others lie on it: that they are far
    off is what must be told of them.
    """
    resolution = block.numbers("resolution_km")
    asked = block.open & on_map if on_map.any() else block.open
    coarse = asked & (resolution / 2 > block.rules.cell_km)
    told = [
        f"Its coordinates are rounded to about {one:,.0f} km ({one / KM_PER_DEGREE:.2g}°), an "
        f"error of up to {one / 2:,.0f} km, more than a cell of {block.rules.cell_km:g} km."
        for one in resolution[coarse]
    ]
    block.find(Reason.PRECISION, coarse, told)
    step = block.numbers("round_km")
    doubtful = asked & block.open & (step / 2 > block.rules.cell_km)
    block.warn(
        Doubt.ROUND_NUMBERS,
        doubtful,
        [
            f"Its coordinates are multiples of {one / KM_PER_DEGREE:.2g}°, those of the others "
            "are not: it may have been rounded."
            for one in step[doubtful]
        ],
    )
