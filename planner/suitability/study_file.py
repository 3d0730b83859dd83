"""Studies as files: TOML or JSON, with paths relative to the file."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import tomli_w
from pydantic import ValidationError

from planner.files import write_text
from planner.suitability.errors import StudyError
from planner.suitability.problems import told_problems
from planner.suitability.study import (
    RecordSource,
    SuitabilityStudy,
    pack_layer,
    relative_to_folder,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

MAX_STUDY_BYTES = 5_000_000


def load_study(path: Path) -> SuitabilityStudy:
    """Read a study from a TOML or JSON file.

    Parameters
    ----------
    path : Path
        ``*.toml`` or ``*.json``; relative paths in it start from its folder.

    Returns
    -------
    SuitabilityStudy
        With absolute paths.

    Raises
    ------
    StudyError
        The file cannot be read, or a field cannot be meant as written; names both.
    """
    try:
        if path.stat().st_size > MAX_STUDY_BYTES:
            raise _unreadable(path, f"it is larger than {MAX_STUDY_BYTES:,} bytes")
        text = path.read_text(encoding="utf-8-sig")
        content = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path, str(error)) from error
    return with_absolute_paths(study_from(content, str(path)), path.parent)


def study_from(content: object, where: str = "") -> SuitabilityStudy:
    """Make a study from what a file or a form holds.

    Parameters
    ----------
    content : object
        Mapping of fields.
    where : str
        File that it comes from, for messages.

    Raises
    ------
    StudyError
        A field cannot be meant as written; names it with the remedy.
    """
    try:
        return SuitabilityStudy.model_validate(content)
    except ValidationError as error:
        place = f"The study {where}" if where else "The study"
        raise StudyError(f"{place} cannot be used: {told_problems(error)}") from error


def save_study(study: SuitabilityStudy, path: Path) -> Path:
    """Write a study as TOML or JSON, by the ending of the path; whole or not at all.

    Files inside the folder of `path` are written relative to it, others by their whole path.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    folder = path.parent.absolute()
    kept = with_paths(study, lambda value: relative_to_folder(value, folder))
    if path.suffix.lower() == ".json":
        write_text(path, json.dumps(study_content(kept), ensure_ascii=False, indent=2) + "\n")
    else:
        write_text(path, tomli_w.dumps(study_content(kept)))
    return path


def study_content(study: SuitabilityStudy) -> dict[str, object]:
    """Return every field of a study as plain values; what is not given is left out."""
    return study.model_dump(mode="json", exclude_none=True)


def changed_study(study: SuitabilityStudy, changes: Mapping[str, object]) -> SuitabilityStudy:
    """Return a study with some fields changed, and checked again.

    Parameters
    ----------
    study : SuitabilityStudy
        To start from.
    changes : mapping
        Field to value, nested as the study is; None leaves a field as it is.

    Raises
    ------
    StudyError
        A value cannot be meant as written.
    """
    return study_from(_merged(study_content(study), changes))


def _merged(content: dict[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    merged = dict(content)
    for name, value in changes.items():
        if value is None:
            continue
        before = merged.get(name)
        nested = isinstance(value, dict) and isinstance(before, dict)
        merged[name] = _merged(before, value) if nested else value  # type: ignore[arg-type]  # both are mappings
    return merged


def with_absolute_paths(study: SuitabilityStudy, folder: Path) -> SuitabilityStudy:
    """Return the study with its paths whole, relative ones taken from `folder`."""
    base = folder.absolute()
    return with_paths(
        study, lambda value: value if pack_layer(value) else (base / value).as_posix()
    )


def with_paths(study: SuitabilityStudy, changed: Callable[[str], str]) -> SuitabilityStudy:
    """Return the study with every path changed by a function."""

    def source(item: RecordSource) -> RecordSource:
        return item.model_copy(update={"path": changed(item.path)})

    return study.model_copy(
        update={
            "records": study.records.model_copy(
                update={"sources": tuple(source(item) for item in study.records.sources)}
            ),
            "covariates": tuple(
                layer.model_copy(update={"path": changed(layer.path)})
                for layer in study.covariates
            ),
            "sampling": study.sampling.model_copy(
                update={
                    "target_group": tuple(source(item) for item in study.sampling.target_group)
                }
            ),
            "projections": tuple(
                item.model_copy(
                    update={"layers": {name: changed(at) for name, at in item.layers.items()}}
                )
                for item in study.projections
            ),
        }
    )


def flat_settings(value: object, place: str = "") -> list[tuple[str, str]]:
    """List every field of nested settings with its place, both as texts."""
    if isinstance(value, dict):
        pairs = [
            (f"{place}.{name}" if place else str(name), item) for name, item in value.items()
        ]
    elif isinstance(value, list | tuple) and any(
        isinstance(item, dict | list | tuple) for item in value
    ):
        pairs = [(f"{place}.{_named(item, at)}", item) for at, item in enumerate(value, 1)]
    else:
        shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        return [(place, shown)]
    return [row for name, item in pairs for row in flat_settings(item, name)]


def _named(item: object, number: int) -> str:
    """Return the name of an entry of a list, where it has one, else its number."""
    return str(item.get("name", number)) if isinstance(item, dict) else str(number)


def _unreadable(path: Path, what: str) -> StudyError:
    return StudyError(
        f"The study {path} cannot be read: {what.rstrip('. ')}. Correct the file, or write a "
        "new one with landbridge suitability fit."
    )
