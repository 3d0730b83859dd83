from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.map.view_state import MAXIMUM_EXTENT_SHARE, ViewState

VIEW = ViewState((1000.0, 500.0), 10.0, 400, 200)

views = st.builds(
    ViewState,
    st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)),
    st.floats(0.01, 1e5),
    st.integers(1, 4000),
    st.integers(1, 4000),
)


def test_extent_of_a_view_worked_by_hand():
    assert VIEW.extent == (-1000.0, -500.0, 3000.0, 1500.0)
    assert VIEW.to_map(0, 0) == (-1000.0, 1500.0)
    assert VIEW.to_pixel(3000.0, -500.0) == (400.0, 200.0)


@given(views, st.floats(-5000, 5000), st.floats(-5000, 5000))
def test_pixels_and_map_coordinates_are_inverse(view, x, y):
    back = view.to_pixel(*view.to_map(x, y))
    assert math.isclose(back[0], x, rel_tol=1e-6, abs_tol=1e-2 + 1e6 / view.resolution * 1e-9)
    assert math.isclose(back[1], y, rel_tol=1e-6, abs_tol=1e-2 + 1e6 / view.resolution * 1e-9)


@given(views, st.floats(0.05, 20), st.floats(0, 1), st.floats(0, 1))
def test_zooming_keeps_the_place_under_the_pointer(view, factor, across, down):
    at = (across * view.width_px, down * view.height_px)
    before, after = view.to_map(*at), view.zoomed(factor, at).to_map(*at)
    tolerance = 1e-6 * max(abs(before[0]), abs(before[1]), view.resolution * 4000)
    assert math.isclose(before[0], after[0], abs_tol=tolerance)
    assert math.isclose(before[1], after[1], abs_tol=tolerance)


def test_panning_moves_the_content_with_the_hand():
    place = VIEW.to_map(50, 60)
    assert VIEW.panned(30, -20).to_pixel(*place) == pytest.approx((80, 40))


def test_the_ground_stands_still_when_a_panel_opens_on_the_left():
    place = VIEW.to_map(150, 60)
    narrower = VIEW.resized(300, 200, moved_px=(100, 0))
    assert narrower.to_pixel(*place) == pytest.approx((50, 60))
    assert narrower.resolution == VIEW.resolution


def test_fitting_holds_the_extent_and_touches_two_margins():
    view = ViewState.fitting((0, 0, 100, 10), 400, 200, margin=0.1)
    assert view.resolution == pytest.approx(100 / 320)
    assert view.shows((0, 0, 100, 10), margin=0.09)


def test_a_point_can_be_fitted():
    view = ViewState.fitting((5, 5, 5, 5), 400, 200)
    assert view.centre == (5, 5)
    assert view.resolution > 0


def test_a_view_stays_within_reach_of_its_region():
    region = (0.0, 0.0, 1000.0, 1000.0)
    far = ViewState((1e9, -1e9), 1e9, 400, 200).limited(region)
    assert far.centre == (1500.0, -500.0)
    assert far.resolution * 400 == pytest.approx(MAXIMUM_EXTENT_SHARE * 1000)
    near = ViewState((5.0, 5.0), 1e-12, 400, 200).limited(region)
    assert near.resolution * 400 == pytest.approx(1000 * 1e-5)


def test_shows_needs_the_margin_free():
    assert VIEW.shows((0, 0, 100, 100))
    assert not VIEW.shows((-990, 0, 100, 100))


@pytest.mark.parametrize("resolution", [0.0, -1.0, math.nan, math.inf])
def test_a_resolution_must_be_positive(resolution):
    with pytest.raises(ValueError, match="resolution"):
        ViewState((0, 0), resolution, 10, 10)


def test_a_view_needs_pixels():
    with pytest.raises(ValueError, match="shows nothing"):
        ViewState((0, 0), 1.0, 0, 10)


@pytest.mark.parametrize("factor", [0.0, -2.0, math.nan])
def test_a_zoom_factor_must_be_positive(factor):
    with pytest.raises(ValueError, match="zoom factor"):
        VIEW.zoomed(factor)
