from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.corridors.axes import Axis


def test_ticks_of_an_even_axis_are_round():
    assert Axis(0.0, 66.2).ticks(4) == [0.0, 20.0, 40.0, 60.0]
    assert Axis(0.0, 1.0).ticks(4) == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_ticks_of_a_logarithmic_axis_are_powers_of_ten():
    assert Axis(0.85, 750.0, logarithmic=True).ticks(4) == [1.0, 10.0, 100.0]
    assert Axis(0.85, 60.0, logarithmic=True).ticks(8) == [1.0, 2.0, 5.0, 10.0, 20.0, 50.0]


def test_few_ticks_leave_decades_out():
    assert Axis(1.0, 10_000.0, logarithmic=True).ticks(2) == [1.0, 100.0, 10_000.0]


@pytest.mark.parametrize("logarithmic", [False, True])
@given(low=st.floats(0.1, 100), ratio=st.floats(1.1, 1e4), share=st.floats(0, 1))
def test_a_place_leads_back_to_its_value(logarithmic, low, ratio, share):
    axis = Axis(low, low * ratio, logarithmic)
    value = axis.value(share)
    assert axis.share(value) == pytest.approx(share, abs=1e-9)
    assert axis.clipped(value * 1e6) == axis.high
    assert axis.clipped(-1.0) == axis.low


@given(high=st.floats(0.5, 1e6), most=st.integers(2, 12))
def test_ticks_lie_on_the_axis_and_are_not_too_many(high, most):
    ticks = Axis(0.0, high).ticks(most)
    assert 1 <= len(ticks) <= most + 1
    assert all(0.0 <= tick <= high * 1.0001 for tick in ticks)
