from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial

import pytest

from layers.catalogue import Catalogue
from layers.pack import DataPack
from planner import profiles
from planner.errors import ProjectExistsError
from planner.own_regions import (
    RegionWish,
    cells_of,
    check_wish,
    create_own_project,
    region_id_of,
    region_of,
)
from planner.pipeline.plan import PlanRequest
from planner.planning import plan_request
from planner.profiles import load_region, region_ids
from planner.project import Project
from resources.errors import UsageError

WISH = RegionWish("Khasan spring", (130.0, 42.2, 131.5, 43.3), ("amur-tiger",), 1000.0)


@pytest.fixture(autouse=True)
def no_region_is_left(monkeypatch):
    monkeypatch.setattr(profiles, "_OWN", {})


@pytest.fixture(scope="module")
def pack():
    return DataPack.open()


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.load()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Khasan spring", "khasan-spring"),
        ("  Été 2026!", "ete-2026"),
        ("2026 draft", "region-2026-draft"),
        ("호랑이", "region"),
        ("Dauria", "dauria-own"),
        ("x" * 90, "x" * 40),
    ],
)
def test_names_give_plain_identifiers(name, found):
    assert region_id_of(name) == found


def test_a_region_knows_its_countries_and_sites(pack, catalogue):
    region = region_of(WISH, pack, catalogue)
    assert region.countries == ("CHN", "PRK", "RUS")
    assert "Hunchun National Nature Reserve" in region.key_sites
    assert region.cell_size_m.value == 1000.0
    assert region.names.en == "Khasan spring"


def test_limits_and_longest_link_come_from_the_region_it_is_based_on(pack, catalogue):
    region = region_of(replace(WISH, base="tumen-estuary"), pack, catalogue)
    base = load_region("tumen-estuary")
    assert region.limits == base.limits
    assert region.maximum_corridor_length_km == base.maximum_corridor_length_km


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": "  "}, "no name"),
        ({"bounds": (131.0, 42.0, 131.01, 43.0)}, "smaller than"),
        ({"bounds": (131.0, 43.0, 132.0, 42.0)}, "smaller than"),
        ({"bounds": (60.0, 42.0, 131.0, 43.0)}, "partly outside"),
        ({"bounds": (133.0, 39.0, 134.0, 40.0)}, "holds no land"),
        ({"species": ()}, "No species"),
        ({"species": ("unicorn",)}, "no species 'unicorn'"),
        ({"cell_size_m": 1.0}, "not possible"),
        ({"bounds": (100.0, 30.0, 140.0, 50.0), "cell_size_m": 500.0}, "million cells"),
        ({"cell_size_m": 20_000.0}, "cells only"),
    ],
)
def test_a_wish_that_cannot_be_met_says_what_would_do(pack, changed, told):
    with pytest.raises(UsageError, match=told):
        check_wish(replace(WISH, **changed), pack)


def test_cells_are_counted_before_the_project_is_made():
    assert cells_of(WISH.bounds, 1000.0) == pytest.approx(
        4 * cells_of(WISH.bounds, 2000.0), 0.1
    )


def test_a_project_carries_its_region_wherever_it_goes(pack, catalogue, tmp_path):
    folder = tmp_path / "new"
    with create_own_project(WISH, folder, pack, catalogue) as project:
        assert project.name == "Khasan spring"
        assert project.path.name == "khasan-spring.landbridge"
    assert "khasan-spring" not in region_ids(shipped=True)
    profiles._OWN.clear()
    moved = tmp_path / "moved"
    moved.mkdir()
    shutil.move(str(folder / "khasan-spring.landbridge"), moved)
    with pytest.raises(UsageError):
        load_region("khasan-spring")
    with Project.open(moved / "khasan-spring.landbridge") as project:
        assert load_region(project.region_id).bounds.lonlat == WISH.bounds
        assert plan_request(project).region.id == "khasan-spring"


def test_the_command_line_finds_it_by_its_folder(pack, catalogue, tmp_path):
    create_own_project(WISH, tmp_path, pack, catalogue).close()
    profiles._OWN.clear()
    request = PlanRequest.of("khasan-spring", (), tmp_path)
    assert [profile.id for profile in request.species] == ["amur-tiger"]


def test_a_project_of_that_name_is_never_written_over(pack, catalogue, tmp_path):
    make = partial(create_own_project, WISH, tmp_path, pack, catalogue)
    make().close()
    with pytest.raises(ProjectExistsError, match="exists already"):
        make()
    assert (tmp_path / "khasan-spring.landbridge" / "region" / "khasan-spring.toml").exists()


def test_a_shipped_region_is_never_replaced(tmp_path):
    shipped = load_region("dauria")
    (tmp_path / "dauria.toml").write_text("id = 'dauria'", encoding="utf-8")
    assert profiles.know_regions(tmp_path) == ()
    assert load_region("dauria") == shipped


def test_a_damaged_profile_in_a_project_is_told(tmp_path):
    (tmp_path / "mine.toml").write_text("id = 'mine'", encoding="utf-8")
    assert profiles.know_regions(tmp_path) == ("mine",)
    with pytest.raises(profiles.ProfileError, match=r"mine\.toml"):
        load_region("mine")
