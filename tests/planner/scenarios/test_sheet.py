from __future__ import annotations

import pytest

from planner import publish
from planner.map_layers import set_visible
from planner.maps import scenario_layers
from planner.project import RemoveFeatures, UpdateFeature
from planner.scenarios import new_scenario
from planner.sheet import Sheet
from resources.errors import UsageError


class Engine:
    """Takes what it is asked to print, in the place of QGIS."""

    def set_layers(self, layers, **_options):
        self.layers = {item.layer_id: item for item in layers}
        return ()

    def print_map(self, request):
        self.request = request
        return request.path


@pytest.fixture
def printed(project, pack, tmp_path):
    def make(sheet):
        engine = Engine()
        publish.print_scenario(project, pack, engine, tmp_path / "a.pdf", sheet=sheet)
        return engine

    return make


def test_a_sheet_shows_one_scenario_only(project, printed):
    project.execute(new_scenario(project, "Other", copy_of="plan"))
    rows = project.records("proposals", scenario="other")
    project.execute(RemoveFeatures("proposals", [rows[1]["fid"]]))
    engine = printed(Sheet(scenario="other"))
    assert engine.layers["proposals"].subset == "scenario = 'other'"
    assert engine.layers["corridor_paths"].subset == "scenario = 'other'"
    assert [row[0] for row in engine.request.table.rows] == ["Proposal a"]
    assert len(printed(Sheet(scenario="plan")).request.table.rows) == 2
    assert len(printed(Sheet()).request.table.rows) == 3


def test_the_legend_has_the_classes_of_the_scenario_only(project, printed):
    project.execute(new_scenario(project, "Other", copy_of="plan"))
    rows = project.records("proposals", scenario="other")
    project.execute(RemoveFeatures("proposals", [rows[0]["fid"]]))
    classes = printed(Sheet(scenario="other")).layers["proposals"].style["symbols"]
    assert [item["value"] for item in classes] == ["tabled"]
    classes = printed(Sheet(scenario="plan")).layers["proposals"].style["symbols"]
    assert [item["value"] for item in classes] == ["draft", "tabled"]


def test_what_was_rejected_is_not_in_the_table(project, printed):
    row = project.records("proposals", proposal_id="a")[0]
    project.execute(UpdateFeature("proposals", row["fid"], {"status": "rejected"}))
    assert [row[0] for row in printed(Sheet()).request.table.rows] == ["Proposal b"]


def test_words_paper_and_place_are_as_wanted(printed):
    extent = (0.0, 0.0, 1000.0, 500.0)
    sheet = Sheet(
        title="For Incheon",
        second_title="인천",
        second_language="ko",
        page="A4",
        orientation="portrait",
        extent=extent,
    )
    request = printed(sheet).request
    assert (request.title, request.second_title) == ("For Incheon", "인천")
    assert request.languages == ("en", "ko")
    assert (request.page, request.orientation, request.extent) == ("A4", "portrait", extent)


def test_the_second_title_is_the_regions_name_where_none_is_written(printed):
    request = printed(Sheet(second_language="ru")).request
    assert request.second_title
    assert request.languages == ("en", "ru")


def test_one_language_is_enough(printed):
    for second in ("", "en"):
        request = printed(Sheet(second_language=second)).request
        assert (request.second_title, request.languages) == ("", ("en",))


def test_names_of_proposals_are_told_in_the_language_of_the_sheet(project, printed):
    row = project.records("proposals", proposal_id="a")[0]
    project.execute(UpdateFeature("proposals", row["fid"], {"names": {"zh": "提案甲"}}))
    table = printed(Sheet(language="zh")).request.table
    assert [row[0] for row in table.rows] == ["提案甲", "Proposal b"]


def test_a_layer_that_is_switched_off_is_not_in_the_legend(project, pack, printed):
    assert "cores" in {spec.layer_id for spec in scenario_layers(project, pack)}
    assert "corridor_paths" in printed(Sheet()).request.legend_ids
    set_visible(project, {"corridor_paths": False})
    assert "corridor_paths" not in printed(Sheet()).request.legend_ids


def test_a_scenario_that_is_not_there_is_refused(printed):
    with pytest.raises(UsageError, match="no scenario 'other'"):
        printed(Sheet(scenario="other"))


@pytest.mark.parametrize(
    "wrong", [{"title": "x" * 121}, {"language": "xx"}, {"second_language": "fr"}]
)
def test_what_no_sheet_can_have_is_refused(wrong):
    with pytest.raises(UsageError):
        Sheet(**wrong)
