"""Windows of covariates on the study grid, read from open files by one thread."""

from __future__ import annotations

import math
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

import numpy as np
import rasterio
from rasterio._err import CPLE_BaseError
from rasterio.errors import RasterioError
from rasterio.windows import Window

from layers.control import NULL_CONTROL, Control
from layers.covariates.alignment import Places, Placing, shift
from layers.covariates.resampling import resampled
from layers.covariates.source import open_raster, unknown_code, unreadable
from layers.tiles.plan import Tile

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import NDArray

    from layers.covariates.alignment import Alignment
    from layers.covariates.source import CovariateSource, SourceFacts
    from layers.grid import Grid

BLOCK_CACHE_BYTES = 256_000_000
"""What GDAL may keep of the files it reads; without this it takes a share of all memory."""

LARGEST_STORED = 3e38
"""Stored numbers beyond this are no measure of anything: they are taken as unknown."""

_MOST_SOURCE_CELLS = 4_000_000  # read at once for one piece of a tile: 32 MB as float64


class LayerReader:
    """Reads one covariate; open from construction until `close`."""

    def __init__(self, source: CovariateSource, facts: SourceFacts, grid: Grid) -> None:
        self._source = source
        self._facts = facts
        self._placing = Placing(facts, grid)
        self._codes = [
            code
            for code in (
                unknown_code(facts.nodata, facts.dtype),
                unknown_code(source.nodata, facts.dtype),
            )
            if code is not None
        ]
        self._shift = shift(facts, grid)
        self._dataset = open_raster(source.path)

    def close(self) -> None:
        """Close the file."""
        self._dataset.close()

    def read(
        self, tile: Tile, alignment: Alignment, control: Control = NULL_CONTROL
    ) -> NDArray[np.float64]:
        """Read the values of a tile of the study grid, (rows, columns) float64, NaN unknown."""
        if alignment.rule == "as is" and self._shift is not None:
            down, across = self._shift
            return self._part(tile.row + down, tile.column + across, tile.height, tile.width)
        result = np.empty((tile.height, tile.width))
        pieces = [tile]
        done = 0
        while pieces:
            piece = pieces.pop()
            control.report(done / tile.cells)
            places = self._placing.places(piece)
            window = self._needed(places, by_area=alignment.rule in {"average", "mode"})
            if window[2] * window[3] > _MOST_SOURCE_CELLS and piece.cells > 1:
                pieces.extend(_halves(piece))
                continue
            values = self._part(*window)
            top, left = piece.row - tile.row, piece.column - tile.column
            result[top : top + piece.height, left : left + piece.width] = resampled(
                values, (window[0], window[1]), places, alignment.rule
            )
            done += piece.cells
        return result

    def _needed(self, places: Places, *, by_area: bool) -> tuple[int, int, int, int]:
        """Return row, column, height and width of the part of the source that is needed."""
        ranges = []
        for centre, size, end in (
            (places.row, places.height, self._facts.shape[0]),
            (places.column, places.width, self._facts.shape[1]),
        ):
            half = size / 2 if by_area else np.ones(())
            low, high = centre - half, centre + half
            met = np.isfinite(low) & (high > 0) & (low < end)
            if not met.any():
                return 0, 0, 0, 0
            start = max(0, math.floor(low[met].min()) - 1)
            ranges.append((start, min(end, math.ceil(high[met].max()) + 1) - start))
        (row, height), (column, width) = ranges
        return row, column, height, width

    def _part(self, row: int, column: int, height: int, width: int) -> NDArray[np.float64]:
        """Read a part of the source in its own cells, NaN where unknown and outside."""
        rows, columns = self._facts.shape
        top, left = max(row, 0), max(column, 0)
        bottom, right = min(row + height, rows), min(column + width, columns)
        if bottom <= top or right <= left:
            return np.full((height, width), np.nan)
        values = self._known(Window(left, top, right - left, bottom - top))
        if values.shape == (height, width):
            return values
        result = np.full((height, width), np.nan)
        result[top - row : bottom - row, left - column : right - column] = values
        return result

    def _known(self, window: Window) -> NDArray[np.float64]:
        band = self._source.band
        try:
            stored = self._dataset.read(band, window=window)
            mask = (
                self._dataset.read_masks(band, window=window) == 0
                if self._facts.masked
                else None
            )
        except (RasterioError, CPLE_BaseError, ValueError, OSError) as error:
            raise unreadable(self._source.path, _cause(error)) from error
        values: NDArray[np.float64] = stored.astype(np.float64)
        if stored.dtype.kind == "f":
            with np.errstate(invalid="ignore"):
                values[~(np.abs(values) <= LARGEST_STORED)] = np.nan
        for code in self._codes:
            values[stored == code] = np.nan
        if mask is not None:
            values[mask] = np.nan
        if self._facts.scale != 1.0:
            values *= self._facts.scale
        if self._facts.offset != 0.0:
            values += self._facts.offset
        return values


