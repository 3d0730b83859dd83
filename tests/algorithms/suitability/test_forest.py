from __future__ import annotations

import io

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from algorithms.suitability.estimator import DamagedModelError, InsufficientPresencesError
from algorithms.suitability.evaluation.discrimination import auc
from algorithms.suitability.forest import DownSampledForest

NOT_FOR_FORESTS = {
    "check_sample_weight_equivalence_on_dense_data": (
        "a weight of 2 and a point given twice are drawn equally often, but not by the same "
        "random numbers"
    ),
}


@parametrize_with_checks(
    [DownSampledForest(n_trees=5, random_state=0)],
    expected_failed_checks=lambda _: NOT_FOR_FORESTS,
)
def test_keeps_the_rules_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.fixture
def niche():
    """Presences where the first variable is high; the second is noise."""
    rng = np.random.default_rng(11)
    background = rng.normal(size=(800, 2))
    presences = rng.normal(loc=(2.0, 0.0), scale=(0.5, 1.0), size=(40, 2))
    return np.vstack([presences, background]), (np.arange(840) < 40).astype(np.float64)


def fitted(niche, seed=1, **options):
    return DownSampledForest(random_state=seed, **{"n_trees": 60} | options).fit(*niche)


def test_a_split_of_one_variable_is_found_exactly():
    x = np.concatenate([np.full(10, 5.0), np.zeros(200)])[:, None]
    answer = fitted((x, x[:, 0] > 1.0)).predict([[6.0], [5.0], [2.6], [2.4], [0.0]])
    np.testing.assert_array_equal(answer, [1.0, 1.0, 1.0, 0.0, 0.0])


def test_unseen_presences_are_rated_above_the_background(niche):
    rng = np.random.default_rng(99)
    model = fitted(niche)
    presences = rng.normal(loc=(2.0, 0.0), scale=(0.5, 1.0), size=(300, 2))
    assert auc(model.predict(presences), model.predict(rng.normal(size=(300, 2)))) > 0.9


def test_samples_are_balanced_however_large_the_background(niche):
    """Without down-sampling 40 presences among 800 points would be rated near 0.05."""
    x, y = niche
    assert fitted(niche, minimum_leaf=20).predict(x[y > 0]).mean() > 0.6
    assert fitted(niche, max_depth=1, smoothing=1e12).predict(x).mean() == pytest.approx(0.5)


@pytest.mark.parametrize("columns", [(), (1,)])
def test_seed_and_nothing_else_decides(niche, monkeypatch, columns):
    x, y = niche
    x = np.column_stack([x[:, 0], np.floor(2 * x[:, 1])])
    places = x[::3]
    first = fitted((x, y), categorical=columns).predict(places)
    for cores in (1, 3):
        monkeypatch.setattr("algorithms.connectivity.threads.core_count", lambda n=cores: n)
        np.testing.assert_array_equal(
            first, fitted((x, y), categorical=columns).predict(places)
        )
    assert not np.array_equal(first, fitted((x, y), seed=2).predict(places))


def test_points_of_weight_zero_do_not_take_part(niche):
    x, y = niche
    misplaced = np.vstack([x, np.full((30, 2), -3.0)])
    kind = np.concatenate([y, np.ones(30)])
    weight = np.concatenate([np.ones(len(y)), np.zeros(30)])
    model = DownSampledForest(random_state=1, n_trees=60)
    ignoring = clone(model).fit(misplaced, kind, sample_weight=weight)
    np.testing.assert_array_equal(ignoring.predict(x), fitted(niche).predict(x))
    believing = clone(model).fit(misplaced, kind)
    there = np.array([[-3.0, -3.0]])
    assert believing.predict(there)[0] > 0.8
    assert ignoring.predict(there)[0] < 0.2


def test_doubtful_presences_weigh_less():
    """Two places with 20 presences and 100 background points each; one is doubted."""
    x = np.repeat([5.0, -5.0, 5.0, -5.0], [20, 20, 100, 100])[:, None]
    y = np.arange(240) < 40
    weight = np.repeat([1.0, 0.1, 1.0], [20, 20, 200])
    places = np.array([[5.0], [-5.0]])
    model = DownSampledForest(random_state=1, n_trees=400)
    sure, doubted = model.fit(x, y, sample_weight=weight).predict(places)
    # Of 40 presences 36.4 are drawn here and 3.6 there, against 20 background points each.
    assert sure == pytest.approx(36.4 / 56.4, abs=0.03)
    assert doubted == pytest.approx(3.6 / 23.6, abs=0.03)
    np.testing.assert_allclose(model.fit(x, y).predict(places), 0.5, atol=0.03)


