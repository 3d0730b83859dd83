import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.warp import reproject

from layers.covariates import CovariateSource, open_covariates
from layers.covariates.alignment import Placing
from layers.covariates.resampling import resampled
from layers.errors import LayerReadError
from layers.grid import Grid
from layers.tiles.plan import Tile, TilePlan

UTM = "EPSG:32652"
GRID = Grid(UTM, Affine(1000, 0, 500_000, 0, -1000, 4_800_000), (40, 50))
DEGREES = Grid("EPSG:4326", Affine(0.01, 0, 129.05, 0, -0.01, 43.3), (30, 45))


def whole(grid):
    return Tile(0, 0, *grid.shape)


def opened(path, kind="continuous", grid=GRID):
    return open_covariates([CovariateSource("it", path, kind)], grid)


def read(path, kind="continuous", grid=GRID):
    return opened(path, kind, grid).read(whole(grid))[0]


def test_the_same_cells_are_read_as_they_are(write_tif):
    values = np.arange(3600, dtype=np.float32).reshape(60, 60)
    path = write_tif("a.tif", values, corner=(490_000, 4_805_000))
    stack = opened(path)
    assert stack.alignments[0].rule == "as is"
    assert "as it is" in stack.alignments[0].sentence
    expected = np.full(GRID.shape, np.nan)
    expected[:, :] = values[5:45, 10:60]
    np.testing.assert_array_equal(stack.read(whole(GRID))[0], expected)


def test_outside_of_the_file_is_unknown(write_tif):
    path = write_tif("a.tif", np.ones((10, 10), np.int16), corner=(495_000, 4_803_000))
    values = read(path)
    assert (values[:7, :5] == 1).all()
    assert np.isnan(values).sum() == values.size - 35


@pytest.mark.parametrize(
    ("kind", "cell", "rule", "word"),
    [
        ("continuous", 3000.0, "bilinear", "coarser"),
        ("continuous", 250.0, "average", "finer"),
        ("categorical", 3000.0, "nearest", "class at its centre"),
        ("categorical", 250.0, "mode", "largest area"),
        ("continuous", 999.0, "bilinear", "about as fine"),
    ],
)
def test_the_rule_follows_kind_and_cells(write_tif, kind, cell, rule, word):
    alignment = opened(write_tif("a.tif", np.ones((99, 99), np.uint8), cell=cell), kind)
    assert alignment.alignments[0].rule == rule
    assert word in alignment.alignments[0].sentence
    assert not alignment.alignments[0].warped


def test_degrees_on_a_grid_in_metres_are_warped_and_that_is_told(write_tif):
    path = write_tif("a.tif", np.ones((40, 40)), corner=(128, 44), cell=0.1, crs="EPSG:4326")
    alignment = opened(path).alignments[0]
    assert alignment.warped
    assert "degrees to metres" in alignment.sentence
    assert "EPSG:32652" in alignment.sentence


def test_the_mean_of_finer_cells_by_hand(write_tif):
    values = np.array([[1, 2, 5, 7], [3, -1, 5, -1], [-1, -1, 4, 4], [-1, -1, 8, 8]], np.int16)
    grid = Grid(UTM, Affine(1000, 0, 500_000, 0, -1000, 4_800_000), (2, 2))
    found = read(write_tif("a.tif", values, cell=500.0, nodata=-1), grid=grid)
    np.testing.assert_array_equal(found, [[2.0, 17 / 3], [np.nan, 6.0]])


def test_cells_cut_by_a_border_count_by_their_share(write_tif):
    grid = Grid(UTM, Affine(1500, 0, 500_000, 0, -1500, 4_800_000), (2, 2))
    values = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])
    found = read(write_tif("a.tif", values), grid=grid)
    first = (1 + 0.5 * 2 + 0.5 * 4 + 0.25 * 5) / 2.25
    last = (9 + 0.5 * 8 + 0.5 * 6 + 0.25 * 5) / 2.25
    assert found[0, 0] == pytest.approx(first, abs=1e-12)
    assert found[1, 1] == pytest.approx(last, abs=1e-12)


