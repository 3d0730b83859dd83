"""Pinch points: currents by hand and by a dense matrix, places and their ranks, refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.corridors.pinch_points import (
    CorridorCurrent,
    corridor_current,
    current_of_all,
    pinch_places,
)


def land(*rows):
    """Read a picture: A and B cores, # corridor, . outside."""
    cells = np.array([list(row) for row in rows])
    return cells == "#", cells == "A", cells == "B"


def found_on(*rows, resistance=None):
    swath, a, b = land(*rows)
    if resistance is None:
        resistance = np.ones(swath.shape)
    return corridor_current(resistance, swath, a, b)


def on_whole(found, shape):
    whole = np.full(shape, np.nan)
    whole[found.window] = found.current
    return whole


def test_a_chain_carries_all_of_it():
    found = found_on("A###B")
    np.testing.assert_allclose(found.current[0], [np.nan, 1, 1, 1, np.nan])
    np.testing.assert_allclose(found.ways[0, 1:4], 1.0)
    assert found.resistance == pytest.approx(4.0)


def test_resistances_add_up_along_a_chain():
    found = found_on("A###B", resistance=np.array([[1.0, 3.0, 5.0, 1.0, 2.0]]))
    assert found.resistance == pytest.approx(2 + 4 + 3 + 1.5)


def test_two_separate_ways_share_by_conductance():
    # four joints of resistance 1 above, four of 3 below; either core is in two pieces
    resistance = np.ones((3, 5))
    resistance[2] = 3.0
    found = found_on("A###B", ".....", "A###B", resistance=resistance)
    whole = on_whole(found, (3, 5))
    np.testing.assert_allclose(whole[0, 1:4], 0.75, rtol=1e-9)
    np.testing.assert_allclose(whole[2, 1:4], 0.25, rtol=1e-9)
    assert np.isnan(whole[1]).all()
    assert found.ways[0, 2] == pytest.approx(1 / (0.75**2 + 0.25**2))


def test_a_wide_corridor_spreads_evenly():
    found = found_on("A####B", "A####B", "A####B", "A####B")
    np.testing.assert_allclose(np.nansum(found.current, axis=0)[1:5], 1.0, atol=0.3)
    assert np.nanmax(found.current) < 0.4
    assert found.ways[1, 2] == pytest.approx(4.0, rel=0.2)  # diagonals blur it


def test_the_waist_is_the_first_place():
    rows = ("A###...###B", "A###...###B", "A#########B", "A###...###B", "A###...###B")
    found = found_on(*rows)
    places = pinch_places(found, separation_m=300.0, cell_size=100.0)
    assert (places[0].row, places[0].column) == (2, 5)
    assert places[0].current == pytest.approx(1.0)
    assert places[0].ways == pytest.approx(1.0)
    assert [p.current for p in places] == sorted((p.current for p in places), reverse=True)
    assert len(pinch_places(found, separation_m=100.0, cell_size=100.0, most=1)) == 1
    assert pinch_places(found, separation_m=100.0, cell_size=100.0, least_share=1.1) == ()


def test_two_waists_are_two_places():
    rows = ("A###.####.###B", "A############B", "A###.####.###B")
    places = pinch_places(found_on(*rows), separation_m=2.0, cell_size=1.0)
    assert {(p.row, p.column) for p in places[:2]} == {(1, 4), (1, 9)}


def test_cores_are_whole_and_their_own_ground_does_not_matter():
    rows = ("AAA###BBB", "AAA###BBB", "AAA###BBB")
    resistance = np.ones((3, 9))
    there = found_on(*rows, resistance=resistance)
    resistance[:, [0, 1, 7, 8]] = 900.0
    np.testing.assert_allclose(found_on(*rows, resistance=resistance).current, there.current)
    resistance[:, [0, 1, 2, 6, 7, 8]] = np.nan
    np.testing.assert_allclose(found_on(*rows, resistance=resistance).current, there.current)


def test_no_way_is_none():
    assert found_on("A#..#B") is None
    barrier = np.ones((1, 5))
    barrier[0, 2] = np.inf
    assert found_on("A###B", resistance=barrier) is None
    assert found_on("A...B") is None


