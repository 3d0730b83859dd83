"""What a solver refuses, in the names of units and countries that people know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from algorithms.reserve.solution import InfeasibleProblemError
from planner.reserve.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.reserve.request import GoalSettings
    from resources.errors import PlannerError

_UNITS = re.compile(r"\b(units?) (\d+(?:, \d+)*)")
_COUNTRY = re.compile(r"\b(country) (\d+)")


def named_refusal(
    error: ValueError,
    units: Sequence[str],
    countries: Sequence[str],
    amounts_in: Mapping[str, str],
) -> PlannerError:
    """Return what a solver refused, with names in place of its numbers.

    Parameters
    ----------
    error : ValueError
        As `algorithms.reserve.solving.solve` raises it: it knows units by their place from 0,
        and countries by their code.
    units, countries : sequence of str
        Names by those numbers.
    amounts_in : mapping of str to str
        What the amounts of each feature are in, by its name.
    """
    message = _named(str(error), units, countries)
    sentence = f"{message[:1].upper()}{message[1:]}".rstrip(".") + "."
    if isinstance(error, InfeasibleProblemError):
        shortages = [
            (_named(what, units, countries), amount) for what, amount in error.shortages
        ]
        short = [what for what, _ in shortages if what in amounts_in]
        measures = ", ".join(f"{what} in {amounts_in[what]}" for what in dict.fromkeys(short))
        told = f"{sentence} Amounts: {measures}." if measures else sentence
        return InfeasibleProblemError(told, shortages)
    return RequestError(f"The request cannot be met as written. {sentence}")


def with_budget(refusal: PlannerError, goal: GoalSettings) -> PlannerError:
    """Return a refusal with the budget beside it, where targets must be met within one.

    Parameters
    ----------
    refusal : PlannerError
        What was refused.
    goal : GoalSettings
        What was sought.
    """
    if not isinstance(refusal, InfeasibleProblemError) or goal.budget is None:
        return refusal
    if goal.objective != "minimum_set":
        return refusal
    return InfeasibleProblemError(
        f"{refusal} All targets were to be met within a budget of {goal.budget:,g}: raise it, "
        "or ask what comes nearest to the targets within it (objective minimum_shortfall).",
        refusal.shortages,
    )


def _named(text: str, units: Sequence[str], countries: Sequence[str]) -> str:
    def unit(found: re.Match[str]) -> str:
        numbers = [int(number) for number in found[2].split(", ")]
        return f"{found[1]} {', '.join(_name(units, number) for number in numbers)}"

    def country(found: re.Match[str]) -> str:
        return _name(countries, int(found[2]))

    return _COUNTRY.sub(country, _UNITS.sub(unit, text))


def _name(names: Sequence[str], number: int) -> str:
    return str(names[number]) if number < len(names) else str(number)
