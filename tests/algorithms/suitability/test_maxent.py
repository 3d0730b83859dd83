"""Maxent: agreement with maxnet, plain evaluation, limits of the sample, weights, storing."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

from algorithms.suitability.estimator import DamagedModelError, InsufficientPresencesError
from algorithms.suitability.features import HINGE, LINEAR
from algorithms.suitability.maxent import Maxent

REFERENCE = Path(__file__).parents[4] / "shared" / "peer" / "sdm" / "bradypus"


def points(seed: int = 0, n_presences: int = 120, n_background: int = 600) -> tuple:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n_presences + n_background, 3)) * [1.0, 50.0, 1.0]
    values[:n_presences, 0] += 1.0
    values[:, 1] = np.round(values[:, 1])
    values[:, 2] = rng.integers(1, 4, len(values))
    values[:n_presences, 2] = np.minimum(values[:n_presences, 2], 2)
    return values, np.arange(len(values)) < n_presences


@parametrize_with_checks([Maxent()])
def test_scikit_learn_conventions(estimator: Maxent, check: object) -> None:
    check(estimator)


# --- agreement with R ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def bradypus() -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray], int]:
    if not REFERENCE.is_dir():
        pytest.skip("the reference data are not beside the repository")
    with (REFERENCE / "bradypus.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    names = [name for name in rows[0] if name != "presence"]
    values = np.array([[float(row[name]) for name in names] for row in rows])
    presence = np.array([row["presence"] == "1" for row in rows])
    with (REFERENCE / "bradypus_maxnet_tight.csv").open() as stream:
        table = list(csv.DictReader(stream))
    expected = {name: np.array([float(row[name]) for row in table]) for name in table[0]}
    return values, presence, expected, names.index("ecoreg")


@pytest.mark.reference
@pytest.mark.parametrize(
    ("column", "settings_"),
    [
        ("cloglog", {}),
        ("logistic", {"output": "logistic"}),
        ("cloglog_l", {"features": "l"}),
        ("cloglog_lq", {"features": "lq"}),
        ("cloglog_lqh", {"features": "lqh"}),
        ("cloglog_h", {"features": "h"}),
        ("cloglog_rm0.5", {"regularization": 0.5}),
        ("cloglog_rm2", {"regularization": 2.0}),
        ("cloglog_rm4", {"regularization": 4.0}),
    ],
)
def test_agrees_with_maxnet(bradypus: tuple, column: str, settings_: dict) -> None:
    values, presence, expected, ecoregion = bradypus
    model = Maxent((ecoregion,), **settings_).fit(values, presence)
    np.testing.assert_allclose(model.predict(values), expected[column], rtol=0.0, atol=1e-3)


@pytest.mark.reference
def test_agrees_with_maxnet_without_the_classes(bradypus: tuple) -> None:
    values, presence, expected, ecoregion = bradypus
    measures = np.delete(values, ecoregion, axis=1)
    found = Maxent().fit(measures, presence).predict(measures)
    np.testing.assert_allclose(found, expected["cloglog_nocat"], rtol=0.0, atol=1e-3)


@pytest.mark.reference
@pytest.mark.parametrize("clamp", [True, False])
def test_agrees_with_maxnet_outside_its_sample(bradypus: tuple, clamp: bool) -> None:
    values, presence, expected, ecoregion = bradypus
    shift = 0.3 * np.ptp(values, axis=0)
    shift[ecoregion] = 0.0
    model = Maxent((ecoregion,), clamp=clamp).fit(values, presence)
    column = f"cloglog_shift_{'clamp' if clamp else 'noclamp'}"
    found = model.predict(values + shift)
    np.testing.assert_allclose(found, expected[column], rtol=0.0, atol=3e-3)


# --- the collapsed form --------------------------------------------------------------------


def plain_link(model: Maxent, values: np.ndarray) -> np.ndarray:
    """Evaluate every feature of the model by itself."""
    limits = model._limits
    held = np.clip(values, limits.variable_low, limits.variable_high)
    features = model.features_.evaluate(held)
    features = np.clip(features, limits.feature_low, limits.feature_high)
    return features @ model.coefficient_ - model._log_total


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    classes=st.sampled_from(["l", "lq", "h", "t", "lqh", "lqph", "lqpht"]),
    clamp=st.booleans(),
)
def test_collapsed_features_are_exact(seed: int, classes: str, clamp: bool) -> None:
    values, presence = points(seed)
    model = Maxent((2,), features=classes, regularization=0.3, clamp=clamp)
    model.fit(values, presence)
    rng = np.random.default_rng(seed)
    anywhere = rng.normal(size=(3000, 3)) * [3.0, 150.0, 1.0]
    anywhere[:, 2] = rng.integers(0, 6, 3000)
    on_knots = np.resize(
        np.concatenate([model.features_.low, model.features_.high, [0.0]]), 3000
    )
    anywhere[::2, 0] = on_knots[::2]
    anywhere[::3, 1] = on_knots[::3]
    np.testing.assert_allclose(
        model.link(anywhere), plain_link(model, anywhere), rtol=1e-9, atol=1e-9
    )


def test_many_rows_are_the_same_as_few() -> None:
    values, presence = points()
    model = Maxent((2,)).fit(values, presence)
    many = np.tile(values, (250, 1))
    assert (model.predict(many) == np.tile(model.predict(values), 250)).all()


def test_squares_are_held_where_the_sample_has_no_zero() -> None:
    rng = np.random.default_rng(3)
    x = np.concatenate([rng.uniform(-3, -1, 300), rng.uniform(1, 3, 300)])
    presence = (np.abs(x) < 1.5) & (rng.random(600) < 0.5)
    model = Maxent(features="q").fit(x[:, None], presence)
    least = float(np.abs(x).min())
    found = model.predict(np.array([[0.0], [least]]))
    assert found[0] == pytest.approx(found[1])


# --- behaviour -----------------------------------------------------------------------------


def test_raw_adds_up_to_one_over_the_background() -> None:
    values, presence = points()
    values[presence] = values[~presence][: presence.sum()]  # nothing is to be added
    model = Maxent((2,), output="raw").fit(values, presence)
    assert model.predict(values[~presence]).sum() == pytest.approx(1.0, abs=1e-12)


def test_the_link_is_the_logarithm_of_raw() -> None:
    values, presence = points()
    model = Maxent((2,), output="raw").fit(values, presence)
    np.testing.assert_allclose(np.exp(model.link(values)), model.predict(values), rtol=1e-12)


def test_suitability_lies_in_0_to_1_however_far_outside() -> None:
    values, presence = points()
    for output in ("cloglog", "logistic", "raw"):
        model = Maxent((2,), clamp=False, output=output).fit(values, presence)
        found = model.predict(values * 1e6)
        assert ((found >= 0.0) & (found <= 1.0)).all()


def test_clamped_beyond_the_sample_nothing_changes() -> None:
    values, presence = points()
    model = Maxent(features="lqh").fit(values[:, :1], presence)
    edge = float(values[:, 0].max())
    assert len(np.unique(model.predict(np.array([[edge], [edge + 1.0], [edge + 1e9]])))) == 1


def test_a_stronger_penalty_makes_a_smaller_model() -> None:
    values, presence = points()
    sizes = [
        len(Maxent(regularization=multiplier).fit(values, presence).coefficient_)
        for multiplier in (0.3, 3.0, 300.0)
    ]
    assert sizes[0] > sizes[1] > sizes[2] == 0


def test_a_level_unseen_in_training_has_no_effect() -> None:
    values, presence = points()
    model = Maxent((2,)).fit(values, presence)
    assert (model.features_.first == 2).any()
    unseen, without = values[:1].copy(), plain_link(model, values[:1])
    unseen[0, 2] = 99.0
    own = (model.features_.first == 2) & (model.features_.low == values[0, 2])
    assert model.link(unseen)[0] == pytest.approx(without[0] - model.coefficient_[own].sum())


def test_twice_the_weight_is_twice_the_presence() -> None:
    values, presence = points(n_presences=40)
    first = np.flatnonzero(presence)[:20]
    weight = np.ones(len(values))
    weight[first] = 2.0
    weighted = Maxent(features="lq").fit(values, presence, sample_weight=weight)
    doubled = Maxent(features="lq").fit(
        np.vstack([values, values[first]]), np.concatenate([presence, np.ones(20, bool)])
    )
    np.testing.assert_allclose(weighted.predict(values), doubled.predict(values), atol=1e-6)
    plain = Maxent(features="lq").fit(values, presence)
    assert np.abs(weighted.predict(values) - plain.predict(values)).max() > 0.02


def test_points_of_weight_zero_play_no_part() -> None:
    values, presence = points()
    weight = np.ones(len(values))
    weight[::5] = 0.0
    kept = weight > 0
    with_zeros = Maxent().fit(values, presence, sample_weight=weight)
    without = Maxent().fit(values[kept], presence[kept])
    assert (with_zeros.predict(values) == without.predict(values)).all()


def test_a_part_of_the_sample_gets_the_features_of_the_whole() -> None:
    values, presence = points(n_presences=30)
    few = np.flatnonzero(presence)[:8]
    part = np.ones(len(values), dtype=bool)
    part[few] = False
    part[presence] = ~part[presence]  # eight presences are left
    own = Maxent(regularization=0.1).fit(values[part], presence[part])
    whole = Maxent(regularization=0.1, design_presences=30).fit(values[part], presence[part])
    assert set(own.features_.kind.tolist()) == {LINEAR}
    assert HINGE in whole.features_.kind


def test_a_second_fit_forgets_the_first() -> None:
    values, presence = points()
    model = Maxent().fit(values, presence)
    model.predict(values)
    model.fit(-values, presence)
    assert (model.predict(-values) == Maxent().fit(-values, presence).predict(-values)).all()


@pytest.mark.parametrize(
    ("settings_", "word"),
    [
        ({"features": "lx"}, "features"),
        ({"features": ""}, "features"),
        ({"design_presences": 0.0}, "design_presences"),
        ({"regularization": 0.0}, "regularization"),
        ({"regularization": float("nan")}, "regularization"),
        ({"output": "probability"}, "output"),
        ({"tolerance": 0.0}, "tolerance"),
        ({"categorical": (7,)}, "column 7"),
        ({"categorical": (1, 1)}, "twice"),
    ],
)
def test_settings_out_of_range(settings_: dict, word: str) -> None:
    values, presence = points()
    with pytest.raises(ValueError, match=word):
        Maxent(**settings_).fit(values, presence)


def test_one_presence_is_too_few() -> None:
    values, presence = points(n_presences=1)
    with pytest.raises(InsufficientPresencesError, match="there is 1"):
        Maxent().fit(values, presence)


def test_two_presences_make_a_model() -> None:
    values, presence = points(n_presences=2)
    assert np.isfinite(Maxent((2,)).fit(values, presence).predict(values)).all()


def test_variables_that_do_not_vary_make_a_flat_model() -> None:
    presence = np.arange(50) < 10
    found = Maxent().fit(np.ones((50, 2)), presence).predict(np.ones((3, 2)))
    assert len(np.unique(found)) == 1
    assert found[0] == pytest.approx(1.0 - np.exp(-1.0))


def test_nothing_is_predicted_before_a_fit() -> None:
    with pytest.raises(NotFittedError):
        Maxent().predict(np.ones((2, 2)))


class StopError(Exception):
    """Cancels."""


class StopAfter:
    def __init__(self, reports: int) -> None:
        self.left = reports

    def report(self, fraction: float) -> None:
        assert 0.0 <= fraction <= 1.0
        self.left -= 1
        if self.left < 0:
            raise StopError


def test_fit_and_predict_can_be_cancelled() -> None:
    values, presence = points()
    with pytest.raises(StopError):
        Maxent().fit(values, presence, control=StopAfter(2))
    model = Maxent().fit(values, presence)
    with pytest.raises(StopError):
        model.predict(np.tile(values, (500, 1)), control=StopAfter(0))


# --- storing -------------------------------------------------------------------------------


def test_a_stored_model_predicts_the_same(tmp_path: Path) -> None:
    values, presence = points()
    model = Maxent((2,), output="logistic").fit(values, presence)
    np.savez(tmp_path / "model.npz", **model.state())
    with np.load(tmp_path / "model.npz", allow_pickle=False) as stored:
        again = Maxent.from_state(dict(stored))
    assert (again.predict(values) == model.predict(values)).all()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("first", np.full(3, 17)),
        ("coefficient", np.array([np.nan])),
        ("coefficient", np.array(["x"])),
        ("constants", np.array([np.inf, 0.0])),
        ("variable_low", np.zeros(1)),
        ("output", np.array("none")),
        ("categorical", np.array([12])),
        ("kind", None),
    ],
)
def test_a_damaged_model_is_refused(name: str, value: np.ndarray | None) -> None:
    values, presence = points()
    state = Maxent((2,)).fit(values, presence).state()
    if value is None:
        del state[name]
    else:
        state[name] = value
    with pytest.raises(DamagedModelError, match="Fit the model again"):
        Maxent.from_state(state)
