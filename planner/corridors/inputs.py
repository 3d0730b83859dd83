"""Rasters and shapes of the user's own, checked and brought onto one grid."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS
from pyproj.exceptions import CRSError
from typing_extensions import override

from layers.errors import LayerReadError
from layers.grid import equal_area_crs
from layers.pack import lonlat_bounds
from layers.raster import Raster, read_raster
from layers.shapes import burn, touched
from resources.errors import PlannerError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.grid import Grid

VECTOR_SUFFIXES = frozenset({".gpkg", ".geojson", ".json", ".shp", ".fgb"})
MOST_FEATURES = 200_000
MOST_VECTOR_BYTES = 2_000_000_000
LAYER_MARK = re.compile(r"\|layer(?:name)?=")


class InputError(PlannerError, ValueError):
    """A file that cannot serve as what it was given for; names it, the fault and the remedy."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, and the layer in it where it has several.

    Parameters
    ----------
    path : Path
        The file.
    layer : str
        Layer, or empty for the one that is meant.
    """

    path: Path
    layer: str = ""

    @classmethod
    def of(cls, text: str | Path) -> Source:
        """Read ``FILE`` or, as QGIS writes it, ``FILE|layername=LAYER``."""
        parts = LAYER_MARK.split(str(text), maxsplit=1)
        return cls(Path(parts[0]), parts[1] if len(parts) > 1 else "")

    @property
    def is_vector(self) -> bool:
        """Whether it holds shapes rather than cells."""
        return self.path.suffix.lower() in VECTOR_SUFFIXES

    @override
    def __str__(self) -> str:
        return f"{self.path}|layername={self.layer}" if self.layer else str(self.path)


def read_grid(path: Path) -> Raster:
    """Read a raster that is to give the grid: projected, in metres.

    Raises
    ------
    LayerReadError
        It cannot be read.
    InputError
        Its coordinate system is in degrees or feet.
    """
    raster = _read(path)
    check_metres(raster.grid, path)
    return raster


def check_metres(grid: Grid, path: Path) -> None:
    """See that the cells of a grid are measured in metres.

    Raises
    ------
    InputError
        They are in degrees or another unit; names a system that fits.
    """
    crs = _crs(grid.crs, path)
    units = {axis.unit_name for axis in crs.axis_info}
    if crs.is_projected and units <= {"metre", "meter", ""}:
        return
    what = "in degrees" if crs.is_geographic else f"in {', '.join(sorted(units)) or 'no unit'}"
    bounds = grid.bounds if crs.is_geographic else _degrees(grid)
    remedy = (
        f'gdalwarp -t_srs "{equal_area_crs(bounds)}" {path.name} projected.tif'
        if bounds is not None
        else "Warp it to a projected system in metres"
    )
    raise InputError(
        f"{path} is {what} ({crs.name}), where widths and distances in metres cannot be "
        f"measured. Warp it to a projected, best an equal-area, system first, for example: "
        f"{remedy}"
    )


def read_on(path: Path, grid: Grid, like: Path) -> NDArray[np.float64]:
    """Read a raster that must lie on a grid that was read before.

    Parameters
    ----------
    path : Path
        The raster.
    grid : Grid
        Grid it must have.
    like : Path
        File that gave the grid.

    Raises
    ------
    LayerReadError
        It cannot be read.
    InputError
        It lies on another grid; tells both and how to bring it over.
    """
    raster = _read(path)
    if _same(raster.grid, grid):
        return raster.values
    west, south, east, north = grid.bounds
    height, width = grid.cell_size
    raise InputError(
        f"{path} and {like} lie on different grids. {path.name}: {told_grid(raster.grid)}. "
        f"{like.name}: {told_grid(grid)}. Bring it onto the other's grid first: gdalwarp "
        f'-t_srs "{grid.crs}" -te {west:.15g} {south:.15g} {east:.15g} {north:.15g} '
        f"-tr {width:.15g} {height:.15g} -r near {path.name} matched.tif"
    )


def told_grid(grid: Grid) -> str:
    """Write shape, cells, corner and coordinate system of a grid in words."""
    rows, columns = grid.shape
    height, width = grid.cell_size
    left, top = grid.transform.c, grid.transform.f
    return (
        f"{rows} rows of {columns} cells of {width:g} by {height:g}, upper left corner "
        f"{left:.10g}, {top:.10g}, {CRS.from_user_input(grid.crs).name}"
    )


def positive(values: NDArray[np.float64], path: Path, what: str) -> NDArray[np.float64]:
    """Return values whose cells are all above 0 or NoData.

    Raises
    ------
    InputError
        Some are zero or negative, or none is a number; says how many and where the first is.
    """
    wrong = values <= 0
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise InputError(
            f"{path}: {what} must be above 0 everywhere, but {int(wrong.sum()):,} cells are "
            f"zero or negative, the first in row {row + 1}, column {column + 1} "
            f"({values[row, column]:g}). Make barriers NoData, and give the easiest ground a "
            "resistance of 1."
        )
    if not np.isfinite(values).any():
        raise InputError(f"{path} holds no number at all: every cell is NoData or infinite.")
    return values


@dataclass(frozen=True, slots=True)
class CoreSet:
    """Cores on a grid: entry i of each table describes core i + 1.

    Parameters
    ----------
    labels : (rows, columns) int32
        Number of the core in each cell, 0 outside.
    ids : tuple of str
        What the file calls each.
    absent : tuple of str
        Why a core has no cell on the grid; empty for those that have.
    """

    labels: NDArray[np.int32]
    ids: tuple[str, ...]
    absent: tuple[str, ...]

    def number(self, core_id: str) -> int:
        """Return the number of a core.

        Raises
        ------
        InputError
            There is none of this id; lists those there are.
        """
        if core_id not in self.ids:
            raise InputError(
                f"There is no core {core_id!r}. The cores are {', '.join(self.ids[:30])}."
            )
        return self.ids.index(core_id) + 1


def read_cores(source: Source, grid: Grid, like: Path, field: str = "") -> CoreSet:
    """Read cores from a raster of labels or from shapes.

    Parameters
    ----------
    source : Source
        Raster of whole numbers above 0 on the same grid, or a vector file in any system.
    grid : Grid
        Grid to bring them onto.
    like : Path
        File that gave the grid.
    field : str
        For shapes: the column that names the core each is part of; by default ``core_id``
        where there is such a column, and else every shape is a core of its own.

    Returns
    -------
    CoreSet
        Shapes smaller than a cell keep a cell; where shapes overlap, the smaller lies on top.

    Raises
    ------
    LayerReadError, InputError
        The file cannot be read, lies on another grid or holds no core.
    """
    if source.is_vector:
        frame = read_shapes(source, grid, prefer="cores")
        return _cores_of_shapes(frame, source, grid, field)
    return _cores_of_labels(read_on(source.path, grid, like), source.path)


def _cores_of_labels(values: NDArray[np.float64], path: Path) -> CoreSet:
    held = np.where(np.isnan(values), 0.0, values)
    if (held < 0).any() or (held != np.rint(held)).any():
        raise InputError(
            f"{path} is no raster of cores: it holds numbers that are negative or not whole. "
            "Give each core a whole number from 1, and 0 or NoData elsewhere."
        )
    found, place = np.unique(held, return_inverse=True)
    if not (found > 0).any():
        raise InputError(f"{path} holds no core: no cell is above 0.")
    numbers = np.cumsum(found > 0) * (found > 0)
    ids = tuple(f"{code:.0f}" for code in found if code > 0)
    labels = numbers[place].reshape(values.shape).astype(np.int32)
    return CoreSet(labels, ids, ("",) * len(ids))


def _cores_of_shapes(
    frame: gpd.GeoDataFrame, source: Source, grid: Grid, field: str
) -> CoreSet:
    if field and field not in frame.columns:
        raise InputError(
            f"{source} has no column {field!r}. It has "
            f"{', '.join(str(c) for c in frame.columns if c != 'geometry')}."
        )
    column = field or ("core_id" if "core_id" in frame.columns else "")
    if column and frame[column].isna().any():
        count = int(frame[column].isna().sum())
        raise InputError(
            f"{source}: {count:,} of {len(frame):,} shapes have nothing in the column "
            f"{column!r}, which names their core. Fill it in, or delete these shapes."
        )
    names = (
        [str(value) for value in frame[column]]
        if column
        else [str(number) for number in range(1, len(frame) + 1)]
    )
    parts: dict[str, list[BaseGeometry]] = {}
    for name, shape in zip(names, frame.geometry, strict=True):
        parts.setdefault(name, []).append(shape)
    if not parts:
        raise InputError(f"{source} holds no core: it has no shape.")
    shapes = [shapely.union_all(group) for group in parts.values()]
    order = sorted(range(len(shapes)), key=lambda i: -shapes[i].area)
    burnt = burn([shapes[i] for i in order], grid)
    number = np.zeros(len(shapes) + 1, dtype=np.int32)
    number[1:] = np.array(order, dtype=np.int32) + 1
    names_of = tuple(parts)
    labels = number[burnt]
    absent = [""] * len(shapes)
    for place in sorted(set(range(len(shapes))) - set((labels[labels > 0] - 1).tolist())):
        absent[place] = _given_a_cell(labels, place + 1, shapes[place], grid, names_of)
    return CoreSet(labels, names_of, tuple(absent))


def _given_a_cell(
    labels: NDArray[np.int32],
    number: int,
    shape: BaseGeometry,
    grid: Grid,
    names: tuple[str, ...],
) -> str:
    """Give a core without a cell the one that it lies in; return why that cannot be."""
    if shape.is_empty:
        return "it has no geometry"
    part = shape.intersection(shapely.box(*grid.bounds))
    if part.is_empty:
        return "it lies outside the grid"
    point = shapely.point_on_surface(part)
    row, column, inside = grid.cells_of(np.array([point.x]), np.array([point.y]))
    if not inside[0]:
        return "it only touches the grid"
    holder = int(labels[row[0], column[0]])
    if holder and np.count_nonzero(labels == holder) < 2:
        return f"its cells belong to the core {names[holder - 1]}"
    labels[row[0], column[0]] = number
    return ""


def read_shapes(source: Source, grid: Grid, prefer: str = "") -> gpd.GeoDataFrame:
    """Read the shapes of a vector file into the coordinate system of a grid.

    Parameters
    ----------
    source : Source
        GeoPackage, GeoJSON, Shapefile or FlatGeobuf.
    grid : Grid
        Whose system to bring them into.
    prefer : str
        Layer to take where the file has several and none is named.

    Returns
    -------
    GeoDataFrame
        Valid shapes, empty ones where there was none.

    Raises
    ------
    LayerReadError
        The file is missing, damaged or too large.
    InputError
        It has several layers, or no coordinate system.
    """
    moved: gpd.GeoDataFrame = shapes_as_stored(source, prefer).to_crs(grid.crs)
    shapes = [
        shape if np.isfinite(shape.bounds).all() else shapely.Polygon()
        for shape in moved.geometry
    ]
    return moved.set_geometry(shapes, crs=moved.crs)


def shapes_as_stored(source: Source, prefer: str = "") -> gpd.GeoDataFrame:
    """Read the shapes of a vector file in the system of the file; see `read_shapes`."""
    path = source.path
    if not path.is_file():
        raise LayerReadError(f"There is no file {path}. Check the path.")
    if path.stat().st_size > MOST_VECTOR_BYTES:
        raise LayerReadError(f"{path} is too large to be read. Clip it to the region first.")
    try:
        layer = source.layer or _layer(path, prefer)
        info = pyogrio.read_info(path, layer=layer, force_feature_count=True)
        if info["features"] > MOST_FEATURES:
            raise LayerReadError(
                f"{path} holds {info['features']:,} shapes, more than the {MOST_FEATURES:,} "
                "that are read. Clip it to the region, or dissolve it, first."
            )
        frame = pyogrio.read_dataframe(path, layer=layer, fid_as_index=True)
    except (DataSourceError, DataLayerError, ValueError) as error:
        if isinstance(error, PlannerError):
            raise
        raise LayerReadError(
            f"{path} cannot be read: {error}. Check that the file is whole, or export it again "
            "as GeoPackage."
        ) from error
    if not isinstance(frame, gpd.GeoDataFrame) or frame.crs is None:
        raise InputError(
            f"{source} has no shapes with a coordinate system. Assign one in QGIS (Layer CRS) "
            "and export it again."
        )
    return frame.set_geometry([_valid(shape) for shape in frame.geometry], crs=frame.crs)


def _valid(shape: BaseGeometry | None) -> BaseGeometry:
    if shape is None:
        return shapely.Polygon()
    return shape if shape.is_valid else shapely.make_valid(shape)


def _layer(path: Path, prefer: str) -> str:
    names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    if prefer in names:
        return prefer
    if len(names) == 1:
        return names[0]
    if not names:
        raise InputError(f"{path} has no layer with shapes.")
    raise InputError(
        f"{path} has several layers with shapes: {', '.join(names)}. Name one of them: "
        f'"{path.name}|layername={names[0]}".'
    )


def read_mask(
    source: Source, grid: Grid, like: Path, *, whole_cells: bool = False
) -> NDArray[np.bool_]:
    """Read which cells something covers.

    Parameters
    ----------
    source : Source
        Raster on the same grid, whose cells above or below 0 count, or a vector file.
    grid : Grid
        Grid to bring it onto.
    like : Path
        File that gave the grid.
    whole_cells : bool
        For shapes: every cell that one touches, as for exclusions, rather than the cells whose
        centre is in one.

    Returns
    -------
    (rows, columns) bool
        True where it lies.

    Raises
    ------
    LayerReadError, InputError
        As for `read_cores`, but it may hold nothing.
    """
    if not source.is_vector:
        values = read_on(source.path, grid, like)
        held: NDArray[np.bool_] = ~np.isnan(values) & (values != 0)
        return held
    shapes = list(read_shapes(source, grid).geometry)
    return touched(shapes, grid) if whole_cells else burn(shapes, grid) > 0


def _read(path: Path) -> Raster:
    if not path.is_file():
        raise LayerReadError(f"There is no file {path}. Check the path.")
    try:
        return read_raster(path)
    except ValueError as error:
        if isinstance(error, PlannerError):
            raise
        raise InputError(f"{path}: {error}") from error


def _same(one: Grid, other: Grid) -> bool:
    if one.shape != other.shape:
        return False
    slack = 1e-6 * max(other.cell_size)
    near = all(abs(a - b) <= slack for a, b in zip(one.bounds, other.bounds, strict=True))
    return near and CRS.from_user_input(one.crs) == CRS.from_user_input(other.crs)


def _crs(text: str, path: Path) -> CRS:
    try:
        return CRS.from_user_input(text)
    except CRSError as error:
        raise InputError(
            f"The coordinate system of {path} is not understood: {error}. Assign it again in "
            "QGIS (Assign Projection)."
        ) from error


def _degrees(grid: Grid) -> tuple[float, float, float, float] | None:
    bounds = lonlat_bounds(grid)
    return bounds if np.isfinite(bounds).all() else None
