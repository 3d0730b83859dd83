from __future__ import annotations

import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest
import rasterio

from layers.raster import read_raster
from layers.states import BOUNDARY_NOTE, OTHER_LAND_NOTE, ZONES, zone_name
from planner.progress import StepProgress
from planner.suitability import RunError, RunFolder
from planner.suitability.context import RunOptions
from planner.suitability.defaults import species_study
from planner.suitability.stages import fit_stage
from planner.suitability.study import EvaluationSettings, Projection
from planner.suitability.study_file import changed_study
from planner.suitability.workflow import (
    announced_stages,
    evaluate_run,
    renew_report,
    run_study,
    with_later_projections,
    with_projection,
)


class StopError(Exception):
    """A cancel."""


def test_every_stage_is_run_and_writes_what_it_says(finished):
    folder, results, states = finished
    assert list(states) == list(announced_stages(RunFolder(folder).study()))
    assert set(states.values()) == {"done"}
    for stage in results.stages:
        for name in stage.outputs:
            assert (folder / name).is_file(), name
    assert not list(folder.rglob(".writing*"))
    assert not list(folder.rglob("*.partial"))


def test_the_numbers_agree_with_each_other(finished):
    folder, results, _ = finished
    records, sample = results.records, results.sample
    assert records.read == 60 == records.kept + records.rejected
    lost = sample.outside + sample.without_values + sample.too_uncertain + sample.same_cell
    assert sample.presences == records.kept - lost - sample.thinned
    presences = pd.read_csv(folder / "presences.csv")
    assert len(presences) == sample.presences
    assert set(presences["source"]) == {"points.csv"}
    assert sum(sample.presences_by_country.values()) == sample.presences
    today = {area.zone: area for area in results.understanding.areas if area.map == "today"}
    countries = [area for area in today.values() if area.kind == "country"]
    assert sum(area.suitable_km2 for area in countries) <= today["all"].suitable_km2 + 1.0
    whole = today["all"]
    assert whole.area_km2 == pytest.approx(40 * 50 * 4.0, rel=2e-3)
    assert 0.0 <= whole.lost_km2 <= whole.undisturbed_km2
    assert whole.suitable_km2 <= whole.undisturbed_km2


def test_the_model_learns_what_the_records_follow(finished):
    _, results, _ = finished
    assert results.evaluation.auc.value > 0.7
    assert results.evaluation.auc.low < results.evaluation.auc.value
    assert results.understanding.importance[0].name in {"trees", "roads"}
    trees = next(curve for curve in results.understanding.curves if curve.name == "trees")
    assert trees.mean[-1] > trees.mean[0]
    assert trees.low[50] <= trees.high[50]
    cover = next(curve for curve in results.understanding.curves if curve.name == "cover")
    assert cover.kind == "categorical"
    assert set(cover.values) <= {1.0, 2.0, 3.0}


def test_maps_hold_what_they_should(finished):
    folder, results, _ = finished
    suitability = read_raster(folder / "rasters" / "suitability.tif").values
    without = read_raster(folder / "rasters" / "without_disturbance.tif").values
    assert np.nanmin(suitability) >= 0.0
    assert np.nanmax(suitability) <= 1.0
    assert np.nanmean(without - suitability) > 0.0
    similarity = read_raster(folder / "rasters" / "wooded" / "similarity.tif").values
    today, wooded = results.maps
    assert today.extrapolated_share < 0.2
    assert wooded.extrapolated_share == pytest.approx(np.mean(similarity < 0.0), abs=0.01)
    assert wooded.extrapolated_share > 0.3
    assert max(wooded.most_dissimilar, key=wooded.most_dissimilar.get) == "trees"
    assert any("roads" in note for note in wooded.notes), "what stays as it is is told"
    assert {raster.name for raster in results.rasters} >= {"wooded/suitability", "similarity"}


def test_a_second_run_repeats_nothing_and_a_change_only_what_follows(
    finished, tmp_path, shared_landscape, run
):
    copy = tmp_path / "run"
    shutil.copytree(finished[0], copy)
    study = RunFolder(copy).study()
    again, states = run(study, copy)
    assert set(states.values()) == {"reused"}
    assert again == finished[1]
    (copy / "rasters" / "similarity.tif").unlink()
    _, states = run(study, copy)
    assert [name for name, state in states.items() if state == "done"] == ["predict"]
    changed = study.model_copy(
        update={"evaluation": study.evaluation.model_copy(update={"folds": "random"})}
    )
    results, states = run(changed, copy)
    assert states["fit"] == states["predict"] == "reused"
    assert states["evaluate"] == states["understand"] == "done"
    assert results.evaluation.folds_kind == "random"


