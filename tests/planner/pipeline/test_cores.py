from __future__ import annotations

import numpy as np
import pytest

from algorithms.control import NULL_CONTROL
from planner.pipeline.cores import (
    StoredCores,
    cores_raster,
    cores_step,
    national_cores,
    store_cores,
)
from planner.records import attribute

CHN, RUS = 1, 3


def found(habitat, protected=(), *, border=99, minimum=4):
    """Find cores: habitat as rows of 0 and 1; protected as (label, rows, columns) slices."""
    suitability = np.array([[float(cell) for cell in row] for row in habitat])
    sites = np.zeros(suitability.shape, np.int32)
    for label, rows, columns in protected:
        sites[rows, columns] = label
    country = np.where(np.arange(suitability.shape[1]) < border, CHN, RUS)
    country = np.broadcast_to(country, suitability.shape).astype(np.int32)
    return national_cores(suitability, sites, country, threshold=0.5, minimum_cells=minimum)


def drawn(cores):
    return ["".join(str(cell) for cell in row) for row in cores.labels]


def test_protected_land_with_enough_habitat_is_a_core_as_far_as_it_is_habitat():
    cores = found(["11100", "11100"], [(1, slice(0, 2), slice(1, 5))])
    assert drawn(cores) == ["01100", "01100"]
    assert cores.sites == ((1,),)


def test_habitat_beside_a_protected_core_is_represented_by_it():
    cores = found(["1111111", "1111111"], [(1, slice(0, 2), slice(0, 2))])
    assert drawn(cores) == ["1100000", "1100000"]


def test_an_unprotected_patch_that_is_large_enough_is_a_core_of_its_own():
    cores = found(["1101111", "1101111", "0000000"], [(1, slice(0, 2), slice(0, 2))])
    assert drawn(cores) == ["1102222", "1102222", "0000000"]
    assert cores.sites == ((1,), ())


def test_a_patch_below_the_minimum_is_none():
    assert drawn(found(["1110000", "0000000"])) == ["0000000", "0000000"]


def test_a_site_with_too_little_habitat_does_not_represent_its_patch():
    cores = found(["1111111", "0000000"], [(7, slice(0, 2), slice(0, 3))])
    assert drawn(cores) == ["1111111", "0000000"]
    assert cores.sites == ((7,),)


def test_a_core_ends_at_the_border_and_slivers_beyond_it_are_dropped():
    cores = found(["11111111"], border=4)
    assert drawn(cores) == ["11112222"]
    sliver = found(["1111111111111111"], border=15, minimum=8)
    assert drawn(sliver) == ["1111111111111110"]


def test_adjoining_sites_make_one_core_that_knows_both():
    sites = [(2, slice(0, 1), slice(0, 2)), (5, slice(0, 1), slice(2, 5))]
    cores = found(["11111"], sites)
    assert drawn(cores) == ["11111"]
    assert cores.sites == ((2, 5),)


@pytest.fixture
def stored(study, profile):
    tiger = profile(habitat_threshold=0.5, minimum_core_area_km2=4)
    made = study(["CCCCRRRR"] * 4, species=(tiger,))
    made.add_site("small", "CHN", (0, 1), (0, 0))
    made.add_site("large", "CHN", (0, 1), (1, 3))
    suitability = np.zeros((4, 8))
    suitability[0:2, 0:4] = [[1.0, 0.5, 0.5, 0.5], [1.0, 0.5, 0.5, 0.5]]
    suitability[3, 4:8] = 0.9
    made.store_suitability(suitability)
    store_cores(made, tiger, NULL_CONTROL, "run")
    return made


def test_cores_are_stored_with_their_sites_largest_first(stored):
    first, second = stored.project.records("cores")
    assert first["name"] == "Large and 1 more"
    assert first["site_ids"] == ["large", "small"]
    assert first["countries"] == ["CHN"]
    assert first["area_km2"] == 8.0
    assert first["geometry"].area == 8e6
    assert attribute(first, "mean_suitability") == pytest.approx((2 * 1.0 + 6 * 0.5) / 8)
    assert second["name"] == "Unprotected habitat 2 (RUS)"
    assert second["site_ids"] == []
    assert second["countries"] == ["RUS"]
    assert {row["run_id"] for row in (first, second)} == {"run"}


def test_stored_cores_are_read_as_they_were_written(stored):
    read = StoredCores.read(stored, stored.species[0])
    assert read.core_ids == ("amur-tiger-1", "amur-tiger-2")
    assert read.countries == ("CHN", "RUS")
    assert read.areas_km2 == (8.0, 4.0)
    assert read.site_ids == (("large", "small"), ())
    assert np.bincount(read.labels.ravel()).tolist() == [20, 8, 4]


def test_a_second_run_takes_the_place_of_the_first(stored):
    stored.store_suitability(np.zeros((4, 8)))
    store_cores(stored, stored.species[0], NULL_CONTROL, "again")
    assert stored.project.records("cores") == []
    assert not StoredCores.read(stored, stored.species[0]).labels.any()


def test_land_of_countries_that_take_no_part_holds_no_core(study, profile):
    tiger = profile(habitat_threshold=0.5, minimum_core_area_km2=4)
    made = study(["....CC", "....CC"], species=(tiger,))
    made.store_suitability(np.ones((2, 6)))
    store_cores(made, tiger, NULL_CONTROL, "run")
    assert StoredCores.read(made, tiger).labels.tolist() == [[0, 0, 0, 0, 1, 1]] * 2


def test_the_step_depends_on_suitability_sites_and_limits(stored, profile):
    before = cores_step(stored, stored.species[0])
    assert cores_raster("amur-tiger") in "".join(before.outputs)
    stored.store_suitability(np.full((4, 8), 0.6))
    after = cores_step(stored, stored.species[0])
    assert before.inputs["suitability"] != after.inputs["suitability"]
    assert before.inputs["sites"] == after.inputs["sites"]
    stored.add_site("new", "RUS", (2, 3), (5, 6))
    assert cores_step(stored, stored.species[0]).inputs["sites"] != after.inputs["sites"]
    stricter = cores_step(stored, profile(habitat_threshold=0.9))
    assert stricter.parameters["habitat_threshold"] == 0.9
