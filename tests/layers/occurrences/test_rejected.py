from __future__ import annotations

import csv

import pytest

from layers.errors import LayerWriteError
from layers.occurrences import CheckRules, check_occurrences, read_occurrences, write_rejected


@pytest.fixture
def checked(write, reference):
    path = write(
        "species,lon,lat\n东北虎,131.1234,40.1234\n=HYPERLINK(1),,43.1\nz,132.1234,43.8765\n"
    )
    return check_occurrences(read_occurrences(path), CheckRules(), reference)


def test_the_list_is_a_table_a_spreadsheet_opens(tmp_path, checked):
    path = tmp_path / "refused.csv"
    write_rejected(path, checked)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["line"] for row in rows] == ["2", "3"]
    assert rows[0]["species"] == "东北虎"
    assert rows[0]["reason"] == "sea"
    assert rows[1]["species"] == "'=HYPERLINK(1)"
    assert rows[1]["lon"] == ""
    assert rows[1]["lat"] == "43.1"
    assert all(row["remedy"] for row in rows)
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_a_place_that_cannot_be_written_is_told(tmp_path, checked):
    with pytest.raises(LayerWriteError, match="Choose a folder"):
        write_rejected(tmp_path / "nowhere" / "refused.csv", checked)


def test_numbers_below_zero_are_no_formulas(tmp_path, write, reference):
    path = write("lon,lat\n-131.1234,-43.1234\n-200.5,10.5\n")
    checked = check_occurrences(read_occurrences(path), CheckRules(), reference)
    write_rejected(tmp_path / "refused.csv", checked)
    assert ",-200.5," in (tmp_path / "refused.csv").read_text(encoding="utf-8-sig")
