"""Prediction over rasters of any size: tile by tile, on cores or a cluster, resumable."""

from __future__ import annotations

import time
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.control import NULL_CONTROL, Control
from layers.errors import LayerWriteError
from layers.tiles.journal import Journal
from layers.tiles.output import OutputSpec, TiledOutput
from layers.tiles.plan import TilePlan, plan_tiles
from layers.tiles.predicting import TilePrediction, TileValues
from layers.tiles.threads import in_threads

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from layers.covariates.stack import CovariateStack

SECONDS_BETWEEN_RECORDS = 2.0
"""An interrupted run loses no more work than was done in this time."""

_SHARE_OF_TILES = 0.9  # of the progress; the rest is making the files cloud-optimised


@dataclass(frozen=True, slots=True)
class TileReport:
    """What a run over tiles did.

    Parameters
    ----------
    tiles, resumed_tiles : int
        All tiles, and those that an earlier, interrupted run had finished.
    cells, known_cells : int
        Cells of the grid, and those known in every covariate.
    seconds : float
        How long this run took.
    """

    tiles: int
    resumed_tiles: int
    cells: int
    known_cells: int
    seconds: float


def predict_tiles(  # noqa: PLR0913 - what, how it is watched and where it runs, each optional
    stack: CovariateStack,
    predict: Callable[[NDArray[np.float64]], Mapping[str, NDArray[np.float64]]],
    outputs: Mapping[str, OutputSpec],
    *,
    tile: int | None = None,
    control: Control = NULL_CONTROL,
    cluster: str | None = None,
    resume: str | None = None,
) -> TileReport:
    """Predict over a grid and write the results, with memory bounded by the tiles.

    Parameters
    ----------
    stack : CovariateStack
        The covariates.
    predict : callable
        From (n, covariates) float64, all finite, to a mapping of each output's name to its
        values, (n,) float64, NaN where there is none. Every row must be predicted by itself
        alone. It is called from several threads; with a cluster it must be picklable.
    outputs : mapping of str to OutputSpec
        What is written; the names are those that `predict` gives. Cells unknown in any
        covariate are NoData.
    tile : int, optional
        Side of the tiles in cells, about; by default that of the stack. The values do not
        depend on it.
    control : Control
        Told the share of the work done; may cancel, which leaves the targets as they were.
    cluster : str, optional
        Address of a dask.distributed scheduler whose workers do the tiles; the same values.
    resume : str, optional
        Fingerprint of everything the values depend on. A run that was interrupted goes on
        from its last finished tiles when it is started again with the same fingerprint, grid
        and outputs; what any other run left is removed. Without it nothing is kept.

    Returns
    -------
    TileReport

    Raises
    ------
    LayerReadError
        A covariate cannot be read.
    LayerWriteError
        The disk is full, or a folder cannot be written.
    ClusterError
        The cluster cannot be reached or lost its workers.
    ValueError
        No outputs, two with one path, or predictions that do not fit them.
    """
    started = time.monotonic()
    _refuse_outputs(outputs)
    plan = stack.plan if tile is None else _plan(stack, tile)
    work = _Work(stack, plan, outputs, resume)
    prediction = TilePrediction(predict, outputs)
    done = False
    try:
        known = work.begin()
        resumed = len(known)
        wanted = [index for index in range(len(plan)) if index not in known]
        watched = _Share(control, resumed / len(plan), len(wanted) / len(plan))
        with closing(_results(cluster, (stack, prediction), plan, watched, wanted)) as results:
            for index, values in results:
                work.write(index, values)
                known[index] = values.known
        work.finish(control)
        done = True
    finally:
        work.end(done=done)
    rows, columns = stack.grid.shape
    return TileReport(
        len(plan), resumed, rows * columns, sum(known.values()), time.monotonic() - started
    )


def discard_unfinished(paths: Mapping[str, Path]) -> None:
    """Remove what interrupted runs left beside targets that will not be resumed.

    Parameters
    ----------
    paths : mapping of str to Path
        The targets, by output.
    """
    for path in paths.values():
        for left in path.parent.glob(f".{path.name}.*"):
            if left.name.endswith((".partial", ".journal")):
                left.unlink(missing_ok=True)


