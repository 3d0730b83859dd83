from __future__ import annotations

from html.parser import HTMLParser

import numpy as np
import pytest

from planner.report.reserve_plots import beyond_the_edge, trace_plot
from planner.report.reserve_report import report_path, write_reserve_report
from planner.reserve.alternative import compute_alternative
from planner.reserve.complexes import ComplexFinder
from planner.reserve.fairness_curve import compute_fairness, read_fairness
from planner.reserve.ledger import compute_ledger
from planner.reserve.portfolio_run import PortfolioRule, compute_portfolio
from planner.reserve.proposal import write_proposals
from planner.reserve.withdrawal_run import compute_withdrawal
from resources.translation import LANGUAGES, speaking, tr

PNG = b"\x89PNG"


class Words(HTMLParser):
    def __init__(self):
        super().__init__()
        self.words, self.pictures, self.skipping = [], 0, False

    def handle_starttag(self, tag, attrs):
        self.skipping = tag == "style"
        self.pictures += tag == "img"

    def handle_endtag(self, tag):
        self.skipping = False

    def handle_data(self, data):
        if not self.skipping:
            self.words += data.split()


def read(path):
    found = Words()
    found.feed(path.read_text(encoding="utf-8"))
    return " ".join(found.words), found.pictures


@pytest.fixture
def looked_at(place):
    """Return a place of which everything has been worked out."""
    made = place(cost=np.where(np.arange(18) % 6 < 3, 1.0, 2.0), target=40.0)
    made.add_pair()
    made.solve()
    stored = made.choose(*made.row_of_units())
    finder = ComplexFinder(made.run, made.ground, made.study, made.protected)
    write_proposals(made.run, finder.proposals("best", stored.mask()))
    compute_ledger(made.run, "best")
    compute_alternative(made.run, "best")
    return made


def test_a_report_tells_what_has_been_found_so_far(looked_at):
    path = write_reserve_report(looked_at.project, looked_at.run)
    assert path == report_path(looked_at.run) == looked_at.run.file("report.html")
    words, pictures = read(path)
    for part in (
        "Country ledger",
        "West and East",
        "transboundary conservation landscape",
        "Compared with enlarging existing sites",
        "proved to be the best",
        "Cost is relative and no money.",
        "What was asked",
        "Amur tiger",
        "How sure it is",
    ):
        assert part in words
    assert "Price of fairness" not in words
    assert "If a country withdraws" not in words
    assert pictures == 3


def test_a_report_has_curve_portfolio_and_withdrawals_once_they_are_there(looked_at):
    run = looked_at.run
    looked_at.solve()
    compute_fairness(run, 2)
    compute_portfolio(run, PortfolioRule(count=2, within=0.5, distance=0.2))
    compute_withdrawal(run, "CHN")
    words, pictures = read(write_reserve_report(looked_at.project, run))
    for part in (
        "Price of fairness",
        "entitled to CHN 50 %, RUS 50 % of it",
        "CHN China, RUS Russian Federation",
        "The value is the cost of new land.",
        "No-regret land",
        "If China withdraws (its existing sites stay)",
    ):
        assert part in words
    assert pictures == 5


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_the_report_lies_there_in_every_language(looked_at, code):
    with speaking(code):
        path = write_reserve_report(looked_at.project, looked_at.run)
        wanted = (tr("Country ledger"), tr("What is proposed"), tr("Cost"))
    assert path == looked_at.run.file(f"report-{code}.html")
    words, pictures = read(path)
    assert all(part in words for part in wanted)
    assert pictures == 3
    text = path.read_text("utf-8")
    assert f'<html lang="{code}">' in text
    for other in LANGUAGES:
        beside = report_path(looked_at.run, code=other)
        assert beside.is_file()
        assert (f'href="{beside.name}"' in text) == (other != code)


def test_a_report_of_another_solution_lies_beside_it(looked_at):
    looked_at.solve()
    compute_fairness(looked_at.run, 2)
    path = write_reserve_report(looked_at.project, looked_at.run, "fair-2")
    assert path.name == "report_fair-2.html"
    words, _ = read(path)
    assert "Country ledger" in words
    assert "Transboundary proposals" not in words


def test_points_of_which_little_is_known_are_left_out_of_the_plot(looked_at):
    looked_at.solve()
    compute_fairness(looked_at.run, 3)
    curve = read_fairness(looked_at.run)
    assert beyond_the_edge(curve) == ()
    last = curve.points[-1].model_copy(update={"value": 1e6})
    wild = curve.model_copy(update={"points": (*curve.points[:-1], last)})
    assert beyond_the_edge(wild) == (last.solution,)


def test_a_trace_without_a_bound_is_drawn():
    trace = np.array([[0.1, 9.0, np.nan, np.nan], [0.5, 7.0, np.nan, np.nan]])
    assert trace_plot(trace).startswith(PNG)
