"""What is wrong is told in one sentence with a remedy, and nothing is lost in silence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from layers.raster import read_raster
from planner.suitability.stages import record_stage
from planner.suitability.study_file import study_from
from resources.errors import PlannerError


@pytest.fixture
def refused(tmp_path, run):
    """Return a function that runs a study and returns the refusal."""

    def told(study):
        with pytest.raises(PlannerError) as caught:
            run(study, tmp_path / "run")
        return str(caught.value)

    return told


def few_points(landscape, lon, lat):
    landscape.write_points(landscape.points, lon, lat)
    return landscape.study()


def test_no_records_at_all(landscape, refused):
    told = refused(few_points(landscape, [], []))
    assert "No presence is left" in told
    assert "0 records were read" in told


def test_one_presence(landscape, refused):
    told = refused(few_points(landscape, *([value] for value in landscape.lonlat(5, 5))))
    assert "One presence alone" in told
    assert "--model expert" in told


def test_one_record_is_told_of_in_the_singular(landscape, refused):
    x, y = (float(value) for value in landscape.lonlat(3, 3))
    told = refused(few_points(landscape, [y], [x]))
    assert "1 record was read, of which 1 rejected by the checks" in told
    assert "--column lon=NAME --column lat=NAME" in told
    assert "--rule mend_swapped=true" in told


def test_letters_for_coordinates_have_a_remedy_of_their_own(landscape, refused):
    landscape.points.write_text("species,lon,lat\nA b,here,there\n" * 3, encoding="utf-8")
    told = refused(landscape.study())
    assert "Write decimal degrees" in told
    assert "--column lon=NAME" in told


def test_a_list_that_was_cut_says_so(landscape, tmp_path, run, monkeypatch):
    monkeypatch.setattr(record_stage, "MOST_LISTED", 4)
    x, y = (float(value) for value in landscape.lonlat(3, 3))
    lines = [f"Testudo manualis,{y + n / 1e4:.4f},{x:.4f}" for n in range(9)]
    with landscape.points.open("a", encoding="utf-8") as stream:
        stream.write("\n".join([*lines, ""]))
    results, _ = run(landscape.study(), tmp_path / "run")
    assert len(pd.read_csv(tmp_path / "run" / "rejected.csv")) == 4
    assert results.records.rejected >= 9
    told = " ".join(results.records.notes)
    assert "rejected.csv lists the first 4 of 9 rejected records" in told


def test_all_presences_outside_the_layers(landscape, refused, tmp_path):
    told = refused(few_points(landscape, [100.12345, 101.23456, 102.34567], [45.54321] * 3))
    assert "3 outside the layers" in told
    assert "coordinate system" in told
    assert (tmp_path / "run" / "rejected.csv").is_file()


def test_records_that_the_checks_reject_are_all_listed(landscape, tmp_path, refused):
    x, y = (float(value) for value in landscape.lonlat(3, 3))
    told = refused(few_points(landscape, [0.0, y, x], [0.0, x, y]))
    assert "2 rejected by the checks (a coordinate of exactly zero: 1, longitude" in told
    rejected = pd.read_csv(tmp_path / "run" / "rejected.csv")
    assert rejected["reason"].tolist() == ["zero", "swapped"]
    assert rejected["line"].tolist() == [2, 3]
    assert rejected["sentence"].notna().all()


def test_a_constant_layer_is_told_and_harmless(landscape, tmp_path, run):
    flat = np.full(landscape.shape, 7.0, np.float32)
    landscape.write_layer(landscape.folder / "layers" / "flat.tif", flat)
    results, _ = run(landscape.study(), tmp_path / "run")
    (told,) = (note for note in results.coverage.notes if "flat" in note)
    assert told.startswith("flat is 7 everywhere: ")
    assert "It is kept" in told
    assert results.evaluation.auc.value > 0.6


def test_a_layer_without_any_value_is_named(landscape, refused):
    empty = np.full(landscape.shape, np.nan, np.float32)
    landscape.write_layer(landscape.folder / "layers" / "empty.tif", empty)
    assert "empty" in refused(landscape.study())


def test_gaps_are_counted_before_they_cost_records(landscape, tmp_path, run):
    gaps = np.ones(landscape.shape, np.float32)
    gaps[:, : landscape.shape[1] // 2] = np.nan
    gaps[::2] *= 2.0
    landscape.write_layer(landscape.folder / "layers" / "gaps.tif", gaps)
    results, _ = run(landscape.study(), tmp_path / "run")
    gap = next(layer for layer in results.coverage.layers if layer.name == "gaps")
    assert gap.known_cells == gap.lost_alone == landscape.shape[0] * landscape.shape[1] // 2
    sample = results.sample
    assert sample.without_values > 0
    assert sample.presences + sample.without_values + sample.same_cell == 60


def test_layers_in_another_system_are_warped_and_that_is_told(landscape, tmp_path, run):
    west, north = (float(value) for value in landscape.lonlat(-2, -3))
    values = np.random.default_rng(1).normal(size=(60, 90)).astype(np.float32)
    landscape.write_layer(
        landscape.folder / "layers" / "degrees.tif",
        values,
        crs="EPSG:4326",
        origin=(west, north),
        side=0.05,
    )
    study = landscape.study()
    results, _ = run(study, tmp_path / "run")
    told = {layer.name: layer.alignment for layer in results.coverage.layers}
    assert "4326" in told["degrees"] or "warp" in told["degrees"].lower()
    assert "EPSG:32652" in results.coverage.crs


def test_a_truncated_layer_is_named(landscape, refused):
    path = landscape.folder / "layers" / "trees.tif"
    path.write_bytes(path.read_bytes()[:900])
    told = refused(landscape.study())
    assert "trees.tif" in told
    assert "cut off" in told or "cannot be read" in told


@pytest.mark.parametrize("which", ["layer", "records"])
def test_a_missing_file_is_named(landscape, refused, which):
    study = landscape.study()
    gone = landscape.points if which == "records" else landscape.layers[0]
    gone.unlink()
    assert gone.name in refused(study)


def test_a_class_unseen_in_training_counts_as_extrapolation(landscape, tmp_path, run):
    cover = read_raster(landscape.folder / "layers" / "cover.tif").values.astype(np.uint8)
    cover[:, :10] = 9
    landscape.write_layer(landscape.folder / "future" / "cover.tif", cover, nodata=0)
    future = {"cover": str(landscape.folder / "future" / "cover.tif")}
    study = landscape.study(projections=[{"name": "new", "layers": future}])
    results, _ = run(study, tmp_path / "run")
    new = results.maps[1]
    assert new.extrapolated_share >= 10 / landscape.shape[1] - 0.01
    similarity = read_raster(tmp_path / "run" / "rasters" / "new" / "similarity.tif").values
    assert (similarity[:, :10] <= -100.0).all()
    (unseen,) = new.unseen
    assert (unseen.name, unseen.codes) == ("cover", (9,))
    assert unseen.cells == 10 * landscape.shape[0]
    assert "never seen the class 9, which 400 cell(s) have" in new.notes[0]
    assert results.maps[0].unseen == ()


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("gb18030", "雪豹"), ("koi8-r", "Снежный барс, ирбис"), ("euc-kr", "눈표범 서식지")],
)
def test_records_in_other_encodings_are_read_and_the_guess_is_told(
    landscape, tmp_path, run, encoding, name
):
    header = {
        "gb18030": "物种,经度,纬度,备注",
        "koi8-r": "вид,долгота,широта,примечание",
        "euc-kr": "종명,경도,위도,비고",
    }[encoding]
    text = landscape.points.read_text(encoding="utf-8").splitlines()[1:]
    lines = [line.replace("Testudo manualis", f'"{name}"') + f',"{name}"' for line in text]
    landscape.points.write_text("\n".join([header, *lines, ""]), encoding=encoding)
    results, _ = run(landscape.study(), tmp_path / "run")
    assert results.records.kept == 60
    assert len(results.records.notes) > 1
    wrong = landscape.study(
        records={"sources": [{"path": str(landscape.points), "encoding": "klingon"}]}
    )
    with pytest.raises(PlannerError, match="klingon"):
        run(wrong, tmp_path / "other")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"records": {"rules": {"cell": 5}}},
            "records.rules.cell: there is no such rule",
        ),
        ({"records": {"rules": {"cell_km": -5}}}, "records.rules"),
        (
            {"records": {"rules": {"cell_km": "wide"}}},
            "records.rules.cell_km must be a number, got 'wide'.",
        ),
        ({"records": {"rules": {"actions": {"magic": "flag"}}}}, "records.rules"),
        (
            {"model": {"kind": "maxent", "options": {"regularization": "strong"}}},
            "The option regularization of the model maxent must be a number, such as 1.0",
        ),
        (
            {"model": {"kind": "maxent", "options": {"features": "xyz"}}},
            'cannot be fitted with the options features=xyz: features is "auto" or letters',
        ),
        ({"model": {"kind": "maxent", "options": {"magic": 1}}}, "no option 'magic'"),
    ],
)
def test_settings_that_cannot_be_meant(landscape, refused, changes, told):
    content = landscape.content(
        **{key: value for key, value in changes.items() if key != "records"}
    )
    if "records" in changes:
        content["records"] = {**content["records"], **changes["records"]}
    assert told in refused(study_from(content))


def test_an_expert_index_takes_the_layers_of_its_profile(landscape, refused):
    study = landscape.study(species="snow-leopard", model={"kind": "expert"})
    told = refused(study)
    assert "lacks" in told
    assert "expert index" in told


def test_a_pressure_needs_a_response(landscape, refused):
    content = landscape.content()
    for layer in content["covariates"]:
        if layer["name"] == "roads":
            layer.pop("undisturbed")
            layer["role"] = "pressure"
    assert "role pressure" in refused(study_from(content))


@pytest.mark.parametrize(("least", "name"), [(0.3, "roads"), (0.0, "distance_road")])
def test_a_disturbance_whose_value_without_people_nobody_stated(
    landscape, refused, least, name
):
    values = np.linspace(least, 9.0, landscape.shape[0] * landscape.shape[1])
    (landscape.folder / "layers" / "roads.tif").unlink()
    layer = landscape.write_layer(
        landscape.folder / "layers" / f"{name}.tif",
        values.reshape(landscape.shape).astype(np.float32),
    )
    content = landscape.content()
    for item in content["covariates"]:
        if item["path"] == str(layer):
            item.pop("undisturbed", None)
            item["role"] = "disturbance"
    told = refused(study_from(content))
    assert f"The layer {name} stands for people" in told
    assert f"--disturbance {name}=VALUE" in told


def test_the_value_without_people_is_told(landscape, tmp_path, run):
    content = landscape.content()
    roads = next(item for item in content["covariates"] if item["name"] == "roads")
    roads["undisturbed"] = 0.125
    results, _ = run(study_from(content), tmp_path / "run")
    used = {layer.name: layer.undisturbed for layer in results.coverage.layers}
    assert used == {"cover": None, "roads": 0.125, "trees": None}
    text = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "disturbance; without people 0.125" in text
