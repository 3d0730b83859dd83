import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.connectivity.resistance import (
    resistance_from_classes,
    resistance_from_points,
    resistance_from_suitability,
    with_barrier,
    with_penalty,
)


def test_matches_the_published_formula():
    h = np.array([[0.0, 0.25, 0.5, 1.0]])
    c = 4.0
    expected = 100 - 99 * (1 - np.exp(-c * h)) / (1 - np.exp(-c))
    np.testing.assert_allclose(resistance_from_suitability(h, maximum=100, shape=c), expected)


def test_shape_zero_is_the_straight_line():
    h = np.array([[0.0, 0.5, 1.0]])
    straight = resistance_from_suitability(h, maximum=101, shape=0)
    assert straight.tolist() == [[101.0, 51.0, 1.0]]
    nearly = resistance_from_suitability(h, maximum=101, shape=1e-9)
    np.testing.assert_allclose(nearly, straight, rtol=1e-6)


@given(st.floats(-16, 16), st.floats(1, 1e5))
def test_falls_from_the_maximum_to_one(shape, maximum):
    h = np.linspace(0, 1, 21)[None]
    resistance = resistance_from_suitability(h, maximum=maximum, shape=shape)
    assert (np.diff(resistance) <= 0).all()
    assert resistance[0, 0] == maximum
    assert resistance[0, -1] == 1.0


def test_no_suitability_is_a_barrier():
    assert np.isnan(resistance_from_suitability(np.array([[np.nan]]), maximum=9, shape=2)).all()


@pytest.mark.parametrize(
    ("suitability", "maximum", "shape", "words"),
    [
        (1.2, 100, 4, "between 0 and 1"),
        (-0.1, 100, 4, "between 0 and 1"),
        (0.5, 0.5, 4, "maximum"),
        (0.5, np.inf, 4, "maximum"),
        (0.5, 100, np.nan, "shape"),
    ],
)
def test_refuses_values_out_of_range(suitability, maximum, shape, words):
    with pytest.raises(ValueError, match=words):
        resistance_from_suitability(np.array([[suitability]]), maximum=maximum, shape=shape)


def test_barriers_and_penalties_leave_the_rest_alone():
    resistance = np.array([[1.0, 2.0], [3.0, np.nan]])
    mask = np.array([[True, False], [False, False]])
    np.testing.assert_array_equal(
        with_barrier(resistance, mask), [[np.inf, 2.0], [3.0, np.nan]]
    )
    np.testing.assert_array_equal(
        with_penalty(resistance, mask, 5.0), [[5.0, 2.0], [3.0, np.nan]]
    )
    assert resistance[0, 0] == 1.0
    with pytest.raises(ValueError, match="shape"):
        with_barrier(resistance, mask[:1])
    with pytest.raises(ValueError, match="factor"):
        with_penalty(resistance, mask, 0.0)


def test_points_are_joined_by_straight_lines_and_hold_beyond_their_ends():
    h = np.array([[0.0, 0.2, 0.35, 0.5, 0.9, np.nan]])
    drawn = resistance_from_points(h, [(0.2, 100.0), (0.5, 10.0), (0.8, 1.0)])
    np.testing.assert_allclose(drawn, [[100.0, 100.0, 55.0, 10.0, 1.0, np.nan]])
    assert resistance_from_points(h[:, :2], [(0.4, 7.0)]).tolist() == [[7.0, 7.0]]


@given(
    st.dictionaries(st.integers(0, 100), st.floats(1, 1e4), min_size=1, max_size=6),
    st.floats(0, 1),
)
def test_a_drawn_curve_stays_between_its_points(points, at):
    drawn = [(place / 100, value) for place, value in sorted(points.items())]
    (value,) = resistance_from_points(np.array([[at]]), drawn)[0]
    assert min(points.values()) * (1 - 1e-12) <= value <= max(points.values()) * (1 + 1e-12)


@pytest.mark.parametrize(
    ("suitability", "points", "words"),
    [
        (0.5, [], "one point"),
        (0.5, [(0.5, 3.0), (0.5, 4.0)], "must rise"),
        (0.5, [(0.6, 3.0), (0.5, 4.0)], "must rise"),
        (0.5, [(-0.1, 3.0)], "must rise"),
        (0.5, [(0.1, 0.5)], ">= 1"),
        (0.5, [(0.1, np.inf)], "finite"),
        (1.5, [(0.1, 2.0)], "between 0 and 1"),
    ],
)
def test_refuses_points_that_make_no_curve(suitability, points, words):
    with pytest.raises(ValueError, match=words):
        resistance_from_points(np.array([[suitability]]), points)


def test_each_class_has_its_resistance_and_a_barrier_is_infinite():
    codes = np.array([[1.0, 2.0, 7.0], [np.nan, 1.0, 2.5]])
    values = {1: 3.0, 2: np.inf, 99: 5.0}
    np.testing.assert_array_equal(
        resistance_from_classes(codes, values, 40.0),
        [[3.0, np.inf, 40.0], [np.nan, 3.0, 40.0]],
    )
    with pytest.raises(ValueError, match=r"no resistance is given for the classes 2\.5, 7"):
        resistance_from_classes(codes, values)
    with pytest.raises(ValueError, match="class 1 must be > 0, got 0"):
        resistance_from_classes(codes, {1: 0.0}, 4.0)
    with pytest.raises(ValueError, match="class other must be > 0"):
        resistance_from_classes(codes, values, -1.0)
