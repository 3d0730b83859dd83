from __future__ import annotations

import numpy as np
import pytest
import shapely

from layers.occurrences.reference import OUTSIDE, SEA, Centroid, PlaceReference


def _code(reference, iso3):
    return reference.iso3.index(iso3) + 1


@pytest.mark.parametrize(
    ("lon", "lat", "iso3"),
    [
        (116.4, 39.9, "CHN"),
        (106.9, 47.9, "MNG"),
        (132.0, 43.4, "RUS"),
        (125.75, 39.03, "PRK"),
        (127.4, 36.35, "KOR"),
        (143.0, 43.3, "JPN"),
    ],
)
def test_cities_lie_in_their_countries(reference, lon, lat, iso3):
    assert reference.country_at(np.array([lon]), np.array([lat]))[0] == _code(reference, iso3)


def test_sea_and_outside_are_told_apart(reference):
    found = reference.country_at(np.array([134.5, 10.0, 150.1]), np.array([40.0, 50.0, 45.0]))
    assert found.tolist() == [SEA, OUTSIDE, OUTSIDE]


def test_the_fast_way_agrees_with_the_shapes_near_coasts_and_borders(reference):
    rng = np.random.default_rng(3)
    shore = shapely.get_coordinates(list(reference.countries))
    near = shore[rng.choice(len(shore), 1500, replace=False)] + rng.normal(0, 0.02, (1500, 2))
    lon, lat = near.T
    inside = (lon > 70) & (lon < 150) & (lat > 20) & (lat < 60)
    lon, lat = lon[inside], lat[inside]
    wanted = np.zeros(len(lon), dtype=np.int16)
    for number, shape in enumerate(reference.countries, start=1):
        wanted[shapely.intersects_xy(shape, lon, lat) & (wanted == 0)] = number
    np.testing.assert_array_equal(reference.country_at(lon, lat), wanted)
    assert {0, _code(reference, "RUS")} <= set(wanted.tolist())


@pytest.fixture
def square():
    """One country, from 100 to 110 E and 40 to 50 N, with its centroid."""
    return PlaceReference(
        (95.0, 35.0, 120.0, 55.0),
        (shapely.box(100, 40, 110, 50),),
        ("MNG",),
        (Centroid("Mongolia", "country", 105.0, 45.0),),
    )


def test_the_distance_to_land_by_hand(square):
    # One degree of a meridian of a sphere of 6371 km is 111.195 km.
    km, lon, lat = square.nearest_land(np.array([105.0]), np.array([39.0]))
    assert km[0] == pytest.approx(111.195, abs=0.1)
    assert (lon[0], lat[0]) == pytest.approx((105.0, 40.0), abs=0.02)
    east = square.distance_km("MNG", np.array([111.0]), np.array([45.0]))
    assert east[0] == pytest.approx(111.195 * np.cos(np.radians(45)), rel=0.01)
    assert np.isinf(square.distance_km("JPN", np.array([111.0]), np.array([45.0]))[0])


def test_centroids_within_a_distance(square):
    lon, lat = np.array([105.0, 105.0, 105.0]), np.array([45.0, 45.008, 45.02])
    assert square.nearest_centroid(lon, lat, 1.0).tolist() == [0, 0, -1]


def test_centroids_are_those_of_whole_shapes_and_gazetteers(reference):
    kinds = {one.kind for one in reference.centroids}
    assert kinds == {"country", "province"}
    computed = [one for one in reference.centroids if one.name == "Mongolia"]
    assert (computed[0].lon, computed[0].lat) == (105.0, 46.0)
    assert (computed[1].lon, computed[1].lat) == pytest.approx((103.1, 46.7), abs=0.1)
    russian = [one for one in reference.centroids if one.name == "Russian Federation"]
    assert [(one.lon, one.lat) for one in russian] == [(100.0, 60.0)]
