"""Small problems of every kind, drawn at random, and their optima by trying every selection."""

import itertools
from collections import deque

import numpy as np
from scipy.sparse import csr_array

from algorithms.reserve.problem import LinearConstraint, Problem, Redundancy

OBJECTIVES = (
    "minimum_set",
    "maximum_coverage",
    "maximum_utility",
    "minimum_shortfall",
    "minimum_largest_shortfall",
)


def random_problem(rng, *, contiguous=False):
    """Draw a problem of up to 9 units: whole numbers with many ties, or of any size."""
    n, features = int(rng.integers(1, 10)), int(rng.integers(1, 5))
    whole = bool(rng.integers(2))
    cost = rng.integers(0, 6, n).astype(float) if whole else rng.random(n)
    cost *= 10.0 ** rng.integers(-2, 5)
    amount = rng.random((features, n)) * (rng.random((features, n)) < 0.6)
    amount *= 10.0 ** rng.integers(-2, 4)
    if whole:
        amount = np.rint(amount)
    target = amount.sum(axis=1) * rng.random(features) * 0.8
    if rng.random() < 0.2:
        amount *= np.where(rng.random((features, n)) < 0.2, -1, 1)
    problem = {
        "cost": cost,
        "amount": csr_array(amount),
        "target": target,
        "objective": str(rng.choice(OBJECTIVES)),
    }
    pairs = [pair for pair in itertools.combinations(range(n), 2) if rng.random() < 0.35]
    edges = np.array(pairs, np.int32).reshape(-1, 2)
    problem |= _money(rng, problem)
    problem |= _land(rng, problem, edges)
    problem |= _further(rng, problem)
    if contiguous:
        problem["edges"] = edges
        problem["contiguous"] = str(rng.choice(("whole", "complexes")))
        problem["complex_label"] = rng.integers(0, 3, n).astype(np.int32)
    return Problem(**problem)


def _money(rng, problem):
    found = {}
    if problem["objective"] != "minimum_set" or rng.random() < 0.2:
        found["budget"] = float(problem["cost"].sum() * rng.random())
    if rng.random() < 0.4:
        found["weight"] = rng.integers(0, 4, len(problem["target"])).astype(float)
    if rng.random() < 0.2:
        found["penalty"] = rng.normal(size=problem["cost"].size) * problem["cost"].mean()
    return found


def _land(rng, problem, edges):
    n = problem["cost"].size
    found = {}
    if rng.random() < 0.3:
        lock = rng.integers(0, 6, n)
        found |= {"locked_in": lock == 0, "locked_out": lock == 1}
    if rng.random() < 0.6:
        size = problem["cost"].mean() if problem["objective"] == "minimum_set" else 0.1
        found |= {
            "edges": edges,
            "edge_length": rng.integers(0, 3, len(edges)).astype(float),
            "boundary_penalty": size * 10.0 ** rng.uniform(-2, 2),
            "exposed_length": rng.random(n),
            "edge_factor": float(rng.choice((0.0, 0.5, 1.0))),
        }
    if rng.random() < 0.3:
        found |= {
            "edges": edges,
            "neighbours": int(rng.integers(1, 4)),
            "neighbours_clamped": bool(rng.random() < 0.7),
        }
    return found


def _further(rng, problem):
    n, features = problem["cost"].size, len(problem["target"])
    found = {}
    if rng.random() < 0.2:
        most = float(3 * rng.random())
        found["constraints"] = (
            LinearConstraint(
                name="sum", coefficient=rng.normal(size=n), lower=-1.0, upper=most
            ),
        )
    if rng.random() < 0.25:
        feature = int(rng.integers(features))
        found["redundancy"] = (
            Redundancy(
                feature=feature,
                place=rng.integers(0, 4, n).astype(np.int32),
                least=float(np.abs(problem["amount"].toarray()[feature]).mean()) + 0.01,
                count=int(rng.integers(1, 3)),
            ),
        )
    if rng.random() < 0.4:
        country = rng.integers(0, 3, n).astype(np.int32)
        codes = np.unique(country).tolist()
        found |= {
            "country": country,
            "area": rng.random(n) + 0.1,
            "share_of": str(rng.choice(("area", "cost"))),
            "share_min": {code: float(rng.random() / 3) for code in codes[:2]},
            "share_max": {2: float(rng.uniform(0.4, 1))} if codes[-1] == 2 != codes[0] else {},
            "share_counts_locked_in": bool(rng.random() < 0.6),
        }
    return found


