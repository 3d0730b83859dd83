"""Tables of a run: data frames as CSV, written whole or not at all."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING

from layers.errors import LayerWriteError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


def write_frame(path: Path, frame: pd.DataFrame) -> None:
    """Write a data frame as CSV in UTF-8 with a byte-order mark, in pieces.

    Parameters
    ----------
    path : Path
        Target; its folder must exist.
    frame : DataFrame
        Columns with their names; the index is left out.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written; an earlier file is untouched.
    """
    temporary = path.with_name(f".writing-{uuid.uuid4().hex}")
    try:
        with temporary.open("x", encoding="utf-8-sig", newline="") as stream:
            frame.to_csv(stream, index=False, lineterminator="\n", chunksize=100_000)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise LayerWriteError(
            f"{path} could not be written: {error.strerror}. Free some space or choose a "
            "folder that can be written; the earlier file, if any, is untouched."
        ) from error
