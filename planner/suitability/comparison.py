"""Two runs side by side: settings that differ, measures, and the difference of their maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import NULL_CONTROL
from layers.covariates import CovariateSource, open_covariates
from layers.errors import LayerReadError
from planner.suitability.errors import RunError
from planner.suitability.ground import Ground
from planner.suitability.study_file import flat_settings
from planner.suitability.verdict import background_share, percent, prg_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from algorithms.control import Control
    from layers.tiles.plan import Tile
    from planner.suitability.folder import RunFolder
    from planner.suitability.measured import Measured
    from planner.suitability.results import SuitabilityResults

Pair = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class MapDifference:
    """How two maps of suitability differ, over the area that both know.

    Parameters
    ----------
    shared_km2 : float
        That area.
    mean, mean_absolute : float
        Mean of the second less the first, and of its absolute value.
    correlation : float or None
        Of the two maps; None where one is constant.
    schoener_d : float
        Overlap of the two as distributions over the area [1]_: 1 where they are alike.
    both_km2, only_first_km2, only_second_km2 : float
        Suitable in both and in one alone, each at its own threshold.

    References
    ----------
    .. [1] Schoener, T. W. (1968). The Anolis lizards of Bimini: resource partitioning in a
       complex fauna. Ecology 49, 704-726.
    """

    shared_km2: float
    mean: float
    mean_absolute: float
    correlation: float | None
    schoener_d: float
    both_km2: float
    only_first_km2: float
    only_second_km2: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side.

    Parameters
    ----------
    first, second : str
        Names of the runs.
    settings : tuple of (name, first, second)
        Settings that differ.
    measures : tuple of (name, first, second)
        What the evaluations say.
    maps : MapDifference or None
        None where the maps share no area.
    note : str
        Why there is no difference of maps, and what hinders the comparison.
    """

    first: str
    second: str
    settings: tuple[Pair, ...]
    measures: tuple[Pair, ...]
    maps: MapDifference | None
    note: str


def compare_runs(
    first: RunFolder, second: RunFolder, control: Control = NULL_CONTROL
) -> Comparison:
    """Compare two finished runs.

    Parameters
    ----------
    first, second : RunFolder
        The runs; the second map is brought onto the grid of the first.
    control : Control
        Told the progress; may cancel.

    Raises
    ------
    RunError
        A run is not finished, or its files were altered.
    """
    one, other = first.results(), second.results()
    notes = []
    if one.species != other.species:
        notes.append(f"The runs are of different species: {one.species} and {other.species}.")
    if one.evaluation.folds_kind != other.evaluation.folds_kind:
        notes.append("The runs were tested on different kinds of folds.")
    try:
        maps = _map_difference((first, one), (second, other), control)
        if maps is None:
            notes.append("The maps share no area.")
    except LayerReadError as error:
        maps = None
        notes.append(f"The maps cannot be compared: {error}")
    control.report(1.0)
    return Comparison(
        first=one.run_id,
        second=other.run_id,
        settings=_different(one.study, other.study),
        measures=_measures(one, other),
        maps=maps,
        note=" ".join(notes),
    )


def _different(one: dict[str, object], other: dict[str, object]) -> tuple[Pair, ...]:
    """Return settings that differ, the species first; layers of one alone in a row of names."""
    left, right = dict(flat_settings(one)), dict(flat_settings(other))
    of_left, of_right = _layers(one), _layers(other)
    only_left = [name for name in of_left if name not in of_right]
    only_right = [name for name in of_right if name not in of_left]
    rows: list[Pair] = []
    if left.get("species") != right.get("species"):
        rows.append(("species", left.get("species", ""), right.get("species", "")))
    if only_left or only_right:
        rows.append(("layers in this run alone", ", ".join(only_left), ", ".join(only_right)))
    shared = [name for name in of_left if name in of_right]
    pairs = [(name, of_left[name], of_right[name]) for name in shared]
    for name, here, there in pairs:
        for key in dict.fromkeys((*here, *there)):
            if here.get(key) != there.get(key):
                shown = (str(here.get(key, "")), str(there.get(key, "")))
                rows.append((f"covariates.{name}.{key}", *shown))
    names = list(dict.fromkeys((*left, *right)))
    rows += [
        (name, left.get(name, ""), right.get(name, ""))
        for name in names
        if left.get(name) != right.get(name)
        and name != "species"
        and not name.startswith("covariates")
    ]
    return tuple(rows)


def _layers(study: dict[str, object]) -> dict[str, dict[str, object]]:
    """Return what a study says of each layer, by its name."""
    layers = study.get("covariates")
    if not isinstance(layers, list | tuple):
        return {}
    return {
        str(layer["name"]): {key: value for key, value in layer.items() if key != "name"}
        for layer in layers
        if isinstance(layer, dict) and "name" in layer
    }


