"""Stage: the model on records that it was not taught, and against models of chance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from algorithms.control import PartControl
from algorithms.suitability.estimator import InsufficientPresencesError
from algorithms.suitability.evaluation.blocks import even_block_size
from algorithms.suitability.evaluation.cross_validation import (
    CountedPoints,
    cross_validate,
)
from algorithms.suitability.evaluation.folds import group_folds, random_folds, spatial_folds
from algorithms.suitability.evaluation.null_model import (
    NullSettings,
    null_model_test,
    random_draw,
)
from algorithms.suitability.evaluation.ratings import UnevaluableError
from planner.pipeline.runner import Step
from planner.suitability.measured import EvaluationFound, NullModelFound, known
from planner.suitability.measures import EvenRatings, no_evaluation, summarised
from planner.suitability.models import (
    load_arrays,
    make_model,
    predicted_with_members,
    save_arrays,
)
from planner.suitability.results import (
    CoverageFound,
    read_result,
    write_result,
)
from planner.suitability.sample_units import record_count, units_of
from planner.suitability.stages import layer_stage, sample_stage
from planner.suitability.stages.sample_stage import Sample
from planner.suitability.tables import write_frame
from resources.translation import mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from algorithms.control import Control
    from algorithms.suitability.estimator import PresenceBackgroundEstimator
    from planner.suitability.context import StudyContext
    from planner.suitability.study import EvaluationSettings

    _FitPredict = Callable[[NDArray[np.bool_], NDArray[np.bool_], Control], NDArray[np.float64]]

STAGE = "evaluate"
RESULT = "evaluation.json"
FOLDS = "folds.npz"
TABLE = "evaluation.csv"
CALIBRATION = "calibration.csv"
_UNSEEN = "unseen_"


def evaluate_step(context: StudyContext) -> Step:
    """Describe the stage."""
    study = context.study
    return Step(
        name=STAGE,
        label=mark("Evaluation"),
        method=4,
        inputs={"sample": context.folder.output_hash(sample_stage.ARRAYS)},
        parameters={
            "model": study.model.model_dump(mode="json"),
            "categorical": list(study.categorical),
            "evaluation": study.evaluation.model_dump(
                mode="json", exclude={"importance_repeats"}
            ),
        },
        outputs=(RESULT, FOLDS, TABLE, CALIBRATION),
    )


def store_evaluation(context: StudyContext, control: Control, _run_id: str) -> None:
    """Evaluate the model and write what was found, with the models of the folds."""
    sample = Sample.read(context)
    found = evaluate(context, sample, context.study.evaluation, control)
    save_arrays(context.folder.file(FOLDS), found.arrays)
    write_result(context.folder.file(RESULT), found.result)
    folds = [
        {
            "part": fold.name,
            "presences": fold.presences,
            "background": fold.background,
            "auc": fold.auc,
            "tss": fold.tss,
            "boyce": fold.boyce,
            "reason": fold.reason,
        }
        for fold in found.result.folds
    ]
    columns = ["part", "presences", "background", "auc", "tss", "boyce", "reason"]
    write_frame(context.folder.file(TABLE), pd.DataFrame(folds, columns=columns))
    bins = [
        (item.predicted, item.observed, item.low, item.high, item.count)
        for item in found.result.calibration
    ]
    write_frame(
        context.folder.file(CALIBRATION),
        pd.DataFrame(
            bins,
            columns=[
                "predicted_relative_to_mean",
                "presences_relative_to_chance",
                "presences_low",
                "presences_high",
                "points",
            ],
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """What an evaluation gave.

    Parameters
    ----------
    result : EvaluationFound
        For people.
    arrays : dict of str to array
        ``predicted`` (n,) float64 and ``fold`` (n,) int32 of the sample, and the state of the
        model of each fold under ``K/NAME``; of an ensemble ``unseen_NAME`` (n,) float64, what
        each member said of points that its model had not seen.
    """

    result: EvaluationFound
    arrays: dict[str, NDArray[np.generic]]


def evaluate(
    context: StudyContext,
    sample: Sample,
    settings: EvaluationSettings,
    control: Control,
) -> Evaluated:
    """Evaluate the model of a study.

    Parameters
    ----------
    context : StudyContext
        The study; its model and seed.
    sample : Sample
        Presences and background.
    settings : EvaluationSettings
        Folds, null models, intervals.
    control : Control
        Told the progress; may cancel.

    Returns
    -------
    Evaluated
        Where the data do not allow it, with the reason in ``result.note``.
    """
    block_km = _block_km(context, sample, settings)
    if record_count(sample) < 2:
        note = "There is no evaluation: it needs two presences at least, one to leave out."
        return Evaluated(no_evaluation(settings.folds, block_km, note), _untested(sample))
    end = 0.5 if settings.null_models else 0.9
    try:
        folds = _folds(context, sample, settings, block_km)
        fold = folds.of_points
        kept = _Kept(sample, folds)
        tested = cross_validate(
            _fit_predict(context, sample, kept),
            sample.presence,
            fold,
            names=folds.names,
            points=_counted(sample),
            control=PartControl(control, 0.0, end),
        )
    except (InsufficientPresencesError, UnevaluableError) as error:
        note = f"There is no evaluation: {error}"
        return Evaluated(no_evaluation(settings.folds, block_km, note), _untested(sample))
    null, note = _null_model(context, sample, settings, fold, PartControl(control, end, 0.9))
    arrays: dict[str, NDArray[np.generic]] = {"predicted": tested.predicted, "fold": fold}
    arrays |= kept.arrays()
    result = summarised(
        tested,
        fold,
        (settings, block_km),
        np.random.default_rng([context.study.seed, 23]),
        PartControl(control, 0.9, 1.0),
        None if sample.even is None else EvenRatings(kept.even, folds.of_even),
    )
    told = replace(
        result,
        null_model=null,
        note=note,
        folds_asked=None if settings.folds == "countries" else settings.count,
        notes=(*_told_folds(result, settings), *_told_ground(context, sample)),
    )
    return Evaluated(told, arrays)


def _told_folds(result: EvaluationFound, settings: EvaluationSettings) -> tuple[str, ...]:
    """Tell how the side of a block was chosen, and why there are fewer parts than asked for."""
    told = []
    if result.block_km and settings.block_km is None:
        told.append(
            f"Blocks of {result.block_km:g} km: the largest, from a tenth of the extent down, "
            "whose presences can be dealt out to the parts evenly."
        )
    made = len(result.folds)
    if settings.folds != "countries" and made < settings.count:
        why = (
            f"only {made} blocks of {result.block_km:g} km hold presences; smaller blocks give "
            "more parts"
            if settings.folds == "blocks"
            else f"there are only {made} presences"
        )
        told.append(f"{settings.count} parts were asked for and {made} made: {why}.")
    return tuple(told)


def _told_ground(context: StudyContext, sample: Sample) -> tuple[str, ...]:
    """Tell what the figures are told against, where it is not one even background."""
    if sample.even is None:
        return ()
    effort = context.study.sampling.background != "uniform"
    drawn = "drawn or weighted by survey effort" if effort else "weighted by the area of cells"
    return (
        f"AUC, TSS, correlation and thresholds are told against the background, {drawn}; the "
        f"Boyce index, calibration and shares of area against {len(sample.even.values):,} "
        "cells drawn evenly by area, which no model learnt from.",
    )


def _counted(sample: Sample) -> CountedPoints:
    """Return what each point of the sample counts for; nothing where each is one."""
    if (sample.weight == 1.0).all() and record_count(sample) == sample.presence.sum():
        return CountedPoints()
    return CountedPoints(sample.weight, sample.record)


@dataclass(frozen=True, slots=True, eq=False)
class _Folds:
    """Fold of each point of the sample and of the even ground, and names of those that it has.

    All cells of a record are in one fold. `names` is None where they are numbered.
    """

    of_points: NDArray[np.int32]
    of_even: NDArray[np.int32]
    names: tuple[str, ...] | None


class _Kept:
    """Models of folds, and what members of them said of points they had not seen."""

    def __init__(self, sample: Sample, folds: _Folds) -> None:
        self.n_points = len(sample.presence)
        self.folds = folds
        self.ground = sample.even
        self.even = np.full(len(folds.of_even), np.nan)
        self.states: dict[int, dict[str, NDArray[np.generic]]] = {}
        self.unseen: dict[str, NDArray[np.float64]] = {}

    def keep(
        self,
        model: PresenceBackgroundEstimator,
        rated: NDArray[np.bool_],
        members: dict[str, NDArray[np.float64]],
    ) -> None:
        """Keep the model that rated some points, (n,) bool, and what its members said."""
        first = int(np.argmax(rated))
        self.states[first] = model.state()
        here = self.folds.of_even == self.folds.of_points[first]
        if self.ground is not None and here.any():
            self.even[here] = model.predict(self.ground.values[here])
        for name, said in members.items():
            whole = self.unseen.setdefault(name, np.full(self.n_points, np.nan))
            whole[rated] = said

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return everything under the names of `Evaluated`."""
        found: dict[str, NDArray[np.generic]] = {
            f"{_UNSEEN}{name}": said for name, said in self.unseen.items()
        }
        for number, first in enumerate(sorted(self.states)):
            for name, values in self.states[first].items():
                found[f"{number}/{name}"] = values
        return found


