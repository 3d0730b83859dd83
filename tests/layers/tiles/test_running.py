import resource
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import rasterio
from numpy.testing import assert_array_equal

from layers.covariates import CovariateSource, open_covariates
from layers.errors import LayerReadError, LayerWriteError
from layers.raster import read_raster
from layers.tiles.output import OutputSpec
from layers.tiles.plan import Tile
from layers.tiles.running import discard_unfinished, predict_tiles
from layers.tiles.threads import thread_count


class CancelledError(Exception):
    pass


class Told:
    def __init__(self):
        self.fractions = []

    def report(self, fraction):
        self.fractions.append(fraction)


def total(rows):
    return {"sum": rows.sum(axis=1), "class": np.floor(rows[:, 0] * 4)}


def expected_sum(stack):
    values = stack.read(Tile(0, 0, *stack.grid.shape))
    return (values[0] + values[1]).astype(np.float32)


@pytest.fixture
def outputs(out):
    return {
        "sum": OutputSpec(out / "sum.tif", tags={"unit": "none"}),
        "class": OutputSpec(out / "class.tif", "uint8", 255, kind="categorical"),
    }


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("tile", [None, 16, 50, 512])
def test_what_is_written_is_what_was_predicted(stack, outputs, out, tile):
    told = Told()
    report = predict_tiles(stack, total, outputs, tile=tile, control=told)
    assert_array_equal(
        read_raster(out / "sum.tif").values.astype(np.float32), expected_sum(stack)
    )
    classes = read_raster(out / "class.tif").values
    assert np.isnan(classes[:, :20]).all()
    assert set(np.unique(classes[:, 20:])) == {0, 1, 2, 3}
    assert (report.cells, report.known_cells, report.resumed_tiles) == (30_000, 27_000, 0)
    assert names(out) == ["class.tif", "sum.tif"]
    assert told.fractions == sorted(told.fractions)
    assert told.fractions[-1] == 1.0
    with rasterio.open(out / "sum.tif") as target:
        assert target.tags()["unit"] == "none"
        assert target.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert np.isnan(target.nodata)
        assert target.crs.to_epsg() == 32652
        assert target.transform == stack.grid.transform


def test_overviews_are_means_of_measures_and_classes_of_classes(tmp_path, out):
    values = np.tile([[1.0, 3.0], [1.0, 3.0]], (600, 600)).astype(np.float32)
    values[::2, 1::2] = 1.0  # three of four cells are 1
    path = tmp_path / "a.tif"
    profile = {"driver": "GTiff", "height": 1200, "width": 1200, "count": 1, "dtype": "float32"}
    with rasterio.open(
        path,
        "w",
        crs="EPSG:32652",
        transform=rasterio.Affine(30, 0, 300_000, 0, -30, 0),
        **profile,
    ) as target:
        target.write(values, 1)
    stack = open_covariates([CovariateSource("a", path)])
    outputs = {
        "mean": OutputSpec(out / "mean.tif"),
        "most": OutputSpec(out / "most.tif", "uint8", 0, kind="categorical"),
    }
    predict_tiles(stack, lambda rows: {"mean": rows[:, 0], "most": rows[:, 0]}, outputs)
    for name, value in (("mean", 1.5), ("most", 1)):
        with rasterio.open(out / f"{name}.tif", overview_level=0) as target:
            assert target.shape == (600, 600)
            assert (target.read(1) == value).all()


def test_rows_across_the_grid_are_read_and_written_in_bands(tmp_path, out):
    path = tmp_path / "rows.tif"
    values = np.random.default_rng(0).random((70, 1003)).astype(np.float32)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=70,
        width=1003,
        count=1,
        dtype="float32",
        crs="EPSG:32652",
        transform=rasterio.Affine(30, 0, 300_000, 0, -30, 0),
        blockysize=1,
    ) as target:
        target.write(values, 1)
    stack = open_covariates([CovariateSource("a", path)], tile=64)
    assert stack.plan.tile == (4, 1003)
    predict_tiles(stack, lambda rows: {"a": rows[:, 0]}, {"a": OutputSpec(out / "a.tif")})
    assert_array_equal(read_raster(out / "a.tif").values, values)


