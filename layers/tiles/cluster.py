"""Tiles worked on by a dask.distributed cluster; their values come back to be written here."""

from __future__ import annotations

import threading
import time
import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from layers.covariates.source import open_raster
from layers.errors import LayerReadError
from resources.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from layers.control import Control
    from layers.covariates.stack import CovariateStack
    from layers.tiles.plan import Tile, TilePlan
    from layers.tiles.predicting import TilePrediction, TileValues

distributed: Any = import_module("distributed")  # it has no types

PartT = TypeVar("PartT")
ResultT = TypeVar("ResultT")

SECONDS_BETWEEN_REPORTS = 0.1
SECONDS_TO_CONNECT = 15
SECONDS_WITHOUT_WORKERS = 60.0
"""How long a cluster may be without any worker before the run gives up."""

_TILES_PER_THREAD = 2  # one in work, one waiting
_SECONDS_BETWEEN_LOOKS = 2.0
_LOST = (
    "The connection to the scheduler of the cluster was lost. Start it again and run again; "
    "finished tiles are kept where the run can be resumed."
)


class ClusterError(PlannerError, ConnectionError):
    """A cluster that cannot be reached or cannot do the work; says which part and why."""


def in_cluster(
    address: str,
    task: tuple[CovariateStack, TilePrediction],
    plan: TilePlan,
    control: Control,
    wanted: Sequence[int],
) -> Generator[tuple[int, TileValues], None, None]:
    """Work on tiles in a cluster and yield each result as it comes.

    The workers read the covariates by path. No more than two tiles per thread of the cluster
    are on their way, so that memory stays bounded. A tile whose worker is lost is given to
    another.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://host:8786``.
    task : tuple of CovariateStack and TilePrediction
        What is read, and what is done with it.
    plan : TilePlan
        The tiles.
    control : Control
        Told the share of the tiles done; may cancel, which takes all tiles back.
    wanted : sequence of int
        Numbers of the tiles to work on.

    Yields
    ------
    index : int
        Number of the tile in the plan.
    result : TileValues
        What is to be written.

    Raises
    ------
    ClusterError
        The scheduler does not answer, a worker lacks the program, all workers are gone, or
        workers died again and again over one tile.
    LayerReadError
        A worker cannot read a file.
    """
    client = _connected(address)
    try:
        _check_workers(client, task[0])
        sent = _sent(client, task)

        def begun(index: int) -> Any:  # noqa: ANN401 - dask has no types
            return client.submit(_one, sent, plan[index], pure=False)

        yield from _Tiles(client, begun, control).results(wanted)
    finally:
        client.close(timeout=5)


def work_in_cluster(
    address: str,
    work: Callable[[PartT], ResultT],
    part: Callable[[int], PartT],
    control: Control,
    wanted: Sequence[int],
) -> Generator[tuple[int, ResultT], None, None]:
    """Work on parts that hold all they need in a cluster, and yield each result as it comes.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://host:8786``.
    work : callable
        A function of a module, called with a part on a worker.
    part : callable
        Makes a part from its number, here and when it is its turn.
    control : Control
        Told the share of the parts done; may cancel, which takes all back.
    wanted : sequence of int
        Numbers of the parts to work on.

    Yields
    ------
    index : int
        Number of the part.
    result
        What `work` returned.

    Raises
    ------
    ClusterError
        As for `in_cluster`.
    """
    client = _connected(address)
    try:
        _refuse_unready(client, _has_program, work.__module__)

        def begun(index: int) -> Any:  # noqa: ANN401 - dask has no types
            return client.submit(work, part(index), pure=False)

        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph")  # parts may be large
            yield from _Tiles(client, begun, control).results(wanted)
    finally:
        client.close(timeout=5)


