from __future__ import annotations

import numpy as np
import pytest

HEAD = "ncols 4\nnrows 3\nxllcorner 0\nyllcorner 0\ncellsize 1\nNODATA_value -9999\n"
HABITAT = HEAD + "1 2 3 1\n1 -9999 2 1\n2 2 1 1\n"
POINTS = HEAD + "1 0 0 2\n0 0 0 0\n0 0 0 3\n"
INI = """[Circuitscape mode]
data_type = raster
scenario = pairwise
[Habitat raster or graph]
habitat_file = habitat.asc
[Options for pairwise]
point_file = points.asc
[Output options]
write_cur_maps = True
output_file = out/case.out
"""


@pytest.fixture
def case(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "habitat.asc").write_text(HABITAT)
    (tmp_path / "points.asc").write_text(POINTS)
    (tmp_path / "case.ini").write_text(INI)
    return tmp_path


def test_a_case_runs_and_tells_what_it_uses_and_writes(landbridge, case):
    ended = landbridge("circuit", "case.ini")
    assert ended.status == 0, ended.err
    assert ended.err == ""
    assert "case.ini: raster, pairwise" in ended.out
    assert f"{case / 'habitat.asc'}" in ended.out
    assert "11 nodes; about 0.2" in ended.out
    assert f"Written to {case / 'out'}:" in ended.out
    assert "case_curmap_1_2.asc" in ended.out
    table = np.loadtxt(case / "out" / "case_resistances.out")
    assert table[0].tolist() == [0, 1, 2, 3]
    assert (table[1:, 1:] >= 0).all()


def test_another_folder(landbridge, case):
    assert landbridge("circuit", "case.ini", "--out", "mine").status == 0
    assert (case / "mine" / "case_resistances.out").is_file()
    assert not (case / "out").exists()


def test_from_elsewhere_the_case_finds_its_files(landbridge, case, monkeypatch):
    elsewhere = case / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert landbridge("circuit", case / "case.ini").status == 0
    assert (case / "out" / "case_resistances.out").is_file()


def test_disconnected_points_get_minus_one(landbridge, case):
    wall = HEAD + "1 1 -9999 1\n1 1 -9999 1\n1 1 -9999 1\n"
    (case / "habitat.asc").write_text(wall)
    ended = landbridge("circuit", "case.ini")
    assert ended.status == 0
    table = np.loadtxt(case / "out" / "case_resistances.out")
    assert table[1, 2] == table[1, 3] == -1
    assert table[2, 3] > 0


def test_a_point_on_nodata_is_told(landbridge, case):
    (case / "points.asc").write_text(HEAD + "1 0 0 2\n0 3 0 0\n0 0 0 0\n")
    ended = landbridge("circuit", "case.ini")
    assert ended.status == 0
    assert "On NoData, so connected to nothing (-1): focal points 3." in ended.out


def test_negative_resistance_is_a_barrier_and_told(landbridge, case):
    (case / "habitat.asc").write_text(HABITAT.replace("1 2 3 1", "1 -2 3 1"))
    ended = landbridge("circuit", "case.ini")
    assert ended.status == 0
    assert "nothing moves where the resistance is negative" in ended.out


def test_an_unknown_key_is_told(landbridge, case):
    (case / "case.ini").write_text(INI + "write_current_maps = True\n")
    ended = landbridge("circuit", "case.ini")
    assert ended.status == 0
    assert "the key write_current_maps is not known and has no effect" in ended.out


def test_an_unfinished_run_is_asked_for(landbridge, case):
    ended = landbridge("circuit", "case.ini", "--resume")
    assert ended.status == 0
    assert "No unfinished run of this case" in ended.out


