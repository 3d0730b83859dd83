from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QTabBar,
)

from ui.sites.model import SiteFilter
from ui.sites.panel import SitesPanel
from ui.sites.row import SiteRow, fold, site_row


@pytest.fixture
def panel(qtbot, theme, site_rows):
    made = SitesPanel(theme)
    qtbot.addWidget(made)
    made.resize(360, 800)
    made.show()
    made.set_rows(site_rows)
    yield made
    made.close()


PAIRS = (
    {
        "site_a": "hunchun",
        "site_b": "leopard-land",
        "name_a": "Hunchun National Nature Reserve",
        "name_b": "Land of the Leopard National Park",
        "border": "CHN-RUS",
        "distance_km": 0.0,
        "touching": True,
        "shared_border_km": 31.0,
        "basis": "both",
        "nominal": True,
    },
    {
        "site_a": "leopard-land",
        "site_b": "mundok",
        "name_a": "Land of the Leopard National Park",
        "name_b": "Mundok Migratory Bird Reserve",
        "border": "PRK-RUS",
        "distance_km": 12.0,
        "touching": False,
        "basis": "computed",
    },
)


@pytest.fixture
def with_pairs(panel):
    panel.set_pairs(reversed(PAIRS))
    panel.findChild(QTabBar, "site_tabs").setCurrentIndex(1)
    return panel


def _pairs(panel):
    model = panel.findChild(QListView, "pair_list").model()
    return [model.index(i, 0).data() for i in range(model.rowCount())]


def test_pairs_are_listed_the_nearest_first(with_pairs):
    assert _pairs(with_pairs) == [
        "Hunchun National Nature Reserve – Land of the Leopard National Park",
        "Land of the Leopard National Park – Mundok Migratory Bird Reserve",
    ]
    assert with_pairs.findChild(QLabel, "site_count").text() == "2 pairs"
    read = int(Qt.ItemDataRole.AccessibleTextRole)
    told = with_pairs.pairs.model().index(0, 0).data(read)
    assert "touches along 31 km of border" in told
    assert "between nominal boundaries" in told


def test_pairs_meet_the_conditions_with_one_of_their_sites(with_pairs):
    with_pairs.findChild(QLineEdit, "site_search").setText("mundok")
    assert len(_pairs(with_pairs)) == 1
    with_pairs.findChild(QLineEdit, "site_search").setText("nowhere")
    assert with_pairs.findChild(QLabel, "site_count").isHidden()
    with_pairs.clear_filters()
    assert len(_pairs(with_pairs)) == 2


def test_a_chosen_pair_is_told_and_kept_by_a_refresh(with_pairs, qtbot):
    view = with_pairs.findChild(QListView, "pair_list")
    with qtbot.waitSignal(with_pairs.pair_chosen) as told:
        view.setCurrentIndex(view.model().index(1, 0))
    assert told.args == ["leopard-land", "mundok"]
    with qtbot.assertNotEmitted(with_pairs.pair_chosen):
        with_pairs.set_pairs(PAIRS)
    assert view.currentIndex().row() == 1


def _listed(panel):
    model = panel.findChild(QListView, "site_list").model()
    return [model.index(i, 0).data() for i in range(model.rowCount())]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("hunchun", ["Hunchun National Nature Reserve"]),
        ("珲春", ["Hunchun National Nature Reserve"]),
        ("леопард", ["Land of the Leopard National Park"]),
        ("ЛЕОПАРДА", ["Land of the Leopard National Park"]),
        ("문덕", ["Mundok Migratory Bird Reserve"]),
        ("park leopard", ["Land of the Leopard National Park"]),
        ("russian", ["Land of the Leopard National Park"]),
        ("nowhere", []),
    ],
)
def test_search_in_any_language(panel, qtbot, typed, found):
    panel.findChild(QLineEdit, "site_search").setText(typed)
    assert _listed(panel) == found


