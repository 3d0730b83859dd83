"""QGIS as the rest of the program sees it: set layers, draw, ask, print, export."""

from __future__ import annotations

import base64
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from typing_extensions import override

from layers.qgis.conversation import Conversation, Restarted
from layers.qgis.credentials import Credentials, CredentialStore
from layers.qgis.discovery import QgisInstallation, find_qgis
from layers.qgis.errors import QgisError
from layers.qgis.frames import Frame, read_pixels
from layers.qgis.layer_spec import LayerProblem, LayerSpec, check_layers
from layers.qgis.pending import Pending, Scene
from layers.qgis.protocol import (
    Extent,
    LegendEntry,
    LegendLayer,
    PrintRequest,
    RenderRequest,
    check_extent,
)
from layers.qgis.questions import LayerQuestions
from layers.qgis.remote import server_of
from layers.qgis.worker import messages
from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future
    from types import TracebackType

T = TypeVar("T")
PRINT_TIMEOUT_FACTOR = 3.0


@dataclass(frozen=True)
class EngineHealth:
    """How the engine is.

    Parameters
    ----------
    state : {"new", "starting", "ready", "stopped"}
        What it does.
    pid : int or None
        Process id of QGIS.
    restarts : int
        How often QGIS had to be started again.
    problems : tuple of LayerProblem
        Layers that are not on the map.
    log_tail : str
        The last lines QGIS wrote.
    """

    state: str
    pid: int | None
    restarts: int
    problems: tuple[LayerProblem, ...]
    log_tail: str


