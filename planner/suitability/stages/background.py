"""Background: what the area offers, drawn evenly or as well as it was surveyed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from algorithms.control import PartControl
from algorithms.suitability.sampling.background import sample_background
from algorithms.suitability.sampling.bias import (
    count_per_cell,
    kernel_density,
    target_group_cells,
)
from algorithms.suitability.sampling.effort import (
    CountryCells,
    EffortRule,
    country_effort,
)
from layers.states import ZONES
from planner.suitability.errors import StudyError
from planner.suitability.ground import windows
from planner.suitability.measured import known
from planner.suitability.results import CountryEffort
from planner.suitability.stages.record_stage import target_group_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.control import Control
    from planner.suitability.context import StudyContext
    from planner.suitability.stages.presences import Presences

MOST_CANDIDATES = 5_000_000
"""Of a larger area a random part of about so many cells is drawn from."""
DRAWN_BY_WEIGHT = 0.05
"""Up to this share of the cells is drawn by area or effort; of more, each cell has the same
chance and its point the weight, because a draw without replacement would take in most of the
heavy cells and even out."""


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """Cells to compare presences with.

    Parameters
    ----------
    row, column : (n,) int64
        Cells.
    weight : (n,) float64
        Of each point, above 0.
    surface : (rows, columns) float32, optional
        Relative survey effort, NaN where unknown; None where it is taken to be even.
    effort : tuple of CountryEffort
        By country, where it was modelled so.
    notes : tuple of str
        What must be told.
    even : two (k,) int64, optional
        Row and column of cells drawn evenly by area, for figures that are of the area; a cell
        may come twice. None where the background itself is such a sample.
    """

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    weight: NDArray[np.float64]
    surface: NDArray[np.float32] | None
    effort: tuple[CountryEffort, ...]
    notes: tuple[str, ...]
    even: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Surface:
    values: NDArray[np.float32] | None
    effort: tuple[CountryEffort, ...] = ()
    notes: tuple[str, ...] = ()


def draw_background(
    context: StudyContext,
    mask: NDArray[np.bool_],
    presences: Presences,
    control: Control,
) -> Background:
    """Draw the background of a study.

    Parameters
    ----------
    context : StudyContext
        Study and grid.
    mask : (rows, columns) bool
        Cells where every layer has a value.
    presences : Presences
        For the reach of the background.
    control : Control
        Told the progress; may cancel.

    Raises
    ------
    StudyError
        No cell can be drawn, or there are no records of the target group.
    """
    sampling = context.study.sampling
    rng = np.random.default_rng([context.study.seed, 12])
    available = _candidates(context, mask, presences, rng, PartControl(control, 0.0, 0.4))
    surface = _surface(context, mask, presences, PartControl(control, 0.4, 0.9))
    notes = list(surface.notes)
    known_cells = available
    if surface.values is not None:
        available = available & (surface.values > 0.0)
    n_available = int(available.sum())
    if not n_available:
        raise StudyError(
            "No cell is left for the background: none that all layers know is within reach of "
            "the presences and was surveyed. Raise sampling.reach_km, or choose another "
            "background."
        )
    row, column, weight, told = _drawn(context, available, surface.values, rng)
    notes += told
    if len(row) < sampling.points:
        notes.append(
            f"{sampling.points:,} background points were asked for, and there are "
            f"{len(row):,} cells."
        )
    even = None
    if surface.values is not None or np.ptp(weight) > 0.0:
        even = _even_ground(context, known_cells)
        by_effort = " as it was drawn by effort" if surface.values is not None else ""
        notes.append(
            f"AUC, TSS and thresholds are told against the background{by_effort}; the Boyce "
            f"index, calibration and shares of area against {len(even[0]):,} cells drawn "
            "evenly by area, which no model learns from."
        )
    return Background(row, column, weight, surface.values, surface.effort, tuple(notes), even)


def _drawn(
    context: StudyContext,
    available: NDArray[np.bool_],
    effort: NDArray[np.float32] | None,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], tuple[str, ...]]:
    """Return row, column and weight of background points, and how they were drawn.

    The density of points times their weight follows the effort of whole cells, or their area
    where effort is even. Cells of a target group count alike: a cell of twice the area has a
    record twice as often already.
    """
    sampling = context.study.sampling
    group = sampling.background == "target_group"
    wanted: NDArray[np.floating] | None = effort
    if effort is None:
        wanted = _cell_areas(context)
    if group or wanted is None:
        row, column = sample_background(available, sampling.points, rng=rng)
        return row.astype(np.int64), column.astype(np.int64), np.ones(len(row)), ()
    by_weight = sampling.points <= DRAWN_BY_WEIGHT * int(available.sum())
    row, column = sample_background(
        available, sampling.points, rng=rng, weight=wanted if by_weight else None
    )
    weight = np.ones(len(row)) if by_weight else wanted[row, column].astype(np.float64)
    what = "the area of a cell" if effort is None else "survey effort"
    note = (
        f"The background was drawn by {what}."
        if by_weight
        else f"The background was drawn with the same chance for each cell and its points are "
        f"weighted by {what}, because it takes in a large share of the cells."
    )
    return row.astype(np.int64), column.astype(np.int64), weight / weight.mean(), (note,)


def _even_ground(
    context: StudyContext, known_cells: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return cells of known ground within reach, drawn evenly by area."""
    rng = np.random.default_rng([context.study.seed, 13])
    areas = _cell_areas(context)
    points = context.study.sampling.points
    if areas is None:
        row, column = sample_background(known_cells, points, rng=rng)
        return row.astype(np.int64), column.astype(np.int64)
    cells = np.flatnonzero(known_cells)
    row, column = np.divmod(cells, known_cells.shape[1])
    # With replacement, or large cells would run out.
    upto = np.cumsum(areas[row, column])
    drawn = np.searchsorted(upto, rng.random(points) * upto[-1], side="right")
    drawn = np.sort(np.minimum(drawn, len(cells) - 1))
    return row[drawn], column[drawn]