def test_other_numbers_in_a_file_run_it_again(landscape, tmp_path, run):
    study = landscape.study()
    run(study, tmp_path / "run")
    text = landscape.points.read_text(encoding="utf-8")
    landscape.points.write_text("\n".join(text.splitlines()[:-5]) + "\n", encoding="utf-8")
    results, states = run(study, tmp_path / "run")
    assert states["covariates"] == "reused"
    assert states["records"] == states["fit"] == "done"
    assert results.records.read == 55


def test_a_run_goes_on_where_it_was_broken_off(
    shared_landscape, finished, tmp_path, monkeypatch, run
):
    study = shared_landscape.study()
    folder = tmp_path / "run"

    class Stop:
        def report(self, fraction):
            if (folder / fit_stage.MODEL).is_file():
                raise StopError

    weights = {name: weight for name, (_, weight) in announced_stages(study).items()}
    with pytest.raises(StopError):
        run_study(study, folder, StepProgress(weights, control=Stop()))
    with pytest.raises(RunError, match="not finished"):
        RunFolder(folder).results()
    results, states = run(study, folder)
    assert states["records"] == states["sample"] == states["covariates"] == "reused"
    assert states["predict"] == "done"
    assert results.evaluation == finished[1].evaluation


def test_the_same_seed_gives_the_same_numbers_on_one_core_or_more(
    shared_landscape, finished, tmp_path, run
):
    study = RunFolder(finished[0]).study()
    results, _ = run(study, tmp_path / "run", options=RunOptions(threads=1))
    assert results.evaluation == finished[1].evaluation
    assert results.understanding == finished[1].understanding
    for raster in results.rasters:
        one, two = (
            read_raster(at / raster.path).values for at in (tmp_path / "run", finished[0])
        )
        assert np.array_equal(one, two, equal_nan=True), raster.name
    other, _ = run(study.model_copy(update={"seed": 9}), tmp_path / "other")
    assert other.evaluation != finished[1].evaluation


def test_a_projection_comes_later_and_stays(landscape, tmp_path, run):
    study = landscape.study()
    run(study, tmp_path / "run")
    future = Projection(
        name="wooded", layers={"trees": str(landscape.folder / "future" / "trees.tif")}
    )
    _, states = run(with_projection(study, future), tmp_path / "run")
    assert states["predict"] == states["fit"] == "reused"
    assert states["predict:wooded"] == "done"
    again = with_later_projections(
        study.model_copy(update={"title": "Again"}), RunFolder(tmp_path / "run")
    )
    results, _ = run(again, tmp_path / "run")
    assert results.title == "Again"
    assert [maps.name for maps in results.maps] == ["today", "wooded"]
    other = study.model_copy(update={"seed": 4})
    assert with_later_projections(other, RunFolder(tmp_path / "run")) == other


def test_other_folds_and_the_report_are_kept_beside_the_run(finished, tmp_path):
    copy = tmp_path / "run"
    shutil.copytree(finished[0], copy)
    folder = RunFolder(copy)
    found = evaluate_run(
        folder, EvaluationSettings(folds="random", count=2, bootstraps=20, null_models=3)
    )
    assert len(found.folds) == 2
    assert found.null_model.models == 3
    assert 0.0 < found.null_model.p <= 1.0
    results = renew_report(folder, StepProgress({"report": 1.0}))
    assert results.further == (found,)
    one_country = evaluate_run(folder, EvaluationSettings(folds="countries"))
    assert "no evaluation" in one_country.note, "records of one country cannot be left out"


def test_two_cannot_run_in_one_folder(shared_landscape, tmp_path, run):
    folder = RunFolder(tmp_path / "run")
    with folder.held(), pytest.raises(RunError, match="in use"):
        run(shared_landscape.study(), tmp_path / "run")


