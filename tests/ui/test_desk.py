"""What the window does on a selection, on a project with a corridor; without QGIS."""

from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QLabel, QPushButton
from shapely.geometry import box

from planner.project import (
    AddFeatures,
    Project,
    RunRecord,
    SetSetting,
    StoreIndicators,
)
from ui.snapshot import Selection
from ui.start.choice import OpenProject

CORRIDOR = Selection("corridor", "a:b|amur-leopard")


@pytest.fixture
def planned(without_qgis, make_desktop, project_path, qtbot):
    """A window on a project with the suitability of two species, a corridor and its run."""
    with Project.open(project_path) as project:
        project.execute(SetSetting("species", ["amur-tiger", "amur-leopard"]))
        for species in ("amur-tiger", "amur-leopard"):
            raster = project.raster_path(f"suitability_{species}")
            raster.parent.mkdir(exist_ok=True)
            raster.write_bytes(b"")
        run = RunRecord(
            "r1", "corridors:amur-leopard", "h", {}, 1, {}, "2026-01-01T00:00:00", 2.0, {}
        )
        project.add_run(run)
        corridor = {
            "corridor_id": "a:b",
            "scenario": "plan",
            "species": "amur-leopard",
            "name": "A to B",
            "kind": "swath",
            "countries": ["CHN", "RUS"],
            "run_id": "r1",
            "geometry": box(600_000, 4_700_000, 620_000, 4_705_000),
        }
        project.execute(AddFeatures("corridors", [corridor]))
        value = {
            "indicator": "land in sites",
            "unit": "%",
            "value": 12.0,
            "stage": "before",
            "country": "ALL",
        }
        project.execute(StoreIndicators("plan", [value], "r1"))
    made = make_desktop()
    with qtbot.waitSignal(made.session.opened, timeout=20_000):
        made.start(OpenProject(project_path))
    qtbot.waitUntil(lambda: made.background.settled, timeout=20_000)
    return made


def _habitat(desktop):
    shown = desktop.parts.panels.layers.visible_ids
    return [name for name in shown if name.startswith("suitability_")]


def test_a_corridor_shows_the_habitat_of_its_species_until_it_is_left(planned):
    layers = planned.parts.panels.layers
    layers.switch("suitability_amur-tiger", on=True)
    layers.switch("suitability_amur-leopard", on=False)
    planned.desk.select(CORRIDOR)
    assert _habitat(planned) == ["suitability_amur-leopard"]
    planned.desk.select(Selection("site", "own"))
    assert _habitat(planned) == ["suitability_amur-tiger"]


def test_the_run_of_a_corridor_is_opened_and_left_again(planned):
    planned.desk.select(CORRIDOR)
    planned.window.findChild(QPushButton, "inspector_run").click()
    assert planned.parts.inspector.record.kind == "Run"
    assert planned.parts.inspector.record.title == "Corridors, Amur leopard"
    assert planned.desk.selection == CORRIDOR
    planned.window.findChild(QPushButton, "inspector_back").click()
    assert planned.parts.inspector.record.title == "A to B"


def test_a_run_that_is_not_recorded_is_said_to_be(planned):
    planned.desk.show_run("gone")
    assert "gone" in planned.window.findChild(QLabel, "strip_notice").text()


def test_indicators_are_listed_and_lead_to_their_run(planned):
    planned.window.open_panel("indicators")
    link = planned.window.findChild(QPushButton, "indicators_run")
    assert link.isVisible()
    link.click()
    assert planned.parts.inspector.record.kind == "Run"


def test_a_chosen_pair_selects_its_first_site_and_shows_the_ground_of_both(planned):
    canvas = planned.parts.map_area.canvas
    canvas.show_extent((0.0, 0.0, 1000.0, 1000.0))
    planned.parts.panels.sites.pair_chosen.emit("hunchun-national-nature-reserve", "own")
    assert planned.desk.selection == Selection("site", "hunchun-national-nature-reserve")
    west, south, east, north = canvas.view.extent
    assert west < 580_000
    assert east > 620_000
    assert south < 4_720_000
    assert north > 4_760_000
