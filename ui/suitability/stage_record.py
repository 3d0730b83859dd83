"""What the inspector tells of one stage of a suitability run: from what, and with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.project import RunRecord
from ui.inspector.record import Fact, Record
from ui.inspector.run import run_record
from ui.suitability.results import numbers

if TYPE_CHECKING:
    from planner.suitability import SuitabilityResults

_TITLES = {
    "records": "Records and their checks",
    "covariates": "Layers and what they cover",
    "sample": "Presences and background",
    "fit": "Model",
    "evaluate": "Evaluation",
    "predict": "Maps",
    "understand": "Response curves and importance",
    "areas": "Suitable land by country and site",
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
        kind="Stage of a run",
        title=_TITLES.get(stage, stage),
        subtitle=f"{numbers.run_heading(results)}, run {results.run_id[:6]}",
        facts=(Fact("Stage", stage), *told.facts),
    )
