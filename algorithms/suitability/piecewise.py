"""A fitted Maxent model as one function per variable and a sum of products.

Every feature but a product depends on one variable. All features of a variable add up to one
function that is a polynomial of second degree between two knots, so that its value is a look-up
and two multiplications, however many features are in the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algorithms.compiled import compiled
from algorithms.connectivity.threads import in_threads
from algorithms.suitability.features import CATEGORY, HINGE, LINEAR, PRODUCT, QUADRATIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from algorithms.arrays import FloatArray
    from algorithms.control import Control
    from algorithms.suitability.features import FeatureSet

_SPAN_ROWS = 65_536
_BLOCK_ROWS = 512
_PADDING = 8
"""Keeps the same row of two variables off the same line of the cache."""
_MOST_BUCKETS = 4096


class _BucketTable(NamedTuple):
    scale: float
    below: NDArray[np.int32]
    most: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Range of the sample, outside which values are taken as the nearest inside.

    Attributes
    ----------
    variable_low, variable_high : (p,) float64
        Range of each variable; infinite where it is not limited.
    feature_low, feature_high : (k,) float64
        Range of each feature of the model; infinite where it is not limited.
    """

    variable_low: FloatArray
    variable_high: FloatArray
    feature_low: FloatArray
    feature_high: FloatArray


class PiecewiseModel(NamedTuple):
    """The sum of all features times their coefficients, ready for many points.

    Attributes
    ----------
    variable_low, variable_high : (p,) float64
        Values outside are taken as the nearest inside.
    used : (u,) int64
        Variables that have a function of their own.
    start : (u + 1,) int64
        Number of knots of the used variables before each.
    knot : (k + u,) float64
        Knots, rising within a variable, with infinity after its last. Left of its first knot
        the first piece holds, from the last knot on the last. What belongs to the i-th used
        variable begins at ``start[i] + i``.
    piece : (k + u, 4) float64
        Origin o and coefficients a, b, c of ``a + b (x - o) + c (x - o)²``.
    bucket_start, bucket_scale : (u,) float64
        First knot, and buckets per unit, of the table that finds a piece.
    bucket : (b,) int32
        Number of knots in the buckets before each.
    in_bucket : (u,) int64
        Most knots in one bucket.
    bucket_offset : (u + 1,) int64
        Where the buckets of each used variable begin.
    pair : (q, 2) int64
        Variables of each product.
    product : (q, 3) float64
        Coefficient, least and greatest value of each product.
    """

    variable_low: FloatArray
    variable_high: FloatArray
    used: NDArray[np.int64]
    start: NDArray[np.int64]
    knot: FloatArray
    piece: FloatArray
    bucket_start: FloatArray
    bucket_scale: FloatArray
    bucket: NDArray[np.int32]
    bucket_offset: NDArray[np.int64]
    in_bucket: NDArray[np.int64]
    pair: NDArray[np.int64]
    product: FloatArray

    def evaluate(
        self,
        values: FloatArray,
        transform: Callable[[FloatArray], FloatArray],
        control: Control,
    ) -> FloatArray:
        """Return what a transform makes of the sum at points, on all cores.

        Parameters
        ----------
        values : (n, p) float64
            Variables at the points, finite and contiguous.
        transform : callable
            Given sums without the intercept (k,), returns as many numbers.
        control : Control
            Told the share of the points done; may cancel.

        Returns
        -------
        (n,) float64
        """
        total = np.empty(len(values))
        spans = [
            slice(first, first + _SPAN_ROWS) for first in range(0, len(values), _SPAN_ROWS)
        ]
        if len(spans) == 1:
            _evaluate(self, values, total)
            return transform(total)

        def evaluate_span(span: slice, _control: Control) -> None:
            _evaluate(self, values[span], total[span])
            total[span] = transform(total[span])

        for _ in in_threads([partial(evaluate_span, span) for span in spans], control):
            pass
        return total


