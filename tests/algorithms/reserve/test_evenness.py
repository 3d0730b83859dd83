import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.sparse import csr_array

from algorithms.reserve.evenness import (
    country_shares,
    entitlements,
    evenness,
    gini,
    with_floor,
)
from algorithms.reserve.problem import Problem


def problem(**further):
    return Problem(
        cost=np.array([1.0, 2.0, 3.0]),
        amount=csr_array(np.ones((1, 3))),
        target=np.ones(1),
        area=np.array([2.0, 2.0, 4.0]),
        country=np.array([5, 9, 9], np.int32),
        **further,
    )


def test_shares_and_entitlements_by_hand():
    codes, just = entitlements(problem())
    assert (codes.tolist(), just.tolist()) == ([5, 9], [0.5, 0.5])
    assert entitlements(problem(entitlement={9: 1.0}))[1].tolist() == [0.0, 1.0]
    np.testing.assert_allclose(country_shares(problem(), np.ones(3, bool)), [0.25, 0.75])
    assert np.isnan(country_shares(problem(), np.zeros(3, bool))).all()
    with pytest.raises(ValueError, match="set country"):
        entitlements(Problem(cost=np.ones(1), amount=csr_array(np.ones((1, 1)))))


def test_evenness_by_hand():
    assert evenness(np.array([0.25, 0.75]), np.array([0.5, 0.5])) == 0.5
    assert evenness(np.array([0.25, 0.75]), np.array([0.25, 0.75])) == 1.0
    assert evenness(np.array([0.0, 1.0]), np.array([0.0, 1.0])) == 1.0
    assert np.isnan(evenness(np.full(2, np.nan), np.full(2, 0.5)))


def test_gini_by_hand():
    half = np.array([0.5, 0.5])
    assert gini(half, half) == 0.0
    assert gini(np.array([0.0, 1.0]), half) == 0.5
    assert gini(np.array([0.25, 0.75]), np.array([0.25, 0.75])) == 0.0
    # Equal entitlements: half the mean difference over the mean.
    share = np.array([0.1, 0.2, 0.7])
    differences = np.abs(share[:, None] - share).mean()
    assert gini(share, np.full(3, 1 / 3)) == pytest.approx(differences / (2 * share.mean()))


@settings(deadline=None)
@given(hnp.arrays(float, (2, 4), elements=st.floats(0.01, 1.0)))
def test_evenness_is_1_and_gini_0_only_where_all_have_their_entitlement(values):
    share, just = values / values.sum(axis=1, keepdims=True)
    assert 0 < evenness(share, just) <= 1 + 1e-12
    assert -1e-12 <= gini(share, just) < 1
    assert evenness(just, just) == pytest.approx(1.0)
    assert gini(just, just) == pytest.approx(0.0, abs=1e-12)


def test_a_floor_keeps_what_is_asked_already():
    floored = with_floor(problem(share_min={5: 0.4}, max_min_fair=True), 0.5)
    assert floored.share_min == {5: 0.4, 9: 0.25}
    assert not floored.max_min_fair
    assert with_floor(problem(entitlement={9: 1.0}), 0.5).share_min == {9: 0.5}
