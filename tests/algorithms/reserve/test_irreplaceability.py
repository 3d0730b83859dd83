import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from algorithms.reserve.irreplaceability import rarity_weighted_richness, replacement_cost
from algorithms.reserve.problem import LinearConstraint, Problem
from algorithms.reserve.series import Answer, Effort, Series
from algorithms.reserve.solution import InfeasibleProblemError
from algorithms.reserve.solving import solve
from algorithms.reserve.top_up import TopUp

TOYS = Path(__file__).parents[3].parent / "shared/peer/reserve/toy_problems.json"
EXACT = Effort(gap=0.0, time_limit=20.0, threads=1)


def each(n):
    return [np.array([unit], np.int32) for unit in range(n)]


@pytest.mark.reference
def test_replacement_cost_of_the_reference():
    if not TOYS.is_file():
        pytest.skip("the reference data are not beside the repository")
    (case,) = (c for c in json.loads(TOYS.read_text()) if c["name"] == "replacement_cost")
    unit = [k for k, cost in enumerate(case["cost"]) if cost is not None]
    problem = Problem(
        cost=np.array([case["cost"][k] for k in unit], float),
        amount=csr_array(np.array(case["features"], float)[:, unit]),
        target=np.array(case["targets"], float),
    )
    solution = solve(problem, gap=0.0)
    assert solution.selected.tolist() == [bool(case["solution"][k]) for k in unit]
    found = replacement_cost(problem, solution, each(len(unit)), effort=EXACT)
    expected = [float(case["expected"][k]) for k in unit]
    np.testing.assert_allclose(found.lower, expected, atol=1e-6)
    np.testing.assert_allclose(found.upper, expected, atol=1e-6)
    assert found.proved.all()
    assert found.irreplaceable.tolist() == [False, False, True]


KINDS = {
    "set": {},
    "clumped": {"boundary_penalty": 1.5},
    "neighbours": {"neighbours": 1},
    "shares": {"share_min": {0: 0.3, 1: 0.3}},
    "utility": {"objective": "maximum_utility", "budget": 12.0, "target": None},
    "coverage": {"objective": "maximum_coverage", "budget": 8.0},
    "shortfall": {"objective": "minimum_shortfall", "budget": 6.0},
    "largest": {"objective": "minimum_largest_shortfall", "budget": 6.0},
    "contiguous": {"contiguous": "whole"},
    "penalty": {"penalty": np.array([2.0, 0, 0, 5, 0, 1, 0, 0])},
}


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10_000))
def test_every_unit_against_brute_force(brute_force, small_problem, kind, seed):
    problem = small_problem(seed, **KINDS[kind])
    every = brute_force(problem)
    try:
        solution = solve(problem, gap=0.0, threads=1)
    except InfeasibleProblemError:
        assert not every.selections
        return
    found = replacement_cost(problem, solution, each(problem.n_units), effort=EXACT)
    expected = [every.best(lambda s, k=k: not s[k]) - every.best() for k in range(8)]
    np.testing.assert_allclose(found.found, expected, atol=1e-6)
    assert (found.lower <= np.array(expected) + 1e-6).all()
    assert (found.upper >= np.array(expected) - 1e-6).all()
    assert found.proved.all()
    assert found.complete


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10_000))
def test_an_interval_holds_the_truth_however_rough_the_solution(
    brute_force, small_problem, seed
):
    problem = small_problem(seed, boundary_penalty=1.0)
    every = brute_force(problem)
    rng = np.random.default_rng(seed)
    rough = every.selections[rng.integers(len(every.selections))]
    best = every.best()
    value = every.losses[[s is rough for s in every.selections].index(True)]
    solution = replace(
        solve(problem, gap=0.0, threads=1),
        selected=rough,
        objective=value,
        bound=best * rng.uniform(0.5, 1.0),
    )
    groups = [np.array([0, 1]), np.array([3]), np.array([2, 5, 7]), np.arange(8)]
    for effort in (Effort(gap=0.3, threads=1), Effort(gap=0.0, time_limit=0.03, threads=1)):
        found = replacement_cost(problem, solution, groups, effort=effort)
        for k, group in enumerate(groups):
            truth = every.best(lambda s, group=group: not s[group].any()) - best
            assert found.lower[k] <= truth + 1e-6
            assert found.upper[k] >= truth - 1e-6


