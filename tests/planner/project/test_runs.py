import hashlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import EditError, ProjectError
from planner.project import (
    AddFeatures,
    Project,
    RunRecord,
    UpdateFeature,
    file_sha256,
    hash_of,
    inputs_hash,
    table_output,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.fixture
def run(project, core):
    """A run with a raster and rows as outputs, both there."""
    raster = project.raster_path("suitability")
    raster.write_bytes(b"raster")
    project.execute(AddFeatures("cores", [core("a", scenario="base"), core("b")]))
    rows = table_output("cores", scenario="base")
    return RunRecord(
        run_id="r1",
        step="cores",
        inputs_hash="abc",
        parameters={"threshold": 0.5, "species": ["amur-tiger"]},
        seed=7,
        versions={"landbridge": "0.1.0"},
        started="2024-05-01T10:00:00Z",
        seconds=1.5,
        outputs={name: project.output_hash(name) for name in ("rasters/suitability.tif", rows)},
        inputs={"pack": "123"},
    )


def test_run_is_found_again_after_a_restart(folder, project, run):
    project.add_run(run)
    assert project.find_run("cores", "abc") == run
    project.close()
    with Project.open(folder) as again:
        assert again.find_run("cores", "abc") == run
        assert again.runs() == (run,)
        assert again.runs(step="other") == ()
        assert again.find_run("cores", "other") is None
        assert again.find_run("other", "abc") is None


def test_altered_or_missing_raster_is_not_reused(project, run):
    project.add_run(run)
    raster = project.raster_path("suitability")
    raster.write_bytes(b"rasteR")
    assert project.find_run("cores", "abc") is None
    raster.unlink()
    assert project.find_run("cores", "abc") is None
    raster.write_bytes(b"raster")
    assert project.find_run("cores", "abc") == run


def test_altered_rows_are_not_reused_until_undone(project, run):
    project.add_run(run)
    project.execute(UpdateFeature("cores", 2, {"name": "not of this scenario"}))
    assert project.find_run("cores", "abc") == run
    project.execute(UpdateFeature("cores", 1, {"name": "edited by hand"}))
    assert project.find_run("cores", "abc") is None
    project.undo()
    assert project.find_run("cores", "abc") == run


def test_newest_run_that_stands_is_found(project, run):
    project.add_run(run)
    project.add_run(replace(run, run_id="r2"))
    project.add_run(replace(run, run_id="r3", outputs={"rasters/gone.tif": "0"}))
    assert project.find_run("cores", "abc").run_id == "r2"


def test_same_rows_have_the_same_hash_whatever_their_identifiers(project, core):
    name = table_output("cores", run_id="a")
    project.execute(AddFeatures("cores", [core("x", run_id="a"), core("y", run_id="a")]))
    project.execute(AddFeatures("cores", [core("x", run_id="b"), core("y", run_id="b")]))
    assert project.output_hash(name) == project.output_hash(table_output("cores", run_id="b"))
    project.execute(AddFeatures("cores", [core("x", y=1.0, run_id="c"), core("y", run_id="c")]))
    assert project.output_hash(name) != project.output_hash(table_output("cores", run_id="c"))


def test_undo_passes_over_runs_and_keeps_what_can_be_repeated(project, run):
    project.execute(UpdateFeature("cores", 1, {"name": "x"}, label="Name core"))
    project.undo()
    project.add_run(run)
    assert project.history()[0].state == "kept"
    assert project.redo() == "Name core"
    assert project.undo() == "Name core"
    assert project.undo() == "Add 2 to cores"
    assert project.runs() == (run,)


def test_run_is_written_once(project, run):
    project.add_run(run)
    with pytest.raises(EditError, match="has a run 'r1' already"):
        project.add_run(run)
    with pytest.raises(EditError, match="as JSON"):
        project.add_run(replace(run, run_id="r2", parameters={"x": object()}))
    assert len(project.runs()) == 1


@pytest.mark.parametrize("output", ["../secret", "/etc/hostname", "rasters/../../x"])
def test_outputs_stay_inside_the_project(project, output):
    with pytest.raises(ProjectError, match="lies outside the project"):
        project.output_hash(output)


def test_outputs_of_unknown_tables_are_refused(project):
    with pytest.raises(EditError, match="no table 'nope'"):
        table_output("nope")
    with pytest.raises(EditError, match="no column 'nope'"):
        project.output_hash("table:cores?nope=1")


@pytest.mark.parametrize("value", ["a b", "a&b=c", "ä%/?", ""])
def test_selections_survive_odd_characters(project, core, value):
    empty = project.output_hash(table_output("cores", scenario=value))
    project.execute(AddFeatures("cores", [core("x", scenario=value)]))
    assert project.output_hash(table_output("cores", scenario=value)) != empty


def test_hash_is_the_same_on_every_machine():
    value = {"b": [1, 2.5, None, True], "a": "å"}
    canonical = b'{"a":"\\u00e5","b":[1,2.5,null,true]}'
    assert hash_of(value) == hashlib.sha256(canonical).hexdigest()
    assert hash_of({"x": np.float64(2.0), "y": np.arange(2)}) == hash_of({"y": [0, 1], "x": 2})
    assert hash_of({3, 1, 2}) == hash_of([1, 2, 3])


@given(json_values, json_values)
def test_hashes_agree_exactly_where_values_do(first, second):
    def plain(value):
        if isinstance(value, dict):
            return ("map", tuple(sorted((k, plain(item)) for k, item in value.items())))
        if isinstance(value, list):
            return ("list", tuple(plain(item) for item in value))
        return (type(value).__name__, value)

    assert (hash_of(first) == hash_of(second)) == (repr(plain(first)) == repr(plain(second)))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1: 2}, b"x"])
def test_values_without_a_hash(value):
    with pytest.raises(EditError, match="no hash"):
        hash_of([value])


def test_inputs_hash_depends_on_everything():
    def make(step="s", inputs="a", parameter=1, seed=1, version="1"):
        return inputs_hash(
            step, {"i": inputs}, {"p": parameter}, seed=seed, versions={"v": version}
        )

    varied = [make(), make("t"), make(inputs="b"), make(parameter=2), make(seed=2)]
    varied.append(make(version="2"))
    assert len(set(varied)) == 6
    assert make() == make()


def test_file_hash(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    assert file_sha256(path).startswith("ba7816bf8f01cfea414140de5dae2223")
