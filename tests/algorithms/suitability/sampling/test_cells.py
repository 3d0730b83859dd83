from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.suitability.sampling.cells import CellAxes, check_cells, check_points


def test_points_fall_into_their_cells():
    # Columns 0..2, 2..4, 4..6; rows 30..20, 20..10.
    axes = CellAxes.from_centres((np.array([1.0, 3.0, 5.0]), np.array([25.0, 15.0])))
    assert (axes.width, axes.height, axes.shape) == (2.0, 10.0, (2, 3))
    x = np.array([0.0, 1.9, 2.0, 5.9, 6.0, -0.1, 3.0, 3.0])
    y = np.array([30.0, 20.1, 20.0, 10.1, 15.0, 15.0, 30.1, 10.0])
    rows, columns, inside = axes.cells_of(x, y)
    assert rows.tolist() == [0, 0, 1, 1, -1, -1, -1, -1]
    assert columns.tolist() == [0, 0, 1, 2, -1, -1, -1, -1]
    assert inside.tolist() == [True] * 4 + [False] * 4


@given(
    st.integers(1, 9),
    st.integers(2, 9),
    st.floats(0.1, 1e5),
    st.floats(0.1, 1e5),
    st.booleans(),
)
def test_every_centre_lies_in_its_own_cell(n_rows, n_columns, height, width, north_up):
    x = 3.0 + width * np.arange(n_columns)
    y = 7.0 + height * np.arange(n_rows) * (-1 if north_up else 1)
    axes = CellAxes.from_centres((x, y))
    row, column = np.divmod(np.arange(n_rows * n_columns), n_columns)
    rows, columns, inside = axes.cells_of(x[column], y[row])
    assert inside.all()
    np.testing.assert_array_equal(rows, row)
    np.testing.assert_array_equal(columns, column)


def test_a_single_row_or_column_has_square_cells():
    line = CellAxes.from_centres((np.array([0.0, 4.0]), np.array([10.0])))
    assert (line.width, line.height, line.north, line.shape) == (4.0, 4.0, 12.0, (1, 2))
    column = CellAxes.from_centres((np.array([0.0]), np.array([10.0, 7.0])))
    assert (column.width, column.height, column.west) == (3.0, 3.0, -1.5)


def test_points_at_the_ends_of_the_number_line_are_off_the_grid():
    axes = CellAxes.from_centres((np.array([0.0, 1.0]), np.array([1.0, 0.0])))
    far = np.array([1e300, -1e300, 1e18])
    rows, columns, inside = axes.cells_of(far, far)
    assert not inside.any()
    assert (rows == -1).all()
    assert (columns == -1).all()


@pytest.mark.parametrize(
    ("x", "y", "match"),
    [
        ([0.0], [0.0], "two cells or more"),
        ([], [0.0, 1.0], "two cells or more"),
        ([[0.0, 1.0]], [0.0, 1.0], "two cells or more"),
        ([0.0, 1.0, 3.0], [0.0, 1.0], "columns do not follow in equal steps"),
        ([0.0, 1.0], [2.0, 2.0], "rows do not follow in equal steps"),
        ([0.0, np.nan], [0.0, 1.0], "columns are not all finite"),
        ([0.0, 1.0], [np.inf, 1.0], "rows are not all finite"),
    ],
)
def test_a_grid_that_is_none_is_refused(x, y, match):
    with pytest.raises(ValueError, match=match):
        CellAxes.from_centres((np.array(x), np.array(y)))


def test_points_and_cells_are_checked():
    with pytest.raises(ValueError, match=r"2 of 3 points .* index 1"):
        check_points(np.array([0.0, np.nan, 1.0]), np.array([0.0, 1.0, np.inf]))
    with pytest.raises(ValueError, match="shapes"):
        check_points(np.zeros(2), np.zeros(3))
    with pytest.raises(ValueError, match="shapes"):
        check_cells(np.zeros(2, int), np.zeros(3, int), (4, 4))
    with pytest.raises(ValueError, match="whole numbers"):
        check_cells(np.zeros(2), np.zeros(2), (4, 4))
    with pytest.raises(ValueError, match="1 of 2 cells lie off"):
        check_cells(np.array([0, 4]), np.array([0, 0]), (4, 4))
