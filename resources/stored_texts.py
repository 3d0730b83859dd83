"""The texts that are kept in English, found again in what was made of them.

A text such as an error is made where it happens, in English and with its values filled in. To
tell it in another language, the template it was made of is looked for among all of them: by a
word that only few have, then by its pattern, those with most words of their own first.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from string import Formatter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_FIELD = re.compile(r"\{[^{}]*\}")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = r"[-+−]?(?:\d[\d.,\s]{0,40}(?:e[-+]?\d{1,3})?%?|inf|nan)"
"""What a value that is written as a number looks like: else any text with an "of" would fit."""


@dataclass(frozen=True)
class Template:
    """A text with values.

    Parameters
    ----------
    message : str
        The text in English; ``{name}`` stands for a value.
    numbers : frozenset of str
        Names of the values that are written as numbers.
    """

    message: str
    numbers: frozenset[str] = frozenset()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What a text looks like with its values filled in.

        A value ends where what follows it is found first, and is not looked for anew after
        that: the time it takes grows with the length of the text and no faster.
        """
        parts: list[str] = []
        known: set[str] = set()
        open_value = False
        for literal, name, form, _ in Formatter().parse(self.message):
            parts.append(re.escape(literal) if parts else _begins(literal))
            if not name:
                continue
            if name in known:
                parts.append(f"(?P={name})")
            elif self._is_number(name, form or ""):
                parts.append(f"(?P<{name}>{_NUMBER})")
            else:
                parts.append(f"{')' if open_value else ''}(?>(?P<{name}>.*?)")
                open_value = True
            known.add(name)
        text = "".join(parts)
        if open_value:
            # Nothing follows the last value but the end, which it has to reach.
            before, _, after = text.rpartition("(?>")
            text = before + after
        return re.compile(text + r"\.?" * self.may_end_a_sentence, re.DOTALL)

    @cached_property
    def may_end_a_sentence(self) -> bool:
        """Whether a text made of it may have a stop at its end that the template has not."""
        return self.message[-1] not in "}.!?"

    @cached_property
    def own_letters(self) -> int:
        """How many letters it has without its values."""
        return sum(map(str.isalpha, "".join(self._literals)))

    @cached_property
    def words(self) -> frozenset[str]:
        """The words that stand in every text made of it, untouched by values."""
        found: set[str] = set()
        literals = list(Formatter().parse(self.message))
        for place, (literal, *_) in enumerate(literals):
            after_value = place > 0
            before_value = literals[place][1] is not None
            for match in _WORD.finditer(literal):
                cut_off = (after_value and match.start() == 0) or (
                    before_value and match.end() == len(literal)
                )
                may_be_capital = place == 0 and match.start() == 0 and literal[0].islower()
                if not cut_off and not may_be_capital:
                    found.add(match.group())
        return frozenset(found)

    @property
    def _literals(self) -> Iterator[str]:
        return (literal for literal, *_ in Formatter().parse(self.message))

    def _is_number(self, name: str, form: str) -> bool:
        return name in self.numbers or name == "count" or form[-1:] in {"f", "g", "d", ","}


class StoredTexts:
    """All texts that are kept in English.

    Parameters
    ----------
    items : list
        Texts, those with most words of their own first; a text and the names of its numbers
        as a list where these cannot be seen in the text.
    """

    def __init__(self, items: list[str | list[str]]) -> None:
        read = [(item, ()) if isinstance(item, str) else (item[0], item[1:]) for item in items]
        self.exact = frozenset(text for text, _ in read if not has_values(text))
        self._templates = tuple(
            Template(text, frozenset(numbers))
            for text, numbers in read
            # A text of values only looks like every other text.
            if has_values(text) and _FIELD.sub("", text)
        )
        self._with_word, self._wordless = self._index()

    @classmethod
    def read(cls, path: Path) -> StoredTexts:
        """Read the list that is kept beside the catalogues."""
        return cls(json.loads(path.read_text("utf-8")))

    def exactly(self, text: str) -> str:
        """Return the text without values that this one is, but for a capital; else nothing."""
        if text in self.exact:
            return text
        begun = f"{text[:1].lower()}{text[1:]}"
        return begun if begun in self.exact else ""

    def matches(self, text: str) -> Iterator[tuple[Template, dict[str, str]]]:
        """Yield the templates a text can be made of, with the values, most telling first."""
        places = list(self._wordless)
        for word in set(_WORD.findall(text)):
            places += self._with_word.get(word, ())
        for place in sorted(places):
            template = self._templates[place]
            found = template.pattern.fullmatch(text)
            if found is not None:
                yield template, found.groupdict()

    def _index(self) -> tuple[Mapping[str, list[int]], list[int]]:
        """Return the places of templates by the rarest of their words, and of those without."""
        common = Counter(word for template in self._templates for word in template.words)
        with_word: dict[str, list[int]] = {}
        wordless: list[int] = []
        for place, template in enumerate(self._templates):
            if template.words:
                rarest = min(template.words, key=lambda word: (common[word], -len(word), word))
                with_word.setdefault(rarest, []).append(place)
            else:
                wordless.append(place)
        return with_word, wordless


def _begins(literal: str) -> str:
    """Return the pattern of how a text begins: with a capital too, where it has none."""
    first, rest = literal[:1], literal[1:]
    if not first.islower():
        return re.escape(literal)
    return f"[{first}{first.upper()}]{re.escape(rest)}"


def has_values(text: str) -> bool:
    """Tell whether a text is to be filled in; one with a brace that has no partner is not."""
    try:
        return any(name for _, name, _, _ in Formatter().parse(text))
    except ValueError:
        return False
