"""Targets as they are written in the table, and as a request has them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.reserve.request import FeatureSettings, PlaceSettings, TargetSettings
from ui.reserve.setup.targets import (
    TargetError,
    feature_title,
    in_km2,
    rows_of,
    target_from,
    target_told,
)

TIGER = FeatureSettings(
    kind="habitat", species="amur-tiger", target=TargetSettings(share=0.3), name="Tiger"
)
PEAT = FeatureSettings(kind="raster", path="/data/peat.tif", target=TargetSettings(amount=5.0))


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("30 %", TargetSettings(share=0.3)),
        ("12,5%", TargetSettings(share=0.125)),
        ("500 km²", TargetSettings(amount=500.0)),
        ("1 250.5", TargetSettings(amount=1250.5)),
        (" by range ", TargetSettings(range_scaled=True)),
        ("", None),
        ("–", None),
    ],
)
def test_a_target_is_read_as_it_is_written(text, target):
    assert target_from(text) == target


@pytest.mark.parametrize("text", ["much", "-3", "101 %", "nan", "inf", "%"])
def test_what_is_no_target_is_refused_with_how_to_write_one(text):
    with pytest.raises(TargetError, match=r"Write"):
        target_from(text)


def test_a_target_by_range_keeps_the_sizes_it_had():
    before = TargetSettings(range_scaled=True, small_range_km2=10.0)
    assert target_from("by range", before) is before


@given(st.floats(0.0, 1.0))
def test_a_share_survives_being_shown_and_read_again(share):
    told = target_told(TargetSettings(share=share))
    assert target_from(told).share == pytest.approx(share, abs=1e-11)


def test_features_of_one_thing_are_one_row():
    china = TIGER.model_copy(
        update={"country": "CHN", "target": TargetSettings(share=0.5), "name": "Tiger, CHN"}
    )
    rows = rows_of([TIGER, china, PEAT])
    assert [row.title for row in rows] == ["Tiger", "peat.tif"]
    assert rows[0].whole == TargetSettings(share=0.3)
    assert rows[0].countries == {"CHN": TargetSettings(share=0.5)}
    assert [item.name for row in rows for item in row.features()] == [
        "Tiger",
        "Tiger, CHN",
        "",
    ]


def test_rows_and_features_are_the_same_thing():
    asked = (
        TIGER,
        TIGER.model_copy(update={"country": "RUS", "name": "Tiger, RUS"}),
        PEAT.model_copy(update={"by_country": True, "weight": 2.0}),
    )
    again = tuple(item for row in rows_of(asked) for item in row.features())
    assert again == asked


def test_what_is_offered_stands_below_and_is_not_wanted_yet():
    rows = rows_of([TIGER], [TIGER, PEAT])
    assert [row.wanted for row in rows] == [True, False]
    assert rows[1].features() == ()


def test_a_row_without_a_target_for_the_whole_asks_for_countries_only():
    row = rows_of([TIGER])[0].with_target("CHN", TargetSettings(amount=7.0))
    asked = row.with_target("", None).features()
    assert [(item.country, item.target.amount) for item in asked] == [("CHN", 7.0)]
    assert row.with_target("CHN", None).countries == {}


def test_weight_and_places_are_of_the_feature():
    places = PlaceSettings(count=3, least=10.0)
    row = rows_of([TIGER])[0].with_source(weight=2.5, places=places)
    feature = row.features()[0]
    assert (feature.weight, feature.places) == (2.5, places)
    assert "3 separate places" in row.detail


def test_titles_say_species_and_kind():
    unnamed = TIGER.model_copy(update={"name": "", "kind": "widening"})
    assert feature_title(unnamed) == "Amur tiger, land that widens corridors"
    assert in_km2(unnamed)
    assert not in_km2(PEAT)


def test_amounts_of_refugia_are_areas_unless_summed():
    refugia = FeatureSettings(
        kind="refugia", species="amur-tiger", other_path="/data/later.tif"
    )
    assert in_km2(refugia)
    assert not in_km2(refugia.model_copy(update={"measure": "sum"}))
