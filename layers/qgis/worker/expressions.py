"""Expressions that people and styles may use: plain sums, words and comparisons, nothing else.

QGIS expressions can read the environment, other layers and files, and can be made to run for
hours. Only functions that are known to be harmless and quick are let through.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from qgis.core import QgsExpression, QgsExpressionNode, QgsExpressionNodeBinaryOperator

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 4_000
MOST_PARTS = 500
_OFFERED = """
    abs sqrt round ceil floor ln log log10 exp pi min max clamp sin cos tan asin acos atan atan2
    degrees radians scale_linear
    lower upper title trim length left right substr concat replace strpos char ascii
    format_number
    to_string to_int to_real to_date to_datetime to_time
    coalesce if nullif
    year month day hour minute second
    $id $area $length $perimeter $x $y
    var
"""
FUNCTIONS = frozenset(_OFFERED.split())
_ONE_BELOW = ("opLeft", "opRight", "operand", "node", "elseExp", "container", "index")
_LIST_BELOW = ("args", "list")
VARIABLES = frozenset({"map_scale", "value"})


def checked(text: str) -> QgsExpression:
    """Return an expression that may be used.

    Raises
    ------
    ValueError
        It cannot be read, or does something that is not allowed here.
    """
    if len(text) > LONGEST:
        raise ValueError(
            f"The expression has {len(text):,} characters, more than {LONGEST:,}; shorten it."
        )
    expression = QgsExpression(text)
    if expression.hasParserError():
        raise ValueError(f"The expression {text!r} cannot be read: {_first_line(expression)}.")
    root = expression.rootNode()
    if root is None:
        raise ValueError("The expression is empty.")
    foreign = sorted(_functions(expression) - FUNCTIONS)
    if foreign:
        raise ValueError(
            f"The function {foreign[0]} is not offered here. Sums, comparisons, text and date "
            "functions are."
        )
    unknown = sorted(set(expression.referencedVariables()) - VARIABLES)
    if unknown:
        raise ValueError(f"The variable @{unknown[0]} is not offered here.")
    nodes = list(islice(_nodes(root), MOST_PARTS + 1))
    if len(nodes) > MOST_PARTS:
        raise ValueError(f"The expression has more than {MOST_PARTS} parts; shorten it.")
    if any(_is_pattern(node) for node in nodes):
        raise ValueError("Regular expressions are not offered here; use LIKE or ILIKE with %.")
    return expression


def is_allowed(text: str) -> bool:
    """Return whether an expression may be used."""
    try:
        checked(text)
    except ValueError:
        return False
    return True


def _functions(expression: QgsExpression) -> set[str]:
    return {str(name) for name in expression.referencedFunctions()}


def _nodes(root: QgsExpressionNode) -> Iterator[QgsExpressionNode]:
    """Yield the parts of an expression; QGIS 3.22 does not tell them to Python itself."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        for name in _ONE_BELOW:
            below = getattr(node, name, None)
            if below is not None and (part := below()) is not None:
                waiting.append(part)
        for name in _LIST_BELOW:
            below = getattr(node, name, None)
            if below is not None and (parts := below()) is not None:
                waiting.extend(parts.list())
        for case in getattr(node, "conditions", list)():
            waiting += [case.whenExp(), case.thenExp()]


def _is_pattern(node: QgsExpressionNode) -> bool:
    return (
        isinstance(node, QgsExpressionNodeBinaryOperator)
        and node.op() == QgsExpressionNodeBinaryOperator.boRegexp
    )


def _first_line(expression: QgsExpression) -> str:
    lines = expression.parserErrorString().strip().splitlines()
    return lines[0].rstrip(".") if lines else "it is incomplete"
