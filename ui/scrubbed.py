"""Reports of errors that can be given away: no names, no paths, no places."""

from __future__ import annotations

import getpass
import platform
import re
import traceback
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QT_VERSION_STR

from resources.translation import language

if TYPE_CHECKING:
    from types import TracebackType

_ROOT = Path(__file__).resolve().parent.parent
_ENDINGS = "gpkg|tiff?|shp|csv|json|geojson|kml|toml|landbridge|qml|qgz|pdf|png"
_PATTERNS: Final = (
    (re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE), "<address>"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "<mail>"),
    (re.compile(r"[“‘«„「『].*?[”’»“」』]"), "<text>"),
    (re.compile(r"(?<!\w)'[^'\n]*'(?!\w)|\"[^\"\n]*\"|`[^`\n]*`"), "<text>"),
    (re.compile(r"(?:[A-Za-z]:[\\/]|\\\\)[^\s,;:]+"), "<path>"),
    (re.compile(r"~?(?:/[^\s/,;:]+)+/?"), "<path>"),
    (
        re.compile(r"\b\S+\.(?:gpkg|tif|tiff|shp|csv|json|geojson|landbridge|qml|qgz|pdf)\b"),
        "<file>",
    ),
    (re.compile(r"[-+−]?\d+(?:[.,]\d+)+°?"), "<number>"),
    (re.compile(r"[-+−]?\d{4,}\b"), "<number>"),
    (re.compile(r"\d+\s?°[^\s]*"), "<number>"),
)
"""What may tell of a person or a place, and what stands in its stead; in this order."""


def scrubbed(text: str) -> str:
    """Return a text without names of users and computers, paths, quoted texts and numbers.

    Parameters
    ----------
    text : str
        Message of an error.
    """
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    for name in _own_names():
        text = re.sub(rf"\b{re.escape(name)}\b", "<name>", text, flags=re.IGNORECASE)
    return text


def error_report(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> str:
    """Return what helps to find an error, and tells of nobody and of no place.

    Parameters
    ----------
    kind, error, trace
        As an exception hook gets them.
    """
    chain: traceback.TracebackException | None
    chain = traceback.TracebackException(kind, error, trace, capture_locals=False)
    lines = [
        f"Landbridge {_version('landbridge')}",
        f"Python {platform.python_version()}, Qt {QT_VERSION_STR}, "
        f"PyQt {_version('PyQt6')}, {platform.system()} {platform.machine()}",
        f"Language {language()}, {datetime.now(UTC):%Y-%m-%d}",
        "",
    ]
    while chain is not None:
        for frame in chain.stack:
            lines.append(f"  {_place(frame.filename)}, line {frame.lineno}, in {frame.name}")
        lines.append(f"{_name(chain)}: {scrubbed(str(chain))}")
        cause = chain.__cause__ or (None if chain.__suppress_context__ else chain.__context__)
        if cause is not None:
            lines += ["", "which came of:"]
        chain = cause
    return "\n".join(lines)


def _name(chain: traceback.TracebackException) -> str:
    kind: type[BaseException] | None = chain.exc_type
    return "error" if kind is None else kind.__name__


def _place(filename: str) -> str:
    """Return a file of the program by its place in it, any other by its name."""
    path = Path(filename)
    return path.relative_to(_ROOT).as_posix() if path.is_relative_to(_ROOT) else path.name


def _own_names() -> list[str]:
    """Return names by which this user and this computer may be known."""
    found = {platform.node(), Path.home().name}
    try:
        found.add(getpass.getuser())
    except (OSError, KeyError):
        return sorted(found - {""})
    return sorted(found - {""})


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