class StackReader:
    """Open files of a stack; for one thread, used in a ``with`` statement.

    Parameters
    ----------
    layers : sequence of tuple
        Source, facts and alignment of each covariate.
    grid : Grid
        The study grid.
    """

    def __init__(
        self, layers: tuple[tuple[CovariateSource, SourceFacts, Alignment], ...], grid: Grid
    ) -> None:
        self._layers = layers
        self._grid = grid
        self._open: list[LayerReader] = []
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        """Open the files.

        Raises
        ------
        LayerReadError
            A file is gone or damaged.
        """
        with ExitStack() as opened:
            opened.enter_context(
                rasterio.Env(GDAL_CACHEMAX=BLOCK_CACHE_BYTES)
            )  # of all threads
            for source, facts, _ in self._layers:
                reader = LayerReader(source, facts, self._grid)
                opened.callback(reader.close)
                self._open.append(reader)
            self._closing = opened.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the files."""
        self._open.clear()
        self._closing.close()

    def read(self, tile: Tile, control: Control = NULL_CONTROL) -> NDArray[np.float64]:
        """Read all covariates of a tile of the grid.

        Parameters
        ----------
        tile : Tile
            Must lie in the grid.
        control : Control
            Told the share of the covariates read; may cancel.

        Returns
        -------
        (covariates, rows, columns) float64
            NaN where unknown.

        Raises
        ------
        ValueError
            The tile reaches out of the grid.
        LayerReadError
            A file cannot be read; names it.
        """
        rows, columns = self._grid.shape
        if (
            min(tile.row, tile.column) < 0
            or tile.row + tile.height > rows
            or tile.column + tile.width > columns
        ):
            raise ValueError(f"{tile} reaches out of the grid of {rows} x {columns} cells")
        result = np.empty((len(self._open), tile.height, tile.width))
        for at, (reader, (_, _, alignment)) in enumerate(
            zip(self._open, self._layers, strict=True)
        ):
            part = _Part(control, at / len(self._open), 1 / len(self._open))
            part.report(0.0)
            result[at] = reader.read(tile, alignment, part)
        return result


class _Part:
    """The share of one covariate in the progress of a tile."""

    def __init__(self, whole: Control, start: float, share: float) -> None:
        self._whole = whole
        self._start = start
        self._share = share

    def report(self, fraction: float) -> None:
        self._whole.report(self._start + self._share * fraction)


def _halves(tile: Tile) -> tuple[Tile, Tile]:
    if tile.height >= tile.width:
        half = tile.height // 2
        return (
            Tile(tile.row, tile.column, half, tile.width),
            Tile(tile.row + half, tile.column, tile.height - half, tile.width),
        )
    half = tile.width // 2
    return (
        Tile(tile.row, tile.column, tile.height, half),
        Tile(tile.row, tile.column + half, tile.height, tile.width - half),
    )


def _cause(error: BaseException) -> BaseException:
    """Return what GDAL said, which rasterio keeps as the cause of its own error."""
    return error.__cause__ if error.__cause__ is not None else error
