from __future__ import annotations

import re
from dataclasses import replace

import pytest

from layers.states import OTHER_LAND_NOTE, zone_name
from planner.report.odmap import NOT_STATED, SECTIONS, odmap_items
from planner.report.odmap_texts import by_saying, measure_text, reason_text, share_text, tidy
from planner.report.page import Table
from planner.report.suitability_land import GAINED_NOTE, land_blocks
from planner.report.suitability_report import IN_ENGLISH, suitability_report
from planner.suitability import RunFolder, study_from
from planner.suitability.mapped import (
    CurveFound,
    ImportanceFound,
    MapsFound,
    RasterFound,
    UnderstandingFound,
    ZoneArea,
)
from planner.suitability.measured import (
    EvaluationFound,
    FieldTestFound,
    FoldFound,
    Measured,
    ThresholdFound,
)
from planner.suitability.measures import UNKNOWN, no_evaluation
from planner.suitability.results import (
    Correlations,
    CountryEffort,
    CoverageFound,
    FitFound,
    LayerFound,
    RecordsFound,
    SampleFound,
    StageFound,
    SuitabilityResults,
)
from planner.suitability.study_file import study_content
from resources.translation import speaking, tr


def layer(name, **values):
    facts = {
        "name": name,
        "kind": "continuous",
        "role": "habitat",
        "path": f"{name}.tif",
        "sha256": "ab" * 32,
        "alignment": f"{name} is read as it is",
        "known_cells": 90,
        "lost_alone": 3,
        "lowest": 0.0,
        "highest": 2.0,
        "title": "",
        "unit": "",
        "source": "",
        "licence": "",
        "resolution": "",
    }
    return LayerFound(**(facts | values))


@pytest.fixture
def results():
    """Results made by hand, as small as they can be."""
    study = study_from(
        {
            "species": "snow-leopard",
            "title": "A <study> & more",
            "records": {"localities": True},
            "covariates": [
                {"name": "trees", "path": "trees.tif"},
                {"name": "roads", "path": "roads.tif", "role": "disturbance"},
            ],
            "statements": {"authors": "Ö. Example", "hypotheses": "It likes trees."},
        }
    )
    evaluation = replace(
        no_evaluation("countries", None, ""), auc=Measured(0.8, 0.7, 0.9), note=""
    )
    curve = CurveFound(
        "trees", "continuous", (0.0, 1.0), (0.1, 0.9), (0.0, 0.8), (0.2, None), (1.0, 0.0),
        (0.5, 1.0),
    )  # fmt: skip
    land = ZoneArea("today", "all", "all", "the whole map", 400.0, 80.0, 100.0, 20.0, 0.3, 0.1)
    return SuitabilityResults(
        run_id="abc",
        species=study.species,
        title=study.shown_title,
        study=study_content(study),
        records=RecordsFound(10, 7, 3, 1, {"sea": 2, "no_certain_presence": 1}, {}, ("Note.",)),
        coverage=CoverageFound(
            "EPSG:32652", (0.0, 0.0, 20.0, 20.0), (2.0, 2.0), 2.0, (10, 10), 88,
            (layer("trees", source="Atlas", licence="CC0"), layer("roads", role="disturbance")),
            ("roads is 7 everywhere.",),
        ),
        sample=SampleFound(
            7, 1, 0, 0, 2, 0, 0, 0, 4, 50, 100, {"CHN": 3, "RUS": 1},
            (CountryEffort("CHN", 5, 300.0, 1.5, 1.0, 2.0, 1.0),),
            Correlations(
                ("trees", "roads"), ((1.0, -0.8), (-0.8, 1.0)), ((1.0, 0.1),) * 2, (2.0, None)
            ),
            (),
        ),
        fit=FitFound("maxent", ("maxent",), {"features": "auto"}, ()),
        evaluation=evaluation,
        maps=(
            MapsFound(
                "today", (RasterFound("suitability", "rasters/s.tif", "Suitability", "1"),),
                88, 0.25, {"trees": 1.0}, (),
            ),
        ),
        understanding=UnderstandingFound(
            (curve,), (ImportanceFound("trees", 0.2, 0.01, 100.0),), "max_tss", 0.4, (land,)
        ),
        stages=(
            StageFound(
                "records", "2026-01-01", 1.0, "ff" * 32, {}, {}, 1, {"numpy": "2"}, {"a": "b"}
            ),
        ),
        tests=(
            FieldTestFound(
                "survey.csv", 9, 8, 3, Measured(0.61, 0.5, 0.7), UNKNOWN, 0.1, 0.4, ()
            ),
        ),
    )  # fmt: skip


