"""Widths are tried beside the window; stale results are dropped and the last wish counts."""

from __future__ import annotations

import threading

import pytest
from PyQt6.QtWidgets import QCheckBox, QLabel

from planner.corridors.result import WideningVariant
from planner.corridors.widening import WidthRange
from planner.project import AddFeatures, Project, RemoveFeatures, SetSetting
from resources.errors import PlannerError
from ui.corridors import work
from ui.corridors.desk import CorridorsDesk
from ui.map.overlay import AddedLand
from ui.session import Session
from ui.snapshot import Selection
from ui.start.choice import OpenProject

LEOPARD = "amur-leopard"
KEY = f"a:b|{LEOPARD}"


class FakeDesk:
    """Widens at once, or when it is let go on."""

    def __init__(self, make_result, refused):
        self.widths_m = WidthRange(500.0, 1000.0, 5000.0)
        self.asked = []
        self.read = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self._make, self._refused = make_result, refused

    def widened(self, corridor_id, width_m, control, *, prove):
        self.asked.append((corridor_id, width_m, prove))
        while not self.may_go_on.wait(0.005):
            control.report(0.1)
        if width_m > 4000:
            return self._refused(width_m, 4000.0)
        bound = {} if prove else {"lower_bound": None, "gap": None}
        return self._make(width_m, **bound)

    def variants(self, corridor_id, width_m, control):
        nothing = self._make(width_m, cost=0.0, area_km2=0.0)
        cheap = self._make(width_m, cost=1.0, area_km2=2.0)
        return tuple(
            WideningVariant(result, short, 500.0, 0.0)
            for result, short in ((nothing, 9e6), (cheap, 5e6), (self._make(width_m), 0.0))
        )


class Window:
    """The corridors panel on an open project, without the rest of the window."""

    def __init__(self, background, panel, map_area, path, qtbot):
        self.session = Session(background)
        self.panel = panel
        self.map_area = map_area
        self.desk = CorridorsDesk(self.session, background, self.panel, map_area)
        self.selected = ""
        for signal in (self.session.opened, self.session.changed):
            signal.connect(self._on_changed)
        with qtbot.waitSignal(self.session.opened, timeout=20_000):
            self.session.open(OpenProject(path))

    @property
    def page(self):
        return self.panel.widening

    @property
    def land(self):
        return self.map_area.canvas.overlay("land")

    def _on_changed(self, snapshot):
        self.panel.set_rows([row for row in snapshot.features if row.kind == "corridor"])
        self.panel.choose(self.selected)

    def select(self, key):
        self.selected = key
        self.panel.choose(key)


@pytest.fixture
def window(background, panel, map_area, project_path, qtbot):
    with Project.open(project_path) as project:
        project.execute(SetSetting("species", [LEOPARD, "amur-tiger"]))
        core = {"core_id": "t", "scenario": "plan", "species": "amur-tiger"}
        project.execute(AddFeatures("cores", [core]))
        rows = [
            {
                "corridor_id": corridor_id,
                "scenario": "plan",
                "species": LEOPARD,
                "name": name,
                "kind": "path",
            }
            for corridor_id, name in (("a:b", "A to B"), ("c:d", "C to D"))
        ]
        project.execute(AddFeatures("corridors", rows))
    made = Window(background, panel, map_area, project_path, qtbot)
    yield made
    made.desk.close()
    background.close()
    made.session.close()


@pytest.fixture
def fake(monkeypatch, make_result, refused):
    made = FakeDesk(make_result, refused)

    def open_widening(species, also, _bench, _control):
        made.read.append((species, also))
        return made

    monkeypatch.setattr(work, "open_widening", open_widening)
    yield made
    made.may_go_on.set()


@pytest.fixture
def page(window, fake, qtbot):
    """The widening page on a corridor, after the first width was tried and proven."""
    window.select(KEY)
    window.panel.tabs.setCurrentWidget(window.page)
    qtbot.waitUntil(lambda: _proven(window.page))
    return window.page


def _proven(page):
    return page.result is not None and page.result.gap is not None


def test_the_needed_width_is_tried_first_and_then_proven(page, fake, window):
    assert fake.asked == [("a:b", 1000.0, False), ("a:b", 1000.0, True)]
    assert page.name.text() == "A to B"
    assert isinstance(window.land, AddedLand)


def test_of_many_moves_only_the_last_is_tried(page, fake, qtbot):
    del fake.asked[:]
    for width in (1200, 1400, 1600, 1800):
        page.width_choice.field.setValue(width)
    qtbot.waitUntil(lambda: page.result.width_m == 1800.0)
    assert {width for _, width, _ in fake.asked} == {1800.0}


def test_a_width_under_way_gives_way_to_the_next(page, fake, qtbot):
    del fake.asked[:]
    fake.may_go_on.clear()
    page.width_choice.field.setValue(2000)
    qtbot.waitUntil(lambda: len(fake.asked) == 1)
    assert not page.propose_button.isEnabled()
    page.width_choice.field.setValue(3000)
    qtbot.waitUntil(lambda: len(fake.asked) == 2)
    fake.may_go_on.set()
    qtbot.waitUntil(lambda: page.result.width_m == 3000.0)
    assert all(width != 2000.0 for _, width, _ in fake.asked[1:])


