"""What must be said beside the numbers of a run, so that nobody takes them for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resources.translation import filled, mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.suitability.mapped import ZoneArea
    from planner.suitability.measured import FieldTestFound, Measured, Number
    from planner.suitability.results import SuitabilityResults

FEW_PRESENCES = 30
"""Presences below which a choice is warned of: numbers move much with a few more."""
MUCH_EXTRAPOLATED = 0.5
"""Share of the area from which a choice is warned of."""
WIDE_BACKGROUND = 0.4
"""Share of the background from which a threshold tells little."""
LOW_THRESHOLD = 0.05
FEWEST_CELLS = 4
"""Cells below which a site is too small for a map."""
_GOOD_AUC = 0.7
_CHANCE = 0.5

RULE_WORDS = {
    "max_tss": "the highest TSS on unseen records",
    "p10": "the 10th percentile of presences",
    "minimum_presence": "the lowest presence",
}


def rule_text(rule: str) -> str:
    """Return the rule of a threshold in words."""
    return RULE_WORDS.get(rule, rule)


def percent(share: float | None) -> str:
    """Write a share as a percentage: 0 % means none at all."""
    if share is None:
        return "unknown"
    if 0.0 < share < 0.01:
        return "< 1 %"
    if 0.99 < share < 1.0:
        return "> 99 %"
    return f"{100.0 * share:.0f} %"


def whole_map(results: SuitabilityResults, name: str = "today") -> ZoneArea | None:
    """Return the land of the whole of a map, or None where it was not measured."""
    areas = results.understanding.areas
    return next((area for area in areas if area.map == name and area.kind == "all"), None)


def background_share(results: SuitabilityResults) -> Number:
    """Return the share of the background that the threshold of the run calls suitable."""
    rule = results.understanding.threshold_rule
    found = (item for item in results.evaluation.thresholds if item.rule == rule)
    return next((item.background_share for item in found), None)


def threshold_text(results: SuitabilityResults) -> str:
    """Tell where suitable begins: the value, its rule, and how much of the background it takes.

    The area by the 10th percentile of presences stands beside it, where it is known.
    """
    understanding = results.understanding
    if understanding.threshold is None:
        return ""
    rule = rule_text(understanding.threshold_rule)
    share = background_share(results)
    if share is None:
        text = filled(
            "Suitable from {threshold:.3g} on: {rule}.",
            threshold=understanding.threshold,
            rule=rule,
        )
    else:
        text = filled(
            "Suitable from {threshold:.3g} on: {rule}, which takes {share} of the background.",
            threshold=understanding.threshold,
            rule=rule,
            share=percent(share),
        )
    land, p10 = whole_map(results), results.evaluation.threshold("p10")
    if land is not None and land.p10_km2 is not None and p10 is not None:
        more = filled(
            "That is {area:,.0f} km²; by {rule} ({value:.3g}) it would be {other:,.0f} km².",
            area=land.suitable_km2 or 0.0,
            rule=rule_text("p10"),
            value=p10,
            other=land.p10_km2,
        )
        text = f"{text} {more}"
    return text


def threshold_warning(results: SuitabilityResults) -> str:
    """Tell why the area of suitable land is to be taken with care; empty where it is not."""
    threshold, share = results.understanding.threshold, background_share(results)
    if share is not None and share > WIDE_BACKGROUND:
        return filled(
            "The threshold calls {share} of the background suitable, so the area of "
            "suitable land tells little.",
            share=percent(share),
        )
    if threshold is not None and threshold < LOW_THRESHOLD:
        return filled(
            "The threshold of {threshold:.3g} is very low: land counts as suitable "
            "that the model rates near nothing.",
            threshold=threshold,
        )
    return ""


def extrapolation_warning(share: Number, area: str = mark("predicted area")) -> str:
    """Tell that most of an area is extrapolated; empty where it is not."""
    if share is None or share <= MUCH_EXTRAPOLATED:
        return ""
    return filled(
        "{share} of the {area} is extrapolated: its conditions are outside what the "
        "model has seen, and suitability there is a guess.",
        share=percent(share),
        area=area,
    )


def presences_warning(results: SuitabilityResults) -> str:
    """Tell that a model rests on few presences; empty where it does not."""
    if results.fit.kind == "expert" or results.sample.presences >= FEW_PRESENCES:
        return ""
    return (
        f"The model rests on {results.sample.presences} presences: its numbers can move much "
        "with a few more."
    )


def survey_verdict(test: FieldTestFound) -> str:
    """Tell in a sentence how the map did in a survey that the model was not taught."""
    auc = test.auc
    told = filled(
        "On the survey {name} ({found:,} of {on_map:,} places with the species)",
        name=test.name,
        found=test.found,
        on_map=test.on_map,
    )
    if auc.value is None:
        return filled("{told} the map could not be judged.", told=told)
    figure = _auc_told(auc)
    if auc.value <= _CHANCE or (auc.low is not None and auc.low <= _CHANCE):
        return filled(
            "{told} the map does no better than chance ({figure}); the "
            "cross-validation is optimistic.",
            told=told,
            figure=figure,
        )
    if auc.value < _GOOD_AUC:
        return filled(
            "{told} the map does a little better than chance ({figure}).",
            told=told,
            figure=figure,
        )
    return filled(
        "{told} the map tells places with the species from others ({figure}).",
        told=told,
        figure=figure,
    )


def _auc_told(auc: Measured) -> str:
    if auc.low is None or auc.high is None:
        return filled("AUC {value:.2f}", value=auc.value)
    return filled(
        "AUC {value:.2f}, {low:.2f} to {high:.2f}", value=auc.value, low=auc.low, high=auc.high
    )


def warnings(
    results: SuitabilityResults, region_share: Number = None, region: str = ""
) -> tuple[str, ...]:
    """Return what whoever builds on a run must know, one sentence each.

    Parameters
    ----------
    results : SuitabilityResults
        The run.
    region_share : float, optional
        Share of a project's region that is extrapolated; takes the place of the share of the
        whole map.
    region : str
        Name of that region.
    """
    today = results.maps[0].extrapolated_share if results.maps else None
    extrapolated = (
        extrapolation_warning(today)
        if region_share is None
        else extrapolation_warning(region_share, f"region {region}".strip())
    )
    surveys = [survey_verdict(test) for test in results.tests if _fails(test)]
    return _told(
        (extrapolated, *surveys, presences_warning(results), threshold_warning(results))
    )


def _fails(test: FieldTestFound) -> bool:
    value, low = test.auc.value, test.auc.low
    return value is not None and (value <= _CHANCE or (low is not None and low <= _CHANCE))


def _told(sentences: Iterable[str]) -> tuple[str, ...]:
    return tuple(sentence for sentence in sentences if sentence)


def prg_text(measure: Measured, decimals: int = 3) -> str:
    """Write an area under precision-recall gain; below 0 its size has no meaning."""
    if measure.value is None:
        return "unknown"
    if measure.value < 0.0:
        return "below 0: worse than always saying present"
    text = f"{measure.value:.{decimals}f}"
    if measure.low is not None and measure.high is not None:
        low = "below 0" if measure.low < 0.0 else f"{measure.low:.{decimals}f}"
        text += f" ({low} to {measure.high:.{decimals}f})"
    return text


def site_note(area: ZoneArea) -> str:
    """Tell that a site is too small for the cells of the map; empty where it is not."""
    if area.kind != "site" or area.cells is None or area.cells >= FEWEST_CELLS:
        return ""
    return "too small for these cells"
