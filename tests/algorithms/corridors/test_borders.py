from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.connectivity.cost_distance import path_distance
from algorithms.corridors.borders import (
    BorderCrossing,
    CountryStretch,
    border_crossings,
    country_stretches,
    length_by_country,
    length_within,
)


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


def test_a_path_is_divided_into_its_parts_in_each_country():
    code = np.array([1, 1, 2, 0, 1], dtype=np.int32)
    distance = np.array([0.0, 10.0, 20.0, 40.0, 50.0])
    parts = country_stretches(code, distance)
    assert parts == (
        CountryStretch(1, 0.0, 15.0),
        CountryStretch(2, 15.0, 30.0),
        CountryStretch(0, 30.0, 45.0),
        CountryStretch(1, 45.0, 50.0),
    )
    assert length_within(parts, 12.0, 47.0) == {1: 5.0, 2: 15.0, 0: 15.0}
    assert length_within(parts, 16.0, 20.0) == {2: 4.0}
    assert country_stretches(code[:1], distance[:1]) == (CountryStretch(1, 0.0, 0.0),)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30), st.floats(0, 1), st.floats(0, 1))
def test_parts_are_without_gap_and_lengths_within_add_up(codes, one, other):
    distance = np.cumsum(np.arange(len(codes), dtype=np.float64))
    parts = country_stretches(np.array(codes, dtype=np.int32), distance)
    assert (parts[0].start_m, parts[-1].end_m) == (0.0, distance[-1])
    for before, after in pairwise(parts):
        assert before.end_m == after.start_m
        assert before.country != after.country
    start, end = sorted((one * distance[-1], other * distance[-1]))
    assert sum(length_within(parts, start, end).values()) == pytest.approx(end - start)


def test_crossings_lie_where_a_finer_path_says():
    country = np.array([[7, 8]], dtype=np.int32)
    rows, columns = np.zeros(3, np.int32), np.array([0, 0, 1], np.int32)
    (crossing,) = border_crossings(rows, columns, country, 10.0, np.array([0.0, 5.0, 10.0]))
    assert crossing.distance_m == 7.5
