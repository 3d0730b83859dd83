"""From habitat to a widened corridor in one go, on a made-up landscape with a border."""

import numpy as np
import pytest
from scipy import ndimage

from algorithms.connectivity.resistance import resistance_from_suitability, with_barrier
from algorithms.corridors.adjacency import adjacent_cores
from algorithms.corridors.borders import border_crossings, length_by_country
from algorithms.corridors.clearance import surroundings
from algorithms.corridors.cores import country_shares, find_cores, split_by_country
from algorithms.corridors.least_cost import SwathRule, corridors_between
from algorithms.corridors.widening import widen
from algorithms.corridors.width import bottlenecks, passage

CELL_M = 500.0
WIDTH_M = 4000.0

COUNTRY = np.ones((120, 160), dtype=np.int32)
COUNTRY[:, 80:] = 2
LAKE = np.zeros(COUNTRY.shape, dtype=bool)
LAKE[50:60, 70:75] = True


@pytest.fixture(scope="module")
def cores_and_corridors():
    rng = np.random.default_rng(20)
    rough = ndimage.gaussian_filter(rng.standard_normal(COUNTRY.shape), 6)
    suitability = np.argsort(np.argsort(rough.ravel())).reshape(rough.shape) / rough.size
    resistance = with_barrier(
        resistance_from_suitability(suitability, maximum=100, shape=4), LAKE
    )
    habitat = np.where(LAKE, np.nan, suitability)
    whole = find_cores(habitat, threshold=0.85, minimum_area_cells=60)
    cores = split_by_country(whole, COUNTRY, habitat, minimum_part_cells=20)
    home = country_shares(cores.labels, COUNTRY).majority
    pairs = [
        pair
        for pair in adjacent_cores(resistance, cores.labels, cell_size=CELL_M)
        if home[pair.core_a - 1] != home[pair.core_b - 1]
    ]
    corridors = corridors_between(
        resistance, cores.labels, pairs, cell_size=CELL_M, rule=SwathRule(share=0.05)
    )
    assert len(corridors) >= 3
    return cores, corridors


def test_corridors_cross_the_border_and_no_lake(cores_and_corridors):
    for corridor in cores_and_corridors[1]:
        assert not (corridor.swath_on(COUNTRY.shape) & LAKE).any()
        path = (corridor.rows, corridor.columns)
        assert len(border_crossings(*path, COUNTRY, CELL_M)) % 2 == 1
        metres = length_by_country(*path, COUNTRY, CELL_M)
        assert set(metres) == {1, 2}
        assert sum(metres.values()) == pytest.approx(corridor.length_m)


def test_narrow_corridors_can_be_widened_and_then_measure_wide(cores_and_corridors):
    cores, corridors = cores_and_corridors
    widened = 0
    for corridor in corridors:
        swath = corridor.swath_on(COUNTRY.shape)
        a, b = (cores.labels == core for core in (corridor.core_a, corridor.core_b))
        found = passage(swath, a, b, cell_size=CELL_M)
        narrow = bottlenecks(found.profile, WIDTH_M)
        assert (found.width_m < WIDTH_M) == bool(narrow)
        if not narrow:
            continue
        assert narrow[0].width_m == found.width_m
        window = surroundings(swath, 15_000.0, CELL_M)
        cost = np.where(swath | (cores.labels > 0), 0.0, 1.0)
        cost[LAKE] = np.nan
        wider = widen(cost[window], a[window], b[window], width_m=WIDTH_M, cell_size=CELL_M)
        assert wider.verified_minimum_width_m >= WIDTH_M
        assert wider.union_cost == wider.added.sum() > 0
        joined = swath.copy()
        joined[window] |= wider.corridor
        assert passage(joined, a, b, cell_size=CELL_M).width_m >= WIDTH_M
        widened += 1
    assert widened >= 1
