"""What goes wrong while drawing."""

from __future__ import annotations

from typing_extensions import override

from planner.drawing.numbers import digits
from resources.errors import PlannerError


class DrawingError(PlannerError, ValueError):
    """A shape that cannot be drawn or edited as asked; says what to do instead."""


class TooManyVerticesError(DrawingError):
    """A shape has more vertices than are worked with; it can be offered simplified.

    Parameters
    ----------
    count, most : int
        How many it has, and how many it may have.
    """

    def __init__(self, count: int, most: int) -> None:
        super().__init__(
            f"The shape has {digits(count)} vertices; up to {digits(most)} can be drawn and "
            "edited. Simplify it, or draw a simpler one; large data sets are added to the map "
            "as a layer."
        )
        self.count = count
        self.most = most

    @override
    def __reduce__(self) -> tuple[type[TooManyVerticesError], tuple[int, int]]:
        return TooManyVerticesError, (self.count, self.most)


class UnsoundError(DrawingError):
    """A shape crosses itself and cannot be stored as it is, but it can be offered repaired."""


class OutsideRegionError(DrawingError):
    """A shape has no land of a country of the project's region."""
