import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array, diags_array, eye_array, kron

from algorithms.connectivity.laplacian.factor import NotGroundedError
from algorithms.connectivity.laplacian.fronts import fronts_of
from algorithms.connectivity.laplacian.multigrid import NotConvergedError
from algorithms.connectivity.laplacian.solver import (
    TooLittleMemoryError,
    grounded_solver,
    plan_solver,
)


def agree_with_dense(case, position, columns=3):
    current = np.random.default_rng(1).normal(size=(case.matrix.shape[0], columns))
    solver = grounded_solver(case.matrix, position=position)
    found = solver.solve(current)
    expected = np.linalg.solve(case.matrix.toarray(), current)
    scale = np.abs(expected).max()
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12 * scale)
    alone = solver.solve(current[:, 0])
    np.testing.assert_allclose(alone, expected[:, 0], rtol=1e-9, atol=1e-12 * scale)
    assert alone.shape == (case.matrix.shape[0],)
    left = np.abs(current - case.matrix @ found).max(axis=0)
    assert (left <= 1e-12 * np.abs(current).max(axis=0)).all()


def test_two_resistors_in_series_by_hand():
    # ground - 2 ohm - node 0 - 3 ohm - node 1, and one ampere into node 1.
    matrix = csr_array(np.array([[1 / 2 + 1 / 3, -1 / 3], [-1 / 3, 1 / 3]]))
    voltage = grounded_solver(matrix).solve(np.array([0.0, 1.0]))
    np.testing.assert_allclose(voltage, [2.0, 5.0], rtol=1e-14)


@pytest.mark.parametrize("eight", [True, False])
@pytest.mark.parametrize("placed", [True, False])
@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (7, 9), (31, 23)])
def test_agrees_with_a_dense_solution(circuit, shape, placed, eight):
    case = circuit(np.random.default_rng(0), shape, eight=eight)
    agree_with_dense(case, case.position if placed else None)


@pytest.mark.parametrize("placed", [True, False])
@pytest.mark.parametrize("holes", [0.2, 0.45, 0.7])
def test_holes_and_pieces_apart_do_not_matter(circuit, holes, placed):
    case = circuit(np.random.default_rng(3), (30, 26), holes=holes)
    agree_with_dense(case, case.position if placed else None, columns=1)


@pytest.mark.parametrize(("regions", "far"), [(1, 0), (12, 0), (0, 9), (4, 30)])
def test_nodes_of_many_cells_and_long_edges(circuit, regions, far):
    rng = np.random.default_rng(regions + far)
    case = circuit(rng, (25, 30), holes=0.1, regions=regions, far=far)
    assert (case.position.min() < 0) == (regions > 0)
    agree_with_dense(case, case.position)


def test_positions_that_lead_nowhere_leave_the_order_to_the_graph(circuit):
    case = circuit(np.random.default_rng(2), (20, 20))
    agree_with_dense(case, np.zeros_like(case.position))
    rng = np.random.default_rng(4)
    agree_with_dense(case, rng.permutation(case.position))
    agree_with_dense(case, np.full_like(case.position, -1))


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(1, 22), st.integers(1, 22)),
    holes=st.floats(0, 0.8),
    regions=st.integers(0, 3),
    ways=st.tuples(st.booleans(), st.booleans()),
)
def test_every_circuit_is_solved(circuit, seed, shape, holes, regions, ways):
    placed, eight = ways
    rng = np.random.default_rng(seed)
    case = circuit(rng, shape, holes=holes, regions=regions, eight=eight)
    agree_with_dense(case, case.position if placed else None, columns=1)


def test_large_fronts_and_many_right_sides_share_the_cores(circuit):
    case = circuit(np.random.default_rng(0), (150, 150))
    solver = grounded_solver(case.matrix, position=case.position)
    known = np.random.default_rng(5).normal(size=(case.matrix.shape[0], 37))
    found = solver.solve(case.matrix @ known)
    np.testing.assert_allclose(found, known, rtol=1e-8, atol=1e-9)
    assert solver.solve(np.empty((case.matrix.shape[0], 0))).shape == (case.matrix.shape[0], 0)