def test_altered_results_are_told(finished, tmp_path):
    copy = tmp_path / "run"
    shutil.copytree(finished[0], copy)
    content = json.loads((copy / "results.json").read_text(encoding="utf-8"))
    del content["fit"]
    (copy / "results.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(RunError, match="altered"):
        RunFolder(copy).results()
    (copy / "stages.json").write_text("[{}]", encoding="utf-8")
    with pytest.raises(RunError, match=r"stages\.json"):
        RunFolder(copy).runs()
    with pytest.raises(RunError, match="holds no run"):
        RunFolder(tmp_path / "nowhere").results()


def test_an_expert_index_maps_without_a_single_record(tmp_path, run):
    study = changed_study(
        species_study("snow-leopard", model="expert"),
        {"records": {"localities": False}, "sampling": {"points": 500}},
    )
    results, _ = run(study, tmp_path / "run")
    assert results.sample.presences == 0
    assert "no evaluation" in results.evaluation.note
    assert results.understanding.threshold_rule.startswith("habitat_threshold")
    assert results.understanding.importance == ()
    areas = results.understanding.areas
    assert areas[0].suitable_km2 > 0.0
    zones = [area for area in areas if area.kind == "country"]
    assert [area.zone for area in zones] == list(ZONES), "six States and other land, no others"
    assert {area.name for area in zones} == {zone_name(zone) for zone in ZONES}
    assert sum(area.area_km2 for area in zones) <= areas[0].area_km2 + 1.0
    told = pd.read_csv(tmp_path / "run" / "areas.csv").set_index("zone")["note"]
    assert told["other"] == OTHER_LAND_NOTE
    assert told["CHN"] == BOUNDARY_NOTE
    text = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    text += (tmp_path / "run" / "results.json").read_text(encoding="utf-8")
    assert not re.search("Taiwan|Siachen|Macao|Hong Kong", text)
    assert OTHER_LAND_NOTE in text


def test_land_is_split_by_what_the_model_has_seen_and_held_against_today(finished):
    folder, results, _ = finished
    at = {
        name: read_raster(folder / "rasters" / f"{name}.tif").values
        for name in ("suitability", "similarity", "wooded/suitability", "wooded/similarity")
    }
    limit = results.understanding.threshold
    p10 = results.evaluation.threshold("p10")
    today, wooded = (
        next(a for a in results.understanding.areas if a.kind == "all" and a.map == name)
        for name in ("today", "wooded")
    )
    cell_km2 = today.area_km2 / today.cells
    then, now = at["wooded/suitability"] >= limit, at["suitability"] >= limit

    def km2(mask):
        return pytest.approx(mask.sum() * cell_km2, rel=2e-3, abs=0.1)

    assert today.cells == np.isfinite(at["suitability"]).sum()
    assert today.extrapolated_km2 == km2(now & (at["similarity"] < 0.0))
    assert wooded.extrapolated_km2 == km2(then & (at["wooded/similarity"] < 0.0))
    assert wooded.extrapolated_km2 > 0.3 * wooded.suitable_km2
    assert wooded.in_known_km2 + wooded.extrapolated_km2 == pytest.approx(wooded.suitable_km2)
    assert today.p10_km2 == km2(at["suitability"] >= p10)
    assert (today.appeared_km2, today.vanished_km2) == (None, None)
    assert wooded.appeared_km2 == km2(then & ~now)
    assert wooded.vanished_km2 == km2(now & ~then)
    table = pd.read_csv(folder / "areas.csv")
    assert {"extrapolated_km2", "appeared_km2", "vanished_km2", "cells"} <= set(table.columns)


def test_parts_that_were_not_made_are_told(finished, tmp_path):
    copy = tmp_path / "run"
    shutil.copytree(finished[0], copy)
    settings = EvaluationSettings(count=9, block_km=45.0, bootstraps=20)
    found = evaluate_run(RunFolder(copy), settings)
    assert found.folds_asked == 9
    assert len(found.folds) < 9
    (told,) = found.notes
    assert f"9 parts were asked for and {len(found.folds)} made" in told
    assert "blocks of 45 km" in told
    assert finished[1].evaluation.notes[0].startswith("Blocks of "), "the size used is told"


def test_a_map_tells_its_name_unit_and_classes_to_other_programs(finished):
    folder, _, _ = finished
    with rasterio.open(folder / "rasters" / "suitability.tif") as source:
        assert source.descriptions == ("Habitat suitability",)
        assert source.units == ("1",)
    with rasterio.open(folder / "rasters" / "most_dissimilar.tif") as source:
        assert source.tags()["categories"] == "1=cover; 2=roads; 3=trees"
        assert source.descriptions == ("Most dissimilar variable, by its number",)
