from __future__ import annotations

import csv
import json

import numpy as np
import pyogrio
import pytest
import shapely

from algorithms.corridors.least_cost import SwathRule
from layers.raster import read_raster
from planner.corridors.found import FindRequest, find
from planner.corridors.inputs import Source
from planner.corridors.outputs import Layer, ResultFolder
from planner.corridors.resistances import ResistanceInput
from planner.project import file_sha256
from resources.errors import UsageError


@pytest.fixture
def strip(files):
    """Return a function that writes two cores at the ends of a strip of easy ground."""

    def made(labels=None, **request):
        resistance = np.full((5, 12), 9.0)
        resistance[2] = 1.0
        if labels is None:
            labels = np.zeros((5, 12), np.int32)
            labels[1:4, 0], labels[1:4, 11] = 1, 2
        return FindRequest(
            ResistanceInput(files.raster("r.tif", resistance)),
            Source.of(files.raster("c.tif", np.asarray(labels, np.int32))),
            files.folder / "out",
            request.pop("rule", SwathRule(share=0.5)),
            countries=request.pop("countries", False),
            **request,
        )

    return made


def layer(folder, name, file="corridors.gpkg"):
    return pyogrio.read_dataframe(folder / file, layer=name)


def test_a_corridor_is_written_in_every_form(strip, files):
    request = strip()
    found = find(request)
    (row,) = found.corridors
    assert row["corridor_id"] == "1:2"
    assert (row["cost"], row["length_km"], row["cost_per_m"]) == (1100.0, 1.1, 1.0)
    assert row["throat_m"] == 100.0
    assert row["area_km2"] == 0.1
    paths = layer(request.out, "paths")
    assert paths.geometry.iloc[0].equals(shapely.LineString([(50, -250), (1150, -250)]))
    swath = layer(request.out, "swaths").geometry.iloc[0]
    assert swath.equals(files.box((2, 2), (1, 10)))
    assert set(layer(request.out, "cores")["core_id"]) == {"1", "2"}
    with (request.out / "corridors.csv").open(encoding="utf-8-sig") as stream:
        (line,) = csv.DictReader(stream)
    assert (line["core_a"], line["core_b"], line["status"]) == ("1", "2", "corridor")
    cost = read_raster(request.out / "cost_distance.tif").values
    assert cost[2, :7].tolist() == [0.0, 100.0, 200.0, 300.0, 400.0, 500.0, 500.0]
    allocation = read_raster(request.out / "allocation.tif").values
    assert (allocation[:, :5] == 1).all()
    assert (allocation[:, 7:] == 2).all()
    lowest = read_raster(request.out / "mosaic.tif").values
    assert lowest[2].tolist() == [0.0] * 12
    assert not (request.out / "resistance.tif").exists()


def test_a_second_run_gives_the_same_and_the_record_says_from_what(strip):
    request = strip()
    find(request)
    names = ("corridors.csv", "cost_distance.tif", "mosaic.tif")
    before = [file_sha256(request.out / name) for name in names]
    find(request)
    assert [file_sha256(request.out / name) for name in names] == before
    record = json.loads((request.out / "corridors.run.json").read_text(encoding="utf-8"))
    resistance = request.resistance.raster
    assert record["inputs"][str(resistance)]["sha256"] == file_sha256(resistance)
    assert record["parameters"]["cutoff_share"] == 0.5
    assert "numpy" in record["versions"]
    assert record["outputs"]["mosaic.tif"]["sha256"] == file_sha256(request.out / "mosaic.tif")
    assert record["results"] == {"cores": 2, "corridors": 1, "pairs_not_joined": 0}
    left = {path.name for path in request.out.iterdir()}
    assert not [name for name in left if name.startswith(".")]


def test_cores_that_touch_are_joined_whatever_the_largest_cost(strip):
    labels = np.zeros((5, 12), np.int32)
    labels[2, :5], labels[2, 5:] = 1, 2
    (row,) = find(strip(labels, max_cost=1.0)).corridors
    assert (row["status"], row["cost"]) == ("corridor", 0.0)


