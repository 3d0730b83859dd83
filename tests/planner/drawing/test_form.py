"""The form of a proposal, its history and its files."""

import os

import pytest
from shapely import box

from planner.drawing import attachments, proposals
from planner.drawing.attachments import attach_file, attachment_path, clean_name, detach_file
from planner.drawing.errors import DrawingError
from planner.drawing.form import edit_proposal, form_of
from planner.drawing.history import history_of
from planner.drawing.proposals import Drawn
from planner.errors import ReadOnlyProjectError
from planner.project import AddFeatures, Project, UpdateFeature

KM = 1000.0
PLACE = "plan"


@pytest.fixture
def key(project, ground):
    drawn = Drawn(box(90 * KM, 40 * KM, 130 * KM, 60 * KM), name="Bridge")
    return proposals.draw_proposal(project, ground, PLACE, drawn)


def edit(project, key, **changes):
    return edit_proposal(project, PLACE, key, changes)


def test_form_starts_with_what_was_drawn(project, key):
    form = form_of(project, PLACE, key)
    assert form.name == "Bridge"
    assert form.names == {"en": "Bridge"}
    assert (form.status, form.kind) == ("draft", "transboundary protected area")
    assert form.agreed_by == ()
    assert (form.lead, form.notes, form.legal_basis) == ("", "", "")
    assert form.attachments == ()
    assert form.countries == ("CHN", "RUS")
    assert form.area_km2 == 800
    assert [(part.countries, part.area_km2, part.cost) for part in form.parts] == [
        (("CHN",), 200.0, 200.0),
        (("RUS",), 600.0, 900.0),
    ]
    assert form.parts[0].habitat_km2 == {"amur-tiger": 100.0}
    assert (form.members, form.across, form.uncounted_km2) == ((), "", {})
    assert form.width_m is None
    assert form.centreline is None
    assert form.editable
    assert not form.made_by_model
    assert form.geometry.area == pytest.approx(800e6)


def test_every_field_is_stored_in_one_step(project, key):
    changes = {
        "names": {"zh": "桥", "ru": "Мост"},
        "status": "agreed",
        "kind": "ecological corridor",
        "agreed_by": ["RUS", "CHN", "RUS"],
        "lead": " Ann ",
        "notes": "Two lines\nof text",
        "legal_basis": "Act 5",
    }
    assert edit(project, key, **changes) == key
    form = form_of(project, PLACE, key)
    assert form.names == {"en": "Bridge", "zh": "桥", "ru": "Мост"}
    assert (form.status, form.agreed_by) == ("agreed", ("CHN", "RUS"))
    assert (form.lead, form.notes, form.legal_basis) == ("Ann", "Two lines\nof text", "Act 5")
    assert project.undo() == "Change the form of Bridge"
    assert form_of(project, PLACE, key).status == "draft"


def test_single_field_names_the_step(project, key):
    edit(project, key, status="tabled")
    assert project.undo_label == "Change the status of Bridge"
    edit(project, key, names={"en": "Way"})
    assert project.undo_label == "Rename Bridge"
    assert form_of(project, PLACE, key).name == "Way"


def test_name_in_another_language_stands_in_where_the_english_one_goes(project, key):
    edit(project, key, names={"en": "", "ko": "다리"})
    form = form_of(project, PLACE, key)
    assert form.names == {"ko": "다리"}
    assert form.name == "다리"


def test_nothing_changed_leaves_no_step(project, key):
    before = project.undo_label
    assert edit(project, key, status="draft", lead="", names={"en": "Bridge"}) == key
    assert edit(project, key) == key
    edit(project, key, agreed_by=[])
    assert project.undo_label in {before, "Rename Bridge"}
    assert len(project.history()) <= 3


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("status", "accepted", "draft, tabled, agreed or rejected, not 'accepted'"),
        ("status", None, "not None"),
        ("names", {"fr": "Pont"}, "no language 'fr'"),
        ("names", {"en": ""}, "needs a name"),
        ("names", {"en": "x" * 301}, "up to 300 characters"),
        ("names", "Way", "by language"),
        ("kind", "", "short text"),
        ("agreed_by", ["China"], "code of their State"),
        ("agreed_by", "CHN", "code of their State"),
        ("lead", 5, "text of up to"),
        ("notes", "x" * 100_001, r"100\s000 characters"),
        ("legal_basis", "a\0b", "text of up to"),
        ("area_km2", 5, "no field 'area_km2'"),
    ],
)
def test_values_that_a_field_cannot_hold(project, key, field, value, told):
    before = len(project.history())
    with pytest.raises(DrawingError, match=told):
        edit(project, key, **{field: value})
    assert len(project.history()) == before


