"""The root of every error that Landbridge raises on purpose.

A message is one paragraph: what is wrong, where (file and field), and what to do about it.
It is shown to the user as it stands, in the terminal and in the window.
"""

from __future__ import annotations

import re
from difflib import get_close_matches


class PlannerError(Exception):
    """Something the user can understand and mend; the command line ends with status 1."""


class UsageError(PlannerError, ValueError):
    """A request that cannot be meant as written, such as an unknown region; status 2."""


def nearest_names_hint(name: str, known: list[str], *, count: int = 3) -> str:
    """Return a sentence that offers the known names nearest to `name`, or lists all of them.

    Parameters
    ----------
    name : str
        What the user wrote.
    known : list of str
        Every valid name.
    count : int
        How many near names to offer at most.
    """
    parts = {part: full for full in known for part in (full.lower(), *_words(full))}
    found = get_close_matches(name.lower(), parts, n=2 * count, cutoff=0.5)
    near = list(dict.fromkeys(parts[part] for part in found))[:count]
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return f"Known names: {', '.join(sorted(known))}."


def _words(name: str) -> list[str]:
    """Return the words of a name that are long enough to mean it."""
    return [word for word in re.split(r"[\W_]+", name.lower()) if len(word) > 3]
