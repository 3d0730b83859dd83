"""Measures of an evaluation with their intervals, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.suitability.evaluation.boyce import Bootstrap, continuous_boyce
from algorithms.suitability.evaluation.calibration import presence_calibration
from algorithms.suitability.evaluation.discrimination import (
    auc,
    auc_prg,
    correlation,
    tss,
    tss_at,
)
from algorithms.suitability.evaluation.intervals import centred_interval
from algorithms.suitability.evaluation.ratings import UnevaluableError
from algorithms.suitability.evaluation.thresholds import thresholds
from planner.suitability.measured import (
    CalibrationBin,
    EvaluationFound,
    FoldFound,
    Measured,
    ThresholdFound,
    known,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from algorithms.control import Control
    from algorithms.suitability.evaluation.cross_validation import CrossValidation, FoldResult
    from planner.suitability.study import EvaluationSettings

UNKNOWN = Measured(None, None, None)
LEVEL = 0.95
FEWEST_IN_FOLD = 5
"""Presences below which a part has no figures of its own: they would be those of chance."""


def no_evaluation(kind: str, block_km: float | None, note: str) -> EvaluationFound:
    """Return an evaluation that says why there is none."""
    return EvaluationFound(
        folds_kind=kind,
        block_km=block_km,
        folds=(),
        auc=UNKNOWN,
        tss=UNKNOWN,
        boyce=UNKNOWN,
        auc_prg=UNKNOWN,
        correlation=UNKNOWN,
        calibration=(),
        thresholds=(),
        null_model=None,
        note=note,
    )


def summarised(
    tested: CrossValidation,
    fold: NDArray[np.int32],
    how: tuple[EvaluationSettings, float | None],
    rng: np.random.Generator,
    control: Control,
) -> EvaluationFound:
    """Summarise a cross-validation.

    AUC and the area under precision-recall gain are means over the folds with presences and
    background, each fold counting by its presences. The TSS is pooled: every left-out point is
    judged at the threshold that is best on the other folds, and so is that of a single fold;
    the best TSS, which no new data will reach, belongs to the thresholds alone. A fold of fewer
    than `FEWEST_IN_FOLD` presences has no figures of its own. Boyce index, correlation,
    calibration and thresholds are over all ratings for left-out points. The interval of the
    Boyce index draws whole folds anew, for neighbours do not bear witness independently; the
    others draw presences within their folds. All are percentiles around the value.

    Parameters
    ----------
    tested : CrossValidation
        What the models said of points they had not seen.
    fold : (n,) int32
        Fold of each point.
    how : EvaluationSettings and float or None
        Settings, and the side of a block in km.
    rng : Generator
        For the intervals.
    control : Control
        Told the progress; may cancel.
    """
    settings, block_km = how
    parts = _parts(tested, fold)
    at_presences, at_background = tested.unseen()
    limits = thresholds(at_presences, at_background)
    count = settings.bootstraps
    control.report(0.0)
    found = EvaluationFound(
        folds_kind=settings.folds,
        block_km=block_km,
        folds=tuple(_fold_found(item) for item in tested.folds),
        auc=resampled(auc, parts, rng, count, (0.0, 1.0)),
        tss=resampled(
            lambda p, b: tss_at(p, b, 0.0), _above_threshold(parts), rng, count, (-1.0, 1.0)
        ),
        boyce=_boyce(
            (at_presences, at_background),
            Bootstrap(rng, n_resamples=count, level=LEVEL, cluster=tested.fold_of_unseen()),
            control,
        ),
        auc_prg=resampled(auc_prg, parts, rng, count, (-np.inf, 1.0)),
        correlation=resampled(
            correlation, [(at_presences, at_background)], rng, count, (-1.0, 1.0)
        ),
        calibration=_calibration(at_presences, at_background),
        thresholds=tuple(
            ThresholdFound(
                rule=rule,
                value=known(item.value),
                sensitivity=known(item.sensitivity),
                omission=known(item.omission),
                background_share=known(item.background_share),
            )
            for rule, item in (
                ("max_tss", limits.max_tss),
                ("p10", limits.p10),
                ("minimum_presence", limits.minimum_presence),
            )
        ),
        null_model=None,
        note="",
    )
    control.report(1.0)
    return found


def _fold_found(item: FoldResult) -> FoldFound:
    """Return the figures of a fold, or why it has none."""
    few = 0 < item.n_presences < FEWEST_IN_FOLD
    reason = item.reason
    if few:
        reason = f"too few presences for figures of its own ({item.n_presences})"
    return FoldFound(
        name=item.name,
        presences=item.n_presences,
        background=item.n_background,
        auc=None if few else item.auc,
        tss=None if few else item.tss,
        boyce=None if few else item.boyce,
        reason=reason,
    )


def _parts(
    tested: CrossValidation, fold: NDArray[np.int32]
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return the ratings at presences and background of each fold that has both."""
    rated = np.isfinite(tested.predicted)
    parts = []
    for number in np.unique(fold):
        here = rated & (fold == number)
        at_presences = tested.predicted[here & tested.presence]
        at_background = tested.predicted[here & ~tested.presence]
        if len(at_presences) and len(at_background):
            parts.append((at_presences, at_background))
    return parts


