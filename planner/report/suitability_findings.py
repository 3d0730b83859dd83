"""What a study found: the model, its tests and its maps, for its report."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from layers.states import OTHER_LAND_NOTE, zone_name
from planner.records import listed
from planner.report.odmap_texts import (
    FOLD_WORDS,
    folds_text,
    measure_text,
    share_text,
    three_digits,
)
from planner.report.page import Block, Figure, Heading, Paragraph, Table
from planner.report.suitability_land import land_blocks
from planner.report.suitability_pictures import pictures
from planner.report.suitability_plots import (
    as_png,
    curves_png,
    draw_calibration,
    draw_folds,
    draw_importance,
)
from planner.suitability.verdict import percent, prg_text, rule_text, survey_verdict

if TYPE_CHECKING:
    from planner.suitability.folder import RunFolder
    from planner.suitability.measured import NullModelFound, ThresholdFound
    from planner.suitability.results import SuitabilityResults


def model_blocks(results: SuitabilityResults, _folder: RunFolder) -> list[Block]:
    """Tell the model: its arguments, importance of the variables, response curves."""
    understanding = results.understanding
    blocks: list[Block] = [Paragraph(note) for note in results.fit.notes]
    if results.fit.parameters:
        blocks.append(
            Table(
                "Arguments of the model",
                ("Argument", "Value"),
                tuple(results.fit.parameters.items()),
            )
        )
    if understanding.importance:
        blocks.append(
            Figure.from_bytes(
                as_png(
                    partial(draw_importance, importance=understanding.importance),
                    height=0.8 + 0.28 * len(understanding.importance),
                ),
                alt="Loss of AUC of each variable where it is shuffled",
                caption="Permutation importance.",
            )
        )
        blocks.append(
            Table(
                "Permutation importance",
                ("Variable", "Loss of AUC", "s.d.", "Percent"),
                tuple(
                    (
                        item.name,
                        three_digits(item.auc_loss),
                        three_digits(item.auc_loss_sd),
                        "" if item.percent is None else f"{item.percent:.1f}",
                    )
                    for item in understanding.importance
                ),
                frozenset({1, 2, 3}),
            )
        )
    if understanding.curves:
        titles = {
            layer.name: f"{layer.title or layer.name}{f', {layer.unit}' if layer.unit else ''}"
            for layer in results.coverage.layers
        }
        blocks.append(
            Figure.from_bytes(
                curves_png(understanding.curves, titles),
                alt="Response curves of all variables",
                caption="Suitability along each variable, averaged over the background (line), "
                "with the range over it and the models of the folds (band); below, where "
                "presences (line) and background (grey) lie.",
            )
        )
    return blocks


def assessment_blocks(results: SuitabilityResults, _folder: RunFolder) -> list[Block]:
    """Tell how the model did on records that it had not seen, and in surveys."""
    evaluation = results.evaluation
    if not evaluation.folds:
        return [Paragraph(evaluation.note), *_further_blocks(results)]
    blocks: list[Block] = [
        *([Paragraph(evaluation.note)] if evaluation.note else []),
        Paragraph(folds_text(results)),
        Table(
            "Performance on records that the model had not seen, with intervals of 95 % "
            "(percentiles of resampled presences, around the value)",
            ("Measure", "Value and interval"),
            (
                ("AUC", measure_text(evaluation.auc)),
                (
                    "TSS at thresholds set on the other parts",
                    measure_text(evaluation.tss),
                ),
                ("Continuous Boyce index", measure_text(evaluation.boyce)),
                ("AUC of precision-recall gain", prg_text(evaluation.auc_prg)),
                ("Correlation with presence", measure_text(evaluation.correlation)),
            ),
            frozenset({1}),
        ),
        Table(
            "Each part that was left out",
            (
                "Part",
                "Presences",
                "Background",
                "AUC",
                "TSS at the threshold of the other parts",
                "Boyce",
                "Why there is none",
            ),
            tuple(
                (
                    zone_name(fold.name),
                    f"{fold.presences:,}",
                    f"{fold.background:,}",
                    three_digits(fold.auc),
                    three_digits(fold.tss),
                    three_digits(fold.boyce),
                    fold.reason,
                )
                for fold in evaluation.folds
                if fold.presences
            ),
            frozenset({1, 2, 3, 4, 5}),
        ),
    ]
    empty = [zone_name(fold.name) for fold in evaluation.folds if not fold.presences]
    if empty:
        blocks.append(Paragraph(f"Without a row, for no presence lies in it: {listed(empty)}."))
    if evaluation.folds_kind == "countries":
        blocks.append(Paragraph(OTHER_LAND_NOTE))
    if evaluation.folds:
        blocks.append(
            Figure.from_bytes(
                as_png(
                    partial(
                        draw_folds,
                        folds=[fold for fold in evaluation.folds if fold.presences],
                    )
                ),
                alt="AUC in every part that was left out",
                caption="AUC in every part that was left out; 0.5 is chance.",
            )
        )
    if evaluation.calibration:
        blocks.append(
            Figure.from_bytes(
                as_png(partial(draw_calibration, bins=evaluation.calibration)),
                alt="Calibration curve",
                caption="How dense presences are (with intervals) against what was predicted, "
                "both relative to the mean of the background: 1 is as dense as chance, 0 means "
                "that no presence lies there. Classes hold as much background each, so that "
                "all classes without a presence share one upper limit. A calibrated model lies "
                "on the dashed line.",
            )
        )
    blocks.append(_thresholds(results))
    if evaluation.null_model is not None:
        blocks.append(_null_table(evaluation.null_model))
    return [*blocks, *_further_blocks(results)]


def _further_blocks(results: SuitabilityResults) -> list[Block]:
    """Tell tests on other folds, and against surveys."""
    blocks: list[Block] = []
    if results.further:
        rows = tuple(
            (
                FOLD_WORDS.get(item.folds_kind, item.folds_kind),
                str(len(item.folds)),
                measure_text(item.auc) if item.folds else item.note,
                measure_text(item.tss),
                measure_text(item.boyce),
            )
            for item in results.further
        )
        heads = ("Left out", "Parts", "AUC", "TSS", "Boyce")
        blocks.append(Table("The same model on other folds", heads, rows))
        for item in results.further:
            if item.folds and item.note:
                blocks.append(Paragraph(item.note))
            if item.null_model is not None:
                blocks.append(_null_table(item.null_model))
    blocks += [Paragraph(survey_verdict(test)) for test in results.tests]
    if results.tests:
        surveys = tuple(
            (
                test.name,
                f"{test.on_map:,} of {test.places:,}",
                f"{test.found:,}",
                measure_text(test.auc),
                measure_text(test.boyce),
                three_digits(test.tss),
            )
            for test in results.tests
        )
        shown = ("Survey", "Places on the map", "With the species", "AUC", "Boyce", "TSS")
        caption = (
            "Against surveys that the model was not taught: AUC of places with the species "
            "against places without it, Boyce index among all places searched"
        )
        blocks.append(Table(caption, shown, surveys))
    return blocks


def _thresholds(results: SuitabilityResults) -> Table:
    return Table(
        "Thresholds on unseen records, with the best TSS there is over all of them",
        ("Rule", "Threshold", "Best TSS", "Sensitivity", "Omission", "Share of background"),
        tuple(
            (
                rule_text(item.rule),
                three_digits(item.value),
                _best_tss(item),
                three_digits(item.sensitivity),
                three_digits(item.omission),
                three_digits(item.background_share),
            )
            for item in results.evaluation.thresholds
        ),
        frozenset({1, 2, 3, 4, 5}),
    )


def _best_tss(item: ThresholdFound) -> str:
    """Return the highest TSS for the rule that looks for it; empty for the others."""
    if item.rule != "max_tss" or item.sensitivity is None or item.background_share is None:
        return ""
    return three_digits(item.sensitivity - item.background_share)


def _null_table(null: NullModelFound) -> Table:
    return Table(
        "Null models: as many random presences, fitted and tested the same way",
        ("Measure", "Models", "This model", "Mean", "s.d.", "z", "p"),
        (
            (
                null.measure,
                f"{null.models:,}",
                three_digits(null.observed),
                three_digits(null.null_mean),
                three_digits(null.null_sd),
                three_digits(null.z),
                three_digits(null.p),
            ),
        ),
        frozenset(range(1, 7)),
    )


def prediction_blocks(results: SuitabilityResults, folder: RunFolder) -> list[Block]:
    """Tell the maps: extrapolation, pictures, land by country and site."""
    blocks: list[Block] = []
    for maps in results.maps:
        blocks.append(Heading("Today" if maps.name == "today" else f"Projection {maps.shown}"))
        blocks.append(Paragraph(share_text(maps.extrapolated_share)))
        blocks += [Paragraph(note) for note in maps.notes]
        if maps.most_dissimilar:
            rows = tuple(
                (name, percent(share))
                for name, share in sorted(
                    maps.most_dissimilar.items(), key=lambda item: -item[1]
                )
            )
            blocks.append(
                Table(
                    "Which variable makes the area extrapolated",
                    ("Variable", "Share of it"),
                    rows,
                    frozenset({1}),
                )
            )
        shown = [item for item in maps.rasters if item.name != "suitability"]
        blocks += pictures(folder, shown if maps.name == "today" else maps.rasters)
        blocks += land_blocks(results, maps.name)
    return blocks
