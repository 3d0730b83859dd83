from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib import image

from planner.map_style import country_colour
from planner.report.plots import protection_plot, width_plot


def pixels(png):
    assert png.startswith(b"\x89PNG")
    return image.imread(io.BytesIO(png))[..., :3]


def near(picture, colour, tolerance=0.02):
    wanted = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return int((np.abs(picture - wanted).max(axis=-1) < tolerance).sum())


def test_a_wider_corridor_fills_more_of_the_plot():
    narrow = width_plot([0, 1000, 2000], [500, 600, 500], 3000)
    wide = width_plot([0, 1000, 2000], [2500, 2900, 2500], 3000)
    white = [float((pixels(plot) > 0.99).all(axis=-1).mean()) for plot in (narrow, wide)]
    assert white[1] < white[0] - 0.1


def test_the_same_numbers_give_the_same_picture():
    first, second = (width_plot([0, 1000], [500, 600], 700) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(("distance", "width"), [([0.0], [0.0]), ([0, 0], [0, 0])])
def test_a_corridor_without_length_or_width_can_be_plotted(distance, width):
    assert pixels(width_plot(distance, width, 1000)).size


def test_each_country_has_its_bars_in_its_colour():
    picture = pixels(protection_plot({"CHN": 20.0, "RUS": 10.0}, {"CHN": 40.0, "RUS": 10.0}))
    china, russia = (near(picture, country_colour(code)) for code in ("CHN", "RUS"))
    assert china > 3 * russia > 0


def test_countries_without_protection_can_be_plotted():
    assert pixels(protection_plot({"PRK": 0.0}, {"PRK": 0.0})).size
