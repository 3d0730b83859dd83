import shutil
import signal
from pathlib import Path

import pandas as pd
import pytest

from planner.marxan import solving

REFERENCE = Path(__file__).parents[3].parent / "shared/peer/reserve/pymarxan_small"
TABLES = {
    "pu.dat": "id,cost,status\n1,4,0\n2,3,0\n3,5,0\n4,2,0\n",
    "spec.dat": "id,target,spf,name\n1,5,1,tiger\n2,3,1,leopard\n",
    "puvspr.dat": "species,pu,amount\n1,1,3\n1,2,2\n1,4,4\n2,2,3\n2,3,1\n2,4,2\n",
    "bound.dat": "id1,id2,boundary\n1,2,1\n2,3,1\n3,4,1\n1,1,2\n2,2,1\n3,3,1\n4,4,2\n",
    "input.dat": "BLM 1\nPUNAME pu.dat\nSPECNAME spec.dat\nPUVSPRNAME puvspr.dat\n"
    "BOUNDNAME bound.dat\nSCENNAME mine\nOUTPUTDIR output\n",
}


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "marxan"
    root.mkdir()
    for name, text in TABLES.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.mark.reference
@pytest.mark.parametrize(
    ("name", "score"),
    [("simple", 43.0), ("formats/double_tab", 20.0), ("formats/quoted_csv", 20.0)],
)
def test_the_reference_folders_from_the_command_line(landbridge, tmp_path, name, score):
    if not REFERENCE.is_dir():
        pytest.skip("the reference data are not beside the repository")
    shutil.copytree(REFERENCE / name, tmp_path / "marxan")
    ended = landbridge("reserve", tmp_path / "marxan/input.dat")
    assert ended.status == 0, ended.err
    assert f"Bound {score:g}, gap 0 %: proved to be the best" in ended.out
    output = tmp_path / "marxan/output"
    summary = pd.read_csv(output / "output_sum.csv")
    proof = pd.read_csv(output / "output_bound.csv")
    assert summary.Score.tolist() == [score]
    assert proof.objective.tolist() == [score]
    assert proof.bound.tolist() == [pytest.approx(score)]
    missing = pd.read_csv(output / "output_mvbest.csv")
    assert set(missing["Target Met"]) == {"yes"}
    best = pd.read_csv(output / "output_best.csv")
    assert best.SOLUTION.sum() == summary.Planning_Units[0]


@pytest.mark.reference
def test_the_reference_folder_with_zones_is_refused(landbridge, tmp_path):
    if not REFERENCE.is_dir():
        pytest.skip("the reference data are not beside the repository")
    shutil.copytree(REFERENCE / "zones", tmp_path / "marxan")
    ended = landbridge("reserve", tmp_path / "marxan/input.dat")
    assert ended.status == 1
    assert "Marxan with Zones (ZONESNAME" in ended.err
    assert not (tmp_path / "marxan/output").exists()


def test_a_folder_is_solved_told_and_written(landbridge, folder):
    ended = landbridge("reserve", folder)
    assert ended.status == 0, ended.err
    assert "4 planning units (0 locked in, 0 locked out), 2 features (2 with" in ended.out
    assert "Every target is kept. Marxan would weigh it against cost by SPF" in ended.out
    assert "Score 11 = cost 5 + boundary 6 x BLM 1" in ended.out
    assert "2 of 4 units; 2 of 2 targets met" in ended.out
    assert "2 leopard" in ended.out
    assert {path.name for path in (folder / "output").iterdir()} == {
        "mine_best.csv", "mine_mvbest.csv", "mine_sum.csv", "mine_bound.csv"
    }  # fmt: skip


