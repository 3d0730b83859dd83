from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from layers.control import NULL_CONTROL
from layers.occurrences import duplicates

_ROWS = st.lists(st.tuples(*(st.integers(0, 2) for _ in range(4)), st.booleans()), max_size=40)


@given(rows=_ROWS, part=st.integers(1, 10))
def test_repeats_are_those_of_comparing_all_pairs(rows, part):
    lon = np.array([row[0] for row in rows], dtype=np.float64) - 1.0
    lat = np.array([row[1] for row in rows], dtype=np.float64)
    lat[lat == 0] = -0.0
    one = np.array([row[2] for row in rows], dtype=np.int32)
    two = np.array([row[3] for row in rows], dtype=np.int32)
    where = np.array([row[4] for row in rows], dtype=np.bool_)
    wanted = {}
    first = {}
    for at, row in enumerate(rows):
        if row[4]:
            seen = first.setdefault(row[:4], at)
            if seen != at:
                wanted[at] = seen
    usual, duplicates._PART = duplicates._PART, part
    try:
        pairs = list(duplicates.repeated((lon, lat), (one, two), where, NULL_CONTROL))
    finally:
        duplicates._PART = usual
    found = {
        int(later): int(earlier)
        for laters, earliers in pairs
        for later, earlier in zip(laters, earliers, strict=True)
    }
    assert found == wanted


def test_zero_and_minus_zero_are_one_place():
    places = np.array([0.0, -0.0]), np.array([1.0, 1.0])
    keys = np.zeros(2, dtype=np.int32), np.zeros(2, dtype=np.int32)
    (pair,) = duplicates.repeated(places, keys, np.ones(2, dtype=np.bool_), NULL_CONTROL)
    assert [part.tolist() for part in pair] == [[1], [0]]
