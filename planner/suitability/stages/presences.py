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
        Of each presence, above 0: how many records it counts for.
    record : (n,) int64
        Which record the cell stands for, rising; a record of uncertain place has many cells. Of
        a cell in which several may lie, the likeliest.
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
    record: NDArray[np.int64]
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

    @property
    def count(self) -> int:
        """Number of records that the cells stand for."""
        return len(np.unique(self.record))


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
    uncertainty_m = records.uncertainty_m[finite]
    placed = _placed(context, mask, (x, y), uncertainty_m, control)
    candidates = _Candidates(
        record=np.flatnonzero(placed.kept),
        weight=records.weight[finite],
        uncertainty_m=np.where(placed.outcome == Outcome.SPREAD, uncertainty_m, 0.0),
        cell=_own_cells(context, x, y),
    )
    kept = _one_per_cell(context, candidates)
    chosen = _thinned(context, candidates, kept, PartControl(control, 0.7, 1.0))
    cells = _cells(context, placed, chosen, candidates.weight)
    index = np.flatnonzero(finite)[cells.record]
    counts = placed.counts
    n_spread = int((placed.outcome[chosen] == Outcome.SPREAD).sum())
    return Presences(
        row=cells.row.astype(np.int64),
        column=cells.column.astype(np.int64),
        weight=cells.weight,
        record=index.astype(np.int64),
        source=records.source_names[records.source[index]],
        line=records.line[index],
        records=len(records.line),
        outside=counts[Outcome.OFF_GRID] + int((~finite).sum()),
        without_values=counts[Outcome.UNAVAILABLE],
        too_uncertain=counts[Outcome.UNCERTAIN],
        same_cell=len(candidates.record) - len(kept),
        thinned=len(kept) - len(chosen),
        snapped=snapped,
        spread=n_spread,
        notes=_notes(len(candidates.record) - len(kept), len(records.line), n_spread, cells),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Candidates:
    """Records that have a place on known cells.

    Parameters
    ----------
    record : (k,) int64
        Their numbers among all n; the other arrays are of all n.
    weight, uncertainty_m : (n,) float64
        Weight, and radius of those that are spread, 0 of others.
    cell : two (n,) int64
        Row and column of the place itself, on the grid or off.
    """

    record: NDArray[np.int64]
    weight: NDArray[np.float64]
    uncertainty_m: NDArray[np.float64]
    cell: tuple[NDArray[np.int64], NDArray[np.int64]]


def _notes(
    same_cell: int, records: int, n_spread: int, cells: PlacedPresences
) -> tuple[str, ...]:
    notes = []
    if same_cell:
        notes.append(
            f"{same_cell:,} of {records:,} records fell into a cell that has one already; the "
            "cell counts once."
        )
    if n_spread:
        wide = cells.outcome[cells.record] == Outcome.SPREAD
        notes.append(
            f"{n_spread:,} records of uncertain place are spread by weight over {wide.sum():,} "
            f"cells where they may lie, which count for {cells.weight[wide].sum():,.1f} "
            "records in all. A record is left out as a whole in tests."
        )
    return tuple(notes)


def _own_cells(
    context: StudyContext, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the cell of each place, counted on beyond the edges of the grid."""
    transform = context.grid.transform
    far = float(2**30)
    row = np.clip(np.floor((y - transform.f) / transform.e), -far, far)
    column = np.clip(np.floor((x - transform.c) / transform.a), -far, far)
    return row.astype(np.int64), column.astype(np.int64)


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


def _one_per_cell(context: StudyContext, candidates: _Candidates) -> NDArray[np.int64]:
    """Return the surest record of each cell, then the heaviest, then the first."""
    chosen = candidates.record
    if not context.study.sampling.one_per_cell or not len(chosen):
        return chosen
    order = np.lexsort((-candidates.weight[chosen], candidates.uncertainty_m[chosen]))
    priority = np.empty(len(chosen))
    priority[order] = -np.arange(len(chosen))
    row, column = (axis[chosen] - axis[chosen].min() for axis in candidates.cell)
    kept, _ = first_per_cell(row, column, priority=priority)
    return chosen[kept]


def _thinned(
    context: StudyContext,
    candidates: _Candidates,
    kept: NDArray[np.int64],
    control: Control,
) -> NDArray[np.int64]:
    """Return which of the kept records stay after thinning."""
    distance = context.study.sampling.thinning_km * 1000.0
    if distance <= 0.0 or len(kept) < 2:
        return kept
    x, y = context.ground.centres(*(axis[kept] for axis in candidates.cell))
    x_m, y_m = context.ground.metres(x, y)
    rng = np.random.default_rng([context.study.seed, 11])
    return kept[thin(x_m, y_m, distance=distance, rng=rng, control=control)]


def _cells(
    context: StudyContext,
    placed: PlacedPresences,
    chosen: NDArray[np.int64],
    record_weight: NDArray[np.float64],
) -> PlacedPresences:
    """Return the cells of the chosen records; each cell once where it is to count once."""
    wanted = np.zeros(len(placed.outcome), dtype=np.bool_)
    wanted[chosen] = True
    here = wanted[placed.record]
    pieces = PlacedPresences(
        placed.record[here],
        placed.row[here],
        placed.column[here],
        placed.weight[here],
        placed.outcome,
    )
    if context.study.sampling.one_per_cell and len(pieces.row):
        pieces = _joined(pieces)
    weight = pieces.weight * record_weight[pieces.record]
    return PlacedPresences(pieces.record, pieces.row, pieces.column, weight, placed.outcome)


def _joined(pieces: PlacedPresences) -> PlacedPresences:
    """Return each cell once, with the record that likeliest lies in it."""
    row, column, weight = pieces.per_cell()
    width = int(column.max()) + 1
    cell = pieces.row.astype(np.int64) * width + pieces.column
    order = np.lexsort((pieces.record, -pieces.weight, cell))
    _, first = np.unique(cell[order], return_index=True)
    record = pieces.record[order[first]]
    by_record = np.argsort(record, kind="stable")
    return PlacedPresences(
        record[by_record], row[by_record], column[by_record], weight[by_record], pieces.outcome
    )
