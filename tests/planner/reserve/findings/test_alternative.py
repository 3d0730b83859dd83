from __future__ import annotations

import numpy as np
import pytest

from planner.cli.proposal_tables import enlarging_cost
from planner.reserve.alternative import compute_alternative, read_alternative
from planner.reserve.complexes import ComplexFinder
from planner.reserve.enlarging import Enlarging
from planner.reserve.errors import ReserveRunError
from planner.reserve.proposal import write_proposals
from resources.errors import UsageError


@pytest.fixture
def compared():
    """Return a function that compares some units of a place with enlarging its sites."""

    def work(made, units):
        stored = made.choose(*units)
        finder = ComplexFinder(made.run, made.ground, made.study, made.protected)
        write_proposals(made.run, finder.proposals("best", stored.mask()))
        return compute_alternative(made.run, "best")

    return work


def test_joining_is_compared_with_growth_on_each_side(place, compared):
    made = place()
    joining = made.row_of_units()
    (item,) = compared(made, joining).items
    assert (item.joining_cost, item.joining_km2) == (4.0, 16.0)
    assert item.reached
    # 16 km² of habitat stand open of the target of 18; existing sites hold 24 of it already.
    assert item.missing == ()
    (both,) = item.connected
    assert both.joining_km2 == pytest.approx(40.0)
    assert both.enlarging_km2 >= both.joining_km2 * (1 - 1e-6)
    # Sites that do not meet need more habitat than what is connected in one piece.
    assert item.area_km2 > 16.0
    assert item.factor > 1.0
    assert item.least_cost is not None
    assert item.least_cost <= item.cost + 1e-9
    # Ten units more at least: 40 km² of habitat, of which 24 exist.
    assert item.least_cost == pytest.approx(4.0, abs=0.1)
    _no_site_meets_another(made, item.units)
    assert item.geometry.area == pytest.approx(item.area_km2 * 1e6)
    assert sum(part.area_km2 for part in item.countries) == pytest.approx(item.area_km2)


def _no_site_meets_another(made, units):
    chosen = np.zeros(18, bool)
    chosen[list(units)] = True
    sites = Enlarging(made.run, made.ground)
    before = sites.count
    land = made.ground.land(chosen)
    from scipy import ndimage  # noqa: PLC0415 - only here

    assert ndimage.label(land, structure=np.ones((3, 3)))[1] == before
    country = made.ground.country
    grown = made.ground.cells_of(chosen)
    pieces, count = ndimage.label(land, structure=np.ones((3, 3)))
    for piece in range(1, count + 1):
        codes = set(country[(pieces == piece) & grown].tolist())
        assert codes <= set(country[(pieces == piece) & made.ground.base].tolist())


def test_what_enlarging_cannot_reach_is_told_and_proved(place, compared):
    # The only habitat beside the sites lies over the border from the western site.
    habitat = np.zeros((6, 12), bool)
    habitat[:, :2] = True
    habitat[:, 6:8] = True
    made = place(habitat=habitat, sites={"west": ("CHN", (0, 1))}, target=30.0)
    units = [made.unit(0, c) for c in (2, 4, 6)] + [made.unit(2, 6), made.unit(4, 6)]
    found = compared(made, units)
    (item,) = found.items
    assert not item.reached
    assert {one.kind for one in item.missing} == {"target", "connectivity"}
    target = next(one for one in item.missing if one.kind == "target")
    assert target.needed == pytest.approx(12.0)
    assert target.missing == pytest.approx(12.0)
    assert item.factor is None
    # No land with habitat is within reach of the site on its own side: that is a proof.
    assert item.impossible
    assert item.least_cost is None
    assert "whatever it costs" in item.verdict


def test_growth_that_is_cut_short_tells_how_far_it_came(place, compared):
    # All 48 km² that do not exist are asked for; a column between the sites must stay free.
    made = place(target=72.0)
    (item,) = compared(made, [k for k in range(18) if not made.ground.existing[k]]).items
    assert not item.reached
    assert not item.impossible
    assert 0 < item.cost < item.joining_cost
    target = next(one for one in item.missing if one.kind == "target")
    assert target.missing == pytest.approx(48.0 - item.area_km2)
    assert "lack" in item.verdict


