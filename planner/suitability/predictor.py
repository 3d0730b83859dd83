"""What is said of one piece of a map: suitability, its members, extrapolation, disturbance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from algorithms.suitability.evaluation.thresholds import thresholds
from algorithms.suitability.understanding.agreement import agreement
from algorithms.suitability.understanding.disturbance import without_disturbance
from algorithms.suitability.understanding.novelty import NoveltyReference
from planner.profiles import load_species
from planner.suitability.defaults import has_profile
from planner.suitability.errors import StudyError

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
        found: dict[str, NDArray[np.float64]] = {}
        if self.member_threshold:
            found |= self._members(values)
        suitability = np.clip(self.model.predict(values), 0.0, 1.0)
        if self.with_disturbance:
            before = suitability
            if self.undisturbed:
                quiet = without_disturbance(values, self.undisturbed)
                before = np.clip(self.model.predict(quiet), 0.0, 1.0)
            if self.response is not None:
                suitability = suitability * self.response.evaluate(rows[:, self.n_variables])
            found["without_disturbance"] = before
            found["disturbance_cost"] = before - suitability
        novelty = self.reference.mess(values)
        found["suitability"] = suitability
        found["similarity"] = novelty.similarity
        found["most_dissimilar"] = novelty.most_dissimilar.astype(np.float64) + 1.0
        return found

    def _members(self, values: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        predicted = member_predictions(self.model, values)
        found = {f"member_{name}": predicted[name] for name in self.member_threshold}
        told = agreement(
            np.vstack([predicted[name] for name in self.member_threshold]),
            np.array(list(self.member_threshold.values())),
        )
        found["agreement"] = told.n_suitable.astype(np.float64)
        found["deviation"] = told.deviation
        return found


def member_predictions(
    model: PresenceBackgroundEstimator, values: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return what each member of an ensemble says, 0 to 1; nothing for a single model."""
    if not hasattr(model, "member_predictions"):
        return {}
    predicted = model.member_predictions(values)
    return {name: np.clip(found, 0.0, 1.0) for name, found in predicted.items()}


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
        What it learnt from: the reference for extrapolation, and the thresholds of members.
    coverage : CoverageFound
        Ranges of the layers, for disturbances whose undisturbed value is not stated.

    Raises
    ------
    StudyError
        A pressure is none that the species' profile states a response to.
    """
    study = context.study
    lowest = {layer.name: layer.lowest for layer in coverage.layers}
    undisturbed = {
        at: float(
            layer.undisturbed if layer.undisturbed is not None else lowest[layer.name] or 0.0
        )
        for at, layer in enumerate(study.habitat)
        if layer.role == "disturbance"
    }
    limits = {}
    predicted = member_predictions(model, sample.values)
    if len(predicted) > 1 and sample.presence.any():
        limits = {
            name: thresholds(said[sample.presence], said[~sample.presence]).max_tss.value
            for name, said in predicted.items()
        }
    return MapPredictor(
        model=model,
        n_variables=context.n_variables,
        reference=NoveltyReference(sample.values, study.categorical),
        member_threshold=limits,
        undisturbed=undisturbed,
        response=_pressure_response(context),
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
