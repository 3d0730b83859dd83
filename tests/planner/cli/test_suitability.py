from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from pyproj import Transformer
from scipy.ndimage import gaussian_filter

from planner.cli import main
from planner.cli.suitability.options import named_rasters, pairs, raster_paths, typed
from planner.project import Project
from planner.suitability import RunFolder
from resources.errors import UsageError

SIDE, ROWS, COLUMNS = 3000.0, 30, 36
QUICK = ("--model", "maxent", "--set", "features=lq", "--points", "400", "--folds", "3")


def write_layer(path, values):
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        path, "w", driver="GTiff", height=ROWS, width=COLUMNS, count=1, dtype=values.dtype,
        crs="EPSG:32652", transform=Affine(SIDE, 0, 4e5, 0, -SIDE, 4.9e6),
    ) as target:  # fmt: skip
        target.write(values, 1)


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """Two layers, one of another time, and 40 records."""
    folder = tmp_path_factory.mktemp("files")
    rng = np.random.default_rng(3)
    trees = gaussian_filter(rng.normal(size=(ROWS, COLUMNS)), 3).astype(np.float32)
    trees /= trees.std()
    write_layer(folder / "now" / "trees.tif", trees)
    noise = rng.normal(size=(ROWS, COLUMNS)).astype(np.float32)
    write_layer(folder / "now" / "noise.tif", noise)
    write_layer(folder / "later" / "trees.tif", trees + np.float32(2))
    chance = np.exp(3.0 * trees.astype(float)).ravel()
    cells = rng.choice(trees.size, 40, replace=False, p=chance / chance.sum())
    rows, columns = np.divmod(cells, COLUMNS)
    to_degrees = Transformer.from_crs("EPSG:32652", "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(4e5 + (columns + 0.5) * SIDE, 4.9e6 - (rows + 0.5) * SIDE)
    lines = [f"Testudo manualis,{x:.5f},{y:.5f},1" for x, y in zip(lon, lat, strict=True)]
    head = "species,lon,lat,count"
    (folder / "points.csv").write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    survey = [
        f"{x:.5f},{y:.5f},{int(n < 20)}" for n, (x, y) in enumerate(zip(lon, lat, strict=True))
    ]
    (folder / "survey.csv").write_text("\n".join(["lon,lat,seen", *survey, ""]), "utf-8")
    return folder


@pytest.fixture(scope="session")
def fitted(files, tmp_path_factory):
    """The command of the README, with layers as the shell expands them; only to be read."""
    out = tmp_path_factory.mktemp("fitted") / "run"
    words = [
        "suitability", "fit", "--occurrences", files / "points.csv",
        "--covariates", files / "now" / "noise.tif", files / "now" / "trees.tif",
        "--out", out, *QUICK,
    ]  # fmt: skip
    with pytest.raises(SystemExit) as caught:
        main([str(word) for word in words])
    assert caught.value.code == 0
    return out


@pytest.fixture
def run(fitted, tmp_path):
    """A copy of the fitted run, to be altered."""
    shutil.copytree(fitted, tmp_path / "run")
    return tmp_path / "run"


def test_plain_files_become_a_run(fitted):
    results = RunFolder(fitted).results()
    assert results.species == "Testudo manualis", "the species that the records name"
    assert [layer.name for layer in results.coverage.layers] == ["noise", "trees"]
    assert results.sample.presences == 40
    assert (fitted / "report.html").is_file()
    assert json.loads((fitted / "results.json").read_text("utf-8"))["run_id"] == "run"


def test_the_same_words_again_repeat_nothing(landbridge, fitted, run):
    ended = landbridge("suitability", "fit", "--study", run / "study.toml", "--out", run)
    assert ended.status == 0
    assert ended.out.count("unchanged") == 9
    assert "AUC" in ended.out
    assert "report after ODMAP" in ended.out


def test_the_guess_of_the_columns_is_shown(landbridge, files):
    ended = landbridge("suitability", "columns", files / "points.csv")
    assert ended.status == 0
    assert "longitude" in ended.out
    assert "Testudo manualis" in ended.out


def test_a_study_is_shown_before_anything_is_run(landbridge, files, tmp_path):
    ended = landbridge(
        "suitability", "fit", "--occurrences", files / "points.csv",
        "--covariates", files / "now", "--dry-run", "--out", tmp_path / "x",
        "--disturbance", "noise=0.5", "--cv", "countries", "--rule", "cell_km=2",
        "--column", "lon=lon", "--column", "lat=lat",
    )  # fmt: skip
    assert ended.status == 0
    study = RunFolder(tmp_path / "x").study()
    assert study.evaluation.folds == "countries"
    assert study.covariates[0].undisturbed == 0.5
    assert study.records.rules == {"cell_km": 2}
    assert study.records.sources[0].columns == {"lon": "lon", "lat": "lat"}
    assert not (tmp_path / "x" / "results.json").exists()


def test_a_projection_tells_how_much_is_extrapolated(landbridge, files, run):
    later = files / "later" / "trees.tif"
    ended = landbridge("suitability", "predict", run, "--layers", later, "--name", "later")
    assert ended.status == 0, ended.err
    assert "Layers that stay as they are: noise." in ended.out
    assert "later: " in ended.out
    assert "extrapolated" in ended.out
    for name in ("suitability", "similarity", "most_dissimilar"):
        path = run / "rasters" / "later" / f"{name}.tif"
        assert path.is_file()
        assert str(path) in ended.out
    head = next(line for line in ended.out.splitlines() if line.startswith("land, km²"))
    heads = [word.strip() for word in head.replace("│", "┃").split("┃")]
    assert heads == ["land, km²", "today", "later", "gained", "lost", "extrapolated"]
    assert "Left-out records" not in ended.out, "the old evaluation is not told again"
    assert "without disturbance" not in ended.out


@pytest.mark.parametrize(
    ("name", "files_named"),
    [("warmer 3/../../x", "warmer-3-x"), ("暖冬 (2070)", "projection-1")],
)
def test_a_projection_may_be_called_anything(landbridge, files, run, name, files_named):
    later = files / "later" / "trees.tif"
    ended = landbridge("suitability", "predict", run, "--layers", later, "--name", name)
    assert ended.status == 0, ended.err
    assert f"Files of {name} are named {files_named}." in ended.out
    assert (run / "rasters" / files_named / "suitability.tif").is_file()
    assert RunFolder(run).results().maps[1].shown == name
    assert name in (run / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (("--name", "x" * 300), "title is too long"),
        (("--name", "x", "--note", "x" * 5000), "note is too long"),
    ],
)
def test_no_text_ends_in_a_traceback(landbridge, files, run, option, told):
    later = files / "later" / "trees.tif"
    ended = landbridge("suitability", "predict", run, "--layers", later, *option)
    assert ended.status in {1, 2}
    assert told in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--layers", "{later}"), "--name"),
        (("--layers", "{other}", "--name", "x"), "is no layer of the study"),
        (
            ("--layers", "{missing}", "--name", "x"),
            "Did you mean|is no layer|not there|cannot be read",
        ),
    ],
)
def test_layers_of_other_names_are_refused(landbridge, files, run, tmp_path, words, told):
    shutil.copy(files / "later" / "trees.tif", tmp_path / "sea.tif")
    places = {
        "later": files / "later" / "trees.tif",
        "other": tmp_path / "sea.tif",
        "missing": tmp_path / "trees.tif",
    }
    ended = landbridge("suitability", "predict", run, *(w.format(**places) for w in words))
    assert ended.status in {1, 2}
    assert any(part in ended.err for part in told.split("|")), ended.err
    assert "Traceback" not in ended.err


