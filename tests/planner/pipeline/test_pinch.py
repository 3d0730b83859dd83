"""Pinch points and barriers of a project: a neck with a waist, and a wall across it."""

from __future__ import annotations

import numpy as np
import pytest

from algorithms.control import NULL_CONTROL
from layers.pack import DataPack
from layers.raster import read_raster
from planner.circuit_maps import CIRCUIT
from planner.maps import scenario_layers
from planner.pipeline.corridors import store_corridors
from planner.pipeline.pinch import (
    barrier_table,
    barriers_raster,
    circuit_steps,
    current_raster,
    find_pinch_points,
    pinch_table,
    read_table,
)
from planner.progress import StepProgress
from planner.project import RemoveFeatures, SetSetting
from resources.errors import PlannerError

SIDE = 500.0
ROWS, COLUMNS = 12, 30


@pytest.fixture
def necked(study, profile):
    """Return a study of two cores, a neck of five rows, and a waist of one row at column 15."""

    def made(*, corridors=True, wall=1.0):
        tiger = profile(minimum_corridor_width_m=1500, settlement_avoidance_km=2)
        place = study(["C" * 15 + "R" * 15] * ROWS, side_m=SIDE, species=(tiger,))
        resistance = np.full((ROWS, COLUMNS), np.nan)
        resistance[:, :8] = resistance[:, 22:] = 1.0
        resistance[4:9, 8:22] = 1.0
        resistance[4:9, 15] = np.nan
        resistance[6, 15] = 1.0
        resistance[4:9, 18] = wall
        cores = np.zeros((ROWS, COLUMNS), np.int32)
        cores[:, :8], cores[:, 22:] = 1, 2
        place.store_resistance(resistance)
        place.store_cores(cores)
        if corridors:
            store_corridors(place, tiger, NULL_CONTROL, "run")
        return place

    return made


def run(place, control=NULL_CONTROL):
    steps = circuit_steps(place.species)
    progress = StepProgress(
        {name: weight for name, (_, weight) in steps.items()}, control=control
    )
    find_pinch_points(place, place.species, progress)
    return {status.name: status.state for status in progress.statuses}


def test_the_waist_carries_everything(necked):
    place = necked()
    assert set(run(place).values()) == {"done"}
    current = read_raster(place.project.raster_path(current_raster("amur-tiger"))).values
    assert current[6, 15] == pytest.approx(1.0, abs=1e-6)
    assert np.isnan(current[0, 0])
    assert np.isnan(current[5, 15])
    assert np.nanmax(current[:, 10]) < 0.6
    first, *others = read_table(pinch_table(place, "amur-tiger"))
    assert first["corridor_id"] == "amur-tiger-1:amur-tiger-2"
    assert first["corridor"] == "Core 1 to Core 2"
    assert first["country"] == "RUS"
    assert float(first["current_share"]) == pytest.approx(1.0)
    assert float(first["cells_across"]) == pytest.approx(1.0, abs=0.01)
    assert (float(first["lon"]), float(first["lat"])) == pytest.approx(
        place.degrees_at(6, 15), abs=1e-4
    )
    shares = [float(row["current_share"]) for row in (first, *others)]
    assert shares == sorted(shares, reverse=True)


def test_the_wall_is_what_to_restore(necked):
    place = necked(wall=40.0)
    run(place)
    percent = read_raster(place.project.raster_path(barriers_raster("amur-tiger"))).values
    assert np.nanmax(percent) > 50
    first = read_table(barrier_table(place, "amur-tiger"))[0]
    lon, _ = place.degrees_at(6, 18)
    assert float(first["lon"]) == pytest.approx(lon, abs=0.01)
    assert float(first["radius_m"]) == SIDE
    (row,) = place.project.records("corridors", kind="path")
    assert float(first["saved_percent"]) == pytest.approx(
        100 * float(first["saved_cost"]) / row["cost"], abs=0.01
    )
    assert float(first["score"]) == pytest.approx(
        float(first["saved_cost"]) / (2 * SIDE), abs=1e-3
    )


def test_what_stands_is_not_done_again(necked):
    place = necked()
    run(place)
    assert set(run(place).values()) == {"reused"}
    pinch_table(place, "amur-tiger").write_text("damaged")
    assert run(place) == {"pinch:amur-tiger": "done", "barriers:amur-tiger": "reused"}
    resistance = place.read("resistance_amur-tiger")
    place.store_resistance(resistance * 2)
    assert set(run(place).values()) == {"done"}


def test_the_map_says_when_corridors_have_changed_since(necked):
    place = necked()
    place.store_suitability(np.ones((ROWS, COLUMNS)))
    place.project.execute(SetSetting("species", ["amur-tiger"]))
    run(place)

    def names():
        layers = scenario_layers(place.project, DataPack.open())
        return [layer.name for layer in layers if layer.group == CIRCUIT]

    assert not any("earlier" in name for name in names())
    (path,) = place.project.records("corridors", kind="path")
    place.project.execute(RemoveFeatures("corridors", [path["fid"]]))
    assert [name.endswith("Amur tiger (of earlier corridors)") for name in names()] == [
        True
    ] * 2
    run(place)
    assert not any("earlier" in name for name in names())


def test_no_corridors_is_an_empty_table(necked):
    place = necked(corridors=False)
    run(place)
    assert read_table(pinch_table(place, "amur-tiger")) == []
    assert read_table(barrier_table(place, "amur-tiger")) == []
    current = read_raster(place.project.raster_path(current_raster("amur-tiger"))).values
    assert np.isnan(current).all()


def test_a_project_without_resistance_is_told_what_to_do(study):
    place = study(["CR"], side_m=SIDE)
    with pytest.raises(PlannerError, match="landbridge corridors"):
        run(place)


def test_a_cancel_leaves_no_raster(necked):
    place = necked()

    class Stop:
        def report(self, fraction):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(place, Stop())
    assert not place.project.raster_path(current_raster("amur-tiger")).exists()
