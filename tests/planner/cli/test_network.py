import csv
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

NODES = Path(__file__).parents[3].parent / "shared/peer/network/nodes.csv"
SMALL = "id,area,x,y\na,30,0,0\nb,40,0,10\nc,20,0,500\n"


@pytest.fixture
def nodes(tmp_path):
    path = tmp_path / "nodes.csv"
    path.write_text(SMALL, encoding="utf-8")
    return path


def values(text):
    pairs = (line.rsplit(": ", 1) for line in text.splitlines() if ": " in line)
    return {name: told.replace(",", "") for name, told in pairs}


@pytest.mark.reference
def test_the_published_case_from_the_command_line(landbridge, tmp_path):
    if not NODES.is_file():
        pytest.skip("the reference data are not beside the repository")
    ended = landbridge(
        "network", "--nodes", NODES, "--distance", "10000", "--probability", "0.5",
        "--no-links", "--out", tmp_path / "out",
    )  # fmt: skip
    assert ended.status == 0, ended.err
    told = values(ended.out)
    assert float(told["EC(PC)"]) == pytest.approx(462_171.8, abs=0.05)
    assert float(told["PC numerator"]) == pytest.approx(2.136028e11, rel=1e-6)
    assert float(told["IIC numerator"]) == pytest.approx(2.04199e11, rel=1e-5)
    assert float(told["EC(IIC)"]) == pytest.approx(451_884, abs=0.5)
    assert "column 'area_ha' is taken as area" in ended.out
    table = pd.read_csv(tmp_path / "out/nodes.csv", encoding="utf-8-sig")
    parts = table.dPCintra + table.dPCflux + table.dPCconnector
    np.testing.assert_allclose(table.dPC, parts)
    assert "No GeoPackage" in ended.out
    assert not (tmp_path / "out/network.gpkg").exists()


def test_protconn_and_files_by_hand(landbridge, nodes, tmp_path):
    out = tmp_path / "out"
    ended = landbridge(
        "network", "--nodes", nodes, "--distance", "10", "--region-area", "100",
        "--crs", "EPSG:32652", "--out", out,
    )  # fmt: skip
    assert ended.status == 0, ended.err
    connected = np.sqrt(900 + 1600 + 400 + 1200)
    told = values(ended.out)
    assert float(told["ProtConn [% of region]"]) == pytest.approx(connected, abs=1e-4)
    assert float(told["Prot [% of region]"]) == 90
    assert told["parts up to the link distance"] == "2"
    layers = gpd.list_layers(out / "network.gpkg").name.tolist()
    assert layers == ["nodes", "links"]
    points = gpd.read_file(out / "network.gpkg", layer="nodes")
    assert points.crs.to_epsg() == 32652
    total = 900 + 1600 + 400 + 1200  # a and b are a dispersal distance apart
    lost = [900 + 1200, 1600 + 1200, 400]
    np.testing.assert_allclose(points.dPC, [100 * one / total for one in lost], rtol=1e-9)
    links = gpd.read_file(out / "network.gpkg", layer="links")
    assert links[["from", "to"]].values.tolist() == [["a", "b"]]
    told = json.loads((out / "network.json").read_text())
    assert len(told["inputs"][str(nodes)]) == 64
    assert told["settings"]["distance"] == 10


def test_touching_sites_across_a_border_count_and_one_abroad_is_a_stone(landbridge, tmp_path):
    table, links = tmp_path / "n.csv", tmp_path / "d.csv"
    table.write_text("site_id,area_km2,abroad\nkor,30,no\nchn,40,no\nrus,500,yes\n")
    links.write_text("from,to,distance\nkor,rus,0\nrus,chn,0\n")
    ended = landbridge(
        "network", "--nodes", table, "--distances", links, "--distance", "10",
        "--region-area", "100", "--outside", "abroad",
    )  # fmt: skip
    told = values(ended.out)
    assert float(told["ProtConn [% of region]"]) == 70
    assert float(told["ProtConn[Trans] [% of ProtConn]"]) == pytest.approx(
        100 * 20 / 70, abs=1e-3
    )


