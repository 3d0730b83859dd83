"""Stage: the model learns from all presences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.pipeline.runner import Step
from planner.suitability.models import load_model, make_model, save_model
from planner.suitability.results import FitFound, write_result
from planner.suitability.stages import sample_stage
from planner.suitability.stages.sample_stage import Sample

if TYPE_CHECKING:
    from algorithms.control import Control
    from algorithms.suitability.estimator import PresenceBackgroundEstimator
    from planner.suitability.context import StudyContext

STAGE = "fit"
RESULT = "fit.json"
MODEL = "model.npz"


def fit_step(context: StudyContext) -> Step:
    """Describe the stage."""
    study = context.study
    return Step(
        name=STAGE,
        label="Model",
        method=1,
        inputs={"sample": context.folder.output_hash(sample_stage.ARRAYS)},
        parameters={
            "model": study.model.model_dump(mode="json"),
            "categorical": list(study.categorical),
            "species": study.species if study.model.kind == "expert" else "",
        },
        outputs=(RESULT, MODEL),
    )


def store_fit(context: StudyContext, control: Control, _run_id: str) -> None:
    """Fit the model and store it as plain arrays."""
    sample = Sample.read(context)
    model = make_model(context.study, context.pack)
    model.fit(sample.values, sample.presence, sample_weight=sample.weight, control=control)
    save_model(context.folder.file(MODEL), model)
    write_result(context.folder.file(RESULT), _result(context, model))


def _result(context: StudyContext, model: PresenceBackgroundEstimator) -> FitFound:
    members = tuple(getattr(model, "members_", {})) or (context.study.model.kind,)
    settings = {
        name: _shown(value)
        for name, value in model.get_params(deep=False).items()
        if name not in {"categorical", "random_state", "responses", "weights"}
    }
    return FitFound(
        kind=context.study.model.kind,
        members=members,
        parameters=settings,
        notes=tuple(getattr(model, "notes_", ())),
    )


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def read_model(context: StudyContext) -> PresenceBackgroundEstimator:
    """Read the fitted model.

    Raises
    ------
    RunError
        The stage was not run, or its file was altered.
    """
    return load_model(context.study.model.kind, context.folder.path / MODEL)
