import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from algorithms.reserve.contiguity import Separators
from algorithms.reserve.feasible import Rules, pieces, places_held
from algorithms.reserve.joining import Joiner
from algorithms.reserve.problem import Problem, Redundancy
from algorithms.reserve.programme import build_model
from algorithms.reserve.solving import solve
from tests.algorithms.reserve.random_problems import meets, random_problem


def holds(model, selected):
    values = model.values(selected)
    activity = model.rows @ values
    return (activity >= model.row_lower - 1e-9).all() and (
        activity <= model.row_upper + 1e-9
    ).all()


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32 - 1))
def test_rules_agree_with_the_demands_word_by_word(seed):
    problem = random_problem(np.random.default_rng(seed), contiguous=seed % 2 == 0)
    rules = Rules(problem)
    for marks in itertools.islice(itertools.product((False, True), repeat=9), 512):
        selected = np.array(marks[: problem.n_units])
        assert (rules.broken(selected) is None) == meets(problem, selected)


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32 - 1))
def test_separators_exclude_what_is_in_pieces_and_nothing_else(seed):
    rng = np.random.default_rng(seed)
    n = 8
    pairs = [pair for pair in itertools.combinations(range(n), 2) if rng.random() < 0.3]
    lock = rng.integers(0, 8, n)
    problem = Problem(
        cost=np.ones(n),
        amount=csr_array((1, n)),
        target=np.zeros(1),
        edges=np.array(pairs, np.int32).reshape(-1, 2),
        locked_in=(lock == 0) & (np.cumsum(lock == 0) == 1),
        locked_out=lock == 1,
        contiguous=str(rng.choice(("whole", "complexes"))),
        complex_label=rng.integers(0, 3, n).astype(np.int32),
    )
    separators = Separators(problem, build_model(problem))
    rules = Rules(problem)
    allowed = [
        np.array(marks)
        for marks in itertools.product((False, True), repeat=n)
        if not (np.array(marks) & problem.may_not()).any()
        and not (problem.must() & ~np.array(marks)).any()
    ]
    torn = [selected for selected in allowed if rules.broken(selected) is not None]
    for selected in torn:
        # What an earlier separator excludes already need not give a new one.
        if holds(separators.model(), selected):
            assert separators.exclude(selected) > 0
    separators.cut_off(rng.random(separators.model().cost.size))
    model = separators.model()
    for selected in allowed:
        if rules.broken(selected) is None:
            assert holds(model, selected)


def test_forbidding_excludes_one_selection():
    problem = Problem(
        cost=np.ones(3),
        amount=csr_array((1, 3)),
        target=np.zeros(1),
        edges=np.array([[0, 1], [1, 2]], np.int32),
        contiguous="whole",
    )
    separators = Separators(problem, build_model(problem))
    forbidden = np.array([True, True, False])
    assert separators.forbid(forbidden) == 1
    assert separators.forbid(forbidden) == 0
    model = separators.model()
    for marks in itertools.product((False, True), repeat=3):
        selected = np.array(marks)
        if pieces(selected, problem.edges).max(initial=-1) < 1:
            assert holds(model, selected) == (not (selected == forbidden).all())


def line(**further):
    """Return five units in a row, the dear one in the middle."""
    return Problem(
        **{
            "cost": np.array([1.0, 1.0, 9.0, 1.0, 1.0]),
            "amount": csr_array(np.array([[1.0, 0, 0, 0, 0], [0, 0, 0, 0, 1.0]])),
            "target": np.ones(2),
            "edges": np.array([[0, 1], [1, 2], [2, 3], [3, 4]], np.int32),
        }
        | further
    )


def test_one_piece_pays_for_what_joins_it():
    assert solve(line(), gap=0.0).objective == 2.0
    assert solve(line(contiguous="whole"), gap=0.0).objective == 13.0


def test_each_complex_is_one_piece_on_its_own_land():
    apart = np.array([1, 1, 0, 2, 2], np.int32)
    assert solve(line(contiguous="complexes", complex_label=apart), gap=0.0).objective == 2.0
    both = np.array([1, 1, 1, 1, 1], np.int32)
    assert solve(line(contiguous="complexes", complex_label=both), gap=0.0).objective == 13.0


def test_joining_takes_the_cheapest_path_and_trimming_what_is_not_needed():
    problem = line(contiguous="whole")
    joiner = Joiner(problem, build_model(problem))
    ends = np.array([True, False, False, False, True])
    assert joiner.joined(ends).all()
    assert joiner.largest_piece(ends).sum() == 1
    loose = line()
    everything = np.ones(5, bool)
    trimmed = Joiner(loose, build_model(loose)).trimmed(everything, np.zeros(5))
    assert trimmed.tolist() == ends.tolist()
    assert joiner.trimmed(everything, np.zeros(5)).all()


@pytest.mark.parametrize(("count", "cost"), [(1, 1.0), (2, 4.0), (3, 9.0)])
def test_a_feature_in_so_many_places(count, cost):
    place = np.array([1, 2, 3, 3], np.int32)
    wanted = Redundancy(feature=0, place=place, least=2.0, count=count)
    problem = Problem(
        cost=np.array([1.0, 3.0, 2.0, 3.0]),
        amount=csr_array(np.array([[2.0, 3.0, 1.0, 1.0]])),
        target=np.array([0.0]),
        redundancy=(wanted,),
    )
    solution = solve(problem, gap=0.0)
    assert solution.objective == cost
    assert places_held(problem, wanted, solution.selected) == count


def test_pieces_are_joined_where_every_unit_is_worth_taking():
    problem = Problem(
        cost=np.zeros(5),
        penalty=np.full(5, -1e12),
        amount=csr_array(np.ones((1, 5))),
        target=np.array([2.0]),
        edges=np.array([[0, 1], [1, 2], [2, 3], [3, 4]], np.int32),
        contiguous="whole",
    )
    ends = np.array([True, False, False, False, True])
    assert Joiner(problem, build_model(problem)).joined(ends).all()
