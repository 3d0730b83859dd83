from __future__ import annotations

from dataclasses import replace

from layers.qgis.layer_spec import LayerSpec
from ui.compare.layers import interleaved, second_layers

LAND = LayerSpec("land", "Land", "base.gpkg|layername=land", "vector")
TOWNS = LayerSpec("towns", "Towns", "base.gpkg|layername=towns", "vector")
FIRST = LayerSpec("proposals", "P", "p.gpkg|layername=p", "vector", subset="scenario = 'a'")
SECOND = replace(FIRST, subset="scenario = 'b'")


def test_what_is_the_same_is_held_once_and_what_differs_beside_it():
    found = second_layers((LAND, FIRST, TOWNS), (LAND, SECOND, replace(TOWNS, visible=False)))
    assert [(item.layer_id, item.subset) for item in found.beside] == [
        ("beside_proposals", "scenario = 'b'")
    ]
    assert not found.beside[0].visible, "nobody else draws it"
    shown = {"land": True, "proposals": True, "towns": False}
    assert found.ids(shown) == ("land", "beside_proposals")


def test_the_order_of_the_second_map_is_that_of_the_first():
    found = second_layers((LAND, FIRST, TOWNS), (LAND, SECOND, TOWNS))
    order = [spec.layer_id for spec in interleaved((LAND, FIRST, TOWNS), found.beside)]
    assert order == ["land", "proposals", "beside_proposals", "towns"]


def test_what_has_no_like_lies_on_top():
    new = replace(SECOND, layer_id="new")
    found = second_layers((LAND,), (LAND, new))
    assert [spec.layer_id for spec in interleaved((LAND,), found.beside)] == [
        "land",
        "beside_new",
    ]


def test_the_same_scenario_needs_nothing_beside():
    assert second_layers((LAND, FIRST), (LAND, FIRST)).beside == ()
