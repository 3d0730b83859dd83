import numpy as np
import pytest
from scipy.optimize import linprog

from algorithms.corridors.lanes import cheapest_lanes

START, END = ("start",), ("end",)


def arcs_of(cost, ends, opened, neighbours, spare_cost):
    """List the arcs of the same flow problem: from, to, price, capacity (None for any)."""
    usable = np.isfinite(cost) & ~opened[0] | opened[1]
    arcs = []
    for cell in map(tuple, np.argwhere(usable).tolist()):
        if opened[1][cell]:
            arcs.append((("in", cell), ("out", cell), 0.0, None))
        else:
            arcs.append((("in", cell), ("out", cell), cost[cell], 1))
            if np.isfinite(spare_cost):
                arcs.append((("in", cell), ("out", cell), spare_cost, None))
    for cell in map(tuple, np.argwhere(usable | opened[0]).tolist()):
        for other in map(tuple, np.argwhere(usable).tolist()):
            far = sorted((abs(cell[0] - other[0]), abs(cell[1] - other[1])))
            if far == [0, 1] or (far == [1, 1] and neighbours == 8):
                arcs.append((("out", cell), ("in", other), 0.0, None))
        if opened[0][cell]:
            arcs.append((START, ("out", cell), 0.0, None))
        elif ends[0][cell]:
            arcs.append((START, ("in", cell), 0.0, None))
        if ends[1][cell] or opened[1][cell]:
            arcs.append((("out", cell), END, 0.0, None))
    return arcs


def least_flow(arcs, count):
    """Solve it as a linear program, whose corners are whole numbers."""
    number = {
        node: n for n, node in enumerate({START, END, *(v for arc in arcs for v in arc[:2])})
    }
    balance = np.zeros((len(number), len(arcs)))
    for at, (start, end, _, _) in enumerate(arcs):
        balance[number[start], at] -= 1
        balance[number[end], at] += 1
    demand = np.zeros(len(number))
    demand[number[START]], demand[number[END]] = -count, count
    solved = linprog(
        [arc[2] for arc in arcs],
        A_eq=balance,
        b_eq=demand,
        bounds=[(0, arc[3]) for arc in arcs],
    )
    return solved.fun if solved.status == 0 else None


@pytest.mark.parametrize("seed", range(60))
def test_agrees_with_a_general_flow_solver(seed):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(3, 7, 2))
    cost = rng.integers(0, 6, shape).astype(float)
    cost[rng.random(shape) < 0.15] = np.inf
    ends = np.zeros((2, *shape), dtype=bool)
    opened = np.zeros((2, *shape), dtype=bool)
    if seed % 3 == 0:
        opened[0, rng.integers(shape[0]), 0] = True
        opened[1, rng.integers(shape[0]), -1] = True
    else:
        ends[0, :, 0], ends[1, :, -1] = rng.random((2, shape[0])) < 0.7
    spare = float(rng.integers(1, 5)) if seed % 2 else np.inf
    count, neighbours = int(rng.integers(1, 5)), int(rng.choice([4, 8]))
    found = cheapest_lanes(
        cost, *ends, count=count, neighbours=neighbours, opened=(*opened,), spare_cost=spare
    )
    expected = least_flow(arcs_of(cost, ends, opened, neighbours, spare), count)
    assert (found is None) == (expected is None)
    if found is not None:
        assert found.cost == pytest.approx(expected)


def test_a_lane_moves_aside_for_another():
    cost = np.full((3, 5), 5.0)
    cost[1] = 1.0  # the cheapest lane runs along the middle
    cost[0, 2] = cost[2, 2] = np.inf  # where only one can pass
    start, end = np.zeros((2, 3, 5), dtype=bool)
    start[:, 0], end[:, -1] = True, True
    one = cheapest_lanes(cost, start, end, count=1, neighbours=4)
    assert one is not None
    assert one.cost == 5.0
    assert one.used.tolist() == [[False] * 5, [True] * 5, [False] * 5]
    assert cheapest_lanes(cost, start, end, count=2, neighbours=4) is None


def test_stops_when_told_to():
    class StoppedError(Exception):
        pass

    class Stop:
        def report(self, fraction):
            raise StoppedError

    cost = np.ones((3, 3))
    ends = np.zeros((2, 3, 3), dtype=bool)
    ends[0, 0], ends[1, 2] = True, True
    with pytest.raises(StoppedError):
        cheapest_lanes(cost, *ends, count=2, neighbours=8, control=Stop())
