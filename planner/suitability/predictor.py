"""What is said of one piece of a map: suitability, its members, extrapolation, disturbance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from algorithms.suitability.ensemble import SuitabilityEnsemble
from algorithms.suitability.evaluation.thresholds import thresholds
from algorithms.suitability.understanding.agreement import agreement
from algorithms.suitability.understanding.disturbance import without_disturbance
from algorithms.suitability.understanding.novelty import NoveltyReference
from planner.profiles import load_species
from planner.records import listed
from planner.suitability.defaults import has_profile
from planner.suitability.errors import StudyError
from planner.suitability.models import predicted_with_members
from planner.suitability.stages.evaluate_stage import member_ratings_of_unseen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.suitability.estimator import PresenceBackgroundEstimator
    from algorithms.suitability.expert import Response
    from planner.suitability.context import StudyContext
    from planner.suitability.results import CoverageFound
    from planner.suitability.stages.sample_stage import Sample


@dataclass(frozen=True, eq=False)
class MapPredictor:
    """Predicts rows of layers; can be pickled, for workers elsewhere.

    Parameters
    ----------
    model : PresenceBackgroundEstimator
        Fitted.
    n_variables : int
        The model's layers are the first so many columns; the rest are pressures.
    reference : NoveltyReference
        What the model has seen.
    member_threshold : dict of str to float
        Where each member calls a place suitable; empty for a single model.
    threshold_note : str
        How these were set, for people.
    undisturbed : dict of int to float
        Column to its value without people.
    response : Response, optional
        What the pressure, the first column beyond the model's, leaves of the habitat.
    """

    model: PresenceBackgroundEstimator
    n_variables: int
    reference: NoveltyReference
    member_threshold: dict[str, float] = field(default_factory=dict)
    undisturbed: dict[int, float] = field(default_factory=dict)
    response: Response | None = None
    threshold_note: str = ""

    @property
    def with_disturbance(self) -> bool:
        """Whether it can tell what people cost."""
        return bool(self.undisturbed) or self.response is not None

    def __call__(self, rows: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        """Predict.

        Parameters
        ----------
        rows : (n, p) float64
            Layers of the model, then pressures; finite.

        Returns
        -------
        dict of str to (n,) float64
            ``suitability``, ``similarity``, ``most_dissimilar`` and what else is known.
        """
        values = np.ascontiguousarray(rows[:, : self.n_variables])
        suitability, members = predicted_with_members(self.model, values)
        found = self._members(members) if self.member_threshold else {}
        if self.with_disturbance:
            before = suitability
            if self.undisturbed:
                quiet = without_disturbance(values, self.undisturbed)
                before, _ = predicted_with_members(self.model, quiet)
            if self.response is not None:
                suitability = suitability * self.response.evaluate(rows[:, self.n_variables])
            found["without_disturbance"] = before
            found["disturbance_cost"] = before - suitability
        novelty = self.reference.mess(values)
        found["suitability"] = suitability
        found["similarity"] = novelty.similarity
        found["most_dissimilar"] = novelty.most_dissimilar.astype(np.float64) + 1.0
        return found

    def _members(
        self, predicted: dict[str, NDArray[np.float64]]
    ) -> dict[str, NDArray[np.float64]]:
        found = {f"member_{name}": predicted[name] for name in self.member_threshold}
        told = agreement(
            np.vstack([predicted[name] for name in self.member_threshold]),
            np.array(list(self.member_threshold.values())),
        )
        found["agreement"] = told.n_suitable.astype(np.float64)
        found["deviation"] = told.deviation
        return found


def make_predictor(
    context: StudyContext,
    model: PresenceBackgroundEstimator,
    sample: Sample,
    coverage: CoverageFound,
) -> MapPredictor:
    """Return what predicts the maps of a study.

    Parameters
    ----------
    context : StudyContext
        The study.
    model : PresenceBackgroundEstimator
        Fitted.
    sample : Sample
        What it learnt from: the reference for extrapolation.
    coverage : CoverageFound
        Values of the disturbances without people.

    Raises
    ------
    StudyError
        A pressure is none that the species' profile states a response to.
    """
    study = context.study
    used = {layer.name: layer.undisturbed for layer in coverage.layers}
    undisturbed = {
        at: float(used[layer.name] or 0.0)
        for at, layer in enumerate(study.habitat)
        if layer.role == "disturbance"
    }
    limits, rule = _member_thresholds(context, model, sample)
    return MapPredictor(
        model=model,
        n_variables=context.n_variables,
        reference=NoveltyReference(sample.values, study.categorical),
        member_threshold=limits,
        threshold_note=_told_thresholds(limits, rule),
        undisturbed=undisturbed,
        response=_pressure_response(context),
    )


def _member_thresholds(
    context: StudyContext, model: PresenceBackgroundEstimator, sample: Sample
) -> tuple[dict[str, float], str]:
    """Return where each member of an ensemble calls a place suitable, and on which records.

    On records that the models of the folds had not seen: on those that a member was taught, a
    forest rates presences so high that its threshold would leave out most of its habitat.
    """
    if not isinstance(model, SuitabilityEnsemble) or not sample.presence.any():
        return {}, ""
    unseen = member_ratings_of_unseen(context)
    rule = "set on records that the models of the parts had not seen"
    if not unseen:
        _, unseen = predicted_with_members(model, sample.values)
        rule = "set on the records that it was taught, for there is no evaluation"
    found = {}
    for name, said in unseen.items():
        rated = np.isfinite(said)
        at_presences, at_background = (
            said[rated & sample.presence],
            said[rated & ~sample.presence],
        )
        if len(at_presences) and len(at_background):
            found[name] = thresholds(
                at_presences,
                at_background,
                presence_weight=sample.weight[rated & sample.presence],
                background_weight=sample.weight[rated & ~sample.presence],
            ).max_tss.value
    return (found, rule) if len(found) > 1 else ({}, "")


def _told_thresholds(limits: dict[str, float], rule: str) -> str:
    """Tell by which thresholds the members agree; empty for a single model."""
    if not limits:
        return ""
    listed_limits = listed([f"{name} {value:.3f}" for name, value in limits.items()])
    return (
        f"Agreement counts the members that rate a place at or above their own threshold of "
        f"highest TSS, {rule}: {listed_limits}."
    )


def _pressure_response(context: StudyContext) -> Response | None:
    study = context.study
    if not study.pressure:
        return None
    names = [layer.name for layer in study.pressure]
    expected = (
        load_species(study.species).disturbance.variable if has_profile(study.species) else ""
    )
    if names != [expected]:
        known = f"its profile states one to {expected}" if expected else "it has no profile"
        raise StudyError(
            f"The layers {', '.join(names)} have the role pressure, which needs a response of "
            f"{study.species} to them; {known}. Give them the role disturbance, which the "
            "model learns from, or leave them out."
        )
    return load_species(study.species).disturbance_response()
