"""Edits of the map's layers: each one step of undo, also after the project was opened again."""

from __future__ import annotations

import pytest

from layers.qgis.remote import tile_source
from planner.errors import EditError
from planner.map_layers import (
    NewLayer,
    add_layer,
    layers_of,
    map_of,
    order_layers,
    order_with,
    planned_layers,
    remove_layers,
    removed_layers,
    rename_layer,
    restore_layers,
    set_group,
    set_note,
    set_opacity,
    set_style,
    set_subset,
    set_visible,
)
from planner.map_layers.commands import MOST_LAYERS
from planner.map_layers.placing import GROUND
from planner.maps import scenario_layers
from planner.project import AddFeatures, Project

RED = {"type": "single", "symbol": {"fill": "#ff0000"}}
TILES = tile_source("https://tiles.example/{z}/{x}/{y}.png")


def by_id(project, pack):
    return {layer.layer_id: layer for layer in layers_of(project, pack)}


def web(name="Web", **more):
    return NewLayer(name, TILES, "raster", "wms", **more)


def test_a_map_that_nobody_changed_is_the_one_that_came(project, pack):
    assert layers_of(project, pack) == scenario_layers(project, pack)
    shown = map_of(project, pack)
    assert (shown.own, shown.removed, shown.problems) == (frozenset(), (), ())


@pytest.mark.parametrize(
    ("edit", "field", "value"),
    [
        (rename_layer("base_lakes", " Lakes and ponds "), "name", "Lakes and ponds"),
        (set_opacity("base_lakes", 0.4, name="Lakes"), "opacity", 0.4),
        (set_style("base_lakes", RED, name="Lakes"), "style", RED),
        (set_group(["base_lakes"], "Water"), "group", "Water"),
    ],
)
def test_what_comes_with_the_project_can_be_changed_and_changed_back(
    project, pack, edit, field, value
):
    before = layers_of(project, pack)
    project.execute(edit)
    assert getattr(by_id(project, pack)["base_lakes"], field) == value
    assert map_of(project, pack).shipped == before
    folder = project.path
    project.close()
    with Project.open(folder, author="Ann") as again:
        assert getattr(by_id(again, pack)["base_lakes"], field) == value
        assert again.undo() == edit.label
        assert layers_of(again, pack) == before
        assert again.redo() == edit.label
        assert getattr(by_id(again, pack)["base_lakes"], field) == value


def test_a_style_goes_back_to_the_one_that_came(project, pack):
    before = by_id(project, pack)["base_lakes"].style
    project.execute(set_style("base_lakes", RED, name="Lakes"))
    project.execute(set_style("base_lakes", None, name="Lakes"))
    assert by_id(project, pack)["base_lakes"].style == before


def test_a_layer_is_added_on_top_and_removed_and_put_back(project, pack):
    new = web("Web map", note="somebody's", opacity=0.7)
    project.execute(add_layer(new))
    top = layers_of(project, pack)[-1]
    assert (top.name, top.provider, top.opacity) == ("Web map", "wms", 0.7)
    shown = map_of(project, pack)
    assert shown.own == {new.layer_id}
    assert shown.notes == {new.layer_id: "somebody's"}
    project.execute(remove_layers({new.layer_id: new.name, "base_lakes": "Lakes"}))
    assert {new.layer_id, "base_lakes"} & by_id(project, pack).keys() == set()
    assert removed_layers(project, pack) == (
        ("base_lakes", "Lakes"),
        (new.layer_id, "Web map"),
    )
    assert project.undo_label == "Remove 2 layers"
    project.undo()
    assert by_id(project, pack).keys() >= {new.layer_id, "base_lakes"}
    project.redo()
    project.execute(restore_layers({"base_lakes": "Lakes"}))
    assert "base_lakes" in by_id(project, pack)
    assert removed_layers(project, pack) == ((new.layer_id, "Web map"),)
    project.execute(set_note(new.layer_id, "ours", name="Web map"))
    project.execute(restore_layers({new.layer_id: "Web map"}))
    assert map_of(project, pack).notes == {new.layer_id: "ours"}


