from __future__ import annotations

import math
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.profiles import (
    DEFAULT_REGION,
    MAX_PROFILE_BYTES,
    ProfileError,
    Quantity,
    load_region,
    load_species,
    region_ids,
    species_ids,
)
from resources.errors import PlannerError, UsageError
from resources.paths import resource_path

FINITE = st.floats(-1e9, 1e9)


@pytest.fixture
def folder(tmp_path):
    """A folder with the tiger alone, to be damaged."""
    shutil.copy(resource_path("species", "amur-tiger.toml"), tmp_path)
    return tmp_path


def change(folder, old, new):
    path = folder / "amur-tiger.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_number_comes_with_unit_range_status_and_source():
    width = load_species("amur-tiger").value("minimum_corridor_width_m")
    assert (width.value, width.unit, width.low, width.high) == (2000.0, "m", 1000.0, 5000.0)
    assert width.status == "recalled"
    assert width.as_published == "2 km (1–5)"
    assert width.shown() == "2,000 m (1,000–5,000, recalled)"
    home = load_species("amur-tiger").value("home_range_female_km2")
    assert home.shown() == "401 km2 (196–606, read)"
    assert home.source.startswith("Hernandez-Blanco et al. 2015")


def test_an_expert_value_says_so_where_it_is_shown():
    shown = Quantity(value=0.5, unit="1", basis="middle of the scale").shown()
    assert shown == "0.5 (expert)"


def test_unknown_names_are_usage_errors_with_the_nearest_names():
    with pytest.raises(UsageError, match="Did you mean amur-leopard"):
        load_species("amur-leopart")
    with pytest.raises(UsageError, match="tumen-estuary"):
        load_region("tumen")
    with pytest.raises(UsageError, match="Did you mean minimum_corridor_width_m"):
        load_species("amur-tiger").value("minimum_corridor_width")


@pytest.mark.parametrize("name", ["../species/amur-tiger", "amur-tiger.toml", "", "AMUR-TIGER"])
def test_a_name_is_never_a_path(name):
    with pytest.raises(UsageError):
        load_species(name)


def test_the_default_region_is_the_tiger_and_leopard_landscape():
    assert DEFAULT_REGION in region_ids()
    region = load_region()
    assert region.id == "tiger-leopard"
    assert region.bounds.contains(lat=43.0, lon=131.4)
    assert not region.bounds.contains(lat=43.0, lon=100.0)


def test_profiles_load_from_a_folder_of_ones_own(folder):
    assert species_ids(folder) == ("amur-tiger",)
    change(folder, "value = 500", "value = 600")
    assert load_species("amur-tiger", folder).value("minimum_core_area_km2").value == 600.0
    assert load_species("amur-tiger").value("minimum_core_area_km2").value == 500.0


def test_an_edited_file_is_read_again(folder):
    assert load_species("amur-tiger", folder).names.en == "Amur tiger"
    change(folder, 'en = "Amur tiger"', 'en = "Tiger"')
    assert load_species("amur-tiger", folder).names.en == "Tiger"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("schema_version = 1", "schema_version = 2", "field schema_version"),
        ('unit = "km2"', 'unit = "ha"', "home_range_female_km2 is given in km2"),
        ("value = 401", "value = 9999", "field quantities.home_range_female_km2: low <= value"),
        ("value = 401", 'value = "many"', "field quantities.home_range_female_km2.value"),
        ("value = 401", "value = nan", "field quantities.home_range_female_km2.value"),
        ('kind = "trapezoid"', 'kind = "spline"', "field responses.0"),
        ("corners = [-50, 80, 900, 1600]", "corners = [900, 80, 900, 1600]", "corners of a"),
        ('variable = "ruggedness"', 'variable = "elevation"', "a variable has two responses"),
        (
            "[quantities.minimum_core_area_km2]",
            "[quantities.core_km2]",
            "minimum_core_area_km2",
        ),
        ('resistance = "resistance_large_river"', 'resistance = "none"', "no quantity none"),
        ('kind = "cat"', 'kind = "cat"\ncolour = "striped"', "field colour"),
        ('id = "amur-tiger"', 'id = "siberian-tiger"', "field id: it is 'siberian-tiger'"),
        ("weight = 1\n", "weight = -1\n", "weight"),
        ("[names]", "[names", "line"),
    ],
)
def test_a_damaged_profile_is_told_by_file_field_and_remedy(folder, old, new, told):
    change(folder, old, new)
    with pytest.raises(ProfileError) as raised:
        load_species("amur-tiger", folder)
    message = str(raised.value)
    assert isinstance(raised.value, PlannerError)
    assert told in message
    assert str(folder / "amur-tiger.toml") in message
    assert "Correct the file" in message
    assert "\n" not in message


