from __future__ import annotations

import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.map.coordinates import GroundMeasure
from ui.map.notation import WIDEST, Notation, PlaceTextError, format_place, parse_place

UTM = GroundMeasure("EPSG:32652")
LAEA = GroundMeasure("+proj=laea +lat_0=45 +lon_0=125 +datum=WGS84")
DEGREES = GroundMeasure("EPSG:4326")
PLACE = UTM.from_lonlat(130.6, 42.5)


@pytest.mark.parametrize(
    "text",
    [
        "42.5, 130.6",
        "42.5 130.6",
        "42.5N 130.6E",
        "42.5° N, 130.6° E",
        "130.6E 42.5N",
        "130.6 E, 42.5",
        "130.6, 42.5",
        "N42.5 E130.6",
        "N 42.5, E 130.6",
        "42,5 130,6",
        "42,5 N; 130,6 E",
        "42.5;130.6",
        "42°30′00″ N, 130°36′00″ E",
        "42°30'0\"N 130°36'0\"E",
        "42 30 0 N 130 36 0 E",
        "42 30 0 130 36 0",
        "42:30:00 N, 130:36:00 E",
        "42°30' N 130°36' E",
        "N 42 30 E 130 36",
        "42.5，130.6",
        "４２．５，１３０．６",
        "42.5 N；130.6 E",
        "  42.5 ,\n130.6  ",
    ],
)
def test_degrees_in_every_way_of_writing(text):
    assert parse_place(text, UTM) == pytest.approx(PLACE, abs=0.01)


def test_the_south_and_the_west_have_letters_or_signs():
    at = DEGREES.from_lonlat(-71.25, -33.5)
    for text in ("-33.5, -71.25", "33.5 S 71.25 W", "33°30′ S, 71°15′ W", "−33.5 −71.25"):
        assert parse_place(text, DEGREES) == pytest.approx(at)


def test_utm_and_the_maps_own_coordinates():
    x, y = PLACE
    assert parse_place(f"52T {x:.0f} {y:.0f}", UTM) == pytest.approx(PLACE, abs=0.8)
    assert parse_place(f"52 T {x:.0f} mE {y:.0f} mN", UTM) == pytest.approx(PLACE, abs=0.8)
    assert parse_place(f"{x:.1f} {y:.1f}", UTM) == pytest.approx(PLACE, abs=0.1)
    assert parse_place(f"x {x:.0f} m, y {y:.0f} m", UTM) == pytest.approx(PLACE, abs=0.8)
    assert parse_place("52T 632000 4706000", LAEA) == pytest.approx(
        LAEA.from_lonlat(*UTM.lonlat((632000, 4706000))), abs=0.01
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Nothing is written"),
        ("Hunchun", "is not a place"),
        ("42.5", "is not a place"),
        ("42.5 N 41 N", "Two latitudes"),
        ("142 E 130 E", "Two longitudes"),
        ("95 N 130 E", "Latitudes go to 90"),
        ("42 N 190 E", "Latitudes go to 90"),
        ("42°75′ N 130°10′ E", "is not a place"),
        ("61T 500000 4700000", "zone 61"),
        ("52T 99999 4700000", "east lies between"),
        ("1e9 1e9", "is not a place"),
        ("9" * 100 + " 1", "does not reach"),
        ("-42 S, 130 E", "is not a place"),
    ],
)
def test_what_is_no_place_is_told_with_what_to_write(text, said):
    with pytest.raises(PlaceTextError, match=said):
        parse_place(text, UTM)


@pytest.mark.parametrize("notation", list(Notation))
@pytest.mark.parametrize("measure", [UTM, LAEA, DEGREES])
@given(lon=st.floats(85, 145), lat=st.floats(18, 55))
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_again(measure, notation, lon, lat):
    point = measure.from_lonlat(lon, lat)
    read = parse_place(format_place(point, measure, notation), measure)
    told = measure.length_m(point, read)
    assert told is not None
    assert told < 12  # four decimals of a degree


def test_seconds_are_never_sixty():
    assert format_place((130.9999999, 42.5), DEGREES, Notation.SEXAGESIMAL).endswith(
        "131°00′00.0″ E"
    )


def test_utm_has_an_end():
    assert format_place((0.0, 89.0), DEGREES, Notation.UTM) == "outside UTM"
    assert format_place((-70.0, -33.5), DEGREES, Notation.UTM).startswith("19H ")


@pytest.mark.parametrize("notation", list(Notation))
def test_no_text_is_longer_than_the_room_for_it(notation):
    point = UTM.from_lonlat(-179.98999, 71.98765)
    text = format_place(point or (0, 0), UTM, notation)
    assert len(text) <= len(WIDEST[notation])


def test_areas_are_those_of_the_ellipsoid():
    cell = [(130.0, 42.0), (131.0, 42.0), (131.0, 43.0), (130.0, 43.0)]
    a, e2 = 6378137.0, 0.00669437999014
    e = math.sqrt(e2)

    def q(lat):
        s = math.sin(math.radians(lat))
        return s / (1 - e2 * s * s) + math.atanh(e * s) / e

    exact = math.radians(1.0) * a * a * (1 - e2) / 2 * (q(43) - q(42))
    assert DEGREES.area_m2(cell) == pytest.approx(exact, rel=1e-5)
    drawn = [LAEA.from_lonlat(*corner) for corner in cell]
    # The map is equal-area: what is drawn on it is what is measured.
    assert LAEA.area_m2(drawn) == pytest.approx(shapely.Polygon(drawn).area, rel=1e-4)


def test_an_outline_that_crosses_itself_counts_both_sides():
    bow = [(0.0, 0.0), (2.0, 2.0), (2.0, 0.0), (0.0, 2.0)]
    sides = DEGREES.area_m2([(0, 0), (1, 1), (0, 2)]) + DEGREES.area_m2(
        [(2, 2), (1, 1), (2, 0)]
    )
    assert DEGREES.area_m2(bow) == pytest.approx(sides, rel=1e-6)
    assert DEGREES.area_m2([(0, 0), (1, 1), (2, 2)]) == 0.0
