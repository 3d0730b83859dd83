from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton, QTreeView

from ui.indicators.panel import IndicatorsPanel
from ui.indicators.row import IndicatorRow, indicator_groups

SPACE = "\N{NARROW NO-BREAK SPACE}"


def _record(stage, value, *, country="ALL", species=None, indicator="land in sites", unit="%"):
    return {
        "stage": stage,
        "indicator": indicator,
        "unit": unit,
        "value": value,
        "country": country,
        "species": species,
        "run_id": "r1",
    }


RECORDS = [
    _record("before", 17.46, country="RUS"),
    _record("before", 17.251),
    _record("before", 6492.0, species="amur-tiger", indicator="habitat", unit="km2"),
    _record("after", 17.46, country="RUS"),
    _record("after", 17.336),
    _record("after", 6500.4, species="amur-tiger", indicator="habitat", unit="km2"),
    _record("before", 500.0, species="amur-leopard", indicator="narrowest corridor", unit="m"),
]


def test_before_and_after_stand_together_the_region_first():
    land, habitat, narrow = indicator_groups(RECORDS)
    assert (land.title, land.unit, land.species) == ("Land in sites", "%", "")
    assert land.rows == (
        IndicatorRow("Whole region", "17.25", "17.34"),
        IndicatorRow("Russian Federation", "17.5", "17.5"),
    )
    assert (habitat.unit, habitat.species) == ("km²", "Amur tiger")
    assert habitat.rows[0].before == f"6{SPACE}492"
    assert narrow.rows == (IndicatorRow("Whole region", "500", "–"),)
    assert land.run_id == "r1"


def test_a_change_too_small_for_two_decimals_is_not_blown_up():
    (group,) = indicator_groups([_record("before", 1.0001), _record("after", 1.0002)])
    assert (group.rows[0].before, group.rows[0].after) == ("1.00", "1.00")


@pytest.fixture
def panel(qtbot, theme):
    made = IndicatorsPanel()
    qtbot.addWidget(made)
    made.resize(300, 600)
    made.show()
    yield made
    made.close()


def test_without_indicators_the_panel_has_the_button_that_measures_them(panel, qtbot):
    button = panel.findChild(QPushButton, "indicators_make_plan")
    assert button.isVisible()
    with qtbot.waitSignal(panel.plan_requested):
        button.click()
    panel.set_plan_possible(False)
    assert not button.isEnabled()
    panel.set_groups(indicator_groups(RECORDS))
    assert not button.isVisible()


def test_the_table_is_read_out_and_tells_its_run(panel, qtbot):
    panel.set_groups(indicator_groups(RECORDS))
    model = panel.findChild(QTreeView, "indicator_tree").model()
    group = model.index(1, 0)
    assert group.data() == "Habitat, km²\nAmur tiger"
    cell = model.index(0, 2, group)
    assert cell.data() == f"6{SPACE}500"
    spoken = cell.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Habitat, Amur tiger, Whole region: 6")
    with qtbot.waitSignal(panel.run_requested) as told:
        panel.findChild(QPushButton, "indicators_run").click()
    assert told.args == ["r1"]