def test_degrees_are_measured_on_the_ellipsoid(landbridge, tmp_path):
    table = tmp_path / "n.csv"
    table.write_text("node;weight;lon;lat\nA;1;0;0\nB;1;1;0\n")
    ended = landbridge(
        "network", "--nodes", table, "--distance", "111319.49", "--out", tmp_path
    )
    assert ended.status == 0, ended.err
    assert "geodesics" in ended.out
    assert float(values(ended.out)["PC numerator"]) == pytest.approx(3, abs=1e-4)
    with (tmp_path / "links.csv").open(encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    assert float(row["distance"]) == pytest.approx(111_319.49, abs=0.01)


@pytest.mark.parametrize(
    "text",
    [
        "id,a,b,c\na,0,1,9\nb,1,0,1\nc,9,1,0\n",
        ",c,b,a\na,9,1,0\nc,0,1,9\nb,1,0,1\n",
        "0\t1\t9\n1\t0\t1\n9\t1\t0\n",
        "from,to,distance\na,b,1\nb,c,1\nc,a,9\na,c,9\na,a,0\n",
        "a\tb\t1\nb\tc\t1\na\tc\t9\n",
        "node_a;node_b;cost\nb;a;1\nc;b;1\na;c;9\n",
    ],
)
def test_distances_as_a_matrix_or_a_list(landbridge, nodes, tmp_path, text):
    path = tmp_path / "d.csv"
    path.write_text(text)
    ended = landbridge("network", "--nodes", nodes, "--distances", path, "--distance", "1")
    assert ended.status == 0, ended.err
    numerator = 30**2 + 40**2 + 20**2 + 2 * (0.5 * 1200 + 0.5 * 800 + 0.25 * 600)
    assert float(values(ended.out)["PC numerator"]) == pytest.approx(numerator)


def test_nodes_and_links_of_conefor_without_names(landbridge, tmp_path):
    (tmp_path / "n.txt").write_text("p1\t30\np2\t40\n")
    (tmp_path / "d.txt").write_text("p1\tp2\t10\n")
    ended = landbridge(
        "network", "--nodes", tmp_path / "n.txt", "--distances", tmp_path / "d.txt",
        "--distance", "10",
    )  # fmt: skip
    assert ended.status == 0, ended.err
    assert float(values(ended.out)["PC numerator"]) == 900 + 1600 + 1200


def test_one_node_and_disconnected_nodes_are_told(landbridge, tmp_path):
    (tmp_path / "n.csv").write_text("id,area,x,y\nalone,5,0,0\n")
    ended = landbridge("network", "--nodes", tmp_path / "n.csv", "--distance", "1")
    assert ended.status == 0, ended.err
    assert "nothing to connect" in ended.out
    (tmp_path / "n.csv").write_text("id,area\na,1\nb,1\nc,1\n")
    (tmp_path / "d.csv").write_text("from,to,distance\na,b,1\n")
    ended = landbridge(
        "network", "--nodes", tmp_path / "n.csv", "--distances", tmp_path / "d.csv",
        "--distance", "1",
    )  # fmt: skip
    assert "in 2 parts that no link joins" in ended.out
    assert values(ended.out)["nodes without a link up to the link distance"] == "1"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,x,y\na,0,0\nb,1,1\n", "no column that looks like area"),
        ("id,area,x,y\na,-1,0,0\nb,1,1,1\n", "'-1' is no area"),
        ("id,area,x,y\na,nan,0,0\nb,1,1,1\n", "'nan' is no area"),
        ("id,area,x,y\na,much,0,0\nb,1,1,1\n", "'much' is not a number"),
        ("id,area,x,y\na,1,0,0\na,1,1,1\n", "'a' is there twice"),
        ("id,area,x,y\n,1,0,0\nb,1,1,1\n", "the id is empty"),
        ("id,area\na,1\nb,1\n", "no distances are given"),
        ("id,area,lon,lat\na,1,500,0\nb,1,1,1\n", "no place in degrees"),
        ("id,area,x,y\n", "holds no nodes"),
        ("only\n", "not a table"),
        ("id,area,x,y\na,1e99,0,0\nb,9e99,1,1\nc,9e99,1,1\n", "too much to be squared"),
    ],
)
def test_wrong_nodes(landbridge, tmp_path, text, told):
    path = tmp_path / "n.csv"
    path.write_text(text)
    ended = landbridge("network", "--nodes", path, "--distance", "10")
    assert ended.status == 1
    assert told in ended.err
    assert str(path) in ended.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("from,to,distance\na,zebra,1\n", "no node 'zebra'"),
        ("from,to,distance\na,b,-1\n", "'-1' is no distance"),
        ("from,to,distance\na,b,nan\n", "'nan' is no distance"),
        ("from,to,distance\na,b,1\nb,a,2\n", "two distances between a and b"),
        ("from,to\na,b\n", "--length COLUMN"),
        ("id,a,b,c\na,0,1,9\nb,2,0,1\nc,9,1,0\n", "not symmetric"),
        ("id,a,b,q\na,0,1,9\nb,1,0,1\nc,9,1,0\n", "not those of the nodes"),
        ("0,1,9\n1,0,1\n", "it has 2 rows"),
        ("0,1\n1,0\n", "would need 3 rows and columns"),
        ("id,a,b,c\na,0,1,9\nb,1,0,-1\nc,9,1,0\n", "row 3, column c: '-1' is no distance"),
    ],
)
def test_wrong_distances(landbridge, nodes, tmp_path, text, told):
    path = tmp_path / "d.csv"
    path.write_text(text)
    ended = landbridge("network", "--nodes", nodes, "--distances", path, "--distance", "10")
    assert ended.status == 1
    assert told in ended.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--distance", "0"], "above 0"),
        (["--distance", "10", "--probability", "1"], "between 0 and 1"),
        (["--distance", "10", "--probability", "nan"], "between 0 and 1"),
        (["--distance", "10", "--link-distance", "-1"], "0 or more"),
        (["--distance", "10", "--region-area", "0"], "above 0"),
        (["--distance", "10", "--region-area", "50"], "less than the 90"),
        (["--distance", "10", "--touching", "-1"], "0 or more"),
        ([], "--distance"),
        (["--distance", "10", "--longest", "nan"], "--longest nan"),
        (["--distance", "10", "--longest", "-1"], "0 or more"),
        (["--distance", "10", "--crs", "nonsense"], "no coordinate system"),
        (["--distance", "10", "--crs", "EPSG:4490"], "not on WGS 84"),
        (["--distance", "10", "--species", "amur-tiger"], "--species has no effect"),
        (["--distance", "10", "--by", "cost"], "--by has no effect"),
        (["--distance", "10", "--land", "id"], "--land needs --region-area"),
    ],
)
def test_wrong_options(landbridge, nodes, words, told):
    ended = landbridge("network", "--nodes", nodes, *words)
    assert ended.status == 2
    assert told in ended.err


