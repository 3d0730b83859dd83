import json
import shutil
import threading

import pytest
import shapely
from pyproj import CRS

from planner.errors import (
    EditConflictError,
    EditError,
    ProjectError,
    ProjectExistsError,
    ReadOnlyProjectError,
)
from planner.project import (
    AddFeatures,
    AddScenario,
    Project,
    RemoveFeatures,
    SetSetting,
    UpdateFeature,
    records_of,
)
from planner.project.schema import TABLES


def test_new_project_has_its_folders_and_facts(tmp_path):
    crs = "+proj=laea +lat_0=50 +lon_0=115 +datum=WGS84 +units=m +no_defs"
    with Project.create(
        tmp_path / "dauria", name="Dauria", region_id="dauria", crs=crs
    ) as made:
        assert made.path == tmp_path / "dauria.landbridge"
        assert (made.name, made.region_id, made.crs) == ("Dauria", "dauria", crs)
        assert not made.read_only
        assert made.read_only_reason == ""
        assert made.scenarios() == ()
        assert made.settings == {}
    names = {path.name for path in (tmp_path / "dauria.landbridge").iterdir()}
    assert names == {"project.gpkg", "project.lock", "rasters", "exports"}
    assert [path.name for path in tmp_path.iterdir()] == ["dauria.landbridge"]


def test_suffix_is_not_doubled(tmp_path):
    crs = "EPSG:8857"
    path = tmp_path / "a.b.landbridge"
    with Project.create(path, name="A", region_id="r", crs=crs) as project:
        assert project.path == path
    with Project.create(tmp_path / "v1.2", name="B", region_id="r", crs=crs) as project:
        assert project.path.name == "v1.2.landbridge"


def test_project_opens_by_the_database_in_it(folder):
    with Project.open(folder / "project.gpkg") as project:
        assert project.path == folder


def test_existing_folder_is_not_overwritten(folder):
    before = (folder / "project.gpkg").read_bytes()
    with pytest.raises(ProjectExistsError, match="exists already"):
        Project.create(folder, name="X", region_id="r", crs="EPSG:8857")
    assert (folder / "project.gpkg").read_bytes() == before


def test_failed_creation_leaves_nothing_behind(tmp_path):
    with pytest.raises(EditError, match="no coordinate system"):
        Project.create(tmp_path / "x", name="X", region_id="r", crs="+proj=nonsense")
    with pytest.raises(ProjectError, match="cannot be made"):
        Project.create(tmp_path / "missing" / "x", name="X", region_id="r", crs="EPSG:8857")
    assert list(tmp_path.iterdir()) == []


def test_features_come_back_as_they_were_given(project):
    square = shapely.box(0, 0, 1000, 2000)
    given = {
        "site_id": "hunchun",
        "name_en": "Hunchun",
        "name_local": "珲春",
        "countries": ["CHN"],
        "area_km2": 1087.0,
        "borders": [{"pair": "CHN-RUS", "relation": "on"}],
        "kind": "nominal",
        "moved": True,
        "confidence": None,
        "attributes": {"status": {"read": 3}},
        "geometry": square,
    }
    project.execute(AddFeatures("sites", [given]))
    (row,) = project.records("sites")
    assert {name: row[name] for name in given if name != "geometry"} == {
        name: value for name, value in given.items() if name != "geometry"
    }
    assert row["geometry"].equals(shapely.MultiPolygon([square]))
    sites = project.sites(site_id="hunchun")
    assert CRS(sites.crs) == CRS(project.crs)
    assert sites["name_local"].tolist() == ["珲春"]
    assert sites["countries"].tolist() == [["CHN"]]
    assert sites["moved"].tolist() == [True]
    assert sites["confidence"].isna().all()
    assert sites.index.tolist() == [row["fid"]]
    assert len(project.sites(site_id="other")) == 0


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if table.geometry])
def test_empty_tables_have_their_columns_and_crs(project, name):
    frame = getattr(project, name)()
    assert frame.empty
    assert CRS(frame.crs) == CRS(project.crs)
    assert set(TABLES[name].stored_columns) - set(frame.columns) == {"fid", "geom"}


