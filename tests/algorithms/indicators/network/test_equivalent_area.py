import csv
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.spatial.distance import cdist

from algorithms.indicators.network.equivalent_area import (
    dispersal_probability,
    equivalent_connected_area,
    integral_index_numerator,
    links_of_probabilities,
    pc_numerator,
    probability_of_connectivity,
)
from algorithms.indicators.network.search import path_lengths

NODES = Path(__file__).parents[4].parent / "shared/peer/network/nodes.csv"


@pytest.fixture(scope="module")
def forest():
    if not NODES.is_file():
        pytest.skip("the reference data are not beside the repository")
    with NODES.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


@pytest.mark.reference
def test_404_forest_patches(forest):
    place = np.column_stack([forest["x_m"], forest["y_m"]])
    area = forest["area_ha"]
    distance = cdist(place, place)
    direct = dispersal_probability(distance, reference_distance=10_000.0, probability=0.5)
    eca = equivalent_connected_area(area, direct)
    assert len(area) == 404
    assert eca == pytest.approx(462_171.8, abs=0.05)
    assert eca**2 == pytest.approx(2.136028e11, rel=1e-6)
    iic = integral_index_numerator(area, distance, link_distance=10_000.0)
    assert iic == pytest.approx(2.04199e11, rel=1e-5)


def test_three_patches_by_hand():
    area = np.array([1.0, 2.0, 3.0])
    direct = np.array([[1, 0.5, 0.1], [0.5, 1, 0.5], [0.1, 0.5, 1.0]])
    # The stepping stone in the middle gives 0.25 between the outer two.
    numerator = 1 + 4 + 9 + 2 * (0.5 * 2 + 0.25 * 3 + 0.5 * 6)
    assert equivalent_connected_area(area, direct) == pytest.approx(np.sqrt(numerator))
    assert pc_numerator(area, links_of_probabilities(direct)) == pytest.approx(numerator)
    assert probability_of_connectivity(numerator, 10.0) == pytest.approx(numerator / 100)
    distance = np.array([[0, 1, 9], [1, 0, 1], [9, 1, 0.0]])
    iic = integral_index_numerator(area, distance, link_distance=1.0)
    assert iic == pytest.approx(1 + 4 + 9 + 2 * (2 / 2 + 3 / 3 + 6 / 2))
    apart = integral_index_numerator(area, distance, link_distance=0.5)
    assert apart == pytest.approx(14)


def test_areas_that_touch_over_a_border_are_one():
    distance = np.array([[0.0, 0.0], [0.0, 0.0]])
    direct = dispersal_probability(distance, reference_distance=1000.0)
    area = np.array([30.0, 12.0])
    assert equivalent_connected_area(area, direct) == 42.0
    assert integral_index_numerator(area, distance, link_distance=0.0) == 30**2 + 12**2 + 360


def test_the_reference_distance_has_its_probability():
    found = dispersal_probability(
        np.array([0.0, 5.0, 10.0, np.inf]), reference_distance=5.0, probability=0.2
    )
    np.testing.assert_allclose(found, [1.0, 0.2, 0.04, 0.0])


@settings(deadline=None, max_examples=40)
@given(hnp.arrays(np.float64, (5, 5), elements=st.floats(0, 1)))
def test_the_best_path_is_the_best_of_all(direct):
    direct = np.maximum(direct, direct.T)
    best = np.exp(-path_lengths(links_of_probabilities(direct)))
    for a in range(5):
        for b in range(5):
            if a == b:
                assert best[a, b] == 1.0
                continue
            others = [n for n in range(5) if n not in (a, b)]
            paths = [
                [a, *stones, b] for count in range(4) for stones in permutations(others, count)
            ]
            expected = max(np.prod([direct[i, j] for i, j in pairwise(p)]) for p in paths)
            assert best[a, b] == pytest.approx(expected, rel=1e-12)
    area = np.arange(1.0, 6.0)
    eca = equivalent_connected_area(area, direct)
    assert np.sqrt((area**2).sum()) * (1 - 1e-12) <= eca <= area.sum() * (1 + 1e-12)


def test_no_patch_has_no_area_and_stopping(stopper):
    assert equivalent_connected_area(np.empty(0), np.empty((0, 0))) == 0.0
    with pytest.raises(KeyboardInterrupt):
        path_lengths(links_of_probabilities(np.ones((4, 4))), control=stopper(0.5))
    with pytest.raises(KeyboardInterrupt):
        equivalent_connected_area(np.ones(40), np.ones((40, 40)), control=stopper(0.0))


def test_refuses_what_it_cannot_mean():
    area, direct = np.ones(2), np.ones((2, 2))
    with pytest.raises(ValueError, match="square"):
        equivalent_connected_area(area, direct[:1])
    with pytest.raises(ValueError, match="there are 2 patches"):
        equivalent_connected_area(np.ones(3), direct)
    with pytest.raises(ValueError, match="finite and >= 0"):
        equivalent_connected_area(-area, direct)
    with pytest.raises(ValueError, match="probability must lie"):
        equivalent_connected_area(area, 2 * direct)
    with pytest.raises(ValueError, match="the same both ways"):
        equivalent_connected_area(area, np.array([[1.0, 0.2], [0.3, 1.0]]))
    with pytest.raises(ValueError, match="whole area"):
        probability_of_connectivity(1.0, np.nan)
    with pytest.raises(ValueError, match="probability"):
        dispersal_probability(direct, reference_distance=1.0, probability=1.0)
    with pytest.raises(ValueError, match="distance"):
        dispersal_probability(direct, reference_distance=0.0)
    with pytest.raises(ValueError, match="distances must be"):
        dispersal_probability(-direct, reference_distance=1.0)
    with pytest.raises(ValueError, match="distances must be"):
        integral_index_numerator(area, -direct, link_distance=1.0)
