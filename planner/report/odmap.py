"""The items of the ODMAP protocol, filled in from a study; what nobody stated is said to be so.

References
----------
.. [1] Zurell, D. et al. (2020). A standard protocol for reporting species distribution models.
   Ecography 43, 1261-1277.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.suitability.understanding.collinearity import (
    STRONG_CORRELATION,
    strongly_correlated,
)
from layers.states import zone_name
from planner.profiles import load_species
from planner.records import listed
from planner.report.odmap_texts import (
    by_saying,
    cleaning,
    folds_text,
    layer_sources,
    layers_text,
    measure_text,
    novelty_text,
    settings_text,
    share_text,
    software_text,
    tidy,
)
from planner.suitability.defaults import has_profile
from planner.suitability.study_file import study_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.suitability.results import SuitabilityResults
    from planner.suitability.study import SuitabilityStudy

NOT_STATED = "not stated"
SECTIONS = ("Overview", "Data", "Model", "Assessment", "Prediction")
_NOTHING = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the protocol.

    Parameters
    ----------
    section, topic, name : str
        Where it stands in the protocol.
    key : str
        Under which the author can state it in the study (``statements``).
    text : str
        What is known; `NOT_STATED` where nothing is.
    """

    section: str
    topic: str
    name: str
    key: str
    text: str

    @property
    def stated(self) -> bool:
        """Whether anything is known."""
        return self.text != NOT_STATED


def odmap_items(results: SuitabilityResults) -> tuple[Item, ...]:
    """Return every item of the protocol in its order.

    Parameters
    ----------
    results : SuitabilityResults
        What a run found, with its study. What the author stated goes before what the run knows.
    """
    study = study_from(results.study)
    parts = (
        _overview(results, study),
        _data(results, study),
        _model(results, study),
        _assessment(results),
        _prediction(results),
    )
    found = []
    for section, part in zip(SECTIONS, parts, strict=True):
        for topic, name, text in part:
            key = f"{topic} {name}".lower().replace(" ", "_").replace("-", "_")
            said = study.statements.get(key) or study.statements.get(
                name.lower().replace(" ", "_"), ""
            )
            whole = tidy(" ".join(one for one in (said, text) if one))
            found.append(Item(section, topic, name, key, whole or NOT_STATED))
    return tuple(found)


_Row = tuple[str, str, str]


def _overview(results: SuitabilityResults, study: SuitabilityStudy) -> Iterator[_Row]:
    coverage, sample = results.coverage, results.sample
    yield "Authorship", "Title", results.title
    yield "Authorship", "Authors", _NOTHING
    yield "Authorship", "Contact", _NOTHING
    yield "Authorship", "DOI", _NOTHING
    yield (
        "Model objective",
        "Objective",
        "Mapping and interpolation."
        + (" Transfer to other conditions." if len(results.maps) > 1 else ""),
    )
    yield (
        "Model objective",
        "Target output",
        "Relative habitat suitability from 0 to 1, and suitable land by a threshold; "
        "no probability of occurrence, for the data hold no absences.",
    )
    yield "Focal taxon", "Focal taxon", _taxon(results.species)
    countries = [zone_name(code) for code in sorted(sample.presences_by_country) if code]
    yield "Location", "Location", listed(countries)
    west, south, east, north = coverage.bounds
    yield (
        "Scale of analysis",
        "Spatial extent",
        f"{west:g}, {south:g}, {east:g}, {north:g} (west, south, east, north; {coverage.crs}).",
    )
    yield (
        "Scale of analysis",
        "Spatial resolution",
        f"{coverage.shape[0]:,} x {coverage.shape[1]:,} cells, about {coverage.cell_m:,.0f} m.",
    )
    yield "Scale of analysis", "Temporal extent", _NOTHING
    yield "Scale of analysis", "Temporal resolution", _NOTHING
    yield (
        "Scale of analysis",
        "Boundary",
        "Cells where every layer has a value"
        + (
            f", background within {study.sampling.reach_km:g} km of presences."
            if study.sampling.reach_km
            else "."
        ),
    )
    yield "Biodiversity data", "Observation type", _observation_type(study)
    yield "Biodiversity data", "Response data type", "presence-only, with background"
    yield "Predictors", "Predictor types", layers_text(results)
    yield "Hypotheses", "Hypotheses", _NOTHING
    yield (
        "Assumptions",
        "Assumptions",
        "The species is at equilibrium with the layers; the layers hold what limits it; "
        "records are as likely at equally suitable places as the sampling says.",
    )
    yield "Algorithms", "Modelling techniques", _technique(results)
    yield "Algorithms", "Model complexity", settings_text(results)
    yield "Algorithms", "Model averaging", _averaging(results)
    yield (
        "Workflow",
        "Model workflow",
        f"Stages: {', '.join(stage.stage for stage in results.stages)}; "
        "each is listed with its inputs at the end.",
    )
    yield "Software", "Software", software_text(results)
    yield "Software", "Code availability", "Landbridge, GPL-3.0-or-later."
    yield "Software", "Data availability", _NOTHING


