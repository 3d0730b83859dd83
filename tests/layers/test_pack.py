"""The data pack as the program uses it: the shipped one, and damaged copies."""

from __future__ import annotations

import shutil
import time

import numpy as np
import pytest
from affine import Affine

from layers.errors import DamagedPackError
from layers.grid import Grid, region_grid
from layers.pack import DataPack, filled_from_nearest
from resources.errors import UsageError
from resources.paths import resource_path

TIGER_LAND = (128.0, 41.0, 136.0, 48.0)


@pytest.fixture(scope="module")
def pack():
    return DataPack.open()


@pytest.fixture(scope="module")
def grid():
    return region_grid(TIGER_LAND, 4000)


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(resource_path("default"), tmp_path / "pack")
    return tmp_path / "pack"


def test_shipped_pack_is_whole(pack):
    pack.verify()
    assert len(pack.variables) == 16
    assert len(pack.content_hash) == 64


def test_info_tells_what_a_legend_needs(pack):
    info = pack.info("temperature_mean")
    assert info.title == "Annual mean temperature"
    assert info.unit == "°C"
    assert "itur" in info.source
    assert "0.75°" in info.true_resolution
    assert info.categories is None


def test_opening_and_reading_a_part_is_fast(pack):
    pack.raster("elevation", TIGER_LAND)
    start = time.process_time()
    DataPack.open().raster("elevation", TIGER_LAND)
    assert time.process_time() - start < 0.5


def test_part_is_the_same_cells_as_the_whole(pack):
    whole, part = pack.raster("slope"), pack.raster("slope", (130.01, 44.0, 131.0, 45.05))
    assert part.grid.shape == (13, 12)
    assert part.grid.bounds == pytest.approx((130, 44, 131, 45 + 1 / 12))
    rows, columns, _ = whole.grid.cells_of(*map(np.array, (([130.04]), ([45.04]))))
    corner = whole.values[rows[0] : rows[0] + 13, columns[0] : columns[0] + 12]
    assert np.array_equal(part.values, corner, equal_nan=True)


def test_part_outside_the_pack_is_refused(pack):
    with pytest.raises(UsageError, match="outside the data pack"):
        pack.raster("slope", (0, 0, 10, 10))


def test_unknown_names_get_a_hint(pack):
    for call in (pack.info, pack.raster, lambda name: pack.on_grid(name, None)):
        with pytest.raises(UsageError, match="elevation"):
            call("elevatoin")
    with pytest.raises(UsageError, match="rivers"):
        pack.basemap("river")


def test_on_grid_has_a_value_exactly_on_land(pack, grid):
    codes, countries = pack.country_grid(grid)
    land = codes > 0
    assert {"CHN", "PRK", "RUS"} <= set(countries)
    for name in ("temperature_mean", "koppen", "distance_border"):
        assert np.array_equal(np.isfinite(pack.on_grid(name, grid)), land), name
    assert np.isfinite(pack.on_grid("distance_coast", grid)).all()
    assert np.array_equal(pack.on_grid("land", grid), land.astype(float))


def test_on_grid_stays_within_the_values_around(pack, grid):
    source = pack.raster("temperature_mean", (125, 38, 140, 51)).values
    values = pack.on_grid("temperature_mean", grid)
    assert np.nanmin(values) >= np.nanmin(source)
    assert np.nanmax(values) <= np.nanmax(source)


def test_classes_are_never_mixed(pack, grid):
    values = pack.on_grid("potential_vegetation", grid)
    codes = set(np.unique(values[np.isfinite(values)]).astype(int))
    assert codes <= set(pack.info("potential_vegetation").categories)


def test_on_the_packs_own_grid_nothing_changes(pack):
    whole = pack.raster("elevation")
    same = pack.on_grid("elevation", whole.grid)
    assert np.allclose(same, whole.values, rtol=0, atol=1e-6, equal_nan=True)


def test_values_stay_in_place_on_another_grid(pack):
    fine = Grid("EPSG:4326", Affine(0.01, 0, 127.9, 0, -0.01, 42.2), (40, 40))
    values = pack.on_grid("elevation", fine)
    row, column = np.unravel_index(values.argmax(), values.shape)
    x, y = fine.cell_centres()
    assert abs(x[column] - 128.05) < 0.15
    assert abs(y[row] - 42.0) < 0.15


