"""Edits of drawn proposals: one step each, with undo, and whatever can be wrong with them."""

import pytest
import shapely
from shapely import Polygon, box

from planner.drawing import copying, dividing
from planner.drawing import proposals as edits
from planner.drawing.errors import DrawingError, OutsideRegionError
from planner.drawing.form import edit_proposal
from planner.drawing.geometry import corridor_from_line
from planner.drawing.history import history_of
from planner.drawing.proposals import Drawn
from planner.drawing.transboundary import link_of, members_of_link, uncounted_of
from planner.drawing.vertices import VertexPlace, move_vertex
from planner.errors import ReadOnlyProjectError
from planner.project import AddFeatures, AddScenario, Project

KM = 1000.0
LINE = [(62 * KM, 50 * KM), (138 * KM, 50 * KM)]


def km(west, south, east, north):
    return box(west * KM, south * KM, east * KM, north * KM)


def rows_of(project, scenario="plan"):
    return project.records("proposals", scenario=scenario)


def the_row(project, key, scenario="plan"):
    (row,) = project.records("proposals", scenario=scenario, proposal_id=key)
    return row


@pytest.fixture
def area(project, ground):
    drawn = Drawn(km(90, 40, 130, 60), name="Bridge", names={"en": "Bridge", "zh": "桥"})
    return edits.draw_proposal(project, ground, "plan", drawn)


@pytest.fixture
def corridor(project, ground):
    drawn = Drawn(corridor_from_line(LINE, 4000), centreline=LINE, width_m=4000)
    return edits.draw_proposal(project, ground, "plan", drawn)


def test_drawing_is_stored_with_all_that_follows_from_it(project, area):
    row = the_row(project, area)
    assert row["name"] == "Bridge"
    assert row["names"] == {"en": "Bridge", "zh": "桥"}
    assert row["status"] == "draft"
    assert row["kind"] == "transboundary protected area"
    assert row["countries"] == ["CHN", "RUS"]
    assert row["area_km2"] == 800.0
    assert row["area_by_country"]["RUS"] == {
        "existing_km2": 0.0,
        "added_km2": 600.0,
        "cost": 900.0,
        "habitat_km2": {"amur-tiger": 300.0},
    }
    assert row["species"] == ["amur-tiger"]
    assert row["member_sites"] == ["spot"]
    assert row["attributes"]["cost"] == 1100.0
    assert row["attributes"]["habitat_km2"] == {"amur-tiger": 400.0}
    assert row["geometry"].area == pytest.approx(800e6)
    assert project.undo() == "Draw Bridge"
    assert rows_of(project) == []
    project.redo()
    assert the_row(project, area)["name"] == "Bridge"


def test_corridor_keeps_its_line_and_width(project, corridor):
    row = the_row(project, corridor)
    assert row["kind"] == "ecological corridor"
    assert row["name"] == "Drawing 1"
    assert row["width_m"] == 4000
    assert row["centreline"] == [list(point) for point in LINE]
    assert row["attributes"]["bottleneck_m"] == 4000


def test_drawings_without_a_name_are_numbered(project, ground, corridor):
    second = edits.draw_proposal(project, ground, "plan", Drawn(km(5, 5, 9, 9)))
    assert the_row(project, second)["name"] == "Drawing 2"
    assert the_row(project, second)["kind"] == "national protected area"
    named = Drawn(km(5, 5, 9, 9), names={"ru": "Мост"})
    third = edits.draw_proposal(project, ground, "plan", named)
    assert the_row(project, third)["name"] == "Мост"


@pytest.mark.parametrize(
    ("shape", "error", "told"),
    [
        (Polygon([(0, 0), (1e4, 1e4), (1e4, 0), (0, 1e4)]), DrawingError, "crosses"),
        (km(-15, -15, -5, -5), OutsideRegionError, "no land of a country of this region"),
        (Polygon(), DrawingError, "holds no area"),
    ],
)
def test_drawing_that_cannot_be_stored(project, ground, shape, error, told):
    before = project.undo_label
    with pytest.raises(error, match=told):
        edits.draw_proposal(project, ground, "plan", Drawn(shape))
    assert project.undo_label == before


def test_scenario_that_is_gone(project, ground):
    with pytest.raises(
        DrawingError, match=r"no scenario 'other' any more\. Choose one of plan"
    ):
        edits.draw_proposal(project, ground, "other", Drawn(km(5, 5, 9, 9)))


def test_scenario_is_made_where_there_is_none(tmp_path):
    with Project.create(tmp_path / "p", name="p", region_id="dauria", crs="EPSG:8857") as made:
        assert edits.ensure_scenario(made) == "plan"
        assert edits.ensure_scenario(made) == "plan"
        assert len(made.scenarios()) == 1