def test_tests_of_a_run_are_shown_and_kept(landbridge, files, run):
    ended = landbridge("suitability", "evaluate", run)
    assert ended.status == 0
    assert "blocks" in ended.out
    ended = landbridge(
        "suitability", "evaluate", run, "--cv", "random", "--folds", 2,
        "--test", files / "survey.csv", "--column", "lon=lon", "--column", "lat=lat",
        "--column", "count=seen",
    )  # fmt: skip
    assert ended.status == 0, ended.err
    assert "(random)" in ended.out
    assert "40 places, 40 on the map, 20 with the species" in ended.out
    results = RunFolder(run).results()
    assert results.further[0].folds_kind == "random"
    assert results.tests[0].found == 20
    assert "survey.csv" in (run / "report.html").read_text("utf-8")


def test_a_survey_without_absences_tests_nothing(landbridge, files, run):
    ended = landbridge("suitability", "evaluate", run, "--test", files / "points.csv")
    assert ended.status == 1
    assert "with and without" in ended.err


def test_the_report_names_what_it_does_not_say(landbridge, run):
    ended = landbridge("suitability", "report", run)
    assert ended.status == 0
    assert "[statements]" in ended.out
    assert "authorship_authors" in ended.out


def test_two_runs_are_compared(landbridge, fitted, run):
    ended = landbridge("suitability", "compare", fitted, run)
    assert ended.status == 0
    assert "Schoener's D" in ended.out


