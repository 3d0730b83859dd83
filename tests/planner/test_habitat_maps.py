"""The maps of suitability runs as layers: which, where, in which colours."""

from __future__ import annotations

import json

import numpy as np
import pytest
from affine import Affine

from layers.grid import Grid
from layers.pack import DataPack
from layers.raster import write_cog
from planner.habitat_maps import (
    chosen_layers,
    raster_style,
    raster_title,
    run_layer_id,
    run_layers,
)
from planner.maps import scenario_layers
from planner.project import Project, RunRecord
from planner.suitability import RunFolder, choose_run, study_from
from planner.suitability.mapped import (
    MapsFound,
    RasterFound,
    UnderstandingFound,
)
from planner.suitability.measured import EvaluationFound, Measured
from planner.suitability.results import (
    Correlations,
    CoverageFound,
    FitFound,
    LayerFound,
    RecordsFound,
    SampleFound,
    SuitabilityResults,
    write_result,
)

RUN = "abcdef123456"
MAPS = ("suitability", "similarity", "most_dissimilar", "agreement", "disturbance_cost")
NONE = Measured(None, None, None)


@pytest.fixture
def results():
    study = {"species": "amur-leopard"}
    layers = tuple(
        LayerFound(n, "continuous", role, n, "", "", 1, 0, 0.0, 1.0, t, "", "", "", "")
        for n, role, t in (
            ("elevation", "habitat", "Elevation"),
            ("towns", "pressure", ""),
            ("roads", "disturbance", ""),
        )
    )
    return SuitabilityResults(
        run_id=RUN,
        species="amur-leopard",
        title="",
        study=study,
        records=RecordsFound(0, 0, 0, 0, {}, {}, ()),
        coverage=CoverageFound("EPSG:4326", (0, 0, 1, 1), (1, 1), 1.0, (1, 1), 1, layers, ()),
        sample=SampleFound(
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, {}, (), Correlations((), (), (), ()), ()
        ),
        fit=FitFound("ensemble", ("maxent", "forest", "boosting"), {}, ()),
        evaluation=EvaluationFound(
            "random", None, (), NONE, NONE, NONE, NONE, NONE, (), (), None, ""
        ),
        maps=(
            MapsFound(
                "today",
                tuple(RasterFound(n, f"rasters/{n}.tif", "", "") for n in MAPS),
                1, 0.1, {}, (),
            ),
            MapsFound(
                "warm",
                (RasterFound("warm/suitability", "rasters/warm/suitability.tif", "", ""),),
                1, 0.1, {}, (),
            ),
        ),
        understanding=UnderstandingFound((), (), "max_tss", 0.5, ()),
        stages=(),
    )  # fmt: skip


def _write(folder, results):
    study = study_from(
        {
            "species": "amur-leopard",
            "records": {"localities": True},
            "covariates": [{"name": "elevation", "path": "pack:elevation"}],
        }
    )
    folder.keep_study(study)
    write_result(folder.file("results.json"), results)
    grid = Grid("EPSG:4326", Affine(1, 0, 130, 0, -1, 44), (2, 2))
    for raster in results.rasters:
        write_cog(folder.file(raster.path), np.zeros((2, 2), np.float32), grid)


def test_every_map_of_a_run_is_a_layer_suitability_on_top(tmp_path, results):
    folder = RunFolder(tmp_path / RUN)
    _write(folder, results)
    layers = run_layers(folder, results)
    assert [layer.name for layer in reversed(layers)] == [
        "Suitability",
        "Cost of disturbance",
        "Extrapolation (%)",
        "Dissimilar variable",
        "Agreement of members",
        "Suitability, warm",
    ]
    assert not any(layer.visible for layer in layers)
    assert {layer.group for layer in layers} == {"Amur leopard, ensemble abcdef"}


def test_a_map_whose_file_is_gone_is_left_out_and_effort_is_found(tmp_path, results):
    folder = RunFolder(tmp_path / RUN)
    _write(folder, results)
    (folder.path / "rasters/similarity.tif").unlink()
    (folder.path / "rasters/effort.tif").write_bytes(b"")
    ids = {layer.layer_id for layer in run_layers(folder, results)}
    assert run_layer_id(RUN, "similarity") not in ids
    assert run_layer_id(RUN, "effort") in ids


def test_ramps_rise_are_clear_at_nothing_and_tell_their_ends(results):
    for name in ("suitability", "disturbance_cost", "effort", "deviation", "member_maxent"):
        stops = raster_style(name, results)["stops"]
        values = [stop[0] for stop in stops]
        assert values == sorted(set(values))
        assert values[0] == 0.0
        assert stops[0][1].endswith("00")
        assert stops[-1][2]


def test_extrapolation_is_clear_where_the_model_has_seen_the_like(results):
    stops = {stop[0]: stop[1] for stop in raster_style("similarity", results)["stops"]}
    assert stops[0.0].endswith("00")
    assert stops[100.0].endswith("00")
    assert not stops[-100.0].endswith("00")


def test_agreement_has_one_class_per_number_of_members(results):
    classes = raster_style("agreement", results)["classes"]
    assert [row[2] for row in classes] == ["none of 3", "1 of 3", "2 of 3", "3 of 3"]
    assert classes[0][1].endswith("00")
    assert len({row[1] for row in classes}) == 4


def test_dissimilar_variables_are_numbered_as_the_model_knows_them(results):
    classes = raster_style("most_dissimilar", results)["classes"]
    assert [(row[0], row[2]) for row in classes] == [(1, "Elevation"), (2, "roads")]


def test_an_unknown_map_keeps_its_title():
    assert raster_title("member_forest", "Suitability by forest") == "Suitability by forest"
    assert raster_title("warm/similarity") == "Extrapolation (%), warm"


def test_the_map_holds_the_chosen_run_only(tmp_path, results):
    path = tmp_path / "p.landbridge"
    with Project.create(
        path, name="P", region_id="tumen-estuary", crs="EPSG:32652", author="a"
    ) as project:
        _write(RunFolder(path / "suitability" / RUN), results)
        run = RunRecord(
            "r", "suitability:amur-leopard", "h", {"run": RUN}, 1, {}, "2026-01-01", 1.0, {}
        )
        project.add_run(run)
        assert chosen_layers(project) == ()
        choose_run(project, RUN, "It holds.")
        ids = [layer.layer_id for layer in scenario_layers(project, DataPack.open())]
        place = ids.index(run_layer_id(RUN, "suitability"))
        assert ids.index("base_rivers") < place < ids.index("base_border_casing")
        damaged = path / "suitability" / RUN / "results.json"
        damaged.write_text(json.dumps({"run_id": 1}))
        assert chosen_layers(project) == ()