def test_reshaping_changes_area_and_countries_in_one_step(project, ground, area):
    assert edits.reshape_proposal(project, ground, "plan", area, km(10, 40, 30, 60)) == area
    row = the_row(project, area)
    assert row["countries"] == ["CHN"]
    assert row["area_by_country"] == {
        "CHN": {
            "existing_km2": 0.0,
            "added_km2": 400.0,
            "cost": 400.0,
            "habitat_km2": {"amur-tiger": 200.0},
        }
    }
    assert project.undo() == "Change the shape of Bridge"
    assert the_row(project, area)["area_km2"] == 800.0


def test_widening_is_one_step_and_can_be_undone(project, ground, corridor):
    edits.widen_proposal(project, ground, "plan", corridor, 8000)
    row = the_row(project, corridor)
    assert row["width_m"] == 8000
    assert shapely.equals(row["geometry"], corridor_from_line(LINE, 8000))
    assert row["attributes"]["bottleneck_m"] == 8000
    assert project.undo() == "Make Drawing 1 8\N{NARROW NO-BREAK SPACE}000 m wide"
    assert the_row(project, corridor)["width_m"] == 4000
    assert the_row(project, corridor)["geometry"].bounds[3] == pytest.approx(52 * KM)


def test_widening_keeps_what_was_changed_by_hand(project, ground, corridor):
    shape = the_row(project, corridor)["geometry"]
    top = max(range(10), key=lambda i: shape.geoms[0].exterior.coords[i][1])
    changed = move_vertex(shape, VertexPlace(0, 0, top), 100 * KM, 60 * KM)
    edits.reshape_proposal(project, ground, "plan", corridor, changed)
    edits.widen_proposal(project, ground, "plan", corridor, 5000)
    row = the_row(project, corridor)
    assert row["width_m"] == 5000
    assert row["geometry"].contains(shapely.Point(100 * KM, 60 * KM))


def test_area_without_a_line_has_no_width(project, ground, area):
    with pytest.raises(DrawingError, match="not drawn along a line"):
        edits.widen_proposal(project, ground, "plan", area, 5000)


def test_splitting_gives_new_proposals_and_is_one_step(project, ground, area):
    keys = dividing.split_proposal(project, ground, "plan", area, [(100e3, 0), (100e3, 99e3)])
    assert keys[0] == area
    first, second = (the_row(project, key) for key in keys)
    assert (first["area_km2"], second["area_km2"]) == (600.0, 200.0)
    assert (first["name"], second["name"]) == ("Bridge (1)", "Bridge (2)")
    assert second["names"] == {"en": "Bridge (2)", "zh": "桥 (2)"}
    assert project.undo() == "Split Bridge"
    assert len(rows_of(project)) == 1


def test_cutting_at_the_border_gives_national_parts(project, ground, area):
    keys = dividing.cut_by_border(project, ground, "plan", area)
    told = {the_row(project, key)["name"]: the_row(project, key) for key in keys}
    assert told.keys() == {"Bridge (RUS)", "Bridge (CHN)"}
    assert told["Bridge (CHN)"]["kind"] == "national protected area"
    assert told["Bridge (CHN)"]["countries"] == ["CHN"]
    with pytest.raises(DrawingError, match="lies in one country only"):
        dividing.cut_by_border(project, ground, "plan", keys[0])


def test_national_parts_stay_linked_until_they_are_merged_or_copied(project, ground, area):
    keys = dividing.cut_by_border(project, ground, "plan", area)
    links = [link_of(the_row(project, key)) for key in keys]
    assert links[0] == links[1]
    assert links[0].name == "Bridge"
    members = members_of_link(project, "plan", links[0])
    assert [part.countries for part in members] == [("CHN",), ("RUS",)]
    assert [part.area_km2 for part in members] == [200.0, 600.0]
    assert [part.cost for part in members] == [200.0, 900.0]
    assert [part.habitat_km2 for part in members] == [
        {"amur-tiger": 100.0},
        {"amur-tiger": 300.0},
    ]
    (copy,) = copying.duplicate_proposals(project, "plan", [keys[0]])
    assert link_of(the_row(project, copy)) is None
    assert len(members_of_link(project, "plan", links[0])) == 2
    edits.reshape_proposal(project, ground, "plan", keys[0], km(101, 40, 130, 60))
    assert link_of(the_row(project, keys[0])) == links[0]
    merged = dividing.merge_proposals(project, ground, "plan", keys)
    assert link_of(the_row(project, merged)) is None


