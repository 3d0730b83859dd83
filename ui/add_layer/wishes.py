"""What somebody wants to add to the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

    from layers.qgis.credentials import Credentials


@dataclass(frozen=True)
class VectorWish:
    """A table of a file of vectors, which is copied into the project.

    Parameters
    ----------
    path : Path
        The file.
    table : str
        Which of its tables.
    geometry : str
        Its geometry type, for the symbol it begins with.
    name : str
        What people call the layer.
    note : str
        Where it comes from.
    """

    path: Path
    table: str
    geometry: str
    name: str
    note: str = ""


@dataclass(frozen=True)
class RasterWish:
    """A file of a raster.

    Parameters
    ----------
    path : Path
        The file.
    copy : bool
        Whether it is copied into the project; else it is read where it lies.
    name, note : str
        As of `VectorWish`.
    """

    path: Path
    copy: bool
    name: str
    note: str = ""


@dataclass(frozen=True)
class ServerWish:
    """A layer on a server.

    Parameters
    ----------
    provider : {"wms", "postgres"}
        What opens it.
    source : str
        As `layers.qgis.remote` writes it.
    geometry : str
        Geometry type of a table, for the symbol it begins with.
    name, note : str
        As of `VectorWish`.
    credentials : Credentials or None
        Who asks the server; never stored.
    """

    provider: Literal["wms", "postgres"]
    source: str
    geometry: str
    name: str
    note: str = ""
    credentials: Credentials | None = None


def geometry_of(kind: str) -> str:
    """Return the sort of geometry that is called by names such as ``MultiPolygon``."""
    word = kind.lower()
    if "polygon" in word or "surface" in word:
        return "polygon"
    if "line" in word or "curve" in word:
        return "line"
    return "point" if "point" in word else "none"


Wish: TypeAlias = VectorWish | RasterWish | ServerWish
