"""The shipped profiles: complete, sourced, and in agreement with the data pack."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path

import numpy as np
import pytest

from algorithms.suitability.evaluation.boyce import continuous_boyce
from algorithms.suitability.evaluation.discrimination import auc
from algorithms.suitability.expert import expert_index, with_people
from layers.catalogue import Catalogue
from layers.pack import DataPack, filled_from_nearest
from planner.localities import load_localities
from planner.profiles import load_region, load_species, region_ids, species_ids

FACTS = Path(__file__).parents[2] / ".." / "shared" / "data" / "species_facts.csv"
FACTOR = {("km", "m"): 1000.0, ("ha", "km2"): 0.01}
SPECIES = (
    "amur-leopard",
    "amur-tiger",
    "black-faced-spoonbill",
    "hooded-crane",
    "snow-leopard",
    "white-naped-crane",
)
REGIONS = (
    "chikhachev-ridge",
    "dauria",
    "eastern-sayan",
    "korean-dmz",
    "lesser-khingan",
    "north-east-asia",
    "tiger-leopard",
    "tumen-estuary",
)


@pytest.fixture(scope="module")
def pack():
    return DataPack.open()


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.load()


@pytest.fixture(scope="module")
def facts():
    if not FACTS.exists():
        pytest.skip("the reference table of species facts is not beside the repository")
    with FACTS.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_six_species_and_eight_regions():
    assert species_ids() == SPECIES
    assert region_ids(shipped=True) == REGIONS


@pytest.mark.parametrize("species", SPECIES)
def test_cats_are_joined_on_the_ground_and_birds_by_flight(species):
    profile = load_species(species)
    physical = profile.connectivity == "physical"
    assert physical == (profile.kind == "cat")
    assert ("minimum_corridor_width_m" in profile.quantities) == physical
    assert ("single_flight_max_km" in profile.quantities) == (not physical)
    assert any("5 arc-minutes" in limit for limit in profile.limits)


@pytest.mark.reference
@pytest.mark.parametrize("species", SPECIES)
def test_every_number_that_is_not_an_expert_value_is_in_the_table_of_facts(species, facts):
    known = [fact for fact in facts if fact["species_id"] == species]
    for name, quantity in load_species(species).quantities.items():
        if quantity.status == "expert":
            continue
        same = [
            fact
            for fact in known
            if fact["status"] == quantity.status
            and fact["source"] == quantity.source
            and _agrees(fact, quantity)
        ]
        assert same, f"{species} {name}: {quantity.shown()} is not in {FACTS.name}"


def _agrees(fact, quantity) -> bool:
    factor = FACTOR.get((fact["unit"], quantity.unit), 1.0)
    for column in ("value", "low", "high"):
        published, here = fact[column], getattr(quantity, column)
        if (published == "") != (here is None):
            return False
        if here is not None and not re.fullmatch(r"-?[0-9.]+", published):
            return False
        if here is not None and not math.isclose(float(published) * factor, here):
            return False
    return True


@pytest.mark.parametrize("species", SPECIES)
def test_responses_fit_the_variables_and_classes_of_the_data_pack(species, pack):
    profile = load_species(species)
    assert {*profile.variables, profile.disturbance.variable} <= set(pack.variables)
    assert profile.response_functions(category_names(pack)).keys() == set(profile.variables)


def category_names(pack):
    named = {name: pack.info(name).categories for name in pack.variables}
    return {name: categories for name, categories in named.items() if categories}


def suitability_on_pack(species, pack):
    """Suitability with people on the grid of the pack, and the index without."""
    profile = load_species(species)
    names = {*profile.variables, profile.disturbance.variable}
    layers = {name: pack.raster(name).values.astype(np.float64) for name in names}
    responses = profile.response_functions(category_names(pack))
    index = expert_index(layers, responses, profile.weights)
    pressure = layers[profile.disturbance.variable]
    return with_people(index, pressure, profile.disturbance_response()), index


@pytest.mark.data
@pytest.mark.parametrize("species", SPECIES)
def test_known_places_are_rated_above_the_rest_of_the_region(species, pack):
    """A check that the responses do what they say; they were set with these places in view."""
    suitability, index = suitability_on_pack(species, pack)
    grid = pack.raster("elevation").grid
    present = [one for one in load_localities(species) if one.evidence == "presence"]
    rows, columns, inside = grid.cells_of(
        np.array([one.lon for one in present]), np.array([one.lat for one in present])
    )
    at_places = filled_from_nearest(suitability)[rows[inside], columns[inside]]
    background = suitability[np.isfinite(suitability)]
    assert auc(at_places, background) > 0.7
    assert continuous_boyce(at_places, background).value > 0.5
    threshold = load_species(species).value("habitat_threshold").value
    assert (at_places >= threshold).mean() > 0.5
    known = np.isfinite(suitability)
    assert (suitability[known] <= index[known]).all()


@pytest.mark.data
@pytest.mark.parametrize(
    ("species", "good", "poor"),
    [
        ("amur-tiger", (43.4, 130.8), (39.0, 116.5)),
        ("amur-leopard", (43.4, 130.8), (47.0, 124.3)),
        ("snow-leopard", (49.9, 89.3), (43.4, 130.8)),
        ("black-faced-spoonbill", (37.7, 126.4), (47.9, 106.9)),
        ("white-naped-crane", (49.25, 130.0), (48.0, 90.9)),
        ("hooded-crane", (49.9, 127.65), (48.0, 90.9)),
    ],
)
def test_ground_known_as_good_beats_ground_known_as_poor(species, good, poor, pack):
    suitability, _ = suitability_on_pack(species, pack)
    grid = pack.raster("elevation").grid
    rows, columns, _ = grid.cells_of(np.array([good[1], poor[1]]), np.array([good[0], poor[0]]))
    better, worse = filled_from_nearest(suitability)[rows, columns]
    assert better > 0.7
    assert worse < 0.4


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_holds_its_key_sites(region, catalogue):
    profile = load_region(region)
    by_name = {site.name_en: site for site in catalogue.sites}
    for name in profile.key_sites:
        site = by_name.get(name)
        assert site is not None, f"{region}: the catalogue holds no site {name!r}"
        assert site.lat is not None, f"{region}: {name} has no coordinates"
        radius_lat = math.sqrt((site.area_km2 or 0.0) / math.pi) / 111.2
        radius_lon = radius_lat / math.cos(math.radians(site.lat))
        for lat, lon in (
            (site.lat - radius_lat, site.lon),
            (site.lat + radius_lat, site.lon),
            (site.lat, site.lon - radius_lon),
            (site.lat, site.lon + radius_lon),
        ):
            assert profile.bounds.contains(lat, lon), f"{region}: {name} is cut by the box"
        assert set(site.countries) <= set(profile.countries) | {"KAZ"}


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_names_species_that_live_there_and_lies_on_the_data_pack(region, pack):
    profile = load_region(region)
    assert set(profile.species) <= set(SPECIES)
    west, south, east, north = profile.bounds.lonlat
    left, bottom, right, top = pack.raster("elevation").grid.bounds
    assert left <= west
    assert bottom <= south
    assert right >= east
    assert top >= north
    for species in profile.species:
        assert any(
            profile.bounds.contains(one.lat, one.lon) for one in load_localities(species)
        ), f"{region}: no locality of {species} lies in the box"


def test_every_species_has_a_region_besides_the_whole():
    named = {
        species
        for region in REGIONS
        if region != "north-east-asia"
        for species in load_region(region).species
    }
    assert named == set(SPECIES)


def test_localities_name_sites_of_the_catalogue(catalogue):
    for one in load_localities():
        if one.site_id:
            site = catalogue[one.site_id]
            if site.lat is not None:
                apart_km = 111.2 * math.hypot(
                    site.lat - one.lat,
                    (site.lon - one.lon) * math.cos(math.radians(one.lat)),
                )
                reach_km = max(110.0, 3.0 * math.sqrt((site.area_km2 or 0.0) / math.pi))
                assert apart_km < reach_km, (
                    f"{one.site_name}: its site is {apart_km:.0f} km off"
                )


def test_profiles_can_be_read_by_people():
    for folder, names in (("species", SPECIES), ("regions", REGIONS)):
        for name in names:
            path = Path(__file__).parents[2] / "resources" / folder / f"{name}.toml"
            lines = path.read_text(encoding="utf-8").splitlines()
            assert lines[0].startswith("# "), f"{path.name} does not say what it is"
