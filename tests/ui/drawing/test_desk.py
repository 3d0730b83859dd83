"""Drawing in the whole window: with the mouse on the canvas, into the project and back."""

from __future__ import annotations

import json
import shutil
import threading
import time
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QToolButton,
)

from planner.drawing.draft import load_draft
from planner.project import Project
from ui import session as session_module
from ui.snapshot import Selection
from ui.start.choice import OpenProject

CONTROL = Qt.KeyboardModifier.ControlModifier
FREE = CONTROL
LEFT = Qt.MouseButton.LeftButton


def _clipboard():
    return QGuiApplication.clipboard()


def _text(hand, name):
    return hand.find(QLabel, name).text()


def _count(hand):
    hand.stored()
    return sum(row.kind == "proposal" for row in hand.desktop.session.snapshot.features)


class TestCorridor:
    def test_it_is_drawn_measured_named_widened_and_undone(self, drawing_hand, qtbot):
        hand = drawing_hand
        hand.take("draw.corridor")
        hand.click(-24, 0, FREE)
        hand.click(0, -3, FREE)
        hand.move(10, 0)
        hand.settle()
        measures = hand.drawing._panel.measures
        assert dict(measures.whole.rows)["Length"].endswith("km")
        assert {row[0] for row in measures.countries.rows} <= {
            "China",
            "Russian Federation",
            "Dem. People's Rep. of Korea",
            "Democratic People's Republic of Korea",
        }
        assert {row[0] for row in measures.sites.rows} == {"West Park", "East Park"}
        hand.double_click(10, 0)
        drawn = hand.stored()["Drawing 1"]
        assert hand.drawing.proposal.key == drawn.key
        assert hand.drawing._panel.page == "proposal"
        name = hand.find(QLineEdit, "proposal_name_en")
        assert name.text() == "Drawing 1"
        name.setFocus()
        name.selectAll()
        qtbot.keyClicks(name, "Tiger way")
        qtbot.keyClick(name, Qt.Key.Key_Return)
        assert "Tiger way" in hand.stored()
        before = hand.stored()["Tiger way"].geometry.area
        width = hand.find(QSpinBox, "proposal_width")
        assert width.value() == 2000
        width.setValue(6000)
        widened = hand.stored()["Tiger way"].geometry.area
        assert widened > 2.5 * before
        changes = hand.drawing._panel.form.history.changes
        assert len(changes) == 3
        assert changes[0].author
        hand.desktop.session.undo()
        assert hand.stored()["Tiger way"].geometry.area == pytest.approx(before)
        assert width.value() == 2000

    def test_typed_points_and_width(self, drawing_hand, qtbot):
        hand = drawing_hand
        hand.take("draw.corridor")
        hand.find(QSpinBox, "drawing_width").setValue(3000)
        entry = hand.find(QLineEdit, "drawing_entry")
        qtbot.keyClicks(entry, "10 km 90°")
        qtbot.keyClick(entry, Qt.Key.Key_Return)
        assert "point to begin at" in _text(hand, "drawing_problem")
        entry.clear()
        qtbot.keyClicks(entry, "42.9, 130.8")
        qtbot.keyClick(entry, Qt.Key.Key_Return)
        assert _text(hand, "drawing_problem") == ""
        qtbot.keyClicks(entry, "10 km 90°")
        qtbot.keyClick(entry, Qt.Key.Key_Return)
        sketch = hand.drawing.tools.corridor.sketch
        assert len(sketch.points) == 2
        assert sketch.points[1][0] - sketch.points[0][0] == pytest.approx(10_000, rel=0.01)
        qtbot.keyClicks(entry, "5 km 90")  # few keyboards have the sign of degrees
        qtbot.keyClick(entry, Qt.Key.Key_Return)
        assert len(hand.drawing.tools.corridor.sketch.points) == 3
        hand.canvas.setFocus()
        for _ in range(3):
            hand.key(Qt.Key.Key_Z, CONTROL)
        assert hand.drawing.tools.corridor.sketch.points == ()
        for _ in range(2):
            hand.key(Qt.Key.Key_Y, CONTROL)
        assert len(hand.drawing.tools.corridor.sketch.points) == 2
        qtbot.keyClick(entry, Qt.Key.Key_Return)  # nothing typed: it is finished
        area = hand.stored()["Drawing 1"].geometry.area
        assert area == pytest.approx(10_000 * 3000 + 3.14 * 1500**2, rel=0.02)

    def test_between_two_sites_by_the_cheapest_way(self, drawing_hand):
        hand = drawing_hand
        hand.take("draw.pair")
        hand.settle()
        assert hand.find(QComboBox, "drawing_species").count() >= 1
        hand.click(-25, 0)
        hand.settle()
        hand.move(0, 2)
        assert len(hand.drawing.tools.pair.line) > 1
        hand.click(10, 0)
        drawn = hand.stored()["West Park – East Park"]
        assert drawn.geometry.area > 0
        assert hand.drawing._panel.form.form.centreline