def _untested(sample: Sample) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of an evaluation that could not be made."""
    return {
        "predicted": np.full(len(sample.presence), np.nan),
        "fold": np.zeros(len(sample.presence), dtype=np.int32),
    }


def _block_km(
    context: StudyContext, sample: Sample, settings: EvaluationSettings
) -> float | None:
    if settings.folds != "blocks":
        return None
    if settings.block_km is not None:
        return settings.block_km
    side_m = max(float(np.ptp(sample.x)), float(np.ptp(sample.y)), 10.0)
    units = units_of(sample)
    x, y = units.x[units.presence], units.y[units.presence]
    if len(x) == 0:
        return round(side_m / 10_000.0, 3)
    coverage = read_result(CoverageFound, context.folder.path / layer_stage.RESULT)
    size_m = even_block_size(
        x, y, largest=side_m / 10.0, least=2.0 * coverage.cell_m, n_folds=settings.count
    )
    return round(max(size_m / 1000.0, 0.001), 3)


def _folds(
    context: StudyContext,
    sample: Sample,
    settings: EvaluationSettings,
    block_km: float | None,
) -> _Folds:
    """Deal records, background and even ground out to folds."""
    rng = np.random.default_rng([context.study.seed, 21])
    units, even = units_of(sample), sample.even
    x, y, country = units.x, units.y, units.country
    if even is not None:
        x, y = np.concatenate([x, even.x]), np.concatenate([y, even.y])
        country = np.concatenate([country, even.country])
    presence = np.zeros(len(x), dtype=np.bool_)
    presence[: len(units.presence)] = units.presence
    names = None
    if settings.folds == "countries":
        found = group_folds(np.where(country == "", "no country", country), presence)
        fold = found.fold
        held = np.unique(fold[: len(units.presence)])
        names = tuple(found.names[number] for number in held)
    elif settings.folds == "random":
        fold = random_folds(presence, n_folds=settings.count, rng=rng)
    else:
        fold = spatial_folds(
            x,
            y,
            presence,
            block_size=(block_km or 1.0) * 1000.0,
            n_folds=settings.count,
            rng=rng,
        )
    return _Folds(fold[units.of], fold[len(units.presence) :], names)


def _fit_predict(
    context: StudyContext,
    sample: Sample,
    kept: _Kept,
) -> _FitPredict:
    """Return what fits a model without a fold and rates it; keeps the models."""

    def fit_predict(
        learn: NDArray[np.bool_], rate: NDArray[np.bool_], part: Control
    ) -> NDArray[np.float64]:
        if not sample.presence[rate].any():
            raise InsufficientPresencesError(
                "no presence lies in it, so no model was fitted without it"
            )
        model = _model_of_kind(context, sample)
        model.fit(
            sample.values[learn],
            sample.presence[learn],
            sample_weight=sample.weight[learn],
            control=PartControl(part, 0.0, 0.9),
        )
        part.report(0.9)
        said, members = predicted_with_members(model, sample.values[rate])
        kept.keep(model, rate, members)
        return said

    return fit_predict


def _model_of_kind(context: StudyContext, sample: Sample) -> PresenceBackgroundEstimator:
    """Return an unfitted model of the kind that the whole sample gets.

    Where a model grows more complex with more presences, that of a fold is as complex as that
    of the whole, so that the folds tell of this model and not of a simpler one.
    """
    model = make_model(context.study, context.pack)
    if "design_presences" in model.get_params(deep=False):
        model.set_params(design_presences=float(sample.weight[sample.presence].sum()))
    return model


def _null_model(
    context: StudyContext,
    sample: Sample,
    settings: EvaluationSettings,
    fold: NDArray[np.int32],
    control: Control,
) -> tuple[NullModelFound | None, str]:
    """Compare the model with models of random presences, on the fold with most presences.

    Returns
    -------
    NullModelFound or None, str
        The comparison, or why there is none where one was asked for.
    """
    if not settings.null_models:
        return None, ""
    try:
        return _compared_with_chance(context, sample, settings, fold, control), ""
    except (InsufficientPresencesError, UnevaluableError) as error:
        return None, f"There are no null models: {error}"


def _compared_with_chance(
    context: StudyContext,
    sample: Sample,
    settings: EvaluationSettings,
    fold: NDArray[np.int32],
    control: Control,
) -> NullModelFound:
    _, first = np.unique(sample.record[sample.presence], return_index=True)
    counts = np.bincount(fold[sample.presence][first])
    held_out = fold == int(np.argmax(counts))

    def fit_rate(rows: NDArray[np.intp], part: Control) -> NDArray[np.float64]:
        taught = ~sample.presence & ~held_out
        values = np.vstack([sample.values[rows], sample.values[taught]])
        presence = np.arange(len(values)) < len(rows)
        own = np.where(sample.presence[rows], sample.weight[rows], 1.0)
        weight = np.concatenate([own, sample.weight[taught]])
        model = _model_of_kind(context, sample)
        model.fit(values, presence, sample_weight=weight, control=part)
        return model.predict(sample.values)

    counted = _counted(sample)
    test = null_model_test(
        fit_rate,
        random_draw(
            sample.presence,
            held_out,
            weight=counted.weight,
            count=record_count(sample, ~held_out),
        ),
        sample.presence,
        held_out,
        NullSettings(
            rng=np.random.default_rng([context.study.seed, 22]),
            n_null=settings.null_models,
            weight=counted.weight,
        ),
        control=control,
    )
    figures = test.null[np.isfinite(test.null)]
    return NullModelFound(
        models=settings.null_models,
        measure="AUC on the part with most presences, left out",
        observed=known(test.observed),
        null_mean=known(float(figures.mean())) if len(figures) else None,
        null_sd=known(float(figures.std(ddof=1))) if len(figures) > 1 else None,
        z=known(test.effect_size),
        p=known(test.p_value),
    )


def member_ratings_of_unseen(context: StudyContext) -> dict[str, NDArray[np.float64]]:
    """Return what each member of an ensemble said of points of folds it had not seen.

    Returns
    -------
    dict of str to (n,) float64
        Of each point of the sample, NaN where no model rated it; empty for a single model, and
        where there is no evaluation.
    """
    stored = load_arrays(context.folder.path / FOLDS)
    return {
        key.removeprefix(_UNSEEN): values.astype(np.float64)
        for key, values in stored.items()
        if key.startswith(_UNSEEN)
    }


def fold_states(context: StudyContext) -> list[dict[str, NDArray[np.generic]]]:
    """Return the state of the model of each fold, as far as there are any."""
    stored = load_arrays(context.folder.path / FOLDS)
    found: dict[int, dict[str, NDArray[np.generic]]] = {}
    for key, values in stored.items():
        number, _, name = key.partition("/")
        if name:
            found.setdefault(int(number), {})[name] = values
    return [found[number] for number in sorted(found)]
