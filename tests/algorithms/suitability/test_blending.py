from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.suitability.blending import blend, skill_weight

UNIT = st.floats(0.0, 1.0)


def test_weight_by_hand():
    assert skill_weight(0.8, 0.9) == pytest.approx(0.6 / 1.4)
    assert skill_weight(0.9, 0.4) == 1.0


@given(st.floats(0.0, 0.5), UNIT)
def test_a_model_without_skill_has_no_say(model_auc, expert_auc):
    assert skill_weight(model_auc, expert_auc) == 0.0


@given(UNIT, UNIT, UNIT)
def test_weight_grows_with_the_skill_of_the_model(first, second, expert_auc):
    low, high = sorted((first, second))
    assert 0.0 <= skill_weight(low, expert_auc) <= skill_weight(high, expert_auc) <= 1.0


def test_weight_refuses_what_is_no_auc():
    with pytest.raises(ValueError, match="model"):
        skill_weight(1.2, 0.5)
    with pytest.raises(ValueError, match="expert"):
        skill_weight(0.5, float("nan"))


def test_blend_by_hand():
    expert = np.array([0.2, 1.0, np.nan, 0.5])
    model = np.array([0.6, 0.0, 0.5, np.nan])
    np.testing.assert_allclose(blend(expert, model, 0.25), [0.3, 0.75, np.nan, np.nan])


def test_a_map_of_weight_zero_plays_no_part():
    expert = np.array([0.2, np.nan])
    model = np.array([np.nan, 0.7])
    np.testing.assert_array_equal(blend(expert, model, 0.0), expert)
    np.testing.assert_array_equal(blend(expert, model, 1.0), model)
    result = blend(expert, model, 0.0)
    result[0] = 0.9
    assert expert[0] == 0.2


@given(st.lists(st.tuples(UNIT, UNIT), min_size=1), UNIT)
def test_blend_lies_between_the_two(pairs, weight):
    expert, model = np.array(pairs).T
    mixed = blend(expert, model, weight)
    assert (mixed >= np.minimum(expert, model) - 1e-12).all()
    assert (mixed <= np.maximum(expert, model) + 1e-12).all()


def test_blend_errors():
    some = np.array([0.5])
    with pytest.raises(ValueError, match="shape"):
        blend(some, np.zeros(2), 0.5)
    with pytest.raises(ValueError, match="weight"):
        blend(some, some, 1.5)
    with pytest.raises(ValueError, match=r"0\.\.1"):
        blend(some, np.array([1.5]), 0.5)
