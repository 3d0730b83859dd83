"""Whether a problem is well formed: shapes, ranges, names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from scipy.sparse import csr_array

from algorithms.reserve.problem import Contiguity, LinearConstraint, Objective, ShareOf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import DTypeLike

    from algorithms.arrays import BoolArray, IntArray
    from algorithms.reserve.problem import Problem, Redundancy

LISTED = 5
"""How many offenders a message names before it only counts the rest."""


LARGEST = 1e100
"""Largest size of a number: sums and products of larger ones could overflow."""

SMALLEST = 1e-100
"""Least size of a target that is not 0: shares of smaller ones could overflow."""


def listed(items: list[str]) -> str:
    """Return a list for a message: the first few, and how many more."""
    shown = ", ".join(items[:LISTED])
    rest = len(items) - LISTED
    return f"{shown} and {rest} more" if rest > 0 else shown


def units_listed(which: BoolArray) -> str:
    """Return the numbers (from 0) of the units that are marked, for a message."""
    numbers = [str(i) for i in np.flatnonzero(which)]
    return f"{'units' if len(numbers) > 1 else 'unit'} {listed(numbers)}"


def checked(problem: Problem) -> Problem:
    """Return a problem with its arrays in the types it names, or say what is wrong with it.

    Parameters
    ----------
    problem : Problem
        As a caller made it.

    Returns
    -------
    Problem
        The same, its arrays float64, int32 and bool.

    Raises
    ------
    ValueError
        A value is missing, of the wrong shape or out of its range; names the field and the
        units, features or countries.
    """
    _choices(problem)
    cost = _numbers("cost", problem.cost, None)
    if cost.ndim != 1 or not cost.size:
        raise ValueError("cost must hold one number per planning unit, and at least one")
    _no_less_than("cost", cost, 0.0)
    amount = _amount(problem, cost.size)
    problem = replace(problem, cost=cost, amount=amount)
    problem = replace(problem, **_features(problem), **_units(problem), **_edges(problem))
    _scalars(problem)
    problem = replace(problem, constraints=_constraints(problem))
    problem = replace(problem, redundancy=tuple(_redundancy(problem)))
    _contiguity(problem)
    _countries(problem)
    return problem


def _choices(problem: Problem) -> None:
    for field, choices in (
        ("objective", get_args(Objective)),
        ("contiguous", get_args(Contiguity)),
        ("share_of", get_args(ShareOf)),
    ):
        value = getattr(problem, field)
        if value not in choices:
            raise ValueError(f"{field} must be one of {', '.join(choices)}, got {value!r}")


def _numbers(field: str, values: Any, shape: tuple[int, ...] | None) -> np.ndarray:  # noqa: ANN401 - anything that numpy takes for numbers
    """Return values as finite float64 of a shape."""
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{field} must hold numbers") from error
    if shape is not None and array.shape != shape:
        raise ValueError(f"{field} must have the shape {shape}, got {array.shape}")
    bad = ~np.isfinite(array)
    if bad.any():
        where = listed([str(i) for i in np.flatnonzero(bad)])
        raise ValueError(f"{field} must be finite; it is not at {where}")
    over = np.abs(array) > LARGEST
    if over.any():
        where = listed([str(i) for i in np.flatnonzero(over)])
        raise ValueError(f"{field} must be within {LARGEST:g}; it is larger at {where}")
    return array


def _whole(field: str, values: Any, shape: tuple[int, ...], kind: DTypeLike) -> np.ndarray:  # noqa: ANN401 - anything that numpy takes for numbers
    """Return values as whole numbers >= 0, or marks, of a shape."""
    array = np.array(values)
    if array.shape != shape:
        raise ValueError(f"{field} must have the shape {shape}, got {array.shape}")
    if array.size and array.dtype.kind not in "biu":
        raise ValueError(f"{field} must hold whole numbers, got {array.dtype}")
    if array.size and (array.min() < 0 or array.max() > np.iinfo(np.int32).max):
        raise ValueError(f"{field} must hold numbers from 0 to {np.iinfo(np.int32).max}")
    return array.astype(kind)


def _no_less_than(field: str, array: np.ndarray, least: float) -> None:
    low = array < least
    if low.any():
        where = listed([f"{i} ({array[i]:g})" for i in np.flatnonzero(low)])
        raise ValueError(f"{field} must be >= {least:g}; it is less at {where}")


def _amount(problem: Problem, n: int) -> csr_array:
    amount = csr_array(problem.amount, copy=True).astype(np.float64)
    if amount.ndim != 2 or amount.shape[1] != n:
        raise ValueError(
            f"amount must have a row per feature and a column per unit ({n}), "
            f"got the shape {amount.shape}"
        )
    bad = ~(np.abs(amount.data) <= LARGEST)
    if bad.any():
        rows = np.repeat(np.arange(amount.shape[0]), np.diff(amount.indptr))[bad]
        where = listed(
            [
                f"feature {f + 1} in unit {u}"
                for f, u in zip(rows, amount.indices[bad], strict=True)
            ]
        )
        raise ValueError(f"amount must be finite and within {LARGEST:g}; it is not for {where}")
    amount.sum_duplicates()
    return amount


def _features(problem: Problem) -> dict[str, Any]:
    n = problem.n_features
    found: dict[str, Any] = {}
    if problem.feature_names and len(problem.feature_names) != n:
        raise ValueError(
            f"feature_names must name all {n} features, got {len(problem.feature_names)}"
        )
    if problem.target is not None:
        found["target"] = _numbers("target", problem.target, (n,))
        low = (found["target"] != 0) & (np.abs(found["target"]) < SMALLEST)
        if low.any():
            where = listed([str(i) for i in np.flatnonzero(low)])
            raise ValueError(
                f"target must be 0 or {SMALLEST:g} at least; it is less at {where}"
            )
    elif problem.objective != "maximum_utility":
        raise ValueError(f"the objective {problem.objective} needs targets: set target")
    if problem.weight is not None:
        found["weight"] = _numbers("weight", problem.weight, (n,))
        _no_less_than("weight", found["weight"], 0.0)
    return found


def _units(problem: Problem) -> dict[str, Any]:
    n = (problem.n_units,)
    found: dict[str, Any] = {}
    for field in ("locked_in", "locked_out"):
        value = getattr(problem, field)
        if value is not None:
            found[field] = _whole(field, value, n, np.bool_)
    for field in ("penalty", "exposed_length", "area", "gain"):
        value = getattr(problem, field)
        if value is not None:
            found[field] = _numbers(field, value, n)
    for field in ("country", "complex_label"):
        value = getattr(problem, field)
        if value is not None:
            found[field] = _whole(field, value, n, np.int32)
    if "exposed_length" in found:
        _no_less_than("exposed_length", found["exposed_length"], 0.0)
    if "area" in found and (found["area"] <= 0).any():
        raise ValueError(f"area must be > 0; it is not for {units_listed(found['area'] <= 0)}")
    return found


def _edges(problem: Problem) -> dict[str, Any]:
    if problem.edges is None:
        for field, given in (
            ("neighbours", problem.neighbours > 0),
            ("edge_length", problem.edge_length is not None),
        ):
            if given:
                raise ValueError(f"{field} needs the pairs of units that touch: set edges")
        return {}
    edges = np.array(problem.edges)
    if edges.size == 0:
        edges = np.empty((0, 2), np.int32)
    if edges.ndim != 2 or edges.shape[1] != 2:
        raise ValueError(f"edges must have the shape (m, 2), got {edges.shape}")
    edges = _whole("edges", edges, edges.shape, np.int32)
    _pairs(edges, problem.n_units)
    found: dict[str, Any] = {"edges": edges}
    if problem.edge_length is not None:
        found["edge_length"] = _numbers("edge_length", problem.edge_length, (len(edges),))
        _no_less_than("edge_length", found["edge_length"], 0.0)
    return found


def _pairs(edges: IntArray, n: int) -> None:
    if edges.size and edges.max() >= n:
        raise ValueError(f"edges must name units from 0 to {n - 1}, got {edges.max()}")
    own = edges[:, 0] == edges[:, 1]
    if own.any():
        raise ValueError(
            f"edges join {units_listed(np.isin(np.arange(n), edges[own]))} to itself"
        )
    low = edges.min(axis=1, initial=n).astype(np.int64) * n + edges.max(axis=1, initial=0)
    key, count = np.unique(low, return_counts=True)
    if (count > 1).any():
        twice = listed([f"{k // n}-{k % n}" for k in key[count > 1]])
        raise ValueError(f"edges must hold each pair of units once; given again: {twice}")


def _scalars(problem: Problem) -> None:
    if problem.budget is not None and not (np.isfinite(problem.budget) and problem.budget >= 0):
        raise ValueError(f"budget must be finite and >= 0, got {problem.budget}")
    if not 0 <= problem.boundary_penalty <= LARGEST:
        raise ValueError(
            f"boundary_penalty must be finite and >= 0, and within {LARGEST:g}, got "
            f"{problem.boundary_penalty}"
        )
    if not 0 <= problem.edge_factor <= 1:
        raise ValueError(f"edge_factor must be from 0 to 1, got {problem.edge_factor}")
    most = np.iinfo(np.int32).max
    if not 0 <= problem.neighbours <= most or problem.neighbours != int(problem.neighbours):
        raise ValueError(
            f"neighbours must be a whole number from 0 to {most}, got {problem.neighbours}"
        )
    if problem.boundary_penalty > 0 and problem.edge_length is None:
        touching = problem.edges is not None and len(problem.edges) > 0
        if touching or problem.exposed_length is None:
            raise ValueError(
                "boundary_penalty needs the lengths of shared boundaries: set edge_length"
            )


def _constraints(problem: Problem) -> tuple[LinearConstraint, ...]:
    found = []
    for rule in problem.constraints:
        name = f"the constraint {rule.name!r}"
        values = _numbers(f"coefficient of {name}", rule.coefficient, (problem.n_units,))
        if not rule.lower <= rule.upper or rule.lower == np.inf or rule.upper == -np.inf:
            raise ValueError(
                f"{name} needs lower <= upper, got {rule.lower:g} and {rule.upper:g}"
            )
        found.append(replace(rule, coefficient=values))
    return tuple(found)


def _redundancy(problem: Problem) -> list[Redundancy]:
    found = []
    for wanted in problem.redundancy:
        if not 0 <= wanted.feature < problem.n_features:
            raise ValueError(
                f"redundancy names the feature {wanted.feature}, of {problem.n_features}"
            )
        name = problem.names()[wanted.feature]
        place = _whole(f"place of {name}", wanted.place, (problem.n_units,), np.int32)
        if not (np.isfinite(wanted.least) and wanted.least > 0):
            raise ValueError(f"least of {name} in a place must be > 0, got {wanted.least}")
        if wanted.count < 1:
            raise ValueError(f"{name} must be wanted in at least 1 place, got {wanted.count}")
        found.append(replace(wanted, place=place))
    return found


def _contiguity(problem: Problem) -> None:
    if problem.contiguous == "none":
        return
    if problem.edges is None:
        raise ValueError("contiguity needs the pairs of units that touch: set edges")
    if problem.contiguous == "complexes" and problem.complex_label is None:
        raise ValueError(
            "contiguity of complexes needs the complex of each unit: set complex_label"
        )


def _countries(problem: Problem) -> None:
    shared = bool(problem.share_min or problem.share_max or problem.max_min_fair)
    if not shared:
        return
    if problem.country is None:
        raise ValueError("shares of countries need the country of each unit: set country")
    if problem.share_of == "area" and problem.area is None:
        raise ValueError("shares of area need the area of each unit: set area")
    known = set(np.unique(problem.country).tolist())
    _shares("share_min", problem.share_min, known)
    _shares("share_max", problem.share_max, known)
    if problem.entitlement is not None:
        _shares("entitlement", problem.entitlement, known)
        total = sum(problem.entitlement.values())
        if abs(total - 1.0) > 1e-6:
            raise ValueError(f"the entitlements of the countries must sum to 1, got {total:g}")
    if not 0.0 <= problem.fair_slack < 1.0:
        raise ValueError(f"fair_slack must be from 0 up to 1, got {problem.fair_slack:g}")
    negative = problem.share_quantity() < 0
    if problem.max_min_fair and negative.any():
        raise ValueError(
            f"fair shares of {problem.share_of} need amounts >= 0; "
            f"{units_listed(negative)} has less"
        )


def _shares(field: str, shares: Mapping[int, float], known: set[int]) -> None:
    unknown = sorted(set(shares) - known)
    if unknown:
        raise ValueError(
            f"{field} names countries without planning units: "
            f"{listed([str(code) for code in unknown])}"
        )
    for code, share in shares.items():
        if not 0 <= share <= 1:
            raise ValueError(f"{field} of country {code} must be from 0 to 1, got {share}")
