from __future__ import annotations

import numpy as np
import pytest

from layers.pack import DataPack
from layers.states import (
    OTHER_LAND,
    OTHER_LAND_NOTE,
    STATES,
    ZONES,
    zone_name,
    zone_numbers,
    zone_of,
)


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("CHN", "CHN"),
        ("TWN", "CHN"),
        ("HKG", "CHN"),
        ("MAC", "CHN"),
        ("KAS", OTHER_LAND),
        ("KAZ", OTHER_LAND),
        ("PRK", "PRK"),
        ("", ""),
    ],
)
def test_codes_are_told_by_the_six_states_and_other_land(code, zone):
    assert zone_of(code) == zone


def test_every_shape_of_the_base_map_has_a_zone_whose_name_the_table_knows():
    frame = DataPack.open().basemap("countries")
    names = {zone_name(zone_of(code)) for code in frame["iso3"]}
    assert names == {
        "China",
        "DPRK",
        "Japan",
        "Mongolia",
        "Republic of Korea",
        "Russian Federation",
        "other land",
    }
    assert names == {zone_name(zone) for zone in ZONES}
    assert len(STATES) == 6
    assert "do not imply any opinion" in OTHER_LAND_NOTE


def test_numbers_of_codes_become_numbers_of_zones():
    label = np.array([[0, 1], [2, 3]])
    zones = zone_numbers(("AFG", "CHN", "TWN"))[label]
    assert zones.tolist() == [[0, 7], [1, 1]]
    assert zone_name("blocks 3") == "blocks 3", "what is no zone stays as it is"
