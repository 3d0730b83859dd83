"""What a run found, told in a few lines at the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from layers.states import zone_name
from planner.cli.suitability.land import tell_land
from planner.records import listed
from planner.report.odmap_texts import measure_text, reason_text, share_text
from planner.suitability.verdict import survey_verdict

if TYPE_CHECKING:
    from rich.console import Console

    from planner.suitability import RunFolder
    from planner.suitability.measured import EvaluationFound
    from planner.suitability.results import SuitabilityResults

_NAMED = (
    ("report.html", "report after ODMAP"),
    ("rasters/suitability.tif", "map"),
    ("rejected.csv", "rejected records with the reason of each"),
    ("results.json", "every number"),
    ("study.toml", "the study, to run it again"),
)


def tell_results(console: Console, folder: RunFolder) -> None:
    """Tell what a run found: counts, skill, extrapolation, land, files."""
    results = folder.results()
    for test in results.tests:
        console.print(f"[bold]{escape(survey_verdict(test))}[/]", soft_wrap=True)
    _tell_records(console, results)
    tell_evaluation(console, results.evaluation)
    for maps in results.maps:
        console.print(f"Maps, {escape(maps.shown)}: {share_text(maps.extrapolated_share)}")
        for unseen in maps.unseen:
            console.print(f"  {escape(unseen.sentence)}", soft_wrap=True)
    tell_land(console, results)
    console.print("\nWritten:")
    for name, what in _NAMED:
        path = folder.path / name
        if path.is_file():
            console.print(f"  {escape(str(path))}  [dim]{what}[/]", soft_wrap=True)


def _tell_records(console: Console, results: SuitabilityResults) -> None:
    records, sample = results.records, results.sample
    console.print(
        f"Records: {records.read:,} read, {records.rejected:,} rejected, {records.kept:,} "
        f"kept; {sample.presences:,} presences and {sample.background:,} background points.",
        soft_wrap=True,
    )
    for code, count in records.by_reason.items():
        console.print(f"  rejected, {reason_text(code)}: {count:,}", soft_wrap=True)
    for count, what in (
        (sample.outside, "outside the layers"),
        (sample.without_values, "where a layer has no value"),
        (sample.too_uncertain, "at a place less sure than a cell is wide"),
        (sample.same_cell, "in a cell that has one already"),
        (sample.thinned, "thinned out"),
    ):
        if count:
            console.print(f"  left out, {what}: {count:,}")
    for note in (*results.coverage.notes, *sample.notes, *results.fit.notes):
        console.print(f"  {escape(note)}", style="dim", soft_wrap=True)


def tell_evaluation(console: Console, evaluation: EvaluationFound) -> None:
    """Tell how well a model does on records that it had not seen."""
    if evaluation.note:
        console.print(escape(evaluation.note), soft_wrap=True)
    if not evaluation.folds:
        return
    console.print(
        f"Left-out records ({evaluation.folds_kind}): AUC {measure_text(evaluation.auc)}, TSS "
        f"at thresholds of the other parts {measure_text(evaluation.tss)}, Boyce "
        f"{measure_text(evaluation.boyce)}.",
        soft_wrap=True,
    )
    for note in evaluation.notes:
        console.print(f"  {escape(note)}", style="dim", soft_wrap=True)
    table = Table(show_edge=False, pad_edge=False)
    reasons = any(fold.reason for fold in evaluation.folds if fold.presences)
    for header in ("part", "presences", "background", "AUC", "TSS", "Boyce"):
        table.add_column(header, justify="left" if header == "part" else "right")
    if reasons:
        table.add_column("why not", overflow="fold")
    for fold in evaluation.folds:
        if not fold.presences:
            continue
        table.add_row(
            escape(zone_name(fold.name)),
            f"{fold.presences:,}",
            f"{fold.background:,}",
            *(_number(value) for value in (fold.auc, fold.tss, fold.boyce)),
            *([escape(fold.reason)] if reasons else []),
        )
    console.print(table)
    empty = [zone_name(fold.name) for fold in evaluation.folds if not fold.presences]
    if empty:
        told = f"Without a row, for no presence lies in it: {listed(empty)}."
        console.print(escape(told), style="dim", soft_wrap=True)
    null = evaluation.null_model
    if null is not None:
        console.print(
            f"Null models ({null.models}): {escape(null.measure)} {_number(null.observed)} "
            f"against {_number(null.null_mean)}, p = {_number(null.p)}.",
            soft_wrap=True,
        )


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"
