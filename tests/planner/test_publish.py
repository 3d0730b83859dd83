from __future__ import annotations

import re
import struct
from importlib.metadata import version

import numpy as np
import pytest
import shapely
from affine import Affine
from pyproj import Transformer

from layers.grid import Grid, equal_area_crs
from layers.pack import DataPack
from layers.qgis.engine import QgisEngine
from layers.qgis.errors import QgisError
from layers.qgis.layer_spec import LayerProblem
from layers.qgis.remote import tile_source
from layers.raster import write_cog
from planner import publish, sheet_words
from planner.map_layers import NewLayer, add_layer, set_visible
from planner.maps import DISCLAIMER, NOMINAL_NOTICE, main_species
from planner.profiles import load_region
from planner.project import AddFeatures, Project, SetSetting
from planner.sheet import PLAN_SHEET, USUAL_SHEET, Sheet

REGION = load_region("tumen-estuary")


@pytest.fixture(scope="module")
def pack():
    return DataPack.open()


@pytest.fixture
def project(tmp_path):
    crs = equal_area_crs(REGION.bounds.lonlat)
    with Project.create(
        tmp_path / "publish", name="Tumen", region_id=REGION.id, crs=crs, author="Ann"
    ) as made:
        grid = Grid(crs, Affine(10_000, 0, -80_000, 0, -10_000, 80_000), (16, 16))
        write_cog(made.raster_path("suitability_amur-tiger"), np.full((16, 16), 0.5), grid)
        made.execute(SetSetting("species", ["amur-tiger"]))
        made.execute(AddFeatures("proposals", [proposal(number) for number in range(10)]))
        line = shapely.LineString([(0, 0), (5000, 0)])
        made.execute(AddFeatures("corridors", [{"kind": "path", "geometry": line}]))
        narrow = [{"kind": "bottleneck", "geometry": line}] * 2
        made.execute(AddFeatures("bottlenecks", narrow))
        yield made


def proposal(number):
    return {
        "proposal_id": f"candidate-{number}",
        "name": f"Proposal {number}",
        "status": "draft",
        "countries": ["CHN", "RUS"],
        "area_km2": 1234.5,
        "area_by_country": {
            "CHN": {"existing_km2": 600.0, "added_km2": 0.0},
            "RUS": {"existing_km2": 614.5, "added_km2": 20.0},
        },
        "geometry": shapely.box(0, 0, 1000, 1000),
    }


class Engine:
    """Takes what it is asked to print, in the place of QGIS."""

    problems = ()

    def set_layers(self, layers, **options):
        self.layers, self.options = layers, options
        return self.problems

    def print_map(self, request):
        self.request = request
        return request.path

    def save_image(self, path, request):
        self.image = request
        return path


def test_the_sheet_says_what_it_is_whose_it_is_and_what_it_is_not(project, pack, tmp_path):
    engine = Engine()
    path = tmp_path / "map.pdf"
    assert publish.print_scenario(project, pack, engine, path) == path
    request = engine.request
    assert request.title == "Tumen"
    assert "Amur tiger" in request.subtitle
    assert request.disclaimer == DISCLAIMER
    assert request.nominal_note == NOMINAL_NOTICE
    assert "Natural Earth" in " ".join(request.credits)
    assert "suitability_amur-tiger" in request.legend_ids
    known = {layer.layer_id for layer in engine.layers}
    assert set(request.legend_ids) <= known
    assert "widening_areas" not in request.legend_ids, "there is no such land here"
    assert {"corridor_paths", "bottleneck_stretches", "proposals"} <= set(request.legend_ids)
    assert engine.options["crs"] == project.crs
    counts, origin = request.notes
    assert re.findall(r"\d+", counts)[:2] == ["1", "2"]
    assert origin.startswith("Draft of ")
    assert version("landbridge") in origin


def test_the_sheet_says_what_widening_takes_of_each_country(project, pack, tmp_path):
    line = shapely.LineString([(0, 0), (5000, 0)])
    square = shapely.box(0, 0, 1000, 1000)
    widening = {"union_cost": 6.5, "lower_bound": 4.0}
    way = {"kind": "path", "geometry": line, "attributes": {"widening": widening}}
    refused = {"kind": "path", "geometry": line, "attributes": {"widening": {"refused": "No."}}}
    project.execute(AddFeatures("corridors", [way, refused]))
    to_add = [
        {"kind": "widening", "country": code, "area_to_add_km2": km2, "geometry": square}
        | {"attributes": {"cost": cost}}
        for code, km2, cost in (("RUS", 1.5, 2.0), ("CHN", 2.0, 3.0), ("RUS", 1.0, 1.5))
    ]
    project.execute(AddFeatures("bottlenecks", to_add))
    engine = Engine()
    publish.print_scenario(project, pack, engine, tmp_path / "map.pdf")
    note = engine.request.notes[1]
    assert "CHN 2.0 km² (cost 3.0), RUS 2.5 km² (cost 3.5)" in note
    assert "none of this width costs less than 4.00, so at most 38% could be saved" in note
    assert "relative (km² weighted by settlement pressure), no money" in note


