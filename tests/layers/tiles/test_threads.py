import threading
import time
from contextlib import nullcontext

import pytest

from layers.control import NULL_CONTROL
from layers.tiles.plan import TilePlan
from layers.tiles.threads import in_threads, thread_count


def test_results_that_are_not_fetched_do_not_pile_up():
    begun = []

    def work(reader, tile, control):
        begun.append(tile)
        time.sleep(0.25)  # longer than the time between two reports
        return tile

    plan = TilePlan((12, 1), (1, 1))
    fetched = 0
    for index, tile in in_threads(lambda: nullcontext("reader"), work, plan, NULL_CONTROL):
        assert tile == plan[index]
        fetched += 1
        time.sleep(0.3)
        assert len(begun) <= fetched + thread_count()
    assert fetched == 12


def test_an_error_in_one_tile_ends_the_others():
    def work(reader, tile, control):
        if tile.row == 0:
            raise KeyError("first")
        while True:
            control.report(0.5)
            time.sleep(0.01)

    with pytest.raises(KeyError, match="first"):
        list(in_threads(lambda: nullcontext(0), work, TilePlan((9, 1), (1, 1)), NULL_CONTROL))
    assert not [thread for thread in threading.enumerate() if "tiles" in thread.name]


def test_only_the_wanted_tiles_are_done():
    plan = TilePlan((9, 1), (1, 1))
    found = in_threads(
        lambda: nullcontext(0), lambda *some: some[1].row, plan, NULL_CONTROL, [2, 7]
    )
    assert dict(found) == {2: 2, 7: 7}
    assert list(in_threads(lambda: nullcontext(0), lambda *_: 0, plan, NULL_CONTROL, [])) == []
