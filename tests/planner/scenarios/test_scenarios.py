from __future__ import annotations

import pytest

from layers.qgis.layer_spec import LayerSpec
from planner import scenarios
from planner.project import Project
from resources.errors import UsageError


def ids(project):
    return [item.scenario_id for item in project.scenarios()]


def test_a_new_scenario_is_empty_and_has_an_identifier_of_its_own(project):
    project.execute(scenarios.new_scenario(project, "  Wide   corridors ", note=" For May. "))
    made = project.scenarios()[-1]
    assert (made.scenario_id, made.name, made.note) == (
        "wide-corridors",
        "Wide corridors",
        "For May.",
    )
    assert not project.records("proposals", scenario="wide-corridors")
    assert project.undo_label == "Add scenario Wide corridors"


def test_names_without_latin_letters_get_identifiers_too(project):
    project.execute(scenarios.new_scenario(project, "宽走廊"))
    project.execute(scenarios.new_scenario(project, "넓은 생태통로"))
    assert ids(project) == ["plan", "scenario", "scenario-2"]


def test_a_copy_holds_everything_and_undo_takes_all_of_it_back(project):
    project.execute(scenarios.new_scenario(project, "Plan B", copy_of="plan"))
    copy = project.scenarios()[-1]
    assert copy.note == "As computed."
    for table in ("proposals", "corridors", "indicators"):
        assert len(project.records(table, scenario=copy.scenario_id)) == len(
            project.records(table, scenario="plan")
        )
    assert project.undo() == "Duplicate scenario Plan"
    assert ids(project) == ["plan"]
    assert not project.records("proposals", scenario=copy.scenario_id)


def test_renaming_and_noting_survive_undo_and_a_restart(project):
    project.execute(scenarios.rename_scenario(project, "plan", "Proposal of May"))
    project.execute(scenarios.note_scenario(project, "plan", "Agreed in Incheon."))
    path = project.path
    project.close()
    with Project.open(path) as again:
        assert again.scenarios()[0].note == "Agreed in Incheon."
        assert again.undo() == "Change note of scenario Proposal of May"
        assert again.scenarios()[0].note == "As computed."
        assert again.undo() == "Rename scenario Plan to Proposal of May"
        assert again.scenarios()[0].name == "Plan"


def test_an_empty_note_takes_it_away(project):
    project.execute(scenarios.note_scenario(project, "plan", "  "))
    assert project.scenarios()[0].note == ""


def test_removing_takes_what_belongs_to_it_and_undo_brings_it_back(project):
    before = project.records("proposals")
    project.execute(scenarios.remove_scenario(project, "plan"))
    assert not project.scenarios()
    assert not project.records("proposals")
    assert project.undo() == "Remove scenario Plan"
    assert [row["uuid"] for row in project.records("proposals")] == [
        row["uuid"] for row in before
    ]


@pytest.mark.parametrize(
    ("name", "told"), [("  ", "needs a name"), ("x" * 81, "81 char"), ("PLAN", "already")]
)
def test_names_that_will_not_do_are_refused(project, name, told):
    with pytest.raises(UsageError, match=told):
        scenarios.new_scenario(project, name)


def test_a_scenario_keeps_its_own_name_in_another_case(project):
    project.execute(scenarios.rename_scenario(project, "plan", "PLAN"))
    assert project.scenarios()[0].name == "PLAN"


def test_a_note_that_is_a_book_is_refused(project):
    with pytest.raises(UsageError, match="4,001 characters"):
        scenarios.note_scenario(project, "plan", "x" * 4001)


def test_a_scenario_that_is_not_there_is_told_with_those_that_are(project):
    with pytest.raises(UsageError, match=r"no scenario 'other'\. Scenarios: plan"):
        scenarios.remove_scenario(project, "other")


def test_names_are_made_free_with_a_number(project):
    assert scenarios.free_name(project.scenarios(), "Plan") == "Plan 2"
    assert scenarios.free_name(project.scenarios(), "Other") == "Other"


def test_layers_are_cut_to_a_scenario_and_told_apart_from_those_of_another():
    land = LayerSpec("base_countries", "Land", "base.gpkg|layername=countries", "vector")
    areas = LayerSpec("proposals", "P", "p.gpkg|layername=proposals", "vector")
    own = LayerSpec("cores", "C", "p.gpkg|layername=cores", "vector", subset="area_km2 > 9")
    shown = scenarios.layers_of_scenario((land, areas, own), "o'brien", prefix="b_")
    assert shown[0] == land
    assert (shown[1].layer_id, shown[1].subset) == ("b_proposals", "scenario = 'o''brien'")
    assert shown[2].subset == "(area_km2 > 9) AND scenario = 'o''brien'"
    assert scenarios.layers_of_scenario((land, areas), "") == (land, areas)
