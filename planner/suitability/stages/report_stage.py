"""Stage: the results in one file, and the report after ODMAP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.pipeline.runner import Step
from planner.report.suitability_report import suitability_report
from planner.suitability.assembly import assembled, stage_results
from planner.suitability.folder import REPORT, RESULTS
from planner.suitability.results import write_result
from planner.suitability.study_file import study_content
from resources.translation import mark

if TYPE_CHECKING:
    from algorithms.control import Control
    from planner.suitability.context import StudyContext

STAGE = "report"


def report_step(context: StudyContext) -> Step:
    """Describe the stage."""
    folder = context.folder
    return Step(
        name=STAGE,
        label=mark("Report after ODMAP"),
        method=2,
        inputs={name: folder.output_hash(name) for name in stage_results(context)},
        parameters={"study": study_content(context.study)},
        outputs=(RESULTS, REPORT),
    )


def store_report(context: StudyContext, control: Control, _run_id: str) -> None:
    """Write the results and the report."""
    results = assembled(context)
    write_result(context.folder.results_path, results)
    control.report(0.3)
    suitability_report(results, context.folder).write(context.folder.report_path)
    control.report(1.0)
