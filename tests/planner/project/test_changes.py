"""What the journal tells of one row."""

import sqlite3
from contextlib import closing

import pytest

from planner.errors import DamagedProjectError, EditError
from planner.project import (
    AddFeatures,
    CommandGroup,
    Project,
    RemoveFeatures,
    SetSetting,
    UpdateFeature,
)


def test_added_changed_and_removed(project, core):
    project.execute(AddFeatures("cores", [core("a"), core("b", x=5000)]))
    project.execute(SetSetting("x", 1))
    project.execute(UpdateFeature("cores", 2, {"name": "B"}))
    project.execute(UpdateFeature("cores", 1, {"name": "A"}))
    project.execute(RemoveFeatures("cores", [1, 2]))
    gone, named, added = project.changes("cores", 1)
    assert added.before is None
    assert added.after["core_id"] == "a"
    assert named.before == {"name": None}
    assert named.after == {"name": "A"}
    assert named.entry.author == "Ann"
    assert gone.before["name"] == "A"
    assert gone.after is None
    assert len(project.changes("cores", 3)) == 0


def test_group_that_changes_a_row_twice_tells_the_end_and_the_beginning(project, core):
    project.execute(AddFeatures("cores", [core("a", name="0")]))
    twice = (
        UpdateFeature("cores", 1, {"name": "1"}),
        UpdateFeature("cores", 1, {"name": "2", "area_km2": 5.0}),
    )
    project.execute(CommandGroup("Twice", twice))
    change = project.changes("cores", 1)[0]
    assert change.before == {"name": "0", "area_km2": None}
    assert change.after == {"name": "2", "area_km2": 5.0}


def test_rows_of_other_tables_are_told_apart(project, core):
    record = {"proposal_id": "p", "name": "P"}
    both = (AddFeatures("cores", [core("a")]), AddFeatures("proposals", [record]))
    project.execute(CommandGroup("Both", both))
    project.execute(UpdateFeature("proposals", 1, {"name": "Q"}))
    assert len(project.changes("cores", 1)) == 1
    assert [change.after["name"] for change in project.changes("proposals", 1)] == ["Q", "P"]


def test_unknown_table_and_damaged_entry(project, core, folder):
    with pytest.raises(EditError, match="no table 'nothing'"):
        project.changes("nothing", 1)
    project.execute(AddFeatures("cores", [core("a")]))
    project.close()
    with closing(sqlite3.connect(folder / "project.gpkg")) as file:
        file.execute("UPDATE journal SET command = X'00'")
        file.commit()
    with (
        Project.open(folder) as again,
        pytest.raises(DamagedProjectError, match="entry of the journal cannot be read"),
    ):
        again.changes("cores", 1)