def test_a_run_of_a_project_is_made_listed_and_chosen(landbridge, files, tmp_path):
    folder = tmp_path / "p.landbridge"
    Project.create(folder, name="P", region_id="tumen-estuary", crs="EPSG:32652").close()
    words = ("--occurrences", files / "points.csv", "--covariates", files / "now")
    ended = landbridge("suitability", "fit", *words, "--project", folder, *QUICK)
    assert ended.status == 0, ended.err
    with Project.open(folder, read_only=True) as project:
        (record,) = project.runs()
    run_id = record.parameters["run"]
    assert f"Run {run_id}." in ended.out
    assert run_id in landbridge("suitability", "choose", "-p", folder).out
    ended = landbridge("suitability", "choose", run_id, "-p", folder)
    assert ended.status == 2
    assert "reason" in ended.err
    ended = landbridge("suitability", "choose", run_id, "-p", folder, "--reason", "only one")
    assert ended.status == 0
    assert "chosen: only one" in " ".join(
        landbridge("suitability", "choose", "-p", folder).out.split()
    )
    ended = landbridge("suitability", "evaluate", run_id[:4], "--project", folder)
    assert ended.status == 0
    ended = landbridge(
        "suitability", "choose", "-p", folder, "--forget", "--species", "Testudo manualis"
    )
    assert ended.status == 0


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ((), 2, "--covariates"),
        (("--species", "yeti", "--out", "x"), 2, "yeti has none"),
        (
            ("--occurrences", "{points}", "--covariates", "{now}"),
            2,
            "--out FOLDER or --project",
        ),
        (("--covariates", "{now}", "--out", "{out}"), 1, "there are no records"),
        (
            ("--occurrences", "{points}", "--covariates", "{out}/*.tif", "--out", "x"),
            2,
            "No file",
        ),
        (
            ("--occurrences", "nowhere.csv", "--covariates", "{now}", "--out", "{out}"),
            1,
            "nowhere.csv",
        ),
        (
            ("--occurrences", "{points}", "--covariates", "{points}", "--out", "{out}"),
            1,
            "raster",
        ),
        (
            ("--occurrences", "{points}", "--covariates", "{now}", "--column", "lon"),
            2,
            "NAME=VALUE",
        ),
        (
            ("--occurrences", "{points}", "--covariates", "{now}", "--categorical", "sea"),
            2,
            "no layer 'sea'",
        ),
        (
            (
                "--occurrences",
                "{points}",
                "--covariates",
                "{now}",
                "--cv",
                "moon",
                "-o",
                "{out}",
            ),
            1,
            "evaluation.folds must be random, blocks or countries, got 'moon'.",
        ),
        (("--study", "{points}", "--out", "{out}"), 1, "points.csv cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_told_in_one_paragraph(
    landbridge, files, tmp_path, words, status, told
):
    places = {"points": files / "points.csv", "now": files / "now", "out": tmp_path / "out"}
    ended = landbridge("suitability", "fit", *(word.format(**places) for word in words))
    assert ended.status == status, ended.err
    assert told in ended.err
    assert ended.err.count("\n") == 1
    assert ended.err.startswith("landbridge: ")


def refused_place(landbridge, out):
    """Records and layers are not there, so what is told is told before they are read."""
    words = ("--occurrences", "nowhere.csv", "--covariates", "nowhere.tif", "--out", out)
    ended = landbridge("suitability", "fit", *words)
    assert ended.status == 1, ended.err
    assert ended.err.count("\n") == 1
    return ended.err


