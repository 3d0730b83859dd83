"""What the palette can find, and what of it fits best to what was typed."""

from __future__ import annotations

import heapq
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Kind = Literal["command", "site", "corridor", "proposal", "layer", "place", "panel"]

ONLY_COMMANDS = ">"
"""What begins with this finds commands only, as in editors."""

_ORDER = {"site": 0, "corridor": 1, "proposal": 2, "command": 3, "panel": 3, "layer": 4}
"""Which of two that fit as well comes first; the others follow."""
_LAST = 9


@dataclass(frozen=True)
class Entry:
    """One thing that can be found.

    Parameters
    ----------
    kind : str
        What it is.
    title : str
        What it is called.
    act : callable
        Goes there, or does it.
    detail : str
        What sets it apart; found too.
    icon_name : str
        Icon of the family.
    keys : str
        Its shortcut, as the platform writes it.
    also : str
        Other words it is found by, such as names in other languages.
    """

    kind: Kind
    title: str
    act: Callable[[], object] = field(compare=False)
    detail: str = ""
    icon_name: str = ""
    keys: str = ""
    also: str = ""
    _folded: tuple[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rest = f"{self.detail} {self.also}"
        object.__setattr__(self, "_folded", (folded(self.title), folded(rest)))

    def rank(self, words: tuple[str, ...]) -> tuple[int, int, int, str] | None:
        """Return how well it fits, the best first; None where a word is nowhere in it.

        Parameters
        ----------
        words : tuple of str
            Typed, folded.
        """
        title, rest = self._folded
        worst = 0
        for word in words:
            fit = _fit(title, rest, word)
            if fit is None:
                return None
            worst = max(worst, fit)
        return (worst, _ORDER.get(self.kind, _LAST), len(title), title)


def _fit(title: str, rest: str, word: str) -> int | None:
    if title.startswith(word):
        return 0
    if f" {word}" in title:
        return 1
    if word in title:
        return 2
    if rest.startswith(word) or f" {word}" in rest:
        return 3
    return 4 if word in rest else None


def folded(text: str) -> str:
    """Return a text as it is compared: without case, accents and forms of the same letter."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def best(entries: Iterable[Entry], wanted: str, *, most: int) -> list[Entry]:
    """Return what fits best to what was typed.

    Parameters
    ----------
    entries : iterable of Entry
        What there is.
    wanted : str
        What was typed: every word must be found.
    most : int
        How many to return at most.
    """
    only_commands = wanted.startswith(ONLY_COMMANDS)
    words = tuple(folded(wanted.removeprefix(ONLY_COMMANDS)).split())
    if not words and not only_commands:
        return []
    ranked = (
        (rank, place, entry)
        for place, entry in enumerate(entries)
        if (not only_commands or entry.kind in {"command", "panel"})
        and (rank := entry.rank(words)) is not None
    )
    return [entry for _, _, entry in heapq.nsmallest(most, ranked)]