class _Tiles:
    """The tiles that are on their way in a cluster."""

    def __init__(
        self,
        client: Any,  # noqa: ANN401 - dask has no types
        begun: Callable[[int], Any],
        control: Control,
    ) -> None:
        self._client = client
        self._begun = begun
        self._control = control
        self._running: dict[Any, int] = {}
        self._limit = _TILES_PER_THREAD * max(1, _thread_count(client))
        self._seen = self._looked = time.monotonic()
        self._came = threading.Event()

    def results(self, wanted: Sequence[int]) -> Iterator[tuple[int, Any]]:
        waiting = iter(wanted)
        finished = 0
        try:
            while True:
                self._fill(waiting)
                if not self._running:
                    return
                done = self._next()
                self._control.report(finished / len(wanted))
                for future in done:
                    index = self._running.pop(future)
                    finished += 1
                    yield index, _result(future, index)
        finally:
            if self._running and self._client.status == "running":
                self._client.cancel(list(self._running), force=True)
            self._running.clear()

    def _fill(self, waiting: Iterator[int]) -> None:
        while len(self._running) < self._limit:
            index = next(waiting, None)
            if index is None:
                return
            future = self._begun(index)
            self._running[future] = index
            future.add_done_callback(lambda _: self._came.set())

    def _next(self) -> list[Any]:
        """Return the tiles that are done, after a moment at most; see that workers live."""
        self._came.wait(SECONDS_BETWEEN_REPORTS)
        self._came.clear()
        if self._client.status != "running":
            raise ClusterError(_LOST)
        done = [future for future in self._running if future.done()]
        now = time.monotonic()
        if done:
            self._seen = now
        elif now - max(self._seen, self._looked) > _SECONDS_BETWEEN_LOOKS:
            self._look(now)
        return done

    def _look(self, now: float) -> None:
        """See whether there are still workers when no tile has come back for a while."""
        self._looked = now
        try:
            threads = _thread_count(self._client)
        except OSError as error:
            raise ClusterError(_LOST) from error
        if threads:
            self._seen = now
            self._limit = _TILES_PER_THREAD * threads
        elif now - self._seen > SECONDS_WITHOUT_WORKERS:
            raise ClusterError(
                f"The cluster has had no worker for {SECONDS_WITHOUT_WORKERS:.0f} s. Start "
                "workers and run again; finished tiles are kept where the run can be resumed."
            )


def _thread_count(client: Any) -> int:  # noqa: ANN401 - dask has no types
    return sum(client.nthreads().values())


def _sent(client: Any, task: tuple[CovariateStack, TilePrediction]) -> Any:  # noqa: ANN401 - dask
    """Send what all tiles need once, so that the scheduler can give it to any worker again.

    Scattered data would be lost with the worker that holds them.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sending large graph")  # a model may be large
        return client.submit(_as_sent, task, pure=False)


def _as_sent(
    task: tuple[CovariateStack, TilePrediction],
) -> tuple[CovariateStack, TilePrediction]:
    """Keep what all tiles need, on a worker."""
    return task


def _one(task: tuple[CovariateStack, TilePrediction], tile: Tile) -> TileValues:
    """Work on one tile, on a worker."""
    stack, prediction = task
    with stack.reader() as reader:
        return prediction(reader, tile)


def _result(future: Any, index: int) -> Any:  # noqa: ANN401 - dask has no types
    try:
        return future.result()
    except distributed.KilledWorker as error:
        raise ClusterError(
            f"Workers of the cluster died again and again over tile {index}, most likely for "
            "lack of memory. Give them more memory, or run without the cluster."
        ) from error
    except distributed.client.FutureCancelledError as error:  # as when the scheduler ends
        raise ClusterError(_LOST) from error


def _connected(address: str) -> Any:  # noqa: ANN401 - dask has no types
    try:
        return distributed.Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise ClusterError(
            f"No scheduler answers at {address}: {error}. Check the address (such as "
            "tcp://host:8786) and that the scheduler runs, or leave the cluster out."
        ) from error


def _check_workers(client: Any, stack: CovariateStack) -> None:  # noqa: ANN401 - as above
    """See that there are workers, and that each has the program and can read every file."""
    answers = _refuse_unready(client, _unreadable_files, stack)
    for worker, answer in answers.items():
        if answer:
            raise LayerReadError(
                f"The worker {worker} of the cluster cannot read {answer[0]} Workers read the "
                "covariates by path: put them where every worker sees them under one path."
            )


def _refuse_unready(
    client: Any,  # noqa: ANN401 - dask has no types
    question: Callable[[Any], object],
    about: object,
) -> dict[str, Any]:
    """See that there are workers and that each has the program; return what they answer."""
    try:
        client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
    except TimeoutError as error:
        raise ClusterError(
            "The cluster has no workers. Start some (dask worker ADDRESS) and run again."
        ) from error
    answers: dict[str, Any] = client.run(question, about, on_error="return")
    for worker, answer in answers.items():
        if isinstance(answer, ModuleNotFoundError):
            raise ClusterError(
                f"The worker {worker} lacks a part of the program: {answer}. Install the same "
                "version of Landbridge where the workers run."
            ) from answer
        if isinstance(answer, BaseException):
            raise ClusterError(f"The worker {worker} cannot begin: {answer}.") from answer
    return answers


def _has_program(module: str) -> str:
    """Import a part of the program, on a worker."""
    import_module(module)
    return module


def _unreadable_files(stack: CovariateStack) -> list[str]:
    """Return why files cannot be opened, on a worker."""
    found = []
    for source in stack.sources:
        try:
            open_raster(source.path).close()
        except LayerReadError as error:
            found.append(str(error))
    return found
