"""The real data pack, the smallest region, few trees."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Transformer

from algorithms.control import NULL_CONTROL
from algorithms.suitability.expert import expert_index
from layers.catalogue import Catalogue
from layers.grid import equal_area_crs
from layers.pack import DataPack
from layers.raster import read_raster
from planner.localities import load_localities
from planner.pipeline import habitat
from planner.pipeline.cores import suitability_raster
from planner.pipeline.habitat import (
    evaluation_key,
    habitat_raster,
    habitat_step,
    store_habitat,
)
from planner.pipeline.study import Study
from planner.profiles import load_region, load_species
from planner.project import Project


@pytest.fixture(scope="module")
def pack():
    return DataPack.open()


@pytest.fixture
def small(tmp_path, pack, monkeypatch):
    """Return a function that makes a study of the Tumen estuary on cells of 2 km."""
    monkeypatch.setattr(habitat, "TREES", 10)
    region = load_region("tumen-estuary")
    coarse = region.cell_size_m.model_copy(update={"value": 2000.0, "high": None})
    opened = []

    def made(seed=1, species=None):
        tiger = species or load_species("amur-tiger")
        place = Study(
            region.model_copy(update={"cell_size_m": coarse}),
            (tiger,),
            None,
            pack,
            Catalogue.load(),
            seed,
        )
        path = tmp_path / f"habitat{len(opened)}"
        project = Project.create(
            path, name="Habitat", region_id=region.id, crs=place.grid.crs, author="Ann"
        )
        opened.append(project)
        object.__setattr__(place, "project", project)
        return place

    yield made
    for project in opened:
        project.close()


def localities(monkeypatch, places):
    monkeypatch.setattr(habitat, "load_localities", lambda species_id: tuple(places))


def stored(place):
    (tiger,) = place.species
    store_habitat(place, tiger, NULL_CONTROL, "run")
    today, without_people = (
        read_raster(place.project.raster_path(name(tiger.id))).values
        for name in (suitability_raster, habitat_raster)
    )
    return today, without_people, place.project.settings[evaluation_key(tiger.id)]


@pytest.fixture
def tiger_places():
    return load_localities("amur-tiger")


def test_a_model_joins_the_expert_index_by_its_skill(small):
    place = small()
    today, without_people, evaluation = stored(place)
    known = np.isfinite(without_people)
    assert (known == (place.country > 0)).mean() > 0.95
    assert not known[place.country == 0].any()
    assert (without_people[known] >= 0).all()
    assert (without_people[known] <= 1).all()
    assert (today[known] <= without_people[known] + 1e-6).all(), "people never add habitat"
    assert (today[known] < without_people[known] - 0.05).any()
    assert evaluation["note"] == ""
    assert evaluation["presences"] >= 10
    assert 0.5 < evaluation["model_auc"] <= 1.0
    assert 0.0 <= evaluation["model_weight"] <= 1.0
    assert -1.0 <= evaluation["boyce"] <= 1.0


def test_the_same_seed_gives_the_same_numbers_and_another_one_others(small):
    first, again, other = (stored(small(seed)) for seed in (3, 3, 4))
    assert np.array_equal(first[0], again[0], equal_nan=True)
    assert np.array_equal(first[1], again[1], equal_nan=True)
    assert first[2] == again[2]
    assert other[2]["model_auc"] != first[2]["model_auc"]


def expert_alone(place):
    (tiger,) = place.species
    layers = {name: place.layer(name) for name in tiger.variables}
    index = expert_index(layers, tiger.response_functions(place.categories), tiger.weights)
    return np.where(place.country > 0, index, np.nan).astype(np.float32)


def test_too_few_presences_leave_the_expert_index_alone_and_say_so(
    small, monkeypatch, tiger_places
):
    sure = [place for place in tiger_places if place.weight > 0][:3]
    localities(monkeypatch, sure)
    place = small()
    _, without_people, evaluation = stored(place)
    assert evaluation["presences"] <= 3
    assert evaluation["model_auc"] is None
    assert evaluation["model_weight"] == 0.0
    assert evaluation["note"].endswith(".")
    assert np.array_equal(without_people, expert_alone(place), equal_nan=True)


@pytest.mark.parametrize("which", ["none", "unconfirmed", "far at sea"])
def test_without_a_usable_locality_it_is_the_same(small, monkeypatch, tiger_places, which):
    one = tiger_places[0]
    places = {
        "none": [],
        "unconfirmed": [one.model_copy(update={"evidence": "unconfirmed"})],
        "far at sea": [one.model_copy(update={"lat": 40.0, "lon": 134.5})],
    }
    localities(monkeypatch, places[which])
    place = small()
    _, without_people, evaluation = stored(place)
    assert evaluation["note"] == "No locality of the species lies on the data pack."
    assert evaluation["background"] == 0
    assert np.array_equal(without_people, expert_alone(place), equal_nan=True)


def test_a_locality_at_sea_counts_for_the_nearest_land(small, monkeypatch, tiger_places, pack):
    place = small()
    elevation = pack.raster("elevation")
    x, y = elevation.grid.cell_centres()
    # A cell of sea off the Tumen mouth whose neighbour to the north is land.
    sea = np.isnan(elevation.values)
    near_shore = sea[1:] & ~sea[:-1]
    rows, columns = np.nonzero(near_shore)
    rows = rows + 1
    here = (x[columns] > 130) & (x[columns] < 132) & (y[rows] > 42) & (y[rows] < 43.3)
    row, column = rows[here][0], columns[here][0]
    one = next(item for item in tiger_places if item.weight > 0)
    at_sea = one.model_copy(update={"lat": float(y[row]), "lon": float(x[column])})
    localities(monkeypatch, [at_sea])
    sample = habitat._sample(place, place.species[0])
    assert sample.presence.sum() == 1
    assert not sea[sample.rows[0], sample.columns[0]]
    to_plane = Transformer.from_crs(
        "EPSG:4326", equal_area_crs(elevation.grid.bounds), always_xy=True
    )
    there = to_plane.transform(at_sea.lon, at_sea.lat)
    away_m = np.hypot(sample.x[0] - there[0], sample.y[0] - there[1])
    assert away_m <= habitat.SNAP_KM * 1000.0
    assert sample.weight[0] == one.weight


def test_the_background_lies_within_reach_and_weighs_one(small):
    place = small()
    sample = habitat._sample(place, place.species[0])
    background = ~sample.presence
    assert background.sum() == habitat.BACKGROUND_POINTS
    assert (sample.weight[background] == 1.0).all()
    to_presence = np.min(
        np.hypot(
            sample.x[background][:, None] - sample.x[sample.presence],
            sample.y[background][:, None] - sample.y[sample.presence],
        ),
        axis=1,
    )
    assert to_presence.max() <= habitat.BACKGROUND_REACH_KM * 1000.0


def test_two_localities_in_one_cell_count_once_with_the_surer_one(
    small, monkeypatch, tiger_places
):
    sure = max(tiger_places, key=lambda item: item.weight)
    recalled = sure.model_copy(update={"status": "recalled"})
    assert recalled.weight < sure.weight
    localities(monkeypatch, [recalled, sure, recalled])
    place = small()
    sample = habitat._sample(place, place.species[0])
    assert sample.presence.sum() == 1
    assert sample.weight[0] == sure.weight


def test_the_step_depends_on_pack_profile_and_localities(small, monkeypatch, tiger_places):
    place = small()
    (tiger,) = place.species
    before = habitat_step(place, tiger)
    assert before.inputs["pack"] == place.pack.content_hash
    localities(monkeypatch, tiger_places[1:])
    assert habitat_step(place, tiger).inputs["localities"] != before.inputs["localities"]
    assert before.parameters["grid"][2] == 2000.0
