from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from planner.reserve.fairness_curve import TABLE as FAIRNESS_TABLE
from planner.reserve.fairness_curve import compute_fairness, read_fairness
from planner.reserve.ledger import read_ledger
from planner.reserve.portfolio_run import (
    TABLE,
    PortfolioRule,
    compute_portfolio,
    read_portfolio,
)
from planner.reserve.withdrawal_run import compute_withdrawal, read_withdrawals
from planner.reserve.words import withdrawal_lines
from resources.errors import UsageError


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


@pytest.fixture
def dear_in_russia(place):
    """Return a place where land in Russia costs twice, its best solution found."""
    made = place(cost=np.where(np.arange(18) % 6 < 3, 1.0, 2.0), target=40.0)
    made.solve()
    return made


def test_the_price_of_fairness_by_hand(dear_in_russia):
    # Four units are needed. China alone gives them for 4; half and half costs 6.
    run = dear_in_russia.run
    curve = compute_fairness(run, 2)
    first, last = curve.points
    assert (first.cost, first.evenness, first.price) == (4.0, 0.0, 0.0)
    assert last.cost == 6.0
    assert last.evenness == pytest.approx(1.0)
    assert last.gini == pytest.approx(0.0)
    assert last.price == pytest.approx(0.5)
    assert last.price_lower <= 0.5 <= last.price_upper
    assert [portion.share for portion in last.portions] == pytest.approx([0.5, 0.5])
    assert read_fairness(run) == curve
    stored = run.solution(last.solution)
    assert stored.kind == "fair"
    assert stored.cost == 6.0
    assert read_ledger(run, last.solution).lines[1].cost == 4.0
    rows = rows_of(run.file(FAIRNESS_TABLE))
    assert [float(row["cost"]) for row in rows] == [4.0, 6.0]


def test_a_curve_made_anew_leaves_no_older_point(dear_in_russia):
    run = dear_in_russia.run
    many = compute_fairness(run, 4)
    few = compute_fairness(run, 2)
    assert len(many.points) > len(few.points)
    names = {solution.name for solution in run.solutions()}
    assert names == {"best", *(point.solution for point in few.points)}


def test_members_of_a_portfolio_differ_and_are_kept(dear_in_russia):
    run = dear_in_russia.run
    found = compute_portfolio(run, PortfolioRule(count=3, within=0.0, distance=0.25))
    assert len(found.members) == 3
    assert all(member.cost == 4.0 for member in found.members)
    for place, member in enumerate(found.members):
        assert run.solution(member.solution).kind == "portfolio"
        assert all(
            value >= 0.25 - 1e-9 for at, value in enumerate(member.distance) if at != place
        )
    assert read_portfolio(run) == found
    masks = [run.solution(member.solution).mask() for member in found.members]
    assert found.frequency == pytest.approx(np.mean(masks, axis=0))
    # Nine units are for sale at 1 in China, any four will do... six of them are.
    assert found.no_regret == ()
    assert {row["no_regret"] for row in rows_of(run.file(TABLE))} <= {
        "no",
        "in every one found",
    }
    assert run.file("frequency.gpkg").is_file()


def test_what_every_good_solution_has_is_proved(place):
    # Habitat is in one row of units only: all four are needed.
    habitat = np.zeros((6, 12), bool)
    habitat[:2] = True
    made = place(habitat=habitat, target=24.0)
    made.solve()
    found = compute_portfolio(made.run, PortfolioRule(count=2, within=0.1, distance=0.2))
    assert set(made.row_of_units()) <= set(found.no_regret)
    assert set(found.no_regret) <= set(found.in_every_found)
    china, russia, whole = found.by_country
    assert (china.iso3, russia.iso3, whole.iso3) == ("CHN", "RUS", "ALL")
    assert (china.proved, whole.proved, whole.proved_km2, whole.found) == (2, 4, 16.0, 0)
    assert found.exhausted


def test_others_pay_where_a_country_withdraws(dear_in_russia):
    run = dear_in_russia.run
    found = compute_withdrawal(run, "CHN")
    assert (found.cost_before, found.cost_after) == (4.0, 8.0)
    assert found.solution == "without-CHN"
    assert run.solution("without-CHN").kind == "withdrawn"
    china, russia = found.countries
    assert (china.area_before_km2, china.area_after_km2) == (16.0, 0.0)
    assert (russia.cost_before, russia.cost_after) == (0.0, 8.0)
    assert found.rise_lower <= 4.0 <= found.rise_upper
    assert read_withdrawals(run) == (found,)
    assert any("4.0 more" in line for line in withdrawal_lines(found))


def test_targets_that_are_lost_are_told_once(place):
    habitat = np.zeros((6, 12), bool)
    habitat[:2] = True
    made = place(habitat=habitat, target=24.0)
    made.solve()
    found = compute_withdrawal(made.run, "RUS")
    (lost,) = found.lost
    assert (lost.feature, lost.target, lost.most) == ("Habitat", 24.0, 16.0)
    told = withdrawal_lines(found)
    assert sum("Habitat" in line for line in told) == 1
    assert any("hold 16.0 km² at most (66.7 %)" in line for line in told)
    assert any("cannot be compared" in line for line in told)
    assert not any("worse by" in line for line in told)


def test_a_country_without_land_cannot_withdraw(dear_in_russia):
    with pytest.raises(UsageError, match="Countries: CHN, RUS"):
        compute_withdrawal(dear_in_russia.run, "MNG")
