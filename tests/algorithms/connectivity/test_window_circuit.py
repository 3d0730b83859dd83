"""Circuits of windows: by hand, against dense matrices, and what they refuse to carry."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.connectivity import window_circuit
from algorithms.connectivity.window_circuit import Joints, WindowCircuit, window_bytes

EIGHT = Joints()


def joined_cells(conductance, joints):
    """Return the conductance of every joint, by its two cells."""
    cells = [tuple(cell) for cell in np.argwhere(conductance > 0)]
    ways = [(0, 1), (1, 0)] if joints.four_neighbours else [(0, 1), (1, 0), (1, 1), (1, -1)]
    joined = {}
    for (i, j), (down, right) in itertools.product(cells, ways):
        if (i + down, j + right) in cells:
            a, b = conductance[i, j], conductance[i + down, j + right]
            mean = 2 / (1 / a + 1 / b) if joints.average_resistances else (a + b) / 2
            joined[(i, j), (i + down, j + right)] = mean / np.hypot(down, right)
    return joined


def dense_current(conductance, ground, source, joints=EIGHT):
    """Solve the same by a dense matrix, joint by joint."""
    joined = joined_cells(conductance, joints)
    reached = {ground} if conductance[ground] > 0 else set()
    for _ in range(conductance.size):
        reached |= {cell for pair in joined if reached & set(pair) for cell in pair}
    number = {cell: at for at, cell in enumerate(sorted(reached))}
    matrix = np.zeros((len(number), len(number)))
    for (one, other), joint in joined.items():
        if one in number:
            a, b = number[one], number[other]
            matrix[[a, b], [a, b]] += joint
            matrix[[a, b], [b, a]] -= joint
    flow = np.zeros(conductance.shape)
    if not number:
        return flow
    free = np.arange(len(number)) != number[ground]
    sent = np.array([source[cell] for cell in number])
    voltage = np.zeros(len(number))
    voltage[free] = np.linalg.solve(matrix[np.ix_(free, free)], sent[free])
    branch = -matrix * (voltage[:, None] - voltage)
    for cell, at in number.items():
        flow[cell] = max(branch[at].clip(0).sum(), -branch[at].clip(None, 0).sum())
    return flow


def test_current_divides_over_two_equal_ways():
    ring = np.ones((3, 3))
    ring[1, 1] = np.nan
    source = np.zeros((3, 3))
    source[0, 0] = 2.0
    flow = WindowCircuit(ring, (2, 2), Joints(four_neighbours=True)).current(source)
    np.testing.assert_allclose(flow, [[2, 1, 1], [1, 0, 1], [1, 1, 2]], atol=1e-14)


def test_most_current_takes_the_better_way():
    # ways of resistance 1/2 + 1 + ... : over the top 4 cells of conductance 3, below of 1
    land = np.array([[3.0, 3.0, 3.0], [3.0, np.nan, 3.0], [1.0, 1.0, 1.0]])
    flow = WindowCircuit(land, (1, 2), Joints(four_neighbours=True)).current(
        np.array([[0, 0, 0], [1.0, 0, 0], [0, 0, 0]])
    )
    above, below = 4 / 3, 2 / 2 + 2 / 1  # ohms: four joints of 3 S; 2, 1, 1 and 2 S
    share = below / (above + below)
    assert flow[0, 1] == pytest.approx(share)
    assert flow[2, 1] == pytest.approx(1 - share)


@pytest.mark.parametrize("four", [False, True])
@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize("shape", [(5, 4), (4, 6), (1, 5), (5, 1)])
@pytest.mark.parametrize("widest", [200, 0])
def test_like_a_dense_matrix(four, average, shape, widest, monkeypatch):
    monkeypatch.setattr(window_circuit, "WIDEST_BAND", widest)
    rng = np.random.default_rng(7)
    land = rng.random(shape) + 0.01
    land[rng.random(shape) < 0.2] = np.nan
    ground = (shape[0] // 2, shape[1] // 2)
    land[ground] = 0.3
    source = rng.random(shape)
    joints = Joints(four, average)
    np.testing.assert_allclose(
        WindowCircuit(land, ground, joints).current(source),
        dense_current(np.nan_to_num(land), ground, source, joints),
        rtol=1e-9,
        atol=1e-12,
    )


def test_one_factor_serves_many_sources():
    circuit = WindowCircuit(np.ones((9, 9)), (4, 4))
    rng = np.random.default_rng(3)
    first, second = rng.random((2, 9, 9))
    circuit.current(first)
    np.testing.assert_allclose(
        circuit.current(second),
        dense_current(np.ones((9, 9)), (4, 4), second),
        rtol=1e-10,
    )


def test_cut_off_cells_and_missing_ground_carry_nothing():
    land = np.ones((3, 5))
    land[:, 2] = 0.0
    flow = WindowCircuit(land, (1, 0)).current(np.ones((3, 5)))
    assert not flow[:, 2:].any()
    assert flow[1, 0] == pytest.approx(5.0)  # all but its own
    assert not WindowCircuit(land, (1, 2)).current(np.ones((3, 5))).any()


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 12), st.integers(2, 12), st.integers(0, 2**32 - 1))
def test_all_that_is_sent_reaches_the_ground(rows, columns, seed):
    rng = np.random.default_rng(seed)
    land = rng.lognormal(sigma=3.0, size=(rows, columns))
    ground = (int(rng.integers(rows)), int(rng.integers(columns)))
    source = rng.random((rows, columns))
    source[ground] = 0.0
    flow = WindowCircuit(land, ground).current(source)
    assert flow[ground] == pytest.approx(source.sum(), rel=1e-9)
    assert np.all(flow >= source * (1 - 1e-9))


def test_a_cancel_is_heard(stopper):
    with pytest.raises(KeyboardInterrupt):
        WindowCircuit(np.ones((9, 9)), (4, 4), Joints(), stopper(stop_at=0.0))


def test_memory_grows_with_the_window():
    assert window_bytes(11, 11) > 11 * 11 * 13 * 8
    assert window_bytes(81, 81) > 6 * window_bytes(41, 41)  # nearly the cube of the side
    assert window_bytes(1001, 1001) > window_bytes(151, 151)