def _cell_areas(context: StudyContext) -> NDArray[np.float64] | None:
    """Return the relative area of each cell, or None where all are equal."""
    rows, columns = context.grid.shape
    middle = slice(columns // 2, columns // 2 + 1)
    strip = context.ground.areas_km2(slice(0, rows), middle)
    if float(strip.max() / strip.min()) < 1.001:
        return None
    return np.broadcast_to(strip / strip.max(), context.grid.shape)


def _candidates(
    context: StudyContext,
    mask: NDArray[np.bool_],
    presences: Presences,
    rng: np.random.Generator,
    control: Control,
) -> NDArray[np.bool_]:
    """Return the cells that may be drawn: known, within reach, at most so many at random."""
    n_known = int(mask.sum())
    share = min(1.0, MOST_CANDIDATES / max(1, n_known))
    tree = _tree(context, presences)
    available = np.zeros_like(mask)
    pieces = list(windows(context.grid))
    for done, (rows, columns) in enumerate(pieces):
        control.report(done / len(pieces))
        here = mask[rows, columns].copy()
        if share < 1.0:
            here &= rng.random(here.shape) < share
        if tree is not None and here.any():
            _keep_within_reach(context, here, (rows, columns), tree)
        available[rows, columns] = here
    return available


def _tree(context: StudyContext, presences: Presences) -> cKDTree | None:
    if context.study.sampling.reach_km is None or not len(presences.row):
        return None
    x, y = context.ground.centres(presences.row, presences.column)
    return cKDTree(np.column_stack(context.ground.metres(x, y)))


def _keep_within_reach(
    context: StudyContext,
    here: NDArray[np.bool_],
    window: tuple[slice, slice],
    tree: cKDTree,
) -> None:
    reach_m = (context.study.sampling.reach_km or 0.0) * 1000.0
    row, column = np.nonzero(here)
    x, y = context.ground.centres(row + window[0].start, column + window[1].start)
    away, _ = tree.query(
        np.column_stack(context.ground.metres(x, y)), distance_upper_bound=reach_m * 1.0000001
    )
    here[row, column] = away <= reach_m


def _surface(
    context: StudyContext,
    mask: NDArray[np.bool_],
    presences: Presences,
    control: Control,
) -> _Surface:
    """Return the relative survey effort of each cell as the study wants it."""
    sampling = context.study.sampling
    if sampling.background == "uniform":
        return _Surface(None)
    x, y, told = _effort_places(context, presences)
    if sampling.background == "target_group":
        row, column, inside = context.grid.cells_of(x, y)
        shape = context.grid.shape
        visited = target_group_cells(row[inside], column[inside], shape)
        if not (visited & mask).any():
            raise _no_group(context)
        return _Surface(count_per_cell(row[inside], column[inside], shape), notes=told)
    bandwidth = _bandwidth(context)
    if sampling.background == "bias":
        values = kernel_density(
            x,
            y,
            context.grid.cell_centres(),
            bandwidth=bandwidth,
            area=mask,
            control=control,
        )
        return _Surface(values, notes=told)
    return _by_country(context, mask, (x, y), bandwidth, control)


def _by_country(
    context: StudyContext,
    mask: NDArray[np.bool_],
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    bandwidth: tuple[float, float] | None,
    control: Control,
) -> _Surface:
    codes = np.where(mask, context.zone_grid(context.grid), 0).astype(np.int16)
    if not codes.any():
        raise StudyError(
            "The layers know no cell in any country of the base map, so effort by country "
            "cannot be told. Choose another background, such as bias."
        )
    rows, columns = context.grid.shape
    middle = slice(columns // 2, columns // 2 + 1)
    areas = context.ground.areas_km2(slice(0, rows), middle)[:, 0]
    found = country_effort(
        *places,
        CountryCells(codes, context.grid.cell_centres(), areas),
        rule=EffortRule(bandwidth=bandwidth),
        control=control,
    )
    table = found.table
    top = float(table.effort.max())
    effort = tuple(
        CountryEffort(
            country=ZONES[int(code) - 1],
            records=int(table.counted[at]),
            area_km2=float(table.area_km2[at]),
            per_1000_km2=known(float(table.effort[at])),
            low=known(float(table.low[at])),
            high=known(float(table.high[at])),
            relative=known(float(table.effort[at]) / top),
        )
        for at, code in enumerate(table.code)
    )
    notes = [
        "Survey effort is modelled by country from cells with any record of the target group; "
        "it takes the group to be as abundant on one side of a border as on the other.",
    ]
    if found.n_outside:
        notes.append(f"{found.n_outside:,} records of the target group lie in no country here.")
    return _Surface(found.weight, effort, tuple(notes))


def _effort_places(
    context: StudyContext, presences: Presences
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[str, ...]]:
    """Return the places by which effort is told, on the grid, and a note on what they are."""
    if context.study.sampling.target_group:
        x, y = target_group_places(context)
        if not len(x):
            raise _no_group(context)
        return x, y, (f"Survey effort is told by {len(x):,} records of the target group.",)
    x, y = context.ground.centres(presences.row, presences.column)
    return (
        x,
        y,
        (
            "Survey effort is told by the records of the species itself, for there is no "
            "target group: where it is dense, effort and habitat cannot be told apart.",
        ),
    )


def _bandwidth(context: StudyContext) -> tuple[float, float] | None:
    """Return the bandwidth along x and y in units of the CRS, at least a cell, or None."""
    wanted_km = context.study.sampling.bandwidth_km
    if wanted_km is None:
        return None
    rows, columns = context.grid.shape
    _, y = context.ground.centres(np.array([rows // 2]), np.array([columns // 2]))
    per_x, per_y = context.ground.metres_per_unit(y)[0]
    height, width = context.grid.cell_size
    return max(wanted_km * 1000.0 / per_x, width), max(wanted_km * 1000.0 / per_y, height)


def _no_group(context: StudyContext) -> StudyError:
    files = ", ".join(item.path for item in context.study.sampling.target_group)
    return StudyError(
        f"No record of the target group ({files}) lies on cells that the layers know. Choose "
        "other records under sampling.target_group, or another background."
    )
