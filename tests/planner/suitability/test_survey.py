"""A run against a survey: what the interval of its AUC takes to be uncertain."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from algorithms.suitability.evaluation.discrimination import auc
from layers.raster import read_raster
from planner.suitability import RunError, RunFolder
from planner.suitability.measures import resampled
from planner.suitability.study import RecordSource
from planner.suitability.survey import survey_test


@pytest.fixture
def folder(finished, tmp_path):
    shutil.copytree(finished[0], tmp_path / "run")
    return RunFolder(tmp_path / "run")


@pytest.fixture
def survey(folder, landscape):
    """Forty places with the species where it is suitable, and five without it anywhere."""
    values = read_raster(folder.path / "rasters" / "suitability.tif").values
    order = np.argsort(values.ravel())
    places = [*order[-400::10], *order[::400][:5]]
    lines = ["longitude,latitude,detections"]
    for at, cell in enumerate(places):
        lon, lat = landscape.lonlat(*np.divmod(cell, landscape.shape[1]))
        lines.append(f"{lon:.5f},{lat:.5f},{int(at < 40)}")
    path = landscape.folder / "survey.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return RecordSource(path=str(path), columns={"count": "detections"})


def test_the_interval_of_the_auc_draws_places_without_the_species_too(folder, survey):
    found = survey_test(folder, survey)
    assert (found.places, found.found) == (45, 40)
    assert found.auc.low <= found.auc.value <= found.auc.high
    values = read_raster(folder.path / "rasters" / "suitability.tif").values.ravel()
    order = np.argsort(values)
    present, absent = values[order[-400::10]], values[order[::400][:5]]
    assert found.auc.value == pytest.approx(auc(present, absent), abs=1e-6)
    rng = np.random.default_rng(1)
    by_presences = resampled(auc, [(present, absent)], rng, 500)
    assert found.auc.high - found.auc.low > by_presences.high - by_presences.low


def test_a_survey_waits_for_a_run_that_goes_on(folder, survey):
    with RunFolder(folder.path).held(), pytest.raises(RunError, match="in use"):
        survey_test(folder, survey)
