from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from planner.corridors.curve import (
    CurveError,
    ResistanceCurve,
    curve_of,
    curve_setting,
    set_curve,
)
from planner.project import Project, SetSetting

DRAWN = ResistanceCurve(kind="points", points=((0.1, 80.0), (0.33333, 5.0), (1.0, 1.0)))


@pytest.fixture
def project(tmp_path):
    with Project.create(
        tmp_path / "p", name="P", region_id="tumen-estuary", crs="EPSG:32652", author="Ann"
    ) as made:
        yield made


def test_the_profile_holds_until_a_curve_is_set_and_again_after_undo(project):
    profile = curve_of(project, "amur-tiger")
    assert (profile.kind, profile.maximum, profile.shape) == ("exponential", 500.0, 8.0)
    project.execute(set_curve("amur-tiger", DRAWN))
    assert curve_of(project, "amur-tiger") == DRAWN
    assert curve_of(project, "amur-leopard").kind == "exponential"
    assert project.undo() == "Change resistance of Amur tiger"
    assert curve_of(project, "amur-tiger") == profile
    project.redo()
    project.execute(set_curve("amur-tiger", None))
    assert curve_of(project, "amur-tiger") == profile


def test_a_sample_for_drawing_holds_the_drawn_points():
    at, resistance = DRAWN.sampled(11)
    assert at[0] == 0.0
    assert at[-1] == 1.0
    assert resistance[at.index(0.33333)] == 5.0
    assert resistance[0] == 80.0
    assert np.diff(at).min() > 0
    by_class = ResistanceCurve(kind="classes", variable="koppen", classes={"ET": 2.0})
    assert by_class.sampled() == ([], [])
    steep = ResistanceCurve(maximum=9.0, shape=0.0)
    assert steep.sampled(3) == ([0.0, 0.5, 1.0], [9.0, 5.0, 1.0])


def test_each_kind_is_told_in_words():
    assert ResistanceCurve(maximum=500.0).shown() == "exponential, from 500 down to 1, shape 8"
    assert DRAWN.shown().startswith("drawn through 80 at 0.1, 5 at 0.33333")
    by_class = ResistanceCurve(kind="classes", variable="koppen", classes={"ET": 2.0}, other=7)
    assert by_class.shown() == "by class of koppen: ET 2, other 7"


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "points", "points": [(0.5, 3.0)]},
        {"kind": "points", "points": [(0.5, 3.0), (0.5, 4.0)]},
        {"kind": "points", "points": [(0.0, 0.5), (1.0, 1.0)]},
        {"kind": "points", "points": [(0.0, 5.0), (1.5, 1.0)]},
        {"kind": "classes"},
        {"maximum": 0.5},
        {"shape": float("nan")},
        {"colour": "red"},
    ],
)
def test_what_makes_no_curve_is_refused(values):
    with pytest.raises(ValidationError):
        ResistanceCurve.model_validate(values)


class Land:
    categories = {"koppen": {1: "One", 2: "Two"}}

    def layer(self, name):
        assert name == "koppen"
        return np.array([[1.0, 2.0, np.nan]])


def test_a_curve_by_class_needs_the_variable_and_its_classes():
    nothing = np.zeros((1, 3))
    curve = ResistanceCurve(kind="classes", variable="koppen", classes={"one": 4.0}, other=9.0)
    found = curve.of_land(nothing, Land())
    np.testing.assert_array_equal(found, [[4.0, 9.0, np.nan]])
    with pytest.raises(CurveError, match=r"no class of koppen. Its classes: One; Two"):
        curve.model_copy(update={"classes": {"three": 2.0}}).of_land(nothing, Land())
    with pytest.raises(
        CurveError, match=r"which the data pack lacks. It has classes of koppen"
    ):
        curve.model_copy(update={"variable": "land_cover"}).of_land(nothing, Land())
    with pytest.raises(CurveError, match="says nothing of suitability"):
        curve.of_suitability(nothing)


def test_a_curve_altered_on_disk_is_told_with_the_remedy(project):
    project.execute(SetSetting(curve_setting("amur-tiger"), {"kind": "points", "points": [1]}))
    with pytest.raises(CurveError, match=r"amur-tiger.*cannot be used.*species profile"):
        curve_of(project, "amur-tiger")
