"""``landbridge sites``, with the catalogue and the data pack that ship."""

from __future__ import annotations

import csv
import io

import geopandas as gpd
import pytest
from typer.testing import CliRunner

from layers.catalogue import Catalogue, DamagedCatalogueError, UnknownSiteError
from layers.errors import LayerWriteError
from planner.cli.sites import app
from resources.errors import UsageError


@pytest.fixture
def run():
    def invoke(*words: str) -> str:
        result = CliRunner().invoke(app, list(words), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    return invoke


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_list_is_a_table_of_100_columns_without_colour(run):
    text = run("list", "--country", "RUS", "--species", "amur-leopard")
    lines = text.splitlines()
    assert max(len(line) for line in lines) <= 100
    assert "\x1b" not in text
    assert "Land of the" in text
    assert "4 sites, 1 without a point." in lines
    assert "4 more in other states; --include-all lists them." in lines


def test_include_all_lists_the_merged_ones(run):
    text = run("list", "--country", "RUS", "--species", "amur-leopard", "--include-all")
    assert "merged" in text
    assert "8 sites" in text
    assert "in other states" not in text


def test_the_list_as_csv_on_the_terminal_holds_nothing_else(run):
    rows = rows_of(run("list", "--csv", "-", "--include-all"))
    assert len(rows) == len(Catalogue.load())
    assert rows[0]["site_id"] == "land-of-the-leopard-national-park"
    assert rows[0]["borders"] == "CHN-RUS (on);PRK-RUS (on)"


@pytest.mark.parametrize(
    ("words", "holds", "lacks"),
    [
        (
            ["--border", "rus-chn", "--relation", "near"],
            "bikin-national-park",
            "katun-nature-reserve",
        ),
        (["--class", "ramsar-site"], "zhalong-national-nature-reserve", "bikin-national-park"),
        (["--state", "planned"], "pompeevsky-national-park", "bikin-national-park"),
        (["--bbox", "130,42,132,44"], "kedrovaya-pad-nature-reserve", "bikin-national-park"),
        (["--search", "тункин"], "tunkinsky-national-park", "bikin-national-park"),
    ],
)
def test_each_filter_chooses(run, words, holds, lacks):
    found = {row["site_id"] for row in rows_of(run("list", "--csv", "-", *words))}
    assert holds in found
    assert lacks not in found


def test_files_hold_one_row_per_site(run, tmp_path):
    table, package = tmp_path / "sites.csv", tmp_path / "sites.gpkg"
    text = run("list", "-c", "PRK", "--csv", str(table), "--gpkg", str(package))
    rows = rows_of(table.read_text(encoding="utf-8-sig"))
    frame = gpd.read_file(package)
    assert list(frame["site_id"]) == [row["site_id"] for row in rows]
    assert f"Wrote {len(rows)} sites to {table}" in text
    assert {"kind", "nominal", "moved", "note", "area_km2_status"} <= set(frame.columns)
    assert set(frame["kind"]) == {"nominal", "point", "unlocated"}


@pytest.mark.parametrize("verb", ["list", "pairs"])
def test_files_are_written_before_anything_is_shown(monkeypatch, tmp_path, verb):
    class ReaderLeftError(Exception):
        """Stands for a terminal that takes no line."""

    def no_terminal():
        raise ReaderLeftError

    monkeypatch.setattr("planner.cli.sites.console", no_terminal)
    table, package = tmp_path / "t.csv", tmp_path / "t.gpkg"
    words = [verb, "--border", "CHN-PRK", "--csv", str(table), "--gpkg", str(package)]
    with pytest.raises(ReaderLeftError):
        CliRunner().invoke(app, words, catch_exceptions=False)
    assert len(rows_of(table.read_text(encoding="utf-8"))) == len(gpd.read_file(package)) > 0


def test_csv_for_the_terminal_is_utf_8_whatever_the_terminal_is(monkeypatch):
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="replace")
    monkeypatch.setattr("sys.stdout", terminal)
    app(["list", "--csv", "-", "--search", "dongfanghong"], standalone_mode=False)
    terminal.flush()
    assert "东方红湿地国家级自然保护区" in terminal.buffer.getvalue().decode("utf-8")


def test_nothing_found_writes_nothing_and_says_so(run, tmp_path):
    target = tmp_path / "none.csv"
    text = run("list", "-c", "JPN", "-s", "amur-tiger", "--csv", str(target))
    assert "0 sites" in text
    assert "not written" in text
    assert not target.exists()