def meets(problem, selected):
    """Whether a selection meets a problem, word by word."""
    chosen = [i for i in range(problem.n_units) if selected[i]]
    return (
        all(selected[i] for i in np.flatnonzero(problem.must()))
        and not any(selected[i] for i in np.flatnonzero(problem.may_not()))
        and _sums_met(problem, chosen)
        and _shares_met(problem, chosen)
        and _neighbours_met(problem, selected, chosen)
        and _places_met(problem, chosen)
        and _in_one_piece(problem, chosen)
    )


def _sums_met(problem, chosen):
    cost = sum(problem.cost[i] for i in chosen)
    if problem.budget is not None and cost > problem.budget * (1 + 1e-9):
        return False
    held = [sum(row[i] for i in chosen) for row in problem.amount.toarray()]
    if problem.objective == "minimum_set" and any(
        have < want - 1e-9 * abs(want) for have, want in zip(held, problem.target, strict=True)
    ):
        return False
    sums = [sum(rule.coefficient[i] for i in chosen) for rule in problem.constraints]
    return all(
        rule.lower - 1e-8 <= total <= rule.upper + 1e-8
        for rule, total in zip(problem.constraints, sums, strict=True)
    )


def _shares_met(problem, chosen):
    if problem.country is None:
        return True
    quantity = problem.area if problem.share_of == "area" else problem.cost
    counted = [i for i in chosen if problem.share_counts_locked_in or not problem.must()[i]]
    whole = sum(quantity[i] for i in counted)
    if whole == 0:
        return True
    part = {}
    for i in counted:
        part[int(problem.country[i])] = part.get(int(problem.country[i]), 0.0) + quantity[i]
    return all(
        part.get(code, 0.0) >= share * whole * (1 - 1e-8)
        for code, share in problem.share_min.items()
    ) and all(
        part.get(code, 0.0) <= share * whole * (1 + 1e-8) + 1e-12
        for code, share in problem.share_max.items()
    )


def _around(problem, unit):
    return [b if a == unit else a for a, b in problem.edges.tolist() if unit in {a, b}]


def _neighbours_met(problem, selected, chosen):
    for unit in chosen if problem.neighbours else ():
        near = _around(problem, unit)
        needed = problem.neighbours
        if problem.neighbours_clamped:
            needed = min(needed, sum(not problem.may_not()[other] for other in near))
        if sum(selected[other] for other in near) < needed:
            return False
    return True


def _places_met(problem, chosen):
    for wanted in problem.redundancy:
        row = problem.amount.toarray()[wanted.feature]
        held = {}
        for i in chosen:
            if wanted.place[i] > 0:
                held[wanted.place[i]] = held.get(wanted.place[i], 0.0) + row[i]
        enough = [amount for amount in held.values() if amount >= wanted.least * (1 - 1e-9)]
        if len(enough) < wanted.count:
            return False
    return True


def _in_one_piece(problem, chosen):
    if problem.contiguous == "none":
        return True
    groups = [set(chosen)]
    if problem.contiguous == "complexes":
        label = problem.complex_label
        groups = [{i for i in chosen if label[i] == k} for k in set(label.tolist()) - {0}]
    for group in groups:
        seen, queue = set(), deque(list(group)[:1])
        while queue:
            unit = queue.popleft()
            if unit not in seen:
                seen.add(unit)
                queue.extend(other for other in _around(problem, unit) if other in group)
        if seen != group:
            return False
    return True


def selections(problem):
    """Every selection that meets a problem."""
    for marks in itertools.product((False, True), repeat=problem.n_units):
        selected = np.array(marks)
        if meets(problem, selected):
            yield selected
