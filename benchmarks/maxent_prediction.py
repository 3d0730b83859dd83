"""Time Maxent's prediction and fit beside elapid on the same variables, in one run.

``python -m benchmarks.maxent_prediction [CELLS]``; elapid comes with the extra ``bench``. Both
learn from the same sample with hinge, linear, quadratic and product features and rate the same
cells; the least of several rounds counts.
"""

from __future__ import annotations

import sys
import time
import warnings
from typing import TYPE_CHECKING

import numpy as np

from algorithms.suitability.maxent import Maxent

if TYPE_CHECKING:
    from collections.abc import Callable

    from algorithms.arrays import BoolArray, FloatArray

N_VARIABLES = 12
ROUNDS = 3
PEER_CELLS = 200_000
"""The peer rates so many cells, and its time is told per million."""


def sample(n_presences: int = 120, n_background: int = 10_000) -> tuple[FloatArray, BoolArray]:
    """Return variables and presence of a virtual species."""
    rng = np.random.default_rng(0)
    mixing = rng.normal(size=(N_VARIABLES, N_VARIABLES)) * 0.4 + np.eye(N_VARIABLES)
    offered = rng.normal(size=(200_000, N_VARIABLES)) @ mixing
    liking = np.exp(-((offered[:, 0] - 1.0) ** 2) - 0.5 * (offered[:, 3] + 0.5) ** 2)
    liking *= 1.0 / (1.0 + np.exp(-2.0 * offered[:, 7]))
    presences = offered[rng.choice(len(offered), n_presences, p=liking / liking.sum())]
    values = np.vstack([presences, offered[:n_background]])
    return values, np.arange(len(values)) < n_presences


def _least(work: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """Return the least wall and CPU seconds of several rounds."""
    found = []
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        found.append((time.perf_counter() - wall, time.process_time() - cpu))
    return min(wall for wall, _ in found), min(cpu for _, cpu in found)


def main(cells: int = 1_000_000) -> None:
    """Print one row for each."""
    values, presence = sample()
    rng = np.random.default_rng(1)
    land = values[rng.integers(0, len(values), cells)] + rng.normal(
        scale=0.05, size=(cells, N_VARIABLES)
    )
    own = Maxent()
    own.fit(values, presence).predict(land[:1000])  # compiled by now
    fit_wall, fit_cpu = _least(lambda: own.fit(values, presence))
    wall, cpu = _least(lambda: own.predict(land))
    per_million = 1e6 / cells
    print("Maxent, s per million cells (wall, CPU) and s per fit (wall, CPU)")
    print(
        f"{'landbridge':<12} predict {wall * per_million:7.3f} {cpu * per_million:7.3f}   "
        f"fit {fit_wall:6.2f} {fit_cpu:6.2f}   {len(own.coefficient_)} features"
    )
    try:
        from elapid import MaxentModel  # noqa: PLC0415 - only where it is installed
    except ImportError:
        print("elapid       not installed: pip install .[bench]")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the peer's own business
        peer = MaxentModel(feature_types=["linear", "hinge", "quadratic", "product"], n_cpus=1)
        part = land[: min(cells, PEER_CELLS)]
        peer_fit = _least(lambda: peer.fit(values, presence.astype(int)), rounds=1)
        peer_wall, peer_cpu = _least(lambda: peer.predict(part))
    per_million = 1e6 / len(part)
    print(
        f"{'elapid':<12} predict {peer_wall * per_million:7.3f} "
        f"{peer_cpu * per_million:7.3f}   fit {peer_fit[0]:6.2f} {peer_fit[1]:6.2f}"
    )
    wall, cpu = wall * 1e6 / cells, cpu * 1e6 / cells
    print(
        f"cells per second: {peer_wall * per_million / wall:.0f} times elapid's by the clock, "
        f"{peer_cpu * per_million / cpu:.0f} times per CPU second"
    )


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:2]))
