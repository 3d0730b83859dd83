from __future__ import annotations

import pytest

from layers.occurrences import (
    OccurrenceReadError,
    UnknownEncodingError,
    limits,
    read_occurrences,
)


def test_tabs_without_quoting_keep_quotation_marks(write):
    path = write(
        'species\tlon\tlat\tplace\n"Amur tiger\t131.1\t43.1\tthe "Land"\nb\t131.2\t43.2\tc\n'
    )
    assert read_occurrences(path).table["species"].tolist() == ['"Amur tiger', "b"]


def test_quoted_fields_hold_delimiters_and_line_ends(write):
    path = write(
        'species,place,lon,lat\r\n"tiger, ""Amur""","two\nlines",131.1,43.1\r\n'
        "b,c,131.2,43.2\r\n"
    )
    table = read_occurrences(path).table
    assert table["species"].tolist() == ['tiger, "Amur"', "b"]
    assert table["line"].tolist() == [2, 3]


def test_semicolons_with_decimal_commas(write):
    table = read_occurrences(write("species;lon;lat\ntiger;131,1234;43,4321\n")).table
    assert table[["lon", "lat"]].iloc[0].tolist() == [131.1234, 43.4321]


def test_what_excel_and_people_put_above_the_table_is_left_out(write):
    assert read_occurrences(write("sep=;\nlon;lat\n131,1;43,1\n")).table["lon"].iloc[0] == 131.1
    found = read_occurrences(write('# exported "today\n\nlon,lat\n131.1,43.1\n', "b.csv"))
    assert found.table["line"].tolist() == [4]
    assert "2 rows above the table are left out." in found.notes


def test_rows_too_long_are_told_and_short_ones_lack_cells(write):
    path = write("lon,lat,species\n131.1,43.1,a,b\n131.2\n131.3,43.3,c,,\n\n131.4,43.4,d\n")
    table = read_occurrences(path).table
    assert table["line"].tolist() == [2, 3, 4, 6]
    assert table["unread"].tolist() == ["the row has 4 fields and the header 3", "", "", ""]
    assert table["lat"].isna().tolist() == [True, True, False, False]


def test_an_unclosed_quotation_mark_is_an_error_or_a_fault_never_a_silent_loss(write):
    rows = "131.1,43.1,x\n" * 200
    with pytest.raises(OccurrenceReadError, match="quotation mark"):
        read_occurrences(write(f'lon,lat,place\n131.1,43.1,"open\n{rows}'))
    table = read_occurrences(
        write(f'lon,lat,place\n131.1,43.1,"open\n{rows}131.1,43.1,shut"\n{rows}', "b.csv")
    ).table
    assert "quotation mark is probably not closed" in table["unread"].iloc[0]
    assert len(table) == 201


def test_one_column_is_no_table(write):
    with pytest.raises(OccurrenceReadError, match="not a table"):
        read_occurrences(write("just a letter\nto somebody\n"))


def test_an_empty_file_and_a_missing_one_are_told(tmp_path, write):
    with pytest.raises(OccurrenceReadError, match="is empty"):
        read_occurrences(write(""))
    with pytest.raises(OccurrenceReadError, match="cannot be read"):
        read_occurrences(tmp_path / "nowhere.csv")


def test_a_header_alone_gives_no_records(write):
    found = read_occurrences(write("species,lon,lat\n"))
    assert len(found.table) == 0
    assert found.notes[0].startswith("0 records")


def test_more_rows_than_the_limit_are_refused(write, monkeypatch):
    monkeypatch.setattr(limits, "MAXIMUM_RECORDS", 10)
    with pytest.raises(OccurrenceReadError, match="more than 10 rows"):
        read_occurrences(write("lon,lat\n" + "131.1,43.1\n" * 20))


def test_names_twice_and_empty_names_stay_apart(write):
    path = write("lon,lat,lat,\n131.1,43.1,99,x\n")
    table = read_occurrences(path).table
    assert table["lat"].iloc[0] == 43.1


def test_cancel_stops_reading(write, stopping, cancelled):
    path = write("lon,lat\n" + "131.1,43.1\n" * (3 * limits.CHUNK_ROWS))
    control = stopping(after=2)
    with pytest.raises(cancelled):
        read_occurrences(path, control=control)
    whole = stopping()
    read_occurrences(path, control=whole)
    assert whole.told == sorted(whole.told)
    assert whole.told[-1] == 1.0


def test_an_unfit_byte_is_not_swallowed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"lon,lat,place\n" + b"131.1,43.1,\xff\n")
    with pytest.raises(UnknownEncodingError):
        read_occurrences(path, encoding="utf-8")


def test_a_table_without_any_place_is_not_read_to_its_end(write, monkeypatch):
    monkeypatch.setattr(limits, "ROWS_WITHOUT_A_PLACE", 30)
    monkeypatch.setattr(limits, "CHUNK_ROWS", 10)
    path = write("species,lon,lat\n" + "tiger,here,there\n" * 100)
    with pytest.raises(OccurrenceReadError) as caught:
        read_occurrences(path)
    told = str(caught.value)
    assert "none of the first" in told
    assert 'lon is "here" and lat is "there"' in told
    assert "--column lon=NAME --column lat=NAME" in told
    late = write("species,lon,lat\n" + "tiger,x,y\n" * 20 + "tiger,131.1,43.1\n" * 90, "b.csv")
    assert len(read_occurrences(late).table) == 110
