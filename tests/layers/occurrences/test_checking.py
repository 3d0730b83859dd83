from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.occurrences import (
    CheckRules,
    Occurrences,
    Reason,
    check_occurrences,
    limits,
    read_occurrences,
)
from layers.occurrences.rules import REMEDIES, TITLES
from resources.errors import UsageError

TEXTS = ("species", "date", "country", "basis", "source", "datum", "issues", "unread")


def records(rows, **same):
    """Make records from tuples of longitude and latitude, with more columns as given."""
    count = len(rows)
    table = pd.DataFrame(
        {
            "line": np.arange(2, count + 2),
            "lon": np.array([row[0] for row in rows], dtype=np.float64),
            "lat": np.array([row[1] for row in rows], dtype=np.float64),
            "uncertainty_m": np.full(count, np.nan),
            "count": np.full(count, np.nan),
            "absent": np.zeros(count, dtype=np.bool_),
            "resolution_km": np.full(count, np.nan, dtype=np.float32),
            "round_km": np.full(count, np.nan, dtype=np.float32),
        }
    )
    for name in TEXTS:
        values = same.get(name, "")
        values = [values] * count if isinstance(values, str) else values
        table[name] = pd.Categorical(pd.array(values, dtype="str"))
    for name in ("absent", "resolution_km", "round_km", "uncertainty_m"):
        if name in same:
            table[name] = same[name]
    return Occurrences(table, ())


def only(checked):
    assert len(checked.rejected) == 1
    return checked.rejected.iloc[0]


LAND = (132.1234, 43.8765)


@pytest.mark.parametrize(
    ("place", "columns", "rules", "reason", "says"),
    [
        ((np.nan, 43.1), {}, {}, "missing", "no coordinates"),
        (
            (np.nan, np.nan),
            {"unread": 'the longitude "x" cannot be read'},
            {},
            "unreadable",
            'The longitude "x"',
        ),
        (LAND, {"absent": [True]}, {}, "absent", "absence"),
        (
            LAND,
            {"species": "Panthera pardus"},
            {"species": ("Panthera tigris",)},
            "wrong_species",
            "It is of Panthera pardus.",
        ),
        (LAND, {"date": "1999"}, {"date_from": "2000"}, "date", "It is of 1999."),
        (LAND, {"date": "2021-07"}, {"date_to": "2021-06"}, "date", "It is of 2021-07."),
        ((0.0, 0.0), {}, {}, "zero", "Both coordinates are zero."),
        ((0.0, 43.1), {}, {}, "zero", "longitude is exactly zero"),
        ((132.1, 0.0), {}, {}, "zero", "latitude is exactly zero"),
        (
            (43.8765, 132.1234),
            {},
            {},
            "swapped",
            "exchanged, it would be longitude 132.123, latitude 43.87",
        ),
        ((43.8765, 132.1234), {"country": "RUS"}, {}, "swapped", "it lies off the map"),
        ((250.5, 43.1), {}, {}, "out_of_range", "longitude 250.5"),
        ((132.1, -95.5), {}, {}, "out_of_range", "latitude -95.5"),
        ((134.5123, 40.0123), {}, {}, "sea", "in the sea, 3"),
        (
            (106.8765, 47.9123),
            {"country": "RUS"},
            {},
            "country_mismatch",
            "It lies in Mongolia, 199 km from Russian Federation",
        ),
        ((106.8765, 47.9123), {"country": "USA"}, {}, "country_mismatch", "far from"),
        (
            (121.0123, 23.8765),
            {"country": "JPN"},
            {},
            "country_mismatch",
            "It lies in China, ",
        ),
        (
            (74.6123, 41.8765),
            {"country": "KAZ"},
            {},
            "country_mismatch",
            "It lies on other land, ",
        ),
        (
            (106.8765, 47.9123),
            {"country": "KAZ"},
            {},
            "country_mismatch",
            "from the ground of the country code KAZ, which it states",
        ),
        ((105.0, 46.0), {}, {}, "country_centroid", "centroid of the country Mongolia"),
        (
            LAND,
            {"resolution_km": np.float32([111.2])},
            {},
            "precision",
            "about 111 km (1°), an error of up to 56 km, more than a cell of 9.3 km",
        ),
    ],
)
def test_every_reason_is_found_and_told(reference, place, columns, rules, reason, says):
    checked = check_occurrences(records([place], **columns), CheckRules(**rules), reference)
    row = only(checked)
    assert row["reason"] == reason
    assert says in row["sentence"]
    assert row["remedy"] == REMEDIES[Reason(reason)]
    assert row["line"] == 2
    assert checked.counts == {reason: 1}
    assert any(TITLES[reason] in sentence for sentence in checked.summary)


