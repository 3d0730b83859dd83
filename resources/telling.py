"""Tells texts that were made in English in another language, by their templates."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from string import Formatter
from typing import TYPE_CHECKING, Final

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from resources.stored_texts import StoredTexts

_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z\d])")
_WIDE_STOPS = "。！？"
"""Signs that bring the space after a sentence along."""
_LONGEST: Final = 6000
"""Letters of the longest text that is told: longer ones are data."""
_DEEPEST: Final = 6
_MOST_PARTS: Final = 12
_MOST_LOOKED_UP: Final = 200
"""Texts within a text that are looked for: errors need a dozen."""


@dataclass(frozen=True)
class Signs:
    """Signs of a language.

    Parameters
    ----------
    stop : str
        What ends a sentence.
    between : mapping of str to str
        What stands between the parts of a list, by what stands there in English.
    """

    stop: str
    between: Mapping[str, str]


@dataclass
class _Effort:
    """What may still be looked up for one text, and what was found so far."""

    left: int = _MOST_LOOKED_UP
    known: dict[str, tuple[str, int]] = field(default_factory=dict)


class Teller:
    """Tells texts in one language.

    Each method gives a text with how many letters of it were known in English; that text is
    taken of which most were.

    Parameters
    ----------
    stored : StoredTexts
        The texts that are kept in English.
    translate : callable
        Gives the translation of one of them.
    signs : Signs
        Signs of the language.
    named : callable, optional
        Gives the reader's name for a name, such as that of a species; other texts as they are.
    """

    def __init__(
        self,
        stored: StoredTexts,
        translate: Callable[[str], str],
        signs: Signs,
        named: Callable[[str], str] | None = None,
    ) -> None:
        self._stored = stored
        self._translate = translate
        self._signs = signs
        self._named = named

    def told(self, text: str) -> str:
        """Return a text in the language, as far as it is known; else as it is."""
        return self._any(text, 0, _Effort())[0]

    def _any(self, text: str, depth: int, effort: _Effort) -> tuple[str, int]:
        if not text or len(text) > _LONGEST or depth > _DEEPEST or not effort.left:
            return text, 0
        if text not in effort.known:
            effort.left -= 1
            effort.known[text] = self._best(text, depth, effort)
        return effort.known[text]

    def _best(self, text: str, depth: int, effort: _Effort) -> tuple[str, int]:
        name = text if self._named is None else self._named(text)
        if name != text:
            return name, _letters(text)
        choices = (
            self._whole(text, depth, effort),
            self._sentences(text, depth, effort),
            self._list(text, "; ", depth, effort),
            self._list(text, ", ", depth, effort),
        )
        return max(choices, key=lambda told: told[1])

    def _whole(self, text: str, depth: int, effort: _Effort) -> tuple[str, int]:
        """Tell a text by the first template it can be made of."""
        known = self._stored.exactly(text)
        if known:
            return _begun(self._translate(known), known, text), _letters(text)
        for template, found in self._stored.matches(text):
            told = {key: self._any(value, depth + 1, effort) for key, value in found.items()}
            values = {key: value for key, (value, _) in told.items()}
            # A template of signs only, such as "{map}, {year}", looks like many other texts.
            if values == found and not template.own_letters:
                continue
            # Of two ways to tell a text, that of words is meant rather than that of signs.
            own = template.own_letters or -1
            letters = own + sum(count for _, count in told.values())
            message = self._translate(template.message)
            if message == template.message and template.own_letters:
                # Nobody has translated it yet: it stays English with all that is in it.
                return text, letters
            told_whole = _AS_TEXT.vformat(message, (), values)
            if template.may_end_a_sentence and text.endswith("."):
                told_whole += self._signs.stop
            return _begun(told_whole, template.message, text), letters
        return self._but_for_the_edges(text, depth, effort)

    def _but_for_the_edges(self, text: str, depth: int, effort: _Effort) -> tuple[str, int]:
        """Tell a text but for the stop at its end or the place before it."""
        if text.endswith("."):
            told, letters = self._any(text[:-1], depth + 1, effort)
            return (f"{told}{self._signs.stop}", letters) if letters else (text, 0)
        place, colon, rest = text.partition(": ")
        told, letters = self._any(rest, depth + 1, effort) if rest else ("", 0)
        return (f"{place}{colon}{told}", letters) if letters else (text, 0)

    def _sentences(self, text: str, depth: int, effort: _Effort) -> tuple[str, int]:
        """Tell a text of several sentences, in the longest parts that are known."""
        parts = _BETWEEN_SENTENCES.split(text)
        if not 1 < len(parts) <= _MOST_PARTS:
            return text, 0
        best: list[tuple[str, int]] = [("", 0)]
        for end in range(1, len(parts) + 1):
            choices = []
            for start in range(int(end == len(parts)), end):
                told, letters = self._whole(" ".join(parts[start:end]), depth + 1, effort)
                before, known = best[start]
                joint = "" if not before or before[-1] in _WIDE_STOPS else " "
                choices.append((f"{before}{joint}{told}", known + letters))
            best.append(max(choices, key=lambda choice: choice[1]))
        return best[-1]

    def _list(self, text: str, sign: str, depth: int, effort: _Effort) -> tuple[str, int]:
        """Tell a list of which every part is known."""
        parts = text.split(sign)
        if not 1 < len(parts) <= _MOST_PARTS:
            return text, 0
        told = [self._any(part, depth + 1, effort) for part in parts]
        if any(new == old for (new, _), old in zip(told, parts, strict=True)):
            return text, 0
        joint = self._signs.between[sign]
        return joint.join(new for new, _ in told), sum(count for _, count in told)


def _begun(told: str, message: str, text: str) -> str:
    """Return a translation with a capital where only the text has one, not its template."""
    return told[:1].upper() + told[1:] if message[0].islower() and text[0].isupper() else told


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


class _AsText(Formatter):
    """Fills in values that are texts already, whatever form was asked for."""

    @override
    def format_field(self, value: object, format_spec: str) -> str:
        return str(value)


_AS_TEXT = _AsText()
