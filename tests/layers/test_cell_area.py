"""The area of cells in degrees and in projections that stretch land."""

from __future__ import annotations

import numpy as np
import pytest
from affine import Affine

from layers.cell_area import cell_areas_km2
from layers.grid import Grid, region_grid


def test_a_degree_of_the_equator_has_its_known_area() -> None:
    grid = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 1), (1, 1))
    assert cell_areas_km2(grid)[0, 0] == pytest.approx(12_308.8, rel=1e-3)


def test_all_degrees_together_are_the_earth() -> None:
    grid = Grid("EPSG:4326", Affine(5, 0, -180, 0, -5, 90), (36, 72))
    whole = np.broadcast_to(cell_areas_km2(grid), grid.shape).sum()
    assert whole == pytest.approx(510_065_622, rel=2e-3)


def test_a_mercator_map_is_not_taken_at_its_word() -> None:
    grid = Grid("EPSG:3857", Affine(1000, 0, 14_000_000, 0, -1000, 5_500_000), (4, 4))
    assert cell_areas_km2(grid) == pytest.approx(0.51, abs=0.02)


def test_cells_of_an_equal_area_projection_are_what_they_seem() -> None:
    grid = region_grid((127.0, 41.0, 133.0, 45.0), 5000.0)
    assert cell_areas_km2(grid) == pytest.approx(25.0, rel=1e-6)