def test_every_section_of_the_protocol_has_items_and_what_nobody_said_is_told(results):
    items = odmap_items(results)
    assert [item.section for item in items if item is items[0] or item.stated]
    for section in SECTIONS:
        assert sum(item.section == section for item in items) >= 5
    said = {item.key: item.text for item in items}
    assert said["authorship_authors"] == "Ö. Example"
    assert said["hypotheses_hypotheses"] == "It likes trees."
    assert said["authorship_doi"] == NOT_STATED
    assert len(said) == len(items), "each item can be stated by its own key"
    assert "trees and roads (-0.80)" in said["multicollinearity_multicollinearity"]
    assert "survey.csv: AUC 0.610" in said["performance_statistics_performance_on_test_data"]


def test_a_statement_can_be_given_by_its_full_key(results):
    results.study["statements"] = {"authorship_doi": "10.1/x", "contact": "me@example.org"}
    said = {item.key: item.text for item in odmap_items(results)}
    assert said["authorship_doi"] == "10.1/x"
    assert said["authorship_contact"] == "me@example.org"


def test_the_page_holds_every_number_to_repeat_it(results, tmp_path):
    page = suitability_report(results, RunFolder(tmp_path))
    path = page.write(tmp_path / "report.html")
    text = path.read_text(encoding="utf-8")
    assert "A &lt;study&gt; &amp; more" in text
    assert "<study>" not in text
    for needed in (
        "landbridge suitability fit --study",
        "not stated",
        "numpy 2",
        "ff" * 6,
        "ab" * 8,
        "0.800 (0.700 to 0.900)",
        "25 % of the predicted area is extrapolated",
        "covariates.roads.role",
        "roads is 7 everywhere.",
        "survey.csv",
        "Atlas",
    ):
        assert needed in text, needed
    assert text.count("<img") >= 3
    assert all('alt=""' not in tag for tag in re.findall("<img[^>]*>", text))
    assert "Not pictured" in text, "a map that is gone is told"


