from __future__ import annotations

import pytest

from planner.bookmarks import (
    MOST_BOOKMARKS,
    add_bookmark,
    bookmarks_of,
    remove_bookmark,
    rename_bookmark,
)
from planner.errors import EditError
from planner.project import AddFeatures, Project

PLACE = (500_000.0, 4_700_000.0, 520_000.0, 4_715_000.0)


@pytest.fixture
def project(tmp_path):
    with Project.create(
        tmp_path / "p.landbridge", name="P", region_id="x", crs="EPSG:32652", author="a"
    ) as made:
        yield made


def _names(project):
    return [item.name for item in bookmarks_of(project)]


def test_a_bookmark_is_kept_renamed_and_removed_and_each_is_undone(project, tmp_path):
    project.execute(add_bookmark(project, "  Tumen   mouth ", PLACE))
    project.execute(add_bookmark(project, "Khasan", PLACE))
    first, second = bookmarks_of(project)
    assert (first.name, first.extent) == ("Tumen mouth", PLACE)
    project.execute(rename_bookmark(project, second.fid, "Lake Khasan"))
    project.execute(remove_bookmark(project, first.fid))
    assert _names(project) == ["Lake Khasan"]
    assert project.undo() == "Remove bookmark Tumen mouth"
    assert project.undo() == "Rename bookmark Khasan to Lake Khasan"
    assert _names(project) == ["Tumen mouth", "Khasan"]
    project.redo()
    project.close()
    with Project.open(tmp_path / "p.landbridge") as again:
        assert _names(again) == ["Tumen mouth", "Lake Khasan"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("  ", "needs a name"), ("x" * 121, "at most 120"), ("KHASAN", "already")],
)
def test_names_that_cannot_be(project, name, said):
    project.execute(add_bookmark(project, "Khasan", PLACE))
    with pytest.raises(EditError, match=said):
        add_bookmark(project, name, PLACE)


def test_a_bookmark_may_keep_its_own_name_with_other_capitals(project):
    project.execute(add_bookmark(project, "khasan", PLACE))
    project.execute(rename_bookmark(project, bookmarks_of(project)[0].fid, "Khasan"))
    assert _names(project) == ["Khasan"]


@pytest.mark.parametrize(
    "extent", [(1.0, 0.0, 1.0, 2.0), (0.0, 0.0, float("nan"), 1.0), (2.0, 0.0, 1.0, 1.0)]
)
def test_an_extent_of_nothing_is_refused(project, extent):
    with pytest.raises(EditError, match="holds nothing"):
        add_bookmark(project, "Nowhere", extent)


def test_what_is_gone_and_what_is_too_much(project):
    with pytest.raises(EditError, match="no bookmark 7"):
        remove_bookmark(project, 7)
    rows = [
        {"name": f"b{i}", "west": 0.0, "south": 0.0, "east": 1.0, "north": 1.0, "position": i}
        for i in range(MOST_BOOKMARKS)
    ]
    project.execute(AddFeatures("bookmarks", rows))
    with pytest.raises(EditError, match="Remove one"):
        add_bookmark(project, "one more", PLACE)