def test_frame_makes_records_for_another_table(project, core):
    project.execute(AddFeatures("cores", [core("a", area_km2=1.0), core("b", x=5000)]))
    cores = project.cores()
    project.execute(AddFeatures("cores", records_of(cores.drop(columns="uuid"))))
    again = project.cores()
    assert again["core_id"].tolist() == ["a", "b", "a", "b"]
    assert again["area_km2"].tolist()[2] == 1.0
    assert again["area_km2"].isna().tolist() == [False, True, False, True]
    assert again["uuid"].is_unique


def test_identifiers_are_never_used_again(project, core):
    project.execute(AddFeatures("cores", [core("a"), core("b")]))
    project.execute(RemoveFeatures("cores", project.cores().index.tolist()))
    project.execute(AddFeatures("cores", [core("c")]))
    assert project.cores().index.tolist() == [3]


def test_plain_tables_have_no_geometry(project):
    with pytest.raises(EditError, match="holds no geometry"):
        project.features("scenarios")
    assert "geometry" not in project.table("indicators")


@pytest.mark.parametrize(
    "name", ["", "..", "../x", "a/b", "a\\b", ".hidden", "a..b", "x" * 200]
)
def test_raster_names_stay_in_their_folder(project, name):
    with pytest.raises(EditError, match="cannot name a raster"):
        project.raster_path(name)


def test_raster_path(project):
    path = project.raster_path("suitability-amur-tiger")
    assert path == project.path / "rasters" / "suitability-amur-tiger.tif"
    assert project.exports_path.is_dir()


def test_subscribers_hear_what_changed_until_they_leave(project, core):
    heard = []
    leave = project.subscribe(heard.append)
    project.execute(AddFeatures("cores", [core("a")], label="Draw core"))
    project.undo()
    project.redo()
    leave()
    leave()
    project.undo()
    assert [(event.cause, event.label, event.tables) for event in heard] == [
        (cause, "Draw core", frozenset({"cores"})) for cause in ("executed", "undone", "redone")
    ]


def test_nobody_hears_of_an_edit_that_failed(project):
    heard = []
    project.subscribe(heard.append)
    with pytest.raises(EditConflictError):
        project.execute(UpdateFeature("cores", 7, {"name": "x"}))
    assert heard == []
    assert project.history() == []


def test_subscriber_may_read_and_edit(project):
    def react(event):
        if event.label == "Set a":
            project.execute(SetSetting("b", project.settings["a"]))

    project.subscribe(react)
    project.execute(SetSetting("a", 1))
    assert project.settings == {"a": 1, "b": 1}


def test_edits_of_a_group_are_one_step(project, core, dump):
    project.execute(SetSetting("before", True))
    start = dump(project)
    with project.grouped("Plan corridors"):
        project.execute(AddFeatures("cores", [core("a")]))
        with project.grouped("inner"):
            project.execute(AddScenario("base", "Base"))
        project.execute(SetSetting("x", 1))
    end = dump(project)
    assert project.undo_label == "Plan corridors"
    assert project.undo() == "Plan corridors"
    assert dump(project) == start
    assert (project.undo_label, project.redo_label) == ("Set before", "Plan corridors")
    assert project.redo() == "Plan corridors"
    assert dump(project) == end
    project.execute(SetSetting("y", 1))
    assert project.undo() == "Set y"


