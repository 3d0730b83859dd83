"""A problem as a file of plain arrays, and back."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeAlias
from zipfile import BadZipFile, ZipFile

import numpy as np
from scipy.sparse import csr_array

from algorithms.reserve.problem import LinearConstraint, Problem, Redundancy
from planner.files import replacing
from planner.reserve.errors import ReserveRunError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from algorithms.arrays import FloatArray, IntArray

MAX_PROBLEM_BYTES = 4_000_000_000
"""Unpacked size beyond which a problem's file is not read."""

Arrays: TypeAlias = dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]

_ARRAYS = (
    "cost",
    "target",
    "weight",
    "locked_in",
    "locked_out",
    "edges",
    "edge_length",
    "exposed_length",
    "penalty",
    "complex_label",
    "country",
    "area",
    "gain",
)
_PLAIN = (
    "objective",
    "budget",
    "boundary_penalty",
    "edge_factor",
    "neighbours",
    "neighbours_clamped",
    "contiguous",
    "share_of",
    "share_counts_locked_in",
    "max_min_fair",
    "fair_slack",
    "feature_names",
)
_BY_COUNTRY = ("share_min", "share_max", "entitlement")


def save_problem(path: Path, problem: Problem, countries: tuple[str, ...]) -> None:
    """Write a problem as ``.npz`` without pickling, whole or not at all.

    Parameters
    ----------
    path : Path
        Target; its folder must exist.
    problem : Problem
        What is written.
    countries : tuple of str
        ISO 3166-1 alpha-3 of the country of each code.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    amount = problem.amount.tocsr()
    arrays: Arrays = {
        "amount_data": amount.data,
        "amount_indices": amount.indices,
        "amount_indptr": amount.indptr,
    }
    for name in _ARRAYS:
        value = getattr(problem, name)
        if value is not None:
            arrays[name] = value
    for number, rule in enumerate(problem.constraints):
        arrays[f"constraint_{number}"] = rule.coefficient
    for number, wanted in enumerate(problem.redundancy):
        arrays[f"place_{number}"] = wanted.place
    text = json.dumps(_plain_fields(problem, countries), ensure_ascii=False)
    arrays["plain"] = np.frombuffer(text.encode("utf-8"), dtype=np.uint8)
    with replacing(path) as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)


def load_problem(path: Path) -> tuple[Problem, tuple[str, ...]]:
    """Read a problem and the countries of its codes.

    Raises
    ------
    ReserveRunError
        The file is missing, was altered, or is too large.
    """
    try:
        _check_size(path)
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            arrays = {name: np.asarray(stored[name]) for name in stored.files}
        plain = json.loads(arrays["plain"].tobytes())
        return _problem(arrays, plain), tuple(str(name) for name in plain["countries"])
    except (OSError, ValueError, TypeError, EOFError, KeyError, BadZipFile) as error:
        if isinstance(error, ReserveRunError):
            raise
        raise _unreadable(path, str(error)) from error


def _check_size(path: Path) -> None:
    with ZipFile(path) as packed:
        size = sum(item.file_size for item in packed.infolist())
    if size > MAX_PROBLEM_BYTES:
        raise _unreadable(path, f"it holds {size:,} bytes, more than {MAX_PROBLEM_BYTES:,}")


def _plain_fields(problem: Problem, countries: tuple[str, ...]) -> dict[str, object]:
    plain: dict[str, object] = {name: getattr(problem, name) for name in _PLAIN}
    for name in _BY_COUNTRY:
        value: Mapping[int, float] | None = getattr(problem, name)
        plain[name] = None if value is None else [[int(k), float(v)] for k, v in value.items()]
    plain["shape"] = [problem.n_features, problem.n_units]
    plain["countries"] = list(countries)
    plain["constraints"] = [
        [rule.name, _limit(rule.lower), _limit(rule.upper)] for rule in problem.constraints
    ]
    plain["redundancy"] = [
        [item.feature, item.least, item.count] for item in problem.redundancy
    ]
    return plain


def _limit(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _problem(arrays: Arrays, plain: Mapping[str, Any]) -> Problem:
    """Put a problem together; what does not fit together raises ValueError."""
    n_features, n_units = (int(size) for size in plain["shape"])
    _check_shapes(arrays, n_features, n_units)
    data: FloatArray = arrays["amount_data"].astype(np.float64)
    column: IntArray = arrays["amount_indices"].astype(np.int32)
    begin: IntArray = arrays["amount_indptr"].astype(np.int32)
    parts = (data, column, begin)
    amount = csr_array(parts, shape=(n_features, n_units))
    amount.check_format(full_check=True)
    values: dict[str, object] = {name: arrays.get(name) for name in _ARRAYS}
    values.update({name: plain[name] for name in _PLAIN})
    values["feature_names"] = tuple(str(name) for name in plain["feature_names"])
    for name in _BY_COUNTRY:
        pairs = plain[name]
        values[name] = None if pairs is None else {int(k): float(v) for k, v in pairs}
    values["constraints"] = tuple(
        LinearConstraint(
            name=str(name),
            coefficient=arrays[f"constraint_{number}"],  # type: ignore[arg-type]  # checked above
            lower=-np.inf if lower is None else float(lower),
            upper=np.inf if upper is None else float(upper),
        )
        for number, (name, lower, upper) in enumerate(plain["constraints"])
    )
    values["redundancy"] = tuple(
        Redundancy(
            feature=int(feature),
            place=arrays[f"place_{number}"],  # type: ignore[arg-type]  # checked above
            least=float(least),
            count=int(count),
        )
        for number, (feature, least, count) in enumerate(plain["redundancy"])
    )
    known = {field.name for field in fields(Problem)}
    return Problem(amount=amount, **{k: v for k, v in values.items() if k in known})  # type: ignore[arg-type]  # by name


def _check_shapes(arrays: Arrays, n_features: int, n_units: int) -> None:
    per_feature, edges = {"target", "weight"}, {"edges", "edge_length"}
    for name, array in arrays.items():
        if name == "plain" or name.startswith("amount_"):
            continue
        if array.dtype.kind not in "bif":
            raise ValueError(f"{name} holds no numbers")
        if name in edges:
            if len(array) != len(arrays["edges"]):
                raise ValueError(f"{name} does not fit the edges")
        elif array.shape != ((n_features if name in per_feature else n_units),):
            raise ValueError(f"{name} has {array.shape[0]} values")
    if "edges" in arrays and arrays["edges"].size:
        ends = arrays["edges"]
        if ends.shape[1:] != (2,) or ends.dtype.kind != "i":
            raise ValueError("edges are no pairs of units")
        if int(ends.min()) < 0 or int(ends.max()) >= n_units:
            raise ValueError("an edge names a unit that is not there")


def _unreadable(path: Path, what: str) -> ReserveRunError:
    return ReserveRunError(
        f"{path} cannot be read: {what}. Make the run anew with landbridge propose."
    )