@pytest.mark.parametrize(
    ("place", "columns", "rules"),
    [
        (LAND, {}, {}),
        (LAND, {"country": "RUS"}, {}),
        (
            LAND,
            {"species": "Panthera tigris altaica Temminck, 1844"},
            {"species": ("panthera_tigris",)},
        ),
        (LAND, {"date": "2000"}, {"date_from": "2000-06-01", "date_to": "2020"}),
        ((114.15, 22.4), {"country": "CHN"}, {}),
        (LAND, {"resolution_km": np.float32([11.12])}, {}),
    ],
)
def test_sound_records_are_kept_without_a_word(reference, place, columns, rules):
    checked = check_occurrences(records([place], **columns), CheckRules(**rules), reference)
    assert len(checked.kept) == 1
    assert not len(checked.flagged)


def test_a_file_that_names_no_species_is_taken_as_of_the_wanted_one(reference):
    rules = CheckRules(species=("Panthera tigris",))
    assert len(check_occurrences(records([LAND]), rules, reference).kept) == 1
    mixed = records([LAND, (132.2, 43.8)], species=["", "Panthera tigris"])
    row = only(check_occurrences(mixed, rules, reference))
    assert (row["reason"], row["sentence"]) == (
        "missing",
        "It names no species, though others do.",
    )


def test_tigrina_is_not_tigris(reference):
    found = records([LAND], species="Panthera tigrisoides")
    checked = check_occurrences(found, CheckRules(species=("Panthera tigris",)), reference)
    assert checked.counts == {"wrong_species": 1}


def test_just_off_the_coast_is_kept_with_the_distance_or_moved(reference):
    place = (131.9, 42.95)  # Amur Bay, off Vladivostok
    checked = check_occurrences(records([place]), CheckRules(sea_tolerance_km=30), reference)
    row = checked.flagged.iloc[0]
    assert row["reason"] == "near_coast"
    assert "km off the coast." in row["sentence"]
    moved = check_occurrences(
        records([place]), CheckRules(sea_tolerance_km=30, snap_to_coast=True), reference
    )
    assert "is moved there" in moved.flagged["sentence"].iloc[0]
    lon, lat = moved.kept["lon"].to_numpy(), moved.kept["lat"].to_numpy()
    assert (lon[0], lat[0]) != place
    stated = float(row["sentence"].split()[2])
    back = np.hypot((lon[0] - place[0]) * np.cos(np.radians(lat[0])), lat[0] - place[1]) * 111.2
    assert back == pytest.approx(stated, abs=0.2)
    none = check_occurrences(records([place]), CheckRules(sea_tolerance_km=0), reference)
    assert none.counts == {"sea": 1}


def test_just_across_the_stated_border_is_kept_with_the_distance(reference):
    place = (131.1234, 43.1234)
    near = check_occurrences(records([place], country="RUS"), CheckRules(), reference)
    assert near.warning_counts == {"near_border": 1}
    strict = CheckRules(border_tolerance_km=1)
    assert check_occurrences(records([place], country="RUS"), strict, reference).counts == {
        "country_mismatch": 1
    }


def test_swapped_records_are_mended_when_asked_and_then_checked(reference):
    rows = [(43.8765, 132.1234), (46.0, 105.0)]
    checked = check_occurrences(records(rows), CheckRules(mend_swapped=True), reference)
    assert checked.kept[["lon", "lat"]].to_numpy().tolist() == [[132.1234, 43.8765]]
    assert checked.warning_counts == {"swapped_mended": 1}
    assert checked.counts == {"country_centroid": 1}


def test_a_stated_country_elsewhere_keeps_a_record_from_being_taken_as_swapped(reference):
    place = (48.5, 80.1)  # Franz Josef Land; exchanged it would lie in Kazakhstan
    stated = check_occurrences(records([place], country="RUS"), CheckRules(), reference)
    assert stated.warning_counts == {"outside_map": 1}
    assert check_occurrences(records([place]), CheckRules(), reference).counts == {"swapped": 1}


def test_repeats_name_the_first_row(reference):
    rows = [LAND, (132.2, 43.8), LAND, LAND]
    found = records(rows, species=["a", "a", "a", "b"], date=["2020", "2020", "2020", "2020"])
    row = only(check_occurrences(found, CheckRules(), reference))
    assert (row["line"], row["reason"]) == (4, "duplicate")
    assert row["sentence"] == "Species, place and date are those of row 2."


def test_a_refused_record_is_no_first_of_its_kind(reference):
    found = records([LAND, LAND], absent=[True, False])
    checked = check_occurrences(found, CheckRules(), reference)
    assert checked.counts == {"absent": 1}
    assert checked.kept["line"].tolist() == [3]


