"""Measures of an evaluation with their intervals, for people."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from algorithms.control import NULL_CONTROL
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
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from algorithms.arrays import FloatArray
    from algorithms.control import Control
    from algorithms.suitability.evaluation.cross_validation import CrossValidation, FoldResult
    from algorithms.suitability.evaluation.ratings import Weights
    from algorithms.suitability.evaluation.thresholds import Threshold
    from planner.suitability.study import EvaluationSettings

UNKNOWN = Measured(None, None, None)
LEVEL = 0.95
FEWEST_IN_FOLD = 5
"""Presences below which a part has no figures of its own: they would be those of chance."""


UNWEIGHTED: Weights = {"presence_weight": None, "background_weight": None}


class Part(NamedTuple):
    """Ratings of one part of the sample.

    Parameters
    ----------
    at_presences, at_background : (n,), (m,) float64
        Suitability.
    weights : Weights, optional
        What each counts for; 1 by default.
    record : (n,) int64, optional
        Presences of one number are cells of one record; each is one by default.
    """

    at_presences: FloatArray
    at_background: FloatArray
    weights: Weights | None = None
    record: NDArray[np.int64] | None = None

    @property
    def options(self) -> dict[str, FloatArray | None]:
        """Arguments of a measure beside the ratings; none where all count alike."""
        weights = self.weights or UNWEIGHTED
        if weights["presence_weight"] is None and weights["background_weight"] is None:
            return {}
        return {
            "presence_weight": weights["presence_weight"],
            "background_weight": weights["background_weight"],
        }

    @property
    def amount(self) -> float:
        """How many presences these are, by weight."""
        weight = (self.weights or UNWEIGHTED)["presence_weight"]
        return float(len(self.at_presences) if weight is None else weight.sum())

    @property
    def n_records(self) -> int:
        """How many records these are."""
        return len(self.at_presences if self.record is None else np.unique(self.record))

    def drawn(self, rng: np.random.Generator) -> Part:
        """Return the part with as many records drawn from its own, with replacement."""
        weights = self.weights or UNWEIGHTED
        weight = weights["presence_weight"]
        if weight is None:
            chosen = rng.choice(self.at_presences, len(self.at_presences))
            return self._replace(at_presences=chosen)
        record = np.arange(len(weight)) if self.record is None else self.record
        names, member = np.unique(record, return_inverse=True)
        times = np.bincount(rng.integers(len(names), size=len(names)), minlength=len(names))
        return self._replace(
            weights={
                "presence_weight": weight * times[member.ravel()],
                "background_weight": weights["background_weight"],
            }
        )


class EvenRatings(NamedTuple):
    """What models of folds said of an even sample of the area.

    Parameters
    ----------
    predicted : (k,) float64
        By the model that was fitted without the fold; NaN where there is none.
    fold : (k,) int32
        Fold of each point.
    """

    predicted: FloatArray
    fold: NDArray[np.int32]

    @property
    def known(self) -> FloatArray:
        """Ratings of all points that have one."""
        return self.predicted[np.isfinite(self.predicted)]

    def known_in(self, number: int) -> FloatArray:
        """Ratings of the points of a fold that have one."""
        here: FloatArray = self.predicted[(self.fold == number) & np.isfinite(self.predicted)]
        return here


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
    even: EvenRatings | None = None,
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
    even : EvenRatings, optional
        Ratings of an even sample of the area, where the background is none: Boyce index,
        calibration and shares of area are then told against it. The background by default.
    """
    settings, block_km = how
    parts = _parts(tested, fold)
    at_presences, at_background = tested.unseen()
    weights = tested.weights_of_unseen()
    of_presence = weights["presence_weight"]
    of_area = at_background if even is None else even.known
    limits = thresholds(at_presences, at_background, **weights)
    count = settings.bootstraps
    control.report(0.0)
    found = EvaluationFound(
        folds_kind=settings.folds,
        block_km=block_km,
        folds=_folds_found(tested, fold, even),
        auc=resampled(auc, parts, rng, count, (0.0, 1.0)),
        tss=resampled(
            partial(tss_at, threshold=0.0), _above_threshold(parts), rng, count, (-1.0, 1.0)
        ),
        boyce=_boyce(
            (at_presences, of_area, of_presence),
            Bootstrap(rng, n_resamples=count, level=LEVEL, cluster=tested.fold_of_unseen()),
            control,
        ),
        auc_prg=resampled(auc_prg, parts, rng, count, (-np.inf, 1.0)),
        correlation=resampled(correlation, [_pooled(parts)], rng, count, (-1.0, 1.0)),
        calibration=_calibration(at_presences, of_area, of_presence),
        thresholds=tuple(
            ThresholdFound(
                rule=rule,
                value=known(item.value),
                sensitivity=known(item.sensitivity),
                omission=known(item.omission),
                background_share=_share(item, even),
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


def _share(item: Threshold, even: EvenRatings | None) -> float | None:
    """Return the share of the area at a threshold or above it."""
    if even is None:
        return known(item.background_share)
    return float(np.mean(even.known >= item.value)) if len(even.known) else None


def _folds_found(
    tested: CrossValidation, fold: NDArray[np.int32], even: EvenRatings | None
) -> tuple[FoldFound, ...]:
    """Return the figures of the folds, with the Boyce index in the area of each."""
    found = []
    for number, item in zip(np.unique(fold), tested.folds, strict=True):
        boyce = item.boyce
        if even is not None:
            here = np.isfinite(tested.predicted) & (fold == number)
            at_presences = tested.predicted[here & tested.presence]
            weight = tested.points.weights(tested.presence, here)["presence_weight"]
            ground = even.known_in(int(number))
            boyce = _boyce((at_presences, ground, weight), None, NULL_CONTROL).value
        found.append(_fold_found(replace(item, boyce=boyce)))
    return tuple(found)


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


def _parts(tested: CrossValidation, fold: NDArray[np.int32]) -> list[Part]:
    """Return the ratings at presences and background of each fold that has both."""
    rated = np.isfinite(tested.predicted)
    record = tested.points.record
    parts = []
    for number in np.unique(fold):
        here = rated & (fold == number)
        at_presences = tested.predicted[here & tested.presence]
        at_background = tested.predicted[here & ~tested.presence]
        if len(at_presences) and len(at_background):
            parts.append(
                Part(
                    at_presences,
                    at_background,
                    tested.points.weights(tested.presence, here),
                    None if record is None else record[here & tested.presence],
                )
            )
    return parts


def _pooled(parts: list[Part]) -> Part:
    """Return all parts as one."""
    weights = [part.weights or UNWEIGHTED for part in parts]

    def joined(name: Literal["presence_weight", "background_weight"]) -> FloatArray | None:
        given = [weight[name] for weight in weights]
        known_ones = [weight for weight in given if weight is not None]
        return np.concatenate(known_ones) if len(known_ones) == len(given) else None

    records = [part.record for part in parts if part.record is not None]
    return Part(
        np.concatenate([part.at_presences for part in parts]),
        np.concatenate([part.at_background for part in parts]),
        {
            "presence_weight": joined("presence_weight"),
            "background_weight": joined("background_weight"),
        },
        np.concatenate(records) if len(records) == len(parts) else None,
    )


def _above_threshold(parts: list[Part]) -> list[Part]:
    """Return all ratings, each less the threshold that is best for all other parts than its."""
    above = []
    for at, part in enumerate(parts):
        others = [other for number, other in enumerate(parts) if number != at]
        if others:
            pooled = _pooled(others)
            _, threshold = tss(
                pooled.at_presences, pooled.at_background, **(pooled.weights or UNWEIGHTED)
            )
            above.append(
                part._replace(
                    at_presences=part.at_presences - threshold,
                    at_background=part.at_background - threshold,
                )
            )
    return [_pooled(above)] if above else []


def resampled(
    measure: Callable[..., float],
    parts: Sequence[Part | tuple[FloatArray, FloatArray]],
    rng: np.random.Generator,
    count: int,
    limits: tuple[float, float] = (-np.inf, np.inf),
) -> Measured:
    """Return the mean of a measure over parts, each by its presences, with its interval.

    Parameters
    ----------
    measure : callable
        From ratings at presences and at the background or absences to a number; takes
        ``presence_weight`` and ``background_weight`` where parts have them.
    parts : sequence of Part, or of two (n,) float64
        Ratings of each part.
    rng : Generator
        Draws presences anew, within their parts, and all cells of a record together.
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
    whole = [Part(*part) for part in parts]
    value = _mean(measure, whole)
    if value is None:
        return UNKNOWN
    if sum(part.n_records for part in whole) < 3:
        return Measured(value, None, None)
    drawn = [_mean(measure, [part.drawn(rng) for part in whole]) for _ in range(count)]
    figures = np.array([figure for figure in drawn if figure is not None])
    if len(figures) < count / 2:
        return Measured(value, None, None)
    low, high = centred_interval(value, figures, level=LEVEL, limits=limits)
    return Measured(value, low, high)


def _mean(measure: Callable[..., float], parts: list[Part]) -> float | None:
    figures, weights = [], []
    for part in parts:
        try:
            figure = measure(part.at_presences, part.at_background, **part.options)
        except UnevaluableError:
            continue
        if np.isfinite(figure):
            figures.append(figure)
            weights.append(part.amount)
    return float(np.average(figures, weights=weights)) if figures else None


def _boyce(
    ratings: tuple[FloatArray, FloatArray, FloatArray | None],
    bootstrap: Bootstrap | None,
    control: Control,
) -> Measured:
    at_presences, of_area, weight = ratings
    if not len(at_presences) or not len(of_area):
        return UNKNOWN
    try:
        found = continuous_boyce(
            at_presences,
            of_area,
            presence_weight=weight,
            bootstrap=bootstrap,
            control=control,
        )
    except UnevaluableError:
        return UNKNOWN
    if found.interval is None:
        return Measured(found.value, None, None)
    return Measured(found.value, found.interval.low, found.interval.high)


def _calibration(
    at_presences: FloatArray, of_area: FloatArray, weight: FloatArray | None
) -> tuple[CalibrationBin, ...]:
    if not len(of_area):
        return ()
    try:
        found = presence_calibration(at_presences, of_area, presence_weight=weight)
    except UnevaluableError:
        return ()
    return tuple(
        CalibrationBin(
            predicted=known(float(found.predicted[at])),
            observed=known(float(found.observed[at])),
            low=known(float(found.low[at])),
            high=known(float(found.high[at])),
            count=round(float(found.n_presences[at] + found.n_others[at])),
        )
        for at in range(len(found.predicted))
    )
