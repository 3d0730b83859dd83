from __future__ import annotations

from dataclasses import replace

import pytest

from planner.suitability.measured import FieldTestFound, Measured, ThresholdFound
from planner.suitability.measures import UNKNOWN
from planner.suitability.verdict import (
    percent,
    prg_text,
    site_note,
    survey_verdict,
    threshold_text,
    threshold_warning,
    warnings,
)


@pytest.fixture
def results(finished):
    """A run of 60 records that is warned of in nothing."""
    found = finished[1]
    return replace(
        found,
        sample=replace(found.sample, presences=60),
        maps=(replace(found.maps[0], extrapolated_share=0.1),),
        understanding=replace(found.understanding, threshold=0.4, threshold_rule="max_tss"),
        evaluation=replace(
            found.evaluation,
            thresholds=(
                ThresholdFound("max_tss", 0.4, 0.9, 0.1, 0.2),
                ThresholdFound("p10", 0.3, 0.9, 0.1, 0.3),
            ),
        ),
        tests=(),
    )


def survey(value, low, high):
    return FieldTestFound(
        "survey.csv", 9, 8, 3, Measured(value, low, high), UNKNOWN, None, None, ()
    )


def test_nothing_is_said_where_nothing_must_be(results):
    assert warnings(results) == ()


def test_a_map_that_is_mostly_extrapolated_is_warned_of(results):
    (said,) = warnings(
        replace(results, maps=(replace(results.maps[0], extrapolated_share=0.79),))
    )
    assert said.startswith("79 % of the predicted area is extrapolated")


def test_the_region_of_a_project_counts_rather_than_the_whole_map(results):
    assert warnings(results, 0.3, "Altai") == ()
    (said,) = warnings(results, 0.62, "Altai")
    assert said.startswith("62 % of the region Altai is extrapolated")


def test_few_presences_are_warned_of_unless_experts_spoke(results):
    few = replace(results, sample=replace(results.sample, presences=26))
    assert warnings(few)[0].startswith("The model rests on 26 presences")
    assert warnings(replace(few, fit=replace(few.fit, kind="expert"))) == ()


@pytest.mark.parametrize(
    ("threshold", "share", "said"),
    [
        (0.006, 0.2, "very low"),
        (0.4, 0.41, "41 % of the background"),
        (0.05, 0.4, ""),
    ],
)
def test_a_threshold_that_takes_too_much_is_warned_of(results, threshold, share, said):
    found = ThresholdFound("max_tss", threshold, 0.9, 0.1, share)
    results = replace(
        results,
        understanding=replace(results.understanding, threshold=threshold),
        evaluation=replace(results.evaluation, thresholds=(found,)),
    )
    assert said in threshold_warning(results)
    assert bool(threshold_warning(results)) == bool(said)


def test_where_suitable_begins_is_told_with_its_rule_and_the_other_rule(results):
    told = threshold_text(results)
    assert told.startswith(
        "Suitable from 0.4 on: the highest TSS on unseen records, which takes 20 % of the "
        "background."
    )
    land = next(area for area in results.understanding.areas if area.kind == "all")
    assert f"{land.suitable_km2:,.0f} km²; by the 10th percentile of presences (0.3)" in told
    assert f"{land.p10_km2:,.0f} km²." in told


@pytest.mark.parametrize(
    ("auc", "said"),
    [
        ((0.503, 0.44, 0.56), "no better than chance (AUC 0.50, 0.44 to 0.56)"),
        ((0.61, 0.49, 0.7), "no better than chance"),
        ((0.61, 0.53, 0.7), "a little better than chance"),
        ((0.9, 0.8, 0.95), "tells places with the species from others"),
    ],
)
def test_a_survey_has_a_verdict(results, auc, said):
    test = survey(*auc)
    assert said in survey_verdict(test)
    failed = "no better" in said
    assert bool(warnings(replace(results, tests=(test,)))) == failed
    assert ("cross-validation is optimistic" in survey_verdict(test)) == failed


@pytest.mark.parametrize(
    ("measure", "text"),
    [
        (Measured(-81.8, -83.5, -80.0), "below 0: worse than always saying present"),
        (Measured(0.5, -3.0, 0.9), "0.500 (below 0 to 0.900)"),
        (Measured(0.5, 0.2, 0.9), "0.500 (0.200 to 0.900)"),
        (UNKNOWN, "unknown"),
    ],
)
def test_gain_below_0_is_a_word(measure, text):
    assert prg_text(measure) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (0.001, "< 1 %"),
        (0.5, "50 %"),
        (0.999, "> 99 %"),
        (1, "100 %"),
    ],
)
def test_a_little_is_not_nothing(share, text):
    assert percent(share) == text


def test_a_site_of_a_cell_is_no_reserve(results):
    site = replace(results.understanding.areas[0], kind="site", cells=1)
    assert site_note(site) == "too small for these cells"
    assert site_note(replace(site, cells=4)) == site_note(replace(site, kind="all")) == ""
