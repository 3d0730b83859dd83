"""Files, written beside the target first and then put in its place."""

from __future__ import annotations

import csv
import io
import os
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from layers.errors import LayerWriteError
from resources.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

BEGUN = ".writing-"
"""How the names of files begin that are being written."""


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Lend a stream whose bytes take the place of a file at the end, whole or not at all.

    Parameters
    ----------
    path : Path
        Target; its folder must exist.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written; an earlier file is untouched, and
        nothing is left beside it.
    """
    temporary = path.with_name(f"{BEGUN}{uuid.uuid4().hex}")
    try:
        with temporary.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        if isinstance(error, PlannerError):
            raise
        raise LayerWriteError(
            f"{path} could not be written: {error.strerror}. Free some space or choose a "
            "folder that can be written; the earlier file, if any, is untouched."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written; an earlier file is untouched.
    """
    with replacing(path) as stream:
        stream.write(text.encode("utf-8"))


def write_csv(path: Path, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as CSV in UTF-8 with a header line, whole or not at all.

    It starts with a byte-order mark: without one, spreadsheets take names in Chinese, Korean or
    Russian for something else.

    Raises
    ------
    LayerWriteError
        As for `write_text`.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows(rows)
    write_text(path, f"\ufeff{text.getvalue()}")


def made_folder(path: Path) -> Path:
    """Make a folder with those above it where it is missing, and return it.

    Raises
    ------
    LayerWriteError
        It cannot be made, or something else has its name.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LayerWriteError(
            f"The folder {path} cannot be made: {error.strerror}. Choose a folder that can be "
            "written."
        ) from error
    return path


def check_folder(folder: Path) -> None:
    """See that results can be written into a folder, before the work; leave nothing behind.

    Raises
    ------
    LayerWriteError
        It cannot be made, or something else has its name.
    """
    there = folder.exists()
    made_folder(folder)
    if not there:
        folder.rmdir()
