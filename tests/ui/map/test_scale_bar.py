from __future__ import annotations

import pytest
from pyproj import Geod

from layers.grid import equal_area_crs
from ui.map.coordinates import GroundMeasure, format_lonlat, ground_measure
from ui.map.scale_bar import ScaleBarWidget, measure_scale
from ui.map.view_state import ViewState

REGION = (126.0, 40.0, 136.0, 46.0)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", equal_area_crs(REGION)])
def test_the_bar_is_as_long_as_the_ground_in_any_crs(crs):
    measure = GroundMeasure(crs)
    view = ViewState.fitting(measure.extent_from_lonlat(REGION), 1000, 600)
    bar = measure_scale(view, measure)
    left = measure.lonlat(view.to_map(500 - bar.length_px / 2, 300))
    right = measure.lonlat(view.to_map(500 + bar.length_px / 2, 300))
    _, _, true_m = Geod(ellps="WGS84").inv(*left, *right)
    assert true_m == pytest.approx(bar.distance_m, rel=0.002)
    assert 60 < bar.length_px <= 160


def test_a_crs_that_stretches_is_owned_up_to():
    measure = GroundMeasure("EPSG:4326")
    view = ViewState.fitting((70, 20, 150, 60), 1000, 600)
    bar = measure_scale(view, measure)
    assert bar.distortion > 0.05
    assert "differ" in bar.note


def test_a_crs_that_fits_needs_no_excuse():
    measure = GroundMeasure(equal_area_crs(REGION))
    bar = measure_scale(
        ViewState.fitting(measure.extent_from_lonlat(REGION), 1000, 600), measure
    )
    assert bar.distortion < 0.05
    assert "differ" not in bar.note


@pytest.mark.parametrize(("lon_span", "unit"), [(10.0, " km"), (0.004, " m")])
def test_the_unit_follows_the_length(lon_span, unit):
    measure = GroundMeasure("EPSG:4326")
    view = ViewState.fitting((130, 43, 130 + lon_span, 43.001), 1000, 600)
    assert measure_scale(view, measure).label.endswith(unit)


def test_the_widget_says_its_length_to_screen_readers(qtbot):
    widget = ScaleBarWidget()
    qtbot.addWidget(widget)
    measure = GroundMeasure("EPSG:4326")
    widget.show_bar(measure_scale(ViewState.fitting((126, 40, 136, 46), 800, 600), measure))
    assert widget.bar.label in widget.accessibleName()


def test_no_bar_off_the_reach_of_the_crs():
    measure = GroundMeasure(equal_area_crs(REGION))
    assert measure_scale(ViewState((1e9, 1e9), 100.0, 800, 600), measure) is None


@pytest.mark.parametrize(
    ("lonlat", "text"),
    [
        ((131.25, 42.5), "42.5000° N, 131.2500° E"),
        ((-70.0, -33.0), "33.0000° S, 70.0000° W"),
        ((190.0, 10.0), "10.0000° N, 170.0000° W"),
        (None, "outside the map's reach"),
    ],
)
def test_places_are_written_with_hemispheres(lonlat, text):
    assert format_lonlat(lonlat) == text


def test_the_way_back_from_degrees_ends_where_it_began():
    measure = ground_measure(equal_area_crs(REGION))
    assert measure is ground_measure(equal_area_crs(REGION))
    place = measure.lonlat((12_000.0, -34_000.0))
    assert measure.from_lonlat(*place) == pytest.approx((12_000.0, -34_000.0), abs=1e-3)
    west, south, east, north = measure.extent_from_lonlat((129.5, 42.0, 131.0, 43.0))
    corner = measure.from_lonlat(129.5, 42.0)
    assert west <= corner[0] < east
    assert south <= corner[1] < north