def add_where_it_goes(project, pack, new):
    project.execute(add_layer(new, order_with(map_of(project, pack), new)))
    return [layer.layer_id for layer in layers_of(project, pack)]


def test_pictures_go_between_the_ground_and_the_plan_and_outlines_on_top(project, pack):
    before = [layer.layer_id for layer in layers_of(project, pack)]
    assert set(before[: len(GROUND)]) == GROUND
    first, second = web("Photo"), NewLayer("Heights", "/a/heights.tif", "raster")
    parks = NewLayer("Parks", "layers/parks.gpkg|layername=parks", "vector")
    ground, plan = before[: len(GROUND)], before[len(GROUND) :]
    assert add_where_it_goes(project, pack, first) == [*ground, first.layer_id, *plan]
    pictures = [first.layer_id, second.layer_id]
    assert add_where_it_goes(project, pack, second) == [*ground, *pictures, *plan]
    order = [*ground, *pictures, *plan, parks.layer_id]
    assert add_where_it_goes(project, pack, parks) == order
    for name in ("Parks", "Heights", "Photo"):
        assert project.undo() == f"Add layer {name}"
    assert [layer.layer_id for layer in layers_of(project, pack)] == before


def test_a_picture_goes_above_the_ground_wherever_that_was_moved(project, pack):
    order = [layer.layer_id for layer in layers_of(project, pack)]
    project.execute(order_layers([*order[1:], order[0]]))
    new = web()
    assert add_where_it_goes(project, pack, new) == [*order[1:], order[0], new.layer_id]
    project.undo()
    project.execute(remove_layers(dict.fromkeys(GROUND, "Ground")))
    assert add_where_it_goes(project, pack, new)[0] == new.layer_id


def test_an_order_without_the_new_layer_is_refused():
    with pytest.raises(EditError, match="does not hold"):
        add_layer(web(), ["base_lakes"])


def test_an_order_with_groups_is_one_step(project, pack):
    order = [layer.layer_id for layer in layers_of(project, pack)]
    turned = order[::-1]
    project.execute(order_layers(turned, groups={"base_lakes": "Water"}))
    assert [layer.layer_id for layer in layers_of(project, pack)] == turned
    assert by_id(project, pack)["base_lakes"].group == "Water"
    project.undo()
    assert [layer.layer_id for layer in layers_of(project, pack)] == order
    assert by_id(project, pack)["base_lakes"].group == "Base"


def test_layers_that_come_later_stand_above_those_they_stood_above(project, pack):
    order = [layer.layer_id for layer in layers_of(project, pack)]
    lower, later, moved = order[2], order[3], order[0]
    placed = [name for name in order if name != later]
    placed.remove(moved)
    project.execute(order_layers([*placed, moved]))
    shown = [layer.layer_id for layer in layers_of(project, pack)]
    assert shown.index(later) == shown.index(lower) + 1
    assert shown[-1] == moved
    project.execute(add_layer(web()))
    assert layers_of(project, pack)[-1].name == "Web"


def test_switching_is_remembered_and_is_no_step_of_undo(project, pack):
    project.execute(rename_layer("base_lakes", "Ponds"))
    assert set_visible(project, {"base_lakes": False, "base_sea": False})
    assert set_visible(project, {"base_sea": True})
    assert not by_id(project, pack)["base_lakes"].visible
    assert by_id(project, pack)["base_sea"].visible
    assert project.undo() == "Rename layer to Ponds"
    lakes = by_id(project, pack)["base_lakes"]
    assert (lakes.name, lakes.visible) == ("Lakes", False)
    assert project.undo_label is None
    project.redo()
    assert not by_id(project, pack)["base_lakes"].visible
    folder = project.path
    project.close()
    with Project.open(folder, read_only=True) as again:
        assert not by_id(again, pack)["base_lakes"].visible
        assert not set_visible(again, {"base_lakes": True})


