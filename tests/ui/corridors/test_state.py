"""What is read from a project of cores, resistance and corridors."""

from __future__ import annotations

import pytest

from layers.pack import DataPack
from planner.corridors.curve import ResistanceCurve, curve_setting, set_curve
from planner.project import AddFeatures, Project, RunRecord, SetSetting
from ui.corridors.state import corridor_state

LEOPARD = "amur-leopard"
EXPONENTIAL = {"kind": "exponential", "maximum": 500.0, "shape": 8.0}
DRAWN = ResistanceCurve(kind="points", points=((0.0, 90.0), (1.0, 1.0)))


@pytest.fixture(scope="module")
def pack():
    return DataPack.open()


@pytest.fixture
def project(project_path):
    with Project.open(project_path) as opened:
        opened.execute(SetSetting("species", ["hooded-crane", LEOPARD]))
        yield opened


def _run(run_id, step, inputs=None, outputs=None, **parameters):
    when = "2026-01-01T00:00:00+00:00"
    return RunRecord(
        run_id, step, "h", parameters, 1, {}, when, 2.0, outputs or {}, inputs or {}
    )


def _corridors_made(project, **parameters):
    """Write down corridors and the runs behind them, one of them of another time."""
    raster = f"rasters/resistance_{LEOPARD}.tif"
    for run_id, digest, told in (
        ("old", "a", {"curve": {"kind": "exponential", "maximum": 3.0, "shape": 1.0}}),
        ("new", "b", parameters),
    ):
        project.add_run(_run(run_id, f"resistance:{LEOPARD}", outputs={raster: digest}, **told))
    project.add_run(_run("c1", f"corridors:{LEOPARD}", inputs={"resistance": "b"}))
    row = {
        "corridor_id": "a:b",
        "scenario": "plan",
        "species": LEOPARD,
        "kind": "path",
        "run_id": "c1",
    }
    project.execute(AddFeatures("corridors", [row]))


def _state(project, pack):
    (state,) = corridor_state(project, pack, ("amur-tiger",), "plan")
    return state


def test_only_species_that_walk_need_corridors(project, pack):
    assert _state(project, pack).species == LEOPARD
    project.execute(SetSetting("species", None))
    assert _state(project, pack).species == "amur-tiger"
    project.execute(SetSetting("species", ["hooded-crane", "no-such-species"]))
    assert corridor_state(project, pack, (), "plan") == ()


def test_cores_are_counted_by_country(project, pack):
    cores = [
        {
            "core_id": f"c{number}",
            "scenario": "plan",
            "species": LEOPARD,
            "countries": [iso3],
            "area_km2": 100.0 * number,
            "run_id": "r7",
        }
        for number, iso3 in ((1, "RUS"), (2, "CHN"), (3, "RUS"))
    ]
    project.execute(AddFeatures("cores", cores))
    found = _state(project, pack).cores
    assert (found.count, found.area_km2, found.run_id) == (3, 600.0, "r7")
    assert found.by_country == (("CHN", 1, 200.0), ("RUS", 2, 400.0))
    assert found.smallest.status == "recalled"


def test_classes_come_from_the_pack_with_what_the_profile_says(project, pack):
    layers = {layer.name: layer for layer in _state(project, pack).layers}
    assert set(layers) == {"koppen", "potential_vegetation"}
    assert layers["potential_vegetation"].suitability["Cool temperate wet forest"] == 1.0
    assert layers["potential_vegetation"].suitability["Boreal desert"] == 0.02
    assert layers["koppen"].suitability == {}


def test_the_projects_own_curve_is_told_apart_from_the_profiles(project, pack):
    state = _state(project, pack)
    assert state.own_curve is None
    assert state.curve.maximum == 500.0
    assert (
        "500 relative cost (100–1,000, recalled), shape 8 (4–16, expert)" in state.curve_basis
    )
    project.execute(set_curve(LEOPARD, DRAWN))
    assert _state(project, pack).own_curve == DRAWN


def test_a_curve_that_was_altered_is_a_problem_not_a_crash(project, pack):
    project.execute(SetSetting(curve_setting(LEOPARD), {"kind": "points", "points": []}))
    state = _state(project, pack)
    assert "Draw it again" in state.curve_problem
    assert state.curve == state.profile_curve


@pytest.mark.parametrize(
    "parameters",
    [
        {"curve": EXPONENTIAL},
        {"resistance_maximum": 500.0, "resistance_shape": 8.0},  # of earlier versions
    ],
)
def test_corridors_are_out_of_date_while_the_curve_is_another(project, pack, parameters):
    assert _state(project, pack).out_of_date == ""
    _corridors_made(project, **parameters)
    assert _state(project, pack).out_of_date == ""
    project.execute(set_curve(LEOPARD, DRAWN))
    assert _state(project, pack).out_of_date == "The corridors were made with another curve."
    project.undo()
    assert _state(project, pack).out_of_date == ""


def test_of_corridors_whose_run_is_unknown_nothing_is_claimed(project, pack):
    _corridors_made(project)
    project.execute(set_curve(LEOPARD, DRAWN))
    assert _state(project, pack).out_of_date == ""
