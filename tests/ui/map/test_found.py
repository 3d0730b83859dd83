from __future__ import annotations

from types import SimpleNamespace

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QLabel, QPushButton

from layers.pack import DataPack
from layers.qgis.answers import WebInfo
from layers.qgis.layer_spec import LayerSpec
from layers.qgis.remote import wms_source
from planner.layer_sources import base_sources, run_of_raster, source_name
from planner.project import RunRecord
from ui.map.found import (
    FoundFeature,
    FoundLayer,
    Ground,
    field_label,
    found_layers,
    value_text,
    web_layer,
    web_notice,
)
from ui.map.found_panel import FoundPanel
from ui.snapshot import Selection

RUN = RunRecord(
    "r1", "cores:amur-tiger", "h", {}, None, {}, "2026-01-02T03:04:05+00:00", 1.0, {}
)
RASTER_RUN = RunRecord(
    "r2", "habitat", "h", {}, None, {}, "2026-02-03T00:00:00+00:00", 1.0, {"rasters/s.tif": "x"}
)
SITE = SimpleNamespace(
    provenance={
        "area_km2": (
            SimpleNamespace(source="WDPA 2024"),
            SimpleNamespace(source="Gov. list"),
        ),
        "year": (SimpleNamespace(source="WDPA 2024"),),
    }
)


def _spec(layer_id, source, *, kind="vector", group=""):
    return LayerSpec(layer_id, layer_id, source, kind, {}, group=group)


SPECS = {
    spec.layer_id: spec
    for spec in (
        _spec("site_areas", "/p/project.gpkg|layername=site_areas", group="Sites"),
        _spec("base_countries", "/p/basemap.gpkg|layername=countries", group="Base"),
        _spec("base_sea", "/p/basemap.gpkg|layername=countries", group="Base"),
        _spec("cores", "/p/project.gpkg|layername=cores"),
        _spec("suitability_x", "/p/rasters/s.tif", kind="raster"),
        _spec("own", "/data/roads.gpkg|layername=roads"),
    )
}


@pytest.fixture
def ground():
    snapshot = SimpleNamespace(
        runs={"r1": RUN, "r2": RASTER_RUN},
        geometries={Selection("site", "hunchun"): None},
        map=SimpleNamespace(notes={"parks_web": "Ministry, 2024"}),
    )
    return Ground(
        SPECS,
        snapshot,
        base_sources(DataPack.open()),
        lambda key: SITE if key == "hunchun" else None,
    )


def _hit(layer_id, attributes, fid=1):
    return {
        "layer_id": layer_id,
        "name": f"Layer {layer_id}",
        "feature_id": fid,
        "attributes": attributes,
    }


def test_layers_are_told_in_order_with_names_values_and_sources(ground):
    answer = [
        _hit(
            "site_areas",
            {
                "fid": 1,
                "site_id": "hunchun",
                "name_en": "Hunchun",
                "name_local": "珲春",
                "countries": '["CHN"]',
                "area_km2": 1087.0,
                "names": '{"zh": "x"}',
                "note": None,
            },
        ),
        _hit("base_sea", {"iso3": "CHN"}),
        _hit("base_countries", {"fid": 4, "iso3": "CHN", "name": "China"}),
        _hit("gone", {"a": 1}),
    ]
    layers = found_layers(answer, ground)
    assert [layer.layer_id for layer in layers] == ["site_areas", "base_countries"]
    site = layers[0].features[0]
    assert site.title == "Hunchun  ·  珲春"
    assert site.values == (("Countries", "China"), ("Area (km²)", "1\u202f087"))
    assert site.sources == ("WDPA 2024", "Gov. list")
    assert site.selection == Selection("site", "hunchun")
    country = layers[1].features[0]
    assert country.title == "China"
    assert country.sources[0].startswith("qgis-common (Debian)")
    assert country.sources[0].endswith("Public domain; 1:10m")
    assert country.selection is None


def test_what_a_run_made_names_the_run(ground):
    core, raster = (
        found_layers([hit], ground)[0].features[0]
        for hit in (
            _hit("cores", {"core_id": "a", "run_id": "r1", "species": "amur-tiger"}),
            _hit("suitability_x", {"Band 1": 0.734}, fid=None),
        )
    )
    assert (core.run_id, core.sources) == ("r1", ("Computed: Cores, Amur tiger, 2026-01-02",))
    assert core.values == (("Species", "Amur tiger"),)
    assert core.title == "Feature 1"
    assert (raster.run_id, raster.title) == ("r2", "")
    assert raster.values == (("Value", "0.734"),)


def test_a_layer_of_ones_own_names_its_file(ground):
    feature = found_layers([_hit("own", {"class": "track", "len_m": 12.5})], ground)[
        0
    ].features[0]
    assert feature.sources == ("/data/roads.gpkg",)
    assert feature.values == (("Class", "track"), ("Len (m)", "12.5"))


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("x", None, ""),
        ("x", "", ""),
        ("moved", True, "yes"),
        ("moved", False, "no"),
        ("population", 1234567, "1\u202f234\u202f567"),
        ("year", 2017, "2017"),
        ("species", '["amur-tiger", "amur-leopard"]', "Amur tiger, Amur leopard"),
        ("broken", "[not json]", "[not json]"),
        ("state", "merged-in-part", "Merged in part"),
    ],
)
def test_values_in_words(name, value, text):
    assert value_text(name, value) == text


