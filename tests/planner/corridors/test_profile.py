from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from planner.corridors.profile import profile_of
from planner.pipeline.width_records import thinned

STORED = {
    "distance_m": [0.0, 10.0, 20.0],
    "width_m": [5.0, 3.0, 6.0],
    "x": [1.0, 2.0, 3.0],
    "y": [4.0, 5.0, 6.0],
    "needed_m": 4,
    "crossings": [{"distance_m": 12.0, "border": "CHN-RUS"}],
    "stretches": [{"start_m": 5.0, "end_m": 15.0, "width_m": 3.0, "country": None}],
    "countries": [
        {"start_m": 0.0, "end_m": 12.0, "iso3": "CHN"},
        {"start_m": 12.0, "end_m": 20.0, "iso3": None},
    ],
}


def test_a_stored_profile_is_read_back():
    profile = profile_of({"attributes": {"profile": STORED}})
    assert profile.width_m == (5.0, 3.0, 6.0)
    assert profile.needed_m == 4.0
    assert profile.crossings == ((12.0, "CHN-RUS"),)
    assert profile.stretches == ((5.0, 15.0, 3.0, ""),)
    assert profile.countries == ((0.0, 12.0, "CHN"), (12.0, 20.0, ""))
    assert (profile.x, profile.y) == ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))


def test_an_earlier_version_without_places_is_read_without_them():
    old = {"distance_m": [0.0, 10.0], "width_m": [5.0, 3.0]}
    profile = profile_of({"attributes": {"profile": old}})
    assert (profile.x, profile.stretches, profile.needed_m) == ((), (), 0.0)


def test_what_was_not_measured_has_no_profile():
    assert profile_of({}) is None
    assert profile_of({"attributes": {"widening": {"refused": "too coarse"}}}) is None
    lone = {"distance_m": [0.0], "width_m": [5.0]}
    assert profile_of({"attributes": {"profile": lone}}) is None


@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=300), st.integers(2, 50))
def test_thinning_keeps_ends_and_both_extremes_and_not_too_much(widths, most):
    width = np.array(widths)
    kept = thinned(width, most)
    assert (np.diff(kept) > 0).all()
    assert kept[0] == 0
    assert kept[-1] == width.size - 1
    assert width[kept].min() == width.min()
    assert width[kept].max() == width.max()
    assert kept.size <= most + 4
    if width.size <= most:
        assert kept.size == width.size
