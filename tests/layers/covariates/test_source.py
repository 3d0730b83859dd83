import re

import numpy as np
import pytest
import rasterio
from affine import Affine

from layers.covariates import CovariateSource, guess_sources, open_covariates, read_facts
from layers.covariates.stack import CovariateNamesError
from layers.errors import LayerReadError
from layers.grid import Grid
from layers.tiles.plan import Tile

GRID = Grid("EPSG:32652", Affine(1000, 0, 500_000, 0, -1000, 4_800_000), (40, 50))
WHOLE = Tile(0, 0, 40, 50)


def ramp(dtype=np.float32):
    return np.arange(2000).reshape(40, 50).astype(dtype)


def values_of(path, **options):
    return open_covariates([CovariateSource("it", path, **options)], GRID).read(WHOLE)[0]


def test_nodata_scale_and_offset(write_tif):
    path = write_tif("a.tif", ramp(np.int16), nodata=7, scale=0.1, offset=-3.0)
    found = values_of(path)
    assert np.isnan(found[0, 7])
    assert np.isnan(found).sum() == 1
    assert found[39, 49] == pytest.approx(196.9)


def test_nan_beside_nodata_and_the_infinite(write_tif):
    values = ramp()
    values[0, :5] = [np.nan, np.inf, -np.inf, -9999, 3.4028235e38]
    found = values_of(write_tif("a.tif", values, nodata=-9999))
    assert np.isnan(found[0, :5]).all()
    assert np.isnan(found).sum() == 5


def test_a_mask_band_says_what_is_unknown(write_tif):
    mask = np.full((40, 50), 255, np.uint8)
    mask[3, 4] = 0
    found = values_of(write_tif("a.tif", ramp(), mask=mask))
    assert np.argwhere(np.isnan(found)).tolist() == [[3, 4]]


def test_an_alpha_band_says_what_is_unknown(tmp_path):
    alpha = np.full((40, 50), 255, np.uint8)
    alpha[3, 4] = 0
    path = tmp_path / "a.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=40,
        width=50,
        count=2,
        dtype="uint8",
        crs=GRID.crs,
        transform=GRID.transform,
    ) as target:
        target.write(np.ones((40, 50), np.uint8), 1)
        target.write(alpha, 2)
        target.colorinterp = [rasterio.enums.ColorInterp.gray, rasterio.enums.ColorInterp.alpha]
    assert np.argwhere(np.isnan(values_of(path))).tolist() == [[3, 4]]


def test_stated_nodata_is_taken_beside_that_of_the_file(write_tif):
    path = write_tif("a.tif", ramp(np.int32), nodata=5)
    assert np.isnan(values_of(path, nodata=6)).sum() == 2


@pytest.mark.parametrize(
    ("mark", "dtype"), [(-9999, np.float32), (65535, np.uint16), (-32768, np.int16)]
)
def test_a_value_that_looks_like_nodata_is_told_with_the_remedy(write_tif, mark, dtype):
    values = ramp(dtype)
    values[2, 2] = mark
    path = write_tif("a.tif", values)
    (note,) = open_covariates([CovariateSource("depth", path)], GRID).notes
    assert "depth" in note
    assert f"nodata = {mark}" in note
    assert open_covariates([CovariateSource("depth", path, nodata=mark)], GRID).notes == ()
    tagged = write_tif("b.tif", values, nodata=mark)
    assert open_covariates([CovariateSource("depth", tagged)], GRID).notes == ()


def test_more_that_is_told(write_tif):
    huge = ramp()
    huge[0, 0] = 3.4028235e38
    constant = np.full((40, 50), 4.0)
    empty = np.full((40, 50), np.nan)
    sources = [
        CovariateSource("huge", write_tif("a.tif", huge)),
        CovariateSource("flat", write_tif("b.tif", constant)),
        CovariateSource("empty", write_tif("c.tif", empty)),
    ]
    notes = open_covariates(sources, GRID).notes
    assert len(notes) == 3
    assert "3e38" in notes[0]
    assert "constant" in notes[1]
    assert "no value was found" in notes[2]


def test_kinds_are_guessed_with_a_reason(write_tif):
    rng = np.random.default_rng(0)
    few = rng.integers(1, 9, (40, 50)).astype(np.uint8)
    paths = [
        write_tif("elevation.tif", rng.random((40, 50)).astype(np.float32)),
        write_tif("few.tif", few),
        write_tif("counts.tif", rng.integers(0, 5000, (40, 50)).astype(np.uint16)),
        write_tif("koppen_now.tif", few.astype(np.float32)),
        write_tif("painted.tif", few, colours={n: (n, n, n, 255) for n in range(9)}),
        write_tif("scaled.tif", few, scale=0.1),
    ]
    guesses = guess_sources(paths)
    assert [guess.source.name for guess in guesses] == [path.stem for path in paths]
    kinds = [guess.source.kind for guess in guesses]
    assert kinds == [
        "continuous",
        "categorical",
        "continuous",
        "categorical",
        "categorical",
        "continuous",
    ]
    assert "8 different values" in guesses[1].reason
    assert "name" in guesses[3].reason
    assert "colour table" in guesses[4].reason


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"species,lon,lat\n", "is no raster: it is a text."),
        ("雪豹,1\n".encode() * 100, "is no raster: it is a text."),
        (b"", "is no raster: it is empty."),
        (b"II*\0" + bytes(20), "cannot be read as a raster"),
        (bytes(range(256)), "cannot be read as a raster"),
    ],
)
def test_a_file_that_is_no_raster_is_told_from_a_damaged_one(tmp_path, content, told):
    path = tmp_path / "a.tif"
    path.write_bytes(content)
    with pytest.raises(LayerReadError) as caught:
        read_facts(CovariateSource("a", path))
    assert told in str(caught.value)
    assert ".." not in str(caught.value)