class _Work:
    """The outputs of one run and the journal of their tiles."""

    def __init__(
        self,
        stack: CovariateStack,
        plan: TilePlan,
        outputs: Mapping[str, OutputSpec],
        resume: str | None,
    ) -> None:
        self._plan = plan
        self._outputs = {
            name: TiledOutput(spec, stack.grid, plan) for name, spec in outputs.items()
        }
        first = next(iter(outputs.values())).path
        self._resumable = resume is not None
        self._journal = Journal(
            first.with_name(f".{first.name}.journal"), _header(stack, plan, outputs, resume)
        )
        self._unrecorded: dict[int, int] = {}
        self._recorded_at = time.monotonic()

    def begin(self) -> dict[int, int]:
        """Return the known cells of the tiles that are finished already."""
        known = self._journal.finished() if self._resumable else {}
        if known and all(output.partial_bytes > 0 for output in self._outputs.values()):
            return {index: cells for index, cells in known.items() if index < len(self._plan)}
        self._journal.remove()
        for output in self._outputs.values():
            output.create()
        if self._resumable:
            self._journal.begin()
        return {}

    def write(self, index: int, values: TileValues) -> None:
        for name, band in values.values.items():
            self._outputs[name].write(self._plan[index], band)
        self._unrecorded[index] = values.known
        if time.monotonic() - self._recorded_at > SECONDS_BETWEEN_RECORDS:
            self._record()

    def finish(self, control: Control) -> None:
        self._record()
        each = (1 - _SHARE_OF_TILES) / len(self._outputs)
        for at, output in enumerate(self._outputs.values()):
            start = (_SHARE_OF_TILES + at * each) / _SHARE_OF_TILES
            output.finish(_Share(control, start, each / _SHARE_OF_TILES))

    def end(self, *, done: bool) -> None:
        """Leave nothing behind but what a resumed run can use."""
        if self._resumable and not done:
            with suppress(LayerWriteError):  # a full disk: the latest tiles are done again
                self._record()
            for output in self._outputs.values():
                output.discard_copies()
            return
        self._journal.remove()
        for output in self._outputs.values():
            output.discard()

    def _record(self) -> None:
        """List the tiles as finished, once their values are on the disk."""
        for output in self._outputs.values():
            output.sync()
        if self._resumable and self._unrecorded:
            self._journal.add(self._unrecorded)
        self._unrecorded = {}
        self._recorded_at = time.monotonic()


class _Share:
    """Tells the progress of a part of the tiles as that of the whole run."""

    def __init__(self, whole: Control, start: float, share: float) -> None:
        self._whole = whole
        self._start = start
        self._share = share

    def report(self, fraction: float) -> None:
        done = _SHARE_OF_TILES * (self._start + self._share * fraction)
        self._whole.report(min(1.0, done))


def _results(
    cluster: str | None,
    task: tuple[CovariateStack, TilePrediction],
    plan: TilePlan,
    control: Control,
    wanted: list[int],
) -> Generator[tuple[int, TileValues], None, None]:
    if cluster is None:
        return in_threads(task[0].reader, task[1], plan, control, wanted)
    from layers.tiles.cluster import in_cluster  # noqa: PLC0415 - slow to load, seldom needed

    return in_cluster(cluster, task, plan, control, wanted)


def _plan(stack: CovariateStack, tile: int) -> TilePlan:
    blocks = [
        facts.block
        for facts, alignment in zip(stack.facts, stack.alignments, strict=True)
        if alignment.rule == "as is"
    ]
    return plan_tiles(stack.grid.shape, blocks, len(stack), side=tile)


def _refuse_outputs(outputs: Mapping[str, OutputSpec]) -> None:
    if not outputs:
        raise ValueError("there is nothing to write: no outputs were given")
    paths = [spec.path.absolute() for spec in outputs.values()]
    if len(set(paths)) < len(paths):
        raise ValueError("two outputs have one path; give each a file of its own")
    for path in paths:
        if not path.parent.is_dir():
            raise LayerWriteError(
                f"{path} could not be written: its folder is not there. Make the folder, or "
                "choose another."
            )


def _header(
    stack: CovariateStack,
    plan: TilePlan,
    outputs: Mapping[str, OutputSpec],
    resume: str | None,
) -> dict[str, object]:
    """Return what a journal must agree in before its tiles are taken over."""
    return {
        "fingerprint": resume,
        "crs": stack.grid.crs,
        "transform": list(stack.grid.transform)[:6],
        "shape": list(plan.shape),
        "tile": list(plan.tile),
        "covariates": [
            [source.name, str(source.path.absolute()), source.band, alignment.rule]
            for source, alignment in zip(stack.sources, stack.alignments, strict=True)
        ],
        "outputs": {
            name: [str(spec.path.absolute()), spec.dtype, repr(spec.none), dict(spec.tags)]
            for name, spec in outputs.items()
        },
    }
