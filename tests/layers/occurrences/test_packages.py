from __future__ import annotations

import zipfile

import pytest

from layers.occurrences import OccurrenceReadError, UnsafePackageError, limits, read_occurrences
from layers.occurrences.packages import Package


def _zip(path, files, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path


def test_an_archive_with_one_table_is_read(tmp_path):
    path = _zip(tmp_path / "a.zip", {"0001.csv": "species\tlon\tlat\nA b\t131.1\t43.1\n"})
    table = read_occurrences(path).table
    assert table["source"].tolist() == ["a.zip/0001.csv"]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    content = b"lon,lat\n" + b"0" * (limits.FREE_UNPACKED_BYTES + 1)
    with pytest.raises(UnsafePackageError, match="times its size"):
        read_occurrences(_zip(tmp_path / "bomb.zip", {"a.csv": content}))


def test_too_many_members_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAXIMUM_MEMBERS", 3)
    path = _zip(tmp_path / "many.zip", {f"{n}.txt": "x" for n in range(4)})
    with pytest.raises(UnsafePackageError, match="more than 3 files"):
        read_occurrences(path)


def test_too_much_in_all_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAXIMUM_UNPACKED_BYTES", 10)
    with pytest.raises(UnsafePackageError, match="unpacks to more than"):
        read_occurrences(_zip(tmp_path / "a.zip", {"a.csv": "lon,lat\n131.1,43.1\n"}))


def test_a_cut_archive_is_told(tmp_path):
    path = _zip(tmp_path / "a.zip", {"a.csv": "lon,lat\n" + "131.1,43.1\n" * 1000})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(OccurrenceReadError, match="damaged or incomplete archive"):
        read_occurrences(path)


def test_a_damaged_member_is_told(tmp_path):
    path = _zip(
        tmp_path / "a.zip", {"a.csv": "lon,lat\n" + "131.1,43.1\n" * 1000}, zipfile.ZIP_STORED
    )
    content = bytearray(path.read_bytes())
    content[200] = ord("9")
    path.write_bytes(content)
    with pytest.raises(OccurrenceReadError, match="damaged or incomplete archive"):
        read_occurrences(path)


@pytest.mark.parametrize(
    "name",
    ["../outside.csv", "/etc/outside.csv", "C:/outside.csv", "..\\outside.csv", "a/../../b"],
)
def test_a_path_that_leads_outside_is_refused(tmp_path, name):
    package = Package.open(_zip(tmp_path / "a.zip", {"meta.xml": "x"}))
    with pytest.raises(UnsafePackageError, match="outside the package"):
        package.source(name)


@pytest.mark.parametrize("name", ["https://example.org/a.csv", "http:a", "ftp://x/y", "//x/y"])
def test_a_web_address_is_not_fetched(tmp_path, name):
    package = Package.open(_zip(tmp_path / "a.zip", {"meta.xml": "x"}))
    with pytest.raises(UnsafePackageError, match="not fetched"):
        package.source(name)


def test_a_link_that_leads_outside_is_refused(tmp_path):
    (tmp_path / "secret.csv").write_text("lon,lat\n1,2\n")
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "a.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(UnsafePackageError, match="link that leads outside"):
        Package.open(folder).source("a.csv")


def test_several_tables_without_description_are_not_chosen_from(tmp_path):
    path = _zip(tmp_path / "a.zip", {"a.csv": "lon,lat\n1,2\n", "b.csv": "lon,lat\n1,2\n"})
    with pytest.raises(OccurrenceReadError, match=r"neither meta\.xml"):
        read_occurrences(path)


@pytest.mark.parametrize(
    ("start", "says"),
    [
        (b"\xd0\xcf\x11\xe0", "Excel workbook of the old kind"),
        (b"\x1f\x8b\x08", "packed with gzip"),
        (b"%PDF-1.4", "a PDF"),
    ],
)
def test_other_kinds_of_file_are_named(tmp_path, start, says):
    path = tmp_path / "a.csv"
    path.write_bytes(start + b"\0" * 100)
    with pytest.raises(OccurrenceReadError, match=says):
        read_occurrences(path)


def test_an_excel_workbook_is_named(tmp_path):
    path = _zip(tmp_path / "a.xlsx", {"xl/workbook.xml": "<x/>"})
    with pytest.raises(OccurrenceReadError, match="Excel workbook"):
        read_occurrences(path)