def test_pairs_that_are_not_joined_are_rows_with_a_reason(strip, files):
    labels = np.zeros((5, 12), np.int32)
    labels[2, 0], labels[2, 5], labels[2, 11], labels[0, 8] = 1, 2, 3, 4
    request = strip(labels, max_cost=550.0)
    resistance = np.full((5, 12), np.nan)
    resistance[2] = 1.0
    files.raster("r.tif", resistance)
    found = find(request)
    told = {row["corridor_id"]: (row["status"], row.get("reason")) for row in found.corridors}
    assert told["1:2"] == ("corridor", None)
    assert told["2:3"] == (
        "not joined",
        "it costs about 600, more than the largest cost",
    )
    assert told["2:4"] == ("not joined", "core 4 lies on NoData with all its cells")
    assert [row["core_id"] for row in found.left_out] == ["4"]
    assert len(layer(request.out, "not_joined")) == len(found.apart)


def test_nothing_is_joined_where_all_cores_lie_on_nodata(strip, files):
    request = strip()
    files.raster("r.tif", np.where(np.arange(12) % 11 == 0, np.nan, np.ones((5, 12))))
    found = find(request)
    assert [row["status"] for row in found.corridors] == ["not joined"]
    assert len(found.left_out) == 2
    assert len(layer(request.out, "paths")) == 0


def test_borders_are_told_and_corridors_within_a_country_left_out(files):
    # From Hunchun in China over the border to Khasan in Russia, 1 km cells.
    labels = np.zeros((30, 60), np.int32)
    labels[10:14, 2:6], labels[10:14, 50:54], labels[10:14, 12:16] = 1, 2, 3
    where = {"side": 1000.0, "left": -40_000.0}
    request = FindRequest(
        ResistanceInput(files.raster("r.tif", np.ones((30, 60)), **where)),
        Source.of(files.raster("c.tif", labels, **where)),
        files.folder / "out",
        SwathRule(share=0.05),
        across_borders_only=True,
    )
    found = find(request)
    countries = {row["core_id"]: row["country"] for row in found.cores}
    assert countries == {"1": "CHN", "2": "RUS", "3": "CHN"}
    ids = {row["corridor_id"] for row in found.joined}
    assert "2:3" in ids
    assert "1:3" not in ids
    row = next(row for row in found.joined if row["corridor_id"] == "2:3")
    assert row["countries"] == ["CHN", "RUS"]
    assert sum(row["length_km_by_country"].values()) == pytest.approx(row["length_km"], abs=0.1)
    crossing = next(item for item in found.crossings if item["corridor_id"] == "2:3")
    assert crossing["border"] == "CHN-RUS"
    assert 130.5 < crossing["lon"] < 131.5
    points = layer(request.out, "crossings")
    assert points.geometry.iloc[0].x == found.crossings[0]["x"]


def test_steps_may_go_to_four_neighbours_only(strip):
    labels = np.zeros((5, 12), np.int32)
    labels[0, 0], labels[1, 1] = 1, 2
    (row,) = find(strip(labels, neighbours=4)).joined
    assert (row["cost"], row["adjoining"]) == (1800.0, False)  # with eight they adjoin


def test_work_can_be_stopped_and_leaves_nothing(strip):
    class Stop:
        def report(self, fraction):
            if fraction > 0.5:
                raise KeyboardInterrupt

    request = strip()
    with pytest.raises(KeyboardInterrupt):
        find(request, Stop())
    assert not request.out.exists()


def test_results_never_take_the_place_of_what_is_read(files):
    read = files.raster("corridors.tif", np.ones((2, 2)))
    folder = ResultFolder(files.folder, "x", (read,), {})
    with pytest.raises(UsageError, match="the results would take its place"):
        folder.raster("corridors.tif", np.ones((2, 2)), files.grid((2, 2)))


def test_a_geopackage_of_rows_without_any_is_still_one(files):
    folder = ResultFolder(files.folder, "x", (), {})
    layers = [
        Layer("empty", ("name", "geometry"), []),
        Layer("mixed", ("name", "geometry"), [{"name": "a", "geometry": shapely.Point(1, 2)}]),
        Layer("plain", ("name", "of"), [{"name": "b", "of": {"RUS": 1.5, "": 2.0}}]),
    ]
    path = folder.geopackage("x.gpkg", layers, files.grid((2, 2)).crs)
    names = {str(name) for name, _ in pyogrio.list_layers(path)}
    assert names == {"empty", "mixed", "plain"}
    assert pyogrio.read_dataframe(path, layer="plain")["of"].tolist() == ["RUS 1.5; none 2"]
