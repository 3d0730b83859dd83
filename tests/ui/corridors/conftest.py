from __future__ import annotations

import pytest
from shapely.geometry import box

from layers.catalogue import Catalogue
from layers.pack import DataPack
from planner.corridors.curve import ResistanceCurve
from planner.corridors.profile import CorridorProfile
from planner.corridors.result import CountryShare, WideningResult
from planner.profiles import load_species
from ui.corridors.panel import CorridorsPanel
from ui.corridors.state import ClassLayer, CoreState, SpeciesState
from ui.features.row import FeatureRow
from ui.inspector.record import Record


@pytest.fixture(scope="session")
def read_once():
    return DataPack.open(), Catalogue.load()


@pytest.fixture(autouse=True)
def quick_opening(monkeypatch, read_once):
    """Open projects with the data pack and the catalogue as they were read once."""
    pack, catalogue = read_once
    monkeypatch.setattr(DataPack, "open", lambda: pack)
    monkeypatch.setattr(Catalogue, "load", lambda: catalogue)


LEOPARD, TIGER = "amur-leopard", "amur-tiger"
VEGETATION = ClassLayer(
    "potential_vegetation",
    "Vegetation",
    ("Forest", "Steppe", "Ice"),
    {"Forest": 1.0, "Steppe": 0.5, "Ice": 0.0},
)
CLIMATE = ClassLayer("koppen", "Climate", ("Dwa", "Dwb"))


def make_state(species=LEOPARD, own=None, **changes):
    profile = load_species(species)
    told = {
        "species": species,
        "cores": CoreState(
            3,
            1500.0,
            (("CHN", 2, 1000.0), ("RUS", 1, 500.0)),
            profile.value("habitat_threshold"),
            profile.value("minimum_core_area_km2"),
            "r1",
        ),
        "profile_curve": ResistanceCurve.of_profile(profile),
        "own_curve": own,
        "curve_problem": "",
        "layers": (VEGETATION, CLIMATE),
        "curve_basis": "maximum 500 (recalled), shape 8 (expert)",
    }
    return SpeciesState(**{**told, **changes})


def make_profile(**changes):
    """Return a corridor of 10 km that is narrow between 4 and 6 km."""
    told = {
        "distance_m": (0.0, 2000.0, 4000.0, 6000.0, 8000.0, 10000.0),
        "width_m": (2000.0, 1500.0, 600.0, 700.0, 1500.0, 2500.0),
        "x": (0.0, 2000.0, 4000.0, 6000.0, 8000.0, 10000.0),
        "y": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        "needed_m": 1000.0,
        "crossings": ((5000.0, "CHN-RUS"),),
        "stretches": ((4000.0, 6000.0, 600.0, "CHN"),),
        "countries": ((0.0, 5000.0, "CHN"), (5000.0, 10000.0, "RUS")),
    }
    return CorridorProfile(**{**told, **changes})


def make_row(key="a:b", species=LEOPARD, width=None):
    return FeatureRow(
        "corridor",
        f"{key}|{species}",
        f"Corridor {key}",
        "10 km",
        box(0, 0, 10_000, 1000),
        Record("Corridor", f"Corridor {key}"),
        species,
        make_profile() if width is None else width,
    )


def make_result(width_m=1500.0, **changes):
    told = {
        "corridor_id": "a:b",
        "species": ("Amur leopard",),
        "width_m": width_m,
        "verified_width_m": width_m + 100.0,
        "cost": 12.5,
        "lower_bound": 10.0,
        "gap": 0.2,
        "area_km2": 9.5,
        "shares": (
            CountryShare("RUS", 5.0, 7.0, {"Forest": 4.0, "Steppe": 1.0}),
            CountryShare("CHN", 4.5, 5.5, {}),
            CountryShare("PRK", 0.0, 0.0, {}),
        ),
        "sites": (("s1", "First site", 1.25),),
        "bottlenecks_removed": 2,
        "bottlenecks_left": 1,
        "geometry": box(0, 0, 1000, 1000),
        "added_by_country": {"CHN": box(0, 0, 500, 100), "RUS": box(500, 0, 1000, 100)},
    }
    return WideningResult(**{**told, **changes})


def refused(width_m, widest_m=None):
    """Return a widening that cannot be."""
    return WideningResult(
        "a:b", ("Amur leopard",), width_m, refused="A town is in the way.", widest_m=widest_m
    )


@pytest.fixture(name="make_state")
def make_state_fixture():
    return make_state


@pytest.fixture(name="make_profile")
def make_profile_fixture():
    return make_profile


@pytest.fixture(name="make_row")
def make_row_fixture():
    return make_row


@pytest.fixture(name="make_result")
def make_result_fixture():
    return make_result


@pytest.fixture(name="refused")
def refused_fixture():
    return refused


@pytest.fixture
def shown(qtbot):
    """Show a widget, and close it afterwards."""
    made = []

    def show(widget, width_px=360, height_px=600):
        qtbot.addWidget(widget)
        widget.resize(width_px, height_px)
        widget.show()
        qtbot.waitExposed(widget)
        made.append(widget)
        return widget

    yield show
    for widget in made:
        widget.close()


@pytest.fixture
def panel(shown, theme):
    return shown(CorridorsPanel(theme), 368, 700)
