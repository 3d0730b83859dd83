import json

import geopandas as gpd
import pandas as pd
import pytest
from pyproj import Geod

CHAIN = (
    "id,name,lat,lon,role,weight\n"
    "b,Marsh,50,120,breeding,2\n"
    "s,Lake,45,120,staging,1\n"
    "w,Bay,40,120,wintering,1\n"
)


@pytest.fixture
def sites(tmp_path):
    path = tmp_path / "sites.csv"
    path.write_text(CHAIN, encoding="utf-8")
    return path


def test_a_chain_of_three_hangs_on_its_middle(landbridge, sites, tmp_path):
    out = tmp_path / "out"
    ended = landbridge("flyway", "--sites", sites, "--range-km", "600", "--out", out)
    assert ended.status == 0, ended.err
    assert "Lake (staging; given): parts 100.0 %" in ended.out
    assert "At most 1 route can be flown" in ended.out
    table = pd.read_csv(out / "sites.csv", encoding="utf-8-sig").set_index("site_id")
    assert table.critical.to_dict() == {"b": False, "s": True, "w": False}
    assert table.loc["s", "lengthens_needed_flight_km"] == pytest.approx(555, abs=2)
    legs = gpd.read_file(out / "flyway.gpkg", layer="legs")
    assert legs[["from", "to"]].values.tolist() == [["b", "s"], ["s", "w"]]
    assert min(len(line.coords) for line in legs.geometry) >= 12  # densified
    told = json.loads((out / "flyway.json").read_text())
    assert told["range_km"] == {"value": 600, "low": 600, "high": 600}


def test_a_gap_has_a_zone_and_known_places_in_it(landbridge, tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("id,lat,lon,role\nb,46,124,breeding\nw,32,121,wintering\n")
    out = tmp_path / "out"
    ended = landbridge("flyway", "--sites", path, "--range-km", "900", "--out", out)
    assert ended.status == 0, ended.err
    gap = Geod(ellps="WGS84").inv(124, 46, 121, 32)[2] / 1000
    assert f"Gap 1: {gap:.0f} km from b to w" in ended.out
    assert "1 resting place would close it and join 100 % of all pairs" in ended.out
    assert "must lie somewhere in a zone" in ended.out
    assert "Whether birds of this flyway rest at any of these places is not known" in ended.out
    zones = gpd.read_file(out / "flyway.gpkg", layer="closing_zones")
    middle = zones.geometry[0].centroid
    assert middle.y == pytest.approx(39, abs=0.5)
    gaps = pd.read_csv(out / "gaps.csv", encoding="utf-8-sig")
    assert gaps.stones_needed.tolist() == [1]
    assert isinstance(gaps.closed_by[0], str)


def test_the_range_decides_and_that_is_told(landbridge, sites):
    ended = landbridge(
        "flyway", "--sites", sites, "--range-km", "600", "--range-low", "500",
        "--range-high", "1200",
    )  # fmt: skip
    assert "- 500 km: 3 parts, 0 % of pairs joined" in ended.out
    assert "; 2 gaps, the widest 556 km from Marsh to Lake" in ended.out
    assert "- 600 km: 1 part, 100 % of pairs joined, 1 critical site (Lake)" in ended.out
    assert "- 1200 km: 1 part, 100 % of pairs joined, 0 critical sites" in ended.out
    assert "No site is critical at all of these ranges" in ended.out


def test_seasons_are_networks_of_their_own(landbridge, tmp_path):
    path = tmp_path / "s.csv"
    path.write_text(
        "id,lat,lon,role,season\nb,50,120,breeding,\ns,45,120,staging,northward\n"
        "w,40,120,wintering,\n"
    )
    ended = landbridge("flyway", "--sites", path, "--range-km", "600", "--out", tmp_path / "o")
    assert "s.csv" not in ended.err
    north, south = ended.out.split("southward", 1)
    assert "100 % of the pairs" in north
    assert "0 % of the pairs" in south
    assert (tmp_path / "o/northward/sites.csv").exists()
    assert (tmp_path / "o/southward/sites.csv").exists()


def test_an_unknown_role_is_a_state_of_its_own(landbridge, tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("id,lat,lon,role\nb,50,120,breeding\nq,45,120,\nw,40,120,wintering\n")
    ended = landbridge("flyway", "--sites", path, "--range-km", "600", "--out", tmp_path / "o")
    assert "1 of 3 sites have no known role" in ended.out
    assert "q (unknown; given): parts 100.0 %" in ended.out
    table = pd.read_csv(tmp_path / "o/sites.csv", encoding="utf-8-sig")
    assert table.role.tolist() == ["breeding", "unknown", "wintering"]


def test_the_shipped_flyway_carries_its_evidence(landbridge, tmp_path):
    ended = landbridge("flyway", "--species", "hooded-crane", "--out", tmp_path)
    assert ended.status == 0, ended.err
    assert "Longest single flight 1000 km (700 to 1300); recalled" in ended.out
    assert "presence is not confirmed are left out" in ended.out
    assert "What depends on the flight range:" in ended.out
    folder = tmp_path / "hooded-crane"
    table = pd.read_csv(folder / "sites.csv", encoding="utf-8-sig")
    assert set(table.status) == {"read", "recalled"}
    assert table.source.notna().all()
    told = json.loads((folder / "flyway.json").read_text())
    assert told["range_status"] == "recalled"
    assert set(told["inputs"]) == {"localities.csv", "hooded-crane.toml"}
    sensitivity = pd.read_csv(folder / "sensitivity.csv", encoding="utf-8-sig")
    assert sensitivity.range_km.tolist() == [700, 1000, 1300]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,lat,role\na,1,breeding\n", "Call the column lon or longitude"),
        ("id,lat,lon,role\na,95,1,breeding\n", "no place in degrees"),
        ("id,lat,lon,role\na,x,1,breeding\n", "is not a number"),
        ("id,lat,lon,role\na,1,1,dancing\n", "'dancing' is no role"),
        ("id,lat,lon,role,season\na,1,1,staging,monsoon\n", "'monsoon' is no season"),
        ("id,lat,lon,weight\na,1,1,-3\n", "'-3' is no weight"),
        ("id,lat,lon,role\na,1,1,staging\na,2,2,staging\n", "twice, at two places"),
        ("id,lat,lon,role\n,1,1,staging\n", "the id is empty"),
        ("id,lat,lon,role\n", "holds no sites"),
    ],
)
def test_wrong_sites(landbridge, tmp_path, text, told):
    path = tmp_path / "s.csv"
    path.write_text(text)
    ended = landbridge("flyway", "--sites", path, "--range-km", "900")
    assert ended.status == 1
    assert told in ended.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--range-km", "0"], "flight range of 0"),
        (["--range-km", "1e-300"], "at least 1 km"),
        (["--range-km", "900", "--unconfirmed"], "--unconfirmed has no effect"),
        (["--range-km", "900", "--range-low", "1000"], "flight range of 900"),
        (["--range-low", "5"], "need --range-km"),
        ([], "--range-km"),
        (["--species", "amur-tiger", "--range-km", "9"], ""),
    ],
)
def test_wrong_options(landbridge, sites, words, told):
    ended = landbridge("flyway", "--sites", sites, *words)
    if told:
        assert ended.status == 2
        assert told in ended.err
    else:  # the name of the species is the user's own with a table of sites
        assert ended.status == 0


