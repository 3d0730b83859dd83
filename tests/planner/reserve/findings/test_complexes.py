from __future__ import annotations

import numpy as np
import pytest
import shapely

from planner.pipeline.complex_records import LANDSCAPE, MIGRATION_AREA, PROTECTED_AREA
from planner.reserve.complexes import ComplexFinder, pieces
from planner.reserve.feature_rows import FeatureRow, write_features
from planner.reserve.proposal import read_proposals, write_proposals
from planner.reserve.run_folder import FEATURES


@pytest.fixture
def proposed():
    """Return a function that finds the proposals of some units of a place."""

    def found(made, units):
        chosen = made.ground.existing.copy()
        chosen[list(units)] = True
        finder = ComplexFinder(made.run, made.ground, made.study, made.protected)
        return finder.proposals("best", chosen)

    return found


def test_sites_joined_over_the_border_are_one_proposal(place, proposed):
    made = place()
    made.add_pair()
    found = proposed(made, made.row_of_units())
    (item,) = found.items
    assert item.proposal_id == f"reserve-{made.run.run_id}-best-1"
    assert item.name == "West and East"
    assert item.kind == LANDSCAPE
    assert item.countries == ("CHN", "RUS")
    assert [site.site_id for site in item.members] == ["east", "west"]
    assert item.species == ("amur-tiger",)
    assert (item.area_km2, item.added_km2, item.cost) == (40.0, 16.0, 4.0)
    china, russia = item.parts_by_country
    assert (china.existing_km2, china.added_km2, china.cost) == (12.0, 8.0, 2.0)
    assert (russia.existing_km2, russia.added_km2, russia.rest_km2) == (12.0, 8.0, 0.0)
    assert (russia.new_km2, item.new_km2) == (8.0, 16.0)
    (pair,) = item.pairs
    assert pair.listed
    assert pair.documented
    assert item.geometry.area == pytest.approx(40e6)
    assert set(item.units) == set(made.row_of_units())
    assert found.national == ()


def test_land_that_reaches_no_border_is_national(place, proposed):
    made = place()
    found = proposed(made, [made.unit(0, 2)])
    assert found.items == ()
    (land,) = found.national
    assert (land.iso3, land.area_km2, land.cost) == ("CHN", 4.0, 1.0)
    assert land.geometry.equals(shapely.box(2000, -2000, 4000, 0))


def test_land_on_both_sides_without_a_site_is_named_after_its_place(place, proposed):
    made = place()
    found = proposed(made, [made.unit(0, 4), made.unit(0, 6)])
    (item,) = found.items
    assert item.members == ()
    assert item.pairs == ()
    assert item.name.startswith("Borderland of China and the Russian Federation near 4")


def test_land_of_a_country_without_a_site_is_named_so(place, proposed):
    made = place()
    found = proposed(made, [made.unit(0, 2), made.unit(0, 4), made.unit(0, 6)])
    (item,) = found.items
    assert item.name == "West and land in the Russian Federation"


def test_sites_that_adjoin_need_no_new_land(place, proposed):
    made = place(sites={"west": ("CHN", (3, 5)), "east": ("RUS", (6, 8))})
    made.add_pair(touching=True, distance_km=0.0, basis="both")
    (item,) = proposed(made, []).items
    assert item.kind == PROTECTED_AREA
    # Column 2 lies in units that sites cover half of; it counts as existing, but for its area.
    assert item.units == ()
    assert item.cost == 0.0
    assert item.parts_by_country[0].existing_km2 == 18.0
    assert item.parts_by_country[0].added_km2 == item.parts_by_country[0].rest_km2 == 6.0


def test_a_pair_that_is_not_listed_is_told_by_distance(place, proposed):
    made = place()
    (item,) = proposed(made, made.row_of_units()).items
    (pair,) = item.pairs
    assert (pair.site_a, pair.site_b, pair.border) == ("west", "east", "CHN-RUS")
    assert not pair.listed
    assert pair.distance_km == pytest.approx(8.0)


@pytest.mark.parametrize(
    ("kind", "species"), [("flyway", "hooded-crane"), ("habitat", "hooded-crane")]
)
def test_land_for_birds_on_their_flyway_is_a_migration_area(place, proposed, kind, species):
    made = place()
    row = made.run.features()[0]
    write_features(
        made.run.file(FEATURES),
        [
            FeatureRow(
                row.name, kind, species, "", row.unit, row.total, row.inside, row.existing,
                row.target, row.how, row.source,
            )
        ],
    )  # fmt: skip
    (item,) = proposed(made, made.row_of_units()).items
    assert item.kind == MIGRATION_AREA


def test_pieces_hang_together_in_one_country(place):
    made = place()
    units = np.zeros(18, bool)
    units[made.row_of_units()] = True
    units[made.unit(4, 2)] = True
    side = made.run.units["country"].to_numpy()
    found = [group.tolist() for group in pieces(made.ground, units, side)]
    assert found == [[1, 2], [3, 4], [13]]


def test_proposals_are_kept_and_read_back(place, proposed):
    made = place()
    found = proposed(made, [*made.row_of_units(), made.unit(4, 2)])
    write_proposals(made.run, found)
    back = read_proposals(made.run, "best")
    assert back == found
    assert back.items[0].geometry.equals(found.items[0].geometry)
    assert read_proposals(made.run, "fair-1") is None
