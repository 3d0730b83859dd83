from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QCheckBox, QLabel
from shapely.geometry import MultiPolygon

from planner.corridors.result import WideningVariant
from ui.corridors.told import check_told, gap_told, narrow_told, total_told
from ui.corridors.widening_page import OtherSpecies, WideningPage
from ui.corridors.width_choice import step_between

WIDTH = "1\N{NARROW NO-BREAK SPACE}500 m"


@pytest.fixture
def page(shown):
    made = shown(WideningPage(), 320, 700)
    made.show_limits((500.0, 1000.0, 5000.0), "A to B")
    return made


def _label(page, name):
    return page.findChild(QLabel, name)


def test_slider_and_field_tell_the_same(page, qtbot):
    choice = page.width_choice
    assert choice.width_m == 1000.0
    with qtbot.waitSignal(page.width_wanted) as wanted:
        qtbot.keyClick(choice.slider, Qt.Key.Key_Right)
    assert wanted.args == [1100.0]
    assert choice.field.value() == 1100
    with qtbot.waitSignal(page.width_wanted) as wanted:
        choice.field.setValue(5000)
    assert wanted.args == [5000.0]
    assert choice.slider.value() == choice.slider.maximum()
    choice.field.setValue(99_999)
    assert choice.width_m == 5000.0


@given(least=st.floats(10, 1e4), ratio=st.floats(1.01, 100))
def test_the_slider_has_a_few_dozen_round_steps(least, ratio):
    step = step_between(least, least * ratio)
    assert step >= 1.0
    assert (least * ratio - least) / step <= 61


def test_a_result_is_told_with_its_countries_in_the_order_of_codes(page, make_result):
    page.show_result(make_result())
    assert _label(page, "widening_total").text() == "9.5 km² to add, relative cost 12.5"
    assert page.shares.texts() == [
        ["China", "4.5 km²", "5.5"],
        ["Russian Federation", "5 km²", "7"],
    ]
    assert "Forest: 4 km²" in page.shares.model().index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert not page.shares.model().index(0, 0).data(Qt.ItemDataRole.DecorationRole).isNull()
    assert "relative" in _label(page, "widening_note").text()
    assert page.propose_button.isEnabled()


def test_what_is_told_of_the_check(make_result):
    told = check_told(make_result())
    assert "1\N{NARROW NO-BREAK SPACE}600 m wide or more" in told
    assert "at most 25 % dearer than the best possible" in told
    assert "removes 2 of 3 stretches below 1\N{NARROW NO-BREAK SPACE}500 m" in told
    assert "First site (1.25 km²)" in told


def test_how_good_it_is_in_words(make_result):
    assert gap_told(make_result(gap=0.0)).endswith("costs less than this one.")
    assert gap_told(make_result(gap=None, lower_bound=None)) == ""
    assert "costs less than 2.5." in gap_told(make_result(gap=0.8, lower_bound=2.5))
    assert "at most 1.1 %" in gap_told(make_result(gap=0.01))
    assert gap_told(make_result(gap=1.0, lower_bound=0.0)).endswith("is not proven.")


def test_narrow_stretches_in_words(make_result):
    none = make_result(bottlenecks_removed=0, bottlenecks_left=0)
    one = make_result(bottlenecks_removed=1, bottlenecks_left=0)
    every = make_result(bottlenecks_removed=2, bottlenecks_left=0)
    assert narrow_told(none) == ""
    assert narrow_told(one) == f"It removes the one stretch below {WIDTH}."
    assert narrow_told(every) == f"It removes both stretches below {WIDTH}."
    three = make_result(bottlenecks_removed=3, bottlenecks_left=0)
    assert narrow_told(three) == f"It removes all 3 stretches below {WIDTH}."


def test_a_variant_is_not_called_as_wide_as_was_asked(page, make_result):
    page.show_result(make_result(verified_width_m=1000.0))
    assert _label(page, "widening_busy").text() == f"For less than {WIDTH} everywhere:"
    page.show_result(make_result(verified_width_m=1500.0))
    assert _label(page, "widening_busy").text() == f"Widened to {WIDTH}:"


