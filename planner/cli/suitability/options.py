"""Options that several verbs share, and what they mean."""

from __future__ import annotations

import glob
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.errors import ReadOnlyProjectError
from planner.project import Project
from planner.suitability import RunFolder, find_summary
from planner.suitability.study import layer_name
from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.suitability.study import Option

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
RASTER_ENDINGS = (".tif", ".tiff", ".vrt", ".img", ".asc", ".nc")

ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", "-p", metavar="FOLDER", help="A project, NAME.landbridge."),
]
ThreadsOption = Annotated[
    int | None,
    typer.Option(metavar="NUMBER", help="Cores to use. [all]", min=1),
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="A dask scheduler whose workers predict, such as tcp://host:8786.",
    ),
]
RunArgument = Annotated[
    str, typer.Argument(metavar="RUN", help="Folder of a run, or its name in --project.")
]


@contextmanager
def opened(path: Path, *, writing: bool) -> Iterator[Project]:
    """Open a project inside the block.

    Raises
    ------
    ReadOnlyProjectError
        It is to be written and cannot be; says why.
    ProjectError
        It cannot be opened.
    """
    with Project.open(path, read_only=not writing) as project:
        if writing and project.read_only:
            raise ReadOnlyProjectError(project.read_only_reason)
        yield project


def run_at(run: str, project: Path | None) -> RunFolder:
    """Return the run that the words mean.

    Raises
    ------
    UsageError
        The project has no such run.
    RunError
        The folder holds none.
    """
    if project is not None:
        with opened(project, writing=False) as found:
            return RunFolder(find_summary(found, run).folder)
    folder = RunFolder(Path(run))
    folder.study()
    return folder


def raster_paths(words: Sequence[str]) -> list[Path]:
    """Return the rasters that words mean: files, patterns such as ``*.tif``, folders.

    Raises
    ------
    UsageError
        A pattern or folder holds none.
    """
    found: list[Path] = []
    for word in words:
        path = Path(word)
        if path.is_dir():
            here = sorted(
                item for item in path.iterdir() if item.suffix.lower() in RASTER_ENDINGS
            )
            if not here:
                raise UsageError(f"The folder {path} holds no rasters.")
            found += here
        elif not path.exists() and glob.has_magic(word):
            here = sorted(Path(item) for item in glob.glob(word))  # noqa: PTH207 - any pattern
            if not here:
                raise UsageError(f"No file matches {word}.")
            found += here
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def named_rasters(words: Sequence[str]) -> tuple[dict[str, Path], tuple[str, ...]]:
    """Return the layers that words mean, by their names, and what should be known of them.

    Parameters
    ----------
    words : sequence of str
        As for `raster_paths`, or ``NAME=FILE`` for another name than that of the file.

    Raises
    ------
    UsageError
        Two files have one name; tells both and how to give another.
    """
    found: dict[str, Path] = {}
    told: list[str] = []
    for word in words:
        name, equals, file = word.partition("=")
        named = bool(equals) and _NAME.fullmatch(name) is not None and not Path(word).exists()
        for path in [Path(file)] if named else raster_paths([word]):
            called = name if named else layer_name(path)
            before = found.setdefault(called, path)
            if before is path:
                continue
            if before.resolve() != path.resolve():
                raise UsageError(
                    f"Two layers are called {called}: {before} and {path}. Give one of them "
                    f"another name, such as {called}_2={path}."
                )
            told.append(f"{path} is given twice; it is the same file and is taken once.")
    return found, tuple(told)


def pairs(words: Sequence[str], what: str) -> dict[str, str]:
    """Return words such as ``NAME=VALUE`` as a mapping.

    Raises
    ------
    UsageError
        A word is no such pair.
    """
    found = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise UsageError(f"{what} is given as NAME=VALUE, not {word!r}.")
        found[name.strip()] = value.strip()
    return found


def typed(text: str) -> Option:
    """Return a word as the number or truth value that it writes, or as it is."""
    lowered = text.casefold()
    if lowered in {"true", "false"}:
        return lowered == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
