"""How wide a corridor is along its way, where its throat is, and where it is too narrow."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from algorithms.compiled import compiled
from algorithms.connectivity.cost_distance import cell_sides, cost_distance, path_distance
from algorithms.control import NULL_CONTROL, PartControl
from algorithms.corridors.clearance import (
    ROUNDING,
    CoreEnd,
    clearance,
    closed_lattice,
    surroundings,
)
from algorithms.corridors.cores import EIGHT_NEIGHBOURS

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.control import Control


@dataclass(frozen=True, slots=True)
class WidthProfile:
    """Width along a path.

    Attributes
    ----------
    rows, columns : (n,) float64
        Vertices of the path in cells, counted from the centre of the first cell.
    distance_m : (n,) float64
        Distance of each vertex from the first, along the path, in metres.
    width_m : (n,) float64
        Width at each vertex in metres.
    """

    rows: FloatArray
    columns: FloatArray
    distance_m: FloatArray
    width_m: FloatArray


@dataclass(frozen=True, slots=True)
class Passage:
    """The widest way through a corridor from core to core.

    Attributes
    ----------
    width_m : float
        Diameter of the largest disc that can move from one core to the other without leaving
        corridor and cores: the width of the true throat. 0 where they only meet at corners.
    profile : WidthProfile
        A middle line that such a disc can follow, from the edge of one core to the edge of
        the other, with twice the distance to the edge as its width.
    """

    width_m: float
    profile: WidthProfile


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a corridor that is narrower than it should be.

    Attributes
    ----------
    start_m, end_m : float
        Where it starts and ends, along the path.
    length_m : float
        Length along the path.
    width_m : float
        Width at its narrowest vertex.
    shortfall_m : float
        What that width lacks.
    row, column : float
        Mean of its vertices, in cells.
    narrowest_row, narrowest_column : float
        Narrowest vertex, in cells.
    """

    start_m: float
    end_m: float
    length_m: float
    width_m: float
    shortfall_m: float
    row: float
    column: float
    narrowest_row: float
    narrowest_column: float


def passage(
    swath: BoolArray,
    core_a: BoolArray,
    core_b: BoolArray,
    *,
    cell_size: float | tuple[float, float],
    control: Control = NULL_CONTROL,
) -> Passage | None:
    """Find the widest way between two cores through a corridor and measure it.

    The corridor is measured together with its cores, so that its mouths are as wide as they
    are; where a disc has arrived in a core, see `CoreEnd`. Among the ways as wide as the
    throat allows, the profile follows one that keeps away from the edges (cost of a step:
    inverse square of the distance to the edge). Widths are exact for discs centred on half
    cells, and so true to a cell.

    Parameters
    ----------
    swath, core_a, core_b : (rows, columns) bool
        Cells of the corridor and of its cores; they may overlap, and the swath may be empty.
    cell_size : float or (float, float)
        Height and width of a cell in metres.
    control : Control
        Told the progress; may cancel.

    Returns
    -------
    Passage or None
        None where no way leads from core to core.

    Raises
    ------
    ValueError
        The shapes disagree, or a core is empty.
    """
    sides = cell_sides(cell_size)
    if not swath.shape == core_a.shape == core_b.shape:
        raise ValueError(
            f"swath and cores must be of one shape, got {swath.shape}, {core_a.shape} and "
            f"{core_b.shape}"
        )
    if not (core_a.any() and core_b.any()):
        raise ValueError("a passage needs two cores with a cell at least each")
    control.report(0.0)
    window = _measured_window(swath, core_a, core_b, sides)
    a, b = core_a[window], core_b[window]
    if not (a.any() and b.any()):
        return None
    mask = swath[window] | a | b
    free = clearance(mask, sides)
    control.report(0.3)
    cores = (closed_lattice(a), closed_lattice(b))
    at_a, at_b = (CoreEnd.of(core, sides, window).reached(free) for core in (core_a, core_b))
    control.report(0.5)
    inside = closed_lattice(mask)
    throat = _throat(free, inside, (at_a, at_b), PartControl(control, 0.5, 0.8))
    if throat is None:
        return None
    allowed = _allowed(free, inside, throat)
    start, end = _joined_ends(allowed, cores, (at_a, at_b))
    rows, columns = _middle_line(free, allowed, start, end, sides)
    control.report(1.0)
    at_row = (rows - 1) / 2 + window[0].start
    at_column = (columns - 1) / 2 + window[1].start
    profile = WidthProfile(
        at_row, at_column, path_distance(at_row, at_column, sides), 2 * free[rows, columns]
    )
    return Passage(2 * throat, profile)


