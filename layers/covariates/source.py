"""One covariate in a file: its name and kind, and what the file says of itself."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import rasterio
from rasterio.enums import MaskFlags
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from layers.errors import LayerReadError

if TYPE_CHECKING:
    from pathlib import Path

    from affine import Affine

Kind = Literal["continuous", "categorical"]

_MOST_BLOCKS_CHECKED = 200_000
_LOOKED_AT = 512
_REMEDY = "Copy or download it again, or export it anew as GeoTIFF."


@dataclass(frozen=True, slots=True)
class CovariateSource:
    """A band of a raster file that serves as a covariate.

    Parameters
    ----------
    name : str
        What the models call it.
    path : Path
        Any raster GDAL reads.
    kind : str
        ``continuous`` for measures, ``categorical`` for class codes.
    band : int
        Band of the file, from 1.
    nodata : float, optional
        Stored number that means "none", for files that do not say so themselves; it is taken
        in addition to what the file says.

    Raises
    ------
    ValueError
        The name is empty or the band is not positive.
    """

    name: str
    path: Path
    kind: Kind = "continuous"
    band: int = 1
    nodata: float | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError(f"the covariate in {self.path} needs a name")
        if self.band < 1:
            raise ValueError(f"bands are counted from 1, {self.name} asks for {self.band}")


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What a file says of one of its bands, read without its values.

    Parameters
    ----------
    crs : str
        Coordinate system as WKT or authority code.
    transform : Affine
        North-up, from (column, row) of a cell corner to CRS units.
    shape : tuple of int
        Rows and columns.
    block : tuple of int
        Rows and columns that are stored together.
    dtype : str
        Stored type.
    nodata : float or None
        Stored number that means "none".
    masked : bool
        Whether a mask or an alpha band says where there is no value.
    scale, offset : float
        Value = stored number * scale + offset.
    has_colours : bool
        Whether the band has a colour table, as classes do.
    """

    crs: str
    transform: Affine
    shape: tuple[int, int]
    block: tuple[int, int]
    dtype: str
    nodata: float | None
    masked: bool
    scale: float
    offset: float
    has_colours: bool


def unreadable(path: Path, error: object) -> LayerReadError:
    """Return the error for a file that cannot be read, naming it and the remedy."""
    what = str(error).rstrip(". ")
    return LayerReadError(
        f"{path} cannot be read as a raster: {what}. The file is damaged or was cut off while "
        f"it was copied. {_REMEDY}"
    )


def _no_raster(path: Path, error: object) -> LayerReadError:
    """Return the error for a file that GDAL does not open: a text, nothing, or damaged."""
    try:
        with path.open("rb") as stream:
            start = stream.read(_LOOKED_AT)
    except OSError:  # a folder, or one that GDAL tells better of
        return unreadable(path, error)
    if start.startswith((b"II", b"MM", b"\x89HDF", b"CDF")) or not _is_text(start):
        return unreadable(path, error)
    what = "is empty" if not start else "is a text"
    return LayerReadError(
        f"{path} is no raster: it {what}. Choose a GeoTIFF or another raster that GDAL reads."
    )


def _is_text(start: bytes) -> bool:
    """Tell whether a file begins as a text; an empty one does."""
    try:
        text = start.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(start) - 4:  # else a letter is cut in two
            return False
        text = start[: error.start].decode("utf-8")
    return all(letter.isprintable() or letter in "\t\r\n\ufeff" for letter in text)


