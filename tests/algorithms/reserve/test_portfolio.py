from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from algorithms.reserve.distance import at_least_apart, distances, unit_measure
from algorithms.reserve.feasible import Rules
from algorithms.reserve.portfolio import PortfolioRule, portfolio
from algorithms.reserve.problem import Problem
from algorithms.reserve.series import Effort
from algorithms.reserve.solution import InfeasibleProblemError
from algorithms.reserve.solving import solve

EXACT = Effort(gap=0.0, time_limit=20.0, threads=1)

KINDS = {
    "set": {},
    "clumped": {"boundary_penalty": 1.5},
    "locked": {"locked_in": np.arange(8) == 2, "locked_out": np.arange(8) == 5},
    "utility": {"objective": "maximum_utility", "budget": 14.0, "target": None},
    "coverage": {"objective": "maximum_coverage", "budget": 9.0},
    "shortfall": {"objective": "minimum_shortfall", "budget": 6.0},
    "neighbours": {"neighbours": 1},
    "contiguous": {"contiguous": "whole"},
}


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10_000), within=st.sampled_from([0.0, 0.1, 0.3]))
def test_members_and_needed_units_against_brute_force(
    brute_force, small_problem, kind, seed, within
):
    problem = small_problem(seed, **KINDS[kind])
    rule = PortfolioRule(count=3, within=within, distance=0.3)
    every = brute_force(problem)
    try:
        found = portfolio(problem, rule, effort=EXACT)
    except InfeasibleProblemError:
        assert not every.selections
        return
    best = every.best()
    limit = best + within * abs(best) + 1e-9 * abs(best)
    rules = Rules(problem)
    for member in found.members:
        assert rules.broken(member.selected) is None
        assert every.sign * member.objective <= limit + 1e-6
    assert (found.distance + np.eye(len(found.members)) >= 0.3 - 1e-9).all()
    good = np.array(every.within(limit))
    free = ~(problem.must() | problem.may_not())
    truth = good.all(axis=0) & free
    # A selection at the limit itself is within the rounding of what can be proved.
    assert (found.no_regret <= truth).all()
    assert (truth <= found.in_every_found).all()
    if within > 0:
        assert (found.in_every_found == truth).all()
        assert found.complete or found.needed.notes
    np.testing.assert_allclose(
        found.frequency, np.mean([member.selected for member in found.members], axis=0)
    )
    if found.exhausted:
        size = unit_measure(problem)
        for selected in every.within(limit - 1e-6 * abs(limit)):
            chosen = [member.selected for member in found.members]
            assert distances([*chosen, selected], size)[-1, :-1].min() < 0.3 + 1e-9


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10_000))
def test_no_more_is_claimed_than_is_true_from_a_rough_first_and_little_time(
    brute_force, small_problem, seed
):
    problem = small_problem(seed, boundary_penalty=1.0)
    every = brute_force(problem)
    rng = np.random.default_rng(seed)
    rough = every.selections[rng.integers(len(every.selections))]
    value = every.losses[[s is rough for s in every.selections].index(True)]
    first = replace(
        solve(problem, gap=0.0, threads=1),
        selected=rough,
        objective=value,
        bound=every.best() * rng.uniform(0.5, 1.0),
    )
    rule = PortfolioRule(count=3, within=0.1, distance=0.3)
    for effort in (Effort(gap=0.2, threads=1), Effort(time_limit=0.1, threads=1)):
        found = portfolio(problem, rule, first=first, effort=effort)
        least = min(member.objective for member in found.members)
        assert found.limit == pytest.approx(1.1 * least)
        assert all(member.objective <= found.limit + 1e-9 for member in found.members)
        assert (found.members[0] is first) == (value <= found.limit + 1e-9)
        good = np.array(every.within(found.limit))
        assert (found.no_regret <= good.all(axis=0)).all()
        assert (good.all(axis=0) <= found.in_every_found).all()
        excess = np.array([m.objective for m in found.members]) / every.best() - 1
        scale = min(m.objective for m in found.members) / every.best()
        assert (found.excess_bound * scale >= excess - 1e-6).all()


