import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from algorithms.corridors.least_cost import SwathRule
from algorithms.reserve.complexes import JoinRule, join_pair, transboundary_complexes


def grid(text):
    return np.array([[int(cell) for cell in line] for line in text.split()], dtype=np.int32)


def joined(sites, habitat, **rule):
    resistance = np.where(habitat, 1.0, 10.0)
    return join_pair(
        sites, habitat.astype(bool), resistance, cell_size=10.0, rule=JoinRule(**rule)
    )


def test_joins_two_sites_through_the_habitat_between_them():
    sites = grid("1000002 1000002 0000000")
    habitat = grid("1111111 1111111 0000000")
    found = joined(sites, habitat, swath=SwathRule(share=0.0))
    assert (found.cost, found.length_m, found.gap_cells) == (60.0, 60.0, 0)
    assert found.between.astype(int).tolist() == grid("0111110 0111110 0000000").tolist()
    np.testing.assert_array_equal(found.land, found.between | (sites > 0))


def test_the_path_bridges_what_is_no_habitat_and_says_so():
    sites = grid("10002 10002")
    habitat = grid("11011 11011")
    found = joined(sites, habitat, swath=SwathRule(share=0.0))
    assert found.gap_cells == 1
    assert found.between[:, 2].sum() == 1
    assert found.between[:, 1].all()


def test_sites_that_touch_are_joined_already():
    sites = grid("1122 1122 0000")
    found = joined(sites, grid("0000 0000 0000"), swath=SwathRule(share=0.0))
    assert found.adjoining
    assert (found.cost, found.length_m, found.gap_cells) == (0.0, 0.0, 0)
    assert not found.between.any()
    np.testing.assert_array_equal(found.land, sites > 0)


def test_limits_of_cost_and_area():
    sites = np.zeros((9, 12), dtype=np.int32)
    sites[:, 0], sites[:, -1] = 1, 2
    habitat = np.ones_like(sites)
    assert joined(sites, habitat, max_cost=100.0) is None
    found = joined(sites, habitat, max_cost=120.0, maximum_cells=20)
    assert found.between.any(axis=0)[1:-1].all()
    assert 10 <= found.between.sum() <= 20
    path_only = joined(sites, habitat, maximum_cells=0)
    assert path_only.between.sum() == 10
    walled = np.full(sites.shape, 1.0)
    walled[:, 5] = np.nan
    assert join_pair(sites, habitat > 0, walled, cell_size=1.0, rule=JoinRule()) is None


def test_pieces_over_a_border():
    land = grid("1101 0100 0000 1011") > 0
    sites = grid("5000 0700 0000 2034")
    country = grid("1122 1222 1122 1122")
    found = transboundary_complexes(land, sites, country)
    assert found.labels.tolist() == grid("1100 0100 0000 0000").tolist()
    assert found.sites == ((5, 7),)
    assert found.codes.tolist() == [1, 2]
    assert found.cells.tolist() == [[2, 1]]
    assert transboundary_complexes(land, sites, country, minimum_cells=2).sites == ()


@settings(deadline=None)
@given(
    hnp.arrays(np.bool_, (7, 8)),
    hnp.arrays(np.int32, (7, 8), elements=st.integers(0, 4)),
    hnp.arrays(np.int32, (7, 8), elements=st.integers(0, 3)),
)
def test_every_complex_is_one_piece_in_two_countries(land, sites, country):
    found = transboundary_complexes(land, sites, country)
    pieces, count = ndimage.label(land, np.ones((3, 3)))
    expected = [
        piece for piece in range(1, count + 1) if len(set(country[pieces == piece]) - {0}) >= 2
    ]
    assert len(found.sites) == len(expected)
    for number, piece in enumerate(expected, start=1):
        inside = found.labels == number
        np.testing.assert_array_equal(inside, pieces == piece)
        assert set(found.sites[number - 1]) == set(sites[inside]) - {0}
        for position, code in enumerate(found.codes):
            assert found.cells[number - 1, position] == (country[inside] == code).sum()


def test_refuses_what_it_cannot_mean(stopper):
    sites = grid("102")
    habitat, resistance = np.ones((1, 3), bool), np.ones((1, 3))
    with pytest.raises(ValueError, match="one shape"):
        join_pair(sites, habitat[:, 1:], resistance, cell_size=1.0, rule=JoinRule())
    with pytest.raises(ValueError, match="labelled 1 and 2"):
        join_pair(grid("100"), habitat, resistance, cell_size=1.0, rule=JoinRule())
    with pytest.raises(ValueError, match="largest cost"):
        JoinRule(max_cost=-1.0)
    with pytest.raises(KeyboardInterrupt):
        join_pair(
            sites, habitat, resistance, cell_size=1.0, rule=JoinRule(), control=stopper(0.0)
        )
    with pytest.raises(ValueError, match="one shape"):
        transboundary_complexes(habitat, sites[:, 1:], sites)
    with pytest.raises(ValueError, match="a cell at least"):
        transboundary_complexes(habitat, sites, sites, minimum_cells=0)
