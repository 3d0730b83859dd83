"""Coordinate systems and geodetic datums of records, brought to WGS 84."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from layers.occurrences.errors import OccurrenceReadError

if TYPE_CHECKING:
    from numpy.typing import NDArray

WGS84 = "EPSG:4326"

_SAME_AS_WGS84 = frozenset(
    {"", "wgs84", "wgs1984", "epsg4326", "4326", "gcswgs1984", "worldgeodeticsystem1984",
     "wgs84epsg4326", "epsg4326wgs84", "worldgeodeticsystem84", "wgs", "gps", "wgs84geo"}
)  # fmt: skip
_NOT_STATED = frozenset({"unknown", "notrecorded", "none", "na", "null", "unspecified"})
_DATUMS = {
    "pulkovo1942": "EPSG:4284", "sk42": "EPSG:4284", "ск42": "EPSG:4284", "s42": "EPSG:4284",
    "pulkovo1995": "EPSG:4200", "sk95": "EPSG:4200", "ск95": "EPSG:4200",
    "nad27": "EPSG:4267", "nad83": "EPSG:4269", "etrs89": "EPSG:4258", "ed50": "EPSG:4230",
    "tokyo": "EPSG:4301", "日本測地系": "EPSG:4301", "jgd2000": "EPSG:4612",
    "世界測地系": "EPSG:4612", "jgd2011": "EPSG:6668",
    "beijing1954": "EPSG:4214", "北京54": "EPSG:4214", "xian1980": "EPSG:4610",
    "xian80": "EPSG:4610", "西安80": "EPSG:4610", "cgcs2000": "EPSG:4490",
    "korea2000": "EPSG:4737", "grs80": "EPSG:4737", "korean1985": "EPSG:4162",
    "koreandatum1985": "EPSG:4162", "wgs72": "EPSG:4322",
}  # fmt: skip


def crs_of(text: str) -> CRS:
    """Read a coordinate system that the caller states.

    Raises
    ------
    OccurrenceReadError
        It is none that PROJ knows.
    """
    try:
        return CRS.from_user_input(text)
    except CRSError as error:
        raise OccurrenceReadError(
            f'"{text}" is no coordinate system. Write an EPSG code such as EPSG:32652 '
            "(UTM zone 52N) or EPSG:4326 (degrees, WGS 84)."
        ) from error


@lru_cache(maxsize=64)
def datum_crs(stated: str) -> str | None:
    """Return the coordinate system of a geodetic datum as records name it.

    Parameters
    ----------
    stated : str
        Such as ``WGS84``, ``EPSG:4284``, ``Pulkovo 1942``, ``北京54``.

    Returns
    -------
    str or None
        `WGS84` where it is that or not stated; None where it is not known.
    """
    plain = re.sub(r"[\W_]+", "", stated.casefold())
    if plain in _SAME_AS_WGS84 or plain in _NOT_STATED:
        return WGS84
    if plain in _DATUMS:
        return _DATUMS[plain]
    code = re.fullmatch(r"(?:epsg)?(\d{4,5})", plain)
    if code is None:
        return None
    try:
        found = CRS.from_epsg(int(code.group(1)))
    except CRSError:
        return None
    return f"EPSG:{code.group(1)}" if found.is_geographic else None


def is_stated(datum: str) -> bool:
    """Tell whether a datum column's text names a datum at all."""
    plain = re.sub(r"[\W_]+", "", datum.casefold())
    return bool(plain) and plain not in _NOT_STATED


def to_degrees(
    x: NDArray[np.float64], y: NDArray[np.float64], crs: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bring points to degrees on WGS 84 (EPSG:4326).

    Parameters
    ----------
    x, y : (n,) float64
        In `crs`, x to the east; NaN where unknown.
    crs : str
        Anything PROJ knows.

    Returns
    -------
    lon, lat : (n,) float64
        NaN where a point cannot be brought over.
    """
    if crs == WGS84:
        return x, y
    try:
        transformer = _transformer(crs)
        lon, lat = transformer.transform(x, y)
    except ProjError as error:
        raise OccurrenceReadError(
            f"Points in {crs} cannot be brought to degrees: {error}. State the coordinate "
            "system the table is really in."
        ) from error
    bad = ~(np.isfinite(lon) & np.isfinite(lat))
    return np.where(bad, np.nan, lon), np.where(bad, np.nan, lat)


@lru_cache(maxsize=16)
def _transformer(crs: str) -> Transformer:
    return Transformer.from_crs(crs_of(crs), WGS84, always_xy=True)