def width_profile(
    mask: BoolArray,
    rows: ArrayLike,
    columns: ArrayLike,
    *,
    cell_size: float | tuple[float, float],
) -> WidthProfile:
    """Measure the width of a corridor along any path in it.

    The width at a vertex is the diameter of the largest disc that stays in the mask and
    covers the vertex, wherever its centre is, so that a path along one side of the corridor
    is not taken for a narrow one. Beside a throat shorter than wide a large disc may still
    cover the vertex: `passage` gives the throat itself.

    Parameters
    ----------
    mask : (rows, columns) bool
        Corridor together with its cores.
    rows, columns : (n,) numbers
        Vertices in cells, to half a cell.
    cell_size : float or (float, float)
        Height and width of a cell in metres.

    Returns
    -------
    WidthProfile
        Width 0 at vertices outside the mask.

    Raises
    ------
    ValueError
        A vertex is outside the grid.

    References
    ----------
    Hildebrand, T. & Rüegsegger, P. (1997). A new method for the model-independent assessment
    of thickness in three-dimensional images. Journal of Microscopy 185, 67-75.
    """
    sides = cell_sides(cell_size)
    at_row = np.asarray(rows, dtype=np.float64)
    at_column = np.asarray(columns, dtype=np.float64)
    i = np.rint(2 * at_row + 1).astype(np.int64)
    j = np.rint(2 * at_column + 1).astype(np.int64)
    free = clearance(mask, sides)
    if ((i < 0) | (i >= free.shape[0]) | (j < 0) | (j >= free.shape[1])).any():
        raise ValueError(f"a vertex of the path is outside the grid of {mask.shape}")
    radius = np.empty(i.size)
    _widest_covering(free, i, j, sides[0] / 2, sides[1] / 2, radius)
    return WidthProfile(at_row, at_column, path_distance(at_row, at_column, sides), 2 * radius)


def bottlenecks(
    profile: WidthProfile, minimum_width_m: float, *, apart_m: float = 0.0
) -> tuple[Stretch, ...]:
    """List the stretches narrower than a minimum, the narrowest first.

    A stretch reaches half way to the vertices around it that are wide enough. Along a corridor
    that runs across the rows, half of the vertices see the steps of its banks and half do not:
    places that are wide enough for a cell only do not part a stretch.

    Parameters
    ----------
    profile : WidthProfile
        From `passage` or `width_profile`.
    minimum_width_m : float
        Width that every vertex should have, finite and > 0.
    apart_m : float
        Narrow vertices no further apart than this are in one stretch; `cell_diagonal` is what
        the grid can tell apart.

    Returns
    -------
    tuple of Stretch
        Ranked by shortfall; of equal ones the longer comes first. Empty where all is wide.

    Raises
    ------
    ValueError
        The minimum is outside its range.
    """
    if not (np.isfinite(minimum_width_m) and minimum_width_m > 0):
        raise ValueError(f"the minimum width must be finite and > 0, got {minimum_width_m}")
    distance = profile.distance_m
    narrow = profile.width_m < minimum_width_m * (1 - ROUNDING)
    at = np.flatnonzero(narrow)
    for before, after in pairwise(at.tolist()):
        if distance[after] - distance[before] <= apart_m * (1 + ROUNDING):
            narrow[before:after] = True
    runs, count = ndimage.label(narrow)
    stretches = []
    for (run,) in ndimage.find_objects(runs, max_label=count):
        before, after = max(run.start - 1, 0), min(run.stop, distance.size - 1)
        start = float(distance[run.start] + distance[before]) / 2
        end = float(distance[run.stop - 1] + distance[after]) / 2
        narrowest = run.start + int(np.argmin(profile.width_m[run]))
        width = float(profile.width_m[narrowest])
        stretches.append(
            Stretch(
                start_m=start,
                end_m=end,
                length_m=end - start,
                width_m=width,
                shortfall_m=minimum_width_m - width,
                row=float(profile.rows[run].mean()),
                column=float(profile.columns[run].mean()),
                narrowest_row=float(profile.rows[narrowest]),
                narrowest_column=float(profile.columns[narrowest]),
            )
        )
    return tuple(sorted(stretches, key=lambda s: (-s.shortfall_m, -s.length_m, s.start_m)))


def cell_diagonal(cell_size: float | tuple[float, float]) -> float:
    """Return the diagonal of a cell in metres."""
    return float(np.hypot(*cell_sides(cell_size)))


