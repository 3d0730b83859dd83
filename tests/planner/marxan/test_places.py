import pytest

from planner.marxan.errors import MarxanFolderError, MarxanPlaceError
from planner.marxan.parameters import read_parameters
from planner.marxan.places import find_places


def places(path, **options):
    return find_places(read_parameters(path), **options)


def test_tables_and_results_lie_within_the_folder(make_folder):
    path = make_folder()
    found = places(path)
    assert found.inputs["PUNAME"] == path.parent / "input/pu.dat"
    assert found.inputs["BOUNDNAME"] == path.parent / "input/bound.dat"
    assert found.output == path.parent / "output"
    assert found.result("_best.csv").name == "mine_best.csv"
    assert "BLOCKDEFNAME" not in found.inputs


def test_windows_paths_and_letters_of_another_case(make_folder):
    path = make_folder()
    text = path.read_text().replace("INPUTDIR input", "INPUTDIR .\\Input\\")
    path.write_text(text.replace("PUNAME pu.dat", "PUNAME PU.DAT"))
    assert places(path).inputs["PUNAME"] == path.parent / "input/pu.dat"


def test_a_folder_named_by_the_caller_may_lie_elsewhere(make_folder, tmp_path):
    path = make_folder()
    (path.parent / "input").rename(tmp_path / "elsewhere")
    with pytest.raises(MarxanFolderError, match=r"INPUTDIR input is .* no folder.*--data"):
        places(path)
    found = places(path, data=tmp_path / "elsewhere", out=tmp_path / "results")
    assert found.inputs["PUNAME"] == tmp_path / "elsewhere/pu.dat"
    assert found.output == tmp_path / "results"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("OUTPUTDIR output", "OUTPUTDIR ../elsewhere", r"OUTPUTDIR is .* out of .*--out"),
        ("OUTPUTDIR output", "OUTPUTDIR /tmp", r"OUTPUTDIR is '/tmp', an absolute.*--out"),
        ("OUTPUTDIR output", "OUTPUTDIR C:\\out", r"absolute path"),
        ("OUTPUTDIR output", "OUTPUTDIR a/../../b", r"leads out of"),
        ("INPUTDIR input", "INPUTDIR ..", r"INPUTDIR is '\.\.', which leads out.*--data"),
        ("INPUTDIR input", "INPUTDIR /etc", r"absolute path"),
        ("PUNAME pu.dat", "PUNAME ../../../etc/passwd", r"PUNAME is .* leads out of"),
        ("PUNAME pu.dat", "PUNAME \\\\server\\share\\pu.dat", r"absolute path"),
        ("SCENNAME mine", "SCENNAME ../mine", r"SCENNAME is .* cannot begin the name"),
        ("SCENNAME mine", "SCENNAME sub\\mine", r"cannot begin the name"),
        ("SCENNAME mine", "SCENNAME ..", r"cannot begin the name"),
        ("SCENNAME mine", f"SCENNAME {'x' * 300}", r"cannot begin the name"),
    ],
)
def test_no_path_leads_out_of_the_folder(make_folder, old, new, told):
    path = make_folder()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(MarxanPlaceError, match=told) as caught:
        places(path)
    assert f"line {1 + path.read_text().split(new)[0].count(chr(10))}" in str(caught.value)


def test_a_path_of_another_machine_is_told_with_the_folder_that_may_be_meant(make_folder):
    path = make_folder()
    text = path.read_text().replace("INPUTDIR input", "INPUTDIR C:\\Users\\me\\marxan\\input")
    path.write_text(text)
    with pytest.raises(MarxanPlaceError, match=rf"absolute.*--data {path.parent}/input"):
        places(path)


def test_no_link_leads_out_of_the_folder(make_folder, tmp_path):
    path = make_folder()
    secret = tmp_path / "secret.dat"
    secret.write_text("id,cost\n1,1\n")
    (path.parent / "input/pu.dat").unlink()
    (path.parent / "input/pu.dat").symlink_to(secret)
    with pytest.raises(MarxanPlaceError, match=r"PUNAME is 'pu.dat', which leads by a link"):
        places(path)
    (path.parent / "input/pu.dat").unlink()
    (path.parent / "input/pu.dat").write_text("id,cost\n1,1\n")
    (path.parent / "output").symlink_to(tmp_path)
    with pytest.raises(MarxanPlaceError, match=r"OUTPUTDIR is 'output', which leads by a link"):
        places(path)