def test_nan_in_a_prediction_is_nodata(stack, out):
    def partly(rows):
        return {"p": np.where(rows[:, 1] > 0.5, np.nan, 1.0)}

    predict_tiles(stack, partly, {"p": OutputSpec(out / "p.tif", "int16", -1)})
    values = stack.read(Tile(0, 0, *stack.grid.shape))
    known = np.isfinite(values[0]) & (values[1] <= 0.5)
    assert_array_equal(np.isfinite(read_raster(out / "p.tif").values), known)


def test_the_prediction_gets_known_finite_rows_only(stack, out):
    shapes = []

    def watch(rows):
        shapes.append(rows.shape)
        assert np.isfinite(rows).all()
        assert rows.flags.c_contiguous
        return {"a": rows[:, 0]}

    predict_tiles(stack, watch, {"a": OutputSpec(out / "a.tif")})
    assert sum(rows for rows, _ in shapes) == 27_000
    assert {columns for _, columns in shapes} == {2}


@pytest.mark.parametrize(
    ("predict", "message"),
    [
        (lambda rows: {"other": rows[:, 0]}, "without sum"),
        (lambda rows: {"sum": rows[:1, 0]}, "with shape"),
        (lambda rows: {"sum": rows}, "with shape"),
    ],
)
def test_predictions_that_do_not_fit_are_refused(stack, out, predict, message):
    with pytest.raises(ValueError, match=message):
        predict_tiles(stack, predict, {"sum": OutputSpec(out / "sum.tif")})
    assert names(out) == []


def test_outputs_that_make_no_sense(stack, out):
    with pytest.raises(ValueError, match="nothing to write"):
        predict_tiles(stack, total, {})
    same = {"sum": OutputSpec(out / "a.tif"), "class": OutputSpec(out / "a.tif")}
    with pytest.raises(ValueError, match="one path"):
        predict_tiles(stack, total, same)
    with pytest.raises(LayerWriteError, match="folder is not there"):
        predict_tiles(stack, total, {"sum": OutputSpec(out / "gone" / "a.tif")})


def test_numbers_that_do_not_fit_their_type(out):
    with pytest.raises(ValueError, match="needs a NoData value"):
        OutputSpec(out / "a.tif", "uint8")
    with pytest.raises(ValueError, match="needs a NoData value"):
        OutputSpec(out / "a.tif", "uint8", -1)
    spec = OutputSpec(out / "a.tif", "uint8", 255)
    assert_array_equal(
        spec.stored(np.array([0.4, np.nan, 254.0])), np.array([0, 255, 254], "u1")
    )
    with pytest.raises(ValueError, match="do not fit uint8"):
        spec.stored(np.array([256.0]))
    with pytest.raises(ValueError, match="means none"):
        spec.stored(np.array([255.0]))


def test_after_a_cancel_only_what_has_begun_is_done_and_the_earlier_file_stays(stack, out):
    (out / "sum.tif").write_text("earlier")
    begun = []

    def slow(rows):
        begun.append(len(rows))
        time.sleep(0.05)
        return {"sum": rows[:, 0]}

    class Cancel:
        begun = 0

        def report(self, fraction):
            if begun:
                self.begun = len(begun)
                raise CancelledError

    cancel = Cancel()
    with pytest.raises(CancelledError):
        predict_tiles(stack, slow, {"sum": OutputSpec(out / "sum.tif")}, control=cancel)
    assert len(begun) <= cancel.begun + thread_count()
    assert (out / "sum.tif").read_text() == "earlier"
    assert names(out) == ["sum.tif"]
    assert not [thread for thread in threading.enumerate() if "tiles" in thread.name]


def test_cancel_while_a_large_raster_is_made_cloud_optimised(stack, out, monkeypatch):
    monkeypatch.setattr("layers.tiles.output._CELLS_COPIED_AT_ONCE", 0)

    class Cancel:
        at = 0.0

        def report(self, fraction):
            if fraction > 0.9:
                self.at = time.process_time()
                raise CancelledError

    cancel = Cancel()
    with pytest.raises(CancelledError):
        predict_tiles(stack, total, {"sum": OutputSpec(out / "sum.tif")}, control=cancel)
    assert time.process_time() - cancel.at < 1.0
    assert names(out) == []


def test_a_large_raster_is_made_in_a_process_of_its_own(stack, out, monkeypatch):
    monkeypatch.setattr("layers.tiles.output._CELLS_COPIED_AT_ONCE", 0)
    told = Told()
    predict_tiles(stack, total, {"sum": OutputSpec(out / "sum.tif")}, control=told)
    assert_array_equal(
        read_raster(out / "sum.tif").values.astype(np.float32), expected_sum(stack)
    )
    assert any(0.9 < fraction < 1 for fraction in told.fractions)
    assert told.fractions == sorted(told.fractions)