def test_group_is_one_step_even_where_it_broke_off(project, core, dump):
    start = dump(project)

    def break_off():
        with project.grouped("Plan"):
            project.execute(AddFeatures("cores", [core("a")]))
            project.execute(SetSetting("x", 1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert project.undo() == "Plan"
    assert dump(project) == start
    project.execute(SetSetting("later", 1))
    assert project.undo_label == "Set later"


def test_edits_of_another_thread_are_no_part_of_a_group(project, core):
    with project.grouped("Plan"):
        project.execute(SetSetting("mine", 1))
        other = threading.Thread(target=project.execute, args=(SetSetting("theirs", 1),))
        other.start()
        other.join()
        project.execute(SetSetting("mine", 2))
    assert [project.undo() for _ in range(4)] == ["Plan", "Set theirs", None, None]
    assert project.settings == {}


def test_history_keeps_what_was_undone_and_replaced(folder, core):
    with Project.open(folder, author="Bo") as project:
        project.execute(AddFeatures("cores", [core("a")], label="Draw"))
        project.undo()
        project.execute(SetSetting("x", 1))
        assert project.redo() is None
    with Project.open(folder) as project:
        entries = project.history()
        told = [(e.label, e.state, e.author, e.command_type, e.tables) for e in entries]
        assert told == [
            ("Set x", "done", "Bo", "SetSetting", ("settings",)),
            ("Draw", "dropped", "Bo", "AddFeatures", ("cores",)),
        ]
        assert entries[0].time.endswith("Z")
        assert entries[0].seq > entries[1].seq
        assert len(project.history(limit=1)) == 1


def test_undo_and_redo_survive_a_restart(folder, core, dump):
    with Project.open(folder) as project:
        states = [dump(project)]
        for name in "abc":
            project.execute(AddFeatures("cores", [core(name)], label=f"Draw {name}"))
            states.append(dump(project))
        project.undo()
    with Project.open(folder) as project:
        assert (project.undo_label, project.redo_label) == ("Draw b", "Draw c")
        assert dump(project) == states[2]
        assert project.redo() == "Draw c"
        assert dump(project) == states[3]
    with Project.open(folder) as project:
        for label, state in zip("cba", reversed(states[:3]), strict=True):
            assert project.undo() == f"Draw {label}"
            assert dump(project) == state
        assert not project.can_undo
        assert project.undo() is None


def test_closed_project_says_so(folder):
    project = Project.open(folder)
    project.close()
    project.close()
    with pytest.raises(ProjectError, match="was closed"):
        project.records("cores")
    with pytest.raises(ProjectError):
        project.execute(SetSetting("x", 1))


def test_closed_project_is_one_file(folder, core):
    with Project.open(folder) as project:
        project.execute(AddFeatures("cores", [core("a")]))
        assert (folder / "project.gpkg-wal").exists()
    assert not list(folder.glob("project.gpkg-*"))
    assert (folder / "project.gpkg").read_bytes()[18:20] == b"\x01\x01", "still in WAL mode"
    assert (folder / "project.lock").read_bytes() == b""


def test_reading_only_changes_nothing(folder, core):
    with Project.open(folder) as project:
        project.execute(AddFeatures("cores", [core("a")]))
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with Project.open(folder, read_only=True) as project:
        assert project.read_only
        assert not project.can_undo
        assert len(project.cores()) == 1
        assert project.locked_by is None
        for edit in (lambda: project.execute(SetSetting("x", 1)), project.undo, project.redo):
            with pytest.raises(ReadOnlyProjectError, match="opened for reading only"):
                edit()
    assert {
        path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()
    } == before


def test_copied_folder_is_a_project(folder, core, tmp_path):
    with Project.open(folder) as project:
        project.execute(AddFeatures("cores", [core("a")]))
    copy = tmp_path / "copy.landbridge"
    copy.mkdir()
    (copy / "project.gpkg").write_bytes((folder / "project.gpkg").read_bytes())
    with Project.open(copy) as project:
        assert project.undo() == "Add 1 to cores"


def test_importing_is_light(python):
    program = (
        "import sys, planner.project\n"
        "print({'geopandas', 'pandas', 'pyproj', 'rasterio'} & set(sys.modules))\n"
    )
    assert python("-c", program).stdout.readline() == "set()\n"


def test_settings_hold_any_json(project):
    value = {"layers": ["a", "b"], "opacity": 0.5, "on": True, "none": None}
    project.execute(SetSetting("view", value))
    assert project.settings == {"view": value}
    project.execute(SetSetting("view", None))
    assert project.settings == {}
    project.undo()
    assert project.settings == {"view": json.loads(json.dumps(value))}


def test_nothing_is_written_into_a_folder_that_is_gone(folder):
    project = Project.open(folder)
    project.execute(SetSetting("x", 1))
    away = folder.rename(folder.with_name("away"))
    with pytest.raises(ProjectError, match=r"is gone: it is not there.*Bring back the drive"):
        project.execute(SetSetting("x", 2))
    with pytest.raises(ProjectError, match="is gone"):
        project.undo()
    assert project.settings == {"x": 1}
    away.rename(folder)
    project.execute(SetSetting("x", 3))
    assert project.undo() == "Set x"
    assert project.settings == {"x": 1}
    project.close()


def test_nothing_is_written_where_another_project_took_the_place(folder, tmp_path):
    project = Project.open(folder)
    away = folder.rename(folder.with_name("away"))
    shutil.copytree(away, folder)
    with pytest.raises(ProjectError, match="another file has taken its place"):
        project.execute(SetSetting("x", 2))
    shutil.rmtree(folder)
    away.rename(folder)
    project.close()
