"""Where a Marxan folder reads and writes: within itself, whatever its parameters say."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.marxan.errors import MarxanFolderError, MarxanPlaceError
from planner.marxan.parameters import FILES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from planner.marxan.parameters import Parameters

LONGEST_NAME = 100
"""Longest scenario name, in characters."""

DEFAULT_NAMES = {"PUNAME": "pu.dat", "SPECNAME": "spec.dat", "PUVSPRNAME": "puvspr.dat"}
DEFAULT_FOLDER = "output"
DEFAULT_SCENARIO = "output"

_DRIVE = re.compile(r"[A-Za-z]:")
_UNFIT = re.compile(r'[/\\:*?"<>|\x00-\x1f]')


@dataclass(frozen=True, slots=True)
class Places:
    """Where the files of a folder are.

    Attributes
    ----------
    inputs : mapping of str to Path
        Key of each table to its file.
    output : Path
        Folder of the results; need not exist yet.
    scenario : str
        How the names of all results begin.
    """

    inputs: Mapping[str, Path]
    output: Path
    scenario: str

    def result(self, ending: str) -> Path:
        """Return the path of a result whose name ends so."""
        return self.output / f"{self.scenario}{ending}"


def find_places(
    parameters: Parameters, *, data: Path | None = None, out: Path | None = None
) -> Places:
    r"""Find the tables of a folder and where its results go.

    Paths are taken from the folder of the parameter file, with ``/`` or ``\`` and whatever
    the case of letters. None of them may lead out of that folder, by ``..``, by being
    absolute, or by a link; only what the caller names may lie elsewhere.

    Parameters
    ----------
    parameters : Parameters
        Of the folder.
    data : Path, optional
        Folder of the tables, instead of INPUTDIR.
    out : Path, optional
        Folder of the results, instead of OUTPUTDIR.

    Returns
    -------
    Places

    Raises
    ------
    MarxanPlaceError
        A path leads out of the folder, or the scenario's name is no name of a file.
    MarxanFolderError
        The folder of the tables is missing.
    """
    home = parameters.path.resolve().parent
    if data is None:
        told = f"INPUTDIR {parameters.text('INPUTDIR')}"
        tables = _within(home, parameters.text("INPUTDIR"), _Asked(parameters, "INPUTDIR"))
        root = home
    else:
        told = "--data"
        tables = root = data.resolve()
    if not tables.is_dir():
        raise MarxanFolderError(
            f"{parameters.path}: {told} is {tables}, which is no folder. Mend INPUTDIR, or "
            "name the folder of the tables with --data."
        )
    inputs: dict[str, Path] = {}
    for key in FILES:
        written = parameters.text(key, DEFAULT_NAMES.get(key, ""))
        if key == "BOUNDNAME" and not written:
            written = parameters.text("CONNECTIONNAME")
        if written:
            inputs[key] = _within(tables, written, _Asked(parameters, key), root)
    output = (
        _within(
            home, parameters.text("OUTPUTDIR", DEFAULT_FOLDER), _Asked(parameters, "OUTPUTDIR")
        )
        if out is None
        else out.resolve()
    )
    return Places(inputs, output, _scenario(parameters))


@dataclass(frozen=True, slots=True)
class _Asked:
    """The key that asks for a path."""

    parameters: Parameters
    key: str

    @property
    def label(self) -> str:
        found = self.parameters.given.get(self.key)
        line = "" if found is None else f", line {found.line}"
        return f"{self.parameters.path}{line}: {self.key}"

    def remedy(self, written: str) -> str:
        """Say what to do, with the folder beside the parameters that may be meant."""
        out = self.key == "OUTPUTDIR"
        option, what = ("--out", "results") if out else ("--data", "tables")
        last = written.replace("\\", "/").rstrip("/").split("/")[-1]
        beside = self.parameters.path.parent / last
        if last not in {"", ".", ".."} and (beside.is_dir() or out):
            return f"Mend it, or name the folder of the {what}: {option} {beside}"
        return f"Mend it, or name the folder of the {what} with {option}"


def _within(folder: Path, written: str, asked: _Asked, root: Path | None = None) -> Path:
    """Return a path below a folder, refused where it leads out of the root."""
    bounds = (folder if root is None else root).resolve()
    text = written.replace("\\", "/")
    if "\x00" in text or _DRIVE.match(text) or text.startswith("/"):
        raise MarxanPlaceError(
            f"{asked.label} is {written!r}, an absolute path. {asked.remedy(written)}."
        )
    plain = os.path.normpath(folder / text)
    if not folder.joinpath(plain).is_relative_to(bounds):
        raise MarxanPlaceError(
            f"{asked.label} is {written!r}, which leads out of {bounds}. "
            f"{asked.remedy(written)}."
        )
    here = folder
    for part in text.split("/"):
        here = cased(here, part)
    found = here.resolve()
    if not found.is_relative_to(bounds):
        raise MarxanPlaceError(
            f"{asked.label} is {written!r}, which leads by a link to {found}, out of "
            f"{bounds}. {asked.remedy(written)}."
        )
    return found


def cased(folder: Path, name: str) -> Path:
    """Return a path in a folder, in the letters that it has on disk where only one fits.

    Parameters
    ----------
    folder : Path
        The folder.
    name : str
        Name within it, as somebody wrote it on a system where the case does not matter.
    """
    straight = folder / name
    if name in {"", ".", ".."} or straight.exists() or not folder.is_dir():
        return straight
    alike = [path for path in folder.iterdir() if path.name.casefold() == name.casefold()]
    return alike[0] if len(alike) == 1 else straight


def _scenario(parameters: Parameters) -> str:
    name = parameters.text("SCENNAME", DEFAULT_SCENARIO)
    if _UNFIT.search(name) or name.strip(". ") == "" or len(name) > LONGEST_NAME:
        raise MarxanPlaceError(
            f"{_Asked(parameters, 'SCENNAME').label} is {name[:LONGEST_NAME]!r}, which cannot "
            f"begin the name of a file. Give at most {LONGEST_NAME} characters, without "
            "slashes, colons or wildcards; the folder of the results goes into OUTPUTDIR."
        )
    return name
