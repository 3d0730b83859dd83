from __future__ import annotations

import pytest
import shapely
from matplotlib import rcParams

from planner.corridors.curve import ResistanceCurve, set_curve
from planner.maps import DISCLAIMER, NOMINAL_NOTICE
from planner.pipeline.habitat import evaluation_key
from planner.pipeline.indicators import LAND
from planner.profiles import load_region, load_species
from planner.project import AddFeatures, Project, RunRecord, SetSetting, StoreIndicators
from planner.report import lettering, words
from planner.report.plan_report import plan_report
from planner.report.plan_species import MOST_PLOTS
from planner.report.words import parted
from resources.translation import LANGUAGES, language, speaking, tr

LAEA = "+proj=laea +lat_0=43 +lon_0=131 +datum=WGS84 +units=m +no_defs"
SQUARE = shapely.box(0, 0, 1000, 1000)
SPECIES = (load_species("amur-tiger"), load_species("hooded-crane"))
SKILL = {
    "presences": 17,
    "background": 4000,
    "model_auc": 0.912,
    "expert_auc": 0.8,
    "boyce": 0.5,
    "model_weight": 0.62,
    "note": "",
}


@pytest.fixture
def project(tmp_path):
    with Project.create(
        tmp_path / "report", name="Report", region_id="tumen-estuary", crs=LAEA, author="Ann"
    ) as made:
        made.add_run(
            RunRecord(
                "r1", "sites", "ab" * 32, {}, 3, {}, "2026-01-02T03:04:05+00:00", 1.26, {}
            )
        )
        yield made


@pytest.fixture
def page(project, tmp_path, outline):
    """Return a function that writes the report and reads it again."""

    def made(*, overview=None, pictures=None, problems=()):
        report = plan_report(
            project,
            load_region("tumen-estuary"),
            SPECIES,
            overview=overview,
            pictures=pictures or {},
            problems=problems,
        )
        return outline(report.write(tmp_path / "report.html"))

    return made


@pytest.fixture
def filled(project):
    """One of everything."""
    corridor = {
        "corridor_id": "a:b",
        "scenario": "plan",
        "species": "amur-tiger",
        "name": "Core A to Core B",
        "countries": ["CHN", "RUS"],
        "length_km": 1234.56,
        "min_width_m": 1500.0,
        "mean_width_m": None,
        "attributes": {
            "adjoining": False,
            "crossings": [{"border": "CHN-RUS", "lat": 43.125, "lon": 131.5}],
            "profile": {"distance_m": [0, 500, 1000], "width_m": [1500, 1600, 1500]},
            "widening": {
                "verified_minimum_width_m": 2061.6,
                "union_cost": 12.5,
                "arc_cost": 13.0,
                "lower_bound": 10.0,
                "gap": 0.2,
            },
        },
    }
    line = shapely.LineString([(0, 0), (1000, 0)])
    project.execute(
        AddFeatures(
            "corridors",
            [
                {**corridor, "kind": "path", "geometry": line},
                {**corridor, "kind": "swath", "geometry": SQUARE},
            ],
        )
    )
    stretch = {"corridor_id": "a:b", "species": "amur-tiger"}
    project.execute(
        AddFeatures(
            "bottlenecks",
            [
                {
                    **stretch,
                    "kind": "bottleneck",
                    "country": None,
                    "width_m": 1500.0,
                    "width_label": "1,500 m",
                    "length_km": 0.5,
                    "geometry": line,
                    "attributes": {"certain": True},
                },
                {
                    **stretch,
                    "kind": "bottleneck",
                    "country": None,
                    "width_m": 1.0,
                    "width_label": "under 500 m",
                    "length_km": 0.5,
                    "geometry": line,
                    "attributes": {"certain": False},
                },
                {
                    **stretch,
                    "kind": "widening",
                    "country": "CHN",
                    "area_to_add_km2": 2.25,
                    "geometry": SQUARE,
                    "attributes": {"cost": 12.5},
                },
            ],
        )
    )
    project.execute(
        AddFeatures(
            "proposals",
            [
                {
                    "name": "West & East",
                    "kind": "transboundary protected area",
                    "countries": ["CHN", "RUS"],
                    "area_km2": 12345.67,
                    "area_by_country": {
                        "CHN": {"existing_km2": 10000.0, "added_km2": 0.0},
                        "RUS": {"existing_km2": 2000.0, "added_km2": 345.67},
                    },
                    "species": ["amur-tiger"],
                    "reasons": ["They touch."],
                    "attributes": {"added_km2": 345.67, "habitat_km2": {"amur-tiger": 9000.4}},
                    "geometry": SQUARE,
                }
            ],
        )
    )
    project.execute(
        AddFeatures(
            "pairs",
            [
                {
                    "name_a": "West",
                    "name_b": "East",
                    "border": "CHN-RUS",
                    "distance_km": None,
                    "shared_border_km": 33.92131,
                    "basis": "both",
                    "species": ["amur-tiger"],
                }
            ],
        )
    )
    rows = [
        {"indicator": LAND, "unit": unit, "country": code, "stage": stage}
        for unit in ("%", "km2")
        for code in ("ALL", "CHN")
        for stage in ("before", "after")
    ]
    stored = [{**row, "value": 17.25 + number} for number, row in enumerate(rows)]
    project.execute(StoreIndicators("plan", stored))
    project.execute(SetSetting(evaluation_key("amur-tiger"), SKILL))
    return project