def open_raster(path: Path) -> rasterio.DatasetReader:
    """Open a raster file to read.

    Raises
    ------
    LayerReadError
        The file is missing or no raster.
    """
    if not path.exists():
        raise LayerReadError(f"{path} is not there. Check the path.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            return rasterio.open(path)
    except (RasterioError, ValueError) as error:
        raise _no_raster(path, error) from error


def read_facts(source: CovariateSource) -> SourceFacts:
    """Read what a file says of a covariate, and see that it is whole and can be placed.

    Raises
    ------
    LayerReadError
        The file is missing, damaged, shorter than its own directory says, rotated, without a
        coordinate system, holds complex numbers, or lacks the band.
    """
    path = source.path
    with open_raster(path) as dataset:
        if source.band > dataset.count:
            raise LayerReadError(
                f"{path} has {dataset.count} band(s); {source.name} asks for band "
                f"{source.band}."
            )
        at = source.band - 1
        dtype = dataset.dtypes[at]
        if dtype.startswith("complex"):
            raise LayerReadError(
                f"{path} holds complex numbers, which are no covariate. Export the part that "
                "is meant (real part, amplitude) as a raster of its own."
            )
        _refuse_cut_off(path, dataset, source.band)  # first: its places may be cut off too
        _refuse_unplaced(path, dataset)
        flags = set(dataset.mask_flag_enums[at])
        nodata = dataset.nodatavals[at]
        return SourceFacts(
            crs=dataset.crs.to_string(),
            transform=dataset.transform,
            shape=(dataset.height, dataset.width),
            block=tuple(dataset.block_shapes[at]),
            dtype=dtype,
            nodata=None if nodata is None else float(nodata),
            masked=bool(flags & {MaskFlags.per_dataset, MaskFlags.alpha})
            and MaskFlags.nodata not in flags,
            scale=float(dataset.scales[at]),
            offset=float(dataset.offsets[at]),
            has_colours=_has_colours(dataset, source.band),
        )


def unknown_code(nodata: float | None, dtype: str) -> np.generic | None:
    """Return NoData as a stored number of this type, or None where the type cannot hold it."""
    if nodata is None or math.isnan(nodata):
        return None
    kind = np.dtype(dtype)
    if kind.kind in "iu":
        limits = np.iinfo(kind)
        if nodata != math.floor(nodata) or not limits.min <= nodata <= limits.max:
            return None
        whole: np.generic = kind.type(int(nodata))
        return whole
    with np.errstate(over="ignore"):
        number: np.generic = kind.type(nodata)
    return number


def _refuse_unplaced(path: Path, dataset: rasterio.DatasetReader) -> None:
    if dataset.crs is None:
        raise LayerReadError(
            f"{path} has no coordinate system. Assign one in QGIS (Assign Projection) and "
            "choose it again."
        )
    transform = dataset.transform
    if transform.b or transform.d or transform.a <= 0 or transform.e >= 0:
        raise LayerReadError(
            f"{path} is rotated or not north-up. Warp it first (in QGIS: Warp (reproject), "
            "or gdalwarp)."
        )


def _refuse_cut_off(path: Path, dataset: rasterio.DatasetReader, band: int) -> None:
    """See that every block a GeoTIFF's directory names lies within the file."""
    if dataset.driver != "GTiff" or not path.is_file():
        return
    rows, columns = dataset.block_shapes[band - 1]
    down, across = math.ceil(dataset.height / rows), math.ceil(dataset.width / columns)
    if down * across > _MOST_BLOCKS_CHECKED:
        return
    size = path.stat().st_size
    end = 0
    for row in range(down):
        for column in range(across):
            place = f"{column}_{row}"
            start = dataset.get_tag_item(f"BLOCK_OFFSET_{place}", "TIFF", bidx=band)
            if start is None:  # never written: NoData
                continue
            length = dataset.get_tag_item(f"BLOCK_SIZE_{place}", "TIFF", bidx=band) or 0
            end = max(end, int(start) + int(length))
    if end > size:
        raise unreadable(
            path, f"it has {size:,} bytes and should have {end:,} or more by its own directory"
        )
    if not end:
        raise unreadable(path, f"its {size:,} bytes hold no values at all")


def _has_colours(dataset: rasterio.DatasetReader, band: int) -> bool:
    try:
        return bool(dataset.colormap(band))
    except ValueError:  # how rasterio says that there is none
        return False
