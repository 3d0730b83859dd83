"""What a change makes of a style, and the colours it is made with; without Qt."""

from __future__ import annotations

import colorsys

import pytest

from layers.qgis.answers import Breaks
from layers.qgis.layer_spec import LayerSpec
from ui.styling import drafts
from ui.styling.ramps import ramp, ramps

FILL = {"shape": "fill", "fill": "#112233", "stroke": "#000000", "stroke_width_mm": 0.2}
LABELLED = {"type": "single", "symbol": FILL, "labels": {"field": "name"}, "min_scale": 1000}


def _lightness(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _spec(style, kind="vector"):
    return LayerSpec("a", "A", "a.gpkg", kind, style)


@pytest.mark.parametrize("item", ramps(), ids=lambda item: item.key)
def test_ramps_can_be_told_apart(item):
    lights = [_lightness(colour) for colour in item.colours]
    if item.kind == "sequential":
        assert lights == sorted(lights, reverse=True)
    elif item.kind == "diverging":
        assert max(lights[0], lights[-1]) < max(lights[len(lights) // 2 - 1 :][:2])
    else:
        assert len(set(item.take(12))) == 12


def test_a_ramp_gives_its_ends_and_what_lies_between():
    blues = ramp("blues")
    assert blues.take(3) == (blues.colours[0], blues.colours[4], blues.colours[8])
    assert blues.take(3, reverse=True)[0] == blues.colours[8]
    assert blues.take(1) == (blues.colours[4],)


def test_shades_of_a_hue_keep_its_hue():
    hues = ramp("tol_bright").take(14)
    first, shade = (
        colorsys.rgb_to_hls(*(int(c[at : at + 2], 16) / 255 for at in (1, 3, 5)))
        for c in (hues[0], hues[7])
    )
    assert first[0] == pytest.approx(shade[0], abs=0.02)
    assert shade[1] > first[1]


def test_categories_have_a_hue_each_and_one_for_the_rest():
    style = drafts.categories(
        LABELLED,
        "kind",
        ["nature-park", None, "B 1"],
        ["#aa0000", "x", "#00aa00"],
        FILL,
        rest="All",
    )
    _spec(style)
    told = [(c["value"], c["label"], c["symbol"]["fill"]) for c in style["symbols"]]
    assert told == [
        ("nature-park", "Nature park", "#aa0000"),
        ("B 1", "B 1", "#00aa00"),
        (None, "All", drafts.REST_COLOUR),
    ]
    assert style["labels"] == {"field": "name"}
    assert style["min_scale"] == 1000


def test_classes_of_numbers_follow_their_bounds():
    breaks = Breaks((0.0, 10.0, 2500.0), ("", ""), (3, 4))
    style = drafts.graduated({}, "area", breaks, ["#eeeeee", "#111111"], FILL)
    _spec(style)
    assert [(c["min"], c["max"]) for c in style["symbols"]] == [(0, 10), (10, 2500)]
    assert style["symbols"][1]["label"].startswith("10 – 2")


def test_a_line_is_known_by_its_line_and_an_area_by_its_fill():
    line = drafts.plain_symbol("line", "#123456")
    assert drafts.colour_of(line) == "#123456"
    assert drafts.recoloured(line, "#abcdef")["stroke"] == "#abcdef"
    assert drafts.recoloured(FILL, "#abcdef")["fill"] == "#abcdef"
    assert drafts.plain_symbol("point")["shape"] == "marker"


def test_what_classes_have_in_common_is_changed_without_their_colours():
    style = drafts.categories({}, "k", ["a", "b"], ["#aa0000", "#00aa00"], FILL)
    changed = drafts.with_symbol(style, {"stroke_width_mm": 2.0, "fill": "#ffffff"})
    assert [c["symbol"]["fill"] for c in changed["symbols"]] == ["#aa0000", "#00aa00"]
    assert {c["symbol"]["stroke_width_mm"] for c in changed["symbols"]} == {2.0}
    assert style["symbols"][0]["symbol"]["stroke_width_mm"] == 0.2


def test_an_inverted_style_stays_so():
    style = drafts.one_symbol({"type": "inverted", "symbol": FILL, "max_scale": 5}, FILL)
    assert style == {"type": "inverted", "symbol": FILL, "max_scale": 5}


def test_labels_come_and_go():
    style = drafts.with_labels(LABELLED, None)
    assert "labels" not in style
    assert drafts.with_labels(style, {"field": "x"})["labels"] == {"field": "x"}


def test_a_smooth_ramp_spans_its_ends():
    style = drafts.raster_ramp({"resampling": "bilinear"}, ramp("blues"), 0, 4, clear=True)
    _spec(style, "raster")
    assert style["stops"][0] == [0.0, "#f7fbff00", "0"]
    assert style["stops"][-1][:2] == [4.0, "#08306b"]
    assert style["interpolate"]
    assert style["resampling"] == "bilinear"


def test_classes_of_a_ramp_reach_to_the_highest_value():
    style = drafts.reaching(drafts.raster_ramp({}, ramp("blues"), 0, 4, steps=2), 9.0)
    assert [stop[0] for stop in style["stops"]] == [2.0, 9.0]
    assert [stop[2] for stop in style["stops"]] == ["0 – 2", "2 – 4"]
    assert not style["interpolate"]


def test_values_and_relief_of_a_raster():
    classes = drafts.raster_classes({}, [1.0, 5.0], ["#aa0000", "#00aa00"])
    assert classes["classes"] == [[1, "#aa0000", "1"], [5, "#00aa00", "5"]]
    _spec(classes, "raster")
    relief = drafts.hillshade({"type": "hillshade", "exaggeration": 3.0})
    assert relief["exaggeration"] == 3.0
    _spec(relief, "raster")
