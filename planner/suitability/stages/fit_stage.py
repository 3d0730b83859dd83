"""Stage: the model learns from all presences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.pipeline.runner import Step
from planner.suitability.errors import StudyError
from planner.suitability.fitted import member_details, shown_settings
from planner.suitability.models import load_model, make_model, save_model
from planner.suitability.problems import ended
from planner.suitability.results import FitFound, write_result
from planner.suitability.stages import sample_stage
from planner.suitability.stages.sample_stage import Sample
from resources.errors import PlannerError
from resources.translation import mark

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
        label=mark("Model"),
        method=2,
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
    try:
        model.fit(sample.values, sample.presence, sample_weight=sample.weight, control=control)
    except (ValueError, TypeError) as error:
        options = context.study.model.options
        if isinstance(error, PlannerError) or not options:
            raise
        raise StudyError(
            f"The model {context.study.model.kind} cannot be fitted with the options "
            f"{', '.join(f'{name}={value}' for name, value in options.items())}: "
            f"{ended(str(error))}"
        ) from error
    save_model(context.folder.file(MODEL), model)
    write_result(context.folder.file(RESULT), _result(context, model, sample))


def _result(
    context: StudyContext, model: PresenceBackgroundEstimator, sample: Sample
) -> FitFound:
    members = tuple(getattr(model, "members_", {})) or (context.study.model.kind,)
    details, training_auc = member_details(model, sample)
    return FitFound(
        kind=context.study.model.kind,
        members=members,
        parameters=shown_settings(model),
        notes=tuple(getattr(model, "notes_", ())),
        details=details,
        presence_weight=float(sample.weight[sample.presence].sum()),
        training_auc=training_auc,
    )


def read_model(context: StudyContext) -> PresenceBackgroundEstimator:
    """Read the fitted model.

    Raises
    ------
    RunError
        The stage was not run, or its file was altered.
    """
    return load_model(context.study.model.kind, context.folder.path / MODEL)
