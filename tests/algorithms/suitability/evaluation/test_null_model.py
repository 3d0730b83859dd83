from __future__ import annotations

import numpy as np
import pytest

from algorithms.suitability.evaluation.boyce import continuous_boyce
from algorithms.suitability.evaluation.null_model import (
    NullModelTest,
    NullSettings,
    null_model_test,
    random_draw,
)
from algorithms.suitability.evaluation.ratings import UnevaluableError


@pytest.fixture
def niche():
    """A variable, 20 presences at its high end, 180 background points."""
    rng = np.random.default_rng(0)
    variable = np.concatenate([rng.uniform(0.8, 1.0, 20), rng.random(180)])
    presence = np.arange(200) < 20
    held_out = np.zeros(200, dtype=bool)
    held_out[:6] = held_out[20:60] = True
    return variable, presence, held_out


def nearness_to_mean(variable):
    """A model that rates a point by how near it is to the mean of the presences."""

    def fit_rate(rows, control):
        control.report(0.5)
        return -np.abs(variable - variable[rows].mean())

    return fit_rate


def test_p_value_and_effect_size_by_hand():
    test = NullModelTest(0.8, np.array([0.5, 0.6, 0.7, 0.9]))
    assert test.p_value == pytest.approx(2 / 5)
    assert test.effect_size == pytest.approx((0.8 - 0.675) / np.std([5, 6, 7, 9], ddof=1) * 10)
    assert NullModelTest(0.8, np.array([0.8])).p_value == 1.0
    assert NullModelTest(0.9, np.full(99, 0.5)).p_value == 0.01
    assert np.isnan(NullModelTest(0.9, np.full(99, 0.5)).effect_size)
    # A null model without a figure counts against the model.
    unsure = NullModelTest(0.8, np.array([0.5, np.nan, 0.7]))
    assert unsure.p_value == pytest.approx(2 / 4)
    assert unsure.effect_size == pytest.approx(0.2 / np.std([0.5, 0.7], ddof=1))
    assert np.isnan(NullModelTest(0.8, np.array([np.nan])).effect_size)


def test_a_real_niche_beats_null_models_on_the_same_held_out_presences(niche):
    variable, presence, held_out = niche
    seen = []

    def fit_rate(rows, control):
        seen.append(rows)
        return nearness_to_mean(variable)(rows, control)

    draw = random_draw(presence, held_out)
    settings = NullSettings(np.random.default_rng(1), n_null=49)
    test = null_model_test(fit_rate, draw, presence, held_out, settings)
    assert test.observed > 0.8
    assert test.p_value == pytest.approx(1 / 50)
    assert test.effect_size > 2.0
    np.testing.assert_array_equal(seen[0], np.arange(6, 20))
    for rows in seen[1:]:
        assert len(np.unique(rows)) == 14
        assert not (presence | held_out)[rows].any()
    # Null models are rated on the held-out real presences, by hand for the first one.
    ratings = -np.abs(variable - variable[seen[1]].mean())
    won = ratings[:6, None] > ratings[None, 20:60]
    assert test.null[0] == pytest.approx(won.mean())


def test_no_niche_is_not_significant():
    """Presences drawn like the background: small p-values are as rare as they should be."""
    small = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        presence = np.arange(120) < 15
        held_out = rng.random(120) < 0.3
        held_out[[0, 119]] = True
        settings = NullSettings(rng, n_null=19)
        test = null_model_test(
            nearness_to_mean(rng.random(120)),
            random_draw(presence, held_out),
            presence,
            held_out,
            settings,
        )
        small += test.p_value <= 0.1
    assert small <= 10


def test_without_held_out_points_each_is_rated_on_its_own(niche):
    variable, presence, _ = niche
    nothing = np.zeros(200, dtype=bool)
    seen = []

    def fit_rate(rows, control):
        seen.append(rows)
        return nearness_to_mean(variable)(rows, control)

    settings = NullSettings(np.random.default_rng(1), n_null=3)
    test = null_model_test(
        fit_rate, random_draw(presence, nothing), presence, nothing, settings
    )
    ratings = -np.abs(variable - variable[seen[2]].mean())
    pairs = ratings[seen[2], None] - ratings[None, 20:]
    assert test.null[1] == pytest.approx((pairs > 0).mean() + 0.5 * (pairs == 0).mean())


def test_same_seed_same_nulls_on_one_thread_or_many(niche):
    variable, presence, held_out = niche

    def run(*, in_parallel):
        settings = NullSettings(np.random.default_rng(8), n_null=12, in_parallel=in_parallel)
        return null_model_test(
            nearness_to_mean(variable),
            random_draw(presence, held_out),
            presence,
            held_out,
            settings,
        )

    np.testing.assert_array_equal(run(in_parallel=False).null, run(in_parallel=True).null)


