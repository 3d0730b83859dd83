"""Styles of QGIS: taken with symbols, labels and colours, and without what could do harm."""

from __future__ import annotations

import zipfile
from dataclasses import replace

import pytest

from layers.qgis.errors import QgisRequestError
from layers.qgis.layer_spec import LayerSpec
from layers.qgis.protocol import RenderRequest
from layers.qgis.worker.qml_cleaning import Cleaning, StyleError
from resources.errors import UsageError

CRS = "EPSG:3857"
EXTENT = (-200, -150, 200, 150)
HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"


def layer(cls, options="", more=""):
    return (
        f'<layer class="{cls}" enabled="1" pass="0" locked="0">'
        f'<Option type="Map">{options}</Option>{more}</layer>'
    )


def option(name, value):
    return f'<Option name="{name}" type="QString" value="{value}"/>'


def qml(layers, renderer='type="singleSymbol"', more="", inside="", symbol="fill"):
    return (
        f'{HEAD}<qgis version="3.22.16" labelsEnabled="1"><renderer-v2 {renderer}>'
        f'<symbols><symbol type="{symbol}" name="0" alpha="1">{layers}</symbol></symbols>'
        f"{inside}</renderer-v2>{more}<layerGeometryType>2</layerGeometryType></qgis>"
    )


GREEN = layer("SimpleFill", option("color", "0,200,0,255") + option("outline_style", "no"))
DEFINED = (
    '<data_defined_properties><Option type="Map"><Option name="properties" type="Map">'
    '<Option name="fillColor" type="Map"><Option name="active" value="true" type="bool"/>'
    '<Option name="expression" value="env(\'HOME\')" type="QString"/></Option></Option>'
    "</Option></data_defined_properties>"
)
HOSTILE = {
    "actions": (
        qml(
            GREEN,
            more='<attributeactions><actionsetting action="import os" type="1"/>'
            "</attributeactions><editforminitcode>import os</editforminitcode>"
            "<mapTip>[% env('HOME') %]</mapTip>",
        ),
        ["Actions of features", "Code of forms"],
    ),
    "fields": (
        qml(GREEN, more='<expressionfields><field expression="1"/></expressionfields>'),
        ["Computed fields"],
    ),
    "defined": (qml(layer("SimpleFill", more=DEFINED)), ["by expression were left out"]),
    "svg": (
        qml(layer("SVGFill", option("svgFile", "http://127.0.0.1:9/x.svg")) + GREEN),
        ["SVGFill"],
    ),
    "picture": (qml(layer("RasterFill", option("imageFile", "/etc/passwd"))), ["RasterFill"]),
    "generator": (
        qml(layer("GeometryGenerator", option("geometryModifier", "buffer($geometry,1e9)"))),
        ["GeometryGenerator"],
    ),
    "effect": (
        qml(layer("SimpleFill", more='<effect type="blur" enabled="1"/>')),
        ["Effects"],
    ),
    "rule": (
        qml(
            GREEN,
            renderer='type="RuleRenderer"',
            inside='<rules key="r"><rule filter="env(\'X\') = \'1\'" symbol="0" key="a"/>'
            '<rule filter="&quot;rank&quot; &gt; 3" symbol="0" key="b"/></rules>',
        ),
        ["The rule"],
    ),
    "labels": (
        qml(
            GREEN,
            more='<labeling type="simple"><settings><text-style isExpression="1" '
            "fieldName=\"env('HOME')\"/></settings></labeling>",
        ),
        ["Labels by the expression"],
    ),
}


def plain_only(text):
    return "env(" not in text


def cleaned(text):
    cleaning = Cleaning(plain_only)
    return cleaning.clean(text), cleaning.notes()


@pytest.mark.parametrize("name", HOSTILE)
def test_what_could_do_harm_goes_and_is_told(name):
    text, told = HOSTILE[name]
    result, notes = cleaned(text)
    for part in told:
        assert any(part in note for note in notes), notes
    for word in ("env(", "import os", "http://127", "/etc/passwd", "buffer(", "blur"):
        assert word not in result
    assert "<renderer-v2" in result
    assert cleaned(result) == (result, [])


def test_a_symbol_that_lost_everything_is_drawn_plainly():
    result, _ = cleaned(HOSTILE["picture"][0])
    assert 'class="SimpleFill"' in result


def test_sizes_and_steps_are_bounded():
    result, _ = cleaned(
        qml(
            layer(
                "LinePatternFill",
                option("distance", "0.0000001")
                + option("distance_unit", "MapUnit")
                + option("line_width", "1e300")
                + option("customdash", "0.0000001;" * 50),
            )
        )
    )
    assert 'value="0.8"' in result
    assert "MapUnit" not in result
    assert "1e300" not in result
    assert "0.05;0.05" in result
    assert result.count("0.05") == 20


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is no QML"),
        ("<qgis", "is no QML"),
        ("<StyledLayerDescriptor/>", "SLD"),
        (HEAD + "<qgis/>", "no symbols or colours"),
        (
            '<!DOCTYPE qgis [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><qgis>&b;</qgis>',
            "declares entities",
        ),
        ('<!DOCTYPE qgis SYSTEM "file:///etc/passwd" [<!ENTITY % a "b">]><qgis/>', "entities"),
        ("<qgis>" + "<a>" * 100 + "</a>" * 100 + "</qgis>", "parts 80 deep"),
        ("<qgis>" + "<a/>" * 100_001 + "</qgis>", "100,000 parts"),
        (qml(GREEN, renderer='type="heatmapRenderer"'), "heatmapRenderer"),
        (qml(GREEN, renderer='type="categorizedSymbol" attr="env(\'A\')"'), "env"),
        (qml(GREEN, inside="<ranges>" + "<range/>" * 1001 + "</ranges>"), "1,000 classes"),
        ("x" * 4_000_001, "4,000,000 characters"),
    ],
)
def test_what_is_no_style_is_refused(text, told):
    with pytest.raises(StyleError, match=told):
        cleaned(text)


