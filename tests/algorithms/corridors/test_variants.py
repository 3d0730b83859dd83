import numpy as np
import pytest
from scipy import ndimage

from algorithms.corridors.variants import widening_variants
from algorithms.corridors.widening import InfeasibleWidthError, WidthBelowCellError, widen


def ground(seed=0, rows=30, columns=44):
    rng = np.random.default_rng(seed)
    cost = np.exp(ndimage.gaussian_filter(rng.standard_normal((rows, columns)), 2) * 5)
    a, b = np.zeros((2, rows, columns), dtype=bool)
    a[:, :8], b[:, -8:] = True, True
    cost[rows // 2 - 1 : rows // 2 + 1, 8:-8] = 0.0  # the corridor, two cells wide
    cost[rows // 2 - 3 : rows // 2 + 3, 20:30] = 0.0
    return cost, a, b


@pytest.mark.parametrize("seed", range(3))
def test_more_money_always_buys_more_width(seed):
    cost, a, b = ground(seed)
    found = widening_variants(cost, a, b, width_m=5.0, cell_size=1.0)
    assert len(found) >= 3
    costs = [variant.cost for variant in found]
    lacking = [variant.shortfall_m2 for variant in found]
    assert costs == sorted(costs)
    assert lacking == sorted(lacking, reverse=True)
    assert costs[0] == 0.0
    assert lacking[-1] == 0.0
    for variant in found:
        assert 0.0 <= variant.least_shortfall_m2 <= variant.shortfall_m2
        assert variant.widening.verified_minimum_width_m >= variant.narrowest_m - 1e-9
        assert (variant.narrowest_m == 5.0) == (variant.shortfall_m2 == 0.0)


def test_the_dearest_is_the_widening_itself():
    cost, a, b = ground(1)
    found = widening_variants(cost, a, b, width_m=5.0, cell_size=1.0)
    alone = widen(cost, a, b, width_m=5.0, cell_size=1.0)
    assert found[-1].widening.arc_cost == pytest.approx(alone.arc_cost)
    assert found[-1].narrowest_m == 5.0


def test_the_shortfall_of_a_gap_is_what_it_lacks():
    a, b = np.zeros((2, 15, 30), dtype=bool)
    a[:, :8], b[:, -8:] = True, True
    cost = np.ones((15, 30))
    cost[5:10, 8:-8] = 0.0
    cost[5:7, 14:18] = 10.0  # three cells are left of five, on a length of four
    cost[10:, 14:18] = 10.0
    found = widening_variants(cost, a, b, width_m=5.0, cell_size=1.0)
    assert found[0].cost == 0.0
    assert found[0].narrowest_m == 3.0
    # Two cells are lacking over four, and where the disc is too near the gap to be wide.
    assert 2 * 4 <= found[0].shortfall_m2 <= 2 * (4 + 2 * 3)
    assert found[0].least_shortfall_m2 > 0.0
    assert found[-1].cost == widen(cost, a, b, width_m=5.0, cell_size=1.0).union_cost


def test_what_costs_nothing_is_as_wide_as_the_free_land_lets_it_be():
    a, b = np.zeros((2, 21, 40), dtype=bool)
    a[:, :8], b[:, -8:] = True, True
    cost = np.ones((21, 40))
    cost[6:13, 8:-8] = 0.0  # seven cells wide all along
    found = widening_variants(cost, a, b, width_m=11.0, cell_size=1.0)
    assert found[0].cost == 0.0
    assert found[0].narrowest_m == 6.0  # the widest of 1, 3.5, 6, 8.5 and 11 that fits
    assert found[0].shortfall_m2 == pytest.approx(5.0 * found[0].widening.length_m, rel=0.4)


def test_the_bound_holds_for_every_budget_tried():
    cost, a, b = ground(2)
    found = widening_variants(cost, a, b, width_m=5.0, cell_size=1.0)
    for weight in (0.01, 0.1, 0.5, 2.0):  # plans made another way: land near the corridor
        cheap = cost.copy()
        cheap[:8] *= 1 + weight
        other = widening_variants(cheap, a, b, width_m=5.0, cell_size=1.0, most=3)
        for variant in other:
            paid = cost[variant.widening.corridor & ~a & ~b].sum()
            bound = max((v.least_shortfall_m2 for v in found if paid <= v.cost), default=0.0)
            assert variant.shortfall_m2 >= bound - 1e-6


def test_where_the_width_cannot_pass_the_widest_ends_the_list():
    a, b = np.zeros((2, 12, 24), dtype=bool)
    a[:, :6], b[:, -6:] = True, True
    cost = np.ones((12, 24))
    cost[:, 12] = np.nan
    cost[4:7, 12] = 1.0
    found = widening_variants(cost, a, b, width_m=5.0, cell_size=1.0)
    assert 1.0 < found[-1].narrowest_m <= 3.0
    assert found[-1].shortfall_m2 > 0.0
    cost[:, 12] = np.nan
    with pytest.raises(InfeasibleWidthError):
        widening_variants(cost, a, b, width_m=5.0, cell_size=1.0)


def test_a_width_of_one_cell_has_no_variants():
    cost, a, b = ground()
    assert [v.narrowest_m for v in widening_variants(cost, a, b, width_m=1, cell_size=1)] == [1]
    with pytest.raises(WidthBelowCellError):
        widening_variants(cost, a, b, width_m=0.5, cell_size=1.0)
    with pytest.raises(ValueError, match="two points"):
        widening_variants(cost, a, b, width_m=2.0, cell_size=1.0, most=1)