class TestArea:
    def test_one_that_crosses_itself_is_offered_a_repair(self, drawing_hand):
        hand = drawing_hand
        hand.take("draw.area")
        for place in ((-20, -20), (0, -10), (0, -20), (-20, -10)):
            hand.click(*place, FREE)
        hand.key(Qt.Key.Key_Return)
        assert hand.drawing.bar.offering
        assert "cross" in _text(hand, "drawing_offer")
        hand.settle()
        assert hand.drawing._panel.measures.measures.land_km2 > 0  # of the repair
        hand.find(QPushButton, "drawing_offer_decline").click()
        assert hand.canvas.tool is hand.drawing.tools.area
        assert len(hand.drawing.tools.area.sketch.points) == 4
        hand.key(Qt.Key.Key_Return)
        hand.find(QPushButton, "drawing_offer_take").click()
        assert hand.stored()["Drawing 1"].geometry.is_valid

    def test_one_outside_the_region_is_refused_and_stays_in_the_hand(self, drawing_hand):
        hand = drawing_hand
        hand.canvas.zoom(0.05)
        hand.take("draw.area")
        for place in ((500, 0), (600, 0), (600, 100)):
            hand.click(*place, FREE)
        hand.key(Qt.Key.Key_Return)
        assert "Drawing 1" not in hand.stored()
        assert "region" in _text(hand, "drawing_problem")
        assert len(hand.drawing.tools.area.sketch.points) == 3

    def test_a_stroke_is_stored(self, drawing_hand):
        hand = drawing_hand
        hand.take("draw.freehand")
        hand.drag((-20, -20), (-10, -24), (0, -20), (2, -12), (-8, -8), (-18, -12))
        assert hand.stored()["Drawing 1"].geometry.area > 1e8

    def test_sites_are_joined(self, drawing_hand):
        hand = drawing_hand
        hand.take("draw.join")
        hand.click(-25, 0)
        hand.click(10, 0)
        hand.key(Qt.Key.Key_Return)
        assert "West Park – East Park" in hand.stored()

    def test_without_planning_units_that_is_told(self, drawing_hand):
        drawing_hand.take("draw.units")
        assert "planning units" in _text(drawing_hand, "drawing_problem")


