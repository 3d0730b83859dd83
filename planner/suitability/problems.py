"""What is wrong with settings, told in sentences for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from planner.suitability.errors import StudyError
from planner.suitability.study import SuitabilityStudy
from resources.errors import nearest_names_hint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeVar

    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    PartT = TypeVar("PartT", bound=BaseModel)

MOST_TOLD = 3
_MOST_SHOWN = 60

_KINDS = (
    ("int", "a whole number"),
    ("float", "a number"),
    ("finite_number", "a number"),
    ("decimal", "a number"),
    ("bool", "true or false"),
    ("string_type", "a text"),
    ("string_pattern", "a name of Latin letters, digits, - and _"),
    ("tuple", "a list"),
    ("list", "a list"),
    ("dict", "a table of names and values"),
    ("model", "a table of names and values"),
)
_WORDS = {
    "string_too_long": "is too long",
    "string_too_short": "is empty",
    "too_short": "is empty",
}
_LIMITS = {
    "greater_than_equal": ("ge", "at least"),
    "less_than_equal": ("le", "at most"),
    "greater_than": ("gt", "greater than"),
    "less_than": ("lt", "less than"),
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
    return f"{place or 'it'} {_wanted(problem)}"


def _wanted(problem: ErrorDetails) -> str:
    """Tell what a value must be, and what it is."""
    kind, limits = problem["type"], problem.get("ctx", {})
    must = ""
    if kind in _LIMITS:
        name, words = _LIMITS[kind]
        must = f"{words} {limits[name]:,}"
    elif kind == "literal_error":
        must = str(limits["expected"]).replace("'", "")
    elif kind in _WORDS:
        return _WORDS[kind]
    else:
        must = next((words for start, words in _KINDS if kind.startswith(start)), "")
    got = f", got {_shown(problem['input'])}"
    if must:
        return f"must be {must}{got}"
    message = problem["msg"]
    return f"cannot be used ({message[:1].lower()}{message[1:].rstrip('.')}){got}"


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
