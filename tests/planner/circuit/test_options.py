from __future__ import annotations

import pytest

from planner.circuit.errors import CircuitCaseError, CircuitInputError
from planner.circuit.ini import SECTIONS, read_ini
from planner.circuit.options import CircuitOptions, read_options
from planner.circuit.places import find_places

BASE = (
    "scenario = pairwise\nhabitat_file = a.asc\npoint_file = b.txt\noutput_file = out/x.out\n"
)


def options_of(tmp_path, text):
    path = tmp_path / "case.ini"
    path.write_text(text, encoding="utf-8")
    return read_options(path, read_ini(path))


def test_sections_comments_and_the_last_of_a_key(tmp_path):
    path = tmp_path / "case.ini"
    path.write_text(
        "\ufeff[One]\n# said\n; said\nScenario = advanced\n\n[Two]\nscenario: pairwise\n",
        encoding="utf-8",
    )
    value = read_ini(path)["scenario"]
    assert (value.text, value.section, value.line) == ("pairwise", "Two", 7)


def test_latin_letters_of_old_windows_are_read(tmp_path):
    path = tmp_path / "case.ini"
    path.write_bytes("habitat_file = Gel\xe4nde.asc\n".encode("latin-1"))
    assert read_ini(path)["habitat_file"].text == "Gel\xe4nde.asc"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x00\x01\x02", "binary file"),
        (b"scenario pairwise\n", "line 1: 'scenario pairwise' is neither"),
        (b"= pairwise\n", "neither a"),
        (b"[only sections]\n", "holds no keys"),
        (b"", "holds no keys"),
        (b"a=" + b"x" * 1_000_001, "at most 1,000,000"),
    ],
)
def test_what_is_no_ini_is_refused(tmp_path, data, message):
    path = tmp_path / "case.ini"
    path.write_bytes(data)
    with pytest.raises(CircuitCaseError, match=message):
        read_ini(path)


def test_a_missing_ini_is_told(tmp_path):
    with pytest.raises(CircuitCaseError, match="cannot be read: No such file"):
        read_ini(tmp_path / "none.ini")


def test_both_dialects(tmp_path):
    options, warnings = options_of(
        tmp_path,
        BASE + "write_cur_maps = 1\nwrite_volt_maps=true\nuse_mask = False\nmask_file = None\n"
        "polygon_file = (Browse for a region file)\nremove_src_or_gnd = not entered\n"
        "solver = cholmod\nprecision = None\nparallelize = True\nprint_timings = 0\n"
        "Scenario = one_to_all\nlog_level = INFO\n",
    )
    assert warnings == ()
    assert options.write_cur_maps
    assert options.write_volt_maps
    assert options.polygon_file == ""
    assert options.remove_src_or_gnd == "keepall"
    assert options.scenario == "one-to-all"


def test_unknown_keys_are_told_with_those_near_them(tmp_path):
    _, warnings = options_of(tmp_path, BASE + "write_curr_maps = True\n")
    assert len(warnings) == 1
    assert "line 5: the key write_curr_maps is not known" in warnings[0]
    assert "write_cur_maps" in warnings[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BASE + "write_cur_maps = maybe", "line 5: write_cur_maps is 'maybe'. Set it to True"),
        (
            BASE + "[Mode]\nscenario = both",
            r"scenario in \[Mode\] is 'both'. Set it to pairwise,",
        ),
        (BASE + "data_type = vector", "raster or network"),
        (BASE + "remove_src_or_gnd = all", "keepall, rmvsrc, rmvgnd or rmvall"),
        (BASE.replace("scenario = pairwise", "x = 1"), "the key scenario is missing"),
        (BASE.replace("pairwise", "not entered"), "the key scenario is missing"),
        (BASE.replace("point_file = b.txt", ""), "point_file is not set. Give it a file"),
        (BASE.replace("output_file = out/x.out", ""), "output_file is not set. Give it a base"),
        (BASE + "use_mask = True", "mask_file is not set"),
        (BASE.replace("pairwise", "advanced"), "source_file is not set"),
    ],
)
def test_what_a_case_cannot_mean_is_refused(tmp_path, text, message):
    with pytest.raises(CircuitCaseError, match=message):
        options_of(tmp_path, text)


