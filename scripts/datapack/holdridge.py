"""Holdridge life zones: the vegetation a climate would carry, whatever grows there now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

WARMEST_COUNTED_C = 30.0
PET_MM_PER_DEGREE = 58.93
FROST_LINE_C = 1.5 * 2**3.5
_LOWEST_BIOTEMPERATURE_C = 1.5
_LOWEST_PRECIPITATION_MM = 62.5
_BELTS: dict[int, tuple[str, tuple[str, ...]]] = {
    0: ("Subpolar", ("dry tundra", "moist tundra", "wet tundra", "rain tundra")),
    1: ("Boreal", ("desert", "dry scrub", "moist forest", "wet forest", "rain forest")),
    2: (
        "Cool temperate",
        ("desert", "desert scrub", "steppe", "moist forest", "wet forest", "rain forest"),
    ),
    3: (
        "Warm temperate",
        (
            "desert",
            "desert scrub",
            "thorn steppe",
            "dry forest",
            "moist forest",
            "wet forest",
            "rain forest",
        ),
    ),
    4: (
        "Tropical",
        (
            "desert",
            "desert scrub",
            "thorn woodland",
            "very dry forest",
            "dry forest",
            "moist forest",
            "wet forest",
            "rain forest",
        ),
    ),
}
_SUBTROPICAL = (
    "desert",
    "desert scrub",
    "thorn woodland",
    "dry forest",
    "moist forest",
    "wet forest",
    "rain forest",
)
POLAR_CODE = 1
SUBTROPICAL_BELT = 5


def zone_code(belt: int, humidity: int) -> int:
    """Return the code of a life zone.

    Parameters
    ----------
    belt : int
        0 subpolar, 1 boreal, 2 cool temperate, 3 warm temperate, 4 tropical, 5 subtropical.
    humidity : int
        Humidity province, 0 the driest of the belt.
    """
    return 10 * (belt + 1) + humidity + 1


def zone_names() -> dict[int, str]:
    """Return code -> name of all 38 life zones."""
    names = {POLAR_CODE: "Polar desert or ice"}
    belts = {**_BELTS, SUBTROPICAL_BELT: ("Subtropical", _SUBTROPICAL)}
    for belt, (name, humidities) in belts.items():
        for humidity, kind in enumerate(humidities):
            names[zone_code(belt, humidity)] = f"{name} {kind}"
    return names


def biotemperature(monthly_c: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the annual mean of monthly means held within 0 and 30 °C.

    Parameters
    ----------
    monthly_c : (12, ...) float64
        Monthly mean temperature, °C.

    References
    ----------
    Holdridge, L. R. (1967). Life Zone Ecology. Tropical Science Center, San José.
    """
    mean: NDArray[np.float64] = np.clip(monthly_c, 0.0, WARMEST_COUNTED_C).mean(axis=0)
    return mean


def life_zones(
    biotemperature_c: NDArray[np.float64], precipitation_mm: NDArray[np.float64]
) -> NDArray[np.int16]:
    """Classify climates into Holdridge's hexagons.

    In Holdridge's chart biotemperature, annual precipitation and the ratio of potential
    evapotranspiration (58.93 mm per °C) to precipitation run logarithmically to base 2 along
    three axes at 60°; the life zones are regular hexagons, so each climate belongs to the
    nearest centre. Warm temperate and subtropical share a row; the frost line (16.97 °C,
    the middle of 12 and 24 °C on the logarithmic axis) parts them. Climates outside the chart
    take the zone at its edge.

    Parameters
    ----------
    biotemperature_c : (...) float64
        °C, >= 0.
    precipitation_mm : (...) float64
        Per year, mm, >= 0.

    Returns
    -------
    (...) int16
        Codes of `zone_names`.

    References
    ----------
    Holdridge, L. R. (1967). Life Zone Ecology. Tropical Science Center, San José.
    Lugo, A. E. et al. (1999). The Holdridge life zones of the conterminous United States in
    relation to ecosystem mapping. Journal of Biogeography 26, 1025-1038.
    """
    warmth = np.log2(np.maximum(biotemperature_c, 1e-6) / _LOWEST_BIOTEMPERATURE_C) - 0.5
    wetness = np.log2(np.maximum(precipitation_mm, 1e-6) / _LOWEST_PRECIPITATION_MM) - 0.5
    warmth = np.clip(warmth, -1.0, max(_BELTS))
    wetness = np.clip(np.minimum(wetness, warmth + 3.0), 0.0, None)
    best = np.full(warmth.shape, np.inf)
    code = np.zeros(warmth.shape, dtype=np.int16)
    for belt, humidity, zone in _centres():
        up, right = warmth - belt, wetness - humidity
        distance = up**2 + right**2 - up * right
        nearer = distance < best
        best = np.where(nearer, distance, best)
        code = np.where(nearer, zone, code).astype(np.int16)
    shared = code // 10 == 4
    subtropical = shared & (biotemperature_c >= FROST_LINE_C)
    shift = 10 * (SUBTROPICAL_BELT - 3)
    result: NDArray[np.int16] = np.where(subtropical, code + shift, code).astype(np.int16)
    return result


def _centres() -> list[tuple[int, int, int]]:
    polar = [(-1, humidity, POLAR_CODE) for humidity in range(3)]
    return polar + [
        (belt, humidity, zone_code(belt, humidity))
        for belt, (_, humidities) in _BELTS.items()
        for humidity in range(len(humidities))
    ]
