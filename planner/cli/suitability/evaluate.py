"""``landbridge suitability evaluate``: how well a run does where it was not taught."""

from __future__ import annotations

from functools import partial
from pathlib import Path  # noqa: TC003 - the command line reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from planner.cli.step_bars import run_with_bars
from planner.cli.suitability.options import (
    ProjectOption,
    RunArgument,
    ThreadsOption,
    pairs,
    run_at,
)
from planner.cli.suitability.summary import tell_evaluation
from planner.report.odmap_texts import measure_text
from planner.suitability.study import RecordSource
from planner.suitability.study_file import changed_study
from planner.suitability.survey import survey_test
from planner.suitability.threads import using_threads
from planner.suitability.verdict import survey_verdict
from planner.suitability.workflow import evaluate_run, renew_report

if TYPE_CHECKING:
    from planner.progress import StepProgress
    from planner.suitability import RunFolder
    from planner.suitability.measured import EvaluationFound, FieldTestFound
    from planner.suitability.study import EvaluationSettings


def evaluate(  # noqa: PLR0913 - one parameter per option of the command line
    run: RunArgument,
    *,
    cv: Annotated[
        str | None,
        typer.Option("--cv", metavar="KIND", help="Folds: random, blocks or countries."),
    ] = None,
    folds: Annotated[
        int | None, typer.Option("--folds", metavar="NUMBER", help="How many folds.")
    ] = None,
    block_km: Annotated[
        float | None, typer.Option(metavar="KM", help="Side of a block of ground.")
    ] = None,
    null_models: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Models of random presences.")
    ] = None,
    test: Annotated[
        list[Path] | None,
        typer.Option("--test", metavar="FILE", help="Survey: places with and without it."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="ROLE=NAME", help="What a column of the survey is."),
    ] = None,
    project: ProjectOption = None,
    threads: ThreadsOption = None,
) -> None:
    """Show how well a run does on records it was not taught; test it in other ways.

    Without options the evaluation of the run is shown. With others, the model is fitted and
    tested on other folds, such as country by country: does a model that was trained on one side
    of the border hold on the other? A survey, with a count of 0 where the species was searched
    for and not found, is the hardest test. Both are kept beside the run and in its report.

    For example:

    - landbridge suitability evaluate run --cv countries

    - landbridge suitability evaluate run --test survey.csv --column count=detections
    """
    console = Console(highlight=False)
    folder = run_at(run, project)
    results = folder.results()
    wanted = (cv, folds, block_km, null_models)
    if all(value is None for value in wanted) and not test:
        for found in results.tests:
            _tell_test(console, found)
        tell_evaluation(console, results.evaluation)
        for further in results.further:
            tell_evaluation(console, further)
        return
    with using_threads(threads):
        if any(value is not None for value in wanted):
            changed = changed_study(
                folder.study(),
                {
                    "evaluation": {
                        "folds": cv,
                        "count": folds,
                        "block_km": block_km,
                        "null_models": null_models,
                    }
                },
            )
            steps = {"evaluate": ("Evaluation", 1.0)}
            tell_evaluation(
                console,
                run_with_bars(console, steps, partial(_evaluated, folder, changed.evaluation)),
            )
        for path in test or ():
            source = RecordSource(
                path=path.absolute().as_posix(), columns=pairs(column or (), "A column")
            )
            _tell_test(console, survey_test(folder, source))
    run_with_bars(
        console, {"report": ("Report after ODMAP", 1.0)}, partial(renew_report, folder)
    )


def _evaluated(
    folder: RunFolder, settings: EvaluationSettings, progress: StepProgress
) -> EvaluationFound:
    with progress.step("evaluate") as control:
        return evaluate_run(folder, settings, control)


def _tell_test(console: Console, found: FieldTestFound) -> None:
    console.print(f"[bold]{escape(survey_verdict(found))}[/]", soft_wrap=True)
    console.print(
        f"Survey {escape(found.name)}: {found.places:,} places, {found.on_map:,} on the map, "
        f"{found.found:,} with the species. AUC {measure_text(found.auc)}, Boyce "
        f"{measure_text(found.boyce)}.",
        soft_wrap=True,
    )
