import numpy as np
import pytest

from algorithms.connectivity.cost_distance import cost_distance
from algorithms.connectivity.many_sources import cost_distances


def case(count, side=40):
    rng = np.random.default_rng(3)
    resistance = rng.uniform(1, 50, (side, side))
    resistance[rng.random((side, side)) < 0.1] = np.nan
    sources = []
    for _ in range(count):
        grid = np.zeros((side, side), dtype=bool)
        grid[tuple(rng.integers(0, side, 2))] = True
        sources.append(grid)
    return resistance, sources


def test_each_source_has_the_surface_it_has_alone():
    resistance, sources = case(7)
    options = {"cell_size": (2.0, 3.0), "neighbours": 4, "max_cost": 900.0, "back_link": True}
    found = dict(cost_distances(resistance, sources, **options))
    assert sorted(found) == list(range(7))
    for index, grid in enumerate(sources):
        alone = cost_distance(resistance, grid, **options)
        np.testing.assert_array_equal(found[index].cost, alone.cost)
        np.testing.assert_array_equal(found[index].back_link, alone.back_link)


def test_no_sources_have_no_surfaces():
    assert list(cost_distances(np.ones((2, 2)), [])) == []


def test_a_fault_of_one_source_is_raised():
    resistance, sources = case(2)
    with pytest.raises(ValueError, match="no source"):
        list(cost_distances(resistance, [sources[0], np.zeros_like(sources[0])]))


def test_stops_all_searches(stopper):
    resistance, sources = case(4, side=400)
    watch = stopper(stop_at=0.3)
    with pytest.raises(KeyboardInterrupt):
        list(cost_distances(resistance, sources * 20, control=watch))
    assert watch.seen == sorted(watch.seen)