def test_a_group_can_be_irreplaceable_where_no_unit_of_it_is():
    problem = Problem(
        cost=np.array([1.0, 2.0, 9.0]),
        amount=csr_array(np.array([[5.0, 5.0, 0.0]])),
        target=np.array([5.0]),
    )
    solution = solve(problem, gap=0.0)
    groups = [np.array([0]), np.array([1]), np.array([0, 1])]
    found = replacement_cost(problem, solution, groups, effort=EXACT)
    np.testing.assert_allclose(found.found, [1.0, 0.0, np.inf])
    assert found.irreplaceable.tolist() == [False, False, True]


def test_selected_units_that_are_not_locked_in_are_looked_at_by_default():
    problem = Problem(
        cost=np.array([1.0, 2.0, 3.0]),
        amount=csr_array(np.array([[1.0, 1.0, 1.0]])),
        target=np.array([2.0]),
        locked_in=np.array([False, False, True]),
    )
    found = replacement_cost(problem, solve(problem, gap=0.0), effort=EXACT)
    assert [group.tolist() for group in found.groups] == [[0]]
    np.testing.assert_allclose(found.found, [1.0])


def test_giving_up_a_site_can_be_a_saving():
    problem = Problem(
        cost=np.array([1.0, 9.0]),
        amount=csr_array(np.array([[5.0, 5.0]])),
        target=np.array([5.0]),
        locked_in=np.array([False, True]),
    )
    found = replacement_cost(problem, solve(problem, gap=0.0), [np.array([1])], effort=EXACT)
    assert found.found[0] == pytest.approx(-8.0)
    assert found.lower[0] == pytest.approx(-8.0, abs=1e-4)
    assert found.upper[0] == pytest.approx(-8.0, abs=1e-4)


def test_neighbours_that_are_lost_do_not_make_a_selection_possible():
    # The middle of three in a row is the neighbour that both ends need.
    problem = Problem(
        cost=np.ones(3),
        amount=csr_array(np.array([[1.0, 0.0, 1.0]])),
        target=np.array([1.0]),
        edges=np.array([[0, 1], [1, 2]], np.int32),
        neighbours=1,
    )
    found = replacement_cost(problem, solve(problem, gap=0.0), [np.array([1])], effort=EXACT)
    assert np.isposinf(found.lower[0])


def test_a_fair_problem_is_judged_among_selections_as_fair(brute_force, small_problem):
    problem = small_problem(3, max_min_fair=True)
    solution = solve(problem, gap=0.0, threads=1)
    found = replacement_cost(problem, solution, effort=EXACT)
    share = np.array(
        [problem.area[solution.selected & (problem.country == c)].sum() for c in (0, 1)]
    )
    level = share.min() / share.sum()
    floored = replace(problem, max_min_fair=False, share_min={0: level - 1e-9, 1: level - 1e-9})
    every = brute_force(floored)
    for group, value in zip(found.groups, found.found, strict=True):
        expected = every.best(lambda s, k=group[0]: not s[k]) - every.best()
        assert value == pytest.approx(expected, abs=1e-6)


def test_a_solution_with_a_wide_gap_is_solved_further(brute_force, small_problem):
    problem = small_problem(11, boundary_penalty=1.0)
    every = brute_force(problem)
    rough = every.selections[-1]
    solution = replace(
        solve(problem, gap=0.0, threads=1),
        selected=rough,
        objective=every.losses[-1],
        bound=0.5 * every.best(),
        status="time_limit",
    )
    found = replacement_cost(problem, solution, each(8), effort=EXACT)
    expected = [every.best(lambda s, k=k: not s[k]) - every.best() for k in range(8)]
    np.testing.assert_allclose(found.lower, expected, atol=1e-4)
    np.testing.assert_allclose(found.upper, expected, atol=1e-4)


