from __future__ import annotations

import numpy as np
import pytest

from algorithms.suitability.estimator import InsufficientPresencesError
from algorithms.suitability.evaluation.cross_validation import cross_validate
from algorithms.suitability.evaluation.ratings import UnevaluableError
from resources.errors import PlannerError


@pytest.fixture
def folded():
    """Six points in three folds; the third holds no background."""
    return np.array([1, 0, 1, 0, 1, 1], dtype=bool), np.array(
        [0, 0, 1, 1, 2, 2], dtype=np.int32
    )


def rate_by_hand(learn, rate, control):
    control.report(1.0)
    return np.array([0.9, 0.1]) if rate[0] else np.array([0.2, 0.7])


def test_cross_validation_by_hand(folded):
    presence, fold = folded
    seen = []

    def predict(learn, rate, control):
        seen.append((learn.copy(), rate.copy()))
        return rate_by_hand(learn, rate, control)

    result = cross_validate(predict, presence, fold, names=("Russia", "China", "Korea"))
    assert result.fold_auc == (1.0, 0.0)
    assert result.mean_auc == 0.5
    np.testing.assert_array_equal(result.predicted, [0.9, 0.1, 0.2, 0.7, 0.2, 0.7])
    for number, (learn, rate) in enumerate(seen):
        np.testing.assert_array_equal(rate, fold == number)
        np.testing.assert_array_equal(learn, fold != number)
    russia, china, korea = result.folds
    assert (russia.name, russia.n_presences, russia.n_background) == ("Russia", 1, 1)
    assert russia.n_learnt == 3
    assert russia.highest_tss == 1.0
    assert (china.auc, china.highest_tss) == (0.0, 0.0)
    assert korea.auc is None
    assert korea.reason == "no background point lies in it"
    at_presences, at_background = result.unseen()
    np.testing.assert_array_equal(at_presences, [0.9, 0.2, 0.2, 0.7])
    np.testing.assert_array_equal(at_background, [0.1, 0.7])
    np.testing.assert_array_equal(result.fold_of_unseen(), [0, 1, 2, 2])


def test_tss_takes_its_threshold_from_the_other_folds():
    """The best threshold of fold 2 is 0.8; at it fold 1 finds neither presence."""
    presence = np.array([1, 1, 0, 0, 1, 0], dtype=bool)
    fold = np.array([0, 0, 0, 0, 1, 1], dtype=np.int32)
    ratings = np.array([0.7, 0.6, 0.2, 0.1, 0.8, 0.65])
    result = cross_validate(lambda _learn, rate, _control: ratings[rate], presence, fold)
    first, second = result.folds
    assert (first.highest_tss, first.tss) == (1.0, 0.0)
    # The best threshold of fold 1 is 0.6; at it fold 2 takes its background in.
    assert (second.highest_tss, second.tss) == (1.0, 0.0)
    assert (first.name, second.name) == ("1", "2")


def test_folds_that_cannot_be_fitted_are_listed_with_their_reason():
    presence = np.array([1, 1, 0, 1, 0, 0, 0], dtype=bool)
    fold = np.array([0, 0, 0, 1, 1, 1, 2], dtype=np.int32)

    def predict(learn, rate, control):
        if (learn & presence).sum() < 2:
            raise InsufficientPresencesError("only 1 presence to learn from.")
        return np.array([0.9, 0.9, 0.1])[: rate.sum()]

    result = cross_validate(predict, presence, fold)
    assert [one.auc for one in result.folds] == [None, 0.75, None]
    assert [one.reason for one in result.folds] == [
        "only 1 presence to learn from.",
        "",
        "no presence lies in it",
    ]
    np.testing.assert_array_equal(np.isnan(result.predicted), fold == 0)
    assert result.folds[1].tss is None  # the only other rated fold holds no presence
    at_presences, at_background = result.unseen()
    assert (len(at_presences), len(at_background)) == (1, 3)
    np.testing.assert_array_equal(result.fold_of_unseen(), [1])
    assert result.mean_auc == 0.75
    assert result.folds[1].boyce == pytest.approx(1.0)


def test_a_fold_with_all_presences_or_all_background_is_listed():
    fold = np.array([0, 0, 1, 1], dtype=np.int32)
    presence = np.array([1, 1, 0, 0], dtype=bool)
    with pytest.raises(UnevaluableError, match=r"1: no presence lies outside.*2: no b"):
        cross_validate(lambda _l, rate, _c: np.zeros(int(rate.sum())), presence, fold)


def test_a_flat_fold_has_an_auc_and_a_reason_for_its_missing_boyce(folded):
    presence, fold = folded
    flat = cross_validate(lambda _l, rate, _c: np.full(int(rate.sum()), 0.5), presence, fold)
    assert flat.folds[0].auc == 0.5
    assert flat.folds[0].boyce is None
    assert "suitability 0.5" in flat.folds[0].reason


def test_threads_give_the_same_numbers():
    rng = np.random.default_rng(0)
    presence, fold = rng.random(200) < 0.4, rng.integers(0, 5, 200).astype(np.int32)
    ratings = rng.random(200)

    def predict(learn, rate, control):
        control.report(0.5)
        return ratings[rate] * learn.mean()

    plain = cross_validate(predict, presence, fold)
    threaded = cross_validate(predict, presence, fold, in_parallel=True)
    assert plain.folds == threaded.folds
    np.testing.assert_array_equal(plain.predicted, threaded.predicted)


def test_cross_validation_progress_and_cancel(folded, stop_at, cancelled):
    def predict(learn, rate, control):
        control.report(0.5)
        return np.zeros(int(rate.sum()))

    watcher = stop_at(2.0)
    cross_validate(predict, *folded, control=watcher)
    np.testing.assert_allclose(watcher.told, [0, 1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6, 1.0])
    with pytest.raises(cancelled):
        cross_validate(predict, *folded, control=stop_at(0.4))
    with pytest.raises(cancelled):
        cross_validate(predict, *folded, control=stop_at(0.4), in_parallel=True)


def test_cross_validation_errors(folded):
    presence, fold = folded

    def predict(learn, rate, control):
        return np.zeros(int(rate.sum()))

    with pytest.raises(UnevaluableError, match="No fold could be evaluated") as raised:
        cross_validate(predict, np.ones(6, dtype=bool), fold)
    assert isinstance(raised.value, PlannerError)
    with pytest.raises(ValueError, match="two folds"):
        cross_validate(predict, presence, np.zeros(6, dtype=np.int32))
    with pytest.raises(ValueError, match="do not agree"):
        cross_validate(predict, presence[1:], fold)
    with pytest.raises(ValueError, match="2 names for 3 folds"):
        cross_validate(predict, presence, fold, names=("a", "b"))
    with pytest.raises(ValueError, match="not finite"):
        cross_validate(lambda learn, rate, control: np.full(2, np.nan), presence, fold)
    with pytest.raises(ValueError, match=r"shape \(1,\)"):
        cross_validate(lambda learn, rate, control: np.zeros(1), presence, fold)
