"""Holdridge life zones: hand-worked climates, and the core of every hexagon."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.datapack.holdridge import biotemperature, life_zones, zone_code, zone_names


def zone(biotemperature_c, precipitation_mm):
    code = life_zones(np.array([biotemperature_c]), np.array([precipitation_mm]))[0]
    return zone_names()[int(code)]


def test_there_are_38_zones_with_names_of_their_own():
    assert len(zone_names()) == 38
    assert len(set(zone_names().values())) == 38


@pytest.mark.parametrize(
    ("biotemperature_c", "precipitation_mm", "expected"),
    [
        (0.5, 200, "Polar desert or ice"),
        (0.0, 0.0, "Polar desert or ice"),
        (2.12, 177, "Subpolar moist tundra"),
        (4.24, 354, "Boreal moist forest"),
        (8.49, 499, "Cool temperate steppe"),
        (8.49, 501, "Cool temperate moist forest"),
        (8.49, 10, "Cool temperate desert"),
        (14.0, 1414, "Warm temperate moist forest"),
        (16.9, 1414, "Warm temperate moist forest"),
        (17.1, 1414, "Subtropical moist forest"),
        (20.0, 80, "Subtropical desert"),
        (28.0, 2500, "Tropical moist forest"),
        (30.0, 20_000, "Tropical rain forest"),
        (4.24, 9000, "Boreal rain forest"),
    ],
)
def test_known_climates(biotemperature_c, precipitation_mm, expected):
    assert zone(biotemperature_c, precipitation_mm) == expected


@given(
    belt=st.integers(0, 4),
    humidity=st.integers(0, 7),
    up=st.floats(-0.49, 0.49),
    right=st.floats(-0.49, 0.49),
)
def test_where_all_three_axes_agree_the_zone_is_theirs(belt, humidity, up, right):
    if humidity > belt + 3 or abs(up - right) > 0.49:
        return
    warmth = 1.5 * 2 ** (belt + 0.5 + up)
    wetness = 62.5 * 2 ** (humidity + 0.5 + right)
    code = int(life_zones(np.array([warmth]), np.array([wetness]))[0])
    expected = zone_code(belt, humidity)
    if belt == 3 and warmth >= 1.5 * 2**3.5:
        expected = zone_code(5, humidity)
    assert code == expected


def test_biotemperature_counts_months_between_0_and_30():
    months = np.array([-20, -10, 0, 10, 20, 30, 36, 30, 20, 10, 0, -10], dtype=float)
    assert biotemperature(months) == pytest.approx(150 / 12)
