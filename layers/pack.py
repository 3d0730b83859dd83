"""The default data pack: base map and environment of North-East Asia, offline."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import pyogrio
import rasterio
from affine import Affine
from pydantic import BaseModel
from pyogrio.errors import DataSourceError
from pyproj import Transformer
from rasterio.errors import RasterioError
from rasterio.features import rasterize
from rasterio.windows import Window
from scipy.ndimage import distance_transform_edt

from layers.errors import DamagedPackError
from layers.grid import Grid
from layers.raster import Raster, resample
from resources.errors import UsageError, nearest_names_hint
from resources.paths import resource_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.raster import ResamplingName

Bounds = tuple[float, float, float, float]

MANIFEST_NAME = "manifest.toml"
BASEMAP_NAME = "basemap.gpkg"
EVERYWHERE = frozenset({"land", "distance_coast"})
_REMEDY = (
    "Install Landbridge again, or in a checkout restore the folder with "
    "`git checkout -- resources/default` or rebuild it with `make datapack`."
)


class _Description(BaseModel):
    title: str
    unit: str
    source: str
    licence: str
    true_resolution: str
    processing: str


class _File(_Description):
    sha256: str
    categories: dict[int, str] | None = None
    layers: dict[str, _Description] = {}


class _Manifest(BaseModel):
    format: Literal[1]
    files: dict[str, _File]


@dataclass(frozen=True, slots=True)
class VariableInfo:
    """What one raster of the pack is, for legends, reports and the sources page.

    Parameters
    ----------
    title, unit : str
        For people; the unit is empty for classes.
    source, licence : str
        Where the numbers come from, and on what terms.
    true_resolution : str
        Resolution of the source, which may be coarser than the grid.
    processing : str
        What was done to it.
    categories : mapping of int to str, optional
        Name of each class code; None for measures.
    """

    title: str
    unit: str
    source: str
    licence: str
    true_resolution: str
    processing: str
    categories: Mapping[int, str] | None


@dataclass(frozen=True, slots=True)
class SourceNote:
    """Where one layer of the pack comes from.

    Parameters
    ----------
    name : str
        Raster, or layer of the base map.
    title, source, licence, true_resolution, processing : str
        As in `VariableInfo`.
    """

    name: str
    title: str
    source: str
    licence: str
    true_resolution: str
    processing: str


@dataclass(frozen=True)
class DataPack:
    """The files of the pack, read when they are asked for.

    Use `DataPack.open`. All rasters lie on one EPSG:4326 grid of 5 arc-minutes; sea is NaN
    except in ``land`` and ``distance_coast``.
    """

    folder: Path
    content_hash: str
    _files: Mapping[str, _File] = field(repr=False)

    @classmethod
    def open(cls, folder: Path | None = None) -> DataPack:
        """Open a pack: read its manifest and see that every file is there.

        Parameters
        ----------
        folder : Path, optional
            Folder of the pack; by default the one that ships.

        Raises
        ------
        DamagedPackError
            The manifest is missing or unreadable, or a file it names is missing. Checksums are
            left to `verify`.
        """
        where = resource_path("default") if folder is None else folder
        manifest = where / MANIFEST_NAME
        try:
            content = manifest.read_bytes()
            files = _described_files(content)
        except (OSError, ValueError) as error:
            raise DamagedPackError(
                f"The manifest of the data pack, {manifest}, cannot be read: {error}. {_REMEDY}"
            ) from error
        missing = [name for name in files if not (where / name).is_file()]
        if missing:
            raise DamagedPackError(
                f"The data pack in {where} lacks {', '.join(missing)}. {_REMEDY}"
            )
        return cls(where, hashlib.sha256(content).hexdigest(), files)

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the rasters, as in the manifest."""
        return tuple(name.removesuffix(".tif") for name in self._files if name.endswith(".tif"))

    def sources(self) -> tuple[SourceNote, ...]:
        """Tell where every raster and every layer of the base map comes from."""
        described: dict[str, _Description] = {
            **self._files[BASEMAP_NAME].layers,
            **{name: self._entry(name) for name in self.variables},
        }
        return tuple(
            SourceNote(
                name,
                entry.title,
                entry.source,
                entry.licence,
                entry.true_resolution,
                entry.processing,
            )
            for name, entry in described.items()
        )

    def info(self, name: str) -> VariableInfo:
        """Describe a raster.

        Raises
        ------
        UsageError
            The pack has no such variable.
        """
        entry = self._entry(name)
        return VariableInfo(
            title=entry.title,
            unit=entry.unit,
            source=entry.source,
            licence=entry.licence,
            true_resolution=entry.true_resolution,
            processing=entry.processing,
            categories=entry.categories,
        )

    def raster(self, name: str, bounds: Bounds | None = None) -> Raster:
        """Read a raster, or the part of it that covers a rectangle.

        Parameters
        ----------
        name : str
            Variable.
        bounds : tuple of float, optional
            West, south, east, north in degrees; widened to whole cells, cut at the pack's edge.

        Returns
        -------
        Raster
            NaN at sea, except in ``land`` and ``distance_coast``.

        Raises
        ------
        UsageError
            The pack has no such variable, or `bounds` lie outside the pack.
        DamagedPackError
            The file cannot be read.
        """
        self._entry(name)
        path = self.folder / f"{name}.tif"
        try:
            with rasterio.open(path) as source:
                whole = Grid(
                    source.crs.to_string(), source.transform, (source.height, source.width)
                )
                top, left, bottom, right = _cell_range(whole, bounds or whole.bounds)
                window = Window.from_slices((top, bottom), (left, right))
                band = source.read(1, window=window, masked=True)
                values = band.astype(np.float64) * source.scales[0] + source.offsets[0]
        except (RasterioError, AttributeError) as error:
            raise self._damaged(path, error) from error
        height, width = whole.cell_size
        west, _, _, north = whole.bounds
        corner = Affine(width, 0, west + left * width, 0, -height, north - top * height)
        grid = Grid(whole.crs, corner, (bottom - top, right - left))
        return Raster(np.ma.filled(values, np.nan), grid)

    def on_grid(self, name: str, grid: Grid) -> NDArray[np.float64]:
        """Bring a variable onto an analysis grid.

        Classes are taken from the nearest cell, measures are interpolated bilinearly. Gaps at
        sea are filled from the nearest land cell before that, and the result is cut with the
        land of the base map on the wanted grid, so that coastal cells of a finer grid have
        values and sea never bleeds into land.

        Parameters
        ----------
        name : str
            Variable.
        grid : Grid
            Wanted grid, in any CRS.

        Returns
        -------
        (rows, columns) float64
            NaN at sea and outside the pack; ``land`` is 1 and 0, outside the pack too, and
            ``distance_coast`` is given at sea too.

        Raises
        ------
        UsageError
            The pack has no such variable.
        DamagedPackError
            A file cannot be read.
        """
        if name == "land":
            self._entry(name)
            return (self.country_grid(grid)[0] > 0).astype(np.float64)
        source = self.raster(name)
        filled = Raster(filled_from_nearest(source.values), source.grid)
        method: ResamplingName = "bilinear" if self.info(name).categories is None else "nearest"
        values = resample(filled, grid, method)
        if name not in EVERYWHERE:
            values[self.country_grid(grid)[0] == 0] = np.nan
        return values

    @property
    def basemap_path(self) -> Path:
        """The GeoPackage with the layers of the base map."""
        return self.folder / BASEMAP_NAME

    def basemap(self, layer: str, bbox: Bounds | None = None) -> gpd.GeoDataFrame:
        """Read a layer of the base map (EPSG:4326).

        Parameters
        ----------
        layer : str
            ``countries``, ``provinces``, ``border_lines``, ``disputed_lines``, ``rivers``,
            ``lakes`` or ``settlements``.
        bbox : tuple of float, optional
            West, south, east, north in degrees; features that reach into it are kept whole.

        Raises
        ------
        UsageError
            There is no such layer.
        DamagedPackError
            The GeoPackage cannot be read.
        """
        known = list(self._files[BASEMAP_NAME].layers)
        if layer not in known:
            raise UsageError(
                f"The base map has no layer {layer!r}. {nearest_names_hint(layer, known)}"
            )
        try:
            return pyogrio.read_dataframe(self.basemap_path, layer=layer, bbox=bbox)
        except (DataSourceError, ValueError) as error:
            raise self._damaged(self.basemap_path, error) from error

    def country_grid(self, grid: Grid) -> tuple[NDArray[np.int16], tuple[str, ...]]:
        """Tell the country of every cell by its centre.

        Parameters
        ----------
        grid : Grid
            In any CRS.

        Returns
        -------
        codes : (rows, columns) int16
            0 for sea and outside the pack; k for the k-th country.
        countries : tuple of str
            ISO codes, alphabetical; ``countries[k - 1]`` belongs to code k.
        """
        frame = self.basemap("countries", _reading_box(grid)).sort_values("iso3")
        names = tuple(sorted(set(frame["iso3"])))
        codes = [names.index(iso3) + 1 for iso3 in frame["iso3"]]
        return _burnt(frame, codes, grid), names

    def lake_mask(self, grid: Grid) -> NDArray[np.bool_]:
        """Tell which cells have their centre in a lake of the base map, (rows, columns)."""
        frame = self.basemap("lakes", _reading_box(grid))
        return _burnt(frame, [1] * len(frame), grid).astype(np.bool_)

    def verify(self) -> None:
        """Compare every file with its checksum.

        Raises
        ------
        DamagedPackError
            A file was altered or cannot be read; names all such files.
        """
        altered = [
            name for name, entry in self._files.items() if self._checksum(name) != entry.sha256
        ]
        if altered:
            raise DamagedPackError(
                f"The data pack in {self.folder} was altered: {', '.join(altered)} "
                f"{'does' if len(altered) == 1 else 'do'} not match the checksum in "
                f"{MANIFEST_NAME}. {_REMEDY}"
            )

    def _checksum(self, name: str) -> str:
        path = self.folder / name
        try:
            with path.open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise self._damaged(path, error) from error

    def _entry(self, name: str) -> _File:
        if name not in self.variables:
            known = list(self.variables)
            raise UsageError(
                f"The data pack has no variable {name!r}. {nearest_names_hint(name, known)}"
            )
        return self._files[f"{name}.tif"]

    def _damaged(self, path: Path, error: Exception) -> DamagedPackError:
        return DamagedPackError(
            f"{path}, a file of the data pack, cannot be read: {error}. {_REMEDY}"
        )


