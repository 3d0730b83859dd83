import sqlite3
import time
from contextlib import closing
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
import shapely

from planner.errors import EditConflictError, EditError
from planner.project import (
    AddFeatures,
    AddScenario,
    CommandGroup,
    RemoveFeatures,
    RemoveScenario,
    RenameScenario,
    ReplaceFeatures,
    SetSetting,
    StoreIndicators,
    UpdateFeature,
)

LINE = shapely.LineString([(0, 0), (1000, 0)])
SQUARE = shapely.box(0, 0, 1000, 1000)


@pytest.fixture
def filled(project, core):
    """Project with two scenarios, features in both, a setting and an observation."""
    project.execute(AddScenario("base", "Base", created="2024-05-01"))
    project.execute(AddScenario("wide", "Wide corridors", note="as tabled"))
    project.execute(AddFeatures("cores", [core("a", scenario="base"), core("b", x=9000)]))
    project.execute(
        AddFeatures(
            "corridors",
            [
                {"corridor_id": "1", "scenario": "base", "kind": "path", "geometry": LINE},
                {"corridor_id": "1", "scenario": "base", "kind": "swath", "geometry": SQUARE},
                {"corridor_id": "2", "scenario": "wide", "kind": "path", "geometry": LINE},
            ],
        )
    )
    project.execute(StoreIndicators("base", [{"country": "CHN", "indicator": "x", "value": 1}]))
    project.execute(SetSetting("language", "en"))
    return project


COMMANDS = {
    "add": lambda: AddFeatures(
        "observations", [{"geometry": shapely.Point(1, 2), "lat": 43.0}]
    ),
    "add none": lambda: AddFeatures("observations", []),
    "add without geometry": lambda: AddFeatures("sites", [{"site_id": "x"}]),
    "remove": lambda: RemoveFeatures("corridors", [3, 1]),
    "update": lambda: UpdateFeature("cores", 1, {"name": "Hunchun", "area_km2": 12.5}),
    "reshape": lambda: UpdateFeature("cores", 1, {"geometry": shapely.box(-5e5, 0, 5, 9e5)}),
    "unshape": lambda: UpdateFeature("cores", 2, {"geometry": None}),
    "replace": lambda: ReplaceFeatures(
        "corridors", [{"kind": "path", "geometry": LINE}], {"scenario": "base"}
    ),
    "replace by none": lambda: ReplaceFeatures("corridors", [], {"scenario": "base"}),
    "replace all": lambda: ReplaceFeatures("cores", [{"core_id": "only"}]),
    "set new": lambda: SetSetting("unit", {"area": "km2"}),
    "set": lambda: SetSetting("language", "ko"),
    "unset": lambda: SetSetting("language", None),
    "unset nothing": lambda: SetSetting("nothing", None),
    "add scenario": lambda: AddScenario("third", "Third"),
    "copy scenario": lambda: AddScenario("third", "Third", copy_of="base"),
    "rename scenario": lambda: RenameScenario("base", "As it is"),
    "remove scenario": lambda: RemoveScenario("base"),
    "indicators": lambda: StoreIndicators(
        "base", [{"indicator": "y", "value": 2}], run_id="r1"
    ),
    "group": lambda: CommandGroup(
        "Several", (SetSetting("a", 1), RemoveFeatures("cores", [1]), RemoveScenario("wide"))
    ),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_undo_restores_the_whole_state_and_redo_the_next(filled, dump, name):
    before = dump(filled)
    command = COMMANDS[name]()
    filled.execute(command)
    after = dump(filled)
    assert filled.undo_label == command.label
    for _ in range(2):
        assert filled.undo() == command.label
        assert dump(filled) == before
        assert filled.redo() == command.label
        assert dump(filled) == after


def test_replace_fills_in_its_condition_and_leaves_the_rest(filled):
    filled.execute(COMMANDS["replace"]())
    rows = [(row["corridor_id"], row["scenario"]) for row in filled.records("corridors")]
    assert rows == [("2", "wide"), (None, "base")]


def test_copy_of_a_scenario_has_its_own_identifiers(filled):
    filled.execute(AddScenario("third", "Third", copy_of="base"))
    copies = filled.records("corridors", scenario="third")
    sources = filled.records("corridors", scenario="base")
    assert [row["kind"] for row in copies] == ["path", "swath"]
    assert copies[1]["geometry"].equals(sources[1]["geometry"])
    assert not {row["uuid"] for row in copies} & {row["uuid"] for row in sources}
    assert len(filled.cores(scenario="third")) == 1
    assert filled.indicators(scenario="third")["value"].tolist() == [1.0]


def test_removed_scenario_takes_its_features_along(filled):
    filled.execute(RemoveScenario("base"))
    assert [scenario.name for scenario in filled.scenarios()] == ["Wide corridors"]
    assert [row["scenario"] for row in filled.records("corridors")] == ["wide"]
    assert [row["core_id"] for row in filled.records("cores")] == ["b"]
    assert filled.indicators().empty


def test_scenarios_are_told_in_order(filled):
    base, wide = filled.scenarios()
    assert (base.scenario_id, base.created, base.note) == ("base", "2024-05-01", "")
    assert (wide.name, wide.note) == ("Wide corridors", "as tabled")


def test_group_is_all_or_nothing(filled, dump):
    before = dump(filled)
    group = CommandGroup("Both", (SetSetting("a", 1), RemoveFeatures("cores", [999])))
    with pytest.raises(EditConflictError, match="Feature 999 of cores is not there"):
        filled.execute(group)
    assert dump(filled) == before
    assert filled.undo_label == "Set language"


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"core_idd": "x"}, "has no column 'core_idd'. Did you mean core_id or"),
        ({"area_km2": "large"}, "holds a finite number, not 'large'"),
        ({"area_km2": float("inf")}, "holds a finite number"),
        ({"area_km2": True}, "holds a finite number"),
        ({"core_id": 7}, "holds a text"),
        ({"core_id": "a\0b"}, "holds a text"),
        ({"core_id": "\ud800"}, "holds a text"),
        ({"countries": object()}, "as JSON"),
        ({"countries": [float("nan")]}, "as JSON"),
        ({"countries": ["\ud800"]}, "as JSON"),
        ({"geometry": "POINT (0 0)"}, "is no geometry"),
        ({"geometry": shapely.Point(0, 0)}, "holds MultiPolygon, not Point"),
        ({"geometry": LINE}, "holds MultiPolygon, not MultiLineString"),
        ({"geometry": shapely.GeometryCollection([SQUARE])}, "not GeometryCollection"),
        ({"geometry": shapely.box(0, 0, np.inf, 1)}, "infinite or not a number"),
    ],
)
def test_unsuitable_values_are_refused_by_name(project, dump, record, message):
    before = dump(project)
    with pytest.raises(EditError) as caught:
        project.execute(AddFeatures("cores", [{"core_id": "good"}, record]))
    assert message in str(caught.value)
    assert dump(project) == before
    assert project.history() == []


