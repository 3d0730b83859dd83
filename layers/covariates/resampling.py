"""Values of study cells from the cells of a source, one study cell independent of all others.

The result of a cell depends on its own place alone, never on the tile it is computed in, so
that tiles meet without a seam.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.covariates.alignment import Places, Rule


FloatArray: TypeAlias = NDArray[np.float64]
_EQUAL = 1e-9  # areas in cells that differ by less are equal

LoopT = TypeVar("LoopT", bound="Callable[..., Any]")


def _compiled(loop: LoopT) -> LoopT:
    try:
        return cast("LoopT", numba.njit(cache=True, nogil=True)(loop))
    except RuntimeError:  # no folder to keep the machine code in
        return cast("LoopT", numba.njit(nogil=True)(loop))


def resampled(
    values: NDArray[np.float64], corner: tuple[int, int], places: Places, rule: Rule
) -> NDArray[np.float64]:
    """Give study cells their values.

    Parameters
    ----------
    values : (rows, columns) float64
        Part of the source that holds all it needs; NaN is unknown.
    corner : tuple of int
        Row and column of the first value in the source.
    places : Places
        Where the study cells lie in the source.
    rule : str
        ``nearest``, ``bilinear``, ``average`` or ``mode``; of classes with equal area the
        lowest code is taken.

    Returns
    -------
    array of the shape of the places, float64
        NaN where unknown. With ``bilinear`` and ``nearest`` a cell is known where the source
        is known at its centre; with ``average`` and ``mode`` where it is known anywhere in it.
    """
    result = np.full(places.column.shape, np.nan)
    if values.size:
        column, row = places.column - corner[1], places.row - corner[0]
        if rule == "nearest":
            _nearest(values, column, row, result)
        elif rule == "bilinear":
            _bilinear(values, column, row, result)
        else:
            half_x, half_y = places.width / 2, places.height / 2
            edges = (  # before the corner is taken off, so that rounding is the same everywhere
                places.column - half_x - corner[1],
                places.column + half_x - corner[1],
                places.row - half_y - corner[0],
                places.row + half_y - corner[0],
            )
            (_mode if rule == "mode" else _average)(values, *edges, result)
    return result


@_compiled
def _nearest(
    values: FloatArray, column: FloatArray, row: FloatArray, result: FloatArray
) -> None:
    height, width = values.shape
    for i in range(result.shape[0]):
        for j in range(result.shape[1]):
            x, y = column[i, j], row[i, j]
            if 0 <= x < width and 0 <= y < height:
                result[i, j] = values[int(y), int(x)]


@_compiled
def _bilinear(
    values: FloatArray, column: FloatArray, row: FloatArray, result: FloatArray
) -> None:
    height, width = values.shape
    for i in range(result.shape[0]):
        for j in range(result.shape[1]):
            x, y = column[i, j], row[i, j]
            if 0 <= x < width and 0 <= y < height and not np.isnan(values[int(y), int(x)]):
                result[i, j] = _between(values, x - 0.5, y - 0.5)


@_compiled
def _between(values: FloatArray, x: float, y: float) -> float:
    """Return the mean of the known ones of four centres, by nearness; one must be known."""
    left, top = int(np.floor(x)), int(np.floor(y))
    total = weight = 0.0
    for r in range(max(top, 0), min(top + 2, values.shape[0])):
        for c in range(max(left, 0), min(left + 2, values.shape[1])):
            if not np.isnan(values[r, c]):
                share = (1.0 - abs(x - c)) * (1.0 - abs(y - r))
                total += share * values[r, c]
                weight += share
    return total / weight


@_compiled
def _average(
    values: FloatArray,
    west: FloatArray,
    east: FloatArray,
    north: FloatArray,
    south: FloatArray,
    result: FloatArray,
) -> None:
    height, width = values.shape
    for i in range(result.shape[0]):
        for j in range(result.shape[1]):
            left, right = max(west[i, j], 0.0), min(east[i, j], float(width))
            top, bottom = max(north[i, j], 0.0), min(south[i, j], float(height))
            if not np.isfinite(west[i, j] + north[i, j]):
                continue
            total = area = 0.0
            for r in range(int(top), int(np.ceil(bottom))):
                tall = min(r + 1.0, bottom) - max(float(r), top)
                for c in range(int(left), int(np.ceil(right))):
                    piece = tall * (min(c + 1.0, right) - max(float(c), left))
                    if not np.isnan(values[r, c]):
                        total += piece * values[r, c]
                        area += piece
            if area > 0:
                result[i, j] = total / area


@_compiled
def _mode(
    values: FloatArray,
    west: FloatArray,
    east: FloatArray,
    north: FloatArray,
    south: FloatArray,
    result: FloatArray,
) -> None:
    height, width = values.shape
    for i in range(result.shape[0]):
        for j in range(result.shape[1]):
            left, right = max(west[i, j], 0.0), min(east[i, j], float(width))
            top, bottom = max(north[i, j], 0.0), min(south[i, j], float(height))
            if not (np.isfinite(west[i, j] + north[i, j]) and left < right and top < bottom):
                continue
            first_row, first_column = int(top), int(left)
            box = values[first_row : int(np.ceil(bottom)), first_column : int(np.ceil(right))]
            result[i, j] = _largest(
                box,
                left - first_column,
                right - first_column,
                top - first_row,
                bottom - first_row,
            )


@_compiled
def _largest(box: FloatArray, left: float, right: float, top: float, bottom: float) -> float:
    """Return the class with the largest area in a box, NaN where nothing is known."""
    codes, areas = np.empty(box.size), np.empty(box.size)
    known = 0
    for r in range(box.shape[0]):
        tall = min(r + 1.0, bottom) - max(float(r), top)
        for c in range(box.shape[1]):
            if np.isnan(box[r, c]):
                continue
            at = 0
            while at < known and codes[at] != box[r, c]:
                at += 1
            if at == known:
                codes[at], areas[at] = box[r, c], 0.0
                known += 1
            areas[at] += tall * (min(c + 1.0, right) - max(float(c), left))
    best, most = np.nan, 0.0
    for at in range(known):
        more = areas[at] - most
        if more > _EQUAL or (more > -_EQUAL and codes[at] < best):
            best, most = codes[at], max(most, areas[at])
    return best
