"""The continuous Boyce index: whether presences get denser as suitability rises.

References
----------
.. [1] Boyce, M. S., Vernier, P. R., Nielsen, S. E. and Schmiegelow, F. K. A. (2002). Evaluating
   resource selection functions. Ecological Modelling 157, 281-300.
.. [2] Hirzel, A. H., Le Lay, G., Helfer, V., Randin, C. and Guisan, A. (2006). Evaluating the
   ability of habitat suitability models to predict species presences. Ecological Modelling
   199, 142-152.
.. [3] ENMeval, issue 177, Error in Boyce calculation, and ecospat, issue 99, incorrect interval
   calculation in ecospat.boyce. https://github.com/jamiemkass/ENMeval/issues/177
.. [4] Efron, B. and Tibshirani, R. J. (1993). An Introduction to the Bootstrap, chapter 13.
   Chapman and Hall.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import rankdata

from algorithms.control import NULL_CONTROL, Control
from algorithms.suitability.evaluation.intervals import centred_interval
from algorithms.suitability.evaluation.ratings import (
    UnevaluableError,
    check_ratings,
    check_weight,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import FloatArray, IntArray

_DRAWS_PER_SLICE = 20_000  # keeps a slice within a tenth of a second, and memory small
_COUNT_BITS = 30  # of a weighted presence; sums of 8 million stay exact in a float64


@dataclass(frozen=True)
class Bootstrap:
    """How to find out how far the index depends on the presences that happened to be found.

    Attributes
    ----------
    rng : Generator
        Source of randomness.
    n_resamples : int
        How often the presences are drawn anew, >= 1.
    level : float
        Share of the resamples within the interval, above 0 and below 1.
    cluster : (n,) int32, optional
        Fold, block or country of each presence. Where given, whole clusters are drawn instead
        of single presences, as neighbours do not bear witness independently; the interval is
        then wider and more honest.
    """

    rng: np.random.Generator
    n_resamples: int = 1000
    level: float = 0.95
    cluster: IntArray | None = None


class BoyceInterval(NamedTuple):
    """Interval of the index over resampled presences, around its value.

    Attributes
    ----------
    low, high : float
        Ends of the interval.
    level : float
        Share of the resamples within.
    n_undefined : int
        Resamples that had no index, as the ratio was the same in every window; left out.
    """

    low: float
    high: float
    level: float
    n_undefined: int


@dataclass(frozen=True)
class BoyceIndex:
    """Continuous Boyce index and the curve behind it.

    Attributes
    ----------
    value : float
        -1 to 1: Spearman's correlation of suitability and predicted-to-expected ratio.
    suitability : (n_windows,) float64
        Middle of each window that holds background, rising.
    ratio : (n_windows,) float64
        Share of presences over share of background in the window.
    n_unplaced : int
        Presences that no window with background holds, so that they have no say. More than a
        few mean that the background is too small a sample of the area.
    interval : BoyceInterval or None
        How sure the value is, where a `Bootstrap` was given, there are two presences (or
        clusters) or more, and at least half of the resamples had an index.
    """

    value: float
    suitability: FloatArray
    ratio: FloatArray
    n_unplaced: int = 0
    interval: BoyceInterval | None = None


def continuous_boyce(  # noqa: PLR0913 - ratings, and how they are counted, each optional
    at_presences: FloatArray,
    at_background: FloatArray,
    *,
    presence_weight: FloatArray | None = None,
    n_windows: int = 101,
    window_share: float = 0.1,
    bootstrap: Bootstrap | None = None,
    control: Control = NULL_CONTROL,
) -> BoyceIndex:
    """Return the continuous Boyce index [2]_.

    A window slides over the range of suitability. In each, the share of the presences is
    divided by the share of the background; the index is the rank correlation of that ratio
    with the place of the window.

    Parameters
    ----------
    at_presences : (n,) float64
        Suitability at presences, finite, n >= 1.
    at_background : (m,) float64
        Suitability of the area or a uniform sample of it, finite, m >= 1. A background drawn by
        survey effort is not uniform and gives the index of another area.
    presence_weight : (n,) float64, optional
        How many presences each counts for, >= 0; 1 by default. Rounded to 30 binary digits of
        the largest, so that equal ratios stay equal to the last bit.
    n_windows : int
        Number of windows, >= 3.
    window_share : float
        Width of a window as a share of the range, above 0, at most 0.5.
    bootstrap : Bootstrap, optional
        Where given, the interval is found too.
    control : Control
        Told the share of the resamples done; may cancel.

    Returns
    -------
    BoyceIndex
        The index, and the curve over all windows that hold background.

    Raises
    ------
    UnevaluableError
        All suitabilities are equal, or the ratio is the same in every window.
    ValueError
        An array is empty or not finite, or a parameter is out of range.

    Notes
    -----
    The implementation most in use has known faults [3]_, and these are the choices made here:

    - The windows are exactly `n_windows`, evenly spaced, the first at the lowest and the last
      at the highest suitability of presences and background together. The common
      implementation makes one window more and pushes the last out of the range, so that the
      best places never count, where a model is most needed and most often wrong.
    - Windows are closed at both ends, and the last ends at the highest value itself, not at a
      sum that rounding may leave below it.
    - A window without background has no ratio and is left out; a window with background and
      no presence has the ratio 0 and counts. Presences seen by no window that counts are told
      as `n_unplaced`.
    - Of neighbouring windows with equal ratios one is kept, the last window like any other, so
      that long flat stretches do not decide the correlation. The common implementation drops
      the last one for good where its ratio is 0. Ratios are quotients of whole
      numbers, so that equal ones are equal to the last bit and nothing is rounded.
    - Background points may include the presences' own cells: the background stands for the
      area, of which the presences are part.

    The interval keeps windows and background and draws presences with replacement, as many as
    there are. Repeated presences make the ratio jump, so that resamples lie below the value, at
    worst all of them; the ends are percentiles around the value, as `centred_interval` explains
    [4]_.
    """
    check_ratings(at_presences, at_background)
    if n_windows < 3 or not 0.0 < window_share <= 0.5:
        raise ValueError("the Boyce index needs 3 windows or more of a width above 0 to 0.5")
    windows = _windows(at_presences, at_background, n_windows, window_share)
    expected = windows.counts(at_background)
    held = expected > 0
    windows = _Windows(windows.start[held], windows.end[held])
    count = _whole(check_weight(presence_weight, len(at_presences), "presences"), at_presences)
    per_background = len(at_background) / expected[held] / float(count.sum())
    found = windows.counts(at_presences, count)
    value = _index(found, expected[held])
    if value is None:
        raise UnevaluableError(
            "The share of presences is the same at every suitability, so there is no Boyce "
            "index. More presences or fewer windows may help."
        )
    interval = None
    if bootstrap is not None:
        drawn = _resampled((at_presences, count), windows, expected[held], bootstrap, control)
        interval = _interval(value, drawn, bootstrap)
    return BoyceIndex(
        value,
        0.5 * (windows.start + windows.end),
        found * per_background,
        windows.missed(at_presences),
        interval,
    )


class _Windows(NamedTuple):
    """Closed windows of suitability, rising."""

    start: FloatArray
    end: FloatArray

    def places(self, ordered: FloatArray) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return where each window begins and ends in an ordered list."""
        first = np.searchsorted(ordered, self.start, side="left")
        return first, np.searchsorted(ordered, self.end, side="right")

    def counts(
        self, values: FloatArray, count: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        """Return how many values lie in each window, each counting for so many."""
        order = np.argsort(values, kind="stable")
        first, last = self.places(values[order])
        upto = np.zeros(len(values) + 1, dtype=np.int64)
        np.cumsum(np.ones_like(order) if count is None else count[order], out=upto[1:])
        return np.asarray(upto[last] - upto[first], dtype=np.int64)

    def missed(self, values: FloatArray) -> int:
        """Return how many values lie in no window."""
        ordered = np.sort(values)
        first, last = self.places(ordered)
        change = np.zeros(len(ordered) + 1, dtype=np.int64)
        np.add.at(change, first, 1)
        np.add.at(change, last, -1)
        return int((np.cumsum(change)[:-1] == 0).sum())


def _windows(
    at_presences: FloatArray, at_background: FloatArray, n_windows: int, window_share: float
) -> _Windows:
    low = float(min(at_presences.min(), at_background.min()))
    high = float(max(at_presences.max(), at_background.max()))
    if low == high:
        raise UnevaluableError(
            f"Every place has the suitability {low:g}, so there is no Boyce index. Check the "
            f"predictors: they may not vary in the area."
        )
    width = window_share * (high - low)
    start = np.linspace(low, high - width, n_windows)
    end = start + width
    end[-1] = high
    return _Windows(start, end)


def _whole(weight: FloatArray | None, values: FloatArray) -> NDArray[np.int64]:
    """Return weights as whole numbers in one unit, so that sums of them are exact."""
    if weight is None:
        return np.ones(len(values), dtype=np.int64)
    _, exponent = np.frexp(weight.max())
    scaled = np.ldexp(weight, _COUNT_BITS - int(exponent))
    count: NDArray[np.int64] = np.rint(scaled).astype(np.int64)
    return count


def _index(found: NDArray[np.int64], expected: NDArray[np.int64]) -> float | None:
    """Return the index from the counts in each window, or None where all ratios are equal."""
    ratio = found / expected
    kept = ratio[np.concatenate([[True], ratio[1:] != ratio[:-1]])]
    if len(kept) < 2:
        return None
    place = np.arange(len(kept)) - 0.5 * (len(kept) - 1)
    rank = rankdata(kept)
    rank -= rank.mean()
    return float(place @ rank / np.sqrt((place @ place) * (rank @ rank)))


def _resampled(
    presences: tuple[FloatArray, NDArray[np.int64]],
    windows: _Windows,
    expected: NDArray[np.int64],
    bootstrap: Bootstrap,
    control: Control,
) -> list[float]:
    """Return the index of every resample that has one; none for a single cluster."""
    if bootstrap.n_resamples < 1 or not 0.0 < bootstrap.level < 1.0:
        raise ValueError("a bootstrap has 1 resample or more and a level above 0 and below 1")
    at_presences, count = presences
    n = len(at_presences)
    cluster = np.arange(n) if bootstrap.cluster is None else bootstrap.cluster
    if cluster.shape != (n,):
        raise ValueError(f"{n} presences and clusters of shape {cluster.shape} do not agree")
    order = np.argsort(at_presences, kind="stable")
    first, last = windows.places(at_presences[order])
    names, member = np.unique(cluster, return_inverse=True)
    if len(names) < 2:
        return []
    values: list[float] = []
    slice_length = max(1, _DRAWS_PER_SLICE // n)
    for begun in range(0, bootstrap.n_resamples, slice_length):
        control.report(begun / bootstrap.n_resamples)
        n_here = min(slice_length, bootstrap.n_resamples - begun)
        share = np.full(len(names), 1.0 / len(names))
        drawn = bootstrap.rng.multinomial(len(names), share, size=n_here)
        upto = np.zeros((n_here, n + 1), dtype=np.int64)
        np.cumsum(drawn[:, member.ravel()[order]] * count[order], axis=1, out=upto[:, 1:])
        found = (_index(row, expected) for row in upto[:, last] - upto[:, first])
        values += [value for value in found if value is not None]
    control.report(1.0)
    return values


def _interval(
    value: float, resampled: list[float], bootstrap: Bootstrap
) -> BoyceInterval | None:
    undefined = bootstrap.n_resamples - len(resampled)
    if not resampled or undefined > len(resampled):
        return None
    low, high = centred_interval(value, resampled, level=bootstrap.level, limits=(-1.0, 1.0))
    return BoyceInterval(low, high, bootstrap.level, undefined)
