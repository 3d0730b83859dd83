from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel

from planner.jobs import JobRunner


def _text(panel, name):
    return panel.findChild(QLabel, name).text()


def test_an_empty_list_says_what_would_be_here_and_how_to_make_it(panel, make_state, qtbot):
    panel.show_state((make_state(),), "")
    told = " ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())
    assert "No corridors yet" in told
    assert "Looks between 3 cores" in _text(panel, "corridors_hint")
    with qtbot.waitSignal(panel.find_requested) as asked:
        qtbot.mouseClick(panel.find_button, Qt.MouseButton.LeftButton)
    assert asked.args == ["amur-leopard"]


def test_no_species_that_walks_is_said(panel):
    panel.show_state((), "")
    assert "needs a corridor" in _text(panel, "corridors_hint")
    assert not panel.find_button.isEnabled()
    assert not panel.setup_button.isEnabled()


def test_only_the_corridors_of_the_species_are_listed(panel, make_state, make_row):
    panel.show_state((make_state(), make_state("amur-tiger")), "")
    panel.set_rows([make_row(), make_row("c:d", "amur-tiger"), make_row("e:f", "amur-tiger")])
    assert panel.list.model().rowCount() == 1
    panel.species.choose("amur-tiger")
    assert panel.list.model().rowCount() == 2
    assert _text(panel, "corridors_hint").startswith("2 corridors between")


def test_selecting_elsewhere_shows_the_species_of_the_corridor(panel, make_state, make_row):
    panel.show_state((make_state(), make_state("amur-tiger")), "")
    panel.set_rows([make_row(), make_row("c:d", "amur-tiger")])
    panel.choose("c:d|amur-tiger")
    assert panel.chosen_species == "amur-tiger"
    assert panel.list.chosen == "c:d|amur-tiger"
    assert panel.shown.key == "c:d|amur-tiger"
    panel.species.choose("amur-leopard")
    assert panel.shown is None
    panel.choose("c:d|amur-tiger")  # a refresh with the same selection does not switch back
    assert panel.chosen_species == "amur-leopard"


def test_the_selection_survives_a_refresh(panel, make_state, make_row, qtbot):
    panel.show_state((make_state(),), "")
    panel.set_rows([make_row(), make_row("c:d")])
    with qtbot.waitSignal(panel.feature_chosen) as told:
        panel.list.setCurrentIndex(panel.list.model().index(1, 0))
    panel.choose(told.args[0])
    with qtbot.assertNotEmitted(panel.corridor_shown):
        panel.set_rows([make_row(), make_row("c:d")])
        panel.show_state((make_state(),), "")
    assert panel.shown.key == "c:d|amur-leopard"
    panel.set_rows([])
    assert panel.shown is None


def test_corridors_that_are_out_of_date_are_said_to_be(panel, make_state, make_row):
    panel.show_state((make_state(out_of_date="Made with another curve."),), "")
    assert not panel.findChild(QLabel, "out_of_date").isVisible()  # there are none
    panel.set_rows([make_row()])
    assert panel.findChild(QLabel, "out_of_date").isVisible()
    assert "Find corridors" in _text(panel, "out_of_date")


def test_a_project_for_reading_only_says_why_nothing_can_be_found(panel, make_state):
    panel.show_state((make_state(),), "Open for reading only: locked.")
    assert not panel.find_button.isEnabled()
    assert panel.setup_button.isEnabled()
    assert _text(panel, "corridors_hint") == "Open for reading only: locked."


def test_a_search_shows_its_step_and_can_be_cancelled(panel, make_state, qtbot):
    panel.show_state((make_state(),), "")
    panel.open_setup()
    with JobRunner() as runner:

        def work(control):
            control.say("Cores, Amur leopard")
            control.report(0.4)

        job = runner.submit(work, "Find corridors")
        job.wait(5)
        panel.show_job(job)
        assert not panel.setup.isVisible()
        assert not panel.find_button.isEnabled()
        assert _text(panel, "corridors_progress_label") == "Cores, Amur leopard"
        with qtbot.waitSignal(panel.cancel_requested):
            panel._progress.cancel.click()
    panel.show_job(None)
    assert panel.find_button.isEnabled()


def test_set_up_and_back(panel, make_state, qtbot):
    panel.show_state((make_state(),), "")
    panel.setup_button.click()
    assert panel.setup.isVisible()
    assert not panel.is_widening
    with qtbot.waitSignal(panel.find_requested):
        panel.setup.find_button.click()
    panel.setup.back_requested.emit()
    assert panel.find_button.isVisible()


def test_the_list_takes_what_its_rows_need_but_no_more_than_a_third(
    panel, make_state, make_row, qtbot
):
    panel.show_state((make_state(),), "")
    panel.set_rows([make_row(), make_row("c:d")])
    row_px = panel.list.sizeHintForRow(0)
    qtbot.waitUntil(lambda: abs(panel.list.height() - 2 * row_px) < 12)
    panel.set_rows([make_row(f"c{number}") for number in range(40)])
    split = panel.list.parentWidget()
    assert panel.list.height() == pytest.approx(split.height() / 3, abs=12)
    a_row_more = split.height() // 3 // row_px + 1
    panel.set_rows([make_row(f"c{number}") for number in range(a_row_more)])
    assert panel.list.height() >= a_row_more * row_px  # none is cut
    split.moveSplitter(200, 1)
    moved = panel.list.height()
    panel.set_rows([make_row()])
    assert panel.list.height() == moved


def test_it_is_as_narrow_as_the_narrowest_window_asks(panel, make_state, make_row, make_result):
    panel.show_state((make_state(),), "")
    panel.set_rows([make_row()])
    panel.choose(make_row().key)
    panel.tabs.setCurrentWidget(panel.widening)
    panel.widening.show_limits((500.0, 1000.0, 5000.0), "A corridor with a long name")
    panel.widening.show_result(make_result())
    assert panel.minimumSizeHint().width() <= 288
    panel.open_setup()
    assert panel.minimumSizeHint().width() <= 288