def test_a_unit_that_only_dear_selections_do_without_is_no_regret():
    problem = Problem(
        cost=np.array([10.0, 1.0, 1.0, 12.0]),
        amount=csr_array(np.array([[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]])),
        target=np.array([1.0, 1.0]),
    )
    rule = PortfolioRule(count=3, within=0.05, distance=0.1, measure="units")
    found = portfolio(problem, rule, effort=EXACT)
    assert found.no_regret.tolist() == [True, False, False, False]
    assert found.in_every_found.tolist() == [True, False, False, False]
    assert found.needed.lower[0] == pytest.approx(13.0, rel=1e-5)
    assert len(found.members) == 2
    assert found.exhausted
    assert found.complete
    assert found.frequency.tolist() == [1.0, 0.5, 0.5, 0.0]
    np.testing.assert_allclose(found.excess, [0.0, 0.0])
    wider = portfolio(problem, replace(rule, within=0.2), effort=EXACT)
    assert not wider.no_regret.any()
    assert len(wider.members) == 3


def test_no_unit_is_needed_for_a_target_that_is_met_anyhow():
    problem = Problem(
        cost=np.ones(3),
        amount=csr_array(np.array([[5.0, 0.0, 0.0], [0.0, 2.0, 2.0]])),
        target=np.array([0.0, 0.0]),
        objective="maximum_coverage",
        weight=np.array([5.5, 8.0]),
        budget=1.0,
    )
    found = portfolio(problem, PortfolioRule(count=2, within=0.05), effort=EXACT)
    assert not found.no_regret.any()


def test_what_is_locked_in_is_neither_needed_nor_varied():
    problem = Problem(
        cost=np.array([1.0, 2.0]),
        amount=csr_array(np.array([[1.0, 1.0]])),
        target=np.array([1.0]),
        locked_in=np.array([True, False]),
    )
    found = portfolio(problem, PortfolioRule(), effort=EXACT)
    assert len(found.members) == 1
    assert not found.in_every_found.any()
    assert "nothing beyond what is locked in" in found.notes[0]
    assert np.isnan(found.needed.lower[0])


def test_a_value_of_nothing_has_no_share():
    problem = Problem(
        cost=np.array([1.0, 2.0]),
        amount=csr_array(np.array([[1.0, 1.0]])),
        target=np.array([1.0]),
        objective="minimum_shortfall",
        budget=2.0,
    )
    found = portfolio(problem, PortfolioRule(count=2, distance=1.0), effort=EXACT)
    assert found.limit == 0.0
    assert len(found.members) == 2
    assert np.isnan(found.excess).all()
    assert not found.in_every_found.any()


def test_a_first_that_turns_out_to_be_far_from_the_best_gives_way():
    problem = Problem(
        cost=np.array([1.0, 2.0, 2.0, 1.02]),
        amount=csr_array(np.array([[1.0, 1.0, 1.0, 1.0]])),
        target=np.array([1.0]),
    )
    best = solve(problem, gap=0.0)
    rough = np.array([False, True, False, False])
    first = replace(best, selected=rough, objective=2.0, bound=1.0)
    found = portfolio(problem, PortfolioRule(count=3), first=first, effort=EXACT)
    assert [member.objective for member in found.members] == [1.0, 1.02]
    assert found.limit == pytest.approx(1.05)
    assert found.exhausted
    np.testing.assert_allclose(found.excess, [0.0, 0.02])
    assert found.frequency.tolist() == [0.5, 0.0, 0.0, 0.5]
    assert any("1 found before it" in note for note in found.notes)
    wide = portfolio(problem, PortfolioRule(count=2, within=1.0), first=first, effort=EXACT)
    assert wide.members[0] is first
    assert wide.limit == pytest.approx(2.0)
    np.testing.assert_allclose(wide.excess, [1.0, 0.0])


def test_a_fair_portfolio_is_as_fair_as_its_first(small_problem):
    problem = small_problem(3, max_min_fair=True)
    found = portfolio(problem, PortfolioRule(within=0.5, distance=0.1), effort=EXACT)

    def least(selected):
        parts = [problem.area[selected & (problem.country == c)].sum() for c in (0, 1)]
        return min(parts) / sum(parts)

    floor = least(found.members[0].selected)
    assert all(least(member.selected) >= floor - 1e-9 for member in found.members)


