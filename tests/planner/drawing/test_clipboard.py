"""Copying and pasting, and whatever else may be in a clipboard."""

import contextlib
import json

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from shapely import box

from planner.drawing import clipboard, copying, proposals
from planner.drawing.clipboard import copy_text, read_pasted
from planner.drawing.errors import DrawingError, TooManyVerticesError
from planner.drawing.form import edit_proposal, form_of
from planner.drawing.geometry import MAXIMUM_VERTICES, corridor_from_line, vertex_count
from planner.drawing.proposals import Drawn

LAEA = "+proj=laea +lat_0=43 +lon_0=131 +datum=WGS84 +units=m +no_defs"
OTHER = "+proj=laea +lat_0=44 +lon_0=130 +datum=WGS84 +units=m +no_defs"
LINE = [(62e3, 50e3), (138e3, 50e3)]


@pytest.fixture
def key(project, ground):
    drawn = Drawn(corridor_from_line(LINE, 4000), name="Way", centreline=LINE, width_m=4000)
    made = proposals.draw_proposal(project, ground, "plan", drawn)
    changes = {"names": {"zh": "路"}, "notes": "Note", "lead": "Ann"}
    return edit_proposal(project, "plan", made, changes)


def test_copy_and_paste_gives_the_same_proposal_anew(project, ground, key):
    text = copy_text(project, "plan", [key])
    (drawn,) = read_pasted(text, project.crs)
    (other,) = copying.paste_proposals(project, ground, "plan", [drawn])
    assert other != key
    first, second = form_of(project, "plan", key), form_of(project, "plan", other)
    assert second.names == first.names
    assert (second.notes, second.lead, second.kind) == ("Note", "Ann", "ecological corridor")
    assert second.centreline == first.centreline
    assert second.width_m == 4000
    assert second.status == "draft"
    assert second.geometry.symmetric_difference(first.geometry).area < 1000
    proposals.widen_proposal(project, ground, "plan", other, 6000)


def test_text_can_be_read_by_people_and_other_programs(project, key):
    content = json.loads(copy_text(project, "plan", [key]))
    assert content["proposals"][0]["names"]["zh"] == "路"
    assert shapely.from_wkt(content["proposals"][0]["wkt"]).is_valid
    with pytest.raises(DrawingError, match="No proposal is chosen"):
        copy_text(project, "plan", [])


def test_pasting_into_a_project_of_another_region_moves_the_shape(project, key):
    (drawn,) = read_pasted(copy_text(project, "plan", [key]), OTHER)
    back = Transformer.from_crs(OTHER, LAEA, always_xy=True)
    assert back.transform(*drawn.centreline[0]) == pytest.approx(LINE[0], abs=0.01)
    assert drawn.geometry.area == pytest.approx(corridor_from_line(LINE, 4000).area, rel=1e-3)


def geojson(shape, **properties):
    return {
        "type": "Feature",
        "geometry": json.loads(shapely.to_geojson(shape)),
        "properties": properties,
    }


def test_geojson_in_degrees():
    square = box(130.9, 42.9, 131.1, 43.1)
    collection = {"type": "FeatureCollection", "features": [geojson(square, name=" A ")] * 2}
    first, second = read_pasted(json.dumps(collection), LAEA)
    assert first.name == "A"
    assert first.geometry.area / 1e6 == pytest.approx(16.3 * 22.2, rel=0.01)
    assert second.geometry.equals(first.geometry)
    (bare,) = read_pasted(shapely.to_geojson(square), LAEA)
    assert bare.name == ""