class TestShape:
    @pytest.fixture
    def first(self, drawing_hand):
        """First area: 20 by 15 km, its lower left corner at (-30, 10)."""
        drawing_hand.select("drawn-first")
        return drawing_hand

    def _area(self, hand, name="First area"):
        return hand.stored()[name].geometry.area / 1e6

    def test_a_corner_is_moved_and_brought_back_by_undo(self, first):
        first.take("shape.corners")
        first.settle()
        first.drag((-10, 25), (-8, 26), (0, 30))
        assert self._area(first) > 320
        first.desktop.session.undo()
        assert self._area(first) == pytest.approx(300)
        shape = first.drawing.tools.corners.shape
        assert shape.area / 1e6 == pytest.approx(300)

    def test_it_is_split_and_merged_again(self, first):
        first.take("shape.split")
        first.click(-20, 5, FREE)
        first.click(-20, 30, FREE)
        first.key(Qt.Key.Key_Return)
        parts = [row for name, row in first.stored().items() if name.startswith("First area")]
        assert sum(row.geometry.area for row in parts) / 1e6 == pytest.approx(300)
        assert len(parts) == 2
        first.take("shape.merge")
        for place in ((-25, 15), (-15, 15)):
            x, y = (first.middle[n] + 1000 * place[n] for n in range(2))
            there = first.drawing.finders.proposal(x, y, 0.0)
            if there.key not in {thing.key for thing in first.drawing.tools.merge.things}:
                first.click(*place)
        first.key(Qt.Key.Key_Return)
        assert self._area(first, next(iter(first.stored()))) == pytest.approx(300)

    def test_a_hole_is_cut_and_filled(self, first):
        first.take("shape.hole")
        for place in ((-25, 13), (-20, 13), (-20, 18)):
            first.click(*place, FREE)
        first.key(Qt.Key.Key_Return)
        assert self._area(first) == pytest.approx(287.5, abs=2)
        first.take("shape.fill")
        first.click(-21, 14)
        assert self._area(first) == pytest.approx(300)

    def test_it_is_reshaped_grown_and_simplified(self, first):
        first.take("shape.reshape")
        for place in ((-10.2, 12), (-5, 17), (-10.2, 22)):
            first.click(*place, FREE)
        first.key(Qt.Key.Key_Return)
        grown = self._area(first)
        assert grown > 310
        first.find(QToolButton, "proposal_grow").click()
        assert self._area(first) > grown + 50
        first.find(QToolButton, "proposal_shrink").click()
        first.find(QToolButton, "proposal_simplify").click()
        assert self._area(first) == pytest.approx(grown, rel=0.1)

    def test_the_form_keeps_what_is_filled_in(self, first, tmp_path, qtbot):
        status = first.find(QComboBox, "proposal_status")
        status.setCurrentIndex(status.findData("tabled"))
        status.activated.emit(status.currentIndex())
        notes = first.find(QPlainTextEdit, "proposal_notes")
        notes.setPlainText("Spoken of in May.")
        notes.flush()
        name = first.find(QLineEdit, "proposal_name_ru")
        name.setText("Первая")  # QTest types Latin letters only
        qtbot.keyClick(name, Qt.Key.Key_Return)
        memo = tmp_path / "memo.txt"
        memo.write_text("signed")
        first.drawing.proposal._attach("drawn-first", str(memo))
        first.stored()
        form = first.drawing._panel.form.form
        assert (form.status, form.notes) == ("tabled", "Spoken of in May.")
        assert form.names["ru"] == "Первая"
        assert [item.file for item in form.attachments] == ["memo.txt"]
        assert len(first.drawing._panel.form.history.changes) == 5
        first.find(QToolButton, "remove_attachment").click()
        first.stored()
        assert first.drawing._panel.form.form.attachments == ()

    def test_it_is_agreed_only_with_a_delegation(self, first, qtbot):
        status = first.find(QComboBox, "proposal_status")
        status.setCurrentIndex(status.findData("agreed"))
        status.activated.emit(status.currentIndex())
        needed = first.find(QLabel, "proposal_consent_needed")
        assert not needed.isHidden()
        first.stored()
        assert first.drawing._panel.form.form.status == "draft"
        consent = first.find(QCheckBox, "proposal_agreed_CHN")
        qtbot.keyClick(consent, Qt.Key.Key_Space)
        first.stored()
        form = first.drawing._panel.form.form
        assert (form.status, form.agreed_by) == ("agreed", ("CHN",))
        assert needed.isHidden()
        qtbot.keyClick(consent, Qt.Key.Key_Space)
        first.stored()
        assert first.drawing._panel.form.form.agreed_by == ("CHN",)
        assert "delegation" in _text(first, "proposal_problem")
        assert consent.isChecked()

    def test_an_empty_name_is_refused(self, first, qtbot):
        name = first.find(QLineEdit, "proposal_name_en")
        name.setFocus()
        name.selectAll()
        qtbot.keyClick(name, Qt.Key.Key_Delete)
        qtbot.keyClick(name, Qt.Key.Key_Return)
        assert "First area" in first.stored()
        assert "name" in _text(first, "proposal_problem")
        assert name.text() == "First area"


