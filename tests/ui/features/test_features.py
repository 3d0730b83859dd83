from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QListView, QPushButton
from shapely.geometry import LineString, box

from planner.profiles import load_species
from ui.features.corridors import corridor_rows
from ui.features.panel import PROPOSAL_WORDS, FeaturesPanel
from ui.features.proposals import proposal_rows

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


def _corridor(attributes, narrow=(), **columns):
    record = {
        "corridor_id": "a:b",
        "species": "amur-tiger",
        "name": "A to B",
        "kind": "swath",
        "countries": ["CHN", "RUS"],
        "length_km": 20.4,
        "min_width_m": 1500.0,
        "cost": 21730.0,
        "attributes": attributes,
        **columns,
    }
    stretches = [{"corridor_id": "a:b", "species": "amur-tiger", **row} for row in narrow]
    (row,) = corridor_rows([record], stretches, {"c9": "Middle reserve"})
    return row.record, {fact.label: fact for fact in row.record.facts}


def test_a_corridor_tells_its_way_by_country_and_where_it_crosses():
    _, facts = _corridor(
        {
            "length_km_by_country": {"RUS": 0.35, "CHN": 20.08},
            "crossings": [{"border": "CHN-RUS", "lat": 43.704, "lon": 131.18}],
            "through": ["c9", "c10"],
            "cutoff": 55.5,
        }
    )
    assert facts["Length"].remarks == ("China 20.1 km, Russian Federation 350 m",)
    crossing = facts["Crosses the border"].value
    assert crossing == "China – Russian Federation, at 43.704° N, 131.18° E"
    assert facts["Leads through"].value == "Middle reserve; c10"
    assert "55.5 more" in facts["Edge"].value


def test_the_width_needed_is_the_profiles_with_its_status_and_source():
    record, facts = _corridor({}, [{"kind": "bottleneck", "needed_m": 1234.0}])
    quantity = load_species("amur-tiger").value("minimum_corridor_width_m")
    needed = facts["Width needed"]
    assert needed.value == quantity.shown()
    assert quantity.status in needed.value
    assert record.sources[needed.source - 1] == quantity.source
    assert "was made with 1\N{NARROW NO-BREAK SPACE}234 m" in needed.remarks[0]


def test_bottlenecks_and_land_to_add_are_told_one_by_one():
    _, facts = _corridor(
        {"widening": {"verified_minimum_width_m": 2000.0}},
        [
            {"kind": "bottleneck", "width_m": 500.0, "length_km": 0.43, "country": "CHN"},
            {"kind": "widening", "area_to_add_km2": 0.25, "country": "CHN"},
            {"kind": "widening", "area_to_add_km2": 1.5, "country": "RUS"},
        ],
    )
    assert facts["Bottlenecks"].remarks == ("500 m wide for 430 m in China",)
    assert facts["Land to add"].value == "1.75 km²"
    assert facts["Land to add"].remarks == (
        "0.25 km² in China",
        "1.5 km² in Russian Federation",
    )
    assert facts["Widening"].value.startswith("2\N{NARROW NO-BREAK SPACE}000 m wide or more")


def test_a_widening_that_was_refused_tells_why():
    _, facts = _corridor({"widening": {"refused": "A town lies in the way."}})
    assert facts["Widening"].value == "Refused"
    assert facts["Widening"].remarks == ("A town lies in the way.",)


def test_a_corridor_wide_enough_needs_no_widening():
    _, facts = _corridor({"cutoff": 1.0})
    assert facts["Widening"].value.startswith("Not needed")


def test_cores_that_touch_have_no_length_by_country():
    _, facts = _corridor({"adjoining": True, "length_km_by_country": {"CHN": 0.0}})
    assert facts["Length"].remarks == ()


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


def test_a_widened_corridor_tells_what_of_it_widens():
    share = {"existing_km2": 2.0, "added_km2": 50.0, "to_add_km2": 7.0, "cost": 8.0}
    (row,) = proposal_rows([{**PROPOSAL, "area_by_country": {"CHN": share}}], {})
    facts = {fact.label: fact.value for fact in row.record.facts}
    assert facts["China"] == (
        "2 km² protected now, 50 km² to add, 7 km² of it to widen the corridor, at a relative "
        "cost of 8"
    )


@pytest.fixture
def panel(qtbot, theme):
    made = FeaturesPanel(PROPOSAL_WORDS, theme)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def test_an_empty_list_has_the_button_that_fills_it(panel, qtbot):
    button = panel.findChild(QPushButton, "proposals_make_plan")
    assert button.isVisible()
    with qtbot.waitSignal(panel.plan_requested):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    panel.set_plan_possible(False)
    assert not button.isEnabled()


def test_a_chosen_row_is_told_and_kept(panel, qtbot):
    rows = corridor_rows(CORRIDORS, NARROW)
    panel.set_rows(rows)
    view = panel.findChild(QListView, "proposals_list")
    with qtbot.waitSignal(panel.feature_chosen) as told:
        view.setCurrentIndex(view.model().index(1, 0))
    assert told.args == ["a:b|amur-leopard"]
    panel.set_rows(rows)
    assert panel.chosen == "a:b|amur-leopard"
