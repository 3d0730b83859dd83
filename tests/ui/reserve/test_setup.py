"""The form: what is written in it is what is asked, and what cannot be is told beside it."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QModelIndex, Qt
from PyQt6.QtWidgets import QCheckBox, QDoubleSpinBox, QLabel, QLineEdit, QSpinBox, QToolButton

from planner.reserve.request import (
    CostSettings,
    FeatureSettings,
    GoalSettings,
    LockSettings,
    PlaceSettings,
    ReserveRequest,
    SearchSettings,
    ShareSettings,
    TargetSettings,
    UnitSettings,
)
from ui.reserve.draft import Draft
from ui.reserve.setup.country_table import CountryTable
from ui.reserve.setup.page import SetupPage
from ui.reserve.setup.targets_section import users_feature
from ui.reserve.setup.targets_table import TargetsTable

COUNTRIES = ("CHN", "PRK", "RUS")
FEATURES = tuple(
    FeatureSettings(kind="habitat", species=name, target=TargetSettings(share=0.3))
    for name in ("amur-tiger", "amur-leopard")
)
OFFERED = (
    FeatureSettings(kind="corridors", species="amur-tiger", target=TargetSettings(share=0.5)),
)


@pytest.fixture
def page(shown):
    made = shown(SetupPage(), 336, 900)
    made.load(Draft(ReserveRequest(features=FEATURES), OFFERED, COUNTRIES))
    for section in made.sections.values():
        section.unfold()
    return made


def _table(page):
    return page.findChild(TargetsTable, "targets_table")


def _write(view, row, column, text, parent=None):
    model = view.model()
    index = model.index(row, column, QModelIndex() if parent is None else parent)
    model.setData(index, text)


def _problem(page, section):
    return page.findChild(QLabel, f"{section}_problem")


def test_what_is_loaded_is_asked_again(page):
    request = ReserveRequest(
        title="Leopards",
        units=UnitSettings(kind="square", size_km=5.0, sliver_share=0.2),
        locks=LockSettings(
            existing=False, cover_share=0.4, water_share=0.9, out_path="/o.gpkg"
        ),
        features=(
            FEATURES[0].model_copy(
                update={"places": PlaceSettings(count=2, least=50.0, by="patch")}
            ),
            FEATURES[0].model_copy(
                update={"country": "CHN", "target": TargetSettings(amount=10.0)}
            ),
            FeatureSettings(
                kind="polygons", path="/p.gpkg", target=TargetSettings(range_scaled=True)
            ),
        ),
        cost=CostSettings(kind="raster", path="/c.tif", price_level={"RUS": 0.5}),
        goal=GoalSettings(
            objective="maximum_coverage",
            budget=1000.0,
            boundary_penalty=0.25,
            edge_factor=0.5,
            neighbours=2,
            contiguous="complexes",
        ),
        shares=ShareSettings(
            of="cost",
            minimum={"CHN": 0.2},
            maximum={"RUS": 0.6},
            max_min_fair=True,
            entitlement={"CHN": 0.5, "PRK": 0.1, "RUS": 0.4},
            count_existing=True,
        ),
        search=SearchSettings(gap=0.05, time_limit_s=30.0, method="exact", seed=7, threads=1),
    )
    page.load(Draft(request, OFFERED, COUNTRIES))
    assert page.request() == request


def test_a_target_is_edited_in_its_row(page, qtbot):
    table = _table(page)
    table.setCurrentIndex(table.model().index(0, 1))
    qtbot.keyClick(table, Qt.Key.Key_F2)
    editor = table.findChild(QLineEdit, "cell_editor")
    editor.selectAll()
    qtbot.keyClicks(editor, "450 km²")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    wanted = TargetSettings(amount=450.0)
    qtbot.waitUntil(lambda: page.request().features[0].target == wanted)


def test_a_country_has_a_target_of_its_own(page):
    table = _table(page)
    parent = table.model().index(1, 0)
    assert parent.model().index(2, 0, parent).data() == "Russian Federation"
    _write(table, 2, 1, "60 %", parent)
    asked = page.request().features
    assert [(item.species, item.country) for item in asked] == [
        ("amur-tiger", ""),
        ("amur-leopard", ""),
        ("amur-leopard", "RUS"),
    ]
    assert asked[2].target.share == pytest.approx(0.6)


def test_what_is_no_target_is_refused_beside_the_table(page):
    _write(_table(page), 0, 1, "a lot")
    problem = _problem(page, "reserve_targets")
    assert problem.isVisible()
    assert "“a lot” is no target" in problem.text()
    assert page.request().features[0].target.share == pytest.approx(0.3)
    _write(_table(page), 0, 1, "20 %")
    assert not problem.isVisible()


def test_features_are_ticked(page):
    model = _table(page).model()
    state = int(Qt.ItemDataRole.CheckStateRole)
    model.setData(model.index(2, 0), Qt.CheckState.Checked.value, state)
    assert [item.kind for item in page.request().features] == [
        "habitat",
        "habitat",
        "corridors",
    ]
    for row in range(3):
        model.setData(model.index(row, 0), Qt.CheckState.Unchecked.value, state)
    assert "Tick at least one" in _problem(page, "reserve_targets").text()


def test_more_is_set_of_the_feature_that_is_current(page):
    table = _table(page)
    table.setCurrentIndex(table.model().index(0, 0))
    page.findChild(QDoubleSpinBox, "feature_weight").setValue(3.0)
    page.findChild(QCheckBox, "feature_by_country").setChecked(True)
    page.findChild(QSpinBox, "feature_places").setValue(2)
    page.findChild(QDoubleSpinBox, "feature_places_least").setValue(40.0)
    asked = page.request().features[0]
    assert (asked.weight, asked.by_country) == (3.0, True)
    assert (asked.places.count, asked.places.least) == (2, 40.0)


def test_a_layer_of_the_users_is_added_and_removed(page, qtbot):
    page.targets.add(users_feature("raster", "/data/peat.tif"))
    assert page.request().features[-1].name == "peat"
    remove = page.targets.remove_button
    assert remove.isEnabled()
    qtbot.mouseClick(remove, Qt.MouseButton.LeftButton)
    assert len(page.request().features) == 2
    assert not remove.isEnabled()


def test_refugia_are_offered_for_each_species(page):
    menu = page.findChild(QToolButton, "add_feature").menu()
    names = [action.objectName() for action in menu.actions()]
    assert names == [
        "add_raster",
        "add_polygons",
        "add_refugia_amur-tiger",
        "add_refugia_amur-leopard",
    ]
    found = users_feature("refugia", "/t.tif", "amur-tiger")
    assert (found.other_path, found.path) == ("/t.tif", "")


def test_price_levels_are_written_by_country(page):
    prices = page.findChild(CountryTable, "price_levels")
    _write(prices, 2, 1, "0,4")
    assert page.request().cost.price_level == {"RUS": 0.4}
    _write(prices, 2, 1, "0")
    assert "Russian Federation, price level" in _problem(page, "reserve_cost").text()
    assert prices.model().index(2, 1).data() == "0.4"
    _write(prices, 2, 1, "")
    assert page.request().cost.price_level == {}


def test_shares_over_one_are_told_beside_them_at_once(page):
    shares = page.findChild(CountryTable, "share_table")
    _write(shares, 0, 1, "70 %")
    assert not _problem(page, "reserve_shares").isVisible()
    _write(shares, 2, 1, "50")
    problem = _problem(page, "reserve_shares")
    assert problem.isVisible()
    assert "over one" in problem.text()
    _write(shares, 2, 1, "30 %")
    assert not problem.isVisible()
    assert page.request().shares.minimum == {"CHN": 0.7, "RUS": 0.3}


def test_a_budget_is_asked_for_where_the_goal_needs_one(page):
    page.findChild(QDoubleSpinBox, "goal_boundary_penalty").setValue(1.0)
    page.goal.objective.choose("minimum_shortfall")
    assert "budget" in _problem(page, "reserve_goal").text()
    page.findChild(QDoubleSpinBox, "goal_budget").setValue(500.0)
    assert not _problem(page, "reserve_goal").isVisible()
    assert page.request().goal.boundary_penalty == 0.0  # one in costs has no meaning here


def test_polygons_need_their_file(page):
    page.units.kind.choose("polygons")
    assert "path" in _problem(page, "reserve_units").text()
    page.findChild(QLineEdit, "units_file_path").setText("/parcels.gpkg")
    assert not _problem(page, "reserve_units").isVisible()
    assert page.request().units.path == "/parcels.gpkg"
    assert not page.units.width_km.isVisible()


@pytest.mark.parametrize("width_px", [256, 336])
def test_nothing_is_cut_off(page, qtbot, width_px):
    page.resize(width_px, 900)
    table = _table(page)
    table.setCurrentIndex(table.model().index(0, 0))
    page.findChild(QSpinBox, "feature_places").setValue(2)

    def fits():
        room = page._scroll.viewport().width()
        assert page._scroll.widget().width() <= room

    qtbot.waitUntil(fits)
