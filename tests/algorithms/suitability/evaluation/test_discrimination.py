from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.suitability.evaluation.discrimination import (
    auc,
    auc_prg,
    correlation,
    cut_offs,
    tss,
    tss_at,
)
from algorithms.suitability.evaluation.ratings import UnevaluableError

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


def test_cut_offs_by_hand():
    cut = cut_offs(np.array([0.9, 0.4]), np.array([0.1, 0.4, 0.6]))
    np.testing.assert_array_equal(cut.threshold, [0.9, 0.6, 0.4, 0.1])
    np.testing.assert_allclose(cut.sensitivity, [0.5, 0.5, 1.0, 1.0])
    np.testing.assert_allclose(cut.background_share, [0.0, 1 / 3, 2 / 3, 1.0])


@given(RATING, RATING)
def test_tss_is_the_best_over_all_thresholds(presences, background):
    presences, background = np.array(presences), np.array(background)
    value, threshold = tss(presences, background)
    every = np.unique(np.concatenate([presences, background]))
    skills = [tss_at(presences, background, one) for one in every]
    assert value == pytest.approx(max(skills))
    assert tss_at(presences, background, threshold) == pytest.approx(value)
    assert threshold == min(
        one for one, s in zip(every, skills, strict=True) if s == max(skills)
    )


def test_tss_by_hand():
    """0.6 and 0.2 do equally well (0.5); the lower one omits fewer presences."""
    value, threshold = tss(np.array([0.6, 0.2]), np.array([0.4, 0.1]))
    assert (value, threshold) == (0.5, 0.2)
    assert tss_at(np.array([0.6, 0.2]), np.array([0.4, 0.1]), 0.3) == 0.0


def prg_slowly(presences, background, prevalence):
    """Exact, by counting at each threshold and cutting the segment that passes gain 0."""
    n, m = len(presences), len(background)
    points = [(Fraction(0), Fraction(0))]
    for t in sorted({*presences, *background}, reverse=True):
        s = Fraction(sum(p >= t for p in presences), n)
        b = Fraction(sum(x >= t for x in background), m)
        points.append((s, b))
    odds = prevalence / (1 - prevalence)
    area = Fraction(0)
    for (s0, b0), (s1, b1) in pairwise(points):
        if s1 <= prevalence:
            continue
        s = max(s0, prevalence)
        b = b0 + (s - s0) / (s1 - s0) * (b1 - b0) if s > s0 else b0
        gains = [(1 - odds * (1 - x) / x, 1 - y / x) for x, y in ((s, b), (s1, b1))]
        area += (gains[1][0] - gains[0][0]) * (gains[0][1] + gains[1][1]) / 2
    return float(area)


@given(RATING, RATING, st.none() | st.integers(1, 19).map(lambda n: Fraction(n, 20)))
def test_auc_prg_agrees_with_its_definition(presences, background, prevalence):
    share = prevalence or Fraction(len(presences), len(presences) + len(background))
    slowly = prg_slowly(presences, background, share)
    given_share = None if prevalence is None else float(prevalence)
    fast = auc_prg(np.array(presences), np.array(background), prevalence=given_share)
    assert fast == pytest.approx(slowly, abs=1e-9)


def test_auc_prg_by_hand():
    """Prevalence 1/2, thresholds at (s, b) = (1/2, 0), (1/2, 1/2), (1, 1/2) and (1, 1).

    Recall gain is 0 at s = 1/2, with precision gain 1; it is 1 at s = 1, with 1/2 and then 0.
    From (0, 1) the curve drops to (0, 0) and rises to (1, 1/2): the area below is 1/4.
    """
    assert auc_prg(np.array([0.9, 0.5]), np.array([0.7, 0.1])) == pytest.approx(0.25)


def test_auc_prg_of_perfect_and_of_empty_maps():
    presences, background = np.array([0.8, 0.9]), np.array([0.1, 0.2, 0.3])
    assert auc_prg(presences, background) == pytest.approx(1.0)
    assert auc_prg(np.full(3, 0.5), np.full(9, 0.5)) == pytest.approx(0.0)
    assert auc_prg(background, presences) < 0.0


def test_a_stated_prevalence_makes_backgrounds_of_any_size_comparable():
    rng = np.random.default_rng(3)
    presences, background = rng.beta(2, 1, 300), rng.random(300)
    one = auc_prg(presences, background, prevalence=0.1)
    many = auc_prg(presences, np.tile(background, 7), prevalence=0.1)
    assert one == pytest.approx(many)
    assert auc_prg(presences, background) != pytest.approx(
        auc_prg(presences, np.tile(background, 7)), abs=0.01
    )


@pytest.mark.parametrize("prevalence", [0.0, 1.0, np.nan])
def test_prevalence_is_checked(prevalence):
    with pytest.raises(ValueError, match="prevalence"):
        auc_prg(np.array([0.9]), np.array([0.1]), prevalence=prevalence)


def test_correlation_by_hand():
    """Ratings 1, 0, 0 with presence 1, 1, 0: covariance 1/9, variances 2/9 and 2/9."""
    assert correlation(np.array([1.0, 0.0]), np.array([0.0])) == pytest.approx(0.5)
    assert correlation(np.array([1.0]), np.array([0.0, 0.0])) == pytest.approx(1.0)
    with pytest.raises(UnevaluableError, match=r"suitability 0\.5"):
        correlation(np.full(3, 0.5), np.full(2, 0.5))


@pytest.mark.parametrize("measure", [auc, tss, auc_prg, correlation, cut_offs])
def test_ratings_are_checked(measure):
    some = np.array([0.2, 0.4])
    with pytest.raises(ValueError, match="at least one"):
        measure(np.array([]), some)
    with pytest.raises(ValueError, match="at least one"):
        measure(some, some[None, :])
    with pytest.raises(ValueError, match="finite"):
        measure(some, np.array([np.nan]))
