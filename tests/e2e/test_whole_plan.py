"""The main job on the default region, once, and everything it must leave behind."""

from __future__ import annotations

import csv
import re
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pyogrio
import pytest
import rasterio

from planner.maps import DISCLAIMER, NOMINAL_NOTICE
from planner.pipeline.plan import PlanRequest, announced_steps
from planner.pipeline.publication import ONE_ROW_EACH, SPREADSHEETS
from planner.project import Project

pytestmark = [pytest.mark.qgis, pytest.mark.slow]

SPECIES = ("amur-tiger", "amur-leopard")


@pytest.fixture(scope="module")
def project(whole):
    with Project.open(whole.folder, read_only=True) as opened:
        yield opened


def test_it_ends_well_and_in_silence(whole):
    assert whole.ended.err == ""
    assert whole.ended.status == 0


def test_every_step_is_told_in_order_with_its_time(whole, tmp_path):
    labels = [
        label
        for label, _ in announced_steps(PlanRequest.of("tiger-leopard", (), tmp_path)).values()
    ]
    told = re.findall(r"^(.+): done \d+\.\d s$", whole.ended.out, re.MULTILINE)
    assert told == labels


def listed_files(whole):
    _, _, listed = whole.ended.out.partition("Written:\n")
    return [line.split("  ")[1] for line in listed.splitlines()]


def test_what_it_lists_is_there(whole):
    names = [name.removeprefix(f"{whole.folder}/") for name in listed_files(whole)]
    assert names == [
        "project.gpkg",
        "exports/scenario_map.pdf",
        "exports/map.qgz",
        "exports/report.html",
        *(f"exports/{name}.csv" for name in SPREADSHEETS),
        *(f"rasters/suitability_{name}.tif" for name in SPECIES),
    ]
    assert all((whole.folder / name).stat().st_size > 50 for name in names)


def test_nothing_unfinished_is_left(whole):
    assert [path.name for path in whole.out.iterdir()] == ["tiger-leopard.landbridge"]
    hidden = [path for path in whole.folder.rglob("*") if path.name.startswith(".")]
    assert hidden == []
    assert (whole.folder / "project.lock").read_bytes() == b""


def test_any_gis_reads_the_tables(whole, project):
    database = whole.folder / "project.gpkg"
    layers = {name for name, _ in pyogrio.list_layers(database)}
    rows = {name: len(pyogrio.read_dataframe(database, layer=name)) for name in layers}
    empty = {name for name, count in rows.items() if count == 0}
    # No corridor of the region need be too narrow.
    narrow = {"bottlenecks", "bottleneck_stretches", "widening_areas"}
    own = {"bookmarks", "map_layers"}  # what people add
    assert empty <= {"observations", "site_points", *narrow, *own}
    for name in ("sites", "pairs", "cores", "corridors", "proposals", "indicators", "runs"):
        assert rows[name] == len(project.records(name)) > 0
    assert rows["bottlenecks"] == rows["bottleneck_stretches"] + rows["widening_areas"]
    assert rows["corridor_paths"] == rows["corridor_swaths"]


def test_geometry_is_valid_and_in_the_system_of_the_project(project):
    for name in ("sites", "cores", "corridors", "bottlenecks", "proposals"):
        frame = project.features(name)
        drawn = frame[frame.geometry.notna()]
        assert drawn.geometry.is_valid.all(), name
        assert drawn.crs.to_wkt() == frame.crs.to_wkt()
        assert "+proj=laea" in project.crs


def test_the_park_and_the_land_of_the_leopard_are_joined(project):
    wanted = {
        "northeast-china-tiger-and-leopard-national-park",
        "land-of-the-leopard-national-park",
    }
    (row,) = [row for row in project.records("proposals") if wanted <= set(row["member_sites"])]
    assert row["kind"] == "transboundary conservation landscape"


def test_neighbours_are_listed_whether_or_not_they_hold_habitat(project):
    """The habitat of Mount Paektu lies below the threshold of both cats: a pair, no more."""
    changbai = {"changbai-mountain-national-nature-reserve", "mount-paektu-biosphere-reserve"}
    pairs = [{row["site_a"], row["site_b"]} for row in project.records("pairs")]
    assert changbai in pairs
    assert not any(changbai <= set(row["member_sites"]) for row in project.records("proposals"))


def test_proposals_add_up_and_lie_in_two_countries(project):
    for row in project.records("proposals"):
        parts = row["area_by_country"]
        assert sorted(parts) == row["countries"]
        assert len(parts) >= 2
        total = sum(part["existing_km2"] + part["added_km2"] for part in parts.values())
        assert total == pytest.approx(row["area_km2"], abs=0.3)
        assert row["geometry"].area / 1e6 == pytest.approx(row["area_km2"], abs=0.1)
        assert row["species"]
        assert row["reasons"]


def test_corridors_cross_a_border_within_the_longest_length(project):
    paths = project.records("corridors", kind="path")
    for row in paths:
        assert len(row["countries"]) >= 2
        assert 0 <= row["length_km"] <= 120
        assert row["attributes"]["adjoining"] or row["attributes"]["crossings"]
        assert sum(row["attributes"]["length_km_by_country"].values()) == pytest.approx(
            row["length_km"], abs=0.5
        )


