from __future__ import annotations

import gzip

import numpy as np
import pytest
import rasterio
from affine import Affine

from planner.circuit.errors import CircuitInputError
from planner.circuit.grids import GridHeader, file_kind, read_grid
from planner.circuit.lists import read_numbers, read_pairs

HEAD = "ncols 3\nnrows 2\nxllcorner 10\nyllcorner 20\ncellsize 5\nNODATA_value -1\n"
BODY = "1 2 -1\n4 -9999 6\n"


def written(tmp_path, text, name="grid.asc"):
    path = tmp_path / name
    data = text if isinstance(text, bytes) else text.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


@pytest.mark.parametrize("name", ["grid.asc", "grid.txt", "grid.asc.gz", "grid"])
def test_ascii_grids_by_their_content(tmp_path, name):
    grid = read_grid(written(tmp_path, HEAD + BODY, name))
    assert np.array_equal(grid.values, [[1, 2, np.nan], [4, np.nan, 6]], equal_nan=True)
    assert grid.header == GridHeader(2, 3, 10.0, 20.0, 5.0, 5.0, "-1")


def test_headers_of_other_programs(tmp_path):
    text = (
        "\ufeffNROWS 2\nNCOLS 3\nXLLCENTER 12.5\nYLLCENTER 22.5\nDX 5\nDY 5\r\n"
        "1\t2\t3\t\n4\t5\t6\t\n"
    )
    grid = read_grid(written(tmp_path, text))
    assert grid.values.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert grid.header == GridHeader(2, 3, 10.0, 20.0, 5.0, 5.0, "-9999")


def tiff(tmp_path, name="grid.tif", **more):
    path = tmp_path / "plain.tif"
    profile = {
        "driver": "GTiff",
        "width": 3,
        "height": 2,
        "count": 1,
        "dtype": "float32",
        "nodata": -1,
        "crs": "EPSG:32652",
        "transform": Affine(5, 0, 10, 0, -5, 30),
    } | more
    with rasterio.open(path, "w", **profile) as target:
        target.write(np.array([[1, 2, -1], [4, -9999, 6]], dtype="float32"), 1)
    data = path.read_bytes()
    return written(tmp_path, data, name)


@pytest.mark.parametrize("name", ["grid.tif", "grid.tif.gz", "grid.asc"])
def test_geotiffs_by_their_content(tmp_path, name):
    grid = read_grid(tiff(tmp_path, name))
    assert np.array_equal(grid.values, [[1, 2, np.nan], [4, np.nan, 6]], equal_nan=True)
    header = grid.header
    assert (header.left, header.bottom, header.width) == (10.0, 20.0, 5.0)
    assert "32652" in header.crs


def test_a_geotiff_that_is_not_north_up_is_refused(tmp_path):
    turned = Affine(5, 1, 10, 1, -5, 30)
    with pytest.raises(CircuitInputError, match="not north-up"):
        read_grid(tiff(tmp_path, transform=turned))


ENORMOUS = HEAD.replace("ncols 3", "ncols 99999999").replace("nrows 2", "nrows 99999")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ENORMOUS + BODY, "more than the 400,000,000 that can be worked on"),
        (HEAD.replace("ncols 3", "ncols 9" + "0" * 40) + BODY, "must be a whole number"),
        (HEAD.replace("ncols 3", "ncols 30000") + BODY, "ends before the 60,000 cells"),
        (HEAD.replace("nrows 2", "nrows 1") + BODY, "holds 2 rows of 3 numbers"),
        (HEAD.replace("nrows 2", "nrows -2") + BODY, "nrows in the header is -2"),
        (HEAD.replace("cellsize 5", "cellsize 0") + BODY, "must be > 0"),
        (HEAD.replace("cellsize 5", "cellsize big") + BODY, "cellsize in the header is big"),
        (HEAD.replace("xllcorner 10\n", "") + BODY, "xllcorner in the header is missing"),
        (HEAD.replace("-1", "none") + BODY, "NODATA_value in the header is none"),
        (HEAD + "10 20\n4 5 6\n", "cannot be read"),
        (HEAD + "1 2 x\n4 5 6\n", "cannot be read"),
        ("1 2 3\n", "neither an ASCII grid"),
        (b"II*\x00garbage", "is damaged"),
    ],
)
def test_damaged_grids_are_refused(tmp_path, text, message):
    with pytest.raises(CircuitInputError, match=message):
        read_grid(written(tmp_path, text))


