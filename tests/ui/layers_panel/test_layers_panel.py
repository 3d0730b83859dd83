from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QTreeView

from layers.qgis.layer_spec import LayerProblem, LayerSpec
from ui.layers_panel.panel import LayersPanel
from ui.layers_panel.swatch import category_swatches, swatch
from ui.layers_panel.tree_model import LAYER_ROLE

FILL = {"shape": "fill", "fill": "#ff0000", "stroke": None}
SPECS = (
    LayerSpec(
        "base_countries",
        "Land",
        "a.gpkg",
        "vector",
        {"type": "single", "symbol": FILL},
        group="Base",
    ),
    LayerSpec("lakes", "Lakes", "a.gpkg", "vector", {}, group="Base"),
    LayerSpec(
        "tiger",
        "Suitability",
        "t.tif",
        "raster",
        {"type": "ramp", "stops": [[0, "#00000000", "0"], [1, "#0000ff", "1"]]},
        visible=False,
        group="Suitability",
    ),
    LayerSpec(
        "sites",
        "Sites",
        "b.gpkg",
        "vector",
        {
            "type": "categories",
            "field": "kind",
            "symbols": [
                {"value": "surveyed", "label": "Surveyed", "symbol": FILL},
                {
                    "value": "nominal",
                    "label": "Nominal",
                    "symbol": {
                        "shape": "fill",
                        "hatch": "diagonal",
                        "stroke": "#00ff00",
                        "dash": "dash",
                    },
                },
            ],
        },
        group="Sites",
    ),
    LayerSpec("towns", "Towns", "a.gpkg", "vector", {}, group="Base"),
)


@pytest.fixture
def panel(qtbot, theme):
    made = LayersPanel(theme)
    qtbot.addWidget(made)
    made.show()
    made.set_layers(SPECS)
    yield made
    made.close()


def _group(panel, name):
    return next(
        panel.model.item(i)
        for i in range(panel.model.rowCount())
        if panel.model.item(i).text() == name
    )


def test_groups_stand_as_on_the_map_with_the_base_last(panel):
    names = [panel.model.item(i).text() for i in range(panel.model.rowCount())]
    assert names == ["Places and names", "Sites", "Suitability", "Base"]
    base = _group(panel, "Base")
    assert [base.child(i).data(LAYER_ROLE) for i in range(base.rowCount())] == [
        "lakes",
        "base_countries",
    ]


def test_switches_start_as_the_map_says(panel):
    assert panel.visible_ids == ("base_countries", "lakes", "sites", "towns")
    assert _group(panel, "Suitability").checkState() == Qt.CheckState.Unchecked


def test_one_layer_is_switched(panel, qtbot):
    with qtbot.waitSignal(panel.visibility_changed):
        panel.switch("towns", on=False)
    assert panel.visible_ids == ("base_countries", "lakes", "sites")
    panel.switch("lakes", on=False)
    assert _group(panel, "Base").checkState() == Qt.CheckState.PartiallyChecked


def test_a_group_is_switched_as_one(panel, qtbot):
    with qtbot.waitSignal(panel.visibility_changed):
        _group(panel, "Base").setCheckState(Qt.CheckState.Unchecked)
    assert panel.visible_ids == ("sites", "towns")


def test_space_switches_the_current_layer(panel, qtbot):
    tree = panel.findChild(QTreeView, "layer_tree")
    tree.setCurrentIndex(_group(panel, "Suitability").child(0).index())
    with qtbot.waitSignal(panel.visibility_changed):
        qtbot.keyClick(tree, Qt.Key.Key_Space)
    assert "tiger" in panel.visible_ids


def test_switches_survive_a_refresh(panel):
    panel.switch("tiger", on=True)
    panel.switch("base_countries", on=False)
    panel.set_layers(SPECS[:-1])
    assert panel.visible_ids == ("lakes", "tiger", "sites")


def test_a_layer_that_cannot_be_opened_says_why(panel):
    problem = LayerProblem("tiger", "Suitability", "The file t.tif is missing. Make the plan.")
    panel.show_problems([problem])
    assert "t.tif is missing" in panel.findChild(QLabel, "layer_problems").text()
    assert not _group(panel, "Suitability").child(0).isEnabled()
    panel.show_problems([])
    assert not panel.findChild(QLabel, "layer_problems").isVisible()


def test_swatches_look_like_the_layer(qapp):
    colour = swatch(SPECS[0]).pixmap(24, 16).toImage().pixelColor(12, 8).name()
    assert colour == "#ff0000"
    assert [label for label, _ in category_swatches(SPECS[3])] == ["Surveyed", "Nominal"]
    assert [label for label, _ in category_swatches(SPECS[2])] == ["0 to 1"]


def _ramps(*on):
    return tuple(
        LayerSpec(
            f"suitability_{name}",
            name,
            "x.tif",
            "raster",
            {},
            visible=name in on,
            group="Suitability",
        )
        for name in ("leopard", "tiger")
    )


def _suitability(panel):
    return {name for name in panel.visible_ids if name.startswith("suitability_")}


class TestPreferredLayer:
    @pytest.fixture
    def ramps(self, panel):
        panel.set_layers((*SPECS, *_ramps("tiger")))
        return panel

    def test_it_is_shown_alone_and_given_back(self, ramps, qtbot):
        with qtbot.waitSignal(ramps.visibility_changed):
            ramps.prefer("suitability_leopard", "suitability_")
        assert _suitability(ramps) == {"suitability_leopard"}
        ramps.prefer("suitability_tiger", "suitability_")
        ramps.prefer("suitability_leopard", "suitability_")
        ramps.prefer("", "suitability_")
        assert _suitability(ramps) == {"suitability_tiger"}

    def test_layers_that_were_all_off_are_off_again(self, ramps):
        ramps.switch("suitability_tiger", on=False)
        ramps.prefer("suitability_leopard", "suitability_")
        ramps.prefer("", "suitability_")
        assert _suitability(ramps) == set()

    def test_what_the_user_switches_meanwhile_stays(self, ramps):
        ramps.prefer("suitability_leopard", "suitability_")
        ramps.switch("suitability_leopard", on=False)
        ramps.switch("sites", on=False)
        ramps.prefer("suitability_leopard", "suitability_")  # as after a refresh
        assert _suitability(ramps) == set()
        ramps.prefer("", "suitability_")
        assert _suitability(ramps) == {"suitability_tiger"}

    def test_a_refresh_keeps_it_and_what_comes_after(self, ramps):
        ramps.prefer("suitability_leopard", "suitability_")
        ramps.set_layers((*SPECS, *_ramps("tiger")))
        assert _suitability(ramps) == {"suitability_leopard"}
        ramps.prefer("", "suitability_")
        assert _suitability(ramps) == {"suitability_tiger"}

    def test_a_species_without_a_raster_changes_nothing(self, ramps, qtbot):
        with qtbot.assertNotEmitted(ramps.visibility_changed):
            ramps.prefer("suitability_wolf", "suitability_")
        assert _suitability(ramps) == {"suitability_tiger"}