def test_a_reason_can_be_a_warning_or_be_left_out(reference):
    found = records([(134.5123, 40.0123)])
    flagged = check_occurrences(found, CheckRules(actions={Reason.SEA: "flag"}), reference)
    assert (flagged.counts, flagged.warning_counts) == ({}, {"sea": 1})
    skipped = check_occurrences(found, CheckRules(actions={Reason.SEA: "skip"}), reference)
    assert (skipped.counts, skipped.warning_counts) == ({}, {})
    zero = records([(0.0, 0.0)])
    once = check_occurrences(zero, CheckRules(actions={Reason.ZERO: "flag"}), reference)
    assert once.warning_counts == {"zero": 1, "outside_map": 1}
    twice = records([LAND, LAND])
    warned = check_occurrences(twice, CheckRules(actions={Reason.DUPLICATE: "flag"}), reference)
    assert warned.warning_counts == {"duplicate": 1}


def test_undated_records_are_told_where_dates_are_asked_for(reference):
    checked = check_occurrences(records([LAND]), CheckRules(date_from="2000"), reference)
    assert checked.warning_counts == {"undated": 1}


@pytest.mark.parametrize(
    "rules",
    [
        {"cell_km": 0},
        {"cell_km": float("nan")},
        {"sea_tolerance_km": -1},
        {"centroid_km": float("inf")},
        {"date_from": "spring"},
        {"date_from": "2020", "date_to": "2010"},
        {"actions": {Reason.ABSENT: "flag"}},
        {"actions": {Reason.MISSING: "skip"}},
    ],
)
def test_rules_that_make_no_sense_are_refused(rules):
    with pytest.raises(UsageError):
        CheckRules(**rules)


def test_cancel_stops_the_check(reference, stopping, cancelled, monkeypatch):
    monkeypatch.setattr(limits, "CHUNK_ROWS", 10)
    found = records([LAND] * 100)
    for after in (3, 11):
        with pytest.raises(cancelled):
            check_occurrences(found, CheckRules(), reference, stopping(after=after))
    whole = stopping()
    check_occurrences(found, CheckRules(), reference, whole)
    assert whole.told == sorted(whole.told)
    assert whole.told[-1] == 1.0


_CELL = st.one_of(
    st.floats(-200, 200).map(str),
    st.sampled_from(
        ["", "0", "x", "131.1234", "43.8765", "131", "43", "132,5", "43°30'N", "inf"]
    ),
)
_ROW = st.tuples(
    st.sampled_from(["", "Panthera tigris", "Panthera tigris altaica", "Grus vipio", "=1+1"]),
    _CELL,
    _CELL,
    st.sampled_from(["", "2020-01-02", "1999", "3/4/2020", "no"]),
    st.sampled_from(["", "RU", "中国", "MNG", "US", "Nowhere"]),
    st.sampled_from(["", "0", "1", "many"]),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(_ROW, max_size=25), mend=st.booleans(), snap=st.booleans())
def test_every_record_read_is_kept_or_refused_once(write, reference, rows, mend, snap):
    lines = "".join(";".join(f'"{cell}"' for cell in row) + "\n" for row in rows)
    path = write("species;lon;lat;date;country;count\n" + lines)
    found = read_occurrences(path)
    filled = [number for number, row in enumerate(rows, start=2) if any(row)]
    assert found.table["line"].tolist() == filled
    rules = CheckRules(
        species=("Panthera tigris",), date_from="2000", mend_swapped=mend, snap_to_coast=snap
    )
    checked = check_occurrences(found, rules, reference)
    assert checked.read == len(filled)
    lines_out = checked.kept["line"].tolist() + checked.rejected["line"].tolist()
    assert sorted(lines_out) == filled
    assert checked.kept["line"].is_monotonic_increasing
    assert checked.rejected["line"].is_monotonic_increasing
    assert set(checked.flagged["line"]) <= set(checked.kept["line"])
    assert (checked.rejected["sentence"].astype("str").str.len() > 5).all()
    assert sum(checked.counts.values()) == len(checked.rejected)
    assert checked.kept[["lon", "lat"]].notna().all().all()


def test_round_numbers_among_others_are_kept_with_a_warning(reference):
    found = records([LAND], round_km=np.float32([111.2]))
    checked = check_occurrences(found, CheckRules(), reference)
    assert len(checked.kept) == 1
    assert checked.warning_counts == {"round_numbers": 1}
    assert "multiples of 1°" in checked.flagged["sentence"].iloc[0]


def test_how_round_a_record_far_off_is_matters_not(reference):
    coarse = np.float32([np.nan, 1112.0])
    found = records([LAND, (-60.0, -10.0)], resolution_km=coarse)
    checked = check_occurrences(found, CheckRules(), reference)
    assert "precision" not in checked.counts
    assert checked.warning_counts == {"outside_map": 1}


def test_one_record_is_told_of_in_the_singular(reference):
    checked = check_occurrences(records([LAND]), CheckRules(), reference)
    assert checked.summary[0] == "1 record was read, 1 kept and 0 refused."
