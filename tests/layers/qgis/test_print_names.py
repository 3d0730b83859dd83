"""Names on sheets printed by the real QGIS: each has its place, or a number and a line."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata

import geopandas as gpd
import pytest
from shapely.geometry import box

from layers.qgis.layer_spec import LayerSpec
from layers.qgis.protocol import PrintedNames, PrintRequest

pytestmark = [
    pytest.mark.qgis,
    pytest.mark.skipif(
        shutil.which("pdftotext") is None, reason="needs pdftotext (poppler-utils)"
    ),
]

CRS = "EPSG:3857"
EXTENT = (-200_000, -150_000, 200_000, 150_000)
NUMBERS = "No room for: {names}"
NAMES = [f"Reserve {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]


def areas(path, boxes, **style):
    """Return the layer of areas that are named by letters."""
    names = NAMES[: len(boxes)]
    frame = gpd.GeoDataFrame(
        {"code": [f"s{n}" for n in range(len(boxes))], "name": names},
        geometry=[box(*corners) for corners in boxes],
        crs=CRS,
    )
    frame["area_km2"] = frame.area / 1e6
    frame.to_file(path, layer="areas")
    symbol = {"shape": "fill", "fill": "#ff0000"}
    labels = {"field": "name", "size_pt": 8, **style}
    return LayerSpec(
        "areas",
        "Areas",
        f"{path}|layername=areas",
        "vector",
        {"type": "single", "symbol": symbol, "labels": labels},
    )


@pytest.fixture
def told(engine, tmp_path):
    def print_it(layer, **changes):
        engine.set_layers([layer], crs=CRS)
        plain = {
            "path": tmp_path / "map.pdf",
            "title": "Sheet",
            "extent": EXTENT,
            "names": (PrintedNames("areas", "code", rank="area_km2"),),
            "numbers_told": NUMBERS,
            "edge_told": "At the edge: {names}",
            "hidden_told": "Hidden: {layers}",
        }
        pdf = engine.print_map(PrintRequest(**{**plain, **changes}))
        text = subprocess.run(["pdftotext", "-raw", pdf, "-"], capture_output=True, check=True)
        return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text.stdout.decode()))

    return print_it


def numbers_in(text):
    """Return what each number of a sheet stands for."""
    listed = re.findall(r"(\d+) = (Reserve [A-Z])", text)
    return {int(number): name for number, name in listed}


def test_names_that_lie_on_each_other_in_the_middle_of_areas_are_parted(told, tmp_path):
    nested = [(-n, -n, n, n) for n in (90_000, 60_000, 30_000)]
    text = told(areas(tmp_path / "a.gpkg", nested))
    assert [text.count(name) for name in NAMES[:3]] == [1, 1, 1]
    assert "No room" not in text


def test_on_the_screen_they_would_be_lost(told, tmp_path):
    nested = [(-n, -n, n, n) for n in (90_000, 60_000, 30_000)]
    text = told(areas(tmp_path / "a.gpkg", nested), names=())
    assert sum(text.count(name) for name in NAMES[:3]) == 1


def test_a_name_without_room_is_told_beside_the_map_by_a_number(told, tmp_path):
    same = [(-4_000, -4_000, 4_000, 4_000)] * len(NAMES)
    text = told(areas(tmp_path / "a.gpkg", same))
    numbers = numbers_in(text)
    assert numbers
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert all(text.count(name) == 1 for name in NAMES)
    without_list = re.sub(r"\d+ = ", "", text)
    assert all(re.search(rf"\b{number}\b", without_list) for number in numbers)


def test_names_that_go_first_keep_their_middle(told, tmp_path):
    nested = [(-n, -n, n, n) for n in (90_000, 60_000, 30_000)]
    rule = PrintedNames("areas", "code", first=True)
    text = told(areas(tmp_path / "a.gpkg", nested), names=(rule,))
    assert sum(text.count(name) for name in NAMES[:3]) == 1
    assert "No room" not in text


def test_names_are_in_the_language_of_the_sheet_where_it_has_them(told, tmp_path):
    rule = PrintedNames("areas", "code", {"s1": "第二谷保护区"})
    apart = [(-150_000, -5_000, -140_000, 5_000), (140_000, -5_000, 150_000, 5_000)]
    text = told(areas(tmp_path / "a.gpkg", apart), names=(rule,), languages=("zh",))
    assert "第二谷保护区" in text
    assert "Reserve A" in text
    assert "Reserve B" not in text


def test_the_sheet_says_where_its_scale_shows_no_names(told, tmp_path):
    layer = areas(tmp_path / "a.gpkg", [(0, 0, 9_000, 9_000)], min_scale=10_000)
    text = told(layer)
    assert "Hidden: Areas" in text
    assert "Reserve" not in text


def test_a_layer_that_shows_no_names_tells_none(told, tmp_path):
    layer = areas(tmp_path / "a.gpkg", [(0, 0, 9_000, 9_000)])
    bare = {key: value for key, value in layer.style.items() if key != "labels"}
    text = told(LayerSpec("areas", "Areas", layer.source, "vector", bare))
    assert "Reserve" not in text
    assert "Hidden" not in text
