from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from algorithms.suitability.evaluation import (
    UnevaluableError,
    auc,
    continuous_boyce,
    cross_validate,
    spatial_folds,
)
from resources.errors import PlannerError

RATING = st.lists(st.integers(0, 20).map(lambda n: n / 20), min_size=1, max_size=40)


def test_auc_by_hand():
    # Pairs won: 0.9 beats all three, 0.4 beats 0.1 and ties with 0.4.
    assert auc(np.array([0.9, 0.4]), np.array([0.1, 0.4, 0.6])) == pytest.approx(4.5 / 6)


@given(RATING, RATING)
def test_auc_counts_pairs(presences, background):
    slowly = np.mean([(p > b) + 0.5 * (p == b) for p in presences for b in background])
    fast = auc(np.array(presences), np.array(background))
    assert fast == pytest.approx(slowly)
    assert auc(np.array(background), np.array(presences)) == pytest.approx(1.0 - fast)


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


@pytest.mark.parametrize("measure", [auc, continuous_boyce])
def test_ratings_are_checked(measure):
    some = np.array([0.2, 0.4])
    with pytest.raises(ValueError, match="at least one"):
        measure(np.array([]), some)
    with pytest.raises(ValueError, match="at least one"):
        measure(some, some[None, :])
    with pytest.raises(ValueError, match="finite"):
        measure(some, np.array([np.nan]))


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_blocks_stay_whole_and_every_fold_holds_presences(n_folds, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(-500, 500, (2, 80))
    presence = rng.random(80) < 0.3
    block = np.floor(x / 100) * 1000 + np.floor(y / 100)
    assume(len(np.unique(block[presence])) >= 2)
    fold = spatial_folds(x, y, presence, block_size=100.0, n_folds=n_folds, rng=rng)
    for one in np.unique(block):
        assert len(np.unique(fold[block == one])) == 1
    assert len(np.unique(fold)) == min(n_folds, len(np.unique(block[presence])))
    counts = np.bincount(fold, weights=presence)
    assert (counts > 0).all()
    largest = max(presence[block == one].sum() for one in np.unique(block))
    assert counts.max() - counts.min() <= largest


def test_folds_by_hand():
    """Blocks with 3, 2 and 1 presences go to two folds as 3 against 2 + 1."""
    x = np.array([1.0, 2.0, 3.0, 11.0, 12.0, 21.0])
    fold = spatial_folds(
        x,
        np.zeros(6),
        np.ones(6, bool),
        block_size=10.0,
        n_folds=2,
        rng=np.random.default_rng(0),
    )
    np.testing.assert_array_equal(fold, [0, 0, 0, 1, 1, 1])


def test_fold_errors():
    x, presence = np.arange(6.0), np.ones(6, dtype=bool)
    rng = np.random.default_rng(0)
    with pytest.raises(UnevaluableError, match="within one block of 100"):
        spatial_folds(x, x, presence, block_size=100.0, rng=rng)
    with pytest.raises(ValueError, match="do not agree"):
        spatial_folds(x, x[1:], presence, block_size=1.0, rng=rng)
    with pytest.raises(ValueError, match="not finite"):
        spatial_folds(x + np.inf, x, presence, block_size=1.0, rng=rng)
    for options in (
        {"block_size": 0.0},
        {"block_size": np.nan},
        {"block_size": 1.0, "n_folds": 1},
    ):
        with pytest.raises(ValueError, match="block_size"):
            spatial_folds(x, x, presence, rng=rng, **options)


@pytest.fixture
def folded():
    """Six points in three folds; the third holds no background."""
    return np.array([1, 0, 1, 0, 1, 1], dtype=bool), np.array(
        [0, 0, 1, 1, 2, 2], dtype=np.int32
    )


def test_cross_validation_by_hand(folded):
    presence, fold = folded
    seen = []

    def predict(learn, rate, control):
        seen.append((learn.copy(), rate.copy()))
        control.report(1.0)
        return np.array([0.9, 0.1]) if rate[0] else np.array([0.2, 0.7])

    result = cross_validate(predict, presence, fold)
    assert result.fold_auc == (1.0, 0.0)
    assert result.mean_auc == 0.5
    np.testing.assert_array_equal(result.predicted, [0.9, 0.1, 0.2, 0.7, 0.2, 0.7])
    for number, (learn, rate) in enumerate(seen):
        np.testing.assert_array_equal(rate, fold == number)
        np.testing.assert_array_equal(learn, fold != number)


def test_cross_validation_progress_and_cancel(folded, stop_at, cancelled):
    def predict(learn, rate, control):
        control.report(0.5)
        return np.zeros(int(rate.sum()))

    watcher = stop_at(2.0)
    cross_validate(predict, *folded, control=watcher)
    np.testing.assert_allclose(watcher.told, [1 / 6, 3 / 6, 5 / 6, 1.0])
    with pytest.raises(cancelled):
        cross_validate(predict, *folded, control=stop_at(0.4))


def test_cross_validation_errors(folded):
    presence, fold = folded

    def predict(learn, rate, control):
        return np.zeros(int(rate.sum()))

    with pytest.raises(UnevaluableError, match="both presences and background") as raised:
        cross_validate(predict, np.ones(6, dtype=bool), fold)
    assert isinstance(raised.value, PlannerError)
    with pytest.raises(ValueError, match="two folds"):
        cross_validate(predict, presence, np.zeros(6, dtype=np.int32))
    with pytest.raises(ValueError, match="do not agree"):
        cross_validate(predict, presence[1:], fold)
    with pytest.raises(ValueError, match="not finite"):
        cross_validate(lambda learn, rate, control: np.full(2, np.nan), presence, fold)
