"""What goes wrong while drawing."""

from __future__ import annotations

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


class OutsideRegionError(DrawingError):
    """A shape has no land of a country of the project's region."""