def test_without_time_nothing_is_claimed(small_problem):
    problem = small_problem(5)
    solution = solve(problem, gap=0.0, threads=1)
    effort = Effort(gap=0.0, time_limit=1e-6, threads=1)
    found = replacement_cost(problem, solution, effort=effort)
    assert not found.complete
    assert not found.proved.all()
    assert (found.lower >= 0).all()
    assert np.isposinf(found.upper).all()


def test_each_solution_is_told_and_a_watcher_ends_the_analysis(small_problem, listener):
    problem = small_problem(5)
    solution = solve(problem, gap=0.0, threads=1)
    patient = listener()
    whole = replacement_cost(problem, solution, effort=EXACT, watcher=patient)
    assert patient.solved_of
    assert whole.complete
    brief = listener(stop_after=1)
    part = replacement_cost(problem, solution, effort=EXACT, watcher=brief)
    assert len(brief.solved_of) <= 1
    assert not part.complete


def test_it_can_be_cancelled_and_tells_progress(small_problem, stopper):
    problem = small_problem(5)
    solution = solve(problem, gap=0.0, threads=1)
    patient = stopper(np.inf)
    replacement_cost(problem, solution, effort=EXACT, control=patient)
    assert patient.seen == sorted(patient.seen)
    with pytest.raises(KeyboardInterrupt):
        replacement_cost(problem, solution, effort=EXACT, control=stopper(0.3))


def test_a_solve_that_has_found_nothing_yet_goes_on(small_problem, monkeypatch):
    asked = []

    def solve_as_told(self, problem, share, *, until, **further):
        asked.append([until(lower, np.inf) for lower in (-np.inf, 0.0, 5.0)])
        asked.append([until(1e6, 1e6), until(-np.inf, 1e6)])
        return Answer(-np.inf, np.inf)

    problem = small_problem(5)
    solution = solve(problem, gap=0.0, threads=1)
    monkeypatch.setattr(TopUp, "without", lambda *_: None)
    monkeypatch.setattr(Series, "solve", solve_as_told)
    replacement_cost(problem, solution, effort=EXACT)
    assert asked[0] == [False, False, False]
    assert asked[1] == [True, False]


@pytest.mark.parametrize(
    ("group", "words"),
    [([], "has no unit"), ([8], "numbered from 0 to 7"), ([-1], "not there")],
)
def test_a_group_that_is_not_there_is_refused(small_problem, group, words):
    problem = small_problem(5)
    solution = solve(problem, gap=0.0, threads=1)
    with pytest.raises(ValueError, match=words):
        replacement_cost(problem, solution, [np.array(group, np.int32)])


def test_a_constraint_that_only_one_unit_meets_makes_it_irreplaceable(small_problem):
    rule = LinearConstraint(
        name="the third unit", coefficient=np.array([0, 0, 1.0, 0, 0, 0, 0, 0]), lower=1.0
    )
    problem = small_problem(5, constraints=(rule,))
    solution = solve(problem, gap=0.0, threads=1)
    found = replacement_cost(problem, solution, [np.array([2])], effort=EXACT)
    assert found.irreplaceable.all()


def test_rarity_weighted_richness_by_hand():
    amount = csr_array(np.array([[1.0, 3.0, 0.0], [0.0, 2.0, 2.0], [0.0, 0.0, 0.0]]))
    np.testing.assert_allclose(rarity_weighted_richness(amount), [0.25, 1.25, 0.5])
    np.testing.assert_allclose(
        rarity_weighted_richness(amount, np.array([8.0, 4.0, 1.0]), np.array([2.0, 1.0, 1.0])),
        [0.25, 1.25, 0.5],
    )
    with pytest.raises(ValueError, match="3 features, 2 totals"):
        rarity_weighted_richness(amount, np.ones(2))
    with pytest.raises(ValueError, match="finite and >= 0"):
        rarity_weighted_richness(amount, np.array([1.0, -1.0, 1.0]))
