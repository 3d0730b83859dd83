"""Where the files of a case are: beside the current folder, or beside the case."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planner.circuit.errors import CircuitInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.circuit.options import CircuitOptions

RESULTS_SUFFIX = ".out"
COPY_BEGINS = b"[circuitscape mode]"
"""First line of the options that Circuitscape and this program write beside the results."""


@dataclass(frozen=True, slots=True)
class CasePlaces:
    """Where a case reads and writes.

    Attributes
    ----------
    inputs : mapping of str to Path
        Key of each file that is read to where it is.
    root : Path
        Folder that relative paths were looked up in: that of the habitat file.
    folder : Path
        Folder of the results; need not exist yet.
    name : str
        How the names of all results begin.
    """

    inputs: Mapping[str, Path]
    root: Path
    folder: Path
    name: str

    def result(self, ending: str) -> Path:
        """Return the path of a result whose name ends so."""
        return self.folder / f"{self.name}{ending}"


def find_places(
    case: Path, options: CircuitOptions, *, here: Path, out: Path | None = None
) -> CasePlaces:
    """Find the inputs of a case and where its results go.

    A relative path is looked up in the current folder, as Circuitscape does, then beside the
    case and in the folders above it; the first that holds the file counts. Results go where
    the habitat file was found from, or into `out`; where nothing can be written there, into
    the current folder.

    Parameters
    ----------
    case : Path
        The .ini file.
    options : CircuitOptions
        Its options.
    here : Path
        The current folder.
    out : Path, optional
        Folder for the results instead.

    Raises
    ------
    CircuitInputError
        A file is not found, or the results would overwrite an input.
    """
    asked = {key: str(getattr(options, key)) for key in options.input_keys()}
    inputs, root = found_inputs(case, asked, here)
    written = Path(options.output_file.replace("\\", "/"))
    folder = out.resolve() if out is not None else (root / written).parent
    if out is None and not _writable(folder):
        folder = (here.resolve() / written).parent
    places = CasePlaces(inputs, root, folder, written.name.removesuffix(RESULTS_SUFFIX))
    _check_apart(case, options, places)
    return places


def found_inputs(
    case: Path, asked: Mapping[str, str], here: Path
) -> tuple[dict[str, Path], Path]:
    """Find the files that a case names.

    A relative path is looked up in the current folder, then beside the case and in the folders
    above it; the first that holds the file counts.

    Parameters
    ----------
    case : Path
        The .ini file.
    asked : mapping of str to str
        Key of each file to its path as written; the main one first.
    here : Path
        The current folder.

    Returns
    -------
    inputs : dict of str to Path
        Key of each file to where it is.
    root : Path
        Folder that the first was found from; the current one where its path is absolute.

    Raises
    ------
    CircuitInputError
        A file is not found.
    """
    roots = list(dict.fromkeys([here.resolve(), *case.resolve().parents]))
    inputs: dict[str, Path] = {}
    root = roots[0]
    for key, written in asked.items():
        text = written.replace("\\", "/")
        home = next((folder for folder in roots if (folder / text).is_file()), None)
        if home is None:
            raise CircuitInputError(
                f"{case}: the {key} {text} is neither in the current folder ({roots[0]}) nor "
                f"beside the case or above it. Mend {key}, or run where the file is."
            )
        if not inputs and not Path(text).is_absolute():
            root = home
        inputs[key] = home / text
    return inputs, root


def _check_apart(case: Path, options: CircuitOptions, places: CasePlaces) -> None:
    copy = places.folder / Path(options.output_file.replace("\\", "/")).name
    for path in (case, *places.inputs.values()):
        if copy.resolve() == path.resolve():
            raise CircuitInputError(
                f"{case}: output_file {options.output_file} is a file that the case reads. "
                "Give the results another name."
            )
    if copy.exists() and not _is_copy(copy):
        raise CircuitInputError(
            f"{case}: output_file {options.output_file} would overwrite {copy}, which no run "
            "of a case has written. Give the results another name."
        )


def _writable(folder: Path) -> bool:
    """Tell whether a folder, or the nearest above it that exists, can be written."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    return os.access(there, os.W_OK)


def _is_copy(path: Path) -> bool:
    """Tell whether a file holds the options of an earlier run, which a new one replaces."""
    try:
        with path.open("rb") as stream:
            return stream.read(len(COPY_BEGINS)).lower() == COPY_BEGINS
    except OSError:
        return False
