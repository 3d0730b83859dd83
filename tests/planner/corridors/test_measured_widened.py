"""A swath of known width between two cores: measured, and widened over land of known cost."""

from __future__ import annotations

import csv
import json

import numpy as np
import pyogrio
import pytest
import shapely

from algorithms.corridors.widening import WidthBelowCellError
from layers.raster import read_raster
from planner.corridors.drawn import DrawnCorridors, grid_for, read_corridors
from planner.corridors.inputs import InputError, Source, read_grid
from planner.corridors.measured import WidthRequest, measure
from planner.corridors.widened import WidenRequest, widen_file
from planner.project import file_sha256

SHAPE = (15, 30)


@pytest.fixture
def drawn(files):
    """Return a function that writes cores at both ends and a swath of 3 rows, 1 in places."""

    def made(*, narrow=(12, 15), as_shapes=False):
        cores, swath = np.zeros(SHAPE, np.int32), np.zeros(SHAPE, np.int32)
        cores[:, :3], cores[:, 27:] = 1, 2
        swath[6:9, 3:27] = 1
        swath[[6, 8], narrow[0] : narrow[1]] = 0
        files.raster("grid.tif", np.ones(SHAPE))
        if not as_shapes:
            return DrawnCorridors(
                Source.of(files.raster("swath.tif", swath)),
                Source.of(files.raster("cores.tif", cores)),
            )
        shape = shapely.union_all(
            [
                files.box((6, 8), (3, narrow[0] - 1)),
                files.box((7, 7), narrow),
                files.box((6, 8), (narrow[1], 26)),
            ]
        )
        ends = [files.box((0, 14), (0, 2)), files.box((0, 14), (27, 29))]
        return DrawnCorridors(
            Source.of(
                files.shapes("s.geojson", [shape], "EPSG:4326", core_a=["1"], core_b=["2"])
            ),
            Source.of(files.shapes("c.gpkg", ends, core_id=["1", "2"])),
        )

    return made


def test_the_narrow_place_is_found_and_measured(drawn, files):
    request = WidthRequest(drawn(), 300.0, files.folder / "out", countries=False)
    found = measure(request)
    (row,) = found.corridors
    assert row["throat_m"] == 100.0
    assert row["throat_flow_m"] == pytest.approx(100.0, rel=0.06)
    assert row["length_km"] == pytest.approx(2.4, abs=0.1)
    assert row["bottlenecks"] == 1
    (narrow,) = found.bottlenecks
    assert (narrow["width_m"], narrow["shortfall_m"], narrow["certain"]) == (100.0, 200.0, True)
    assert narrow["start_m"] < 950 < narrow["end_m"]
    assert found.cell_m == 100.0
    lines = pyogrio.read_dataframe(request.out / "width.gpkg", layer="lines")
    assert lines.geometry.iloc[0].length == pytest.approx(row["length_km"] * 1000, rel=1e-6)
    with (request.out / "profile.csv").open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    assert min(float(item["width_m"]) for item in rows) == 100.0


def test_shapes_in_degrees_are_measured_on_a_given_grid_the_same(drawn, files):
    shapes = drawn(as_shapes=True)
    on_grid = WidthRequest(
        shapes, 300.0, files.folder / "a", files.folder / "grid.tif", countries=False
    )
    assert measure(on_grid).corridors[0]["throat_m"] == 100.0


def test_without_a_grid_a_width_beyond_all_shapes_is_refused(drawn, files):
    request = WidthRequest(drawn(as_shapes=True), 1e9, files.folder / "out")
    with pytest.raises(InputError, match="Cells of 100,000,000 m are larger than all of"):
        measure(request)


def test_without_a_grid_cells_are_a_tenth_of_the_width(drawn, files):
    shapes = drawn(as_shapes=True)
    grid, _ = grid_for(shapes, 300.0, None, None)
    assert grid.cell_size == (30.0, 30.0)
    assert grid.crs.startswith("+proj=aea")
    assert grid_for(shapes, 300.0, None, 60.0)[0].cell_size == (60.0, 60.0)
    (row,) = measure(WidthRequest(shapes, 300.0, files.folder / "b", countries=False)).corridors
    assert row["throat_m"] == pytest.approx(100.0, abs=30.0)
    with pytest.raises(InputError, match="Take larger ones with --cell-size"):
        grid_for(shapes, 300.0, None, 0.01)


