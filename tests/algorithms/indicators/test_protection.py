import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from algorithms.indicators.protection import habitat_protected, protected_share

COUNTRY = np.array([[1, 1, 4], [1, 4, 0]], dtype=np.int32)


def test_shares_of_land_by_hand():
    protected = np.array([[True, False, True], [False, True, True]])
    found = protected_share(protected, COUNTRY, cell_area_km2=2.0)
    assert found.codes.tolist() == [1, 4]
    assert found.total_km2.tolist() == [6.0, 4.0]
    assert found.protected_km2.tolist() == [2.0, 4.0]
    np.testing.assert_allclose(found.share, [1 / 3, 1.0])
    assert found.share_overall == 0.6


def test_cells_protected_in_part_and_of_unequal_area():
    part = np.array([[0.5, 0.0, 1.0], [1.0, 0.25, 0.0]])
    area = np.array([[1.0], [3.0]])  # one per row
    found = protected_share(part, COUNTRY, cell_area_km2=area)
    assert found.total_km2.tolist() == [5.0, 4.0]
    assert found.protected_km2.tolist() == [3.5, 1.75]


def test_habitat_is_weighted_by_suitability():
    suitability = np.array([[0.5, np.nan, 0.9], [0.2, 0.1, 1.0]])
    protected = np.array([[True, True, True], [False, False, True]])
    found = habitat_protected(suitability, protected, COUNTRY, cell_area_km2=10.0)
    np.testing.assert_allclose(found.total_km2, [7.0, 10.0])
    np.testing.assert_allclose(found.protected_km2, [5.0, 9.0])
    only_good = habitat_protected(
        suitability, protected, COUNTRY, cell_area_km2=10.0, threshold=0.5
    )
    np.testing.assert_allclose(only_good.total_km2, [5.0, 9.0])
    nothing = habitat_protected(
        0 * COUNTRY.astype(float), protected, COUNTRY, cell_area_km2=1.0
    )
    assert np.isnan(nothing.share).all()
    assert np.isnan(nothing.share_overall)


@given(
    hnp.arrays(np.float64, (4, 5), elements=st.floats(0, 1)),
    hnp.arrays(np.float64, (4, 5), elements=st.floats(0, 1)),
    hnp.arrays(np.int32, (4, 5), elements=st.integers(0, 3)),
)
def test_countries_add_up_to_the_whole(suitability, protected, country):
    found = habitat_protected(suitability, protected, country, cell_area_km2=3.0)
    inside = country > 0
    assert found.total_km2.sum() == pytest.approx(3 * suitability[inside].sum())
    assert found.protected_km2.sum() == pytest.approx(
        3 * (suitability * protected)[inside].sum()
    )
    assert (found.protected_km2 <= found.total_km2 * (1 + 1e-12)).all()


def test_refuses_what_it_cannot_mean():
    yes = np.ones((2, 3))
    with pytest.raises(ValueError, match="one shape"):
        protected_share(yes[:1], COUNTRY, cell_area_km2=1.0)
    with pytest.raises(ValueError, match="protected share"):
        protected_share(2 * yes, COUNTRY, cell_area_km2=1.0)
    with pytest.raises(ValueError, match="area of a cell"):
        protected_share(yes, COUNTRY, cell_area_km2=0.0)
    with pytest.raises(ValueError, match="suitability"):
        habitat_protected(2 * yes, yes, COUNTRY, cell_area_km2=1.0)