def test_a_proposal_that_adds_nothing_useful_asks_nothing(place, compared):
    made = place(habitat=np.zeros((6, 12), bool), target=0.0)
    (item,) = compared(made, made.row_of_units()).items
    assert not item.needed
    assert item.factor is None
    assert item.cost == 0.0
    assert "nothing that enlarging would have to reach" in item.verdict


def test_a_solution_that_adds_nothing_has_no_alternative(place, compared):
    found = compared(place(), [])
    assert found.whole is None
    assert found.items == ()


def test_a_comparison_is_kept_and_read_back(place, compared):
    made = place()
    found = compared(made, made.row_of_units())
    assert read_alternative(made.run) == found
    assert read_alternative(made.run, "fair-1") is None
    made.run.file("alternative/best.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ReserveRunError, match="compute it anew"):
        read_alternative(made.run)


def test_proposals_must_be_there_first(place):
    made = place()
    made.choose(*made.row_of_units())
    with pytest.raises(UsageError, match="have not been found yet"):
        compute_alternative(made.run, "best")


def test_units_that_touch_two_sites_are_told(place):
    made = place(sites={"west": ("CHN", (0, 1)), "east": ("RUS", (4, 5))})
    sites = Enlarging(made.run, made.ground)
    assert sites.count == 2
    between = made.unit(0, 2)  # columns 2 and 3 touch columns 1 and 4
    terrain = sites.terrain({"CHN", "RUS"})
    assert terrain.touching[between] == -2
    assert not terrain.open[made.unit(0, 0)]
    only = sites.terrain({"RUS"})
    assert not only.open[made.unit(0, 2)]


def test_a_unit_taken_off_costs_no_less_connectivity_than_is_said(place):
    habitat = np.random.default_rng(3).uniform(size=(6, 12)) < 0.7
    habitat[:, :2] = habitat[:, 10:] = True
    made = place(habitat=habitat)
    sites = Enlarging(made.run, made.ground)
    rng = np.random.default_rng(4)
    for _ in range(20):
        chosen = ~made.ground.existing & (rng.uniform(size=18) < 0.6)
        reach = sites.measure({"amur-tiger": 0.0}, chosen)
        held = float(reach.spare[0])
        for unit in range(18):
            without = chosen & (np.arange(18) != unit)
            lost = held - float(sites.measure({"amur-tiger": 0.0}, without).spare[0])
            assert lost >= reach.loss[0, unit] * (1 - 1e-9) - 1e-6
            if reach.loss[0, unit] == 0:
                assert lost == pytest.approx(0.0, abs=1e-6)


def test_a_comparison_that_is_cut_short_says_so(place, compared):
    made = place()
    compared(made, made.row_of_units())
    found = compute_alternative(made.run, "best", seconds=0.0)
    assert found == read_alternative(made.run)
    (item,) = found.items
    assert item.cut_short
    assert item.least_cost is None
    assert not item.reached
    assert "in the time given" in item.verdict
    assert not item.impossible


def test_what_is_reached_but_not_tried_to_the_end_says_so(place, compared):
    made = place()
    (item,) = compared(made, made.row_of_units()).items
    assert not item.cut_short
    assert "The time was over" not in item.verdict
    assert "The time was over" in item.model_copy(update={"cut_short": True}).verdict


def test_a_comparison_is_cancelled_at_once(place, compared):
    class CancelledError(Exception):
        pass

    class Control:
        def __init__(self, after):
            self.left = after

        def report(self, _fraction):
            self.left -= 1
            if self.left < 0:
                raise CancelledError

    made = place()
    before = compared(made, made.row_of_units())
    for after in (0, 3, 8):
        with pytest.raises(CancelledError):
            compute_alternative(made.run, "best", control=Control(after))
    assert read_alternative(made.run) == before  # what was there is kept


@pytest.mark.parametrize(
    ("cut_short", "told"), [(True, "not found in time"), (False, "not reached")]
)
def test_a_table_tells_time_that_was_over_from_land_that_is_not_enough(
    place, compared, cut_short, told
):
    made = place(target=72.0)
    (item,) = compared(made, [k for k in range(18) if not made.ground.existing[k]]).items
    assert enlarging_cost(item.model_copy(update={"cut_short": cut_short})) == told
