import numpy as np
import pandas as pd
import pytest
import shapely

from planner.errors import NotAProjectError
from planner.network.errors import NetworkInputError
from planner.network.project_network import (
    protconn_by_country,
    species_network,
    species_with_cores,
)
from planner.pipeline.study import SCENARIO
from planner.project import AddFeatures, AddScenario, Project
from resources.errors import UsageError

LAEA = "+proj=laea +lat_0=43 +lon_0=131 +datum=WGS84 +units=m +no_defs"


def core(name, x):
    return {
        "core_id": name,
        "scenario": SCENARIO,
        "species": "amur-tiger",
        "area_km2": 100.0,
        "geometry": shapely.MultiPolygon([shapely.box(x, 0, x + 10_000, 10_000)]),
    }


def corridor(a, b, length_km, cost):
    line = shapely.LineString([(0, 0), (length_km * 1000, 0)])
    return {
        "corridor_id": f"{a}-{b}-{cost:g}",
        "scenario": SCENARIO,
        "species": "amur-tiger",
        "core_a": a,
        "core_b": b,
        "length_km": length_km,
        "cost": cost,
        "kind": "path",
        "geometry": shapely.MultiLineString([line]),
    }


@pytest.fixture
def project(tmp_path):
    path = tmp_path / "p.landbridge"
    with Project.create(path, name="P", region_id="tumen-estuary", crs=LAEA) as made:
        made.execute(AddScenario(SCENARIO, "Plan"))
        made.execute(AddFeatures("cores", [core("a", 0), core("b", 30_000), core("c", 90_000)]))
        rows = [corridor("a", "b", 20.0, 80.0), corridor("a", "b", 25.0, 50.0)]
        made.execute(AddFeatures("corridors", rows))
        yield made


def test_cores_are_nodes_and_the_shortest_corridor_is_the_link(project):
    found = species_network(project, "amur-tiger")
    assert found.network.ids == ("a", "b", "c")
    assert found.network.links.length.tolist() == [20.0, 20.0]
    assert found.settings.probability == 0.05
    by_cost = species_network(project, "amur-tiger", "cost")
    assert by_cost.network.links.length.tolist() == [50.0, 50.0]
    assert by_cost.settings.distance == pytest.approx(found.settings.distance * 3)
    with pytest.raises(UsageError, match="length or cost"):
        species_network(project, "amur-tiger", "time")


def test_species_without_cores_are_told(project, tmp_path):
    assert species_with_cores(project) == ("amur-tiger",)
    with pytest.raises(UsageError, match="no cores of 'amur-leopard'"):
        species_with_cores(project, ["amur-leopard"])
    empty = tmp_path / "e.landbridge"
    with (
        Project.create(empty, name="E", region_id="tumen-estuary", crs=LAEA) as made,
        pytest.raises(NetworkInputError, match="landbridge corridors"),
    ):
        species_with_cores(made)


def test_the_command_writes_into_the_project_and_records_the_run(landbridge, project):
    path = project.path
    project.close()
    ended = landbridge("network", path)
    assert ended.status == 0, ended.err
    assert "in 2 parts that no link joins" in ended.out
    with Project.open(path) as opened:
        (run,) = opened.runs(step="network:amur-tiger")
        assert "exports/network-amur-tiger/nodes.csv" in run.outputs
        assert opened.find_run(run.step, run.inputs_hash) is not None
    with pytest.raises(NotAProjectError):
        Project.open(path.parent / "none.landbridge")
    ended = landbridge("network", path.parent / "none.landbridge")
    assert ended.status == 1


def test_protconn_of_a_project_is_kept(landbridge, project, monkeypatch):
    country = np.repeat([[1, 1, 2, 2]], 4, axis=0).astype(np.int32)
    labels = np.zeros((4, 4), dtype=np.int32)
    labels[0, :2], labels[0, 2] = 5, 7
    measured = protconn_by_country(labels, country, ("CHN", "RUS"), cell_m=1000.0)
    monkeypatch.setattr("planner.cli.network_project.project_protconn", lambda _: measured)
    path = project.path
    project.close()
    ended = landbridge("network", path)
    assert ended.status == 0, ended.err
    kept = pd.read_csv(path / "exports/protconn.csv", encoding="utf-8-sig")
    assert kept.land.unique().tolist() == ["ALL", "CHN", "RUS"]
    everywhere = kept[kept.land == "ALL"].set_index("indicator").value
    assert everywhere["ProtConn [% of region]"] == pytest.approx(100 * 3 / 16)
    assert everywhere["ProtConn[Contig] [% of ProtConn]"] > 0


def test_flyways_of_a_project_go_into_its_exports(landbridge, project):
    path = project.path
    project.close()
    ended = landbridge("flyway", path, "--species", "hooded-crane")
    assert ended.status == 0, ended.err
    assert (path / "exports/flyway-hooded-crane/summary.txt").read_text() in ended.out
    with Project.open(path) as opened:
        (run,) = opened.runs(step="flyway:hooded-crane")
        assert "exports/flyway-hooded-crane/flyway.gpkg" in run.outputs


def test_sites_that_touch_across_a_border_by_hand():
    """Two countries side by side, four by four cells each; sites touch on the border."""
    country = np.repeat([[1, 1, 2, 2]], 4, axis=0).astype(np.int32)
    labels = np.zeros((4, 4), dtype=np.int32)
    labels[0, :2] = 5
    labels[0, 2] = 7
    found = protconn_by_country(labels, country, ("CHN", "RUS"), cell_m=1000.0)
    assert list(found) == ["ALL", "CHN", "RUS"]
    assert found["ALL"].prot == found["ALL"].protconn == pytest.approx(100 * 3 / 16)
    assert found["ALL"].contig == pytest.approx(100 * (3 - np.sqrt(5)) / 3)
    assert found["CHN"].protconn == pytest.approx(100 * 2 / 8)
    assert found["RUS"].protconn == pytest.approx(100 * 1 / 8)
    assert protconn_by_country(0 * labels, country, ("CHN", "RUS"), cell_m=1000.0) == {}


def test_sites_apart_are_joined_over_one_abroad():
    country = np.array([[1, 1, 1, 1, 1], [2, 2, 2, 2, 2]], dtype=np.int32)
    labels = np.array([[3, 0, 0, 0, 4], [9, 9, 9, 9, 9]], dtype=np.int32)
    found = protconn_by_country(labels, country, ("CHN", "RUS"), cell_m=20_000.0)["CHN"]
    assert found.protconn == pytest.approx(found.prot)
    alone = np.sqrt(2 + 2 * 0.5**6)
    assert found.trans == pytest.approx(100 * (2 - alone) / 2)
    assert found.bound == pytest.approx(found.prot)