def test_options_of_files_are_refused_for_a_project(landbridge, tmp_path):
    for option, value in (("--distance", "10"), ("--probability", "0.5"), ("--x", "x")):
        ended = landbridge("network", tmp_path, option, value)
        assert ended.status == 2
        assert f"{option} has no effect here" in ended.err


def test_a_folder_that_cannot_be_made_is_told_before_the_work(landbridge, nodes):
    ended = landbridge("network", "--nodes", nodes, "--distance", "10", "--out", nodes)
    assert ended.status == 1
    assert "cannot be made" in ended.err
    assert "EC(PC)" not in ended.out


def test_what_is_refused_leaves_no_folder(landbridge, nodes, tmp_path):
    out = tmp_path / "out"
    words = ("network", "--nodes", nodes, "--distance", "10", "--region-area", "50")
    assert landbridge(*words, "--out", out).status == 2
    assert not out.exists()


@pytest.mark.parametrize(
    "text", ["0,10,inf\n10,0,inf\ninf,inf,0\n", "from,to,distance\na,b,10\nb,c,inf\n"]
)
def test_infinite_distances_are_no_ways(landbridge, nodes, tmp_path, text):
    path = tmp_path / "d.csv"
    path.write_text(text)
    ended = landbridge(
        "network", "--nodes", nodes, "--distances", path, "--distance", "10",
        "--out", tmp_path / "out",
    )  # fmt: skip
    assert ended.status == 0, ended.err
    assert float(values(ended.out)["PC numerator"]) == 900 + 1600 + 400 + 1200
    assert len(pd.read_csv(tmp_path / "out/links.csv")) == 1


