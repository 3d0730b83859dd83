from __future__ import annotations

import numpy as np
import pytest

from algorithms.suitability.evaluation.discrimination import auc
from algorithms.suitability.presence_background import (
    InsufficientPresencesError,
    PresenceBackgroundModel,
)
from resources.errors import PlannerError


@pytest.fixture
def niche():
    """Presences where the first variable is high; the second is noise."""
    rng = np.random.default_rng(11)
    background = rng.normal(size=(800, 2))
    presences = rng.normal(loc=(2.0, 0.0), scale=(0.5, 1.0), size=(40, 2))
    return np.vstack([presences, background]), np.arange(840) < 40


def fitted(niche, seed=1, **options):
    return PresenceBackgroundModel(60, **options).fit(*niche, rng=np.random.default_rng(seed))


def test_a_split_of_one_variable_is_found_exactly():
    predictors = np.concatenate([np.full(10, 5.0), np.zeros(200)])[:, None]
    model = fitted((predictors, predictors[:, 0] > 1.0))
    answer = model.predict(np.array([[6.0], [5.0], [0.0], [np.nan]]))
    np.testing.assert_array_equal(answer, [1.0, 1.0, 0.0, np.nan])


def test_prediction_is_the_mean_over_the_trees(niche):
    model = fitted(niche)
    places = niche[0][:50]
    slowly = [
        np.mean(
            [
                tree.predict_proba(place[None, :].astype(np.float32))[0, 1]
                for tree in model._trees
            ]
        )
        for place in places
    ]
    np.testing.assert_allclose(model.predict(places), slowly)


def test_unseen_presences_are_rated_above_the_background(niche):
    rng = np.random.default_rng(99)
    model = fitted(niche)
    presences = rng.normal(loc=(2.0, 0.0), scale=(0.5, 1.0), size=(300, 2))
    background = rng.normal(size=(300, 2))
    assert auc(model.predict(presences), model.predict(background)) > 0.9


def test_samples_are_balanced_however_large_the_background(niche):
    """Without down-sampling 40 presences among 800 points would be rated near 0.05."""
    model = fitted(niche, minimum_leaf=20)
    assert model.predict(niche[0][niche[1]]).mean() > 0.6
    assert all(tree.tree_.n_node_samples[0] <= 80 for tree in model._trees)


def test_seed_and_nothing_else_decides(niche):
    places = np.random.default_rng(5).normal(size=(300, 2))
    first = fitted(niche).predict(places)
    np.testing.assert_array_equal(first, fitted(niche, n_jobs=3).predict(places))
    assert not np.array_equal(first, fitted(niche, seed=2).predict(places))


def test_pieces_join_in_order(niche, monkeypatch):
    model = fitted(niche)
    places = np.random.default_rng(5).normal(size=(1000, 2))
    places[::7] = np.nan
    whole = model.predict(places)
    monkeypatch.setattr("algorithms.suitability.presence_background._CHUNK_ROWS", 64)
    np.testing.assert_array_equal(model.predict(places), whole)
    assert np.isnan(whole[::7]).all()
    assert np.isfinite(np.delete(whole, np.s_[::7])).all()


def test_points_of_weight_zero_do_not_take_part(niche):
    predictors, presence = niche
    misplaced = np.vstack([predictors, np.full((30, 2), -3.0)])
    kind = np.concatenate([presence, np.ones(30, dtype=bool)])
    weight = np.concatenate([np.ones(len(presence)), np.zeros(30)])
    ignoring = PresenceBackgroundModel(60).fit(
        misplaced, kind, weight=weight, rng=np.random.default_rng(1)
    )
    places = np.random.default_rng(5).normal(size=(100, 2))
    np.testing.assert_array_equal(ignoring.predict(places), fitted(niche).predict(places))
    believing = PresenceBackgroundModel(60).fit(misplaced, kind, rng=np.random.default_rng(1))
    there = np.array([[-3.0, -3.0]])
    assert believing.predict(there)[0] > 0.8
    assert ignoring.predict(there)[0] < 0.2


