from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.suitability import StudyError, load_study, save_study, study_from
from planner.suitability.study import Projection, projection_name
from planner.suitability.study_file import changed_study, flat_settings, study_content

LAYERS = [{"name": "trees", "path": "layers/trees.tif"}]
RECORDS = {"sources": [{"path": "points.csv"}]}


def content(**changes):
    return {"species": "amur-tiger", "records": RECORDS, "covariates": LAYERS} | changes


@pytest.mark.parametrize("ending", ["toml", "json"])
def test_a_study_is_the_same_after_a_round_trip(tmp_path, ending):
    study = study_from(
        content(
            covariates=[
                {"name": "trees", "path": str(tmp_path / "layers" / "trees.tif")},
                {"name": "slope", "path": "pack:slope"},
                {
                    "name": "roads",
                    "path": "/elsewhere/roads.tif",
                    "role": "disturbance",
                    "undisturbed": 0.5,
                },
            ],
            records={"sources": [{"path": str(tmp_path / "p.csv"), "columns": {"lon": "東"}}]},
            projections=[{"name": "future", "layers": {"trees": "/f/trees.tif"}}],
            statements={"authors": "Ö. Example"},
        )
    )
    path = save_study(study, tmp_path / f"study.{ending}")
    assert load_study(path) == study
    text = path.read_text(encoding="utf-8")
    assert "layers/trees.tif" in text
    assert str(tmp_path) not in text, "files beside the study are named relative to it"
    assert "pack:slope" in text
    assert "/elsewhere/roads.tif" in text


def test_a_study_moves_with_its_folder(tmp_path):
    first = tmp_path / "first"
    first.mkdir()
    study = study_from(
        content(covariates=[{"name": "trees", "path": str(first / "trees.tif")}])
    )
    save_study(study, first / "study.toml")
    first.rename(tmp_path / "second")
    moved = load_study(tmp_path / "second" / "study.toml")
    assert moved.covariates[0].path == (tmp_path / "second" / "trees.tif").as_posix()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"covariates": []}, "covariates is empty."),
        ({"covariates": [*LAYERS, *LAYERS]}, "trees is given twice"),
        ({"records": {}}, "there are no records"),
        ({"sampling": {"pionts": 5}}, "sampling.pionts: there is no such field. Did you"),
        ({"sampling": {"background": "target_group"}}, "needs `target_group`"),
        ({"sampling": {"points": 2}}, "sampling.points must be at least 10, got 2."),
        (
            {"sampling": {"points": "many"}},
            "sampling.points must be a whole number, got 'many'.",
        ),
        ({"sampling": {"reach_km": float("inf")}}, "reach_km must be a number, got inf."),
        ({"sampling": {"reach_km": "far"}}, "reach_km must be a number, got 'far'."),
        ({"species": 5}, "species must be a text, got 5."),
        ({"model": {"options": {"x": []}}}, "model.options.x must be"),
        (
            {"covariates": [{"name": "a", "path": "a.tif", "band": 0}]},
            "covariates.1.band must be at least 1, got 0.",
        ),
        ({"model": {"kind": "magic"}}, "model.kind must be ensemble, maxent"),
        ({"grid": {"cell_size": 100.0}}, "together, or by none"),
        ({"seed": -1}, "seed must be at least 0, got -1."),
        (
            {"covariates": [{"name": "a", "path": "a.tif", "undisturbed": 1.0}]},
            "only a layer of role disturbance",
        ),
        (
            {"covariates": [{"name": "a", "path": "a.tif", "role": "pressure"}]},
            "no covariate has the role habitat",
        ),
        (
            {"projections": [{"name": "f", "layers": {"sea": "s.tif"}}]},
            "sea is no covariate of the study",
        ),
    ],
)
def test_what_cannot_be_meant_is_told_by_its_field(change, told):
    with pytest.raises(StudyError, match="cannot be used") as caught:
        study_from(content(**change))
    assert told in str(caught.value)
    for word in ("Traceback", "field ", "(whole study)", "Input should", "?.", ".."):
        assert word not in str(caught.value)


def test_only_the_innermost_problem_is_told():
    with pytest.raises(StudyError) as caught:
        study_from(content(covariates=[{"name": "a", "path": "a.tif", "kin": "x"}]))
    assert "covariates.1.kin" in str(caught.value)
    assert "at least 1 item" not in str(caught.value)


def test_an_expert_index_needs_no_records():
    assert study_from(content(records={}, model={"kind": "expert"})).model.kind == "expert"


@pytest.mark.parametrize("text", ["species = ", "[", "\x00", "a = 1\na = 2"])
def test_a_damaged_file_is_named(tmp_path, text):
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=r"study\.toml cannot be read"):
        load_study(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(StudyError, match=r"nothing\.toml cannot be read"):
        load_study(tmp_path / "nothing.toml")


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40),
    st.integers(0, 2**32 - 1),
)
def test_any_title_and_seed_survive(tmp_path_factory, title, seed):
    path = tmp_path_factory.mktemp("study") / "study.toml"
    study = study_from(content(title=title, seed=seed, records={"localities": True}))
    kept = load_study(save_study(study, path))
    assert (kept.title, kept.seed) == (title, seed)


def test_changes_leave_the_rest_as_it_was():
    study = study_from(content(sampling={"points": 50, "thinning_km": 3.0}))
    changed = changed_study(study, {"sampling": {"points": 70}, "title": None})
    assert changed.sampling.points == 70
    assert changed.sampling.thinning_km == 3.0
    assert changed_study(study, {}) == study
    with pytest.raises(StudyError):
        changed_study(study, {"sampling": {"points": 1}})


def test_settings_are_listed_by_their_place():
    listed = dict(flat_settings(study_content(study_from(content()))))
    assert listed["covariates.trees.path"] == "layers/trees.tif"
    assert listed["records.sources.1.path"] == "points.csv"
    assert listed["seed"] == "1"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("climate-2070", "climate-2070"),
        ("warmer 3", "warmer-3"),
        ("été", "ete"),
        ("Потепление 3", "projection-2"),
        ("today", "today-1"),
        ("a/b", "a-b-1"),
        ("тёплый", "projection-1"),
        ("...", "projection-2"),
    ],
)
def test_files_can_bear_the_name_of_any_projection(title, name):
    before = [
        Projection(name="A-b", layers={"trees": "t.tif"}),
        Projection(name="projection-1", title="тёплый", layers={"trees": "t.tif"}),
    ]
    assert projection_name(title, before) == name


@given(st.text(max_size=120))
def test_a_name_is_found_for_any_text(title):
    Projection(name=projection_name(title, ()), layers={"trees": "t.tif"})


def test_the_maps_of_today_keep_their_name():
    with pytest.raises(StudyError, match="own layers"):
        study_from(content(projections=[{"name": "Today", "layers": {"trees": "t.tif"}}]))


def test_a_study_is_called_by_its_title_or_the_name_of_its_species():
    content = {"records": {"localities": True}, "covariates": [{"name": "a", "path": "a.tif"}]}
    assert study_from({"species": "snow-leopard", **content}).shown_title == (
        "Snow leopard: habitat suitability"
    )
    assert study_from({"species": "Testudo", **content}).shown_title == "Suitability of Testudo"
    titled = study_from({"species": "Testudo", "title": "Turtles", **content})
    assert titled.shown_title == "Turtles"