def test_every_section_is_there_and_in_the_contents(page, filled):
    found = page()
    assert found.headings[0] == "Tumen River estuary"
    sections = [
        "The landscape",
        "Candidate transboundary protected areas",
        "Amur tiger",
        "Hooded crane",
        "Indicators",
        "Cross-border pairs",
        "How sure it is",
        "How to repeat it",
    ]
    assert [h for h in found.headings if h in sections] == sections
    assert found.ids == found.links
    assert DISCLAIMER in found.words
    assert NOMINAL_NOTICE in found.words


def row_of(found, first):
    return next(row for rows in found.tables for row in rows if row[0] == first)


def test_numbers_are_written_for_people(page, filled):
    found = page()
    candidate = row_of(found, "West & East")
    assert candidate[3:5] == ["12,345.7", "345.7"]
    assert candidate[5].endswith("9,000")
    assert row_of(found, "RUS") == ["RUS", "2,000.0", "345.7"]
    corridor = row_of(found, "Core A to Core B")
    assert corridor[2:] == ["1,234.6", "1,500", "", "CHN-RUS at 43.12 N, 131.50 E"]
    pair = row_of(found, "West")
    assert pair[3:5] == ["", "33.9"]
    assert row_of(found, "sites")[1:4] == ["2026-01-02T03:04:05+00:00", "1.3", "3"]
    units = {row[3] for rows in found.tables for row in rows if row[0] == LAND}
    assert units == {"%", "km²"}
    countries = [row[2] for rows in found.tables for row in rows if row[0] == LAND]
    assert set(countries) == {"all", "CHN"}


def test_narrow_stretches_and_land_to_add_are_listed(page, filled):
    found = page()
    rows = [row for rows in found.tables for row in rows if len(row) == 7]
    assert ["Core A to Core B", "narrow", "", "1,500", "0.50", "", ""] in rows
    within = ["Core A to Core B", "narrow, within one cell", "", "under 500", "0.50", "", ""]
    assert within in rows
    assert ["Core A to Core B", "to add", "CHN", "", "", "2.25", "12.50"] in rows
    assert "2,062 m wide at its narrowest" in found.words


def test_the_cost_of_a_widening_is_told_with_its_bound_and_unit(page, filled):
    words = page().words
    assert (
        "It costs 12.50 (km² weighted by settlement pressure); none of this width costs less "
        "than 10.00, so at most 20% could be saved. This cost is relative and no money."
    ) in words


