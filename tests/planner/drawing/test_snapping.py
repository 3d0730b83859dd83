"""Snapping and tracing, against brute force over all lines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point, box

from layers.pack import DataPack
from planner.drawing.snapping import SnapIndex, lines_of
from planner.profiles import load_region
from planner.project import AddFeatures, AddScenario, Project
from planner.workspace import equal_area_crs

SQUARE = box(0, 0, 100, 100)
RIVER = LineString([(200, 0), (250, 40), (300, 0), (400, 0)])


@pytest.fixture(scope="module")
def index():
    lines = [*lines_of(SQUARE, "site", "Park"), *lines_of(RIVER, "river", "")]
    return SnapIndex.from_lines(lines)


def test_vertex_wins_over_the_edge_within_reach(index):
    found = index.nearest(90, 2, 15)
    assert (found.x, found.y) == (100, 0)
    assert found.at_vertex
    assert (found.kind, found.label) == ("site", "Park")
    on_edge = index.nearest(50, 2, 15)
    assert (on_edge.x, on_edge.y) == (50, 0)
    assert not on_edge.at_vertex


def test_nothing_beyond_reach_or_of_another_kind(index):
    assert index.nearest(150, 50, 40) is None
    assert index.nearest(50, 2, 15, ("river",)) is None
    assert index.nearest(50, 2, 15, ()) is None
    assert SnapIndex.from_lines([]).nearest(0, 0, 1000) is None


def test_own_edges_are_exchanged_without_the_others(index):
    own = index.with_own([(60, 5), (60, 95)])
    found = own.nearest(61, 50, 5)
    assert (found.kind, found.x) == ("own", 60)
    assert own.nearest(0, 50, 5).kind == "site"
    assert index.nearest(61, 50, 5) is None
    assert own.with_own([(1, 1)]).nearest(61, 50, 5) is None
    assert own.with_own(box(300, 300, 310, 310)).nearest(305, 301, 3).kind == "own"


def test_tracing_along_an_open_line_both_ways(index):
    start, end = index.nearest(225, 20, 5), index.nearest(350, 0, 5)
    assert index.trace(start, end) == ((225, 20), (250, 40), (300, 0), (350, 0))
    assert index.trace(end, start) == ((350, 0), (300, 0), (250, 40), (225, 20))
    assert index.trace(start, start) == ((225, 20),)


def test_tracing_around_an_area_takes_the_shorter_way(index):
    start, end = index.nearest(50, 0, 5), index.nearest(100, 50, 5)
    assert index.trace(start, end) == ((50, 0), (100, 0), (100, 50))
    assert index.trace(end, start) == ((100, 50), (100, 0), (50, 0))
    around = index.trace(start, end, long_way=True)
    assert around[0] == (50, 0)
    assert around[-1] == (100, 50)
    assert LineString(around).length == pytest.approx(300)


def test_tracing_needs_one_line(index):
    assert index.trace(index.nearest(50, 0, 5), index.nearest(350, 0, 5)) is None
    own = index.with_own([(60, 5), (60, 95)])
    gone = own.nearest(61, 50, 5)
    assert index.trace(gone, gone) is None


def test_lines_near_a_place_are_joined_to_a_network(index):
    bridge = index.with_own([(100, 0), (200, 0)])
    network = bridge.network((-10, -10, 410, 110))
    assert network.path((50, 0), (350, 0)) == (
        (50, 0),
        (100, 0),
        (200, 0),
        (250, 40),
        (300, 0),
        (350, 0),
    )
    apart = index.network((-10, -10, 410, 110))
    assert apart.path((50, 0), (350, 0)) is None
    near = bridge.network((-10, -10, 120, 10))
    assert near.path((50, 0), (350, 0)) is None
    rivers = bridge.network((-10, -10, 410, 110), ("river",))
    assert rivers.path((225, 20), (350, 0)) == ((225, 20), (250, 40), (300, 0), (350, 0))
    assert rivers.path((50, 0), (350, 0)) is None


def test_a_proposal_that_is_changed_is_not_followed():
    lines = lines_of(SQUARE, "proposal", "Draft", "drawn-1")
    index = SnapIndex.from_lines(lines)
    around = (-10, -10, 110, 110)
    assert index.network(around).path((0, 50), (100, 50)) is not None
    assert index.network(around, but=("drawn-1",)).path((0, 50), (100, 50)) is None


def test_pieces_that_meet_are_one_line():
    border = MultiLineString([[(0, 0), (10, 0)], [(10, 0), (20, 5)]])
    index = SnapIndex.from_lines(lines_of(border, "border", "A – B"))
    a, b = index.nearest(5, 0, 1), index.nearest(20, 5, 1)
    assert len(index.trace(a, b)) == 3
    assert lines_of(Point(0, 0), "site", "") == []
    assert lines_of(None, "site", "") == []
    assert lines_of(LineString([(1, 1), (1, 1)]), "own", "") == []


places = st.floats(-50, 450)
shapes = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 10)), min_size=2, max_size=6)


@settings(deadline=None, max_examples=60)
@given(st.lists(shapes, min_size=1, max_size=5), places, places, st.floats(0.5, 100))
def test_nearest_agrees_with_all_lines(drawn, x, y, reach):
    lines = [
        line
        for points in drawn
        for line in lines_of(LineString(10 * np.array(points)), "river", "")
    ]
    found = SnapIndex.from_lines(lines).nearest(x, y, reach)
    here = Point(x, y)
    vertices = [Point(p) for line in lines for p in line.points]
    nearest_vertex = min((p.distance(here) for p in vertices), default=np.inf)
    nearest_edge = min(
        (LineString(line.points).distance(here) for line in lines), default=np.inf
    )
    if nearest_vertex <= reach:
        assert found.at_vertex
        assert here.distance(Point(found.x, found.y)) == pytest.approx(nearest_vertex)
    elif nearest_edge <= reach:
        assert here.distance(Point(found.x, found.y)) == pytest.approx(nearest_edge)
    else:
        assert found is None
    if found is not None:
        line = LineString(lines[found.line].points)
        at = line.interpolate(found.measure_m)
        assert at.distance(Point(found.x, found.y)) == pytest.approx(0, abs=1e-6)


def test_lines_of_a_project_and_its_base_map(tmp_path):
    region = load_region("tumen-estuary")
    crs = equal_area_crs(region.bounds.lonlat)
    with Project.create(tmp_path / "p", name="p", region_id=region.id, crs=crs) as project:
        project.execute(AddScenario("plan", "Plan"))
        site = {"site_id": "a", "name_en": "Park", "kind": "nominal", "geometry": SQUARE}
        project.execute(AddFeatures("sites", [site]))
        path = {"name": "Way", "kind": "path", "scenario": "plan", "geometry": RIVER}
        project.execute(AddFeatures("corridors", [path]))
        area = {"name": "Plan A", "scenario": "plan", "geometry": box(700, 0, 800, 100)}
        project.execute(AddFeatures("proposals", [area]))
        pack = DataPack.open()
        index = SnapIndex.of(project, pack, "plan")
        assert index.nearest(0, 50, 1, ("site",)).label == "Park"
        assert index.nearest(350, 0, 1, ("corridor",)).label == "Way"
        assert index.nearest(750, 0, 1, ("proposal",)).label == "Plan A"
        assert SnapIndex.of(project, pack, "").nearest(750, 0, 1, ("proposal",)) is None
        border = index.nearest(0, 0, 100_000, ("border",))
        assert border.label in {"CHN – PRK", "CHN – RUS", "PRK – RUS"}
        assert index.nearest(0, 0, 100_000, ("river",)).kind == "river"


def test_the_proposal_that_is_changed_does_not_count():
    lines = [
        *lines_of(box(0, 0, 10, 10), "proposal", "One", "p1"),
        *lines_of(box(10, 0, 20, 10), "proposal", "Two", "p2"),
    ]
    index = SnapIndex.from_lines(lines)
    assert index.nearest(1, 1, 3).label == "One"
    assert index.nearest(1, 1, 3, but=["p1"]) is None
    assert index.nearest(10, 1, 3, but=["p1"]).label == "Two"
