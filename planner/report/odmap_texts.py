"""Sentences about a study, for the report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from layers.occurrences.rules import TITLES
from planner.profiles import load_species, species_ids
from planner.records import listed
from planner.suitability.verdict import percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planner.suitability.measured import Measured
    from planner.suitability.results import LayerFound, SuitabilityResults

FOLD_WORDS = {
    "random": "at random",
    "blocks": "in spatial blocks",
    "countries": "country by country",
}


def species_name(species: str) -> str:
    """Return the English name of a species with a profile; of others what the study says."""
    return load_species(species).names.en if species in species_ids() else species


def reason_text(code: str) -> str:
    """Return what a reason for rejecting a record means."""
    if code == "no_certain_presence":
        return "a place where presence is not sure"
    return TITLES.get(code, code.replace("_", " "))


def share_text(share: float | None) -> str:
    """Write how much of the area is extrapolated."""
    if share is None:
        return "The share of extrapolated area is not known."
    return f"{percent(share)} of the predicted area is extrapolated."


def measure_text(measure: Measured) -> str:
    """Write a number with its interval."""
    if measure.value is None:
        return "unknown"
    text = f"{measure.value:.3f}"
    if measure.low is not None and measure.high is not None:
        text += f" ({measure.low:.3f} to {measure.high:.3f})"
    return text


def folds_text(results: SuitabilityResults) -> str:
    """Tell how records were left out."""
    evaluation = results.evaluation
    if not evaluation.folds and evaluation.note:
        return evaluation.note
    side = f" of {evaluation.block_km:g} km" if evaluation.block_km else ""
    how = FOLD_WORDS.get(evaluation.folds_kind, evaluation.folds_kind)
    told = f"Cross-validation {how}{side}, {len(evaluation.folds)} parts."
    return " ".join((told, *evaluation.notes))


def layers_text(results: SuitabilityResults) -> str:
    """List the layers with title and unit."""
    return "; ".join(
        f"{layer.name}"
        + (f" ({layer.title}{f', {layer.unit}' if layer.unit else ''})" if layer.title else "")
        + (f" [{layer.role}]" if layer.role != "habitat" else "")
        for layer in results.coverage.layers
    )


def layer_sources(layers: Sequence[LayerFound]) -> str:
    """List where each layer comes from; names those of which nobody said."""
    return by_saying(
        (
            layer.name,
            f"{layer.source}{f' ({layer.licence})' if layer.licence else ''}"
            if layer.source
            else "source not stated",
        )
        for layer in layers
    )


def by_saying(said: Iterable[tuple[str, str]]) -> str:
    """Tell what is said of each layer, once for all layers of which the same is said.

    Parameters
    ----------
    said : iterable of (name, text)
        Layers of which nothing is said, with an empty text, are left out.
    """
    names: dict[str, list[str]] = {}
    for name, text in said:
        if text:
            names.setdefault(text, []).append(name)
    return " ".join(f"{listed(every)}: {text.rstrip(' .;')}." for text, every in names.items())


def tidy(text: str) -> str:
    """Return a text of joined sentences without two full stops, or one before a semicolon."""
    return re.sub(r"\.+;", ";", re.sub(r"(?<!\.)\.\.(?!\.)", ".", text))


def cleaning(results: SuitabilityResults) -> str:
    """Tell which records were rejected and why."""
    records, sample = results.records, results.sample
    parts = [f"{reason_text(code)} ({count:,})" for code, count in records.by_reason.items()]
    text = f"{records.rejected:,} records rejected" + (f": {listed(parts)}." if parts else ".")
    lost = [
        f"{count:,} {what}"
        for count, what in (
            (sample.without_values, "where a layer has no value"),
            (sample.too_uncertain, "at a place less sure than a cell is wide"),
        )
        if count
    ]
    return text + (f" Left out later: {listed(lost)}." if lost else "")


def settings_text(results: SuitabilityResults) -> str:
    """List the arguments of the model, and what each of its members consists of."""
    parameters = results.fit.parameters
    listed = ", ".join(f"{name} = {value}" for name, value in parameters.items())
    return " ".join((f"{listed or 'defaults'}.", *results.fit.sentences))


def software_text(results: SuitabilityResults) -> str:
    """List the versions that computed."""
    versions = results.stages[-1].versions if results.stages else {}
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def novelty_text(results: SuitabilityResults) -> str:
    """Tell how extrapolation is dealt with, for every set of layers."""
    shares = [
        f"{maps.shown}: {percent(maps.extrapolated_share)}"
        for maps in results.maps
        if maps.extrapolated_share is not None
    ]
    return (
        "Multivariate environmental similarity (Elith et al. 2010) is mapped with the most "
        "dissimilar variable; area outside what the model has seen, "
        f"{'; '.join(shares)}."
        if shares
        else ""
    )


def three_digits(value: float | None) -> str:
    """Write a number with three digits that count."""
    return "unknown" if value is None else f"{value:.3g}"


def whole(value: float | None) -> str:
    """Write a whole number; what is unknown stays empty."""
    return "" if value is None else f"{value:,.0f}"
