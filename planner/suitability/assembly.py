"""The results of a run, put together from what its stages wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.suitability.mapped import MapsFound, UnderstandingFound
from planner.suitability.measured import EvaluationFound, FieldTestFound
from planner.suitability.results import (
    CoverageFound,
    FitFound,
    RecordsFound,
    SampleFound,
    SuitabilityResults,
    read_result,
)
from planner.suitability.stages import (
    area_stage,
    evaluate_stage,
    fit_stage,
    layer_stage,
    record_stage,
    sample_stage,
    understand_stage,
)
from planner.suitability.stages.predict_stage import result_file
from planner.suitability.study_file import study_content

if TYPE_CHECKING:
    from planner.suitability.context import StudyContext
    from planner.suitability.study import Projection


def stage_results(context: StudyContext) -> tuple[str, ...]:
    """Return the files that the results are put together from, in order."""
    maps: list[Projection | None] = [None, *context.study.projections]
    at = context.folder.path
    further = sorted((*at.glob("evaluations/*.json"), *at.glob("tests/*.json")))
    return (
        record_stage.RESULT,
        layer_stage.RESULT,
        sample_stage.RESULT,
        fit_stage.RESULT,
        evaluate_stage.RESULT,
        *(result_file(item) for item in maps),
        understand_stage.RESULT,
        area_stage.RESULT,
        *(path.relative_to(at).as_posix() for path in further),
    )


def assembled(context: StudyContext) -> SuitabilityResults:
    """Put the results of a run together.

    Raises
    ------
    RunError
        A stage was not run, or its file was altered.
    """
    study, at = context.study, context.folder.path
    learnt = read_result(understand_stage.LearntFound, at / understand_stage.RESULT)
    land = read_result(area_stage.AreasFound, at / area_stage.RESULT)
    maps: list[Projection | None] = [None, *study.projections]
    return SuitabilityResults(
        run_id=at.name,
        species=study.species,
        title=study.shown_title,
        study=study_content(study),
        records=read_result(RecordsFound, at / record_stage.RESULT),
        coverage=read_result(CoverageFound, at / layer_stage.RESULT),
        sample=read_result(SampleFound, at / sample_stage.RESULT),
        fit=read_result(FitFound, at / fit_stage.RESULT),
        evaluation=read_result(EvaluationFound, at / evaluate_stage.RESULT),
        maps=tuple(read_result(MapsFound, at / result_file(item)) for item in maps),
        understanding=UnderstandingFound(
            curves=learnt.curves,
            importance=learnt.importance,
            threshold_rule=land.threshold_rule,
            threshold=land.threshold,
            areas=land.areas,
        ),
        stages=tuple(stage for stage in context.folder.stages() if stage.stage != "report"),
        further=tuple(
            read_result(EvaluationFound, path) for path in sorted(at.glob("evaluations/*.json"))
        ),
        tests=tuple(
            read_result(FieldTestFound, path) for path in sorted(at.glob("tests/*.json"))
        ),
    )
