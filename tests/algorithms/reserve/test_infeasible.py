from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from algorithms.reserve.problem import LinearConstraint, Problem, Redundancy
from algorithms.reserve.solution import InfeasibleProblemError
from algorithms.reserve.solving import solve

SOUND = Problem(
    cost=np.array([1.0, 2.0, 3.0, 4.0]),
    amount=csr_array(np.array([[1.0, 0.0, 2.0, 1.0], [0.0, 3.0, 1.0, 0.0]])),
    target=np.array([1.0, 2.0]),
    edges=np.array([[0, 1], [1, 2], [2, 3]], np.int32),
    country=np.array([1, 1, 2, 2], np.int32),
    area=np.ones(4),
    feature_names=("tiger", "crane"),
)


def marks(*units):
    selected = np.zeros(4, bool)
    selected[list(units)] = True
    return selected


@pytest.mark.parametrize(
    ("change", "told", "shortages"),
    [
        (
            {"locked_in": marks(1, 2), "locked_out": marks(2, 3)},
            "unit 2 locked in and locked out",
            [],
        ),
        (
            {"target": np.array([5.0, 4.5]), "locked_out": marks(1)},
            "the target of tiger is 5 and the units that are not locked out hold 4, 1 too",
            [("tiger", 1.0), ("crane", 3.5)],
        ),
        (
            {"locked_in": marks(2, 3), "budget": 5.0},
            "locked in cost 7, 2 over the budget of 5",
            [("budget", 2.0)],
        ),
        (
            {"share_min": {1: 0.7, 2: 0.5}},
            r"sum to 1.2, 0.2 over one \(country 1: 0.7, country 2: 0.5\)",
            [("least shares", 0.2)],
        ),
        (
            {"share_max": {1: 0.3, 2: 0.4}},
            "greatest shares of the countries sum to 0.7, 0.3 under one",
            [("greatest shares", 0.3)],
        ),
        (
            {"share_min": {1: 0.6}, "share_max": {1: 0.4}},
            "country 1 is to have a share of at least 0.6 and at most 0.4",
            [("shares of country 1", 0.2)],
        ),
        (
            {
                "constraints": (
                    LinearConstraint(name="wetland", coefficient=np.ones(4), lower=5.0),
                )
            },
            "wetland must be at least 5 and can be 4 at most, 1 too little",
            [("wetland", 1.0)],
        ),
        (
            {
                "locked_in": marks(0, 1),
                "constraints": (
                    LinearConstraint(name="roads", coefficient=np.ones(4), upper=1.0),
                ),
            },
            "roads must be at most 1 and is 2 at least, 1 too much",
            [("roads", 1.0)],
        ),
        (
            {"locked_in": marks(0), "neighbours": 2, "neighbours_clamped": False},
            "unit 0 locked in with fewer than 2 neighbours",
            [("neighbours", 1.0)],
        ),
        (
            {
                "redundancy": (
                    Redundancy(
                        feature=0,
                        place=np.array([1, 1, 2, 0], np.int32),
                        least=1.5,
                        count=2,
                    ),
                )
            },
            "tiger is wanted in 2 places and only 1 can hold 1.5",
            [("places of tiger", 1.0)],
        ),
        (
            {
                "target": np.zeros(2),
                "locked_in": marks(0, 3),
                "locked_out": marks(1),
                "contiguous": "whole",
            },
            "units 0, 3 are locked in with no land between them",
            [("contiguity", 1.0)],
        ),
        (
            {
                "locked_in": marks(0, 2),
                "contiguous": "complexes",
                "complex_label": np.array([1, 2, 1, 2], np.int32),
            },
            "units 0, 2 are locked in with no land between them",
            [("contiguity", 1.0)],
        ),
    ],
)
def test_contradictions_are_named_with_what_is_short(change, told, shortages):
    with pytest.raises(InfeasibleProblemError, match=told) as error:
        solve(replace(SOUND, **change))
    assert [name for name, _ in error.value.shortages] == [name for name, _ in shortages]
    for (_, found), (_, wanted) in zip(error.value.shortages, shortages, strict=True):
        assert found == pytest.approx(wanted)


def test_demands_that_exclude_each_other_are_named_with_what_must_give_way():
    with pytest.raises(InfeasibleProblemError, match="budget is 1 too much") as error:
        solve(replace(SOUND, target=np.array([3.0, 3.0]), budget=5.0))
    assert error.value.shortages == (("budget", pytest.approx(1.0)),)


@pytest.mark.parametrize("method", ["exact", "lagrangian"])
def test_whichever_solver_finds_it_tells_what_must_give_way(method):
    side = 5
    number = np.arange(side * side).reshape(side, side)
    problem = Problem(
        cost=np.full(side * side, 2.0),
        amount=csr_array(np.ones((1, side * side))),
        target=np.array([10.0]),
        budget=15.0,
        edges=np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=1),
        edge_length=np.ones(side * (side - 1)),
        boundary_penalty=1.0,
    )
    with pytest.raises(InfeasibleProblemError, match="Nearest to it") as error:
        solve(problem, method=method)
    missing = dict(error.value.shortages)
    assert missing.keys() <= {"budget", "feature 1"}
    # What is given way to suffices: 2 for each unit of the target that is still asked.
    asked = 10.0 - missing.get("feature 1", 0.0)
    assert 2.0 * asked == pytest.approx(15.0 + missing.get("budget", 0.0), abs=1.0)


def test_targets_that_cannot_be_met_in_one_piece():
    problem = replace(
        SOUND, target=np.array([0.0, 0.0]), locked_out=marks(1), contiguous="whole"
    )
    apart = LinearConstraint(name="ends", coefficient=np.array([1.0, 0, 0, 1.0]), lower=2.0)
    with pytest.raises(InfeasibleProblemError, match="not together with contiguity"):
        solve(replace(problem, constraints=(apart,)))


def test_neighbours_that_nobody_has():
    with pytest.raises(InfeasibleProblemError, match="neighbours of each unit"):
        solve(replace(SOUND, neighbours=3, neighbours_clamped=False))
