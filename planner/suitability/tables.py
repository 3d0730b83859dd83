"""Tables of a run: data frames as CSV, written whole or not at all."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from planner.files import replacing

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
    with replacing(path) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        try:
            frame.to_csv(text, index=False, lineterminator="\n", chunksize=100_000)
            text.flush()
        finally:
            text.detach()
