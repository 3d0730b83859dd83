"""Numbers of a run in words: with their interval, no more digits than they bear, or unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.suitability.verdict import background_share, percent, threshold_warning
from resources.translation import mark, tr, tr_c
from ui import words
from ui.suitability.state import MODEL_TITLES

if TYPE_CHECKING:
    from planner.suitability import SuitabilityResults
    from planner.suitability.measured import Measured

__all__ = ["percent"]

_FEW = 30
_WIDE = 0.3
_MUCH = 0.2
_WEAK = 0.7
_RULES = {
    "max_tss": mark("highest TSS"),
    "p10": mark("10th percentile of presences"),
    "minimum_presence": mark("lowest presence"),
}
_FOLDS = {
    "random": mark("parts at random"),
    "blocks": mark("squares of ground"),
    "countries": mark("one country at a time"),
}


def unknown() -> str:
    """Return what stands for a number that is not known."""
    return tr_c("of a number", "unknown")


def fixed(value: float | None, decimals: int = 2) -> str:
    """Return a number with so many decimals, or the word unknown."""
    return unknown() if value is None else _signed(words.fixed(value, decimals))


def _digits(value: float | None) -> str:
    """Return a number with three digits that count, or the word unknown."""
    return unknown() if value is None else f"{value:.3g}"


def area(value_km2: float | None) -> str:
    """Return an area without its unit, or the word unknown."""
    return unknown() if value_km2 is None else words.fixed(value_km2, 0)


def _km2(value_km2: float | None) -> str:
    return tr("{number} km²", number=area(value_km2))


def interval(measure: Measured) -> str:
    """Return the interval of a measure, or the word unknown."""
    if measure.low is None or measure.high is None:
        return unknown()
    return _signed(tr("{low:.2f} to {high:.2f}", low=measure.low, high=measure.high))


def _signed(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")


def rule(name: str) -> str:
    """Return the name of the rule of a threshold."""
    return tr(_RULES.get(name, name))


def folds(kind: str) -> str:
    """Return what was left out in turn."""
    return tr(_FOLDS.get(kind, kind))


def run_heading(results: SuitabilityResults) -> str:
    """Return the title of a run."""
    model = tr(MODEL_TITLES.get(results.fit.kind, results.fit.kind))
    return f"{words.species(results.species)}: {model}"


def measure_rows(results: SuitabilityResults) -> list[tuple[str, str, str, str]]:
    """Return name, value, interval and meaning of each measure."""
    found = results.evaluation
    rows = (
        ("AUC", found.auc, tr("1 is best, 0.5 is chance")),
        ("TSS", found.tss, tr("at thresholds of the other parts; 1 is best, 0 is chance")),
        (
            tr("Boyce index"),
            found.boyce,
            tr("1 is best, 0 is chance"),
        ),
        ("AUC-PRG", found.auc_prg, tr("1 is best, 0 is chance")),
        (tr("Correlation"), found.correlation, tr("1 is best, 0 is none")),
    )
    return [
        (name, tr("below 0"), "", tr("worse than always saying present"))
        if name == "AUC-PRG" and measure.value is not None and measure.value < 0.0
        else (name, fixed(measure.value), interval(measure), told)
        for name, measure, told in rows
    ]


def count_rows(results: SuitabilityResults) -> list[tuple[str, str]]:
    """Return what went into a run and what came out, each with its number."""
    sample, understanding = results.sample, results.understanding
    total = next(
        (item for item in understanding.areas if item.map == "today" and item.kind == "all"),
        None,
    )
    rows = [
        (tr("Records read"), words.number(results.records.read)),
        (tr("Rejected, with reason"), words.number(results.records.rejected)),
        (tr("Presences learnt from"), words.number(sample.presences)),
        (tr("Background points"), words.number(sample.background)),
        (tr("Side of a cell"), words.distance(results.coverage.cell_m)),
        (
            tr("Threshold"),
            f"{_digits(understanding.threshold)} ({rule(understanding.threshold_rule)})",
        ),
    ]
    share = background_share(results)
    if share is not None:
        rows.append((tr("Background called suitable"), percent(share)))
    if results.maps:
        rows.append((tr("Area extrapolated"), percent(results.maps[0].extrapolated_share)))
    if total is not None:
        rows.append((tr("Suitable land"), _km2(total.suitable_km2)))
        if total.extrapolated_km2 is not None:
            rows.append((tr("Of it extrapolated"), _km2(total.extrapolated_km2)))
        if total.p10_km2 is not None:
            rows.append((tr("By the 10th percentile"), _km2(total.p10_km2)))
        if total.lost_km2 is not None:
            rows.append((tr("Suitable without people"), _km2(total.undisturbed_km2)))
    return rows


def limits(results: SuitabilityResults) -> tuple[list[str], list[str]]:
    """Return what limits the numbers of a run: warnings, and notes to be known."""
    told: list[str] = []
    evaluation, sample = results.evaluation, results.sample
    if evaluation.note:
        told.append(words.stored(evaluation.note))
    if sample.presences < _FEW and results.fit.kind != "expert":
        told.append(
            tr(
                "Only {presences} presences: the numbers can move much with a few more.",
                presences=sample.presences,
            )
        )
    auc = evaluation.auc
    if auc.value is not None and auc.value < _WEAK:
        told.append(
            tr(
                "AUC {value:.2f}: where it was not taught, the model ranks presences "
                "little better than chance.",
                value=auc.value,
            )
        )
    if auc.low is not None and auc.high is not None and auc.high - auc.low > _WIDE:
        told.append(
            tr("The interval of the AUC is wide: other records would give another value.")
        )
    outside = results.maps[0].extrapolated_share if results.maps else None
    if outside is not None and outside > _MUCH:
        told.append(
            tr(
                "{outside} of the area lies outside the conditions that the model has "
                "seen; look at the extrapolation map before believing it there.",
                outside=percent(outside),
            )
        )
    told += [words.stored(text) for text in (threshold_warning(results),) if text]
    told += [words.stored(note) for note in evaluation.notes if "asked for" in note]
    if evaluation.folds_kind == "random":
        told.append(tr("Tested on parts at random: near neighbours flatter the model."))
    parts = (results.records, sample, results.fit, results.coverage)
    return told, [words.stored(note) for part in parts for note in part.notes]
