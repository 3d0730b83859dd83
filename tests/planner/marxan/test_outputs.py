import csv
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from algorithms.reserve.solving import solve
from planner.marxan.errors import MarxanFolderError, MarxanPlaceError
from planner.marxan.folder import read_folder
from planner.marxan.outputs import check_places, not_written, write_results
from planner.marxan.problem import kept_targets, missed_at_a_charge
from planner.marxan.result_texts import Run
from planner.marxan.standing import standing

EVERYTHING = "".join(
    f"{key} {{0}}\n"
    for key in (
        "SAVERUN", "SAVEBEST", "SAVESUMMARY", "SAVESCEN", "SAVETARGMET", "SAVESUMSOLN",
        "SAVEPENALTY", "SAVELOG", "SAVESOLUTIONSMATRIX",
    )
)  # fmt: skip


def solved(path, pose=kept_targets):
    posed = pose(read_folder(path))
    found = solve(posed.problem, gap=0.0)
    return posed, Run(standing(posed, found.selected), found)


def names(paths):
    return {path.name for path in paths}


def test_without_save_keys_the_three_main_tables_are_written(make_folder):
    path = make_folder()
    posed, run = solved(path)
    written = write_results(posed, [run])
    assert names(written) == {
        "mine_best.csv", "mine_mvbest.csv", "mine_sum.csv", "mine_bound.csv"
    }  # fmt: skip
    assert {file.parent for file in written} == {path.parent / "output"}
    best = (path.parent / "output/mine_best.csv").read_text(encoding="utf-8")
    assert best == "PUID,SOLUTION\n1,0\n2,1\n3,0\n4,1\n"
    missing = (path.parent / "output/mine_mvbest.csv").read_text(encoding="utf-8")
    assert missing == (
        '"Conservation Feature","Feature Name","Target","Amount Held","Occurrence Target ",'
        '"Occurrences Held","Separation Target ","Separation Achieved","Target Met","MPM"\n'
        "1,tiger,5,6,0,2,0,0,yes,1\n2,leopard,3,5,0,2,0,0,yes,1\n"
    )
    summary = (path.parent / "output/mine_sum.csv").read_text(encoding="utf-8")
    assert summary == (
        '"Run_Number","Score","Cost","Planning_Units","Connectivity","Connectivity_Total",'
        '"Connectivity_In","Connectivity_Edge","Connectivity_Out","Connectivity_In_Fraction",'
        '"Penalty","Shortfall","Missing_Values","MPM"\n'
        "1,11,5,2,6,9,0,6,3,0,0,0,0,1\n"
    )
    (proof,) = csv.DictReader(
        (path.parent / "output/mine_bound.csv").read_text(encoding="utf-8").splitlines()
    )
    assert float(proof["objective"]) == 11
    assert float(proof["bound"]) == pytest.approx(11)
    assert proof["status"] == "optimal"


def test_only_what_is_asked_for_is_written(make_folder):
    posed, run = solved(make_folder("SAVEBEST 3\nSAVESUMMARY 0\n"))
    assert names(write_results(posed, [run])) == {"mine_best.csv", "mine_bound.csv"}


