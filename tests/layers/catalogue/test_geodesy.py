from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, box, segmentize

from layers.catalogue.geodesy import (
    WGS84,
    area_km2,
    circle,
    length_km,
    local_plane,
    shortest_link,
)


def test_the_whole_earth_has_the_known_area():
    """510,065,621.7 km²: the surface of the WGS 84 ellipsoid."""
    assert area_km2(box(-180, -90, 180, 90)) == pytest.approx(510_065_621.7, rel=1e-9)


def test_the_whole_band_of_latitude_agrees_with_a_geodesic_polygon():
    shape = segmentize(box(100, 40, 104, 44), 0.01)
    geodesic = WGS84.geometry_area_perimeter(shape)[0] / 1e6
    assert area_km2(shape) == pytest.approx(geodesic, rel=1e-7)


@given(
    st.floats(70, 150),
    st.floats(20, 60),
    st.floats(0.5, 150),
)
def test_a_circle_has_its_radius_and_nearly_its_area(lon, lat, radius_km):
    shape = circle(lon, lat, radius_km)
    x, y = np.array(shape.exterior.coords).T
    _, _, distance = WGS84.inv(np.full(len(x), lon), np.full(len(x), lat), x, y)
    assert distance == pytest.approx(radius_km * 1000, rel=1e-6)
    assert area_km2(shape) == pytest.approx(math.pi * radius_km**2, rel=5e-4)


def test_the_local_plane_goes_there_and_back():
    to_metres, to_degrees = local_plane(130.0, 43.0)
    points = np.array([[130.0, 43.0], [130.5, 43.2], [129.0, 42.0]])
    assert to_metres(points)[0] == pytest.approx([0.0, 0.0], abs=1e-6)
    assert to_degrees(to_metres(points)) == pytest.approx(points, abs=1e-7)


def test_the_shortest_link_is_geodesic():
    link, distance_km = shortest_link(Point(130, 43), Point(131, 43))
    expected = WGS84.inv(130, 43, 131, 43)[2] / 1000
    assert distance_km == pytest.approx(expected, rel=1e-6)
    assert sorted(link.coords)[0] == pytest.approx((130, 43), abs=1e-7)


def test_a_link_of_touching_shapes_has_no_length():
    assert shortest_link(box(0, 40, 1, 41), box(1, 40, 2, 41))[1] == pytest.approx(0, abs=1e-6)


def test_length_counts_lines_only():
    line = LineString([(130, 43), (130, 44)])
    assert length_km(line) == pytest.approx(WGS84.inv(130, 43, 130, 44)[2] / 1000)
    assert length_km(Point(1, 1)) == 0.0
