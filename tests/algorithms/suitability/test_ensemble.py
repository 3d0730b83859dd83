"""The ensemble: joined by ranks, read back on the members' scale, stored without pickling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import rankdata
from sklearn.utils.estimator_checks import parametrize_with_checks

from algorithms.suitability.ensemble import SuitabilityEnsemble
from algorithms.suitability.estimator import DamagedModelError, InsufficientPresencesError

if TYPE_CHECKING:
    from pathlib import Path


def points(seed: int = 0, n_presences: int = 40) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n_presences + 400, 3))
    values[:n_presences, 0] += 1.5
    values[:, 2] = rng.integers(1, 4, len(values))
    return values, np.arange(len(values)) < n_presences


def small() -> SuitabilityEnsemble:
    return SuitabilityEnsemble((2,), 0, n_trees=30)


UNMET = {
    "check_sample_weight_equivalence_on_dense_data": "the forest draws by weight, at random"
}


@parametrize_with_checks(
    [SuitabilityEnsemble(random_state=0, n_trees=10)],
    expected_failed_checks=lambda _estimator: UNMET,
)
def test_scikit_learn_conventions(estimator: SuitabilityEnsemble, check: object) -> None:
    check(estimator)


def test_what_a_caller_outside_needs() -> None:
    values, presence = points()
    found = SuitabilityEnsemble(categorical=(2,), random_state=0).fit(values, presence)
    rated = found.predict(values)
    assert rated.shape == (len(values),)
    assert ((rated >= 0.0) & (rated <= 1.0)).all()
    assert rated[presence].mean() > rated[~presence].mean()


def test_places_are_ordered_by_the_mean_rank_of_the_members() -> None:
    values, presence = points()
    model = small().fit(values, presence)
    mean_rank = sum(
        weight * (rankdata(model.member_predictions(values)[name]) - 0.5) / len(values)
        for name, weight in model.weights_.items()
    )
    order = np.argsort(mean_rank)
    assert (np.diff(model.predict(values)[order]) >= -1e-12).all()


def test_the_scale_is_that_of_the_members() -> None:
    values, presence = points()
    model = small().fit(values, presence)
    members = model.member_predictions(values)
    mean = sum(weight * members[name].mean() for name, weight in model.weights_.items())
    found = model.predict(values)
    assert found.mean() == pytest.approx(mean, abs=0.03)
    assert found.max() <= max(rated.max() for rated in members.values()) + 1e-12


def test_few_presences_have_two_members_and_many_have_four() -> None:
    few = small().fit(*points(n_presences=39))
    many = small().fit(*points(n_presences=40))
    assert few.weights_ == {"maxent": 0.5, "forest": 0.5}
    assert many.weights_ == {"maxent": 0.2, "hinges": 0.2, "smooth hinges": 0.2, "forest": 0.4}
    assert list(many.members_) == list(many.weights_)
    part = SuitabilityEnsemble((2,), 0, n_trees=30, design_presences=40)
    assert part.fit(*points(n_presences=32)).weights_ == many.weights_


def test_joined_is_what_predict_returns() -> None:
    values, presence = points()
    model = small().fit(values, presence)
    assert (model.joined(model.member_predictions(values)) == model.predict(values)).all()


def test_same_seed_same_numbers_another_seed_others() -> None:
    values, presence = points()
    first, second = (small().fit(values, presence).predict(values) for _ in range(2))
    assert (first == second).all()
    other = SuitabilityEnsemble((2,), 1, n_trees=30).fit(values, presence).predict(values)
    assert (first != other).any()


def test_a_large_sample_keeps_the_order_between_quantiles() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(6000, 2))
    presence = (np.arange(6000) < 300) & (values[:, 0] > -1.0)
    model = SuitabilityEnsemble(random_state=0, n_trees=20).fit(values, presence)
    members = model.member_predictions(values)
    ranks = sum(
        weight * (rankdata(members[name]) - 0.5) / len(values)
        for name, weight in model.weights_.items()
    )
    found = rankdata(model.predict(values))
    assert np.abs(found / len(values) - rankdata(ranks) / len(values)).max() < 0.002


def test_one_presence_is_too_few() -> None:
    with pytest.raises(InsufficientPresencesError):
        small().fit(*points(n_presences=1))


class StopError(Exception):
    """Cancels."""


class StopLate:
    def report(self, fraction: float) -> None:
        if fraction > 0.6:
            raise StopError


def test_cancel_while_the_forest_grows() -> None:
    with pytest.raises(StopError):
        SuitabilityEnsemble((2,), 0).fit(*points(), control=StopLate())


def test_a_stored_model_predicts_the_same(tmp_path: Path) -> None:
    values, presence = points()
    model = small().fit(values, presence)
    np.savez(tmp_path / "model.npz", **model.state())
    with np.load(tmp_path / "model.npz", allow_pickle=False) as stored:
        again = SuitabilityEnsemble.from_state(dict(stored))
    assert (again.predict(values) == model.predict(values)).all()


@pytest.mark.parametrize("name", ["forest.scale", "hinges.scale", "weights", "maxent.kind"])
def test_a_damaged_model_is_refused(name: str) -> None:
    state = small().fit(*points()).state()
    missing = {key: array for key, array in state.items() if key != name}
    with pytest.raises(DamagedModelError):
        SuitabilityEnsemble.from_state(missing)
    with pytest.raises(DamagedModelError):
        SuitabilityEnsemble.from_state(state | {name: np.full((2, 3), 7.0)})
