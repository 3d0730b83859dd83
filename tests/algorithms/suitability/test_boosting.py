from __future__ import annotations

import io

import numpy as np
import pytest
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from algorithms.suitability.boosting import BoostedTrees, compiled_boosting
from algorithms.suitability.estimator import DamagedModelError, InsufficientPresencesError
from algorithms.suitability.evaluation.discrimination import auc

NOT_FOR_BOOSTING = {
    "check_sample_weight_equivalence_on_dense_data": (
        "weights count within presences and within background; the least number of points in a "
        "leaf counts points"
    ),
}


@parametrize_with_checks(
    [BoostedTrees(n_trees=30, random_state=0)],
    expected_failed_checks=lambda _: NOT_FOR_BOOSTING,
)
def test_keeps_the_rules_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.fixture
def niche():
    rng = np.random.default_rng(11)
    background = rng.normal(size=(800, 3))
    presences = rng.normal(loc=(2.0, 0.0, 0.0), scale=(0.5, 1.0, 1.0), size=(40, 3))
    x = np.vstack([presences, background])
    x[:, 2] = np.floor(3 * x[:, 2])
    return x, (np.arange(840) < 40).astype(np.float64)


def fitted(niche, seed=1, **options):
    return BoostedTrees(random_state=seed, **{"n_trees": 60} | options).fit(*niche)


def test_the_library_answers_the_same(niche):
    x, y = niche
    library = HistGradientBoostingClassifier(max_iter=40, early_stopping=False).fit(x, y)
    trees, baseline = compiled_boosting(library)
    places = np.random.default_rng(0).normal(size=(5000, 3))
    np.testing.assert_allclose(
        expit(baseline + trees.total(places)), library.predict_proba(places)[:, 1], atol=1e-12
    )


def test_growing_in_steps_is_growing_at_once(niche, monkeypatch):
    """The weights, with presences and background balanced, and the order are the library's."""
    monkeypatch.setattr("algorithms.suitability.boosting._TREES_IN_STEP", 25)
    x, y = niche
    model = fitted(niche, max_features=1.0, shrinkage=0.0, minimum_leaf=4)
    library = HistGradientBoostingClassifier(
        max_iter=60,
        learning_rate=0.05,
        max_leaf_nodes=6,
        min_samples_leaf=4,
        early_stopping=False,
    ).fit(x, y, sample_weight=np.where(y > 0, 1.0, 40 / 800))
    np.testing.assert_allclose(
        model.predict(x), library.predict_proba(x)[:, 1], rtol=0, atol=1e-9
    )


def test_unseen_presences_are_rated_above_the_background(niche):
    rng = np.random.default_rng(99)
    model = fitted(niche, categorical=(2,))
    presences = rng.normal(loc=(2.0, 0.0, 0.0), scale=(0.5, 1.0, 1.0), size=(300, 3))
    background = rng.normal(size=(300, 3))
    assert auc(model.predict(presences), model.predict(background)) > 0.9


def test_seed_and_nothing_else_decides(niche, monkeypatch):
    x, _ = niche
    first = fitted(niche, categorical=(2,)).predict(x)
    for cores in (1, 3):
        monkeypatch.setattr("algorithms.connectivity.threads.core_count", lambda n=cores: n)
        np.testing.assert_array_equal(first, fitted(niche, categorical=(2,)).predict(x))
    assert not np.array_equal(first, fitted(niche, seed=2).predict(x))


def test_doubtful_presences_weigh_less():
    """Two places with 20 presences and 100 background points each; one is doubted."""
    x = np.repeat([5.0, -5.0, 5.0, -5.0], [20, 20, 100, 100])[:, None]
    y = np.arange(240) < 40
    weight = np.repeat([1.0, 0.1, 1.0], [20, 20, 200])
    model = BoostedTrees(random_state=1, n_trees=400, shrinkage=0.0)
    sure, doubted = model.fit(x, y, sample_weight=weight).predict([[5.0], [-5.0]])
    assert sure == pytest.approx((20 / 22) / (20 / 22 + 0.5), abs=0.01)
    assert doubted == pytest.approx((2 / 22) / (2 / 22 + 0.5), abs=0.01)


def test_a_class_that_was_not_seen_has_an_answer(niche):
    model = fitted(niche, categorical=(2,))
    answer = model.predict([[0.0, 0.0, 1234.0], [0.0, 0.0, -0.5]])
    assert answer[0] == answer[1]
    assert 0.0 < answer[0] < 1.0


def test_too_few_presences_is_a_clear_error(niche):
    x, y = niche
    with pytest.raises(InsufficientPresencesError, match="at least 2 presences"):
        fitted((x[39:], y[39:]))
    assert np.isfinite(fitted((x[38:], y[38:])).predict(x)).all()


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("n_trees", 0),
        ("max_leaves", 1),
        ("minimum_leaf", 0),
        ("learning_rate", 0.0),
        ("max_features", 1.5),
        ("shrinkage", -1.0),
        ("categorical", (3,)),
    ],
)
def test_bad_settings_are_refused(niche, name, bad):
    with pytest.raises(ValueError, match=name):
        fitted(niche, **{name: bad})


def test_both_steps_can_be_cancelled(niche, stop_at, cancelled, monkeypatch):
    monkeypatch.setattr("algorithms.suitability.boosting._TREES_IN_STEP", 20)
    watcher = stop_at(2.0)
    model = BoostedTrees(n_trees=60).fit(*niche, control=watcher)
    assert watcher.told == sorted(watcher.told)
    assert len(watcher.told) >= 4
    with pytest.raises(cancelled):
        model.fit(*niche, control=stop_at(0.4))
    with pytest.raises(cancelled):
        model.predict(np.tile(niche[0], (200, 1)), control=stop_at(0.1))


def test_state_round_trip_and_damage(niche):
    model = fitted(niche, categorical=(2,))
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **model.state())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        state = dict(arrays)
    again = BoostedTrees.from_state(state)
    np.testing.assert_array_equal(again.predict(niche[0]), model.predict(niche[0]))
    for damage in (
        {"baseline": np.array(np.nan)},
        {"tree_right": state["tree_right"][::-1]},
        {"class_code_2": state["class_code_2"][::-1]},
    ):
        with pytest.raises(DamagedModelError, match="Fit the model again"):
            BoostedTrees.from_state(state | damage)
