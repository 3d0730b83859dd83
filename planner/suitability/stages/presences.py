"""Presences: which cells the records stand for, and which records are left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer

from algorithms.control import PartControl
from algorithms.suitability.sampling.duplicates import first_per_cell
from algorithms.suitability.sampling.positions import (
    Outcome,
    PlacedPresences,
    Positions,
    UncertaintyRule,
    spread,
)
from algorithms.suitability.sampling.thinning import thin
from planner.suitability.stages.record_stage import Records

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.control import Control
    from planner.suitability.context import StudyContext


@dataclass(frozen=True, slots=True, eq=False)
class Presences:
    """Cells with the species, and what became of the records.

    Parameters
    ----------
    row, column : (n,) int64
        Cells.
    weight : (n,) float64
        Of each presence, above 0.
    source : (n,) object
        File that the record comes from.
    line : (n,) int64
        Line in it.
    records, outside, without_values, too_uncertain, same_cell, thinned, snapped, spread : int
        As in `planner.suitability.results.SampleFound`.
    notes : tuple of str
        What must be told.
    """

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    weight: NDArray[np.float64]
    source: NDArray[np.object_]
    line: NDArray[np.int64]
    records: int
    outside: int
    without_values: int
    too_uncertain: int
    same_cell: int
    thinned: int
    snapped: int
    spread: int
    notes: tuple[str, ...]


def place_records(
    context: StudyContext, mask: NDArray[np.bool_], control: Control
) -> Presences:
    """Place the records that passed the checks in cells.

    Parameters
    ----------
    context : StudyContext
        Study and grid.
    mask : (rows, columns) bool
        Cells where every layer has a value.
    control : Control
        Told the progress; may cancel.
    """
    records = Records.read(context)
    x, y, finite = _on_grid(context, records)
    control.report(0.1)
    x, y, snapped = _snapped(context, mask, x, y)
    placed = _placed(context, mask, (x, y), records.uncertainty_m[finite], control)
    index = np.flatnonzero(finite)[placed.record]
    row = placed.row.astype(np.int64)
    column = placed.column.astype(np.int64)
    weight = placed.weight * records.weight[index]
    kept, same_cell = _one_per_cell(context, row, column, weight)
    thinned = _thinned(context, (row, column), kept, PartControl(control, 0.7, 1.0))
    counts = placed.counts
    off_grid = counts.get(Outcome.OFF_GRID, 0) + int((~finite).sum())
    return Presences(
        row=row[thinned],
        column=column[thinned],
        weight=weight[thinned],
        source=records.source_names[records.source[index[thinned]]],
        line=records.line[index[thinned]],
        records=len(records.line),
        outside=off_grid,
        without_values=counts.get(Outcome.UNAVAILABLE, 0),
        too_uncertain=counts.get(Outcome.UNCERTAIN, 0),
        same_cell=same_cell,
        thinned=int(kept.sum() - len(thinned)),
        snapped=snapped,
        spread=counts.get(Outcome.SPREAD, 0),
        notes=_notes(same_cell, len(records.line)),
    )


def _notes(same_cell: int, records: int) -> tuple[str, ...]:
    if not same_cell:
        return ()
    return (
        f"{same_cell:,} of {records:,} records fell into a cell that has one already; the cell "
        "counts once.",
    )


def _on_grid(
    context: StudyContext, records: Records
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return the places of the records on the grid, and which have one in its CRS."""
    to_grid = Transformer.from_crs("EPSG:4326", context.grid.crs, always_xy=True)
    x, y = to_grid.transform(records.lon, records.lat)
    finite = np.isfinite(x) & np.isfinite(y)
    return np.asarray(x)[finite], np.asarray(y)[finite], finite


def _snapped(
    context: StudyContext,
    mask: NDArray[np.bool_],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Move records on cells without values to the nearest one that has them, if near."""
    reach_m = context.study.sampling.snap_km * 1000.0
    if reach_m <= 0.0 or not len(x):
        return x, y, 0
    row, column, inside = context.grid.cells_of(x, y)
    homeless = inside.copy()
    homeless[inside] = ~mask[row[inside], column[inside]]
    x, y = x.copy(), y.copy()
    moved = 0
    for at in np.flatnonzero(homeless):
        found = _nearest_known(context, mask, (float(x[at]), float(y[at])), reach_m)
        if found is not None:
            x[at], y[at] = found
            moved += 1
    return x, y, moved


def _nearest_known(
    context: StudyContext,
    mask: NDArray[np.bool_],
    place: tuple[float, float],
    reach_m: float,
) -> tuple[float, float] | None:
    """Return the centre of the nearest known cell within reach, or None."""
    row, column, _ = context.grid.cells_of(np.array([place[0]]), np.array([place[1]]))
    cells = int(np.ceil(2.0 * reach_m / context.ground.cell_m)) + 1
    top, left = max(0, int(row[0]) - cells), max(0, int(column[0]) - 2 * cells)
    window = mask[top : int(row[0]) + cells + 1, left : int(column[0]) + 2 * cells + 1]
    rows, columns = np.nonzero(window)
    if not len(rows):
        return None
    x, y = context.ground.centres(rows + top, columns + left)
    x_m, y_m = context.ground.metres(x, y)
    own_x, own_y = context.ground.metres(np.array([place[0]]), np.array([place[1]]))
    away = np.hypot(x_m - own_x[0], y_m - own_y[0])
    best = int(np.argmin(away))
    return (float(x[best]), float(y[best])) if away[best] <= reach_m else None


def _placed(
    context: StudyContext,
    mask: NDArray[np.bool_],
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    uncertainty_m: NDArray[np.float64],
    control: Control,
) -> PlacedPresences:
    x, y = places
    rule = context.study.sampling.uncertainty
    radius = np.full_like(uncertainty_m, np.nan) if rule == "keep" else uncertainty_m
    return spread(
        Positions(x, y, radius, context.ground.metres_per_unit(y)),
        context.grid.cell_centres(),
        mask,
        rule=UncertaintyRule(kind="spread" if rule == "spread" else "drop"),
        control=PartControl(control, 0.1, 0.6),
    )


def _one_per_cell(
    context: StudyContext,
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    weight: NDArray[np.float64],
) -> tuple[NDArray[np.bool_], int]:
    """Keep the heaviest record of each cell, the first of equal ones."""
    if not context.study.sampling.one_per_cell or not len(row):
        return np.ones(len(row), dtype=np.bool_), 0
    return first_per_cell(row, column, priority=weight)


def _thinned(
    context: StudyContext,
    cells: tuple[NDArray[np.int64], NDArray[np.int64]],
    kept: NDArray[np.bool_],
    control: Control,
) -> NDArray[np.int64]:
    """Return which of the kept presences stay after thinning, as positions."""
    chosen = np.flatnonzero(kept)
    distance = context.study.sampling.thinning_km * 1000.0
    if distance <= 0.0 or len(chosen) < 2:
        return chosen
    x, y = context.ground.centres(cells[0][chosen], cells[1][chosen])
    x_m, y_m = context.ground.metres(x, y)
    rng = np.random.default_rng([context.study.seed, 11])
    return chosen[thin(x_m, y_m, distance=distance, rng=rng, control=control)]
