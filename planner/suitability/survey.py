"""A run against a survey that it was not taught: where the species was found and where not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer

from algorithms.control import NULL_CONTROL, PartControl
from algorithms.suitability.evaluation.boyce import Bootstrap, continuous_boyce
from algorithms.suitability.evaluation.calibration import calibration_curve
from algorithms.suitability.evaluation.discrimination import auc, tss_at
from algorithms.suitability.evaluation.intervals import centred_interval
from algorithms.suitability.evaluation.ratings import UnevaluableError
from layers.covariates import CovariateSource, open_covariates
from layers.occurrences import read_occurrences
from planner.suitability.comparison import suitability_path
from planner.suitability.errors import StudyError
from planner.suitability.measured import CalibrationBin, FieldTestFound, Measured, known
from planner.suitability.measures import LEVEL, UNKNOWN
from planner.suitability.project_runs import file_name
from planner.suitability.record_columns import columns_of
from planner.suitability.results import write_result

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.control import Control
    from layers.covariates import CovariateStack
    from planner.suitability.folder import RunFolder
    from planner.suitability.study import RecordSource

FOLDER = "tests"
_BOOTSTRAPS = 500
_FEWEST = 3


def survey_test(
    folder: RunFolder, survey: RecordSource, control: Control = NULL_CONTROL
) -> FieldTestFound:
    """Hold the map of a run against a survey, and write what was found beside the run.

    Parameters
    ----------
    folder : RunFolder
        A finished run.
    survey : RecordSource
        Places that were searched; a count of 0 or a status of absence means not found.
    control : Control
        Told the progress; may cancel.

    Returns
    -------
    FieldTestFound
        AUC of places with and without the species, Boyce index among the places searched.

    Raises
    ------
    StudyError
        No searched place lies on the map, or the species was found everywhere or nowhere.
    OccurrenceReadError
        The file cannot be read.
    """
    results = folder.results()
    path = Path(survey.path)
    found = read_occurrences(
        path,
        columns=columns_of(survey),
        encoding=survey.encoding or None,
        crs=survey.crs or None,
        control=PartControl(control, 0.0, 0.3),
    )
    table = found.table
    present = ~table["absent"].to_numpy(np.bool_) & ~(
        table["count"].to_numpy(np.float64) == 0.0
    )
    maps = open_covariates(
        [CovariateSource("suitability", folder.path / suitability_path(results))]
    )
    values = _values(maps, table["lon"].to_numpy(), table["lat"].to_numpy())
    on_map = np.isfinite(values)
    values, present = values[on_map], present[on_map]
    if not present.any() or present.all():
        raise StudyError(
            f"{path} cannot test the run: of {len(on_map):,} searched places {len(values):,} "
            f"lie on the map, {int(present.sum()):,} of them with the species. A test needs "
            "places with and without it; tell the column of counts with --column count=NAME."
        )
    control.report(0.4)
    rng = np.random.default_rng([7, len(values)])
    threshold = results.understanding.threshold
    result = FieldTestFound(
        name=path.name,
        places=len(on_map),
        on_map=len(values),
        found=int(present.sum()),
        auc=_auc(values, present, rng),
        boyce=_boyce(values, present, rng),
        tss=known(tss_at(values[present], values[~present], threshold))
        if threshold is not None
        else None,
        threshold=threshold,
        calibration=_calibration(values, present),
    )
    with folder.held():
        write_result(folder.file(f"{FOLDER}/{file_name(path.stem)}.json"), result)
    control.report(1.0)
    return result


def _values(
    maps: CovariateStack, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> NDArray[np.float64]:
    to_grid = Transformer.from_crs("EPSG:4326", maps.grid.crs, always_xy=True)
    x, y = to_grid.transform(lon, lat)
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    finite = np.isfinite(x) & np.isfinite(y)
    values = np.full(len(x), np.nan)
    values[finite] = maps.values_at(x[finite], y[finite])[:, 0]
    return values


def _auc(
    values: NDArray[np.float64], present: NDArray[np.bool_], rng: np.random.Generator
) -> Measured:
    """Return the AUC of places with the species against those without it.

    The interval draws places of both kinds anew, for both were found by a survey that might
    have gone elsewhere.
    """
    found, not_found = values[present], values[~present]
    value = auc(found, not_found)
    if min(len(found), len(not_found)) < _FEWEST:
        return Measured(value, None, None)
    drawn = [
        auc(rng.choice(found, len(found)), rng.choice(not_found, len(not_found)))
        for _ in range(_BOOTSTRAPS)
    ]
    low, high = centred_interval(value, drawn, level=LEVEL, limits=(0.0, 1.0))
    return Measured(value, low, high)


def _boyce(
    values: NDArray[np.float64], present: NDArray[np.bool_], rng: np.random.Generator
) -> Measured:
    """Return the Boyce index, with all places that were searched as the area."""
    try:
        found = continuous_boyce(
            values[present],
            values,
            bootstrap=Bootstrap(rng, n_resamples=_BOOTSTRAPS, level=LEVEL),
        )
    except UnevaluableError:
        return UNKNOWN
    if found.interval is None:
        return Measured(found.value, None, None)
    return Measured(found.value, found.interval.low, found.interval.high)


def _calibration(
    values: NDArray[np.float64], present: NDArray[np.bool_]
) -> tuple[CalibrationBin, ...]:
    curve = calibration_curve(values, present)
    return tuple(
        CalibrationBin(
            predicted=known(float(curve.predicted[at])),
            observed=known(float(curve.observed[at])),
            low=known(float(curve.low[at])),
            high=known(float(curve.high[at])),
            count=int(curve.n_presences[at] + curve.n_others[at]),
        )
        for at in range(len(curve.predicted))
    )
