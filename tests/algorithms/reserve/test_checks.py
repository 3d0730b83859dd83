from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csc_array, csr_array

from algorithms.reserve.checks import checked
from algorithms.reserve.problem import LinearConstraint, Problem, Redundancy
from algorithms.reserve.solving import solve

SOUND = Problem(
    cost=np.array([1.0, 2.0, 3.0]),
    amount=csr_array(np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 1.0]])),
    target=np.array([1.0, 2.0]),
    edges=np.array([[0, 1], [1, 2]], np.int32),
    edge_length=np.array([1.0, 1.0]),
    country=np.array([1, 1, 2], np.int32),
    area=np.ones(3),
)


def redundancy(**further):
    return {
        "redundancy": (
            Redundancy(
                **{"feature": 0, "place": np.ones(3, np.int32), "least": 1.0, "count": 1}
                | further
            ),
        )
    }


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"cost": np.array([])}, "at least one"),
        ({"cost": np.ones((3, 1))}, "one number per planning unit"),
        ({"cost": np.array([1.0, np.nan, 2.0])}, "cost must be finite; it is not at 1"),
        ({"cost": np.array([1.0, -2.0, np.inf])}, "cost must be finite"),
        ({"cost": np.array([1.0, -2.0, 1.0])}, r"cost must be >= 0; it is less at 1 \(-2\)"),
        ({"cost": np.array(["a", "b", "c"])}, "cost must hold numbers"),
        ({"amount": csr_array(np.ones((2, 4)))}, "a column per unit"),
        (
            {"amount": csr_array(np.array([[1.0, 0.0, 0.0], [0.0, 0.0, np.inf]]))},
            "feature 2 in unit 2",
        ),
        ({"target": np.ones(3)}, "target must have the shape"),
        ({"target": None}, "needs targets"),
        ({"target": np.array([1e-320, 1.0])}, "target must be 0 or 1e-100 at least"),
        ({"cost": np.array([1.0, 1e308, 1e308])}, r"cost must be within 1e\+100"),
        ({"amount": csr_array(np.array([[1.0, 0, 0], [0, 0, 1e200]]))}, "feature 2 in unit 2"),
        ({"boundary_penalty": 1e308}, "boundary_penalty must be"),
        ({"neighbours": np.inf}, "neighbours must be"),
        ({"target": np.array([np.nan, 1.0])}, "target must be finite"),
        ({"objective": "least_cost"}, "objective must be one of"),
        ({"contiguous": "yes"}, "contiguous must be one of"),
        ({"share_of": "land"}, "share_of must be one of"),
        ({"budget": -1.0}, "budget must be finite and >= 0"),
        ({"budget": np.nan}, "budget must be finite"),
        ({"weight": np.array([1.0, -1.0])}, "weight must be >= 0"),
        ({"locked_in": np.array([True])}, "locked_in must have the shape"),
        ({"locked_out": np.array([0.0, 0.5, 1.0])}, "whole numbers"),
        ({"penalty": np.array([0.0, np.nan, 1.0])}, "penalty must be finite"),
        ({"edges": None}, "edge_length needs the pairs"),
        ({"edges": None, "edge_length": None, "neighbours": 1}, "neighbours needs"),
        ({"edges": np.array([0, 1])}, r"edges must have the shape \(m, 2\)"),
        ({"edges": np.array([[0, 1], [1, 3]])}, "units from 0 to 2"),
        ({"edges": np.array([[0, 1], [-1, 2]])}, "numbers from 0"),
        ({"edges": np.array([[0, 1], [1, 1]])}, "unit 1 to itself"),
        ({"edges": np.array([[0, 1], [1, 0]])}, "given again: 0-1"),
        ({"edge_length": np.array([1.0, -1.0])}, "edge_length must be >= 0"),
        ({"edge_length": None, "boundary_penalty": 1.0}, "set edge_length"),
        ({"exposed_length": -np.ones(3)}, "exposed_length must be >= 0"),
        ({"boundary_penalty": -1.0}, "boundary_penalty must be"),
        ({"edge_factor": 1.5}, "edge_factor must be from 0 to 1"),
        ({"neighbours": -1}, "neighbours must be"),
        ({"neighbours": 1.5}, "neighbours must be"),
        ({"contiguous": "complexes"}, "set complex_label"),
        (
            {"contiguous": "whole", "edges": None, "edge_length": None},
            "contiguity needs the pairs",
        ),
        ({"area": np.array([1.0, 0.0, 1.0])}, "area must be > 0; it is not for unit 1"),
        ({"country": None, "share_min": {1: 0.1}}, "set country"),
        ({"area": None, "share_min": {1: 0.1}}, "set area"),
        ({"share_min": {9: 0.1}}, "countries without planning units: 9"),
        ({"share_max": {1: 1.1}}, "share_max of country 1 must be from 0 to 1"),
        ({"share_min": {1: np.nan}}, "share_min of country 1"),
        ({"max_min_fair": True, "entitlement": {1: 0.2, 2: 0.2}}, "must sum to 1"),
        (
            {"max_min_fair": True, "share_of": "gain", "gain": np.array([1.0, -1.0, 0.0])},
            "need amounts >= 0; unit 1",
        ),
        ({"feature_names": ("one",)}, "must name all 2 features"),
        (redundancy(feature=2), "names the feature 2"),
        (redundancy(least=0.0), "must be > 0"),
        (redundancy(count=0), "at least 1 place"),
        (redundancy(place=np.array([1, -1, 0])), "place of feature 1"),
        (
            {
                "constraints": (
                    LinearConstraint(name="wet", coefficient=np.array([1.0, np.nan, 0.0])),
                )
            },
            "coefficient of the constraint 'wet' must be finite",
        ),
        (
            {
                "constraints": (
                    LinearConstraint(name="wet", coefficient=np.ones(3), lower=2.0, upper=1.0),
                )
            },
            "'wet' needs lower <= upper",
        ),
    ],
)
def test_what_is_wrong_is_named(change, told):
    with pytest.raises(ValueError, match=told):
        solve(replace(SOUND, **change))


def test_many_offenders_are_counted():
    with pytest.raises(ValueError, match="at 0, 1, 2, 3, 4 and 5 more"):
        checked(replace(SOUND, cost=np.full(10, np.nan)))


def test_arrays_come_back_in_their_types_and_the_problem_is_left_alone():
    amount = csc_array(np.array([[1, 0, 2], [0, 3, 1]]))
    given = replace(
        SOUND,
        cost=[1, 2, 3],
        amount=amount,
        target=[1, 2],
        edges=[[0, 1], [1, 2]],
        edge_length=[1, 1],
        locked_in=np.array([1, 0, 0]),
        penalty=np.array([1, 2, 3]),
    )
    sound = checked(given)
    assert sound.cost.dtype == sound.penalty.dtype == sound.amount.dtype == np.float64
    assert sound.edges.dtype == np.int32
    assert sound.locked_in.tolist() == [True, False, False]
    assert given.cost == [1, 2, 3]
    assert given.amount is amount
    assert solve(given, gap=0.0).selected.tolist() == [True, True, False]


def test_no_edges_at_all_are_edges():
    problem = replace(SOUND, edges=np.empty((0, 2)), edge_length=np.empty(0))
    assert checked(problem).edges.shape == (0, 2)
