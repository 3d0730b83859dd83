from __future__ import annotations

import io

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from algorithms.suitability.estimator import DamagedModelError
from algorithms.suitability.expert import Categories, Sigmoid, Trapezoid
from algorithms.suitability.expert_estimator import ExpertIndex

RESPONSES = {
    0: Trapezoid(0.0, 10.0, 20.0, 30.0),
    2: Categories({1: 1.0, 2: 0.25}, other=0.5),
    3: Sigmoid(100.0, 0.0, floor=0.1),
}
WEIGHTS = {0: 2.0, 2: 1.0, 3: 0.0}
PLACES = np.array(
    [[15.0, 9.9, 1.0, 0.0], [5.0, 9.9, 2.0, 0.0], [5.0, 9.9, 7.0, 99.0], [31.0, 0.0, 1.0, 0.0]]
)


def index(combine="geometric"):
    return ExpertIndex(RESPONSES, WEIGHTS, combine, categorical=(2,))


@pytest.mark.parametrize(
    ("combine", "expected"),
    [
        ("geometric", [1.0, (0.5**2 * 0.25) ** (1 / 3), 0.5, 0.0]),
        ("arithmetic", [1.0, 1.25 / 3, 0.5, 1 / 3]),
        ("minimum", [1.0, 0.25, 0.5, 0.0]),
    ],
)
def test_an_index_worked_by_hand(combine, expected):
    model = index(combine).fit(PLACES)
    np.testing.assert_allclose(model.predict(PLACES), expected, rtol=1e-12)


def test_equal_weights_by_default_and_presences_are_not_needed():
    model = ExpertIndex(
        {1: Trapezoid(0, 1, 1, 2), 0: Trapezoid(0, 1, 1, 2)}, combine="arithmetic"
    )
    fitted = clone(model).fit(np.zeros((1, 2)), [0.0])
    np.testing.assert_allclose(fitted.predict([[1.0, 0.5]]), [0.75])
    with pytest.raises(NotFittedError):
        model.predict([[1.0, 0.5]])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "at least one variable"),
        ({"responses": {4: Sigmoid(0, 1)}}, "column 4"),
        ({"responses": {2: Sigmoid(0, 1)}, "categorical": (2,)}, "column 2 needs .* classes"),
        ({"responses": {1: Categories({1: 1.0})}}, "column 1 needs .* numbers"),
        ({"responses": RESPONSES, "weights": {0: 1.0}, "categorical": (2,)}, "no weight"),
        ({"responses": {0: Sigmoid(0, 1)}, "weights": {0: -1.0}}, "column 0"),
        ({"responses": {0: Sigmoid(0, 1)}, "combine": "sum"}, "combine"),
    ],
)
def test_settings_that_do_not_fit_the_data_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        ExpertIndex(**options).fit(PLACES)


def test_prediction_in_pieces_and_cancel(monkeypatch, stop_at, cancelled):
    model = index().fit(PLACES)
    many = np.tile(PLACES, (50, 1))
    monkeypatch.setattr("algorithms.suitability.expert_estimator._PIECE", 7)
    np.testing.assert_array_equal(model.predict(many), np.tile(model.predict(PLACES), 50))
    with pytest.raises(cancelled):
        model.predict(many, control=stop_at(0.5))


def stored():
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **index("minimum").fit(PLACES).state())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        return dict(arrays)


def test_state_round_trip():
    again = ExpertIndex.from_state(stored())
    assert again.responses_ == RESPONSES
    assert again.weights_ == WEIGHTS
    assert again.combine == "minimum"
    np.testing.assert_array_equal(
        again.predict(PLACES), index("minimum").fit(PLACES).predict(PLACES)
    )


@pytest.mark.parametrize(
    "damage",
    [
        {"combine": np.array("sum")},
        {"response_kind": np.array(["trapezoid", "categories", "exec"])},
        {"response_kind": np.array(["sigmoid", "categories", "sigmoid"])},
        {"response_size": np.array([5, 5, -3])},
        {"response_size": np.array([5, 4, 4])},
        {"response_column": np.array([0, 2, 9])},
        {"response_column": np.array([0, 2, 2])},
        {"weight": np.array([1.0, 1.0])},
        {"weight": np.array([np.nan, 1.0, 1.0])},
        {"response_number": np.zeros(13)[::1] - 1.0},
    ],
)
def test_damaged_state_is_refused(damage):
    with pytest.raises(DamagedModelError, match="Fit the model again"):
        ExpertIndex.from_state(stored() | damage)
