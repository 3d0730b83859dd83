from __future__ import annotations

import numpy as np
import pytest
from affine import Affine
from matplotlib.figure import Figure

from layers.grid import Grid
from layers.raster import Raster
from planner.report.suitability_plots import (
    as_png,
    curves_png,
    draw_areas,
    draw_calibration,
    draw_correlations,
    draw_curve,
    draw_folds,
    draw_importance,
    draw_map,
)
from planner.suitability.mapped import (
    CurveFound,
    ImportanceFound,
    ZoneArea,
)
from planner.suitability.measured import CalibrationBin, FoldFound
from planner.suitability.results import Correlations

PNG = b"\x89PNG\r\n"


@pytest.fixture
def axes():
    return Figure(layout="constrained").subplots()


def test_a_curve_has_its_line_its_band_and_where_the_data_are(axes):
    curve = CurveFound(
        "trees", "continuous", (0.0, 1.0, 2.0), (0.1, 0.5, 0.9), (0.0, None, 0.8),
        (0.2, None, 1.0), (0.0, 1.0, 0.0), (1.0, 1.0, 1.0),
    )  # fmt: skip
    draw_curve(axes, curve, "Trees, %")
    assert axes.get_xlabel() == "Trees, %"
    assert axes.lines[0].get_ydata().tolist() == [0.1, 0.5, 0.9]
    assert len(axes.collections) == 2
    assert axes.get_ylim() == (0.0, 1.0)


def test_classes_are_bars(axes):
    curve = CurveFound(
        "cover", "categorical", (1.0, 7.0), (0.2, 0.6), (0.1, 0.5), (0.3, 0.9), (), ()
    )
    draw_curve(axes, curve)
    assert [bar.get_height() for bar in axes.patches] == [0.2, 0.6]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "7"]


def test_the_others_draw_what_they_are_given(axes):
    draw_importance(
        axes, [ImportanceFound("a", 0.2, None, 80.0), ImportanceFound("b", None, None, None)]
    )
    figure = Figure().subplots
    folds = figure()
    draw_folds(
        folds,
        [FoldFound("RUS", 3, 9, 0.75, None, None), FoldFound("1", 0, 9, None, None, None)],
    )
    assert [bar.get_width() for bar in folds.patches] == [0.75, 0.0]
    bins = [CalibrationBin(0.5, 1.2, 1.0, 1.5, 9), CalibrationBin(None, None, None, None, 0)]
    calibration = figure()
    draw_calibration(calibration, bins)
    assert calibration.lines[0].get_xdata().tolist() == [0.5]
    matrix = figure()
    draw_correlations(
        matrix, Correlations(("a", "b"), ((1.0, None), (None, 1.0)), (), (1.0, None))
    )
    assert [text.get_text() for text in matrix.texts] == ["1.00", "1.00"]
    land = figure()
    draw_areas(
        land, [ZoneArea("today", "country", "CHN", "China", 9.0, 4.0, None, None, None, None)]
    )
    assert land.patches[0].get_width() == 4.0


@pytest.mark.parametrize("kind", ["suitability", "similarity", "effort", "count", "classes"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32652"])
def test_maps_of_every_kind_are_drawn(kind, crs):
    side = 0.5 if crs == "EPSG:4326" else 500.0
    origin = (130.0, 45.0) if crs == "EPSG:4326" else (4e5, 4.9e6)
    values = np.array([[0.0, np.nan], [1.0, 0.5]])
    grid = Grid(crs, Affine(side, 0, origin[0], 0, -side, origin[1]), (2, 2))
    png = as_png(lambda axes: draw_map(axes, Raster(values, grid), kind=kind, label="x"))
    assert png.startswith(PNG)


def test_a_map_without_any_value_is_drawn_all_the_same():
    grid = Grid("EPSG:32652", Affine(1, 0, 0, 0, -1, 0), (2, 2))
    empty = Raster(np.full((2, 2), np.nan), grid)
    assert as_png(lambda axes: draw_map(axes, empty, kind="effort", label="x")).startswith(PNG)


def test_all_curves_go_on_one_sheet():
    curve = CurveFound(
        "a", "continuous", (0.0, 1.0), (0.1, 0.2), (None, None), (None, None), (), ()
    )
    assert curves_png([curve] * 4, {"a": "A"}).startswith(PNG)


def test_parts_are_named_and_one_presence_is_one(axes):
    draw_folds(axes, [FoldFound("CHN", 1, 9, 0.7, 0, 0), FoldFound("other", 2, 9, 0.7, 0, 0)])
    told = [label.get_text() for label in axes.get_yticklabels()]
    assert told == ["China (1)", "other land (2)"]