def test_the_class_with_the_largest_area_and_the_lowest_of_equals(write_tif):
    values = np.array([[7, 7, 3, 3], [7, 2, 9, 9], [0, 0, 5, 0], [0, 0, 0, 0]], np.uint8)
    grid = Grid(UTM, Affine(1000, 0, 500_000, 0, -1000, 4_800_000), (2, 2))
    found = read(write_tif("a.tif", values, cell=500.0, nodata=0), "categorical", grid)
    np.testing.assert_array_equal(found, [[7, 3], [np.nan, 5]])


def test_a_plane_stays_a_plane_between_coarse_centres(write_tif):
    row, column = np.mgrid[0:20, 0:20]
    plane = (column * 3.0 + row * 2.0).astype(np.float64)
    found = read(write_tif("a.tif", plane, cell=4000.0, corner=(490_000, 4_810_000)))
    x, y = GRID.cell_centres()
    expected = ((x - 490_000) / 4000 - 0.5)[None, :] * 3 + (
        ((4_810_000 - y) / 4000 - 0.5)[:, None] * 2
    )
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_the_unknown_neither_bleeds_nor_is_filled(write_tif):
    values = np.full((3, 3), 5.0)
    values[1, 1] = np.nan
    grid = Grid(UTM, Affine(1000, 0, 500_000, 0, -1000, 4_800_000), (12, 12))
    found = read(write_tif("a.tif", values, cell=4000.0), grid=grid)
    unknown = np.zeros((12, 12), np.bool_)
    unknown[4:8, 4:8] = True
    np.testing.assert_array_equal(np.isnan(found), unknown)
    assert set(found[~unknown]) == {5.0}


@pytest.mark.parametrize("grid", [GRID, DEGREES], ids=["metres", "degrees"])
@pytest.mark.parametrize("kind", ["continuous", "categorical"])
@pytest.mark.parametrize("cell", [3700.0, 1000.0, 330.0])
def test_tiles_meet_without_a_seam(write_tif, grid, kind, cell):
    rng = np.random.default_rng(1)
    side = int(90_000 / cell)
    values = rng.integers(0, 9, (side, side)).astype(np.float32)
    values[rng.random(values.shape) < 0.1] = -5
    values[3:9, 3:9] = np.nan
    path = write_tif("a.tif", values, cell=cell, corner=(487_313, 4_812_077), nodata=-5)
    stack = opened(path, kind, grid)
    at_once = stack.read(whole(grid))[0]
    assert np.isfinite(at_once).mean() > 0.5
    for tile in ((7, 11), (16, 16), (1, 50)):
        with stack.reader() as reader:
            for part in TilePlan(grid.shape, tile):
                found = reader.read(part)[0]
                expected = at_once[
                    part.row : part.row + part.height, part.column : part.column + part.width
                ]
                np.testing.assert_array_equal(found, expected)


def test_a_tile_that_needs_much_of_a_source_is_read_in_pieces(write_tif, monkeypatch):
    values = np.random.default_rng(0).random((400, 500)).astype(np.float32)
    path = write_tif("a.tif", values, cell=100.0)
    stack = opened(path)
    at_once = stack.read(whole(GRID))[0]
    sizes = []

    def watched(values, *rest):
        sizes.append(values.size)
        return resampled(values, *rest)

    monkeypatch.setattr("layers.covariates.reading._MOST_SOURCE_CELLS", 2000)
    monkeypatch.setattr("layers.covariates.reading.resampled", watched)
    np.testing.assert_array_equal(stack.read(whole(GRID))[0], at_once)
    assert len(sizes) > 100
    assert max(sizes) <= 2000
    np.testing.assert_allclose(
        at_once, values.reshape(40, 10, 50, 10).mean(axis=(1, 3)), rtol=1e-5
    )


def test_warped_measures_agree_with_gdal(write_tif):
    row, column = np.mgrid[0:200, 0:200]
    smooth = np.sin(row / 15) + np.cos(column / 20)
    path = write_tif("a.tif", smooth, corner=(128, 44), cell=0.02, crs="EPSG:4326")
    expected = np.full(GRID.shape, np.nan)
    with rasterio.open(path) as source:
        reproject(
            smooth,
            expected,
            src_transform=source.transform,
            src_crs=source.crs,
            dst_transform=GRID.transform,
            dst_crs=GRID.crs,
            src_nodata=np.nan,
            dst_nodata=np.nan,
            resampling=rasterio.enums.Resampling.bilinear,
        )
    np.testing.assert_allclose(read(path), expected, atol=0.02)


