from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ui.preferences import Preferences, PreferenceStore


@pytest.fixture
def path(tmp_path):
    return tmp_path / "own" / "preferences.json"


def test_what_is_chosen_is_there_next_time(path):
    store = PreferenceStore(path)
    chosen = Preferences("ru", "dark", 150, {"view.search": ("Ctrl+F",)}, "00ff", "ab")
    store.keep(chosen)
    assert store.problem == ""
    assert PreferenceStore(path).values == chosen
    assert [item.name for item in path.parent.iterdir()] == ["preferences.json"]


def test_without_a_file_there_are_the_usual_ones(path):
    store = PreferenceStore(path)
    assert store.values == Preferences()
    assert store.problem == ""


@pytest.mark.parametrize(
    "content", ["{", "[]", "7", "\x00", '{"a": 1' * 10, "[" * 200_000], ids=range(6)
)
def test_a_spoiled_file_is_told_and_the_usual_ones_are_used(path, content):
    path.parent.mkdir()
    path.write_text(content)
    store = PreferenceStore(path)
    assert store.values == Preferences()
    assert "could not be read" in store.problem
    store.keep(replace(store.values, text_scale=125))
    assert PreferenceStore(path).values.text_scale == 125


def test_values_that_make_no_sense_are_left_out_one_by_one(path):
    path.parent.mkdir()
    strange = {
        "language": "tlh",
        "appearance": "pink",
        "text_scale": 9000,
        "layout": "no hexadecimal digits",
        "geometry": 7,
        "shortcuts": {"view.search": ["Ctrl+F"], "x": "y"},
        "of a later version": True,
    }
    path.write_text(json.dumps(strange))
    store = PreferenceStore(path)
    assert store.values == Preferences(shortcuts={"view.search": ("Ctrl+F",), "x": ()})


def test_a_place_that_cannot_be_written_is_told_and_the_choice_holds(tmp_path):
    (tmp_path / "file").write_text("")
    store = PreferenceStore(tmp_path / "file" / "preferences.json")
    store.keep(Preferences(text_scale=125))
    assert "could not be written" in store.problem
    assert store.values.text_scale == 125


def test_what_is_asked_for_by_the_caller_wins(path):
    PreferenceStore(path).keep(Preferences(appearance="dark"))
    assert PreferenceStore(path, appearance="light").values.appearance == "light"
