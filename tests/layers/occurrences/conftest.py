from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from layers.occurrences import PlaceReference

if TYPE_CHECKING:
    from pathlib import Path


class Cancelled(Exception):  # noqa: N818 - a request, not an error
    pass


class Stopping:
    """A control that cancels at its n-th report, and keeps what it was told."""

    def __init__(self, after: int = 10**9) -> None:
        self.after = after
        self.told: list[float] = []

    def report(self, fraction: float) -> None:
        self.told.append(fraction)
        if len(self.told) >= self.after:
            raise Cancelled


@pytest.fixture(scope="session")
def reference():
    return PlaceReference.from_pack()


@pytest.fixture
def stopping():
    return Stopping


@pytest.fixture
def cancelled():
    return Cancelled


@pytest.fixture
def write(tmp_path):
    def _write(text: str, name: str = "records.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(encoding))
        return path

    return _write


META = """<?xml version="1.0" encoding="UTF-8"?>
<archive xmlns="http://rs.tdwg.org/dwc/text/" metadata="eml.xml">
  <core encoding="{encoding}" fieldsTerminatedBy="\\t" linesTerminatedBy="\\n"
        fieldsEnclosedBy="" ignoreHeaderLines="{header}"
        rowType="http://rs.tdwg.org/dwc/terms/Occurrence">
    <files><location>{location}</location></files>
    <id index="0"/>
    {fields}
  </core>
  <extension encoding="UTF-8" fieldsTerminatedBy="\\t"
        rowType="http://rs.gbif.org/terms/1.0/Multimedia">
    <files><location>multimedia.txt</location></files>
    <coreid index="0"/>
  </extension>
</archive>
"""


@pytest.fixture
def archive(tmp_path):
    """Write a Darwin Core archive: terms in columns, rows of cells, constants."""

    def _write(terms, rows, **options) -> Path:
        fields = [
            f'<field index="{at}" term="http://rs.tdwg.org/dwc/terms/{term}"/>'
            for at, term in enumerate(terms, start=1)
        ]
        fields += [
            f'<field term="http://rs.tdwg.org/dwc/terms/{term}" default="{value}"/>'
            for term, value in options.get("constants", {}).items()
        ]
        header = options.get("header", 1)
        encoding = options.get("encoding", "UTF-8")
        meta = options.get("meta") or META.format(
            encoding=encoding,
            header=header,
            location=options.get("location", "occurrence.txt"),
            fields="\n".join(fields),
        )
        lines = ["\t".join(["id", *terms])] * header
        lines += ["\t".join([str(at), *row]) for at, row in enumerate(rows, start=1)]
        path = tmp_path / options.get("name", "archive.zip")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("meta.xml", meta)
            packed.writestr("occurrence.txt", "\n".join(lines).encode(encoding) + b"\n")
        return path

    return _write


DEPLOYMENTS = """deploymentID,locationID,longitude,latitude,coordinateUncertainty,{start},{end}
d1,A,131.1234,43.4321,15,2021-05-01T00:00:00+10:00,2021-05-11T12:00:00+10:00
d2,B,131.2345,43.5432,20,2021-05-01T00:00:00+10:00,2021-05-31T00:00:00+10:00
d3,C,131.3456,43.6543,,2021-05-09T00:00:00+10:00,2021-05-01T00:00:00+10:00
"""
OBSERVATIONS = """observationID,deploymentID,eventStart,eventEnd,observationLevel,\
observationType,scientificName,count
o1,d1,2021-05-02T05:00:00+10:00,2021-05-02T05:01:00+10:00,event,animal,Panthera tigris,1
o2,d1,2021-05-02T05:00:00+10:00,2021-05-02T05:00:00+10:00,media,animal,Panthera tigris,1
o3,d1,2021-05-03T05:00:00+10:00,2021-05-03T05:01:00+10:00,event,animal,Cervus nippon,3
o4,d2,2021-05-04T05:00:00+10:00,2021-05-04T05:01:00+10:00,event,blank,,
o5,d2,2021-05-05T05:00:00+10:00,2021-05-05T05:01:00+10:00,event,human,Homo sapiens,2
o6,d9,2021-05-06T05:00:00+10:00,2021-05-06T05:01:00+10:00,event,animal,Panthera tigris,1
"""


@pytest.fixture
def camtrap(tmp_path):
    """Write a camera-trap package as a folder (or zip), with resources as given."""

    def _write(*, zipped=False, **changes) -> Path:
        files = {
            "deployments.csv": changes.get(
                "deployments",
                DEPLOYMENTS.format(start="deploymentStart", end="deploymentEnd"),
            ),
            "observations.csv": changes.get("observations", OBSERVATIONS),
        }
        paths = changes.get("paths", {})
        files["datapackage.json"] = changes.get("descriptor") or json.dumps(
            {
                "profile": "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0/profile.json",
                "resources": [
                    {"name": name, "path": paths.get(name, f"{name}.csv")}
                    for name in ("deployments", "observations")
                ],
            }
        )
        if zipped:
            path = tmp_path / "package.zip"
            with zipfile.ZipFile(path, "w") as packed:
                for name, text in files.items():
                    packed.writestr(f"inside/{name}", text)
            return path
        folder = tmp_path / "package"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return _write
