"""Places in the notations that people use: degrees, degrees with minutes, UTM, map units."""

from __future__ import annotations

import math
import re
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from pyproj import Transformer

from resources.errors import PlannerError
from resources.translation import mark, tr
from ui.map.coordinates import format_lonlat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ui.map.coordinates import GroundMeasure
    from ui.map.view_state import Point

_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_UTM_SOUTH, _UTM_NORTH = -80.0, 84.0
_LONGEST_TEXT = 200


class Notation(StrEnum):
    """How a place is written."""

    DEGREES = "degrees"
    SEXAGESIMAL = "sexagesimal"
    UTM = "utm"
    MAP = "map"


NOTATION_NAMES = {
    Notation.DEGREES: mark("Decimal degrees"),
    Notation.SEXAGESIMAL: mark("Degrees, minutes, seconds"),
    Notation.UTM: mark("UTM zone, east, north"),
    Notation.MAP: mark("Map coordinates"),
}
WIDEST = {
    Notation.DEGREES: "88.8888° N, 178.8888° W",
    Notation.SEXAGESIMAL: "88°58′58.8″ N, 178°58′58.8″ W",
    Notation.UTM: "58W 888888 E 8888888 N",
    Notation.MAP: "x −8888888 m, y −8888888 m",
}
"""The longest text of each notation, so that nothing jumps."""


class PlaceTextError(PlannerError, ValueError):
    """A text is no place, or none that the map reaches."""


def format_place(point: Point, measure: GroundMeasure, notation: Notation) -> str:
    """Return a place of the map in a notation.

    Parameters
    ----------
    point : tuple of float
        Map coordinates.
    measure : GroundMeasure
        Of the map's CRS.
    notation : Notation
        How to write it.
    """
    if notation is Notation.MAP:
        return _map_text(point, measure)
    lonlat = measure.lonlat(point)
    if lonlat is None or notation is Notation.DEGREES:
        return format_lonlat(lonlat)
    lon, lat = (lonlat[0] + 180) % 360 - 180, lonlat[1]
    if notation is Notation.SEXAGESIMAL:
        return f"{_sexagesimal(lat, 'NS')}, {_sexagesimal(lon, 'EW')}"
    return _utm_text(lon, lat)


def _map_text(point: Point, measure: GroundMeasure) -> str:
    x, y = point
    if measure.in_degrees:
        return f"x {x:.4f}°, y {y:.4f}°".replace("-", "−")
    return f"x {x:.0f} m, y {y:.0f} m".replace("-", "−")


def _sexagesimal(value: float, hemispheres: str) -> str:
    # In tenths of a second, so that 59.96 seconds become the next minute and not 60.0.
    tenths = round(abs(value) * 36_000)
    minutes, tenths = divmod(tenths, 600)
    degrees, minutes = divmod(minutes, 60)
    letter = hemispheres[0] if value >= 0 else hemispheres[1]
    return f"{degrees}°{minutes:02d}′{tenths // 10:02d}.{tenths % 10}″ {letter}"


