from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from algorithms.suitability.evaluation.boyce import Bootstrap, continuous_boyce
from algorithms.suitability.evaluation.ratings import UnevaluableError

RATING = st.lists(st.integers(0, 20).map(lambda n: n / 20), min_size=1, max_size=40)


def boyce_slowly(presences, background, n_windows=101, share=0.1):
    """The definition, window by window."""
    everything = [*presences, *background]
    low, high = min(everything), max(everything)
    width = share * (high - low)
    middle, ratio = [], []
    for number, start in enumerate(np.linspace(low, high - width, n_windows)):
        end = high if number == n_windows - 1 else start + width
        expected = np.mean([start <= value <= end for value in background])
        if expected == 0:
            continue
        middle.append(start)
        ratio.append(np.mean([start <= value <= end for value in presences]) / expected)
    kept = [i for i in range(len(ratio)) if i == 0 or ratio[i] != ratio[i - 1]]
    if len(kept) < 2:
        return None
    return spearmanr([middle[i] for i in kept], [ratio[i] for i in kept]).statistic


@settings(max_examples=40)
@given(RATING, RATING)
def test_boyce_agrees_with_its_definition(presences, background):
    assume(len({*presences, *background}) > 1)
    expected = boyce_slowly(presences, background)
    assume(expected is not None)
    index = continuous_boyce(np.array(presences), np.array(background))
    assert index.value == pytest.approx(expected)
    assert -1.0 <= index.value <= 1.0


def test_boyce_by_hand():
    """Three windows, one third wide: presences 1, 1, 2 of 4 and background 4, 2, 2 of 8."""
    presences = np.array([0.1, 1.5, 2.5, 2.9])
    background = np.array([0.0, 0.2, 0.4, 0.6, 1.2, 1.8, 2.2, 3.0])
    index = continuous_boyce(presences, background, n_windows=3, window_share=1 / 3)
    np.testing.assert_allclose(index.ratio, [0.25 / 0.5, 0.25 / 0.25, 0.5 / 0.25])
    np.testing.assert_allclose(index.suitability, [0.5, 1.5, 2.5])
    assert index.value == pytest.approx(1.0)


def test_boyce_tells_good_from_bad_maps():
    rng = np.random.default_rng(2)
    background = rng.random(4000)
    good = np.sqrt(rng.random(1000))
    assert continuous_boyce(good, background).value > 0.9
    assert continuous_boyce(1.0 - good, background).value < -0.9


def test_boyce_keeps_the_best_places():
    """A map whose only mistake is at the very top must not be called perfect."""
    background = np.linspace(0.0, 1.0, 1001)
    presences = background[background < 0.9] ** 0.5 * 0.9
    index = continuous_boyce(presences, background)
    assert index.suitability[-1] == pytest.approx(0.95)
    assert index.ratio[-1] < index.ratio.max() / 2


def test_rounding_does_not_lose_the_very_best_place():
    """In floating point 1.3 - 0.13 + 0.13 falls short of 1.3."""
    background = np.array([0.0, 0.6, 1.3])
    index = continuous_boyce(np.array([1.3, 0.1]), background)
    assert index.suitability[-1] == pytest.approx(1.235)
    assert index.ratio[-1] == pytest.approx(1.5)


def test_windows_without_background_are_left_out():
    background = np.array([0.0, 0.05, 0.95, 1.0])
    presences = np.array([0.5, 1.0, 0.98])
    index = continuous_boyce(presences, background)
    assert np.isfinite(index.ratio).all()
    assert not ((index.suitability > 0.11) & (index.suitability < 0.89)).any()


def test_equal_neighbours_count_once():
    """Ratio 0 over most of the range and 5 at the top: two levels, so a perfect order."""
    background = np.linspace(0.0, 1.0, 500)
    index = continuous_boyce(np.array([0.995, 1.0]), background, n_windows=10)
    assert (index.ratio[:-1] == 0.0).all()
    assert index.value == pytest.approx(1.0)


def test_boyce_errors():
    some = np.array([0.2, 0.4])
    with pytest.raises(UnevaluableError, match=r"suitability 0\.5"):
        continuous_boyce(np.full(3, 0.5), np.full(4, 0.5))
    with pytest.raises(UnevaluableError, match="same at every"):
        continuous_boyce(np.array([0.5]), np.array([0.0, 1.0]), n_windows=3, window_share=0.1)
    for options in ({"n_windows": 2}, {"window_share": 0.0}, {"window_share": 0.6}):
        with pytest.raises(ValueError, match="windows"):
            continuous_boyce(some, some, **options)