def test_outside_the_pack_there_is_nothing(pack):
    far = Grid("EPSG:4326", Affine(0.5, 0, 10, 0, -0.5, 50), (4, 4))
    assert np.isnan(pack.on_grid("elevation", far)).all()
    assert not pack.country_grid(far)[0].any()
    assert not pack.lake_mask(far).any()


def test_countries_and_lakes_on_a_grid(pack):
    grid = Grid("EPSG:4326", Affine(0.02, 0, 132.0, 0, -0.02, 45.4), (40, 40))
    codes, countries = pack.country_grid(grid)
    assert {countries[code - 1] for code in np.unique(codes)} == {"CHN", "RUS"}
    assert countries[codes[39, 39] - 1] == "RUS"
    assert countries[codes[0, 10] - 1] == "CHN"
    assert 0.5 < pack.lake_mask(grid).mean() < 1


def test_basemap_reads_a_part(pack):
    some = pack.basemap("settlements", bbox=(131, 42, 133, 44))
    assert "Vladivostok" in set(some["name"])
    assert some.crs == "EPSG:4326"
    assert 0 < len(some) < len(pack.basemap("settlements"))
    assert pack.basemap_path.is_file()


def test_missing_file_is_named(copy):
    (copy / "slope.tif").unlink()
    with pytest.raises(DamagedPackError, match=r"lacks slope\.tif.*Install Landbridge again"):
        DataPack.open(copy)


@pytest.mark.parametrize(
    "content", [None, b"", b"format = 1\n[files", b"\xff\xfe", b"format = 2\n"]
)
def test_unreadable_manifest_is_named(copy, content):
    manifest = copy / "manifest.toml"
    if content is None:
        manifest.unlink()
    else:
        manifest.write_bytes(content)
    with pytest.raises(DamagedPackError, match=r"manifest\.toml, cannot be read"):
        DataPack.open(copy)


def test_manifest_without_base_map_is_refused(copy):
    (copy / "manifest.toml").write_text("format = 1\n[files]\n", encoding="utf-8")
    with pytest.raises(DamagedPackError, match=r"does not describe basemap\.gpkg"):
        DataPack.open(copy)


def test_altered_files_are_found_by_verify(copy):
    with (copy / "koppen.tif").open("ab") as stream:
        stream.write(b"x")
    with pytest.raises(DamagedPackError, match=r"altered: koppen\.tif does not match"):
        DataPack.open(copy).verify()


def test_broken_raster_and_base_map_are_named(copy):
    (copy / "slope.tif").write_bytes(b"not a raster")
    (copy / "basemap.gpkg").write_bytes(b"not a database")
    pack = DataPack.open(copy)
    with pytest.raises(DamagedPackError, match=r"slope\.tif, a file of the data pack"):
        pack.raster("slope")
    with pytest.raises(DamagedPackError, match=r"basemap\.gpkg, a file of the data pack"):
        pack.basemap("countries")


def test_truncated_raster_is_named(copy):
    path = copy / "elevation.tif"
    path.write_bytes(path.read_bytes()[:200_000])
    with pytest.raises(DamagedPackError, match=r"elevation\.tif, a file of the data pack"):
        DataPack.open(copy).raster("elevation")


def test_content_hash_is_of_the_manifest(copy, pack):
    assert DataPack.open(copy).content_hash == pack.content_hash
    with (copy / "manifest.toml").open("a", encoding="utf-8") as stream:
        stream.write("# changed\n")
    assert DataPack.open(copy).content_hash != pack.content_hash


def test_gaps_take_the_nearest_value():
    values = np.array([[1.0, np.nan, np.nan, np.nan, 5.0]])
    assert filled_from_nearest(values)[0, [0, 1, 3, 4]].tolist() == [1, 1, 5, 5]
    nothing = np.full((2, 2), np.nan)
    assert np.isnan(filled_from_nearest(nothing)).all()