def test_the_plan_counts_every_number_of_the_factor(circuit):
    case = circuit(np.random.default_rng(0), (40, 40), holes=0.1)
    plan = plan_solver(case.matrix, position=case.position)
    assert (plan.method, plan.unknowns) == ("direct", case.matrix.shape[0])
    solver = grounded_solver(case.matrix, position=case.position, plan=plan)
    assert solver.entries == plan.entries
    assert plan.memory_bytes > 8 * plan.entries
    lower = np.linalg.cholesky(case.matrix.toarray()[np.ix_(*[plan.fronts.order] * 2)])
    assert np.count_nonzero(lower) <= plan.entries  # the structure holds all that is not zero
    assert plan.entries < lower.size / 4
    half = grounded_solver(2 * case.matrix, plan=plan).solve(np.ones(plan.unknowns))
    np.testing.assert_allclose(2 * half, solver.solve(np.ones(plan.unknowns)), rtol=1e-9)


def test_positions_make_the_factor_small():
    side = 60
    path = diags_array([np.ones(side - 1), np.ones(side - 1)], offsets=[-1, 1])
    grid = csr_array(kron(path, eye_array(side)) + kron(eye_array(side), path))
    position = np.argwhere(np.ones((side, side))).astype(np.int32)
    entries = fronts_of(grid, position).entries
    assert entries < 31 / 4 * side**2 * np.log2(side)  # George's bound of nested dissection
    assert fronts_of(grid).entries < 2 * entries


def test_too_little_memory_is_told_before_the_work(circuit):
    case = circuit(np.random.default_rng(0), (500, 500))
    plans = {
        method: plan_solver(case.matrix, position=case.position, method=method)
        for method in ("direct", "iterative")
    }
    small, large = sorted(plan.memory_bytes for plan in plans.values())
    assert small == plans["iterative"].memory_bytes < large
    between = plan_solver(case.matrix, position=case.position, memory_limit=small + 1)
    assert between.method == "iterative"
    assert "more than" in between.reason
    assert (
        plan_solver(case.matrix, position=case.position, memory_limit=large).method == "direct"
    )
    with pytest.raises(
        TooLittleMemoryError, match="are allowed: allow more, take larger cells"
    ):
        plan_solver(case.matrix, memory_limit=1000)
    with pytest.raises(TooLittleMemoryError, match="let the solver be chosen"):
        plan_solver(case.matrix, memory_limit=1000, method="iterative")


def test_iterations_come_to_the_same(circuit):
    case = circuit(np.random.default_rng(7), (60, 50), holes=0.15, regions=2)
    plan = plan_solver(case.matrix, method="iterative")
    solver = grounded_solver(case.matrix, plan=plan, tolerance=1e-11)
    current = np.random.default_rng(1).normal(size=(case.matrix.shape[0], 2))
    current[:, 1] = 0
    found = solver.solve(current)
    direct = grounded_solver(case.matrix).solve(current)
    np.testing.assert_allclose(found, direct, rtol=1e-7, atol=1e-9 * np.abs(direct).max())
    left = np.linalg.norm(current - case.matrix @ found, axis=0)
    assert (left <= 1e-11 * np.linalg.norm(current, axis=0)).all()
    assert solver.solve(current[:, 0]).shape == (case.matrix.shape[0],)


def chain(count, ground):
    """Nodes in a row, joined by a conductance of 1, the last of them grounded."""
    diagonal = np.full(count, 2.0)
    diagonal[[0, -1]] = 1.0, 1.0 + ground
    off = -np.ones(count - 1)
    return diags_array([off, diagonal, off], offsets=[-1, 0, 1]).tocsr()