def test_a_cut_archive_is_refused(tmp_path):
    path = written(tmp_path, HEAD + BODY, "grid.asc.gz")
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(CircuitInputError, match="is damaged"):
        read_grid(path)


def test_what_a_header_says_is_all_that_is_read(tmp_path):
    """A small archive of a large text."""
    path = written(tmp_path, HEAD + "1 " * 2_000_000, "grid.asc.gz")
    with pytest.raises(CircuitInputError, match="more than its header says"):
        read_grid(path)


def test_grids_fit_to_a_share_of_a_cell():
    header = GridHeader(100, 100, 0.0, 0.0, 30.0, 30.0)
    assert header.fits(GridHeader(100, 100, 0.001, -0.001, 30.00001, 30.0))
    assert not header.fits(GridHeader(100, 100, 0.5, 0.0, 30.0, 30.0))
    assert not header.fits(GridHeader(100, 100, 0.0, 0.0, 30.01, 30.0))
    assert not header.fits(GridHeader(100, 99, 0.0, 0.0, 30.0, 30.0))
    assert "99 columns" in GridHeader(100, 99, 0.0, 0.0, 30.0, 20.0).told()


@pytest.mark.parametrize(
    ("text", "kind"),
    [("ncols 2", "grid"), ("min 2", "matrix"), ("mode include", "list"), ("1 2 3", "text")],
)
def test_kinds_of_files(tmp_path, text, kind):
    assert file_kind(written(tmp_path, text)) == kind


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(CircuitInputError, match="No such file"):
        file_kind(tmp_path / "none")


def test_lists_with_heads_and_separators(tmp_path):
    path = written(tmp_path, '"id";"x"\n1;2.5\n# said\n3;4\n', "a.csv")
    assert read_numbers(path, 2, "two").tolist() == [[1, 2.5], [3, 4]]


@pytest.mark.parametrize(
    "text",
    [
        "1 0.5 2.5\n2 3 4\n",
        "1,0.5,2.5,\n2,3,4\n",
        "id, x, y\n1, 0.5, 2.5\n2, 3, 4\n",
        "1;0,5;2,5\n2;3;4\n",
        "id\tx\ty\n1\t0,5\t2,5\r\n2\t3\t4\r\n",
        "# said\n\n1 0,5 2,5\n2 3 4\n",
    ],
)
def test_a_comma_parts_numbers_or_is_their_decimal_sign(tmp_path, text):
    """Read as a separator, 0,5 would be two numbers, and the place another one."""
    assert read_numbers(written(tmp_path, text), 3, "three").tolist() == [
        [1, 0.5, 2.5],
        [2, 3, 4],
    ]


@pytest.mark.parametrize("text", ["1 0.5 2.5\n2,3,4\n", "1;2;3\n2;3,4,5;6\n"])
def test_commas_of_both_kinds_are_refused(tmp_path, text):
    with pytest.raises(CircuitInputError, match="is not a list of three"):
        read_numbers(written(tmp_path, text), 3, "three")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mode both\n1 2\n", "must be 'mode include' or 'mode exclude'"),
        ("mode include\n", "is empty"),
        ("mode include\n1\n", "2 finite numbers"),
        ("mode include\n1.5 2\n", "must be whole"),
        ("min 1\n0 1\n1 0\n", "first two lines"),
        ("min 1\nmax 2\n0 1 2\n1 0 0\n", "must be square"),
        ("min 1\nmax 2\n0 1 2\n1 0 0\n3 0 0\n", "ids of the rows and of the columns"),
        ("1 2\n", "no file of pairs"),
    ],
)
def test_damaged_pairs_are_refused(tmp_path, text, message):
    with pytest.raises(CircuitInputError, match=message):
        read_pairs(written(tmp_path, text, "pairs.txt"))
