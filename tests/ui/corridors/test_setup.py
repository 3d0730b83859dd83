"""Cores and resistance as the panel's second page shows and changes them."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractItemView, QDoubleSpinBox, QLabel, QPushButton

from planner.corridors.curve import ResistanceCurve
from ui.corridors.setup import CorridorSetup

DRAWN = ResistanceCurve(kind="points", points=((0.0, 90.0), (0.5, 20.0), (1.0, 1.0)))
BY_CLASS = ResistanceCurve(
    kind="classes",
    variable="potential_vegetation",
    classes={"Forest": 1.0, "Steppe": 30.0},
    other=400.0,
)


@pytest.fixture
def page(shown, theme):
    made = shown(CorridorSetup(theme), 340, 700)
    yield made
    made.resistance.plot._settled.stop()


def _texts(widget):
    return " | ".join(label.text() for label in widget.findChildren(QLabel))


def test_cores_are_told_with_the_basis_of_each_number(page, make_state, qtbot):
    page.show_state(make_state(), editable=True)
    page.cores.unfold()
    told = _texts(page.cores)
    assert "3 cores, 1\N{NARROW NO-BREAK SPACE}500 km²" in told
    assert "China: 2 cores" in told
    assert "0.65 (0.5–0.85, expert)" in told
    assert "300 km² (200–500, recalled)" in told
    assert "Modelling choice: about 3-4 breeding females. Source: recalled" in told
    with qtbot.waitSignal(page.cores.run_requested) as asked:
        page.findChild(QPushButton, "cores_run").click()
    assert asked.args == ["r1"]


def test_before_cores_are_found_it_says_who_finds_them(page, make_state):
    state = make_state()
    none = type(state.cores)(0, 0.0, (), state.cores.threshold, state.cores.smallest)
    page.show_state(make_state(cores=none), editable=True)
    assert "Find corridors finds them first" in _texts(page.cores)
    assert page.findChild(QPushButton, "cores_run").isHidden()


def test_the_curve_of_the_profile_is_shown_and_can_be_drawn_on(page, make_state, qtbot):
    page.show_state(make_state(), editable=True)
    section = page.resistance
    assert section.kind.value == "exponential"
    assert section.plot.points is None
    assert not section.back_button.isEnabled()
    assert "maximum 500 (recalled)" in page.findChild(QLabel, "curve_of_profile").text()
    with qtbot.waitSignal(section.curve_changed) as asked:
        section.kind.choose("points")
    species, curve = asked.args
    assert species == "amur-leopard"
    assert curve.points[0] == (0.0, 500.0)
    assert curve.points[-1] == (1.0, 1.0)


def test_a_drawn_curve_is_told_as_it_is_changed(page, make_state, qtbot):
    page.show_state(make_state(own=DRAWN), editable=True)
    section = page.resistance
    assert section.plot.points.pairs == DRAWN.points
    section.plot.setFocus()
    qtbot.keyClick(section.plot, Qt.Key.Key_Home)
    qtbot.keyClick(section.plot, Qt.Key.Key_Up)
    with qtbot.waitSignal(section.curve_changed) as asked:
        section.plot.settle()
    assert asked.args[1].points[0] == (0.0, 91.8)


def test_back_to_the_profile(page, make_state, qtbot):
    page.show_state(make_state(own=DRAWN), editable=True)
    with qtbot.waitSignal(page.resistance.curve_changed) as asked:
        page.resistance.back_button.click()
    assert asked.args == ["amur-leopard", None]


def test_a_change_under_way_goes_to_the_species_it_was_made_for(page, make_state, qtbot):
    page.show_state(make_state(own=DRAWN), editable=True)
    plot = page.resistance.plot
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_Home)
    qtbot.keyClick(plot, Qt.Key.Key_Up)
    with qtbot.waitSignal(page.resistance.curve_changed) as asked:
        page.show_state(make_state("amur-tiger", own=DRAWN), editable=True)
    assert asked.args[0] == "amur-leopard"
    assert plot.points.pairs == DRAWN.points


def test_classes_start_from_what_the_profile_says_of_them(page, make_state, qtbot):
    page.show_state(make_state(), editable=True)
    with qtbot.waitSignal(page.resistance.curve_changed) as asked:
        page.resistance.kind.choose("classes")
    curve = asked.args[1]
    assert curve.variable == "potential_vegetation"
    assert curve.classes["Forest"] == 1.0
    assert curve.classes["Ice"] == 500.0
    assert 1.0 < curve.classes["Steppe"] < 20.0


def test_a_class_is_edited_in_its_row(page, make_state, qtbot):
    page.show_state(make_state(own=BY_CLASS), editable=True)
    table = page.resistance.classes
    assert table.resistance == {"Forest": 1.0, "Steppe": 30.0, "Ice": 400.0}
    table.edit(table.model().index(1, 1))
    assert table.state() == QAbstractItemView.State.EditingState
    editor = table.findChild(QDoubleSpinBox, "class_resistance")
    assert editor.accessibleName() == "Resistance of Steppe"
    editor.setValue(55.0)
    with qtbot.waitSignal(page.resistance.curve_changed) as asked:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert asked.args[1].classes == {"Forest": 1.0, "Steppe": 55.0, "Ice": 400.0}
    table.set_resistance(0, 1.0)  # the same again is no change


def test_another_layer_of_classes(page, make_state, qtbot):
    page.show_state(make_state(own=BY_CLASS), editable=True)
    with qtbot.waitSignal(page.resistance.curve_changed) as asked:
        page.resistance.layer.choose("koppen")
    assert asked.args[1].variable == "koppen"
    assert set(asked.args[1].classes) == {"Dwa", "Dwb"}


def test_a_curve_that_cannot_be_used_says_so_where_it_is_set(page, make_state):
    page.show_state(make_state(curve_problem="Draw it again."), editable=True)
    assert page.findChild(QLabel, "resistance_section_problem").text() == "Draw it again."
    assert page.resistance.back_button.isEnabled()


def test_nothing_can_be_changed_where_the_project_is_only_read(page, make_state):
    page.show_state(make_state(own=DRAWN), editable=False)
    assert page.resistance.plot.points is None
    assert not page.resistance.kind.isEnabled()
    assert not page.resistance.back_button.isEnabled()


def test_corridors_made_with_another_curve_are_told(page, make_state):
    page.show_state(make_state(out_of_date="Made with another curve."), editable=True)
    assert page.findChild(QLabel, "setup_out_of_date").isVisible()
    page.show_state(make_state(), editable=True)
    assert not page.findChild(QLabel, "setup_out_of_date").isVisible()
