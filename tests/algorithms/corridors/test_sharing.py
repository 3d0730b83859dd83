import numpy as np
import pytest

from algorithms.corridors.sharing import SpeciesNeed, shared_ground
from algorithms.corridors.widening import widen


def test_the_widest_need_holds_and_what_any_shuns_is_excluded():
    cost = np.ones((15, 30))
    lake, town = np.zeros((2, 15, 30), dtype=bool)
    lake[0:3, 12:18] = True
    town[12:15, 12:18] = True
    ground = shared_ground(
        cost, [SpeciesNeed("leopard", 30.0, lake), SpeciesNeed("tiger", 50.0, town)]
    )
    assert ground.width_m == 50.0
    assert ground.widest == ("tiger",)
    np.testing.assert_array_equal(np.isnan(ground.cost), lake | town)
    assert np.isfinite(cost).all()
    a, b = np.zeros((2, 15, 30), dtype=bool)
    a[:, :6], b[:, -6:] = True, True
    found = widen(ground.cost, a, b, width_m=ground.width_m, cell_size=10.0)
    assert not (found.corridor & (lake | town)).any()
    assert found.verified_minimum_width_m >= 50.0


def test_equal_needs_are_both_named():
    nothing = np.zeros((2, 2), dtype=bool)
    needs = [SpeciesNeed("a", 20.0, nothing), SpeciesNeed("b", 20.0, nothing)]
    assert shared_ground(np.ones((2, 2)), needs).widest == ("a", "b")


def test_refuses_what_cannot_be_shared():
    with pytest.raises(ValueError, match="one species at least"):
        shared_ground(np.ones((2, 2)), [])
    with pytest.raises(ValueError, match="excluded for tiger has the shape"):
        shared_ground(np.ones((2, 2)), [SpeciesNeed("tiger", 1.0, np.zeros((3, 2), bool))])
    with pytest.raises(ValueError, match="width that tiger needs"):
        SpeciesNeed("tiger", 0.0, np.zeros((2, 2), bool))
