import io

import pytest

from planner.project import AddFeatures, Project, SetSetting


@pytest.fixture
def folder(tmp_path):
    with Project.create(tmp_path / "p", name="P", region_id="r", crs="EPSG:32652") as project:
        project.execute(AddFeatures("cores", [{"core_id": str(n)} for n in range(500)]))
        project.execute(SetSetting("x", 1))
    return project.path


def undoable(folder):
    with Project.open(folder) as project:
        return project.can_undo


def test_young_edits_are_kept(landbridge, folder):
    ended = landbridge("tidy", folder)
    assert ended.status == 0
    assert "nothing to tidy up" in ended.out
    assert undoable(folder)


def test_it_tells_what_it_gives_up_and_asks(landbridge, folder, monkeypatch):
    monkeypatch.setattr("typer.confirm", lambda *_, **__: False)
    ended = landbridge("tidy", folder, "--keep", "0")
    assert "no longer be undone: 2" in ended.out
    assert "Nothing was changed." in ended.out
    assert undoable(folder)


def test_nobody_to_answer_changes_nothing(landbridge, folder, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    ended = landbridge("tidy", folder, "--keep", "0")
    assert ended.status == 2
    assert "Nobody answered" in ended.err
    assert undoable(folder)


@pytest.mark.parametrize("days", ["9999999", "99999999999", "-1"])
def test_days_that_no_calendar_has_are_refused(landbridge, folder, days):
    ended = landbridge("tidy", folder, "--keep", days)
    assert ended.status == 2
    assert "--keep" in ended.err
    assert undoable(folder)


def test_it_is_done_without_asking_where_that_is_wished(landbridge, folder):
    ended = landbridge("tidy", folder, "--keep", "0", "--yes")
    assert ended.status == 0
    assert "MB were freed" in ended.out
    assert not undoable(folder)
    with Project.open(folder) as project:
        assert len(project.records("cores")) == 500


def test_a_project_that_is_open_elsewhere_is_refused(landbridge, folder):
    with Project.open(folder):
        ended = landbridge("tidy", folder, "--keep", "0", "--yes")
    assert ended.status == 1
    assert "open for reading only" in " ".join(ended.err.split())
    assert undoable(folder)
