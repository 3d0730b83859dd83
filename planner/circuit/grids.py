"""Grids of a case in and out: ASCII grids and GeoTIFFs, plain or compressed by gzip."""

from __future__ import annotations

import gzip
import io
import re
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from affine import Affine
from rasterio.crs import CRS
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import MemoryFile

from layers.grid import MAXIMUM_CELLS
from planner.circuit.errors import CircuitInputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from rasterio.io import DatasetReader

    from algorithms.arrays import FloatArray

NODATA = -9999.0
GZIP_MAGIC = b"\x1f\x8b"
TIFF_MAGIC = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
LARGEST_CELL_TEXT = 40
"""Bytes that the number of one cell may take in a text."""
_CORNER_KEYS = {"xllcorner", "xllcenter", "yllcorner", "yllcenter"}
_SIZE_KEYS = {"cellsize", "dx", "dy"}
_HEADER_KEYS = {"ncols", "nrows", "nodata_value", "nodata"} | _CORNER_KEYS | _SIZE_KEYS
_LONGEST_HEADER = 16


@dataclass(frozen=True, slots=True)
class GridHeader:
    """Where the cells of a grid lie.

    Attributes
    ----------
    rows, columns : int
        Shape.
    left, bottom : float
        Coordinates of the lower left corner.
    width, height : float
        Size of a cell, > 0.
    nodata : str
        Code of cells without a value, as written in the file.
    crs : str
        Coordinate system as WKT, empty where the file names none.
    """

    rows: int
    columns: int
    left: float
    bottom: float
    width: float
    height: float
    nodata: str = "-9999"
    crs: str = ""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.columns

    @property
    def top(self) -> float:
        """Coordinate of the upper edge."""
        return self.bottom + self.rows * self.height

    def told(self) -> str:
        """Describe the grid for people."""
        size = (
            f"{self.width:g}"
            if self.width == self.height
            else f"{self.width:g} x {self.height:g}"
        )
        return (
            f"{self.rows:,} rows x {self.columns:,} columns of {size} from "
            f"({self.left:g}, {self.bottom:g})"
        )

    def fits(self, other: GridHeader, *, tolerance: float = 1e-4) -> bool:
        """Tell whether another grid has the same cells, to a share of a cell."""
        across, up = tolerance * self.width, tolerance * self.height
        return (
            self.shape == other.shape
            and abs(self.left - other.left) <= across
            and abs(self.bottom - other.bottom) <= up
            and abs(self.width - other.width) * self.columns <= across
            and abs(self.height - other.height) * self.rows <= up
        )

    @property
    def in_degrees(self) -> bool:
        """Whether the file names a geographic coordinate system."""
        return bool(self.crs) and bool(CRS.from_wkt(self.crs).is_geographic)

    def same_system(self, other: GridHeader) -> bool:
        """Tell whether two grids lie in one coordinate system; one that names none fits all."""
        if self.crs == other.crs or not (self.crs and other.crs):
            return True
        return bool(CRS.from_wkt(self.crs) == CRS.from_wkt(other.crs))

    def cells_of(self, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return row and column of places, as Circuitscape counts them; may lie outside."""
        row = np.ceil(self.rows - (y - self.bottom) / self.height) - 1
        column = np.ceil((x - self.left) / self.width) - 1
        return row, column


@dataclass(frozen=True, slots=True)
class CaseGrid:
    """A grid read from a file.

    Attributes
    ----------
    values : (rows, columns) float64
        NaN where there is none.
    header : GridHeader
        Where the cells lie.
    path : Path
        Where it came from.
    """

    values: FloatArray
    header: GridHeader
    path: Path


def file_kind(path: Path) -> str:
    """Tell from its first bytes what a file is.

    Returns
    -------
    str
        ``tif``, ``grid`` (ASCII), ``matrix`` or ``list`` of pairs, else ``text``.
    """
    with opened(path) as stream:
        start = _read(stream, 64, path)
    if start.startswith(TIFF_MAGIC):
        return "tif"
    word = start.decode("latin-1").lstrip("\ufeffï»¿ \t").lower()
    for first, kind in (("ncols", "grid"), ("nrows", "grid"), ("min", "matrix")):
        if word.startswith(first):
            return kind
    return "list" if word.startswith("mode") else "text"


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Lend a file for reading, through gzip where its first bytes say so.

    Raises
    ------
    CircuitInputError
        It cannot be opened.
    """
    try:
        plain = path.open("rb")
        start = plain.read(2)
        plain.seek(0)
    except OSError as error:
        raise CircuitInputError(
            f"{path} cannot be read: {error.strerror}. Check the path and the permissions."
        ) from error
    with plain:
        if start == GZIP_MAGIC:
            with gzip.GzipFile(fileobj=plain) as unpacked:
                yield cast("BinaryIO", unpacked)
        else:
            yield plain


def read_grid(path: Path) -> CaseGrid:
    """Read an ASCII grid (.asc, .txt) or the first band of a GeoTIFF, also where gzipped.

    Raises
    ------
    CircuitInputError
        The file is damaged, rotated, too large, or neither of these.
    """
    kind = file_kind(path)
    if kind == "tif":
        return _read_tiff(path)
    if kind == "grid":
        return _read_ascii(path)
    raise CircuitInputError(
        f"{path} is neither an ASCII grid (it would begin with ncols) nor a GeoTIFF. Export it "
        "again as one of them."
    )


def _read_ascii(path: Path) -> CaseGrid:
    with opened(path) as stream:
        header, first = _read_header(stream, path)
        most = header.rows * header.columns * LARGEST_CELL_TEXT + 1_000_000
        body = first + _read(stream, most + 1, path)
        if len(body) > most:
            raise CircuitInputError(
                f"{path} holds more than its header says ({header.told()}). Export it again."
            )
        if len(body) < 2 * header.rows * header.columns - 1:
            raise _cut_short(path, header)
        try:
            values = np.loadtxt(
                io.BytesIO(body), dtype=np.float64, ndmin=2, comments=None, encoding="latin-1"
            )
        except ValueError as error:
            raise CircuitInputError(
                f"{path}: the numbers cannot be read: {numbers_trouble(error)}. Each row "
                f"needs {header.columns:,} numbers; export the grid again."
            ) from error
    if values.shape != header.shape:
        raise CircuitInputError(
            f"{path} holds {values.shape[0]:,} rows of {values.shape[1]:,} numbers, its header "
            f"says {header.rows:,} rows of {header.columns:,}. Export it again."
        )
    values[(values == float(header.nodata)) | (values == NODATA)] = np.nan
    return CaseGrid(values, header, path)


def numbers_trouble(error: ValueError, *, lines_before: int = 0) -> str:
    """Say what numpy found in a text of numbers, with rows counted from 1 on.

    Parameters
    ----------
    error : ValueError
        From `numpy.loadtxt`.
    lines_before : int
        Lines of the file before those that were read.
    """
    told = re.sub(
        r"at row (\d+), column (\d+)",
        lambda found: f"in row {int(found[1]) + 1 + lines_before}, column {found[2]}",
        str(error),
    )
    return told.split(";")[0].rstrip(". ")


def _cut_short(path: Path, header: GridHeader) -> CircuitInputError:
    return CircuitInputError(
        f"{path} ends before the {header.rows * header.columns:,} cells that its header says. "
        "It is cut short; export it again."
    )


def _read_header(stream: BinaryIO, path: Path) -> tuple[GridHeader, bytes]:
    """Read the header of an ASCII grid; returns it with the line after it."""
    found: dict[str, str] = {}
    line = b""
    for _ in range(_LONGEST_HEADER):
        line = _readline(stream, path)
        words = line.decode("latin-1").removeprefix("ï»¿").split()
        key = words[0].lower() if words else ""
        if key not in _HEADER_KEYS:
            break
        found[key] = words[1] if len(words) > 1 else ""
        line = b""
    return _header_of(found, path), line


def _header_of(found: dict[str, str], path: Path) -> GridHeader:
    columns, rows = (_whole(found, key, path) for key in ("ncols", "nrows"))
    if rows * columns > MAXIMUM_CELLS:
        raise CircuitInputError(
            f"{path}: the header says {rows:,} x {columns:,} cells, more than the "
            f"{MAXIMUM_CELLS:,} that can be worked on. Clip the grid, or use coarser cells."
        )
    both = "cellsize" in found
    width, height = (_number(found, "cellsize" if both else key, path) for key in ("dx", "dy"))
    if width <= 0 or height <= 0:
        raise CircuitInputError(f"{path}: the size of a cell must be > 0. Mend the header.")
    corner = []
    for axis, size in (("x", width), ("y", height)):
        if f"{axis}llcenter" in found:
            corner.append(_number(found, f"{axis}llcenter", path) - size / 2)
        else:
            corner.append(_number(found, f"{axis}llcorner", path))
    nodata = found.get("nodata_value", found.get("nodata", "-9999"))
    _number({"NODATA_value": nodata}, "NODATA_value", path, finite=False)
    return GridHeader(rows, columns, corner[0], corner[1], width, height, nodata)


def _whole(found: dict[str, str], key: str, path: Path) -> int:
    text = found.get(key, "")
    if not text.isascii() or not text.isdigit() or len(text) > 12 or int(text) < 1:
        raise CircuitInputError(
            f"{path}: {key} in the header is {text or 'missing'}; it must be a whole number "
            "> 0. Mend the header, or export the grid again."
        )
    return int(text)


def _number(found: dict[str, str], key: str, path: Path, *, finite: bool = True) -> float:
    text = found.get(key, "")
    try:
        value = float(text)
    except ValueError:
        value = np.inf
        finite = True
    if finite and not np.isfinite(value):
        raise CircuitInputError(
            f"{path}: {key} in the header is {text or 'missing'}; it must be a number. Mend "
            "the header, or export the grid again."
        )
    return value


def _read(stream: BinaryIO, size: int, path: Path) -> bytes:
    try:
        return stream.read(size)
    except (OSError, EOFError) as error:
        raise _damaged(path, error) from error


def _readline(stream: BinaryIO, path: Path) -> bytes:
    # The first row of a grid may stand here, so the limit is that of the widest row.
    try:
        return stream.readline(LARGEST_CELL_TEXT * MAXIMUM_CELLS)
    except (OSError, EOFError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> CircuitInputError:
    told = re.sub(r"^\S*[0-9a-f]{12}\.tif: ", "", str(error)).rstrip(". ")
    return CircuitInputError(f"{path} is damaged: {told}. Export or copy it again.")


def _read_tiff(path: Path) -> CaseGrid:
    limit = 16 * MAXIMUM_CELLS
    with opened(path) as stream:
        data = _read(stream, limit + 1, path)
    if len(data) > limit:
        raise CircuitInputError(f"{path} is too large to be worked on. Clip it first.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with MemoryFile(data) as memory, memory.open(driver="GTiff") as source:
                return _tiff_grid(source, path)
    except (RasterioError, ValueError) as error:
        raise _damaged(path, error) from error


def _tiff_grid(source: DatasetReader, path: Path) -> CaseGrid:
    place = source.transform
    if source.width * source.height > MAXIMUM_CELLS:
        raise CircuitInputError(
            f"{path} holds {source.width * source.height:,} cells, more than the "
            f"{MAXIMUM_CELLS:,} that can be worked on. Clip it first."
        )
    if place.is_identity:
        place = Affine(1.0, 0.0, 0.0, 0.0, -1.0, float(source.height))
    if place.b or place.d or place.a <= 0 or place.e >= 0:
        raise CircuitInputError(f"{path} is not north-up. Warp it to a north-up grid first.")
    band = source.read(1, masked=True).astype(np.float64)
    values = np.ma.filled(band, np.nan)
    values[values == NODATA] = np.nan
    header = GridHeader(
        source.height,
        source.width,
        place.c,
        place.f + place.e * source.height,
        place.a,
        -place.e,
        "-9999",
        source.crs.to_wkt() if source.crs else "",
    )
    return CaseGrid(values, header, path)
