import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from algorithms.reserve.programme import build_model
from algorithms.reserve.safe_bounds import SafeBounds

KINDS = {
    "set": {},
    "clumped": {"boundary_penalty": 1.5, "locked_in": np.arange(8) == 2},
    "utility": {"objective": "maximum_utility", "budget": 14.0, "target": None},
    "shortfall": {"objective": "minimum_shortfall", "budget": 6.0},
}


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10_000), size=st.sampled_from([0.0, 0.1, 1.0, 100.0]))
def test_whatever_the_multipliers_no_selection_is_better(
    brute_force, small_problem, kind, seed, size
):
    problem = small_problem(seed, **KINDS[kind])
    model = build_model(problem)
    bounds = SafeBounds(model)
    rng = np.random.default_rng(seed)
    multiplier = bounds.allowed(size * rng.standard_normal(model.row_lower.size))
    least = model.scale * bounds.least(multiplier)
    assert least <= brute_force(problem).best() + 1e-6
    without = model.upper.copy()
    without[np.flatnonzero(~problem.must())[0]] = 0.0
    assert model.scale * bounds.least(multiplier, without) >= least - 1e-9 * abs(least)


def test_a_multiplier_on_the_side_without_a_limit_counts_nothing(small_problem):
    model = build_model(small_problem(1))
    wrong = np.where(np.isfinite(model.row_upper), np.nan, -1.0)
    assert not SafeBounds(model).allowed(wrong).any()
