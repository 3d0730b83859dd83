"""The texts of the code: what is given to the functions of `resources.translation`.

Read from the syntax tree and not from tokens, so that calls inside of f-strings are seen too.
"""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOTE: Final = "TRANSLATORS:"
"""How a comment for translators begins; it stands in the lines above the call."""

_PLACES: Final = {"tr": (0,), "mark": (0,), "filled": (0,), "tr_n": (0, 1), "tr_c": (1,)}
_CONTEXT_PLACES: Final = {"tr_c": 0}


@dataclass(frozen=True)
class Text:
    """One text of the code.

    Parameters
    ----------
    place : str
        File, from the root of the repository.
    line : int
        Line of the call.
    function : str
        Which function it is given to.
    message : str or tuple of str
        The text; for one and for several where it is counted.
    context : str or None
        What tells this use from others.
    notes : tuple of str
        What translators are told.
    """

    place: str
    line: int
    function: str
    message: str | tuple[str, str]
    context: str | None = None
    notes: tuple[str, ...] = ()


def texts(root: Path, packages: tuple[str, ...]) -> Iterator[Text]:
    """Return every text of packages, by file and line.

    Parameters
    ----------
    root : Path
        The repository.
    packages : tuple of str
        Folders in it.
    """
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            yield from texts_of(path.read_text("utf-8"), path.relative_to(root).as_posix())


def texts_of(code: str, place: str) -> list[Text]:
    """Return the texts of a module, by line.

    Parameters
    ----------
    code : str
        The module.
    place : str
        What it is called in the catalogues.
    """
    if not any(f"{name}(" in code for name in _PLACES):
        return []
    notes = _notes(code)
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    found = (_text(call, place, notes) for call in calls)
    return [text for text in found if text is not None]


def _text(call: ast.Call, place: str, notes: dict[int, str]) -> Text | None:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name not in _PLACES:
        return None
    found = [_literal(call, at) for at in _PLACES[name]]
    if not all(found):
        return None
    parts = [str(text) for text in found]
    context = _literal(call, _CONTEXT_PLACES[name]) if name in _CONTEXT_PLACES else None
    told: list[str] = []
    line = call.lineno - 1
    while line in notes:
        told.insert(0, notes[line])
        line -= 1
    message = (parts[0], parts[1]) if len(parts) > 1 else parts[0]
    return Text(place, call.lineno, name, message, context, tuple(told))


def _literal(call: ast.Call, at: int) -> str | None:
    argument = call.args[at] if at < len(call.args) else None
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    return None


def _notes(code: str) -> dict[int, str]:
    """Return the comments for translators by the line they stand in."""
    if NOTE not in code:
        return {}
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    comments = (
        (token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT
    )
    return {line: text.partition(NOTE)[2].strip() for line, text in comments if NOTE in text}
