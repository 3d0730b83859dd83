from __future__ import annotations

import pickle

import numpy as np
import pytest
from distributed import LocalCluster

from algorithms.suitability.ensemble import SuitabilityEnsemble
from algorithms.suitability.expert import Trapezoid
from algorithms.suitability.maxent import Maxent
from algorithms.suitability.understanding.novelty import NoveltyReference
from layers.raster import read_raster
from planner.suitability import RunFolder
from planner.suitability.context import RunOptions
from planner.suitability.predictor import MapPredictor


@pytest.fixture(scope="module")
def learnt():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(300, 2))
    presence = np.arange(300) < 60
    values[presence, 0] += 1.5
    return Maxent(features="lq").fit(values, presence), NoveltyReference(values)


def test_a_disturbance_in_the_model_is_set_to_its_value_without_people(learnt):
    model, reference = learnt
    rows = np.array([[0.0, 0.0], [1.0, -1.0]])
    found = MapPredictor(model, 2, reference, undisturbed={0: 2.0})(rows)
    assert found["suitability"] == pytest.approx(model.predict(rows))
    quiet = np.array([[2.0, 0.0], [2.0, -1.0]])
    assert found["without_disturbance"] == pytest.approx(model.predict(quiet))
    assert (found["without_disturbance"] >= found["suitability"]).all()


def test_a_pressure_lowers_what_the_model_says(learnt):
    model, reference = learnt
    rows = np.array([[0.5, 0.0, 0.0], [0.5, 0.0, 10.0]])
    falls = Trapezoid(-np.inf, -np.inf, 0.0, 20.0)
    found = MapPredictor(model, 2, reference, response=falls)(rows)
    assert found["without_disturbance"][0] == pytest.approx(found["suitability"][0])
    assert found["suitability"][1] == pytest.approx(found["without_disturbance"][1] / 2.0)
    assert found["disturbance_cost"] == pytest.approx([0.0, found["suitability"][1]])


def test_the_most_dissimilar_variable_is_told_by_its_number_from_1(learnt):
    model, reference = learnt
    found = MapPredictor(model, 2, reference)(np.array([[0.0, 99.0], [-99.0, 0.0]]))
    assert found["most_dissimilar"].tolist() == [2.0, 1.0]
    assert (found["similarity"] < 0.0).all()
    assert "without_disturbance" not in found


def test_it_can_be_sent_to_a_worker(learnt):
    model, reference = learnt
    predictor = MapPredictor(model, 2, reference, undisturbed={0: 2.0})
    rows = np.random.default_rng(1).normal(size=(50, 2))
    sent = pickle.loads(pickle.dumps(predictor))
    one, other = predictor(rows), sent(rows)
    assert all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.slow
def test_a_cluster_gives_the_same_maps(finished, tmp_path, run):
    study = RunFolder(finished[0]).study()
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        options = RunOptions(cluster=cluster.scheduler_address)
        results, _ = run(study, tmp_path / "run", options=options)
    for raster in results.rasters:
        one, two = (
            read_raster(at / raster.path).values for at in (tmp_path / "run", finished[0])
        )
        assert np.array_equal(one, two, equal_nan=True), raster.name


def test_members_are_predicted_once(monkeypatch):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(200, 2))
    presence = np.arange(200) < 40
    values[presence, 0] += 1.5
    model = SuitabilityEnsemble(random_state=0).fit(values, presence)
    rows = rng.normal(size=(20, 2))
    whole = model.predict(rows)
    limits = dict.fromkeys(model.member_predictions(rows), 0.5)
    asked = []
    member_predictions = SuitabilityEnsemble.member_predictions

    def counted(self, *arguments, **options):
        asked.append(len(arguments[0]))
        return member_predictions(self, *arguments, **options)

    monkeypatch.setattr(SuitabilityEnsemble, "member_predictions", counted)
    monkeypatch.setattr(SuitabilityEnsemble, "predict", None)
    found = MapPredictor(model, 2, NoveltyReference(values), member_threshold=limits)(rows)
    assert asked == [20]
    assert found["suitability"] == pytest.approx(whole)
    assert found["agreement"].max() <= len(limits)