def test_classes_are_parted_as_sets():
    """Codes 1, 5 and 9 are good, 3 and 7 bad: no split of numbers parts them at once."""
    rng = np.random.default_rng(0)
    codes = rng.choice([1.0, 3.0, 5.0, 7.0, 9.0], 600)[:, None]
    y = np.isin(codes[:, 0], [1.0, 5.0, 9.0]) & (np.arange(600) < 100)
    options = {"random_state": 0, "n_trees": 200, "max_depth": 1}
    model = DownSampledForest((0,), **options).fit(codes, y)
    good, bad = model.predict([[1.0], [5.0], [9.0]]), model.predict([[3.0], [7.0]])
    assert good.min() > 0.55
    assert bad.max() == 0.0
    as_numbers = DownSampledForest((), **options).fit(codes, y)
    assert as_numbers.predict([[3.0], [7.0]]).max() > 0.3


def test_a_class_that_was_not_seen_is_no_evidence(niche):
    """The prediction for it lies between those for the richest and the poorest class."""
    x, y = niche
    codes = np.where(y > 0, 4.0, np.arange(840) % 3)
    model = fitted((np.column_stack([x[:, 0], codes]), y), categorical=(1,))
    x0 = np.linspace(-2, 3, 40)
    rich, unseen, poor = (
        model.predict(np.column_stack([x0, np.full(40, code)])) for code in (4.0, 77.0, 1.0)
    )
    assert (poor <= unseen).all()
    assert (unseen <= rich).all()
    np.testing.assert_array_equal(
        model.predict(np.column_stack([x0, np.full(40, -5.5)])), unseen
    )


def test_too_few_presences_is_a_clear_error(niche):
    x, y = niche
    with pytest.raises(InsufficientPresencesError, match="at least 2 presences"):
        fitted((x[39:], y[39:]))
    two = fitted((x[38:], y[38:])).predict(x)
    assert np.isfinite(two).all()


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("n_trees", 0),
        ("minimum_leaf", 0),
        ("max_depth", 0),
        ("most_draws", 0),
        ("max_features", 3),
        ("max_features", "log"),
        ("smoothing", -1.0),
        ("smoothing", np.inf),
        ("categorical", (2,)),
    ],
)
def test_bad_settings_are_refused(niche, name, bad):
    with pytest.raises(ValueError, match=name):
        fitted(niche, **{name: bad})


def test_each_tree_sees_no_more_than_the_most_draws(niche):
    model = fitted(niche, most_draws=5)
    sizes = np.diff([*model.trees_.start, len(model.trees_.feature)])
    assert sizes.max() <= 19


def test_both_steps_can_be_cancelled(niche, stop_at, cancelled):
    with pytest.raises(cancelled):
        DownSampledForest(n_trees=400).fit(*niche, control=stop_at(0.2))
    watcher = stop_at(2.0)
    model = DownSampledForest(n_trees=50).fit(*niche, control=watcher)
    assert watcher.told[-1] == 1.0
    assert watcher.told == sorted(watcher.told)
    with pytest.raises(cancelled):
        model.predict(np.tile(niche[0], (200, 1)), control=stop_at(0.1))


def test_a_cancelled_fit_leaves_the_earlier_model(niche, stop_at, cancelled):
    model = fitted(niche)
    before = model.predict(niche[0])
    with pytest.raises(cancelled):
        model.fit(niche[0], 1 - niche[1], control=stop_at(0.0))
    np.testing.assert_array_equal(model.predict(niche[0]), before)


def stored(model):
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **model.state())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        return dict(arrays)


def test_state_round_trip(niche):
    x, y = niche
    x = np.column_stack([x[:, 0], np.floor(2 * x[:, 1])])
    model = fitted((x, y), categorical=(1,), smoothing=2.0)
    again = DownSampledForest.from_state(stored(model))
    np.testing.assert_array_equal(again.predict(x), model.predict(x))
    assert again.categorical == (1,)
    assert again.n_trees == 60


def test_damaged_state_is_refused(niche):
    state = stored(fitted(niche))
    value = state["tree_value"].copy()
    value[0] = 1.5
    for damage in (
        {"tree_value": value},
        {"tree_left": np.zeros_like(state["tree_left"])},
        {"tree_feature": state["tree_feature"][:-1]},
        {"categorical": np.array([0])},
        {"n_variables": np.array(1)},
        {"n_variables": np.array("x")},
    ):
        with pytest.raises(DamagedModelError, match="Fit the model again"):
            DownSampledForest.from_state(state | damage)
