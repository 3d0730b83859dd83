"""Two cores with a neck of land between them, of known length and width."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from algorithms.control import NULL_CONTROL
from planner.pipeline.corridors import corridors_step, store_corridors
from planner.records import attribute

SIDE = 500.0
ROWS, COLUMNS = 20, 40
NECK = (slice(8, 11), slice(12, 28))
"""3 rows of 500 m, 16 columns between the cores."""
CHINA = "C" * 20
NEEDED = {"minimum_corridor_width_m": 2000, "settlement_avoidance_km": 2}


def sea_around_the_neck():
    """Land only in both blocks and in the neck."""
    rows = []
    for row in range(ROWS):
        neck = "C" * 8 + "R" * 8 if 8 <= row < 11 else "." * 16
        rows.append("C" * 12 + neck + "R" * 12)
    return rows


def land_everywhere():
    return [CHINA + "R" * 20] * ROWS


@pytest.fixture
def necked(study, profile):
    """Return a function that makes a study with two cores and easy ground between them."""

    def made(picture, *, hard=500.0, labels=None, **options):
        tiger = profile(**{**NEEDED, **options.pop("numbers", {})})
        place = study(picture, side_m=SIDE, species=(tiger,), **options)
        resistance = np.full((ROWS, COLUMNS), hard)
        resistance[:, :12] = resistance[:, 28:] = 1.0
        resistance[NECK] = 1.0
        resistance[place.country == 0] = np.nan
        cores = np.zeros((ROWS, COLUMNS), np.int32)
        cores[:, :12], cores[:, 28:] = 1, 2
        place.store_resistance(resistance)
        place.store_cores(cores if labels is None else labels)
        store_corridors(place, tiger, NULL_CONTROL, "run")
        return place

    return made


def only(place, kind):
    (row,) = place.project.records("corridors", kind=kind)
    return row


def test_a_strait_is_measured_and_cannot_be_widened_into_the_sea(necked):
    place = necked(sea_around_the_neck())
    path = only(place, "path")
    assert path["corridor_id"] == "amur-tiger-1:amur-tiger-2"
    assert path["name"] == "Core 1 to Core 2"
    assert path["countries"] == ["CHN", "RUS"]
    assert path["length_km"] == 8.5
    assert path["cost"] == 8500.0
    assert path["min_width_m"] == 1500.0
    assert path["mean_width_m"] >= 1500.0
    assert "1,500" in attribute(path, "widening")["refused"]
    (narrow,) = place.project.records("bottlenecks")
    assert narrow["kind"] == "bottleneck"
    assert narrow["width_m"] == 1500.0
    assert narrow["width_label"] == "1,500 m"
    assert narrow["needed_m"] == 2000
    assert attribute(narrow, "shortfall_m") == 500.0
    assert 0 < narrow["length_km"] <= 8.5


def test_the_swath_is_the_neck(necked):
    place = necked(sea_around_the_neck())
    swath = only(place, "swath")
    assert swath["geometry"].equals(shapely.MultiPolygon([place.box((8, 10), (12, 27))]))
    assert swath["area_km2"] == 3 * 16 * 0.25


def test_the_border_is_crossed_once_in_the_middle(necked):
    place = necked(sea_around_the_neck())
    path = only(place, "path")
    lengths = attribute(path, "length_km_by_country")
    assert set(lengths) == {"CHN", "RUS"}
    assert sum(lengths.values()) == pytest.approx(8.5)
    (crossing,) = attribute(path, "crossings")
    assert crossing["border"] == "CHN-RUS"
    lon, lat = place.degrees_at(9, 19.5)
    assert crossing["lon"] == pytest.approx(lon, abs=0.01)
    assert crossing["lat"] == pytest.approx(lat, abs=0.01)


def test_on_land_the_neck_is_widened_and_each_country_told_its_part(necked):
    place = necked(land_everywhere())
    path = only(place, "path")
    assert path["min_width_m"] == 1500.0
    widening = attribute(path, "widening")
    assert widening["verified_minimum_width_m"] >= 2000.0
    added = {
        row["country"]: row for row in place.project.records("bottlenecks", kind="widening")
    }
    assert set(added) == {"CHN", "RUS"}
    for row in added.values():
        # One more row at least, in 8 columns less the 4 that lie within 2 km of the core.
        assert 4 * 0.25 <= row["area_to_add_km2"] <= 3 * 8 * 0.25
        assert row["geometry"].area == pytest.approx(row["area_to_add_km2"] * 1e6)
        assert not row["geometry"].intersects(place.box((8, 10), (12, 27)).buffer(-1))
    total = sum(row["area_to_add_km2"] for row in added.values())
    assert widening["union_cost"] == pytest.approx(total)
    costs = [attribute(row, "cost") for row in added.values()]
    assert sum(costs) == pytest.approx(widening["union_cost"], abs=1e-3)


def test_the_land_to_add_keeps_clear_of_towns_but_not_of_hamlets(necked):
    above = (20 * SIDE, -7.5 * SIDE)
    town = necked(
        land_everywhere(), towns=[(*above, 5_000)], numbers={"settlement_avoidance_km": 0.4}
    )
    land = [row["geometry"] for row in town.project.records("bottlenecks", kind="widening")]
    assert land
    spot = shapely.Point(above).buffer(300.0)
    assert not any(shape.buffer(-1).intersects(spot) for shape in land)
    assert all(shape.centroid.y < -9.5 * SIDE for shape in land)


def test_protected_land_beside_the_corridor_costs_nothing(study, profile):
    tiger = profile(**NEEDED)
    place = study(land_everywhere(), side_m=SIDE, species=(tiger,))
    place.add_site("reserve", "CHN", (0, 7), (12, 19))
    place.add_site("preserve", "RUS", (0, 7), (20, 27))
    resistance = np.full((ROWS, COLUMNS), 500.0)
    resistance[:, :12] = resistance[:, 28:] = resistance[NECK] = 1.0
    cores = np.zeros((ROWS, COLUMNS), np.int32)
    cores[:, :12], cores[:, 28:] = 1, 2
    place.store_resistance(resistance)
    place.store_cores(cores)
    store_corridors(place, tiger, NULL_CONTROL, "run")
    assert attribute(only(place, "path"), "widening")["union_cost"] == 0.0
    assert place.project.records("bottlenecks", kind="widening") == []


def test_a_wide_corridor_has_no_bottleneck(necked):
    place = necked(sea_around_the_neck(), numbers={"minimum_corridor_width_m": 1000})
    assert place.project.records("bottlenecks") == []
    assert attribute(only(place, "path"), "widening") is None
    assert len(attribute(only(place, "path"), "profile")["width_m"]) > 2


def test_a_grid_coarser_than_the_need_says_so_instead_of_guessing(necked):
    place = necked(sea_around_the_neck(), numbers={"minimum_corridor_width_m": 400})
    path = only(place, "path")
    assert path["min_width_m"] is None
    assert attribute(path, "widening")["refused"] == (
        "The species needs 400 m, less than a cell of 500 m: on this grid no stretch can be "
        "told to be too narrow. Plan for a smaller region with a finer grid."
    )
    assert place.project.records("bottlenecks") == []


def test_cores_of_one_country_are_not_joined(necked):
    place = necked(["C" * COLUMNS] * ROWS)
    assert place.project.records("corridors") == []


def test_nothing_crosses_the_sea(necked):
    place = necked(["C" * 12 + "." * 16 + "R" * 12] * ROWS)
    assert place.project.records("corridors") == []


def test_what_is_longer_than_the_region_allows_is_left_out(necked):
    assert necked(land_everywhere(), longest_km=8).project.records("corridors") == []


def test_what_is_longer_than_the_species_disperses_is_left_out(necked):
    place = necked(land_everywhere(), numbers={"dispersal_max_km": 8})
    assert place.project.records("corridors") == []


def test_without_cores_there_is_no_corridor(necked):
    place = necked(land_everywhere(), labels=np.zeros((ROWS, COLUMNS), np.int32))
    assert place.project.records("corridors") == []
    assert place.project.records("bottlenecks") == []


def test_adjoining_cores_have_a_path_across_the_border_and_no_length(necked):
    cores = np.zeros((ROWS, COLUMNS), np.int32)
    cores[:, :20], cores[:, 20:] = 1, 2
    path = only(necked(land_everywhere(), labels=cores), "path")
    assert attribute(path, "adjoining") is True
    assert path["length_km"] == 0.0
    assert path["cost"] == 0.0
    assert path["min_width_m"] >= 2000.0
    assert path["geometry"].length == SIDE


def test_a_second_run_takes_the_place_of_the_first(necked):
    place = necked(land_everywhere())
    before = len(place.project.records("corridors"))
    store_corridors(place, place.species[0], NULL_CONTROL, "again")
    rows = place.project.records("corridors")
    assert len(rows) == before
    assert {row["run_id"] for row in rows} == {"again"}


def test_the_step_depends_on_cores_resistance_sites_and_needs(necked):
    place = necked(land_everywhere())
    before = corridors_step(place, place.species[0])
    assert all(before.inputs.values())
    place.store_resistance(np.ones((ROWS, COLUMNS)))
    after = corridors_step(place, place.species[0])
    changed = {name for name, digest in before.inputs.items() if after.inputs[name] != digest}
    assert changed == {"resistance"}
    assert before.parameters["minimum_corridor_width_m"] == 2000