def test_what_is_switched_in_the_window_is_none_of_what_a_plan_makes(project, pack):
    new = web()
    project.execute(add_layer(new))
    project.execute(rename_layer("base_lakes", "Ponds"))
    planned = planned_layers(project, pack, with_own=True)
    others = {layer.layer_id: not layer.visible for layer in planned}
    assert set_visible(project, others)
    seen = {layer.layer_id: layer.visible for layer in layers_of(project, pack)}
    assert seen == others
    assert planned_layers(project, pack, with_own=True) == planned
    assert [layer.name for layer in planned if layer.layer_id == "base_lakes"] == ["Ponds"]
    assert planned_layers(project, pack, with_own=False) == planned[:-1]


def test_a_filter_shows_some_features_of_a_file(project, pack):
    source = "layers/parks.gpkg|layername=parks"
    new = NewLayer("Parks", source, "vector")
    project.execute(add_layer(new))
    project.execute(set_subset(new.layer_id, "name = 'a'", name="Parks"))
    assert by_id(project, pack)[new.layer_id].subset == "name = 'a'"


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: rename_layer("a", "  "), "1 to 200 characters"),
        (lambda: rename_layer("a", "x" * 201), "1 to 200 characters"),
        (lambda: rename_layer("a", "x\ny"), "can be printed"),
        (lambda: set_opacity("a", float("nan"), name="A"), "between 0 and 1"),
        (lambda: set_opacity("a", 1.1, name="A"), "between 0 and 1"),
        (lambda: order_layers(["a", "a"]), "twice"),
        (lambda: order_layers([]), "No layer"),
        (lambda: remove_layers({}), "No layer"),
        (lambda: set_group(["a"], "x" * 300), "at most 200"),
        (lambda: web(""), "1 to 200 characters"),
    ],
)
def test_edits_that_cannot_be_meant(make, told):
    with pytest.raises(EditError, match=told):
        make()


def test_a_layer_is_added_once_and_there_is_an_end_to_them(project):
    new = web()
    project.execute(add_layer(new))
    with pytest.raises(EditError, match="already"):
        project.execute(add_layer(new))
    rows = [{"layer_id": f"x{n}"} for n in range(MOST_LAYERS)]
    project.execute(AddFeatures("map_layers", rows))
    with pytest.raises(EditError, match="as many as it can"):
        project.execute(add_layer(web()))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"source": "/etc/passwd", "kind": "vector"}, "not in the project's folder"),
        ({"source": "../../secret.gpkg", "kind": "vector"}, "outside the project"),
        ({"source": "/vsicurl/http://h/a.tif", "kind": "raster"}, "is no file"),
        ({"source": "PG:host=h", "kind": "raster", "provider": "ogr"}, "is opened by one of"),
        ({"source": "<VRTDataset/>", "kind": "raster"}, "is no file"),
        ({"source": "http://h/a.tif", "kind": "raster"}, "is no file"),
        ({"source": "layers/a.gpkg|option:X=1", "kind": "vector"}, "more than file and table"),
        (
            {"source": "type=xyz&url=file:///{x}{y}{z}", "kind": "raster", "provider": "wms"},
            "must begin with",
        ),
        (
            {
                "source": "dbname='a' password='b' table=\"t\"",
                "kind": "vector",
                "provider": "postgres",
            },
            "may not hold 'password'",
        ),
        ({"source": "a.tif", "kind": "raster", "style": {"type": "evil"}}, "style has one of"),
    ],
)
def test_rows_of_somebody_elses_project_are_told_and_left_out(project, pack, row, told):
    project.execute(AddFeatures("map_layers", [{"layer_id": "bad", "name": "Bad", **row}]))
    shown = map_of(project, pack)
    assert shown.layers == scenario_layers(project, pack)
    (problem,) = shown.problems
    assert (problem.layer_id, problem.name) == ("bad", "Bad")
    assert told in problem.reason


def test_values_that_are_none_count_as_not_said(project, pack):
    rows = [
        {"layer_id": "base_lakes", "opacity": 7.0, "position": None, "style": {}},
        {"layer_id": "base_lakes", "name": "Second"},
        {"layer_id": "gone", "name": "Nobody"},
    ]
    project.execute(AddFeatures("map_layers", rows))
    assert layers_of(project, pack) == scenario_layers(project, pack)
