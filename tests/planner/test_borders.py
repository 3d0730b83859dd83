from __future__ import annotations

import pytest

from layers.pack import DataPack
from planner.borders import BORDERS_VIEWS, borders_view, choose_borders
from planner.errors import EditError
from planner.maps import scenario_layers
from planner.project import Project


@pytest.fixture(scope="module")
def pack():
    return DataPack.open()


@pytest.fixture
def project(tmp_path):
    with Project.create(
        tmp_path / "p.landbridge", name="P", region_id="x", crs="EPSG:32652", author="a"
    ) as made:
        yield made


def _layers(project, pack):
    return {spec.layer_id: spec for spec in scenario_layers(project, pack)}


def test_every_claim_of_the_source_has_a_view_and_no_view_is_empty(pack):
    names = set(pack.basemap("disputed_lines")["name"])
    offered = {view.claim for view in BORDERS_VIEWS if view.claim}
    assert offered == {name for name in names if name.endswith("claim")}
    assert {name for name in names if not name.endswith("claim")} == {
        "Edge of the Siachen Glacier"
    }


def test_the_usual_view_draws_every_line_and_disputed_ones_dotted(project, pack):
    layers = _layers(project, pack)
    assert borders_view(project) is BORDERS_VIEWS[0]
    assert layers["base_disputed_lines"].subset == ""
    assert layers["base_disputed_lines"].style["symbol"]["dash"] == "dot"
    assert layers["base_border_lines"].style["symbol"]["dash"] == "solid"


@pytest.mark.parametrize("view", [view for view in BORDERS_VIEWS if view.claim])
def test_the_claims_of_one_country(project, pack, view):
    project.execute(choose_borders(view.key))
    subset = _layers(project, pack)["base_disputed_lines"].subset
    lines = pack.basemap("disputed_lines")
    drawn = lines.query(
        " or ".join(
            (f"name == '{view.claim}'", "name.str.startswith('Edge of')"),
        )
    )
    assert view.claim in subset
    assert "Edge of" in subset
    assert 0 < len(drawn) < len(lines)


def test_without_claims_and_without_borders_and_back(project, pack):
    project.execute(choose_borders("held"))
    assert "claim" not in _layers(project, pack)["base_disputed_lines"].subset
    project.execute(choose_borders("none"))
    layers = _layers(project, pack)
    assert not {"base_border_lines", "base_disputed_lines", "base_country_names"} & set(layers)
    assert "base_countries" in layers
    assert borders_view(project).notice
    project.undo()
    assert borders_view(project).key == "held"
    project.execute(choose_borders("source"))
    assert "borders_view" not in project.settings


def test_an_unknown_view_is_refused_and_an_old_one_read_as_the_usual(project):
    with pytest.raises(EditError, match="Choose one of source"):
        choose_borders("mars")
    assert borders_view(project).key == "source"
