"""Problems of a request stand beside the part of the form that they are of."""

from __future__ import annotations

import pytest

from algorithms.reserve.solution import InfeasibleProblemError
from planner.reserve.errors import ReserveInputError
from resources.errors import PlannerError
from ui.reserve.setup.problems import FormError, parts_of, request_of_form

FEATURE = {"kind": "habitat", "species": "amur-tiger", "target": {"share": 0.3}}


def _problems(**changes):
    with pytest.raises(FormError) as caught:
        request_of_form({"features": [FEATURE], **changes})
    return caught.value.by_part


def test_what_can_be_meant_so_is_a_request():
    assert request_of_form({"features": [FEATURE]}).features[0].species == "amur-tiger"


def test_each_part_has_its_own_sentence():
    found = _problems(
        shares={"minimum": {"CHN": 0.7, "RUS": 0.5}}, units={"size_km": -2}, cost={"path": "x"}
    )
    assert set(found) == {"shares", "units", "cost"}
    assert "1.2, over one (CHN 0.7, RUS 0.5)" in found["shares"]
    assert "greater than 0" in found["units"]


def test_a_feature_without_a_target_is_named_beside_the_targets():
    found = _problems(features=[{"kind": "habitat", "species": "amur-tiger"}])
    assert list(found) == ["features"]
    assert "amur-tiger" in found["features"]


def test_what_cannot_be_met_is_told_beside_the_targets():
    short = InfeasibleProblemError("Tiger: 300 km² are wanted, 200 km² there.", [("Tiger", 1)])
    assert parts_of(short) == {"features": str(short)}
    assert parts_of(ReserveInputError("No raster."))[""] == "No raster."
    size = ReserveInputError("No unit is left.", "units.size_km")
    assert parts_of(size) == {"units": "No unit is left."}
    assert parts_of(PlannerError("The disk is full.")) == {}
