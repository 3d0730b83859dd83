"""How a covariate is brought onto the study grid: the rule, by its kind and its cells."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from layers.errors import LayerReadError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.covariates.source import CovariateSource, SourceFacts
    from layers.grid import Grid
    from layers.tiles.plan import Tile

Rule = Literal["as is", "bilinear", "average", "nearest", "mode"]

FINER_FROM = 1.25
"""A covariate is finer when a side of the study cell holds more than this many of its cells."""

_SNAP = 1e-6  # of a source cell: rounding must not decide between two neighbours
_SAMPLES = 33


@dataclass(frozen=True, slots=True)
class Alignment:
    """How one covariate is brought onto the study grid.

    Parameters
    ----------
    name : str
        The covariate.
    rule : str
        ``as is``, ``bilinear``, ``average``, ``nearest`` or ``mode``.
    warped : bool
        Whether its coordinate system is another than the grid's.
    cells_per_side : float
        Cells of the covariate along a side of a study cell, at the middle of the grid.
    sentence : str
        The rule in words, for people.
    """

    name: str
    rule: Rule
    warped: bool
    cells_per_side: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Places:
    """Where the cells of a tile lie in a source, in cells of the source from its corner.

    Parameters
    ----------
    column, row : (rows, columns) float64
        Centres; NaN where the projection has no answer.
    width, height : (rows, columns) float64
        Size of the study cell in cells of the source.
    """

    column: NDArray[np.float64]
    row: NDArray[np.float64]
    width: NDArray[np.float64]
    height: NDArray[np.float64]


class Placing:
    """Finds the cells of a grid in a source, each by its own coordinates, whatever the tile.

    Not to be shared between threads.

    Parameters
    ----------
    facts : SourceFacts
        The source.
    grid : Grid
        The study grid.

    Raises
    ------
    LayerReadError
        There is no way between the two coordinate systems.
    """

    def __init__(self, facts: SourceFacts, grid: Grid) -> None:
        self._facts = facts
        self._grid = grid
        try:
            inner, outer = CRS.from_user_input(facts.crs), CRS.from_user_input(grid.crs)
            self.warped = not inner.equals(outer, ignore_axis_order=True)
            self._way = (
                Transformer.from_crs(outer, inner, always_xy=True) if self.warped else None
            )
        except (CRSError, ProjError) as error:
            raise LayerReadError(
                f"There is no way from the coordinate system {grid.crs} to {facts.crs}: "
                f"{error}. Assign both the systems they were made in."
            ) from error
        self._period = 360.0 / facts.transform.a if inner.is_geographic else math.inf

    def places(self, tile: Tile) -> Places:
        """Return where the cells of a tile lie."""
        rows = np.arange(tile.row, tile.row + tile.height + 1, dtype=np.float64)
        columns = np.arange(tile.column, tile.column + tile.width + 1, dtype=np.float64)
        centre_column, centre_row = self._at(columns[:-1] + 0.5, rows[:-1] + 0.5)
        corner_column, corner_row = self._at(columns, rows)
        return Places(
            centre_column,
            centre_row,
            _extent(corner_column, self._period),
            _extent(corner_row, math.inf),
        )

    def middle(self) -> tuple[Places, NDArray[np.bool_]]:
        """Return where cells spread over the grid lie, (k, k), and which are in the source."""
        grid = self._grid
        picks = [
            np.unique(np.linspace(0, size - 1, min(size, _SAMPLES)).round()) + 0.5
            for size in grid.shape
        ]
        row, column = picks
        centre = self._at(column, row)
        right, below = self._at(column + 0.5, row), self._at(column, row + 0.5)
        sides = [
            2 * np.hypot(_apart(right[axis] - centre[axis], period), below[axis] - centre[axis])
            for axis, period in ((0, self._period), (1, math.inf))
        ]
        places = Places(centre[0], centre[1], sides[0], sides[1])
        height, width = self._facts.shape
        with np.errstate(invalid="ignore"):
            inside = (
                (centre[0] >= 0) & (centre[0] < width) & (centre[1] >= 0) & (centre[1] < height)
            )
        return places, inside

    def _at(
        self, column: NDArray[np.float64], row: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return source columns and rows of the lattice of given grid columns and rows."""
        outer, inner = self._grid.transform, self._facts.transform
        x, y = np.meshgrid(outer.c + column * outer.a, outer.f + row * outer.e)
        if self._way is not None:
            x, y = self._way.transform(x, y)
        with np.errstate(invalid="ignore"):
            across = (x - inner.c) / inner.a
            down = (y - inner.f) / inner.e
            if math.isfinite(self._period):
                width = self._facts.shape[1]
                outside = (across < 0) | (across > width)
                across = np.where(outside, np.mod(across, self._period), across)
            bad = ~(np.isfinite(across) & np.isfinite(down))
            across, down = (np.rint(at / _SNAP) * _SNAP for at in (across, down))
        across[bad] = down[bad] = np.nan
        return across, down