def test_wkt_in_degrees_in_metres_and_with_a_code():
    (metres,) = read_pasted(" POLYGON ((0 0, 5000 0, 5000 5000, 0 0)) ", LAEA)
    assert metres.geometry.area == 12.5e6
    (degrees,) = read_pasted("POLYGON ((131 43, 131.1 43, 131.1 43.1, 131 43))", LAEA)
    assert degrees.geometry.area / 1e6 == pytest.approx(45.2, rel=0.01)
    corners = "14582853 5311971, 14593985 5311971, 14593985 5327204, 14582853 5311971"
    (mercator,) = read_pasted(f"SRID=3857;POLYGON (({corners}))", LAEA)
    assert mercator.geometry.area / 1e6 == pytest.approx(45.2, rel=0.02)
    (flat,) = read_pasted("POLYGON Z ((0 0 5, 5000 0 5, 5000 5000 5, 0 0 5))", LAEA)
    assert not flat.geometry.has_z


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "holds no area"),
        ("hello", "neither proposals copied here nor GeoJSON nor WKT"),
        ("{", "begins as JSON"),
        ('{"a": NaN}', "begins as JSON"),
        ("[" * 100_000, "begins as JSON"),
        ("{}", "neither proposals copied here nor GeoJSON"),
        ('{"type": "FeatureCollection", "features": []}', "nor GeoJSON"),
        ('{"type": "FeatureCollection", "features": 5}', "nor GeoJSON"),
        ('{"type": "Polygon", "coordinates": 5}', "cannot be read"),
        ('{"type": "Feature", "geometry": null}', "cannot be read|holds no area"),
        ('{"type": "Point", "coordinates": [131, 43]}', "only points or lines"),
        (
            '{"type": "Polygon", "coordinates": [[[1e5,0],[1e5,1],[2e5,1],[1e5,0]]]}',
            "in degrees",
        ),
        ("POLYGON ((0 0, 1 1", "WKT cannot be read"),
        ("POLYGON ((0 0, 1 0, nan 1, 0 0))", "no number|cannot be read"),
        ("LINESTRING (0 0, 5000 5000)", "only points or lines"),
        ("POLYGON EMPTY", "only points or lines or nothing"),
        ("SRID=999999;POLYGON ((0 0, 1 0, 1 1, 0 0))", "coordinate system that is not known"),
        ('{"format": "landbridge-proposals", "version": 9}', "another version"),
        (
            '{"format": "landbridge-proposals", "version": 1, "crs": "x", "proposals": []}',
            "coordinate system that is not known",
        ),
    ],
)
def test_texts_that_hold_nothing_to_paste(text, told):
    with pytest.raises(DrawingError, match=told):
        read_pasted(text, LAEA)


def test_own_text_that_was_altered_is_taken_with_care():
    item = {
        "name": 5,
        "names": {"en": "A" * 1000, "fr": "x", "zh": ["y"]},
        "kind": "<script>",
        "width_m": "wide",
        "centreline": [[0, 0], "x", [1]],
        "member_sites": "all",
        "notes": "a\0b",
        "attachments": [{"file": "../project.gpkg"}],
        "status": "agreed",
        "wkt": "POLYGON ((0 0, 5000 0, 5000 5000, 0 0))",
    }
    content = {
        "format": "landbridge-proposals",
        "version": 1,
        "crs": LAEA,
        "proposals": [item, 5],
    }
    (drawn,) = read_pasted(json.dumps(content), LAEA)
    assert drawn.name == ""
    assert drawn.names == {"en": "A" * 300}
    assert drawn.kind == ""
    assert drawn.width_m is None
    assert drawn.centreline is None
    assert drawn.member_sites == ()
    assert drawn.fields == {}


def test_million_vertices_are_counted_and_can_be_simplified():
    ring = shapely.Point(0, 0).buffer(50_000, quad_segs=8)
    dense = shapely.segmentize(ring, ring.length / 1_000_000)
    text = shapely.to_wkt(dense, rounding_precision=2)
    with pytest.raises(
        TooManyVerticesError, match=r"has 1\s0\d\d\s\d\d\d vertices; up to 100\s000"
    ):
        read_pasted(text, LAEA)
    (drawn,) = read_pasted(text, LAEA, simplify=True)
    assert vertex_count(drawn.geometry) <= MAXIMUM_VERTICES
    assert drawn.geometry.area == pytest.approx(ring.area, rel=1e-4)


def test_texts_and_collections_that_are_too_long(monkeypatch):
    monkeypatch.setattr(clipboard, "MAXIMUM_TEXT", 10)
    with pytest.raises(DrawingError, match="11 characters; up to 10"):
        read_pasted("POLYGON ((0", LAEA)
    monkeypatch.undo()
    square = geojson(box(130.9, 42.9, 131.1, 43.1))
    many = {"type": "FeatureCollection", "features": [square] * 1001}
    with pytest.raises(DrawingError, match=r"1\s001 areas; up to 1\s000"):
        read_pasted(json.dumps(many), LAEA)


def test_crossing_shapes_come_as_they_are_for_a_repair_to_be_offered():
    (drawn,) = read_pasted("POLYGON ((0 0, 5000 5000, 5000 0, 0 5000, 0 0))", LAEA)
    assert not drawn.geometry.is_valid


@settings(deadline=None, max_examples=100)
@given(
    st.text(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "type",
                        "features",
                        "geometry",
                        "coordinates",
                        "format",
                        "version",
                        "crs",
                        "proposals",
                        "wkt",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    ).map(json.dumps)
)
def test_any_text_is_read_or_refused_as_a_drawing(text):
    found = ()
    with contextlib.suppress(DrawingError):
        found = read_pasted(text, LAEA)
    assert all(not drawn.geometry.is_empty for drawn in found)
