from __future__ import annotations

import zipfile

import numpy as np
import pytest
from pyproj import Transformer

from layers.occurrences import (
    CheckRules,
    OccurrenceReadError,
    Reason,
    UnsafePackageError,
    check_occurrences,
    guess_columns,
    read_occurrences,
)

TERMS = (
    "scientificName",
    "decimalLongitude",
    "decimalLatitude",
    "eventDate",
    "coordinateUncertaintyInMeters",
    "countryCode",
    "individualCount",
    "basisOfRecord",
    "occurrenceStatus",
    "coordinatePrecision",
    "geodeticDatum",
    "issue",
)
ROW = (
    "Panthera tigris altaica Temminck, 1844",
    "131.6543",
    "43.8765",
    "2021-05-03T10:00:00Z",
    "250",
    "RU",
    "2",
    "HUMAN_OBSERVATION",
    "PRESENT",
    "",
    "WGS84",
    "",
)


def _row(**changes):
    return tuple(changes.get(term, cell) for term, cell in zip(TERMS, ROW, strict=True))


def test_an_archive_is_read_by_its_description(archive):
    path = archive(TERMS, [_row(), _row(decimalLongitude="131.7654")])
    found = read_occurrences(path)
    row = found.table.iloc[0]
    assert (row["line"], row["lon"], row["lat"]) == (2, 131.6543, 43.8765)
    assert row["species"] == "Panthera tigris altaica Temminck, 1844"
    assert (row["date"], row["country"], row["count"]) == ("2021-05-03", "RUS", 2.0)
    assert (row["uncertainty_m"], row["basis"], row["absent"]) == (
        250.0,
        "HUMAN_OBSERVATION",
        False,
    )
    assert row["source"] == "archive.zip/occurrence.txt"
    assert guess_columns(path).kind == "Darwin Core archive"


def test_an_unpacked_archive_is_read_by_folder_or_description(archive, tmp_path):
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(archive(TERMS, [_row()])) as packed:
        packed.extractall(folder)
    assert len(read_occurrences(folder).table) == 1
    assert len(read_occurrences(folder / "meta.xml").table) == 1


@pytest.mark.parametrize("header", [0, 1, 3])
def test_header_lines_are_left_out_as_the_description_says(archive, header):
    table = read_occurrences(archive(TERMS, [_row()], header=header)).table
    assert table["line"].tolist() == [header + 1]


def test_the_encoding_of_the_description_counts_and_can_be_overridden(archive):
    path = archive(TERMS, [_row(scientificName="Амурский тигр")], encoding="koi8-r")
    assert read_occurrences(path).table["species"].iloc[0] == "Амурский тигр"
    assert read_occurrences(path, encoding="cp1251").table["species"].iloc[0] != "Амурский тигр"


def test_constants_of_the_description_fill_what_is_empty(archive):
    path = archive(
        TERMS[:3], [ROW[:3]], constants={"countryCode": "MN", "geodeticDatum": "WGS84"}
    )
    assert read_occurrences(path).table["country"].tolist() == ["MNG"]


def test_absences_are_marked_and_never_kept(archive, reference):
    path = archive(
        TERMS,
        [
            _row(occurrenceStatus="ABSENT"),
            _row(individualCount="0"),
            _row(decimalLatitude="43.7"),
        ],
    )
    found = read_occurrences(path)
    assert found.table["absent"].tolist() == [True, True, False]
    checked = check_occurrences(found, CheckRules(), reference)
    assert checked.counts == {"absent": 2}


def test_other_datums_are_brought_to_wgs84_and_unknown_ones_are_flagged(archive, reference):
    rows = [
        _row(geodeticDatum=datum)
        for datum in ("EPSG:4326", "Pulkovo 1942", "EPSG:4284", "Moon 1969", "", "EPSG:32652")
    ]
    found = read_occurrences(archive(TERMS, rows))
    wanted = Transformer.from_crs("EPSG:4284", "EPSG:4326", always_xy=True).transform(
        131.6543, 43.8765
    )
    lon, lat = found.table["lon"].to_numpy(), found.table["lat"].to_numpy()
    np.testing.assert_allclose(
        lon, [131.6543, wanted[0], wanted[0], 131.6543, 131.6543, 131.6543]
    )
    np.testing.assert_allclose(lat[1:3], wanted[1])
    assert abs(wanted[0] - 131.6543) * 80_000 > 20  # the datums differ by tens of metres
    assert found.table["datum"].tolist() == ["", "", "", "Moon 1969", "", "EPSG:32652"]
    assert any("1 records on the datum Pulkovo 1942" in note for note in found.notes)
    assert any("state no datum" in note for note in found.notes)
    told = check_occurrences(found, CheckRules(actions={Reason.DUPLICATE: "skip"}), reference)
    assert told.warning_counts["unknown_datum"] == 2
    assert 'Its datum "Moon 1969" is not known' in told.flagged["sentence"].iloc[0]


