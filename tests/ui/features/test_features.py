from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QListView, QPushButton
from shapely.geometry import LineString, box

from ui.features.panel import CORRIDOR_WORDS, FeaturesPanel
from ui.features.row import corridor_rows, proposal_rows

CORRIDORS = [
    {
        "corridor_id": "a:b",
        "species": "amur-tiger",
        "name": "A to B",
        "kind": "path",
        "countries": ["CHN", "RUS"],
        "length_km": 13.5,
        "geometry": LineString([(0, 0), (10, 10)]),
    },
    {
        "corridor_id": "a:b",
        "species": "amur-tiger",
        "name": "A to B",
        "kind": "swath",
        "countries": ["CHN", "RUS"],
        "area_km2": 81.0,
        "min_width_m": 1500.0,
        "run_id": "r1",
        "geometry": box(0, 0, 10, 10),
    },
    {
        "corridor_id": "a:b",
        "species": "amur-leopard",
        "name": "A to B",
        "kind": "path",
        "geometry": None,
    },
]
NARROW = [
    {"corridor_id": "a:b", "species": "amur-tiger", "kind": "bottleneck", "needed_m": 2000.0},
    {
        "corridor_id": "a:b",
        "species": "amur-tiger",
        "kind": "widening",
        "area_to_add_km2": 0.25,
    },
]
PROPOSAL = {
    "proposal_id": "p1",
    "name": "Joint area",
    "status": "draft",
    "countries": ["RUS", "CHN"],
    "area_km2": 1234.5,
    "area_by_country": {"RUS": 200.0, "CHN": {"existing_km2": 1034.7, "added_km2": 20.0}},
    "member_sites": ["s1", "unknown-site"],
    "geometry": box(0, 0, 1, 1),
}


def test_path_and_swath_are_one_corridor_per_species():
    rows = corridor_rows(CORRIDORS, NARROW)
    assert [row.key for row in rows] == ["a:b|amur-tiger", "a:b|amur-leopard"]
    facts = {fact.label: fact.value for fact in rows[0].record.facts}
    assert facts["Length"] == "13.5 km"
    assert facts["Narrowest width"] == "1\N{NARROW NO-BREAK SPACE}500 m"
    assert facts["Bottlenecks"] == "1 stretch"
    assert facts["Land to add"] == "0.25 km²"
    assert facts["From run"] == "r1"
    assert rows[0].geometry.equals(box(0, 0, 10, 10))


def test_what_is_not_known_is_left_out():
    leopard = corridor_rows(CORRIDORS, NARROW)[1]
    assert leopard.geometry is None
    assert {fact.label for fact in leopard.record.facts}.isdisjoint({"Length", "Bottlenecks"})


def test_a_proposal_tells_each_countrys_part_in_the_order_of_codes():
    (row,) = proposal_rows([PROPOSAL], {"s1": "First site"})
    space = "\N{NARROW NO-BREAK SPACE}"
    facts = {fact.label: fact.value for fact in row.record.facts}
    assert list(facts)[-3:-1] == ["China", "Russian Federation"]
    assert facts["China"] == f"1{space}035 km² protected now, 20 km² to add"
    assert facts["Russian Federation"] == "200 km²"
    assert facts["Joins sites"] == "First site; unknown-site"


@pytest.fixture
def panel(qtbot, theme):
    made = FeaturesPanel(CORRIDOR_WORDS, theme)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def test_an_empty_list_has_the_button_that_fills_it(panel, qtbot):
    button = panel.findChild(QPushButton, "corridors_make_plan")
    assert button.isVisible()
    with qtbot.waitSignal(panel.plan_requested):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    panel.set_plan_possible(False)
    assert not button.isEnabled()


def test_a_chosen_corridor_is_told_and_kept(panel, qtbot):
    rows = corridor_rows(CORRIDORS, NARROW)
    panel.set_rows(rows)
    view = panel.findChild(QListView, "corridors_list")
    with qtbot.waitSignal(panel.feature_chosen) as told:
        view.setCurrentIndex(view.model().index(1, 0))
    assert told.args == ["a:b|amur-leopard"]
    panel.set_rows(rows)
    assert panel.chosen == "a:b|amur-leopard"