def _measured_window(
    swath: BoolArray, core_a: BoolArray, core_b: BoolArray, sides: tuple[float, float]
) -> tuple[slice, slice]:
    """Return the rows and columns that can bear on the width between the cores.

    These hold the swath and the contact of the cores, and around them as much of the cores as
    the largest disc that overlaps the swath or the contact can cover.
    """
    contact = np.zeros(swath.shape, dtype=np.bool_)
    beside = tuple(
        slice(max(a.start, b.start), max(0, min(a.stop, b.stop)))
        for a, b in zip(
            surroundings(core_a, max(sides), sides),
            surroundings(core_b, max(sides), sides),
            strict=True,
        )
    )
    a, b = core_a[beside], core_b[beside]
    contact[beside] = (ndimage.binary_dilation(a, EIGHT_NEIGHBOURS) & b) | (
        ndimage.binary_dilation(b, EIGHT_NEIGHBOURS) & a
    )
    place = surroundings(swath, 0.0, sides)
    to_edge = ndimage.distance_transform_edt(np.pad(swath[place], 1), sampling=sides)
    reach = 2 * float(to_edge.max())
    for held, side in zip(surroundings(contact, 0.0, sides), sides, strict=True):
        reach = max(reach, (held.stop - held.start) * side)
    return surroundings(swath | contact, reach + 2 * max(sides), sides)


def _allowed(free: FloatArray, inside: BoolArray, radius: float) -> BoolArray:
    """Mark the centres where a disc of this radius fits; points of the mask where it is 0."""
    return free >= radius if radius > 0 else inside


def _throat(
    free: FloatArray, inside: BoolArray, ends: tuple[BoolArray, BoolArray], control: Control
) -> float | None:
    """Return the largest radius that can move between both ends, None where none can."""
    radii = np.unique(np.append(free[inside], 0.0))
    best, low, high = None, 0, radii.size - 1
    rounds = int(radii.size).bit_length()
    done = 0
    while low <= high:
        middle = (low + high) // 2
        radius = float(radii[middle])
        if _joined(*_pieces(_allowed(free, inside, radius)), *ends).size > 0:
            best, low = radius, middle + 1
        else:
            high = middle - 1
        done += 1
        control.report(min(1.0, done / rounds))
    return best


def _pieces(allowed: BoolArray) -> tuple[IntArray, int]:
    """Give each piece of a mask a number; return these and how many there are."""
    pieces, count = ndimage.label(allowed, EIGHT_NEIGHBOURS)
    return pieces.astype(np.int32, copy=False), int(count)


def _joined(pieces: IntArray, count: int, at_a: BoolArray, at_b: BoolArray) -> IntArray:
    """Return the numbers of the pieces that hold points of both ends."""
    held = np.ones(count + 1, dtype=np.bool_)
    for end in (at_a, at_b):
        here = np.zeros(count + 1, dtype=np.bool_)
        here[pieces[end]] = True
        held &= here
    held[0] = False
    return np.flatnonzero(held).astype(np.int32)


def _joined_ends(
    allowed: BoolArray, cores: tuple[BoolArray, BoolArray], ends: tuple[BoolArray, BoolArray]
) -> tuple[BoolArray, BoolArray]:
    """Choose where the middle line starts and ends: in the cores where the disc can enter."""
    pieces, count = _pieces(allowed)
    joined = _joined(pieces, count, *ends)
    entered = [np.isin(joined, pieces[core & allowed]) for core in cores]
    best = int(np.argmax(entered[0].astype(int) + entered[1]))
    piece = pieces == joined[best]
    start, stop = (
        piece & (core if held[best] else end)
        for core, held, end in zip(cores, entered, ends, strict=True)
    )
    return start, stop


def _middle_line(
    free: FloatArray,
    allowed: BoolArray,
    start: BoolArray,
    end: BoolArray,
    sides: tuple[float, float],
) -> tuple[IntArray, IntArray]:
    """Return the lattice points of a way that keeps away from the edges."""
    half = (sides[0] / 2, sides[1] / 2)
    least = min(half) / 2  # stands for 0 where the mask meets itself at a corner only
    resistance = np.where(allowed, (free.max() / np.maximum(free, least)) ** 2, np.inf)
    surface = cost_distance(resistance, start, cell_size=half, back_link=True)
    to_end = np.where(end, surface.cost, np.inf)
    row, column = np.unravel_index(int(np.argmin(to_end)), to_end.shape)
    return surface.path_to(int(row), int(column))


@compiled
def _widest_covering(
    free: FloatArray,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    dy: float,
    dx: float,
    radius: FloatArray,
) -> None:
    """Find for each point the largest clearance of a point no further away than that."""
    largest = free.max()
    down, right = int(largest / dy), int(largest / dx)
    for point in range(rows.size):
        best = free[rows[point], columns[point]]
        for row in range(
            max(0, rows[point] - down), min(free.shape[0], rows[point] + down + 1)
        ):
            across = (row - rows[point]) * dy
            for column in range(
                max(0, columns[point] - right),
                min(free.shape[1], columns[point] + right + 1),
            ):
                reach = free[row, column]
                if reach > best:
                    along = (column - columns[point]) * dx
                    if across * across + along * along <= reach * reach * (1 + 1e-9):
                        best = reach
        radius[point] = best
