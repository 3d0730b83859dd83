from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from algorithms.reserve.problem import Problem
from algorithms.reserve.series import Effort
from algorithms.reserve.solution import InfeasibleProblemError
from algorithms.reserve.solving import solve
from algorithms.reserve.withdrawal import Leaving, withdraw

EXACT = Effort(gap=0.0, time_limit=20.0, threads=1)


def three_countries(**further):
    """Make a problem of three countries; the cheapest land is in country 1."""
    return Problem(
        **{
            "cost": np.array([1.0, 1.0, 3.0, 3.0, 5.0, 5.0]),
            "amount": csr_array(np.array([[2.0, 2.0, 2.0, 2.0, 2.0, 2.0], [1, 0, 0, 0, 1, 0]])),
            "target": np.array([6.0, 1.0]),
            "area": np.ones(6),
            "country": np.array([1, 1, 2, 2, 3, 3], np.int32),
            "feature_names": ("forest", "tiger"),
        }
        | further
    )


def withdrawn(problem, leaving, **further):
    solution = solve(problem, gap=0.0, threads=1)
    return withdraw(problem, solution, leaving, **({"effort": EXACT} | further))


def test_the_others_pay_for_what_they_can_still_hold():
    found = withdrawn(three_countries(), Leaving(1))
    # Before: both units of country 1 and one of country 2; after: two of 2 and one of 3.
    assert found.after.selected.tolist()[:4] == [False, False, True, True]
    assert found.rise == pytest.approx(6.0)
    assert found.rise_lower == pytest.approx(6.0, abs=1e-4)
    assert found.rise_upper == pytest.approx(6.0, abs=1e-4)
    assert not found.lost.feature.size
    assert not found.missed.any()
    table = found.countries
    assert table.code.tolist() == [1, 2, 3]
    assert table.cost_before.tolist() == [2.0, 3.0, 0.0]
    assert table.cost_after.tolist() == [0.0, 6.0, 5.0]
    assert table.units_after.tolist() == [0, 2, 1]
    assert table.area_before.tolist() == [2.0, 1.0, 0.0]
    np.testing.assert_allclose(table.gain_before, [4 / 6 + 1, 2 / 6, 0])
    assert (found.refusal, found.notes) == ("", ())


def test_targets_that_are_out_of_reach_are_told_with_what_is_missing():
    problem = three_countries(target=np.array([10.0, 2.0]))
    found = withdrawn(problem, Leaving(1))
    assert found.lost.feature.tolist() == [0, 1]
    assert found.lost.target.tolist() == [10.0, 2.0]
    assert found.lost.most.tolist() == [8.0, 1.0]
    # Before, the others held 6 of the forest and 1 of the tiger.
    assert found.lost.kept.tolist() == [6.0, 1.0]
    assert found.missed.tolist() == [True, True]
    assert found.after.cost == pytest.approx(11.0)
    assert found.rise_lower <= found.rise <= found.rise_upper
    assert found.notes[0].startswith("forest: at most 8 of 10 can still be held")
    assert "for less than was asked before" in found.notes[-1]
    assert found.problem.target.tolist() == [6.0, 1.0]


def test_existing_areas_stay_or_go():
    problem = three_countries(locked_in=np.arange(6) == 0)
    stays = withdrawn(problem, Leaving(1))
    assert stays.after.selected.tolist() == [True, False, True, True, False, False]
    assert stays.countries.units_after.tolist() == [1, 2, 0]
    goes = withdrawn(problem, Leaving(1, keeps_existing=False))
    assert not goes.after.selected[:2].any()
    assert goes.rise > stays.rise


def test_what_the_others_cannot_do_is_refused_with_its_reason():
    found = withdrawn(three_countries(budget=6.0), Leaving(1))
    assert found.after is None
    assert found.countries is None
    assert found.refusal
    assert np.isposinf([found.rise_lower, found.rise_upper, found.rise]).all()
    assert not found.notes


