"""Styles of QGIS in files: read with care, for they may come from anywhere, and written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.errors import LayerReadError
from planner.files import write_text

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 4_000_000


def read_qml(path: Path) -> str:
    """Return the text of a QML file; `QgisEngine.check_style` makes it harmless.

    Raises
    ------
    LayerReadError
        It is missing, too large, or no text.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise LayerReadError(
                f"{path.name} has {size:,} bytes, more than the {MOST_BYTES:,} of a style. "
                "Save it again in QGIS with symbology and labels only."
            )
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        if isinstance(error, LayerReadError):
            raise
        raise LayerReadError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LayerReadError(
            f"{path.name} is no text in UTF-8, which styles of QGIS are. Save it again in QGIS."
        ) from error


def write_qml(path: Path, qml: str) -> None:
    """Write a style as QML, whole or not at all.

    Raises
    ------
    LayerWriteError
        The folder cannot be written or the disk is full.
    """
    write_text(path, qml)
