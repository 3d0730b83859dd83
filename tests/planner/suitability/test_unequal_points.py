"""Evaluations where points do not count alike: records in parts, background by effort."""

from __future__ import annotations

import numpy as np
import pytest

from algorithms.control import NULL_CONTROL
from algorithms.suitability.evaluation.boyce import continuous_boyce
from algorithms.suitability.evaluation.cross_validation import CountedPoints, cross_validate
from algorithms.suitability.evaluation.discrimination import auc
from planner.suitability import RunFolder
from planner.suitability.context import StudyContext
from planner.suitability.measures import EvenRatings, Part, resampled, summarised
from planner.suitability.stages import evaluate_stage
from planner.suitability.stages.evaluate_stage import evaluate
from planner.suitability.stages.layer_stage import store_layers
from planner.suitability.stages.record_stage import store_records
from planner.suitability.stages.sample_stage import Sample, store_sample
from planner.suitability.study import EvaluationSettings

BLOCKS = EvaluationSettings(count=3, bootstraps=20)


@pytest.fixture
def sampled(landscape, tmp_path):
    """Return a function that gives a context and the sample of a study."""

    def draw(**sampling):
        study = landscape.study(sampling={"points": 400, **sampling})
        context = StudyContext(study, RunFolder(tmp_path / "run"))
        for store in (store_records, store_layers, store_sample):
            store(context, NULL_CONTROL, "")
        return context, Sample.read(context)

    return draw


@pytest.fixture
def vague(landscape):
    """Every third record of the landscape is known to 6 km only."""
    head, *lines = landscape.points.read_text("utf-8").splitlines()
    lines = [f"{line},{6000 if at % 3 == 0 else 50}" for at, line in enumerate(lines)]
    text = "\n".join([f"{head},coordinateUncertaintyInMeters", *lines, ""])
    landscape.points.write_text(text, encoding="utf-8")


@pytest.fixture
def group(landscape):
    """Records of other species, nearly all of them in the west."""
    rng = np.random.default_rng(8)
    path = landscape.folder / "others.csv"
    rows, columns = rng.integers(0, 40, 300), rng.integers(0, 12, 300)
    landscape.write_points(path, *landscape.lonlat(rows, columns))
    return [{"path": str(path)}]


@pytest.mark.parametrize("folds", ["blocks", "random"])
def test_all_cells_of_a_record_are_left_out_together(vague, sampled, folds):
    context, sample = sampled(uncertainty="spread")
    records = np.unique(sample.record[sample.presence])
    assert sample.presence.sum() > 2 * len(records)
    settings = BLOCKS.model_copy(update={"folds": folds, "null_models": 2})
    found = evaluate(context, sample, settings, NULL_CONTROL)
    fold = found.arrays["fold"]
    for record in records:
        assert len(np.unique(fold[sample.record == record])) == 1
    assert sum(item.presences for item in found.result.folds) == len(records)
    if folds == "random":
        assert np.ptp([item.presences for item in found.result.folds]) <= 1
    first = fold == 0
    by_hand = auc(
        found.arrays["predicted"][first & sample.presence],
        found.arrays["predicted"][first & ~sample.presence],
        presence_weight=sample.weight[first & sample.presence],
    )
    assert found.result.folds[0].auc == pytest.approx(by_hand)
    assert found.result.null_model.observed is not None


@pytest.mark.parametrize("kind", ["bias", "target_group", "country_effort"])
def test_figures_of_the_area_are_told_against_even_ground(group, sampled, kind, monkeypatch):
    told = []

    def watched(tested, *arguments):
        told.append((tested, arguments[-1]))
        return summarised(tested, *arguments)

    monkeypatch.setattr(evaluate_stage, "summarised", watched)
    context, sample = sampled(background=kind, target_group=group)
    assert np.mean(sample.even.x) > np.average(
        sample.x[~sample.presence], weights=sample.weight[~sample.presence]
    )
    found = evaluate(context, sample, BLOCKS, NULL_CONTROL).result
    ((tested, even),) = told
    assert np.isfinite(even.predicted).all()
    assert len(even.predicted) == 400
    at_presences, at_background = tested.unseen()
    assert found.boyce.value == continuous_boyce(at_presences, even.predicted).value
    for item in found.thresholds:
        share = np.mean(even.predicted >= item.value)
        assert item.background_share == pytest.approx(share)
    assert sum(item.count for item in found.calibration) == len(at_presences) + 400
    assert any("drawn evenly by area" in note for note in found.notes)
    assert len(at_background) == (~sample.presence).sum(), "AUC is against what was learnt"