def test_a_plan_prints_its_own_layers_and_the_window_those_that_are_on(project, pack, tmp_path):
    set_visible(project, {"proposals": False, "base_rivers": False})
    tiles = tile_source("https://tiles.example/{z}/{x}/{y}.png")
    project.execute(add_layer(NewLayer("Photo", tiles, "raster", "wms", layer_id="photo")))
    shown = {}
    for sheet in (PLAN_SHEET, USUAL_SHEET):
        engine = Engine()
        publish.print_scenario(project, pack, engine, tmp_path / "map.pdf", sheet=sheet)
        shown[sheet] = {layer.layer_id for layer in engine.layers if layer.visible}
        assert set(engine.request.legend_ids) <= shown[sheet]
    assert shown[PLAN_SHEET] - shown[USUAL_SHEET] == {"proposals", "base_rivers"}
    assert shown[USUAL_SHEET] - shown[PLAN_SHEET] == {"photo"}
    engine = Engine()
    publish.show_project(project, pack, engine)
    on = {layer.layer_id for layer in engine.layers if layer.visible}
    assert on == shown[PLAN_SHEET] | {"photo"}


def test_the_title_stands_in_a_language_of_the_region_too(project, pack, tmp_path):
    engine = Engine()
    publish.print_scenario(project, pack, engine, tmp_path / "map.pdf")
    language = engine.request.languages[1]
    assert language in {sheet_words.LANGUAGE_OF[code] for code in REGION.countries}
    assert engine.request.second_title == getattr(REGION.names, language) != ""


def test_the_habitat_beneath_is_that_of_a_species_with_corridors(project, pack, tmp_path):
    grid = Grid(project.crs, Affine(10_000, 0, -80_000, 0, -10_000, 80_000), (16, 16))
    write_cog(project.raster_path("suitability_hooded-crane"), np.full((16, 16), 0.5), grid)
    project.execute(SetSetting("species", ["hooded-crane", "amur-tiger"]))
    assert main_species(project).id == "hooded-crane"
    line = shapely.LineString([(0, 0), (5000, 0)])
    corridor = {"kind": "path", "species": "amur-tiger", "geometry": line}
    project.execute(AddFeatures("corridors", [corridor]))
    assert main_species(project).id == "amur-tiger"
    engine = Engine()
    publish.print_scenario(project, pack, engine, tmp_path / "map.pdf")
    shown = [
        item.layer_id for item in engine.layers if item.group == "Suitability" and item.visible
    ]
    assert shown == ["suitability_amur-tiger"]
    assert engine.request.legend_ids[-1] == "suitability_amur-tiger"
    write_cog(project.raster_path("current_amur-tiger"), np.full((16, 16), 0.5), grid)
    publish.print_scenario(project, pack, engine, tmp_path / "map.pdf")
    assert engine.request.legend_ids[-1] == "current_amur-tiger"


def test_a_long_table_is_cut_and_says_so(project, pack, tmp_path):
    engine = Engine()
    publish.print_scenario(project, pack, engine, tmp_path / "map.pdf")
    table = engine.request.table
    assert len(table.rows) == sheet_words.MOST_TABLE_ROWS
    assert "of 10; the report holds all" in table.title
    assert table.rows[0] == ("Proposal 0", "CHN / RUS", "1\u202f234", "CHN 0, RUS 20")
    publish.print_scenario(project, pack, engine, tmp_path / "a.pdf", sheet=Sheet(page="A4"))
    assert len(engine.request.table.rows) == sheet_words.MOST_ROWS_OF_A_FLAT_PAGE


def test_without_proposals_there_is_no_table(project, pack, tmp_path):
    for _ in range(3):
        project.undo()
    engine = Engine()
    publish.print_scenario(project, pack, engine, tmp_path / "map.pdf")
    assert engine.request.table is None


def test_the_extent_holds_the_whole_region(project):
    west, south, east, north = publish.region_extent(project)
    to_local = Transformer.from_crs("EPSG:4326", project.crs, always_xy=True)
    low_lon, low_lat, high_lon, high_lat = REGION.bounds.lonlat
    lon, lat = np.meshgrid(
        np.linspace(low_lon, high_lon, 20), np.linspace(low_lat, high_lat, 20)
    )
    x, y = to_local.transform(lon, lat)
    assert west <= x.min() + 1
    assert x.max() - 1 <= east
    assert south <= y.min() + 1
    assert y.max() - 1 <= north
    assert (east - west) * (north - south) < 1.2 * np.ptp(x) * np.ptp(y)


def test_a_map_that_would_lack_a_layer_is_not_handed_on(project, pack, tmp_path):
    engine = Engine()
    engine.problems = (LayerProblem("rivers", "Rivers", "The file is damaged."),)
    with pytest.raises(QgisError, match=r"Rivers: The file is damaged\."):
        publish.print_scenario(project, pack, engine, tmp_path / "map.pdf")
    with pytest.raises(QgisError, match=r"Rivers: The file is damaged\."):
        publish.species_picture(project, pack, engine, "amur-tiger", tmp_path / "a.png")
    assert not hasattr(engine, "request")
    assert not hasattr(engine, "image")


def test_a_picture_shows_the_region(project, pack, tmp_path):
    engine = Engine()
    publish.species_picture(project, pack, engine, "amur-tiger", tmp_path / "a.png")
    assert engine.image.extent == publish.region_extent(project)
    assert (engine.image.width_px, engine.image.height_px) == publish.PICTURE_PX


@pytest.mark.qgis
@pytest.mark.slow
def test_qgis_prints_and_draws_it(project, pack, tmp_path):
    pdf, png, picture = (tmp_path / name for name in ("map.pdf", "map.png", "tiger.png"))
    with QgisEngine() as engine:
        publish.print_scenario(project, pack, engine, pdf, png=png)
        publish.species_picture(project, pack, engine, "amur-tiger", picture)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) == 1
    for path in (png, picture):
        content = path.read_bytes()
        assert content.startswith(b"\x89PNG")
    size = struct.unpack(">II", picture.read_bytes()[16:24])
    assert size == publish.PICTURE_PX