def test_ratings_are_checked():
    some = np.array([0.2, 0.4])
    with pytest.raises(ValueError, match="at least one"):
        continuous_boyce(np.array([]), some)
    with pytest.raises(ValueError, match="at least one"):
        continuous_boyce(some, some[None, :])
    with pytest.raises(ValueError, match="finite"):
        continuous_boyce(some, np.array([np.nan]))


def common_boyce(presences, background, resolution=100):
    """The common implementation with the fault of ENMeval issue 177, restated: one start more
    than windows, and the last one pushed out of the range."""
    low = min(presences.min(), background.min())
    high = max(presences.max(), background.max())
    width = (background.max() - background.min()) / 10
    start = np.linspace(low, high - width, resolution + 1)
    start[-1] += 1.0
    ratio = []
    for one in start:
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio.append(
                np.mean((presences >= one) & (presences <= one + width))
                / np.mean((background >= one) & (background <= one + width))
            )
    ratio = np.array(ratio)
    ok = ~np.isnan(ratio)
    ratio, start = ratio[ok], start[ok]
    kept = ratio != np.append(ratio[1:], True)
    return spearmanr(ratio[kept], start[kept]).statistic, start[-1] + width


def test_the_fault_of_the_common_implementation_is_not_ours():
    """Three windows; presences avoid only the very best places, which the faulty code drops."""
    background = (np.arange(400) + 0.5) / 400
    presences = np.repeat([0.05, 0.5, 0.7], [2, 8, 10])
    faulty, seen_upto = common_boyce(presences, background, resolution=2)
    assert faulty == pytest.approx(1.0)
    assert seen_upto < 0.6
    index = continuous_boyce(presences, background, n_windows=3)
    # Windows of 40 background points each: the lowest, middle and highest; 0.7 lies between.
    np.testing.assert_allclose(index.ratio, np.array([2, 8, 0]) / 20 / 0.1)
    assert index.value == pytest.approx(-0.5)
    assert index.n_unplaced == 10


def test_presences_piled_on_the_highest_value_count():
    """As in the report: a fifth of the presences at the very top, where the fault is blind."""
    rng = np.random.default_rng(1)
    background = rng.random(100)
    presences = np.concatenate([rng.random(100) * 0.9, np.full(25, background.max())])
    index = continuous_boyce(presences, background)
    low = min(presences.min(), background.min())
    start = background.max() - 0.1 * (background.max() - low)
    by_hand = np.mean(presences >= start) / np.mean(background >= start)
    assert index.ratio[-1] == pytest.approx(by_hand)
    assert by_hand > 1.5
    faulty, seen_upto = common_boyce(presences, background)
    assert seen_upto < background.max()
    assert faulty < index.value


def test_a_last_window_without_presences_counts_once():
    """Ratios 1, 2, 0: the common implementation drops a closing 0 or 1 as a duplicate."""
    background = np.array([0.0, 0.5, 1.0, 2.0])
    presences = np.array([0.1, 1.0, 1.1])
    index = continuous_boyce(presences, background, n_windows=3, window_share=0.25)
    np.testing.assert_allclose(index.ratio, [1 / 3 / 0.5, 2 / 3 / 0.25, 0.0])
    assert index.value == pytest.approx(-0.5)


def test_equal_ratios_are_equal_to_the_last_bit():
    """1 of 3 and 3 of 9 background points, of 7 presences and 12: one level, not two."""
    background = np.concatenate([np.full(3, 0.0), np.full(9, 1.0), [0.5]])
    presences = np.array([0.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5])
    index = continuous_boyce(presences, background, n_windows=3)
    assert index.value == pytest.approx(0.0, abs=1e-12)
    without = continuous_boyce(presences[:5], background, n_windows=3)
    assert without.value == pytest.approx(0.0, abs=1e-12)


def test_presences_beyond_the_background_are_told():
    background = np.array([0.0, 0.1, 0.2, 0.3])
    presences = np.array([0.1, 0.3, 0.95, 1.0])
    assert continuous_boyce(presences, background).n_unplaced == 2


