"""Backgrounds on a grid in degrees, whose cells shrink towards the pole."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from affine import Affine

from layers.grid import Grid
from planner.progress import StepProgress
from planner.suitability.ground import Ground
from planner.suitability.stages import background as module
from planner.suitability.stages.background import draw_background

SOUTH, NORTH, STEP = 35.0, 60.0, 0.25
ROWS, COLUMNS = 100, 60
GRID = Grid("EPSG:4326", Affine(STEP, 0, 80.0, 0, -STEP, NORTH), (ROWS, COLUMNS))
NOBODY = SimpleNamespace(row=np.empty(0, np.int64), column=np.empty(0, np.int64))


def true_latitude():
    """Mean latitude of the ground between 35 and 60 degrees north."""
    fine = np.linspace(SOUTH, NORTH, 100_001)
    return np.average(fine, weights=np.cos(np.radians(fine)))


def even_group(n):
    """Records that are as dense on every square kilometre, with their latitudes."""
    rng = np.random.default_rng(3)
    sine = rng.uniform(*np.sin(np.radians([SOUTH, NORTH])), n)
    return rng.uniform(80.0, 80.0 + COLUMNS * STEP, n), np.degrees(np.arcsin(sine))


@pytest.fixture
def drawn(monkeypatch):
    """Return a function that draws a background and gives it with its mean latitude."""
    monkeypatch.setattr(module, "target_group_places", lambda context: context.group)

    def draw(kind, points, records=60_000):
        sampling = SimpleNamespace(
            background=kind,
            points=points,
            reach_km=None,
            target_group=("file",),
            bandwidth_km=300.0,
        )
        context = SimpleNamespace(
            study=SimpleNamespace(sampling=sampling, seed=4),
            grid=GRID,
            ground=Ground(GRID),
            group=even_group(records),
            zone_grid=lambda grid: np.ones(grid.shape, np.int32),
        )
        with StepProgress({"x": 1.0}).step("x") as control:
            found = draw_background(context, np.ones(GRID.shape, bool), NOBODY, control)
        latitude = NORTH - (found.row + 0.5) * STEP
        return found, float(np.average(latitude, weights=found.weight))

    return draw


@pytest.mark.parametrize("kind", ["uniform", "bias", "country_effort"])
@pytest.mark.parametrize(("points", "tolerance"), [(290, 1.2), (3000, 0.3), (9000, 0.2)])
def test_cells_count_by_their_area_once(drawn, kind, points, tolerance):
    """Even effort is 46.5 degrees on average; area left out 47.5, counted twice 45.8."""
    # Effort by country counts cells with records, which must not be full.
    found, latitude = drawn(kind, points, 1000 if kind == "country_effort" else 60_000)
    assert len(found.row) == min(points, ROWS * COLUMNS)
    assert latitude == pytest.approx(true_latitude(), abs=tolerance)
    assert found.weight.mean() == pytest.approx(1.0)
    told = any("same chance for each cell" in note for note in found.notes)
    assert told == (points > 290)


def test_cells_of_a_target_group_count_alike(drawn):
    # 900 records visit about 840 of 6000 cells, in proportion to their area.
    found, latitude = drawn("target_group", 500, records=900)
    assert (found.weight == 1.0).all()
    visited = np.nonzero(found.surface > 0)[0]
    everywhere = float(np.mean(NORTH - (visited + 0.5) * STEP))
    assert latitude == pytest.approx(everywhere, abs=0.4)


def test_a_larger_sample_of_a_target_group_is_no_more_southern(drawn):
    """Many draws together: the mean over the cells is that of the cells themselves."""
    found, _ = drawn("target_group", 10_000, records=900)
    row = found.row.astype(float)
    means = []
    for seed in range(30):
        part, _ = drawn("target_group", 200, records=900 + seed)
        means.append(part.row.mean())
    assert np.mean(means) == pytest.approx(row.mean(), abs=1.2)


@pytest.mark.parametrize("kind", ["bias", "target_group", "country_effort"])
def test_figures_of_the_area_have_an_even_sample_of_it(drawn, kind):
    found, _ = drawn(kind, 5000, records=900)
    row, column = found.even
    assert len(row) == 5000
    latitude = NORTH - (row + 0.5) * STEP
    assert latitude.mean() == pytest.approx(true_latitude(), abs=0.3)
    assert (np.bincount(column, minlength=COLUMNS) > 40).all()
    assert any("drawn evenly by area" in note for note in found.notes)
    again, _ = drawn(kind, 5000, records=900)
    assert (again.even[0] == row).all()
    assert (again.even[1] == column).all()


def test_an_even_background_needs_no_second_one(drawn):
    assert drawn("uniform", 200)[0].even is None
    assert drawn("uniform", 5000)[0].even is not None, "cells weighted by their area"
