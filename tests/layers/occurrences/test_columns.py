from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from layers.occurrences import (
    ColumnChoice,
    ColumnsNeededError,
    guess_columns,
    read_occurrences,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_darwin_core_names_win_over_looser_ones(write):
    path = write(
        "x,decimalLongitude,decimalLatitude,species,scientificName\n"
        "1,131.1,43.1,a,Panthera tigris\n"
    )
    guess = guess_columns(path)
    assert guess.choice.lon == "decimalLongitude"
    assert guess.roles["lon"].candidates == ("decimalLongitude", "x")
    assert guess.choice.species == "scientificName"
    assert guess.complete
    assert guess.certain


def test_the_guess_shows_samples_reasons_and_candidates(write):
    rows = "".join(f"Panthera tigris,131.{n},43.{n},2021-05-0{n}\n" for n in range(1, 9))
    guess = guess_columns(write("species,lon,lat,seen\n" + rows))
    assert len(guess.sample) == 5
    assert guess.sample[0] == ("Panthera tigris", "131.1", "43.1", "2021-05-01")
    assert guess.roles["date"].column == "seen"
    assert not guess.roles["date"].certain
    assert "please confirm" in guess.roles["date"].reason
    assert guess.roles["country"].column is None


def test_a_latin_name_is_preferred_to_a_common_one(write):
    guess = guess_columns(write("物种,学名,经度,纬度\n东北虎,Panthera tigris,131.1,43.1\n"))
    assert guess.choice.species == "学名"


def test_unnamed_places_are_recognised_by_their_range(write):
    rows = "".join(f"Uncia uncia,{97 + n / 7:.4f},{45 + n / 9:.4f},{n}\n" for n in range(20))
    guess = guess_columns(write("name,a,b,n\n" + rows))
    assert (guess.choice.lon, guess.choice.lat) == ("a", "b")
    assert guess.choice.species == "name"
    assert not guess.certain


def test_two_columns_in_the_range_are_left_to_the_reader(write):
    rows = "".join(f"{97 + n / 7:.4f},{98 + n / 7:.4f},{45 + n / 9:.4f}\n" for n in range(20))
    path = write("a,b,c\n" + rows)
    guess = guess_columns(path)
    assert guess.choice.lon is None
    assert guess.roles["lon"].candidates == ("a", "b")
    with pytest.raises(ColumnsNeededError, match="longitude and latitude are not recognised"):
        read_occurrences(path)
    found = read_occurrences(path, columns=ColumnChoice(lon="b", lat="c"))
    assert found.table["lon"].iloc[0] == 98.0


def test_a_column_that_does_not_exist_is_refused_with_the_nearest_name(write):
    path = write("longitud,latitud\n131.1,43.1\n")
    with pytest.raises(ColumnsNeededError, match="Did you mean longitud"):
        read_occurrences(path, columns=ColumnChoice(lon="longitude", lat="latitud"))


def test_metres_need_a_coordinate_system(write):
    path = write("species;x;y\nPanthera tigris;672500,5;4811200,5\n")
    assert guess_columns(path).needs_crs
    with pytest.raises(ColumnsNeededError, match="State their coordinate system"):
        read_occurrences(path)
    row = read_occurrences(path, crs="EPSG:32652").table.iloc[0]
    # By hand: UTM zone 52N has its central meridian at 129 E; 172.5 km east of it at 43.4 N.
    assert row["lon"] == pytest.approx(129 + 172.5 / (111.32 * 0.7285), abs=0.01)
    assert row["lat"] == pytest.approx(43.43, abs=0.02)


def test_a_table_without_header_is_named_by_numbers(write):
    found = read_occurrences(
        write("Panthera tigris,131.1234,43.4321\nPanthera tigris,131.2,43.5\n")
    )
    assert found.table["line"].tolist() == [1, 2]
    assert found.table["lon"].tolist() == [131.1234, 131.2]
    assert any("first row holds a record" in note for note in found.notes)


@pytest.mark.parametrize(
    ("lon", "lat", "species"),
    [
        ("долгота", "широта", "вид"),
        ("Долгота (в.д.)", "Широта (с.ш.)", "Название вида"),
        ("경도", "위도", "종명"),
        ("經度", "緯度", "物種"),
        ("経度", "緯度", "種名"),
        ("уртраг", "өргөрөг", "зүйл"),
        ("location-long", "location-lat", "individual-taxon-canonical-name"),
        ("GPS Longitude", "GPS Latitude", "Species Name"),
    ],
)
def test_names_in_the_languages_of_the_region(write, lon, lat, species):
    guess = guess_columns(write(f"{species},{lat},{lon}\nPanthera tigris,43.1,131.1\n"))
    assert (guess.choice.lon, guess.choice.lat, guess.choice.species) == (lon, lat, species)


def test_roles_that_are_stated_stand_and_the_others_are_guessed(tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    path.write_text(
        "lon,lat,detections,date\n100.5,48.2,0,2019-05-01\n101.0,48.9,3,2019-05-02\n"
    )
    guess = guess_columns(path)
    choice = guess.choice_with({"count": "detections", "date": ""})
    assert (choice.lon, choice.lat, choice.count, choice.date) == (
        "lon",
        "lat",
        "detections",
        None,
    )
    moved = guess.choice_with({"species": "date"})
    assert (moved.species, moved.date) == ("date", None)
