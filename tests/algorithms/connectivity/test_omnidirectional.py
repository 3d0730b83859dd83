"""The moving window: by hand, by brute force over dense windows, in parts, and its refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.connectivity.omnidirectional import (
    Condition,
    Currents,
    Ground,
    MovingWindow,
    Targets,
    accumulated,
    block_correction,
    normalised,
    omnidirectional_current,
    target_blocks,
)
from algorithms.connectivity.window_circuit import Joints, WindowCircuit

FOUR = Joints(four_neighbours=True)


def brute(ground, window, *, even=False):
    """Go over all targets with one dense system of the whole grid for each."""
    rows, columns = ground.source.shape
    half, total = window.block_size // 2, np.zeros(ground.source.shape)
    y, x = np.mgrid[:rows, :columns]
    for row in range(half, rows - half, window.block_size):
        for column in range(half, columns - half, window.block_size):
            away = np.hypot(y - row, x - column)
            own = (abs(y - row) <= half) & (abs(x - column) <= half)
            strength = ground.source[own].sum()
            sent = np.where((away <= window.radius) & ~own, ground.source, 0.0)
            if strength == 0 or sent.sum() == 0:
                continue
            if even:  # flow potential goes over the whole square
                square = (abs(y - row) <= window.reach) & (abs(x - column) <= window.reach)
                land = square.astype(float)
            else:
                land = np.where(away <= window.reach, np.nan_to_num(ground.conductance), 0.0)
            total += dense(land, (row, column), sent * strength / sent.sum())
    return total


def dense(land, ground, sent):
    """Current by a dense Laplacian of eight neighbours."""
    there = np.argwhere(land > 0)
    steps = abs(there[:, None] - there[None]).max(axis=2) == 1
    corner = abs(there[:, None] - there[None]).sum(axis=2) == 2
    own = land[tuple(there.T)]
    joint = np.where(steps, (own[:, None] + own[None]) / 2, 0.0)
    joint[steps & corner] /= np.sqrt(2)
    at = np.flatnonzero((there == ground).all(axis=1))
    flow = np.zeros(land.shape)
    if at.size == 0:
        return flow
    reached = np.zeros(len(there), bool)
    reached[at] = True
    for _ in there:
        reached |= (joint[reached] > 0).any(axis=0)
    free = reached.copy()
    free[at] = False
    matrix = np.diag(joint.sum(axis=1)) - joint
    voltage = np.zeros(len(there))
    voltage[free] = np.linalg.solve(matrix[np.ix_(free, free)], sent[tuple(there[free].T)])
    branch = joint * (voltage[:, None] - voltage[None])
    branch[~reached] = 0.0
    flow[tuple(there.T)] = np.maximum(
        np.maximum(branch, 0).sum(axis=1), np.maximum(-branch, 0).sum(axis=1)
    )
    return flow


def some_ground(seed, shape=(8, 9), gaps=0.15):
    rng = np.random.default_rng(seed)
    conductance = rng.lognormal(size=shape)
    conductance[rng.random(shape) < gaps] = np.nan
    source = np.where(rng.random(shape) < 0.7, rng.random(shape), 0.0)
    return Ground(conductance, source)


def test_three_cells_by_hand():
    ground = Ground(np.ones((1, 3)), np.ones((1, 3)))
    found = omnidirectional_current(ground, MovingWindow(1, joints=FOUR))
    # ends: 1 A from the middle; middle: half an ampere from either end
    np.testing.assert_allclose(found.current, [[1.5, 3.0, 1.5]])
    np.testing.assert_allclose(normalised(found), 1.0)


def test_strengths_set_the_shares_by_hand():
    ground = Ground(np.ones((1, 3)), np.array([[1.0, 8.0, 3.0]]))
    found = omnidirectional_current(ground, MovingWindow(1, joints=FOUR), potential=False)
    # to the left 1 A, to the right 3 A, to the middle 2 and 6 A: a quarter and three quarters
    np.testing.assert_allclose(found.current, [[1 + 2, 1 + 3 + 8, 3 + 6]])
    assert found.potential.size == 0


def test_blocks_are_cut_from_the_north_west():
    source = np.arange(56.0).reshape(7, 8)
    source[3:6, 3:6] = 0.0
    found = target_blocks(source, 3)
    assert found.rows.tolist() == [1, 1, 4]
    assert found.columns.tolist() == [1, 4, 1]
    assert found.strength[0] == source[:3, :3].sum()


@pytest.mark.parametrize(("block", "buffer"), [(1, 0), (1, 2), (3, 0), (3, 1)])
def test_like_brute_force(block, buffer):
    ground = some_ground(block + buffer)
    window = MovingWindow(3, block_size=block, buffer=buffer, corrects_blocks=False)
    found = omnidirectional_current(ground, window)
    np.testing.assert_allclose(found.current, brute(ground, window), rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(
        found.potential, brute(ground, window, even=True), rtol=1e-8, atol=1e-12
    )


def test_even_land_has_the_symmetries_of_a_square():
    ground = Ground(np.full((9, 9), 0.25), np.full((9, 9), 2.0))
    found = omnidirectional_current(ground, MovingWindow(3))
    flow = found.current
    for same in (flow[::-1], flow[:, ::-1], flow.T):
        np.testing.assert_allclose(flow, same, rtol=1e-10)
    assert flow[4, 4] > flow[0, 4] > flow[0, 0]  # less passes near the edges
    # conductance of even land does not matter; the window of the potential is square
    again = omnidirectional_current(
        Ground(np.ones((9, 9)), ground.source), MovingWindow(3), potential=False
    )
    np.testing.assert_allclose(flow, again.current, rtol=1e-10)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 11))
def test_parts_with_a_halo_add_up_to_the_whole(seed, cut):
    ground = some_ground(seed, (12, 6))
    window = MovingWindow(2, buffer=1)
    whole = omnidirectional_current(ground, window)
    total = np.zeros((12, 6))
    targets = target_blocks(ground.source, 1)
    for first, last in ((0, cut), (cut, 12)):
        top, bottom = max(0, first - window.reach), min(12, last + window.reach)
        here = (targets.rows >= first) & (targets.rows < last)
        part = accumulated(
            Ground(ground.conductance[top:bottom], ground.source[top:bottom]),
            Targets(targets.rows[here] - top, targets.columns[here], targets.strength[here]),
            window,
        )
        total[top:bottom] += part.current
    np.testing.assert_allclose(total, whole.current, rtol=1e-12)


def test_block_correction_gives_what_the_cells_would_draw():
    window = MovingWindow(5, block_size=3, buffer=1)
    share = block_correction(window)
    assert block_correction(MovingWindow(5)) is None
    assert block_correction(MovingWindow(5, block_size=3, corrects_blocks=False)) is None
    y, x = np.mgrid[-6:7, -6:7]
    land = (np.hypot(y, x) <= 6).astype(float)
    near = np.hypot(y, x) <= 5
    sources = near & ((abs(y) > 1) | (abs(x) > 1))
    block = WindowCircuit(land, (6, 6)).current(sources * 9 / sources.sum())
    alone = near & ((y != 0) | (x != 0))
    one = WindowCircuit(land, (6, 6)).current(alone / alone.sum())
    padded = np.zeros((15, 15))
    for down in range(3):
        for right in range(3):
            padded[down : down + 13, right : right + 13] += one
    inside = land > 0
    np.testing.assert_allclose((block * share)[inside], padded[1:14, 1:14][inside], rtol=1e-9)


def test_a_misplaced_block_loses_what_the_target_sends():
    # north-west corner, radius 1: the square lies on no source, the target shares in itself
    ground = Ground(np.ones((3, 3)), np.ones((3, 3)))
    corner = Targets(np.array([0]), np.array([0]), np.array([1.0]))
    straight = accumulated(ground, corner, MovingWindow(1, joints=FOUR))
    astray = accumulated(ground, corner, MovingWindow(1, joints=FOUR, like_omniscape=True))
    np.testing.assert_allclose(straight.current[:2, :2], [[1, 0.5], [0.5, 0]])
    np.testing.assert_allclose(astray.current[:2, :2], [[2 / 3, 1 / 3], [1 / 3, 0]])
    south_east = Targets(np.array([2]), np.array([2]), np.array([1.0]))
    np.testing.assert_allclose(
        accumulated(ground, south_east, MovingWindow(1, joints=FOUR)).current,
        accumulated(
            ground, south_east, MovingWindow(1, joints=FOUR, like_omniscape=True)
        ).current,
    )


def test_a_correction_cut_on_both_sides_begins_at_the_first_cell_like_omniscape():
    ground = Ground(np.ones((5, 12)), np.ones((5, 12)))
    middle = Targets(np.array([1]), np.array([6]), np.array([9.0]))
    plain = MovingWindow(4, block_size=3, corrects_blocks=False)
    bare = accumulated(ground, middle, plain).current
    share = block_correction(MovingWindow(4, block_size=3))
    straight = accumulated(ground, middle, MovingWindow(4, block_size=3)).current
    np.testing.assert_allclose(straight[:, 2:11], bare[:, 2:11] * share[3:8])
    astray = MovingWindow(4, block_size=3, like_omniscape=True)
    bare = accumulated(
        ground, middle, MovingWindow(4, 3, corrects_blocks=False, like_omniscape=True)
    ).current
    np.testing.assert_allclose(
        accumulated(ground, middle, astray).current[:, 2:11], bare[:, 2:11] * share[:5]
    )


def test_conditions_cut_sources_off_after_their_share_was_set():
    warmth = np.array([[1.0, 2.0, 5.0]])
    middle = Targets(np.array([0]), np.array([1]), np.array([1.0]))
    window = MovingWindow(1, joints=FOUR)

    def sent(**condition):
        ground = Ground(
            np.ones((1, 3)), np.ones((1, 3)), (Condition(warmth, warmth, **condition),)
        )
        return accumulated(ground, middle, window).current[0].tolist()

    assert sent(lower=-1.0, upper=1.0) == pytest.approx([0.5, 0.5, 0])
    assert sent(lower=-1.0, upper=3.0) == pytest.approx([0.5, 1.0, 0.5])
    assert sent(comparison="equal") == [0, 0, 0]
    warmth[0] = [2.0, 2.0, np.nan]  # unknown: kept
    assert sent(comparison="equal") == pytest.approx([0.5, 1.0, 0.5])
    warmth[0] = [2.0, np.nan, 3.0]  # nothing to compare with
    assert sent(lower=0.0, upper=0.0) == pytest.approx([0.5, 1.0, 0.5])


def test_no_potential_is_no_division():
    assert normalised(Currents(np.array([[1.0, 0.0]]), np.array([[2.0, 0.0]]))).tolist() == [
        [0.5, 0.0]
    ]


def test_a_cancel_is_heard(stopper):
    watch = stopper(stop_at=0.5)
    with pytest.raises(KeyboardInterrupt):
        omnidirectional_current(some_ground(1), MovingWindow(2), control=watch)
    assert watch.seen == sorted(watch.seen)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"radius": 0}, "one cell at least"),
        ({"radius": 3, "block_size": 2}, "odd"),
        ({"radius": 2, "block_size": 5}, "no sources"),
        ({"radius": 3, "buffer": -1}, "buffer"),
    ],
)
def test_windows_that_cannot_be(values, said):
    with pytest.raises(ValueError, match=said):
        MovingWindow(**values)


@pytest.mark.parametrize(
    ("conductance", "source", "said"),
    [
        (np.ones((2, 2)), np.ones((2, 3)), "one shape"),
        (-np.ones((2, 2)), np.ones((2, 2)), "conductance"),
        (np.full((2, 2), np.inf), np.ones((2, 2)), "conductance"),
        (np.ones((2, 2)), np.full((2, 2), np.nan), "source"),
        (np.ones((2, 2)), -np.ones((2, 2)), "source"),
    ],
)
def test_ground_that_cannot_be(conductance, source, said):
    with pytest.raises(ValueError, match=said):
        Ground(conductance, source)


def test_targets_outside_are_refused():
    outside = Targets(np.array([3]), np.array([0]), np.array([1.0]))
    with pytest.raises(ValueError, match="outside"):
        accumulated(some_ground(1, (3, 3)), outside, MovingWindow(1))


def test_memory_is_known_before():
    window = MovingWindow(20)
    assert window.bytes_at_work(potential=True) > 3 * window.bytes_at_work(potential=False) > 0
