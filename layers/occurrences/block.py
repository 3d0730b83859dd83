"""Some thousand records under check, and what was found of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.occurrences.rules import Reason
from layers.occurrences.text_column import TextColumn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from layers.occurrences.rules import CheckRules

REASONS: tuple[Reason, ...] = tuple(Reason)
_KEPT = 0


class Verdicts:
    """What was found of all records, block by block.

    Parameters
    ----------
    count : int
        Number of records.
    """

    def __init__(self, count: int) -> None:
        self.reason = np.full(count, _KEPT, dtype=np.int8)
        self._sentences: list[NDArray[np.int64]] = []
        self._sentence_texts = TextColumn()
        self._flagged: list[NDArray[np.int64]] = []
        self._flag_codes = TextColumn()
        self._flag_texts = TextColumn()

    def take(
        self, positions: NDArray[np.int64], reason: Reason, sentences: str | Sequence[str]
    ) -> None:
        """Refuse records, numbered in the whole table."""
        self.reason[positions] = REASONS.index(reason) + 1
        self._sentences.append(positions)
        self._append(self._sentence_texts, sentences, len(positions))

    def flag(
        self, positions: NDArray[np.int64], code: str, sentences: str | Sequence[str]
    ) -> None:
        """Warn of records, numbered in the whole table."""
        self._flagged.append(positions)
        self._flag_codes.add_same(code, len(positions))
        self._append(self._flag_texts, sentences, len(positions))

    def refusals(self) -> tuple[NDArray[np.int64], pd.Categorical]:
        """Return the refused records and why, in the order of the table."""
        positions = _joined(self._sentences)
        order = np.argsort(positions, kind="stable")
        return positions[order], self._sentence_texts.finished()[order]

    def warnings(self) -> tuple[NDArray[np.int64], pd.Categorical, pd.Categorical]:
        """Return the warned-of records, the codes and sentences, in the order of the table."""
        positions = _joined(self._flagged)
        order = np.argsort(positions, kind="stable")
        codes, texts = self._flag_codes.finished(), self._flag_texts.finished()
        return positions[order], codes[order], texts[order]

    @staticmethod
    def _append(column: TextColumn, sentences: str | Sequence[str], count: int) -> None:
        if isinstance(sentences, str):
            column.add_same(sentences, count)
        else:
            column.add(sentences, str)


class Block:
    """A stretch of the table under check.

    Parameters
    ----------
    table : DataFrame
        Records as in `Occurrences.table`; this stretch of them.
    start : int
        Where the stretch begins in the whole table.
    verdicts : Verdicts
        Where findings go.
    rules : CheckRules
        What is asked.
    """

    def __init__(
        self, table: pd.DataFrame, start: int, verdicts: Verdicts, rules: CheckRules
    ) -> None:
        self._table = table
        self._start = start
        self._verdicts = verdicts
        self.rules = rules
        self.lon = table["lon"].to_numpy(dtype=np.float64, copy=True)
        self.lat = table["lat"].to_numpy(dtype=np.float64, copy=True)
        self.open = np.ones(len(table), dtype=np.bool_)

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return a column of numbers."""
        return self._table[name].to_numpy(dtype=np.float64)

    def mask(self, name: str) -> NDArray[np.bool_]:
        """Return a column of truths."""
        return self._table[name].to_numpy(dtype=np.bool_)

    def codes(self, name: str) -> tuple[NDArray[np.int64], Sequence[str]]:
        """Return a column of text as numbers, and the text of each number."""
        column = self._table[name].cat
        return np.asarray(column.codes, dtype=np.int64), column.categories.tolist()

    def texts(self, name: str, where: NDArray[np.int64]) -> list[str]:
        """Return the texts of some records of the stretch."""
        return self._table[name].iloc[where].astype("str").tolist()

    def among(self, name: str, wanted: Mapping[str, bool]) -> NDArray[np.bool_]:
        """Return where the text of a column maps to true."""
        codes, texts = self.codes(name)
        truth = np.fromiter((wanted[text] for text in texts), dtype=np.bool_, count=len(texts))
        return truth[codes] if len(truth) else np.zeros(len(codes), dtype=np.bool_)

    def find(
        self, reason: Reason, where: NDArray[np.bool_], sentences: str | Sequence[str]
    ) -> None:
        """Refuse, or warn of, open records as the rules say.

        Parameters
        ----------
        reason : Reason
            Why.
        where : (n,) bool
            Records, open ones only.
        sentences : str or sequence of str
            What is told of all, or of each in order.
        """
        action = self.rules.action(reason)
        positions = np.flatnonzero(where)
        if action == "skip" or not len(positions):
            return
        if action == "flag":
            self._verdicts.flag(positions + self._start, str(reason), sentences)
            return
        self._verdicts.take(positions + self._start, reason, sentences)
        self.open[positions] = False

    def warn(self, code: str, where: NDArray[np.bool_], sentences: str | Sequence[str]) -> None:
        """Warn of records that are kept so far."""
        positions = np.flatnonzero(where)
        if len(positions):
            self._verdicts.flag(positions + self._start, code, sentences)


def _joined(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