def test_labels_carry_units():
    assert field_label("mean_width_m") == "Mean width (m)"
    assert field_label("iso3") == "Country"


def test_sources_are_found_by_table_or_file():
    assert source_name("/a/b.gpkg|layername=rivers|subset=x") == "rivers"
    assert source_name("/a/elevation.tif") == "elevation"
    assert run_of_raster(SPECS["suitability_x"], [RUN, RASTER_RUN]) is RASTER_RUN
    assert run_of_raster(SPECS["own"], [RUN, RASTER_RUN]) is None


@pytest.fixture
def panel(qtbot):
    made = FoundPanel()
    qtbot.addWidget(made)
    made.resize(360, 600)
    made.show()
    yield made
    made.close()


def _text(panel, name):
    return panel.findChild(QLabel, name).text()


def test_the_panel_teaches_then_lists(panel, ground, qtbot):
    with qtbot.waitSignal(panel.tool_requested):
        panel.findChild(QPushButton, "found_begin").click()
    panel.ask("42° N, 130° E")
    assert _text(panel, "found_place") == "42° N, 130° E"
    assert _text(panel, "found_summary") == "Looking…"
    hits = [_hit("cores", {"run_id": "r1", "species": "amur-tiger"}, fid=i) for i in range(4)]
    panel.show_found(found_layers(hits, ground))
    assert _text(panel, "found_summary") == "4 things here"
    top = panel.tree.topLevelItem(0)
    assert top.childCount() == 4
    assert [top.child(i).isExpanded() for i in range(4)] == [True, True, True, False]
    with qtbot.waitSignal(panel.feature_chosen) as chosen:
        panel.tree.setCurrentItem(top.child(2))
    assert chosen.args[0].fid == 2
    run = panel.findChild(QPushButton, "found_run")
    with qtbot.waitSignal(panel.run_requested) as asked:
        run.click()
    assert asked.args == ["r1"]
    with qtbot.waitSignal(panel.zoom_requested):
        panel.findChild(QPushButton, "found_zoom").click()
    qtbot.keyClick(panel.tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Feature 2"


def test_nothing_and_a_problem_are_told(panel):
    panel.ask("here")
    panel.show_found(())
    assert _text(panel, "found_summary").startswith("Nothing lies here")
    panel.show_problem("QGIS stopped.")
    assert panel.findChild(QLabel, "found_problem").isVisible()


def test_long_values_make_their_row_higher(panel, ground):
    panel.ask("here")
    panel.show_found(found_layers([_hit("own", {"a": "word " * 60, "b": "x"})], ground))
    feature = panel.tree.topLevelItem(0).child(0)
    long, short = feature.child(0), feature.child(1)
    assert long.sizeHint(1).height() > 2 * short.sizeHint(1).height()
    assert long.text(1).endswith("…")
    assert len(long.toolTip(1)) >= 299


def test_a_value_made_to_break_a_reader_is_told_as_it_is():
    text = "[" * 100_000 + "]"
    assert value_text("species", text) == text


WEB = LayerSpec(
    "parks_web",
    "Parks of the ministry",
    wms_source("https://maps.example/wms", ["parks"], crs="EPSG:3857"),
    "raster",
    {},
    provider="wms",
)


def test_what_a_server_says_is_listed_as_a_layer_with_its_source(ground):
    text = "name = 'Парк'\nkm2: 12\nOwner\tState\nhttp://a.example/x=1 is a line\na\tb\tc"
    told = (WebInfo(text, {}), WebInfo("", {"status": "active"}), WebInfo("", {}))
    layer = web_layer(WEB, told, ground)
    assert (layer.layer_id, layer.name) == ("parks_web", "Parks of the ministry")
    first, second = layer.features
    assert first.values[:3] == (("name", "Парк"), ("km2", "12"), ("Owner", "State"))
    assert first.values[4] == ("", "a  ·  b  ·  c")
    assert first.sources == ("Ministry, 2024", "Server: https://maps.example")
    assert second.values == (("status", "active"),)
    assert web_layer(WEB, (WebInfo("", {}),), ground) is None


def test_the_list_takes_what_servers_say_when_it_comes(qtbot):
    panel = FoundPanel()
    qtbot.addWidget(panel)
    own = FoundFeature("own", 1, "Road", (("a", "1"),), ())
    below = FoundLayer("own", "Roads", (own,))
    summary = panel.findChild(QLabel, "found_summary")
    panel.show_found((web_notice(WEB, "Asking the server…"), below))
    assert summary.text() == "1 thing here"
    panel.tree.setCurrentItem(panel.tree.topLevelItem(1).child(0))
    thing = FoundFeature("parks_web", None, "", (("name", "<img src='file:///x'>"),), ())
    panel.replace("parks_web", FoundLayer("parks_web", "Parks", (thing, thing)))
    assert summary.text() == "3 things here"
    assert [panel.tree.topLevelItem(n).text(0) for n in range(2)] == ["Parks", "Roads"]
    assert panel.tree.feature_at(panel.tree.currentItem()) == own, "the choice stays"
    row = panel.tree.topLevelItem(0).child(0)
    assert row.text(1) == "<img src='file:///x'>"
    assert "<img" not in row.toolTip(1), "a tool tip is taken for HTML"
    panel.replace("parks_web", None)
    panel.replace("gone", None)
    assert panel.tree.topLevelItemCount() == 1
    assert summary.text() == "1 thing here"