def test_a_widening_onto_free_land_is_told_to_cost_nothing(page, project):
    free = {"verified_minimum_width_m": 2000.0, "union_cost": 0.0, "lower_bound": 0.0}
    path = {
        "corridor_id": "a:b",
        "species": "amur-tiger",
        "name": "Core A to Core B",
        "kind": "path",
        "geometry": shapely.LineString([(0, 0), (1, 1)]),
        "attributes": {"widening": free},
    }
    project.execute(AddFeatures("corridors", [path]))
    words = page().words
    assert "2,000 m wide at its narrowest" in words
    assert "That costs nothing." in words


def test_a_proposed_widening_tells_what_each_country_protects_adds_and_pays(page, project):
    row = {
        "name": "Hunchun link",
        "kind": "widened corridor",
        "status": "draft",
        "countries": ["CHN"],
        "area_km2": 60.0,
        "area_by_country": {
            "CHN": {"existing_km2": 10.0, "added_km2": 50.0, "to_add_km2": 13.0, "cost": 15.6}
        },
        "species": ["amur-tiger"],
        "reasons": ["Wide everywhere."],
        "geometry": SQUARE,
    }
    project.execute(AddFeatures("proposals", [row]))
    found = page()
    assert row_of(found, "CHN") == ["CHN", "10.0", "50.0", "13.00", "15.60"]
    assert row_of(found, "Hunchun link")[4] == "50.0"


def test_a_curve_of_the_projects_own_is_told(page, filled):
    assert "a curve of this project's own" not in page().words
    curve = ResistanceCurve(kind="points", points=((0.0, 40.0), (1.0, 1.0)))
    filled.execute(set_curve("amur-tiger", curve))
    assert (
        f"a curve of this project's own, not that of the species profile: {curve.shown()}"
        in (page().words)
    )


def test_plots_are_drawn_for_what_there_is(page, filled):
    alts = [image["alt"] for image in page().images]
    assert alts == [
        "Width along the corridor Core A to Core B",
        "Share of each country's land in catalogued sites, before and after",
    ]


def test_the_skill_of_the_model_is_told(page, filled):
    words = page().words
    assert "presence-background model of 17 localities" in words
    assert "weight of the model: 62 %" in words
    assert "AUC of 0.91" in words


def test_an_index_without_a_model_says_why(page, filled):
    filled.execute(SetSetting(evaluation_key("hooded-crane"), {**SKILL, "note": "Too few."}))
    assert "Suitability is the expert index alone. Too few." in page().words


def test_a_refused_widening_says_why(page, project):
    path = {
        "corridor_id": "a:b",
        "species": "amur-tiger",
        "name": "Core A to Core B",
        "kind": "path",
        "geometry": shapely.LineString([(0, 0), (1, 1)]),
        "attributes": {"adjoining": True, "widening": {"refused": "Only 500 m fit."}},
    }
    project.execute(AddFeatures("corridors", [path]))
    found = page()
    assert "Only 500 m fit." in found.words
    assert row_of(found, "Core A to Core B")[2] == "adjoining"


def test_of_many_corridors_only_the_narrow_are_plotted(page, project):
    line = shapely.LineString([(0, 0), (1000, 0)])
    common = {"species": "amur-tiger", "kind": "path", "geometry": line}
    facts = {"profile": {"distance_m": [0, 1000], "width_m": [1500, 1500]}}
    paths = [
        {**common, "corridor_id": f"c{number}", "name": f"Way {number}", "attributes": facts}
        for number in range(MOST_PLOTS + 1)
    ]
    project.execute(AddFeatures("corridors", paths))
    assert page().images == []
    narrow = {
        "corridor_id": "c3",
        "species": "amur-tiger",
        "kind": "bottleneck",
        "width_label": "1,500 m",
        "geometry": line,
    }
    project.execute(AddFeatures("bottlenecks", [narrow]))
    assert [image["alt"] for image in page().images] == ["Width along the corridor Way 3"]