def test_stretches_are_as_narrow_as_they_are_told(project):
    for row in project.records("bottlenecks", kind="bottleneck"):
        assert 0 <= row["width_m"] < row["needed_m"]
    for row in project.records("bottlenecks", kind="widening"):
        assert row["area_to_add_km2"] > 0
        assert row["country"] in {"CHN", "PRK", "RUS"}


def test_nothing_is_less_after_than_before(project):
    values = {}
    for row in project.records("indicators"):
        key = (row["indicator"], row["unit"], row["country"], row["species"])
        values.setdefault(key, {})[row["stage"]] = row["value"]
    assert len(values) > 15
    for key, stages in values.items():
        assert stages["after"] >= stages["before"] >= 0, key
        if key[1] == "%":
            assert stages["after"] <= 100, key


def test_suitability_is_a_cloud_optimised_raster_from_0_to_1(whole, project):
    for name in SPECIES:
        with rasterio.open(whole.folder / f"rasters/suitability_{name}.tif") as raster:
            values = raster.read(1)
            assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
            assert raster.crs == rasterio.crs.CRS.from_user_input(project.crs)
            assert raster.res == (500.0, 500.0)
            assert raster.tags()["species"] == name
        known = values[np.isfinite(values)]
        assert 0.5 < known.size / values.size < 1.0
        assert 0 <= known.min() < 0.1
        assert 0.8 < known.max() <= 1
        (run,) = project.runs(step=f"habitat:{name}")
        output = f"rasters/suitability_{name}.tif"
        assert run.outputs[output] == project.output_hash(output)


def test_every_step_left_a_record(project, tmp_path):
    steps = announced_steps(PlanRequest.of("tiger-leopard", (), tmp_path))
    runs = project.runs()
    assert [run.step for run in runs] == list(steps)
    for run in runs:
        assert run.seed == 1
        assert run.outputs
        assert run.versions.keys() >= {"landbridge", "numpy", "python"}
        assert project.find_run(run.step, run.inputs_hash) == run


def test_the_map_is_one_page_of_pdf(whole):
    pdf = (whole.folder / "exports/scenario_map.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


def test_the_qgis_project_names_its_sources_relative_to_itself(whole):
    qgz = whole.folder / "exports/map.qgz"
    with zipfile.ZipFile(qgz) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".qgs")]
        root = ElementTree.fromstring(archive.read(name))
    sources = [element.text for element in root.iter("datasource") if element.text]
    assert len(sources) > 10
    own = 0
    for source in sources:
        path = source.partition("|")[0]
        assert not path.startswith(("/", "file:"))
        assert (qgz.parent / path).resolve().exists()
        own += (qgz.parent / path).resolve().is_relative_to(whole.folder.resolve())
    assert own == len(sources), "the folder can be moved as it is"


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen, self.words = [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)


def test_the_report_is_whole(whole):
    html = (whole.folder / "exports/report.html").read_text(encoding="utf-8")
    page = Tags()
    page.feed(html)
    page.close()
    words = " ".join(" ".join(page.words).split())
    assert DISCLAIMER in words
    assert NOMINAL_NOTICE in words
    assert not re.search(r"<tbody>\s*</tbody>", html)
    images = [attributes for tag, attributes in page.seen if tag == "img"]
    assert len(images) >= 4
    assert all(image["src"].startswith("data:image/png;base64,") for image in images)
    assert "Scenario map" in images[0]["alt"]
    loaded = [
        a for _, a in page.seen if a.get("src", a.get("href", "#"))[:4] in {"http", "file"}
    ]
    assert loaded == [], "the report loads nothing from elsewhere"
    assert "None" not in words.split()
    assert "nan" not in words.split()


def test_the_csv_tables_hold_every_row(whole, project):
    for name, columns in SPREADSHEETS.items():
        path = whole.folder / f"exports/{name}.csv"
        with path.open(encoding="utf-8-sig", newline="") as stream:
            header, *rows = csv.reader(stream)
        assert tuple(header) == columns
        assert len(rows) == len(project.records(name, **ONE_ROW_EACH.get(name, {})))
        assert rows or name == "bottlenecks"
        assert not any("[" in cell or "{" in cell for row in rows for cell in row)


def test_the_database_is_sound(whole):
    with Project.open(whole.folder) as opened:
        opened.verify()
        assert opened.undo_label == "Plan Sino-Russian-Korean tiger and leopard landscape"


def test_a_second_run_reuses_every_step(whole, command, files_of, tmp_path):
    before = files_of(whole.folder)
    ended = command("plan", "--out", whole.out)
    assert ended.err == ""
    assert ended.status == 0
    labels = [
        label
        for label, _ in announced_steps(PlanRequest.of("tiger-leopard", (), tmp_path)).values()
    ]
    told = re.findall(r"^(.+): reused unchanged$", ended.out, re.MULTILINE)
    assert told == labels
    assert ended.out.partition("Written:")[2] == whole.ended.out.partition("Written:")[2]
    after = files_of(whole.folder)
    assert after.keys() == before.keys()
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"project.gpkg"}
