"""The pack as committed: whole, small enough, and true where the truth is known."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely

from layers.grid import Grid
from layers.pack import DataPack
from layers.raster import read_raster
from resources.paths import resource_path
from scripts.datapack import holdridge
from scripts.datapack.__main__ import MAXIMUM_BYTES
from scripts.datapack.sources import LAYERS, VARIABLES
from scripts.datapack.window import GRID

REFERENCE = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
FOLDER = resource_path("default")


@pytest.fixture(scope="module")
def pack():
    return DataPack.open()


@pytest.fixture(scope="module")
def values(pack):
    return {name: pack.raster(name).values for name in pack.variables}


@pytest.fixture
def at(values):
    def read(name, lon, lat):
        row, column, inside = GRID.cells_of(np.array([lon]), np.array([lat]))
        assert inside.all()
        return values[name][row[0], column[0]]

    return read


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_file_matches_its_checksum_in_the_manifest():
    manifest = tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))
    described = {name: entry["sha256"] for name, entry in manifest["files"].items()}
    present = {
        path.name: digest(path)
        for path in FOLDER.iterdir()
        if path.name not in {"manifest.toml", "SOURCES.md"}
    }
    assert present == described


def test_sources_page_tells_the_same_checksums():
    text = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    expected = {digest(path) for path in FOLDER.iterdir() if path.name != "SOURCES.md"}
    assert set(re.findall(r"sha256: `([0-9a-f]{64})`", text)) == expected


def test_sources_page_describes_every_raster_and_layer():
    text = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^### (.+)$", text, flags=re.MULTILINE))
    expected = {f"{name}.tif" for name in VARIABLES}
    expected |= {f"basemap.gpkg, layer {name}" for name in LAYERS}
    assert headings == expected


def test_pack_is_small_enough():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= MAXIMUM_BYTES


def test_rasters_share_one_grid_and_are_cloud_optimised():
    for name in VARIABLES:
        with rasterio.open(FOLDER / f"{name}.tif") as source:
            assert source.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
            grid = Grid(source.crs.to_string(), source.transform, source.shape)
        assert grid.crs == GRID.crs
        assert grid.shape == GRID.shape
        assert grid.transform.almost_equals(GRID.transform, 1e-9)


def test_sea_is_nodata_and_land_never_is(values):
    land = values["land"] == 1
    assert 0.5 < land.mean() < 0.8
    for name in set(VARIABLES) - {"land", "distance_coast"}:
        assert np.array_equal(np.isfinite(values[name]), land), name
    assert np.isfinite(values["distance_coast"]).all()


def test_class_codes_all_have_names(pack, values):
    for name in ("koppen", "potential_vegetation"):
        codes = np.unique(values[name][np.isfinite(values[name])]).astype(int)
        assert len(codes) > 10
        assert set(codes) <= set(pack.info(name).categories)
    assert pack.info("potential_vegetation").categories == holdridge.zone_names()
    measures = set(VARIABLES) - {"koppen", "potential_vegetation"}
    assert all(pack.info(name).categories is None for name in measures)


def test_ulaanbaatar_is_high_and_cold(at, pack):
    places = pack.basemap("settlements", bbox=(106, 47, 108, 49))
    city = places[places["name_local"] == "Улаанбаатар"].geometry.iloc[0]
    assert -2.5 <= at("temperature_mean", city.x, city.y) <= -1.0
    assert 1300 <= at("elevation", city.x, city.y) <= 1500
    assert at("temperature_coldest", city.x, city.y) < -18
    assert at("settlement_pressure", city.x, city.y) > 0.8


def test_paektu_rises_above_its_surroundings(at):
    assert at("elevation", 128.06, 42.0) > 1900
    assert at("distance_border", 128.06, 42.0) < 10


def test_turpan_lies_below_the_sea_and_is_nearly_rainless(at):
    assert at("elevation", 89.2, 42.7) < 0
    assert at("precipitation_annual", 89.2, 42.7) < 60
    assert at("temperature_warmest", 89.2, 42.7) > 25


def test_khanka_is_low_and_wet(at):
    assert at("elevation", 132.4, 45.0) < 100
    assert at("precipitation_annual", 132.4, 45.0) > 450
    assert at("land", 132.4, 45.0) == 1


def test_gobi_is_cold_desert(pack, at):
    assert pack.info("koppen").categories[int(at("koppen", 104.5, 43.5))].startswith("BWk")
    zone = pack.info("potential_vegetation").categories[
        int(at("potential_vegetation", 104.5, 43.5))
    ]
    assert "desert" in zone


def test_climate_is_consistent(values):
    land = values["land"] == 1
    coldest, mean, warmest = (
        values[f"temperature_{part}"][land] for part in ("coldest", "mean", "warmest")
    )
    assert (coldest <= mean).all()
    assert (mean <= warmest).all()
    assert (values["temperature_seasonality"][land] > 0).all()
    assert (values["precipitation_annual"][land] >= 0).all()


def test_distances_know_the_ground(at, values):
    assert at("distance_coast", 131.95, 43.15) < 15
    assert at("distance_coast", 86.0, 46.0) > 2000
    assert at("distance_river", 126.6, 45.75) < 15
    assert at("distance_border", 131.0, 46.0) < 250
    assert values["distance_border"][values["land"] == 1].min() == pytest.approx(0, abs=0.5)
    pressure = values["settlement_pressure"][values["land"] == 1]
    assert pressure.min() == 0
    assert pressure.max() == 1


def test_border_cells_lie_beside_another_country(pack, values):
    codes, _ = pack.country_grid(GRID)
    changes = (codes[:, 1:] != codes[:, :-1]) & (codes[:, 1:] > 0) & (codes[:, :-1] > 0)
    distance = values["distance_border"][:, 1:][changes]
    assert np.percentile(distance, 95) < 10


def test_land_mask_is_the_countries(pack, values):
    assert np.array_equal(pack.country_grid(GRID)[0] > 0, values["land"] == 1)


def test_six_countries_and_their_borders_are_there(pack):
    countries = set(pack.basemap("countries")["iso3"])
    assert {"CHN", "JPN", "KOR", "MNG", "PRK", "RUS"} <= countries
    assert all(re.fullmatch("[A-Z]{3}", iso3) for iso3 in countries)
    borders = pack.basemap("border_lines")
    pairs = set(zip(borders["iso3_a"], borders["iso3_b"], strict=True))
    assert all(a < b for a, b in pairs)
    wanted = {("CHN", "MNG"), ("CHN", "PRK"), ("CHN", "RUS"), ("KOR", "PRK"), ("PRK", "RUS")}
    assert wanted | {("MNG", "RUS")} <= pairs
    assert not {"HKG", "MAC", "KAS"} & {iso3 for pair in pairs for iso3 in pair}


def test_border_lines_run_on_both_outlines(pack):
    outline = {
        row.iso3: shapely.boundary(row.geometry)
        for row in pack.basemap("countries").itertuples()
    }
    for row in pack.basemap("border_lines").itertuples():
        for iso3 in (row.iso3_a, row.iso3_b):
            shared = shapely.intersection(row.geometry, outline[iso3]).length
            assert shared == pytest.approx(row.geometry.length, rel=1e-9)


def test_countries_do_not_overlap(pack):
    shapes = pack.basemap("countries").geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    first, second = np.triu_indices(len(shapes), 1)
    overlap = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    assert overlap.max() < 1e-9


def test_lakes_are_polygons_with_known_names(pack):
    lakes = pack.basemap("lakes").set_index("name")
    assert lakes.loc["Khanka / Xingkai", "geometry"].contains(shapely.Point(132.4, 45.0))
    assert lakes.loc["Baikal", "area_km2"] == pytest.approx(31_700, rel=0.03)


def test_rivers_are_ranked_by_length(pack):
    rivers = pack.basemap("rivers")
    assert set(rivers["rank"]) == {1, 2, 3, 4}
    assert rivers.loc[rivers["rank"] == 4, "length_km"].max() < 150
    amur = shapely.Point(134.5, 48.4)
    first = rivers.loc[rivers["rank"] == 1, "geometry"].to_numpy()
    assert shapely.distance(first, amur).min() < 0.1


@pytest.mark.reference
def test_climate_agrees_with_the_reference_grids(values):
    folder = REFERENCE / "environment"
    if not folder.is_dir():
        pytest.skip("the reference grids are not beside the repository")
    land = values["land"] == 1
    pairs = {
        "elevation": ("dem_5min.tif", 1.0),
        "temperature_mean": ("bio1_tmean.tif", 1.0),
        "precipitation_annual": ("bio12_prec.tif", 25.0),
    }
    for name, (file_name, tolerance) in pairs.items():
        reference = read_raster(folder / file_name).values
        both = land & np.isfinite(reference)
        assert np.median(np.abs(values[name] - reference)[both]) < tolerance, name


@pytest.mark.reference
def test_borders_agree_with_the_reference_lines(pack):
    path = REFERENCE / "basemap" / "natural_earth_10m_neasia.gpkg"
    if not path.is_file():
        pytest.skip("the reference base map is not beside the repository")
    lines = pyogrio.read_dataframe(path, layer="ne_10m_admin_0_boundary_lines_land")
    reference = shapely.union_all(lines.geometry.to_numpy())
    borders = pack.basemap("border_lines")
    ours = borders[(borders["iso3_a"] == "CHN") & (borders["iso3_b"] == "RUS")]
    assert len(ours) == 1
    points = shapely.points(shapely.get_coordinates(ours.geometry.to_numpy()))
    assert np.percentile(shapely.distance(points, reference), 90) < 0.02
