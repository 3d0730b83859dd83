"""Effort of ten to one at a border must not be learnt as habitat.

A species lives on both sides of a border after one smooth gradient. On the left people look
ten times as hard. A covariate follows the border, as roads or land use do, and has no bearing
on the species. A model that compares presences with a uniform background takes it for habitat.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from algorithms.suitability.sampling.background import sample_background
from algorithms.suitability.sampling.duplicates import first_per_cell
from algorithms.suitability.sampling.effort import CountryCells, EffortRule, country_effort

ROWS, COLUMNS, BORDER = 150, 240, 120
TRUE_SLOPE = 1.0
GROUP_RECORDS = 6000


@dataclass
class World:
    countries: CountryCells
    habitat: np.ndarray
    borderland: np.ndarray
    presences: tuple
    group: tuple


def draw(rng, rate, count):
    flat = rng.choice(rate.size, size=count, p=rate.ravel() / rate.sum())
    return np.divmod(flat, COLUMNS)


@pytest.fixture(scope="module", params=[1, 2, 3])
def world(request):
    rng = np.random.default_rng(request.param)
    column, row = np.meshgrid(np.arange(COLUMNS), np.arange(ROWS))
    # Runs along and across the border, and is the same on both sides of it.
    habitat = np.sin(row / 17.0) + np.cos((column - BORDER) / 25.0)
    borderland = np.tanh((BORDER - 0.5 - column) / 8.0) + rng.normal(0, 0.2, habitat.shape)
    effort = np.where(column < BORDER, 10.0, 1.0)
    centres = column[0] * 1000.0 + 500.0, -row[:, 0] * 1000.0 - 500.0
    return World(
        CountryCells(np.where(column < BORDER, 1, 2), centres),
        habitat,
        borderland,
        draw(rng, effort * np.exp(TRUE_SLOPE * habitat), 800),
        draw(rng, effort, GROUP_RECORDS),
    )


def slopes(world, background, weight=None):
    """Return how a logistic model rates habitat and borderland."""
    kept, _ = first_per_cell(*world.presences)
    presences = tuple(axis[kept] for axis in world.presences)
    rows, columns = (np.concatenate(pair) for pair in zip(presences, background, strict=True))
    covariates = np.column_stack(
        [world.habitat[rows, columns], world.borderland[rows, columns]]
    )
    presence = np.arange(len(rows)) < kept.sum()
    sample_weight = np.ones(len(rows))
    if weight is not None:
        sample_weight[~presence] = weight[rows[~presence], columns[~presence]]
        sample_weight[~presence] *= (~presence).sum() / sample_weight[~presence].sum()
    model = LogisticRegression(C=1e6).fit(covariates, presence, sample_weight=sample_weight)
    return model.coef_[0]


def effort_of(world, rule):
    x, y = world.countries.centres
    rows, columns = world.group
    return country_effort(x[columns], y[rows], world.countries, rule=rule)


def test_a_uniform_background_makes_the_border_habitat(world):
    everywhere = np.ones((ROWS, COLUMNS), dtype=bool)
    drawn = sample_background(everywhere, 3000, rng=np.random.default_rng(0))
    _, borderland = slopes(world, drawn)
    # Half of log 10, for borderland runs from -1 to 1: the left seems ten times as good.
    assert borderland == pytest.approx(np.log(10) / 2, abs=0.25)


@pytest.mark.parametrize("within", ["kernel", "uniform"])
def test_a_background_by_effort_does_not(world, within):
    effort = effort_of(world, EffortRule(within=within))
    everywhere = np.ones((ROWS, COLUMNS), dtype=bool)
    drawn = sample_background(
        everywhere, 3000, rng=np.random.default_rng(0), weight=effort.weight
    )
    habitat, borderland = slopes(world, drawn)
    assert abs(borderland) < 0.2
    assert habitat == pytest.approx(TRUE_SLOPE, abs=0.2)


def test_nor_does_a_uniform_background_weighted_by_effort(world):
    effort = effort_of(world, EffortRule(counted="records"))
    everywhere = np.ones((ROWS, COLUMNS), dtype=bool)
    drawn = sample_background(everywhere, 8000, rng=np.random.default_rng(0))
    habitat, borderland = slopes(world, drawn, effort.weight)
    assert abs(borderland) < 0.2
    assert habitat == pytest.approx(TRUE_SLOPE, abs=0.2)


def test_the_effort_of_both_countries_is_found(world):
    table = effort_of(world, EffortRule(counted="records")).table
    true = GROUP_RECORDS * np.array([10.0, 1.0]) / 11.0 / (ROWS * BORDER) * 1000.0
    np.testing.assert_allclose(table.effort, true, rtol=0.15)
    assert (table.low < table.effort).all()
    assert table.high[1] < table.low[0]


def test_a_group_that_is_truly_scarce_across_the_border_deceives():
    # Stated limit: with equal effort, but a group that hardly lives on the right, the right is
    # told to be little searched, and the model rates it too well.
    rng = np.random.default_rng(4)
    column = np.tile(np.arange(COLUMNS), (ROWS, 1))
    group_rate = np.where(column < BORDER, 10.0, 1.0)
    countries = CountryCells(
        np.where(column < BORDER, 1, 2),
        (np.arange(COLUMNS) * 1000.0, -np.arange(ROWS) * 1000.0),
    )
    rows, columns = draw(rng, group_rate, GROUP_RECORDS)
    x, y = countries.centres
    table = country_effort(x[columns], y[rows], countries).table
    assert table.effort[0] > 5 * table.effort[1]
