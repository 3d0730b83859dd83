from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from algorithms.reserve.evenness import country_shares, entitlements, evenness
from algorithms.reserve.fairness import fairness_curve, price_of
from algorithms.reserve.problem import Problem
from algorithms.reserve.series import Answer, Effort
from algorithms.reserve.solution import InfeasibleProblemError
from algorithms.reserve.solving import solve

EXACT = Effort(gap=0.0, time_limit=20.0, threads=1)


def two_countries(**further):
    """Make a problem in which the land of country 1 is dearer: 1 against 2 for the same."""
    return Problem(
        **{
            "cost": np.array([1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0]),
            "amount": csr_array(np.ones((1, 8))),
            "target": np.array([4.0]),
            "area": np.ones(8),
            "country": np.array([0, 0, 0, 0, 1, 1, 1, 1], np.int32),
        }
        | further
    )


def test_a_curve_by_hand():
    found = fairness_curve(two_countries(), (0.5, 1.0), effort=EXACT)
    assert [point.level for point in found.points] == [0.0, 0.5, 1.0]
    np.testing.assert_allclose([p.evenness for p in found.points], [0.0, 0.5, 1.0])
    np.testing.assert_allclose([p.gini for p in found.points], [0.5, 0.25, 0.0], atol=1e-12)
    np.testing.assert_allclose([p.solution.cost for p in found.points], [4.0, 5.0, 6.0])
    np.testing.assert_allclose([p.price for p in found.points], [0.0, 0.25, 0.5])
    np.testing.assert_allclose([p.price_lower for p in found.points], [0, 0.25, 0.5], atol=1e-5)
    np.testing.assert_allclose([p.price_upper for p in found.points], [0, 0.25, 0.5], atol=1e-5)
    np.testing.assert_allclose(found.points[1].share, [0.75, 0.25])
    assert (found.code.tolist(), found.entitlement.tolist()) == ([0, 1], [0.5, 0.5])
    assert found.fairest_level == pytest.approx(1.0)
    assert found.fairest_bound == pytest.approx(1.0)
    assert found.complete
    assert not found.notes


def test_levels_are_spread_from_what_comes_by_itself_to_the_fairest():
    found = fairness_curve(two_countries(), 3, effort=EXACT)
    np.testing.assert_allclose([p.level for p in found.points], [0.0, 0.495, 0.99])
    assert "99 % of the greatest evenness found, 1" in found.notes[0]


def test_entitlements_decide_what_is_even():
    found = fairness_curve(two_countries(entitlement={0: 0.75, 1: 0.25}), 2, effort=EXACT)
    np.testing.assert_allclose(found.points[-1].share, [0.75, 0.25])
    assert found.points[-1].gini == pytest.approx(0.0, abs=1e-12)


def test_a_level_out_of_reach_is_told():
    country = np.array([0, 0, 0, 0, 0, 0, 0, 1], np.int32)
    found = fairness_curve(
        two_countries(country=country, target=np.array([4.0])), (0.5, 0.9), effort=EXACT
    )
    assert [point.level for point in found.points] == [0.0, 0.5]
    assert found.complete
    assert "0.9 cannot be reached" in found.notes[0]


def test_what_is_even_by_itself_has_one_point():
    found = fairness_curve(two_countries(cost=np.ones(8), target=np.array([8.0])), effort=EXACT)
    assert len(found.points) == 1
    assert "as even as any" in found.notes[0]
    assert "within 1%" in found.notes[0]


def test_nothing_to_share_out_has_no_evenness():
    problem = two_countries(
        locked_in=np.arange(8) < 4, share_counts_locked_in=False, target=np.array([4.0])
    )
    found = fairness_curve(problem, effort=EXACT)
    assert len(found.points) == 1
    assert np.isnan(found.points[0].evenness)
    assert np.isnan(found.fairest_level)
    assert "nothing that counts" in found.notes[0]


def test_the_price_of_a_value_of_nothing_is_not_told():
    problem = two_countries(objective="minimum_shortfall", budget=6.0, target=np.array([4.0]))
    found = fairness_curve(problem, (1.0,), effort=EXACT)
    assert found.points[0].upper == 0.0
    assert np.isnan([p.price_upper for p in found.points]).all()


@pytest.mark.parametrize(
    ("answer", "free", "expected"),
    [
        ((11.0, 12.0), (10.0, 10.0), (0.1, 0.2)),
        ((11.0, 12.0), (8.0, 10.0), (0.1, 0.5)),
        ((9.0, 12.0), (8.0, 10.0), (0.0, 0.5)),
        ((-8.0, -8.0), (-10.0, -10.0), (0.2, 0.2)),
        ((-8.0, -6.0), (-12.0, -10.0), (0.2, 0.5)),
        ((11.0, 12.0), (0.0, 10.0), (np.nan, np.nan)),
        ((1.0, 2.0), (-4.0, -1.0), (1.25, 3.0)),
    ],
)
def test_the_price_lies_between_its_bounds(answer, free, expected):
    found = price_of(Answer(*answer), Answer(*free))
    np.testing.assert_allclose(found, expected)
    values = np.linspace(*answer, 5)[:, None], np.linspace(*free, 5)[None, :]
    if not np.isnan(found[0]):
        price = np.maximum(0, (values[0] - values[1]) / np.abs(values[1]))
        assert (price >= found[0] - 1e-12).all()
        assert (price <= found[1] + 1e-12).all()