def test_a_number_without_a_source_is_an_expert_value():
    with pytest.raises(ValueError, match="needs a source"):
        Quantity(value=1.0, unit="km", status="read")
    with pytest.raises(ValueError, match="reason"):
        Quantity(value=1.0, unit="km")


@pytest.mark.parametrize("content", ["a = " + "[" * 100_000, "a = " + "9" * 10_000])
def test_files_made_to_break_the_reader_are_refused(folder, content):
    (folder / "amur-tiger.toml").write_text(content)
    with pytest.raises(ProfileError, match="cannot be used"):
        load_species("amur-tiger", folder)


def test_files_that_are_not_text_or_too_long_are_refused(folder):
    path = folder / "amur-tiger.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProfileError, match="decode"):
        load_species("amur-tiger", folder)
    path.write_bytes(b"#" * (MAX_PROFILE_BYTES + 1))
    with pytest.raises(ProfileError, match="1,000,001 bytes"):
        load_species("amur-tiger", folder)


def test_a_folder_without_profiles_and_a_folder_in_place_of_a_file(tmp_path):
    with pytest.raises(ProfileError, match="holds no region profiles"):
        load_region("dauria", tmp_path)
    (tmp_path / "dauria.toml").mkdir()
    with pytest.raises(ProfileError, match=r"dauria\.toml"):
        load_region("dauria", tmp_path)


def test_a_region_needs_its_box_in_order(tmp_path):
    text = resource_path("regions", "dauria.toml").read_text(encoding="utf-8")
    (tmp_path / "dauria.toml").write_text(text.replace("west = 110.0", "west = 130.0"))
    with pytest.raises(ProfileError, match="field bounds: west < east"):
        load_region("dauria", tmp_path)


def test_a_region_needs_a_cell_in_metres(tmp_path):
    text = resource_path("regions", "dauria.toml").read_text(encoding="utf-8")
    (tmp_path / "dauria.toml").write_text(text.replace('unit = "m"', 'unit = "km"'))
    with pytest.raises(ProfileError, match="cell_size_m is given in m"):
        load_region("dauria", tmp_path)


def test_names_fall_back_to_english():
    names = load_species("amur-tiger").names
    assert names.in_language("ru") == "амурский тигр"
    assert names.in_language("mn") == "Amur tiger"
    assert names.in_language("fr") == "Amur tiger"


def test_responses_are_made_with_the_classes_of_the_data_pack():
    tiger = load_species("amur-tiger")
    names = tiger.responses[2].of_class
    codes = {"potential_vegetation": {5 + i: name.upper() for i, name in enumerate(names)}}
    responses = tiger.response_functions(codes)
    assert set(responses) == set(tiger.variables) == set(tiger.weights)
    vegetation = responses["potential_vegetation"].evaluate(np.array([5.0, 99.0]))
    np.testing.assert_allclose(vegetation, [1.0, 0.02])
    elevation = responses["elevation"].evaluate(np.array([500.0]))
    assert elevation[0] == 1.0


def test_an_unknown_class_is_told_with_the_nearest_one():
    tiger = load_species("amur-tiger")
    with pytest.raises(ProfileError, match="does not know"):
        tiger.response_functions({"potential_vegetation": {1: "cool temperate moist woods"}})
    with pytest.raises(ProfileError, match="does not know"):
        tiger.response_functions({})


def test_disturbance_falls_with_pressure():
    for species in species_ids():
        left = load_species(species).disturbance_response().evaluate(np.linspace(0, 1, 50))
        assert (np.diff(left) < 0).all()
        assert left[0] > 0.9


@given(FINITE, FINITE, FINITE)
def test_a_quantity_keeps_its_range_in_order(low, value, high):
    def make():
        return Quantity(value=value, low=low, high=high, unit="m", basis="drawn at random")

    if low <= value <= high:
        assert math.isclose(make().value, value)
    else:
        with pytest.raises(ValueError, match="low <= value <= high"):
            make()
