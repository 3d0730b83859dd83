"""The messages of errors and the notes of runs, which are told in the reader's language.

They are written in English where they are raised; `resources.translation.tr_filled` finds the
template of a message again. Here the templates are collected, without a mark at each of them.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from scripts.translations.code import Scope, called, nodes_of
from scripts.translations.reading import Message, TextReader, Value, own_text, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.translations.code import Code, Module
    from scripts.translations.reading import Parts

NOTE: Final = "error message"
"""What translators are told of such a text."""
NOTE_OF_PART: Final = "part of an error message"
"""What they are told of a text that stands in another one."""
PACKAGES: Final = ("planner", "layers", "algorithms", "resources")
"""Where such texts are collected."""
IN_THE_TERMINAL: Final = (
    "planner.cli",
    "planner.circuit",
    "planner.omnidirectional",
    "planner.marxan",
)
"""Packages that only commands of the terminal use, which speak English."""

_NOTED_IN: Final = frozenset({"notes", "warnings", "problems"})
"""Lists whose texts are shown."""
_SHOWN: Final = frozenset({"LayerProblem", "LinearConstraint"})
"""Records whose texts are shown."""
_YIELDED: Final = "Shortage"
"""Records of that kind are yielded as tuples, with a text for people first."""
_COUNTRY: Final = "country {"
"""Where `planner.reserve.naming` puts the name of the country, in place of all of it."""
_REASONS: Final = frozenset({"reason", "why", "refused", "refusal", "remedy"})
"""Names of what is told as the reason for something, or as what helps."""
_NO_LANGUAGE: Final = ("+proj=", "gdalwarp ")
"""How what is written for programs begins."""
_FEWEST_LETTERS: Final = 5
_DEFECTS: Final = frozenset(
    {"AttributeError", "IndexError", "KeyError", "NotImplementedError", "TypeError"}
)
"""Errors that only a defect raises; their report is for those who mend it."""
_OF_ARRAYS = re.compile(r"\b(?:shapes?|bool|arrays?|must be square)\b|\{(?:shape|dtype)")
"""What only a caller in the program can do wrong, so that nobody meets it in the window."""
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Found:
    """A text with the place where it is said.

    Parameters
    ----------
    message : Message
        The text.
    place : str
        File, from the root of the repository.
    line : int
        Line in it.
    is_part : bool
        Whether it stands within a message, not as one.
    """

    message: Message
    place: str
    line: int
    is_part: bool


def messages(code: Code) -> Iterator[Found]:
    """Yield every text that an error or a note can have, by module and line.

    Texts that differ in the names of their values only are one text, with the names of the
    first: what was made of them looks alike.
    """
    known: dict[tuple[str, ...], Message] = {}
    for module in code.modules.values():
        if not _is_shown(module):
            continue
        found = [text for scope in module.scopes for text in _texts(code, scope)]
        for text in sorted(found, key=lambda text: text.line):
            shape = text.message.shape
            first = known.setdefault(shape, text.message)
            numbers = tuple(
                name
                for place, name in enumerate(first.names)
                if name in first.numbers and text.message.names[place] in text.message.numbers
            )
            yield replace(text, message=Message(first.text, numbers))
            if text.place.startswith("algorithms/reserve/") and _COUNTRY in first.text:
                bare = Message(first.text.replace(_COUNTRY, "{"), numbers)
                if _has_words("".join(bare.shape)):
                    yield replace(text, message=bare)


def unreadable(code: Code) -> list[str]:
    """Return the places where an error is raised with a text that cannot be read here."""
    return [
        f"{module.place}:{node.lineno}: {ast.unparse(node)}"
        for module in code.modules.values()
        if _is_shown(module)
        for scope in module.scopes
        for node in nodes_of(scope)
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and called(node.exc.func) not in _DEFECTS
        and not _can_be_read(code, node.exc, scope)
    ]


def is_telling(parts: Parts) -> bool:
    """Tell whether a text has enough words of its own to be known by them."""
    own = own_text(parts)
    if own.startswith(_NO_LANGUAGE):
        return False
    if any(isinstance(part, Value) for part in parts):
        return _has_words(own)
    # A single word is as a rule the name of a field or of a file.
    return len(_WORD.findall(own)) > 1 and " " in own.strip()


def _has_words(own: str) -> bool:
    return sum(map(str.isalpha, own)) >= _FEWEST_LETTERS and bool(_WORD.search(own))


def _is_shown(module: Module) -> bool:
    return not any(f"{module.name}.".startswith(f"{name}.") for name in IN_THE_TERMINAL)


def _texts(code: Code, scope: Scope) -> Iterator[Found]:
    raised = {id(node.exc) for node in nodes_of(scope) if isinstance(node, ast.Raise)}
    place = scope.module.place
    for node in nodes_of(scope):
        said: ast.expr | None = None
        others: list[ast.expr] = []
        if isinstance(node, ast.Call) and called(node.func) not in _DEFECTS:
            said, others = _texts_of(code, node, scope, is_raised=id(node) in raised)
        elif isinstance(node, ast.Assign):
            others = _reasons(node)
        elif isinstance(node, ast.Yield) and _yields_shortages(scope):
            others = node.value.elts if isinstance(node.value, ast.Tuple) else []
        reader = TextReader(code)
        whole = reader.texts(said, scope) if said is not None else []
        parts = [text for other in others for text in reader.texts(other, scope)]
        for found, is_part in ((whole, False), ((*parts, *reader.fragments), True)):
            for text in found:
                message = written(text)
                of_arrays = place.startswith("algorithms/") and _OF_ARRAYS.search(message.text)
                if is_telling(text) and not of_arrays:
                    yield Found(message, place, getattr(node, "lineno", 0), is_part)


def _texts_of(
    code: Code, node: ast.Call, scope: Scope, *, is_raised: bool
) -> tuple[ast.expr | None, list[ast.expr]]:
    """Return the message that a call makes, and what may be a text within a message."""
    name = called(node.func)
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    first = node.args[0] if node.args else None
    makers = code.functions(name, scope)
    if code.is_error(name):
        place = _message_place(code, name, scope)
        if place is None or not node.args:
            return None, given
        return node.args[place] if place < len(node.args) else None, []
    if _hands_up(code, name, scope) or _notes(node) or (is_raised and not makers):
        return first, []
    if name in _SHOWN or any(_gives_error(code, found) for found in makers):
        return None, given
    return None, [keyword.value for keyword in node.keywords if keyword.arg in _REASONS]


def _reasons(node: ast.Assign) -> list[ast.expr]:
    """Return the texts that are kept as the reason for something."""
    found = []
    for target in node.targets:
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        values = [node.value] * len(names)
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            values = node.value.elts
        found += [
            value
            for name, value in zip(names, values, strict=False)
            if called(name) in _REASONS
        ]
    return found


def _yields_shortages(scope: Scope) -> bool:
    given = scope.function.returns if scope.function is not None else None
    return given is not None and _YIELDED in ast.unparse(given)


def _hands_up(code: Code, name: str, scope: Scope) -> bool:
    """Tell whether an error is given its message by a class that refines it."""
    owner = scope.owner
    return name == "__init__" and owner is not None and code.is_error(owner.name)


def _notes(node: ast.Call) -> bool:
    """Tell whether a text is added to a list of which the texts are shown."""
    return (
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "append"
        and called(node.func.value) in _NOTED_IN
    )


def _message_place(code: Code, name: str, scope: Scope) -> int | None:
    """Return which argument of an error is its message; None where it is composed inside."""
    found = code.class_of(name, scope)
    if found is None:
        return 0
    owner, module = found
    for node in owner.body:
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            names = [argument.arg for argument in node.args.args[1:]]
            calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
            passed = [call.args[0] for call in calls if _is_init(call) and call.args]
            first = passed[0] if passed else None
            is_given = isinstance(first, ast.Name) and first.id in names
            return names.index(first.id) if is_given and isinstance(first, ast.Name) else None
    above = [called(base) for base in owner.bases]
    return next(
        (_message_place(code, base, Scope(module)) for base in above if code.is_error(base)), 0
    )


def _is_init(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr == "__init__"


def _gives_error(code: Code, scope: Scope) -> bool:
    given = scope.function.returns if scope.function is not None else None
    return given is not None and code.is_error(called(given))


def _can_be_read(code: Code, call: ast.Call, scope: Scope) -> bool:
    message, _ = _texts_of(code, call, scope, is_raised=True)
    if message is None or _is_other_error(message, scope):
        return True
    reader = TextReader(code)
    found = [*reader.texts(message, scope), *reader.fragments]
    return any(is_telling(parts) for parts in found)


def _is_other_error(node: ast.expr, scope: Scope) -> bool:
    """Tell whether the text is that of an error that was caught."""
    if not (isinstance(node, ast.Call) and called(node.func) == "str" and node.args):
        return False
    caught = {
        handler.name
        for handler in ast.walk(scope.function or scope.module.tree)
        if isinstance(handler, ast.ExceptHandler)
    }
    return called(node.args[0]) in caught
