"""What a search found: ledger, price of fairness, portfolio, withdrawal, proposals."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QCheckBox, QLabel, QPushButton

from planner.project import Project
from resources.errors import PlannerError
from ui.map.overlay import AddedLand, Highlight
from ui.reserve import work
from ui.reserve.overlay import SelectedLand

pytestmark = pytest.mark.usefixtures("models_in_thread")

WAIT_MS = 60_000


@pytest.fixture
def findings(found):
    return found.parts.panels.proposals.findings


@pytest.fixture
def canvas(found):
    return found.parts.map_area.canvas


def _press(qtbot, root, name):
    button = root.findChild(QPushButton, name)
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def _text(root, name):
    return root.findChild(QLabel, name).text()


def _computed(qtbot, found, findings):
    """Wait until what was asked for is computed and read."""
    qtbot.waitUntil(findings.progress.isHidden, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: found.background.settled, timeout=WAIT_MS)


def _land(canvas):
    overlay = canvas.overlay("solution")
    return None if overlay is None else overlay.patches[-1].geometry


def test_what_is_held_stands_beside_its_target(findings):
    rows = findings.holds.table.texts()
    name, target, now, then = rows[0]
    assert name == "Amur tiger, habitat"
    assert target.endswith("km²")
    assert now.endswith("%")
    assert float(then.removesuffix(" %")) >= 100.0
    assert "New land" in _text(findings, "solution_numbers")
    assert not findings.findChild(QLabel, "solution_short").isVisible()


def test_the_ledger_sums_what_countries_give(findings):
    findings.tabs.setCurrentWidget(findings.ledger)
    ledger = findings.view.ledgers["best"]
    assert [row.iso3 for row in findings.ledger.bars.rows] == [
        line.iso3 for line in ledger.lines
    ]
    assert sum(row.gives for row in findings.ledger.bars.rows) == pytest.approx(1.0)
    assert findings.ledger.table.texts()[-1][0] == "All"
    assert not findings.ledger.button.isVisible()


def test_a_point_of_the_curve_opens_its_solution_on_the_map(found, findings, canvas, qtbot):
    findings.tabs.setCurrentWidget(findings.fairness)
    findings.fairness.count.setValue(3)
    _press(qtbot, findings, "compute_fairness")
    qtbot.waitUntil(findings.progress.isVisible)
    _computed(qtbot, found, findings)
    plot = findings.fairness.plot
    qtbot.waitUntil(lambda: len(plot.dots) > 1, timeout=WAIT_MS)
    before = _land(canvas)
    wanted = plot.dots[-1].solution
    place = plot.place_of(len(plot.dots) - 1).toPoint()
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=place)
    assert findings.shown_solution == wanted
    qtbot.waitUntil(lambda: not _land(canvas).equals(before), timeout=WAIT_MS)
    assert "Evenness" in _text(findings, "fairness_told")
    assert findings.ledger.table.texts()[-1][0] == "All"
    _computed(qtbot, found, findings)


def test_a_portfolio_is_found_and_how_often_land_is_selected(found, findings, canvas, qtbot):
    findings.tabs.setCurrentWidget(findings.portfolio)
    page = findings.portfolio
    page.count.setValue(2)
    page.within.setValue(30)
    page.distance.setValue(5)
    _press(qtbot, findings, "find_portfolio")
    _computed(qtbot, found, findings)
    qtbot.waitUntil(lambda: findings.view.portfolio is not None, timeout=WAIT_MS)
    portfolio = findings.view.portfolio
    assert len(page.table.texts()) == len(portfolio.solutions)
    _press(qtbot, findings, "show_frequency")
    qtbot.waitUntil(lambda: len(canvas.overlay("solution").patches) > 2, timeout=WAIT_MS)
    assert "the fuller its colour" in _text(findings, "solution_detail")
    page.table.clicked.emit(page.table.model().index(1, 0))
    assert findings.shown_solution == portfolio.solutions[1]
    _computed(qtbot, found, findings)
    assert np.all(portfolio.frequency <= 1.0)


def test_what_changes_if_a_country_withdraws(found, findings, qtbot):
    findings.tabs.setCurrentWidget(findings.portfolio)
    findings.portfolio.country.choose("CHN")
    findings.findChild(QCheckBox, "withdraw_keeps_existing").setChecked(True)
    _press(qtbot, findings, "try_withdrawal")
    _computed(qtbot, found, findings)
    qtbot.waitUntil(lambda: bool(findings.view.withdrawals), timeout=WAIT_MS)
    assert _text(findings, "withdrawal_told")
    withdrawal = findings.view.withdrawals[0]
    assert withdrawal.iso3 == "CHN"
    assert findings.shown_solution == (withdrawal.solution or "best")
    _computed(qtbot, found, findings)


def test_a_proposal_is_shown_with_reasons_and_its_alternative(findings, canvas, qtbot):
    findings.tabs.setCurrentWidget(findings.proposals)
    page = findings.proposals
    page.list.clicked.emit(page.list.model().index(0, 0))
    assert page.chosen.geometry is not None
    assert isinstance(canvas.overlay("proposal"), Highlight)
    assert "Type:" in _text(page, "proposal_facts")
    assert _text(page, "proposal_reasons")
    assert [row[0] for row in page.compared.texts()][:2] == ["Cost", "New km²"]
    assert _text(page, "alternative_verdict")
    if page.enlarged is not None:
        _press(qtbot, page, "show_enlarged")
        assert isinstance(canvas.overlay("proposal"), AddedLand)
    findings.tabs.setCurrentWidget(findings.holds)
    assert canvas.overlay("proposal") is None


def test_proposals_are_sent_to_a_scenario_in_one_step_of_undo(found, findings, qtbot):
    findings.tabs.setCurrentWidget(findings.proposals)
    _press(qtbot, findings, "send_to_scenario")
    panel = found.parts.panels.proposals
    qtbot.waitUntil(lambda: panel.list.model().rowCount() > 0, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: found.background.settled, timeout=WAIT_MS)
    assert found.desk.selection.key == panel.chosen
    assert panel.chosen.startswith("reserve-")
    with qtbot.waitSignal(found.session.changed, timeout=WAIT_MS):
        found.session.undo()
    assert panel.list.model().rowCount() == 0


def test_proposals_are_sent_to_a_new_scenario(found, findings, qtbot):
    findings.tabs.setCurrentWidget(findings.proposals)
    page = findings.proposals
    page.scenario.choose("")
    assert not page.send_button.isEnabled()
    page.name.setText("For the table")
    _press(qtbot, findings, "send_to_scenario")
    qtbot.waitUntil(lambda: found.background.settled, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: found.session.snapshot.scenario == "for-the-table")
    assert ("for-the-table", "For the table") in found.session.snapshot.scenarios


def test_a_solution_without_proposals_has_them_looked_for(found, findings, qtbot, found_path):
    view = findings.view
    (view.folder / "proposals" / "best.json").unlink()
    (view.folder / "ledger" / "best.json").unlink()
    found.reserve.show_run(view.run_id)
    qtbot.waitUntil(lambda: findings.view is not view, timeout=WAIT_MS)
    findings.tabs.setCurrentWidget(findings.ledger)
    _press(qtbot, findings, "draw_up_ledger")
    _computed(qtbot, found, findings)
    qtbot.waitUntil(findings.ledger.table.isVisible, timeout=WAIT_MS)
    findings.tabs.setCurrentWidget(findings.proposals)
    assert not findings.proposals.send_button.isVisible()
    _press(qtbot, findings, "find_run_proposals")
    _computed(qtbot, found, findings)
    qtbot.waitUntil(findings.proposals.send_button.isVisible, timeout=WAIT_MS)


def test_what_is_computed_is_cancelled(found, findings, qtbot, monkeypatch):
    def forever(_place, control, *, points):
        while True:
            control.report(points / 1000)

    monkeypatch.setattr(work, "compute_fairness", forever)
    findings.tabs.setCurrentWidget(findings.fairness)
    _press(qtbot, findings, "compute_fairness")
    qtbot.waitUntil(findings.progress.isVisible)
    assert not findings.fairness.button.isEnabled()
    qtbot.mouseClick(findings.progress.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(findings.fairness.button.isEnabled)
    _computed(qtbot, found, findings)


def test_what_cannot_be_computed_says_why_beside_its_button(
    found, findings, qtbot, monkeypatch
):
    def fail(*_, **__):
        raise PlannerError("The folder cannot be written. Free some space.")

    for name, button, problem, page in (
        ("compute_fairness", "compute_fairness", "fairness_problem", findings.fairness),
        ("find_portfolio", "find_portfolio", "portfolio_problem", findings.portfolio),
        ("try_withdrawal", "try_withdrawal", "withdrawal_problem", findings.portfolio),
        ("write_report", "open_reserve_report", "findings_problem", findings.holds),
    ):
        monkeypatch.setattr(work, name, fail)
        findings.tabs.setCurrentWidget(page)
        _press(qtbot, findings, button)
        said = findings.findChild(QLabel, problem)
        qtbot.waitUntil(said.isVisible, timeout=WAIT_MS)
        assert said.text() == "The folder cannot be written. Free some space."
        _computed(qtbot, found, findings)


def test_what_was_asked_is_changed_and_asked_again(found, findings, qtbot):
    panel = found.parts.panels.proposals
    _press(qtbot, findings, "change_request")
    qtbot.waitUntil(lambda: bool(panel.draft.offered), timeout=WAIT_MS)
    assert panel.setup.isVisible()
    assert panel.setup.request() == findings.view.request


def test_land_is_painted_only_while_it_is_looked_at(found, findings, canvas, qtbot):
    assert isinstance(canvas.overlay("solution"), SelectedLand)
    found.window.open_panel("sites")
    qtbot.waitUntil(lambda: canvas.overlay("solution") is None)
    found.window.open_panel("proposals")
    qtbot.waitUntil(lambda: canvas.overlay("solution") is not None)
    found.window.toggle_panels()
    qtbot.wait(50)
    assert canvas.overlay("solution") is not None


def test_a_project_that_is_only_read_is_looked_at(open_desktop, found_path, qtbot):
    with Project.open(found_path):
        made = open_desktop(found_path)
        panel = made.parts.panels.proposals
        panel.runs.clicked.emit(panel.runs.model().index(0, 0))
        qtbot.waitUntil(panel.findings.isVisible, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: made.background.settled, timeout=WAIT_MS)
        findings = panel.findings
        assert findings.holds.table.texts()
        for button in (
            findings.fairness.button,
            findings.portfolio.button,
            findings.proposals.send_button,
        ):
            assert not button.isEnabled()


@pytest.mark.parametrize("width_px", [1100, 1600])
def test_no_page_makes_the_window_larger_than_it_was_asked(found, findings, qtbot, width_px):
    window = found.window
    window.resize(width_px, 700)
    for at in range(findings.tabs.count()):
        findings.tabs.setCurrentIndex(at)
        qtbot.waitUntil(lambda: (window.width(), window.height()) == (width_px, 700))


def test_nothing_is_cut_off_in_the_narrowest_panel(found, findings, qtbot):
    found.window.resize(1100, 700)
    found.window.show_inspector(shown=True)
    qtbot.waitUntil(lambda: findings.width() < 260)
    bar = findings.tabs.tabBar()
    assert bar.tabRect(bar.count() - 1).right() <= findings.width()
    for page in (findings.holds, findings.ledger, findings.fairness, findings.portfolio):
        findings.tabs.setCurrentWidget(page)
        qtbot.waitUntil(lambda page=page: page.widget().width() <= page.viewport().width() + 1)
