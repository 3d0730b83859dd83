"""Columns of text that stay small in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray


class TextColumn:
    """A column of texts with few different values, kept as codes and built chunk by chunk."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {"": 0}
        self._codes: list[NDArray[np.int32]] = []

    def add(self, texts: Sequence[str], convert: Callable[[str], str]) -> NDArray[np.int32]:
        """Append the converted texts; return each one's position among the different ones."""
        values = np.empty(len(texts), dtype=object)
        values[:] = texts
        codes, distinct = pd.factorize(values)
        known = np.array([self._number(convert(text)) for text in distinct], dtype=np.int32)
        self._codes.append(known[codes] if len(known) else np.zeros(len(texts), np.int32))
        return self._codes[-1]

    def add_same(self, text: str, count: int) -> None:
        """Append the same text some times."""
        self._codes.append(np.full(count, self._number(text), dtype=np.int32))

    def add_few(self, texts: Mapping[int, str], count: int) -> None:
        """Append a stretch that is empty but at the given positions."""
        codes = np.zeros(count, dtype=np.int32)
        for position, text in texts.items():
            codes[position] = self._number(text)
        self._codes.append(codes)

    def finished(self) -> pd.Categorical:
        """Return the column, and forget it."""
        codes = np.concatenate(self._codes) if self._codes else np.zeros(0, np.int32)
        self._codes = []
        return pd.Categorical.from_codes(
            codes, categories=pd.Index(list(self._numbers), dtype="str"), validate=False
        )

    def _number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))