def test_a_corridor_without_a_way_is_a_row_with_the_reason(drawn, files):
    corridor = drawn(narrow=(12, 15))
    swath = np.zeros(SHAPE, np.int32)
    swath[6:9, 3:10] = 1
    files.raster("swath.tif", swath)
    found = measure(WidthRequest(corridor, 300.0, files.folder / "out", countries=False))
    (row,) = found.corridors
    assert row["reason"] == "no way leads from core to core within the corridor"
    assert found.bottlenecks == []


def test_a_width_less_than_a_cell_is_refused(drawn, files):
    with pytest.raises(WidthBelowCellError, match="less than a cell of 100"):
        measure(WidthRequest(drawn(), 50.0, files.folder / "out", countries=False))


def test_with_more_than_two_cores_the_two_must_be_named(drawn, files):
    corridor = drawn()
    cores = np.zeros(SHAPE, np.int32)
    cores[:, :3], cores[:, 27:], cores[0, 10] = 1, 2, 8
    files.raster("cores.tif", cores)
    raster = read_grid(files.folder / "grid.tif")
    like = files.folder / "grid.tif"
    with pytest.raises(InputError, match=r"holds 3 cores.*--between 1,2"):
        read_corridors(corridor, raster.grid, like)
    named = DrawnCorridors(corridor.corridor, corridor.cores, between=("1", "8"))
    (one,) = read_corridors(named, raster.grid, like)
    assert (one.core_a, one.core_b) == ("1", "8")
    files.raster("cores.tif", np.where(cores == 1, 1, 0).astype(np.int32))
    with pytest.raises(InputError, match="one core only, 1"):
        read_corridors(corridor, raster.grid, like)


def widened(drawn_corridor, files, **more):
    cost = more.pop("cost", np.full(SHAPE, 2.0))
    request = WidenRequest(
        drawn_corridor,
        files.raster("cost.tif", cost),
        more.pop("width_m", 300.0),
        files.folder / "wide",
        countries=False,
        **more,
    )
    return widen_file(request), request


def test_the_narrow_place_is_widened_and_nothing_else(drawn, files):
    done, request = widened(drawn(), files)
    result = done.result
    assert (result.cost, result.area_km2) == (12.0, pytest.approx(0.06))
    assert result.verified_width_m == 300.0
    assert (result.bottlenecks_removed, result.bottlenecks_left) == (1, 0)
    assert result.lower_bound <= result.cost
    (share,) = result.shares
    assert (share.iso3, share.cost) == ("", 12.0)
    expected = shapely.union_all([files.box((6, 6), (12, 14)), files.box((8, 8), (12, 14))])
    assert result.added_by_country[""].equals(expected)
    assert result.geometry.equals(files.box((6, 8), (3, 26)))
    drawn_cells = read_raster(request.out / "widening.tif").values
    assert (drawn_cells == 2).sum() == 6
    assert (drawn_cells == 1).sum() == 3 * 24 - 6
    assert result.cost_unit == "units of cost.tif"


def test_free_land_costs_nothing_and_excluded_land_is_not_touched(drawn, files):
    free = files.shapes("free.gpkg", [files.box((9, 9), (3, 26))])
    town = files.shapes("town.gpkg", [shapely.box(1310, -660, 1330, -640)])
    done, _ = widened(drawn(), files, free=(Source.of(free),), exclude=(Source.of(town),))
    result = done.result
    assert not result.geometry.buffer(-1).intersects(files.box((6, 6), (13, 13)))
    assert result.cost == 6.0  # row 8 is bought, row 9 is free
    assert result.verified_width_m >= 300.0


def test_excluded_land_in_the_corridor_as_it_is_stays_out_of_the_wider_one(drawn, files):
    town = files.shapes("town.gpkg", [shapely.box(510, -690, 590, -610)])  # in the corridor
    done, _ = widened(drawn(), files, exclude=(Source.of(town),))
    result = done.result
    assert not result.geometry.buffer(-1).intersects(files.box((6, 6), (5, 5)))
    assert result.verified_width_m >= 300.0
    assert result.bottlenecks_removed == 2  # the neck, and the way around the town
    (share,) = result.shares
    assert share.whole_km2 == pytest.approx(result.geometry.area / 1e6)


