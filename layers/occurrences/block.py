"""Some thousand records under check, and what was found of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.occurrences.rules import Reason
from layers.occurrences.text_column import TextColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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


class Texts:
    """The different texts of each column, and answers about them, found once for all blocks.

    Parameters
    ----------
    table : DataFrame
        Records as in `Occurrences.table`.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = table
        self._texts: dict[str, list[str]] = {}
        self._answers: dict[tuple[str, str], NDArray[np.bool_]] = {}

    def of(self, name: str) -> list[str]:
        """Return the different texts of a column, in the order of their codes."""
        if name not in self._texts:
            self._texts[name] = self._table[name].cat.categories.tolist()
        return self._texts[name]

    def answers(
        self, name: str, question: str, answer: Callable[[str], bool]
    ) -> NDArray[np.bool_]:
        """Return the answer for each different text of a column, asked once per question."""
        key = name, question
        if key not in self._answers:
            found = map(answer, self.of(name))
            self._answers[key] = np.fromiter(found, dtype=np.bool_)
        return self._answers[key]


class Block:
    """A stretch of the table under check.

    Parameters
    ----------
    table : DataFrame
        Records as in `Occurrences.table`; this stretch of them.
    texts : Texts
        Of the whole table.
    start : int
        Where the stretch begins in the whole table.
    verdicts : Verdicts
        Where findings go.
    rules : CheckRules
        What is asked.
    """

    def __init__(
        self,
        table: pd.DataFrame,
        texts: Texts,
        start: int,
        verdicts: Verdicts,
        rules: CheckRules,
    ) -> None:
        self._table = table
        self._texts = texts
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
        return np.asarray(self._table[name].cat.codes, dtype=np.int64), self._texts.of(name)

    def texts(self, name: str, where: NDArray[np.int64]) -> list[str]:
        """Return the texts of some records of the stretch."""
        return self._table[name].iloc[where].astype("str").tolist()

    def among(
        self, name: str, question: str, answer: Callable[[str], bool]
    ) -> NDArray[np.bool_]:
        """Return where the answer for the text of a column is true.

        Parameters
        ----------
        name : str
            Column.
        question : str
            The same for the same `answer`, which is asked once for each different text.
        answer : callable
            From a text to truth.
        """
        answers = self._texts.answers(name, question, answer)
        codes, _ = self.codes(name)
        return answers[codes] if len(answers) else np.zeros(len(codes), dtype=np.bool_)

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
