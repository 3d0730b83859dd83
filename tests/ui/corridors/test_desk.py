"""What the corridors panel asks is done to the project, and shown on the map."""

from __future__ import annotations

import threading

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QPushButton

from planner.corridors.curve import ResistanceCurve
from planner.project import AddFeatures, Project, SetSetting
from resources.errors import PlannerError
from ui.corridors import work
from ui.map.overlay import AddedLand, PlaceMark
from ui.snapshot import Selection
from ui.start.choice import OpenProject
from ui.theme import load_theme

pytestmark = pytest.mark.usefixtures("models_in_thread")

LEOPARD = "amur-leopard"
CORRIDOR = Selection("corridor", f"a:b|{LEOPARD}")


def _corridor(make_profile):
    profile = make_profile()
    stored = {
        "distance_m": list(profile.distance_m),
        "width_m": list(profile.width_m),
        "x": [600_000.0 + x for x in profile.x],
        "y": [4_700_000.0 for _ in profile.y],
    }
    return {
        "corridor_id": "a:b",
        "scenario": "plan",
        "species": LEOPARD,
        "name": "A to B",
        "kind": "path",
        "attributes": {"profile": stored},
    }


@pytest.fixture
def desktop(without_qgis, make_desktop, project_path, qtbot, make_profile):
    with Project.open(project_path) as project:
        project.execute(SetSetting("species", [LEOPARD]))
        project.execute(AddFeatures("corridors", [_corridor(make_profile)]))
    made = make_desktop()
    with qtbot.waitSignal(made.session.opened, timeout=20_000):
        made.start(OpenProject(project_path))
    made.window.open_panel("corridors")
    qtbot.waitUntil(lambda: made.background.settled, timeout=20_000)
    return made


@pytest.fixture
def panel(desktop):
    return desktop.parts.panels.corridors


def _text(panel, name):
    return panel.findChild(QLabel, name).text()


def test_found_corridors_are_listed_and_told(desktop, panel, qtbot, monkeypatch):
    def find(species, bench, control):
        control.say("Cores")
        row = {
            "corridor_id": "n:m",
            "scenario": "plan",
            "species": species,
            "name": "New",
            "kind": "path",
        }
        bench.project.execute(AddFeatures("corridors", [row]))
        return "Amur leopard: 2 corridors over borders."

    monkeypatch.setattr(work, "find_corridors", find)
    with qtbot.waitSignal(desktop.session.changed):
        panel.find_button.click()
    assert panel.list.model().rowCount() == 2
    assert "2 corridors" in desktop.window.findChild(QLabel, "strip_notice").text()
    qtbot.waitUntil(panel.find_button.isEnabled)


def test_a_search_is_cancelled_from_the_panel(desktop, panel, qtbot, monkeypatch):
    begun = threading.Event()

    def find(_species, _bench, control):
        begun.set()
        while True:
            control.report(0.3)
            threading.Event().wait(0.005)

    monkeypatch.setattr(work, "find_corridors", find)
    panel.find_button.click()
    qtbot.waitUntil(begun.is_set)
    qtbot.waitUntil(panel._progress.isVisible)
    assert not panel.find_button.isEnabled()
    panel._progress.cancel.click()
    qtbot.waitUntil(panel.find_button.isEnabled)
    assert not panel._progress.isVisible()


def test_a_search_that_fails_says_why_beside_its_button(desktop, panel, qtbot, monkeypatch):
    def find(*_):
        raise PlannerError("The region is unknown. Make a new project.")

    monkeypatch.setattr(work, "find_corridors", find)
    panel.find_button.click()
    problem = panel.findChild(QLabel, "corridors_problem")
    qtbot.waitUntil(problem.isVisible)
    assert problem.text() == "The region is unknown. Make a new project."
    qtbot.waitUntil(panel.find_button.isEnabled)


def test_pinch_points_are_found_and_their_layer_is_shown(desktop, panel, qtbot, monkeypatch):
    def find(species, bench, _control):
        raster = bench.project.raster_path(f"current_{species}")
        raster.parent.mkdir(exist_ok=True)
        for name in (f"current_{species}", f"suitability_{species}"):
            bench.project.raster_path(name).write_bytes(b"")
        return "Pinch points and barriers are found."

    monkeypatch.setattr(work, "find_pinch_points", find)
    desktop.desk.select(CORRIDOR)
    panel.tabs.setCurrentWidget(panel.flow_page)
    with qtbot.waitSignals([desktop.session.changed, desktop.corridors.layer_wanted]):
        panel.flow_page.find_button.click()
    layers = desktop.parts.panels.layers
    qtbot.waitUntil(lambda: f"current_{LEOPARD}" in layers.visible_ids)


def test_a_place_of_the_list_is_marked_in_the_middle_of_the_map(desktop, panel):
    panel.flow_page.place_chosen.emit(131.0, 43.0)
    canvas = desktop.parts.map_area.canvas
    x, y = canvas.overlay("place").place
    assert canvas.view.centre == (x, y)
    lon, lat = desktop.parts.map_area._measure.lonlat((x, y))
    assert (lon, lat) == (pytest.approx(131.0), pytest.approx(43.0))
    panel.tabs.setCurrentIndex(2)
    assert canvas.overlay("place") is None


