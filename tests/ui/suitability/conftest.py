from __future__ import annotations

import csv

import numpy as np
import pytest
from affine import Affine

from layers.grid import Grid
from layers.raster import write_cog
from planner.project import Project, RunRecord
from planner.suitability import RunFolder, study_from
from planner.suitability.mapped import (
    CurveFound,
    ImportanceFound,
    MapsFound,
    RasterFound,
    UnderstandingFound,
    ZoneArea,
)
from planner.suitability.measured import (
    CalibrationBin,
    EvaluationFound,
    FoldFound,
    Measured,
    NullModelFound,
    ThresholdFound,
)
from planner.suitability.results import (
    Correlations,
    CoverageFound,
    FitFound,
    LayerFound,
    RecordsFound,
    SampleFound,
    StageFound,
    SuitabilityResults,
    write_result,
)
from planner.suitability.study_file import study_content
from ui.suitability.work import read_run

SPECIES = "amur-leopard"
LAYERS = ("elevation", "slope")


def make_study(model="maxent", **changes):
    content = {
        "species": SPECIES,
        "title": "Suitability for the Amur leopard",
        "records": {"localities": True},
        "covariates": [
            {"name": name, "path": f"pack:{name}", "title": name.title(), "unit": "m"}
            for name in LAYERS
        ],
        "model": {"kind": model},
        **changes,
    }
    return study_from(content)


def _layer(name):
    return LayerFound(
        name, "continuous", "habitat", f"pack:{name}", "0" * 64, "as is", 90, 2, 0.0, 9.0,
        name.title(), "m", "source", "licence", "5 arc-minutes",
    )  # fmt: skip


def _stage(name):
    return StageFound(
        name, "2026-01-01T10:00:00+00:00", 1.5, "abc", {"input": "1"}, {"rule": name}, 7,
        {"numpy": "2"}, {f"{name}.json": "f" * 64},
    )  # fmt: skip


def make_results(run_id, study, *, auc=0.84, presences=24):
    measured = Measured(auc, auc - 0.05, auc + 0.05)
    evaluation = EvaluationFound(
        folds_kind="countries",
        block_km=None,
        folds=(FoldFound("CHN", 10, 500, 0.8, 0.5, 0.6), FoldFound("RUS", 14, 480, None, 0, 0)),
        auc=measured,
        tss=Measured(0.5, None, None),
        boyce=Measured(None, None, None),
        auc_prg=Measured(-0.4, -1.0, 0.2),
        correlation=Measured(0.2, 0.1, 0.3),
        calibration=(
            CalibrationBin(0.2, 0.1, 0.05, 0.2, 50),
            CalibrationBin(0.7, 0.6, 0.4, 0.8, 9),
        ),
        thresholds=(ThresholdFound("max_tss", 0.41, 0.9, 0.1, 0.3),),
        null_model=NullModelFound(9, "AUC", 0.84, 0.52, 0.03, 9.1, 0.1),
        note="",
    )  # fmt: skip
    curve = CurveFound(
        "elevation", "continuous", (0.0, 1.0, 2.0), (0.1, 0.5, 0.3), (0.0, 0.4, 0.2),
        (0.2, 0.6, 0.4), (0.0, 1.0, 0.2), (0.5, 1.0, 0.1), (True, True, False),
    )  # fmt: skip
    classes = CurveFound(
        "slope", "categorical", (1.0, 2.0), (0.1, 0.5), (0.0, 0.4), (0.2, 0.6), (), ()
    )
    areas = tuple(
        ZoneArea("today", kind, zone, name, 1000.0, 400.0, 500.0, 100.0, 0.4, 0.1)
        for kind, zone, name in (("all", "all", "the whole map"), ("country", "CHN", "China"))
    )
    names = ("suitability", "similarity", "agreement", "disturbance_cost")
    return SuitabilityResults(
        run_id=run_id,
        species=study.species,
        title=study.shown_title,
        study=study_content(study),
        records=RecordsFound(30, 24, 6, 1, {"sea": 6}, {"near_coast": 1}, ("Read as KOI8-R.",)),
        coverage=CoverageFound(
            "EPSG:4326", (130.0, 40.0, 131.0, 41.0), (0.1, 0.1), 9000.0, (10, 10), 90,
            tuple(_layer(name) for name in LAYERS), (),
        ),
        sample=SampleFound(
            24, 1, 0, 0, 2, 0, 0, 0, presences, 980, 1000, {"CHN": 10, "RUS": 14}, (),
            Correlations(
                LAYERS, ((1.0, 0.8), (0.8, 1.0)), ((1.0, 0.7), (0.7, 1.0)), (2.0, 2.0)
            ),
            (),
        ),
        fit=FitFound(study.model.kind, ("maxent", "forest"), {}, ()),
        evaluation=evaluation,
        maps=(
            MapsFound(
                "today",
                tuple(RasterFound(n, f"rasters/{n}.tif", n, "1") for n in names),
                90, 0.35, {"slope": 0.7}, (),
            ),
        ),
        understanding=UnderstandingFound(
            (curve, classes), (ImportanceFound("elevation", 0.1, 0.02, 80.0),), "max_tss", 0.41,
            areas,
        ),
        stages=tuple(
            _stage(n)
            for n in ("records", "sample", "evaluate", "predict", "understand", "areas")
        ),
    )  # fmt: skip


def write_run(project, run_id, study=None, *, record=True, **told):
    """Write a finished run into a project, as if it had been computed."""
    study = study or make_study()
    folder = RunFolder(project.path / "suitability" / run_id)
    folder.keep_study(study)
    results = make_results(run_id, study, **told)
    write_result(folder.file("results.json"), results)
    grid = Grid("EPSG:4326", Affine(0.1, 0, 130.0, 0, -0.1, 41.0), (10, 10))
    for raster in results.rasters:
        write_cog(folder.file(raster.path), np.full((10, 10), 0.5, np.float32), grid)
    with folder.file("rejected.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["line", "species", "lon", "lat", "reason", "sentence", "remedy"])
        writer.writerow([7, SPECIES, 150.0, 40.0, "sea", "It lies in the sea.", "Check it."])
    if record:
        project.add_run(
            RunRecord(
                f"r{run_id}", f"suitability:{study.species}", "h", {"run": run_id}, 1, {},
                f"2026-01-0{1 + len(project.runs())}T10:00:00+00:00", 9.0, {},
            )
        )  # fmt: skip
    return folder


@pytest.fixture(name="make_study")
def make_study_fixture():
    return make_study


@pytest.fixture(name="write_run")
def write_run_fixture():
    return write_run


@pytest.fixture
def study():
    return make_study()


@pytest.fixture
def view(project):
    """What a run found, as the window reads it."""
    folder = write_run(project, "aaaaaaaaaaaa")
    return read_run(folder.path, _NoControl())


@pytest.fixture
def no_control():
    return _NoControl()


class _NoControl:
    def report(self, fraction):
        pass

    def say(self, message):
        pass


@pytest.fixture
def project(project_path):
    with Project.open(project_path) as opened:
        yield opened


@pytest.fixture
def records_file(tmp_path):
    path = tmp_path / "наблюдения.csv"
    path.write_text(
        "вид;долгота;широта;дата\n"
        "Panthera pardus;131.5;43.1;2021-05-03\nPanthera pardus;131.2;43.4;2020-11-12\n",
        encoding="koi8-r",
    )
    return path
