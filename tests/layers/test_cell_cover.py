"""Shares of cells: by hand, against clipping cell by cell, and for any polygon."""

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from layers.cell_cover import cell_cover
from layers.grid import Grid

GRID = Grid("EPSG:8857", Affine(100, 0, 1000, 0, -50, 2000), (12, 10))


def clipped(shape, grid=GRID):
    """Return the share of every cell by cutting the shape with it."""
    x, y = grid.cell_centres()
    height, width = grid.cell_size
    shares = np.zeros(grid.shape)
    for row in range(grid.shape[0]):
        for column in range(grid.shape[1]):
            cell = box(
                x[column] - width / 2,
                y[row] - height / 2,
                x[column] + width / 2,
                y[row] + height / 2,
            )
            shares[row, column] = shape.intersection(cell).area / cell.area
    return shares


def whole(shape, grid=GRID):
    """Return the shares that are measured, on the whole grid."""
    found = cell_cover(shape, grid)
    shares = np.zeros(grid.shape)
    shares[found.rows, found.columns] = found.share
    return shares


def test_half_and_quarter_cells_by_hand():
    found = cell_cover(box(1150, 1925, 1250, 2000), GRID)
    assert (found.rows, found.columns) == (slice(0, 2), slice(1, 3))
    assert found.share.tolist() == [[0.5, 0.5], [0.25, 0.25]]
    assert found.area_km2 == pytest.approx(0.0075)
    assert found.cell_km2 == 0.005


def test_triangle_hole_and_parts():
    triangle = Polygon([(1000, 2000), (1000, 1400), (2000, 1400)])
    ring = Polygon(box(1100, 1500, 1900, 1900).exterior, [box(1310, 1555, 1790, 1810).exterior])
    parts = MultiPolygon([box(1010, 1410, 1090, 1490), box(1555, 1707, 1999, 1999)])
    for shape in (triangle, ring, parts):
        np.testing.assert_allclose(whole(shape), clipped(shape), atol=1e-12)


def test_whole_grid_and_beyond():
    assert (whole(box(*GRID.bounds)) == 1.0).all()
    beyond = shapely.Point(1500, 1700).buffer(5000)
    np.testing.assert_allclose(whole(beyond), 1.0, atol=1e-12)
    assert cell_cover(box(0, 0, 10, 10), GRID).area_km2 == 0.0
    assert cell_cover(box(900, 1400, 1000, 2000), GRID).area_km2 == 0.0  # touches the rim


def test_masks_and_weights_of_the_whole_grid():
    found = cell_cover(box(1150, 1925, 1250, 2000), GRID)
    mask = np.zeros(GRID.shape, dtype=bool)
    mask[0, 1] = True
    assert found.km2_where(mask) == pytest.approx(0.0025)
    weight = np.where(mask, 3.0, 1.0)
    assert found.weighted_km2(weight) == pytest.approx(0.0075 + 2 * 0.0025)


places = st.tuples(st.floats(950, 2050), st.floats(1350, 2050))


@settings(deadline=None, max_examples=80)
@given(st.lists(places, min_size=3, max_size=9))
def test_shares_agree_with_clipping(corners):
    shape = shapely.make_valid(Polygon(corners))
    polygons = shapely.union_all([p for p in shapely.get_parts(shape) if p.area > 0])
    np.testing.assert_allclose(whole(polygons), clipped(polygons), atol=1e-7)
