"""What each covariate leaves unknown: counted before it costs records."""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from layers.control import NULL_CONTROL, Control
from layers.covariates.guessing import CONSTANT_AS_LOOKED_AT
from layers.tiles.threads import in_threads
from resources.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from layers.covariates.reading import StackReader
    from layers.covariates.stack import CovariateStack
    from layers.tiles.plan import Tile

Points = tuple["NDArray[np.float64]", "NDArray[np.float64]"]


class NoCoverageError(PlannerError, ValueError):
    """No cell of the study grid is known in every covariate."""


@dataclass(frozen=True, slots=True)
class LayerCoverage:
    """What one covariate knows of the study grid.

    Parameters
    ----------
    name : str
        The covariate.
    known_cells, unknown_cells : int
        Cells of the grid with and without a value.
    cells_lost_alone : int
        Cells unknown because of this covariate alone: all others know them.
    minimum, maximum : float
        Of the known cells; NaN where there are none.
    records_lost, records_lost_alone : int
        Records inside the grid without a value of this covariate, and those of them that all
        others know; 0 where no records were given.
    """

    name: str
    known_cells: int
    unknown_cells: int
    cells_lost_alone: int
    minimum: float
    maximum: float
    records_lost: int
    records_lost_alone: int

    @property
    def is_constant(self) -> bool:
        """Whether every known cell has one value."""
        return self.known_cells > 0 and self.minimum == self.maximum


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the covariates know of the study grid and of the records.

    Parameters
    ----------
    cells : int
        Cells of the grid.
    known_cells : int
        Cells known in every covariate.
    layers : tuple of LayerCoverage
        Each covariate, in order.
    records, records_outside, records_known : int
        Records given, outside of the grid (or without a place), and known in every covariate.
    """

    cells: int
    known_cells: int
    layers: tuple[LayerCoverage, ...]
    records: int
    records_outside: int
    records_known: int

    @property
    def sentences(self) -> tuple[str, ...]:
        """What should be known before records are lost, as sentences; the worst first."""
        told = [
            f"{layer.name} has no value anywhere in the study grid; with it no cell remains."
            for layer in self.layers
            if layer.known_cells == 0
        ]
        if self.known_cells == 0 and not told:
            told.append("No cell of the study grid is known in every covariate.")
        if self.records_outside:
            told.append(f"{self.records_outside:,} record(s) lie outside of the study grid.")
        told += [
            f"{layer.name} has no value for {layer.records_lost:,} record(s); "
            f"{layer.records_lost_alone:,} of them would be kept without it."
            for layer in self.layers
            if layer.records_lost
        ]
        told += [
            f"{layer.name} is {layer.minimum:g} everywhere: a constant covariate tells a model "
            "nothing and changes none of its numbers. It is kept, so that a projection to "
            "other values of it is told as extrapolated; leave it out if there is none."
            for layer in self.layers
            if layer.is_constant
        ]
        told += [
            f"{layer.name} alone leaves {layer.cells_lost_alone:,} cell(s) of {self.cells:,} "
            "unknown."
            for layer in self.layers
            if layer.cells_lost_alone
        ]
        return tuple(told)

    def sentences_after(self, notes: Iterable[str]) -> tuple[str, ...]:
        """Return notes of a stack with what is known now, nothing twice.

        Parameters
        ----------
        notes : iterable of str
            Of `CovariateStack.notes`; guesses at constant covariates from some blocks are left
            out, because here all cells were looked at.
        """
        kept = (note for note in notes if CONSTANT_AS_LOOKED_AT not in note)
        return tuple(dict.fromkeys((*kept, *self.sentences)))

    def require_known(self) -> None:
        """See that there is something to work with.

        Raises
        ------
        NoCoverageError
            No cell is known in every covariate; names those that know nothing.
        """
        if self.known_cells:
            return
        empty = [layer.name for layer in self.layers if layer.known_cells == 0]
        if empty:
            raise NoCoverageError(
                f"No value anywhere in the study grid: {', '.join(empty)}. Check the files' "
                "NoData and extent, or leave these covariates out."
            )
        raise NoCoverageError(
            "Every covariate has values in the study grid, but nowhere all at once. "
            "Check their extents, or leave out the one that covers least."
        )


def measure_coverage(
    stack: CovariateStack, points: Points | None = None, *, control: Control = NULL_CONTROL
) -> Coverage:
    """Count what each covariate leaves unknown; see `CovariateStack.coverage`."""
    tally = _Tally(len(stack))
    records = _Records(stack, points, control)
    plan = stack.plan
    with closing(in_threads(stack.reader, _count, plan, control)) as parts:
        for _, part in parts:
            tally.add(part)
    control.report(1.0)
    cells = stack.grid.shape[0] * stack.grid.shape[1]
    layers = tuple(
        LayerCoverage(
            name,
            int(tally.known[at]),
            cells - int(tally.known[at]),
            int(tally.alone[at]),
            float(tally.low[at]) if tally.known[at] else math.nan,
            float(tally.high[at]) if tally.known[at] else math.nan,
            int(records.lost[at]),
            int(records.alone[at]),
        )
        for at, name in enumerate(stack.names)
    )
    return Coverage(
        cells, tally.everywhere, layers, records.count, records.outside, records.known
    )


class _Tally:
    """Counts over the tiles read so far."""

    def __init__(self, layers: int) -> None:
        self.known = np.zeros(layers, dtype=np.int64)
        self.alone = np.zeros(layers, dtype=np.int64)
        self.low = np.full(layers, np.inf)
        self.high = np.full(layers, -np.inf)
        self.everywhere = 0

    def add(self, part: _Tally) -> None:
        self.known += part.known
        self.alone += part.alone
        self.low = np.minimum(self.low, part.low)
        self.high = np.maximum(self.high, part.high)
        self.everywhere += part.everywhere


def _count(reader: StackReader, tile: Tile, control: Control) -> _Tally:
    values = reader.read(tile, control)
    tally = _Tally(values.shape[0])
    unknown = np.isnan(values)
    missing = unknown.sum(axis=0, dtype=np.int32)
    tally.known[:] = tile.cells - unknown.sum(axis=(1, 2))
    tally.alone[:] = (unknown & (missing == 1)).sum(axis=(1, 2))
    tally.everywhere = int((missing == 0).sum())
    for at in np.flatnonzero(tally.known):
        tally.low[at] = np.nanmin(values[at])
        tally.high[at] = np.nanmax(values[at])
    return tally


class _Records:
    """Counts over the records."""

    def __init__(self, stack: CovariateStack, points: Points | None, control: Control) -> None:
        self.lost = np.zeros(len(stack), dtype=np.int64)
        self.alone = np.zeros(len(stack), dtype=np.int64)
        self.count = self.outside = self.known = 0
        if points is None:
            return
        x, y = points
        west, south, east, north = stack.grid.bounds
        inside = (x >= west) & (x < east) & (y > south) & (y <= north)
        unknown = np.isnan(stack.values_at(x[inside], y[inside], control=_Still(control)))
        missing = unknown.sum(axis=1)
        self.count = x.size
        self.outside = x.size - int(inside.sum())
        self.known = int((missing == 0).sum())
        self.lost[:] = unknown.sum(axis=0)
        self.alone[:] = (unknown & (missing == 1)[:, None]).sum(axis=0)


class _Still:
    """Lets the work be cancelled before its progress begins to be told."""

    def __init__(self, whole: Control) -> None:
        self._whole = whole

    def report(self, fraction: float) -> None:  # noqa: ARG002 - the shape of a control
        self._whole.report(0.0)
