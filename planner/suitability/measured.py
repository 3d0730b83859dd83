"""What tests of a model say: plain records that are written to JSON and read back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

Number: TypeAlias = float | None
"""A number; None where it is not known or cannot be told."""


def known(value: float) -> Number:
    """Return a number for a result, with None for NaN and infinity."""
    return float(value) if math.isfinite(value) else None


def known_all(values: Iterable[float]) -> tuple[Number, ...]:
    """Return numbers for a result, with None for NaN and infinity."""
    return tuple(known(float(value)) for value in values)


@dataclass(frozen=True, slots=True)
class FoldFound:
    """How well the model did on one part that it had not seen.

    Parameters
    ----------
    name : str
        Of the part: its number, or the zone of `layers.states` that was left out.
    presences, background : int
        Points of the part.
    auc, tss, boyce : float or None
        None where `reason` says why; the TSS is at the threshold that is best on the others.
    reason : str
        Why a figure is missing; empty where none is.
    """

    name: str
    presences: int
    background: int
    auc: Number
    tss: Number
    boyce: Number
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """A number with its interval of 95 %.

    Parameters
    ----------
    value, low, high : float or None
        None where there is too little to tell.
    """

    value: Number
    low: Number
    high: Number


@dataclass(frozen=True, slots=True)
class ThresholdFound:
    """Where suitable begins, by one rule.

    Parameters
    ----------
    rule : str
        ``max_tss``, ``p10`` or ``minimum_presence``.
    value : float or None
        The threshold.
    sensitivity, omission, background_share : float or None
        Share of presences at or above it and below it, share of the background above it.
    """

    rule: str
    value: Number
    sensitivity: Number
    omission: Number
    background_share: Number


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Predicted and observed presences in one class of predictions.

    Against a background both are relative to its mean, 1 being as dense as chance; against a
    survey they are mean suitability and the share of places with the species.
    """

    predicted: Number
    observed: Number
    low: Number
    high: Number
    count: int


@dataclass(frozen=True, slots=True)
class NullModelFound:
    """The model against models of random presences.

    Parameters
    ----------
    models : int
        Random models.
    measure : str
        What is compared.
    observed, null_mean, null_sd, z, p : float or None
        Value of the model; mean and standard deviation of the random ones; standardised
        difference; share of random ones that are as good.
    """

    models: int
    measure: str
    observed: Number
    null_mean: Number
    null_sd: Number
    z: Number
    p: Number


@dataclass(frozen=True, slots=True)
class EvaluationFound:
    """How well the model does where it was not taught.

    Parameters
    ----------
    folds_kind : str
        ``random``, ``blocks`` or ``countries``.
    block_km : float or None
        Side of a block.
    folds : tuple of FoldFound
        One per part.
    auc, tss, boyce, auc_prg, correlation : Measured
        Over the predictions for left-out records, the TSS at thresholds set on the other
        parts; the interval of the Boyce index draws whole parts anew, the others draw presences
        within their parts.
    calibration : tuple of CalibrationBin
        Along the classes of prediction.
    thresholds : tuple of ThresholdFound
        On predictions for left-out records.
    null_model : NullModelFound or None
        Where asked for.
    note : str
        Why there is no evaluation, or no null model where one was asked for; else empty.
    folds_asked : int or None
        Parts that were asked for.
    notes : tuple of str
        What must be told: fewer parts than asked for, how the side of a block was chosen.
    """

    folds_kind: str
    block_km: Number
    folds: tuple[FoldFound, ...]
    auc: Measured
    tss: Measured
    boyce: Measured
    auc_prg: Measured
    correlation: Measured
    calibration: tuple[CalibrationBin, ...]
    thresholds: tuple[ThresholdFound, ...]
    null_model: NullModelFound | None
    note: str
    folds_asked: int | None = None
    notes: tuple[str, ...] = ()

    def threshold(self, rule: str = "max_tss") -> Number:
        """Return a threshold by its rule, or None."""
        return next((item.value for item in self.thresholds if item.rule == rule), None)


@dataclass(frozen=True, slots=True)
class FieldTestFound:
    """The map against a survey that the model was not taught.

    Parameters
    ----------
    name : str
        File of the survey.
    places, on_map, found : int
        Places that were searched, those that the map knows, and those of them with the species.
    auc : Measured
        Of places with the species against places without it.
    boyce : Measured
        Of places with the species against all places that were searched.
    tss, threshold : float or None
        True skill statistic at the threshold of the run, and that threshold.
    calibration : tuple of CalibrationBin
        Share of places with the species along the classes of suitability.
    """

    name: str
    places: int
    on_map: int
    found: int
    auc: Measured
    boyce: Measured
    tss: Number
    threshold: Number
    calibration: tuple[CalibrationBin, ...]