def test_a_folder_of_somebody_else_is_left_alone(landbridge, tmp_path):
    kept = {"results.json": "{}", "thesis.docx": "years of work", "stages.json": "[]"}
    for name, text in kept.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert "holds no run of a study" in refused_place(landbridge, tmp_path)
    left = {item.name: item.read_text("utf-8") for item in tmp_path.iterdir()}
    assert left == kept


def test_a_study_of_another_program_makes_no_run(landbridge, tmp_path):
    (tmp_path / "study.toml").write_text('title = "mine"', encoding="utf-8")
    assert "holds no run of a study" in refused_place(landbridge, tmp_path)
    assert (tmp_path / "study.toml").read_text("utf-8") == 'title = "mine"'


def test_a_file_is_no_folder_for_a_run(landbridge, tmp_path):
    (tmp_path / "run").write_text("x", encoding="utf-8")
    assert "is a file" in refused_place(landbridge, tmp_path / "run")
    assert "is a file" in refused_place(landbridge, tmp_path / "run" / "below")


def test_a_folder_that_cannot_be_written_is_told_at_once(landbridge, tmp_path, monkeypatch):
    def refuse(**_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("planner.suitability.folder.tempfile.TemporaryFile", refuse)
    assert "Nothing can be written to the folder" in refused_place(landbridge, tmp_path)


def test_what_a_killed_run_had_begun_is_removed_by_the_next(landbridge, run):
    (run / ".writing-0123").write_text("half", encoding="utf-8")
    (run / "rasters" / ".writing-4567").write_text("half", encoding="utf-8")
    ended = landbridge("suitability", "fit", "--study", run / "study.toml", "--out", run)
    assert ended.status == 0, ended.err
    assert not list(run.rglob(".writing-*"))


def test_a_folder_without_a_run_is_told(landbridge, tmp_path):
    ended = landbridge("suitability", "evaluate", tmp_path)
    assert ended.status == 1
    assert "holds no run" in ended.err


def test_words_mean_files_patterns_and_folders(tmp_path):
    for name in ("b.tif", "a.tif", "c.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in raster_paths([str(tmp_path)])] == ["a.tif", "b.tif"]
    assert len(raster_paths([f"{tmp_path}/*.tif", f"{tmp_path}/a.tif"])) == 2
    assert raster_paths(["gone.tif"]) == [Path("gone.tif")]
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="holds no rasters"):
        raster_paths([str(tmp_path / "empty")])


def test_layers_may_be_named_and_none_has_the_name_of_another(tmp_path):
    for name in ("a/x.tif", "b/x.tif"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    first, second = tmp_path / "a" / "x.tif", tmp_path / "b" / "x.tif"
    found, told = named_rasters([str(first), f"other={second}", str(tmp_path / "a")])
    assert found == {"x": first, "other": second}
    assert told == (f"{first} is given twice; it is the same file and is taken once.",)
    with pytest.raises(UsageError) as caught:
        named_rasters([str(first), str(second)])
    assert f"called x: {first} and {second}. " in str(caught.value)
    assert f"x_2={second}" in str(caught.value)


def test_a_layer_of_a_fit_may_be_named_and_records_given_twice(landbridge, files, tmp_path):
    points = files / "points.csv"
    ended = landbridge(
        "suitability", "fit", "--occurrences", points, "--occurrences", points,
        "--covariates", f"wood={files / 'now' / 'trees.tif'}", files / "later" / "trees.tif",
        "--out", tmp_path / "x", "--dry-run",
    )  # fmt: skip
    assert ended.status == 0, ended.err
    study = RunFolder(tmp_path / "x").study()
    assert [layer.name for layer in study.covariates] == ["wood", "trees"]
    assert len(study.records.sources) == 1
    assert "given twice; it is the same file" in ended.out


@pytest.mark.parametrize(
    ("text", "value"), [("1", 1), ("0.5", 0.5), ("True", True), ("no", "no"), ("1e3", 1000.0)]
)
def test_words_are_numbers_where_they_write_one(text, value):
    assert typed(text) == value
    assert type(typed(text)) is type(value)


def test_pairs_need_a_name_and_a_value():
    assert pairs(["a = b=c"], "It") == {"a": "b=c"}
    with pytest.raises(UsageError, match="NAME=VALUE"):
        pairs(["a="], "It")
