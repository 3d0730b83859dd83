"""What a second run does after something changed."""

from __future__ import annotations

import pytest

from planner.project import Project
from planner.records import texts

pytestmark = pytest.mark.slow


def states_of(planned, state):
    return {name for name, found in planned.states.items() if found == state}


def test_the_first_run_does_everything(small):
    assert set(small.states.values()) == {"done"}


def test_the_same_again_does_nothing(copy, plan):
    again = plan(copy.out)
    assert set(again.states.values()) == {"reused"}


def test_undo_takes_the_whole_plan_back(copy, small):
    with Project.open(copy.folder) as project:
        assert project.undo() == "Plan Tumen River estuary"
        for table in ("cores", "corridors", "bottlenecks", "proposals", "indicators"):
            assert project.records(table) == []
        assert project.scenarios() == ()
        assert project.records("sites")
        assert project.undo() == "Sites and cross-border pairs"
        assert project.records("sites") == project.records("pairs") == []
        assert not project.can_undo
        assert len(project.runs()) == len(small.states)


def test_with_one_seed_everything_comes_again_the_same_in_another_folder(
    copy, plan, small, results_of, files_of
):
    with Project.open(copy.folder) as project:
        project.undo()
        project.undo()
    again = plan(copy.out)
    # Computed again, equal to the last byte: what was made of it stands.
    assert states_of(again, "reused") == {"resistance:amur-leopard", "tables", "report"}
    first, second = results_of(small.folder), results_of(copy.folder)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
    tables = [files_of(place.folder / "exports") for place in (small, copy)]
    names = [name for name in tables[0] if name.endswith(".csv")]
    assert len(names) == 6
    assert all(tables[0][name] == tables[1][name] for name in names)


def test_undo_and_redo_leave_every_result_standing(copy, plan):
    with Project.open(copy.folder) as project:
        project.undo()
        assert project.redo() == "Plan Tumen River estuary"
    assert set(plan(copy.out).states.values()) == {"reused"}


def test_an_export_that_was_removed_is_written_again(copy, plan):
    (copy.folder / "exports/pairs.csv").unlink()
    again = plan(copy.out)
    assert states_of(again, "done") == {"tables"}
    assert (copy.folder / "exports/pairs.csv").exists()


def test_a_raster_that_was_altered_is_computed_again(copy, plan, small, results_of):
    raster = copy.folder / "rasters/resistance_amur-leopard.tif"
    raster.write_bytes(raster.read_bytes() + b"x")
    again = plan(copy.out)
    assert "resistance:amur-leopard" in states_of(again, "done")
    assert "habitat:amur-leopard" in states_of(again, "reused")
    assert results_of(copy.folder) == results_of(small.folder)


def test_species_left_out_of_a_later_plan_leave_nothing_behind(copy, plan):
    plan(copy.out, species=("amur-leopard", "amur-tiger"))
    with Project.open(copy.folder, read_only=True) as project:
        both = {row["species"] for row in project.records("cores")}
    assert both == {"amur-leopard", "amur-tiger"}
    again = plan(copy.out, species=("amur-tiger",))
    assert "corridors:amur-tiger" in states_of(again, "reused")
    with Project.open(copy.folder, read_only=True) as project:
        for table in ("cores", "corridors", "bottlenecks"):
            assert {row["species"] for row in project.records(table)} <= {"amur-tiger"}
        assert {row["species"] for row in project.records("indicators")} == {None, "amur-tiger"}
        for row in project.records("proposals"):
            assert "amur-leopard" not in texts(row["species"])
    report = (copy.folder / "exports/report.html").read_text(encoding="utf-8")
    assert "<h2>Amur tiger</h2>" in report
    assert "<h2>Amur leopard</h2>" not in report
