"""What files really are, by their first bytes; loaded by both processes.

GDAL opens a file by what is in it, whatever its name: a text that calls itself a raster or a
GeoPackage may tell it to fetch from the web, to ask databases or to run code. So files that are
descriptions of data elsewhere are looked through, or refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MOST_VRT_BYTES = 20 * 1024**2
DATABASES = frozenset({".gpkg", ".sqlite"})
_TEXTS = frozenset({".geojson", ".json", ".kml", ".gpx"})
_HEAD_BYTES = 1_000
_FOREIGN = re.compile(
    rb"/vsi|https?:|ftp:|PixelFunction|<!ENTITY|<!DOCTYPE|VRTDerivedRasterBand|<OGRVRT",
    re.IGNORECASE,
)


def head_of(path: Path) -> bytes:
    """Return the first bytes of a file without what may stand before a text.

    Raises
    ------
    OSError
        It cannot be read.
    """
    with path.open("rb") as stream:
        return stream.read(_HEAD_BYTES).lstrip(b"\xef\xbb\xbf \t\r\n")


def check_raster(path: Path) -> None:
    """Refuse a raster file that is a description of others, unless it is a plain mosaic.

    Raises
    ------
    ValueError
        It could fetch from the web or run code.
    OSError
        It cannot be read.
    """
    head = head_of(path)
    if not head.startswith((b"<", b"{")):
        return
    if b"<VRTDataset" not in head:
        raise ValueError(
            f"{path.name} is a description of a raster elsewhere, such as a web map, not a "
            "raster. Add web maps by their address, or save what it shows as GeoTIFF."
        )
    if path.stat().st_size > MOST_VRT_BYTES:
        raise ValueError(f"{path.name} is too large for a virtual raster; make a GeoTIFF.")
    found = _FOREIGN.search(path.read_bytes())
    if found is not None:
        raise ValueError(
            f"{path.name} is a virtual raster that holds {found.group().decode()!r}: it could "
            "fetch from the web or run code when it is drawn. Save what it shows as GeoTIFF."
        )


def check_vector(path: Path) -> None:
    """Refuse a vector file that is not what its name says, and may be anything.

    Raises
    ------
    ValueError
        It is something else.
    OSError
        It cannot be read.
    """
    ending = path.suffix.lower()
    head = head_of(path)
    if ending in DATABASES and not head.startswith(b"SQLite format 3"):
        raise ValueError(
            f"{path.name} could not be opened: it is no GeoPackage, whatever its name says."
        )
    if ending not in _TEXTS and head.startswith((b"<", b"{")):
        raise ValueError(
            f"{path.name} could not be opened: it is a text, not the file that its name says."
        )