def test_the_protocol_is_in_english_and_says_so(results, tmp_path):
    with speaking("ru"):
        page = suitability_report(results, RunFolder(tmp_path))
        told = tr(IN_ENGLISH)
    text = page.write(tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in text
    assert IN_ENGLISH in text
    assert told in text


def test_an_evaluation_that_could_not_be_made_is_told(results, tmp_path):
    none: EvaluationFound = no_evaluation("blocks", 10.0, "There is no evaluation: too few.")
    page = suitability_report(replace(results, evaluation=none), RunFolder(tmp_path))
    text = page.write(tmp_path / "report.html").read_text(encoding="utf-8")
    assert "There is no evaluation: too few." in text


@pytest.mark.parametrize(
    ("measure", "text"),
    [
        (Measured(0.5, None, None), "0.500"),
        (Measured(0.5, 0.25, 0.75), "0.500 (0.250 to 0.750)"),
        (Measured(None, None, None), "unknown"),
    ],
)
def test_numbers_are_told_with_their_interval(measure, text):
    assert measure_text(measure) == text


def test_reasons_and_shares_are_words():
    assert reason_text("sea") == "in the sea"
    assert reason_text("something_new") == "something new"
    assert share_text(None) == "The share of extrapolated area is not known."


BOILERPLATE = (
    "grid has cells of 5 arc-minutes",
    "not in the data pack",
    "Corridor width",
    "corridor width",
    "Dashed sites are nominal",
    "The environment grid is 5 arc-minutes",
)


def test_nothing_is_said_of_the_data_pack_where_the_layers_are_others(results, tmp_path):
    text = str(suitability_report(results, RunFolder(tmp_path)))
    assert not [words for words in BOILERPLATE if words in text]


def test_the_limits_of_the_data_pack_and_of_sites_are_told_where_they_are_used(
    results, tmp_path
):
    layers = tuple(replace(one, path=f"pack:{one.name}") for one in results.coverage.layers)
    site = replace(results.understanding.areas[0], kind="site", zone="s", name="A site")
    of_pack = replace(
        results,
        coverage=replace(results.coverage, layers=layers),
        understanding=replace(results.understanding, areas=(site,)),
    )
    text = str(suitability_report(of_pack, RunFolder(tmp_path)))
    for words in (BOILERPLATE[0], BOILERPLATE[4], BOILERPLATE[5]):
        assert words in text


def test_what_is_said_of_several_layers_is_said_once():
    said = (("elevation", "A map."), ("roads", ""), ("slope", "A map."), ("river", "Another"))
    assert by_saying(said) == "elevation and slope: A map. river: Another."
    assert tidy("One..; two.. Three... four.; five") == "One; two. Three... four; five"


def test_no_item_has_two_full_stops_or_a_stop_before_a_semicolon(results):
    for item in odmap_items(results):
        assert ".;" not in item.text, item.key
        assert ".." not in item.text, item.key


def test_parts_without_figures_say_why_and_land_is_told_by_state(results, tmp_path):
    folds = (
        FoldFound("MNG", 0, 9, None, None, None, "no presence lies in it"),
        FoldFound("other", 5, 9, 0.7, 0.4, 0.5),
    )
    areas = tuple(
        ZoneArea(
            "today", "country", zone, zone_name(zone), 9.0, 4.0, 5.0, 2.0, 0.1, 0.0,
            gained_km2=1.0,
        )
        for zone in ("CHN", "other")
    )  # fmt: skip
    changed = replace(
        results,
        evaluation=replace(results.evaluation, folds=folds),
        understanding=replace(results.understanding, areas=areas),
    )
    page = suitability_report(changed, RunFolder(tmp_path))
    text = page.write(tmp_path / "report.html").read_text(encoding="utf-8")
    for needed in (
        "no presence lies in it",
        "Mongolia",
        "other land",
        OTHER_LAND_NOTE,
        GAINED_NOTE,
        "Gained",
        "Land by State",
    ):
        assert needed in text, needed


def test_the_verdict_and_the_map_come_before_the_protocol(results, tmp_path):
    page = suitability_report(results, RunFolder(tmp_path))
    titles = [section.title for section in page.sections]
    assert titles[0] == "What was found"
    assert titles[-1] == "Protocol, item by item"
    first = page.sections[0].blocks
    assert "does no better than chance" in first[0].text, "the survey leads"
    assert "Not pictured" in first[2].text, "then what is warned of, and the map"
    assert not any(NOT_STATED in cell for block in first if isinstance(block, Table)
                   for row in block.rows for cell in row)  # fmt: skip
    text = page.write(tmp_path / "report.html").read_text(encoding="utf-8")
    assert "habitat suitability, snow leopard" in text.lower()
    assert page.cards[0].label == "AUC on the survey survey.csv"
    last = page.sections[-1].blocks
    assert [isinstance(block, Table) for block in last] == [True] * 5 + [False]
    rows = [row for block in last[:-1] for row in block.rows]
    assert all(row[2] != NOT_STATED for row in rows)
    assert "Authorship: Contact" in last[-1].text, "what nobody said is listed once"


def test_suitable_land_is_told_with_its_threshold_and_what_is_extrapolated(results, tmp_path):
    areas = tuple(
        replace(area, extrapolated_km2=30.0, p10_km2=120.0)
        for area in results.understanding.areas
    )
    site = replace(areas[0], kind="site", zone="x", name="A reserve", cells=1)
    results = replace(
        results,
        understanding=replace(results.understanding, areas=(*areas, site)),
        evaluation=replace(
            results.evaluation,
            thresholds=(
                ThresholdFound("max_tss", 0.4, 0.9, 0.1, 0.45),
                ThresholdFound("p10", 0.2, 0.9, 0.1, 0.6),
            ),
        ),
    )
    page = suitability_report(results, RunFolder(tmp_path))
    cards = {card.label: card.value for card in page.cards}
    assert cards["suitable land, from 0.4 on (45 % of the background)"] == "80 km²"
    assert cards["of it extrapolated"] == "30 km²"
    text = page.write(tmp_path / "report.html").read_text(encoding="utf-8")
    assert "by the 10th percentile of presences (0.2) it would be 120 km²" in text
    assert "calls 45 % of the background suitable" in text
    assert "too small for these cells" in text


def test_columns_that_nothing_is_known_of_are_left_out(results):
    land = results.understanding.areas[0]
    quiet = replace(land, undisturbed_km2=None, lost_km2=None, mean_loss=None)
    results = replace(results, understanding=replace(results.understanding, areas=(quiet,)))
    table = next(block for block in land_blocks(results, "today") if isinstance(block, Table))
    assert table.headers == ("Name", "On the map", "Suitable", "Mean suitability")
    assert table.caption == "Land by State, km²; suitable from 0.4 on"