def test_a_refusal_that_holds_for_several_corridors_is_told_once(page, project):
    line = shapely.LineString([(0, 0), (1000, 0)])
    reasons = ["Too coarse.", "Too coarse.", "The sea."]
    paths = [
        {
            "corridor_id": f"c{number}",
            "name": f"Way {number}",
            "species": "amur-tiger",
            "kind": "path",
            "geometry": line,
            "attributes": {"widening": {"refused": reason}},
        }
        for number, reason in enumerate(reasons)
    ]
    project.execute(AddFeatures("corridors", paths))
    words = page().words
    assert "Way 0; Way 1: Too coarse." in words
    assert "Way 2: The sea." in words


def test_pictures_are_shown_where_they_are(page, project, tiny_png, tmp_path):
    found = page(
        overview=tiny_png,
        pictures={"amur-tiger": tiny_png, "hooded-crane": tmp_path / "gone.png"},
    )
    alts = [image["alt"] for image in found.images]
    assert len(alts) == 2
    assert "Scenario map" in alts[0]
    assert "Amur tiger" in alts[1]
    assert page(overview=tmp_path / "gone.png").images == []


def test_what_could_not_be_made_is_told(page, project):
    words = page(problems=("There is no QGIS here. Install it.",)).words
    assert "Not made: There is no QGIS here. Install it." in words


def test_a_project_without_results_still_makes_a_page(page, project):
    found = page()
    assert "No corridor joins cores of different countries here." in found.words
    assert "No pair of sites over a border could be joined" in found.words
    assert "Water birds are connected by flight" in found.words
    assert "No two sites of different countries adjoin" in found.words


def test_every_number_of_the_profiles_is_shown_with_its_status(page, project):
    found = page()
    for profile in SPECIES:
        for name, quantity in profile.quantities.items():
            wanted = [profile.names.en, name.replace("_", " "), quantity.shown()]
            row = next(
                row
                for rows in found.tables
                for row in rows
                if row[:3] == [" ".join(text.split()) for text in wanted]
            )
            assert row[3] == quantity.status
            assert row[4]


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_report_speaks_the_language_of_its_reader(filled, tmp_path, outline, code):
    with speaking(code):
        report = plan_report(
            filled,
            load_region("tumen-estuary"),
            SPECIES,
            overview=None,
            pictures={},
            problems=(),
        )
        title = tr("Candidate transboundary protected areas")
        disclaimer = tr(DISCLAIMER)
    path = report.write(tmp_path / "report.html")
    found = outline(path)
    assert f'<html lang="{code}">' in path.read_text("utf-8")
    assert title in found.headings
    assert disclaimer in found.words
    assert found.ids == found.links
    parted = "12,345.7" if code == "en" else "12 345.7"
    assert row_of(found, "West & East")[3] == parted


def test_plots_are_lettered_by_an_installed_font_or_in_english(monkeypatch):
    with speaking("ja"):
        monkeypatch.setattr(lettering, "installed_families", frozenset)
        with lettering.lettering():
            assert language() == "en"
        monkeypatch.setattr(lettering, "installed_families", lambda: {"Yu Gothic"})
        with lettering.lettering():
            assert language() == "ja"
            assert rcParams["font.family"] == ["DejaVu Sans", "Yu Gothic"]
        assert language() == "ja"


def test_no_comma_parts_thousands_outside_english():
    with speaking("ru"):
        assert (
            parted("1,234,567 m, 12,5 and 3, 400") == "1\u202f234\u202f567 m, 12,5 and 3, 400"
        )
    assert parted("1,234 m") == "1,234 m"


def test_the_ends_of_a_corridor_are_told_apart(monkeypatch):
    monkeypatch.setattr(words, "told", lambda text: f"[{text}]")
    assert words.corridor_named("Core 1 (RUS) to West") == "[Core 1 (RUS)] to [West]"
    assert words.corridor_named("Road to the town to come") == "[Road to the town to come]"
