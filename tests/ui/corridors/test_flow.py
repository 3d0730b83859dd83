"""Pinch points and barriers: read from the project, listed, and seen on the map."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt6.QtWidgets import QLabel

from planner.project import AddFeatures, Project, RunRecord, table_output
from ui.corridors.flow_page import FlowPage
from ui.corridors.flow_state import FlowPlace, FlowState, flow_state

LEOPARD = "amur-leopard"
PINCH = (
    "corridor_id,corridor,country,lon,lat,current_share,cells_across,resistance_ohm\n"
    "a:b,A to B,CHN,131.1,43.2,0.62,1.5,3.0\n"
    "c:d,C to D,,131.2,43.3,0.5,2,3.0\n"
    "a:b,A to B,RUS,131.3,not a number,0.4,2,3.0\n"
)
BARRIERS = (
    "corridor_id,corridor,country,lon,lat,radius_m,score,saved_cost,saved_percent\n"
    "a:b,A to B,RUS,131.4,43.4,1000.0,0.5,90,12.5\n"
)
PLACES = (
    FlowPlace("pinch", "a:b", 131.1, 43.2, "CHN", 0.62),
    FlowPlace("barriers", "a:b", 131.4, 43.4, "RUS", 0.125, 1000.0),
)


def _run(run_id, step, **outputs):
    when = "2026-01-01T00:00:00+00:00"
    return RunRecord(run_id, step, "h", {}, 1, {}, when, 2.0, outputs, {})


@pytest.fixture
def project(project_path):
    with Project.open(project_path) as opened:
        opened.exports_path.mkdir(exist_ok=True)
        for name, text in (("pinch", PINCH), ("barriers", BARRIERS)):
            (opened.exports_path / f"{name}.csv").write_text(text, encoding="utf-8-sig")
        yield opened


def _found(run_id="1"):
    return (
        _run(f"p{run_id}", f"pinch:{LEOPARD}", **{"exports/pinch.csv": "x", "r.tif": "y"}),
        _run(f"b{run_id}", f"barriers:{LEOPARD}", **{"exports/barriers.csv": "x"}),
    )


def test_places_are_read_and_what_is_none_is_passed_over(project):
    state = flow_state(project, LEOPARD, _found())
    assert state.found
    assert state.of("a:b", "pinch") == PLACES[:1]
    assert state.of("a:b", "barriers") == PLACES[1:]
    assert state.of("c:d", "pinch")[0].iso3 == ""


def test_nothing_is_found_before_both_steps_have_run(project):
    assert flow_state(project, LEOPARD, _found()[:1]) == FlowState()
    assert flow_state(project, "amur-tiger", _found()) == FlowState()


def test_a_table_that_is_gone_or_damaged_is_no_crash(project):
    (project.exports_path / "pinch.csv").unlink()
    (project.exports_path / "barriers.csv").write_bytes(b"\xff\xfe\x00\x81")
    state = flow_state(project, LEOPARD, _found())
    assert state.found
    assert state.places == ()


def test_corridors_that_have_changed_make_them_out_of_date(project):
    table = table_output("corridors", scenario="plan", species=LEOPARD)
    (pinch, barriers), digest = _found(), project.output_hash(table)
    looked_at = replace(pinch, inputs={table: digest, "pack": "other"})
    assert not flow_state(project, LEOPARD, (looked_at, barriers)).out_of_date
    row = {"corridor_id": "a:b", "scenario": "plan", "species": LEOPARD, "kind": "path"}
    project.execute(AddFeatures("corridors", [row]))
    assert flow_state(project, LEOPARD, (looked_at, barriers)).out_of_date
    project.undo()
    assert not flow_state(project, LEOPARD, (looked_at, barriers)).out_of_date
    odd = replace(pinch, inputs={f"{table_output('corridors')}?nonsense": "x"})
    assert flow_state(project, LEOPARD, (odd, barriers)).out_of_date


@pytest.fixture
def page(shown):
    return shown(FlowPage(), 320, 500)


def _told(page):
    return page.findChild(QLabel, "flow_told")


def test_it_teaches_what_would_be_here(page, make_row, qtbot):
    assert _told(page).text().startswith("Select a corridor")
    page.show_corridor(make_row(), FlowState())
    assert "squeeze through little land" in _told(page).text()
    with qtbot.waitSignal(page.find_requested):
        page.find_button.click()


def test_places_of_the_corridor_are_listed_and_chosen(page, make_row, qtbot):
    page.show_corridor(make_row(), FlowState(found=True, places=PLACES))
    assert page.pinch.texts() == [["62 %", "China"]]
    barrier = ["12.5 %", "1\N{NARROW NO-BREAK SPACE}000 m", "Russian Federation"]
    assert page.barriers.texts() == [barrier]
    assert not _told(page).isVisible()
    assert not page.find_button.isVisible()
    with qtbot.waitSignal(page.place_chosen) as chosen:
        page.barriers.setCurrentIndex(page.barriers.model().index(0, 0))
    assert chosen.args == [131.4, 43.4]
    page.show_corridor(make_row(), FlowState(found=True, places=PLACES))
    assert page.barriers.currentIndex().row() == 0  # a refresh keeps what is chosen


def test_a_corridor_without_any_and_places_out_of_date_are_told(page, make_row):
    page.show_corridor(make_row("e:f"), FlowState(found=True, places=PLACES))
    assert _told(page).text().startswith("None was found")
    page.show_corridor(make_row(), FlowState(found=True, places=PLACES, out_of_date=True))
    assert page.findChild(QLabel, "flow_out_of_date").isVisible()
    assert page.find_button.isVisible()
