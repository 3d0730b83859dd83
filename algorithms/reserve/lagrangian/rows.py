"""A minimum set as the relaxation sees it: one cost per unit and edge, and rows to hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from algorithms.reserve.feasible import limit_rounding, share_constraints
from algorithms.reserve.solution import TARGET_ROUNDING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.reserve.problem import Problem


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """``min base x + sum_e edge_cost_e |x_i - x_j|`` such that ``matrix x >= wanted``.

    Attributes
    ----------
    base : (n,) float64
        Cost and penalties of selecting each unit, shared boundaries apart.
    matrix : (rows, n) sparse float64
        What each unit adds to each row; every row is divided by what it is about.
    wanted : (rows,) float64
        What each row must hold at least, divided likewise.
    rounding : (rows,) float64
        By how much a row may be short and still count as held.
    edges : (m, 2) int32
        Pairs of units with a shared boundary that costs.
    edge_cost : (m,) float64
        What it costs to cut each, > 0.
    """

    base: FloatArray
    matrix: sparse.csr_array
    wanted: FloatArray
    rounding: FloatArray
    edges: IntArray
    edge_cost: FloatArray

    @classmethod
    def of(cls, problem: Problem) -> Rows:
        """Lay out a problem that `lagrangian_fits`."""
        kept = list(_limits(problem))
        scale = np.array([size for _, _, _, size in kept])
        none = sparse.csr_array((0, problem.n_units))
        matrix = sparse.vstack([none, *(row for row, _, _, _ in kept)]).tocsr()
        edge_cost = problem.edge_cost()
        counts = edge_cost > 0
        edges = np.empty((0, 2), np.int32) if problem.edges is None else problem.edges
        return cls(
            base=problem.cost + problem.unit_penalty(),
            matrix=sparse.csr_array(matrix.multiply(1.0 / scale[:, None])),
            wanted=np.array([least for _, least, _, _ in kept]) / scale,
            rounding=np.array([rounding for _, _, rounding, _ in kept]) / scale,
            edges=np.ascontiguousarray(edges[counts], dtype=np.int32),
            edge_cost=edge_cost[counts],
        )

    def value(self, selected: BoolArray) -> float:
        """Return what a selection costs."""
        ends = selected[self.edges]
        cut = self.edge_cost[ends[:, 0] != ends[:, 1]].sum()
        return float(self.base[selected].sum() + cut)

    def held(self, selected: BoolArray) -> FloatArray:
        """(rows,) float64: what a selection holds of each row."""
        return np.asarray(self.matrix @ selected.astype(np.float64), dtype=np.float64)

    @property
    def edge_scale(self) -> float:
        """Mean cost of cutting an edge."""
        return float(self.edge_cost.mean())


def lagrangian_fits(problem: Problem) -> str | None:
    """Return why a problem cannot be solved by prices and cuts; None if it can."""
    obstacles = {
        "prices and cuts solve minimum sets only": problem.objective != "minimum_set",
        "a cut does not keep the neighbours of a unit": problem.neighbours > 0,
        "a cut does not keep a selection in one piece": problem.contiguous != "none",
        "a cut does not keep a feature in several places": bool(problem.redundancy),
        "without a penalty on shared boundaries there is nothing to cut": not (
            problem.edge_cost() > 0
        ).any(),
    }
    return next((reason for reason, stands in obstacles.items() if stands), None)


def _limits(
    problem: Problem,
) -> Iterator[tuple[sparse.csr_array, float, float, float]]:
    """Yield each row that must hold at least something: row, least, rounding, size."""
    n = problem.n_units
    if problem.target is not None:
        for feature, target in enumerate(problem.target):
            row = sparse.csr_array(problem.amount[[feature]])
            size = abs(float(target)) or float(abs(row).sum()) or 1.0
            yield row, float(target), TARGET_ROUNDING * abs(float(target)), size
    if problem.budget is not None:
        row = sparse.csr_array(-problem.cost.reshape(1, n))
        budget = float(problem.budget)
        yield (
            row,
            -budget,
            TARGET_ROUNDING * abs(budget),
            abs(budget) or float(problem.cost.sum()) or 1.0,
        )
    for rule in (*problem.constraints, *share_constraints(problem)):
        for sign, limit in ((1.0, rule.lower), (-1.0, -rule.upper)):
            if np.isfinite(limit):
                row = sparse.csr_array((sign * rule.coefficient).reshape(1, n))
                size = max(abs(limit), 0.1 * float(np.abs(rule.coefficient).sum())) or 1.0
                yield row, float(limit), limit_rounding(rule, abs(limit)), size