def test_the_mean_of_a_warped_field_is_kept(write_tif):
    rng = np.random.default_rng(2)
    noise = rng.random((600, 600))
    path = write_tif("a.tif", noise, corner=(128.9, 43.5), cell=0.001, crs="EPSG:4326")
    grid = Grid(UTM, Affine(2000, 0, 500_000, 0, -2000, 4_790_000), (15, 15))
    stack = opened(path, grid=grid)
    assert stack.alignments[0].rule == "average"
    found = stack.read(whole(grid))[0]
    assert found.mean() == pytest.approx(noise.mean(), abs=0.005)
    assert 0.005 < found.std() < 0.03  # of some 400 cells each


def test_longitudes_from_0_to_360_are_found(write_tif):
    world = np.tile(np.arange(36.0), (18, 1))
    path = write_tif("a.tif", world, corner=(0, 90), cell=10.0, crs="EPSG:4326")
    west = Grid("EPSG:4326", Affine(10, 0, -180, 0, -10, 60), (3, 4))
    facts = opened(path, "categorical", Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 50), (2, 2)))
    column = Placing(facts.facts[0], west).places(whole(west)).column[0]
    np.testing.assert_allclose(column, [18.5, 19.5, 20.5, 21.5])
    near = Grid("EPSG:3832", Affine(500_000, 0, 2_000_000, 0, -500_000, 5_000_000), (2, 10))
    stack = opened(path, "categorical", near)
    found = stack.read(whole(near))[0]
    assert np.isfinite(found).all()
    assert found[0, 0] == 17
    assert found[0, -1] == 21  # past the 180th meridian


def test_a_tile_over_the_180th_meridian_does_not_average_the_world(write_tif):
    world = np.tile(np.repeat(np.arange(36.0), 10), (180, 1))
    path = write_tif("a.tif", world, corner=(-180, 90), cell=1.0, crs="EPSG:4326")
    near = Grid("EPSG:3832", Affine(400_000, 0, 2_000_000, 0, -400_000, 5_000_000), (2, 12))
    found = opened(path, grid=near).read(whole(near))[0]
    assert np.isin(np.rint(found), [34, 35, 0, 1, 2, 3]).all()


def test_a_layer_elsewhere_is_refused(write_tif):
    far = write_tif("far.tif", np.ones((9, 9)), corner=(900_000, 4_800_000))
    warped = write_tif("deg.tif", np.ones((9, 9)), corner=(10, 50), cell=0.5, crs="EPSG:4326")
    for path in (far, warped):
        with pytest.raises(LayerReadError, match=rf"{path.name} lies wholly outside"):
            opened(path)


def test_a_small_layer_inside_the_grid_is_taken(write_tif):
    path = write_tif("a.tif", np.ones((2, 2)), corner=(520_100, 4_779_900), cell=300.0)
    assert np.isfinite(read(path)).sum() == 1


@settings(deadline=None, max_examples=40)
@given(
    ratio=st.floats(0.05, 20),
    shift=st.floats(-5, 5),
    seed=st.integers(0, 99),
    rule=st.sampled_from(["nearest", "bilinear", "average", "mode"]),
)
def test_no_rule_invents_values(ratio, shift, seed, rule):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 5, (12, 12)).astype(np.float64)
    values[rng.random(values.shape) < 0.2] = np.nan
    grid = Grid(UTM, Affine(ratio, 0, shift, 0, -ratio, -shift), (6, 6))
    facts = type(
        "F", (), {"crs": UTM, "transform": Affine(1, 0, 0, 0, -1, 0), "shape": (12, 12)}
    )
    places = Placing(facts, grid).places(whole(grid))
    found = resampled(values, (0, 0), places, rule)
    known = found[np.isfinite(found)]
    if known.size:
        assert known.min() >= np.nanmin(values) - 1e-9
        assert known.max() <= np.nanmax(values) + 1e-9
    if rule in {"nearest", "mode"}:
        assert np.isin(known, values).all()