def _above_threshold(
    parts: list[tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return all ratings, each less the threshold that is best for all other parts than its."""
    above = []
    for at, (at_presences, at_background) in enumerate(parts):
        others = [part for number, part in enumerate(parts) if number != at]
        if others:
            _, threshold = tss(*(np.concatenate(one) for one in zip(*others, strict=True)))
            above.append((at_presences - threshold, at_background - threshold))
    if not above:
        return []
    presences, background = zip(*above, strict=True)
    return [(np.concatenate(presences), np.concatenate(background))]


def resampled(
    measure: Callable[[NDArray[np.float64], NDArray[np.float64]], float],
    parts: list[tuple[NDArray[np.float64], NDArray[np.float64]]],
    rng: np.random.Generator,
    count: int,
    limits: tuple[float, float] = (-np.inf, np.inf),
) -> Measured:
    """Return the mean of a measure over parts, each by its presences, with its interval.

    Parameters
    ----------
    measure : callable
        From ratings at presences and at the background or absences to a number.
    parts : list of two (n,) float64
        Ratings of each part.
    rng : Generator
        Draws presences anew, within their parts.
    count : int
        How often.
    limits : two floats
        Lowest and highest number that the measure can be.

    Returns
    -------
    Measured
        Unknown where no part has a number, without an interval where there are fewer than
        three presences.
    """
    value = _mean(measure, parts)
    if value is None:
        return UNKNOWN
    if sum(len(part[0]) for part in parts) < 3:
        return Measured(value, None, None)
    drawn = [
        _mean(measure, [(rng.choice(p, len(p)), b) for p, b in parts]) for _ in range(count)
    ]
    figures = np.array([figure for figure in drawn if figure is not None])
    if len(figures) < count / 2:
        return Measured(value, None, None)
    low, high = centred_interval(value, figures, level=LEVEL, limits=limits)
    return Measured(value, low, high)


def _mean(
    measure: Callable[[NDArray[np.float64], NDArray[np.float64]], float],
    parts: list[tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> float | None:
    figures, weights = [], []
    for at_presences, at_background in parts:
        try:
            figure = measure(at_presences, at_background)
        except UnevaluableError:
            continue
        if np.isfinite(figure):
            figures.append(figure)
            weights.append(len(at_presences))
    return float(np.average(figures, weights=weights)) if figures else None


def _boyce(
    ratings: tuple[NDArray[np.float64], NDArray[np.float64]],
    bootstrap: Bootstrap,
    control: Control,
) -> Measured:
    try:
        found = continuous_boyce(*ratings, bootstrap=bootstrap, control=control)
    except UnevaluableError:
        return UNKNOWN
    if found.interval is None:
        return Measured(found.value, None, None)
    return Measured(found.value, found.interval.low, found.interval.high)


def _calibration(
    at_presences: NDArray[np.float64], at_background: NDArray[np.float64]
) -> tuple[CalibrationBin, ...]:
    try:
        found = presence_calibration(at_presences, at_background)
    except UnevaluableError:
        return ()
    return tuple(
        CalibrationBin(
            predicted=known(float(found.predicted[at])),
            observed=known(float(found.observed[at])),
            low=known(float(found.low[at])),
            high=known(float(found.high[at])),
            count=int(found.n_presences[at] + found.n_others[at]),
        )
        for at in range(len(found.predicted))
    )
