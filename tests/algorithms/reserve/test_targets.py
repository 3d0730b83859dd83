import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.sparse import csr_array

from algorithms.reserve.targets import (
    RangeRule,
    range_scaled_shares,
    range_scaled_targets,
    relative_targets,
    rows_by_country,
)


def test_relative_targets_are_shares_of_the_total():
    total = np.array([10.0, 0.0, 4.0])
    assert relative_targets(total, 0.3).tolist() == [3.0, 0.0, 1.2]
    assert relative_targets(total, np.array([0.1, 0.5, 1.0])).tolist() == [1.0, 0.0, 4.0]


@pytest.mark.parametrize("share", [-0.1, 1.1, np.nan])
def test_a_share_outside_its_range_is_refused(share):
    with pytest.raises(ValueError, match="shares of the total must be from 0 to 1"):
        relative_targets(np.array([1.0]), share)


@pytest.mark.parametrize("total", [-1.0, np.nan, np.inf])
def test_a_total_outside_its_range_is_refused(total):
    with pytest.raises(ValueError, match="totals must be finite and >= 0"):
        relative_targets(np.array([total]), 0.1)


def test_shares_of_ranges_by_hand():
    # The logarithm of 15,811.39 km² lies half way between those of 1,000 and 250,000 km².
    range_km2 = np.array([0.0, 500.0, 1_000.0, 15_811.388300841896, 250_000.0, 1e6])
    np.testing.assert_allclose(
        range_scaled_shares(range_km2), [1.0, 1.0, 1.0, 0.55, 0.1, 0.1], rtol=1e-12
    )


def test_a_cap_limits_the_area_that_is_asked():
    rule = RangeRule(cap_km2=1_000_000.0)
    target = range_scaled_targets(np.array([5e6, 2e7, 1e3]), rule=rule)
    np.testing.assert_allclose(target, [5e5, 1e6, 1e3])


def test_an_amount_that_is_no_area_is_scaled_by_the_range():
    target = range_scaled_targets(np.array([1_000.0, 250_000.0]), np.array([7.0, 7.0]))
    np.testing.assert_allclose(target, [7.0, 0.7])
    with pytest.raises(ValueError, match="2 ranges and 1 totals"):
        range_scaled_targets(np.array([1.0, 2.0]), np.array([7.0]))


@given(hnp.arrays(float, 6, elements=st.floats(0, 1e7)))
def test_a_greater_range_never_has_a_greater_share(range_km2):
    share = range_scaled_shares(np.sort(range_km2))
    assert (np.diff(share) <= 1e-12).all()
    assert (share >= 0.1 - 1e-12).all()
    assert (share <= 1.0).all()


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"small_km2": 0.0}, "small range must be over 0"),
        ({"small_km2": 3e5}, "below the large one"),
        ({"large_km2": np.inf}, "below the large one"),
        ({"small_share": 1.2}, "shares of a range"),
        ({"large_share": np.nan}, "shares of a range"),
        ({"cap_km2": 0.0}, "greatest area must be over 0"),
    ],
)
def test_a_rule_outside_its_range_is_refused(rule, words):
    with pytest.raises(ValueError, match=words):
        RangeRule(**rule)


def test_features_are_split_by_country():
    amount = csr_array(np.array([[1.0, 2.0, 3.0, 0.0], [0.0, 0.0, 4.0, 5.0]]))
    country = np.array([7, 7, 3, 3], np.int32)
    rows = rows_by_country(amount, country)
    assert rows.feature.tolist() == [0, 0, 1, 1]
    assert rows.code.tolist() == [3, 7, 3, 7]
    assert rows.amount.toarray().tolist() == [
        [0.0, 0.0, 3.0, 0.0],
        [1.0, 2.0, 0.0, 0.0],
        [0.0, 0.0, 4.0, 5.0],
        [0.0, 0.0, 0.0, 0.0],
    ]


def test_a_choice_of_features_and_countries_is_split():
    amount = csr_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    rows = rows_by_country(amount, np.array([1, 2], np.int32), features=[1], codes=[2])
    assert (rows.feature.tolist(), rows.code.tolist()) == ([1], [2])
    assert rows.amount.toarray().tolist() == [[0.0, 4.0]]


@given(hnp.arrays(float, (3, 5), elements=st.floats(0, 9)), st.integers(0, 999))
def test_the_rows_of_a_feature_sum_to_it(amount, seed):
    country = np.random.default_rng(seed).integers(0, 3, 5).astype(np.int32)
    rows = rows_by_country(csr_array(amount), country)
    for feature in range(3):
        summed = rows.amount[rows.feature == feature].toarray().sum(axis=0)
        np.testing.assert_array_equal(summed, amount[feature])


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ({"features": [2]}, "no feature number 2"),
        ({"codes": [9]}, "no unit belongs to the country 9"),
    ],
)
def test_what_is_not_there_cannot_be_split(given_, words):
    amount = csr_array(np.ones((2, 2)))
    with pytest.raises(ValueError, match=words):
        rows_by_country(amount, np.array([1, 2], np.int32), **given_)
    with pytest.raises(ValueError, match="2 units and countries for 1"):
        rows_by_country(amount, np.array([1], np.int32))