class InterruptedRunError(Exception):
    pass


class Interrupting:
    """Predicts, and fails after a number of calls."""

    def __init__(self, calls):
        self.calls = calls
        self.cells = 0
        self.lock = threading.Lock()

    def __call__(self, rows):
        with self.lock:
            self.calls -= 1
            if self.calls < 0:
                raise InterruptedRunError
            self.cells += len(rows)
        return total(rows)


def test_an_interrupted_run_goes_on_where_it_was(stack, outputs, out):
    with pytest.raises(InterruptedRunError):
        predict_tiles(stack, Interrupting(10), outputs, resume="f")
    assert names(out) == [".class.tif.partial", ".sum.tif.journal", ".sum.tif.partial"]
    second = Interrupting(10_000)
    told = Told()
    report = predict_tiles(stack, second, outputs, resume="f", control=told)
    assert report.resumed_tiles >= 8
    assert told.fractions[0] >= 0.9 * report.resumed_tiles / report.tiles - 1e-9
    assert told.fractions == sorted(told.fractions)
    assert second.cells < report.known_cells == 27_000
    assert_array_equal(
        read_raster(out / "sum.tif").values.astype(np.float32), expected_sum(stack)
    )
    assert names(out) == ["class.tif", "sum.tif"]


@pytest.mark.parametrize("change", ["fingerprint", "tile", "dtype", "partial", "journal"])
def test_what_another_run_left_is_not_taken_over(stack, outputs, out, change):
    with pytest.raises(InterruptedRunError):
        predict_tiles(stack, Interrupting(10), outputs, resume="f")
    fingerprint, tile = "f", None
    if change == "fingerprint":
        fingerprint = "g"
    elif change == "tile":
        tile = 64
    elif change == "dtype":
        outputs["sum"] = OutputSpec(out / "sum.tif", "float64", tags={"unit": "none"})
    elif change == "partial":
        (out / ".class.tif.partial").unlink()
    else:
        (out / ".sum.tif.journal").write_bytes(b"\xff\xfe nonsense")
    report = predict_tiles(stack, total, outputs, resume=fingerprint, tile=tile)
    assert report.resumed_tiles == 0
    assert_array_equal(
        read_raster(out / "sum.tif").values.astype(np.float32), expected_sum(stack)
    )
    assert names(out) == ["class.tif", "sum.tif"]


def test_a_line_of_the_journal_that_was_cut_off_is_ignored(stack, outputs, out):
    with pytest.raises(InterruptedRunError):
        predict_tiles(stack, Interrupting(10), outputs, resume="f")
    journal = out / ".sum.tif.journal"
    lines = journal.read_text().split("\n")
    journal.write_text("\n".join(lines[:5]) + "\n3")
    report = predict_tiles(stack, total, outputs, resume="f")
    assert report.resumed_tiles == 4
    assert report.known_cells == 27_000


def test_what_is_left_can_be_removed(stack, outputs, out):
    with pytest.raises(InterruptedRunError):
        predict_tiles(stack, Interrupting(10), outputs, resume="f")
    (out / "sum.tif").write_text("earlier")
    discard_unfinished({name: spec.path for name, spec in outputs.items()})
    assert names(out) == ["sum.tif"]


_SCRIPT = """
import os, signal, sys, time
from pathlib import Path
import numpy as np
from layers.covariates import CovariateSource, open_covariates
from layers.errors import LayerWriteError
from layers.grid import Grid
from layers.tiles import running
from layers.tiles.output import OutputSpec
from affine import Affine
folder, out = Path({folder!r}), Path({out!r})
grid = Grid("EPSG:32652", Affine(1000, 0, 500_000, 0, -1000, 4_800_000), (150, 200))
sources = [CovariateSource(name, folder / f"{{name}}.tif") for name in ("a", "b")]
stack = open_covariates(sources, grid, tile=32)
"""


def run(code, folder, out):
    script = _SCRIPT.format(folder=str(folder), out=str(out)) + code
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )


