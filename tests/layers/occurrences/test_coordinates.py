from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.occurrences.coordinates import (
    degrees,
    numbers,
    repeated_steps,
    resolution_km,
    sexagesimal,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("43.1", 43.1),
        (" 43.1 ", 43.1),
        ("43,1", 43.1),
        ("-43.5", -43.5),
        ("43.5S", -43.5),
        ("43°06'30\"N", 43 + 6.5 / 60),
        ("N 43 06 30", 43 + 6.5 / 60),
        ("43d06m30s N", 43 + 6.5 / 60),
        ("43:06:30", 43 + 6.5 / 60),
        ("43º 7,5'", 43.125),
        ("131°24′12.5″E", 131 + 24 / 60 + 12.5 / 3600),
        ("东经131°24′", 131.4),
        ("131度24分12秒", 131 + 24 / 60 + 12 / 3600),
        ("동경 131도 24분", 131.4),
        ("131° 24' в.д.", 131.4),
        ("43° 30' с.ш.", 43.5),
        ("70.5 W", -70.5),
    ],
)
def test_coordinates_as_people_write_them(text, value):
    assert degrees([text])[0] == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "43.1.2",
        "43°65'",
        "43N6",
        "1,234,567",
        "inf",
        "nan",
        "-43.5S",
        "43 x 12",
        "43_1",
    ],
)
def test_what_is_no_coordinate_stays_unknown(text):
    assert np.isnan(degrees([text])[0])


@given(st.floats(0, 179.99))
def test_degrees_minutes_seconds_are_read_back(value):
    whole, rest = divmod(value, 1)
    minutes, rest = divmod(rest * 60, 1)
    text = f"{int(whole)}°{int(minutes)}'{rest * 60:.4f}\"E"
    if text.endswith("'60.0000\"E"):
        return
    assert sexagesimal(text) == pytest.approx(value, abs=1e-7)


def test_numbers_take_point_and_comma():
    found = numbers(["1.5", "1,5", "", "x", "1 234,5"])
    np.testing.assert_array_equal(found, [1.5, 1.5, np.nan, np.nan, 1234.5])


def test_rounding_is_the_widest_step_that_both_stand_on():
    lon = np.array([131.0, 131.5, 131.1, 131.25, 131.1234, 131.0, np.nan, 131.166667])
    lat = np.array([43.0, 43.5, 43.1, 43.5, 43.4321, 43.4321, 43.0, 43.083333])
    km = resolution_km(lon, lat)
    unit = 111.2
    wanted = [unit, unit / 2, unit / 10, unit / 4, unit / 1e4, unit / 1e4, np.nan, unit / 12]
    np.testing.assert_allclose(km, wanted, rtol=1e-5)


def test_rounding_in_metres():
    km = resolution_km(
        np.array([500_000.0, 501_234.5]), np.array([4.8e6, 4.81e6]), projected=True
    )
    assert km[0] == pytest.approx(100.0)
    assert np.isnan(km[1])


def judged(lon, lat):
    lon, lat = np.array(lon), np.array(lat)
    return repeated_steps(resolution_km(lon, lat), np.isfinite(lon))


def test_one_round_record_among_others_with_decimals_may_be_chance():
    rng = np.random.default_rng(1)
    lon = [131.0, *rng.uniform(130, 132, 30).round(4)]
    rounded, round_only = judged(lon, [43.0, *rng.uniform(43, 45, 30).round(4)])
    assert not (rounded > 20).any()
    assert round_only[0] == pytest.approx(111.2)
    assert not (round_only[1:] > 1).any()


def test_rounding_that_repeats_itself_is_rounding():
    rng = np.random.default_rng(1)
    lon = [131.0, 130.0, 132.0, 133.0, *rng.uniform(130, 132, 30).round(4)]
    lat = [43.0, 44.0, 43.0, 45.0, *rng.uniform(43, 45, 30).round(4)]
    rounded, round_only = judged(lon, lat)
    np.testing.assert_allclose(rounded[:4], 111.2, rtol=1e-5)
    assert np.isnan(round_only).all()


def test_a_column_of_whole_degrees_is_rounded_however_short():
    rounded, _ = judged([131.0, np.nan], [43.0, np.nan])
    assert rounded[0] == pytest.approx(111.2)


def test_what_chance_puts_on_round_numbers_is_no_rounding():
    rng = np.random.default_rng(2)
    lon, lat = (rng.uniform(start, start + 5, 20_000).round(1) for start in (130, 43))
    rounded, round_only = judged(lon, lat)
    assert (round_only > 100).sum() > 100, "1 of 100 by chance"
    assert np.nanmax(rounded) < 100
    assert repeated_steps(np.zeros(0, np.float32), np.zeros(0, bool))[0].size == 0
