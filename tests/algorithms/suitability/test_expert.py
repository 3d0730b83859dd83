from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from algorithms.suitability.expert import (
    Categories,
    Sigmoid,
    Trapezoid,
    expert_index,
    with_people,
)

INF = math.inf


def test_trapezoid_by_hand():
    values = np.array([-1.0, 0.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, np.nan])
    response = Trapezoid(0.0, 10.0, 20.0, 40.0).evaluate(values)
    expected = [0.0, 0.0, 0.5, 1.0, 1.0, 1.0, 0.5, 0.0, 0.0, np.nan]
    np.testing.assert_allclose(response, expected)


def test_trapezoid_floor_lifts_what_is_excluded_and_keeps_the_best():
    response = Trapezoid(0.0, 10.0, 20.0, 40.0, floor=0.2).evaluate(np.array([-5.0, 5.0, 15.0]))
    np.testing.assert_allclose(response, [0.2, 0.6, 1.0])


def test_step_has_the_value_one_on_its_corner():
    values = np.array([9.999, 10.0, 20.0, 20.001])
    np.testing.assert_array_equal(
        Trapezoid(10.0, 10.0, 20.0, 20.0).evaluate(values), [0.0, 1.0, 1.0, 0.0]
    )


def test_corners_a_hair_apart_do_not_overflow():
    values = np.array([-1e6, 0.0, 1e6])
    np.testing.assert_array_equal(
        Trapezoid(0.0, 5e-324, INF, INF).evaluate(values), [0.0, 0.0, 1.0]
    )


def test_open_sides():
    values = np.array([-1e9, 0.0, 15.0, 1e9])
    np.testing.assert_allclose(
        Trapezoid(-INF, -INF, 10.0, 20.0).evaluate(values), [1.0, 1.0, 0.5, 0.0]
    )
    np.testing.assert_allclose(
        Trapezoid(10.0, 20.0, INF, INF).evaluate(values), [0.0, 0.0, 0.5, 1.0]
    )


@pytest.mark.parametrize(
    "corners",
    [
        (1.0, 0.0, 2.0, 3.0),
        (0.0, 1.0, 3.0, 2.0),
        (0.0, math.nan, 2.0, 3.0),
        (-INF, 0.0, 1.0, 2.0),
    ],
)
def test_trapezoid_refuses_corners_out_of_order(corners):
    with pytest.raises(ValueError, match="trapezoid"):
        Trapezoid(*corners)


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=4).map(sorted),
    st.lists(st.floats(-2e6, 2e6), min_size=1, max_size=30),
    st.floats(0.0, 1.0),
)
def test_trapezoid_agrees_with_interpolation_point_by_point(corners, values, floor):
    def slowly(value: float) -> float:
        a, b, c, d = corners
        up = 1.0 if value >= b else max(0.0, (value - a) / (b - a)) if b > a else 0.0
        down = 1.0 if value <= c else max(0.0, (d - value) / (d - c)) if d > c else 0.0
        return floor + (1.0 - floor) * min(up, down)

    response = Trapezoid(*corners, floor=floor).evaluate(np.array(values))
    np.testing.assert_allclose(response, [slowly(value) for value in values], atol=1e-9)


def test_sigmoid_by_hand():
    response = Sigmoid(10.0, 30.0).evaluate(np.array([10.0, 20.0, 30.0, np.nan]))
    np.testing.assert_allclose(response, [0.05, 0.5, 0.95, np.nan])
    falling = Sigmoid(30.0, 10.0, floor=0.5).evaluate(np.array([10.0, 20.0, 30.0]))
    np.testing.assert_allclose(falling, [0.975, 0.75, 0.525])


@given(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5), st.lists(st.floats(-1e9, 1e9), min_size=2))
def test_sigmoid_is_monotone_and_bounded(at_005, at_095, values):
    assume(not math.isclose(at_005, at_095, rel_tol=1e-9, abs_tol=1e-9))
    ordered = np.sort(np.array(values))
    response = Sigmoid(at_005, at_095).evaluate(ordered)
    steps = np.diff(response)
    assert ((response >= 0.0) & (response <= 1.0)).all()
    assert (steps >= 0.0).all() if at_095 > at_005 else (steps <= 0.0).all()


@pytest.mark.parametrize(
    ("at_005", "at_095"), [(1.0, 1.0), (0.0, 5e-324), (math.nan, 1.0), (0.0, INF)]
)
def test_sigmoid_refuses_places_without_a_slope(at_005, at_095):
    with pytest.raises(ValueError, match="sigmoid"):
        Sigmoid(at_005, at_095)


def test_floor_outside_the_unit_interval_is_refused():
    with pytest.raises(ValueError, match="floor"):
        Sigmoid(0.0, 1.0, floor=1.5)
    with pytest.raises(ValueError, match="floor"):
        Trapezoid(0.0, 1.0, 2.0, 3.0, floor=-0.1)


def test_categories_by_hand():
    table = Categories({34: 1.0, 11: 0.25}, other=0.1)
    response = table.evaluate(np.array([[34.0, 11.0], [99.0, np.nan]]))
    np.testing.assert_array_equal(response, [[1.0, 0.25], [0.1, np.nan]])


