import pickle

import numpy as np
import pytest
from affine import Affine

from layers.covariates import CovariateSource, NoCoverageError, open_covariates
from layers.covariates.reading import StackReader
from layers.errors import LayerReadError
from layers.grid import Grid
from layers.tiles.plan import Tile

GRID = Grid("EPSG:32652", Affine(1000, 0, 500_000, 0, -1000, 4_800_000), (40, 50))
WHOLE = Tile(0, 0, 40, 50)


class CancelledError(Exception):
    pass


class CancelAt:
    def __init__(self, calls):
        self.calls = calls

    def report(self, fraction):
        self.calls -= 1
        if self.calls < 0:
            raise CancelledError


class Told:
    def __init__(self):
        self.fractions = []

    def report(self, fraction):
        self.fractions.append(fraction)


@pytest.fixture
def stack(write_tif):
    rng = np.random.default_rng(0)
    first = rng.random((40, 50))
    first[:, :10] = np.nan
    second = rng.random((200, 250)).astype(np.float32)
    second[:100] = -1
    sources = [
        CovariateSource("a", write_tif("a.tif", first)),
        CovariateSource("b", write_tif("b.tif", second, cell=200.0, nodata=-1)),
        CovariateSource(
            "c",
            write_tif("c.tif", rng.integers(0, 5, (9, 9), np.uint8), cell=9000.0),
            "categorical",
        ),
    ]
    return open_covariates(sources, GRID, tile=16)


def test_what_a_stack_is(stack):
    assert stack.names == ("a", "b", "c")
    assert stack.categorical == (2,)
    assert len(stack) == 3
    assert [alignment.rule for alignment in stack.alignments] == ["as is", "average", "nearest"]
    again = pickle.loads(pickle.dumps(stack))
    np.testing.assert_array_equal(again.read(WHOLE), stack.read(WHOLE))
    with pytest.raises(ValueError, match="out of the grid"):
        stack.read(Tile(30, 0, 11, 50))


def test_without_a_grid_it_is_that_of_the_smallest_cells(write_tif):
    metres = write_tif("m.tif", np.ones((5, 5)), cell=1000.0)
    degrees = write_tif(
        "d.tif", np.ones((99, 99)), cell=0.001, corner=(129, 43.4), crs="EPSG:4326"
    )
    stack = open_covariates([CovariateSource("m", metres), CovariateSource("d", degrees)])
    assert stack.grid.crs == "EPSG:4326"
    assert stack.grid.shape == (99, 99)
    assert "that of d" in stack.notes[0]


def test_a_source_too_large_for_a_grid_says_so(write_tif, monkeypatch):
    monkeypatch.setattr("layers.grid.MAXIMUM_CELLS", 10)
    with pytest.raises(LayerReadError, match=r"m\.tif cannot give the study grid"):
        open_covariates([CovariateSource("m", write_tif("m.tif", np.ones((5, 5))))])


@pytest.mark.parametrize("count", [1, 30, 5000])
def test_values_at_points_are_those_of_their_cells(stack, count):
    rng = np.random.default_rng(count)
    west, south, east, north = GRID.bounds
    x, y = rng.uniform(west, east, count), rng.uniform(south, north, count)
    row, column, _ = GRID.cells_of(x, y)
    np.testing.assert_array_equal(stack.values_at(x, y), stack.read(WHOLE)[:, row, column].T)


def test_points_without_a_place_or_outside_are_unknown(stack):
    x = np.array([np.nan, 0.0, 530_500.0, np.inf, 550_000.0])
    y = np.array([4_790_000.0, 0.0, 4_770_500.0, -np.inf, 4_760_000.0])
    found = stack.values_at(x, y)
    assert np.isnan(found[[0, 1, 3, 4]]).all()
    assert np.isfinite(found[2]).all()
    assert stack.values_at(np.empty(0), np.empty(0)).shape == (0, 3)
    with pytest.raises(ValueError, match="one length"):
        stack.values_at(np.zeros(2), np.zeros(3))


