"""Run a whole suitability study over large layers; tell its time and peak memory.

``python -m benchmarks.study_memory [SIDE] [LAYERS] [BACKGROUND]`` writes LAYERS rasters of SIDE
x SIDE cells (2,500 and 10 by default; 10,000 gives 1e8 cells and needs some 10 GB of disk and
the better part of an hour) and records of a virtual species, and runs ``landbridge suitability
fit`` on them: ensemble, folds, maps with extrapolation and agreement, areas and report.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import rasterio
from pyproj import Transformer

from benchmarks.tiles_memory import PeakMemory, write_layer

N_RECORDS = 300
_SEED = 3


def write_records(folder: Path, side: int) -> tuple[Path, Path]:
    """Write records of a virtual species, and of a target group, on the layers of a folder."""
    rng = np.random.default_rng(_SEED)
    with rasterio.open(folder / "layer0.tif") as source:
        to_degrees = Transformer.from_crs(source.crs, "EPSG:4326", always_xy=True)
        written = []
        for name, count in (("records", N_RECORDS), ("group", 20 * N_RECORDS)):
            column = rng.integers(side // 10 + 1, side, count)
            row = rng.integers(0, side, count)
            lon, lat = to_degrees.transform(*source.xy(row, column))
            path = folder / f"{name}.csv"
            lines = [f"virtual,{x:.6f},{y:.6f}" for x, y in zip(lon, lat, strict=True)]
            path.write_text("\n".join(["species,lon,lat", *lines]) + "\n", encoding="utf-8")
            written.append(path)
    return written[0], written[1]


def main(side: int = 2_500, layers: int = 10, background: str = "uniform") -> None:
    """Write the layers and run the study in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(layers):
            write_layer(folder / f"layer{number}.tif", side, number)
        records, group = write_records(folder, side)
        command = [sys.executable, "-c", "from planner.cli import main; main()"]
        command += ["suitability", "fit", "--yes"]
        command += ["--occurrences", str(records), "--covariates", str(folder / "layer*.tif")]
        command += ["--out", str(folder / "run"), "--background", background]
        if background in {"target_group", "country_effort"}:
            command += ["--group", str(group)]
        begin = time.perf_counter()
        with PeakMemory() as memory:
            subprocess.run(command, check=True)
        seconds = time.perf_counter() - begin
    print(
        f"whole study, background {background}: {side * side:,} cells x {layers} layers in "
        f"{seconds:.0f} s, peak {memory.peak_bytes / 1e9:.2f} GB resident"
    )


if __name__ == "__main__":
    words = [*sys.argv[1:], *("2500", "10", "uniform")[len(sys.argv) - 1 :]]
    main(int(words[0]), int(words[1]), words[2])
