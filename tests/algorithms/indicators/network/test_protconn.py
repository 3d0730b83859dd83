import numpy as np
import pytest

from algorithms.indicators.network.links import links_between
from algorithms.indicators.network.protconn import protconn

HALF = {"reference_distance": 10.0, "probability": 0.5}


def between(*rows):
    return links_between(np.array(rows, dtype=float))


def test_two_areas_that_touch_across_a_border_are_fully_connected():
    """30 and 40 of 100 touch: all 70 are connected; the R package leaves that out."""
    found = protconn(np.array([30.0, 40.0]), between([0, 0], [0, 0]), region_area=100.0, **HALF)
    assert found.prot == 70
    assert found.protconn == pytest.approx(70)
    assert found.protunconn == pytest.approx(0)
    assert found.relconn == pytest.approx(100)
    assert found.within == pytest.approx(100 * 50 / 70)
    assert found.contig == pytest.approx(100 * 20 / 70)
    assert found.protected == pytest.approx(100)
    assert found.unprot == found.trans == 0
    assert found.bound is None


def test_over_unprotected_land_by_hand():
    found = protconn(
        np.array([30.0, 40.0]), between([0, 10], [10, 0]), region_area=100.0, **HALF
    )
    connected = np.sqrt(900 + 1600 + 2 * 0.5 * 1200)
    assert found.protconn == pytest.approx(connected)
    assert found.within == pytest.approx(100 * 50 / connected)
    assert found.contig == pytest.approx(0)
    assert found.unprot == pytest.approx(100 * (connected - 50) / connected)
    assert found.within + found.contig + found.unprot + found.trans == pytest.approx(100)


def test_an_area_abroad_that_touches_both_is_a_stepping_stone():
    """Two areas 30 apart; one abroad touches both, so the pair is connected over it alone."""
    links = between([0, 30, 0], [30, 0, 0], [0, 0, 0])
    area = np.array([30.0, 40.0, 500.0])
    abroad = np.array([False, False, True])
    found = protconn(area, links, region_area=100.0, outside=abroad, **HALF)
    alone = np.sqrt(900 + 1600 + 2 * 0.125 * 1200)
    assert found.prot == 70
    assert found.protconn == pytest.approx(70)
    assert found.trans == pytest.approx(100 * (70 - alone) / 70)
    assert found.unprot == pytest.approx(100 * (alone - 50) / 70)
    assert found.contig == pytest.approx(0)


def test_bound_takes_off_only_what_the_region_could_change():
    """Two areas on one piece of land and one on an island too far away."""
    links = between([0, 10, np.inf], [10, 0, np.inf], [np.inf, np.inf, 0])
    area = np.array([30.0, 40.0, 20.0])
    found = protconn(area, links, region_area=100.0, land=np.array([0, 0, 5]), **HALF)
    now = np.sqrt(900 + 1600 + 400 + 1200)
    designed = np.sqrt(70**2 + 400)
    assert found.unconnected_by_design == pytest.approx(designed - now)
    assert found.bound == pytest.approx(90 - (designed - now))
    assert found.protconn < found.bound < found.prot


def test_touching_has_a_tolerance_and_nothing_is_nothing():
    links = between([0, 0.5], [0.5, 0])
    strict = protconn(np.ones(2), links, region_area=10.0, **HALF)
    loose = protconn(np.ones(2), links, region_area=10.0, touching=1.0, **HALF)
    assert strict.contig == pytest.approx(0)
    assert loose.contig > 0
    empty = protconn(np.zeros(0), links_between(np.zeros((0, 0))), region_area=1.0, **HALF)
    assert empty.prot == empty.protconn == empty.relconn == empty.within == 0


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"region_area": 0.0}, "whole area"),
        ({"region_area": 1.0}, "only 1"),
        ({"outside": np.zeros(3, bool)}, "outside has"),
        ({"land": np.zeros(3, np.int32)}, "land has"),
        ({"land": np.array([0, -1])}, "-1 outside"),
        ({"touching": -1.0}, "touching"),
        ({"probability": 1.0}, "probability"),
    ],
)
def test_refuses_what_it_cannot_mean(wrong, told):
    given = {"region_area": 10.0, **HALF} | wrong
    with pytest.raises(ValueError, match=told):
        protconn(np.ones(2), between([0, 1], [1, 0]), **given)
