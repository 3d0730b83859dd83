from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from algorithms.reserve.solving import solve
from layers.catalogue import UnknownSiteError
from planner.report.reserve_report import write_reserve_report
from planner.reserve import found as found_module
from planner.reserve import reasons
from planner.reserve.alternative import read_alternative
from planner.reserve.fairness_curve import compute_fairness
from planner.reserve.found import replacement_effort, store_findings
from planner.reserve.ground import GROUND, save_ground
from planner.reserve.ledger import read_ledger
from planner.reserve.proposal import read_proposals
from planner.reserve.reasons import answered_problem, other_demands
from planner.reserve.request_file import request_from
from planner.reserve.stored_solution import StoredSolution


@pytest.fixture
def findings(monkeypatch):
    """Return a function that works out what a solution of a place means."""

    def work(made, solution="best", **options):
        monkeypatch.setattr(
            found_module,
            "ground_of",
            lambda _project, _run: (made.ground, made.study, made.protected),
        )
        return store_findings(made.run, made.project, solution=solution, **options)

    return work


def test_a_solution_gets_ledger_proposals_and_alternative(place, findings):
    made = place(cost=np.arange(18) % 6 + 1.0)
    made.add_pair()
    made.choose(*made.row_of_units())
    made.run.file(GROUND).unlink()
    found = findings(made)
    assert made.run.file(GROUND).is_file()
    assert read_ledger(made.run, "best").total.area_km2 == 16.0
    assert read_alternative(made.run).whole.joining_cost == 14.0
    assert read_proposals(made.run, "best") == found
    (item,) = found.items
    china, russia = item.parts
    assert (china.iso3, china.units, china.area_km2) == ("CHN", (1, 2), 8.0)
    assert (russia.iso3, russia.cost) == ("RUS", 9.0)
    assert item.reasons[0].startswith("West and East: 8.0 km apart, by nominal footprints")
    assert re.match(
        r"Land added in CHN, part 1 \(8.0 km² in 2 units\): It lies about 4\d\.\d\d N, "
        r"13\d\.\d\d E\. It adds to features whose targets existing land holds already: "
        r"Habitat\.",
        item.reasons[2],
    )


def test_the_reasons_of_a_part_are_measured(place, findings):
    habitat = np.ones((6, 12), bool)
    made = place(habitat=habitat, target=40.0)
    made.solve()
    made.choose(*made.row_of_units())
    (item,) = findings(made).items
    part = item.parts[0]
    # All units are alike: another row of them does as well, and nothing is rare.
    assert not part.irreplaceable
    assert part.rarity == pytest.approx(1.0)
    (loss,) = part.connected
    # Without it the western 12 km² are 4 km from the other 28.
    assert 0 < loss.km2 < 12
    (gain,) = part.features
    assert gain.share_of_target == pytest.approx(8 / 40)


def test_what_cannot_be_replaced_is_told(place, findings):
    # Habitat lies in the row of units alone, and the target asks for all of it.
    habitat = np.zeros((6, 12), bool)
    habitat[:2] = True
    made = place(habitat=habitat, target=24.0)
    made.solve()
    (item,) = findings(made).items
    assert all(part.irreplaceable for part in item.parts)
    assert all(part.replacement_upper is None for part in item.parts)
    assert "Nothing can replace it" in item.reasons[-1]
    assert "times as much of what is rare" in item.reasons[-1]


def test_findings_of_another_solution_use_the_kept_ground(place, findings):
    made = place()
    made.choose(*made.row_of_units())
    findings(made)
    before = made.run.file(GROUND).read_bytes()
    made.choose(*made.row_of_units(1), name="other")
    findings(made, "other")
    assert made.run.file(GROUND).read_bytes() == before
    assert read_proposals(made.run, "other").items[0].proposal_id.endswith("-other-1")
    assert read_ledger(made.run, "other").solution == "other"


def test_it_tells_how_far_it_is_and_may_be_cancelled(place, findings):
    class CancelledError(Exception):
        pass

    class Control:
        def __init__(self, until):
            self.told, self.until = [], until

        def report(self, fraction):
            self.told.append(fraction)
            if fraction >= self.until:
                raise CancelledError

    made = place()
    made.choose(*made.row_of_units())
    control = Control(2.0)
    findings(made, control=control)
    assert control.told == sorted(control.told)
    assert control.told[-1] == 1.0
    with pytest.raises(CancelledError):
        findings(made, control=Control(0.15))


def test_a_site_that_the_catalogue_does_not_know_is_no_error(place, findings):
    class NoSuchSite(dict):
        def __missing__(self, site_id):
            raise UnknownSiteError(site_id)

    made = place()
    made.study.catalogue = NoSuchSite()
    made.choose(*made.row_of_units())
    (item,) = findings(made).items
    assert any("records the species at none of the sites" in told for told in item.reasons)