def test_a_process_that_is_killed_leaves_its_tiles(stack, outputs, out):
    code = """
running.SECONDS_BETWEEN_RECORDS = 0.0
calls = 0
def predict(rows):
    global calls
    calls += 1
    if calls == 20:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"sum": rows.sum(axis=1)}
running.predict_tiles(stack, predict, {"sum": OutputSpec(out / "sum.tif")}, resume="f")
"""
    result = run(code, stack.sources[0].path.parent, out)
    assert result.returncode == -signal.SIGKILL, result.stderr
    report = predict_tiles(stack, total, {"sum": OutputSpec(out / "sum.tif")}, resume="f")
    assert report.resumed_tiles >= 15
    assert report.known_cells == 27_000
    assert_array_equal(
        read_raster(out / "sum.tif").values.astype(np.float32), expected_sum(stack)
    )


@pytest.mark.parametrize("limit", [20_000, 130_000])
def test_a_full_disk_is_told_and_leaves_the_earlier_file(stack, out, limit):
    (out / "sum.tif").write_text("earlier")
    code = f"""
import resource
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
try:
    running.predict_tiles(
        stack, lambda rows: {{"sum": rows.sum(axis=1)}}, {{"sum": OutputSpec(out / "sum.tif")}}
    )
except LayerWriteError as error:
    sys.exit(0 if "untouched" in str(error) else 3)
sys.exit(4)
"""
    result = run(code, stack.sources[0].path.parent, out)
    assert result.returncode == 0, result.stderr
    assert (out / "sum.tif").read_text() == "earlier"
    assert names(out) == ["sum.tif"]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != limit


def test_an_error_while_writing_leaves_no_thread(stack, out, monkeypatch):
    def full(self, tile, values):
        raise LayerWriteError("full")

    monkeypatch.setattr("layers.tiles.output.TiledOutput.write", full)
    with pytest.raises(LayerWriteError, match="full") as caught:
        predict_tiles(stack, total, {"sum": OutputSpec(out / "sum.tif")})
    assert caught.value is not None
    assert not [thread for thread in threading.enumerate() if "tiles" in thread.name]
    assert names(out) == []


def test_too_little_space_is_told_before_the_work(stack, out, monkeypatch):
    usage = type("Usage", (), {"free": 100_000})
    monkeypatch.setattr("layers.tiles.output.shutil.disk_usage", lambda _: usage)
    with pytest.raises(LayerWriteError, match=r"sum\.tif needs about .* are free\. Free some"):
        predict_tiles(stack, total, {"sum": OutputSpec(out / "sum.tif")})
    assert names(out) == []


def test_a_covariate_damaged_in_its_data_is_named_and_nothing_is_left(stack, out):
    path = stack.sources[0].path
    with rasterio.open(path) as source:
        start = int(source.get_tag_item("BLOCK_OFFSET_2_2", "TIFF", bidx=1))
    data = bytearray(path.read_bytes())
    data[start : start + 64] = b"\xff" * 64
    path.write_bytes(data)
    with pytest.raises(LayerReadError, match=r"a\.tif cannot be read"):
        predict_tiles(stack, total, {"sum": OutputSpec(out / "sum.tif")})
    assert names(out) == []


@pytest.mark.slow
def test_memory_is_that_of_the_tiles_not_of_the_rasters(tmp_path, out):
    side = 4000  # four layers as float64 are 512 MB, and the prediction 128 MB
    row = np.random.default_rng(0).random(side).astype(np.float32)
    for name in "abcd":
        with rasterio.open(
            tmp_path / f"{name}.tif",
            "w",
            driver="GTiff",
            height=side,
            width=side,
            count=1,
            dtype="float32",
            crs="EPSG:32652",
            transform=rasterio.Affine(30, 0, 0, 0, -30, 0),
            tiled=True,
            compress="DEFLATE",
            zlevel=1,
        ) as target:
            for top in range(0, side, 500):
                window = rasterio.windows.Window(0, top, side, 500)
                target.write(np.broadcast_to(row, (500, side)), 1, window=window)
    code = f"""
import resource
from pathlib import Path
from layers.covariates import CovariateSource, open_covariates
from layers.tiles.output import OutputSpec
from layers.tiles.running import predict_tiles
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
folder, out = Path({str(tmp_path)!r}), Path({str(out)!r})
stack = open_covariates([CovariateSource(name, folder / f"{{name}}.tif") for name in "abcd"])
outputs = {{"m": OutputSpec(out / "m.tif")}}
predict_tiles(stack, lambda rows: {{"m": rows[:, 0]}}, outputs)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert int(result.stdout) < 250e6