KINDS = {
    "area": {},
    "cost": {"share_of": "cost"},
    "gain": {"share_of": "gain"},
    "clumped": {"boundary_penalty": 1.0},
    "new": {"share_counts_locked_in": False, "locked_in": np.arange(8) == 1},
    "utility": {"objective": "maximum_utility", "budget": 14.0},
    "shortfall": {"objective": "minimum_shortfall", "budget": 10.0},
}


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10_000))
def test_every_point_against_brute_force(brute_force, small_problem, kind, seed):
    problem = small_problem(seed, **KINDS[kind])
    every = brute_force(problem)
    try:
        found = fairness_curve(problem, 4, effort=EXACT)
    except InfeasibleProblemError:
        assert not every.selections
        return
    just = entitlements(problem)[1]

    def even(selected):
        return evenness(country_shares(problem, selected), just)

    values = [even(selected) for selected in every.selections]
    if not np.isnan(found.fairest_level):
        assert found.fairest_level == pytest.approx(np.nanmax(values), rel=1e-5, abs=1e-6)
        assert found.fairest_bound >= np.nanmax(values) - 1e-9
    for point in found.points:
        truth = every.best(lambda s, t=point.level: t == 0 or even(s) >= t * (1 - 1e-6) - 1e-12)
        low, high = sorted((every.sign * point.lower, every.sign * point.upper))
        assert low <= truth + 1e-6
        assert high == pytest.approx(truth, rel=1e-6, abs=1e-6)
        assert point.level == 0 or point.evenness >= point.level * (1 - 1e-5)
        free = every.best()
        if free != 0:
            price = (truth - free) / abs(free)
            assert point.price == pytest.approx(price, abs=1e-5)
            assert point.price_lower <= price + 1e-6
            assert point.price_upper >= price - 1e-6
    losses = [every.sign * point.solution.objective for point in found.points]
    assert (np.diff(losses) >= -1e-9).all()


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10_000))
def test_rough_points_are_made_consistent(brute_force, small_problem, seed):
    problem = small_problem(seed)
    every = brute_force(problem)
    rng = np.random.default_rng(seed)
    rough = every.selections[rng.integers(len(every.selections))]
    value = every.losses[[s is rough for s in every.selections].index(True)]
    first = replace(
        solve(problem, gap=0.0, threads=1),
        selected=rough,
        objective=value,
        bound=0.8 * every.best(),
    )
    found = fairness_curve(problem, (0.2, 0.5), first=first, effort=Effort(gap=0.3, threads=1))
    lowers = [point.lower for point in found.points]
    uppers = [point.upper for point in found.points]
    assert lowers == sorted(lowers)
    assert uppers == sorted(uppers)
    just = entitlements(problem)[1]
    for point in found.points:
        truth = every.best(
            lambda s, t=point.level: (
                evenness(country_shares(problem, s), just) >= t * (1 - 1e-6) - 1e-12
            )
        )
        assert point.lower <= truth + 1e-6
        assert point.upper >= truth - 1e-6
        assert point.solution.bound == point.lower
        price = truth / every.best() - 1
        assert point.price_lower <= price + 1e-6
        assert point.price_upper >= price - 1e-6


def test_points_are_told_and_a_watcher_ends_the_analysis(listener):
    patient = listener()
    fairness_curve(two_countries(), (0.5, 1.0), effort=EXACT, watcher=patient)
    assert list(patient.solved_of) == [
        "without shares",
        "evenness of 1 or more",
        "evenness of 0.5 or more",
    ]
    brief = listener(stop_after=1)
    part = fairness_curve(two_countries(), (0.5, 1.0), effort=EXACT, watcher=brief)
    assert len(part.points) == 1
    assert not part.complete
    assert any("No selection was found in time" in note for note in part.notes)


def test_it_can_be_cancelled_and_tells_progress(stopper):
    patient = stopper(np.inf)
    fairness_curve(two_countries(), effort=EXACT, control=patient)
    assert patient.seen == sorted(patient.seen)
    assert patient.seen[-1] == 1.0
    with pytest.raises(KeyboardInterrupt):
        fairness_curve(two_countries(), effort=EXACT, control=stopper(0.5))


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (1, "two points at least"),
        ((0.0,), "over 0 and up to 1"),
        ((1.2,), "over 0 and up to 1"),
    ],
)
def test_points_outside_their_range_are_refused(points, words):
    with pytest.raises(ValueError, match=words):
        fairness_curve(two_countries(), points)
    with pytest.raises(ValueError, match="set country"):
        fairness_curve(two_countries(country=None))
