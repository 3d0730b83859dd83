"""What texts an expression can make, read from its syntax: templates with values in them."""

from __future__ import annotations

import ast
import itertools
import keyword
import re
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING, Final, TypeAlias

from resources.stored_texts import has_values
from scripts.translations.code import called

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scripts.translations.code import Code, Scope

_MOST_ALTERNATIVES: Final = 6
"""So many ways a text can be put are written out; of more, each part is a text for itself."""
_DEEPEST: Final = 30
_OF_TEXTS: Final = frozenset(
    {"join", "format", "get", "strip", "rstrip", "lstrip", "capitalize", "removesuffix"}
)
"""Methods of texts, and of tables of texts."""
_KEEPS_ELEMENTS: Final = frozenset({"list", "tuple", "sorted", "fromkeys", "filter", "join"})
_TRANSLATED_ELSEWHERE: Final = frozenset({"tr", "tr_n", "tr_c", "filled", "mark", "tr_filled"})
_SAYS_LITTLE: Final = frozenset({"name", "id", "value", "values", "title", "stem", "args"})
_NUMBER_FORMS: Final = frozenset("fFgGdeE%,n")


@dataclass(frozen=True)
class Value:
    """A value in a template.

    Parameters
    ----------
    source : str
        The expression, as it is written.
    name : str
        What it is called in the template.
    is_number : bool
        Whether it is written as a number.
    """

    source: str
    name: str
    is_number: bool = False


Parts: TypeAlias = tuple[str | Value, ...]


