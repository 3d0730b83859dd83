from __future__ import annotations

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from layers.grid import Grid
from layers.shapes import burn, burn_each, line_through, outline, outlines, touched

GRID = Grid("EPSG:32652", Affine(10, 0, 1000, 0, -10, 2000), (6, 8))


def test_cells_are_numbered_by_the_shape_their_centre_lies_in():
    first = shapely.box(1000, 1980, 1020, 2000)
    second = shapely.box(1014, 1970, 1040, 1990)
    cells = burn([first, second], GRID)
    assert cells[0, :3].tolist() == [1, 1, 0]
    assert cells[1, :5].tolist() == [1, 2, 2, 2, 0]
    assert [int(mask.sum()) for mask in burn_each([first, second], GRID)] == [4, 6]


def test_a_shape_smaller_than_a_cell_keeps_one():
    speck = shapely.box(1031, 1961, 1033, 1963)
    assert np.argwhere(burn([speck], GRID)).tolist() == [[3, 3]]


def test_nothing_and_outside_take_no_cell():
    assert not burn([], GRID).any()
    assert not burn([shapely.Polygon(), shapely.box(0, 0, 1, 1)], GRID).any()


@given(arrays(np.int32, (6, 8), elements=st.integers(0, 3)))
def test_outlines_burn_back_to_the_same_cells(labels):
    shapes = outlines(labels, GRID)
    assert list(shapes) == sorted(set(labels.ravel().tolist()) - {0})
    again = np.zeros_like(labels)
    for label, shape in shapes.items():
        assert shape.is_valid
        assert shape.area == pytest.approx(100 * (labels == label).sum())
        again[burn([shape], GRID) == 1] = label
    np.testing.assert_array_equal(again, labels)


def test_the_outline_of_nothing_is_empty():
    assert outline(np.zeros((6, 8), bool), GRID).is_empty


def test_a_line_runs_through_cell_centres():
    line = line_through(np.array([0, 1, 2]), np.array([0, 1, 1]), GRID)
    assert list(line.coords) == [(1005, 1995), (1015, 1985), (1015, 1975)]
    assert line_through(np.array([0]), np.array([0]), GRID).length == 0


def test_a_line_touches_every_cell_it_runs_through():
    line = shapely.LineString([(1002, 1996), (1038, 1993), (1038, 1972)])
    assert np.argwhere(touched([line], GRID)).tolist() == [
        [0, 0],
        [0, 1],
        [0, 2],
        [0, 3],
        [1, 3],
        [2, 3],
    ]
    assert not touched([], GRID).any()