@pytest.mark.parametrize(("kind", "ending", "mark"), [(1, "dat", "\t"), (2, "txt", ",")])
def test_every_table_in_the_other_types(make_folder, kind, ending, mark):
    path = make_folder(EVERYTHING.format(kind))
    posed, run = solved(path, missed_at_a_charge)
    written = write_results(posed, [run, run], ["a note"])
    assert names(written) == {
        *(
            f"mine_{name}.{ending}"
            for name in (
                "best", "mvbest", "sum", "r00001", "mv00001", "r00002", "mv00002", "ssoln",
                "solutionsmatrix", "penalty",
            )
        ),
        "mine_sen.dat",
        "mine_log.dat",
        "mine_bound.csv",
    }  # fmt: skip
    text = {file.name: file.read_text(encoding="utf-8") for file in written}
    chosen = run.standing.selected
    ids = [str(unit) for unit in posed.folder.units.id[chosen]]
    if kind == 1:
        assert text["mine_best.dat"].split() == ids
    else:
        head, *rows = text["mine_best.txt"].splitlines()
        assert head == '"planning_unit","solution"'
        assert [row.split(",")[0] for row in rows if row.endswith(",1")] == ids
    matrix = text[f"mine_solutionsmatrix.{ending}"].splitlines()
    assert matrix[0] == mark.join(("SolutionsMatrix", "P1", "P2", "P3", "P4"))
    assert matrix[1] == mark.join(("S1", *map(str, chosen.astype(int))))
    often = [line.split(mark) for line in text[f"mine_ssoln.{ending}"].splitlines()]
    assert often[-1] == ["4", str(2 * int(chosen[3]))]
    assert text[f"mine_penalty.{ending}"].splitlines()[1] == f"1{mark}11"
    assert text["mine_log.dat"] == "a note\n"
    assert "Number of Planning Units 4\n" in text["mine_sen.dat"]
    assert "Connection modifier 1.00\n" in text["mine_sen.dat"]
    table = pd.read_csv(path.parent / f"output/mine_mvbest.{ending}", sep=mark)
    np.testing.assert_allclose(table["Amount Held"], run.standing.held)


def test_names_that_hold_the_separator_are_quoted(make_folder):
    path = make_folder(
        "BESTFIELDNAME best, of all\n",
        input__spec='id,target,name\n1,5,"tiger, ""Amur"""\n2,3,Дальневосточный леопард\n',
    )
    posed, run = solved(path)
    write_results(posed, [run])
    table = pd.read_csv(path.parent / "output/mine_mvbest.csv")
    assert table["Feature Name"].tolist() == ['tiger, "Amur"', "Дальневосточный леопард"]
    assert pd.read_csv(path.parent / "output/mine_best.csv").columns[1] == "best, of all"


def test_what_a_portfolio_tells_of_each_unit(make_folder):
    path = make_folder()
    posed, run = solved(path)
    shared = {"frequency": np.array([0.5, 1, 0, 1]), "no_regret": np.array([0, 1, 0, 1]) > 0}
    write_results(posed, [run, run], (), shared)
    table = pd.read_csv(path.parent / "output/mine_units.csv")
    assert table.columns.tolist() == ["PUID", "frequency", "no_regret"]
    np.testing.assert_array_equal(table.no_regret, [0, 1, 0, 1])


def test_what_is_asked_and_not_written_is_told(make_folder):
    posed, run = solved(make_folder("SAVESUMSOLN 3\nSAVEPENALTY 3\n"))
    frequency, penalties = not_written(posed, [run])
    assert "--portfolio 10" in frequency
    assert "--soft" in penalties


def test_no_table_that_is_read_is_overwritten(make_folder, tmp_path):
    path = make_folder()
    text = path.read_text(encoding="utf-8").replace("PUNAME pu.dat", "PUNAME mine_pu.dat")
    path.write_text(text, encoding="utf-8")
    (path.parent / "input/pu.dat").rename(path.parent / "input/mine_pu.dat")
    with pytest.raises(MarxanPlaceError, match=r"mine_pu.dat is a table that is read"):
        check_places(read_folder(path, out=path.parent / "input"))
    check_places(read_folder(path, out=tmp_path / "new"))
    assert (tmp_path / "new").is_dir()


def test_save_types_are_checked_before_the_work(make_folder):
    with pytest.raises(MarxanFolderError, match=r"SAVEBEST is '7'"):
        check_places(read_folder(make_folder("SAVEBEST 7\n")))


def test_a_bound_that_is_not_known_is_left_empty(make_folder):
    path = make_folder()
    posed, run = solved(path)
    unproved = replace(run.solution, bound=-np.inf, gap=np.inf, status="stopped")
    write_results(posed, [Run(run.standing, unproved)])
    table = pd.read_csv(path.parent / "output/mine_bound.csv")
    assert table.bound.isna().all()
    assert table.gap.isna().all()
    assert table.status.tolist() == ["stopped"]
