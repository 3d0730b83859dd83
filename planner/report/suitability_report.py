"""The report of a suitability study after the ODMAP protocol: one HTML file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from layers.errors import LayerReadError
from layers.overview import read_overview
from planner.maps import DISCLAIMER, NOMINAL_NOTICE
from planner.profiles import load_species
from planner.records import listed
from planner.report.odmap import NOT_STATED, SECTIONS, odmap_items
from planner.report.odmap_texts import (
    folds_text,
    measure_text,
    novelty_text,
    reason_text,
    share_text,
)
from planner.report.page import Block, Card, Figure, Heading, Page, Paragraph, Section, Table
from planner.report.suitability_plots import (
    as_png,
    curves_png,
    draw_areas,
    draw_calibration,
    draw_correlations,
    draw_folds,
    draw_importance,
    draw_map,
)
from planner.suitability.defaults import has_profile
from planner.suitability.study_file import flat_settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from planner.report.odmap import Item
    from planner.suitability.folder import RunFolder
    from planner.suitability.results import RasterFound, SuitabilityResults

NOTICE = (
    "Relative suitability, learnt from places where the species was recorded. It is no "
    "probability of occurrence, and it is extrapolated where the map of similarity is below 0."
)
_PICTURED = {
    "suitability": "suitability",
    "without_disturbance": "suitability",
    "similarity": "similarity",
    "most_dissimilar": "classes",
    "agreement": "count",
    "effort": "effort",
}


def suitability_report(results: SuitabilityResults, folder: RunFolder) -> Page:
    """Compose the report of a run.

    Parameters
    ----------
    results : SuitabilityResults
        What the run found.
    folder : RunFolder
        Where its maps are.
    """
    items = odmap_items(results)
    evaluation, understanding = results.evaluation, results.understanding
    today = results.maps[0] if results.maps else None
    everywhere = next(
        (area for area in understanding.areas if area.kind == "all" and area.map == "today"),
        None,
    )
    cards = [
        Card(f"{results.sample.presences:,}", "presences"),
        Card(_short(evaluation.auc.value), "AUC on unseen records"),
        Card(_short(evaluation.boyce.value), "continuous Boyce index"),
    ]
    if everywhere is not None and everywhere.suitable_km2 is not None:
        cards.append(Card(f"{everywhere.suitable_km2:,.0f} km²", "suitable land"))
    if today is not None and today.extrapolated_share is not None:
        cards.append(Card(f"{100 * today.extrapolated_share:.0f} %", "extrapolated"))
    return Page(
        title=results.title,
        lead=f"A study of habitat suitability, reported after the ODMAP protocol. "
        f"Run {results.run_id}.",
        notice=NOTICE,
        cards=tuple(cards),
        sections=(
            *(_section(name, items, results, folder) for name in SECTIONS),
            _limits(results, items),
            _sources(results),
            _repetition(results, folder),
        ),
        footer=(
            DISCLAIMER,
            NOMINAL_NOTICE,
            "ODMAP: Zurell, D. et al. (2020). A standard protocol for reporting species "
            "distribution models. Ecography 43, 1261-1277.",
        ),
    )


def _short(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"


def _section(
    name: str, items: Sequence[Item], results: SuitabilityResults, folder: RunFolder
) -> Section:
    rows = tuple((item.topic, item.name, item.text) for item in items if item.section == name)
    blocks: list[Block] = [Table(f"{name}, by item", ("Topic", "Item", "Statement"), rows)]
    further = {
        "Overview": _overview_blocks,
        "Data": _data_blocks,
        "Model": _model_blocks,
        "Assessment": _assessment_blocks,
        "Prediction": _prediction_blocks,
    }[name]
    return Section(name, (*blocks, *further(results, folder)))


def _overview_blocks(results: SuitabilityResults, folder: RunFolder) -> list[Block]:
    maps = results.maps[0].rasters if results.maps else ()
    return _pictures(folder, [item for item in maps if item.name == "suitability"])


def _data_blocks(results: SuitabilityResults, folder: RunFolder) -> list[Block]:
    records, sample = results.records, results.sample
    blocks: list[Block] = []
    rejected = tuple(
        (reason_text(code), code, f"{count:,}") for code, count in records.by_reason.items()
    )
    if rejected:
        blocks.append(
            Table(
                "Rejected records by reason; rejected.csv beside this report lists each",
                ("Records", "Reason", "Count"),
                rejected,
                frozenset({2}),
            )
        )
    blocks += [
        Table(
            "From records to presences",
            ("Step", "Records"),
            (
                ("read", f"{records.read:,}"),
                ("rejected by the checks", f"{records.rejected:,}"),
                ("kept, some with a warning", f"{records.kept:,} ({records.flagged:,})"),
                ("outside the grid", f"{sample.outside:,}"),
                ("where a layer has no value", f"{sample.without_values:,}"),
                ("moved to the nearest cell with values", f"{sample.snapped:,}"),
                ("at a place less sure than a cell is wide", f"{sample.too_uncertain:,}"),
                ("spread over several cells by weight", f"{sample.spread:,}"),
                ("in a cell that has one already", f"{sample.same_cell:,}"),
                ("thinned out", f"{sample.thinned:,}"),
                ("presences for the model", f"{sample.presences:,}"),
            ),
            frozenset({1}),
        ),
        _layers_table(results),
    ]
    if sample.presences_by_country:
        rows = tuple(
            (code or "outside", f"{count:,}")
            for code, count in sorted(sample.presences_by_country.items())
        )
        blocks.append(
            Table("Presences by country", ("Country", "Presences"), rows, frozenset({1}))
        )
    blocks += _effort_blocks(results, folder)
    if len(sample.correlations.names) > 1:
        size = 2.4 + 0.42 * len(sample.correlations.names)
        blocks.append(
            Figure.from_bytes(
                as_png(
                    partial(draw_correlations, correlations=sample.correlations),
                    width=size,
                    height=size,
                ),
                alt="Matrix of rank correlations between the layers",
                caption="Rank correlation of the layers at the background; bold above 0.7.",
            )
        )
        blocks.append(_collinearity_table(results))
    return blocks


def _layers_table(results: SuitabilityResults) -> Table:
    return Table(
        "Layers: values in cells of the grid, and cells lost because of this layer alone",
        (
            "Layer",
            "Kind",
            "Role",
            "Brought onto the grid",
            "Known cells",
            "Lost alone",
            "Range",
        ),
        tuple(
            (
                layer.name,
                layer.kind,
                layer.role,
                layer.alignment,
                f"{layer.known_cells:,}",
                f"{layer.lost_alone:,}",
                ""
                if layer.lowest is None or layer.highest is None
                else f"{layer.lowest:g} to {layer.highest:g}",
            )
            for layer in results.coverage.layers
        ),
        frozenset({4, 5}),
    )


def _collinearity_table(results: SuitabilityResults) -> Table:
    found = results.sample.correlations
    return Table(
        "Variance inflation factor at the background",
        ("Layer", "VIF"),
        tuple(
            (name, "infinite" if value is None else f"{value:.1f}")
            for name, value in zip(found.names, found.vif, strict=True)
        ),
        frozenset({1}),
    )


def _effort_blocks(results: SuitabilityResults, folder: RunFolder) -> list[Block]:
    sample = results.sample
    path = folder.path / "rasters" / "effort.tif"
    blocks: list[Block] = []
    if sample.effort:
        blocks.append(
            Table(
                "Survey effort by country, as modelled from the records of the target group",
                ("Country", "Counted", "Land, km²", "Per 1000 km²", "Interval", "Relative"),
                tuple(
                    (
                        item.country,
                        f"{item.records:,}",
                        f"{item.area_km2:,.0f}",
                        _three(item.per_1000_km2),
                        f"{_three(item.low)} to {_three(item.high)}",
                        _three(item.relative),
                    )
                    for item in sample.effort
                ),
                frozenset({1, 2, 3, 5}),
            )
        )
    if path.is_file():
        blocks += _picture(path, "effort", "Survey effort, by which the background is weighted")
    else:
        blocks.append(
            Paragraph(
                "Survey effort was taken to be the same everywhere: the background is uniform."
            )
        )
    return blocks


def _three(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3g}"


def _model_blocks(results: SuitabilityResults, _folder: RunFolder) -> list[Block]:
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
                        _three(item.auc_loss),
                        _three(item.auc_loss_sd),
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
                "with the range over the models of the folds (band); below, where presences "
                "(line) and background (grey) lie.",
            )
        )
    return blocks


def _assessment_blocks(results: SuitabilityResults, _folder: RunFolder) -> list[Block]:
    evaluation = results.evaluation
    if evaluation.note:
        return [Paragraph(evaluation.note)]
    blocks: list[Block] = [
        Paragraph(folds_text(results)),
        Table(
            "Performance on records that the model had not seen, with intervals of 95 %",
            ("Measure", "Value and interval"),
            (
                ("AUC", measure_text(evaluation.auc)),
                ("TSS at its best threshold", measure_text(evaluation.tss)),
                ("Continuous Boyce index", measure_text(evaluation.boyce)),
                ("AUC of precision-recall gain", measure_text(evaluation.auc_prg)),
                ("Correlation with presence", measure_text(evaluation.correlation)),
            ),
            frozenset({1}),
        ),
        Table(
            "Each part that was left out",
            ("Part", "Presences", "Background", "AUC", "TSS", "Boyce"),
            tuple(
                (
                    fold.name,
                    f"{fold.presences:,}",
                    f"{fold.background:,}",
                    _three(fold.auc),
                    _three(fold.tss),
                    _three(fold.boyce),
                )
                for fold in evaluation.folds
            ),
            frozenset({1, 2, 3, 4, 5}),
        ),
    ]
    if evaluation.folds:
        blocks.append(
            Figure.from_bytes(
                as_png(partial(draw_folds, folds=evaluation.folds)),
                alt="AUC in every part that was left out",
                caption="AUC in every part that was left out; 0.5 is chance.",
            )
        )
    if evaluation.calibration:
        blocks.append(
            Figure.from_bytes(
                as_png(partial(draw_calibration, bins=evaluation.calibration)),
                alt="Calibration curve",
                caption="Observed share of presences against prediction, with intervals. "
                "Presences and background come in a proportion of our choice, so only the "
                "shape of the curve means something.",
            )
        )
    blocks.append(_thresholds(results))
    if evaluation.null_model is not None:
        blocks.append(_null_table(results))
    return blocks


def _thresholds(results: SuitabilityResults) -> Table:
    return Table(
        "Thresholds on unseen records",
        ("Rule", "Threshold", "Sensitivity", "Omission", "Share of background"),
        tuple(
            (
                item.rule,
                _three(item.value),
                _three(item.sensitivity),
                _three(item.omission),
                _three(item.background_share),
            )
            for item in results.evaluation.thresholds
        ),
        frozenset({1, 2, 3, 4}),
    )


def _null_table(results: SuitabilityResults) -> Table:
    null = results.evaluation.null_model
    rows = (
        ()
        if null is None
        else (
            (
                null.measure,
                f"{null.models:,}",
                _three(null.observed),
                _three(null.null_mean),
                _three(null.null_sd),
                _three(null.z),
                _three(null.p),
            ),
        )
    )
    return Table(
        "Null models: as many random presences, fitted and tested the same way",
        ("Measure", "Models", "This model", "Mean", "s.d.", "z", "p"),
        rows,
        frozenset(range(1, 7)),
    )


def _prediction_blocks(results: SuitabilityResults, folder: RunFolder) -> list[Block]:
    blocks: list[Block] = []
    for maps in results.maps:
        blocks.append(Heading("Today" if maps.name == "today" else f"Projection {maps.name}"))
        blocks.append(Paragraph(share_text(maps.extrapolated_share)))
        blocks += [Paragraph(note) for note in maps.notes]
        if maps.most_dissimilar:
            rows = tuple(
                (name, f"{100 * share:.1f}")
                for name, share in sorted(
                    maps.most_dissimilar.items(), key=lambda item: -item[1]
                )
            )
            blocks.append(
                Table(
                    "Which variable makes the area extrapolated",
                    ("Variable", "Share of it, %"),
                    rows,
                    frozenset({1}),
                )
            )
        shown = [item for item in maps.rasters if item.name != "suitability"]
        blocks += _pictures(folder, shown if maps.name == "today" else maps.rasters)
        blocks += _areas(results, maps.name)
    return blocks


def _areas(results: SuitabilityResults, name: str) -> list[Block]:
    here = [area for area in results.understanding.areas if area.map == name]
    countries = [
        area for area in here if area.kind == "country" and area.suitable_km2 is not None
    ]
    blocks: list[Block] = []
    if countries:
        blocks.append(
            Figure.from_bytes(
                as_png(
                    partial(draw_areas, areas=countries), height=0.9 + 0.34 * len(countries)
                ),
                alt="Suitable land of each country",
                caption="Suitable land of each country.",
            )
        )
    for kind, title in (("country", "country"), ("site", "site")):
        rows = [
            area for area in here if area.kind in {kind, "all" if kind == "country" else ""}
        ]
        if rows:
            blocks.append(
                Table(
                    f"Land by {title}, km²",
                    (
                        "Zone",
                        "Name",
                        "Known land",
                        "Suitable",
                        "Without disturbance",
                        "Lost",
                        "Mean suitability",
                    ),
                    tuple(
                        (
                            area.zone,
                            area.name,
                            f"{area.area_km2:,.0f}",
                            _whole(area.suitable_km2),
                            _whole(area.undisturbed_km2),
                            _whole(area.lost_km2),
                            _three(area.mean),
                        )
                        for area in rows
                    ),
                    frozenset(range(2, 7)),
                )
            )
    return blocks


def _whole(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _pictures(folder: RunFolder, rasters: Sequence[RasterFound]) -> list[Block]:
    blocks: list[Block] = []
    for raster in rasters:
        kind = _PICTURED.get(raster.name.rsplit("/", 1)[-1])
        if kind is not None:
            blocks += _picture(folder.path / raster.path, kind, raster.title)
    return blocks


def _picture(path: Path, kind: str, title: str) -> list[Block]:
    try:
        raster = read_overview(path)
    except LayerReadError as error:
        return [Paragraph(f"Not pictured: {error}")]
    drawn = as_png(
        partial(draw_map, raster=raster, kind=kind, label=kind), width=8.0, height=4.8
    )
    return [Figure.from_bytes(drawn, alt=f"Map: {title}", caption=f"{title}. {path.name}")]


def _limits(results: SuitabilityResults, items: Sequence[Item]) -> Section:
    blocks: list[Block] = [
        Paragraph(
            "The model tells places like those with records from what the area offers. Where "
            "nobody looked, it knows as little as everybody."
        ),
        Paragraph(novelty_text(results)),
    ]
    if has_profile(results.species):
        blocks += [Paragraph(text) for text in load_species(results.species).limits]
    blocks += [Paragraph(note) for note in (*results.coverage.notes, *results.sample.notes)]
    missing = [f"{item.topic}: {item.name}" for item in items if not item.stated]
    if missing:
        blocks.append(
            Paragraph(
                f"Items of the protocol that are {NOT_STATED}: {listed(missing)}. They can be "
                "given under [statements] of the study."
            )
        )
    return Section("Limits", tuple(blocks))


def _sources(results: SuitabilityResults) -> Section:
    table = Table(
        "Layers with their source, licence, true resolution and content",
        ("Layer", "Source", "Licence", "Resolution", "SHA-256"),
        tuple(
            (
                layer.name,
                layer.source or NOT_STATED,
                layer.licence or NOT_STATED,
                layer.resolution or NOT_STATED,
                layer.sha256[:16],
            )
            for layer in results.coverage.layers
        ),
    )
    return Section("Sources", (table,))


def _repetition(results: SuitabilityResults, folder: RunFolder) -> Section:
    steps = Table(
        "Stages as they were run, with the hash of their inputs",
        ("Stage", "Started (UTC)", "Seconds", "Seed", "Inputs"),
        tuple(
            (
                stage.stage,
                stage.started,
                f"{stage.seconds:.1f}",
                "" if stage.seed is None else str(stage.seed),
                stage.inputs_hash[:12],
            )
            for stage in results.stages
        ),
        frozenset({2}),
    )
    hashes = tuple(
        (stage.stage, name, str(digest)[:16])
        for stage in results.stages
        for name, digest in stage.outputs.items()
    )
    settings = tuple(flat_settings(results.study))
    versions = results.stages[-1].versions if results.stages else {}
    told = ", ".join(f"{name} {version}" for name, version in versions.items())
    return Section(
        "How to repeat it",
        (
            Paragraph(
                f"Command: landbridge suitability fit --study {folder.path.name}/study.toml"
            ),
            Paragraph(f"Versions: {told}."),
            Paragraph(
                f"Cite as: {results.title}. Habitat suitability study made with Landbridge "
                f"{versions.get('landbridge', '')}, run {results.run_id}."
            ),
            steps,
            Table("Every setting of the study", ("Setting", "Value"), settings),
            Table(
                "What the stages wrote, with the beginning of its SHA-256",
                ("Stage", "File", "SHA-256"),
                hashes,
            ),
        ),
    )
