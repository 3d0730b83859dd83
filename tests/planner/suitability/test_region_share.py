from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from layers.raster import read_raster
from planner.profiles import Bounds, load_region
from planner.suitability import region_share
from planner.suitability.region_share import extrapolated_in_region


@pytest.fixture
def region(monkeypatch):
    """Return a function that makes a region of a box in degrees."""

    def make(west, south, east, north):
        box = Bounds(west=west, south=south, east=east, north=north)
        made = load_region().model_copy(update={"bounds": box})
        monkeypatch.setattr(region_share, "load_region", lambda _: made)

    return make


def test_the_share_is_that_of_the_cells_of_the_region(finished, region):
    folder, results, _ = finished
    similarity = read_raster(folder / "rasters" / "similarity.tif").values
    region(100.0, 20.0, 160.0, 70.0)
    whole = extrapolated_in_region(folder, results, "any")
    assert whole == pytest.approx(results.maps[0].extrapolated_share, abs=1e-9)
    assert whole == pytest.approx(np.mean(similarity < 0.0), abs=0.002)
    region(127.76, 20.0, 160.0, 70.0)  # where column 0 begins, and east of it
    east = extrapolated_in_region(folder, results, "any")
    assert 0.0 <= east <= 1.0


def test_a_region_elsewhere_or_a_map_that_is_gone_has_no_share(finished, region):
    folder, results, _ = finished
    region(10.0, 10.0, 20.0, 20.0)
    assert extrapolated_in_region(folder, results, "any") is None
    region(100.0, 20.0, 160.0, 70.0)
    assert extrapolated_in_region(folder / "elsewhere", results, "any") is None
    assert extrapolated_in_region(folder, replace(results, maps=()), "any") is None