def test_a_list_with_as_many_columns_as_a_matrix_is_a_list(landbridge, nodes, tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("from,to,distance,seen\na,b,10,yes\n")
    ended = landbridge("network", "--nodes", nodes, "--distances", path, "--distance", "10")
    assert ended.status == 0, ended.err
    assert float(values(ended.out)["PC numerator"]) == 900 + 1600 + 400 + 1200


def test_fractions_of_protconn_need_no_region_and_all_is_explained(landbridge, tmp_path):
    table, links = tmp_path / "n.csv", tmp_path / "d.csv"
    table.write_text("id,area\nchn,30\nrus,40\n")
    links.write_text("from,to,distance\nchn,rus,0\n")
    words = ("network", "--nodes", table, "--distances", links, "--distance", "10")
    ended = landbridge(*words)
    told = values(ended.out)
    assert float(told["RelConn [% of Prot]"]) == 100
    assert float(told["ProtConn[Contig] [% of ProtConn]"]) == pytest.approx(
        100 * 20 / 70, abs=1e-3
    )
    assert "Prot [% of region]" not in told
    assert "need its area" in ended.out
    ended = landbridge(*words, "--region-area", "100", "--top", "1")
    assert float(values(ended.out)["Prot [% of region]"]) == 70
    assert "need its area" not in ended.out
    assert "equivalent connected areas (ECA)" in ended.out
    assert "Contig over areas that touch" in ended.out
    assert "1 of 2 nodes" in " ".join(ended.out.split())


def test_missing_files_and_columns(landbridge, nodes, tmp_path):
    ended = landbridge("network", "--nodes", tmp_path / "no.csv", "--distance", "1")
    assert ended.status == 1
    assert "no.csv cannot be read" in ended.err
    ended = landbridge("network", "--nodes", nodes, "--distance", "1", "--area", "aria")
    assert "no column 'aria' for area. Did you mean area" in ended.err
    assert landbridge("network").status == 2
    assert landbridge("network", tmp_path, "--nodes", nodes).status == 2
    ended = landbridge("network", tmp_path)
    assert ended.status == 1
    assert "Traceback" not in ended.err


def test_files_too_large_are_refused(landbridge, nodes, monkeypatch):
    monkeypatch.setattr("planner.network.columns.MAX_TABLE_BYTES", 10)
    ended = landbridge("network", "--nodes", nodes, "--distance", "1")
    assert "more than 10" in ended.err
    monkeypatch.undo()
    monkeypatch.setattr("planner.network.inputs.MAX_NODES", 2)
    ended = landbridge("network", "--nodes", nodes, "--distance", "1")
    assert "3 nodes, more than 2" in ended.err
    monkeypatch.undo()
    monkeypatch.setattr("planner.network.inputs.MAX_LINKS", 2)
    ended = landbridge("network", "--nodes", nodes, "--distance", "1")
    assert "too many to link" in ended.err
