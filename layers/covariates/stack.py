"""Covariates on one study grid: opened, checked and read by windows, never as a whole."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyproj import CRS

from layers.control import NULL_CONTROL, Control
from layers.covariates.alignment import Alignment, choose_alignment
from layers.covariates.coverage import Coverage, measure_coverage
from layers.covariates.guessing import doubts_about, sampled_numbers
from layers.covariates.points import values_at
from layers.covariates.reading import StackReader
from layers.covariates.source import CovariateSource, SourceFacts, read_facts
from layers.errors import LayerReadError
from layers.grid import Grid
from layers.tiles.plan import TilePlan, plan_tiles
from resources.errors import PlannerError, nearest_names_hint

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from layers.tiles.plan import Tile


class CovariateNamesError(PlannerError, ValueError):
    """Names of covariates that are given twice, or are not those a model needs."""


@dataclass(frozen=True)
class CovariateStack:
    """Covariates aligned to one grid; made by `open_covariates`.

    Holds no open file: it can be sent to another process that sees the same paths.

    Parameters
    ----------
    sources : tuple of CovariateSource
        The covariates, in order.
    facts : tuple of SourceFacts
        What their files say.
    grid : Grid
        The study grid.
    alignments : tuple of Alignment
        How each is brought onto the grid.
    notes : tuple of str
        What was decided or looks wrong, for people.
    plan : TilePlan
        How the grid is cut for reading.
    """

    sources: tuple[CovariateSource, ...]
    facts: tuple[SourceFacts, ...]
    grid: Grid
    alignments: tuple[Alignment, ...]
    notes: tuple[str, ...]
    plan: TilePlan

    def __len__(self) -> int:
        """Return the number of covariates."""
        return len(self.sources)

    @property
    def names(self) -> tuple[str, ...]:
        """Names in the order of the columns."""
        return tuple(source.name for source in self.sources)

    @property
    def categorical(self) -> tuple[int, ...]:
        """Columns that hold class codes."""
        return tuple(
            at for at, source in enumerate(self.sources) if source.kind == "categorical"
        )

    def reader(self) -> StackReader:
        """Return a reader for one thread, to be used in a ``with`` statement."""
        return StackReader(
            tuple(zip(self.sources, self.facts, self.alignments, strict=True)), self.grid
        )

    def read(self, tile: Tile, control: Control = NULL_CONTROL) -> NDArray[np.float64]:
        """Read one tile, (covariates, rows, columns) float64, NaN unknown.

        To read many tiles keep a `reader` open.

        Raises
        ------
        ValueError
            The tile reaches out of the grid.
        LayerReadError
            A file cannot be read.
        """
        with self.reader() as reader:
            return reader.read(tile, control)

    def values_at(
        self,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        *,
        control: Control = NULL_CONTROL,
    ) -> NDArray[np.float64]:
        """Return the values of the cells in which points lie.

        Parameters
        ----------
        x, y : (n,) float64
            In the CRS of the grid; NaN or outside of the grid is allowed.
        control : Control
            Told the share of the points done; may cancel.

        Returns
        -------
        (n, covariates) float64
            NaN where unknown or outside.

        Raises
        ------
        ValueError
            `x` and `y` differ in shape.
        LayerReadError
            A file cannot be read.
        """
        return values_at(self, x, y, control=control)

    def coverage(
        self,
        points: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
        *,
        control: Control = NULL_CONTROL,
    ) -> Coverage:
        """Count what each covariate leaves unknown, before it costs records.

        Parameters
        ----------
        points : tuple of (n,) float64, optional
            x and y of records in the CRS of the grid.
        control : Control
            Told the share of the cells read; may cancel.

        Raises
        ------
        LayerReadError
            A file cannot be read.
        """
        return measure_coverage(self, points, control=control)

    def selected(self, names: Sequence[str]) -> CovariateStack:
        """Return the covariates a model needs, in its order; the others are noted as left out.

        Raises
        ------
        CovariateNamesError
            Some of the names are not in the stack; lists them, and those that are not needed.
        """
        missing = [name for name in names if name not in self.names]
        extra = [name for name in self.names if name not in names]
        if missing:
            hints = " ".join(nearest_names_hint(name, list(self.names)) for name in missing[:1])
            others = f" Given but not needed: {', '.join(extra)}." if extra else ""
            raise CovariateNamesError(
                f"The model needs covariates that are not given: {', '.join(missing)}.{others} "
                f"{hints} Give a file for each, or name the files as the model does."
            )
        picks = [self.names.index(name) for name in names]
        left = (f"Not needed by the model and left out: {', '.join(extra)}.",) if extra else ()
        return replace(
            self,
            sources=tuple(self.sources[at] for at in picks),
            facts=tuple(self.facts[at] for at in picks),
            alignments=tuple(self.alignments[at] for at in picks),
            notes=self.notes + left,
        )


def open_covariates(
    sources: Sequence[CovariateSource], grid: Grid | None = None, *, tile: int = 512
) -> CovariateStack:
    """Open covariates on a study grid: check every file and choose how it is aligned.

    Parameters
    ----------
    sources : sequence of CovariateSource
        At least one; the order is that of the columns.
    grid : Grid, optional
        The study grid; where not given, that of the covariate with the smallest cells, which
        is told in the notes.
    tile : int
        Side of the squares in which the grid is read, about, in cells.

    Returns
    -------
    CovariateStack
        Its notes tell the grid, NoData that looks like values, and constant covariates, as far
        as some blocks of each file show them; `CovariateStack.coverage` looks at every cell.

    Raises
    ------
    CovariateNamesError
        There are no sources, or two have one name.
    LayerReadError
        A file is missing, damaged, cannot be placed, or lies outside of the grid.
    """
    _refuse_names([source.name for source in sources])
    facts = tuple(read_facts(source) for source in sources)
    notes: list[str] = []
    if grid is None:
        grid, note = _finest_grid(sources, facts)
        notes.append(note)
    alignments = tuple(
        choose_alignment(source, fact, grid)
        for source, fact in zip(sources, facts, strict=True)
    )
    for source, fact in zip(sources, facts, strict=True):
        notes.extend(doubts_about(source, fact, sampled_numbers(source, fact)))
    blocks = [
        fact.block
        for fact, alignment in zip(facts, alignments, strict=True)
        if alignment.rule == "as is"
    ]
    plan = plan_tiles(grid.shape, blocks, len(facts), side=tile)
    return CovariateStack(tuple(sources), facts, grid, alignments, tuple(notes), plan)


def _refuse_names(names: list[str]) -> None:
    if not names:
        raise CovariateNamesError("No covariates were given. Choose at least one raster.")
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise CovariateNamesError(
            f"Covariates need different names; given more than once: {', '.join(twice)}. Name "
            "them NAME=PATH, or rename the files."
        )


def _finest_grid(
    sources: Sequence[CovariateSource], facts: Sequence[SourceFacts]
) -> tuple[Grid, str]:
    areas = [_cell_area_m2(fact) for fact in facts]
    at = areas.index(min(areas))
    found = facts[at]
    try:
        grid = Grid(found.crs, found.transform, found.shape)
    except ValueError as error:
        raise LayerReadError(
            f"{sources[at].path} cannot give the study grid: {error}. State a grid with larger "
            "cells or a smaller area."
        ) from error
    return grid, (
        f"No study grid was given: it is that of {sources[at].name}, the covariate with the "
        f"smallest cells ({grid.shape[0]:,} x {grid.shape[1]:,} cells of "
        f"{grid.cell_size[1]:.6g} x {grid.cell_size[0]:.6g} in its units)."
    )


def _cell_area_m2(facts: SourceFacts) -> float:
    """Return the area of a cell at the middle of a source, roughly, to compare sources by."""
    width, height = facts.transform.a, -facts.transform.e
    crs = CRS.from_user_input(facts.crs)
    if crs.is_geographic:
        middle = facts.transform.f + facts.transform.e * facts.shape[0] / 2
        return width * height * 111_195.0**2 * max(math.cos(math.radians(middle)), 1e-3)
    metres = float(crs.axis_info[0].unit_conversion_factor) if crs.axis_info else 1.0
    return width * height * metres**2
