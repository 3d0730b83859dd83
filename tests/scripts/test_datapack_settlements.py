"""Settlement pressure and local names, on cases worked by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from layers.grid import Grid
from scripts.datapack.local_names import latin_of_hangul, local_name
from scripts.datapack.settlements import (
    build_settlements,
    kernel_density,
    pressure,
    read_settlements,
)


@pytest.fixture
def grid():
    return Grid.from_bounds("EPSG:4326", (129, 44, 133, 48), 0.05)


def test_density_on_the_spot_and_ten_kilometres_away(grid):
    x, y = grid.cell_centres()
    lon, lat = x[40], y[40]
    density = kernel_density(grid, np.array([lon]), np.array([lat]), np.array([100_000.0]))
    assert density[40, 40] == pytest.approx(100_000 / (2 * np.pi * 100))
    step_km = 6371.0088 * np.radians(0.05)
    assert density[42, 40] == pytest.approx(density[40, 40] * np.exp(-2 * step_km / 10))
    assert density[40, 41] > density[41, 40]


def test_people_are_neither_lost_nor_made(grid):
    density = kernel_density(grid, np.array([131.0]), np.array([46.0]), np.array([50_000.0]))
    _, y = grid.cell_centres()
    side = 6371.0088 * np.radians(0.05)
    area = side * side * np.cos(np.radians(y))[:, None]
    assert (density * area).sum() == pytest.approx(50_000, rel=0.02)


def test_density_is_the_sum_over_places(grid):
    lon, lat, people = np.array([130.0, 131.5]), np.array([45.0, 46.2]), np.array([5e3, 2e4])
    together = kernel_density(grid, lon, lat, people)
    apart = [
        kernel_density(grid, lon[i : i + 1], lat[i : i + 1], people[i : i + 1]) for i in (0, 1)
    ]
    assert np.allclose(together, apart[0] + apart[1])


def test_pressure_is_logarithmic_and_saturates():
    density = np.array([0.0, 9.0, 1000.0, 50_000.0])
    assert pressure(density) == pytest.approx([0.0, 1 / np.log10(1001), 1.0, 1.0])


@pytest.mark.parametrize(
    ("iso3", "name", "alternates", "expected"),
    [
        ("CHN", "Shanghai", ["上海", "上海市", "沪", "中国上海", "Xangai"], "上海"),
        ("CHN", "Harbin", ["哈尔滨", "哈爾濱"], "哈尔滨"),
        ("CHN", "Nowhere", ["甲乙", "丙丁"], ""),
        ("TWN", "Taichung", ["台中", "台中市", "臺中市"], "台中"),
        ("JPN", "Tokyo", ["东京", "東京", "東京都"], "東京"),
        ("KOR", "Seoul", ["경성", "서울", "서울시", "서울특별시"], "서울"),
        ("KOR", "Tongyeong", ["충무"], ""),
        ("PRK", "P'yŏngyang", ["평양", "평양시"], "평양"),
        ("RUS", "Omsk", ["Омск", "Омськ", "Омбы"], "Омск"),
        ("RUS", "Omsk", ["Новосибирск"], ""),
        ("MNG", "Ulan Bator", ["Улаанбаатар", "Улан-Батор"], "Улаанбаатар"),
        ("MNG", "Choibalsan", ["Баян Түмэн", "Чойбалсан"], ""),
        ("KAZ", "Almaty", ["Алматы"], ""),
        ("CHN", "Alone", [], ""),
    ],
)
def test_local_name_only_where_it_is_settled(iso3, name, alternates, expected):
    assert local_name(iso3, name, alternates) == expected


def test_hangul_in_latin_letters():
    assert latin_of_hangul("한강") == "hangang"


def test_reading_and_choosing_places(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    common = {"countrycode": "MN", "alternatenames": [], "longitude": 100.0}
    cities = {
        "1": common | {"geonameid": 1, "name": "Large", "population": 9000, "latitude": 47.0},
        "2": common | {"geonameid": 2, "name": "Small", "population": 700, "latitude": 47.5},
        "3": common | {"geonameid": 3, "name": "Margin", "population": 9000, "latitude": 60.5},
        "4": common | {"geonameid": 4, "name": "Far", "population": 9000, "latitude": 70.0},
    }
    (data / "cities500.json").write_text(json.dumps(cities), encoding="utf-8")
    (data / "countries.json").write_text(json.dumps({"MN": {"iso3": "MNG"}}), encoding="utf-8")
    places = read_settlements(tmp_path)
    assert list(places["name"]) == ["Large", "Small", "Margin"]
    layer = build_settlements(places)
    assert list(layer["name"]) == ["Large"]
    assert list(layer["iso3"]) == ["MNG"]
