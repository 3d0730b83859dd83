from __future__ import annotations

import json

import numpy as np
import pytest

from layers.occurrences import OccurrenceReadError, UnsafePackageError, read_occurrences

DEPLOYMENTS_01 = """deploymentID,locationID,longitude,latitude,start,end
d1,A,131.1234,43.4321,2020-07-28T00:00:00+10:00,2020-07-30T00:00:00+10:00
"""
OBSERVATIONS_01 = """observationID,deploymentID,sequenceID,timestamp,observationType,\
scientificName,count
o1,d1,s1,2020-07-29T05:29:41+10:00,animal,Panthera pardus,1
o2,d1,s2,2020-07-29T06:29:41+10:00,unclassified,,
"""


@pytest.mark.parametrize("zipped", [False, True])
def test_animals_take_their_places_from_the_deployments(camtrap, zipped):
    table = read_occurrences(camtrap(zipped=zipped)).table
    assert table["line"].tolist() == [2, 4, 7]
    assert table["species"].tolist() == ["Panthera tigris", "Cervus nippon", "Panthera tigris"]
    assert table["lon"].tolist()[:2] == [131.1234, 131.1234]
    assert table["uncertainty_m"].tolist()[:2] == [15.0, 15.0]
    assert table["date"].tolist() == ["2021-05-02", "2021-05-03", "2021-05-06"]
    assert table["count"].tolist() == [1, 3, 1]
    assert table["unread"].iloc[2] == 'deployment "d9" is not listed'


def test_what_is_no_animal_or_told_twice_is_counted(camtrap):
    notes = read_occurrences(camtrap()).notes
    assert (
        "Observations that are no animals are not read as records: 1 blank, 1 human." in notes
    )
    assert any(
        note.startswith("1 animals are told per picture and not read again") for note in notes
    )


def test_effort_tells_where_was_searched_and_nothing_found(camtrap):
    found = read_occurrences(camtrap())
    assert found.effort["deployment"].tolist() == ["d1", "d2", "d3"]
    np.testing.assert_allclose(found.effort["days"], [10.5, 30.0, np.nan])
    assert found.effort["species"].tolist() == ["Cervus nippon; Panthera tigris", "", ""]
    tiger = found.effort_for("panthera tigris")
    assert tiger["detected"].tolist() == [True, False, False]
    assert found.effort_for("Panthera pardus")["detected"].sum() == 0
    assert "2 deployments saw no animal." in found.notes
    assert any("1 deployments do not tell a sensible start" in note for note in found.notes)


def test_pictures_alone_are_read(camtrap):
    text = (
        "observationID,deploymentID,eventStart,observationLevel,observationType,scientificName\n"
        "o1,d1,2021-05-02T05:00:00Z,media,animal,Panthera tigris\n"
    )
    assert len(read_occurrences(camtrap(observations=text)).table) == 1


def test_packages_of_version_0_1_are_read(camtrap):
    found = read_occurrences(camtrap(deployments=DEPLOYMENTS_01, observations=OBSERVATIONS_01))
    assert found.table["date"].tolist() == ["2020-07-29"]
    assert found.table["lon"].tolist() == [131.1234]
    assert found.effort["days"].tolist() == [2.0]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("../deployments.csv", "outside the package"),
        ("/etc/passwd", "outside the package"),
        ("https://example.org/deployments.csv", "not fetched"),
    ],
)
def test_paths_that_lead_outside_are_refused(camtrap, path, says):
    with pytest.raises(UnsafePackageError, match=says):
        read_occurrences(camtrap(paths={"deployments": path}))


@pytest.mark.parametrize(
    ("descriptor", "says"),
    [
        ("{", "does not list the tables"),
        ("[]", "does not list the tables"),
        ('{"resources": 3}', "does not list the tables"),
        (json.dumps({"resources": []}), "names no file of deployments"),
        (
            json.dumps({"resources": [{"name": "deployments", "path": ["a.csv", "b.csv"]}]}),
            "names no file of deployments",
        ),
        (
            json.dumps({"resources": [{"name": "deployments", "path": "x.csv"}]}),
            "holds no file x.csv",
        ),
    ],
)
def test_descriptors_that_cannot_be_used(camtrap, descriptor, says):
    with pytest.raises(OccurrenceReadError, match=says):
        read_occurrences(camtrap(descriptor=descriptor))


def test_a_table_without_places_is_refused(camtrap):
    with pytest.raises(OccurrenceReadError, match="has no column longitude"):
        read_occurrences(camtrap(deployments="deploymentID,latitude\nd1,43.1\n"))
