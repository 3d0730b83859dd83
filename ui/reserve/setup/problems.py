"""Which part of the form a problem belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from planner.reserve.errors import RequestError, ReserveInputError
from planner.reserve.request_file import request_from, request_problems
from ui import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.reserve.request import ReserveRequest
    from resources.errors import PlannerError

PARTS = ("features", "units", "locks", "cost", "goal", "shares", "search")
"""Parts of a request that a sentence can stand beside."""


@runtime_checkable
class _Short(Protocol):
    """An error that knows what is short, as `InfeasibleProblemError` of the algorithms."""

    @property
    def shortages(self) -> tuple[tuple[str, float], ...]:
        """What is short, and by how much."""


class FormError(RequestError):
    """The form holds what cannot be meant so.

    Attributes
    ----------
    by_part : mapping of str to str
        A sentence for each part of the request that it concerns; the empty name stands for
        the whole.
    """

    def __init__(self, by_part: Mapping[str, str]) -> None:
        super().__init__(" ".join(by_part.values()))
        self.by_part = dict(by_part)


def request_of_form(content: Mapping[str, object]) -> ReserveRequest:
    """Make a request from what a form holds.

    Raises
    ------
    FormError
        Fields cannot be meant as they stand; says which parts they are of.
    """
    told: dict[str, str] = {}
    for problem in request_problems(content):
        # What concerns the request as a whole is always a target that is missing.
        part = _part(problem.field) or "features"
        message = words.stored(problem.message)
        sentence = f"{message[:1].upper()}{message[1:].rstrip('.')}."
        told[part] = f"{told[part]} {sentence}" if part in told else sentence
    if told:
        raise FormError(told)
    return request_from(content)


def parts_of(error: PlannerError) -> dict[str, str]:
    """Return the parts of the form that an error is about, with a sentence for each.

    What no selection can meet is told beside the targets, whatever else it is about.
    """
    if isinstance(error, FormError):
        return error.by_part
    if isinstance(error, _Short):
        return {"features": words.problem(error)}
    if isinstance(error, RequestError | ReserveInputError):
        return {_part(error.field): words.problem(error)}
    return {}


def _part(field: str) -> str:
    """Return the part of the request that a field is of; empty for none of the form's."""
    part = field.partition(".")[0]
    return part if part in PARTS else ""
