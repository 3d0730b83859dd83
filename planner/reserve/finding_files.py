"""What is found of a run, as files in its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import shapely
from pydantic import BaseModel, ConfigDict, ValidationError

from layers.errors import LayerWriteError
from planner.files import made_folder, write_text
from planner.reserve.errors import ReserveRunError

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from planner.reserve.run_folder import ReserveRun

MAX_FINDING_BYTES = 200_000_000


class Finding(BaseModel):
    """Something that was found of a run; kept as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def wkb_text(shape: BaseGeometry) -> str:
    """Return a shape as hexadecimal WKB, the form in which findings keep it."""
    text: str = shapely.to_wkb(shape, hex=True)
    return text


FindingT = TypeVar("FindingT", bound=Finding)


def write_finding(path: Path, finding: Finding) -> None:
    """Write a finding, whole or not at all; its folder is made where it is missing.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    made_folder(path.parent)
    write_text(path, finding.model_dump_json(indent=1) + "\n")


def read_finding(path: Path, kind: type[FindingT]) -> FindingT | None:
    """Read a finding back; None where it has not been computed.

    Parameters
    ----------
    path : Path
        Its file.
    kind : type
        What it is.

    Raises
    ------
    ReserveRunError
        The file was altered, or cannot be read.
    """
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > MAX_FINDING_BYTES:
            raise ReserveRunError(
                f"{path} is larger than {MAX_FINDING_BYTES:,} bytes and was not read. Remove "
                "it and compute it anew."
            )
        return kind.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        if isinstance(error, ReserveRunError):
            raise
        told = " ".join(str(error).split())[:200]
        raise ReserveRunError(
            f"{path} cannot be read: {told}. Remove it and compute it anew."
        ) from error


def forget_solutions(run: ReserveRun, prefix: str) -> None:
    """Remove the solutions whose names begin so, with what was found of them.

    An analysis that is made anew may have fewer of them than the one before.

    Raises
    ------
    LayerWriteError
        One cannot be removed.
    """
    for folder in ("solutions", "ledger", "proposals", "alternative"):
        for path in run.file(folder).glob(f"{prefix}*.json"):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise LayerWriteError(
                    f"{path} cannot be removed: {error.strerror}. Close what has it open."
                ) from error
