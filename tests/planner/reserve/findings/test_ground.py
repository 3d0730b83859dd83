from __future__ import annotations

import numpy as np
import pytest

from planner.reserve.errors import ReserveRunError
from planner.reserve.ground import GROUND, load_ground, outside_km2, save_ground


def test_a_ground_is_read_as_it_was_written(place):
    ground = place().ground
    folder = place().run.folder
    save_ground(folder, ground)
    back = load_ground(folder)
    assert back.grid == ground.grid
    assert back.iso3 == ground.iso3
    assert back.thresholds == ground.thresholds
    for name in ("unit", "country", "site", "existing"):
        assert np.array_equal(getattr(back, name), getattr(ground, name))
    assert np.array_equal(back.habitat["amur-tiger"], ground.habitat["amur-tiger"])


def test_a_damaged_ground_is_told(place):
    run = place().run
    path = run.folder / GROUND
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ReserveRunError, match="Make the run anew"):
        load_ground(run.folder)
    path.unlink()
    with pytest.raises(ReserveRunError, match="cannot be read"):
        load_ground(run.folder)


def test_units_that_touch_are_found_at_corners_too(place):
    ground = place().ground
    pairs = {tuple(pair) for pair in ground.touching_units.tolist()}
    cells = ground.unit
    brute = set()
    for row in range(cells.shape[0]):
        for column in range(cells.shape[1]):
            for down in (-1, 0, 1):
                for right in (-1, 0, 1):
                    at = row + down, column + right
                    if 0 <= at[0] < cells.shape[0] and 0 <= at[1] < cells.shape[1]:
                        a, b = cells[row, column] - 1, cells[at] - 1
                        if a != b:
                            brute.add((min(a, b), max(a, b)))
    assert pairs == brute


def test_land_is_existing_land_with_the_selection(place):
    made = place()
    ground = made.ground
    assert ground.base.sum() == 24
    chosen = np.zeros(18, bool)
    chosen[made.row_of_units()] = True
    assert ground.land(chosen).sum() == 24 + 16
    assert ground.area_km2(ground.land(chosen)) == {"CHN": 20.0, "RUS": 20.0}
    assert outside_km2(made.run).sum() == 48.0
    assert ground.unit_cells(ground.base).sum() == 24