def test_show_prints_every_source_and_conflict(run):
    text = run("show", "dongfanghong")
    assert "东方红湿地国家级自然保护区" in text
    assert "466.18" in text
    assert "1319.82" in text
    assert "conflict" in text
    assert "ERROR" in text
    assert "Sredneussuriysky Zakaznik (sredneussuriysky-zakaznik)" in " ".join(text.split())


@pytest.mark.parametrize("name", ["хинганский", "khingan-nature-reserve", "Khingan Nature"])
def test_show_takes_any_name(run, name):
    assert "khingan-nature-reserve" in run("show", name)


def test_show_offers_the_nearest_names(run):
    with pytest.raises(UnknownSiteError, match="Did you mean"):
        run("show", "kedrovaia pad nature reserv")


def test_pairs_are_a_table_with_the_nominal_remark(run):
    text = run("pairs", "--border", "CHN-PRK")
    assert max(len(line) for line in text.splitlines()) <= 100
    assert "Mount Paektu" in " ".join(text.split())
    assert "touch" in text
    assert "nominal footprints" in text


def test_no_word_is_cut_off_at_the_edge(run):
    text = run("pairs", "--bbox", "110,47,120,51", "--touching")
    assert "Landscapes of" in text
    words = set(text.replace(",", "").split())
    assert {"w.-n.", "hooded", "crane", "computed", "MNG-RUS"} <= words
    assert "hoode" not in words


def test_the_distance_decides_which_pairs_are_computed(run):
    words = ("pairs", "--basis", "computed", "--bbox", "110,47,136,51", "--csv", "-")
    near = rows_of(run(*words, "--distance", "0"))
    wide = rows_of(run(*words, "--distance", "30"))
    assert 0 < len(near) < len(wide)
    assert all(row["touching"] == "true" for row in near)
    assert all(float(row["distance_km"]) <= 30 for row in wide)


def test_pair_filters(run):
    rows = rows_of(run("pairs", "--touching", "-s", "snow-leopard", "-c", "KAZ", "--csv", "-"))
    assert [(row["site_a"], row["site_b"]) for row in rows] == [
        ("katon-karagay-national-park", "katun-nature-reserve")
    ]


def test_pair_files_hold_one_row_per_pair(run, tmp_path):
    table, package = tmp_path / "pairs.csv", tmp_path / "pairs.gpkg"
    run("pairs", "--csv", str(table), "--gpkg", str(package))
    rows = rows_of(table.read_text(encoding="utf-8-sig"))
    frame = gpd.read_file(package)
    assert len(frame) == len(rows) >= 20
    assert set(frame.geom_type.dropna()) == {"LineString"}
    assert {"nominal", "basis", "distance_km", "shared_border_km"} <= set(frame.columns)


def test_merged_sites_pair_only_when_asked(run):
    words = ("pairs", "--csv", "-", "--border", "CHN-RUS", "--bbox", "129,42,133,45")
    plain, everything = run(*words), run(*words, "--include-all")
    assert "hunchun-national-nature-reserve" not in plain
    assert "hunchun-national-nature-reserve" in everything


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["list", "--country", "XXX"], "CHN (China)"),
        (["list", "--border", "CHN"], "such as CHN-RUS"),
        (["list", "--border", "CHN-CHN"], "two different countries"),
        (["list", "--species", "amur-tigre"], "Did you mean amur-tiger"),
        (["list", "--class", "national-prak"], "Did you mean national-park"),
        (["list", "--state", "planed"], "Did you mean planned"),
        (["list", "--relation", "beside"], "Known names"),
        (["list", "--bbox", "1,2,3"], "west,south,east,north"),
        (["list", "--bbox", "140,42,130,44"], "is not a box on the map"),
        (["list", "--state", "merged", "--include-all"], "exclude each other"),
        (["pairs", "--distance", "-1"], "Give a number from 0"),
        (["pairs", "--basis", "guessed"], "Known names"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_remedy(run, words, says):
    with pytest.raises(UsageError) as caught:
        run(*words)
    assert says in str(caught.value)


def test_a_damaged_catalogue_of_ones_own_is_refused(run, tmp_path):
    with pytest.raises(DamagedCatalogueError, match="does not exist"):
        run("list", "--catalogue", str(tmp_path))


@pytest.mark.parametrize("option", ["--csv", "--gpkg"])
def test_a_file_that_cannot_be_written_is_named(run, tmp_path, option):
    target = tmp_path / "nowhere" / "file"
    with pytest.raises(LayerWriteError, match="nowhere"):
        run("list", "-c", "JPN", option, str(target))