@settings(max_examples=30)
@given(RATING, RATING)
def test_the_scale_of_suitability_does_not_matter(presences, background):
    """Powers of two scale without rounding, so that not one window changes."""
    assume(len({*presences, *background}) > 1)
    presences, background = np.array(presences), np.array(background)
    try:
        index = continuous_boyce(presences, background)
    except UnevaluableError:
        return
    scaled = continuous_boyce(0.25 * presences, 0.25 * background)
    assert scaled.value == index.value
    np.testing.assert_array_equal(scaled.ratio, index.ratio)


def test_interval_against_plain_resampling():
    rng = np.random.default_rng(4)
    background, presences = rng.random(500), np.sort(rng.beta(1.5, 1.0, 30))
    # The background spans the range, which keeps the windows of the resamples in place.
    background = np.concatenate([background, [0.0, 1.0]])
    asked = Bootstrap(np.random.default_rng(9), n_resamples=300, level=0.9)
    index = continuous_boyce(presences, background, bootstrap=asked)
    drawn = np.random.default_rng(9).multinomial(30, np.full(30, 1 / 30), size=300)
    values = [
        continuous_boyce(np.repeat(presences, times), background).value for times in drawn
    ]
    low, middle, high = np.percentile(values, [5, 50, 95])
    assert index.interval.low == pytest.approx(index.value + low - middle)
    assert index.interval.high == pytest.approx(index.value + high - middle)
    assert index.interval.low < index.value < index.interval.high
    assert (index.interval.level, index.interval.n_undefined) == (0.9, 0)


def test_same_seed_same_interval_and_more_presences_narrow_it():
    rng = np.random.default_rng(5)
    background, presences = rng.random(1000), rng.beta(1.3, 1.0, 400)

    def width(some, seed):
        asked = Bootstrap(np.random.default_rng(seed), n_resamples=200)
        return continuous_boyce(some, background, bootstrap=asked).interval

    assert width(presences, 1) == width(presences, 1)
    few, many = width(presences[:20], 1), width(presences, 1)
    assert many.high - many.low < few.high - few.low


def test_whole_clusters_are_drawn():
    """Many presences at each of three ratings: single draws pretend to know more."""
    background = np.linspace(0.0, 1.0, 400)
    presences = np.repeat([0.2, 0.5, 0.9], [10, 20, 40])
    cluster = np.repeat([7, 8, 9], [10, 20, 40]).astype(np.int32)

    def interval(which, order=slice(None)):
        asked = Bootstrap(np.random.default_rng(0), n_resamples=300, cluster=which)
        return continuous_boyce(presences[order], background, bootstrap=asked).interval

    single, whole = interval(None), interval(cluster)
    assert whole.high - whole.low > 2 * (single.high - single.low)
    assert interval(np.zeros(70, np.int32)) is None
    order = np.random.default_rng(1).permutation(70)
    assert interval(cluster[order], order) == whole


def test_undefined_resamples_are_counted_or_tell_that_there_is_no_interval():
    """Two presences at both ends; half of the draws have both at one end."""
    background = np.array([0.0, 1.0])
    presences = np.array([0.0, 1.0, 1.0])
    asked = Bootstrap(np.random.default_rng(0), n_resamples=200)
    index = continuous_boyce(presences, background, n_windows=3, bootstrap=asked)
    assert index.interval.n_undefined == 0
    assert (index.interval.low, index.interval.high) == (-1.0, 1.0)
    flat = np.array([0.0, 0.5, 0.5, 1.0])
    asked = Bootstrap(np.random.default_rng(0), n_resamples=200)
    few = continuous_boyce(np.array([0.0, 0.25, 0.25, 0.25, 0.25]), flat, bootstrap=asked)
    assert few.interval.n_undefined > 0


def test_bootstrap_errors_and_cancel(stop_at, cancelled):
    background, presences = np.linspace(0, 1, 50), np.array([0.2, 0.8, 0.9])
    rng = np.random.default_rng(0)
    for options in ({"n_resamples": 0}, {"level": 0.0}, {"level": 1.0}):
        with pytest.raises(ValueError, match="bootstrap"):
            continuous_boyce(presences, background, bootstrap=Bootstrap(rng, **options))
    asked = Bootstrap(rng, cluster=np.zeros(2, np.int32))
    with pytest.raises(ValueError, match="do not agree"):
        continuous_boyce(presences, background, bootstrap=asked)
    with pytest.raises(cancelled):
        continuous_boyce(
            presences,
            background,
            bootstrap=Bootstrap(rng, n_resamples=50_000),
            control=stop_at(0.3),
        )