class QgisEngine(LayerQuestions):
    """A QGIS in a process of its own.

    Every method may be called from any thread. Futures are completed in a helper thread, and so
    are their callbacks; those must not call `close`.

    Parameters
    ----------
    installation : QgisInstallation or None
        Which QGIS to use; None looks for one when the engine starts.
    start_timeout_s : float
        How long QGIS may take to start.
    request_timeout_s : float
        How long a request may take from when QGIS begins with it; prints have three times
        as long.
    open_timeout_s : float
        How long one layer may take to open before the map goes on without it.
    on_restart : callable or None
        Called in a helper thread after QGIS had to be started again, with the reason as a
        sentence and the layers that are not on the map.

    Examples
    --------
    >>> with QgisEngine() as engine:  # doctest: +SKIP
    ...     engine.set_layers(specs, crs="EPSG:4326")
    ...     frame = engine.render(RenderRequest((120, 40, 135, 50), 800, 600)).result()
    """

    def __init__(
        self,
        installation: QgisInstallation | None = None,
        *,
        start_timeout_s: float = 30.0,
        request_timeout_s: float = 60.0,
        open_timeout_s: float = 20.0,
        on_restart: Restarted | None = None,
    ) -> None:
        self._installation = installation
        self._start_timeout_s = start_timeout_s
        self._request_timeout_s = request_timeout_s
        self._open_timeout_s = open_timeout_s
        self._on_restart = on_restart
        self._credentials = CredentialStore()
        self._conversation: Conversation | None = None
        self._starting = threading.Lock()
        self._views: dict[str, Future[Frame]] = {}

    def start(self) -> None:
        """Start QGIS and wait until it answers; nothing happens where it runs already.

        Raises
        ------
        QgisNotFoundError
            There is no QGIS; the message says how to install it.
        QgisCrashError
            It does not start.
        """
        with self._starting:
            if self._conversation is not None:
                return
            conversation = Conversation(
                self._installation or find_qgis(),
                start_timeout_s=self._start_timeout_s,
                open_timeout_s=self._open_timeout_s,
                on_restart=self._on_restart,
                credentials=self._credentials,
            )
            try:
                conversation.start()
            except QgisError:
                conversation.close()
                raise
            self._conversation = conversation

    def close(self) -> None:
        """End QGIS; no process, thread or shared memory stays. The engine may start again."""
        with self._starting:
            conversation, self._conversation = self._conversation, None
        self._views.clear()
        if conversation is not None:
            conversation.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def set_layers(
        self,
        specs: Sequence[LayerSpec],
        *,
        crs: str,
        title: str = "",
        background: str = "#ffffff",
    ) -> tuple[LayerProblem, ...]:
        """Show exactly these layers, the first at the bottom; unchanged ones stay open.

        Parameters
        ----------
        specs : sequence of LayerSpec
            The layers.
        crs : str
            CRS of the map (``EPSG:`` code, PROJ string or WKT); layers are reprojected to it.
        title : str
            Title of the exported project.
        background : str
            Colour where no layer draws, ``#rrggbb`` or ``#rrggbbaa``.

        Returns
        -------
        tuple of LayerProblem
            Layers that are not on the map, with the reason; the others are.

        Raises
        ------
        UsageError
            Two layers share an id.
        QgisRequestError
            QGIS does not know the CRS or the colour.
        QgisCrashError, QgisTimeoutError
            QGIS failed; the map shows what it showed before.
        """
        check_layers(specs)
        return self._show(Scene(tuple(specs), crs, title, background), ())

    def refresh(self, layer_ids: Sequence[str]) -> tuple[LayerProblem, ...]:
        """Open layers anew after their data changed, and give those that hung another chance.

        Returns
        -------
        tuple of LayerProblem
            Layers of the whole map that are not on it.

        Raises
        ------
        QgisError
            No layers were set, or QGIS failed.
        """
        conversation = self._talk()
        scene = conversation.scene
        if scene is None:
            raise QgisError("There is nothing to refresh: no layers were set.")
        conversation.forgive(tuple(layer_ids))
        return self._show(scene, tuple(layer_ids))

    def render(self, request: RenderRequest) -> Future[Frame]:
        """Draw the map; a newer request for the same view cancels this one.

        Returns
        -------
        Future of Frame
            Cancelling it stops the drawing. It fails with `QgisTimeoutError` or
            `QgisCrashError`.
        """
        conversation = self._talk()
        self.cancel(request.view)
        block = conversation.pool.borrow(request.width_px, request.height_px)

        def to_frame(result: Mapping[str, Any]) -> Frame:
            return Frame(
                pixels=read_pixels(block, result["width"], result["height"]),
                extent=_extent(result["extent"]),
                scale=float(result["scale"]),
                seconds=float(result["seconds"]),
                errors=tuple(result["errors"]),
                exact=bool(result["exact"]),
            )

        args = {**request.to_message(), "block": block.name}
        pending = self._pending(conversation, messages.RENDER, args, to_frame)
        pending.block = block
        try:
            conversation.submit(pending)
        except QgisError:
            conversation.pool.give_back(block)
            raise
        older = self._views.get(request.view)
        self._views[request.view] = pending.future
        if older is not None:  # another thread was faster
            older.cancel()
        return pending.future

    def cancel(self, view: str = "main") -> None:
        """Stop drawing for a view."""
        future = self._views.pop(view, None)
        if future is not None:
            future.cancel()

    def save_image(self, path: Path, request: RenderRequest) -> Path:
        """Draw the map into a PNG file; the file is replaced when it is complete.

        Raises
        ------
        QgisRequestError
            The file cannot be written.
        QgisCrashError, QgisTimeoutError
            QGIS failed.
        """
        target = Path(path).absolute()
        args = {**request.to_message(), "path": str(target)}
        return self._ask(messages.SAVE_IMAGE, args, lambda _result: target)

    def print_map(self, request: PrintRequest) -> Path:
        """Print a sheet as PDF (and as PNG where asked); files are replaced when complete.

        Raises
        ------
        QgisRequestError
            The file cannot be written, or the text leaves no room for the map.
        QgisCrashError, QgisTimeoutError
            QGIS failed.
        """
        return self._ask(
            messages.PRINT_MAP,
            request.to_message(),
            lambda result: Path(result["path"]),
            timeout_s=PRINT_TIMEOUT_FACTOR * self._request_timeout_s,
        )

    def save_project(self, path: Path) -> Path:
        """Write the map as .qgz, with paths relative to it; the file is replaced when complete.

        Raises
        ------
        QgisRequestError
            The file cannot be written.
        QgisCrashError, QgisTimeoutError
            QGIS failed.
        """
        args: dict[str, object] = {"path": str(Path(path).absolute())}
        return self._ask(messages.SAVE_PROJECT, args, lambda result: Path(result["path"]))

    def identify(
        self,
        point: tuple[float, float],
        tolerance: float,
        layer_ids: Sequence[str] | None = None,
    ) -> list[dict[str, Any]]:
        """Tell what lies within `tolerance` of a point, both in the map's CRS, top layer first.

        Returns
        -------
        list of dict
            ``layer_id``, ``name``, ``feature_id`` (None for rasters) and ``attributes``.
        """
        return self.identify_later(point, tolerance, layer_ids).result()

    def identify_later(
        self,
        point: tuple[float, float],
        tolerance: float,
        layer_ids: Sequence[str] | None = None,
    ) -> Future[list[dict[str, Any]]]:
        """Do as `identify` without waiting."""
        args: dict[str, object] = {
            "point": list(point),
            "tolerance": tolerance,
            "layer_ids": None if layer_ids is None else list(layer_ids),
        }
        return self._later(messages.IDENTIFY, args, list)

    def layer_legend(
        self,
        layer_ids: Sequence[str] | None = None,
        *,
        width_px: int = 28,
        height_px: int = 18,
    ) -> tuple[LegendLayer, ...]:
        """Return the legend of the visible layers or of those named, top layer first."""
        args: dict[str, object] = {
            "layer_ids": None if layer_ids is None else list(layer_ids),
            "width_px": width_px,
            "height_px": height_px,
        }
        return self._ask(messages.LEGEND, args, _legend)

    def transform_extent(self, extent: Extent, *, source: str = "", target: str = "") -> Extent:
        """Return the box around an extent in another CRS; an empty CRS is that of the map.

        Raises
        ------
        UsageError
            The extent is none.
        QgisRequestError
            A CRS is unknown, or the extent cannot be transformed.
        """
        check_extent(extent)
        args: dict[str, object] = {"extent": list(extent), "source": source, "target": target}
        return self._ask(messages.TRANSFORM_EXTENT, args, _extent)

    def layer_extent(self, layer_id: str) -> Extent:
        """Return the extent of a layer in the CRS of the map.

        Raises
        ------
        QgisRequestError
            The layer is not on the map.
        """
        return self._ask(messages.LAYER_EXTENT, {"layer_id": layer_id}, _extent)

    def remember_credentials(self, spec: LayerSpec, credentials: Credentials | None) -> None:
        """Remember who asks the server of a layer, in memory and until the program ends.

        They take effect when the layer is opened the next time, as by `refresh`.

        Parameters
        ----------
        spec : LayerSpec
            Any layer of the server.
        credentials : Credentials or None
            Name and password; None to forget them.

        Raises
        ------
        UsageError
            The layer is not on a server.
        """
        server = server_of(spec.provider, spec.source)
        if not server:
            raise UsageError(f"{spec.name} is a file, which asks for no password.")
        self._credentials.remember(server, credentials)

    def describe(self) -> dict[str, Any]:
        """Return versions of QGIS, Qt and GDAL, providers, fonts and security settings."""
        return self._ask(messages.DESCRIBE, {}, dict)

    def health(self) -> EngineHealth:
        """Return how the engine is; never waits."""
        conversation = self._conversation
        if conversation is None:
            return EngineHealth("new", None, 0, (), "")
        state, pid, tail = conversation.status()
        return EngineHealth(state, pid, conversation.restarts, conversation.problems(), tail)

    def _show(self, scene: Scene, reopen: tuple[str, ...]) -> tuple[LayerProblem, ...]:
        conversation = self._talk()
        pending = self._pending(conversation, messages.SET_LAYERS, {}, _problems)
        pending.scene = scene
        pending.reopen = reopen
        conversation.submit(pending)
        shown: tuple[LayerProblem, ...] = pending.future.result()
        return shown

    @override
    def _described(self, spec: LayerSpec) -> dict[str, object]:
        return self._credentials.described(spec)

    def _talk(self) -> Conversation:
        if self._conversation is None:
            raise QgisError("The QGIS engine is not started.")
        return self._conversation

    def _pending(
        self,
        conversation: Conversation,
        op: str,
        args: dict[str, object],
        convert: Callable[[Any], object],
    ) -> Pending:
        return Pending(conversation.next_id(), op, args, self._request_timeout_s, convert)

    @override
    def _later(
        self,
        op: str,
        args: dict[str, object],
        convert: Callable[[Any], T],
        timeout_s: float | None = None,
    ) -> Future[T]:
        conversation = self._talk()
        pending = self._pending(conversation, op, args, convert)
        pending.timeout_s = timeout_s or self._request_timeout_s
        conversation.submit(pending)
        return pending.future


def _extent(values: Sequence[float]) -> Extent:
    west, south, east, north = (float(v) for v in values)
    return (west, south, east, north)


def _problems(result: Mapping[str, Any]) -> tuple[LayerProblem, ...]:
    return tuple(LayerProblem(**problem) for problem in result["problems"])


def _legend(result: Sequence[Mapping[str, Any]]) -> tuple[LegendLayer, ...]:
    return tuple(
        LegendLayer(
            layer["layer_id"],
            layer["name"],
            tuple(
                LegendEntry(entry["label"], base64.b64decode(entry["png"]))
                for entry in layer["entries"]
            ),
        )
        for layer in result
    )
