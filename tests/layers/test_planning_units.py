"""Planning units: cells and polygons cut at borders, their edges and areas."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from layers.faces import faces_between, shared_edges
from layers.planning_units import PlanningUnits, cut_grid, cut_polygons
from layers.unit_cells import MAXIMUM_UNITS, Cells, hexagon_cells, square_cells

KM = 1000.0


def km_box(west: float, south: float, east: float, north: float) -> Polygon:
    return box(west * KM, south * KM, east * KM, north * KM)


def edges_by_name(units: PlanningUnits) -> dict[tuple[str, str], float]:
    return {
        tuple(sorted((str(units.unit_id[a]), str(units.unit_id[b])))): round(float(length), 6)
        for (a, b), length in zip(units.edges, units.edge_km, strict=True)
    }


def test_squares_lie_on_multiples_of_their_side_and_are_named_from_the_north_west() -> None:
    cells = square_cells((0.5 * KM, 0.0, 3.0 * KM, 2.0 * KM), KM)
    assert cells.names.tolist() == ["r1c1", "r1c2", "r1c3", "r2c1", "r2c2", "r2c3"]
    assert cells.shapes[0].bounds == (0.0, KM, KM, 2 * KM)
    assert cells.shapes[5].bounds == (2 * KM, 0.0, 3 * KM, KM)


def test_hexagons_have_their_area_and_six_neighbours() -> None:
    width = 10.0 * KM
    cells = hexagon_cells((0.0, 0.0, 100.0 * KM, 100.0 * KM), width)
    side = width / np.sqrt(3.0)
    assert shapely.area(cells.shapes) == pytest.approx(np.sqrt(3) / 2 * width**2, rel=1e-6)
    found = shared_edges(cells.shapes)
    neighbours = np.bincount(found.pairs.ravel())
    assert neighbours.max() == 6
    assert found.length == pytest.approx(side, abs=0.002)
    whole = shapely.union_all(cells.shapes)
    assert shapely.contains(whole, box(0, 0, 100 * KM, 100 * KM))
    assert found.exposed.sum() == pytest.approx(whole.length, abs=0.5)


@pytest.mark.parametrize("make", [square_cells, hexagon_cells])
@pytest.mark.parametrize("size", [0.0, -1.0, np.nan, np.inf])
def test_a_size_that_is_none_is_refused(make, size) -> None:
    with pytest.raises(ValueError, match="positive number"):
        make((0.0, 0.0, 10.0, 10.0), size)


@pytest.mark.parametrize("make", [square_cells, hexagon_cells])
def test_too_many_units_are_refused_before_they_are_made(make) -> None:
    with pytest.raises(ValueError, match=f"{MAXIMUM_UNITS:,}"):
        make((0.0, 0.0, 1e6, 1e6), 100.0)


def test_a_square_cut_by_a_border_gives_two_units_that_share_it() -> None:
    cells = square_cells((0.0, 0.0, 2 * KM, 2 * KM), KM)
    land = {"RUS": km_box(1.5, 0, 2, 2), "CHN": km_box(0, 0, 1.5, 2)}
    units = cut_grid(cells, land, 0.1)
    assert units.countries == ("CHN", "RUS")
    assert units.unit_id.tolist() == [
        "r1c1",
        "r1c2-CHN",
        "r1c2-RUS",
        "r2c1",
        "r2c2-CHN",
        "r2c2-RUS",
    ]
    assert units.area_km2.tolist() == pytest.approx([1, 0.5, 0.5, 1, 0.5, 0.5])
    assert edges_by_name(units) == {
        ("r1c1", "r1c2-CHN"): 1.0,
        ("r1c2-CHN", "r1c2-RUS"): 1.0,
        ("r1c1", "r2c1"): 1.0,
        ("r1c2-CHN", "r2c2-CHN"): 0.5,
        ("r1c2-RUS", "r2c2-RUS"): 0.5,
        ("r2c1", "r2c2-CHN"): 1.0,
        ("r2c2-CHN", "r2c2-RUS"): 1.0,
    }
    assert units.exposed_km.tolist() == pytest.approx([2, 0.5, 1.5, 2, 0.5, 1.5])


def test_land_that_takes_no_part_leaves_an_edge_exposed() -> None:
    cells = square_cells((0.0, 0.0, 2 * KM, KM), KM)
    units = cut_grid(cells, {"CHN": km_box(0, 0, 1.25, 1)}, 0.1)
    assert units.unit_id.tolist() == ["r1c1", "r1c2"]
    assert units.exposed_km.tolist() == pytest.approx([3.0, 1.5])


def test_a_sliver_joins_the_neighbour_of_its_country_with_the_longest_edge() -> None:
    cells = square_cells((0.0, 0.0, 2 * KM, 2 * KM), KM)
    land = {"CHN": km_box(0, 0, 1.05, 2), "RUS": km_box(1.05, 0, 2, 2)}
    units = cut_grid(cells, land, 0.1)
    assert units.slivers == 2
    assert units.slivers_km2 == pytest.approx(0.1)
    assert units.unit_id.tolist() == ["r1c1", "r1c2", "r2c1", "r2c2"]
    assert units.area_km2.tolist() == pytest.approx([1.05, 0.95, 1.05, 0.95])
    assert shapely.is_valid(units.shape).all()
    assert edges_by_name(units) == {
        ("r1c1", "r1c2"): 1.0,
        ("r1c1", "r2c1"): 1.05,
        ("r1c2", "r2c2"): 0.95,
        ("r2c1", "r2c2"): 1.0,
    }


def test_an_islet_joins_the_largest_piece_of_its_cell_and_one_alone_stays() -> None:
    cells = square_cells((0.0, 0.0, 2 * KM, KM), KM)
    land = {
        "KOR": shapely.MultiPolygon(
            [km_box(0.1, 0.1, 0.6, 0.9), km_box(0.8, 0.4, 0.9, 0.5), km_box(1.4, 0.4, 1.5, 0.5)]
        )
    }
    units = cut_grid(cells, land, 0.1)
    assert units.unit_id.tolist() == ["r1c1", "r1c2"]
    assert units.area_km2.tolist() == pytest.approx([0.41, 0.01])
    assert units.shape[0].geom_type == "MultiPolygon"


def test_two_pieces_of_a_cell_in_one_country_are_two_units() -> None:
    cells = square_cells((0.0, 0.0, KM, KM), KM)
    land = {"CHN": shapely.MultiPolygon([km_box(0, 0, 0.3, 1), km_box(0.6, 0, 1, 1)])}
    units = cut_grid(cells, land, 0.1)
    assert units.unit_id.tolist() == ["r1c1-CHN", "r1c1-CHN-2"]
    assert units.area_km2.tolist() == pytest.approx([0.4, 0.3])
    assert len(units.edges) == 0


def test_land_beyond_the_cells_is_no_unit_and_no_land_is_told() -> None:
    cells = square_cells((0.0, 0.0, KM, KM), KM)
    with pytest.raises(ValueError, match="no land"):
        cut_grid(cells, {"CHN": km_box(5, 5, 6, 6)}, 0.1)


def test_polygons_with_corners_in_one_anothers_sides_share_their_edges() -> None:
    shapes = np.array([km_box(0, 0, 1, 2), km_box(1, 0, 2, 0.7), km_box(1, 0.7, 2, 2)])
    cells = Cells(np.array(["west", "south", "north"]), shapes)
    units = cut_polygons(cells, {"MNG": km_box(-1, -1, 3, 3)}, 0.1)
    assert units.unit_id.tolist() == ["west", "south", "north"]
    assert edges_by_name(units) == {
        ("south", "west"): 0.7,
        ("north", "west"): 1.3,
        ("north", "south"): 1.0,
    }


def test_a_polygon_on_both_sides_of_a_border_becomes_one_unit_in_each_country() -> None:
    parcel = shapely.MultiPolygon([km_box(0, 0, 2, 1), km_box(0, 3, 1, 4)])
    cells = Cells(np.array(["7"]), np.array([parcel]))
    land = {"CHN": km_box(0, 0, 1, 5), "RUS": km_box(1, 0, 3, 5)}
    units = cut_polygons(cells, land, 0.1)
    assert units.unit_id.tolist() == ["7-CHN", "7-RUS"]
    assert units.area_km2.tolist() == pytest.approx([2.0, 1.0])
    assert edges_by_name(units) == {("7-CHN", "7-RUS"): 1.0}


def test_a_polygon_that_the_region_cuts_is_no_sliver_and_one_that_a_border_cuts_is() -> None:
    shapes = np.array([km_box(0, 0, 10, 1), km_box(0, 1, 10, 2)])
    cells = Cells(np.array(["a", "b"]), shapes)
    land = {"CHN": km_box(0, 0, 0.5, 1.95), "RUS": km_box(0, 1.95, 0.5, 5)}
    units = cut_polygons(cells, land, 0.1)
    assert units.unit_id.tolist() == ["a", "b-CHN", "b-RUS"]
    assert units.slivers == 0  # the Russian piece has no neighbour in its country
    land = {"CHN": km_box(0, 0, 0.5, 1.05), "RUS": km_box(0, 1.05, 0.5, 5)}
    units = cut_polygons(cells, land, 0.1)
    assert units.unit_id.tolist() == ["a", "b"]
    assert units.area_km2.tolist() == pytest.approx([0.525, 0.475])
    assert units.slivers == 1


def test_polygons_that_overlap_are_named() -> None:
    shapes = np.array([km_box(0, 0, 2, 1), km_box(1.5, 0, 3, 1)])
    cells = Cells(np.array(["A", "B"]), shapes)
    with pytest.raises(ValueError, match=r"[AB] and [AB] overlap by 0\.5 km²"):
        cut_polygons(cells, {"CHN": km_box(0, 0, 4, 4)}, 0.1)


def test_polygons_that_overlap_by_an_error_of_drawing_are_taken() -> None:
    shapes = np.array([km_box(0, 0, 1.00002, 1), km_box(1, 0, 2, 1)])
    cells = Cells(np.array(["A", "B"]), shapes)
    units = cut_polygons(cells, {"CHN": km_box(0, 0, 4, 4)}, 0.1)
    assert units.area_km2.sum() == pytest.approx(2.0, rel=1e-4)
    assert len(units.edges) == 1


def test_shared_edges_refuse_polygons_that_lie_upon_one_another() -> None:
    square = km_box(0, 0, 1, 1)
    with pytest.raises(ValueError, match="overlap"):
        shared_edges(np.array([square, square, square]))


def test_lines_that_cross_enclose_faces_that_tile_the_ground() -> None:
    lines = np.array([km_box(0, 0, 2, 2).boundary, shapely.LineString([(0, 0), (2000, 2000)])])
    faces = faces_between(lines)
    assert sorted(shapely.area(faces)) == pytest.approx([2e6, 2e6])


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    size=st.floats(0.7, 3.0),
    hexagons=st.booleans(),
    share=st.floats(0.0, 0.4),
)
def test_units_tile_the_land_and_their_edges_are_those_of_the_shapes(
    seed, size, hexagons, share
) -> None:
    rng = np.random.default_rng(seed)
    line = np.column_stack([np.linspace(0, 8, 9), rng.uniform(2, 6, 9)]) * KM
    north = Polygon([*line, (8 * KM, 8 * KM), (0, 8 * KM)])
    south = Polygon([*line, (8 * KM, 0), (0, 0)])
    land = {"RUS": north, "CHN": south}
    make = hexagon_cells if hexagons else square_cells
    units = cut_grid(make((-KM, -KM, 9 * KM, 9 * KM), size * KM), land, share)
    for number, iso3 in enumerate(units.countries):
        whole = units.area_km2[units.country == number].sum()
        assert whole == pytest.approx(land[iso3].area / 1e6, rel=1e-6)
    assert len(set(units.unit_id)) == len(units.unit_id)
    assert shapely.is_valid(units.shape).all()
    total = units.exposed_km.copy()
    np.add.at(total, units.edges.ravel(), np.repeat(units.edge_km, 2))
    assert total == pytest.approx(shapely.length(units.shape) / 1000, abs=1e-6)
    brute = {}
    for a in range(len(units.shape)):
        for b in range(a + 1, len(units.shape)):
            meet = shapely.intersection(
                units.shape[a].boundary, units.shape[b].boundary, grid_size=0.001
            )
            if meet.length > 0.01:
                brute[a, b] = meet.length / 1000
    found = {
        (int(a), int(b)): float(length)
        for (a, b), length in zip(units.edges, units.edge_km, strict=True)
        if length > 1e-5
    }
    assert found.keys() == brute.keys()
    for pair, length in brute.items():
        assert found[pair] == pytest.approx(length, abs=1e-4)
