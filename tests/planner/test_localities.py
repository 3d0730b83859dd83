from __future__ import annotations

import pytest

from planner.localities import LocalityError, load_localities
from planner.profiles import species_ids
from resources.errors import PlannerError

HEADER = (
    "species_id,site_name,site_id,country,lat,lon,coordinates,role,evidence,"
    "count_or_status,year,status,source\n"
)
GOOD = "amur-tiger,Here,,RUS,43.1,131.5,read,breeding,presence,3,2014,read,Someone 2014\n"


@pytest.fixture
def write(tmp_path):
    def write_file(*lines: str):
        path = tmp_path / "localities.csv"
        path.write_text(HEADER + "".join(lines), encoding="utf-8")
        return path

    return write_file


def test_localities_of_one_species():
    every = load_localities()
    assert {one.species_id for one in every} == set(species_ids())
    tiger = load_localities("amur-tiger")
    assert tiger == tuple(one for one in every if one.species_id == "amur-tiger")
    assert load_localities("dodo") == ()


def test_weight_by_hand(write):
    path = write(
        GOOD,
        GOOD.replace("breeding", "dispersal"),
        GOOD.replace("read,Someone", "recalled,Someone"),
        GOOD.replace("131.5,read", "131.5,recalled"),
        GOOD.replace("131.5,read", "131.5,recalled")
        .replace("breeding", "dispersal")
        .replace("read,Someone", "recalled,Someone"),
        GOOD.replace("presence", "unconfirmed"),
        GOOD.replace("presence", "area"),
    )
    weights = [one.weight for one in load_localities(path=path)]
    assert weights == [1.0, 0.5, 0.5, 0.75, 0.1875, 0.0, 0.0]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("43.1", "430", "line 3, field lat"),
        ("43.1", "north", "line 3, field lat"),
        ("43.1", "nan", "line 3, field lat"),
        ("breeding", "sleeping", "line 3, field role"),
        ("RUS", "Russia", "line 3, field country"),
        ("2014,read", "about 2014,read", "line 3, field year"),
        ("Someone 2014", "", "line 3, field source"),
        ("Someone 2014", "Someone 2014,too,many", "line 3 has more fields"),
        ("Someone 2014", '"open', "cannot be used"),
    ],
)
def test_a_bad_line_is_told(write, old, new, told):
    path = write(GOOD, GOOD.replace(old, new))
    with pytest.raises(LocalityError, match=told) as raised:
        load_localities(path=path)
    assert isinstance(raised.value, PlannerError)
    assert str(path) in str(raised.value)


def test_a_missing_column_or_file_is_told(tmp_path):
    path = tmp_path / "localities.csv"
    with pytest.raises(LocalityError, match=r"localities\.csv"):
        load_localities(path=path)
    path.write_text("species_id,site_name\namur-tiger,Here\n", encoding="utf-8")
    with pytest.raises(LocalityError, match="line 2, field site_id"):
        load_localities(path=path)


def test_a_file_beyond_all_measure_is_refused(write, monkeypatch):
    monkeypatch.setattr("planner.localities.MAX_LOCALITIES_BYTES", 100)
    with pytest.raises(LocalityError, match="larger than 100 bytes"):
        load_localities(path=write(GOOD))
