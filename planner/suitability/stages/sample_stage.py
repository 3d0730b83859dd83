"""Stage: from records to presences, and a background to compare them with."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from algorithms.control import PartControl
from algorithms.suitability.estimator import MINIMUM_PRESENCES
from algorithms.suitability.understanding.collinearity import (
    correlation_matrix,
    variance_inflation,
)
from layers.occurrences.rules import REMEDIES, TITLES, Reason
from layers.raster import write_cog
from planner.pipeline.runner import Step
from planner.suitability.errors import StudyError
from planner.suitability.measured import known_all
from planner.suitability.models import load_arrays, save_arrays
from planner.suitability.results import (
    Correlations,
    CountryEffort,
    SampleFound,
    write_result,
)
from planner.suitability.sample_units import units_of
from planner.suitability.stages import layer_stage, record_stage
from planner.suitability.stages.background import Background, draw_background
from planner.suitability.stages.presences import Presences, place_records
from planner.suitability.tables import write_frame
from resources.translation import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from algorithms.control import Control
    from planner.suitability.context import StudyContext
    from planner.suitability.results import RecordsFound
    from planner.suitability.study import Covariate

STAGE = "sample"
RESULT = "sample.json"
ARRAYS = "sample.npz"
PRESENCES = "presences.csv"
BACKGROUND = "background.csv"
EFFORT = "effort.csv"
EFFORT_MAP = "rasters/effort.tif"


@dataclass(frozen=True, slots=True, eq=False)
class EvenGround:
    """Cells drawn evenly by area, to hold a model against that learnt from another background.

    Parameters
    ----------
    values : (k, p) float64
        Layers of the model.
    x, y : (k,) float64
        Metres of the plane of the sample.
    country : (k,) str
        As in the sample.
    """

    values: NDArray[np.float64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    country: NDArray[np.str_]


class Sample:
    """What the model learns from; presences first. Every array has one entry per point.

    Parameters
    ----------
    arrays : mapping of str to array
        ``values`` (n, p) float64, ``presence`` (n,) bool, ``weight`` (n,) float64, ``record``
        (n,) int64 that tells which record a presence stands for, -1 of background, ``x`` and
        ``y`` (n,) float64 in metres of an equal-area plane, ``country`` (n,) str. Where the
        background is no even sample of the area, the same of cells that are one under
        ``even_values``, ``even_x``, ``even_y`` and ``even_country``; no model learns from them.
    """

    def __init__(self, arrays: dict[str, NDArray[np.generic]]) -> None:
        self.values = np.asarray(arrays["values"], dtype=np.float64)
        self.presence = np.asarray(arrays["presence"], dtype=np.bool_)
        self.weight = np.asarray(arrays["weight"], dtype=np.float64)
        self.record = np.asarray(arrays["record"], dtype=np.int64)
        self.x = np.asarray(arrays["x"], dtype=np.float64)
        self.y = np.asarray(arrays["y"], dtype=np.float64)
        self.country = np.asarray(arrays["country"], dtype=np.str_)

        self.even = (
            EvenGround(
                np.asarray(arrays["even_values"], dtype=np.float64),
                np.asarray(arrays["even_x"], dtype=np.float64),
                np.asarray(arrays["even_y"], dtype=np.float64),
                np.asarray(arrays["even_country"], dtype=np.str_),
            )
            if "even_values" in arrays
            else None
        )

    @classmethod
    def read(cls, context: StudyContext) -> Sample:
        """Read what the stage wrote.

        Raises
        ------
        RunError
            The stage was not run, or its file was altered.
        """
        return cls(load_arrays(context.folder.path / ARRAYS))


def sample_step(context: StudyContext) -> Step:
    """Describe the stage."""
    study, folder = context.study, context.folder
    outputs = [RESULT, ARRAYS, PRESENCES, BACKGROUND, EFFORT]
    if study.sampling.background != "uniform":
        outputs.append(EFFORT_MAP)
    return Step(
        name=STAGE,
        label=mark("Presences and background"),
        method=3,
        inputs={
            "records": folder.output_hash(record_stage.ARRAYS),
            "covariates": folder.output_hash(layer_stage.RESULT),
            "known_cells": folder.output_hash(layer_stage.MASK),
            "pack": context.pack.content_hash,
        },
        parameters={
            **study.sampling.model_dump(mode="json", exclude={"target_group"}),
            "model": study.model.kind,
        },
        outputs=outputs,
    )


def store_sample(context: StudyContext, control: Control, _run_id: str) -> None:
    """Draw presences and background, and write them with what was left out.

    Raises
    ------
    StudyError
        Too few presences are left; tells where they went.
    """
    mask = layer_stage.read_known_cells(context)
    presences = place_records(context, mask, PartControl(control, 0.0, 0.4))
    _refuse_too_few(context, presences)
    background = draw_background(context, mask, presences, PartControl(control, 0.4, 0.8))
    arrays = _arrays(context, presences, background, PartControl(control, 0.8, 0.95))
    save_arrays(context.folder.file(ARRAYS), arrays)
    sample = Sample(arrays)
    _write_tables(context, presences, background, sample)
    _write_effort(context, background)
    write_result(context.folder.file(RESULT), _result(context, presences, background, sample))
    control.report(1.0)


def _refuse_too_few(context: StudyContext, presences: Presences) -> None:
    """Tell where the records went, where too few are left for the model."""
    if presences.count >= MINIMUM_PRESENCES or context.study.model.kind == "expert":
        return
    records = record_stage.read_records_found(context)
    reasons = ", ".join(
        f"{TITLES.get(code, code.replace('_', ' '))}: {count:,}"
        for code, count in records.by_reason.items()
    )
    went = [
        (records.rejected, f"rejected by the checks ({reasons})"),
        (presences.outside, "outside the layers"),
        (presences.without_values, "where a layer has no value"),
        (presences.too_uncertain, "at a place less sure than a cell is wide"),
        (presences.same_cell, "in a cell that has one already"),
        (presences.thinned, "thinned out"),
    ]
    told = ", ".join(f"{count:,} {what}" for count, what in went if count)
    left = "No presence is" if not presences.count else "One presence alone is"
    raise StudyError(
        f"{left} left to learn from: {records.read:,} "
        f"{'record was' if records.read == 1 else 'records were'} read"
        f"{f', of which {told}' if told else ''}. rejected.csv in {context.folder.path} tells "
        f"the reason of each. {_remedy(presences, records)}"
    )


def _remedy(presences: Presences, records: RecordsFound) -> str:
    if records.rejected and not records.kept:
        worst = next(iter(records.by_reason))
        if worst in tuple(Reason):
            return REMEDIES[Reason(worst)]
    if presences.outside:
        return "Choose layers that cover the records, or check the coordinate system of both."
    if presences.without_values:
        return "Leave out the layer with gaps, or let records move with snap_km."
    return "Add records, or use the expert index (--model expert), which needs none."


def _arrays(
    context: StudyContext, presences: Presences, background: Background, control: Control
) -> dict[str, NDArray[np.generic]]:
    rows = np.concatenate([presences.row, background.row]).astype(np.int64)
    columns = np.concatenate([presences.column, background.column]).astype(np.int64)
    arrays: dict[str, NDArray[np.generic]] = {
        **_at_cells(context, rows, columns, PartControl(control, 0.0, 0.6)),
        "presence": np.arange(len(rows)) < len(presences.row),
        "weight": np.concatenate([presences.weight, background.weight]),
        "record": np.concatenate([presences.record, np.full(len(background.row), -1)]),
    }
    if background.even is not None:
        even = _at_cells(context, *background.even, PartControl(control, 0.6, 1.0))
        arrays |= {f"even_{name}": found for name, found in even.items()}
    return arrays


def _at_cells(
    context: StudyContext,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    control: Control,
) -> dict[str, NDArray[np.generic]]:
    """Return what is known of cells, and where they lie."""
    x, y = context.ground.centres(rows, columns)
    x_m, y_m = context.ground.metres(x, y)
    values = context.stack.values_at(x, y, control=control)[:, : context.n_variables]
    return {
        "values": values,
        "x": x_m,
        "y": y_m,
        "row": rows,
        "column": columns,
        "country": context.countries_at(x, y),
    }


def _write_effort(context: StudyContext, background: Background) -> None:
    """Write the effort of each country, and the map of it where it is not even."""
    columns = [item.name for item in fields(CountryEffort)]
    frame = pd.DataFrame([asdict(item) for item in background.effort], columns=columns)
    write_frame(context.folder.file(EFFORT), frame)
    if background.surface is not None:
        write_cog(
            context.folder.file(EFFORT_MAP),
            background.surface,
            context.grid,
            tags={"species": context.study.species, "quantity": "survey effort", "unit": "1"},
        )


def _write_tables(
    context: StudyContext, presences: Presences, background: Background, sample: Sample
) -> None:
    names = [layer.name for layer in context.study.habitat]
    n = len(presences.row)
    for path, part, place in (
        (PRESENCES, slice(0, n), presences),
        (BACKGROUND, slice(n, None), background),
    ):
        x, y = context.ground.centres(place.row.astype(np.int64), place.column.astype(np.int64))
        frame = pd.DataFrame(
            {
                "x": x,
                "y": y,
                "row": place.row,
                "column": place.column,
                "country": sample.country[part],
                "weight": sample.weight[part],
            }
        )
        if place is presences:
            frame.insert(0, "source", presences.source)
            frame.insert(1, "line", presences.line)
        for at, name in enumerate(names):
            frame[name] = sample.values[part, at]
        write_frame(context.folder.file(path), frame)


def _result(
    context: StudyContext, presences: Presences, background: Background, sample: Sample
) -> SampleFound:
    units = units_of(sample)
    at_presences = units.country[units.presence]
    return SampleFound(
        records=presences.records,
        outside=presences.outside,
        without_values=presences.without_values,
        too_uncertain=presences.too_uncertain,
        same_cell=presences.same_cell,
        thinned=presences.thinned,
        snapped=presences.snapped,
        spread=presences.spread,
        presences=presences.count,
        background=int((~sample.presence).sum()),
        background_wanted=context.study.sampling.points,
        presences_by_country=dict(sorted(Counter(at_presences.tolist()).items())),
        effort=background.effort,
        correlations=correlations_of(context.study.habitat, sample.values[~sample.presence]),
        notes=(*presences.notes, *background.notes, *_classes_unseen(context, sample)),
    )


def _classes_unseen(context: StudyContext, sample: Sample) -> tuple[str, ...]:
    """Tell classes that stand in the background and at no presence."""
    told = []
    for at in context.study.categorical:
        name = context.study.habitat[at].name
        here = set(sample.values[sample.presence, at].tolist())
        alone = sorted(set(sample.values[~sample.presence, at].tolist()) - here)
        if alone:
            listed = ", ".join(f"{code:g}" for code in alone[:12])
            told.append(
                f"{len(alone)} classes of {name} are in the background and at no presence: "
                f"{listed}{' and more' if len(alone) > 12 else ''}."
            )
    return tuple(told)


def correlations_of(layers: Sequence[Covariate], values: NDArray[np.float64]) -> Correlations:
    """Return how the continuous layers go together.

    Parameters
    ----------
    layers : sequence of Covariate
        One per column.
    values : (n, p) float64
        Finite values of the layers at the background.
    """
    kept = [at for at, layer in enumerate(layers) if layer.kind == "continuous"]
    if not kept or len(values) < 3:
        return Correlations((), (), (), ())
    used = values[:, kept]
    return Correlations(
        tuple(layers[at].name for at in kept),
        tuple(known_all(row) for row in correlation_matrix(used)),
        tuple(known_all(row) for row in correlation_matrix(used, kind="pearson")),
        known_all(variance_inflation(used)),
    )