def test_iterations_go_as_far_as_rounding_allows():
    """Voltages of ten thousand nodes in a row are large: their rounding exceeds 1e-10."""
    matrix = chain(10_000, 1.0)
    current = np.random.default_rng(1).normal(size=10_000)
    plan = plan_solver(matrix, method="iterative")
    found = grounded_solver(matrix, plan=plan, tolerance=1e-12).solve(current)
    direct = grounded_solver(matrix).solve(current)
    left = np.linalg.norm(current - matrix @ found)
    assert 1e-12 * np.linalg.norm(current) < left < 1e-6 * np.linalg.norm(current)
    np.testing.assert_allclose(found, direct, rtol=0, atol=1e-8 * np.abs(direct).max())


@pytest.mark.parametrize("ground", [0.0, 1e-14])
def test_iterations_tell_that_a_ground_is_missing_or_too_weak(ground):
    matrix = chain(50, ground)
    solver = grounded_solver(matrix, plan=plan_solver(matrix, method="iterative"))
    with pytest.raises(NotConvergedError, match="more memory"):
        solver.solve(np.random.default_rng(0).normal(size=50))


@pytest.mark.parametrize("method", ["direct", "iterative"])
def test_tells_its_progress_and_stops(circuit, stopper, method):
    small = circuit(np.random.default_rng(0), (30, 30))
    plan = plan_solver(small.matrix, position=small.position, method=method)
    grounded_solver(small.matrix, plan=plan)  # compiled now, if it was not
    case = circuit(np.random.default_rng(0), (220, 220))
    plan = plan_solver(case.matrix, position=case.position, method=method)
    watch = stopper(stop_at=2.0)
    solver = grounded_solver(case.matrix, plan=plan, control=watch)
    assert watch.seen == sorted(watch.seen)
    assert watch.seen[-1] == 1.0
    assert max(np.diff(watch.times), default=0) < 1.0
    current = np.random.default_rng(0).normal(size=(case.matrix.shape[0], 3))
    watch = stopper(stop_at=2.0)
    solver.solve(current, watch)
    assert watch.seen == sorted(watch.seen)
    assert watch.seen[-1] == 1.0
    with pytest.raises(KeyboardInterrupt):
        grounded_solver(case.matrix, plan=plan, control=stopper(stop_at=0.0))
    with pytest.raises(KeyboardInterrupt):
        solver.solve(current, stopper(stop_at=0.0))
    np.testing.assert_allclose(  # a solver that was stopped still works
        case.matrix @ solver.solve(current[:, 0]), current[:, 0], atol=1e-8
    )


def test_a_part_without_ground_is_refused():
    pair = np.array([[1.0, -1.0], [-1.0, 1.0]])
    matrix = csr_array(
        np.block([[pair + np.eye(2), np.zeros((2, 2))], [np.zeros((2, 2)), pair]])
    )
    with pytest.raises(NotGroundedError, match=r"node [23] belongs .* without a ground"):
        grounded_solver(matrix)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"matrix": csr_array(np.ones((2, 3)))}, "square"),
        ({"matrix": csr_array((0, 0))}, "not empty"),
        ({"matrix": csr_array(np.array([[1.0, 0], [0, np.nan]]))}, "not finite"),
        ({"position": np.zeros((3, 2), dtype=np.int32)}, "position must be"),
        ({"memory_limit": -1.0}, "memory_limit"),
        ({"memory_limit": np.nan}, "memory_limit"),
    ],
)
def test_refuses_what_it_cannot_mean(change, words):
    case = {"matrix": csr_array(np.eye(2))} | change
    with pytest.raises(ValueError, match=words):
        plan_solver(case.pop("matrix"), **case)


def test_a_plan_belongs_to_its_matrix():
    plan = plan_solver(csr_array(np.eye(2)))
    with pytest.raises(ValueError, match="2 unknowns, not 3"):
        grounded_solver(csr_array(np.eye(3)), plan=plan)
    with pytest.raises(ValueError, match="tolerance"):
        grounded_solver(csr_array(np.eye(3)), tolerance=0.0)
