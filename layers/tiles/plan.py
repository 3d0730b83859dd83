"""How a grid is cut into tiles that fit in memory and in the blocks of its files."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LARGEST_TILE_BYTES = 64_000_000
"""What the values of one tile, all layers together, may take as float64."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A rectangle of cells of a grid.

    Parameters
    ----------
    row, column : int
        First row and column, from 0.
    height, width : int
        Rows and columns, > 0.
    """

    row: int
    column: int
    height: int
    width: int

    @property
    def cells(self) -> int:
        """Number of cells."""
        return self.height * self.width


@dataclass(frozen=True, slots=True)
class TilePlan:
    """A grid cut into tiles of one size, row by row; the last of a row or column is smaller.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns of the grid.
    tile : tuple of int
        Rows and columns of a tile, > 0.

    Raises
    ------
    ValueError
        A size is not positive.
    """

    shape: tuple[int, int]
    tile: tuple[int, int]

    def __post_init__(self) -> None:
        if min(*self.shape, *self.tile) < 1:
            raise ValueError(f"a grid {self.shape} cannot be cut into tiles {self.tile}")

    def __len__(self) -> int:
        """Return the number of tiles."""
        return self._down * self._across

    def __getitem__(self, index: int) -> Tile:
        """Return a tile by its number, from 0."""
        if not 0 <= index < len(self):
            raise IndexError(f"tile {index} of {len(self)}")
        down, across = divmod(index, self._across)
        row, column = down * self.tile[0], across * self.tile[1]
        return Tile(
            row,
            column,
            min(self.tile[0], self.shape[0] - row),
            min(self.tile[1], self.shape[1] - column),
        )

    def __iter__(self) -> Iterator[Tile]:
        """Iterate over the tiles, by rows from the north-west."""
        return (self[index] for index in range(len(self)))

    @property
    def _down(self) -> int:
        return math.ceil(self.shape[0] / self.tile[0])

    @property
    def _across(self) -> int:
        return math.ceil(self.shape[1] / self.tile[1])


def plan_tiles(
    shape: tuple[int, int], blocks: Iterable[tuple[int, int]], layers: int, *, side: int = 512
) -> TilePlan:
    """Cut a grid so that the blocks of its files are read whole, and few times.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns of the grid.
    blocks : iterable of tuple of int
        Rows and columns of a block of each file that is read without resampling.
    layers : int
        Number of layers that are read together, >= 1.
    side : int
        Wanted side of a tile in cells, >= 16; a tile holds about as many cells as a square of
        this side.

    Returns
    -------
    TilePlan
        Tiles are squares of whole blocks. Where a file is stored in rows across the grid,
        tiles are bands of whole rows. They are smaller where the layers would take more than
        `LARGEST_TILE_BYTES`, but never narrower than 16 cells.
    """
    if side < 16:
        raise ValueError(f"a tile needs a side of 16 cells at least, got {side}")
    blocks = list(blocks)
    cells = min(side * side, max(256, LARGEST_TILE_BYTES // (8 * max(layers, 1))))
    if any(width >= shape[1] > side for _, width in blocks):
        rows = max(1, cells // shape[1])
        return TilePlan(shape, (min(rows, shape[0]), shape[1]))
    limit = max(16, math.isqrt(cells) // 16 * 16)
    block_rows, block_columns = (
        max((size for size in sizes if 16 <= size <= limit), default=16)
        for sizes in ([block[0] for block in blocks], [block[1] for block in blocks])
    )
    return TilePlan(shape, (_whole(limit, block_rows), _whole(limit, block_columns)))


def _whole(limit: int, block: int) -> int:
    """Return the largest multiple of 16 up to the limit that holds whole blocks."""
    step = math.lcm(block, 16)
    return limit // step * step if step <= limit else limit