def test_a_curve_is_stored_and_undone(desktop, panel, qtbot):
    panel.open_setup()
    with qtbot.waitSignal(desktop.session.changed):
        panel.setup.resistance.kind.choose("points")
    section = panel.setup.resistance
    assert section.plot.points is not None
    assert desktop.session.snapshot.undo_label == "Change resistance of Amur leopard"
    section.plot.setFocus()
    qtbot.keyClick(section.plot, Qt.Key.Key_Home)
    qtbot.keyClick(section.plot, Qt.Key.Key_Up)
    with qtbot.waitSignal(desktop.session.changed):
        section.plot.settle()
    assert section.plot.points.pairs[0] == (0.0, 510.0)
    for _ in range(2):
        with qtbot.waitSignal(desktop.session.changed):
            desktop.session.undo()
    assert section.kind.value == "exponential"


def test_a_curve_that_cannot_be_stored_is_said(desktop, panel, qtbot, monkeypatch):
    def fail(*_):
        raise PlannerError("The disk is full.")

    monkeypatch.setattr(work, "change_curve", fail)
    panel.open_setup()
    panel.setup.resistance.curve_changed.emit(LEOPARD, ResistanceCurve())
    panel.close_setup()
    problem = panel.findChild(QLabel, "corridors_problem")
    qtbot.waitUntil(problem.isVisible)
    assert problem.text() == "The disk is full."


def test_the_plot_and_the_map_point_at_each_other(desktop, panel, qtbot):
    desktop.desk.select(CORRIDOR)
    canvas, plot = desktop.parts.map_area.canvas, panel.width_page.plot
    qtbot.waitUntil(plot.isVisible)
    qtbot.mouseMove(plot, plot.place(6.0, 500.0).toPoint())
    mark = canvas.overlay("place")
    assert isinstance(mark, PlaceMark)
    assert mark.place == (606_000.0, 4_700_000.0)
    assert _text(panel, "width_told").startswith("At 6.0 km, 700 m wide")
    before = canvas.view.resolution
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=plot.place(6.0, 500.0).toPoint())
    assert canvas.view.centre == (606_000.0, 4_700_000.0)
    assert canvas.view.resolution == before
    canvas.pointer_moved.emit((608_000.0, 4_700_000.0))
    assert plot.at == 4
    canvas.pointer_moved.emit((608_000.0, 4_900_000.0))
    assert canvas.overlay("place") is None
    assert _text(panel, "width_told").startswith("Point at it")


def test_land_leaves_the_map_with_its_panel_but_not_when_all_are_folded(
    desktop, panel, qtbot, make_result
):
    desktop.desk.select(CORRIDOR)
    panel.tabs.setCurrentWidget(panel.widening)
    assert panel.is_widening
    desktop.window.toggle_panels()
    assert panel.is_widening
    desktop.window.toggle_panels()
    canvas = desktop.parts.map_area.canvas
    canvas.set_overlay("land", AddedLand(next(iter(make_result().added_by_country.values()))))
    with qtbot.waitSignal(panel.page_changed):
        desktop.window.open_panel("sites")
    assert not panel.is_widening
    assert canvas.overlay("land") is None
    with qtbot.waitSignal(panel.page_changed):
        desktop.window.open_panel("corridors")
    assert panel.is_widening


def test_the_panel_opens_the_run_behind_the_cores(desktop, panel, qtbot):
    panel.open_setup()
    panel.run_requested.emit("gone")
    assert "gone" in desktop.window.findChild(QLabel, "strip_notice").text()


def test_everything_is_seen_in_the_smallest_window(desktop, panel, qtbot):
    desktop.window.resize(1100, 700)
    desktop.desk.select(CORRIDOR)
    qtbot.waitUntil(lambda: desktop.window.width() == 1100)
    qtbot.waitUntil(lambda: desktop.parts.map_area.width() >= 320)
    pages = (
        lambda: panel.tabs.setCurrentIndex(0),
        lambda: panel.tabs.setCurrentIndex(1),
        panel.open_setup,
    )
    for show in pages:
        show()
        for button in panel.findChildren(QPushButton):
            if button.isVisible() and not button.visibleRegion().isEmpty():
                assert button.width() >= button.minimumSizeHint().width(), button.objectName()
        assert panel.width() >= panel.minimumSizeHint().width()


def test_every_control_has_a_name_for_those_who_hear_it(desktop, panel):
    desktop.desk.select(CORRIDOR)
    named = (
        panel.species, panel.list, panel.tabs, panel.width_page.plot,
        panel.widening.width_choice.slider, panel.widening.width_choice.field,
        panel.widening.shares, panel.widening.variants, panel.widening.name,
        panel.setup.resistance.kind, panel.setup.resistance.plot,
        panel.setup.resistance.layer, panel.setup.resistance.classes,
    )  # fmt: skip
    assert all(widget.accessibleName() for widget in named)


def test_another_theme_reaches_the_plots(desktop, panel):
    theme = load_theme("dark")
    desktop.desk.set_theme(theme)
    assert panel.width_page.plot.theme is theme
    assert panel.setup.resistance.plot.theme is theme


def test_a_proposal_is_opened_among_the_proposals(
    desktop, panel, qtbot, make_result, monkeypatch
):
    desktop.desk.select(CORRIDOR)
    monkeypatch.setattr(panel.widening, "_result", make_result())
    panel.widening.proposal_wanted.emit("Wide way")
    qtbot.waitUntil(lambda: desktop.window.open_panel_name == "proposals")
    row = desktop.session.snapshot.feature(desktop.desk.selection)
    assert (row.kind, row.title) == ("proposal", "Wide way")
    assert row.detail.startswith("Draft")