@pytest.mark.parametrize(
    ("name", "text", "status", "message"),
    [
        ("habitat.asc", HABITAT.replace("1 2 3 1", "0 2 0 1"), 1, "2 cells have a resistance"),
        ("habitat.asc", HEAD + "-9 -9 -9 -9\n" * 3, 1, "no cell that anything could move"),
        ("habitat.asc", HABITAT.replace("ncols 4", "ncols 4000000000"), 1, "more than the 400"),
        ("habitat.asc", HABITAT[:-8], 1, "ends before the 12 cells"),
        ("points.asc", HEAD + "1 0 0 0\n0 0 0 0\n0 0 0 0\n", 1, "inside the habitat: 1"),
        ("points.asc", HEAD + "1.5 0 0 2\n0 0 0 0\n0 0 0 0\n", 1, "must be whole numbers"),
        ("points.asc", "1 0.5 0.5\n2 9.5 0.5\n", 1, "id 2 at (9.5, 0.5) lies outside"),
        ("points.asc", "1 0.5\n2 1.5\n", 1, "3 finite numbers"),
        ("points.asc", "1 0 0\n2 x 1\n", 1, "'x' to float64 in row 2, column 2. Give one"),
        ("habitat.asc", HABITAT.replace("2 2", "2 2,5"), 1, "in row 3, column 2. Each row"),
        ("habitat.asc", "II*\0 and no more", 1, "habitat.asc is damaged: TIFF"),
        ("case.ini", INI.replace("out/case.out", "out/"), 2, "names no file"),
        ("case.ini", INI.replace("points.asc", "none.asc"), 1, "point_file none.asc is"),
        ("case.ini", INI.replace("pairwise", "pairs", 1), 2, "Set it to pairwise, advanced"),
        ("case.ini", INI + "nothing here\n", 2, "line 11: 'nothing here' is neither"),
        ("case.ini", INI + "\x00\x07", 2, "is a binary file"),
        ("case.ini", INI + "use_mask = True\n", 2, "mask_file is not set"),
        ("case.ini", INI + "use_polygons = perhaps\n", 2, "Set it to True or False"),
    ],
)  # fmt: skip
def test_bad_input_is_told_in_one_paragraph(landbridge, case, name, text, status, message):
    (case / name).write_text(text)
    ended = landbridge("circuit", "case.ini")
    assert ended.status == status
    assert message in ended.err
    assert ended.err.startswith("landbridge: ")
    assert ended.err.count("\n") == 1
    assert not list(case.glob("out/*resistances*"))


def test_grids_that_do_not_match_name_both(landbridge, case):
    (case / "sources.asc").write_text(HEAD + "1 0 0 0\n0 0 0 0\n0 0 0 0\n")
    (case / "grounds.asc").write_text(
        "ncols 2\nnrows 1\nxllcorner 0\nyllcorner 0\ncellsize 2\nNODATA_value -9999\n1 0\n"
    )
    advanced = INI.replace("pairwise", "advanced", 1)
    (case / "case.ini").write_text(
        advanced + "source_file = sources.asc\nground_file = grounds.asc\n"
    )
    ended = landbridge("circuit", "case.ini")
    assert ended.status == 1
    assert "grounds.asc (1 rows x 2 columns of 2 from (0, 0)) has other cells than" in ended.err
    assert "habitat.asc (3 rows x 4 columns of 1 from (0, 0))" in ended.err


def test_too_little_memory_is_told_before_the_start(landbridge, case):
    ended = landbridge("circuit", "case.ini", "--memory", "0.05")
    assert ended.status == 1
    assert "more than the 0.05 GB it may use. Allow more by --memory" in ended.err
    assert not (case / "out").exists()


def test_a_folder_that_cannot_be_written_is_told_before_the_work(landbridge, case, monkeypatch):
    from planner.circuit import pairwise  # noqa: PLC0415 - verbs are loaded when used

    monkeypatch.setattr(pairwise, "solve_pairs", None)  # it would be an error to get here
    (case / "mine").write_text("a file")
    ended = landbridge("circuit", "case.ini", "--out", "mine")
    assert ended.status == 1
    assert "The folder " in ended.err
    assert "cannot be made" in ended.err


def test_a_missing_case_is_told(landbridge, case):
    ended = landbridge("circuit", "none.ini")
    assert ended.status == 2
    assert "none.ini cannot be read: there is no such file or folder" in ended.err


def test_ctrl_c_keeps_what_was_finished(landbridge, case, monkeypatch):
    from planner.circuit import pairwise  # noqa: PLC0415 - verbs are loaded when used

    written = []
    whole = pairwise._write_pair

    def interrupted(*words):
        if written:
            raise KeyboardInterrupt
        written.append(words)
        return whole(*words)

    monkeypatch.setattr(pairwise, "_write_pair", interrupted)
    ended = landbridge("circuit", "case.ini")
    assert ended.status == 130
    monkeypatch.setattr(pairwise, "_write_pair", whole)
    ended = landbridge("circuit", "case.ini", "--resume")
    assert ended.status == 0
    assert "Solutions taken over from an earlier run: 1." in ended.out
