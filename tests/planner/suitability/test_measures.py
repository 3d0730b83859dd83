from __future__ import annotations

import numpy as np
import pytest

from algorithms.control import NULL_CONTROL
from algorithms.suitability.evaluation.cross_validation import cross_validate
from planner.suitability.measures import resampled, summarised
from planner.suitability.study import EvaluationSettings


@pytest.fixture
def tested():
    """Three parts of 8, 8 and 1 presences, rated well and unlike in level."""
    rng = np.random.default_rng(3)
    fold = np.repeat([0, 1, 2], 100).astype(np.int32)
    presence = np.zeros(300, np.bool_)
    presence[[*range(8), *range(100, 108), 200]] = True
    rating = np.where(presence, rng.beta(6, 2, 300), rng.beta(2, 4, 300)) * (1.0 - 0.2 * fold)
    result = cross_validate(lambda learn, rate, control: rating[rate], presence, fold)
    return result, fold


@pytest.fixture
def found(tested):
    settings = EvaluationSettings(bootstraps=80)
    rng = np.random.default_rng(1)
    return summarised(tested[0], tested[1], (settings, 5.0), rng, NULL_CONTROL)


def test_every_interval_holds_its_value(found):
    for name in ("auc", "tss", "boyce", "auc_prg", "correlation"):
        measure = getattr(found, name)
        assert measure.low <= measure.value <= measure.high <= 1.0, name


def test_a_part_with_one_presence_has_no_figures_and_says_why(found):
    *whole, few = found.folds
    assert all(fold.auc is not None and fold.reason == "" for fold in whole)
    assert (few.auc, few.tss, few.boyce) == (None, None, None)
    assert few.reason == "too few presences for figures of its own (1)"


def test_the_headline_tss_judges_each_part_by_the_threshold_of_the_others(tested, found):
    result, fold = tested
    hit = miss = 0
    for number in range(3):
        here, other = fold == number, fold != number
        cuts = np.unique(result.predicted[other])
        skill = [
            np.mean(result.predicted[other & result.presence] >= cut)
            - np.mean(result.predicted[other & ~result.presence] >= cut)
            for cut in cuts
        ]
        limit = cuts[int(np.argmax(skill))]
        hit += np.sum(result.predicted[here & result.presence] >= limit)
        miss += np.sum(result.predicted[here & ~result.presence] >= limit)
    by_hand = hit / result.presence.sum() - miss / (~result.presence).sum()
    assert found.tss.value == pytest.approx(by_hand)
    best = next(item for item in found.thresholds if item.rule == "max_tss")
    assert found.tss.value <= best.sensitivity - best.background_share


def test_parts_count_by_their_presences():
    parts = [(np.array([1.0, 1.0, 1.0]), np.zeros(2)), (np.array([5.0]), np.zeros(2))]
    found = resampled(lambda p, _: float(p.mean()), parts, np.random.default_rng(0), 20)
    assert found.value == pytest.approx((3 * 1.0 + 5.0) / 4)
