"""Repeat how the members of `SuitabilityEnsemble` were chosen: inside training data only.

``python -m benchmarks.sdm_choice [--data FOLDER] [--jobs N]`` holds out spatial blocks of the
NCEAS training records, three folds a species. Each candidate is fitted without a fold and rated
there, against random background and against the target group. Survey sites play no part.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.sdm import DATA, ONE_THREAD

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.suitability.estimator import PresenceBackgroundEstimator
    from benchmarks.nceas import Task

_FOLDS = 3
_BLOCKS_ACROSS = 8
_TREES = 200
_BASE = "maxent + forest"

CANDIDATES: dict[str, dict[str, float]] = {
    "maxent": {"maxent": 1},
    "hinges": {"hinges": 1},
    "smooth hinges": {"smooth hinges": 1},
    "forest": {"forest": 1},
    "shrunken forest": {"shrunken forest": 1},
    _BASE: {"maxent": 1, "forest": 1},
    "maxent + shrunken forest": {"maxent": 1, "shrunken forest": 1},
    "hinges + shrunken forest": {"hinges": 1, "shrunken forest": 1},
    "the four of the ensemble": {
        "maxent": 1,
        "hinges": 1,
        "smooth hinges": 1,
        "shrunken forest": 2,
    },
}
"""Weights of the members' ranks."""


def _member(name: str, categorical: tuple[int, ...]) -> PresenceBackgroundEstimator:
    from algorithms.suitability.forest import DownSampledForest  # noqa: PLC0415 - threads first
    from algorithms.suitability.maxent import Maxent  # noqa: PLC0415

    if name == "forest":
        return DownSampledForest(categorical, 0, n_trees=_TREES)
    if name == "shrunken forest":
        return DownSampledForest(categorical, 0, n_trees=_TREES, smoothing=10.0)
    if name == "hinges":
        return Maxent(categorical, features="h")
    if name == "smooth hinges":
        return Maxent(categorical, features="h", regularization=2.0)
    return Maxent(categorical)


def _folds(places: FloatArray, presence: BoolArray) -> IntArray:
    from algorithms.suitability.evaluation.folds import spatial_folds  # noqa: PLC0415

    return spatial_folds(
        places[:, 0],
        places[:, 1],
        presence,
        block_size=float(np.ptp(places, axis=0).max()) / _BLOCKS_ACROSS,
        n_folds=_FOLDS,
        rng=np.random.default_rng(0),
    )


def _held_out_ranks(
    values: FloatArray, presence: BoolArray, fold: IntArray, name: str, task: Task
) -> FloatArray:
    """Return the rank of each point among the background that its model learnt from.

    Points of the other background, of `fold` -1 - k, are only rated.
    """
    ranks = np.full(len(values), np.nan)
    place = np.where(fold < 0, -1 - fold, fold)
    for number in range(_FOLDS):
        learn, rate = (fold >= 0) & (fold != number), place == number
        if presence[learn].sum() < 2 or not rate.any():
            continue
        model = _member(name, task.categorical).fit(values[learn], presence[learn])
        ordered = np.sort(model.predict(values[learn & ~presence]))
        found = model.predict(values[rate])
        below = np.searchsorted(ordered, found, "left") + np.searchsorted(
            ordered, found, "right"
        )
        ranks[rate] = 0.5 * below / len(ordered)
    return ranks


def _aucs(score: FloatArray, presence: BoolArray, fold: IntArray, rated: BoolArray) -> float:
    """Return the mean AUC of the folds, by their number of presences."""
    from algorithms.suitability.evaluation.discrimination import auc  # noqa: PLC0415

    found, weight = [], []
    place = np.where(fold < 0, -1 - fold, fold)
    for number in range(_FOLDS):
        inside = (place == number) & np.isfinite(score)
        at_presences, at_others = score[inside & presence], score[inside & rated]
        if len(at_presences) >= 2 and len(at_others) >= 10:
            found.append(auc(at_presences, at_others))
            weight.append(len(at_presences))
    return float(np.average(found, weights=weight)) if found else float("nan")


def rate_species(pair: tuple[Task, Task]) -> dict[tuple[str, str, str], float]:
    """Return the AUC of each candidate by background learnt from and background rated on.

    Parameters
    ----------
    pair : tuple of Task
        The species with random background and with the target group.
    """
    scores: dict[tuple[str, str, str], float] = {}
    for learnt, other in ((0, 1), (1, 0)):
        task, extra = pair[learnt], pair[other]
        more = ~extra.presence
        values = np.vstack([task.values, extra.values[more]])
        presence = np.concatenate([task.presence, np.zeros(more.sum(), dtype=np.bool_)])
        places = np.vstack([task.places, extra.places[more]])
        fold = _folds(places, presence)
        fold[len(task.values) :] = -1 - fold[len(task.values) :]
        members = {name for weights in CANDIDATES.values() for name in weights}
        ranks = {
            name: _held_out_ranks(values, presence, fold, name, task)
            for name in sorted(members)
        }
        names = ("random", "target-group")
        for candidate, weights in CANDIDATES.items():
            score = np.sum([weight * ranks[name] for name, weight in weights.items()], axis=0)
            own = ~presence & (fold >= 0)
            scores[names[learnt], names[learnt], candidate] = _aucs(score, presence, fold, own)
            scores[names[learnt], names[other], candidate] = _aucs(
                score, presence, fold, fold < 0
            )
    return scores


def main(arguments: list[str] | None = None) -> int:
    """Print the table; return the status of the process."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sdm_choice")
    parser.add_argument("--data", type=Path, default=DATA, help="folder with REGION.npz")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args(arguments)
    if not any(chosen.data.glob("*.npz")):
        print(f"{chosen.data} holds no NCEAS data (REGION.npz); see --data.", file=sys.stderr)
        return 2
    for name in ONE_THREAD:
        os.environ[name] = "1"
    from benchmarks.nceas import regions, tasks  # noqa: PLC0415 - after the threads are set

    pairs = [
        pair
        for region in regions(chosen.data)
        for pair in zip(
            tasks(chosen.data, region, "random"),
            tasks(chosen.data, region, "target-group"),
            strict=True,
        )
    ]
    with multiprocessing.get_context("spawn").Pool(max(1, chosen.jobs)) as pool:
        found = list(pool.imap(rate_species, pairs, chunksize=1))
    print(f"{len(pairs)} species; AUC on held-out blocks, and its difference from {_BASE!r}")
    for learnt, rated in sorted({key[:2] for key in found[0]}):
        print(f"\nlearnt with {learnt} background, rated on {rated} background")
        base = np.array([scores[learnt, rated, _BASE] for scores in found])
        for candidate in CANDIDATES:
            own = np.array([scores[learnt, rated, candidate] for scores in found])
            more = own - base
            error = np.nanstd(more) / np.sqrt(np.isfinite(more).sum())
            print(
                f"  {candidate:<28} {np.nanmean(own):.4f}  {np.nanmean(more):+.4f} "
                f"(standard error {error:.4f})"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
