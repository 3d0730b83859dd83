"""Requests as files: TOML, with paths relative to the file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import tomli_w
from pydantic import ValidationError

from planner.files import write_text
from planner.reserve.errors import RequestError
from planner.reserve.request import FeatureSettings, ReserveRequest
from planner.suitability.problems import problems_by_field, told_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

MAX_REQUEST_BYTES = 1_000_000


def load_request(path: Path) -> ReserveRequest:
    """Read a request from a TOML file.

    Parameters
    ----------
    path : Path
        Relative paths in it start from its folder.

    Returns
    -------
    ReserveRequest
        With absolute paths.

    Raises
    ------
    RequestError
        The file cannot be read, or a field cannot be meant as written; names both.
    """
    try:
        if path.stat().st_size > MAX_REQUEST_BYTES:
            raise _unreadable(path, f"it is larger than {MAX_REQUEST_BYTES:,} bytes")
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        if isinstance(error, RequestError):
            raise
        raise _unreadable(path, str(error)) from error
    base = path.absolute().parent
    return with_paths(request_from(content, str(path)), lambda at: (base / at).as_posix())


def request_from(content: object, where: str = "") -> ReserveRequest:
    """Make a request from what a file or a form holds.

    Parameters
    ----------
    content : object
        Mapping of fields.
    where : str
        File that it comes from, for messages.

    Raises
    ------
    RequestError
        A field cannot be meant as written; names it with the remedy.
    """
    try:
        return ReserveRequest.model_validate(content)
    except ValidationError as error:
        place = f"The request {where}" if where else "The request"
        told = told_problems(error, ReserveRequest)
        raise RequestError(f"{place} cannot be used: {told}") from error


@dataclass(frozen=True, slots=True)
class RequestProblem:
    """One thing that is wrong with a request.

    Parameters
    ----------
    field : str
        Where: parts with a dot between them, entries of lists counted from 1, such as
        ``features.2.target``; empty where it is the request as a whole.
    message : str
        What is wrong, and what would be right.
    """

    field: str
    message: str


def request_problems(content: object) -> tuple[RequestProblem, ...]:
    """Tell everything that is wrong with what a form holds, field by field; empty if nothing.

    Parameters
    ----------
    content : object
        Mapping of fields.
    """
    try:
        ReserveRequest.model_validate(content)
    except ValidationError as error:
        return tuple(
            RequestProblem(field, message)
            for field, message in problems_by_field(error, ReserveRequest)
        )
    return ()


def save_request(request: ReserveRequest, path: Path) -> Path:
    """Write a request as TOML, whole or not at all.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    write_text(path, tomli_w.dumps(request_content(request)))
    return path


def request_content(request: ReserveRequest) -> dict[str, object]:
    """Return every field of a request as plain values; what is empty or idle is left out."""
    content = _without_empty(request.model_dump(mode="json", exclude_none=True))
    features = [_with_short_target(item) for item in content["features"]]  # type: ignore[attr-defined]  # a list of mappings
    return {**content, "features": features}


def _with_short_target(feature: dict[str, object]) -> dict[str, object]:
    """Leave the rule of range-scaled targets out of a feature that has another."""
    target = feature.get("target")
    if not isinstance(target, dict) or target.get("range_scaled"):
        return feature
    short = {name: target[name] for name in ("amount", "share") if name in target}
    return {**feature, "target": short}


def _without_empty(content: Mapping[str, object]) -> dict[str, object]:
    kept: dict[str, object] = {}
    for name, value in content.items():
        if isinstance(value, dict):
            inner: object = _without_empty(value)
        elif isinstance(value, list):
            inner = [_without_empty(one) if isinstance(one, dict) else one for one in value]
        else:
            inner = value
        if inner not in ("", {}, []):
            kept[name] = inner
    return kept


def changed_request(request: ReserveRequest, changes: Mapping[str, object]) -> ReserveRequest:
    """Return a request with some fields changed, and checked again.

    Parameters
    ----------
    request : ReserveRequest
        To start from.
    changes : mapping
        Field to value, nested as the request is; None leaves a field as it is. A mapping of
        free names (price levels, shares) is joined with what is there.

    Raises
    ------
    RequestError
        A value cannot be meant as written.
    """
    return request_from(_merged(request_content(request), changes))


def _merged(content: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    merged = dict(content)
    for name, value in changes.items():
        if value is None:
            continue
        before = merged.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            merged[name] = _merged(before, value)
        else:
            merged[name] = value
    return merged


def with_paths(request: ReserveRequest, changed: Callable[[str], str]) -> ReserveRequest:
    """Return the request with every path that is given changed by a function."""

    def path(value: str) -> str:
        return changed(value) if value else value

    def feature(item: FeatureSettings) -> FeatureSettings:
        paths = {"path": path(item.path), "other_path": path(item.other_path)}
        return item.model_copy(update=paths)

    locks = {"in_path": path(request.locks.in_path), "out_path": path(request.locks.out_path)}
    return request.model_copy(
        update={
            "units": request.units.model_copy(update={"path": path(request.units.path)}),
            "locks": request.locks.model_copy(update=locks),
            "features": tuple(feature(item) for item in request.features),
            "cost": request.cost.model_copy(update={"path": path(request.cost.path)}),
        }
    )


def _unreadable(path: Path, what: str) -> RequestError:
    return RequestError(
        f"The request {path} cannot be read: {what.rstrip('. ')}. Correct the file, or write "
        "one with landbridge propose PROJECT --write-request FILE."
    )