def collapse(features: FeatureSet, coefficient: FloatArray, limits: Limits) -> PiecewiseModel:
    """Add up the features of each variable.

    Parameters
    ----------
    features : FeatureSet
        The k features of the model.
    coefficient : (k,) float64
        Their coefficients.
    limits : Limits
        Range of the sample.

    Returns
    -------
    PiecewiseModel
        The same function, to rounding.
    """
    single = features.kind != PRODUCT
    used = np.unique(features.first[single])
    functions = [
        _function_of(features, coefficient, limits, np.flatnonzero(single & own))
        for own in (features.first == variable for variable in used)
    ]
    tables = [_bucket_table(knots) for knots, _ in functions]
    endless = np.array([np.inf])
    paired = np.flatnonzero(~single)
    return PiecewiseModel(
        variable_low=limits.variable_low,
        variable_high=limits.variable_high,
        used=used.astype(np.int64),
        start=_offsets(len(knots) for knots, _ in functions),
        knot=_joined([np.append(knots, endless) for knots, _ in functions]),
        piece=_joined([pieces for _, pieces in functions]).reshape(-1, 4),
        bucket_start=np.array([knots[0] if len(knots) else 0.0 for knots, _ in functions]),
        bucket_scale=np.array([table.scale for table in tables], dtype=np.float64),
        bucket=np.concatenate(
            [np.empty(0, dtype=np.int32), *(table.below for table in tables)]
        ),
        bucket_offset=_offsets(len(table.below) for table in tables),
        in_bucket=np.array([table.most for table in tables], dtype=np.int64),
        pair=np.column_stack([features.first[paired], features.second[paired]]),
        product=np.column_stack(
            [coefficient[paired], limits.feature_low[paired], limits.feature_high[paired]]
        ),
    )


def _offsets(lengths: Iterable[int]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(list(lengths), dtype=np.int64)]).astype(np.int64)


def _joined(parts: list[FloatArray]) -> FloatArray:
    return np.concatenate([part.ravel() for part in parts]) if parts else np.empty(0)


def _function_of(
    features: FeatureSet,
    coefficient: FloatArray,
    limits: Limits,
    own: NDArray[np.intp],
) -> tuple[FloatArray, FloatArray]:
    """Return knots (k,) and pieces (k + 1, 4) of the function of one variable."""
    contributions = [
        _pieces_of(
            int(features.kind[i]),
            float(features.low[i]),
            float(features.high[i]),
            (float(limits.feature_low[i]), float(limits.feature_high[i])),
        )
        for i in own
    ]
    knots = np.unique(np.concatenate([[], *(knots for knots, _ in contributions)]))
    origin = np.concatenate([knots[:1], knots]) if len(knots) else np.zeros(1)
    pieces = np.zeros((len(knots) + 1, 4))
    pieces[:, 0] = origin
    for (own_knots, polynomials), weight in zip(contributions, coefficient[own], strict=True):
        place = np.searchsorted(own_knots, knots, side="right")
        place = np.concatenate([[0], place]).astype(np.intp)
        a, b, c = np.array(polynomials)[place].T
        pieces[:, 1] += weight * (a + b * origin + c * origin**2)
        pieces[:, 2] += weight * (b + 2.0 * c * origin)
        pieces[:, 3] += weight * c
    return knots, pieces


def _pieces_of(
    kind: int, low: float, high: float, bounds: tuple[float, float]
) -> tuple[list[float], list[tuple[float, float, float]]]:
    """Return the knots of one feature and the polynomial (a, b, c) before and after each."""
    flat = (0.0, 0.0, 0.0)
    if kind == LINEAR:
        return [], [(0.0, 1.0, 0.0)]
    if kind == QUADRATIC:
        return _bounded_square(*bounds)
    if kind == HINGE:
        slope = 1.0 / (high - low)
        return [low, high], [flat, (-low * slope, slope, 0.0), (1.0, 0.0, 0.0)]
    if kind == CATEGORY:
        return [low, float(np.nextafter(low, np.inf))], [flat, (1.0, 0.0, 0.0), flat]
    return [low], [flat, (1.0, 0.0, 0.0)]  # a threshold


