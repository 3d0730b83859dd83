import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from algorithms.reserve.targets import RangeRule, range_scaled_shares


def test_shares_of_ranges_by_hand():
    # The logarithm of 15,811.39 km² lies half way between those of 1,000 and 250,000 km².
    range_km2 = np.array([0.0, 500.0, 1_000.0, 15_811.388300841896, 250_000.0, 1e6])
    np.testing.assert_allclose(
        range_scaled_shares(range_km2), [1.0, 1.0, 1.0, 0.55, 0.1, 0.1], rtol=1e-12
    )


def test_a_cap_limits_the_area_that_is_asked():
    rule = RangeRule(cap_km2=1_000_000.0)
    range_km2 = np.array([5e6, 2e7, 1e3])
    share = range_scaled_shares(range_km2, rule)
    np.testing.assert_allclose(share * range_km2, [5e5, 1e6, 1e3])


@pytest.mark.parametrize("range_km2", [-1.0, np.nan, np.inf])
def test_a_range_that_is_none_is_refused(range_km2):
    with pytest.raises(ValueError, match="ranges must be finite and >= 0"):
        range_scaled_shares(np.array([range_km2]))


@settings(deadline=None)
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
