from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from layers.raster import read_raster, write_cog
from planner.suitability import RunError, RunFolder
from planner.suitability.comparison import compare_runs


@pytest.fixture
def copy(finished, tmp_path):
    shutil.copytree(finished[0], tmp_path / "second")
    return RunFolder(tmp_path / "second")


def rewritten(folder, change):
    path = folder.path / "rasters" / "suitability.tif"
    raster = read_raster(path)
    write_cog(path, change(raster.values), raster.grid)


def test_a_run_beside_itself_does_not_differ(finished, copy):
    found = compare_runs(RunFolder(finished[0]), copy)
    assert found.settings == ()
    assert all(first == second for _, first, second in found.measures)
    maps = found.maps
    assert maps.mean == maps.mean_absolute == maps.only_first_km2 == maps.only_second_km2 == 0
    assert maps.correlation == pytest.approx(1.0)
    assert maps.schoener_d == pytest.approx(1.0)
    assert maps.shared_km2 == pytest.approx(40 * 50 * 4.0, rel=2e-3)


def test_the_difference_of_maps_is_that_of_their_cells(finished, copy):
    first = read_raster(finished[0] / "rasters" / "suitability.tif").values
    rewritten(copy, lambda values: 0.5 * values)
    maps = compare_runs(RunFolder(finished[0]), copy).maps
    assert maps.mean == pytest.approx(-0.5 * np.nanmean(first), rel=1e-3)
    assert maps.mean_absolute == pytest.approx(-maps.mean)
    assert maps.correlation == pytest.approx(1.0, abs=1e-6)
    assert maps.schoener_d == pytest.approx(1.0, abs=1e-6), "only its scale differs"
    assert maps.only_second_km2 == 0.0
    assert maps.only_first_km2 > 0.0


def test_maps_without_common_ground_are_told(finished, copy):
    rewritten(copy, lambda values: np.full_like(values, np.nan))
    found = compare_runs(RunFolder(finished[0]), copy)
    assert found.maps is None
    assert "share no area" in found.note


def test_no_common_ground_is_told_beside_other_notes(finished, copy):
    rewritten(copy, lambda values: np.full_like(values, np.nan))
    text = copy.results_path.read_text(encoding="utf-8")
    text = text.replace('"folds_kind": "blocks"', '"folds_kind": "random"')
    copy.results_path.write_text(text, encoding="utf-8")
    note = compare_runs(RunFolder(finished[0]), copy).note
    assert "different kinds of folds" in note
    assert "share no area" in note


def test_settings_that_differ_are_listed(shared_landscape, finished, tmp_path, run):
    study = shared_landscape.study(sampling={"points": 300}, seed=5)
    run(study, tmp_path / "other")
    found = compare_runs(RunFolder(finished[0]), RunFolder(tmp_path / "other"))
    differ = {name: (first, second) for name, first, second in found.settings}
    assert differ["sampling.points"] == ("600", "300")
    assert differ["seed"] == ("1", "5")
    assert "species" not in differ
    assert differ["projections.wooded.grid"] == ("study", "")


def test_a_run_that_is_not_finished_cannot_be_compared(finished, copy):
    copy.results_path.unlink()
    with pytest.raises(RunError, match="not finished"):
        compare_runs(RunFolder(finished[0]), copy)


def test_the_species_comes_first_and_layers_of_one_run_fill_one_row(finished, copy):
    content = json.loads(copy.results_path.read_text(encoding="utf-8"))
    content["species"] = content["study"]["species"] = "Testudo alia"
    layers = {layer["name"]: layer for layer in content["study"]["covariates"]}
    layers["trees"]["path"] = "elsewhere/trees.tif"
    layers["cover"]["name"] = "soil"
    layers["roads"]["name"] = "paths"
    copy.results_path.write_text(json.dumps(content), encoding="utf-8")
    found = compare_runs(RunFolder(finished[0]), copy)
    assert found.settings[0] == ("species", "Testudo manualis", "Testudo alia")
    assert found.settings[1] == ("layers in this run alone", "cover, roads", "soil, paths")
    assert found.settings[2][0] == "covariates.trees.path"
    assert len(found.settings) == 3
    assert found.note.startswith("The runs are of different species")
