"""A raster that is written by tiles: a partial file first, cloud-optimised at the end."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import rasterio
from rasterio.windows import Window

from layers.errors import LayerWriteError
from layers.raster import copy_as_cog, put_in_place, raster_written
from layers.tiles.copying import copy_in_process

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from layers.control import Control
    from layers.grid import Grid
    from layers.tiles.plan import Tile, TilePlan

DType = Literal["float32", "float64", "uint8", "int16", "uint16", "int32"]

_CELLS_COPIED_AT_ONCE = 4_000_000
"""Larger rasters are made cloud-optimised in a process of their own, which can be stopped."""

_SPACE = 2.0  # the partial file and its copy with overviews, in sizes of the raster


@dataclass(frozen=True)
class OutputSpec:
    """One raster to write.

    Parameters
    ----------
    path : Path
        Target; its folder must exist.
    dtype : str
        Stored type.
    nodata : float, optional
        Stored number that means "none"; NaN for floating point where not given, required for
        integers.
    tags : mapping of str
        Metadata of the file: unit, source, run.
    kind : str
        ``continuous`` or ``categorical``: whether overviews are means or the commonest class.
    description, unit : str
        Of the band, as other programs show it.

    Raises
    ------
    ValueError
        An integer type without a NoData value that it can hold.
    """

    path: Path
    dtype: DType = "float32"
    nodata: float | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    kind: Literal["continuous", "categorical"] = "continuous"
    description: str = ""
    unit: str = ""

    def __post_init__(self) -> None:
        kind = np.dtype(self.dtype)
        if kind.kind == "f":
            return
        limits = np.iinfo(kind)
        if self.nodata is None or not limits.min <= self.nodata <= limits.max:
            raise ValueError(
                f"{self.path.name}: {self.dtype} needs a NoData value from {limits.min} to "
                f"{limits.max}, got {self.nodata}"
            )

    @property
    def none(self) -> float:
        """The stored number that means "none"."""
        return float("nan") if self.nodata is None else self.nodata

    def stored(self, values: NDArray[np.float64]) -> NDArray[np.generic]:
        """Return values as they are stored.

        Parameters
        ----------
        values : array of float64
            NaN where there is none; integers are rounded.

        Raises
        ------
        ValueError
            A value does not fit the type, or is the number that means "none".
        """
        kind = np.dtype(self.dtype)
        unknown = np.isnan(values)
        if kind.kind == "f":
            floating: NDArray[np.generic] = values.astype(kind)
            floating[unknown] = kind.type(self.none)
            return floating
        whole = np.rint(np.where(unknown, self.none, values))
        limits = np.iinfo(kind)
        known = whole[~unknown]
        if known.size and (known.min() < limits.min or known.max() > limits.max):
            raise ValueError(
                f"{self.path.name}: values from {known.min():g} to {known.max():g} do not fit "
                f"{self.dtype}"
            )
        if np.any(known == self.none):
            raise ValueError(
                f"{self.path.name}: a value is {self.none:g}, the number that means none"
            )
        integers: NDArray[np.generic] = whole.astype(kind)
        return integers


class TiledOutput:
    """Writes one raster by tiles.

    The partial file is not compressed and has its full size from the start, so that a tile is
    written in place and a process that is killed leaves all earlier tiles whole.

    Parameters
    ----------
    spec : OutputSpec
        What is written.
    grid : Grid
        Where the cells lie.
    plan : TilePlan
        How the grid is cut.
    """

    def __init__(self, spec: OutputSpec, grid: Grid, plan: TilePlan) -> None:
        self.spec = spec
        self.partial = spec.path.with_name(f".{spec.path.name}.partial")
        self._finished = spec.path.with_name(f".{spec.path.name}.finished")
        self._grid = grid
        self._plan = plan
        self._target: rasterio.io.DatasetWriter | None = None

    @property
    def partial_bytes(self) -> int:
        """Size of the partial file; -1 where there is none."""
        return self.partial.stat().st_size if self.partial.is_file() else -1

    def create(self) -> None:
        """Make the partial file, all NoData.

        Raises
        ------
        LayerWriteError
            There is not enough space, or the folder cannot be written.
        """
        try:
            self._create(self.spec.path)
        except LayerWriteError:
            self.discard()
            raise

    def _create(self, path: Path) -> None:
        rows, columns = self._grid.shape
        with raster_written(path):
            need = int(_SPACE * rows * columns * np.dtype(self.spec.dtype).itemsize)
            free = shutil.disk_usage(path.parent).free
            if need > free:
                raise LayerWriteError(
                    f"{path} needs about {need / 1e9:.2f} GB while it is written, and "
                    f"{free / 1e9:.2f} GB are free. Free some space or choose another folder."
                )
            self.discard()
            profile = {
                "driver": "GTiff",
                "height": rows,
                "width": columns,
                "count": 1,
                "dtype": self.spec.dtype,
                "crs": self._grid.crs,
                "transform": self._grid.transform,
                "nodata": self.spec.none,
                "bigtiff": "IF_SAFER",
                **self._blocks(),
            }
            with rasterio.open(self.partial, "w", **profile) as target:
                target.update_tags(**self.spec.tags)
                if self.spec.description:
                    target.set_band_description(1, self.spec.description)
                if self.spec.unit:
                    target.set_band_unit(1, self.spec.unit)

    def write(self, tile: Tile, values: NDArray[np.generic]) -> None:
        """Write one tile, (rows, columns) of the stored type.

        Raises
        ------
        LayerWriteError
            The disk is full or the partial file is gone.
        """
        with raster_written(self.spec.path):
            if self._target is None:
                self._target = rasterio.open(self.partial, "r+", driver="GTiff")
            window = Window(tile.column, tile.row, tile.width, tile.height)
            self._target.write(values, 1, window=window)

    def sync(self) -> None:
        """See that all written tiles are on the disk.

        Raises
        ------
        LayerWriteError
            The disk is full.
        """
        with raster_written(self.spec.path):
            if self._target is not None:
                target, self._target = self._target, None
                target.close()
            with self.partial.open("rb+") as stream:
                os.fsync(stream.fileno())

    def finish(self, control: Control) -> None:
        """Make the raster of the partial file, which is kept, and put it in place.

        Parameters
        ----------
        control : Control
            Told progress that is estimated from the size; may cancel.

        Raises
        ------
        LayerWriteError
            The disk is full.
        """
        overviews = "average" if self.spec.kind == "continuous" else "mode"
        cells = self._grid.shape[0] * self._grid.shape[1]
        with raster_written(self.spec.path):
            self.sync()
            try:
                if cells <= _CELLS_COPIED_AT_ONCE:
                    copy_as_cog(self.partial, self._finished, level=6, overviews=overviews)
                else:
                    copy_in_process(
                        self.partial, self._finished, overviews, (control, cells / 5e6)
                    )
                put_in_place(self._finished, self.spec.path)
            finally:
                self._remove_copies()
        control.report(1.0)

    def close(self) -> None:
        """Close the partial file and keep it."""
        if self._target is not None:
            target, self._target = self._target, None
            with raster_written(self.spec.path):
                target.close()

    def discard(self) -> None:
        """Remove what was begun; the target, if there is one, stays."""
        with suppress(LayerWriteError):  # it is removed, whether it could be completed or not
            self.close()
        self.partial.unlink(missing_ok=True)
        self._remove_copies()

    def discard_copies(self) -> None:
        """Close the partial file, which is kept, and remove unfinished copies of it."""
        with suppress(LayerWriteError):  # a full disk: what is not on it is not listed either
            self.close()
        self._remove_copies()

    def _remove_copies(self) -> None:
        for left in self.spec.path.parent.glob(f".{self.spec.path.name}.finished*"):
            left.unlink(missing_ok=True)

    def _blocks(self) -> dict[str, object]:
        height, width = self._plan.tile
        if width >= self._grid.shape[1] and width % 16:
            return {"tiled": False, "blockysize": height}
        if height % 16 or width % 16:
            return {"tiled": False, "blockysize": 1}
        return {
            "tiled": True,
            "blockxsize": next(
                side for side in (512, 256, 128, 64, 32, 16) if width % side == 0
            ),
            "blockysize": next(
                side for side in (512, 256, 128, 64, 32, 16) if height % side == 0
            ),
        }
