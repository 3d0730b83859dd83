"""Stage: the layers on the grid of the study, what they cover, and where all are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import PartControl
from layers.covariates.stated import stated_texts
from planner.pipeline.runner import Step
from planner.suitability.errors import StudyError
from planner.suitability.measured import known
from planner.suitability.models import load_arrays, save_arrays
from planner.suitability.results import (
    CoverageFound,
    LayerFound,
    write_result,
)
from resources.translation import mark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.control import Control
    from layers.covariates import LayerCoverage
    from planner.suitability.context import StudyContext
    from planner.suitability.study import Covariate

STAGE = "covariates"
RESULT = "covariates.json"
MASK = "known_cells.npz"


def layer_step(context: StudyContext) -> Step:
    """Describe the stage."""
    study = context.study
    return Step(
        name=STAGE,
        label=mark("Layers and what they cover"),
        method=3,
        inputs={"layers": context.layer_hashes},
        parameters={
            "layers": [
                layer.model_dump(mode="json", exclude={"path"}) for layer in study.covariates
            ],
            "grid": study.grid.model_dump(mode="json"),
        },
        outputs=(RESULT, MASK),
    )


def store_layers(context: StudyContext, control: Control, _run_id: str) -> None:
    """Look at every cell of every layer, and write what they cover.

    Raises
    ------
    NoCoverageError
        No cell is known in every layer.
    LayerReadError
        A layer cannot be read.
    StudyError
        The value of a disturbance without people is neither stated nor 0.
    """
    stack = context.stack
    coverage = stack.coverage(control=PartControl(control, 0.0, 0.5))
    coverage.require_known()
    mask = _known_cells(context, PartControl(control, 0.5, 1.0))
    save_arrays(
        context.folder.file(MASK),
        {"packed": np.packbits(mask), "shape": np.array(mask.shape)},
    )
    alignment = dict(zip(stack.names, stack.alignments, strict=True))
    of_layer = {layer.name: layer for layer in coverage.layers}
    height, width = context.grid.cell_size
    result = CoverageFound(
        crs=context.grid.crs,
        bounds=context.grid.bounds,
        cell_size=(height, width),
        cell_m=context.ground.cell_m,
        shape=context.grid.shape,
        known_cells=coverage.known_cells,
        layers=tuple(
            _layer(context, layer, of_layer[layer.name], alignment[layer.name].sentence)
            for layer in context.study.covariates
        ),
        notes=coverage.sentences_after(stack.notes),
    )
    write_result(context.folder.file(RESULT), result)
    control.report(1.0)


def _layer(
    context: StudyContext, layer: Covariate, found: LayerCoverage, alignment: str
) -> LayerFound:
    stated = stated_texts(context.layer_path(layer.path), layer.band)
    return LayerFound(
        name=layer.name,
        kind=layer.kind,
        role=layer.role,
        path=layer.path,
        sha256=context.layer_hashes[layer.name],
        alignment=alignment,
        known_cells=found.known_cells,
        lost_alone=found.cells_lost_alone,
        lowest=known(found.minimum),
        highest=known(found.maximum),
        title=layer.title or stated.title,
        unit=layer.unit or stated.unit,
        source=layer.source or stated.source,
        licence=layer.licence or stated.licence,
        resolution=layer.resolution or stated.resolution,
        undisturbed=_undisturbed(layer, known(found.minimum)),
    )


def _undisturbed(layer: Covariate, lowest: float | None) -> float | None:
    """Return the value of a disturbance without people; None for other layers.

    Raises
    ------
    StudyError
        It is not stated, and the lowest value is not 0, so that nobody can tell whether people
        are where the layer is high, as with a density, or low, as with a distance.
    """
    if layer.role != "disturbance":
        return None
    if layer.undisturbed is not None:
        return layer.undisturbed
    if lowest == 0.0 and "distance" not in layer.name.casefold():
        return 0.0
    why = (
        "its name speaks of a distance, which is lowest at people"
        if lowest == 0.0
        else f"its lowest value is {'unknown' if lowest is None else f'{lowest:g}'}, not 0"
    )
    raise StudyError(
        f"The layer {layer.name} stands for people, and its value without them is not stated; "
        f"it cannot be guessed, for {why}. State it with --disturbance {layer.name}=VALUE, as "
        "“Value without people” of the layer in the window, or as `undisturbed` in the study: "
        "0 for a density of roads, a great distance for a distance to them."
    )


def _known_cells(context: StudyContext, control: Control) -> NDArray[np.bool_]:
    """Return the cells where every layer has a value, (rows, columns)."""
    stack = context.stack
    mask = np.zeros(context.grid.shape, dtype=np.bool_)
    with stack.reader() as reader:
        for done, tile in enumerate(stack.plan):
            control.report(done / len(stack.plan))
            values = reader.read(tile)
            rows = slice(tile.row, tile.row + tile.height)
            columns = slice(tile.column, tile.column + tile.width)
            mask[rows, columns] = np.isfinite(values).all(axis=0)
    return mask


def read_known_cells(context: StudyContext) -> NDArray[np.bool_]:
    """Read the cells where every layer has a value, (rows, columns).

    Raises
    ------
    RunError
        The stage was not run, or its file was altered.
    """
    stored = load_arrays(context.folder.path / MASK)
    rows, columns = (int(size) for size in stored["shape"])
    packed = stored["packed"].astype(np.uint8)
    return np.unpackbits(packed, count=rows * columns).reshape(rows, columns).astype(np.bool_)
