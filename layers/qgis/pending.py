"""A request on its way: what was asked, whom to answer, and how far it is."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from layers.qgis.worker import messages

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.shared_memory import SharedMemory

    from layers.qgis.layer_spec import LayerSpec

DRAWING = frozenset({messages.RENDER, messages.SAVE_IMAGE})
IN_BACKGROUND = DRAWING | {messages.WEB_INFO}


@dataclass(frozen=True)
class Scene:
    """Everything that is on the map."""

    specs: tuple[LayerSpec, ...]
    crs: str
    title: str
    background: str

    def to_message(
        self, allowed: list[dict[str, object]], reopen: list[str]
    ) -> dict[str, object]:
        """Return the arguments that make QGIS show the allowed layers of the scene."""
        return {
            "layers": allowed,
            "crs": self.crs,
            "title": self.title,
            "background": self.background,
            "reopen": reopen,
        }

    def named(self, layer_ids: set[str]) -> list[LayerSpec]:
        """Return the layers with the given ids."""
        return [spec for spec in self.specs if spec.layer_id in layer_ids]


@dataclass
class Pending:
    """One request.

    Parameters
    ----------
    request_id : int
        Its id.
    op : str
        What is asked.
    args : dict
        JSON-ready arguments; made at sending for a scene.
    timeout_s : float
        How long QGIS may take from when it begins.
    convert : callable
        Makes the result from the answer, in a helper thread.
    scene : Scene or None
        The scene to show, for requests that set the layers.
    block : SharedMemory or None
        Where the frame arrives.
    """

    request_id: int
    op: str
    args: dict[str, object]
    timeout_s: float
    convert: Callable[[Any], object]
    scene: Scene | None = None
    reopen: tuple[str, ...] = ()
    block: SharedMemory | None = None
    restoring: bool = False
    future: Future[Any] = field(default_factory=Future)
    began_at: float | None = None
    timed_out: bool = False
    opening: str = ""
    drawing: set[str] = field(default_factory=set)

    def rewind(self) -> None:
        """Forget the progress, to be sent again."""
        self.began_at = None
        self.timed_out = False
        self.opening = ""
        self.drawing.clear()

    def note(self, event: str, layer_id: str, now: float) -> None:
        """Take note of progress told by the process."""
        if event == messages.STARTED:
            self.began_at = now
        elif event == messages.LAYER_OPENING:
            self.opening, self.began_at = layer_id, now
        elif event == messages.LAYER_OPENED:
            self.opening, self.began_at = "", now
        elif event == messages.LAYER_DRAWING:
            self.drawing.add(layer_id)
        elif event == messages.LAYER_DRAWN:
            self.drawing.discard(layer_id)

    def suspects(self) -> set[str]:
        """Return the ids of the layers that were in work."""
        return {self.opening} if self.opening else set(self.drawing)

    def resolve(self, result: object) -> None:
        """Give the answer to whoever waits, unless the request was cancelled meanwhile."""
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            converted = self.convert(result)
        except Exception as error:  # noqa: BLE001 - whoever waits gets it, the reader lives on
            self.future.set_exception(error)
        else:
            self.future.set_result(converted)

    def fail(self, error: Exception) -> None:
        """Give the error to whoever waits, unless the request was cancelled meanwhile."""
        if self.future.set_running_or_notify_cancel():
            self.future.set_exception(error)
