"""The model of a study: made, stored as plain arrays, and read back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from algorithms.suitability.boosting import BoostedTrees
from algorithms.suitability.ensemble import SuitabilityEnsemble
from algorithms.suitability.estimator import DamagedModelError, PresenceBackgroundEstimator
from algorithms.suitability.expert_estimator import ExpertIndex
from algorithms.suitability.forest import DownSampledForest
from algorithms.suitability.maxent import Maxent
from planner.files import replacing
from planner.profiles import load_species
from planner.suitability.errors import RunError, StudyError
from resources.errors import nearest_names_hint

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from layers.pack import DataPack
    from planner.suitability.study import SuitabilityStudy

CLASSES: dict[str, type[PresenceBackgroundEstimator]] = {
    "ensemble": SuitabilityEnsemble,
    "maxent": Maxent,
    "forest": DownSampledForest,
    "boosting": BoostedTrees,
    "expert": ExpertIndex,
}


def make_model(study: SuitabilityStudy, pack: DataPack) -> PresenceBackgroundEstimator:
    """Return the unfitted model of a study.

    Parameters
    ----------
    study : SuitabilityStudy
        Its model, options, classes and seed.
    pack : DataPack
        Names of classes, for the responses of an expert index.

    Raises
    ------
    StudyError
        The model has no such option, or the layers are not those that the profile of the
        species names.
    """
    if study.model.kind == "expert":
        return _expert(study, pack)
    made = CLASSES[study.model.kind](categorical=study.categorical, random_state=study.seed)
    known = set(made.get_params(deep=False)) - {"categorical", "random_state"}
    for name in study.model.options:
        if name not in known:
            hint = nearest_names_hint(name, sorted(known)) if known else "It has none."
            raise StudyError(f"The model {study.model.kind} has no option {name!r}. {hint}")
    for name, value in study.model.options.items():
        usual = getattr(made, name)
        if (isinstance(usual, bool | int | float) and isinstance(value, str)) or (
            isinstance(usual, str) and not isinstance(value, str)
        ):
            wanted = "a text" if isinstance(usual, str) else "a number"
            raise StudyError(
                f"The option {name} of the model {study.model.kind} must be {wanted}, such as "
                f"{usual}, got {value!r}."
            )
        setattr(made, name, value)
    return made


def _expert(study: SuitabilityStudy, pack: DataPack) -> PresenceBackgroundEstimator:
    profile = load_species(study.species)
    names = [layer.name for layer in study.habitat]
    missing = [name for name in profile.variables if name not in names]
    spare = [name for name in names if name not in profile.variables]
    if missing or spare:
        lacks = f"The study lacks {', '.join(missing)}. " if missing else ""
        more = f"It does not name {', '.join(spare)}. " if spare else ""
        raise StudyError(
            f"The expert index of {study.species} takes the layers that its profile names. "
            f"{lacks}{more}Change the covariates, or choose another model."
        )
    categories = {
        name: dict(pack.info(name).categories or {})
        for name in names
        if name in pack.variables and pack.info(name).categories is not None
    }
    responses = profile.response_functions(categories)
    return ExpertIndex(
        responses={at: responses[name] for at, name in enumerate(names)},
        weights={at: profile.weights[name] for at, name in enumerate(names)},
        categorical=study.categorical,
        random_state=study.seed,
    )


def predicted_with_members(
    model: PresenceBackgroundEstimator, values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]:
    """Return what a model says and what each of its members says, predicted once.

    Parameters
    ----------
    model : PresenceBackgroundEstimator
        Fitted.
    values : (n, p) float64
        Its variables, finite.

    Returns
    -------
    (n,) float64
        Suitability, 0 to 1.
    dict of str to (n,) float64
        0 to 1, by member; empty for a single model.
    """
    if not isinstance(model, SuitabilityEnsemble):
        return np.clip(model.predict(values), 0.0, 1.0), {}
    said = model.member_predictions(values)
    members = {name: np.clip(found, 0.0, 1.0) for name, found in said.items()}
    return np.clip(model.joined(said), 0.0, 1.0), members


def save_model(path: Path, model: PresenceBackgroundEstimator) -> None:
    """Write a fitted model as ``.npz``, whole or not at all.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    save_arrays(path, model.state())


def load_model(kind: str, path: Path) -> PresenceBackgroundEstimator:
    """Read a fitted model back.

    Raises
    ------
    RunError
        The file is missing or was altered.
    """
    try:
        return CLASSES[kind].from_state(load_arrays(path))
    except (DamagedModelError, KeyError) as error:
        raise _unreadable(path, str(error)) from error


def save_arrays(
    path: Path, arrays: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]
) -> None:
    """Write named arrays as ``.npz`` without pickling, whole or not at all.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    with replacing(path) as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)


def load_arrays(path: Path) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]:
    """Read named arrays back.

    Raises
    ------
    RunError
        The file is missing or was altered.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, TypeError, EOFError, KeyError, BadZipFile) as error:
        raise _unreadable(path, str(error)) from error


def _unreadable(path: Path, what: str) -> RunError:
    return RunError(
        f"{path} cannot be read: {what}. Run the study again; stages whose results stand are "
        "not repeated."
    )
