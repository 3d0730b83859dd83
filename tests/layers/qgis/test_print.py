"""Sheets printed by the real QGIS."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
import zlib

import pytest

from layers.qgis.errors import QgisRequestError
from layers.qgis.layer_spec import LayerSpec
from layers.qgis.protocol import PrintRequest, PrintTable
from layers.qgis.worker import messages
from resources.errors import UsageError

pytestmark = pytest.mark.qgis

CRS = "EPSG:3857"
EXTENT = (-200, -150, 200, 150)
TABLE = PrintTable(("Country", "Area km²"), (("CHN", "1,200"), ("RUS", "340")), "Gains")


@pytest.fixture
def drawn(engine, squares, data):
    ramp = {"type": "ramp", "stops": [[0, "#ffffff", "low"], [20, "#005500", "high"]]}
    engine.set_layers(
        [
            LayerSpec("ramp", "Suitability", str(data / "ramp.tif"), "raster", ramp),
            squares(name="Nominal footprint of a site with a long name that has to wrap"),
        ],
        crs=CRS,
    )
    return engine


def sheet(path, **changes):
    plain = {
        "path": path,
        "title": "Tiger landscape",
        "second_title": "虎景观 · Ландшафт тигра",
        "languages": ("en", "zh"),
        "subtitle": "Scenario A",
        "extent": EXTENT,
        "legend_ids": ("squares", "ramp"),
        "table": TABLE,
        "notes": ("It screens a region.",),
        "credits": ("Sources: Natural Earth",),
        "nominal_note": "Dashed areas are nominal.",
    }
    return PrintRequest(**{**plain, **changes})


def boxes(pdf):
    return re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf.read_bytes())


def streams(pdf):
    """Return the unpacked content of a PDF."""
    parts = []
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf.read_bytes(), re.DOTALL):
        try:
            parts.append(zlib.decompress(packed))
        except zlib.error:
            continue  # an image
    return b"".join(parts)


@pytest.mark.parametrize(
    ("page", "orientation", "points"),
    [
        ("A4", "landscape", (842, 595)),
        ("A4", "portrait", (595, 842)),
        ("A3", "landscape", (1191, 842)),
    ],
)
def test_the_page_has_its_size_and_one_leaf(drawn, tmp_path, page, orientation, points):
    pdf = drawn.print_map(sheet(tmp_path / "map.pdf", page=page, orientation=orientation))
    assert pdf.read_bytes().startswith(b"%PDF-")
    (box,) = boxes(pdf)
    assert [float(v) for v in box] == pytest.approx(points, abs=1.5)
    assert [p.name for p in tmp_path.iterdir()] == ["map.pdf"]


def test_text_is_text_with_its_fonts_inside(drawn, tmp_path):
    pdf = drawn.print_map(sheet(tmp_path / "map.pdf"))
    raw = pdf.read_bytes()
    assert b"/FontFile2" in raw or b"/FontFile3" in raw
    assert streams(pdf).count(b"Tj") + streams(pdf).count(b"TJ") > 20


needs_pdftotext = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="needs pdftotext (poppler-utils)"
)


def text_of(pdf):
    return subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True
    ).stdout.decode()


@needs_pdftotext
def test_every_word_of_the_sheet_can_be_read(drawn, tmp_path):
    pdf = drawn.print_map(sheet(tmp_path / "map.pdf"))
    told = text_of(pdf)
    for text in (
        "Tiger landscape",
        "虎景观",
        "Ландшафт тигра",
        "Scenario A",
        "Nominal footprint of a site",
        "Suitability",
        "low",
        "Gains",
        "1,200",
        "It screens a region.",
        "imply no opinion",
        "Natural Earth",
        "Dashed areas are nominal.",
    ):
        assert text in told
    assert "Band 1" not in told
    assert told.index("Nominal footprint") < told.index("Suitability")


@needs_pdftotext
def test_every_number_of_the_sheet_can_be_read(drawn, squares, tmp_path):
    label = {"field": "rank", "size_pt": 8}
    style = {"type": "single", "symbol": {"shape": "fill", "fill": "#ff0000"}, "labels": label}
    drawn.set_layers([squares(name="Squares of 1998", style=style)], crs=CRS)
    request = sheet(
        tmp_path / "map.pdf",
        title="Plan 1",
        second_title="方案2 План 34 안 56",
        extent=(-2000, -1500, 2000, 1500),
        table=PrintTable(
            ("Country", "Added"), (("CHN", "CHN 72, RUS 0"),), "The first 8 of 13"
        ),
        notes=("Corridors: 123. Narrower than 4,567 m: 89.",),
        credits=("Natural Earth 1:10m, ITU-R P.1511 (CC BY 4.0)",),
    )
    # Qt names an ideograph by the radical that looks alike, as search and copying put right.
    told = unicodedata.normalize("NFKC", text_of(drawn.print_map(request)))
    told = " ".join(told.split())
    for text in (
        "Plan 1",
        "方案2 План 34 안 56",
        "Squares of 1998",
        "CHN 72, RUS 0",
        "The first 8 of 13",
        "Corridors: 123. Narrower than 4,567 m: 89.",
        "Natural Earth 1:10m, ITU-R P.1511 (CC BY 4.0)",
    ):
        assert text in told
    assert re.search(r"about 1:\d+\s\d{3} on A4", told)
    assert re.search(r"0 500 1\s000 m", told)


@needs_pdftotext
def test_the_legend_has_a_heading_for_every_group(drawn, squares, data, tmp_path):
    symbol = {"shape": "fill", "fill": "#ff0000"}
    classes = {
        "type": "categories",
        "field": "name",
        "symbols": [
            {"value": v, "label": f"{v} half", "symbol": symbol} for v in ("west", "east")
        ],
    }
    line = {"type": "single", "symbol": {"shape": "line", "stroke": "#000000"}}
    ramp = {"type": "ramp", "stops": [[0, "#ffffff", "low"], [20, "#005500", "high"]]}
    lines = f"{data}/data.gpkg|layername=lines"
    drawn.set_layers(
        [
            squares(layer_id="sites", name="Sites", group="Sites", style=classes),
            LayerSpec("path", "Cheapest path", lines, "vector", line, group="Corridors"),
            LayerSpec("borders", "Border lines", lines, "vector", line, group="Base"),
            LayerSpec(
                "ramp", "Habitat", str(data / "ramp.tif"), "raster", ramp, group="Ground"
            ),
        ],
        crs=CRS,
    )
    order = ("sites", "path", "borders", "ramp")
    pdf = drawn.print_map(
        sheet(tmp_path / "map.pdf", legend_ids=order, table=None, notes=(), credits=())
    )
    rows = [" ".join(row.split()) for row in text_of(pdf).splitlines() if row.strip()]
    start = rows.index("Legend")
    shown = rows[start : start + 9]
    assert shown == [
        "Legend",
        "Sites",
        "west half",
        "east half",
        "Corridors",
        "Cheapest path",
        "Border lines",
        "Habitat",
        "low high",
    ]


def test_the_scale_bar_is_round_and_true(drawn, tmp_path):
    request = sheet(tmp_path / "map.pdf", extent=(-2e5, -1.5e5, 2e5, 1.5e5))
    drawn.set_layers([], crs="+proj=laea +lat_0=44 +lon_0=131 +datum=WGS84 +units=m")
    told = drawn._ask(messages.PRINT_MAP, request.to_message(), dict)
    segment = told["scale_bar"]["segment_km"]
    assert str(segment).strip("0.")[0] in "125"
    west, _south, east, _north = told["extent"]
    by_paper = segment * 1000 / (east - west) * told["map_mm"][0]
    assert told["scale_bar"]["segment_mm"] == pytest.approx(by_paper, rel=0.005)
    assert 12 < told["scale_bar"]["segment_mm"] < 40
    assert told["scale"] == pytest.approx((east - west) / told["map_mm"][0] * 1000, rel=0.005)


def test_a_picture_of_the_page_comes_along(drawn, tmp_path):
    png = tmp_path / "map.png"
    drawn.print_map(sheet(tmp_path / "map.pdf", png=png, png_dpi=50))
    raw = png.read_bytes()
    width, height = (int.from_bytes(raw[i : i + 4], "big") for i in (16, 20))
    assert (width, height) == pytest.approx((297 / 25.4 * 50, 210 / 25.4 * 50), abs=2)


@needs_pdftotext
def test_notes_longer_than_the_map_is_high_stand_below_it(drawn, tmp_path):
    notes = tuple(
        f"Note {number}: {'of what must be known of it ' * 9}." for number in range(9)
    )
    told = " ".join(text_of(drawn.print_map(sheet(tmp_path / "map.pdf", notes=notes))).split())
    assert all(f"Note {number}:" in told for number in range(9))


def test_a_sheet_without_room_for_the_map_is_refused(drawn, tmp_path):
    rows = tuple((f"row {i}", str(i)) for i in range(90))
    with pytest.raises(QgisRequestError, match="no room for the map"):
        drawn.print_map(sheet(tmp_path / "map.pdf", table=PrintTable(("a", "b"), rows)))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(drawn, tmp_path):
    with pytest.raises(QgisRequestError, match="could not be written"):
        drawn.print_map(sheet(tmp_path / "none" / "map.pdf"))


def test_an_old_file_stays_until_the_new_one_is_complete(drawn, tmp_path):
    target = tmp_path / "map.pdf"
    target.write_bytes(b"old")
    drawn.print_map(sheet(target))
    assert target.read_bytes().startswith(b"%PDF-")


def test_a_table_with_a_short_row_is_refused():
    with pytest.raises(UsageError, match="Row 2"):
        PrintTable(("a", "b"), (("1", "2"), ("3",)))
