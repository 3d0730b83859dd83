from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import shapely
from affine import Affine

from layers.grid import Grid
from layers.pack import DataPack
from layers.qgis.layer_spec import check_layers
from layers.raster import write_cog
from planner.circuit_maps import CIRCUIT
from planner.map_style import country_colour, look, map_style
from planner.maps import planned_species, scenario_layers, species_layers
from planner.profiles import load_region, region_ids
from planner.project import AddFeatures, Project, SetSetting
from planner.project.schema import TABLES, VIEWS

LAEA = "+proj=laea +lat_0=43 +lon_0=131 +datum=WGS84 +units=m +no_defs"


@pytest.fixture(scope="module")
def pack():
    return DataPack.open()


@pytest.fixture
def project(tmp_path):
    with Project.create(
        tmp_path / "maps", name="Maps", region_id="tumen-estuary", crs=LAEA, author="Ann"
    ) as made:
        grid = Grid(LAEA, Affine(1000, 0, 0, 0, -1000, 0), (4, 4))
        for name in ("amur-tiger", "amur-leopard", "hooded-crane"):
            write_cog(made.raster_path(f"suitability_{name}"), np.full((4, 4), 0.5), grid)
        made.execute(SetSetting("species", ["amur-tiger", "amur-leopard", "snow-leopard"]))
        yield made


def by_id(layers):
    return {layer.layer_id: layer for layer in layers}


def test_species_are_those_planned_for_whose_habitat_is_there(project):
    assert [item.id for item in planned_species(project)] == ["amur-tiger", "amur-leopard"]
    project.execute(SetSetting("species", None))
    assert planned_species(project) == ()


def test_every_layer_has_a_source_that_is_there(project, pack):
    layers = scenario_layers(project, pack)
    check_layers(layers)
    views = {view.name for view in VIEWS}
    for layer in layers:
        path, _, table = layer.source.partition("|layername=")
        assert Path(path).is_absolute()
        assert Path(path).exists(), layer.layer_id
        if Path(path) == project.database_path:
            assert table in views | TABLES.keys()
        elif table:
            assert len(pack.basemap(table)) > 0


def test_land_lies_below_borders_and_plans_above_them(project, pack):
    order = [layer.layer_id for layer in scenario_layers(project, pack)]
    wanted = [
        "base_countries",
        "suitability_amur-tiger",
        "base_border_lines",
        "base_disputed_lines",
        "site_areas",
        "corridor_swaths",
        "corridor_paths",
        "proposals",
    ]
    places = [order.index(name) for name in wanted]
    assert places == sorted(places)


def test_one_suitability_is_shown_at_a_time(project, pack):
    shown = [
        layer.layer_id
        for layer in scenario_layers(project, pack)
        if layer.group == "Suitability" and layer.visible
    ]
    assert shown == ["suitability_amur-tiger"]


def test_disputed_lines_are_dotted_and_nominal_sites_dashed(project, pack):
    layers = by_id(scenario_layers(project, pack))
    assert layers["base_disputed_lines"].style["symbol"]["dash"] == "dot"
    assert layers["base_border_lines"].style["symbol"]["dash"] == "solid"
    symbols = {item["value"]: item["symbol"] for item in layers["site_areas"].style["symbols"]}
    assert symbols["nominal"]["dash"] == "dash"
    assert symbols["surveyed"].get("dash", "solid") == "solid"


def test_sites_that_do_not_stand_are_a_layer_that_is_off(project, pack):
    layers = by_id(scenario_layers(project, pack))
    assert not layers["site_areas_other"].visible
    assert "NOT IN" in layers["site_areas_other"].subset
    assert "'active'" in layers["site_areas"].subset
    assert "'merged'" not in layers["site_areas"].subset


def test_the_legend_names_only_what_occurs(project, pack):
    square = shapely.box(0, 0, 1000, 1000)
    site = {"site_id": "a", "kind": "nominal", "state": "active", "geometry": square}
    project.execute(AddFeatures("sites", [site]))
    style = by_id(scenario_layers(project, pack))["site_areas"].style
    assert [item["value"] for item in style["symbols"]] == ["nominal"]


def test_the_map_of_a_species_shows_its_own_things_only(project, pack):
    layers = by_id(species_layers(project, pack, "amur-leopard"))
    assert layers["suitability_amur-leopard"].visible
    assert not layers["suitability_amur-tiger"].visible
    assert "amur-leopard" in layers["corridor_paths"].subset
    assert "proposals" not in layers
    assert "base_border_lines" in layers


def test_the_looks_are_colours_and_every_country_has_its_own():
    text = repr(map_style())
    colours = re.findall(r"#[0-9a-fA-F]+", text)
    assert colours
    assert all(len(colour) in {7, 9} for colour in colours)
    countries = {iso3 for name in region_ids() for iso3 in load_region(name).countries}
    hues = {country_colour(iso3) for iso3 in countries}
    assert len(hues) == len(countries)
    assert country_colour("XXX") not in hues
    values = [value for value, _ in look("suitability")["stops"]]
    assert values == sorted(values)
    assert values[-1] == 1.0


def test_pinch_points_and_barriers_are_layers_once_they_are_there(project, pack):
    assert not any(layer.group == CIRCUIT for layer in scenario_layers(project, pack))
    grid = Grid(LAEA, Affine(1000, 0, 0, 0, -1000, 0), (4, 4))
    for name in ("current_amur-tiger", "barriers_amur-tiger", "current_amur-leopard"):
        write_cog(project.raster_path(name), np.full((4, 4), 0.5), grid)
    layers = scenario_layers(project, pack)
    check_layers(layers)
    found = {layer.layer_id: layer for layer in layers if layer.group == CIRCUIT}
    assert list(found) == ["barriers_amur-tiger", "current_amur-tiger", "current_amur-leopard"]
    assert [name for name, layer in found.items() if layer.visible] == ["current_amur-tiger"]
    for subject in ("current", "barriers"):
        stops = found[f"{subject}_amur-tiger"].style["stops"]
        values = [value for value, _, _ in stops]
        assert values == sorted(values)
        assert stops[0][1].endswith("00")  # clear where there is nothing
        assert stops == [list(stop) for stop in look(subject)["stops"]]
    order = [layer.layer_id for layer in layers]
    wanted = ["suitability_amur-tiger", "barriers_amur-tiger", "base_border_lines"]
    wanted += ["corridor_swaths", "current_amur-tiger", "corridor_paths"]
    assert [name for name in order if name in wanted] == wanted
    own = by_id(species_layers(project, pack, "amur-leopard"))
    assert own["current_amur-leopard"].visible
    assert not own.keys() & {"current_amur-tiger", "barriers_amur-tiger"}
