"""What is wrong with settings, told in sentences for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from planner.suitability.errors import StudyError
from planner.suitability.study import SuitabilityStudy
from resources.errors import nearest_names_hint
from resources.translation import filled, mark

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeVar

    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    PartT = TypeVar("PartT", bound=BaseModel)

MOST_TOLD = 3
_MOST_SHOWN = 60

_A_NUMBER = mark("{place} must be a number, got {got}")
_A_LIST = mark("{place} must be a list, got {got}")
_A_TABLE = mark("{place} must be a table of names and values, got {got}")
_KINDS = (
    ("int", mark("{place} must be a whole number, got {got}")),
    ("float", _A_NUMBER),
    ("finite_number", _A_NUMBER),
    ("decimal", _A_NUMBER),
    ("bool", mark("{place} must be true or false, got {got}")),
    ("string_type", mark("{place} must be a text, got {got}")),
    (
        "string_pattern",
        mark("{place} must be a name of Latin letters, digits, - and _, got {got}"),
    ),
    ("tuple", _A_LIST),
    ("list", _A_LIST),
    ("dict", _A_TABLE),
    ("model", _A_TABLE),
)
_EMPTY = mark("{place} is empty")
_WORDS = {
    "string_too_long": mark("{place} is too long"),
    "string_too_short": _EMPTY,
    "too_short": _EMPTY,
}
_LIMITS = {
    "greater_than_equal": ("ge", mark("{place} must be at least {limit}, got {got}")),
    "less_than_equal": ("le", mark("{place} must be at most {limit}, got {got}")),
    "greater_than": ("gt", mark("{place} must be greater than {limit}, got {got}")),
    "less_than": ("lt", mark("{place} must be less than {limit}, got {got}")),
}


def made_part(kind: type[PartT], fields: Mapping[str, object], what: str) -> PartT:
    """Return a part of a study of these fields.

    Parameters
    ----------
    kind : type
        Class of the part, such as `planner.suitability.study.Projection`.
    fields : mapping
        Its fields.
    what : str
        What it is, such as ``"The projection"``, for the message.

    Raises
    ------
    StudyError
        A field cannot be meant as written; names it with the remedy.
    """
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        raise StudyError(f"{what} cannot be used: {told_problems(error)}") from error


def told_problems(error: ValidationError, model: type[BaseModel] = SuitabilityStudy) -> str:
    """Tell the first problems, as text that ends a sentence.

    Parameters
    ----------
    error : ValidationError
        What a study, or a part of one, was refused for.
    model : type
        Model that was asked for, whose fields are offered in place of an unknown one.
    """
    problems = _first_causes(error)
    told = list(dict.fromkeys(_problem(problem, model) for problem in problems[:MOST_TOLD]))
    rest = len(problems) - MOST_TOLD
    return ended("; ".join([*told, f"and {rest} more"] if rest > 0 else told))


def problems_by_field(
    error: ValidationError, model: type[BaseModel] = SuitabilityStudy
) -> list[tuple[str, str]]:
    """Tell every problem with its place, such as ``features.2.target``.

    Parameters
    ----------
    error, model
        As of `told_problems`.
    """
    return [
        (_place(problem["loc"]), ended(_problem(problem, model)))
        for problem in _first_causes(error)
    ]


def _first_causes(error: ValidationError) -> list[ErrorDetails]:
    """Leave out what only follows from a problem further in."""
    every = error.errors(include_url=False)
    places = [problem["loc"] for problem in every]
    return [
        problem
        for problem in every
        if not any(
            len(place) > len(problem["loc"]) and place[: len(problem["loc"])] == problem["loc"]
            for place in places
        )
    ]


def ended(text: str) -> str:
    """Return a text with one full stop at its end, or the question mark that it has."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _problem(problem: ErrorDetails, model: type[BaseModel]) -> str:
    kind, place = problem["type"], _place(problem["loc"])
    if kind == "value_error":
        message = problem["msg"].removeprefix("Value error, ")
        return f"{place}: {message}" if place else message
    if kind == "extra_forbidden":
        hint = _known_fields(problem["loc"], model)
        return f"{place}: there is no such field. {hint}".rstrip()
    if kind == "missing":
        return f"{place} is missing"
    return _wanted(problem, place or "it")


def _wanted(problem: ErrorDetails, place: str) -> str:
    """Tell what a value must be, and what it is."""
    kind, limits = problem["type"], problem.get("ctx", {})
    got = _shown(problem["input"])
    if kind in _LIMITS:
        name, words = _LIMITS[kind]
        return words.format(place=place, limit=f"{limits[name]:,}", got=got)
    if kind == "literal_error":
        choices = str(limits["expected"]).replace("'", "")
        return filled(
            "{place} must be {choices}, got {got}", place=place, choices=choices, got=got
        )
    words = _WORDS.get(kind) or next((w for start, w in _KINDS if kind.startswith(start)), "")
    if words:
        return words.format(place=place, got=got)
    message = problem["msg"]
    message = f"{message[:1].lower()}{message[1:].rstrip('.')}"
    return filled(
        "{place} cannot be used ({message}), got {got}", place=place, message=message, got=got
    )


def _place(location: tuple[int | str, ...]) -> str:
    """Write where a value stands; entries of lists are counted from 1."""
    return ".".join(
        str(part + 1) if isinstance(part, int) else str(part)
        for part in location
        if part not in {"bool", "int", "float", "str", "dict[str,str]"}  # kinds of an option
    )


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."


def _known_fields(location: tuple[int | str, ...], model: type[BaseModel]) -> str:
    """Offer the names nearest to an unknown one, among the fields where it stands."""
    schema: Mapping[str, object] = model.model_json_schema()
    definitions = schema["$defs"]
    here: object = schema
    for part in location[:-1]:
        here = _resolved(here, definitions)
        if not isinstance(here, dict):
            return ""
        here = (
            here.get("items") if isinstance(part, int) else here.get("properties", {}).get(part)
        )
    here = _resolved(here, definitions)
    names = list(here.get("properties", {})) if isinstance(here, dict) else []
    return nearest_names_hint(str(location[-1]), names) if names else ""


def _resolved(node: object, definitions: object) -> object:
    if isinstance(node, dict) and "$ref" in node and isinstance(definitions, dict):
        return definitions[str(node["$ref"]).rsplit("/", 1)[-1]]
    return node
