"""Reserve selection with a boundary penalty: prices and cuts beside plain HiGHS.

``python -m benchmarks.reserve`` prints one row per problem and solver, the two on the same
problem in the same run, each with all cores. The problems are generated from a seed: costs and
ranges of features vary smoothly over a square of units; ranges are broad (a feature occurs
everywhere, more or less) or patchy (it occurs in some places only). Every feature has a target
of 20 % of its total. Costs run from 1 to 100 and the penalty is per side of a unit, so that 5
is weak clumping and 50 strong. Plain HiGHS is given the usual linear programme: a column per
unit, a column and two rows per shared side.
"""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, NamedTuple

import highspy
import numpy as np
from scipy import ndimage, sparse

from algorithms.connectivity.threads import core_count
from algorithms.reserve.highs import silent_highs
from algorithms.reserve.problem import Problem
from algorithms.reserve.solving import solve
from benchmarks.memory import forget_peak, peak

if TYPE_CHECKING:
    from collections.abc import Callable

    from algorithms.arrays import FloatArray

N_FEATURES = 50
TARGET_SHARE = 0.2
SEED = 1


class Case(NamedTuple):
    """One problem, and when its solvers may end."""

    side: int
    ranges: str
    penalty: float
    gap: float
    seconds: float
    peer_seconds: float


CASES = (
    Case(100, "broad", 5.0, 0.01, 60.0, 60.0),
    Case(100, "patchy", 5.0, 0.01, 60.0, 60.0),
    Case(100, "broad", 50.0, 0.01, 60.0, 190.0),
    Case(100, "patchy", 50.0, 0.01, 60.0, 190.0),
    Case(316, "broad", 50.0, 0.02, 300.0, 180.0),
    Case(316, "patchy", 50.0, 0.02, 300.0, 180.0),
)


class Outcome(NamedTuple):
    """How far a solver came."""

    objective: float
    bound: float
    seconds: float
    peak_gb: float

    @property
    def gap(self) -> float:
        """Share of the objective that is not proved."""
        if not np.isfinite(self.objective):
            return np.inf
        return (self.objective - self.bound) / self.objective


def problem_of(case: Case) -> Problem:
    """Generate the problem of a case."""
    rng = np.random.default_rng(SEED)
    side = case.side
    cost = _unit_range(_smooth(rng, side, 4.0))
    amount = []
    for _ in range(N_FEATURES):
        field = _smooth(rng, side, rng.uniform(2.0, 8.0))
        occurs = rng.uniform(0.5, 0.95)
        floor = field.min() if case.ranges == "broad" else np.quantile(field, occurs)
        amount.append(_unit_range(np.maximum(field, floor)).ravel())
    table = sparse.csr_array(np.array(amount))
    number = np.arange(side * side, dtype=np.int32).reshape(side, side)
    across = np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=1)
    down = np.stack([number[:-1].ravel(), number[1:].ravel()], axis=1)
    exposed = np.zeros((side, side))
    for end in (0, -1):
        exposed[end] += 1.0
        exposed[:, end] += 1.0
    return Problem(
        cost=(1.0 + 99.0 * cost).ravel(),
        amount=table,
        target=TARGET_SHARE * np.asarray(table.sum(axis=1)).ravel(),
        edges=np.concatenate([across, down]),
        edge_length=np.ones(2 * side * (side - 1)),
        exposed_length=exposed.ravel(),
        edge_factor=0.5,
        boundary_penalty=case.penalty,
    )


def _smooth(rng: np.random.Generator, side: int, reach: float) -> FloatArray:
    field: FloatArray = ndimage.gaussian_filter(rng.standard_normal((side, side)), reach)
    return field


def _unit_range(field: FloatArray) -> FloatArray:
    scaled: FloatArray = (field - field.min()) / (field.max() - field.min())
    return scaled


def ours(case: Case) -> Outcome:
    """Solve with the method of this program."""
    forget_peak()
    found = solve(
        problem_of(case),
        gap=case.gap,
        time_limit=case.seconds,
        threads=core_count(),
        method="lagrangian",
    )
    return Outcome(found.objective, found.bound, found.seconds, peak() / 1e9)


def plain_highs(case: Case) -> Outcome:
    """Solve the usual linear programme with HiGHS as it comes."""
    forget_peak()
    highs = silent_highs()
    for option, value in (
        ("time_limit", case.peer_seconds),
        ("mip_rel_gap", case.gap),
        ("threads", core_count()),
    ):
        highs.setOptionValue(option, value)
    highs.passModel(_programme(problem_of(case)))
    highs.run()
    info = highs.getInfo()
    return Outcome(
        float(info.objective_function_value) if info.primal_solution_status == 2 else np.inf,
        float(info.mip_dual_bound),
        highs.getRunTime(),
        peak() / 1e9,
    )


def _programme(problem: Problem) -> highspy.HighsLp:
    """Return the linear programme: units, then one column per shared side."""
    if problem.edges is None or problem.target is None:
        raise ValueError("the problem has no edges or no targets")
    n, m = problem.n_units, len(problem.edges)
    side = np.arange(m)
    one, other = problem.edges[:, 0], problem.edges[:, 1]
    ends = sparse.coo_array(
        (
            np.concatenate([np.ones(m), -np.ones(m), np.ones(m)] * 2),
            (
                np.concatenate([side, side, side, m + side, m + side, m + side]),
                np.concatenate([n + side, one, other, n + side, other, one]),
            ),
        ),
        shape=(2 * m, n + m),
    )
    blank = sparse.coo_array((problem.n_features, m))
    rows = sparse.csr_array(
        sparse.vstack([sparse.hstack([problem.amount.tocoo(), blank]), ends])
    )
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = n + m, rows.shape[0]
    programme.col_cost_ = np.concatenate(
        [problem.cost + problem.unit_penalty(), problem.edge_cost()]
    )
    programme.col_lower_, programme.col_upper_ = np.zeros(n + m), np.ones(n + m)
    whole, part = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    programme.integrality_ = [whole] * n + [part] * m
    programme.row_lower_ = np.concatenate([problem.target, np.zeros(2 * m)])
    programme.row_upper_ = np.full(rows.shape[0], highspy.kHighsInf)
    programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    programme.a_matrix_.start_ = rows.indptr.astype(np.int32)
    programme.a_matrix_.index_ = rows.indices.astype(np.int32)
    programme.a_matrix_.value_ = rows.data
    return programme


def _alone(solver: Callable[[Case], Outcome], case: Case) -> Outcome:
    """Run a solver in a process of its own, so that its memory can be told."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(solver, (case,))


def main() -> None:
    """Measure every case and print a table."""
    print(f"Minimum set with a boundary penalty, {N_FEATURES} features, seed {SEED}")
    print(f"{'units':>8} {'ranges':>7} {'penalty':>7}  {'solver':<17}", end=" ")
    print(f"{'objective':>12} {'bound':>12} {'gap':>8} {'seconds':>8} {'GB':>5}")
    for case in CASES:
        for name, solver in (("prices and cuts", ours), ("plain HiGHS", plain_highs)):
            end = _alone(solver, case)
            print(
                f"{case.side**2:>8,} {case.ranges:>7} {case.penalty:>7g}  {name:<17}", end=" "
            )
            print(f"{end.objective:>12,.1f} {end.bound:>12,.1f} {end.gap:>8.2%}", end=" ")
            print(f"{end.seconds:>8.1f} {end.peak_gb:>5.2f}", flush=True)


if __name__ == "__main__":
    main()