def test_consent_goes_to_the_part_of_who_gave_it(project, ground, area):
    edit_proposal(project, "plan", area, {"status": "agreed", "agreed_by": ["CHN"]})
    keys = dividing.cut_by_border(project, ground, "plan", area)
    rows = {row["countries"][0]: row for row in (the_row(project, key) for key in keys)}
    assert (rows["CHN"]["status"], rows["CHN"]["agreed_by"]) == ("agreed", ["CHN"])
    assert (rows["RUS"]["status"], rows["RUS"]["agreed_by"]) == ("tabled", None)


def test_drawing_is_cut_at_the_borders_in_one_step(project, ground):
    drawn = Drawn(km(90, 90, 130, 110), name="Coast")
    keys = dividing.draw_national_parts(project, ground, "plan", drawn)
    rows = {row["name"]: row for row in rows_of(project)}
    assert rows.keys() == {"Coast (CHN)", "Coast (RUS)"}
    assert [rows[f"Coast ({code})"]["area_km2"] for code in ("CHN", "RUS")] == [100.0, 300.0]
    assert {row["kind"] for row in rows.values()} == {"national protected area"}
    assert len({link_of(row).link_id for row in rows.values()}) == 1
    assert the_row(project, keys[0])["countries"] == ["RUS"]
    left_out = "400 km² of it lie in no country of the region and belong to no part."
    assert left_out in rows["Coast (CHN)"]["reasons"]
    assert uncounted_of(rows["Coast (CHN)"]) == {"sea": 400.0}
    assert project.undo() == "Draw Coast, cut at the borders"
    assert rows_of(project) == []


def test_drawing_in_one_country_is_not_cut(project, ground):
    drawn = Drawn(km(10, 40, 30, 60), name="Inland")
    (key,) = dividing.draw_national_parts(project, ground, "plan", drawn)
    row = the_row(project, key)
    assert (row["name"], link_of(row)) == ("Inland", None)
    with pytest.raises(OutsideRegionError):
        dividing.draw_national_parts(project, ground, "plan", Drawn(km(0, 105, 9, 110)))


def test_cut_corridor_stays_a_corridor(project, ground, corridor):
    keys = dividing.cut_by_border(project, ground, "plan", corridor)
    rows = [the_row(project, key) for key in keys]
    assert {row["kind"] for row in rows} == {"ecological corridor"}
    assert all(row["centreline"] is None for row in rows)


def test_what_lies_in_no_country_is_stored_and_told(project, ground):
    drawn = Drawn(km(180, 80, 230, 110), name="Corner")
    row = the_row(project, edits.draw_proposal(project, ground, "plan", drawn))
    assert uncounted_of(row) == {"sea": 600.0, "other": 200.0, "outside": 300.0}
    inland = edits.reshape_proposal(project, ground, "plan", row["proposal_id"], km(1, 1, 9, 9))
    assert uncounted_of(the_row(project, inland)) == {}


def test_merging_keeps_the_first_and_what_the_others_say(project, ground, area, corridor):
    fids = {row["proposal_id"]: row["fid"] for row in rows_of(project)}
    assert dividing.merge_proposals(project, ground, "plan", [area, corridor]) == area
    (row,) = rows_of(project)
    assert row["fid"] == fids[area]
    assert row["width_m"] is None
    union = shapely.union_all([km(90, 40, 130, 60), corridor_from_line(LINE, 4000)])
    assert row["geometry"].area == pytest.approx(union.area)
    assert project.undo() == "Merge 2 proposals into Bridge"
    assert len(rows_of(project)) == 2
    with pytest.raises(DrawingError, match="needs two areas"):
        dividing.merge_proposals(project, ground, "plan", [area, area])


def test_duplicates_within_and_between_scenarios(project, area, corridor):
    project.execute(AddScenario("other", "Other"))
    (copy,) = copying.duplicate_proposals(project, "plan", [area])
    assert the_row(project, copy)["name"] == "Bridge (copy)"
    assert the_row(project, copy)["uuid"] != the_row(project, area)["uuid"]
    keys = copying.duplicate_proposals(project, "plan", [area, corridor], "other")
    assert [the_row(project, key, "other")["name"] for key in keys] == ["Bridge", "Drawing 1"]
    assert project.undo() == "Duplicate 2 proposals"
    assert rows_of(project, "other") == []
    with pytest.raises(DrawingError, match="No proposal is chosen"):
        copying.duplicate_proposals(project, "plan", [])