def _taxon(species: str) -> str:
    if not has_profile(species):
        return species
    names = load_species(species).names
    return f"{names.en} ({names.scientific or species})"


def _observation_type(study: SuitabilityStudy) -> str:
    parts = []
    if study.records.localities:
        parts.append("localities at the level of protected areas, as shipped with Landbridge")
    if study.records.sources:
        parts.append(f"records of {len(study.records.sources)} file(s)")
    told = listed(parts)
    return f"{told[:1].upper()}{told[1:]}."


def _technique(results: SuitabilityResults) -> str:
    members = [name for name in results.fit.members if name != results.fit.kind]
    return f"{results.fit.kind}" + (f" of {listed(members)}" if members else "")


def _averaging(results: SuitabilityResults) -> str:
    if len(results.fit.members) < 2:
        return "None: a single model."
    return f"Members {listed(list(results.fit.members))} are joined; see the model settings."


def _data(results: SuitabilityResults, study: SuitabilityStudy) -> Iterator[_Row]:
    records, coverage, sample = results.records, results.coverage, results.sample
    yield "Biodiversity data", "Taxon names", listed([study.species, *study.records.names])
    yield "Biodiversity data", "Taxonomic reference system", _NOTHING
    yield "Biodiversity data", "Ecological level", "species (records of individuals or places)"
    yield "Biodiversity data", "Data sources", _record_sources(study)
    yield "Biodiversity data", "Sampling design", _NOTHING
    yield (
        "Biodiversity data",
        "Sample size",
        f"{records.read:,} records read, {records.kept:,} kept, {sample.presences:,} presences "
        f"for the model; {sample.background:,} background points.",
    )
    yield (
        "Biodiversity data",
        "Clipping",
        f"{sample.outside:,} records lie outside the grid and were left out.",
    )
    yield (
        "Biodiversity data",
        "Scaling",
        f"One presence per cell: {sample.same_cell:,} records fell into cells that had one."
        if study.sampling.one_per_cell
        else "Records in one cell count each.",
    )
    yield "Biodiversity data", "Cleaning", cleaning(results)
    yield "Biodiversity data", "Absence data", "None."
    yield (
        "Biodiversity data",
        "Background data",
        f"{sample.background:,} of {sample.background_wanted:,} points asked for, drawn "
        f"{study.sampling.background.replace('_', ' ')}"
        + (
            f" within {study.sampling.reach_km:g} km of presences."
            if study.sampling.reach_km
            else "."
        ),
    )
    yield "Biodiversity data", "Errors and biases", " ".join((*records.notes, *sample.notes))
    yield "Data partitioning", "Training data", "All presences, for the model that predicts."
    yield "Data partitioning", "Validation data", folds_text(results)
    yield "Data partitioning", "Test data", ", ".join(test.name for test in results.tests)
    yield "Predictor variables", "Predictor variables", layers_text(results)
    yield "Predictor variables", "Data sources", layer_sources(coverage.layers)
    yield (
        "Predictor variables",
        "Spatial extent and resolution",
        by_saying((layer.name, layer.resolution) for layer in coverage.layers),
    )
    yield "Predictor variables", "Coordinate reference system", coverage.crs
    yield "Predictor variables", "Temporal extent and resolution", _NOTHING
    yield (
        "Predictor variables",
        "Data processing",
        by_saying(
            (layer.name, layer.alignment.removeprefix(f"{layer.name} "))
            for layer in coverage.layers
        ),
    )
    yield "Predictor variables", "Errors and biases", " ".join(coverage.notes)
    yield "Predictor variables", "Dimension reduction", "None."
    yield "Transfer data", "Data sources", _transfer_sources(results, study)
    yield "Transfer data", "Models and scenarios", _transfer_notes(study)
    yield "Transfer data", "Quantification of novelty", novelty_text(results)


def _record_sources(study: SuitabilityStudy) -> str:
    names = [source.path.rsplit("/", 1)[-1] for source in study.records.sources]
    if study.records.localities:
        names.append("localities.csv of Landbridge, with the source of each line")
    return f"{listed(names)}."


def _transfer_sources(results: SuitabilityResults, study: SuitabilityStudy) -> str:
    if len(results.maps) < 2:
        return "No transfer."
    return "; ".join(
        f"{item.shown}: {', '.join(sorted(item.layers))}" for item in study.projections
    )


