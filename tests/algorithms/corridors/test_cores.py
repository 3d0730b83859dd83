import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from algorithms.corridors.cores import country_shares, find_cores, split_by_country


def grid(text):
    return np.array([[int(cell) for cell in line] for line in text.split()], dtype=np.int32)


def test_patches_above_the_minimum_become_cores():
    habitat = grid("11000 10010 00100 00001").astype(float)
    cores = find_cores(habitat, threshold=0.5, minimum_area_cells=3)
    # The three cells at the upper left, and the diagonal 1s that touch at corners: only two.
    assert cores.labels.tolist() == grid("11000 10000 00000 00000").tolist()
    assert cores.area_cells.tolist() == [3]
    everything = find_cores(habitat, threshold=0.5, minimum_area_cells=0)
    assert everything.labels.tolist() == grid("11000 10020 00200 00003").tolist()


def test_holes_stay_holes():
    habitat = grid("1111 1001 1111").astype(float)
    cores = find_cores(habitat, threshold=1.0, minimum_area_cells=10)
    assert cores.labels.tolist() == habitat.tolist()
    assert cores.area_cells.tolist() == [10]


def test_a_site_with_enough_habitat_is_a_core_by_itself():
    suitability = np.array([[0.9, 0.2, 0.1, 0.0, 0.9, 0.1]])
    sites = grid("770055")
    cores = find_cores(
        suitability, sites, threshold=0.5, minimum_area_cells=4, minimum_site_cells=1
    )
    assert cores.labels.tolist() == [[1, 1, 0, 0, 2, 2]]
    assert cores.sites == ((7,), (5,))
    np.testing.assert_allclose(cores.mean_suitability, [0.55, 0.5])
    none = find_cores(suitability, sites, threshold=0.5, minimum_area_cells=4)
    assert none.count == 0
    assert not none.labels.any()


def test_a_site_joins_the_patch_around_it_and_leaves_out_the_sea():
    suitability = np.array([[0.8, 0.8, 0.1, np.nan]])
    sites = grid("0222")
    cores = find_cores(suitability, sites, threshold=0.5, minimum_area_cells=1)
    assert cores.labels.tolist() == [[1, 1, 1, 0]]
    assert cores.sites == ((2,),)


def test_a_core_over_a_border_divides_into_national_parts():
    habitat = grid("11111 00000 01100").astype(float)
    country = grid("11122 11122 11122")
    cores = find_cores(habitat, threshold=0.5, minimum_area_cells=2)
    parts = split_by_country(cores, country, habitat)
    assert parts.labels.tolist() == grid("11122 00000 03300").tolist()
    assert parts.patch.tolist() == [1, 1, 2]
    assert parts.area_cells.tolist() == [3, 2, 2]
    large = split_by_country(cores, country, habitat, minimum_part_cells=3)
    assert large.labels.tolist() == grid("11100 00000 02200").tolist()
    assert large.patch.tolist() == [1, 2]


def test_shares_of_countries():
    labels = grid("1112 1222 0333")
    country = grid("1122 1222 0000")
    shares = country_shares(labels, country)
    assert shares.codes.tolist() == [1, 2]
    np.testing.assert_allclose(shares.share, [[3 / 4, 1 / 4], [0, 1], [0, 0]])
    assert shares.majority.tolist() == [1, 2, 0]
    nowhere = country_shares(labels, np.zeros_like(country))
    assert nowhere.majority.tolist() == [0, 0, 0]


@settings(deadline=None)
@given(
    hnp.arrays(np.float64, (6, 8), elements=st.sampled_from([0.0, 0.4, 0.9, np.nan])),
    hnp.arrays(np.int32, (6, 8), elements=st.integers(0, 3)),
    hnp.arrays(np.int32, (6, 8), elements=st.integers(0, 2)),
    st.integers(1, 6),
)
def test_every_core_keeps_its_promises(suitability, sites, country, minimum):
    cores = find_cores(suitability, sites, threshold=0.5, minimum_area_cells=minimum)
    assert set(np.unique(cores.labels)) <= set(range(cores.count + 1))
    for core in range(1, cores.count + 1):
        inside = cores.labels == core
        assert inside.sum() == cores.area_cells[core - 1]
        assert not np.isnan(suitability[inside]).any()
        enough = [s for s in (1, 2, 3) if (suitability[sites == s] >= 0.5).sum() >= minimum]
        assert inside.sum() >= minimum or set(enough) & set(sites[inside])
        assert set(cores.sites[core - 1]) == set(sites[inside]) - {0}
    parts = split_by_country(cores, country, suitability, sites)
    np.testing.assert_array_equal(parts.labels > 0, cores.labels > 0)
    for part in range(1, parts.count + 1):
        assert len(set(country[parts.labels == part])) == 1
        assert set(cores.labels[parts.labels == part]) == {parts.patch[part - 1]}


def test_refuses_what_it_cannot_mean():
    habitat = np.ones((2, 3))
    with pytest.raises(ValueError, match="threshold"):
        find_cores(habitat, threshold=0.0, minimum_area_cells=1)
    with pytest.raises(ValueError, match="area"):
        find_cores(habitat, threshold=0.5, minimum_area_cells=-1)
    with pytest.raises(ValueError, match="protected has the shape"):
        find_cores(habitat, grid("11"), threshold=0.5, minimum_area_cells=1)
    with pytest.raises(ValueError, match="labels"):
        find_cores(habitat, -np.ones((2, 3), np.int32), threshold=0.5, minimum_area_cells=1)
    with pytest.raises(ValueError, match="grid"):
        find_cores(np.ones(3), threshold=0.5, minimum_area_cells=1)
    cores = find_cores(habitat, threshold=0.5, minimum_area_cells=1)
    with pytest.raises(ValueError, match="country has the shape"):
        split_by_country(cores, grid("11"), habitat)
    with pytest.raises(ValueError, match="shape"):
        country_shares(cores.labels, grid("11"))
