"""The steps of the main job, first with nothing done and then with nothing changed."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from planner.pipeline.plan import PlanRequest, announced_steps, make_plan
from planner.progress import StepProgress

if TYPE_CHECKING:
    from planner.pipeline.plan import PlanResult

REGIONS = ("tiger-leopard", "north-east-asia")


def main() -> None:
    """Print the seconds of every step for the default region and for the whole."""
    for region in REGIONS:
        with tempfile.TemporaryDirectory() as folder:
            request = PlanRequest.of(region, (), Path(folder))
            first, first_s = _timed(request)
            _, again_s = _timed(request)
        print(f"{request.region.names.en} ({region})")
        for timing in first.timings:
            print(f"  {timing.step:<32} {timing.seconds:7.1f} s")
        print(
            f"  {'all steps':<32} {first_s:7.1f} s; run again, nothing changed: {again_s:.1f} s"
        )


def _timed(request: PlanRequest) -> tuple[PlanResult, float]:
    weights = {name: weight for name, (_, weight) in announced_steps(request).items()}
    started = time.perf_counter()
    result = make_plan(request, StepProgress(weights))
    return result, time.perf_counter() - started


if __name__ == "__main__":
    main()
