"""Text lists of a case: places, pairs, strengths, links, classes."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.circuit.errors import CircuitInputError
from planner.circuit.grids import file_kind, numbers_trouble, opened

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray

LARGEST_LIST_BYTES = 2_000_000_000
_SEPARATORS = bytes.maketrans(b",;\t", b"   ")
_DECIMAL_COMMAS = bytes.maketrans(b",;\t", b".  ")


def read_numbers(path: Path, columns: int, what: str, *, skipped: int = 0) -> FloatArray:
    """Read a list of numbers, separated by space, tabs, commas or semicolons.

    Where the first line of numbers is separated by anything else, a comma in a number is its
    decimal sign. Lines that begin with ``#`` are comments; one line of names at the head is
    passed over.

    Parameters
    ----------
    path : Path
        The file, plain or gzipped.
    columns : int
        Numbers that each line must hold at least; further ones are ignored. 0 for any.
    what : str
        What the columns are, for messages, such as ``"id, x and y"``.
    skipped : int
        Lines at the head to pass over.

    Returns
    -------
    (lines, columns) float64
        All columns where `columns` is 0.

    Raises
    ------
    CircuitInputError
        The file is empty, or not such a list.
    """
    with opened(path) as stream:
        try:
            text = stream.read(LARGEST_LIST_BYTES + 1)
        except (OSError, EOFError) as error:
            raise CircuitInputError(
                f"{path} is damaged: {error}. Export or copy it again."
            ) from error
    if len(text) > LARGEST_LIST_BYTES:
        raise CircuitInputError(f"{path} is too large for a list ({what}).")
    text = text.removeprefix(b"\xef\xbb\xbf")
    lines = text.split(b"\n", skipped + 1)
    if len(lines) > skipped and _is_names(lines[skipped]):
        skipped += 1
    body = text.split(b"\n", skipped)[-1] if len(lines) > skipped else b""
    body = _parted_by_spaces(body)
    if not body.strip():
        raise CircuitInputError(f"{path} is empty. It must list {what}.")
    try:
        found = np.loadtxt(io.BytesIO(body), dtype=np.float64, ndmin=2, encoding="latin-1")
    except ValueError as error:
        raise CircuitInputError(
            f"{path} is not a list of {what}: "
            f"{numbers_trouble(error, lines_before=skipped)}. Give one line for each."
        ) from error
    if found.shape[1] < columns or not len(found) or not np.isfinite(found).all():
        raise CircuitInputError(
            f"{path} must list {what}: {columns} finite numbers on each line. Mend the file."
        )
    return found[:, :columns] if columns else found


def _parted_by_spaces(body: bytes) -> bytes:
    """Part numbers by spaces; see `read_numbers` for what a comma is."""
    for gap in (b", ", b",\t", b",\r", b",\n"):
        body = body.replace(gap, b" " + gap[1:])
    lines = (line.strip() for line in io.BytesIO(body))
    first = next((line for line in lines if line and not line.startswith(b"#")), b"")
    other = any(mark in first for mark in (b";", b"\t", b" "))
    return body.translate(_DECIMAL_COMMAS if other else _SEPARATORS)


def _is_names(line: bytes) -> bool:
    """Tell whether a line is a head of names, not numbers."""
    words = line.translate(_SEPARATORS).decode("latin-1").split()
    if not words or words[0].startswith("#"):
        return False
    try:
        [float(word) for word in words]
    except ValueError:
        return all(word.strip("\"'")[:1].isalpha() for word in words)
    return False


def whole_ids(values: FloatArray, path: Path, what: str = "ids") -> NDArray[np.int64]:
    """Return numbers as whole ones.

    Raises
    ------
    CircuitInputError
        One is not whole, or too large for an id.
    """
    rounded = np.rint(values)
    if (np.abs(values - rounded) > 0.0).any() or (np.abs(rounded) > 2**31 - 2).any():
        raise CircuitInputError(
            f"{path}: {what} must be whole numbers below 2,147,483,647. Mend the file."
        )
    return rounded.astype(np.int64)


def told_ids(ids: NDArray[np.int64]) -> str:
    """Name the first few of some ids."""
    return ", ".join(map(str, ids[:5].tolist())) + (", ..." if len(ids) > 5 else "")


@dataclass(frozen=True, slots=True)
class PairRule:
    """Which pairs are to be solved.

    Attributes
    ----------
    included : bool
        The list says what to solve; else what to leave out.
    ids : (n,) int64
        Every id in the file, rising.
    listed : (n, n) bool
        Symmetric: the pair is in the list, or within the limits of the matrix.
    """

    included: bool
    ids: NDArray[np.int64]
    listed: BoolArray

    def known(self, ids: NDArray[np.int64]) -> BoolArray:
        """Tell which ids the file names."""
        return np.isin(ids, self.ids)

    def wanted(self, ids: NDArray[np.int64]) -> BoolArray:
        """Return which pairs of these ids are to be solved.

        Parameters
        ----------
        ids : (k,) int64
            Ids; a pair with one that the file does not name counts as not listed.

        Returns
        -------
        (k, k) bool
            The diagonal is never wanted.
        """
        place = np.searchsorted(self.ids, ids)
        known = self.known(ids)
        place = np.where(known, place, 0)
        listed = self.listed[np.ix_(place, place)] & known[:, None] & known
        wanted = listed if self.included else ~listed
        np.fill_diagonal(wanted, val=False)
        return np.asarray(wanted, dtype=np.bool_)


def read_pairs(path: Path) -> PairRule:
    """Read a list of pairs (``mode include`` or ``mode exclude``), or a matrix with limits.

    Raises
    ------
    CircuitInputError
        The file is neither, or damaged.
    """
    kind = file_kind(path)
    if kind == "list":
        words = _head(path, 1)[0]
        mode = words[1].lower() if len(words) > 1 else ""
        if mode not in {"include", "exclude"}:
            raise CircuitInputError(
                f"{path}: the first line must be 'mode include' or 'mode exclude', not "
                f"{' '.join(words)!r}."
            )
        pairs = whole_ids(read_numbers(path, 2, "two ids", skipped=1), path)
        ids = np.unique(pairs)
        listed = np.zeros((len(ids), len(ids)), dtype=np.bool_)
        first, second = np.searchsorted(ids, pairs.T)
        listed[first, second] = listed[second, first] = True
        return PairRule(mode == "include", ids, listed)
    if kind == "matrix":
        return _matrix_of_pairs(path)
    raise CircuitInputError(
        f"{path} is no file of pairs. It must begin with 'mode include' or 'mode exclude' and "
        "list pairs of ids, or with 'min' and 'max' and hold a matrix."
    )


def _matrix_of_pairs(path: Path) -> PairRule:
    head = _head(path, 2)
    try:
        limits = {words[0].lower(): float(words[1]) for words in head}
        low, high = limits["min"], limits["max"]
    except (IndexError, KeyError, ValueError) as error:
        raise CircuitInputError(
            f"{path}: the first two lines must be 'min' and 'max', each with a number."
        ) from error
    table = read_numbers(path, 0, "a matrix of ids and values", skipped=2)
    if table.shape[0] != table.shape[1] or table.shape[0] < 2:
        raise CircuitInputError(
            f"{path}: the matrix has {table.shape[0]} rows and {table.shape[1]} columns. It "
            "must be square, with the ids in the first row and column and 0 in the corner."
        )
    ids, across = whole_ids(table[1:, 0], path), whole_ids(table[0, 1:], path)
    order, order_across = np.argsort(ids), np.argsort(across)
    if (ids[order] != across[order_across]).any() or len(np.unique(ids)) < len(ids):
        raise CircuitInputError(
            f"{path}: the ids of the rows and of the columns differ, or one comes twice."
        )
    values = table[1:, 1:][np.ix_(order, order_across)]
    listed = (values >= low) & (values <= high)
    return PairRule(included=True, ids=ids[order], listed=listed | listed.T)


def _head(path: Path, count: int) -> list[list[str]]:
    with opened(path) as stream:
        lines = [stream.readline(1000) for _ in range(count)]
    return [line.decode("utf-8-sig", "replace").replace(",", " ").split() for line in lines]