def test_touching_cores_need_no_corridor():
    found = found_on("AB")
    assert found.resistance == pytest.approx(1.0)
    assert np.isnan(found.current).all()
    assert pinch_places(found, separation_m=1.0, cell_size=1.0) == ()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_every_cut_carries_one_ampere(seed):
    rng = np.random.default_rng(seed)
    swath = np.zeros((6, 10), bool)
    swath[:, 2:8] = rng.random((6, 6)) < 0.8
    swath[3, 2:8] = True
    a, b = np.zeros_like(swath), np.zeros_like(swath)
    a[:, :2], b[:, 8:] = True, True
    found = corridor_current(rng.lognormal(size=swath.shape), swath, a, b)
    whole = on_whole(found, swath.shape)
    assert np.nanmax(whole) <= 1.0
    assert np.all(np.nansum(whole, axis=0)[2:8] >= 1 - 1e-9)  # every column is a cut
    known = found.ways[np.isfinite(found.ways)]
    assert np.all(known >= 1 - 1e-6)
    assert np.all(known <= 20)


def test_like_a_dense_matrix():
    rng = np.random.default_rng(5)
    resistance = rng.lognormal(size=(4, 5))
    swath = np.ones((4, 5), bool)
    a, b = np.zeros_like(swath), np.zeros_like(swath)
    a[0, 0], b[3, 4] = True, True
    swath &= ~(a | b)
    y, x = (grid.ravel() for grid in np.mgrid[:4, :5])
    step = np.maximum(abs(y[:, None] - y), abs(x[:, None] - x)) == 1
    length = np.hypot(y[:, None] - y, x[:, None] - x)
    mean = (resistance.ravel()[:, None] + resistance.ravel()) / 2
    joint = np.where(step, 1 / np.where(step, mean * length, 1), 0)
    matrix = np.diag(joint.sum(axis=1)) - joint
    voltage = np.append(np.linalg.solve(matrix[:-1, :-1], np.eye(19)[0]), 0)
    flow = joint * (voltage[:, None] - voltage)
    through = np.maximum(flow.clip(0).sum(axis=1), -flow.clip(None, 0).sum(axis=1))
    found = corridor_current(resistance, swath, a, b)
    inside = swath.ravel()
    np.testing.assert_allclose(found.current.ravel()[inside], through[inside], rtol=1e-7)
    assert found.resistance == pytest.approx(voltage[0])
    for at in np.flatnonzero(inside):
        if np.isfinite(found.ways.ravel()[at]):
            below = voltage < voltage[at]
            crossing = np.where(below[None] & ~below[:, None], flow.clip(0), 0)
            by_giver = np.append(crossing[1:].sum(axis=1), crossing[0])  # the core: by taker
            assert found.ways.ravel()[at] == pytest.approx(1 / (by_giver**2).sum(), rel=1e-6)


def test_corridors_are_laid_over_each_other():
    one = CorridorCurrent(
        (slice(0, 1), slice(0, 2)), np.array([[0.5, np.nan]]), np.ones((1, 2)), 1.0
    )
    other = CorridorCurrent(
        (slice(0, 1), slice(0, 3)), np.array([[0.25, 1.0, np.nan]]), np.ones((1, 3)), 1.0
    )
    total, greatest = current_of_all([one, other], (1, 4))
    np.testing.assert_array_equal(total, [[0.75, 1.0, np.nan, np.nan]])
    np.testing.assert_array_equal(greatest, [[0.5, 1.0, np.nan, np.nan]])


def test_a_cancel_is_heard(stopper):
    swath, a, b = land("A###B")
    with pytest.raises(KeyboardInterrupt):
        corridor_current(np.ones((1, 5)), swath, a, b, control=stopper(stop_at=0.0))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r, s, a, b: (r[:, :2], s, a, b), "one shape"),
        (lambda r, s, a, b: (r, s, a & False, b), "a cell at least"),
        (lambda r, s, a, b: (r, s, a, b | a), "in common"),
        (lambda r, s, a, b: (r * 0, s, a, b), "> 0"),
    ],
)
def test_refusals(change, said):
    with pytest.raises(ValueError, match=said):
        corridor_current(*change(np.ones((1, 5)), *land("A###B")))
    with pytest.raises(ValueError, match="some way apart"):
        pinch_places(found_on("A#B"), separation_m=0.0, cell_size=1.0)
