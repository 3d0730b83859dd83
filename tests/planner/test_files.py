from __future__ import annotations

import csv
import os
import resource
from contextlib import contextmanager

import numpy as np
import pytest
from affine import Affine

from layers.errors import LayerWriteError
from layers.grid import Grid
from layers.raster import write_cog
from planner.files import made_folder, replacing, write_csv, write_text


@contextmanager
def full_disk(most=1024):
    """Let no file grow beyond so many bytes inside the block, as a full disk does.

    Not longer: what the test runner writes of its own would be cut off too.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_text_is_written_as_it_is_and_replaces_the_earlier_one(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "first\r\n")
    write_text(path, "虎 тигр 호랑이\n")
    assert path.read_bytes().decode("utf-8") == "虎 тигр 호랑이\n"
    assert list(tmp_path.iterdir()) == [path]


def test_others_may_read_what_was_written(tmp_path):
    umask = os.umask(0o022)
    try:
        write_text(tmp_path / "a.txt", "x")
    finally:
        os.umask(umask)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o644


def test_a_full_disk_leaves_the_earlier_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "first")
    with (
        full_disk(),
        pytest.raises(
            LayerWriteError, match="the earlier file, if any, is untouched"
        ) as caught,
    ):
        write_text(path, "x" * 5000)
    assert str(path) in str(caught.value)
    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("most", [0, 1_000, 8_000, 39_000, 40_050, 40_200])
def test_a_raster_that_does_not_fit_leaves_the_earlier_one(tmp_path, most):
    grid = Grid("EPSG:3857", Affine(500, 0, 0, 0, -500, 0), (100, 100))
    path = tmp_path / "a.tif"
    write_cog(path, np.ones(grid.shape), grid)
    before = path.read_bytes()
    other = np.random.default_rng(1).random(grid.shape)
    with (
        full_disk(most),  # the raster takes 40,000 bytes before it is compressed
        pytest.raises(LayerWriteError, match="the earlier file, if any, is untouched"),
    ):
        write_cog(path, other, grid)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_an_error_in_words(tmp_path):
    with pytest.raises(LayerWriteError, match="No such file or directory"):
        write_text(tmp_path / "gone" / "a.txt", "x")


def test_a_table_survives_commas_quotes_and_lines(tmp_path):
    path = tmp_path / "a.csv"
    rows = [["a,b", 'say "x"', "two\nlines", "", 1.5], ["", "", "", "", None]]
    write_csv(path, list("vwxyz"), rows)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfv,w,x,y,z\n"), (
        "spreadsheets need the mark"
    )
    with path.open(encoding="utf-8-sig", newline="") as stream:
        read = list(csv.reader(stream))
    assert read[1:] == [["a,b", 'say "x"', "two\nlines", "", "1.5"], ["", "", "", "", ""]]


def test_folders_are_made_with_those_above_them_once(tmp_path):
    folder = tmp_path / "a" / "b"
    assert made_folder(folder) == folder
    assert made_folder(folder).is_dir()


def test_a_file_in_the_way_is_named(tmp_path):
    (tmp_path / "a").write_text("x")
    for path in (tmp_path / "a", tmp_path / "a" / "b"):
        with pytest.raises(
            LayerWriteError, match="Choose a folder that can be written"
        ) as caught:
            made_folder(path)
        assert str(path) in str(caught.value)
    assert (tmp_path / "a").read_text() == "x"


def test_a_writing_that_is_broken_off_leaves_the_earlier_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "first")

    def broken_off():
        with replacing(path) as stream:
            stream.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]
