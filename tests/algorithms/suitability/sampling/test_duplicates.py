from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.suitability.sampling.duplicates import first_per_cell


def test_the_first_of_each_cell_is_kept():
    kept, dropped = first_per_cell(np.array([0, 1, 0, 0, 1]), np.array([0, 0, 0, 1, 0]))
    assert kept.tolist() == [True, True, False, True, False]
    assert dropped == 2


def test_the_highest_priority_wins_and_ties_go_to_the_first():
    rows = columns = np.zeros(4, dtype=int)
    kept, dropped = first_per_cell(rows, columns, priority=np.array([1.0, 5.0, 5.0, -np.inf]))
    assert kept.tolist() == [False, True, False, False]
    assert dropped == 3


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 3)), max_size=40)
)
def test_as_a_loop_over_the_records_does(records):
    rows, columns, priority = np.array(records, dtype=np.int32).reshape(-1, 3).T
    kept, dropped = first_per_cell(rows, columns, priority=priority.astype(float))
    best = {}
    for index, (row, column, rank) in enumerate(records):
        if (row, column) not in best or rank > records[best[row, column]][2]:
            best[row, column] = index
    assert sorted(best.values()) == np.flatnonzero(kept).tolist()
    assert dropped == len(records) - len(best)


def test_large_cell_numbers_do_not_wrap_around():
    big = np.array([2**31 - 1, 0, 2**31 - 1], dtype=np.int32)
    kept, _ = first_per_cell(big, big[::-1].copy())
    assert kept.tolist() == [True, True, False]


def test_errors():
    cells = np.array([0, 1])
    with pytest.raises(ValueError, match="shapes"):
        first_per_cell(cells, np.array([0]))
    with pytest.raises(ValueError, match="whole numbers"):
        first_per_cell(cells.astype(float), cells)
    with pytest.raises(ValueError, match="off the grid"):
        first_per_cell(cells, np.array([0, -1]))
    for bad in (np.zeros(3), np.array([0.0, np.nan])):
        with pytest.raises(ValueError, match="one priority per record"):
            first_per_cell(cells, cells, priority=bad)
