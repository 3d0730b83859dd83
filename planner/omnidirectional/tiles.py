"""The windows of a case by tiles: planned, run on cores or a cluster, kept, added up.

A tile holds targets; their windows reach beyond it, so that a tile gives a patch of current
larger than itself. Patches are kept in files and added in the order of the tiles: the sum is
the same to the last digit whatever the number of workers, and whether it ran in one go or was
interrupted.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import threading
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.omnidirectional import (
    Condition,
    Currents,
    Ground,
    MovingWindow,
    Targets,
    accumulated,
)
from algorithms.connectivity.threads import core_count, in_threads
from layers.raster import raster_written
from layers.tiles.plan import Tile, TilePlan
from planner.circuit.errors import CircuitMemoryError
from planner.files import made_folder, write_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from algorithms.control import Control

METHOD = 1
"""Raised whenever other numbers would come of the same case, so that nothing is resumed."""
PARTS = ".landbridge-parts"
"""Folder of the finished tiles of a run that is not finished."""

_PROGRAM_BYTES = 350e6  # libraries and compiled loops, measured
_SECONDS_A_TILE = 60.0
_TILES_WANTED = 64
_BAND_SPEED = 2.5e-9  # seconds a window per cell of reach to the fourth power, measured


@dataclass(frozen=True)
class OmniRun:
    """What is computed.

    Parameters
    ----------
    ground : Ground
        What current flows over.
    targets : Targets
        All targets, row by row.
    window : MovingWindow
        How windows are cut.
    potential : bool
        Whether flow potential is wanted.
    """

    ground: Ground
    targets: Targets
    window: MovingWindow
    potential: bool

    @property
    def plan(self) -> TilePlan:
        """How the targets are cut into tiles; depends on the case only, not on the machine."""
        rows, columns = self.ground.source.shape
        block, reach = self.window.block_size, self.window.reach
        seconds = _BAND_SPEED * reach**4 + 5e-5
        windows = min(65536.0, max(16.0, _SECONDS_A_TILE / seconds))
        side = min(block * math.sqrt(windows), math.sqrt(rows * columns / _TILES_WANTED))
        side = max(side, reach / 2, 16)
        whole = math.ceil(side / block) * block
        return TilePlan((rows, columns), (whole, whole))

    @property
    def busy(self) -> list[int]:
        """Numbers of the tiles with targets, rising."""
        height, width = self.plan.tile
        across = math.ceil(self.plan.shape[1] / width)
        number = self.targets.rows // height * across + self.targets.columns // width
        return [int(index) for index in np.unique(number)]

    def patch(self, tile: Tile) -> tuple[slice, slice]:
        """Return the rows and columns that the windows of a tile cover."""
        rows, columns = self.ground.source.shape
        reach = self.window.reach
        return (
            slice(max(0, tile.row - reach), min(rows, tile.row + tile.height + reach)),
            slice(max(0, tile.column - reach), min(columns, tile.column + tile.width + reach)),
        )

    def part(self, tile: Tile) -> OmniRun:
        """Return the windows of one tile, with all they need and no more."""
        patch = self.patch(tile)
        ends = np.searchsorted(self.targets.rows, (tile.row, tile.row + tile.height))
        near = slice(int(ends[0]), int(ends[1]))  # targets stand row by row
        across = self.targets.columns[near] - tile.column
        here = near.start + np.flatnonzero((across >= 0) & (across < tile.width))
        ground = Ground(
            self.ground.conductance[patch],
            self.ground.source[patch],
            tuple(
                Condition(
                    item.at_sources[patch],
                    item.at_targets[patch],
                    item.comparison,
                    item.lower,
                    item.upper,
                )
                for item in self.ground.conditions
            ),
        )
        targets = Targets(
            self.targets.rows[here] - patch[0].start,
            self.targets.columns[here] - patch[1].start,
            self.targets.strength[here],
        )
        return OmniRun(ground, targets, self.window, self.potential)

    def fingerprint(self) -> str:
        """Return a hash of everything that the numbers depend on."""
        digest = hashlib.sha256(repr((METHOD, self.window, self.potential, self.plan)).encode())
        grids = [self.ground.conductance, self.ground.source]
        for item in self.ground.conditions:
            digest.update(repr((item.comparison, item.lower, item.upper)).encode())
            grids += [item.at_sources, item.at_targets]
        for grid in grids:
            digest.update(np.ascontiguousarray(grid).data)
        return digest.hexdigest()

    def memory_bytes(self, workers: int) -> float:
        """Return about how much memory the run takes with so many windows at work at once."""
        rows, columns = self.ground.source.shape
        held = 6 + 2 * len(self.ground.conditions)  # inputs, sums, a map that is written
        side = min(self.plan.tile[0] + 2 * self.window.reach, max(rows, columns))
        each = self.window.bytes_at_work(potential=self.potential) + 6 * 8.0 * side * side
        return float(_PROGRAM_BYTES + 8.0 * rows * columns * held + workers * each)


def worked(run: OmniRun, control: Control) -> Currents:
    """Accumulate the currents of one part of a run."""
    return accumulated(
        run.ground, run.targets, run.window, potential=run.potential, control=control
    )


def allowed_workers(run: OmniRun, memory_bytes: float) -> int:
    """Return how many windows may be at work at once within the memory.

    Raises
    ------
    CircuitMemoryError
        Not even one; says how much it needs.
    """
    need = run.memory_bytes(1)
    if need > memory_bytes:
        raise CircuitMemoryError(
            f"This case needs about {need / 1e9:.2f} GB of memory and may use "
            f"{memory_bytes / 1e9:.2f} GB. Give it more with --memory, make the radius "
            "smaller, or use coarser cells."
        )
    if math.isinf(memory_bytes):
        return core_count()
    each = run.memory_bytes(2) - need
    return max(1, min(core_count(), 1 + int((memory_bytes - need) / each)))


def run_tiles(
    run: OmniRun,
    folder: Path,
    *,
    cluster: str | None = None,
    workers: int | None = None,
    control: Control,
) -> Currents:
    """Work on all tiles that are not finished, then add up all patches.

    Parameters
    ----------
    run : OmniRun
        What is computed.
    folder : Path
        Of the results; finished tiles are kept in a folder of it until all are done.
    cluster : str, optional
        Address of a dask.distributed scheduler.
    workers : int, optional
        How many tiles may be at work at once on this machine; as many as cores by default.
    control : Control
        Told the share of the tiles done; may cancel, which keeps the finished ones.

    Raises
    ------
    LayerWriteError
        The disk is full.
    ClusterError
        The cluster cannot be reached or lost its workers.
    """
    parts = _Parts(made_folder(folder / PARTS), run.fingerprint())
    plan = run.plan
    done = parts.finished()
    wanted = [index for index in run.busy if index not in done]
    results = (
        _on_cluster(cluster, run, plan, control, wanted)
        if cluster is not None
        else _on_cores(run, plan, control, wanted, workers or core_count())
    )
    for index, currents in results:
        parts.keep(index, currents)
    return _added(run, plan, parts)


def can_resume(folder: Path, run: OmniRun) -> bool:
    """Tell whether a folder holds finished tiles of this very run."""
    return (folder / PARTS).is_dir() and _Parts(
        folder / PARTS, run.fingerprint(), begin=False
    ).same()


def forget_tiles(folder: Path) -> None:
    """Remove the tiles that were kept in a folder of results."""
    shutil.rmtree(folder / PARTS, ignore_errors=True)


def forget_unbegun(folder: Path, *, made: bool) -> None:
    """Remove what a run left that ended before any tile was finished.

    Parameters
    ----------
    folder : Path
        Of the results.
    made : bool
        Whether the run made it, so that it goes too where it is empty.
    """
    if any((folder / PARTS).glob("*.tile")):
        return
    forget_tiles(folder)
    if made and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


class _Parts:
    """The finished tiles of a run, a file each."""

    def __init__(self, folder: Path, fingerprint: str, *, begin: bool = True) -> None:
        self._folder = folder
        self._header = json.dumps({"method": METHOD, "fingerprint": fingerprint})
        if begin and not self.same():
            for left in folder.iterdir():
                left.unlink()
            write_text(folder / "run.json", self._header)

    def same(self) -> bool:
        """Tell whether the tiles are of this run."""
        try:
            return (self._folder / "run.json").read_text(encoding="utf-8") == self._header
        except (OSError, UnicodeDecodeError):
            return False

    def finished(self) -> set[int]:
        """Return the numbers of the tiles that are there whole."""
        return {
            int(path.stem)
            for path in self._folder.glob("*.tile")
            if path.stem.isdecimal() and self._read(path) is not None
        }

    def keep(self, index: int, currents: Currents) -> None:
        """Write a tile, whole or not at all."""
        path = self._folder / f"{index}.tile"
        body = np.concatenate((currents.current.ravel(), currents.potential.ravel())).tobytes()
        partial_file = path.with_suffix(".partial")
        with raster_written(path):
            partial_file.write_bytes(zlib.crc32(body).to_bytes(4, "little") + body)
            partial_file.replace(path)

    def read(self, index: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return the currents of a tile, those of the potential after the others."""
        values = self._read(self._folder / f"{index}.tile")
        if values is None:
            raise OSError(f"tile {index} is gone from {self._folder}")
        return values

    def _read(self, path: Path) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
        data = path.read_bytes()
        if len(data) < 4 or zlib.crc32(data[4:]) != int.from_bytes(data[:4], "little"):
            return None
        return np.frombuffer(data[4:])


