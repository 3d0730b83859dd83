"""Why no selection meets what is asked: what is short, and by how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.reserve.checks import listed, units_listed
from algorithms.reserve.feasible import contiguous_groups, limit_rounding, pieces
from algorithms.reserve.solution import TARGET_ROUNDING, InfeasibleProblemError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from algorithms.arrays import FloatArray
    from algorithms.reserve.problem import Problem

    Shortage = tuple[str, str, float]


def refuse_hopeless(problem: Problem) -> None:
    """Refuse a problem that contradicts itself in a way that can be seen without a search.

    Parameters
    ----------
    problem : Problem
        A problem that has been checked.

    Raises
    ------
    InfeasibleProblemError
        Locks contradict each other, exceed the budget or cannot be joined; a target, a sum or a
        number of places is out of reach of all units that are not locked out; shares sum to
        over one. Names everything found.
    """
    both = problem.must() & problem.may_not()
    if both.any():
        raise InfeasibleProblemError(
            f"{units_listed(both)} locked in and locked out at once: take one lock off"
        )
    found = [
        *_budget(problem),
        *_targets(problem),
        *_sums(problem),
        *_shares(problem),
        *_lonely(problem),
        *_places(problem),
        *_torn(problem),
    ]
    if found:
        raise InfeasibleProblemError(
            f"no selection meets what is asked: {'; '.join(text for text, _, _ in found)}",
            [(name, amount) for _, name, amount in found],
        )


def _reach(problem: Problem, row: FloatArray) -> tuple[float, float]:
    """Return the least and the greatest that a sum over the units can be."""
    must = problem.must()
    free = ~problem.may_not() & ~must
    locked = float(row[must].sum())
    return (
        locked + float(np.minimum(row[free], 0.0).sum()),
        locked + float(np.maximum(row[free], 0.0).sum()),
    )


def _budget(problem: Problem) -> Iterator[Shortage]:
    if problem.budget is None:
        return
    locked = float(problem.cost[problem.must()].sum())
    over = locked - problem.budget
    if over > TARGET_ROUNDING * problem.budget:
        yield (
            f"the units that are locked in cost {locked:g}, {over:g} over the budget of "
            f"{problem.budget:g}",
            "budget",
            over,
        )


def _targets(problem: Problem) -> Iterator[Shortage]:
    if problem.objective != "minimum_set" or problem.target is None:
        return
    must = problem.must().astype(np.float64)
    free = (~problem.may_not() & ~problem.must()).astype(np.float64)
    most = problem.amount @ must + problem.amount.maximum(0.0) @ free
    for feature in np.flatnonzero(
        most < problem.target - TARGET_ROUNDING * np.abs(problem.target)
    ):
        name = problem.names()[feature]
        target = float(problem.target[feature])
        missing = target - float(most[feature])
        yield (
            f"the target of {name} is {target:g} and the units that are not locked out hold "
            f"{most[feature]:g}, {missing:g} too little",
            name,
            missing,
        )


def _sums(problem: Problem) -> Iterator[Shortage]:
    for rule in problem.constraints:
        least, most = _reach(problem, rule.coefficient)
        if most < rule.lower - limit_rounding(rule, rule.lower):
            short = rule.lower - most
            text = f"{rule.name} must be at least {rule.lower:g} and can be {most:g} at most"
            yield f"{text}, {short:g} too little", rule.name, short
        if least > rule.upper + limit_rounding(rule, rule.upper):
            over = least - rule.upper
            text = f"{rule.name} must be at most {rule.upper:g} and is {least:g} at least"
            yield f"{text}, {over:g} too much", rule.name, over


def _shares(problem: Problem) -> Iterator[Shortage]:
    total = sum(problem.share_min.values())
    if total > 1.0 + TARGET_ROUNDING:
        parts = listed([f"country {c}: {s:g}" for c, s in sorted(problem.share_min.items())])
        yield (
            f"the least shares of the countries sum to {total:g}, {total - 1:g} over one "
            f"({parts})",
            "least shares",
            total - 1.0,
        )
    for code, least in sorted(problem.share_min.items()):
        most = problem.share_max.get(code, 1.0)
        if least > most:
            text = (
                f"country {code} is to have a share of at least {least:g} and at most {most:g}"
            )
            yield text, f"shares of country {code}", least - most
    if problem.country is None or not problem.share_max:
        return
    codes = np.unique(problem.country).tolist()
    total = sum(problem.share_max.get(code, 1.0) for code in codes)
    if total < 1.0 - TARGET_ROUNDING:
        yield (
            f"the greatest shares of the countries sum to {total:g}, {1 - total:g} under one",
            "greatest shares",
            1.0 - total,
        )


def _lonely(problem: Problem) -> Iterator[Shortage]:
    if problem.neighbours <= 0 or problem.neighbours_clamped or problem.edges is None:
        return
    allowed = ~problem.may_not()
    pairs = problem.edges[allowed[problem.edges].all(axis=1)]
    degree = np.bincount(pairs.ravel(), minlength=problem.n_units)
    lonely = problem.must() & (degree < problem.neighbours)
    if lonely.any():
        yield (
            f"{units_listed(lonely)} locked in with fewer than {problem.neighbours} neighbours "
            "that are not locked out",
            "neighbours",
            float((problem.neighbours - degree[lonely]).max()),
        )


def _places(problem: Problem) -> Iterator[Shortage]:
    must, allowed = problem.must(), ~problem.may_not()
    for wanted in problem.redundancy:
        row = problem.amount[[wanted.feature]].toarray()[0]
        most = np.where(must, row, np.where(allowed, np.maximum(row, 0.0), 0.0))
        inside = wanted.place > 0
        held = np.bincount(wanted.place[inside], weights=most[inside])
        able = int((held >= wanted.least * (1.0 - TARGET_ROUNDING)).sum())
        if able < wanted.count:
            name = problem.names()[wanted.feature]
            yield (
                f"{name} is wanted in {wanted.count} places and only {able} can hold "
                f"{wanted.least:g} of it",
                f"places of {name}",
                float(wanted.count - able),
            )


def _torn(problem: Problem) -> Iterator[Shortage]:
    if problem.edges is None:
        return
    for group in contiguous_groups(problem):
        allowed = group & ~problem.may_not()
        piece = pieces(allowed, problem.edges)
        locked = np.flatnonzero(problem.must() & group)
        parts = np.unique(piece[locked])
        if parts.size > 1:
            ends = [str(int(locked[piece[locked] == part][0])) for part in parts]
            yield (
                f"the selection is to be one piece, and units {listed(ends)} are locked in "
                "with no land between them that is not locked out",
                "contiguity",
                float(parts.size - 1),
            )