def _utm_text(lon: float, lat: float) -> str:
    if not _UTM_SOUTH <= lat <= _UTM_NORTH:
        return tr("outside UTM")
    zone = min(int((lon + 180) // 6) + 1, 60)
    band = _BANDS[min(int((lat - _UTM_SOUTH) // 8), len(_BANDS) - 1)]
    east, north = _to_utm(zone, south=lat < 0).transform(lon, lat)
    return f"{zone}{band} {east:.0f} E {north:.0f} N"


@lru_cache(maxsize=8)
def _to_utm(zone: int, *, south: bool) -> Transformer:
    code = (32700 if south else 32600) + zone
    return Transformer.from_crs("EPSG:4326", f"EPSG:{code}", always_xy=True)


_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_UTM = re.compile(
    r"^(\d{1,2})\s*([C-HJ-NP-X])[\s,]+(\d{5,7}(?:\.\d+)?)\s*m?\s*E?[\s,]+"
    r"(\d{1,8}(?:\.\d+)?)\s*m?\s*N?$",
    re.IGNORECASE,
)
_MAP = re.compile(
    rf"^(?:x\s*)?({_NUMBER})\s*[m°]?(?:\s*[,;]\s*|\s+)(?:y\s*)?({_NUMBER})\s*[m°]?$",
    re.IGNORECASE,
)
_ANGLE = re.compile(
    rf"""^(?P<before>[NSEW])?\s*(?P<degrees>{_NUMBER})\s*°?
    (?:[\s:]*(?<=[\s:°])(?P<minutes>\d+(?:\.\d+)?)\s*['′’]?
    (?:[\s:]*(?<=[\s:'′’])(?P<seconds>\d+(?:\.\d+)?)\s*(?:["″”]|\'\'|′′)?)?)?
    \s*(?P<after>[NSEW])?$""",
    re.IGNORECASE | re.VERBOSE,
)
_FULL_WIDTH = "０１２３４５６７８９．，、；：＋－"
_AS_ASCII = str.maketrans(_FULL_WIDTH + "º−", "0123456789.,,;:+-°-")
"""What Chinese and Japanese keyboards write, and signs that look like others."""
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")


def parse_place(text: str, measure: GroundMeasure) -> Point:
    """Read a place in any of the notations.

    Two numbers without letters are latitude and longitude; where they are too large for that,
    they are coordinates of the map.

    Parameters
    ----------
    text : str
        What was typed or pasted.
    measure : GroundMeasure
        Of the map's CRS.

    Returns
    -------
    tuple of float
        Map coordinates.

    Raises
    ------
    PlaceTextError
        It is no place, or one that the map's CRS does not reach; says what to write.
    """
    tidy = " ".join(text[:_LONGEST_TEXT].translate(_AS_ASCII).split())
    if "." not in tidy and len(_DECIMAL_COMMA.findall(tidy)) == 2:
        tidy = _DECIMAL_COMMA.sub(".", tidy)
    if not tidy:
        raise PlaceTextError(_advice(tr("Nothing is written here.")))
    if found := _UTM.match(tidy):
        return _reached(_from_utm(found), measure, tidy)
    lonlat = _from_angles(tidy)
    if lonlat is not None:
        return _reached(lonlat, measure, tidy)
    if found := _MAP.match(tidy):
        point = (float(found[1]), float(found[2]))
        if measure.lonlat(point) is None:
            raise PlaceTextError(_out_of_reach(tidy))
        return point
    raise PlaceTextError(_advice(tr("“{text}” is not a place.", text=tidy[:40])))


def _advice(problem: str) -> str:
    return tr(
        "{problem} Write latitude and longitude (42.5 N, 130.6 E or 42°30′00″ N, "
        "130°36′00″ E), UTM (52T 632000 4706000) or coordinates of the map.",
        problem=problem,
    )


def _out_of_reach(place: str) -> str:
    return tr("{place} lies where the map does not reach.", place=place)


def _from_utm(found: re.Match[str]) -> Point:
    zone, band = int(found[1]), found[2].upper()
    east, north = float(found[3]), float(found[4])
    if not 1 <= zone <= 60:
        raise PlaceTextError(tr("UTM has the zones 1 to 60, and no zone {zone}.", zone=zone))
    if not (100_000 <= east <= 900_000 and 0 <= north <= 10_000_000):
        raise PlaceTextError(
            tr("In UTM, east lies between 100000 and 900000 m, and north below 10000000 m.")
        )
    lon, lat = _to_utm(zone, south=band < "N").transform(east, north, direction="INVERSE")
    return (float(lon), float(lat))


def _reached(lonlat: Point, measure: GroundMeasure, text: str) -> Point:
    point = measure.from_lonlat(*lonlat)
    if point is None:
        raise PlaceTextError(_out_of_reach(text))
    return point


def _from_angles(text: str) -> Point | None:
    """Return longitude and latitude of two angles; None where the text is not two angles."""
    for first, second in _halves(text):
        a, b = _angle(first), _angle(second)
        if a is not None and b is not None:
            return _in_order(a, b)
    return None


def _halves(text: str) -> Iterator[tuple[str, str]]:
    """Yield the ways in which a text may be two angles."""
    for separator in (";", ","):
        if text.count(separator) == 1:
            first, second = text.split(separator)
            yield first.strip(), second.strip()
    for place in range(1, len(text) - 1):
        if text[place].upper() in "NSEW":
            yield text[: place + 1].strip(), text[place + 1 :].strip()
            yield text[:place].strip(), text[place:].strip()
    words = text.split()
    half, odd = divmod(len(words), 2)
    if not odd:
        yield " ".join(words[:half]), " ".join(words[half:])


def _angle(text: str) -> tuple[float, str] | None:
    """Return an angle in degrees and the letter of its hemisphere, which may be missing."""
    found = _ANGLE.match(text)
    if found is None or (found["before"] and found["after"]):
        return None
    letter = (found["before"] or found["after"] or "").upper()
    minutes, seconds = float(found["minutes"] or 0), float(found["seconds"] or 0)
    signed = found["degrees"][0] in "+-"
    if minutes >= 60 or seconds >= 60 or (signed and letter):
        return None
    size = abs(float(found["degrees"])) + minutes / 60 + seconds / 3600
    negative = letter in {"S", "W"} or found["degrees"].startswith("-")
    return (-size if negative else size), letter


def _in_order(a: tuple[float, str], b: tuple[float, str]) -> Point | None:
    """Return longitude and latitude of two angles in either order; None of larger numbers."""
    letters = (a[1], b[1])
    if letters == ("", ""):
        if max(abs(a[0]), abs(b[0])) > 180:
            return None
        reversed_order = abs(a[0]) > 90
    else:
        reversed_order = letters[0] in {"E", "W"} or letters[1] in {"N", "S"}
        if letters[0 if reversed_order else 1] in {"N", "S"}:
            raise PlaceTextError(tr("Two latitudes are no place: one must be E or W."))
        if letters[1 if reversed_order else 0] in {"E", "W"}:
            raise PlaceTextError(tr("Two longitudes are no place: one must be N or S."))
    lon, lat = (a[0], b[0]) if reversed_order else (b[0], a[0])
    if not (math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        raise PlaceTextError(
            tr(
                "Latitudes go to 90 degrees, longitudes to 180: {lat:g}, {lon:g} is no place.",
                lat=lat,
                lon=lon,
            )
        )
    return (lon, lat)
