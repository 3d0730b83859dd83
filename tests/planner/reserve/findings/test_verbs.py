from __future__ import annotations

import numpy as np
import pytest

from planner.cli import main
from planner.cli.ledger import ledger as ledger_verb
from planner.cli.portfolio import portfolio as portfolio_verb
from planner.project import Project
from planner.reserve.alternative import compute_alternative
from planner.reserve.complexes import ComplexFinder
from planner.reserve.ledger import compute_ledger
from planner.reserve.proposal import write_proposals


@pytest.fixture
def landbridge(capsys, monkeypatch):
    """Return a function that runs the command in this process; gives status, out and err."""
    monkeypatch.setenv("COLUMNS", "100")

    def run(*words):
        capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            main([str(word) for word in words])
        told = capsys.readouterr()
        return caught.value.code, told.out, told.err

    return run


@pytest.fixture
def looked_at(place):
    """Return the folder of a project with a run that is worked out, and the place."""
    made = place(cost=np.where(np.arange(18) % 6 < 3, 1.0, 2.0), target=40.0)
    made.add_pair()
    made.solve()
    stored = made.choose(*made.row_of_units())
    finder = ComplexFinder(made.run, made.ground, made.study, made.protected)
    write_proposals(made.run, finder.proposals("best", stored.mask()))
    compute_ledger(made.run, "best")
    compute_alternative(made.run, "best")
    folder = made.project.path
    made.project.close()
    return folder, made


def test_the_ledger_shows_who_gives_and_gains(landbridge, looked_at):
    folder, made = looked_at
    run = made.run
    status, out, err = landbridge("ledger", folder)
    assert (status, err) == (0, "")
    for part in ("CHN", "RUS", "Gains by species", "Amur tiger", "West and East", "Ratio"):
        assert part in out
    assert "All together: Enlarging existing sites" in out
    assert str(run.file("ledger.csv")) in out.replace("\n", "")
    assert run.file("report.html").is_file()


def test_the_ledger_computes_the_price_of_fairness_and_opens_a_point(landbridge, looked_at):
    folder, made = looked_at
    run = made.run
    made.solve()
    status, out, _ = landbridge("ledger", folder, run.run_id[:4], "--fairness", 2)
    assert status == 0
    assert "Price of fairness: shares of area" in out
    assert "fair-2" in out
    assert run.file("fairness.csv").is_file()


def test_the_ledger_tells_reasons_and_sends(landbridge, looked_at):
    folder, _ = looked_at
    status, out, _ = landbridge("ledger", folder, "--reasons", "--send", "plan")
    assert status == 0
    assert "transboundary conservation landscape" in out
    assert "the scenario plan as drafts: 1 transboundary and 0 national proposals." in out
    _, out, _ = landbridge("ledger", folder, "--send", "plan")
    assert "in place of 1 sent before." in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--fairness", "1"], "two points at least"),
        (["--solution", "fare-1"], "no solution 'fare-1'"),
        (["zzzz"], "no run 'zzzz'"),
    ],
)
def test_what_the_ledger_cannot_do_is_told(landbridge, looked_at, words, told):
    folder, _ = looked_at
    status, _, err = landbridge("ledger", folder, *words)
    assert status == 2
    assert told in err


def test_a_portfolio_is_found_and_shown(landbridge, looked_at):
    folder, made = looked_at
    run = made.run
    status, out, _ = landbridge(
        "portfolio", folder, "--k", 2, "--within", 50, "--distance", 0.2, "--time-limit", 20
    )
    assert status == 0
    assert "within 50 % of the best" in out
    assert "portfolio-2" in out
    assert "no-regret land" in out
    assert run.file("portfolio.csv").is_file()


def test_a_withdrawal_is_told(landbridge, looked_at):
    folder, _ = looked_at
    status, out, _ = landbridge("portfolio", folder, "--without", "chn", "--sites-too")
    assert status == 0
    assert "If China withdraws (without its sites too)" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--distance", "0"], "--distance must be over 0"),
        (["--within", "200"], "percentage from 0 to 100"),
        (["--sites-too"], "goes with --without"),
        (["--without", "MNG"], "no land in 'MNG'"),
    ],
)
def test_what_a_portfolio_cannot_be_is_told(landbridge, looked_at, words, told):
    folder, _ = looked_at
    status, _, err = landbridge("portfolio", folder, *words)
    assert status == 2
    assert told in err


def test_a_project_without_a_run_is_told(landbridge, place):
    made = place()
    for path in sorted(made.run.folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    made.run.folder.rmdir()
    folder = made.project.path
    made.project.close()
    for verb in (ledger_verb, portfolio_verb):
        status, _, err = landbridge(verb.__name__, folder)
        assert status == 2
        assert "no run of proposals yet" in err


def test_a_project_that_is_open_elsewhere_is_shown_and_not_written(landbridge, looked_at):
    folder, made = looked_at
    with Project.open(folder):
        status, out, _ = landbridge("ledger", folder)
        assert status == 0
        assert "West and East" in out
        assert "Not written" in out
        assert not made.run.file("report.html").is_file()
        for words in (("ledger", folder, "--fairness", 2), ("portfolio", folder)):
            status, _, err = landbridge(*words)
            assert status == 1
            assert "open" in err
