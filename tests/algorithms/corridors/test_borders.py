from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.connectivity.cost_distance import path_distance
from algorithms.corridors.borders import BorderCrossing, border_crossings, length_by_country


def test_a_path_over_two_borders():
    country = np.array([[7, 7, 8, 8, 0, 9]], dtype=np.int32)
    rows, columns = np.zeros(6, np.int32), np.arange(6, dtype=np.int32)
    assert border_crossings(rows, columns, country, 10.0) == (
        BorderCrossing(7, 8, 0.0, 1.5, 15.0),
        BorderCrossing(8, 9, 0.0, 4.0, 40.0),
    )
    metres = length_by_country(rows, columns, country, 10.0)
    assert metres == {7: 15.0, 8: 20.0, 0: 10.0, 9: 5.0}


def test_no_country_at_an_end_or_within_one_is_no_crossing():
    country = np.array([[0, 5, 0, 5, 0]], dtype=np.int32)
    rows, columns = np.zeros(5, np.int32), np.arange(5, dtype=np.int32)
    assert border_crossings(rows, columns, country, 1.0) == ()
    one = length_by_country(rows[:1], columns[:1], country, 1.0)
    assert one == {0: 0.0}


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30))
def test_lengths_add_up(codes):
    country = np.array([codes], dtype=np.int32)
    columns = np.arange(len(codes), dtype=np.int32)
    rows = np.zeros_like(columns)
    metres = length_by_country(rows, columns, country, (5.0, 30.0))
    assert sum(metres.values()) == pytest.approx(path_distance(rows, columns, (5.0, 30.0))[-1])
    crossings = border_crossings(rows, columns, country, (5.0, 30.0))
    visited = [code for code in codes if code > 0]
    changes = [(a, b) for a, b in pairwise(visited) if a != b]
    assert [(c.from_country, c.to_country) for c in crossings] == changes
