from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from planner.reserve.errors import ReserveRunError
from planner.reserve.ledger import ALL, TABLE, compute_ledger, read_ledger


@pytest.fixture
def ledger(place):
    """Return the ledger of one row of units from site to site, and the place."""
    made = place(cost=np.arange(18) % 6 + 1.0)
    made.choose(*made.row_of_units())
    return compute_ledger(made.run, "best"), made


def test_what_each_country_gives_by_hand(ledger):
    found, _ = ledger
    china, russia = found.lines
    assert (china.iso3, russia.iso3) == ("CHN", "RUS")
    # Two units of 4 km² each; costs 2 + 3 and 4 + 5.
    assert (china.units, china.area_km2, china.cost) == (2, 8.0, 5.0)
    assert (russia.units, russia.area_km2, russia.cost) == (2, 8.0, 9.0)
    assert china.give_share == pytest.approx(5 / 14)
    assert china.existing_km2 == 12.0
    assert china.rest_km2 == 0.0
    assert found.total.iso3 == ALL
    assert (found.total.area_km2, found.total.cost) == (16.0, 14.0)


def test_what_each_country_gains_by_hand(ledger):
    found, _ = ledger
    china, russia = found.lines
    # All land is habitat: 8 km² of a target of 18.
    assert china.targets == pytest.approx(8 / 18)
    assert china.target_share == 0.5
    (gain,) = china.species
    assert (gain.habitat_before_km2, gain.habitat_km2) == (12.0, 8.0)
    # Afterwards all 40 km² are one patch, 20 km² in each country: 20 x 40 in km⁴.
    assert gain.connected_before_km2 + gain.connected_km2 == pytest.approx(np.sqrt(800.0))
    assert gain.connected_share == pytest.approx(0.5)
    assert china.ratio == pytest.approx(0.5 / (5 / 14))
    assert russia.ratio == pytest.approx(0.5 / (9 / 14))
    (whole,) = found.total.species
    assert whole.connected_before_km2 + whole.connected_km2 == pytest.approx(40.0)
    assert found.total.ratio == pytest.approx(1.0)


def test_shares_sum_to_one(ledger):
    found, _ = ledger
    for name in ("give_share", "target_share", "connected_share", "gain_share"):
        assert sum(getattr(line, name) for line in found.lines) == pytest.approx(1.0)


def test_a_country_that_gives_nothing_gains_by_its_neighbour(place):
    made = place()
    made.choose(*[unit for unit in made.row_of_units() if unit % 6 < 3])
    china, russia = compute_ledger(made.run, "best").lines
    assert (russia.units, russia.cost, russia.ratio) == (0, 0.0, None)
    # The gap to its site is narrower: its own connected area rises.
    assert russia.species[0].connected_km2 > 0
    assert russia.species[0].habitat_km2 == 0
    assert china.give_share == 1.0


def test_nothing_given_has_no_shares(place):
    made = place()
    made.choose()
    found = compute_ledger(made.run, "best")
    assert found.total.cost == 0.0
    assert all(line.give_share is None and line.ratio is None for line in found.lines)
    assert all(line.connected_share is None for line in found.lines)


def test_a_ledger_is_kept_and_read_back(ledger):
    found, made = ledger
    assert read_ledger(made.run, "best") == found
    assert read_ledger(made.run, "fair-1") is None
    made.run.file("ledger/best.json").write_text('{"solution": "best"}', encoding="utf-8")
    with pytest.raises(ReserveRunError, match="Remove it and compute it anew"):
        read_ledger(made.run, "best")


def test_the_table_has_a_row_for_each_country_and_species(ledger):
    found, made = ledger
    text = made.run.file(TABLE).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["country"] for row in rows] == ["CHN", "RUS", "ALL"]
    assert [float(row["cost"]) for row in rows] == [5.0, 9.0, 14.0]
    assert float(rows[0]["ratio"]) == pytest.approx(found.lines[0].ratio, abs=1e-6)
    assert {row["species"] for row in rows} == {"amur-tiger"}