@pytest.mark.parametrize(
    ("box", "value", "found"),
    [
        ("country", "RUS", 1),
        ("border", "CHN-RUS", 2),
        ("border", "PRK-RUS", 1),
        ("species", "amur-tiger", 2),
        ("state", "planned", 1),
        ("designation_class", "national-park", 1),
        ("provenance", "surveyed", 1),
        ("provenance", "nominal", 1),
        ("provenance", "confidence:high", 2),
    ],
)
def test_filters(panel, box, value, found):
    combo = panel.findChild(QComboBox, f"filter_{box}")
    combo.setCurrentIndex(combo.findData(value))
    assert len(_listed(panel)) == found
    assert panel.findChild(QLabel, "site_count").text() == f"{found} of 3 sites"


def test_an_empty_result_offers_the_way_back(panel, qtbot):
    panel.findChild(QLineEdit, "site_search").setText("nowhere")
    clear = panel.findChild(QPushButton, "clear_filters")
    assert clear.isVisible()
    qtbot.mouseClick(clear, Qt.MouseButton.LeftButton)
    assert len(_listed(panel)) == 3
    assert panel.findChild(QLabel, "site_count").text() == "3 sites"


def test_choosing_in_the_list_tells_once_and_by_keyboard(panel, qtbot):
    view = panel.findChild(QListView, "site_list")
    with qtbot.assertNotEmitted(panel.site_chosen):
        view.setFocus()
    with qtbot.waitSignal(panel.site_chosen) as told:
        view.setCurrentIndex(view.model().index(0, 0))
    assert told.args == ["hunchun"]
    with qtbot.waitSignal(panel.site_chosen) as told:
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert told.args == ["leopard-land"]


def test_choosing_from_outside_is_silent(panel, qtbot):
    with qtbot.assertNotEmitted(panel.site_chosen):
        panel.choose("mundok")
    assert panel.chosen == "mundok"


def test_selection_and_filters_survive_a_refresh(panel, site_rows):
    combo = panel.findChild(QComboBox, "filter_border")
    combo.setCurrentIndex(combo.findData("CHN-RUS"))
    panel.choose("leopard-land")
    panel.set_rows(site_rows[:2])
    assert panel.chosen == "leopard-land"
    assert combo.currentData() == "CHN-RUS"


def test_rows_are_read_out(panel):
    index = panel.findChild(QListView, "site_list").model().index(0, 0)
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "China" in spoken
    assert "Nominal boundary" in spoken


def test_every_control_has_a_name_for_screen_readers(panel):
    for kind in (QLineEdit, QComboBox, QListView):
        for widget in panel.findChildren(kind):
            if widget.objectName() and not widget.objectName().startswith("qt_"):
                assert widget.accessibleName(), widget.objectName()


def test_a_project_row_becomes_a_list_row():
    row = site_row(
        {
            "site_id": "a",
            "name_en": "A",
            "name_local": None,
            "countries": ["MNG"],
            "borders": ["MNG-RUS (near)", "MNG-RUS (on)", "inland"],
            "area_km2": 12.5,
            "kind": "point",
        }
    )
    assert row == SiteRow(
        "a", "A", countries=("MNG",), borders=("MNG-RUS",), kind="point", area_km2=12.5
    )
    assert row.detail == "MNG  ·  12.5 km²"


def test_folding_takes_case_and_accents_away():
    assert fold("Artëm É") == fold("ARTEM e")
    assert fold("문덕").startswith(fold("문"))


def test_the_empty_filter_admits_all(site_rows):
    assert all(SiteFilter().admits(row) for row in site_rows)


def test_without_any_site_the_panel_says_what_would_be_here(panel, qtbot):
    panel.findChild(QLineEdit, "site_search").setText("hunchun")
    panel.set_rows(())
    button = panel.findChild(QPushButton, "fill_sites")
    assert button.isVisible()
    assert not panel.findChild(QPushButton, "clear_filters").isVisible()
    with qtbot.waitSignal(panel.fill_requested):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    panel.set_fill_possible(False)
    assert not button.isEnabled()
