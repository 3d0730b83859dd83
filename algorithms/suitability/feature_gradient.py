"""Sums over a sample of every Maxent feature at once, without evaluating one of them.

Hinges and thresholds of one variable are functions of the interval between knots in which a
point lies, so that their weighted sums follow from two sums per interval; sums of squares and
products are entries of one cross product. All thousand features cost as much as a few passes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.compiled import compiled
from algorithms.suitability.cross import weighted_cross
from algorithms.suitability.features import (
    CATEGORY,
    HINGE,
    LINEAR,
    PRODUCT,
    QUADRATIC,
    THRESHOLD,
    FeatureSet,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import FloatArray


class FeatureSums:
    """Weighted sums of all features over a fixed sample.

    Parameters
    ----------
    features : FeatureSet
        The m features, as `make_features` lists them for this sample.
    values : (n, p) float64
        Variables at the points of the sample.
    """

    def __init__(self, features: FeatureSet, values: FloatArray) -> None:
        self._features = features
        self._values = values
        self._knots: list[tuple[int, FloatArray, NDArray[np.int64], NDArray[np.intp]]] = []
        for column in np.unique(features.first):
            own = np.flatnonzero(
                (features.first == column)
                & np.isin(features.kind, (HINGE, THRESHOLD, CATEGORY))
            )
            if len(own):
                self._knots.append(self._intervals(int(column), own))

    def _intervals(
        self, column: int, own: NDArray[np.intp]
    ) -> tuple[int, FloatArray, NDArray[np.int64], NDArray[np.intp]]:
        """Sort the points of a variable into the intervals between its knots."""
        features = self._features
        low, high = features.low[own], features.high[own]
        after = np.nextafter(low[features.kind[own] == CATEGORY], np.inf)
        knots = np.unique(np.concatenate([low, high[features.kind[own] == HINGE], after]))
        interval = np.searchsorted(knots, self._values[:, column], side="right")
        return column, knots, interval.astype(np.int64), own

    def of(self, weight: FloatArray) -> FloatArray:
        """Return the sums.

        Parameters
        ----------
        weight : (n,) float64
            Weight of each point, of any sign.

        Returns
        -------
        (m,) float64
            Sum over the points of weight times feature.
        """
        features, values = self._features, self._values
        sums = np.empty(features.size)
        linear = features.kind == LINEAR
        sums[linear] = np.einsum("n,np->p", weight, values)[features.first[linear]]
        square = (features.kind == QUADRATIC) | (features.kind == PRODUCT)
        if square.any():
            cross = weighted_cross(values, weight)
            other = np.where(features.second < 0, features.first, features.second)
            sums[square] = cross[features.first[square], other[square]]
        for column, knots, interval, own in self._knots:
            mass, moment = _interval_sums(interval, values, column, weight, len(knots))
            sums[own] = _knotted_sums(features.chosen(own), knots, mass, moment)
        return sums


@compiled
def _interval_sums(
    interval: NDArray[np.int64],
    values: FloatArray,
    column: int,
    weight: FloatArray,
    n_knots: int,
) -> tuple[FloatArray, FloatArray]:
    """Return running sums of weight and weight times value up to each knot."""
    mass, moment = np.zeros(n_knots + 1), np.zeros(n_knots + 1)
    for row in range(len(interval)):
        mass[interval[row]] += weight[row]
        moment[interval[row]] += weight[row] * values[row, column]
    for knot in range(n_knots):
        mass[knot + 1] += mass[knot]
        moment[knot + 1] += moment[knot]
    return mass, moment


@compiled
def _knotted_sums(
    features: FeatureSet, knots: FloatArray, mass: FloatArray, moment: FloatArray
) -> FloatArray:
    """Return the sums of hinges, thresholds and categories of one variable."""
    whole = mass[-1]
    sums = np.empty(len(features.kind))
    for i in range(len(features.kind)):
        low, high = features.low[i], features.high[i]
        below = np.searchsorted(knots, low)  # intervals 0..below lie below `low`
        if features.kind[i] == HINGE:
            top = np.searchsorted(knots, high)
            rising = moment[top] - moment[below] - low * (mass[top] - mass[below])
            sums[i] = rising / (high - low) + whole - mass[top]
        elif features.kind[i] == THRESHOLD:
            sums[i] = whole - mass[below]
        else:
            sums[i] = mass[below + 1] - mass[below]
    return sums
