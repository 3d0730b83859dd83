from __future__ import annotations

import numpy as np
import pytest

from algorithms.connectivity.resistance import resistance_from_suitability
from algorithms.control import NULL_CONTROL
from layers.raster import read_raster
from planner.corridors.curve import ResistanceCurve, set_curve
from planner.pipeline.resistance import resistance_raster, resistance_step, store_resistance


@pytest.fixture
def resisted(study, profile):
    """Return a function that makes and reads the resistance of one row of cells."""

    def made(picture, suitability, *, species=None, side_m=1000.0, **water):
        tiger = species or profile(resistance_maximum=100, resistance_large_river=50)
        masks = {name: np.array([[cell == "x" for cell in row]]) for name, row in water.items()}
        place = study([picture], side_m=side_m, species=(tiger,), **masks)
        place.store_suitability([suitability])
        store_resistance(place, tiger, NULL_CONTROL, "run")
        return read_raster(place.project.raster_path(resistance_raster(tiger.id))).values[0]

    return made


def test_best_habitat_costs_one_and_none_costs_the_maximum(resisted):
    assert resisted("CC", [1.0, 0.0]).tolist() == [1.0, 100.0]


def test_sea_foreign_land_and_lakes_are_barriers(resisted):
    found = resisted("C.CC", [1.0, 1.0, 1.0, np.nan], lakes="..x.")
    assert found[0] == 1.0
    assert np.isnan(found[1:]).all()


def test_a_large_river_counts_with_the_share_of_the_cell_that_it_takes(resisted):
    plain = float(resistance_from_suitability(np.array([0.5]), maximum=100, shape=8)[0])
    wide = resisted("CC", [0.5, 0.5], rivers="x.")
    assert wide[0] == pytest.approx(plain + (50 - plain) * 0.2, rel=1e-6)
    assert wide[1] == pytest.approx(plain, rel=1e-6)


def test_on_a_fine_grid_the_river_fills_its_cell(resisted):
    fine = resisted("CC", [1.0, 1.0], rivers="x.", side_m=100.0)
    assert fine.tolist() == [50.0, 1.0]


def test_a_river_never_makes_hard_ground_easier(resisted):
    assert resisted("C", [0.0], rivers="x").tolist() == [100.0]


def test_without_a_word_in_the_profile_rivers_and_lakes_do_nothing(resisted, profile):
    silent = profile(resistance_maximum=100).model_copy(update={"barriers": ()})
    assert resisted("CC", [1.0, 1.0], rivers="x.", lakes=".x", species=silent).tolist() == [
        1,
        1,
    ]


def test_the_step_names_what_it_depends_on(study, profile):
    tiger = profile(resistance_maximum=100)
    place = study(["CC"], species=(tiger,))
    place.store_suitability([[0.5, 0.5]])
    step = resistance_step(place, tiger)
    assert step.parameters["curve"] == {
        "kind": "exponential",
        "maximum": 100.0,
        "shape": 8.0,
    }
    assert step.parameters["resistance_large_river"] == 50
    assert "lakes" in step.parameters["barriers"]
    assert step.inputs["suitability"] is not None


def test_a_curve_of_the_project_holds_until_it_is_taken_back(resisted, study, project):
    drawn = ResistanceCurve(kind="points", points=((0.0, 40.0), (1.0, 1.0)))
    project.execute(set_curve("amur-tiger", drawn))
    assert resisted("CC", [0.5, 1.0]).tolist() == [20.5, 1.0]
    place = study(["CC"])
    assert resistance_step(place, place.species[0]).parameters["curve"] == {
        "kind": "points",
        "points": [[0.0, 40.0], [1.0, 1.0]],
    }
    project.undo()
    assert resisted("CC", [0.5, 0.0])[1] == 100.0


def test_a_curve_by_class_takes_the_land_of_the_pack(study, profile, project):
    by_class = ResistanceCurve(
        kind="classes", variable="koppen", classes={"et: POLAR, tundra": 3.0}, other=50.0
    )
    project.execute(set_curve("amur-tiger", by_class))
    place = study(["CCC"], species=(profile(),))
    place.store_suitability([[0.1, 0.2, 0.3]])
    vars(place)["categories"] = {"koppen": {31: "ET: polar, tundra", 30: "EF: polar, frost"}}
    object.__setattr__(place, "layer", lambda name: np.array([[31.0, 30.0, np.nan]]))
    store_resistance(place, place.species[0], NULL_CONTROL, "run")
    found = read_raster(project.raster_path(resistance_raster("amur-tiger"))).values[0]
    assert found[:2].tolist() == [3.0, 50.0]
    assert np.isnan(found[2])
