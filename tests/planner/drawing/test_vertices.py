"""Single vertices of lines and areas."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from planner.drawing.errors import DrawingError
from planner.drawing.vertices import (
    EdgePlace,
    VertexPlace,
    delete_shared_vertex,
    delete_vertex,
    insert_vertex,
    lines_beside,
    move_shared_vertex,
    move_vertex,
    nearest_edge,
    nearest_vertex,
    sharing,
    vertex_at,
)

RING = Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(4, 4), (6, 4), (6, 6), (4, 6)]])
TWO = MultiPolygon([RING, box(20, 0, 30, 10)])
LINE = LineString([(0, 0), (10, 0), (10, 10)])


def test_vertices_are_found_by_place():
    assert nearest_vertex(RING, 9.5, 10.4, 1) == VertexPlace(0, 0, 2)
    assert nearest_vertex(RING, 4.1, 4.1, 1) == VertexPlace(0, 1, 0)
    assert nearest_vertex(RING, 50, 50, 1) is None
    place = nearest_vertex(TWO, 20.2, 0, 1)
    assert place.part == 1
    assert vertex_at(TWO, place) == (20, 0)
    assert nearest_vertex(LINE, 10, 10, 0) == VertexPlace(0, 0, 2)


def test_edges_are_found_by_place():
    assert nearest_edge(RING, 5, 1, 2) == EdgePlace(0, 0, 0, 5, 0)
    assert nearest_edge(RING, 1, 5, 2) == EdgePlace(0, 0, 3, 0, 5)
    assert nearest_edge(RING, 5, 5, 0.5) is None
    assert nearest_edge(LINE, 5, 5, 4) is None  # the line is not closed


@settings(deadline=None, max_examples=60)
@given(st.floats(-5, 35), st.floats(-5, 15))
def test_nearest_edge_is_as_near_as_the_outline(x, y):
    found = nearest_edge(TWO, x, y, 1000)
    away = math.hypot(found.x - x, found.y - y)
    assert away == pytest.approx(TWO.boundary.distance(Point(x, y)), abs=1e-9)


def test_vertex_is_moved_and_closing_follows():
    moved = move_vertex(RING, VertexPlace(0, 0, 0), -5, -5)
    assert moved.exterior.coords[0] == moved.exterior.coords[-1] == (-5, -5)
    assert len(moved.interiors) == 1
    assert move_vertex(LINE, VertexPlace(0, 0, 2), 20, 10).length == pytest.approx(
        10 + math.hypot(10, 10)
    )


def test_vertex_is_inserted_on_its_edge():
    edge = nearest_edge(RING, 1, 5, 2)  # the closing edge
    found = insert_vertex(RING, edge, -3, 5)
    assert list(found.exterior.coords)[3:5] == [(0, 10), (-3, 5)]
    assert found.area == RING.area + 15


def test_vertex_is_deleted():
    assert delete_vertex(RING, VertexPlace(0, 0, 1)).area == 50 - 4
    triangle_hole = delete_vertex(RING, VertexPlace(0, 1, 0))
    assert len(triangle_hole.interiors) == 1
    assert len(delete_vertex(triangle_hole, VertexPlace(0, 1, 0)).interiors) == 0
    assert len(delete_vertex(LINE, VertexPlace(0, 0, 1)).coords) == 2


def test_vertex_that_cannot_be_spared():
    triangle = Polygon([(0, 0), (1, 0), (0, 1)])
    with pytest.raises(DrawingError, match="needs three corners"):
        delete_vertex(triangle, VertexPlace(0, 0, 0))
    with pytest.raises(DrawingError, match="needs two points"):
        delete_vertex(LineString([(0, 0), (1, 0)]), VertexPlace(0, 0, 0))


@pytest.mark.parametrize(
    "place",
    [VertexPlace(0, 0, 4), VertexPlace(0, 2, 0), VertexPlace(2, 0, 0), VertexPlace(0, 0, -1)],
)
def test_vertex_that_is_gone(place):
    with pytest.raises(DrawingError, match="no such vertex any more"):
        vertex_at(RING, place)
    with pytest.raises(DrawingError, match="no such vertex any more"):
        move_vertex(RING, place, 1, 1)


def test_places_that_are_no_numbers_and_other_shapes():
    with pytest.raises(DrawingError, match="no number"):
        move_vertex(RING, VertexPlace(0, 0, 0), math.nan, 0)
    with pytest.raises(DrawingError, match="Point has no vertices"):
        nearest_vertex(Point(0, 0), 0, 0, 1)


def test_shared_corner_moves_in_all_shapes_that_have_it():
    shapes = {
        "left": box(0, 0, 10, 10),
        "right": box(10, 0, 20, 10),
        "below": box(0, -10, 20, 0),
        "far": box(50, 0, 60, 10),
    }
    changed = move_shared_vertex(shapes, (10, 0), (11, 1), 0.1)
    assert changed.keys() == {"left", "right", "below"}
    total = sum(shape.area for shape in changed.values())
    assert total == pytest.approx(400)
    assert changed["left"].intersection(changed["right"]).area == 0
    assert changed["below"].intersection(changed["left"]).area == pytest.approx(0)
    assert nearest_vertex(changed["below"], 11, 1, 0.01) is not None


def test_lines_beside_leave_out_the_edges_of_a_vertex():
    beside = lines_beside(RING, VertexPlace(0, 0, 2))
    assert beside.length == 20 + 8
    assert not beside.intersects(box(9, 9, 10, 10))
    assert lines_beside(LINE, VertexPlace(0, 0, 0)).length == 10
    assert lines_beside(LINE, VertexPlace(0, 0, 1)).is_empty
    with pytest.raises(DrawingError):
        lines_beside(LINE, VertexPlace(0, 0, 3))


def test_a_shared_corner_is_found_and_taken_away_where_it_can_be():
    shapes = {"a": box(0, 0, 10, 10), "b": box(10, 0, 20, 20), "far": box(50, 0, 60, 10)}
    shapes["c"] = Polygon([(10, 10), (0, 20), (0, 12)])
    assert sharing(shapes, (10, 10), 0.5).keys() == {"a", "b", "c"}
    changed = delete_shared_vertex(shapes, (10, 10), 0.5)
    assert changed.keys() == {"a"}  # b has no corner there, c would be no area
    assert changed["a"].area == 50