def test_of_many_parts_only_the_largest_are_measured(place, findings, monkeypatch):
    monkeypatch.setattr(reasons, "MOST_MEASURED", 1)
    made = place()
    made.choose(*made.row_of_units(), made.unit(4, 2))
    (item,) = findings(made).items
    measured = [part for part in item.parts if part.connected]
    assert len(item.parts) > 1
    assert measured == [item.parts[0]]
    assert not any("Without it" in told for part in item.parts[1:] for told in part.reasons)


def test_a_run_without_species_is_measured_by_its_features_alone(place, findings):
    made = place()
    made.ground = replace(made.ground, habitat={}, thresholds={})
    save_ground(made.run.folder, made.ground)
    made.choose(*made.row_of_units())
    (item,) = findings(made).items
    assert item.species == ()
    ledger = read_ledger(made.run, "best")
    assert ledger.total.species == ()
    assert all(line.connected_share is None for line in ledger.lines)
    assert [line.gain_share for line in ledger.lines] == [0.5, 0.5]
    whole = read_alternative(made.run).whole
    assert whole.connected == ()
    assert whole.needed is False  # existing sites hold the target of 18 already
    assert whole.cost == 0.0
    write_reserve_report(made.project, made.run)


def test_a_run_without_targets_is_measured_by_amounts(place, findings):
    made = place()
    problem = replace(made.run.problem(), target=None, objective="maximum_utility", budget=4.0)
    made.run.store_problem(made.run.units, problem, made.run.country_names)
    found = solve(problem, gap=0.0, threads=1)
    made.run.save_solution("best", found, label="Best", kind="best")
    proposals = findings(made)
    ledger = read_ledger(made.run, "best")
    assert ledger.total.targets == pytest.approx(16.0)
    assert ledger.total.features[0].share_of_target is None
    told = [
        reason for item in proposals.items for part in item.parts for reason in part.reasons
    ]
    assert not any("of the target" in reason for reason in told)
    assert read_alternative(made.run).whole.needed
    write_reserve_report(made.project, made.run)


@pytest.mark.parametrize(
    ("parts", "demands"),
    [
        ({}, ()),
        ({"goal": {"neighbours": 2}}, ("each unit, existing ones too, needs 2",)),
        ({"goal": {"contiguous": "whole"}}, ("the land must hang together",)),
        ({"shares": {"minimum": {"CHN": 0.2}}}, ("the countries' shares are to be kept",)),
        ({"goal": {"boundary_penalty": 1.0}}, ("the boundary is to be short",)),
    ],
)
def test_what_else_is_asked_is_told_of_land_that_holds_nothing(parts, demands):
    feature = {"kind": "habitat", "species": "amur-tiger", "target": {"share": 0.3}}
    stored = StoredSolution.model_construct(kind="best", parameters={})
    found = other_demands(request_from({"features": [feature], **parts}), stored)
    assert len(found) == len(demands)
    assert all(a.startswith(b) for a, b in zip(found, demands, strict=True))


def test_what_there_was_no_time_to_measure_is_told(place, findings, monkeypatch):
    monkeypatch.setattr(reasons, "CONNECTED_SHARE", 0.0)
    made = place(target=40.0)
    made.choose(*made.row_of_units())
    for part in findings(made).items[0].parts:
        assert part.connected == ()
        assert reasons.UNMEASURED in part.reasons


@pytest.mark.parametrize(
    ("limit", "searched", "seconds"),
    [(60.0, 1.0, 20.0), (60.0, 12.0, 24.0), (60.0, 60.0, 30.0), (10.0, 1.0, 5.0)],
)
def test_replacement_takes_a_share_of_what_the_search_took(place, limit, searched, seconds):
    made = place()
    search = made.request.search.model_copy(update={"time_limit_s": limit})
    run = SimpleNamespace(request=made.request.model_copy(update={"search": search}))
    assert replacement_effort(run, searched).time_limit == seconds


def test_a_fair_solution_is_asked_for_its_shares_too(place, findings):
    dear = np.where(np.arange(18) % 6 < 3, 1.0, 2.0)
    made = place(cost=dear + np.arange(18) / 10.0, target=40.0)
    made.add_pair()
    made.solve()
    compute_fairness(made.run, 2)
    even = made.run.solution("fair-2")
    floors = answered_problem(made.run, even).share_min
    assert set(floors) == {0, 1}
    assert min(floors.values()) > 0.4
    assert "the countries' shares are to be kept" in other_demands(made.run.request, even)
    (item,) = findings(made, "fair-2").items
    abroad = [part for part in item.parts if part.iso3 == "RUS"]
    assert abroad
    assert not any("no loss" in reason for part in abroad for reason in part.reasons)


def test_what_is_asked_once_a_country_has_left_is_not_kept(place):
    made = place()
    gone = StoredSolution.model_construct(kind="withdrawn", parameters={})
    assert answered_problem(made.run, gone) is None
