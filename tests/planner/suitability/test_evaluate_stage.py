"""Folds that cannot be evaluated say why; what fails alone takes nothing else with it."""

from __future__ import annotations

import io
import shutil

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from algorithms.control import NULL_CONTROL
from algorithms.suitability.evaluation.ratings import UnevaluableError
from planner.cli.suitability.summary import tell_evaluation
from planner.suitability import RunError, RunFolder
from planner.suitability.context import StudyContext
from planner.suitability.stages import evaluate_stage
from planner.suitability.stages.evaluate_stage import evaluate, store_evaluation
from planner.suitability.stages.sample_stage import Sample
from planner.suitability.study import EvaluationSettings
from planner.suitability.workflow import evaluate_run

COUNTRIES = EvaluationSettings(folds="countries", bootstraps=20)


@pytest.fixture
def context(finished, tmp_path):
    shutil.copytree(finished[0], tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    return StudyContext(folder.study(), folder)


@pytest.fixture
def sample(context):
    """West and east are States with presences; the northernmost background is a third."""
    found = Sample.read(context)
    found.country = np.where(found.x < np.median(found.x[found.presence]), "CHN", "RUS")
    north = ~found.presence & (found.y > np.quantile(found.y, 0.8))
    found.country[north] = "MNG"
    return found


def test_a_state_without_presences_says_why_and_no_model_is_fitted_for_it(
    context, sample, monkeypatch
):
    made = []

    def counted(*arguments):
        made.append(arguments)
        return make(*arguments)

    make = evaluate_stage.make_model
    monkeypatch.setattr(evaluate_stage, "make_model", counted)
    found = evaluate(context, sample, COUNTRIES, NULL_CONTROL)
    folds = {fold.name: fold for fold in found.result.folds}
    assert folds["CHN"].reason == folds["RUS"].reason == ""
    assert folds["MNG"].auc is None
    assert "no presence lies in it" in folds["MNG"].reason
    assert len(made) == 2
    assert np.isnan(found.arrays["predicted"][sample.country == "MNG"]).all()


def test_reasons_reach_the_table_and_the_terminal(context, sample, monkeypatch):
    monkeypatch.setattr(Sample, "read", classmethod(lambda *_: sample))
    context.study = context.study.model_copy(update={"evaluation": COUNTRIES})
    store_evaluation(context, NULL_CONTROL, "")
    table = pd.read_csv(context.folder.path / "evaluation.csv").set_index("part")
    assert "no presence lies in it" in table.loc["MNG", "reason"]
    assert pd.isna(table.loc["CHN", "reason"])
    console = Console(width=200, record=True, file=io.StringIO())
    found = evaluate(context, sample, COUNTRIES, NULL_CONTROL).result
    tell_evaluation(console, found)
    text = console.export_text()
    assert "Mongolia" in text
    assert "no presence lies in it" in text


def test_null_models_that_cannot_be_made_leave_the_evaluation(context, sample, monkeypatch):
    def refuse(*_, **__):
        raise UnevaluableError("The background is too small.")

    monkeypatch.setattr(evaluate_stage, "null_model_test", refuse)
    settings = EvaluationSettings(folds="random", count=2, bootstraps=20, null_models=3)
    found = evaluate(context, sample, settings, NULL_CONTROL).result
    assert found.auc.value > 0.6
    assert len(found.folds) == 2
    assert found.null_model is None
    assert found.note == "There are no null models: The background is too small."


def test_an_evaluation_takes_the_lock_of_its_run(context):
    other = RunFolder(context.folder.path)
    with other.held(), pytest.raises(RunError, match="in use"):
        evaluate_run(context.folder, COUNTRIES)


def test_members_agree_by_thresholds_on_unseen_records(shared_landscape, tmp_path, run):
    study = shared_landscape.study(
        model={"kind": "ensemble"},
        sampling={"points": 300},
        evaluation={"count": 2, "bootstraps": 20, "importance_repeats": 1},
    )
    results, _ = run(study, tmp_path / "run")
    context = StudyContext(study, RunFolder(tmp_path / "run"))
    unseen = evaluate_stage.member_ratings_of_unseen(context)
    assert set(unseen) == set(results.fit.members)
    presence = Sample.read(context).presence
    (note,) = [note for note in results.maps[0].notes if "Agreement" in note]
    assert "had not seen" in note
    for name, said in unseen.items():
        skill = [
            np.mean(said[presence] >= cut) - np.mean(said[~presence] >= cut)
            for cut in np.unique(said)
        ]
        best = np.unique(said)[int(np.argmax(skill))]
        told = float(note.split(f"{name} ")[1].split(",")[0].split(" and")[0].rstrip("."))
        at_told = np.mean(said[presence] >= told - 5e-4) - np.mean(said[~presence] >= told)
        assert at_told == pytest.approx(max(skill), abs=0.05), (name, best)
