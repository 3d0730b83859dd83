"""Time and memory of cost distance against scikit-image and xarray-spatial, in one run.

``python -m benchmarks.cost_distance [--side 4000] [--repeats 1] [--large]`` prints one row per
tool and landscape. Every search has a process of its own, the tools take turns, and the least
time counts. Memory is the peak of the process beyond what it held before the search, with the
inputs loaded and the code compiled. All tools search on one thread. ``--large`` adds a grid of
16,000 x 16,000 cells, which takes some minutes and 5 GB.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import gaussian_filter

from algorithms.connectivity.cost_distance import cost_distance
from algorithms.connectivity.many_sources import cost_distances
from benchmarks.memory import forget_peak, peak

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from algorithms.arrays import BoolArray, FloatArray

    Search = Callable[[FloatArray, BoolArray], FloatArray]

MANY = 8  # sources of the row about many sources


def landscape(kind: str, side: int) -> FloatArray:
    """Return a grid of resistances from 1 to 100: random, smooth, or smooth with barriers."""
    rng = np.random.default_rng(0)
    if kind == "random":
        return rng.uniform(1, 100, (side, side))
    height = gaussian_filter(rng.standard_normal((side // 8 + 1, side // 8 + 1)), 6)
    height = (height - height.min()) / np.ptp(height)
    resistance: FloatArray = np.kron(100**height, np.ones((8, 8)))[:side, :side].copy()
    if kind == "barriers":
        for row in range(side // 40, side, side // 20):
            resistance[row : row + 2] = np.nan
            gap = rng.integers(0, side - side // 80)
            resistance[row : row + 2, gap : gap + side // 80] = 50.0
    return resistance


def own(resistance: FloatArray, sources: BoolArray) -> FloatArray:
    """Search with Landbridge."""
    return cost_distance(resistance, sources).cost


def scikit_image(resistance: FloatArray, sources: BoolArray) -> FloatArray:
    """Search with scikit-image, which wants barriers negative."""
    from skimage.graph import MCP_Geometric  # noqa: PLC0415 - each process loads one tool only

    passable = np.isfinite(resistance)
    barred = resistance if passable.all() else np.where(passable, resistance, -1.0)
    found: FloatArray = MCP_Geometric(barred, fully_connected=True).find_costs(
        np.argwhere(sources)
    )[0]
    return found


def xarray_spatial(resistance: FloatArray, sources: BoolArray) -> FloatArray:
    """Search with xarray-spatial, whose result is float32."""
    import xarray  # noqa: PLC0415 - each process loads one tool only
    import xrspatial  # noqa: PLC0415 - each process loads one tool only

    places = {
        axis: np.arange(size, dtype=np.float64)
        for axis, size in zip("yx", resistance.shape, strict=True)
    }
    found: FloatArray = xrspatial.cost_distance(
        xarray.DataArray(sources, coords=places, dims=("y", "x")),
        xarray.DataArray(resistance, coords=places, dims=("y", "x")),
        connectivity=8,
    ).values
    return found


TOOLS: dict[str, Search] = {
    "landbridge": own,
    "scikit-image": scikit_image,
    "xarray-spatial": xarray_spatial,
}


def search_once(tool: str, folder: Path) -> None:
    """Search the landscape in a folder, keep the costs there, and print time and memory."""
    small = np.eye(64, dtype=np.bool_)
    TOOLS[tool](np.ones((64, 64)), small)  # compile
    grid = np.load(folder / "resistance.npy")
    sources = np.load(folder / "sources.npy")
    held = forget_peak()
    begin, busy = time.perf_counter(), time.process_time()
    cost = TOOLS[tool](grid, sources)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - busy
    most = peak()
    np.save(folder / f"{tool}.npy", cost)
    print(json.dumps({"seconds": seconds, "cpu": cpu, "beyond": most - held, "all": most}))


def in_a_process(tool: str, folder: Path) -> dict[str, float]:
    """Run `search_once` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", __spec__.name, "--tool", tool, str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def compare(kind: str, side: int, repeats: int, tools: Sequence[str] = tuple(TOOLS)) -> None:
    """Print a row per tool for one landscape with a source in the middle."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.save(folder / "resistance.npy", landscape(kind, side))
        sources = np.zeros((side, side), dtype=np.bool_)
        sources[side // 2, side // 2 + side // 60] = True
        np.save(folder / "sources.npy", sources)
        runs: dict[str, list[dict[str, float]]] = {tool: [] for tool in tools}
        for _ in range(repeats):
            for tool in tools:
                runs[tool].append(in_a_process(tool, folder))
        least = {tool: min(run["seconds"] for run in runs[tool]) for tool in tools}
        busy = {tool: min(run["cpu"] for run in runs[tool]) for tool in tools}
        for tool in tools:
            beyond = max(run["beyond"] for run in runs[tool]) / 1e6
            whole = max(run["all"] for run in runs[tool]) / 1e9
            print(
                f"{side:>6} x {side:<6} {kind:<9} {tool:<15} {least[tool]:7.2f} s "
                f"({busy[tool]:6.2f} s of a core, {busy[tool] / busy[tools[0]]:4.2f} times) "
                f"{beyond:7.0f} MB beyond its "
                f"inputs, {whole:4.1f} GB in all   apart {_apart(folder, tool, tools[0]):.0e}"
            )


def _apart(folder: Path, tool: str, first: str) -> float:
    if tool == first:
        return 0.0
    mine, theirs = np.load(folder / f"{first}.npy"), np.load(folder / f"{tool}.npy")
    reached = np.isfinite(mine) & (mine > 0)
    if not np.array_equal(reached, np.isfinite(theirs) & (theirs > 0)):
        return np.inf
    return float(np.max(np.abs(theirs[reached] / mine[reached] - 1)))


def many_sources(side: int) -> None:
    """Print how long several sources take one after another, and shared over the cores."""
    grid = landscape("random", side)
    places = np.random.default_rng(1).integers(0, side, (MANY, 2))
    sources = [np.zeros(grid.shape, dtype=np.bool_) for _ in places]
    for source, place in zip(sources, places, strict=True):
        source[tuple(place)] = True
    begin = time.perf_counter()
    for source in sources:
        cost_distance(grid, source)
    alone = time.perf_counter() - begin
    begin = time.perf_counter()
    for _ in cost_distances(grid, sources):
        pass
    shared = time.perf_counter() - begin
    print(
        f"{side:>6} x {side:<6} {MANY} sources: {alone:.2f} s one after another, "
        f"{shared:.2f} s over the cores, {alone / shared:.2f} times"
    )


def main(arguments: Sequence[str] = ()) -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cost_distance")
    parser.add_argument("--side", type=int, default=4000, help="cells of a side")
    parser.add_argument("--repeats", type=int, default=1, help="searches of each tool")
    parser.add_argument("--large", action="store_true", help="add 16,000 x 16,000 cells")
    parser.add_argument("--tool", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.tool:
        search_once(asked.tool[0], Path(asked.tool[1]))
        return
    print(f"cost distance from one source, one thread, least of {asked.repeats}")
    for kind in ("random", "smooth", "barriers"):
        compare(kind, asked.side, asked.repeats)
    many_sources(max(64, asked.side // 3))
    if asked.large:
        compare("random", 16_000, 1, ("landbridge",))


if __name__ == "__main__":
    main(sys.argv[1:])
