import itertools

import numpy as np
import pytest
from scipy.sparse import csr_array

from algorithms.reserve.feasible import Rules
from algorithms.reserve.problem import Problem
from algorithms.reserve.solution import objective_value


class BruteForce:
    """All selections of a small problem that meet it, with their values."""

    def __init__(self, problem):
        rules = Rules(problem)
        chosen = itertools.product((False, True), repeat=problem.n_units)
        every = [np.array(selected) for selected in chosen]
        self.sign = -1.0 if problem.maximises else 1.0
        self.selections = [s for s in every if rules.broken(s) is None]
        self.losses = [self.sign * objective_value(problem, s) for s in self.selections]

    def best(self, keep=lambda selected: True):
        kept = [
            loss
            for selected, loss in zip(self.selections, self.losses, strict=True)
            if keep(selected)
        ]
        return min(kept, default=np.inf)

    def within(self, loss):
        pairs = zip(self.selections, self.losses, strict=True)
        return [s for s, value in pairs if value <= loss + 1e-9 * abs(loss)]


@pytest.fixture
def brute_force():
    return BruteForce


def grid_edges(rows, columns):
    number = np.arange(rows * columns).reshape(rows, columns)
    across = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    down = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    return np.concatenate([across, down]).astype(np.int32)


@pytest.fixture
def small_problem():
    """Make a problem of a few units from a seed; whole numbers, so that ties are true ties."""

    def make(seed, rows=2, columns=4, features=2, **further):
        rng = np.random.default_rng(seed)
        n = rows * columns
        amount = rng.integers(0, 6, (features, n)).astype(float)
        total = amount.sum(axis=1)
        return Problem(
            **{
                "cost": rng.integers(1, 9, n).astype(float),
                "amount": csr_array(amount),
                "target": np.floor(total * 0.4),
                "edges": grid_edges(rows, columns),
                "edge_length": np.ones(2 * n - rows - columns),
                "exposed_length": np.zeros(n),
                "area": rng.integers(1, 4, n).astype(float),
                "country": (np.arange(n) % columns * 2 // columns).astype(np.int32),
            }
            | further
        )

    return make


class Listener:
    """A watcher that notes what it is told and ends the analysis when it is asked to."""

    def __init__(self, stop_after=np.inf):
        self.stop_after = stop_after
        self.told_of = []
        self.solved_of = {}

    def told(self, moment):
        self.told_of.append(moment)
        return len(self.told_of) < self.stop_after

    def solved(self, name, solution):
        self.solved_of[name] = solution


@pytest.fixture
def listener():
    return Listener
