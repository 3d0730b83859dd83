import numpy as np
import pytest
from scipy.sparse import coo_array, diags_array

from algorithms.connectivity.laplacian.solver import grounded_solver, plan_solver


def laplacian(rows, columns, seed=0, ground=1e-3):
    """A grid of random conductances between all neighbours, grounded weakly at one node."""
    rng = np.random.default_rng(seed)
    index = np.arange(rows * columns).reshape(rows, columns)
    pairs = [
        (index[:, :-1], index[:, 1:]),
        (index[:-1], index[1:]),
        (index[:-1, :-1], index[1:, 1:]),
        (index[:-1, 1:], index[1:, :-1]),
    ]
    i = np.concatenate([a.ravel() for a, _ in pairs])
    j = np.concatenate([b.ravel() for _, b in pairs])
    g = rng.uniform(0.01, 1, i.size)
    off = coo_array((g, (i, j)), shape=(index.size, index.size))
    off = (off + off.T).tocsr()
    diagonal = np.asarray(off.sum(axis=1)).ravel()
    diagonal[0] += ground
    position = np.argwhere(index >= 0).astype(np.int32)
    return (diags_array(diagonal) - off).tocsr(), position


@pytest.mark.parametrize("shape", [(1, 2), (3, 4), (12, 9)])
def test_agrees_with_a_dense_solution(shape):
    matrix, position = laplacian(*shape)
    plan = plan_solver(matrix, position=position)
    assert plan.unknowns == shape[0] * shape[1]
    solver = grounded_solver(matrix, position=position, plan=plan)
    current = np.random.default_rng(1).normal(size=(matrix.shape[0], 3))
    expected = np.linalg.solve(matrix.toarray(), current)
    np.testing.assert_allclose(solver.solve(current), expected, rtol=1e-9)
    np.testing.assert_allclose(solver.solve(current[:, 0]), expected[:, 0], rtol=1e-9)
