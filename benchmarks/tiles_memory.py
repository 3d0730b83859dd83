"""Predict over a large stack by tiles and tell the peak memory of the whole process tree.

``python -m benchmarks.tiles_memory [SIDE] [LAYERS]`` writes LAYERS rasters of SIDE x SIDE cells
from a seed into a temporary folder (10,000 and 10 by default, 1e8 cells: 4 GB of disk), which
is removed at the end. The prediction itself is cheap, so that reading and writing are measured.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
from affine import Affine
from rasterio.windows import Window

from layers.covariates import CovariateSource, open_covariates
from layers.tiles.output import OutputSpec
from layers.tiles.running import predict_tiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

psutil: Any = import_module("psutil")  # it has no types

SECONDS_BETWEEN_LOOKS = 0.1
BLOCK = 256


def write_layer(path: Path, side: int, seed: int) -> None:
    """Write a float32 raster of smooth values with noise, and a tenth of it unknown."""
    rng = np.random.default_rng(seed)
    profile = {
        "driver": "GTiff",
        "height": side,
        "width": side,
        "count": 1,
        "dtype": "float32",
        "crs": "EPSG:32652",
        "transform": Affine(30, 0, 300_000, 0, -30, 5_400_000),
        "tiled": True,
        "blockxsize": BLOCK,
        "blockysize": BLOCK,
        "compress": "DEFLATE",
        "zlevel": 1,
        "nodata": -9999.0,
    }
    wave = np.sin(np.arange(side) / (50 + seed)) * 100
    with rasterio.open(path, "w", **profile) as target:
        for top in range(0, side, BLOCK):
            height = min(BLOCK, side - top)
            band = wave[top : top + height, None] + wave[None, :]
            band = np.round(band + rng.random(band.shape), 1).astype(np.float32)
            band[:, : side // 10] = -9999.0
            target.write(band, 1, window=Window(0, top, side, height))


def index(X: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:  # noqa: N803 - as elsewhere
    """Return a cheap index from 0 to 1."""
    return {"index": 1 / (1 + np.exp(-X.mean(axis=1) / 100))}


class PeakMemory:
    """Watches the resident memory of this process and its children, in a ``with`` statement."""

    def __init__(self) -> None:
        self.peak_bytes = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> PeakMemory:
        """Begin to watch."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Watch no more."""
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        own = psutil.Process()
        while not self._ended.wait(SECONDS_BETWEEN_LOOKS):
            total = 0
            for process in (own, *own.children(recursive=True)):
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue  # it ended while it was looked at
            self.peak_bytes = max(self.peak_bytes, total)


def predict(folder: Path, layers: int) -> None:
    """Predict over the layers of a folder and print time and peak memory."""
    paths = [folder / f"layer{number}.tif" for number in range(layers)]
    stack = open_covariates([CovariateSource(path.stem, path) for path in paths])
    out = folder / "index.tif"
    with PeakMemory() as memory:
        report = predict_tiles(stack, index, {"index": OutputSpec(out)})
    print(
        f"{report.cells:,} cells x {layers} layers: {report.seconds:.1f} s, "
        f"{report.cells / report.seconds / 1e6:.2f} million cells/s, peak "
        f"{memory.peak_bytes / 1e9:.2f} GB resident, {report.tiles} tiles of "
        f"{stack.plan.tile[0]} x {stack.plan.tile[1]}, {report.known_cells:,} known, "
        f"{out.stat().st_size / 1e6:.0f} MB written"
    )


def main(side: int = 10_000, layers: int = 10) -> None:
    """Write the layers, then predict in a process of its own, whose memory is what counts."""
    print("prediction by tiles: memory of the whole process tree")
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        for number in range(layers):
            write_layer(Path(folder) / f"layer{number}.tif", side, number)
        print(f"layers written in {time.perf_counter() - begin:.0f} s", flush=True)
        code = (
            "from pathlib import Path; from benchmarks.tiles_memory import predict; "
            f"predict(Path({folder!r}), {layers})"
        )
        subprocess.run([sys.executable, "-c", code], check=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
