"""Rate the habitat models on the NCEAS data, beside what the best free tools reach.

``python -m benchmarks.sdm [--data FOLDER] [--jobs N] [--methods NAME ...]`` fits every species
of every region it finds in the folder, with both backgrounds, one core per fit.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import rankdata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from algorithms.arrays import BoolArray, FloatArray
    from benchmarks.nceas import Background, Task

ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)
DATA = Path(__file__).parents[2] / "shared" / "peer" / "sdm" / "nceas"
_HEADING = " " * 37 + "n     AUC      PRG*     COR    fit s  predict s"
_BACKGROUNDS: tuple[Background, ...] = ("random", "target-group")

_KNOWN: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "random": (
        ("elapid 1.0.4", ".661", ".593", ".7152"),
        ("HistGradientBoosting", ".675", ".578", ".7207"),
        ("forest, down-sampled", ".678", ".566", ".7262"),
        ("maxnet", ".689", ".595", ".7273"),
        ("maxnet + forest, rank mean", "-", "-", ".7326"),
    ),
    "target-group": (
        ("HistGradientBoosting", ".688", ".709", ".7485"),
        ("forest, down-sampled", ".688", ".717", ".7548"),
        ("maxnet", ".721", ".725", ".7582"),
        ("maxnet + forest, rank mean", ".712", ".729", ".7637"),
    ),
}
"""Mean AUC-ROC of others: AWT, CAN, and all six regions; measured with the same protocol."""


@dataclass(frozen=True, slots=True)
class Score:
    """How one model did on one species; `fit_s` and `predict_s` are CPU seconds."""

    region: str
    species: str
    auc: float
    auc_prg: float
    correlation: float
    fit_s: float
    predict_s: float


class RankMean:
    """The peer to beat: Maxent and forest as they are, joined by ranks at the sites rated.

    Its scores mean something only within one call of `predict`.
    """

    def __init__(self, categorical: tuple[int, ...], random_state: int) -> None:
        from algorithms.suitability.forest import DownSampledForest  # noqa: PLC0415
        from algorithms.suitability.maxent import Maxent  # noqa: PLC0415

        self._members = (
            Maxent(categorical, random_state),
            DownSampledForest(categorical, random_state),
        )

    def fit(self, values: FloatArray, presence: BoolArray) -> None:
        """Fit both."""
        for member in self._members:
            member.fit(values, presence)

    def predict(self, values: FloatArray) -> FloatArray:
        """Return the sum of both ranks of each site."""
        ranks: FloatArray = np.sum(
            [rankdata(member.predict(values)) for member in self._members], axis=0
        )
        return ranks


def _methods() -> dict[str, Callable[..., object]]:
    from algorithms.suitability.boosting import BoostedTrees  # noqa: PLC0415 - after the threads
    from algorithms.suitability.ensemble import SuitabilityEnsemble  # noqa: PLC0415
    from algorithms.suitability.forest import DownSampledForest  # noqa: PLC0415
    from algorithms.suitability.maxent import Maxent  # noqa: PLC0415

    return {
        "Maxent": Maxent,
        "DownSampledForest": DownSampledForest,
        "BoostedTrees": BoostedTrees,
        "RankMean": RankMean,
        "SuitabilityEnsemble": SuitabilityEnsemble,
    }


def _rate(job: tuple[str, Task]) -> Score:
    from algorithms.suitability.evaluation.discrimination import (  # noqa: PLC0415
        auc,
        auc_prg,
        correlation,
    )

    method, task = job
    model = _methods()[method](categorical=task.categorical, random_state=0)
    start = time.process_time()
    model.fit(task.values, task.presence)  # type: ignore[attr-defined]  # an estimator
    fitted = time.process_time()
    rated = model.predict(task.test_values)  # type: ignore[attr-defined]  # an estimator
    done = time.process_time()
    at = (rated[task.found], rated[~task.found])
    return Score(
        task.region,
        task.species,
        auc(*at),
        auc_prg(*at),
        correlation(*at),
        fitted - start,
        done - fitted,
    )


def _row(label: str, scores: Iterable[Score]) -> str:
    chosen = list(scores)
    return (
        f"{label:<34} {len(chosen):>4}  {np.mean([one.auc for one in chosen]):.4f}  "
        f"{np.median([one.auc_prg for one in chosen]):8.4f}  "
        f"{np.mean([one.correlation for one in chosen]):.4f}  "
        f"{np.mean([one.fit_s for one in chosen]):7.2f}  "
        f"{np.mean([one.predict_s for one in chosen]):9.3f}"
    )


def _jobs(folder: Path, background: Background, method: str) -> Iterable[tuple[str, Task]]:
    from benchmarks.nceas import regions, tasks  # noqa: PLC0415 - after the threads are set

    for region in regions(folder):
        for task in tasks(folder, region, background):
            yield method, task


def measure(folder: Path, methods: list[str], jobs: int) -> None:
    """Print the table of all methods, backgrounds and regions."""
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        for background in _BACKGROUNDS:
            print(f"\nBackground: {background}")
            print(_HEADING)
            for method in methods:
                scores = list(pool.imap(_rate, _jobs(folder, background, method)))
                found = sorted({one.region for one in scores})
                for region in found:
                    print(
                        _row(f"{method}, {region}", (s for s in scores if s.region == region))
                    )
                if len(found) > 1:
                    print(_row(f"{method}, all of these", scores), flush=True)
            for name, awt, can, every in _KNOWN[background]:
                print(
                    f"  known: {name:<28} AWT {awt:>5}  CAN {can:>5}  all six regions {every}"
                )
    print("\n* median over species; AUC, COR and seconds are means. Seconds are CPU, one core.")
    print("The standard error of a mean AUC over species is about 0.01: compare paired.")


def main(arguments: list[str] | None = None) -> int:
    """Run the measurement; return the status of the process."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sdm", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder with REGION.npz")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--methods", nargs="+", default=None)
    chosen = parser.parse_args(arguments)
    if not any(chosen.data.glob("*.npz")):
        print(f"{chosen.data} holds no NCEAS data (REGION.npz); see --data.", file=sys.stderr)
        return 2
    for name in ONE_THREAD:
        os.environ[name] = "1"  # inherited by the processes that fit
    known = list(_methods())
    methods = chosen.methods or known
    if unknown := set(methods) - set(known):
        print(f"Unknown: {', '.join(unknown)}. Known: {', '.join(known)}.", file=sys.stderr)
        return 2
    measure(chosen.data, methods, max(1, chosen.jobs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
