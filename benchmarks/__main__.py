"""``python -m benchmarks [NAME ...]``: every measurement, or those named."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from benchmarks import (
    circuit,
    cost_distance,
    drawing,
    first_map,
    forest_prediction,
    frames,
    maxent_prediction,
    network,
    pipeline,
    responsiveness,
    study_memory,
    tiles_memory,
    widening,
)

if TYPE_CHECKING:
    from collections.abc import Callable

MEASUREMENTS: dict[str, Callable[[], object]] = {
    "first_map": first_map.main,
    "frames": frames.main,
    "frames_polygons": partial(frames.main, ("--polygons", "10000")),
    "frames_cells": partial(frames.main, ("--cells", "100000000")),
    "drawing": drawing.main,
    "responsiveness": responsiveness.main,
    "pipeline": pipeline.main,
    "cost_distance": cost_distance.main,
    "circuit": circuit.main,
    "widening": widening.main,
    "network": network.main,
    "maxent_prediction": maxent_prediction.main,
    "forest_prediction": forest_prediction.main,
    "tiles_memory": tiles_memory.main,
    "study_memory": study_memory.main,
}


def main(names: list[str]) -> int:
    """Run the measurements; return the status of the process."""
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        print(
            f"Unknown: {', '.join(unknown)}. Known: {', '.join(MEASUREMENTS)}.", file=sys.stderr
        )
        return 2
    for name in names or MEASUREMENTS:
        MEASUREMENTS[name]()
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
