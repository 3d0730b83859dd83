"""Drawings that cross borders: one proposal with national parts, or one proposal of each."""

from __future__ import annotations

import json

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QPushButton, QToolButton
from shapely.geometry import MultiLineString, box

from planner.borders import choose_borders
from ui.drawing.borders_desk import BorderCuts
from ui.drawing.national_view import NationalView
from ui.preferences import Preferences, PreferenceStore

FREE = Qt.KeyboardModifier.ControlModifier


def _draw(hand):
    """Draw an area over the border between China and Russia, and out into the sea."""
    hand.take("draw.area")
    for place in ((-30, -8), (25, -8), (25, 8), (-30, 8)):
        hand.click(*place, FREE)
    hand.key(Qt.Key.Key_Return)
    return {name: row for name, row in hand.stored().items() if name.startswith("Drawing")}


def _parts(hand):
    return [row[0] for row in hand.find(NationalView, "proposal_national").table.rows]


@pytest.fixture
def across(drawing_hand):
    (drawn,) = _draw(drawing_hand).values()
    assert drawing_hand.drawing.proposal.key == drawn.key
    return drawing_hand


def test_it_stays_one_proposal_that_tells_its_parts(across):
    told = across.find(NationalView, "proposal_national").table.rows
    countries = [row[0] for row in told if not row[0].startswith("\N{EM SPACE}")]
    assert countries[0] == "China"
    assert "Russian Federation" in countries
    assert countries[-1] == "All"
    assert sum(row[0].startswith("\N{EM SPACE}") for row in told) == len(countries) - 1
    assert all(row[1] not in {"", "–"} for row in told)
    left_out = across.find(QLabel, "proposal_left_out")
    uncounted = across.drawing._panel.form.form.uncounted_km2
    assert left_out.isHidden() == (not uncounted)
    assert across.find(QPushButton, "proposal_all_parts").isHidden()


def test_the_border_is_drawn_where_it_is_cut_unless_the_map_shows_none(across):
    canvas = across.canvas
    overlay = canvas.overlay("borders")
    assert isinstance(overlay, BorderCuts)
    drawn = across.stored()["Drawing 1"].geometry
    assert drawn.buffer(1).covers(overlay.lines)
    assert overlay.lines.length > 1000
    session = across.desktop.session
    session.change("Borders", lambda bench, _: bench.project.execute(choose_borders("none")))
    across.settle()
    assert canvas.overlay("borders") is None
    session.undo()
    across.settle()
    assert canvas.overlay("borders") is not None


def test_cuts_of_what_was_removed_meanwhile_are_not_shown(across, monkeypatch):
    asked = []
    monkeypatch.setattr(across.desktop.session, "ask", lambda *wish: asked.append(wish))

    def told(lines):
        """Answer the oldest wish to know where borders cut."""
        labels = [wish[0] for wish in asked]
        asked.pop(labels.index("Read where borders cut proposals"))[2](lines)

    drawn = across.stored()["Drawing 1"]
    smaller = box(*drawn.geometry.bounds).buffer(-5_000)
    across.drawing.edits.reshape(drawn.key, smaller, pytest.fail)
    across.settle()
    across.drawing.edits.remove([drawn.key], pytest.fail)
    across.settle()
    before = across.canvas.overlay("borders").lines
    told(MultiLineString([[(0, 0), (1, 1)]]))
    assert across.canvas.overlay("borders").lines.equals(before), "it is of what is no more"
    told(MultiLineString())
    assert across.canvas.overlay("borders") is None


def test_the_border_is_shown_while_it_is_drawn(drawing_hand):
    hand = drawing_hand
    assert hand.canvas.overlay("borders") is None
    hand.take("draw.corridor")
    hand.click(-24, 0, FREE)
    hand.move(20, 0)
    hand.settle()
    assert hand.canvas.overlay("borders") is not None
    measures = hand.drawing._panel.measures
    assert any(row[0] == "\N{EM SPACE}China" for row in measures.habitat.rows)
    hand.move(15, 5)
    hand.key(Qt.Key.Key_Backspace)
    assert hand.canvas.overlay("borders") is None
    hand.settle()
    assert measures.measures is None  # what was under way is not told any more
    assert hand.canvas.overlay("borders") is None


def test_each_part_becomes_a_proposal_and_undo_makes_them_one(across):
    hand = across
    hand.find(QPushButton, "proposal_cut").click()
    parts = {name for name in hand.stored() if name.startswith("Drawing")}
    assert {"Drawing 1 (CHN)", "Drawing 1 (RUS)"} <= parts
    assert len(hand.drawing.proposal.keys) == len(parts)
    key = hand.stored()["Drawing 1 (CHN)"].key
    hand.select(key)
    assert "Drawing 1" in hand.find(QLabel, "proposal_across").text()
    assert _parts(hand)[-1] == "All"
    assert hand.find(QPushButton, "proposal_cut").isHidden()
    hand.find(QPushButton, "proposal_all_parts").click()
    assert set(hand.drawing.proposal.keys) == {hand.stored()[name].key for name in parts}
    hand.desktop.session.undo()
    assert {name for name in hand.stored() if name.startswith("Drawing")} == {"Drawing 1"}


def test_cut_when_finished_is_one_step_and_is_remembered(drawing_hand, tmp_path):
    hand = drawing_hand
    store = PreferenceStore(tmp_path / "preferences.json")
    hand.desktop.preferences = store
    said = []
    hand.drawing.said.connect(said.append)
    hand.take("draw.area")
    hand.find(QToolButton, "drawing_cut").click()
    assert store.values.cut_at_borders
    parts = _draw(hand)
    assert {"Drawing 1 (CHN)", "Drawing 1 (RUS)"} <= parts.keys()
    assert "Drawing 1" not in parts
    assert any(text.startswith("Cut at the borders into") for text in said)
    assert hand.drawing._panel.page == "proposal"
    hand.desktop.session.undo()
    assert not any(name.startswith("Drawing") for name in hand.stored())
    assert PreferenceStore(tmp_path / "preferences.json").values.cut_at_borders
    (tmp_path / "preferences.json").write_text(json.dumps({"cut_at_borders": "maybe"}))
    assert PreferenceStore(tmp_path / "preferences.json").values == Preferences()


def test_what_lies_in_one_country_has_no_parts_to_tell(drawing_hand):
    drawing_hand.select("drawn-first")
    drawing_hand.take("shape.corners")
    drawing_hand.settle()
    assert drawing_hand.find(NationalView, "proposal_national").isHidden()