class TestCopies:
    def test_copied_pasted_duplicated_and_removed(self, drawing_hand):
        hand = drawing_hand
        hand.select("drawn-first")
        hand.key(Qt.Key.Key_C, CONTROL)
        hand.settle()
        assert json.loads(_clipboard().text())["proposals"]
        hand.key(Qt.Key.Key_V, CONTROL)
        assert _count(hand) == 2
        hand.take("proposal.duplicate")
        assert _count(hand) == 3
        hand.take("proposal.remove")
        assert _count(hand) == 2
        hand.desktop.session.undo()
        assert _count(hand) == 3

    def test_several_are_copied_duplicated_merged_and_removed_together(self, drawing_hand):
        hand = drawing_hand
        listed = hand.desktop.parts.panels.proposals.list
        hand.select("drawn-first")
        hand.take("proposal.duplicate")
        assert _count(hand) == 2
        listed.selectAll()
        assert len(hand.desktop.map.picked.keys("proposal")) == 2
        assert _text(hand, "proposal_title") == "2 proposals"
        hand.desktop.desk.select(Selection("proposal", "drawn-first"))
        assert hand.drawing.proposal.keys == ("drawn-first",)
        assert listed.chosen == "drawn-first"
        listed.selectAll()
        hand.take("proposal.copy")
        hand.settle()
        assert len(json.loads(_clipboard().text())["proposals"]) == 2
        hand.take("proposal.duplicate")
        assert _count(hand) == 4
        assert len(hand.drawing.proposal.keys) == 2
        assert len(listed.selectionModel().selectedIndexes()) == 2
        hand.qtbot.keyClick(listed, Qt.Key.Key_Delete)
        assert _count(hand) == 2
        hand.desktop.session.undo()
        assert _count(hand) == 4
        listed.selectAll()
        hand.take("shape.merge")
        assert len(hand.drawing.tools.merge.things) == 4
        hand.key(Qt.Key.Key_Return)
        assert _count(hand) == 1
        assert len(hand.drawing.proposal.keys) == 1

    def test_delete_on_the_map_removes_what_is_selected(self, drawing_hand):
        hand = drawing_hand
        hand.select("drawn-first")
        hand.take("draw.area")
        hand.click(-20, -20, FREE)
        hand.key(Qt.Key.Key_Delete)  # the last point of the drawing, not the proposal
        assert _count(hand) == 1
        hand.key(Qt.Key.Key_Escape)
        hand.canvas.setFocus()
        hand.key(Qt.Key.Key_Delete)
        assert _count(hand) == 0

    def test_what_cannot_be_pasted_is_told_with_a_remedy(self, drawing_hand):
        hand = drawing_hand
        _clipboard().setText("no shape at all")
        hand.key(Qt.Key.Key_V, CONTROL)
        hand.settle()
        assert _text(hand, "drawing_problem")
        _clipboard().setText(
            "POLYGON((130.6 42.8, 130.9 42.9, 130.9 42.8, 130.6 42.9, 130.6 42.8))"
        )
        hand.key(Qt.Key.Key_V, CONTROL)
        hand.settle()
        assert hand.drawing.bar.offering
        hand.find(QPushButton, "drawing_offer_take").click()
        assert len(hand.stored()) == 2

    def test_a_paste_of_too_many_vertices_is_offered_simplified(self, drawing_hand):
        hand = drawing_hand
        west = 130.6
        edge = ", ".join(f"{west + n * 3e-6:.6f} 42.9{n % 2}" for n in range(110_000))
        _clipboard().setText(f"POLYGON(({edge}, 130.8 42.7, {west} 42.7, {west:.6f} 42.90))")
        hand.key(Qt.Key.Key_V, CONTROL)
        hand.settle()
        assert hand.drawing.bar.offering
        assert "110\N{NARROW NO-BREAK SPACE}0" in _text(hand, "drawing_offer")
        hand.find(QPushButton, "drawing_offer_decline").click()
        assert len(hand.stored()) == 1


def test_an_unfinished_drawing_is_put_aside_and_taken_up(drawing_hand):
    hand = drawing_hand
    hand.take("draw.area")
    hand.click(-20, -20, FREE)
    hand.click(0, -20, FREE)
    hand.key(Qt.Key.Key_Escape)
    assert hand.drawing.tools.area.sketch.points == ()
    hand.take("draw.take_up")
    assert len(hand.drawing.tools.area.sketch.points) == 2


def test_an_unfinished_drawing_is_offered_again_by_the_next_window(
    drawing_hand, make_desktop, qtbot
):
    hand = drawing_hand
    hand.take("draw.corridor")
    hand.click(-20, -20, FREE)
    hand.click(0, -20, FREE)
    path = hand.desktop.session.snapshot.path
    hand.desktop.window.close()
    again = make_desktop()
    with qtbot.waitSignal(again.session.opened, timeout=60_000):
        again.start(OpenProject(path))
    again.parts.map_area.show_map()
    qtbot.waitUntil(lambda: again.drawing.bar.offering, timeout=20_000)
    again.window.findChild(QPushButton, "drawing_offer_take").click()
    sketch = again.drawing.tools.corridor.sketch
    assert len(sketch.points) == 2
    assert again.parts.map_area.canvas.tool is again.drawing.tools.corridor


