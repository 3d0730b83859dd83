"""Requests: what is refused, and files that come back as they were."""

from __future__ import annotations

import pytest

from planner.reserve.errors import RequestError
from planner.reserve.request_file import (
    changed_request,
    load_request,
    request_from,
    request_problems,
    save_request,
)

TIGER = {"kind": "habitat", "species": "amur-tiger", "target": {"share": 0.3}}


def problem_of(**content):
    problems = request_problems({"features": [TIGER], **content})
    assert len(problems) == 1, problems
    with pytest.raises(RequestError) as caught:
        request_from({"features": [TIGER], **content}, "asked.toml")
    assert "asked.toml" in str(caught.value)
    return problems[0].field, problems[0].message


def test_a_request_comes_back_from_its_file(tmp_path) -> None:
    request = request_from(
        {
            "title": "Tiger land",
            "units": {"kind": "square", "size_km": 5.0},
            "features": [
                TIGER,
                {
                    "kind": "raster",
                    "name": "wetlands",
                    "path": "/somewhere/wet.tif",
                    "target": {"amount": 5.0},
                    "places": {"count": 2, "least": 1.0, "by": "country"},
                },
            ],
            "cost": {"price_level": {"RUS": 0.8}},
            "shares": {"minimum": {"CHN": 0.2}},
        }
    )
    save_request(request, tmp_path / "asked.toml")
    assert load_request(tmp_path / "asked.toml") == request


def test_a_file_holds_nothing_that_has_no_effect(tmp_path) -> None:
    ranged = {**TIGER, "name": "r", "target": {"range_scaled": True, "large_share": 0.2}}
    request = request_from({"features": [TIGER, ranged]})
    text = save_request(request, tmp_path / "asked.toml").read_text()
    assert text.count("large_share") == 1
    assert '""' not in text
    assert load_request(tmp_path / "asked.toml") == request


def test_paths_start_from_the_folder_of_the_file(tmp_path) -> None:
    text = """
        [[features]]
        kind = "polygons"
        path = "mine.gpkg"
        target = {share = 0.5}
        [locks]
        out_path = "towns.gpkg"
    """
    (tmp_path / "asked.toml").write_text(text)
    request = load_request(tmp_path / "asked.toml")
    assert request.features[0].path == (tmp_path / "mine.gpkg").as_posix()
    assert request.locks.out_path == (tmp_path / "towns.gpkg").as_posix()
    assert request.locks.in_path == ""


@pytest.mark.parametrize("text", ["[units", "x = 1", "units = 3"])
def test_a_file_that_is_no_request_is_named(tmp_path, text) -> None:
    path = tmp_path / "asked.toml"
    path.write_text(text)
    with pytest.raises(RequestError, match=r"asked\.toml"):
        load_request(path)


def test_a_file_that_is_not_there_is_named(tmp_path) -> None:
    with pytest.raises(RequestError, match=r"none\.toml cannot be read"):
        load_request(tmp_path / "none.toml")


def test_a_huge_file_is_not_read(tmp_path) -> None:
    path = tmp_path / "asked.toml"
    path.write_text("#" * 1_000_001)
    with pytest.raises(RequestError, match="larger than"):
        load_request(path)


def test_shares_that_sum_to_over_one_are_told_by_country() -> None:
    field, message = problem_of(shares={"minimum": {"CHN": 0.7, "RUS": 0.5}})
    assert field == "shares"
    assert "sum to 1.2, over one (CHN 0.7, RUS 0.5)" in message


def test_a_least_share_above_the_greatest_is_told() -> None:
    _, message = problem_of(shares={"minimum": {"CHN": 0.5}, "maximum": {"CHN": 0.4}})
    assert "CHN must give at least 0.5 and at most 0.4" in message


def test_entitlements_must_sum_to_one() -> None:
    _, message = problem_of(shares={"entitlement": {"CHN": 0.5, "RUS": 0.4}})
    assert "sum to 0.9, not to one" in message


@pytest.mark.parametrize("code", ["chn", "China", "CH"])
def test_countries_are_iso_codes(code) -> None:
    field, _ = problem_of(shares={"minimum": {code: 0.1}})
    assert field.startswith("shares.minimum")


@pytest.mark.parametrize("level", [0.0, -1.0])
def test_a_price_level_is_above_nothing(level) -> None:
    field, message = problem_of(cost={"price_level": {"CHN": level}})
    assert field == "cost.price_level.CHN"
    assert "greater than 0" in message


def test_an_unknown_field_is_told_with_the_nearest() -> None:
    field, message = problem_of(goal={"bounary_penalty": 1.0})
    assert field == "goal.bounary_penalty"
    assert "boundary_penalty" in message


def test_other_objectives_need_a_budget() -> None:
    field, message = problem_of(goal={"objective": "minimum_shortfall"})
    assert field == "goal"
    assert "needs a budget" in message


def test_polygons_need_a_file_and_grids_have_none() -> None:
    assert "path" in problem_of(units={"kind": "polygons"})[1]
    assert "only units of kind" in problem_of(units={"path": "a.gpkg"})[1]


@pytest.mark.parametrize(
    ("feature", "message"),
    [
        ({"kind": "habitat", "target": {"share": 0.3}}, "needs `species`"),
        ({"kind": "raster", "target": {"share": 0.3}}, "needs `path`"),
        ({"kind": "refugia", "target": {"share": 0.3}, "species": "x"}, "`other_path`"),
        ({**TIGER, "country": "CHN", "by_country": True}, "not both"),
        ({**TIGER, "target": {}}, "exactly one of"),
        ({**TIGER, "target": {"share": 0.3, "amount": 5.0}}, "exactly one of"),
        ({**TIGER, "target": {"share": 1.2}}, "at most 1"),
        ({**TIGER, "target": {"amount": -1.0}}, "at least 0"),
        ({**TIGER, "target": {"range_scaled": True, "small_range_km2": 1e6}}, "less than"),
        ({**TIGER, "target": {"share": 0.3, "cap_km2": 9.0}}, "goes with range_scaled"),
        ({**TIGER, "weight": -1.0}, "at least 0"),
        ({**TIGER, "places": {"count": 2, "least": 0.0}}, "greater than 0"),
    ],
)
def test_features_that_cannot_be_meant(feature, message) -> None:
    field, told = problem_of(features=[TIGER, feature])
    assert field.startswith("features.2")
    assert message in told


def test_two_features_of_one_name_are_refused() -> None:
    _, message = problem_of(features=[{**TIGER, "name": "a"}, {**TIGER, "name": "a"}])
    assert "'a'" in message


def test_a_feature_without_target_is_refused_but_for_utility() -> None:
    bare = {"kind": "habitat", "species": "amur-tiger"}
    _, message = problem_of(features=[bare])
    assert "feature 1 (habitat amur-tiger) needs a target" in message
    goal = {"objective": "maximum_utility", "budget": 5.0}
    assert request_problems({"features": [bare], "goal": goal}) == ()


def test_changes_are_nested_and_checked() -> None:
    request = request_from({"features": [TIGER], "cost": {"price_level": {"CHN": 1.5}}})
    changed = changed_request(
        request, {"units": {"size_km": 3.0}, "title": None, "cost": {"price_level": {"RUS": 2}}}
    )
    assert changed.units.size_km == 3.0
    assert changed.cost.price_level == {"CHN": 1.5, "RUS": 2.0}
    with pytest.raises(RequestError, match=r"units\.size_km"):
        changed_request(request, {"units": {"size_km": 0}})
