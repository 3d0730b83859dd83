import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from algorithms.corridors.clearance import CoreEnd, clearance
from algorithms.corridors.width import (
    WidthProfile,
    bottlenecks,
    cell_diagonal,
    passage,
    width_profile,
)


def strip(width, length=20, height=30):
    """Two cores of ten columns joined by a strip of the given number of cells."""
    a = np.zeros((height, length + 20), dtype=bool)
    b, swath = a.copy(), a.copy()
    a[:, :10], b[:, -10:] = True, True
    top = height // 2 - width // 2
    swath[top : top + width, 10:-10] = True
    return swath, a, b


@pytest.mark.parametrize("cells", [1, 2, 3, 6, 11])
def test_a_strip_is_as_wide_as_its_cells(cells):
    swath, a, b = strip(cells)
    found = passage(swath, a, b, cell_size=50.0)
    assert found.width_m == 50.0 * cells
    np.testing.assert_allclose(found.profile.width_m[5:-5], 50.0 * cells)
    assert (found.profile.columns[0], found.profile.columns[-1]) == (9.5, 29.5)
    assert found.profile.distance_m[-1] == pytest.approx(50.0 * 20)


def test_cells_that_are_not_square():
    swath, a, b = strip(4)
    assert passage(swath, a, b, cell_size=(25.0, 100.0)).width_m == 100.0
    assert passage(swath.T, a.T, b.T, cell_size=(100.0, 25.0)).width_m == 100.0


def test_the_throat_of_two_ways_is_that_of_the_wider():
    swath, a, b = strip(3)
    swath[2:7, 10:-10] = True
    swath[2, 15] = False  # four cells are left of the upper way's five
    found = passage(swath, a, b, cell_size=10.0)
    assert found.width_m == 40.0
    assert (found.profile.rows < 8).all()


def test_a_wall_with_a_hole_is_as_narrow_as_the_hole():
    swath, a, b = strip(21)
    swath[:, 20] = False
    swath[12:15, 20] = True
    found = passage(swath, a, b, cell_size=10.0)
    assert found.width_m == 30.0
    (worst,) = bottlenecks(found.profile, 40.0)
    assert worst.width_m == 30.0
    assert worst.shortfall_m == 10.0
    assert abs(worst.column - 20) <= 1
    assert abs(worst.row - 13) <= 1


def test_a_narrow_mouth_is_not_passed_over():
    swath, a, b = strip(11)
    swath[:, 10] = False
    swath[15:18, 10] = True
    assert passage(swath, a, b, cell_size=10.0).width_m == 30.0


def test_a_core_of_one_cell_does_not_make_the_corridor_narrow():
    swath, a, b = strip(7)
    b[:] = False
    b[15, 30] = True
    swath[12:19, 25:35] = True
    assert passage(swath, a, b, cell_size=10.0).width_m == 70.0
    swath[12:19, 31:] = False  # now the swath ends in line with the core
    assert passage(swath, a, b, cell_size=10.0).width_m == 70.0


def test_cores_that_touch():
    a, b, none = (np.zeros((12, 12), dtype=bool) for _ in range(3))
    a[:6], b[6:, 4:9] = True, True
    assert passage(none, a, b, cell_size=10.0).width_m == 50.0
    a[:], b[:] = False, False
    a[:6, :6], b[6:, 6:] = True, True
    corner = passage(none, a, b, cell_size=10.0)
    assert corner.width_m == 0.0
    assert corner.profile.width_m.min() == 0.0


def test_no_way_is_none():
    swath, a, b = strip(3)
    swath[:, 20] = False
    assert passage(swath, a, b, cell_size=10.0) is None
    assert passage(np.zeros_like(swath), a, b, cell_size=10.0) is None
    only_a = np.zeros_like(swath)
    only_a[14, 10] = True
    assert passage(only_a, a, b, cell_size=10.0) is None


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 100_000))
def test_the_throat_is_the_widest_of_all_ways(seed):
    rng = np.random.default_rng(seed)
    swath = ndimage.gaussian_filter(rng.standard_normal((22, 30)), 1.5) > -0.05
    a, b = np.zeros_like(swath), np.zeros_like(swath)
    a[:, :4], b[:, -4:] = True, True
    sides = (2.0, 3.0)
    free = clearance(swath | a | b, sides)
    at_a, at_b = (CoreEnd.of(core, sides).reached(free) for core in (a, b))
    widest = None
    for radius in np.unique(free):
        if radius == 0:
            continue
        pieces, _ = ndimage.label(free >= radius, np.ones((3, 3)))
        if set(pieces[at_a]) & set(pieces[at_b]) - {0}:
            widest = 2 * radius
    found = passage(swath, a, b, cell_size=sides)
    if widest is None:
        assert found is None or found.width_m == 0.0
        return
    assert found.width_m == widest
    assert found.profile.width_m.min() == widest
    steps = np.hypot(np.diff(found.profile.rows), np.diff(found.profile.columns))
    assert (steps < 0.75).all()