def test_categories_refuse_interpolated_codes_and_bad_tables():
    with pytest.raises(ValueError, match="nearest"):
        Categories({1: 1.0}).evaluate(np.array([1.5]))
    with pytest.raises(ValueError, match="at least one"):
        Categories({})
    with pytest.raises(ValueError, match="class 7"):
        Categories({7: 1.2})
    with pytest.raises(ValueError, match="other"):
        Categories({7: 1.0}, other=-1.0)


@pytest.mark.parametrize(
    "response", [Trapezoid(0.0, 1.0, 2.0, 3.0), Sigmoid(0.0, 1.0), Categories({1: 1.0})]
)
def test_infinite_layers_are_refused(response):
    with pytest.raises(ValueError, match="infinite"):
        response.evaluate(np.array([0.0, INF]))


@pytest.fixture
def case():
    layers = {
        "height": np.array([0.25, 1.0, 0.0, np.nan]),
        "rain": np.array([0.81, 1.0, 1.0, 1.0]),
    }
    straight = Trapezoid(0.0, 1.0, INF, INF)
    return layers, {"height": straight, "rain": straight}, {"height": 3.0, "rain": 1.0}


def test_index_by_hand(case):
    geometric = expert_index(*case)
    np.testing.assert_allclose(geometric, [0.25**0.75 * 0.81**0.25, 1.0, 0.0, np.nan])
    arithmetic = expert_index(*case, combine="arithmetic")
    np.testing.assert_allclose(arithmetic, [0.39, 1.0, 0.25, np.nan])
    least = expert_index(*case, combine="minimum")
    np.testing.assert_allclose(least, [0.25, 1.0, 0.0, np.nan])


def test_gaps_of_a_variable_without_weight_do_not_matter(case):
    layers, responses, _ = case
    index = expert_index(layers, responses, {"height": 0.0, "rain": 1.0})
    np.testing.assert_allclose(index, [0.81, 1.0, 1.0, 1.0])
    del layers["height"]
    assert expert_index(layers, responses, {"height": 0.0, "rain": 1.0})[0] == pytest.approx(
        0.81
    )


@given(
    st.lists(
        st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0)), min_size=1
    ),
    st.tuples(*[st.floats(0.01, 10.0)] * 3),
)
def test_means_keep_their_order_and_bounds(cells, weights):
    values = np.array(cells).T
    layers = dict(zip("abc", values, strict=True))
    responses = dict.fromkeys("abc", Trapezoid(0.0, 1.0, INF, INF))
    weighted = dict(zip("abc", weights, strict=True))
    geometric = expert_index(layers, responses, weighted)
    arithmetic = expert_index(layers, responses, weighted, combine="arithmetic")
    least = expert_index(layers, responses, weighted, combine="minimum")
    np.testing.assert_array_equal(least, values.min(axis=0))
    assert (least <= geometric + 1e-9).all()
    assert (geometric <= arithmetic + 1e-9).all()
    assert (arithmetic <= values.max(axis=0) + 1e-9).all()


def test_index_tells_its_progress_and_can_be_cancelled(case, stop_at, cancelled):
    watcher = stop_at(2.0)
    expert_index(*case, control=watcher)
    assert watcher.told == [0.0, 0.5, 1.0]
    with pytest.raises(cancelled):
        expert_index(*case, control=stop_at(0.5))


def test_index_names_the_variable_at_fault(case):
    layers, responses, weights = case
    with pytest.raises(ValueError, match="rain has a response but no weight"):
        expert_index(layers, responses, {"height": 1.0})
    with pytest.raises(ValueError, match="weight of height"):
        expert_index(layers, responses, {"height": -1.0, "rain": 1.0})
    with pytest.raises(ValueError, match="above 0"):
        expert_index(layers, responses, {"height": 0.0, "rain": 0.0})
    with pytest.raises(ValueError, match="height has a response but no layer"):
        expert_index({"rain": layers["rain"]}, responses, weights)
    with pytest.raises(ValueError, match="layer rain has shape"):
        expert_index({**layers, "rain": np.ones(3)}, responses, weights)
    with pytest.raises(ValueError, match="variable rain: a layer holds infinite"):
        expert_index({**layers, "rain": np.full(4, INF)}, responses, weights)
    with pytest.raises(ValueError, match="combine"):
        expert_index(layers, responses, weights, combine="median")


def test_people_lower_the_index_by_their_response():
    pressure = np.array([0.0, 0.5, 1.0, np.nan, 0.0])
    index = np.array([0.8, 0.8, 0.8, 0.8, np.nan])
    response = Trapezoid(-INF, -INF, 0.0, 1.0, floor=0.1)
    np.testing.assert_allclose(
        with_people(index, pressure, response), [0.8, 0.44, 0.08, np.nan, np.nan]
    )


def test_people_need_an_index_on_the_same_grid():
    response = Sigmoid(1.0, 0.0)
    with pytest.raises(ValueError, match="shape"):
        with_people(np.zeros(2), np.zeros(3), response)
    with pytest.raises(ValueError, match=r"0\.\.1"):
        with_people(np.array([1.5]), np.zeros(1), response)
