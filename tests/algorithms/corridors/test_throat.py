import numpy as np
import pytest

from algorithms.corridors.throat import flow_throat
from algorithms.corridors.width import passage


def between(rows, columns, depth=3):
    a, b = np.zeros((2, rows, columns), dtype=bool)
    a[:, :depth], b[:, -depth:] = True, True
    return a, b


@pytest.mark.parametrize("cells", [1, 2, 5, 12])
def test_measures_a_straight_strip(cells):
    a, b = between(20, 30)
    mask = np.zeros((20, 30), dtype=bool)
    mask[4 : 4 + cells] = True
    found = flow_throat(mask, a, b, cell_size=10.0)
    assert found.width_m == pytest.approx(10.0 * cells, rel=0.055)
    assert found.width_m < 10.0 * cells


@pytest.mark.parametrize("angle", [10.0, 22.5, 35.0, 45.0])
def test_agrees_to_a_cell_with_the_widest_way_through_a_strip_across_the_grid(angle):
    y, x = np.mgrid[:120, :120] - 59.63
    turn = np.radians(angle)
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    mask = (np.abs(across) < 7.0) & (np.abs(along) < 50)
    cores = (mask & (along < -40), mask & (along > 40))
    found = flow_throat(mask, *cores, cell_size=1.0)
    assert found.width_m == pytest.approx(passage(mask, *cores, cell_size=1.0).width_m, abs=1)


def test_adds_up_ways_side_by_side_and_says_where():
    a, b = between(21, 30)
    mask = np.zeros((21, 30), dtype=bool)
    mask[2:7], mask[12:18] = True, True
    mask[2:4, 15] = False  # three cells are left of five
    mask[12:13, 20] = False  # five are left of six
    found = flow_throat(mask, a, b, cell_size=10.0)
    assert found.width_m == pytest.approx(80.0, rel=0.07)
    assert abs(found.columns[found.rows < 10] - 15).max() <= 1
    assert abs(found.columns[found.rows > 10] - 20).max() <= 1


def test_knows_cells_that_are_not_square():
    a, b = between(12, 20)
    mask = np.zeros((12, 20), dtype=bool)
    mask[3:9] = True
    found = flow_throat(mask, a, b, cell_size=(30.0, 10.0))
    assert found.width_m == pytest.approx(180.0, rel=0.15)


def test_cores_that_touch_are_as_wide_as_their_contact():
    a, b = np.zeros((2, 10, 10), dtype=bool)
    a[2:8, :5], b[4:10, 5:] = True, True
    found = flow_throat(np.zeros_like(a), a, b, cell_size=1.0)
    assert found.width_m == pytest.approx(4.0, abs=0.6)


def test_tells_where_nothing_joins_them():
    a, b = between(6, 12)
    assert flow_throat(np.zeros_like(a), a, b, cell_size=1.0) is None
    assert flow_throat(a, a, a | b, cell_size=1.0) is None


def test_refuses_what_is_no_corridor():
    a, b = between(6, 12)
    with pytest.raises(ValueError, match="one shape"):
        flow_throat(a[:4], a, b, cell_size=1.0)
    with pytest.raises(ValueError, match="two cores"):
        flow_throat(a, a, np.zeros_like(b), cell_size=1.0)