def test_points_are_read_by_blocks(stack, monkeypatch):
    rng = np.random.default_rng(0)
    west, south, east, north = GRID.bounds
    x, y = rng.uniform(west, east, 100_000), rng.uniform(south, north, 100_000)
    reads = []
    own = StackReader.read
    monkeypatch.setattr(
        StackReader, "read", lambda self, *rest: (reads.append(rest[0]), own(self, *rest))[1]
    )
    stack.values_at(x, y)
    assert len(reads) == len(stack.plan)


def test_coverage_by_hand(stack):
    told = Told()
    coverage = stack.coverage(control=told)
    assert coverage.cells == 2000
    a, b, c = coverage.layers
    assert (a.unknown_cells, b.unknown_cells, c.unknown_cells) == (400, 1000, 0)
    assert a.cells_lost_alone == 200
    assert b.cells_lost_alone == 800
    assert coverage.known_cells == 800
    values = stack.read(WHOLE)
    assert a.minimum == np.nanmin(values[0])
    assert b.maximum == np.nanmax(values[1])
    assert coverage.records == 0
    coverage.require_known()
    assert told.fractions == sorted(told.fractions)
    assert told.fractions[-1] == 1.0


def test_what_records_would_be_lost(stack):
    x = np.array([505_500.0, 505_500, 530_500, 530_500, 0, np.nan])
    y = np.array([4_795_500.0, 4_765_500, 4_795_500, 4_765_500, 0, 0])
    coverage = stack.coverage((x, y))
    assert (coverage.records, coverage.records_outside, coverage.records_known) == (6, 2, 1)
    a, b, c = coverage.layers
    assert (a.records_lost, a.records_lost_alone) == (2, 1)
    assert (b.records_lost, b.records_lost_alone) == (2, 1)
    assert c.records_lost == 0
    text = "\n".join(coverage.sentences)
    assert "2 record(s) lie outside" in text
    assert "a has no value for 2 record(s); 1 of them" in text


def test_nothing_known_is_an_error_that_names_the_layer(write_tif):
    sources = [
        CovariateSource("good", write_tif("a.tif", np.ones((40, 50)))),
        CovariateSource("empty", write_tif("b.tif", np.full((40, 50), np.nan))),
    ]
    coverage = open_covariates(sources, GRID).coverage()
    assert "empty has no value anywhere" in coverage.sentences[0]
    assert coverage.layers[0].is_constant
    assert any("good is 1 everywhere" in sentence for sentence in coverage.sentences)
    with pytest.raises(NoCoverageError, match="grid: empty"):
        coverage.require_known()


def test_layers_that_never_meet_are_an_error(write_tif):
    left, right = np.ones((40, 50)), np.ones((40, 50))
    left[:, 20:] = right[:, :20] = np.nan
    sources = [
        CovariateSource("left", write_tif("a.tif", left)),
        CovariateSource("right", write_tif("b.tif", right)),
    ]
    with pytest.raises(NoCoverageError, match="nowhere all at once"):
        open_covariates(sources, GRID).coverage().require_known()


@pytest.mark.parametrize("calls", [0, 3])
def test_it_can_be_cancelled(stack, calls):
    x = np.random.default_rng(0).uniform(500_000, 550_000, 999)
    with pytest.raises(CancelledError):
        stack.values_at(x, x + 4_260_000, control=CancelAt(calls))
    with pytest.raises(CancelledError):
        stack.read(WHOLE, CancelAt(calls))
    with pytest.raises(CancelledError):
        stack.coverage(control=CancelAt(0))


def test_a_file_that_goes_away_is_named(stack):
    stack.sources[1].path.unlink()
    with pytest.raises(LayerReadError, match=r"b\.tif is not there"):
        stack.read(WHOLE)
    with pytest.raises(LayerReadError, match=r"b\.tif is not there"):
        stack.coverage()
