"""Which tiles of an interrupted run are finished, so that the next run goes on from there."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, TypeAlias

from layers.raster import raster_written

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMAT = 1

Header: TypeAlias = "Mapping[str, object]"


class Journal:
    """Lists the finished tiles of one run in a file.

    The first line says what the run was about; every other line names a tile and its number of
    known cells. A line that was cut off, as by a power failure, is ignored.

    Parameters
    ----------
    path : Path
        The file.
    header : mapping
        What the run is about, as JSON; a journal with another one belongs to another run.
    """

    def __init__(self, path: Path, header: Header) -> None:
        self._path = path
        self._first = json.dumps({"format": FORMAT, **header}, sort_keys=True)

    def finished(self) -> dict[int, int]:
        """Return the known cells of each finished tile; none where this run left no journal."""
        try:
            lines = self._path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError):
            return {}
        if lines[0] != self._first:
            return {}
        tiles = {}
        for line in lines[1:-1]:  # the last has no end of line: empty, or cut off
            number, _, known = line.partition(" ")
            if number.isdecimal() and known.isdecimal():
                tiles[int(number)] = int(known)
        return tiles

    def begin(self) -> None:
        """Begin a new journal in place of whatever is there."""
        with raster_written(self._path):
            self._append(self._first + "\n", mode="w")

    def add(self, tiles: Mapping[int, int]) -> None:
        """List tiles as finished, with their known cells."""
        text = "".join(f"{tile} {known}\n" for tile, known in tiles.items())
        with raster_written(self._path):
            self._append(text, mode="a")

    def remove(self) -> None:
        """Remove the file."""
        self._path.unlink(missing_ok=True)

    def _append(self, text: str, mode: str) -> None:
        with self._path.open(mode, encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