def test_specimens_and_issues_are_warned_of(archive, reference):
    rows = [
        _row(basisOfRecord="FOSSIL_SPECIMEN", decimalLatitude="43.8111"),
        _row(basisOfRecord="LivingSpecimen", decimalLatitude="43.8222"),
        _row(issue="COORDINATE_ROUNDED;PRESUMED_SWAPPED_COORDINATE", decimalLatitude="43.8333"),
        _row(
            issue="COORDINATE_ROUNDED;GEODETIC_DATUM_ASSUMED_WGS84", decimalLatitude="43.8444"
        ),
        _row(coordinateUncertaintyInMeters="50000", decimalLatitude="43.8555"),
    ]
    checked = check_occurrences(read_occurrences(archive(TERMS, rows)), CheckRules(), reference)
    assert checked.warning_counts == {
        "fossil": 1,
        "captive": 1,
        "publisher_issue": 1,
        "uncertain_place": 1,
    }
    told = checked.flagged.set_index("reason")["sentence"]
    assert told["publisher_issue"] == "Its publisher notes PRESUMED_SWAPPED_COORDINATE."
    assert told["uncertain_place"] == "Its place is known to 50 km."
    assert len(checked.kept) == 5


def test_a_stated_precision_coarser_than_the_digits_counts(archive, reference):
    found = read_occurrences(archive(TERMS, [_row(coordinatePrecision="0.5")]))
    assert found.table["resolution_km"].iloc[0] == pytest.approx(55.6)
    assert check_occurrences(found, CheckRules(), reference).counts == {"precision": 1}


def test_impossible_uncertainties_count_as_unknown(archive):
    found = read_occurrences(archive(TERMS, [_row(coordinateUncertaintyInMeters="0")]))
    assert found.table["uncertainty_m"].isna().all()
    assert any("uncertainty of zero or less" in note for note in found.notes)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><archive>&c;</archive>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><archive>&x;</archive>',
        '<!DOCTYPE archive SYSTEM "http://example.org/a.dtd"><archive/>',
    ],
)
def test_entities_and_document_types_are_refused(archive, doctype):
    with pytest.raises(UnsafePackageError, match="entities or a document type"):
        read_occurrences(archive(TERMS, [_row()], meta=doctype))


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"meta": "<archive><core>"}, OccurrenceReadError, "damaged"),
        ({"meta": "<archive/>"}, OccurrenceReadError, "no core table"),
        ({"location": "../occurrence.txt"}, UnsafePackageError, "outside the package"),
        ({"location": "https://example.org/o.txt"}, UnsafePackageError, "not fetched"),
        ({"location": "other.txt"}, OccurrenceReadError, "holds no file other.txt"),
    ],
)
def test_descriptions_that_cannot_be_used(archive, options, error, says):
    with pytest.raises(error, match=says):
        read_occurrences(archive(TERMS, [_row()], **options))


EVENT_META = """<archive xmlns="http://rs.tdwg.org/dwc/text/">
 <core fieldsTerminatedBy="," fieldsEnclosedBy='"' ignoreHeaderLines="1"
  rowType="http://rs.tdwg.org/dwc/terms/Event"><files><location>event.csv</location></files>
  <id index="0"/><field index="1" term="http://rs.tdwg.org/dwc/terms/eventDate"/>
  <field index="2" term="http://rs.tdwg.org/dwc/terms/decimalLatitude"/>
  <field index="3" term="http://rs.tdwg.org/dwc/terms/decimalLongitude"/></core>
 <extension fieldsTerminatedBy="," fieldsEnclosedBy='"' ignoreHeaderLines="1"
  rowType="http://rs.tdwg.org/dwc/terms/Occurrence"><files><location>occ.csv</location></files>
  <coreid index="0"/><field index="1" term="http://rs.tdwg.org/dwc/terms/scientificName"/>
  <field index="2" term="http://rs.tdwg.org/dwc/terms/occurrenceStatus"/></extension></archive>"""


def test_occurrences_of_sampling_events_take_their_places_from_the_events(tmp_path):
    path = tmp_path / "events.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("meta.xml", EVENT_META)
        packed.writestr("event.csv", "id,d,lat,lon\ne1,2020-01-02,43.1234,131.4321\n")
        packed.writestr(
            "occ.csv",
            'id,n,s\ne1,"Grus vipio",present\ne1,Grus monacha,absent\ne7,Grus vipio,\n',
        )
    table = read_occurrences(path).table
    assert table["lon"].tolist()[:2] == [131.4321, 131.4321]
    assert table["date"].tolist() == ["2020-01-02", "2020-01-02", ""]
    assert table["absent"].tolist() == [False, True, False]
    assert table["unread"].tolist() == ["", "", 'event "e7" is not listed']


def test_gbif_simple_tables_are_read(tmp_path):
    header = (
        "gbifID\tspecies\tscientificName\tcountryCode\toccurrenceStatus\tindividualCount\t"
        "decimalLatitude\tdecimalLongitude\tcoordinateUncertaintyInMeters\teventDate\tissue\n"
    )
    row = (
        "1\tUncia uncia\tUncia uncia (Schreber, 1775)\tMN\tPRESENT\t\t46.1234\t97.4321\t"
        "100.0\t2019-07\tX\n"
    )
    path = tmp_path / "0001.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("0001.csv", header + row)
    got = read_occurrences(path).table.iloc[0]
    assert (got["lon"], got["lat"], got["date"], got["country"]) == (
        97.4321,
        46.1234,
        "2019-07",
        "MNG",
    )