def choose_alignment(source: CovariateSource, facts: SourceFacts, grid: Grid) -> Alignment:
    """Choose how a covariate is brought onto a grid.

    Same grid: read as is. Measures: bilinear where they are coarser than the grid or about as
    fine, the mean by area where they are finer. Classes: the class at the centre where they
    are coarser or about as fine, the class with the largest area where they are finer.

    Raises
    ------
    LayerReadError
        The covariate lies wholly outside the grid, or its coordinate system leads nowhere.
    """
    placing = Placing(facts, grid)
    if not placing.warped and shift(facts, grid) is not None:
        rule: Rule = "as is"
        ratio = 1.0
        _refuse_apart(source, facts, grid)
    else:
        places, inside = placing.middle()
        if not inside.any() and not _source_in_grid(facts, grid):
            raise _outside(source, grid)
        picked = inside if inside.any() else np.isfinite(places.width)
        sides = np.sqrt(places.width[picked] * places.height[picked])
        ratio = float(np.median(sides)) if sides.size else 1.0
        finer = ratio > FINER_FROM
        if source.kind == "continuous":
            rule = "average" if finer else "bilinear"
        else:
            rule = "mode" if finer else "nearest"
    return Alignment(
        source.name,
        rule,
        placing.warped,
        ratio,
        _sentence(source.name, rule, ratio, _systems(facts, grid, warped=placing.warped)),
    )


def shift(facts: SourceFacts, grid: Grid) -> tuple[int, int] | None:
    """Return row and column of the grid's first cell in a source with the same cells.

    None where the cells do not coincide. The coordinate systems are taken to be the same.
    """
    inner, outer = facts.transform, grid.transform
    rows, columns = grid.shape
    drift = max(
        abs(outer.a / inner.a - 1) * max(columns, facts.shape[1]),
        abs(outer.e / inner.e - 1) * max(rows, facts.shape[0]),
    )
    column = (outer.c - inner.c) / inner.a
    row = (outer.f - inner.f) / inner.e
    off = max(abs(column - round(column)), abs(row - round(row)))
    if drift > 1e-2 or off > 1e-2:
        return None
    return round(row), round(column)


def _refuse_apart(source: CovariateSource, facts: SourceFacts, grid: Grid) -> None:
    found = shift(facts, grid)
    row, column = found if found is not None else (0, 0)
    apart = (
        row >= facts.shape[0]
        or column >= facts.shape[1]
        or row + grid.shape[0] <= 0
        or column + grid.shape[1] <= 0
    )
    if apart:
        raise _outside(source, grid)


def _outside(source: CovariateSource, grid: Grid) -> LayerReadError:
    west, south, east, north = grid.bounds
    return LayerReadError(
        f"{source.path} lies wholly outside the study grid (west {west:,.6g}, south "
        f"{south:,.6g}, east {east:,.6g}, north {north:,.6g} in {_short(grid.crs)}). Check its "
        "coordinate system, or choose a layer that covers the study area."
    )


def _source_in_grid(facts: SourceFacts, grid: Grid) -> bool:
    """Tell whether any spot of the source lies in the grid, for sources between its samples."""
    way = Transformer.from_crs(facts.crs, grid.crs, always_xy=True)
    column = np.linspace(0, facts.shape[1], _SAMPLES)
    row = np.linspace(0, facts.shape[0], _SAMPLES)
    inner = facts.transform
    x, y = way.transform(*np.meshgrid(inner.c + column * inner.a, inner.f + row * inner.e))
    west, south, east, north = grid.bounds
    with np.errstate(invalid="ignore"):
        return bool(((x > west) & (x < east) & (y > south) & (y < north)).any())


def _extent(corner: NDArray[np.float64], period: float) -> NDArray[np.float64]:
    """Return the size of each cell along one axis of the source, from its four corners.

    The cell is taken as the upright rectangle that has the same area: for cells turned
    against the source, the sides are not widened to the box around them.
    """
    along = _apart(corner[:, 1:] - corner[:, :-1], period)
    down = _apart(corner[1:, :] - corner[:-1, :], period)
    size: NDArray[np.float64] = np.hypot(
        (along[1:] + along[:-1]) / 2, (down[:, 1:] + down[:, :-1]) / 2
    )
    return np.rint(size / _SNAP) * _SNAP


def _apart(step: NDArray[np.float64], period: float) -> NDArray[np.float64]:
    if math.isinf(period):
        return step
    with np.errstate(invalid="ignore"):
        apart: NDArray[np.float64] = np.mod(step + period / 2, period) - period / 2
    return apart


def _systems(facts: SourceFacts, grid: Grid, *, warped: bool) -> str:
    if not warped:
        return ""
    text = f"; it is warped from {_short(facts.crs)} to {_short(grid.crs)}"
    inner, outer = (CRS.from_user_input(crs) for crs in (facts.crs, grid.crs))
    if inner.is_geographic != outer.is_geographic:
        text += " (degrees to metres)" if inner.is_geographic else " (metres to degrees)"
    return text


def _short(crs: str) -> str:
    if len(crs) <= 24:
        return crs
    known = CRS.from_user_input(crs)
    return known.name if known.name != "unknown" else crs


def _sentence(name: str, rule: Rule, ratio: float, systems: str) -> str:
    relation = (
        f"finer than the study grid ({ratio:.3g} cells along a side of a study cell)"
        if ratio > FINER_FROM
        else f"coarser than the study grid ({1 / ratio:.3g} study cells along a side of a cell)"
        if ratio < 1 / FINER_FROM
        else "about as fine as the study grid"
    )
    how = {
        "bilinear": "a study cell takes the value between the four nearest known cell centres",
        "average": "a study cell takes the mean of the known cells in it, weighted by area",
        "nearest": "a study cell takes the class at its centre",
        "mode": "a study cell takes the class with the largest area in it",
    }
    if rule == "as is":
        return f"{name} has the cells of the study grid and is read as it is."
    return f"{name} is {relation}: {how[rule]}{systems}."
