"""Time the prediction of a down-sampled forest against scikit-learn's on the same trees.

``python -m benchmarks.forest_prediction [PLACES]`` prints one row per kind of land. Both get
the same threads; of several rounds, in turn, the quickest of each counts, so that other work on
the machine weighs little. The trees are scikit-learn's own, brought into the arrays of
`algorithms.suitability.trees`, so the answers must be equal.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import gaussian_filter
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from algorithms.connectivity.threads import core_count
from algorithms.suitability.forest import DownSampledForest
from algorithms.suitability.trees import Trees, join_trees

if TYPE_CHECKING:
    from collections.abc import Callable

    from algorithms.arrays import BoolArray, FloatArray

N_TREES = 500
N_VARIABLES = 12
N_PRESENCES = 100
N_BACKGROUND = 10_000
ROUNDS = 5


def sample(rng: np.random.Generator) -> tuple[FloatArray, BoolArray]:
    """Return presences, of a niche in two of the variables, and background."""
    x = rng.normal(size=(N_PRESENCES + N_BACKGROUND, N_VARIABLES))
    presence = np.arange(len(x)) < N_PRESENCES
    x[presence] *= 0.9
    x[presence, :2] += (0.7, -0.7)
    return x.astype(np.float32).astype(np.float64), presence


def peer_forest(
    x: FloatArray, presence: BoolArray, rng: np.random.Generator
) -> RandomForestClassifier:
    """Return scikit-learn's forest of trees grown on balanced samples."""
    forest = RandomForestClassifier(1, n_jobs=core_count()).fit(x, presence)
    trees = []
    for seed in range(N_TREES):
        drawn = rng.integers(0, N_PRESENCES, 2 * N_PRESENCES)
        drawn[N_PRESENCES:] = rng.integers(N_PRESENCES, len(x), N_PRESENCES)
        tree = DecisionTreeClassifier(max_features="sqrt", random_state=seed)
        trees.append(tree.fit(x[drawn], presence[drawn]))
    forest.estimators_ = trees
    forest.n_estimators = N_TREES
    return forest


def brought_over(forest: RandomForestClassifier) -> Trees:
    """Return the peer's trees in this project's form."""
    trees = []
    for grown in (tree.tree_ for tree in forest.estimators_):
        leaf = grown.children_left < 0
        trees.append(
            (
                np.where(leaf, -1, grown.feature).astype(np.int32),
                np.where(leaf, 0.0, grown.threshold),
                grown.children_left.astype(np.int32),
                grown.children_right.astype(np.int32),
                grown.value[:, 0, 1].astype(np.float64),
            )
        )
    return join_trees(trees, N_VARIABLES)


def rough_land(n_places: int, rng: np.random.Generator) -> FloatArray:
    """Return places that have nothing to do with their neighbours."""
    return rng.normal(size=(n_places, N_VARIABLES)).astype(np.float32).astype(np.float64)


def smooth_land(n_places: int, rng: np.random.Generator) -> FloatArray:
    """Return the cells of a raster, row by row, alike over some tens of cells."""
    side = int(np.ceil(n_places**0.5))
    layers = [
        gaussian_filter(rng.normal(size=(side, side)), 12.0, mode="wrap")
        for _ in range(N_VARIABLES)
    ]
    cells = np.stack(layers, axis=-1).reshape(-1, N_VARIABLES)[:n_places]
    scaled: FloatArray = (cells / cells.std(axis=0)).astype(np.float32).astype(np.float64)
    return scaled


def quickest(*works: Callable[[], FloatArray]) -> list[tuple[float, float]]:
    """Return the least CPU seconds and the least seconds of each, taken in turn."""
    best = [(np.inf, np.inf)] * len(works)
    for _ in range(ROUNDS):
        for index, work in enumerate(works):
            cpu, wall = time.process_time(), time.perf_counter()
            work()
            spent = time.process_time() - cpu, time.perf_counter() - wall
            best[index] = (min(best[index][0], spent[0]), min(best[index][1], spent[1]))
    return best


def main(n_places: int = 100_000) -> None:
    """Fit both once, then measure on rough and on smooth land."""
    rng = np.random.default_rng(0)
    x, presence = sample(rng)
    peer = peer_forest(x, presence, rng)
    trees = brought_over(peer)
    begin = time.process_time()
    own = DownSampledForest(random_state=0, n_trees=N_TREES).fit(x, presence)
    own.predict(x)  # compiles
    begin = time.process_time()
    own.fit(x, presence)
    print(
        f"forest of {N_TREES} trees on {N_PRESENCES} presences, {N_VARIABLES} variables: fit "
        f"{time.process_time() - begin:.2f} CPU s; prediction on {core_count()} threads,\n"
        f"CPU s (and seconds) per million places, least of {ROUNDS} rounds"
    )
    for name, land in (("rough", rough_land), ("smooth", smooth_land)):
        places = land(n_places, rng)

        def library(places: FloatArray = places) -> FloatArray:
            answer: FloatArray = peer.predict_proba(places)[:, 1]
            return answer

        def same_trees(places: FloatArray = places) -> FloatArray:
            return trees.total(places) / N_TREES

        def whole(places: FloatArray = places) -> FloatArray:
            return own.predict(places)

        apart = float(np.abs(library() - same_trees()).max())
        times = np.array(quickest(library, same_trees, whole)) * 1e6 / n_places
        columns = "   ".join(
            f"{label} {cpu:5.2f} ({wall:5.2f})"
            for label, (cpu, wall) in zip(
                ("scikit-learn", "same trees", "DownSampledForest"), times, strict=True
            )
        )
        ratio = times[0, 0] / times[1, 0]
        print(f"{name:>6}: {columns}   {ratio:4.1f} times   apart {apart:.0e}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