@dataclass(frozen=True)
class Message:
    """A text with the names of its values.

    Parameters
    ----------
    text : str
        The text; ``{name}`` stands for a value.
    numbers : tuple of str
        Names of the values that are written as numbers.
    """

    text: str
    numbers: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its values, in their order."""
        found = (name for _, name, _, _ in Formatter().parse(self.text) if name)
        return tuple(found) if has_values(self.text) else ()

    @property
    def shape(self) -> tuple[str, ...]:
        """What it has of its own, with the places of values that are the same."""
        if not has_values(self.text):
            return (self.text,)
        names = list(dict.fromkeys(self.names))
        return tuple(
            f"{literal}{{{names.index(name) if name else ''}}}"
            for literal, name, _, _ in Formatter().parse(self.text)
        )


class TextReader:
    """Reads expressions of the program as texts.

    Parameters
    ----------
    code : Code
        The program.

    Attributes
    ----------
    fragments : list of tuple
        Texts that were found as values within others; each is told for itself.
    """

    def __init__(self, code: Code) -> None:
        self._code = code
        self._busy: set[int] = set()
        self.fragments: list[Parts] = []

    def texts(self, node: ast.expr, scope: Scope) -> list[Parts]:
        """Return every text that an expression can make; a value alone where it is none."""
        if id(node) in self._busy or len(self._busy) > _DEEPEST:
            return [(_value(node),)]
        self._busy.add(id(node))
        try:
            return self._read(node, scope)
        finally:
            self._busy.discard(id(node))

    def keep(self, found: Iterable[Parts]) -> None:
        """Remember texts that are values of others."""
        self.fragments += [parts for parts in found if any(isinstance(p, str) for p in parts)]

    def _read(self, node: ast.expr, scope: Scope) -> list[Parts]:
        match node:
            case ast.Constant():
                found: list[Parts] = [(str(node.value),)]
            case ast.JoinedStr():
                found = self._joined(node, scope)
            case ast.IfExp():
                found = self._either((node.body, node.orelse), scope)
            case ast.BoolOp():
                found = self._either(node.values, scope)
            case ast.BinOp():
                found = self._sum(node, scope)
            case ast.Call():
                found = self._call(node, scope)
            case ast.NamedExpr():
                found = self.texts(node.value, scope)
            case ast.Name() | ast.Attribute() | ast.Subscript():
                found = self._name(node, scope)
            case _:
                found = [(_value(node),)]
        return found

    def _joined(self, node: ast.JoinedStr, scope: Scope) -> list[Parts]:
        choices: list[list[Parts]] = []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                choices.append(self._in_text(part, scope))
            else:
                choices.append(self.texts(part, scope))
        return self._product(node, choices)

    def _in_text(self, part: ast.FormattedValue, scope: Scope) -> list[Parts]:
        value = _value(part.value, _form(part))
        if part.conversion == ord("r") or value.is_number:
            return [(value,)]
        found = self.texts(part.value, scope)
        if _is_short(part.value) and len(found) <= 3 and all(map(_is_text, found)):
            return found
        self.keep(found)
        return [(value,)]

    def _product(self, node: ast.expr, choices: list[list[Parts]]) -> list[Parts]:
        many = [len(found) > 1 for found in choices]
        total = 1
        for found in choices:
            total *= len(found)
        if total > _MOST_ALTERNATIVES:
            for place, is_choice in enumerate(many):
                if is_choice:
                    self.keep(choices[place])
                    choices[place] = [(_value(node, name=f"part_{place}"),)]
        return [tuple(itertools.chain(*parts)) for parts in itertools.product(*choices)]

    def _either(self, nodes: Iterable[ast.expr], scope: Scope) -> list[Parts]:
        return [parts for node in nodes for parts in self.texts(node, scope)]

    def _sum(self, node: ast.BinOp, scope: Scope) -> list[Parts]:
        if not isinstance(node.op, ast.Add):
            return [(_value(node),)]
        return self._product(
            node, [self.texts(part, scope) for part in (node.left, node.right)]
        )

    def _call(self, node: ast.Call, scope: Scope) -> list[Parts]:
        name = called(node.func)
        if name in _TRANSLATED_ELSEWHERE:
            return [(_value(node),)]
        if isinstance(node.func, ast.Attribute) and name in _OF_TEXTS:
            return self._call_of_text(node, node.func.value, scope)
        if name in {"str", "next", "listed"} and node.args:
            self._elements(node.args[0], scope)
        self._made_by(node, scope)
        return [(_value(node),)]

    def _call_of_text(self, node: ast.Call, text: ast.expr, scope: Scope) -> list[Parts]:
        match called(node.func):
            case "join" if node.args:
                self._elements(node.args[0], scope)
                return [(_value(node.args[0]),)]
            case "format":
                return [
                    _of_template(own_text(parts), node) for parts in self.texts(text, scope)
                ]
            case "get":
                self._elements(text, scope)
                self.keep(p for a in node.args[1:] for p in self.texts(a, scope))
                return [(_value(node),)]
            case _:
                return self.texts(text, scope)

    def _made_by(self, node: ast.Call, scope: Scope) -> None:
        """Keep the texts that a function of the program gives, and those it is given."""
        makers = self._code.functions(called(node.func), scope)
        for inside in makers:
            for given in returned(inside):
                self._elements(given, inside)
        for given in node.args if makers else ():
            if isinstance(given, ast.Call | ast.JoinedStr | ast.IfExp):
                self._elements(given, scope)

    def _name(self, node: ast.expr, scope: Scope) -> list[Parts]:
        if isinstance(node, ast.Subscript):
            self._elements(node.value, scope)
            return [(_value(node),)]
        found: list[Parts] = []
        for value, inside in self._meant(node, scope):
            if _varies(value) and inside.function is not None:
                found.append((_value(node),))
            elif value is not node:
                found += self.texts(value, inside)
        if isinstance(node, ast.Name) and is_changed(node.id, scope):
            self.keep(found)
            found = [(_value(node),)]
        texts = [parts if own_text(parts) else (_value(node),) for parts in found]
        return list(dict.fromkeys(texts)) or [(_value(node),)]

    def _meant(self, node: ast.expr, scope: Scope) -> list[tuple[ast.expr, Scope]]:
        if isinstance(node, ast.Name):
            return self._code.assigned(node.id, scope)
        if isinstance(node, ast.Attribute) and called(node.value) in {"self", "cls"}:
            return self._code.attribute(node.attr, scope)
        return []

    def _elements(self, node: ast.expr, scope: Scope) -> None:
        """Keep the texts that a list, a table or a loop over one is made of."""
        if id(node) in self._busy or len(self._busy) > _DEEPEST:
            return
        inside = _inside(node)
        if not inside and not isinstance(node, ast.Name | ast.Attribute):
            self.keep(self.texts(node, scope))
            return
        self._busy.add(id(node))
        for value, there in self._meant(node, scope):
            self._elements(value, there)
        for part in (*inside, *_added_to(node, scope)):
            if _inside(part) or isinstance(part, ast.Name):
                self._elements(part, scope)
            else:
                self.keep(self.texts(part, scope))
        self._busy.discard(id(node))


def is_changed(name: str, scope: Scope) -> bool:
    """Tell whether a name of a function is given to it, added to, or runs through a loop."""
    if scope.function is None:
        return False
    targets = [
        node.target
        for node in ast.walk(scope.function)
        if isinstance(node, ast.AugAssign | ast.For | ast.comprehension)
    ]
    return name in scope.parameters or any(
        isinstance(part, ast.Name) and part.id == name
        for target in targets
        for part in ast.walk(target)
    )


def _inside(node: ast.expr) -> list[ast.expr]:
    """Return the elements that a list or a table is written with."""
    found: list[ast.expr] = []
    match node:
        case ast.List() | ast.Tuple() | ast.Set():
            found = [e.value if isinstance(e, ast.Starred) else e for e in node.elts]
        case ast.Dict():
            found = list(node.values)
        case ast.GeneratorExp() | ast.ListComp():
            found = [node.elt]
        case ast.IfExp():
            found = [node.body, node.orelse]
        case ast.Call() if called(node.func) in _KEEPS_ELEMENTS:
            found = list(node.args)
    return found


def returned(scope: Scope) -> list[ast.expr]:
    """Return what a function gives back or yields."""
    if scope.function is None:
        return []
    return [
        node.value
        for node in ast.walk(scope.function)
        if isinstance(node, ast.Return | ast.Yield) and node.value is not None
    ]


def written(parts: Parts) -> Message:
    """Return a text with names for its values that differ."""
    names: dict[str, str] = {}
    text: list[str] = []
    numbers: list[str] = []
    has_values = any(isinstance(part, Value) for part in parts)
    for part in parts:
        if isinstance(part, str):
            text.append(part.replace("{", "{{").replace("}", "}}") if has_values else part)
            continue
        if part.source not in names:
            names[part.source] = _free(part.name, names.values())
        name = names[part.source]
        text.append(f"{{{name}}}")
        if part.is_number and name not in numbers:
            numbers.append(name)
    return Message("".join(text), tuple(numbers))


def own_text(parts: Parts) -> str:
    """Return a text without its values."""
    return "".join(part for part in parts if isinstance(part, str))


def _is_text(parts: Parts) -> bool:
    return all(isinstance(part, str) for part in parts)


def _varies(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not isinstance(node.value, str)


def _is_short(node: ast.expr) -> bool:
    """Tell whether a choice within a sentence is written in the sentence, as "is" or "are"."""
    return isinstance(node, ast.IfExp | ast.Name | ast.Constant | ast.Attribute)


def _form(part: ast.FormattedValue) -> str:
    spec = part.format_spec
    if not isinstance(spec, ast.JoinedStr) or not spec.values:
        return ""
    last = spec.values[-1]
    return str(last.value) if isinstance(last, ast.Constant) else ""


def _value(node: ast.expr, form: str = "", *, name: str = "") -> Value:
    is_length = isinstance(node, ast.Call) and called(node.func) == "len"
    is_number = is_length or (form[-1:] in _NUMBER_FORMS and bool(form))
    return Value(ast.unparse(node) + name, name or _name_of(node), is_number)


def _name_of(node: ast.expr) -> str:
    """Return what a value is called for people: by the name nearest to it."""
    found = _spoken_name(node).strip("_").lower()
    found = re.sub(r"\W+", "_", found).removeprefix("n_") or "value"
    return f"{found}_" if keyword.iskeyword(found) or found[0].isdigit() else found


def _spoken_name(node: ast.expr) -> str:
    match node:
        case ast.Name():
            found = node.id
        case ast.Attribute():
            above = _spoken_name(node.value).strip("_")
            says_little = node.attr in _SAYS_LITTLE and above not in {"", "self"}
            found = f"{above}_{node.attr}" if says_little else node.attr
        case ast.Subscript() | ast.Await() | ast.Starred():
            found = _spoken_name(node.value)
        case ast.GeneratorExp() | ast.ListComp():
            found = _spoken_name(node.generators[0].iter)
        case ast.Call():
            found = _called_name(node)
        case ast.BinOp():
            found = _spoken_name(node.left) or _spoken_name(node.right)
        case _:
            found = ""
    return found


def _called_name(node: ast.Call) -> str:
    name = called(node.func)
    if name.endswith("hint"):
        return "hint"
    about = [_spoken_name(argument) for argument in node.args]
    about = [found for found in about if found and found != "self"]
    if name == "len":
        return f"{about[0].rsplit('_', 1)[-1]}_count" if about else "count"
    if isinstance(node.func, ast.Attribute) and not about:
        return _spoken_name(node.func.value) or name
    return about[0] if len(about) == 1 else name


def _free(name: str, taken: Iterable[str]) -> str:
    known = set(taken)
    number = 2
    free = name
    while free in known:
        free, number = f"{name}_{number}", number + 1
    return free


def _of_template(text: str, node: ast.Call) -> Parts:
    """Return the parts of a text that is filled in by ``.format``."""
    known = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    found: list[str | Value] = []
    for place, part in enumerate(re.split(r"\{(\w*)(?::[^{}]*)?\}", text)):
        if place % 2 == 0:
            found.append(part)
        else:
            source = ast.unparse(known[part]) if part in known else part
            found.append(Value(source, part or "value"))
    return tuple(found)


def _added_to(node: ast.expr, scope: Scope) -> list[ast.expr]:
    """Return what is appended to a list in the function that holds it."""
    if scope.function is None:
        return []
    name = ast.unparse(node)
    found: list[ast.expr] = []
    for call in ast.walk(scope.function):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr in {"append", "extend", "insert"}
            and ast.unparse(call.func.value) == name
        ):
            found += call.args[-1:]
        elif isinstance(call, ast.AugAssign) and ast.unparse(call.target) == name:
            found.append(call.value)
    return found
