from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from planner.pipeline.habitat_network import (
    connected_by_country,
    connected_km2,
    dispersal_reach,
    land_network,
)
from planner.profiles import load_species

TIGER = load_species("amur-tiger")
COUNTRY = np.repeat([[1] * 4 + [2] * 4], 6, axis=0).astype(np.int32)


def test_two_patches_over_a_border_by_hand():
    land = np.zeros((6, 8), dtype=np.bool_)
    land[0, 0:2] = True  # 2 km² in the first country
    land[0, 5:8] = True  # 3 km² in the second, 3 km away
    network = land_network(land, cell_m=1000.0)
    reach_km, chance = dispersal_reach(TIGER)
    passing = chance ** (3.0 / reach_km)
    held = connected_by_country(network, TIGER, COUNTRY, (1, 2))
    assert held[1] == pytest.approx(2.0 * (2.0 + 3.0 * passing))
    assert held[2] == pytest.approx(3.0 * (3.0 + 2.0 * passing))
    assert connected_km2(network, TIGER) == pytest.approx(np.sqrt(held[1] + held[2]))


def test_a_patch_over_the_border_counts_in_each_country_with_its_part():
    land = np.zeros((6, 8), dtype=np.bool_)
    land[2, 3:6] = True  # 1 km² in the first country, 2 km² in the second
    held = connected_by_country(land_network(land, cell_m=1000.0), TIGER, COUNTRY, (1, 2))
    assert held == pytest.approx({1: 3.0, 2: 6.0})


def test_patches_that_are_too_small_are_left_out():
    land = np.zeros((6, 8), dtype=np.bool_)
    land[0, 0] = land[3, 3] = land[3, 4] = True
    network = land_network(land, cell_m=800.0)  # cells of 0.64 km²
    assert network.area_km2 == pytest.approx([1.28])
    assert network.label[0, 0] == 0


def test_no_land_is_not_connected():
    network = land_network(np.zeros((6, 8), dtype=np.bool_), cell_m=1000.0)
    assert connected_km2(network, TIGER) == 0.0
    assert connected_by_country(network, TIGER, COUNTRY, (1, 2)) == {1: 0.0, 2: 0.0}


@given(arrays(np.bool_, (6, 8)), arrays(np.bool_, (6, 8)))
def test_no_country_loses_where_habitat_is_added(first, second):
    before = land_network(first, cell_m=1000.0)
    after = land_network(first | second, cell_m=1000.0)
    less = connected_by_country(before, TIGER, COUNTRY, (1, 2))
    more = connected_by_country(after, TIGER, COUNTRY, (1, 2))
    assert all(more[code] >= less[code] - 1e-9 for code in (1, 2))
    assert sum(more.values()) == pytest.approx(connected_km2(after, TIGER) ** 2)
    assert connected_km2(after, TIGER) <= after.area_km2.sum() + 1e-9