def test_a_member_that_is_good_enough_was_not_stopped(small_problem):
    problem = small_problem(8, rows=5, columns=5, features=4, boundary_penalty=2.0)
    rule = PortfolioRule(count=3, within=0.3, distance=0.2)
    found = portfolio(problem, rule, effort=Effort(gap=0.05, time_limit=20.0, threads=1))
    assert len(found.members) == 3
    for member in found.members:
        assert member.status in {"optimal", "within_gap"}
        assert member.gap <= 0.06


def test_without_time_the_rest_is_left_open(small_problem):
    problem = small_problem(5)
    first = solve(problem, gap=0.0, threads=1)
    effort = Effort(time_limit=1e-6, threads=1)
    found = portfolio(problem, PortfolioRule(), first=first, effort=effort)
    assert found.members == (first,)
    assert not found.complete
    assert not found.exhausted
    assert found.in_every_found.sum() == first.selected.sum()
    assert "not proved" in found.notes[-1]


def test_members_are_told_and_a_watcher_ends_the_analysis(small_problem, listener):
    problem = small_problem(5)
    rule = PortfolioRule(within=0.5, distance=0.1)
    patient = listener()
    whole = portfolio(problem, rule, effort=EXACT, watcher=patient)
    assert list(patient.solved_of) == [f"member {k + 1}" for k in range(len(whole.members))]
    brief = listener(stop_after=1)
    part = portfolio(problem, rule, effort=EXACT, watcher=brief)
    assert len(part.members) == 1
    assert not part.complete


def test_it_can_be_cancelled_and_tells_progress(small_problem, stopper):
    problem = small_problem(5)
    patient = stopper(np.inf)
    portfolio(problem, PortfolioRule(within=0.3), effort=EXACT, control=patient)
    assert patient.seen == sorted(patient.seen)
    with pytest.raises(KeyboardInterrupt):
        portfolio(problem, PortfolioRule(), effort=EXACT, control=stopper(0.5))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"count": 0}, "one selection at least"),
        ({"within": -0.1}, "share from 0 to 1"),
        ({"within": 1.1}, "share from 0 to 1"),
        ({"distance": 0.0}, "over 0 and up to 1"),
        ({"distance": 1.5}, "over 0 and up to 1"),
    ],
)
def test_a_rule_outside_its_range_is_refused(rule, words):
    with pytest.raises(ValueError, match=words):
        PortfolioRule(**rule)


def test_distances_by_hand():
    size = np.array([1.0, 2.0, 3.0, 0.0])
    selections = np.array([[1, 1, 0, 1], [0, 1, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]], bool)
    found = distances(list(selections), size)
    assert found[0, 1] == pytest.approx(4 / 6)
    assert found[0, 2] == 1.0
    assert found[2, 3] == 0.0
    assert (np.diag(found) == 0).all()


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), distance=st.floats(0.01, 1.0))
def test_the_constraint_holds_just_where_the_distance_does(seed, distance):
    rng = np.random.default_rng(seed)
    size = rng.integers(1, 5, 6).astype(float)
    given_, other = rng.random((2, 6)) < 0.5
    if not given_.any():
        return
    rule = at_least_apart(given_, size, distance, "apart")
    apart = distances([given_, other], size)[0, 1]
    if abs(apart - distance) > 1e-9:
        assert (rule.coefficient[other].sum() >= rule.lower) == (apart > distance)


def test_what_a_difference_counts(small_problem):
    problem = small_problem(1, locked_in=np.arange(8) == 0)
    assert unit_measure(problem).tolist() == [0.0, *problem.area[1:]]
    assert unit_measure(problem, "cost").tolist() == [0.0, *problem.cost[1:]]
    assert unit_measure(problem, "units").tolist() == [0.0] + [1.0] * 7
    bare = replace(problem, area=None)
    assert unit_measure(bare).tolist() == [0.0, *problem.cost[1:]]
    assert unit_measure(replace(bare, cost=np.zeros(8))).sum() == 7
    with pytest.raises(ValueError, match="set area"):
        unit_measure(bare, "area")