def test_its_shares_are_dropped_and_entitlements_scaled():
    problem = three_countries(
        share_min={1: 0.2, 2: 0.2},
        share_max={1: 0.9},
        entitlement={1: 0.5, 2: 0.25, 3: 0.25},
    )
    found = withdrawn(problem, Leaving(1))
    assert found.problem.share_min == {2: 0.2}
    assert found.problem.share_max == {}
    assert found.problem.entitlement == {1: 0.0, 2: 0.5, 3: 0.5}
    assert found.rise_lower <= found.rise <= found.rise_upper


def test_a_fair_division_is_as_fair_among_the_others():
    found = withdrawn(
        three_countries(max_min_fair=True, target=np.array([8.0, 1.0])), Leaving(1)
    )
    assert found.countries.units_after.tolist() == [0, 2, 2]


def test_objectives_with_a_budget_keep_their_targets():
    problem = three_countries(objective="minimum_shortfall", budget=5.0)
    found = withdrawn(problem, Leaving(1))
    assert found.problem.target.tolist() == [6.0, 1.0]
    assert found.missed.tolist() == [True, False]
    assert found.rise == pytest.approx(found.after.objective)
    assert found.after.objective == pytest.approx(4 / 6)
    larger = replace(problem, target=np.array([10.0, 1.0]))
    lost = withdrawn(larger, Leaving(1)).lost
    assert (lost.feature.tolist(), lost.kept.tolist()) == ([0], [10.0])


def test_a_utility_has_no_targets_to_lose():
    problem = three_countries(objective="maximum_utility", budget=5.0, target=None)
    found = withdrawn(problem, Leaving(1))
    assert not found.lost.feature.size
    assert not found.missed.any()
    assert found.rise == pytest.approx(7.0 - 3.0)


KINDS = {
    "set": {},
    "clumped": {"boundary_penalty": 1.0},
    "locked": {"locked_in": np.isin(np.arange(8), [0, 6])},
    "shares": {"share_min": {0: 0.2, 1: 0.2}},
    "neighbours": {"neighbours": 1},
    "shortfall": {"objective": "minimum_shortfall", "budget": 8.0},
    "utility": {"objective": "maximum_utility", "budget": 12.0},
}


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10_000), code=st.integers(0, 1), keeps=st.booleans())
def test_the_rise_against_brute_force(brute_force, small_problem, kind, seed, code, keeps):
    problem = small_problem(seed, **KINDS[kind])
    every = brute_force(problem)
    try:
        found = withdrawn(problem, Leaving(code, keeps_existing=keeps))
    except InfeasibleProblemError:
        assert not every.selections
        return
    truth = brute_force(found.problem).best() - every.best()
    assert found.rise == pytest.approx(truth, abs=1e-6)
    assert found.rise_lower <= truth + 1e-6
    assert found.rise_upper >= truth - 1e-6
    most = problem.amount[:, found.problem.may_not() == 0].sum(axis=1)
    if problem.target is not None:
        lost = np.flatnonzero(most < problem.target - 1e-6)
        assert found.lost.feature.tolist() == lost.tolist()
    if found.after is not None:
        assert not (found.after.selected & found.problem.may_not()).any()
        assert found.countries.cost_after.sum() == pytest.approx(found.after.cost)


def test_without_time_nothing_is_claimed():
    problem = three_countries()
    found = withdrawn(problem, Leaving(1), effort=Effort(time_limit=1e-6))
    assert found.after is None
    assert found.refusal == ""
    assert found.rise_lower == 0.0
    assert np.isposinf(found.rise_upper)
    assert "in time" in found.notes[-1]


def test_the_solution_is_told_and_it_can_be_cancelled(listener, stopper):
    problem = three_countries()
    patient = listener()
    withdrawn(problem, Leaving(1), watcher=patient)
    assert list(patient.solved_of) == ["the others alone"]
    with pytest.raises(KeyboardInterrupt):
        withdrawn(problem, Leaving(1), control=stopper(0.0))


def test_a_country_that_is_not_there_cannot_leave():
    problem = three_countries()
    with pytest.raises(ValueError, match="no unit belongs to the country 7"):
        withdrawn(problem, Leaving(7))
    with pytest.raises(ValueError, match="set country"):
        withdrawn(replace(problem, country=None), Leaving(1))
    lonely = replace(problem, entitlement={1: 1.0})
    with pytest.raises(ValueError, match="nobody is left"):
        withdrawn(lonely, Leaving(1))