def test_null_models_without_a_figure_are_kept_as_such(niche):
    variable, presence, held_out = niche

    def fit_rate(rows, control):
        return variable if presence[rows].all() else np.zeros(200)

    settings = NullSettings(
        np.random.default_rng(0), n_null=3, statistic=lambda p, b: continuous_boyce(p, b).value
    )
    test = null_model_test(
        fit_rate, random_draw(presence, held_out), presence, held_out, settings
    )
    assert np.isnan(test.null).all()
    assert test.p_value == 1.0


def test_effort_steers_null_presences():
    presence = np.arange(100) < 10
    weight = np.where(np.arange(100) < 40, 1.0, 0.0)
    draw = random_draw(presence, np.zeros(100, bool), weight=weight)
    for seed in range(5):
        rows = draw(np.random.default_rng(seed))
        assert ((rows >= 10) & (rows < 40)).all()
        assert len(np.unique(rows)) == 10


def test_presences_in_parts_are_drawn_and_rated_as_so_many_as_they_are():
    """Four points that are one presence of three draw as two presences, and count a quarter."""
    rating = np.array([4.0, 1.0, 1.0, 1.0, 1.0, 0.0, 2.0, 3.0, 5.0, 1.5])
    presence = np.arange(10) < 5
    weight = np.array([1.0, 0.25, 0.25, 0.25, 0.25, 1.0, 1.0, 2.0, 1.0, 1.0])
    nothing = np.zeros(10, bool)
    draw = random_draw(presence, nothing, count=2)
    assert len(draw(np.random.default_rng(0))) == 2
    settings = NullSettings(np.random.default_rng(0), n_null=3, weight=weight)
    asked = []

    def fit_rate(rows, control):
        asked.append(rows)
        return rating

    test = null_model_test(fit_rate, draw, presence, nothing, settings)
    # Background of weight 6: the first presence lies above 5 of it, the other above 1.
    assert test.observed == pytest.approx((5 / 6 + 1 / 6) / 2)
    null = [
        np.mean(
            [
                (weight[5:] * ((r > rating[5:]) + 0.5 * (r == rating[5:]))).sum() / 6
                for r in rating[rows]
            ]
        )
        for rows in asked[1:]
    ]
    np.testing.assert_allclose(np.sort(test.null), np.sort(null))


def test_cancel(niche, stop_at, cancelled):
    variable, presence, held_out = niche
    for in_parallel in (False, True):
        settings = NullSettings(np.random.default_rng(0), n_null=20, in_parallel=in_parallel)
        with pytest.raises(cancelled):
            null_model_test(
                nearness_to_mean(variable),
                random_draw(presence, held_out),
                presence,
                held_out,
                settings,
                control=stop_at(0.4),
            )
    watcher = stop_at(2.0)
    null_model_test(
        nearness_to_mean(variable),
        random_draw(presence, held_out),
        presence,
        held_out,
        NullSettings(np.random.default_rng(0), n_null=4),
        control=watcher,
    )
    assert (np.diff(watcher.told) >= 0).all()
    assert watcher.told[-1] == 1.0


def test_null_model_errors(niche):
    variable, presence, held_out = niche
    settings = NullSettings(np.random.default_rng(0), n_null=2)
    model, draw = nearness_to_mean(variable), random_draw(presence, held_out)
    with pytest.raises(ValueError, match="1 null model"):
        null_model_test(
            model, draw, presence, held_out, NullSettings(np.random.default_rng(0), n_null=0)
        )
    with pytest.raises(UnevaluableError, match="held out"):
        null_model_test(model, draw, presence, presence, settings)
    with pytest.raises(ValueError, match="do not agree"):
        null_model_test(model, draw, presence, held_out[1:], settings)
    for bad in (np.zeros(3), np.full(200, np.nan)):
        with pytest.raises(ValueError, match="ratings of 200 points"):
            null_model_test(lambda r, c, bad=bad: bad, draw, presence, held_out, settings)
    with pytest.raises(UnevaluableError, match="3 presences"):
        random_draw(np.array([1, 1, 1, 0], bool), np.zeros(4, bool))
    with pytest.raises(UnevaluableError, match="0 background"):
        random_draw(presence, np.zeros(200, bool), weight=np.where(presence, 1.0, 0.0))
    with pytest.raises(ValueError, match="finite and >= 0"):
        random_draw(presence, held_out, weight=np.full(200, -1.0))
    with pytest.raises(ValueError, match="do not agree"):
        random_draw(presence, held_out, weight=np.ones(3))
