"""One request in the QGIS process: its arguments, and the ways to answer it."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Request:
    """A request that must be answered exactly once.

    Parameters
    ----------
    message : mapping
        The message received.
    send : callable
        Sends a message to the other process.
    """

    def __init__(
        self, message: Mapping[str, Any], send: Callable[[dict[str, Any]], None]
    ) -> None:
        self.request_id = int(message["id"])
        self.op = str(message["op"])
        self.timeout_s = float(message.get("timeout_s", 60.0))
        self.args: Mapping[str, Any] = message.get("args", {})
        self._send = send

    def event(self, name: str, **details: object) -> None:
        """Tell something on the way."""
        self._send({"event": name, "id": self.request_id, **details})

    def answer(self, result: object) -> None:
        """Give the result."""
        self._send({"id": self.request_id, "result": result})

    def refuse(self, reason: str, *, late: bool = False) -> None:
        """Say why there is no result; `late` where only time ran out."""
        self._send({"id": self.request_id, "error": reason, "late": late})

    def run(self, work: Callable[[], None]) -> None:
        """Do a piece of this request's work; whatever goes wrong becomes its answer."""
        try:
            work()
        except ValueError as error:
            self.refuse(str(error))
        except Exception as error:  # noqa: BLE001 - the job runner: every request is answered
            traceback.print_exc(file=sys.stderr)
            self.refuse(f"QGIS could not do this: {error!r}.")