def test_nothing_is_agreed_without_a_delegation(project, key):
    with pytest.raises(DrawingError, match="Tick the delegations"):
        edit(project, key, status="agreed")
    edit(project, key, agreed_by=["CHN"])
    edit(project, key, status="agreed")
    with pytest.raises(DrawingError, match="choose another status"):
        edit(project, key, agreed_by=[])
    edit(project, key, status="rejected", agreed_by=[])
    assert form_of(project, PLACE, key).status == "rejected"


def test_candidate_of_the_plan_is_taken_over(project):
    candidate = {
        "proposal_id": "candidate-3",
        "scenario": PLACE,
        "name": "Land",
        "status": "draft",
        "geometry": box(0, 0, 1000, 1000),
    }
    project.execute(AddFeatures("proposals", [candidate]))
    assert form_of(project, PLACE, "candidate-3").made_by_model
    key = edit(project, "candidate-3", status="tabled")
    assert key.startswith("drawn-")
    assert not form_of(project, PLACE, key).made_by_model
    with pytest.raises(DrawingError, match="not in the scenario"):
        form_of(project, PLACE, "candidate-3")


def test_history_tells_who_changed_what_and_when(project, ground, key):
    with Project.open(project.path, read_only=True):
        pass
    edit(project, key, status="tabled", lead="Bob")
    shape = box(90 * KM, 40 * KM, 120 * KM, 60 * KM)
    proposals.reshape_proposal(project, ground, PLACE, key, shape)
    newest, form, first = history_of(project, PLACE, key)
    assert (first.kind, form.kind, newest.kind) == ("added", "changed", "changed")
    assert first.author == "Ann"
    assert first.time <= form.time <= newest.time
    assert first.label == "Draw Bridge"
    told = {item.field: (item.before, item.after) for item in form.fields}
    assert told == {"status": ("draft", "tabled"), "lead": (None, "Bob")}
    told = {item.field: (item.before, item.after) for item in newest.fields}
    assert told["geometry"] == (800.0, 600.0)
    assert told["area_km2"] == (800.0, 600.0)
    assert "attributes" not in told


def test_history_keeps_what_was_undone(project, key):
    edit(project, key, status="tabled")
    project.undo()
    assert [change.state for change in history_of(project, PLACE, key)] == ["undone", "done"]
    edit(project, key, lead="Ann")
    states = [change.state for change in history_of(project, PLACE, key)]
    assert states == ["done", "dropped", "done"]


def test_history_is_that_of_one_proposal(project, ground, key):
    other = proposals.draw_proposal(project, ground, PLACE, Drawn(box(0, 0, 9000, 9000)))
    edit(project, other, status="tabled")
    assert len(history_of(project, PLACE, key)) == 1
    assert len(history_of(project, PLACE, other)) == 2


def test_file_is_copied_and_survives_its_source(project, key, tmp_path):
    source = tmp_path / "Протокол встречи №5.pdf"
    source.write_bytes(b"%PDF" * 1000)
    attach_file(project, PLACE, key, source, "Minutes")
    source.unlink()
    (item,) = form_of(project, PLACE, key).attachments
    assert item.file == "Протокол_встречи__5.pdf"
    assert (item.title, item.size_bytes, item.by) == ("Minutes", 4000, "Ann")
    path = attachment_path(project, item.file)
    assert path.read_bytes() == b"%PDF" * 1000
    assert path.parent == project.path / "attachments"
    assert project.undo() == "Attach Minutes to Bridge"
    assert form_of(project, PLACE, key).attachments == ()
    project.redo()
    assert attachment_path(project, item.file).is_file()