def _on_cores(
    run: OmniRun, plan: TilePlan, control: Control, wanted: list[int], workers: int
) -> Iterator[tuple[int, Currents]]:
    places = threading.Semaphore(workers)

    def one(index: int, told: Control) -> Currents:
        with _place(places, told):
            return worked(run.part(plan[index]), told)

    for at, currents in in_threads([partial(one, index) for index in wanted], control):
        yield wanted[at], currents


@contextmanager
def _place(places: threading.Semaphore, control: Control) -> Iterator[None]:
    """Wait for one of a few places, and hear a cancel meanwhile."""
    while not places.acquire(timeout=0.1):
        control.report(0.0)
    try:
        yield
    finally:
        places.release()


def _on_cluster(
    address: str, run: OmniRun, plan: TilePlan, control: Control, wanted: list[int]
) -> Iterator[tuple[int, Currents]]:
    from layers.tiles.cluster import work_in_cluster  # noqa: PLC0415 - slow to load, seldom needed

    yield from work_in_cluster(
        address, _worked_there, lambda index: run.part(plan[index]), control, wanted
    )


def _worked_there(run: OmniRun) -> Currents:
    """Work on one tile, on a worker of a cluster."""
    from algorithms.control import NULL_CONTROL  # noqa: PLC0415 - nobody listens there

    return worked(run, NULL_CONTROL)


def _added(run: OmniRun, plan: TilePlan, parts: _Parts) -> Currents:
    """Add up all patches in the order of the tiles."""
    shape = run.ground.source.shape
    total = Currents(np.zeros(shape), np.zeros(shape if run.potential else (0, 0)))
    for index in run.busy:
        patch = run.patch(plan[index])
        size = (patch[0].stop - patch[0].start, patch[1].stop - patch[1].start)
        both = parts.read(index).reshape(-1, *size)
        total.current[patch] += both[0]
        if run.potential:
            total.potential[patch] += both[1]
    return total
