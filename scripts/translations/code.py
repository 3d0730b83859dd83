"""The modules of the program as syntax trees: what a name in them stands for."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Scope:
    """Where an expression stands.

    Parameters
    ----------
    module : Module
        The module.
    function : ast.FunctionDef or None
        The function; None at the top of the module.
    owner : ast.ClassDef or None
        The class whose body it is in.
    """

    module: Module
    function: FunctionNode | None = None
    owner: ast.ClassDef | None = None

    @property
    def parameters(self) -> frozenset[str]:
        """Names that are given to the function."""
        if self.function is None:
            return frozenset()
        given = self.function.args
        every = [*given.posonlyargs, *given.args, *given.kwonlyargs]
        return frozenset(argument.arg for argument in every)


@dataclass(frozen=True, eq=False)
class Module:
    """One module.

    Parameters
    ----------
    name : str
        Dotted name.
    place : str
        File, from the root of the repository.
    tree : ast.Module
        Its syntax tree.
    """

    name: str
    place: str
    tree: ast.Module = field(repr=False)

    @cached_property
    def functions(self) -> dict[str, list[Scope]]:
        """Every function and method by name."""
        found: dict[str, list[Scope]] = {}
        for scope in self.scopes:
            if scope.function is not None:
                found.setdefault(scope.function.name, []).append(scope)
        return found

    @cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        """Every class by name."""
        return {n.name: n for n in ast.walk(self.tree) if isinstance(n, ast.ClassDef)}

    @cached_property
    def imported(self) -> dict[str, tuple[str, str]]:
        """What a name that is imported stands for: module and name there."""
        return {
            alias.asname or alias.name: (node.module, alias.name)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        """The module itself, and every function in it."""
        found = [Scope(self)]

        def below(node: ast.AST, owner: ast.ClassDef | None) -> None:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, FunctionNode):
                    found.append(Scope(self, child, owner))
                below(child, child if isinstance(child, ast.ClassDef) else owner)

        below(self.tree, None)
        return tuple(found)


class Code:
    """The modules of packages.

    Parameters
    ----------
    root : Path
        The repository.
    packages : tuple of str
        Folders in it.
    """

    def __init__(self, root: Path, packages: tuple[str, ...]) -> None:
        paths = [path for name in packages for path in sorted((root / name).rglob("*.py"))]
        read = [module_of(p.read_text("utf-8"), p.relative_to(root).as_posix()) for p in paths]
        self.modules = {module.name: module for module in read}
        self._errors = self._error_names()

    def is_error(self, name: str) -> bool:
        """Tell whether a class of this name is an error."""
        return name in self._errors or _is_builtin_error(name)

    def functions(self, name: str, scope: Scope) -> list[Scope]:
        """Return the functions that a name may stand for where it is called."""
        module, there = self._where(name, scope.module)
        return module.functions.get(there, []) if module is not None else []

    def class_of(self, name: str, scope: Scope) -> tuple[ast.ClassDef, Module] | None:
        """Return the class that a name stands for, where it is one of the program."""
        module, there = self._where(name, scope.module)
        found = module.classes.get(there) if module is not None else None
        return (found, module) if found is not None and module is not None else None

    def assigned(self, name: str, scope: Scope) -> list[tuple[ast.expr, Scope]]:
        """Return every expression a name is set to, in the function or else the module."""
        if scope.function is not None:
            found = list(_assigned(name, scope.function))
            if found or name in scope.parameters:
                return [(value, scope) for value in found]
        module, there = self._where(name, scope.module)
        if module is None:
            return []
        top = Scope(module)
        return [(value, top) for value in _assigned(there, module.tree, deep=False)]

    def attribute(self, name: str, scope: Scope) -> list[tuple[ast.expr, Scope]]:
        """Return every expression an attribute of the class around is set to."""
        if scope.owner is None:
            return []
        found: list[tuple[ast.expr, Scope]] = []
        for node in ast.walk(scope.owner):
            # What has a type there is a field of records, and given to each of them.
            if isinstance(node, ast.Assign) and node in scope.owner.body:
                found += [
                    (v, scope) for t in node.targets for v in _paired(name, t, node.value)
                ]
            elif isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Attribute) and target.attr == name
                for target in node.targets
            ):
                found.append((node.value, scope))
        return found

    def _where(self, name: str, module: Module) -> tuple[Module | None, str]:
        """Return the module in which a name that stands in another is defined."""
        for _ in range(4):
            if name not in module.imported:
                return module, name
            origin, name = module.imported[name]
            if origin not in self.modules:
                return None, name
            module = self.modules[origin]
        return module, name

    def _error_names(self) -> frozenset[str]:
        bases = {
            name: [called(base) for base in node.bases]
            for module in self.modules.values()
            for name, node in module.classes.items()
        }
        found: set[str] = set()
        while True:
            more = {
                name
                for name, above in bases.items()
                if name not in found
                and any(base in found or _is_builtin_error(base) for base in above)
            }
            if not more:
                return frozenset(found)
            found |= more


def module_of(code: str, place: str) -> Module:
    """Read a module."""
    name = place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return Module(name, place, ast.parse(code))


def called(node: ast.expr) -> str:
    """Return the last part of the name that an expression is written as, or nothing."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return called(node.value) if isinstance(node, ast.Subscript) else ""


def nodes_of(scope: Scope) -> Iterator[ast.AST]:
    """Yield the nodes of a function or module without those of functions in it."""
    top: ast.AST = scope.function or scope.module.tree
    waiting = list(ast.iter_child_nodes(top))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, FunctionNode):
            waiting += ast.iter_child_nodes(node)


def _assigned(name: str, top: ast.AST, *, deep: bool = True) -> Iterator[ast.expr]:
    body = ast.walk(top) if deep else iter(getattr(top, "body", []))
    for node in body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _paired(name, target, node.value)
        elif (
            isinstance(node, ast.AnnAssign | ast.NamedExpr)
            and isinstance(node.target, ast.Name)
            and node.target.id == name
            and node.value is not None
        ):
            yield node.value


def _paired(name: str, target: ast.expr, value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, ast.Name) and target.id == name:
        yield value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, its in zip(target.elts, value.elts, strict=False):
            yield from _paired(name, one, its)


def _is_builtin_error(name: str) -> bool:
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, BaseException)
