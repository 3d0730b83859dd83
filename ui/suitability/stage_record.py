"""What the inspector tells of one stage of a suitability run: from what, and with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.project import RunRecord
from resources.translation import mark, tr
from ui.inspector.record import Fact, Record
from ui.inspector.run import run_record
from ui.suitability.results import numbers

if TYPE_CHECKING:
    from planner.suitability import SuitabilityResults

_TITLES = {
    "records": mark("Records and their checks"),
    "covariates": mark("Layers and what they cover"),
    "sample": mark("Presences and background"),
    "fit": mark("Model"),
    "evaluate": mark("Evaluation"),
    "predict": mark("Maps"),
    "understand": mark("Response curves and importance"),
    "areas": mark("Suitable land by country and site"),
}


def stage_record(results: SuitabilityResults, stage: str) -> Record | None:
    """Return the record of a stage of a run; None where it was not run.

    Parameters
    ----------
    results : SuitabilityResults
        What the run found.
    stage : str
        Such as ``"evaluate"``.
    """
    found = next((item for item in results.stages if item.stage == stage), None)
    if found is None:
        return None
    told = run_record(
        RunRecord(
            run_id=results.run_id,
            step=stage,
            inputs_hash=found.inputs_hash,
            parameters=found.parameters,
            seed=found.seed,
            versions=found.versions,
            started=found.started,
            seconds=found.seconds,
            outputs=found.outputs,
            inputs=found.inputs,
        )
    )
    return Record(
        kind=tr("Stage of a run"),
        title=tr(_TITLES.get(stage, stage)),
        subtitle=tr(
            "{heading}, run {run}", heading=numbers.run_heading(results), run=results.run_id[:6]
        ),
        facts=(Fact(tr("Stage"), stage), *told.facts),
    )