def test_results_go_where_they_are_asked_to(landbridge, folder, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    for name in TABLES.keys() - {"input.dat"}:
        (folder / name).rename(data / name)
    out = tmp_path / "results"
    ended = landbridge("reserve", folder / "input.dat", "--data", data, "--out", out)
    assert ended.status == 0, ended.err
    assert (out / "mine_best.csv").is_file()
    assert not (folder / "output").exists()


def test_targets_missed_at_a_charge(landbridge, folder):
    (folder / "spec.dat").write_text(TABLES["spec.dat"].replace("5,1,", "50,0.01,"))
    refused = landbridge("reserve", folder)
    assert refused.status == 1
    assert "feature 1 (tiger)" in refused.err
    assert "--soft" in refused.err
    ended = landbridge("reserve", folder, "--soft")
    assert ended.status == 0, ended.err
    assert "Targets may be missed at Marxan's charge" in ended.out
    assert "+ penalty" in ended.out
    assert "1 of 2 targets met" in ended.out
    missing = pd.read_csv(folder / "output/mine_mvbest.csv")
    assert missing["Target Met"].tolist()[0] == "no"


def test_a_portfolio(landbridge, folder):
    with (folder / "input.dat").open("a", encoding="utf-8") as stream:
        stream.write("SAVESUMSOLN 3\nSAVERUN 3\n")
    words = ("--portfolio", "3", "--within", "80", "--distance", "0.2", "--time-limit", "20")
    ended = landbridge("reserve", folder, *words)
    assert ended.status == 0, ended.err
    assert "selections that differ, with scores 11, " in ended.out
    often = pd.read_csv(folder / "output/mine_ssoln.csv")
    units = pd.read_csv(folder / "output/mine_units.csv")
    runs = len(list((folder / "output").glob("mine_r*.csv")))
    assert runs > 1
    assert (often.number / runs).tolist() == units.frequency.tolist()


def test_ctrl_c_keeps_and_writes_the_best_so_far(landbridge, folder, monkeypatch):
    solve = solving.solve

    def interrupted(problem, **options):
        watcher = options.pop("watcher")

        class Pressing:
            pressed = False

            def told(self, moment):
                if moment.selected is not None and not self.pressed:
                    self.pressed = True
                    signal.raise_signal(signal.SIGINT)
                return watcher.told(moment)

        return solve(problem, watcher=Pressing(), **options)

    monkeypatch.setattr(solving, "solve", interrupted)
    ended = landbridge("reserve", folder, "--portfolio", "3")
    assert ended.status == 0, ended.err
    assert (folder / "output/mine_best.csv").is_file()
    assert not (folder / "output/mine_units.csv").exists()


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("--gap", "nan"), 2, "--gap"),
        (("--method", "guessing"), 2, "guessing"),
        (("--portfolio", "0"), 2, "portfolio"),
        (("--budget", "1"), 1, "budget"),
    ],
)
def test_options_that_cannot_be_meant(landbridge, folder, words, status, told):
    ended = landbridge("reserve", folder, *words)
    assert ended.status == status
    assert told in ended.err
    assert not list((folder / "output").glob("*")) if (folder / "output").exists() else True


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("pu.dat", "id,cost\n1,1\n1,2\n", "planning unit 1 stands there twice"),
        ("pu.dat", "id,cost\n1,0\n2,2\n3,1\n4,1\n", "column cost of planning unit 1 is 0"),
        ("puvspr.dat", "species,pu,amount\n1,1,-3\n", "feature 1 in unit 1 is negative"),
        ("puvspr.dat", "species,pu,amount\n1,77,3\n", "planning unit 77 is not known"),
        ("spec.dat", "id,target\n1,much\n", "column target holds no finite number: 'much'"),
        ("input.dat", "BLM 1\nOUTPUTDIR ../../away\n", "leads out of"),
    ],
)
def test_bad_folders_are_told_in_one_paragraph(landbridge, folder, name, text, told):
    (folder / name).write_text(text, encoding="utf-8")
    ended = landbridge("reserve", folder)
    assert ended.status in {1, 2}
    assert told in ended.err
    assert name in ended.err
    assert ended.err.count("\n") == 1
    assert not (folder / "output").exists()
