"""Stage: what the model has learnt: response curves with their range, and importance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from algorithms.control import PartControl
from algorithms.suitability.understanding.importance import (
    ImportanceSettings,
    permutation_importance,
)
from algorithms.suitability.understanding.responses import (
    ResponseCurve,
    ResponseSettings,
    response_curves,
)
from planner.pipeline.runner import Step
from planner.suitability.mapped import CurveFound, ImportanceFound
from planner.suitability.measured import known, known_all
from planner.suitability.models import CLASSES
from planner.suitability.results import write_result
from planner.suitability.stages import evaluate_stage, fit_stage, sample_stage
from planner.suitability.stages.evaluate_stage import fold_states
from planner.suitability.stages.sample_stage import Sample
from planner.suitability.tables import write_frame
from resources.translation import mark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.control import Control
    from planner.suitability.context import StudyContext

STAGE = "understand"
RESULT = "understanding.json"
CURVES = "response_curves.csv"
IMPORTANCE = "importance.csv"
_WHOLE_RANGE = 1.0 - 1e-9


@dataclass(frozen=True, slots=True)
class LearntFound:
    """What the model has learnt.

    Parameters
    ----------
    curves : tuple of CurveFound
        One per variable.
    importance : tuple of ImportanceFound
        One per variable, the most important first.
    """

    curves: tuple[CurveFound, ...]
    importance: tuple[ImportanceFound, ...]


def understand_step(context: StudyContext) -> Step:
    """Describe the stage."""
    folder = context.folder
    return Step(
        name=STAGE,
        label=mark("Response curves and importance"),
        method=1,
        inputs={
            "sample": folder.output_hash(sample_stage.ARRAYS),
            "model": folder.output_hash(fit_stage.MODEL),
            "folds": folder.output_hash(evaluate_stage.FOLDS),
        },
        parameters={
            "repeats": context.study.evaluation.importance_repeats,
            "model": context.study.model.kind,
        },
        outputs=(RESULT, CURVES, IMPORTANCE),
    )


def store_understanding(context: StudyContext, control: Control, _run_id: str) -> None:
    """Draw the response curves, shuffle the variables, and write both."""
    sample = Sample.read(context)
    model = fit_stage.read_model(context)
    curves = _curves(context, sample, PartControl(control, 0.0, 0.6))
    importance: tuple[ImportanceFound, ...] = ()
    if sample.presence.any():
        found = permutation_importance(
            model.predict,
            sample.values,
            sample.presence,
            ImportanceSettings(
                np.random.default_rng([context.study.seed, 32]),
                repeats=context.study.evaluation.importance_repeats,
                weight=None if (sample.weight == 1.0).all() else sample.weight,
            ),
            control=PartControl(control, 0.6, 1.0),
        )
        rows = [
            ImportanceFound(
                name=layer.name,
                auc_loss=known(float(found.mean[at])),
                auc_loss_sd=known(float(found.deviation[at])),
                percent=known(float(found.percent[at])),
            )
            for at, layer in enumerate(context.study.habitat)
        ]
        importance = tuple(sorted(rows, key=lambda row: -(row.auc_loss or 0.0)))
    write_result(context.folder.file(RESULT), LearntFound(curves, importance))
    _write_tables(context, curves, importance)
    control.report(1.0)


def _curves(context: StudyContext, sample: Sample, control: Control) -> tuple[CurveFound, ...]:
    """Return the curves of the model, with the range over it and the models of the folds."""
    kind = CLASSES[context.study.model.kind]
    folds = [kind.from_state(state) for state in fold_states(context)]

    def settings() -> ResponseSettings:
        return ResponseSettings(
            np.random.default_rng([context.study.seed, 31]),
            categorical=context.study.categorical,
            level=_WHOLE_RANGE,
        )

    share = 1.0 / (len(folds) + 1)
    model = fit_stage.read_model(context)
    middle = response_curves(
        [model.predict],
        sample.values,
        sample.presence,
        settings(),
        control=PartControl(control, 0.0, share),
    )
    band = (
        response_curves(
            [model.predict, *(item.predict for item in folds)],
            sample.values,
            sample.presence,
            settings(),
            control=PartControl(control, share, 1.0),
        )
        if len(folds) > 1
        else middle
    )
    names = [layer.name for layer in context.study.habitat]
    return tuple(
        _curve(names[curve.column], curve, around)
        for curve, around in zip(middle, band, strict=True)
    )


def _curve(name: str, curve: ResponseCurve, band: ResponseCurve) -> CurveFound:
    return CurveFound(
        name=name,
        kind="categorical" if curve.categorical else "continuous",
        values=tuple(float(value) for value in curve.values),
        mean=known_all(curve.mean),
        low=known_all(band.low),
        high=known_all(band.high),
        presences=known_all(_relative(curve.presence_density)),
        background=known_all(_relative(curve.background_density)),
        supported=tuple(bool(value) for value in curve.supported),
    )


def _relative(density: NDArray[np.float64]) -> NDArray[np.float64]:
    top = float(np.nanmax(density, initial=0.0))
    return density / top if top > 0.0 else density


def _write_tables(
    context: StudyContext,
    curves: tuple[CurveFound, ...],
    importance: tuple[ImportanceFound, ...],
) -> None:
    frames = [
        pd.DataFrame(
            {
                "layer": curve.name,
                "value": curve.values,
                "suitability": curve.mean,
                "low": curve.low,
                "high": curve.high,
                "presence_density": curve.presences,
                "background_density": curve.background,
                "supported": curve.supported,
            }
        )
        for curve in curves
    ]
    write_frame(context.folder.file(CURVES), pd.concat(frames, ignore_index=True))
    columns = ["layer", "auc_loss", "auc_loss_sd", "percent"]
    rows = [(item.name, item.auc_loss, item.auc_loss_sd, item.percent) for item in importance]
    write_frame(context.folder.file(IMPORTANCE), pd.DataFrame(rows, columns=columns))
