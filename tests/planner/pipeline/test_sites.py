from __future__ import annotations

import numpy as np
import shapely

from planner.pipeline.sites import ProtectedLand


def rows_of(values):
    return ["".join(str(int(cell)) for cell in row) for row in values]


def test_each_site_has_its_own_mask_and_the_smaller_lies_over_the_larger(study):
    made = study(["CCCC"] * 2)
    made.add_site("inner", "CHN", (0, 0), (1, 2))
    made.add_site("outer", "CHN", (0, 1), (0, 3))
    land = ProtectedLand(made)
    assert land.site_ids == ("inner", "outer")
    assert rows_of(land.labels) == ["2112", "2222"]
    assert [rows_of(mask) for mask in land.masks] == [["0110", "0000"], ["1111", "1111"]]
    assert land.mask.all()
    assert land.names == ("Inner", "Outer")
    assert land.countries == ("CHN", "CHN")


def test_what_is_no_standing_land_of_one_country_is_left_out(study):
    made = study(["CCRR"])
    made.add_site("both", "CHN RUS", (0, 0), (0, 3))
    made.add_site("merged", "CHN", (0, 0), (0, 0), state="merged")
    made.add_site("planned", "CHN", (0, 0), (0, 0), state="planned")
    made.add_site(
        "spot", "CHN", (0, 0), (0, 0), kind="point", geometry=made.box((0, 0), (0, 0))
    )
    made.add_site("nowhere", "CHN", (0, 0), (0, 0), kind="unlocated", geometry=None)
    made.add_site("listed", "CHN", (0, 0), (0, 0), designation_class="important-bird-area")
    made.add_site("kept", "RUS", (0, 0), (3, 3), kind="surveyed")
    land = ProtectedLand(made)
    assert land.site_ids == ("kept",)
    assert rows_of(land.labels) == ["0001"]
    assert land.number("kept") == 0
    assert land.number("merged") is None


def test_sites_hold_no_sea_and_no_land_of_countries_that_take_no_part(study):
    made = study(["C.R"])
    made.add_site("wide", "CHN", (0, 0), (0, 1))
    land = ProtectedLand(made)
    assert rows_of(land.labels) == ["100"]
    assert rows_of(land.masks[0]) == ["100"]


def test_a_site_holds_land_of_its_own_country_only(study):
    made = study(["CCRR"])
    made.add_site("across", "CHN", (0, 0), (0, 2))
    assert rows_of(ProtectedLand(made).labels) == ["1100"]


def test_a_site_beyond_the_edge_is_known_to_be_cut(study):
    made = study(["CCCC"])
    made.add_site("inside", "CHN", (0, 0), (0, 1))
    made.add_site("beyond", "CHN", (0, 0), (2, 5))
    land = ProtectedLand(made)
    assert dict(zip(land.site_ids, land.cut, strict=True)) == {"inside": False, "beyond": True}


def test_a_site_smaller_than_a_cell_keeps_one(study):
    made = study(["CCC"])
    beside_the_centre = shapely.Point(1800.0, -200.0).buffer(30.0)
    made.add_site("tiny", "CHN", (0, 0), (1, 1), geometry=beside_the_centre)
    assert rows_of(ProtectedLand(made).labels) == ["010"]


def test_without_sites_there_is_no_protected_land(study):
    land = ProtectedLand(study(["CR"]))
    assert land.site_ids == ()
    assert not land.mask.any()
    assert land.labels.dtype == np.int32
