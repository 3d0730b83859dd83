from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QLabel, QPushButton

from planner.project import RunRecord
from ui.inspector.panel import Inspector
from ui.inspector.record import Fact, Record
from ui.inspector.run import run_record, step_title

HASH = "0123456789abcdef" * 4
RUN = RunRecord(
    run_id="r1",
    step="corridors:amur-tiger",
    inputs_hash=HASH,
    parameters={"swath_share": 0.5, "reach": {"amur-tiger": [60.0, 0.05]}},
    seed=7,
    versions={"numpy": "2.0.0"},
    started="2026-11-21T11:28:41+00:00",
    seconds=0.894,
    outputs={"table:corridors": HASH},
    inputs={"pack": HASH, "method": 2},
)


def test_a_run_tells_from_what_and_with_what_it_computed():
    record = run_record(RUN)
    facts = {fact.label: fact.value for fact in record.facts}
    assert record.title == "Corridors, Amur tiger"
    assert "r1" in record.subtitle
    assert facts["Started"] == "2026-11-21 11:28:41 UTC"
    assert facts["Took"] == "0.894 s"
    assert facts["Seed"] == "7"
    assert facts["Parameters"] == "swath_share: 0.5\nreach, amur-tiger: 60.0, 0.05"
    assert facts["Inputs"] == "pack: 0123456789ab…\nmethod: 2"
    assert facts["Versions"] == "numpy: 2.0.0"


def test_a_step_without_species_and_an_odd_moment_are_told_as_they_are():
    assert step_title("indicators") == "Indicators"
    odd = RunRecord("r", "sites", "", {}, None, {}, "yesterday", 1.0, {})
    facts = {fact.label: fact.value for fact in run_record(odd).facts}
    assert facts["Started"] == "yesterday"
    assert facts["Seed"].startswith("none")
    assert facts["Parameters"] == "none"


@pytest.fixture
def inspector(qtbot, theme):
    made = Inspector(theme)
    qtbot.addWidget(made)
    made.resize(300, 600)
    made.show()
    yield made
    made.close()


def test_the_run_of_a_record_is_a_link(inspector, qtbot):
    fact = Fact("From run", "r1", run_id="r1")
    inspector.show_record(Record("Corridor", "A to B", facts=(fact,)))
    link = inspector.findChild(QPushButton, "inspector_run")
    assert link.text() == "r1"
    with qtbot.waitSignal(inspector.run_requested) as told:
        link.click()
    assert told.args == ["r1"]


def test_one_comes_back_from_a_run_to_what_was_shown(inspector, qtbot):
    inspector.show_record(run_record(RUN), back_to="A to B")
    with qtbot.waitSignal(inspector.back_requested):
        inspector.findChild(QPushButton, "inspector_back").click()


def test_a_run_fits_a_narrow_inspector(inspector, qtbot):
    inspector.show_record(run_record(RUN))
    texts = [part.text() for part in inspector.findChildren(QLabel)]
    assert any("swath_share" in text for text in texts)
    content = inspector._scroll.widget()
    qtbot.waitUntil(lambda: content.width() > 0)
    assert content.minimumSizeHint().width() <= inspector._scroll.viewport().width()
