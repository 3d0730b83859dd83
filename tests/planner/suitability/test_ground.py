from __future__ import annotations

import numpy as np
import pytest
from affine import Affine
from pyproj import Geod

from layers.grid import Grid, region_grid
from planner.suitability.ground import Ground, window_grid, windows


def grid(crs, side, west, north, shape=(60, 80)):
    return Grid(crs, Affine(side, 0, west, 0, -side, north), shape)


def test_cells_in_degrees_have_their_area_on_the_ellipsoid():
    ground = Ground(grid("EPSG:4326", 1.0, 0.0, 90.0, (180, 360)))
    areas = ground.areas_km2(slice(0, 180), slice(0, 360))
    assert areas.sum() == pytest.approx(510_065_622, rel=2e-4), "the whole Earth"
    assert areas[89, 0] > 50 * areas[0, 0]
    assert (areas == areas[:, :1]).all()


def test_equal_area_cells_have_one_area():
    made = region_grid((126.0, 41.0, 134.0, 46.0), 5000.0)
    areas = Ground(made).areas_km2(slice(3, 5), slice(7, 10))
    assert areas == pytest.approx(np.full((2, 3), 25.0), rel=1e-6)
    assert Ground(made).cell_m == pytest.approx(5000.0, rel=1e-6)


def test_cells_of_a_map_that_stretches_have_their_true_area():
    ground = Ground(grid("EPSG:3857", 1000.0, 14_500_000.0, 5_500_000.0))
    area = ground.areas_km2(slice(0, 1), slice(0, 1))[0, 0]
    _, lat = 130.25, 44.2
    assert area == pytest.approx(np.cos(np.radians(lat)) ** 2, rel=0.02)


def test_feet_are_not_metres():
    ground = Ground(grid("EPSG:2263", 1000.0, 980_000.0, 200_000.0))
    assert ground.cell_m == pytest.approx(304.8, rel=1e-3)


def test_distances_in_the_plane_are_those_on_the_ground():
    ground = Ground(grid("EPSG:4326", 0.1, 100.0, 50.0))
    x, y = ground.metres(np.array([101.0, 102.0]), np.array([47.0, 47.0]))
    _, _, true = Geod(ellps="WGS84").inv(101.0, 47.0, 102.0, 47.0)
    assert np.hypot(*np.diff([x, y])[:, 0]) == pytest.approx(true, rel=0.01)


def test_windows_cover_a_grid_once():
    made = grid("EPSG:32652", 10.0, 0.0, 0.0, (25, 33))
    seen = np.zeros(made.shape, int)
    for rows, columns in windows(made, 10):
        seen[rows, columns] += 1
        part = window_grid(made, rows, columns)
        assert part.bounds[0] == columns.start * 10.0
        assert part.bounds[3] == -rows.start * 10.0
    assert (seen == 1).all()