def test_every_option_stands_in_a_section():
    assert sorted(key for keys in SECTIONS.values() for key in keys) == sorted(
        CircuitOptions.model_fields
    )


def places(tmp_path, case, here, **more):
    options, _ = read_options(case, read_ini(case))
    return find_places(case, options, here=here, **more)


@pytest.fixture
def tree(tmp_path):
    """A case two folders down, whose paths count from the top."""
    inner = tmp_path / "top" / "input" / "1"
    inner.mkdir(parents=True)
    case = inner / "case.ini"
    case.write_text(
        "scenario = pairwise\nhabitat_file = input\\1\\a.asc\npoint_file = input/1/b.txt\n"
        "output_file = results/x.out\n"
    )
    (inner / "a.asc").touch()
    (inner / "b.txt").touch()
    return case


def test_paths_count_from_the_current_folder_first(tree, tmp_path):
    copy = tmp_path / "here" / "input" / "1"
    copy.mkdir(parents=True)
    (copy / "a.asc").touch()
    found = places(tmp_path, tree, tmp_path / "here")
    assert found.inputs["habitat_file"] == copy / "a.asc"
    assert found.inputs["point_file"] == tree.parent / "b.txt"
    assert found.result("_y") == tmp_path / "here" / "results" / "x_y"


def test_paths_count_from_the_folders_above_the_case(tree, tmp_path):
    found = places(tmp_path, tree, tmp_path)
    assert found.inputs["habitat_file"] == tree.parent / "a.asc"
    assert found.folder == tmp_path / "top" / "results"


def test_results_go_to_the_current_folder_where_the_case_cannot_be_written(
    tree, tmp_path, monkeypatch
):
    monkeypatch.setattr("os.access", lambda place, _: place != tmp_path / "top")
    found = places(tmp_path, tree, tmp_path / "here")
    assert found.folder == tmp_path / "here" / "results"


def test_another_folder_for_the_results(tree, tmp_path):
    found = places(tmp_path, tree, tmp_path, out=tmp_path / "mine")
    assert found.result("_y.out") == tmp_path / "mine" / "x_y.out"


def test_absolute_paths_stay(tree, tmp_path):
    text = tree.read_text().replace("input\\1\\a.asc", str(tree.parent / "a.asc"))
    tree.write_text(text.replace("results/x.out", str(tmp_path / "r" / "plain")))
    found = places(tmp_path, tree, tmp_path)
    assert found.result("_y") == tmp_path / "r" / "plain_y"


def test_a_file_that_is_nowhere_is_told(tree, tmp_path):
    (tree.parent / "b.txt").unlink()
    with pytest.raises(CircuitInputError, match=r"point_file input/1/b\.txt is neither in"):
        places(tmp_path, tree, tmp_path)


def test_results_do_not_overwrite_files_of_others(tree, tmp_path):
    precious = tmp_path / "top" / "results" / "x.out"
    precious.parent.mkdir()
    precious.write_text("mine")
    with pytest.raises(CircuitInputError, match="no run of a case has written"):
        places(tmp_path, tree, tmp_path)
    precious.write_text("[Circuitscape Mode]\nscenario = pairwise\n")
    assert places(tmp_path, tree, tmp_path).name == "x"


@pytest.mark.parametrize("name", ["input/1/a.asc", "input/1/case.ini"])
def test_results_do_not_overwrite_what_is_read(tree, tmp_path, name):
    tree.write_text(tree.read_text().replace("results/x.out", name))
    with pytest.raises(CircuitInputError, match="that the case reads"):
        places(tmp_path, tree, tmp_path)