def _measures(one: SuitabilityResults, other: SuitabilityResults) -> tuple[Pair, ...]:
    rows: list[tuple[str, Callable[[SuitabilityResults], str]]] = [
        ("tested", lambda run: f"{run.evaluation.folds_kind}, {len(run.evaluation.folds)}"),
        ("presences", lambda run: f"{run.sample.presences:,}"),
        ("background", lambda run: f"{run.sample.background:,}"),
        ("AUC", lambda run: _shown(run.evaluation.auc)),
        ("TSS at thresholds of the other parts", lambda run: _shown(run.evaluation.tss)),
        ("Boyce index", lambda run: _shown(run.evaluation.boyce)),
        ("AUC of precision-recall gain", lambda run: prg_text(run.evaluation.auc_prg)),
        ("correlation with presence", lambda run: _shown(run.evaluation.correlation)),
        ("threshold", lambda run: _number(run.understanding.threshold)),
        ("background called suitable", lambda run: percent(background_share(run))),
        ("extrapolated", lambda run: percent(run.maps[0].extrapolated_share)),
    ]
    return tuple((name, told(one), told(other)) for name, told in rows)


def _shown(measure: Measured) -> str:
    if measure.low is None or measure.high is None:
        return _number(measure.value)
    return f"{_number(measure.value)} ({measure.low:.3f} to {measure.high:.3f})"


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"


def _map_difference(
    first: tuple[RunFolder, SuitabilityResults],
    second: tuple[RunFolder, SuitabilityResults],
    control: Control,
) -> MapDifference | None:
    paths = [run[0].path / suitability_path(run[1]) for run in (first, second)]
    limits = [run[1].understanding.threshold for run in (first, second)]
    base = open_covariates([CovariateSource("first", paths[0])])
    maps = open_covariates(
        [CovariateSource("first", paths[0]), CovariateSource("second", paths[1])],
        base.grid,
    )
    ground = Ground(maps.grid)
    total = np.zeros(10)
    apart = 0.0
    with maps.reader() as reader:
        for done, tile in enumerate(maps.plan):
            control.report(0.5 * done / len(maps.plan))
            one, other = reader.read(tile)
            total += _sums(one, other, _areas(ground, tile), limits)
        if total[0] <= 0.0:
            return None
        for done, tile in enumerate(maps.plan):
            control.report(0.5 + 0.5 * done / len(maps.plan))
            one, other = reader.read(tile)
            here = np.isfinite(one) & np.isfinite(other)
            if total[1] > 0.0 and total[2] > 0.0:
                share = one[here] / total[1] - other[here] / total[2]
                apart += float((np.abs(share) * _areas(ground, tile)[here]).sum())
    return _difference(total, apart)


def _areas(ground: Ground, tile: Tile) -> NDArray[np.float64]:
    return ground.areas_km2(
        slice(tile.row, tile.row + tile.height), slice(tile.column, tile.column + tile.width)
    )


def suitability_path(results: SuitabilityResults) -> str:
    """Return where the map of suitability of a run lies in its folder.

    Raises
    ------
    RunError
        It has none.
    """
    for raster in results.rasters:
        if raster.name == "suitability":
            return raster.path
    raise RunError(f"The run {results.run_id} has no map of suitability. Run it again.")


def _sums(
    one: NDArray[np.float64],
    other: NDArray[np.float64],
    area: NDArray[np.float64],
    limits: list[float | None],
) -> NDArray[np.float64]:
    """Return sums by area: moments of both maps and suitable land."""
    here = np.isfinite(one) & np.isfinite(other)
    x, y, a = one[here], other[here], area[here]
    is_x = x >= (0.5 if limits[0] is None else limits[0])
    is_y = y >= (0.5 if limits[1] is None else limits[1])
    parts = (
        np.ones_like(x),
        x,
        y,
        x * x,
        y * y,
        x * y,
        np.abs(y - x),
        is_x & is_y,
        is_x & ~is_y,
        is_y & ~is_x,
    )
    return np.array([float((part * a).sum()) for part in parts])


def _difference(total: NDArray[np.float64], apart: float) -> MapDifference:
    area, x, y, xx, yy, xy, away, both, first, second = (float(value) for value in total)
    spread_x = max(0.0, xx / area - (x / area) ** 2)
    spread_y = max(0.0, yy / area - (y / area) ** 2)
    joint = xy / area - x * y / area**2
    varies = spread_x > 1e-15 and spread_y > 1e-15
    return MapDifference(
        shared_km2=area,
        mean=(y - x) / area,
        mean_absolute=away / area,
        correlation=joint / (spread_x * spread_y) ** 0.5 if varies else None,
        schoener_d=1.0 - 0.5 * apart,
        both_km2=both,
        only_first_km2=first,
        only_second_km2=second,
    )