def test_a_path_along_one_side_is_not_taken_for_a_narrow_corridor():
    swath, a, b = strip(10)
    columns = np.arange(13, 27)  # at the mouths, discs from the cores reach in
    for row in (10, 14, 19):
        profile = width_profile(swath | a | b, np.full(14, row), columns, cell_size=100.0)
        assert (np.abs(profile.width_m - 1000.0) <= 100.0).all()
    outside = width_profile(swath, [0], [0], cell_size=100.0)
    assert outside.width_m.tolist() == [0.0]


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 100_000))
def test_local_width_by_trying_every_disc(seed):
    rng = np.random.default_rng(seed)
    mask = ndimage.gaussian_filter(rng.standard_normal((9, 12)), 1) > -0.1
    free = clearance(mask, (2.0, 3.0))
    i, j = np.indices(free.shape)
    rows, columns = rng.integers(0, 9, 5), rng.integers(0, 12, 5)
    profile = width_profile(mask, rows, columns, cell_size=(2.0, 3.0))
    for row, column, width in zip(rows, columns, profile.width_m, strict=True):
        away = np.hypot((i - 2 * row - 1) * 1.0, (j - 2 * column - 1) * 1.5)
        assert width == 2 * free[away <= free + 1e-9].max(initial=0.0)


def test_bottlenecks_are_ranked_and_placed():
    width = np.array([9.0, 4.0, 9.0, 9.0, 2.0, 3.0, 9.0, 4.0])
    at = np.arange(8.0)
    profile = WidthProfile(np.zeros(8), at, 10 * at, width)
    first, second, third = bottlenecks(profile, 5.0)
    assert (first.start_m, first.end_m, first.length_m) == (35.0, 55.0, 20.0)
    assert (first.width_m, first.shortfall_m) == (2.0, 3.0)
    assert (first.column, first.narrowest_column) == (4.5, 4.0)
    assert (second.start_m, second.end_m) == (5.0, 15.0)
    assert (third.start_m, third.end_m) == (65.0, 70.0)
    assert bottlenecks(profile, 2.0) == ()


def test_what_is_wide_for_a_cell_only_does_not_part_a_stretch():
    width = np.array([9.0, 3.0, 9.0, 3.0, 9.0, 9.0, 3.0])
    at = np.arange(7.0)
    profile = WidthProfile(np.zeros(7), at, 10 * at, width)
    assert len(bottlenecks(profile, 5.0)) == 3
    first, second = bottlenecks(profile, 5.0, apart_m=20.0)
    assert (first.start_m, first.end_m) == (5.0, 35.0)
    assert (second.start_m, second.end_m) == (55.0, 60.0)


def test_a_diagonal_corridor_is_narrow_in_one_stretch():
    # Its banks are stairs: the width goes up and down from vertex to vertex.
    rows, columns = np.indices((30, 30))
    swath = np.abs(rows - columns) <= 1
    a, b = rows + columns < 8, rows + columns > 50
    found = passage(swath, a, b, cell_size=10.0)
    assert len(bottlenecks(found.profile, 20.0)) > 1
    (narrow,) = bottlenecks(found.profile, 20.0, apart_m=cell_diagonal(10.0))
    assert narrow.length_m > 200.0


def test_refuses_what_it_cannot_mean(stopper):
    swath, a, b = strip(3)
    with pytest.raises(ValueError, match="one shape"):
        passage(swath[1:], a, b, cell_size=1.0)
    with pytest.raises(ValueError, match="two cores"):
        passage(swath, a & ~a, b, cell_size=1.0)
    with pytest.raises(ValueError, match="outside the grid"):
        width_profile(swath, [99], [0], cell_size=1.0)
    with pytest.raises(KeyboardInterrupt):
        passage(swath, a, b, cell_size=1.0, control=stopper(0.5))
    profile = width_profile(swath, [15], [15], cell_size=1.0)
    with pytest.raises(ValueError, match="minimum width"):
        bottlenecks(profile, 0.0)


def test_a_core_in_the_hole_of_another_is_measured_across_the_gap():
    ring, inner = np.ones((15, 15), bool), np.zeros((15, 15), bool)
    ring[3:12, 3:12] = False
    inner[6:9, 6:9] = True
    swath = np.zeros_like(ring)
    swath[6:9, 3:6] = True  # the way from the left, three cells wide
    found = passage(swath, ring, inner, cell_size=10.0)
    assert found.width_m == 30.0
    assert found.profile.distance_m[-1] == 30.0
    (narrow,) = bottlenecks(found.profile, 40.0)
    assert narrow.width_m == 30.0


def test_a_core_in_two_pieces_may_be_entered_at_either():
    core_a, core_b = np.zeros((9, 12), bool), np.zeros((9, 12), bool)
    core_a[1:8, 0] = core_b[1:8, 6] = core_a[1:8, 11] = True
    swath = np.zeros_like(core_a)
    swath[4, 1:6] = True  # one cell wide to the first piece
    swath[3:6, 7:11] = True  # three to the second
    assert passage(swath, core_a, core_b, cell_size=10.0).width_m == 30.0
