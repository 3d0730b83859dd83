import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.tiles.plan import LARGEST_TILE_BYTES, Tile, TilePlan, plan_tiles


@settings(deadline=None)
@given(
    shape=st.tuples(st.integers(1, 90), st.integers(1, 90)),
    tile=st.tuples(st.integers(1, 40), st.integers(1, 40)),
)
def test_every_cell_is_in_one_tile(shape, tile):
    plan = TilePlan(shape, tile)
    times = np.zeros(shape, np.int64)
    for part in plan:
        times[part.row : part.row + part.height, part.column : part.column + part.width] += 1
    assert (times == 1).all()
    assert sum(part.cells for part in plan) == shape[0] * shape[1]
    assert [plan[index] for index in range(len(plan))] == list(plan)


def test_by_hand():
    plan = TilePlan((5, 7), (4, 4))
    assert list(plan) == [
        Tile(0, 0, 4, 4),
        Tile(0, 4, 4, 3),
        Tile(4, 0, 1, 4),
        Tile(4, 4, 1, 3),
    ]
    for wrong in (-1, 4):
        with pytest.raises(IndexError):
            plan[wrong]
    with pytest.raises(ValueError, match="cannot be cut"):
        TilePlan((5, 7), (0, 4))


def test_tiles_hold_whole_blocks():
    assert plan_tiles((9000, 9000), [(256, 256), (128, 64)], 4).tile == (512, 512)
    assert plan_tiles((9000, 9000), [(240, 240)], 4).tile == (480, 480)
    assert plan_tiles((9000, 9000), [], 4, side=100).tile == (96, 96)
    assert plan_tiles((9000, 9000), [(1024, 1024)], 4).tile == (512, 512)


def test_files_stored_in_rows_are_read_in_bands():
    plan = plan_tiles((9000, 9000), [(1, 9000), (256, 256)], 4)
    assert plan.tile == (29, 9000)


@settings(deadline=None)
@given(
    shape=st.tuples(st.integers(1, 40_000), st.integers(1, 40_000)),
    layers=st.integers(1, 400),
    block=st.tuples(st.integers(1, 1024), st.integers(1, 40_000)),
)
def test_tiles_stay_small(shape, layers, block):
    plan = plan_tiles(shape, [block], layers)
    height, width = plan.tile
    widest = max(shape[1], 16 * 16)  # a band has one row at least
    assert height * width <= max(512 * 512, widest)
    assert 8 * layers * height * width <= max(LARGEST_TILE_BYTES, 8 * layers * widest)


def test_a_side_that_is_too_small():
    with pytest.raises(ValueError, match="16 cells"):
        plan_tiles((100, 100), [], 1, side=15)