def test_a_refusal_takes_the_land_off_the_map_and_offers_what_passes(page, window, qtbot):
    page.width_choice.field.setValue(5000)
    qtbot.waitUntil(lambda: bool(page.result.refused))
    assert window.land is None
    page.widest_button.click()
    qtbot.waitUntil(lambda: page.result.width_m == 4000.0)
    assert not page.result.refused


def test_land_is_painted_only_while_widening_is_looked_at(page, window):
    panel = window.panel
    panel.tabs.setCurrentIndex(0)
    assert window.land is None
    panel.tabs.setCurrentWidget(page)
    assert window.land is not None
    window.select("")
    assert window.land is None
    assert page.result is None


def test_another_corridor_starts_anew(page, window, fake, qtbot):
    del fake.asked[:]
    window.select(f"c:d|{LEOPARD}")
    assert page.result is None
    qtbot.waitUntil(lambda: _proven(page))
    assert fake.asked[0] == ("c:d", 1000.0, False)
    assert page.name.text() == "C to D"


def test_needs_of_other_species_are_met_with_the_width_that_was_chosen(
    page, window, fake, qtbot
):
    page.width_choice.field.setValue(2000)
    page.name.setText("My name")
    qtbot.waitUntil(lambda: page.result.width_m == 2000.0)
    page.findChild(QCheckBox, "also_amur-tiger").click()
    assert page.result is None
    assert window.land is None
    qtbot.waitUntil(lambda: _proven(page))
    assert fake.read == [(LEOPARD, ()), (LEOPARD, ("amur-tiger",))]
    assert page.result.width_m == 2000.0
    assert page.name.text() == "My name"


def test_land_is_read_again_where_sites_have_changed(page, window, fake, qtbot):
    change = SetSetting("note", "no site")
    for command in (change, RemoveFeatures("sites", [1])):
        with qtbot.waitSignal(window.session.changed):
            window.session.change(
                "Change", lambda bench, _, command=command: bench.project.execute(command)
            )
    qtbot.waitUntil(lambda: _proven(page))
    assert len(fake.read) == 2


def test_what_costs_less_is_listed_and_seen(page, qtbot):
    page.variants_button.click()
    qtbot.waitUntil(page.variants.isVisible)
    assert page.variants.model().rowCount() == 2  # to leave it as it is is no widening
    page.variants.setCurrentIndex(page.variants.model().index(0, 0))
    assert page.result.area_km2 == 2.0


def test_a_width_that_the_user_cancels_leaves_what_was_there(page, fake, background, qtbot):
    fake.may_go_on.clear()
    page.width_choice.field.setValue(2000)
    qtbot.waitUntil(lambda: bool(background.jobs))
    background.jobs[0].cancel()
    busy = page.findChild(QLabel, "widening_busy")
    qtbot.waitUntil(lambda: busy.text().startswith("Cancelled"))
    assert page.result.width_m == 1000.0
    assert page.propose_button.isEnabled()


def test_a_failure_is_told_on_the_page(page, fake, qtbot, monkeypatch):
    def fail(*_, **__):
        raise PlannerError("The raster is gone. Find corridors again.")

    monkeypatch.setattr(fake, "widened", fail)
    page.width_choice.field.setValue(3000)
    problem = page.findChild(QLabel, "widening_problem")
    qtbot.waitUntil(problem.isVisible)
    assert problem.text().startswith("The raster is gone")


def test_a_project_without_what_widening_needs_says_so(window, monkeypatch, qtbot):
    def fail(*_):
        raise PlannerError("The resistance is not known yet. Find it first.")

    monkeypatch.setattr(work, "open_widening", fail)
    window.select(KEY)
    window.panel.tabs.setCurrentWidget(window.page)
    problem = window.page.findChild(QLabel, "widening_problem")
    qtbot.waitUntil(problem.isVisible)
    assert "Find it first" in problem.text()


def test_a_proposal_is_stored_and_can_be_taken_back(page, window, qtbot):
    page.name.setText("Wide way")
    with qtbot.waitSignal(window.desk.proposal_made) as made:
        page.propose_button.click()
    (key,) = made.args
    selection = Selection("proposal", key)
    assert window.session.snapshot.feature(selection).title == "Wide way"
    assert window.session.snapshot.undo_label == "Propose Wide way"
    assert page.result is not None  # the corridor is the same: what was found stays
    with qtbot.waitSignal(window.session.changed):
        window.session.undo()
    assert window.session.snapshot.feature(selection) is None


def test_closing_while_a_width_is_tried_ends_quietly(page, fake, window):
    fake.may_go_on.clear()
    page.width_choice.field.setValue(2000)
    window.desk.close()
    page.width_choice.field.setValue(3000)
    window.panel.curve_changed.emit(LEOPARD, None)