def test_where_cores_touch_and_nothing_is_to_add_there_is_nothing_to_propose(page, make_result):
    result = make_result(area_km2=0.0, cost=0.0, gap=0.0, shares=(), geometry=MultiPolygon())
    page.show_result(result)
    assert not page.propose_button.isEnabled()
    assert page.name.isHidden()


def test_a_corridor_wide_enough_needs_nothing(page, make_result):
    result = make_result(area_km2=0.0, cost=0.0, gap=0.0, shares=(), sites=())
    assert total_told(result).startswith("Nothing to add")
    page.show_result(result)
    assert page.shares.isHidden()
    assert not page.variants_button.isEnabled()
    assert page.propose_button.isEnabled()


def test_a_width_that_cannot_be_had_is_told_with_the_most_that_can(page, refused, qtbot):
    page.show_result(refused(5000.0, 2500.0))
    assert _label(page, "widening_refused").text() == "A town is in the way."
    assert not page.propose_button.isVisible()
    assert page.shares.isHidden()
    assert page.widest_button.isVisible()
    with qtbot.waitSignal(page.width_wanted) as wanted:
        page.widest_button.click()
    assert wanted.args == [2500.0]
    assert page.width_choice.width_m == 2500.0


def test_while_another_width_is_tried_nothing_can_be_proposed(page, make_result):
    page.show_result(make_result())
    page.show_waiting()
    assert "Widening to" in _label(page, "widening_busy").text()
    assert not page.propose_button.isEnabled()
    assert _label(page, "widening_total").isVisible()  # nothing jumps meanwhile
    page.show_problem("The disk is full.")
    assert _label(page, "widening_problem").text() == "The disk is full."


def test_other_species_are_offered_where_their_land_is_known(page, qtbot):
    others = (
        OtherSpecies("amur-tiger", "Amur tiger", possible=True),
        OtherSpecies("snow-leopard", "Snow leopard", possible=False),
    )
    page.set_others(others)
    boxes = [page.findChild(QCheckBox, f"also_{other.species}") for other in others]
    assert [box.isEnabled() for box in boxes] == [True, False]
    assert "Find the corridors of the Snow leopard" in boxes[1].toolTip()
    with qtbot.waitSignal(page.also_changed):
        boxes[0].click()
    assert page.also == ("amur-tiger",)
    page.set_others(others[:1])
    assert page.also == ("amur-tiger",)
    page.set_others(())
    assert page.also == ()


def test_a_proposal_needs_a_name(page, make_result, qtbot):
    page.show_result(make_result())
    page.name.setText("  ")
    assert not page.propose_button.isEnabled()
    page.name.setText("Wide way ")
    with qtbot.waitSignal(page.proposal_wanted) as wanted:
        qtbot.keyClick(page.name, Qt.Key.Key_Return)
    assert wanted.args == ["Wide way"]


def test_nothing_is_proposed_where_the_project_is_only_read(page, make_result):
    page.show_result(make_result())
    page.set_editable(editable=False)
    assert not page.propose_button.isVisible()


def test_cheaper_widenings_are_listed_and_chosen(page, make_result, qtbot):
    page.show_result(make_result())
    with qtbot.waitSignal(page.variants_wanted):
        page.variants_button.click()
    page.show_looking_for_variants()
    cheap = make_result(cost=3.0, verified_width_m=900.0)
    variants = (
        WideningVariant(cheap, 2_000_000.0, 500.0, 1_900_000.0),
        WideningVariant(make_result(), 0.0, 1500.0, 0.0),
    )
    page.show_variants(variants)
    assert page.variants.texts()[0] == ["3", "2 km²", "900 m"]
    with qtbot.waitSignal(page.variant_chosen) as chosen:
        page.variants.setCurrentIndex(page.variants.model().index(1, 0))
    assert chosen.args == [1]
    page.show_variants(variants[1:])
    assert page.variants.isHidden()
    assert "nothing between" in _label(page, "widening_busy").text()
