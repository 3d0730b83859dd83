"""Which result tables a Marxan folder asks for, where they go, and writing them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from planner.files import made_folder, write_text
from planner.marxan.errors import MarxanPlaceError
from planner.marxan.parameters import SAVED
from planner.marxan.result_texts import (
    CSV,
    DAT,
    TXT,
    frequency_text,
    matrix_text,
    missing_text,
    penalty_text,
    proof_text,
    scenario_text,
    solution_text,
    summary_text,
    units_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from planner.marxan.folder import MarxanFolder
    from planner.marxan.problem import Posed
    from planner.marxan.result_texts import Run

_ENDINGS = {DAT: ".dat", TXT: ".txt", CSV: ".csv"}
_UNASKED = ("SAVEBEST", "SAVETARGMET", "SAVESUMMARY")
"""What is written where the parameters do not say what to save."""


@dataclass(frozen=True, slots=True)
class Saving:
    """Which tables a folder asks for, and where they go.

    Attributes
    ----------
    folder : MarxanFolder
        The folder.
    """

    folder: MarxanFolder

    def kind(self, key: str) -> int:
        """Return how a table is saved, 0 where not."""
        parameters = self.folder.parameters
        asked = not parameters.says_what_to_save and key in _UNASKED
        return parameters.save_type(key, CSV if asked else 0)

    def path(self, ending: str, kind: int) -> Path:
        """Return where a table is written."""
        return self.folder.places.result(f"{ending}{_ENDINGS[kind]}")


def check_places(folder: MarxanFolder) -> None:
    """See that results overwrite no table that is read, and can be written, before the work.

    Raises
    ------
    MarxanPlaceError
        The folder of the results has a table of the problem under a result's name.
    LayerWriteError
        The folder cannot be made.
    MarxanFolderError
        A save type is none.
    """
    saving = Saving(folder)
    for key in SAVED:
        saving.kind(key)
    inputs = {path.resolve() for path in folder.places.inputs.values()}
    inputs.add(folder.parameters.path.resolve())
    prefix = f"{folder.places.scenario}_"
    for path in inputs:
        if path.parent == folder.places.output.resolve() and path.name.startswith(prefix):
            raise MarxanPlaceError(
                f"{path} is a table that is read, and its name begins as the results' would "
                f"({prefix}). Give another SCENNAME, or another folder with --out."
            )
    made_folder(folder.places.output)


def write_results(
    posed: Posed,
    runs: Sequence[Run],
    told: Iterable[str] = (),
    shared: Mapping[str, NDArray[np.generic]] | None = None,
) -> list[Path]:
    """Write what the parameters ask for, and the table of the proof.

    Parameters
    ----------
    posed : Posed
        The problem.
    runs : sequence of Run
        The solutions, the best first; further ones are a portfolio.
    told : iterable of str
        What was told on the screen, for the log.
    shared : mapping of str to (n,) array, optional
        Columns about each unit that a portfolio has to tell, for a table of their own.

    Returns
    -------
    list of Path
        The files, in the order written; each is written whole or not at all.

    Raises
    ------
    LayerWriteError
        A file cannot be written.
    """
    saving = Saving(posed.folder)
    made_folder(posed.folder.places.output)
    written: list[Path] = []
    for path, text in _results(posed, runs, saving):
        write_text(path, text)
        written.append(path)
    if shared is not None:
        path = saving.path("_units", CSV)
        write_text(path, units_text(posed, shared))
        written.append(path)
    if saving.kind("SAVESCEN"):
        path = saving.path("_sen", DAT)
        write_text(path, scenario_text(posed, runs))
        written.append(path)
    if saving.kind("SAVELOG"):
        path = saving.path("_log", DAT)
        write_text(path, "".join(f"{line}\n" for line in told))
        written.append(path)
    return written


def _results(posed: Posed, runs: Sequence[Run], saving: Saving) -> Iterator[tuple[Path, str]]:
    """Yield the path and text of every table, the proof's among them."""
    best = runs[0]
    tables: list[tuple[str, str, Callable[[int], str]]] = [
        ("SAVEBEST", "_best", lambda kind: solution_text(posed, best, kind)),
        ("SAVETARGMET", "_mvbest", lambda kind: missing_text(posed, best, kind)),
        ("SAVESUMMARY", "_sum", lambda kind: summary_text(runs, kind)),
    ]
    for number, run in enumerate(runs, start=1):
        ending = f"{number:05d}"
        tables.append(("SAVERUN", f"_r{ending}", partial(solution_text, posed, run)))
        if saving.kind("SAVERUN"):
            tables.append(("SAVETARGMET", f"_mv{ending}", partial(missing_text, posed, run)))
    if len(runs) > 1:
        tables.append(("SAVESUMSOLN", "_ssoln", lambda kind: frequency_text(posed, runs, kind)))
    tables.append(
        ("SAVESOLUTIONSMATRIX", "_solutionsmatrix", lambda kind: matrix_text(posed, runs, kind))
    )
    if posed.charge is not None:
        tables.append(("SAVEPENALTY", "_penalty", lambda kind: penalty_text(posed, kind)))
    yield saving.path("_bound", CSV), proof_text(runs)
    for key, ending, text in tables:
        kind = saving.kind(key)
        if kind:
            yield saving.path(ending, kind), text(kind)


def not_written(posed: Posed, runs: Sequence[Run]) -> list[str]:
    """Tell which tables that are asked for are not written, and why."""
    saving = Saving(posed.folder)
    told = []
    if saving.kind("SAVESUMSOLN") and len(runs) == 1:
        told.append(
            "SAVESUMSOLN: a selection frequency needs several solutions; --portfolio 10 finds "
            "them."
        )
    if saving.kind("SAVEPENALTY") and posed.charge is None:
        told.append(
            "SAVEPENALTY: targets are kept, so there are no penalties; --soft has them."
        )
    return told