def _bounded_square(
    least: float, greatest: float
) -> tuple[list[float], list[tuple[float, float, float]]]:
    """Return the square of x, held between `least` and `greatest`."""
    knots: list[float] = []
    pieces: list[tuple[float, float, float]] = [(0.0, 0.0, 1.0)]
    if least > 0.0:
        inner = float(np.sqrt(least))
        knots = [-inner, inner]
        pieces = [(0.0, 0.0, 1.0), (least, 0.0, 0.0), (0.0, 0.0, 1.0)]
    if np.isfinite(greatest):
        outer = float(np.sqrt(greatest))
        knots = [-outer, *knots, outer]
        pieces = [(greatest, 0.0, 0.0), *pieces, (greatest, 0.0, 0.0)]
    return knots, pieces


def _bucket_table(knots: FloatArray) -> _BucketTable:
    """Divide the span of the knots into buckets of equal width with few knots in each.

    A value and a knot are put into buckets by the same rounded arithmetic, which never falls
    as the value rises. So knots in a lower bucket than a value lie below it, and those in a
    higher one above: only the knots in its own bucket need to be compared.
    """
    span = float(knots[-1] - knots[0]) if len(knots) else 0.0
    if span <= 0.0:
        return _BucketTable(0.0, np.zeros(1, dtype=np.int32), len(knots))
    count = 4
    while True:
        count *= 2
        scale = count / span
        place = np.minimum((knots - knots[0]) * scale, count - 1.0).astype(np.int32)
        most = int(np.bincount(place).max())
        if most == 1 or count >= _MOST_BUCKETS:
            break
    below = np.searchsorted(place, np.arange(count), side="left").astype(np.int32)
    return _BucketTable(scale, below, most)


@compiled
def _evaluate(model: PiecewiseModel, values: FloatArray, total: FloatArray) -> None:
    x = np.empty((values.shape[1], _BLOCK_ROWS + _PADDING))
    place = np.empty(_BLOCK_ROWS, dtype=np.int32)
    for first in range(0, len(values), _BLOCK_ROWS):
        count = min(_BLOCK_ROWS, len(values) - first)
        _load(model, values[first : first + count], x)
        result = total[first : first + count]
        result[:] = 0.0
        for i in range(len(model.used)):
            _add_function(model, i, x[model.used[i], :count], place, result)
        for i in range(len(model.pair)):
            _add_product(model, i, x[:, :count], result)


@compiled
def _load(model: PiecewiseModel, values: FloatArray, x: FloatArray) -> None:
    """Turn rows into columns, held within the limits."""
    for row in range(len(values)):
        for variable in range(values.shape[1]):
            x[variable, row] = values[row, variable]
    for variable in range(values.shape[1]):
        low, high = model.variable_low[variable], model.variable_high[variable]
        for row in range(len(values)):
            value = x[variable, row]
            value = low if value < low else value
            x[variable, row] = high if value > high else value


@compiled
def _add_function(
    model: PiecewiseModel,
    number: int,
    column: FloatArray,
    place: NDArray[np.int32],
    result: FloatArray,
) -> None:
    origin, scale = model.bucket_start[number], model.bucket_scale[number]
    table = model.bucket[model.bucket_offset[number] : model.bucket_offset[number + 1]]
    last = float(len(table) - 1)
    for row in range(len(column)):
        found = (column[row] - origin) * scale
        found = 0.0 if found < 0.0 else found
        place[row] = np.int32(last if found > last else found)
    own = slice(model.start[number] + number, model.start[number + 1] + number + 1)
    knot, piece = model.knot[own], model.piece[own]
    for row in range(len(column)):
        at = table[place[row]]
        for _ in range(model.in_bucket[number]):
            at += np.int32(knot[at] <= column[row])
        away = column[row] - piece[at, 0]
        result[row] += piece[at, 1] + away * (piece[at, 2] + away * piece[at, 3])


@compiled
def _add_product(model: PiecewiseModel, number: int, x: FloatArray, result: FloatArray) -> None:
    a, b = x[model.pair[number, 0]], x[model.pair[number, 1]]
    weight, low, high = model.product[number]
    for row in range(len(result)):
        both = a[row] * b[row]
        both = low if both < low else both
        result[row] += weight * (high if both > high else both)