def test_values_outside_a_vocabulary_are_refused(project):
    with pytest.raises(EditError, match="draft, tabled, agreed, rejected, not 'maybe'"):
        project.execute(AddFeatures("proposals", [{"status": "maybe"}]))


def test_missing_values_and_numpy_values_are_understood(project):
    record = {
        "area_km2": np.float32(2.5),
        "name": pd.NA,
        "species": float("nan"),
        "countries": np.array(["CHN", "RUS"]),
        "site_ids": frozenset({"b", "a"}),
        "attributes": MappingProxyType({"n": np.int64(3)}),
        "geometry": shapely.Polygon(),
    }
    project.execute(AddFeatures("cores", [record]))
    (row,) = project.records("cores")
    assert row["area_km2"] == 2.5
    assert row["name"] is row["species"] is row["geometry"] is None
    assert row["countries"] == ["CHN", "RUS"]
    assert row["site_ids"] == ["a", "b"]
    assert row["attributes"] == {"n": 3}


def test_height_is_dropped(project):
    project.execute(AddFeatures("observations", [{"geometry": shapely.Point(1, 2, 3)}]))
    (row,) = project.records("observations")
    assert not row["geometry"].has_z
    assert row["geometry"].coords[0] == (1, 2)


@pytest.mark.parametrize(
    ("command", "error", "message"),
    [
        (lambda: AddFeatures("corridor", []), EditError, "Did you mean corridors"),
        (lambda: AddFeatures("journal", []), EditError, "no table 'journal'"),
        (lambda: AddFeatures("settings", []), EditError, "commands made for settings"),
        (lambda: RemoveFeatures("runs", [1]), EditError, "commands made for runs"),
        (lambda: RemoveFeatures("cores", []), EditError, "Nothing was chosen"),
        (lambda: UpdateFeature("cores", 1, {}), EditError, "changes nothing"),
        (lambda: UpdateFeature("cores", 1, {"fid": 2}), EditError, "cannot be changed"),
        (lambda: UpdateFeature("cores", 99, {"name": "x"}), EditConflictError, "99 of cores"),
        (lambda: AddScenario("base", "Again"), EditError, "'base' already"),
        (lambda: AddScenario("", "Nameless"), EditError, "needs an identifier"),
        (lambda: AddScenario("n", "N", copy_of="no"), EditConflictError, "base, wide"),
        (lambda: RemoveScenario("no"), EditConflictError, "no scenario 'no'"),
        (lambda: RenameScenario("no", "x"), EditConflictError, "no scenario 'no'"),
        (lambda: SetSetting("", 1), EditError, "needs a name"),
        (lambda: SetSetting("x", {1, object()}), EditError, "as JSON"),
        (lambda: CommandGroup("Empty", ()), EditError, "at least one edit"),
        (
            lambda: ReplaceFeatures("cores", [{"scenario": "x"}], {"scenario": "y"}),
            EditError,
            "takes the place",
        ),
        (lambda: ReplaceFeatures("cores", [], {"nope": 1}), EditError, "no column 'nope'"),
    ],
)
def test_edits_that_cannot_be_meant_are_refused(filled, dump, command, error, message):
    before = dump(filled)
    with pytest.raises(error) as caught:
        filled.execute(command())
    assert message in str(caught.value)
    assert dump(filled) == before


def test_undo_refuses_where_a_gis_has_changed_the_data(project, core, dump):
    project.execute(AddFeatures("cores", [core("a")]))
    with closing(sqlite3.connect(project.database_path)) as outside:
        outside.execute("DELETE FROM cores")
        outside.commit()
    before = dump(project)
    with pytest.raises(EditConflictError, match="is not there"):
        project.undo()
    assert dump(project) == before
    assert project.undo_label == "Add 1 to cores"


def test_thousands_of_features_are_one_quick_edit(project, core):
    records = [core(str(index), x=index * 10.0) for index in range(5000)]
    start = time.process_time()
    project.execute(ReplaceFeatures("cores", records))
    project.execute(ReplaceFeatures("cores", records))
    project.undo()
    assert time.process_time() - start < 10.0
    assert len(project.cores()) == 5000
    assert len(project.history()) == 2