def test_doubtful_presences_weigh_less():
    """Two places with 20 presences and 100 background points each; one is doubted."""
    predictors = np.repeat([5.0, -5.0, 5.0, -5.0], [20, 20, 100, 100])[:, None]
    presence = np.arange(240) < 40
    weight = np.repeat([1.0, 0.1, 1.0], [20, 20, 200])
    places = np.array([[5.0], [-5.0]])
    model = PresenceBackgroundModel(200)
    sure, doubted = model.fit(
        predictors, presence, weight=weight, rng=np.random.default_rng(1)
    ).predict(places)
    # Of 40 presences 36.4 are drawn here and 3.6 there, against 20 background points each.
    assert sure == pytest.approx(36.4 / 56.4, abs=0.03)
    assert doubted == pytest.approx(3.6 / 23.6, abs=0.03)
    equal = model.fit(predictors, presence, rng=np.random.default_rng(1)).predict(places)
    np.testing.assert_allclose(equal, 0.5, atol=0.03)


def test_too_few_presences_is_a_clear_error(niche):
    predictors, presence = niche
    few = predictors[33:], presence[33:]
    with pytest.raises(
        InsufficientPresencesError, match="at least 8 presences, and 7 lie"
    ) as raised:
        fitted(few)
    assert isinstance(raised.value, PlannerError)
    assert isinstance(raised.value, ValueError)


def test_bad_samples_are_refused(niche):
    predictors, presence = niche
    rng = np.random.default_rng(0)
    model = PresenceBackgroundModel(5)
    with pytest.raises(ValueError, match="no background"):
        model.fit(predictors[:40], presence[:40], rng=rng)
    with pytest.raises(ValueError, match="not finite"):
        model.fit(np.where(predictors > 3, np.nan, predictors), presence, rng=rng)
    with pytest.raises(ValueError, match="do not agree"):
        model.fit(predictors[1:], presence, rng=rng)
    with pytest.raises(ValueError, match=r"\(points, variables\)"):
        model.fit(predictors[:, 0], presence, rng=rng)
    with pytest.raises(ValueError, match="bool"):
        model.fit(predictors, presence.astype(float), rng=rng)
    for bad in (-1.0, np.nan):
        with pytest.raises(ValueError, match="weights"):
            model.fit(predictors, presence, rng=rng, weight=np.full(840, bad))
    with pytest.raises(ValueError, match="not fitted"):
        model.predict(predictors)


def test_bad_places_and_settings_are_refused(niche):
    model = fitted(niche)
    with pytest.raises(ValueError, match="2 variables"):
        model.predict(np.zeros((4, 3)))
    with pytest.raises(ValueError, match="infinite"):
        model.predict(np.array([[0.0, np.inf]]))
    for name in ("n_trees", "minimum_leaf", "n_jobs"):
        with pytest.raises(ValueError, match=name):
            PresenceBackgroundModel(**{name: 0})


def test_no_places_no_answer(niche):
    assert fitted(niche).predict(np.empty((0, 2))).shape == (0,)


def test_both_steps_can_be_cancelled(niche, stop_at, cancelled, monkeypatch):
    rng = np.random.default_rng(1)
    with pytest.raises(cancelled):
        PresenceBackgroundModel(60).fit(*niche, rng=rng, control=stop_at(0.5))
    watcher = stop_at(2.0)
    model = PresenceBackgroundModel(60).fit(*niche, rng=rng, control=watcher)
    assert watcher.told[0] == 0.0
    assert watcher.told[-1] == 1.0
    assert watcher.told == sorted(watcher.told)
    monkeypatch.setattr("algorithms.suitability.presence_background._CHUNK_ROWS", 64)
    with pytest.raises(cancelled):
        model.predict(niche[0], control=stop_at(0.5))


def test_a_cancelled_fit_leaves_the_earlier_model(niche, stop_at, cancelled):
    model = fitted(niche)
    before = model.predict(niche[0])
    with pytest.raises(cancelled):
        model.fit(niche[0], ~niche[1], rng=np.random.default_rng(1), control=stop_at(0.5))
    np.testing.assert_array_equal(model.predict(niche[0]), before)