def test_gaps_of_many_flights_get_no_zones(landbridge, sites, tmp_path):
    out = tmp_path / "out"
    ended = landbridge("flyway", "--sites", sites, "--range-km", "20", "--out", out)
    assert ended.status == 0, ended.err
    assert "27 resting places would close it" in ended.out
    assert "must lie" not in ended.out
    layers = gpd.list_layers(out / "flyway.gpkg").name.tolist()
    assert "closing_zones" not in layers
    assert "gaps" in layers


def test_a_folder_that_cannot_be_made_is_told_before_the_work(landbridge, sites):
    ended = landbridge("flyway", "--sites", sites, "--range-km", "600", "--out", sites)
    assert ended.status == 1
    assert "cannot be made" in ended.err
    assert "Flyway:" not in ended.out
    assert landbridge("flyway", "--encoding", "utf-8").status == 2


def test_a_species_on_the_ground_has_no_flyway(landbridge, tmp_path):
    ended = landbridge("flyway", "--species", "amur-tiger")
    assert ended.status == 2
    assert "no flyway of 'amur-tiger'" in ended.err
    ended = landbridge("flyway", "--sites", tmp_path / "none.csv", "--range-km", "9")
    assert ended.status == 1
    assert "none.csv cannot be read" in ended.err


def test_one_site_and_sites_without_ends(landbridge, tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("id,lat,lon\nq,45,120\n")
    ended = landbridge("flyway", "--sites", path, "--range-km", "600", "--out", tmp_path / "o")
    assert ended.status == 0, ended.err
    assert "There is no pair of a breeding and a wintering site" in ended.out