def test_removing_is_one_step(project, area, corridor):
    assert copying.remove_proposals(project, "plan", [area, corridor, area]) == 2
    assert rows_of(project) == []
    assert project.undo() == "Remove 2 proposals"
    assert len(rows_of(project)) == 2
    copying.remove_proposals(project, "plan", [area])
    with pytest.raises(DrawingError, match=r"not in the scenario.*Choose it again"):
        copying.remove_proposals(project, "plan", [area])
    with pytest.raises(DrawingError, match="No proposal is chosen"):
        copying.remove_proposals(project, "plan", [])


def test_pasting_is_one_step(project, ground):
    drawn = [Drawn(km(5, 5, 9, 9)), Drawn(km(15, 5, 19, 9)), Drawn(km(1, 1, 2, 2), name="N")]
    keys = copying.paste_proposals(project, ground, "plan", drawn)
    names = [the_row(project, key)["name"] for key in keys]
    assert names == ["Drawing 1", "Drawing 2", "N"]
    assert project.undo() == "Paste 3 proposals"
    with pytest.raises(DrawingError, match="nothing to paste"):
        copying.paste_proposals(project, ground, "plan", [])


def test_candidate_becomes_the_users_own_with_the_first_edit(project, ground):
    candidate = {
        "proposal_id": "candidate-1",
        "scenario": "plan",
        "name": "Land",
        "status": "draft",
        "kind": "transboundary conservation landscape",
        "attributes": {"gap_km2": 1.0, "pairs": ["a b"]},
        "geometry": km(90, 40, 130, 60),
    }
    project.execute(AddFeatures("proposals", [candidate]))
    key = edits.reshape_proposal(project, ground, "plan", "candidate-1", km(90, 40, 120, 60))
    assert key.startswith("drawn-")
    row = the_row(project, key)
    assert row["attributes"]["taken_over_from"] == "candidate-1"
    assert row["attributes"]["pairs"] == ["a b"]
    assert "gap_km2" not in row["attributes"]
    again = edits.reshape_proposal(project, ground, "plan", key, km(90, 40, 125, 60))
    assert again == key
    assert len(history_of(project, "plan", key)) == 3
    project.undo()
    project.undo()
    assert the_row(project, "candidate-1")["name"] == "Land"


def test_project_that_is_read_elsewhere_refuses(project, ground, area):
    with (
        Project.open(project.path, read_only=True) as reading,
        pytest.raises(ReadOnlyProjectError),
    ):
        copying.remove_proposals(reading, "plan", [area])


def test_first_drawing_makes_the_scenario_in_the_same_step(tmp_path, ground):
    with Project.create(
        tmp_path / "p", name="p", region_id="dauria", crs=ground.crs, author="Ann"
    ) as made:
        key = edits.draw_proposal(made, ground, "", Drawn(km(5, 5, 9, 9)))
        assert the_row(made, key)["name"] == "Drawing 1"
        made.undo()
        assert made.scenarios() == ()
        (other,) = copying.paste_proposals(made, ground, "", [Drawn(km(5, 5, 9, 9))])
        assert the_row(made, other)["scenario"] == "plan"
        edits.draw_proposal(made, ground, "", Drawn(km(15, 5, 19, 9)))
        assert len(made.scenarios()) == 1


def test_shared_corner_is_one_step(project, ground, area, corridor):
    shapes = {area: km(90, 40, 120, 60), corridor: km(60, 48, 130, 52)}
    assert edits.reshape_proposals(project, ground, "plan", shapes) == (area, corridor)
    assert the_row(project, area)["area_km2"] == 600.0
    assert project.undo() == "Change the shape of 2 proposals"
    assert the_row(project, area)["area_km2"] == 800.0
    edits.reshape_proposals(project, ground, "plan", {area: km(90, 40, 120, 60)})
    assert project.undo_label == "Change the shape of Bridge"
    with pytest.raises(DrawingError, match="No proposal is chosen"):
        edits.reshape_proposals(project, ground, "plan", {})
    bow = Polygon([(0, 0), (1e4, 1e4), (1e4, 0), (0, 1e4)])
    with pytest.raises(DrawingError, match="crosses"):
        edits.reshape_proposals(project, ground, "plan", {area: km(0, 0, 9, 9), corridor: bow})
    assert the_row(project, area)["area_km2"] == 600.0


def test_undo_of_drawing_works_after_a_restart(project, ground, area):
    path = project.path
    edits.reshape_proposal(project, ground, "plan", area, km(10, 40, 30, 60))
    project.close()
    with Project.open(path) as again:
        assert again.undo() == "Change the shape of Bridge"
        assert the_row(again, area)["area_km2"] == 800.0
        assert again.redo() == "Change the shape of Bridge"
