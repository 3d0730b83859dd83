"""What providers complained about last: some crash QGIS when they are asked themselves.

The error of a layer whose PostGIS connection failed is such a one (QGIS 3.22): reading it ends
the process. What they write to the log of messages, and ask for, is kept instead.
"""

from __future__ import annotations

from collections import deque

from qgis.core import QgsApplication

COMPLAINTS = frozenset({1, 2})  # warnings and errors, as QGIS numbers them
_LAST: deque[str] = deque(maxlen=4)


def listen() -> None:
    """Begin to keep messages; to be called once, when QGIS is started."""
    QgsApplication.messageLog().messageReceived.connect(_on_message_received)


def note(text: str) -> None:
    """Keep a complaint."""
    plain = " ".join(text.split())
    if plain and not any(plain in known or known in plain for known in _LAST):
        _LAST.append(plain)


def forget() -> None:
    """Forget what was said before, as when something else begins."""
    _LAST.clear()


def last() -> str:
    """Return the complaints kept, the newest last; empty for none."""
    return "; ".join(_LAST)


def _on_message_received(text: object, _tag: str = "", level: int = 0) -> None:
    if int(level) in COMPLAINTS:  # the signal without a level says only that something came
        note(str(text))
