"""Fills the pages of a run: overview, curves, importance, evaluation, areas, records."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from layers.states import OTHER_LAND
from planner.report import suitability_plots as plots
from planner.suitability.verdict import (
    site_note,
    survey_verdict,
    threshold_text,
    threshold_warning,
)
from resources.translation import mark, tr
from ui import words
from ui.controls import label
from ui.suitability.results import numbers
from ui.suitability.results.page import Tiles
from ui.suitability.results.plot import PlotView
from ui.suitability.table import TableView
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from matplotlib.axes import Axes

    from planner.suitability import SuitabilityResults
    from planner.suitability.mapped import CurveFound, ZoneArea
    from planner.suitability.measured import EvaluationFound
    from ui.suitability.results.page import Page
    from ui.suitability.work import RunView, Table
    from ui.theme import Theme

_CURVE_PX = 30 * GRID
_WIDE_PX = 42 * GRID
_MOST_FOLDS = 30
_LEAST_SHARE = 0.001
_FIRST = ("line", "reason", "sentence", "remedy", "lon", "lat")
_ZONES = {"all": mark("all"), "country": mark("country"), "site": mark("site")}
MOST_ROWS = 14
"""Rows of a table that are seen without scrolling in it."""


def table(
    name: str,
    told: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numeric: Collection[int] = (),
    stretched: int | None = None,
) -> TableView:
    """Return a table that is as high as its rows, up to `MOST_ROWS` of them."""
    made = TableView(name, told)
    made.show_rows(columns, rows, numbers=numeric)
    made.fit_columns(stretched)
    made.fit_height(MOST_ROWS)
    return made


def fill_overview(page: Page, view: RunView) -> None:
    """Show the measures with their intervals, what limits them, and what was counted."""
    results = view.results
    for found in results.tests:
        page.add_heading(tr("Tested against the survey {name}", name=found.name))
        page.add_text(
            words.stored(survey_verdict(found)), warning="no better" in survey_verdict(found)
        )
        page.add_text(
            tr(
                "Boyce index {value} ({interval}) among all places that were searched.",
                value=numbers.fixed(found.boyce.value),
                interval=numbers.interval(found.boyce),
            )
        )
    page.add_heading(tr("What limits these numbers"))
    warnings, notes = numbers.limits(results)
    for sentence in warnings:
        page.add_text(sentence, warning=True)
    for sentence in notes:
        page.add_text(sentence)
    if not warnings and not notes:
        page.add_text(tr("Nothing was met that should be told."))
    page.add_heading(tr("How well it does where it was not taught"), "evaluate")
    page.add_text(
        tr(
            "Left out in turn: {folds_kind}.",
            folds_kind=numbers.folds(results.evaluation.folds_kind),
        )
    )
    page.add(
        table(
            "measures",
            tr("Measures of the model"),
            (tr("Measure"), tr("Value"), tr("95 % interval"), tr("Meaning")),
            numbers.measure_rows(results),
            numeric=(1,),
            stretched=3,
        )
    )
    page.add_heading(tr("What went in and what came out"), "sample")
    page.add(
        table(
            "counts",
            tr("Counts of the run"),
            ("", tr("Count")),
            numbers.count_rows(results),
            stretched=1,
        )
    )
    _add_null_model(page, results.evaluation)
    page.finish()


def _add_null_model(page: Page, evaluation: EvaluationFound) -> None:
    null = evaluation.null_model
    if null is None:
        return
    page.add_heading(tr("Against models of random records"), "evaluate")
    page.add_text(
        tr(
            "{measure}: {observed}, where {models} models of random records reach "
            "{null_mean} ± {null_sd}. p = {p}, z = {z}.",
            measure=null.measure,
            observed=numbers.fixed(null.observed),
            models=null.models,
            null_mean=numbers.fixed(null.null_mean),
            null_sd=numbers.fixed(null.null_sd),
            p=numbers.fixed(null.p, 3),
            z=numbers.fixed(null.z, 1),
        )
    )


def layer_titles(results: SuitabilityResults) -> dict[str, str]:
    """Return title and unit of each layer by its name."""
    titles = {}
    for layer in results.coverage.layers:
        title = words.stored(layer.title) or words.identifier(layer.name)
        unit = "" if layer.unit in {"", "1"} else f", {layer.unit}"
        titles[layer.name] = f"{title}{unit}"
    return titles


def _draw_curve(axes: Axes, curve: CurveFound) -> None:
    plots.draw_curve(axes, curve)
    axes.set_xlabel("")  # the title of the plot says it


def fill_curves(page: Page, view: RunView, theme: Theme) -> None:
    """Show how suitability changes along each variable."""
    results = view.results
    curves = results.understanding.curves
    page.add_heading(tr("How suitability changes along each variable"), "understand")
    if not curves:
        page.add_text(tr("The run has no response curves."))
        page.finish()
        return
    page.add_text(
        tr(
            "Line: the model; band: models of parts of the records. Below: where presences "
            "(line) and background (grey) lie; elsewhere the curve extrapolates."
        )
    )
    titles = layer_titles(results)
    made = [
        PlotView(
            f"curve_{curve.name}",
            partial(_draw_curve, curve=curve),
            theme,
            title=titles.get(curve.name, curve.name),
            told=tr("Response to {name}", name=titles.get(curve.name, curve.name)),
            size=(26 * GRID, 22 * GRID),
        )
        for curve in curves
    ]
    page.add(Tiles(made, _CURVE_PX))
    page.finish()


def fill_importance(page: Page, view: RunView, theme: Theme) -> None:
    """Show what each variable is worth, and which tell the same."""
    results = view.results
    found = results.understanding.importance
    page.add_heading(tr("What each variable is worth to the model"), "understand")
    if found:
        height = 12 * GRID + 3 * GRID * len(found)
        page.add(
            PlotView(
                "importance_plot",
                partial(plots.draw_importance, importance=found),
                theme,
                told=tr("Loss of AUC where each variable is shuffled"),
                size=(_WIDE_PX, height),
            )
        )
        rows = [
            (item.name, numbers.fixed(item.auc_loss, 3), numbers.fixed(item.percent, 0))
            for item in found
        ]
        page.add(
            table(
                "importance_table",
                tr("Importance of variables"),
                (tr("Variable"), tr("Loss of AUC"), "%"),
                rows,
                numeric=(1, 2),
                stretched=0,
            )
        )
    else:
        page.add_text(tr("The importance of variables is not known for this run."))
    correlations = results.sample.correlations
    if len(correlations.names) > 1:
        page.add_heading(tr("Variables that tell the same"), "sample")
        page.add_text(tr("Rank correlations at the background; above 0.7 in bold."))
        height = 16 * GRID + 4 * GRID * len(correlations.names)
        page.add(
            PlotView(
                "correlation_plot",
                partial(plots.draw_correlations, correlations=correlations),
                theme,
                told=tr("Matrix of rank correlations"),
                size=(_WIDE_PX, height),
            )
        )
    page.finish()


def fill_evaluation(page: Page, view: RunView, theme: Theme) -> None:
    """Show every part that was left out, the calibration, and the thresholds."""
    results = view.results
    page.add_heading(tr("Evaluation"), "evaluate")
    for evaluation in (results.evaluation, *results.further):
        _add_folds(page, evaluation, theme)
    _add_thresholds(page, results.evaluation)
    page.finish()


def _add_folds(page: Page, evaluation: EvaluationFound, theme: Theme) -> None:
    if evaluation.note:
        page.add_text(words.stored(evaluation.note), warning=True)
    if not evaluation.folds:
        return
    page.add_text(
        tr("Left out in turn: {folds_kind}.", folds_kind=numbers.folds(evaluation.folds_kind))
    )
    kind = evaluation.folds_kind
    made = [
        PlotView(
            f"folds_plot_{kind}",
            partial(plots.draw_folds, folds=evaluation.folds[:_MOST_FOLDS]),
            theme,
            title=tr("AUC where it was left out; dashed: chance"),
            told=tr("AUC of each part that was left out"),
            size=(36 * GRID, 30 * GRID),
        )
    ]
    if evaluation.calibration:
        made.append(
            PlotView(
                f"calibration_plot_{kind}",
                partial(plots.draw_calibration, bins=evaluation.calibration),
                theme,
                title=tr("Calibration; lines: 95 % interval"),
                told=tr("Observed share of presences along the prediction"),
                size=(36 * GRID, 30 * GRID),
            )
        )
    page.add(Tiles(made, 40 * GRID, most=2))
    shown = [fold for fold in evaluation.folds if fold.presences]
    reasons = [tr("Why not")] if any(fold.reason for fold in shown) else []
    rows = [
        (
            words.country(fold.name),
            words.number(fold.presences),
            words.number(fold.background),
            numbers.fixed(fold.auc),
            numbers.fixed(fold.tss),
            numbers.fixed(fold.boyce),
            *([words.stored(fold.reason)] if reasons else []),
        )
        for fold in shown
    ]
    page.add(
        table(
            f"folds_{kind}",
            tr("Parts that were left out"),
            (
                tr("Left out"),
                tr("Presences"),
                tr("Background"),
                "AUC",
                "TSS",
                tr("Boyce"),
                *reasons,
            ),
            rows,
            numeric=(1, 2, 3, 4, 5),
            stretched=6 if reasons else 0,
        )
    )
    empty = [words.country(fold.name) for fold in evaluation.folds if not fold.presences]
    if empty:
        page.add_text(tr("No presence lies in: {empty}.", empty=words.listed(empty)))
    if kind == "countries":
        page.add(label(words.other_land_note(), size="small", tone="muted"))


def _add_thresholds(page: Page, evaluation: EvaluationFound) -> None:
    if not evaluation.thresholds:
        return
    page.add_heading(tr("Where suitable begins"), "evaluate")
    rows = [
        (
            words.capital(numbers.rule(item.rule)),
            numbers.fixed(item.value),
            numbers.percent(item.omission),
            numbers.percent(item.background_share),
        )
        for item in evaluation.thresholds
    ]
    page.add(
        table(
            "thresholds",
            tr("Thresholds"),
            (tr("Rule"), tr("Threshold"), tr("Presences missed"), tr("Area called suitable")),
            rows,
            numeric=(1, 2, 3),
            stretched=0,
        )
    )


def fill_areas(page: Page, view: RunView, theme: Theme) -> None:
    """Show suitable land by country and site, what people cost, and where it extrapolates."""
    results = view.results
    understanding = results.understanding
    page.add_heading(tr("Suitable land"), "areas")
    page.add_text(
        tr(
            "{threshold} Sites are those of the catalogue, most of them nominal footprints.",
            threshold=words.stored(threshold_text(results)),
        )
    )
    if threshold_warning(results):
        page.add_text(threshold_warning(results), warning=True)
    today = [item for item in understanding.areas if item.map == "today"]
    countries = _with_suitable_land(today)
    if countries:
        page.add_text(
            tr("States, and other land, with a thousandth and more of all suitable land:")
        )
        height = 10 * GRID + 3 * GRID * len(countries)
        page.add(
            PlotView(
                "areas_plot",
                partial(_draw_areas, areas=countries),
                theme,
                told=tr("Suitable land of each State"),
                size=(_WIDE_PX, height),
            )
        )
    cost = any(item.undisturbed_km2 is not None for item in understanding.areas)
    people = (tr("Without people"), tr("Lost"), tr("Gained")) if cost else ()
    split = any(item.extrapolated_km2 is not None for item in understanding.areas)
    outside = (tr("Of it extrapolated"),) if split else ()
    small = any(site_note(item) for item in understanding.areas)
    rows = [
        (
            item.name,
            _kind(item) if item.map == "today" else f"{_kind(item)}, {item.map}",
            numbers.area(item.area_km2),
            numbers.area(item.suitable_km2),
            *([numbers.area(item.extrapolated_km2)] if outside else []),
            *(numbers.area(value) for value in _disturbed(item)[: len(people)]),
            numbers.fixed(item.mean),
            *([site_note(item)] if small else []),
        )
        for item in understanding.areas
    ]
    columns = [
        tr("Zone"),
        tr("Kind"),
        tr("Land"),
        tr("Suitable"),
        *outside,
        *people,
        tr("Mean"),
    ]
    numeric = range(2, len(columns))
    columns += [tr("Mind")] if small else []
    page.add(label(tr("Areas in km²."), size="small", tone="muted"))
    page.add(
        table(
            "areas_table",
            tr("Suitable land by zone"),
            columns,
            rows,
            numeric=numeric,
            stretched=0,
        )
    )
    page.add(label(words.other_land_note(), size="small", tone="muted"))
    _add_disturbance(page, results)
    _add_extrapolation(page, results)
    page.finish()


def _kind(item: ZoneArea) -> str:
    return tr("other") if item.zone == OTHER_LAND else tr(_ZONES[item.kind])


def _disturbed(item: ZoneArea) -> tuple[float | None, ...]:
    return (item.undisturbed_km2, item.lost_km2, item.gained_km2)


def _add_disturbance(page: Page, results: SuitabilityResults) -> None:
    """Tell by which value each disturbance was taken away, and what a gain is."""
    titles = layer_titles(results)
    used = [
        tr(
            "{layer} set to {undisturbed:g}",
            layer=titles[layer.name],
            undisturbed=layer.undisturbed,
        )
        for layer in results.coverage.layers
        if layer.undisturbed is not None
    ]
    if used:
        page.add_text(tr("Without people is with {used}.", used=words.both(used)))
    if any(item.gained_km2 for item in results.understanding.areas):
        page.add_text(
            tr(
                "Gained is land that is suitable with people only: the model has learnt "
                "that the species, or those who record it, are found near them."
            )
        )


def _draw_areas(axes: Axes, areas: Sequence[ZoneArea]) -> None:
    plots.draw_areas(axes, areas)
    axes.xaxis.set_major_formatter(lambda value, _: words.number(value))


def _with_suitable_land(areas: Sequence[ZoneArea]) -> list[ZoneArea]:
    """Return the countries that a chart can show something of."""

    def most(item: ZoneArea) -> float:
        return max(item.suitable_km2 or 0.0, item.undisturbed_km2 or 0.0)

    countries = [item for item in areas if item.kind == "country"]
    least = _LEAST_SHARE * sum(most(item) for item in countries)
    return [item for item in countries if most(item) > least]


def _add_extrapolation(page: Page, results: SuitabilityResults) -> None:
    page.add_heading(tr("Extrapolation"), "predict")
    titles = layer_titles(results)
    for found in results.maps:
        name = tr("Today") if found.name == "today" else found.name
        told = tr(
            "{name}: {share} of the area is outside what the model has seen.",
            name=name,
            share=numbers.percent(found.extrapolated_share),
        )
        most = sorted(found.most_dissimilar.items(), key=lambda item: -item[1])[:3]
        if most:
            listed = words.listed(f"{titles.get(k, k)} ({numbers.percent(v)})" for k, v in most)
            told = f"{told} {tr('Mostly because of {listed}.', listed=listed)}"
        page.add_text(told)
        for note in found.notes:
            page.add_text(words.stored(note))


def fill_records(page: Page, view: RunView, reasons: Mapping[str, str]) -> None:
    """Show which records were kept and which were rejected, each with its reason."""
    results = view.results
    found, sample = results.records, results.sample
    page.add_heading(tr("Records"), "records")
    page.add_text(
        tr(
            "{read} read, {kept} kept, {rejected} rejected, {flagged} kept with a warning.",
            read=words.number(found.read),
            kept=words.number(found.kept),
            rejected=words.number(found.rejected),
            flagged=words.number(found.flagged),
        )
    )
    counted = [*found.by_reason.items(), *found.flags_by_reason.items()]
    if counted:
        rows = [(reasons.get(name, words.identifier(name)), f"{n:,}") for name, n in counted]
        page.add(
            table(
                "reasons",
                tr("Reasons"),
                (tr("Reason"), tr("Records")),
                rows,
                numeric=(1,),
                stretched=0,
            )
        )
    page.add_heading(tr("From records to presences"), "sample")
    left = (
        (tr("outside the layers"), sample.outside),
        (tr("where a layer has no value"), sample.without_values),
        (tr("at a place less sure than a cell is wide"), sample.too_uncertain),
        (tr("in a cell that has one already"), sample.same_cell),
        (tr("thinned out"), sample.thinned),
        (tr("moved to the nearest cell with values"), sample.snapped),
        (tr("spread over cells by weight"), sample.spread),
    )
    told = words.listed_apart(f"{n:,} {what}" for what, n in left if n)
    page.add_text(
        tr(
            "{presences:,} presences of {records:,} records. {told}",
            presences=sample.presences,
            records=sample.records,
            told=told,
        ).strip()
    )
    _add_table(page, "rejected_records", tr("Rejected"), _told(view.rejected, reasons))
    _add_table(page, "flagged_records", tr("Kept with a warning"), _told(view.flagged, reasons))
    _add_table(page, "presences", tr("Presences learnt from"), view.presences)
    page.finish()


def _told(found: Table, reasons: Mapping[str, str]) -> Table:
    """Return a table of records with the reason first, in words."""
    if "reason" not in found.columns:
        return found
    first = [name for name in _FIRST if name in found.columns]
    order = [*first, *(name for name in found.columns if name not in first)]
    places = [found.columns.index(name) for name in order]
    at = order.index("reason")
    rows = []
    for row in found.rows:
        cells = [row[place] for place in places]
        cells[at] = reasons.get(cells[at], words.identifier(cells[at]))
        rows.append(tuple(cells))
    return replace(found, columns=tuple(order), rows=tuple(rows))


def _add_table(page: Page, name: str, title: str, found: Table) -> None:
    page.add_heading(title)
    if not found.rows:
        page.add_text(tr("None."))
        return
    if found.more:
        page.add_text(
            tr("The first {rows:,}; all are in {path}.", rows=len(found.rows), path=found.path)
        )
    page.add(table(name, title, found.columns, found.rows))
