from __future__ import annotations

import numpy as np
import pytest

from algorithms.suitability.evaluation.discrimination import auc
from algorithms.suitability.understanding.importance import (
    Importance,
    ImportanceSettings,
    permutation_importance,
)


@pytest.fixture
def niche():
    """Column 0 decides, 2 is its twin, 1 is noise; a model of columns 0 and 2."""
    rng = np.random.default_rng(0)
    presence = np.arange(400) < 80
    good = np.where(presence, rng.normal(2, 1, 400), rng.normal(0, 1, 400))
    return np.column_stack([good, rng.normal(size=400), good]), presence


def of_both_twins(values):
    return values[:, 0] + values[:, 2]


def test_summary_by_hand():
    found = Importance(((0,), (1,), (2,)), 0.9, np.array([[0.2, 0.4], [-0.1, 0.0], [0.1, 0.1]]))
    np.testing.assert_allclose(found.mean, [0.3, -0.05, 0.1])
    np.testing.assert_allclose(found.deviation, [np.sqrt(0.02), np.sqrt(0.005), 0.0])
    np.testing.assert_allclose(found.percent, [75, 0, 25])
    nothing = Importance(((0,),), 0.5, np.array([[-0.1]]))
    np.testing.assert_array_equal(nothing.percent, [0.0])
    assert np.isnan(nothing.deviation).all()


def test_what_the_model_ignores_has_no_importance(niche):
    values, presence = niche
    settings = ImportanceSettings(np.random.default_rng(1), repeats=5)
    found = permutation_importance(of_both_twins, values, presence, settings)
    both = of_both_twins(values)
    assert found.baseline == pytest.approx(auc(both[presence], both[~presence]))
    assert found.loss.shape == (3, 5)
    np.testing.assert_array_equal(found.loss[1], 0.0)
    assert (found.mean[[0, 2]] > 0.05).all()
    assert found.percent.sum() == pytest.approx(100.0)


def test_twins_as_a_group_lose_everything(niche):
    values, presence = niche
    settings = ImportanceSettings(np.random.default_rng(1), groups=[(0, 2), (0,)], repeats=20)
    found = permutation_importance(of_both_twins, values, presence, settings)
    assert found.groups == ((0, 2), (0,))
    assert found.baseline - found.mean[0] == pytest.approx(0.5, abs=0.03)
    assert found.mean[1] < 0.7 * found.mean[0]


def test_shuffled_values_are_the_same_values_and_groups_keep_together(niche):
    values, presence = niche
    seen = []

    def predict(places):
        seen.append(places.copy())
        return places[:, 0]

    settings = ImportanceSettings(np.random.default_rng(2), groups=[(0, 2)], repeats=2)
    permutation_importance(predict, values, presence, settings)
    assert len(seen) == 3
    for places in seen[1:]:
        np.testing.assert_array_equal(np.sort(places[:, 0]), np.sort(values[:, 0]))
        np.testing.assert_array_equal(places[:, 0], places[:, 2])
        np.testing.assert_array_equal(places[:, 1], values[:, 1])
        assert (places[:, 0] != values[:, 0]).any()


def test_same_seed_same_numbers(niche):
    one, other = (
        permutation_importance(
            of_both_twins, *niche, ImportanceSettings(np.random.default_rng(3), repeats=3)
        )
        for _ in range(2)
    )
    np.testing.assert_array_equal(one.loss, other.loss)


def test_cancel_and_progress(niche, stop_at, cancelled):
    settings = ImportanceSettings(np.random.default_rng(3), repeats=4)
    with pytest.raises(cancelled):
        permutation_importance(of_both_twins, *niche, settings, control=stop_at(0.5))
    watcher = stop_at(2.0)
    permutation_importance(of_both_twins, *niche, settings, control=watcher)
    assert (np.diff(watcher.told) > 0).all()
    assert watcher.told[-1] == 1.0


def test_errors(niche):
    values, presence = niche
    rng = np.random.default_rng(0)
    settings = ImportanceSettings(rng)
    with pytest.raises(ValueError, match="do not agree"):
        permutation_importance(of_both_twins, values, presence[1:], settings)
    with pytest.raises(ValueError, match="presences and background"):
        permutation_importance(of_both_twins, values, presence | True, settings)
    with pytest.raises(ValueError, match="not finite"):
        permutation_importance(of_both_twins, values * np.nan, presence, settings)
    with pytest.raises(ValueError, match="once or more"):
        permutation_importance(
            of_both_twins, values, presence, ImportanceSettings(rng, repeats=0)
        )
    for groups in ([()], [(0, 3)]):
        with pytest.raises(ValueError, match="empty or beyond 3"):
            permutation_importance(
                of_both_twins, values, presence, ImportanceSettings(rng, groups=groups)
            )
    with pytest.raises(ValueError, match="a model predicts"):
        permutation_importance(lambda v: v[:3, 0], values, presence, settings)


def test_points_of_no_weight_have_no_say(niche):
    values, presence = niche
    weight = np.where(np.arange(400) % 2 == 0, 1.0, 0.0)
    settings = ImportanceSettings(np.random.default_rng(1), repeats=2, weight=weight)
    found = permutation_importance(of_both_twins, values, presence, settings)
    half = weight > 0
    said = of_both_twins(values)
    assert found.baseline == pytest.approx(auc(said[half & presence], said[half & ~presence]))
    with pytest.raises(ValueError, match="weights"):
        permutation_importance(
            of_both_twins,
            values,
            presence,
            ImportanceSettings(np.random.default_rng(1), weight=weight[1:]),
        )