def filled_from_nearest(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give every NaN the value of the nearest cell that has one, (rows, columns).

    Nearest by cells, not by metres. An array of NaN alone comes back as it is.
    """
    gaps = np.isnan(values)
    if not gaps.any() or gaps.all():
        return values
    rows, columns = distance_transform_edt(gaps, return_distances=False, return_indices=True)
    filled: NDArray[np.float64] = values[rows, columns]
    return filled


def lonlat_bounds(grid: Grid) -> Bounds:
    """Return the rectangle in degrees (EPSG:4326) that holds a grid in any CRS."""
    transformer = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    west, south, east, north = transformer.transform_bounds(*grid.bounds, densify_pts=51)
    return west, south, east, north


def _described_files(manifest: bytes) -> Mapping[str, _File]:
    files = _Manifest.model_validate(tomllib.loads(manifest.decode())).files
    if BASEMAP_NAME not in files:
        raise ValueError(f"it does not describe {BASEMAP_NAME}")
    return files


def _overlap(a: Bounds, b: Bounds) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _cell_range(whole: Grid, bounds: Bounds) -> tuple[int, int, int, int]:
    """Return top, left, bottom, right of the cells that cover `bounds` within the grid."""
    if not _overlap(whole.bounds, bounds):
        raise UsageError(
            f"The rectangle {bounds} lies outside the data pack, which covers {whole.bounds} "
            "(west, south, east, north in degrees)."
        )
    height, width = whole.cell_size
    west, _, _, north = whole.bounds
    left, right = (bounds[0] - west) / width, (bounds[2] - west) / width
    top, bottom = (north - bounds[3]) / height, (north - bounds[1]) / height
    rows, columns = whole.shape
    slack = 1e-6
    return (
        max(int(np.floor(top + slack)), 0),
        max(int(np.floor(left + slack)), 0),
        min(int(np.ceil(bottom - slack)), rows),
        min(int(np.ceil(right - slack)), columns),
    )


def _reading_box(grid: Grid) -> Bounds:
    west, south, east, north = lonlat_bounds(grid)
    return west - 0.1, south - 0.1, east + 0.1, north + 0.1


def _burnt(frame: gpd.GeoDataFrame, codes: list[int], grid: Grid) -> NDArray[np.int16]:
    if frame.empty:
        return np.zeros(grid.shape, dtype=np.int16)
    projected = frame.geometry.to_crs(grid.crs)
    burnt: NDArray[np.int16] = rasterize(
        zip(projected, codes, strict=True),
        out_shape=grid.shape,
        transform=grid.transform,
        fill=0,
        dtype=np.int16,
    )
    return burnt
