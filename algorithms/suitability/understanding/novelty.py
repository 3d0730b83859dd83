"""Novelty: where a model is asked about conditions that it never saw.

References
----------
.. [1] Elith, J., Kearney, M. and Phillips, S. (2010). The art of modelling range-shifting
   species. Methods in Ecology and Evolution 1, 330-342.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from algorithms.compiled import compiled
from algorithms.connectivity.threads import in_threads
from algorithms.control import NULL_CONTROL, Control
from algorithms.suitability.estimator import DamagedModelError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from algorithms.arrays import BoolArray, FloatArray, IntArray

Int16Array: TypeAlias = NDArray[np.int16]

UNSEEN_LEVEL = -100.0
"""Similarity of a class that the reference does not hold."""
UNKNOWN = -1
"""Most dissimilar variable of a place with a missing value."""
_CHUNK_ROWS = 65_536
_BLOCK_ROWS = 1024
_N_BUCKETS = 4096


class Novelty(NamedTuple):
    """How like the reference places are.

    Attributes
    ----------
    similarity : (m,) float64
        Multivariate environmental similarity (MESS) in per cent: 100 for the median of every
        variable, 0 at the edge of what the reference holds in some variable, below 0 outside,
        by so many per cent of the variable's range; NaN where a value is missing.
    most_dissimilar : (m,) int16
        Number of the variable that sets the similarity, the lowest of equal ones; `UNKNOWN`
        where a value is missing.
    """

    similarity: FloatArray
    most_dissimilar: Int16Array

    @property
    def outside(self) -> BoolArray:
        """True where some variable lies outside what the reference holds."""
        return self.similarity < 0.0


class NoveltyReference:
    r"""The places that a model learnt from, ready to be compared with others.

    It is made once and used for every tile of a map; it can be pickled.

    Parameters
    ----------
    reference : (n, p) float64
        Values at the points the model was fitted with, finite, n >= 1, p >= 1.
    categorical : sequence of int
        Columns that hold class codes. Elith et al. [1]_ define no similarity for them: here
        a class that the reference holds counts 100, and any other `UNSEEN_LEVEL`.

    Raises
    ------
    ValueError
        The shape is wrong, a value is not finite, or a column number is out of range.

    Notes
    -----
    For value :math:`v` of a variable with the reference's minimum, maximum and range, and
    :math:`f` the per cent of reference points below :math:`v`, the similarity is
    :math:`100 (v - \min) / \mathrm{range}` for :math:`f = 0`, :math:`2 f` up to
    :math:`f = 50`, :math:`2 (100 - f)` below 100, and
    :math:`100 (\max - v) / \mathrm{range}` for :math:`f = 100` [1]_. A variable that is
    constant in the reference has no range and is treated as one class.
    """

    def __init__(self, reference: FloatArray, categorical: Sequence[int] = ()) -> None:
        if reference.ndim != 2 or 0 in reference.shape:
            raise ValueError(f"a reference is (points, variables), got {reference.shape}")
        if not np.isfinite(reference).all():
            raise ValueError("a value of the reference is not finite; leave such points out")
        n_columns = reference.shape[1]
        if any(not 0 <= column < n_columns for column in categorical):
            raise ValueError(f"categorical columns {tuple(categorical)} of {n_columns} columns")
        is_class = np.zeros(n_columns, dtype=np.bool_)
        is_class[list(categorical)] = True
        self._prepare(np.sort(reference.T, axis=1), is_class)

    def _prepare(self, ordered: FloatArray, is_class: BoolArray) -> None:
        self._ordered = np.ascontiguousarray(ordered, dtype=np.float64)
        self._is_class = is_class
        self._starts = _bucket_starts(self._ordered, _N_BUCKETS)

    @property
    def n_columns(self) -> int:
        """Number of variables."""
        return len(self._ordered)

    def state(self) -> dict[str, NDArray[np.float64] | NDArray[np.bool_]]:
        """Return all that is needed to make this reference again, as plain arrays.

        Returns
        -------
        dict of str to array
            ``ordered`` (p, n) float64 and ``is_class`` (p,) bool.
        """
        return {"ordered": self._ordered, "is_class": self._is_class}

    @classmethod
    def from_state(cls, state: Mapping[str, NDArray[np.float64] | NDArray[np.bool_]]) -> Self:
        """Make a reference from what `state` returned.

        Parameters
        ----------
        state : mapping of str to array
            As from `state`.

        Returns
        -------
        NoveltyReference
            Equal to the one that was stored.

        Raises
        ------
        DamagedModelError
            An array is missing, of the wrong shape, not finite or not sorted.
        """
        try:
            ordered = np.asarray(state["ordered"], dtype=np.float64)
            is_class = np.asarray(state["is_class"], dtype=np.bool_)
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedModelError(
                f"The stored reference of the extrapolation map is damaged ({error}). Fit the "
                f"model again."
            ) from error
        if (
            ordered.ndim != 2
            or 0 in ordered.shape
            or is_class.shape != ordered.shape[:1]
            or not np.isfinite(ordered).all()
            or (np.diff(ordered, axis=1) < 0.0).any()
        ):
            raise DamagedModelError(
                f"The stored reference of the extrapolation map is damaged (arrays of shape "
                f"{ordered.shape} and {is_class.shape}, or values out of order). Fit the model "
                f"again."
            )
        made = cls.__new__(cls)
        made._prepare(ordered, is_class)  # noqa: SLF001 - its own
        return made

    def mess(self, values: FloatArray, *, control: Control = NULL_CONTROL) -> Novelty:
        """Return how like the reference places are.

        Parameters
        ----------
        values : (m, p) float64
            The variables of the reference in the same order; NaN where missing.
        control : Control
            Told the share of the places done, after pieces of 65,536; may cancel.

        Returns
        -------
        Novelty
            Similarity and most dissimilar variable of each place.

        Raises
        ------
        ValueError
            The number of variables differs.
        """
        if values.ndim != 2 or values.shape[1] != self.n_columns:
            raise ValueError(
                f"the reference has {self.n_columns} variables, got values of shape "
                f"{values.shape}"
            )
        values = np.ascontiguousarray(values, dtype=np.float64)
        similarity = np.empty(len(values))
        most_dissimilar = np.empty(len(values), dtype=np.int16)

        def rate(start: int, _control: Control) -> None:
            piece = slice(start, start + _CHUNK_ROWS)
            _rate(
                values[piece],
                self._ordered,
                self._is_class,
                self._starts,
                similarity[piece],
                most_dissimilar[piece],
            )

        control.report(0.0)
        starts = range(0, len(values), _CHUNK_ROWS)
        if len(starts) > 1:
            for _ in in_threads([partial(rate, start) for start in starts], control):
                pass
        elif len(starts) == 1:
            rate(0, control)
        control.report(1.0)
        return Novelty(similarity, most_dissimilar)


def mess(
    reference: FloatArray, values: FloatArray, *, categorical: Sequence[int] = ()
) -> Novelty:
    """Return how like a reference places are; see `NoveltyReference`.

    Parameters
    ----------
    reference : (n, p) float64
        Values at the points the model was fitted with, finite.
    values : (m, p) float64
        The same variables elsewhere; NaN where missing.
    categorical : sequence of int
        Columns that hold class codes.

    Returns
    -------
    Novelty
        Similarity and most dissimilar variable of each place.

    Raises
    ------
    ValueError
        Shapes disagree, a reference value is not finite, or a column is out of range.
    """
    return NoveltyReference(reference, categorical).mess(values)


@compiled
def _scale(low: float, high: float, n_buckets: int) -> float:
    """Return buckets per unit of a variable; 0, one bucket for all, where it has no number."""
    scale = n_buckets / (high - low) if high > low else 0.0
    return scale if np.isfinite(scale) else 0.0


@compiled
def _bucket(value: float, low: float, scale: float, n_buckets: int) -> int:
    """Return the bucket of a value between the ends; a higher value has no lower bucket."""
    if scale == 0.0:
        return 0
    return min(int((value - low) * scale), n_buckets - 1)


@compiled
def _bucket_starts(ordered: FloatArray, n_buckets: int) -> IntArray:
    """Return for each variable and bucket the place of the first reference value in it."""
    n_columns, n = ordered.shape
    starts = np.full((n_columns, n_buckets + 1), n, dtype=np.int32)
    for column in range(n_columns):
        low = ordered[column, 0]
        scale = _scale(low, ordered[column, n - 1], n_buckets)
        upto = 0
        for i in range(n):
            bucket = _bucket(ordered[column, i], low, scale, n_buckets)
            while upto <= bucket:
                starts[column, upto] = i
                upto += 1
    return starts


@compiled
def _rate(
    values: FloatArray,
    ordered: FloatArray,
    is_class: BoolArray,
    starts: IntArray,
    similarity: FloatArray,
    most_dissimilar: Int16Array,
) -> None:
    """Fill in similarity and most dissimilar variable, by blocks that stay in the cache."""
    n = ordered.shape[1]
    for begun in range(0, len(values), _BLOCK_ROWS):
        end = min(begun + _BLOCK_ROWS, len(values))
        similarity[begun:end] = np.inf
        most_dissimilar[begun:end] = UNKNOWN
        for column in range(len(ordered)):
            low, high = ordered[column, 0], ordered[column, n - 1]
            as_class = is_class[column] or low == high
            scale = _scale(low, high, starts.shape[1] - 1)
            for row in range(begun, end):
                value = values[row, column]
                below = -1
                if low < value <= high:
                    below = _count_below(value, ordered, starts, column, scale)
                if as_class:
                    seen = value == low or (below >= 0 and ordered[column, below] == value)
                    one = 100.0 if seen else UNSEEN_LEVEL
                else:
                    one = _similarity(value, below, n, low, high)
                # A similarity that is NaN stays so: nothing is below it.
                if np.isnan(value):
                    similarity[row] = np.nan
                    most_dissimilar[row] = UNKNOWN
                elif one < similarity[row]:
                    similarity[row] = one
                    most_dissimilar[row] = column


@compiled
def _similarity(value: float, below: int, n: int, low: float, high: float) -> float:
    """Return the similarity of a value with so many of n reference values below, -1 outside."""
    if below >= 0:
        return 200.0 * min(below, n - below) / n
    return 100.0 * min(value - low, high - value) / (high - low)


@compiled
def _count_below(
    value: float, ordered: FloatArray, starts: IntArray, column: int, scale: float
) -> int:
    """Return how many reference values lie below one that is within their range."""
    bucket = _bucket(value, ordered[column, 0], scale, starts.shape[1] - 1)
    first, last = starts[column, bucket], starts[column, bucket + 1]
    while first < last:
        middle = (first + last) // 2
        if ordered[column, middle] < value:
            first = middle + 1
        else:
            last = middle
    return int(first)