def test_an_even_background_is_its_own_ground(sampled):
    context, sample = sampled()
    assert sample.even is None
    assert (sample.weight == 1.0).all()
    found = evaluate(context, sample, BLOCKS, NULL_CONTROL).result
    assert not any("drawn evenly" in note for note in found.notes)


def test_null_presences_follow_the_effort_that_weighs_the_background(
    group, sampled, monkeypatch
):
    asked = []

    def watched(presence, held_out, *, weight, count):
        asked.append((weight, count, int((presence & ~held_out).sum())))
        return draw(presence, held_out, weight=weight, count=count)

    draw = evaluate_stage.random_draw
    monkeypatch.setattr(evaluate_stage, "random_draw", watched)
    context, sample = sampled(background="bias", target_group=group)
    assert np.ptp(sample.weight[~sample.presence]) > 0.5, "a weighted background"
    settings = BLOCKS.model_copy(update={"null_models": 2})
    assert evaluate(context, sample, settings, NULL_CONTROL).result.null_model is not None
    ((weight, count, learnt),) = asked
    np.testing.assert_array_equal(weight, sample.weight)
    assert count == learnt


def test_a_part_without_even_ground_has_no_boyce_index():
    rng = np.random.default_rng(0)
    fold = np.repeat([0, 1], 60).astype(np.int32)
    presence = np.arange(120) % 10 == 0
    rating = rng.random(120) + presence
    tested = cross_validate(lambda learn, rate, control: rating[rate], presence, fold)
    even = EvenRatings(rng.random(50), np.zeros(50, np.int32))
    settings = EvaluationSettings(bootstraps=20)
    found = summarised(tested, fold, (settings, None), rng, NULL_CONTROL, even)
    assert found.folds[0].boyce is not None
    assert found.folds[1].boyce is None
    assert found.folds[1].auc is not None


def test_cells_of_a_record_are_resampled_together():
    """One record in 20 cells beside two more: the interval is that of three records."""
    weight = np.concatenate([np.full(20, 0.05), [1.0, 1.0]])
    record = np.concatenate([np.zeros(20, int), [1, 2]])
    ratings = np.concatenate([np.full(20, 0.1), [0.9, 0.8]]), np.linspace(0.0, 1.0, 50)
    weights = {"presence_weight": weight, "background_weight": np.ones(50)}
    part = Part(*ratings, weights, record)
    assert (part.n_records, part.amount) == (3, pytest.approx(3.0))
    found = resampled(auc, [part], np.random.default_rng(0), 200, (0.0, 1.0))
    plain = resampled(
        auc,
        [(np.array([0.1, 0.9, 0.8]), ratings[1])],
        np.random.default_rng(0),
        200,
        (0.0, 1.0),
    )
    assert found.value == pytest.approx(plain.value)
    assert found.high - found.low == pytest.approx(plain.high - plain.low, abs=0.1)


def test_weighted_points_give_a_whole_evaluation():
    rng = np.random.default_rng(5)
    fold = np.repeat([0, 1, 2], 80).astype(np.int32)
    presence = np.arange(240) % 8 == 0
    rating = rng.random(240) * 0.6 + 0.4 * presence
    points = CountedPoints(rng.uniform(0.2, 1.0, 240), np.where(presence, np.arange(240), -1))
    tested = cross_validate(
        lambda learn, rate, control: rating[rate], presence, fold, points=points
    )
    settings = EvaluationSettings(bootstraps=40)
    found = summarised(tested, fold, (settings, None), rng, NULL_CONTROL)
    for name in ("auc", "tss", "boyce", "auc_prg", "correlation"):
        measure = getattr(found, name)
        assert measure.low <= measure.value <= measure.high, name
    assert [item.presences for item in found.folds] == [10, 10, 10]