def test_files_of_one_name_are_told_apart(project, key, tmp_path):
    source = tmp_path / "map.png"
    for content in (b"one", b"two"):
        source.write_bytes(content)
        attach_file(project, PLACE, key, source)
    files = [item.file for item in form_of(project, PLACE, key).attachments]
    assert files == ["map.png", "map-2.png"]
    detach_file(project, PLACE, key, "map.png")
    assert [item.title for item in form_of(project, PLACE, key).attachments] == ["map.png"]
    assert project.undo() == "Take map.png off Bridge"
    assert attachment_path(project, "map.png").read_bytes() == b"one"


def test_files_that_cannot_be_attached(project, key, tmp_path, monkeypatch):
    monkeypatch.setattr(attachments, "MAXIMUM_BYTES", 1024 * 1024)
    large, empty = tmp_path / "large.bin", tmp_path / "empty.txt"
    large.write_bytes(bytes(1024 * 1024 + 1))
    empty.touch()
    for path, told in [
        (tmp_path / "gone.txt", "no file"),
        (tmp_path, "no file"),
        (large, r"larger than 1 MB"),
        (empty, "is empty"),
    ]:
        with pytest.raises(DrawingError, match=told):
            attach_file(project, PLACE, key, path)
    assert list((project.path / "attachments").iterdir()) == []
    with pytest.raises(DrawingError, match="no attachment 'x'"):
        detach_file(project, PLACE, key, "x")
    monkeypatch.setattr(attachments, "MAXIMUM_COUNT", 0)
    with pytest.raises(DrawingError, match="the most there can be"):
        attach_file(project, PLACE, key, empty)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_file_that_may_not_be_read(project, key, tmp_path):
    path = tmp_path / "locked.txt"
    path.write_text("x")
    path.chmod(0)
    with pytest.raises(DrawingError, match="cannot be read"):
        attach_file(project, PLACE, key, path)


def test_nothing_is_copied_where_the_project_is_read_only(project, key, tmp_path):
    source = tmp_path / "a.txt"
    source.write_text("x")
    with (
        Project.open(project.path, read_only=True) as reading,
        pytest.raises(ReadOnlyProjectError),
    ):
        attach_file(reading, PLACE, key, source)
    assert not (project.path / "attachments").exists()


@pytest.mark.parametrize("file", ["", ".", "..", "../project.gpkg", "a/b", "/etc/passwd"])
def test_names_that_lead_out_of_the_folder(project, file):
    with pytest.raises(DrawingError, match="no file among"):
        attachment_path(project, file)


def test_file_that_is_gone_or_a_link_out(project, tmp_path):
    with pytest.raises(DrawingError, match="is gone"):
        attachment_path(project, "a.txt")
    (project.path / "attachments").mkdir()
    (project.path / "attachments" / "a.txt").symlink_to(tmp_path)
    with pytest.raises(DrawingError, match="no file among"):
        attachment_path(project, "a.txt")


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("plan.pdf", "plan.pdf"),
        ("..hidden", "hidden"),
        ("a b/c.txt", "a_b_c.txt"),
        ("会议 纪要.docx", "会议_纪要.docx"),
        ("con.txt", "_con.txt"),
        ("NUL", "_NUL"),
        ("...", "file"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
        ("é.txt", "é.txt"),
        ('a<b>:"|?*\n.txt', "a_b_______.txt"),
    ],
)
def test_names_are_cleaned_for_every_system(name, clean):
    assert clean_name(name) == clean


def test_entries_that_were_damaged_are_passed_over(project, key):
    (row,) = project.records("proposals", proposal_id=key)
    damaged = [5, {"title": "no file"}, {"file": "a.txt", "size_bytes": "x"}]
    project.execute(UpdateFeature("proposals", row["fid"], {"attachments": damaged}))
    (item,) = form_of(project, PLACE, key).attachments
    assert (item.file, item.size_bytes) == ("a.txt", 0)