class TestClosing:
    """Nothing that was typed or drawn is lost when the window closes at once."""

    def _close(self, hand):
        path = hand.desktop.session.snapshot.path
        hand.desktop.window.close()
        project = Project.open(path, read_only=True)
        with project:
            return {row["name"]: row for row in project.records("proposals")}

    def test_text_that_was_just_typed_is_stored(self, drawing_hand, qtbot):
        hand = drawing_hand
        hand.select("drawn-first")
        hand.drawing.proposal.open_form()
        notes = hand.find(QPlainTextEdit, "proposal_notes")
        qtbot.keyClicks(notes, "Spoken of in May")
        qtbot.keyClicks(hand.find(QLineEdit, "proposal_lead"), "The secretariat")
        row = self._close(hand)["First area"]
        assert row["notes"] == "Spoken of in May"
        assert row["lead"] == "The secretariat"

    def test_a_drawing_that_was_just_finished_is_stored_and_not_offered_again(
        self, drawing_hand
    ):
        hand = drawing_hand
        hand.take("draw.area")
        for place in ((-20, -20), (0, -20), (0, -10)):
            hand.click(*place, FREE)
        hand.key(Qt.Key.Key_Return)
        path = hand.desktop.session.snapshot.path
        assert "Drawing 1" in self._close(hand)
        assert load_draft(path) is None

    def test_what_waits_behind_long_work_is_stored_too(self, drawing_hand, qtbot, monkeypatch):
        monkeypatch.setattr(session_module, "_EDITS_HAVE_S", 0.1)
        hand = drawing_hand
        hand.select("drawn-first")
        started = threading.Event()

        def long_work(_bench, control):
            started.set()
            while not control.cancelled:
                time.sleep(0.01)
            control.report(0.5)

        hand.desktop.session.change("Work long", long_work)
        qtbot.waitUntil(started.is_set)
        qtbot.keyClicks(hand.find(QLineEdit, "proposal_lead"), "Late")
        assert self._close(hand)["First area"]["lead"] == "Late"

    def test_text_is_stored_before_another_project_is_opened(
        self, drawing_hand, qtbot, drawn_template, tmp_path
    ):
        hand = drawing_hand
        first = hand.desktop.session.snapshot.path
        other = Path(shutil.copytree(drawn_template[0], tmp_path / "other.landbridge"))
        hand.select("drawn-first")
        qtbot.keyClicks(hand.find(QLineEdit, "proposal_lead"), "Kept")
        with qtbot.waitSignal(hand.desktop.session.opened, timeout=20_000):
            hand.desktop.session.open(OpenProject(other))
        hand.settle()
        for path, lead in ((first, "Kept"), (other, None)):
            with Project.open(path, read_only=True) as project:
                (row,) = project.records("proposals")
                assert row["lead"] == lead

    def test_a_drawing_in_the_hand_waits_in_the_project_that_is_left(
        self, drawing_hand, qtbot, drawn_template, tmp_path
    ):
        hand = drawing_hand
        first = hand.desktop.session.snapshot.path
        other = Path(shutil.copytree(drawn_template[0], tmp_path / "other.landbridge"))
        hand.take("draw.area")
        hand.click(-20, -20, FREE)
        hand.click(0, -20, FREE)
        with qtbot.waitSignal(hand.desktop.session.opened, timeout=20_000):
            hand.desktop.session.open(OpenProject(other))
        hand.settle()
        hand.desktop.window.close()
        assert len(load_draft(first).points) == 2
        assert load_draft(other) is None

    def test_where_the_folder_has_vanished_the_drawing_stays_in_the_hand(self, drawing_hand):
        hand = drawing_hand
        shutil.rmtree(hand.desktop.session.snapshot.path)
        hand.take("draw.area")
        for place in ((-20, -20), (0, -20), (0, -10)):
            hand.click(*place, FREE)
        hand.key(Qt.Key.Key_Return)
        hand.settle()
        assert "Bring back the drive" in _text(hand, "drawing_problem")
        assert hand.canvas.tool is hand.drawing.tools.area
        assert len(hand.drawing.tools.area.sketch.points) == 3
        hand.settle()

    def test_a_window_whose_folder_was_moved_closes_and_tells(
        self, drawing_hand, tmp_path, capsys
    ):
        path = drawing_hand.desktop.session.snapshot.path
        drawing_hand.select("drawn-first")
        drawing_hand.take("proposal.duplicate")
        drawing_hand.settle()
        shutil.move(path, tmp_path / "elsewhere")
        drawing_hand.desktop.window.close()
        assert "is gone" in capsys.readouterr().err