@pytest.fixture
def shown(engine, squares, data):
    ramp = {"type": "ramp", "stops": [[0, "#000000"], [20, "#ffffff"]]}
    layers = [squares(), LayerSpec("ramp", "Ramp", f"{data}/ramp.tif", "raster", ramp)]
    assert engine.set_layers(layers, crs=CRS) == ()
    return engine


def colour_at(engine, layer_id, place=(150, 250)):
    frame = engine.render(RenderRequest(EXTENT, 400, 300, layer_ids=(layer_id,))).result(30)
    return tuple(int(v) for v in frame.pixels[place][:3])


@pytest.mark.qgis
def test_a_style_goes_out_and_comes_back(shown, squares, data):
    red = shown.read_style("squares")
    grey = shown.read_style("ramp")
    for layer_id, text in (("squares", red), ("ramp", grey)):
        assert text.lstrip().startswith("<!DOCTYPE qgis")
        assert shown.check_style(layer_id, text).removed == ()
    ramp = LayerSpec("ramp", "Ramp", f"{data}/ramp.tif", "raster")
    styled = [
        squares(style={"type": "qml", "qml": shown.check_style("squares", red).qml}),
        replace(ramp, style={"type": "qml", "qml": shown.check_style("ramp", grey).qml}),
    ]
    before = colour_at(shown, "squares"), colour_at(shown, "ramp")
    assert shown.set_layers(styled, crs=CRS) == ()
    assert (colour_at(shown, "squares"), colour_at(shown, "ramp")) == before
    legend = {item.layer_id: item.entries for item in shown.layer_legend()}
    assert len(legend["squares"]) == 1
    assert [entry.label for entry in legend["ramp"]] == ["0", "20"]


@pytest.mark.qgis
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_style_draws_without_doing_harm(shown, squares, name):
    check = shown.check_style("squares", HOSTILE[name][0])
    assert check.removed
    assert "env(" not in check.qml
    raw = squares(style={"type": "qml", "qml": HOSTILE[name][0]})  # as a project may hold it
    assert shown.set_layers([raw], crs=CRS) == ()
    frame = shown.render(RenderRequest(EXTENT, 400, 300)).result(30)
    assert frame.errors == ()
    assert shown.health().restarts == 0


@pytest.mark.qgis
def test_a_hostile_style_is_not_handed_on(shown, squares, tmp_path):
    raw = squares(style={"type": "qml", "qml": HOSTILE["actions"][0]})
    shown.set_layers([raw], crs=CRS)
    with zipfile.ZipFile(shown.save_project(tmp_path / "map.qgz")) as archive:
        texts = [archive.read(name) for name in archive.namelist()]
    assert not any(b"import os" in text for text in texts)


@pytest.mark.qgis
def test_labels_and_categories_of_a_style_are_taken(shown, squares):
    labels = (
        '<labeling type="simple"><settings><text-style isExpression="1" '
        'fieldName="upper(&quot;name&quot;)" fontSize="9"/></settings></labeling>'
    )
    by_rank = qml(
        GREEN,
        renderer='type="categorizedSymbol" attr="rank"',
        inside='<categories><category symbol="0" value="7" label="seven" render="true"/>'
        "</categories>",
        more=labels,
    )
    check = shown.check_style("squares", by_rank)
    assert check.removed == ()
    assert "upper(" in check.qml
    shown.set_layers([squares(style={"type": "qml", "qml": check.qml})], crs=CRS)
    assert colour_at(shown, "squares", (120, 230)) == (0, 200, 0)
    assert colour_at(shown, "squares", (150, 150)) == (255, 255, 255)
    missing = shown.check_style("squares", by_rank.replace('"rank"', '"height"'))
    assert "does not have" in missing.removed[0]


@pytest.mark.qgis
def test_a_style_for_something_else_is_refused(shown):
    with pytest.raises(QgisRequestError, match="is made for rasters"):
        shown.check_style("squares", shown.read_style("ramp"))
    with pytest.raises(QgisRequestError, match="is made for vector layers"):
        shown.check_style("ramp", shown.read_style("squares"))
    points = qml(layer("SimpleMarker"), symbol="marker").replace(">2<", ">0<")
    with pytest.raises(QgisRequestError, match="does not fit"):
        shown.check_style("squares", points)
    with pytest.raises(UsageError, match="characters, more than"):
        shown.check_style("squares", "x" * 5_000_000)


@pytest.mark.qgis
def test_a_damaged_style_leaves_the_layer_out_and_says_why(shown, squares):
    (problem,) = shown.set_layers([squares(style={"type": "qml", "qml": "<qgis/>"})], crs=CRS)
    assert "no symbols or colours" in problem.reason
