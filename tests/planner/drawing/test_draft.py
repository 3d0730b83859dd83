"""An unfinished drawing survives a crash, and damage to its file."""

import json

import pytest

from planner.drawing import draft as drafts
from planner.drawing.draft import DAMAGED, FILE, Draft, discard_draft, load_draft, save_draft
from planner.drawing.errors import DrawingError

DRAFT = Draft("corridor", ((0.0, 0.5), (1e5, -2.0)), 4000.0, "drawn-1", "plan", "2026-01-01")


def test_draft_is_kept_until_it_is_given_up(tmp_path):
    assert load_draft(tmp_path) is None
    save_draft(tmp_path, DRAFT)
    save_draft(tmp_path, DRAFT)
    assert load_draft(tmp_path) == DRAFT
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    discard_draft(tmp_path)
    discard_draft(tmp_path)
    assert load_draft(tmp_path) is None


def test_draft_without_a_width(tmp_path):
    plain = Draft("area", ())
    save_draft(tmp_path, plain)
    assert load_draft(tmp_path) == plain


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"{}",
        b'{"tool": 5, "points": []}',
        b'{"tool": "a", "points": 5}',
        b'{"tool": "a", "points": [[1]]}',
        b'{"tool": "a", "points": [[1, NaN]]}',
        b'{"tool": "a", "points": [["x", 1]]}',
        b'{"tool": "a", "points": [], "width_m": "x"}',
        b'{"tool": "a", "points": [], "width_m": Infinity}',
        b'{"tool": "' + b"a" * 300 + b'", "points": []}',
        b"[" * 100_000,
    ],
)
def test_damaged_draft_is_put_aside(tmp_path, content):
    (tmp_path / FILE).write_bytes(content)
    assert load_draft(tmp_path) is None
    assert not (tmp_path / FILE).exists()
    assert (tmp_path / DAMAGED).read_bytes() == content


def test_draft_that_is_too_large_is_put_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(drafts, "MAXIMUM_BYTES", 10)
    (tmp_path / FILE).write_text(json.dumps({"tool": "area", "points": []}))
    assert load_draft(tmp_path) is None
    assert (tmp_path / DAMAGED).exists()


def test_draft_that_cannot_be_removed(tmp_path):
    (tmp_path / FILE).mkdir()
    with pytest.raises(DrawingError, match="cannot be removed"):
        discard_draft(tmp_path)
