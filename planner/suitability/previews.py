"""A look at records and layers before a study is run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import NULL_CONTROL, PartControl
from layers.covariates import guess_sources
from layers.occurrences import guess_columns
from planner.suitability.context import StudyContext
from planner.suitability.folder import RunFolder
from planner.suitability.stages.sample_stage import correlations_of
from planner.suitability.study import Covariate, layer_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algorithms.control import Control
    from layers.occurrences import ColumnGuess
    from planner.suitability.results import Correlations
    from planner.suitability.study import SuitabilityStudy

SAMPLED_CELLS = 20_000
"""Cells at which layers are compared before a run."""


@dataclass(frozen=True, slots=True)
class LayerPreview:
    """What layers cover, and how they go together.

    Parameters
    ----------
    cells, known_cells : int
        Cells of the grid, and those that every layer knows.
    layers : tuple of (name, known cells, cells lost because of it alone, alignment)
        One per layer.
    correlations : Correlations
        Of the continuous layers of the model, at cells drawn at random.
    notes : tuple of str
        What should be known before records are lost.
    """

    cells: int
    known_cells: int
    layers: tuple[tuple[str, int, int, str], ...]
    correlations: Correlations
    notes: tuple[str, ...]


def guess_record_columns(path: Path, encoding: str = "", crs: str = "") -> ColumnGuess:
    """Tell what a file of records is taken for, to be confirmed.

    Parameters
    ----------
    path : Path
        The file.
    encoding, crs : str
        As it is to be read; empty where that is to be found out.

    Raises
    ------
    OccurrenceReadError
        The file cannot be recognised; names it and the remedy.
    """
    return guess_columns(path, encoding=encoding or None, crs=crs or None)


def guess_layers(
    paths: Sequence[Path], names: Sequence[str] | None = None
) -> tuple[tuple[Covariate, str], ...]:
    """Tell what rasters are taken for: each layer with the reason of its kind.

    Parameters
    ----------
    paths : sequence of Path
        Rasters.
    names : sequence of str, optional
        What they are called; those of the files by default.

    Raises
    ------
    LayerReadError
        A file cannot be read; names it.
    """
    return tuple(
        (
            Covariate(
                name=names[at] if names is not None else layer_name(guess.source.path),
                path=guess.source.path.absolute().as_posix(),
                kind=guess.source.kind,
            ),
            " ".join((guess.reason, *guess.doubts)),
        )
        for at, guess in enumerate(guess_sources(paths))
    )


def preview_layers(study: SuitabilityStudy, control: Control = NULL_CONTROL) -> LayerPreview:
    """Look at the layers of a study.

    Parameters
    ----------
    study : SuitabilityStudy
        With absolute paths.
    control : Control
        Told the progress; may cancel.

    Raises
    ------
    LayerReadError
        A layer cannot be read.
    """
    context = StudyContext(study, RunFolder(Path.cwd()))
    stack = context.stack
    coverage = stack.coverage(control=PartControl(control, 0.0, 0.7))
    rng = np.random.default_rng([study.seed, 41])
    rows, columns = stack.grid.shape
    count = min(SAMPLED_CELLS, rows * columns)
    cell = np.sort(rng.choice(rows * columns, count, replace=False))
    row, column = np.divmod(cell, columns)
    x, y = context.ground.centres(row, column)
    values = stack.values_at(x, y, control=PartControl(control, 0.7, 1.0))
    known = values[np.isfinite(values).all(axis=1), : context.n_variables]
    sentence = dict(zip(stack.names, (one.sentence for one in stack.alignments), strict=True))
    control.report(1.0)
    return LayerPreview(
        cells=coverage.cells,
        known_cells=coverage.known_cells,
        layers=tuple(
            (layer.name, layer.known_cells, layer.cells_lost_alone, sentence[layer.name])
            for layer in coverage.layers
        ),
        correlations=correlations_of(study.habitat, known),
        notes=coverage.sentences_after(stack.notes),
    )
