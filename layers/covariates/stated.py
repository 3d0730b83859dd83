"""What a raster says of itself in its tags: title, unit, source, licence, resolution."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from layers.covariates.source import open_raster

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rasterio import DatasetReader

LONGEST_TEXT = 300
_MOST_READ = 10_000
_SHORT = 40

_NAMES = {
    "title": ("TITLE", "LONG_NAME", "TIFFTAG_DOCUMENTNAME", "DESCRIPTION"),
    "unit": ("UNIT", "UNITS", "UNITTYPE"),
    "source": ("SOURCE", "TIFFTAG_COPYRIGHT", "INSTITUTION", "TIFFTAG_ARTIST"),
    "licence": ("LICENCE", "LICENSE"),
    "resolution": ("TRUE_RESOLUTION", "RESOLUTION"),
}


class StatedTexts(NamedTuple):
    """What a file states of a layer; empty where it says nothing.

    Attributes
    ----------
    title, unit, source, licence : str
        As stated, without markup, at most `LONGEST_TEXT` letters.
    resolution : str
        As stated; else the size of its cells.
    """

    title: str
    unit: str
    source: str
    licence: str
    resolution: str


def stated_texts(path: Path, band: int = 1) -> StatedTexts:
    """Read what a raster states of a layer.

    Parameters
    ----------
    path : Path
        Any raster GDAL reads.
    band : int
        From 1; tags of the band count before those of the file.

    Raises
    ------
    LayerReadError
        The file cannot be read.
    """
    with open_raster(path) as dataset:
        tags = {key.upper(): value for key, value in dataset.tags().items()}
        here = {}
        if band <= dataset.count:
            here = {key.upper(): value for key, value in dataset.tags(band).items()}
            here.setdefault("LONG_NAME", dataset.descriptions[band - 1] or "")
            here.setdefault("UNITTYPE", dataset.units[band - 1] or "")
        found = {name: _first(keys, here, tags) for name, keys in _NAMES.items()}
        found["unit"] = found["unit"][:_SHORT]
        found["resolution"] = found["resolution"] or _cells(dataset)
    return StatedTexts(**found)


def plain_text(text: str) -> str:
    """Return a text of somebody else without markup and control characters, in one line."""
    without = re.sub(r"<[^<>]*>", " ", text[:_MOST_READ])
    kept = "".join(
        c if unicodedata.category(c)[0] != "C" and c not in "<>" else " " for c in without
    )
    line = " ".join(kept.split())
    return line if len(line) <= LONGEST_TEXT else f"{line[: LONGEST_TEXT - 1]}…"


def _first(names: tuple[str, ...], *places: Mapping[str, str]) -> str:
    for place in places:
        for name in names:
            text = plain_text(place.get(name, ""))
            if text:
                return text
    return ""


def _cells(dataset: DatasetReader) -> str:
    if dataset.crs is None:
        return ""
    width, height = abs(dataset.transform.a), abs(dataset.transform.e)
    unit = "degree" if dataset.crs.is_geographic else dataset.crs.linear_units
    return f"cells of {width:.6g} x {height:.6g} {plain_text(unit)[:_SHORT]}"