def test_the_widest_need_of_several_species_holds(drawn, files):
    done, _ = widened(drawn(), files, needs=(("tiger", 200.0), ("leopard", 500.0)))
    assert done.result.width_m == 500.0
    assert done.result.verified_width_m >= 500.0
    assert done.result.species == ("", "tiger", "leopard")


def test_a_width_that_cannot_pass_is_told_with_the_widest_that_can(drawn, files):
    cost = np.full(SHAPE, 2.0)
    cost[[5, 9], 13] = np.nan
    cost[:5, 13] = cost[10:, 13] = np.nan
    done, request = widened(drawn(), files, cost=cost, width_m=600.0)
    assert "cannot pass" in done.result.refused
    assert done.result.widest_m == 300.0
    assert not (request.out / "widening.tif").exists()
    with (request.out / "widening.csv").open(encoding="utf-8-sig") as stream:
        assert "cannot pass" in next(csv.DictReader(stream))["reason"]


def test_a_budget_tells_the_best_for_less(drawn, files):
    done, request = widened(drawn(), files, budget=11.0)
    assert done.variants[-1].result.cost == 12.0
    assert done.affordable is not None
    assert done.affordable.result.cost <= 11.0
    assert done.affordable.shortfall_m2 > 0
    assert done.affordable.least_shortfall_m2 <= done.affordable.shortfall_m2
    rows = pyogrio.read_dataframe(request.out / "widening.gpkg", layer="variants")
    assert rows["within_budget"].sum() == 1
    nothing, _ = widened(drawn(narrow=(3, 27)), files, budget=0.0, cost=np.full(SHAPE, 2.0))
    assert nothing.affordable is None or nothing.affordable.result.cost == 0.0


def test_what_an_earlier_run_left_does_not_lie_among_the_results(drawn, files):
    _, request = widened(drawn(), files, budget=11.0)
    assert (request.out / "variants.csv").is_file()
    notes = request.out / "notes.txt"
    notes.write_text("mine", encoding="utf-8")
    widened(drawn(), files)
    assert not (request.out / "variants.csv").exists()
    assert notes.is_file()
    widened(drawn(), files, budget=11.0)
    with (request.out / "variants.csv").open("a", encoding="utf-8") as stream:
        stream.write("changed by hand\n")
    widened(drawn(), files)
    assert (request.out / "variants.csv").is_file()


def test_a_damaged_record_of_an_earlier_run_is_written_anew(drawn, files):
    out = files.folder / "wide"
    out.mkdir()
    precious = files.folder / "precious.txt"
    precious.write_text("mine", encoding="utf-8")
    outside = {"outputs": {"../precious.txt": {"sha256": file_sha256(precious)}}}
    for text in ("{", "[]", json.dumps(outside)):
        (out / "widening.run.json").write_text(text, encoding="utf-8")
        widened(drawn(), files)
        assert json.loads((out / "widening.run.json").read_text(encoding="utf-8"))["outputs"]
    assert precious.is_file()


def test_sites_touched_and_land_types_are_told(drawn, files):
    sites = files.shapes(
        "sites.gpkg",
        [files.box((6, 8), (11, 12)), files.box((0, 1), (5, 6))],
        name=["Reserve", "Elsewhere"],
    )
    types = np.full(SHAPE, 7.0)
    types[8] = 3.0
    done, _ = widened(
        drawn(),
        files,
        sites=Source.of(sites),
        land_types=files.raster("types.tif", types),
    )
    assert done.result.sites == (("1", "Reserve", pytest.approx(0.06)),)
    assert done.result.shares[0].land_types == {
        "class 3": pytest.approx(0.03),
        "class 7": pytest.approx(0.03),
    }
    assert done.result.land_type_title == "Classes of types.tif"


def test_a_negative_cost_is_told_with_its_place(drawn, files):
    cost = np.full(SHAPE, 2.0)
    cost[3, 4] = -1.0
    with pytest.raises(InputError, match="1 cells are negative, the first in row 4, column 5"):
        widened(drawn(), files, cost=cost)
