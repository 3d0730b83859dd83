from __future__ import annotations

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from layers.grid import MAXIMUM_CELLS, Grid, equal_area_crs, region_grid

REGIONS = st.tuples(
    st.floats(72, 140), st.floats(22, 54), st.floats(0.5, 30), st.floats(0.5, 15)
).map(lambda r: (r[0], r[1], min(r[0] + r[2], 150.0), min(r[1] + r[3], 60.0)))


def test_cells_are_found_where_they_lie():
    grid = Grid("EPSG:3857", Affine(10, 0, 100, 0, -20, 1000), (5, 4))
    assert grid.cell_size == (20, 10)
    assert grid.bounds == (100, 900, 140, 1000)
    x, y = grid.cell_centres()
    assert x.tolist() == [105, 115, 125, 135]
    assert y.tolist() == [990, 970, 950, 930, 910]
    row, column, inside = grid.cells_of(
        np.array([105.0, 139.9, 140.1]), np.array([990.0, 900.1, 950.0])
    )
    assert row.tolist() == [0, 4, 2]
    assert column.tolist() == [0, 3, 4]
    assert inside.tolist() == [True, True, False]


def test_bounds_are_widened_to_whole_cells():
    grid = Grid.from_bounds("EPSG:3857", (3, 4, 41, 29), 10)
    assert grid.bounds == (0, 0, 50, 30)
    assert grid.shape == (3, 5)


@pytest.mark.parametrize("size", [0, -1, float("nan"), float("inf")])
def test_a_cell_needs_a_size(size):
    with pytest.raises(ValueError, match="cell size"):
        Grid.from_bounds("EPSG:3857", (0, 0, 1, 1), size)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (MAXIMUM_CELLS, 2)])
def test_a_grid_has_some_cells_and_not_too_many(shape):
    with pytest.raises(ValueError, match="cells cannot be worked on"):
        Grid("EPSG:3857", Affine(1, 0, 0, 0, -1, 0), shape)


def test_a_rotated_grid_is_refused():
    with pytest.raises(ValueError, match="north-up"):
        Grid("EPSG:3857", Affine.rotation(10), (2, 2))


@given(REGIONS)
def test_the_chosen_crs_keeps_areas(bounds):
    crs = equal_area_crs(bounds)
    west, south, east, north = bounds
    lon, lat = west + (east - west) * 0.7, south + (north - south) * 0.3
    side = 0.01
    ring_lon = np.array([lon, lon + side, lon + side, lon])
    ring_lat = np.array([lat, lat, lat + side, lat + side])
    ground, _ = Geod(ellps="WGS84").polygon_area_perimeter(ring_lon, ring_lat)
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(ring_lon, ring_lat)
    plane = 0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)
    assert plane == pytest.approx(ground, rel=2e-4)


def test_the_grid_of_a_region_covers_it():
    bounds = (129.5, 41.8, 134.5, 44.5)
    grid = region_grid(bounds, 1000)
    transformer = Transformer.from_crs("EPSG:4326", grid.crs, always_xy=True)
    corners_x, corners_y = transformer.transform(
        [129.5, 134.5, 129.5, 134.5], [41.8, 41.8, 44.5, 44.5]
    )
    assert grid.cells_of(np.array(corners_x), np.array(corners_y))[2].all()
    assert grid.cell_area_km2 == 1