def _transfer_notes(study: SuitabilityStudy) -> str:
    if not study.projections:
        return "No transfer."
    return " ".join(f"{item.shown}: {item.note}" for item in study.projections if item.note)


def _model(results: SuitabilityResults, study: SuitabilityStudy) -> Iterator[_Row]:
    understanding = results.understanding
    yield "Variable pre-selection", "Variable pre-selection", _NOTHING
    yield "Multicollinearity", "Multicollinearity", _collinearity(results)
    yield "Model settings", "Settings", settings_text(results)
    yield "Model settings", "Extrapolation", novelty_text(results)
    yield (
        "Model estimates",
        "Parameter uncertainty",
        "Range of the response curves over the models of the folds; see the figures.",
    )
    yield (
        "Model estimates",
        "Variable importance",
        ", ".join(
            f"{item.name} {item.percent:.0f} %"
            for item in understanding.importance
            if item.percent is not None
        ),
    )
    yield "Model selection", "Model selection", " ".join(results.fit.notes)
    yield "Model selection", "Model ensembles", _averaging(results)
    yield (
        "Non-independence",
        "Spatial autocorrelation",
        f"{folds_text(results)} Thinning distance: {study.sampling.thinning_km:g} km, "
        f"{results.sample.thinned:,} presences thinned out.",
    )
    yield "Non-independence", "Temporal autocorrelation", _NOTHING
    yield "Non-independence", "Nested data", _NOTHING
    yield (
        "Threshold selection",
        "Threshold selection",
        f"{understanding.threshold_rule}: {understanding.threshold:.3f}, on predictions for "
        "records that the model had not seen."
        if understanding.threshold is not None
        else "",
    )


def _collinearity(results: SuitabilityResults) -> str:
    found = results.sample.correlations
    if not found.names:
        return ""
    matrix = np.array(found.spearman, dtype=np.float64)  # None becomes NaN
    pairs = [
        f"{found.names[i]} and {found.names[j]} ({matrix[i, j]:.2f})"
        for i, j in strongly_correlated(matrix)
    ]
    limit = f"{STRONG_CORRELATION:g} or more in absolute value"
    return (
        f"Rank correlation of {limit}: {'; '.join(pairs)}."
        if pairs
        else f"No pair of layers has a rank correlation of {limit}."
    )


def _assessment(results: SuitabilityResults) -> Iterator[_Row]:
    evaluation = results.evaluation
    yield "Performance statistics", "Performance on training data", _NOTHING
    yield (
        "Performance statistics",
        "Performance on validation data",
        evaluation.note
        if evaluation.note and not evaluation.folds
        else f"AUC {measure_text(evaluation.auc)}, TSS {measure_text(evaluation.tss)}, "
        f"continuous Boyce index {measure_text(evaluation.boyce)}. {folds_text(results)}",
    )
    yield (
        "Performance statistics",
        "Performance on test data",
        "; ".join(
            f"{test.name}: AUC {measure_text(test.auc)}, Boyce index "
            f"{measure_text(test.boyce)}, {test.found:,} of {test.on_map:,} places with "
            "the species"
            for test in results.tests
        ),
    )
    null = evaluation.null_model
    yield (
        "Performance statistics",
        "Null model",
        f"{null.models} models of random presences: {null.measure} "
        f"{_three(null.null_mean)} (s.d. {_three(null.null_sd)}), "
        f"the model {_three(null.observed)}, p = {_three(null.p)}."
        if null is not None
        else evaluation.note or "No null models were asked for.",
    )
    yield "Plausibility check", "Response shapes", "See the response curves."
    yield "Plausibility check", "Expert judgement", _NOTHING


def _three(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"


def _prediction(results: SuitabilityResults) -> Iterator[_Row]:
    yield "Prediction output", "Prediction unit", "relative suitability from 0 to 1"
    yield (
        "Prediction output",
        "Post-processing",
        "What people cost is told by setting the disturbance layers aside."
        if any(raster.name.endswith("without_disturbance") for raster in results.rasters)
        else "None.",
    )
    yield (
        "Uncertainty quantification",
        "Algorithmic uncertainty",
        "Agreement of the members as a map."
        if len(results.fit.members) > 1
        else "One algorithm: not quantified.",
    )
    yield "Uncertainty quantification", "Uncertainty in input data", _NOTHING
    yield (
        "Uncertainty quantification",
        "Parameter uncertainty",
        "Range of the response curves over the models of the folds.",
    )
    yield "Uncertainty quantification", "Scenario uncertainty", _NOTHING
    today = next(iter(results.maps), None)
    share = share_text(today.extrapolated_share) if today is not None else ""
    yield (
        "Uncertainty quantification",
        "Novel environments",
        f"{share} {novelty_text(results)}".strip(),
    )
