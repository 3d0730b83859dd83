"""Names and passwords for servers: kept in memory while the program runs, written nowhere."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from layers.qgis.remote import server_of

if TYPE_CHECKING:
    from layers.qgis.layer_spec import LayerSpec


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks a server.

    Parameters
    ----------
    user : str
        Name.
    password : str
        Never shown, not even where the object is printed.
    """

    user: str
    password: str = field(repr=False)


class CredentialStore:
    """Remembers credentials by server, until the program ends; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Credentials] = {}

    def remember(self, server: str, credentials: Credentials | None) -> None:
        """Remember credentials for a server, or forget them with None.

        Parameters
        ----------
        server : str
            As `layers.qgis.remote.server_of` names it.
        credentials : Credentials or None
            What to tell the server.
        """
        with self._lock:
            if credentials is None:
                self._known.pop(server, None)
            else:
                self._known[server] = credentials

    def described(self, spec: LayerSpec) -> dict[str, object]:
        """Return a layer as QGIS is told it, with name and password where they are known."""
        message = spec.to_message()
        if spec.is_remote:
            with self._lock:
                known = self._known.get(server_of(spec.provider, spec.source))
            if known is not None:
                message["credentials"] = [known.user, known.password]
        return message