def test_a_file_cut_off_in_its_data_tells_how_long_it_should_be(write_tif):
    values = np.random.default_rng(0).random((300, 300)).astype(np.float32)
    path = write_tif("cut.tif", values, compress=None)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 3 // 4])
    with pytest.raises(LayerReadError) as caught:
        read_facts(CovariateSource("a", path))
    told = re.search(
        r"it has ([\d,]+) bytes and should have ([\d,]+) or more", str(caught.value)
    )
    has, should = (int(number.replace(",", "")) for number in told.groups())
    assert has == len(whole) * 3 // 4
    assert has < should <= len(whole)


def test_a_file_that_is_not_there_or_no_raster(tmp_path):
    (tmp_path / "text.tif").write_text("not a raster")
    for name in ("text.tif", "gone.tif"):
        with pytest.raises(LayerReadError, match=name):
            read_facts(CovariateSource("a", tmp_path / name))


@pytest.mark.parametrize("share", [0.001, 0.3, 0.7, 0.99])
@pytest.mark.parametrize("compress", ["DEFLATE", None])
def test_a_file_that_was_cut_off_is_told_before_the_work(write_tif, share, compress):
    values = np.random.default_rng(0).random((300, 300)).astype(np.float32)
    path = write_tif("cut.tif", values, compress=compress)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(LayerReadError, match=r"cut\.tif cannot be read.*Copy or download"):
        open_covariates([CovariateSource("a", path)], GRID)


def test_data_damaged_in_the_middle_are_told_when_they_are_read(write_tif):
    values = np.random.default_rng(0).random((300, 300)).astype(np.float32)
    path = write_tif("hurt.tif", values, corner=(500_000, 4_800_000))
    with rasterio.open(path) as source:
        start = int(source.get_tag_item("BLOCK_OFFSET_1_1", "TIFF", bidx=1))
    data = bytearray(path.read_bytes())
    data[start : start + 40] = b"\xff" * 40
    path.write_bytes(data)
    with pytest.raises(LayerReadError, match=r"hurt\.tif cannot be read"):
        values_of(path)


def test_a_file_that_cannot_be_placed(tmp_path, write_tif):
    with pytest.raises(LayerReadError, match=r"a\.tif has no coordinate system"):
        read_facts(CovariateSource("a", write_tif("a.tif", ramp(), crs=None)))
    path = tmp_path / "turned.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=2,
        width=2,
        count=1,
        dtype="uint8",
        crs=GRID.crs,
        transform=Affine.rotation(10) @ Affine.scale(10, -10),
    ) as target:
        target.write(np.ones((1, 2, 2), np.uint8))
    with pytest.raises(LayerReadError, match=r"turned\.tif is rotated"):
        read_facts(CovariateSource("a", path))


def test_no_place_at_all_is_told_without_a_warning(tmp_path):
    path = tmp_path / "a.tif"
    profile = {"driver": "GTiff", "height": 2, "width": 2, "count": 1, "dtype": "uint8"}
    with (
        pytest.warns(rasterio.errors.NotGeoreferencedWarning),
        rasterio.open(path, "w", **profile) as target,
    ):
        target.write(np.ones((1, 2, 2), np.uint8))
    with pytest.raises(LayerReadError, match="coordinate system"):
        read_facts(CovariateSource("a", path))


def test_bands(write_tif):
    path = write_tif("a.tif", ramp())
    with pytest.raises(LayerReadError, match=r"1 band.*asks for band 2"):
        read_facts(CovariateSource("a", path, band=2))
    with pytest.raises(ValueError, match="counted from 1"):
        CovariateSource("a", path, band=0)
    with pytest.raises(LayerReadError, match="complex"):
        read_facts(CovariateSource("a", write_tif("b.tif", ramp(np.complex64))))


def test_names(write_tif):
    path = write_tif("a.tif", ramp())
    with pytest.raises(CovariateNamesError, match="more than once: a"):
        open_covariates([CovariateSource("a", path), CovariateSource("a", path)], GRID)
    with pytest.raises(CovariateNamesError, match="No covariates"):
        open_covariates([], GRID)
    with pytest.raises(ValueError, match="needs a name"):
        CovariateSource(" ", path)
    stack = open_covariates([CovariateSource(name, path) for name in ("a", "b", "c")], GRID)
    chosen = stack.selected(["c", "a"])
    assert chosen.names == ("c", "a")
    assert "left out: b" in chosen.notes[-1]
    with pytest.raises(CovariateNamesError, match=r"not given: slope\..*not needed: b, c"):
        stack.selected(["a", "slope"])
