"""Features of Maxent: functions of the variables, and how strongly each is held back.

The classes, their knots and the table of regularisation are those of maxnet [1]_, which follow
Maxent 3.4 [2]_.

References
----------
.. [1] Phillips, S. J., Anderson, R. P., Dudík, M., Schapire, R. E. and Blair, M. E. (2017).
   Opening the black box: an open-source release of Maxent. Ecography 40, 887-893.
.. [2] Phillips, S. J. and Dudík, M. (2008). Modeling of species distributions with Maxent: new
   extensions and a comprehensive evaluation. Ecography 31, 161-175.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algorithms.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray

LINEAR, QUADRATIC, PRODUCT, HINGE, THRESHOLD, CATEGORY = range(6)
CLASSES = "lqpht"
"""Letters of the classes: linear, quadratic, product, hinge, threshold."""

HINGE_KNOTS = 50
_THRESHOLD_KNOTS = 50

_Table = tuple[tuple[int, ...], tuple[float, ...]]

# Number of presences, and the regularisation there; linear in between, constant outside.
_LINEAR_TABLE: _Table = ((0, 10, 30, 100), (1.0, 1.0, 0.2, 0.05))
_QUADRATIC_TABLE: _Table = ((0, 10, 17, 30, 100), (1.3, 0.8, 0.5, 0.25, 0.05))
_PRODUCT_TABLE: _Table = ((0, 10, 17, 30, 100), (2.6, 1.6, 0.9, 0.55, 0.05))
_CATEGORY_TABLE: _Table = ((0, 10, 17), (0.65, 0.5, 0.25))
_THRESHOLD_TABLE: _Table = ((0, 100), (2.0, 1.0))
_HINGE_VALUE = 0.5
_CHUNK = 64
_LEAST_FREEDOM = 0.1


def default_classes(n_presences: float) -> str:
    """Return the letters of the feature classes that so many presences can bear.

    Parameters
    ----------
    n_presences : float
        Number of presences, > 0; an effective number where they have weights.
    """
    for limit, classes in ((10, "l"), (15, "lq"), (80, "lqh")):
        if n_presences < limit:
            return classes
    return "lqph"


class FeatureSet(NamedTuple):
    """Features as a table; every array has one entry per feature.

    Attributes
    ----------
    kind : (m,) int64
        `LINEAR` (x), `QUADRATIC` (x²), `PRODUCT` (x y), `HINGE` (rising from 0 at `low` to 1 at
        `high`, flat outside), `THRESHOLD` (1 from `low` on) or `CATEGORY` (1 where x is `low`).
    first, second : (m,) int64
        Columns of x and y; `second` is -1 for all but products.
    low, high : (m,) float64
        Knots in the unit of the variable; 0 where the kind has none.
    """

    kind: NDArray[np.int64]
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    low: FloatArray
    high: FloatArray

    @property
    def size(self) -> int:
        """Number of features."""
        return len(self.kind)

    def chosen(self, index: NDArray[np.integer] | BoolArray | slice) -> FeatureSet:
        """Return some of the features, by number, mask or slice."""
        return FeatureSet(
            self.kind[index],
            self.first[index],
            self.second[index],
            self.low[index],
            self.high[index],
        )

    def evaluate(self, values: FloatArray) -> FloatArray:
        """Return the features of points, one by one.

        Parameters
        ----------
        values : (n, p) float64
            Variables at the points.

        Returns
        -------
        (n, m) float64
            In column order (Fortran).
        """
        result = np.empty((len(values), self.size), order="F")
        _evaluate(values, self, result)
        return result


@compiled
def _evaluate(values: FloatArray, features: FeatureSet, result: FloatArray) -> None:
    for feature in range(len(features.kind)):
        kind, column = features.kind[feature], features.first[feature]
        low, high = features.low[feature], features.high[feature]
        for row in range(len(values)):
            x = values[row, column]
            if kind == LINEAR:
                result[row, feature] = x
            elif kind == QUADRATIC:
                result[row, feature] = x * x
            elif kind == PRODUCT:
                result[row, feature] = x * values[row, features.second[feature]]
            elif kind == HINGE:
                result[row, feature] = min(1.0, max(0.0, (x - low) / (high - low)))
            elif kind == THRESHOLD:
                result[row, feature] = 1.0 if x >= low else 0.0
            else:
                result[row, feature] = 1.0 if x == low else 0.0


def make_features(
    values: FloatArray, classes: str, categorical: tuple[int, ...] = ()
) -> FeatureSet:
    """List the features of a sample.

    Parameters
    ----------
    values : (n, p) float64
        Variables at all points of the sample, finite.
    classes : str
        Letters of `CLASSES`; variables in `categorical` get one feature per level instead.
    categorical : tuple of int
        Columns of class codes.

    Returns
    -------
    FeatureSet
        By class, within a class by variable. A variable that does not vary has no feature.
    """
    varying = np.flatnonzero(np.ptp(values, axis=0) > 0.0)
    measures = [int(column) for column in varying if column not in categorical]
    rows: list[tuple[int, int, int, float, float]] = []
    if "l" in classes:
        rows += [(LINEAR, column, -1, 0.0, 0.0) for column in measures]
    if "q" in classes:
        rows += [(QUADRATIC, column, -1, 0.0, 0.0) for column in measures]
    for column in measures:
        x = values[:, column]
        rows += _knotted(column, float(x.min()), float(x.max()), classes)
    for column in sorted(set(varying.tolist()) & set(categorical)):
        levels = np.unique(values[:, column])
        rows += [(CATEGORY, column, -1, float(level), 0.0) for level in levels]
    if "p" in classes:
        rows += [
            (PRODUCT, a, b, 0.0, 0.0) for i, a in enumerate(measures) for b in measures[i + 1 :]
        ]
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    numbers = np.ascontiguousarray(table[:, :3].T).astype(np.int64)
    knots = np.ascontiguousarray(table[:, 3:].T)
    return FeatureSet(numbers[0], numbers[1], numbers[2], knots[0], knots[1])


def _knotted(
    column: int, low: float, high: float, classes: str
) -> list[tuple[int, int, int, float, float]]:
    """Return the hinges and thresholds of one variable."""
    rows: list[tuple[int, int, int, float, float]] = []
    if "h" in classes:
        knots = np.linspace(low, high, HINGE_KNOTS)
        rows += [(HINGE, column, -1, float(knot), high) for knot in knots[:-1]]
        rows += [(HINGE, column, -1, low, float(knot)) for knot in knots[1:]]
    if "t" in classes:
        # maxnet leaves the first inner knot out; so must those who want to agree with it.
        knots = np.linspace(low, high, _THRESHOLD_KNOTS + 2)[2:-1]
        rows += [(THRESHOLD, column, -1, float(knot), 0.0) for knot in knots]
    return rows


def regularisation(
    features: FeatureSet, at_presences: FloatArray, weight: FloatArray, spread: FloatArray
) -> FloatArray:
    """Return how strongly each feature is held back by default.

    The weight of the L1 penalty of a feature is its standard deviation over the presences,
    divided by the square root of their number and times a factor that falls with that number;
    with lower limits that keep features which hardly vary over the presences in check.

    Parameters
    ----------
    features : FeatureSet
        The m features.
    at_presences : (n, p) float64
        Variables at the presences.
    weight : (n,) float64
        How many presences each counts for, > 0.
    spread : (m,) float64
        Range of each feature over the whole sample.

    Returns
    -------
    (m,) float64
        In the unit of the feature; above 0 for every feature with a range above 0.
    """
    number = float(weight.sum())
    factor = np.full(features.size, _HINGE_VALUE)
    for kind, table in _tables(features).items():
        factor[features.kind == kind] = np.interp(number, *table)
    mean, deviation = _presence_moments(features, at_presences, weight)
    per_root = 1.0 / np.sqrt(number)
    result: FloatArray = np.maximum(0.001 * spread, deviation * factor * per_root)
    hinge = features.kind == HINGE
    floor = 0.5 * per_root * np.maximum(deviation, per_root)
    result[hinge] = np.maximum(result, floor)[hinge]
    useless = (features.kind == THRESHOLD) & ((mean == 0.0) | (mean == 1.0))
    result[useless] = np.maximum(result[useless], 1.0)
    return result


def _tables(features: FeatureSet) -> dict[int, _Table]:
    smooth = _LINEAR_TABLE
    if (features.kind == QUADRATIC).any():
        smooth = _QUADRATIC_TABLE
    if (features.kind == PRODUCT).any():
        smooth = _PRODUCT_TABLE
    return {
        LINEAR: smooth,
        QUADRATIC: smooth,
        PRODUCT: smooth,
        CATEGORY: _CATEGORY_TABLE,
        THRESHOLD: _THRESHOLD_TABLE,
    }


def _presence_moments(
    features: FeatureSet, at_presences: FloatArray, weight: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return mean and sample standard deviation of each feature over the presences."""
    mean, deviation = np.empty(features.size), np.empty(features.size)
    number = float(weight.sum())
    correction = number / max(number - 1.0, _LEAST_FREEDOM)
    for start in range(0, features.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        found = features.chosen(part).evaluate(at_presences)
        mean[part] = np.einsum("n,nk->k", weight, found) / number
        found -= mean[part]
        deviation[part] = np.sqrt(np.einsum("n,nk->k", weight, found**2) / number * correction)
    return mean, deviation
