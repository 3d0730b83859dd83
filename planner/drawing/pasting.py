"""Reads what was pasted where it holds nobody up: counted, checked, simplified and repaired.

A text of many megabytes is read in a process of its own (`planner.apart`), because a reader of
JSON holds the whole interpreter, and a simplification may take a minute.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from algorithms.control import NULL_CONTROL, PartControl
from planner.drawing.clipboard import MAXIMUM_TEXT, read_pasted
from planner.drawing.errors import DrawingError, UnsoundError
from planner.drawing.numbers import digits
from planner.drawing.repairing import problems_of, repair

if TYPE_CHECKING:
    from algorithms.control import Control
    from planner.drawing.proposals import Drawn

LONG_TEXT = 300_000
"""Texts of more bytes are read apart; this is some ten thousand vertices."""
_READ = 0.2
_TOLD = 2


def sound_paste(
    data: bytes, crs: str, *, simplify: bool, mend: bool, control: Control | None = None
) -> tuple[Drawn, ...]:
    """Read areas that can be stored from the text of a clipboard.

    Parameters
    ----------
    data : bytes
        The text in UTF-8.
    crs : str
        The project's CRS.
    simplify, mend : bool
        Whether shapes with too many vertices are simplified, and shapes that cross themselves
        are repaired; otherwise they are refused.
    control : Control, optional
        Told the progress; may cancel.

    Raises
    ------
    TooManyVerticesError
        A shape has too many vertices.
    UnsoundError
        A shape crosses itself.
    DrawingError
        The text is too long, damaged, or holds no area.
    """
    if len(data) > MAXIMUM_TEXT:
        raise DrawingError(
            f"The text has {digits(len(data))} characters; up to {digits(MAXIMUM_TEXT)} are "
            "read. Add the data to the map as a layer."
        )
    watch = control or NULL_CONTROL
    watch.report(0.0)
    text = data.decode("utf-8", errors="replace")
    found = read_pasted(text, crs, simplify=simplify, control=PartControl(watch, _READ, 0.9))
    watch.report(0.9)
    return tuple(_sound(drawn, mend=mend) for drawn in found)


def sound_paste_apart(
    data: bytes, crs: str, simplify: bool, mend: bool, control: Control
) -> tuple[Drawn, ...]:
    """Do as `sound_paste`, to be run by `planner.apart.Apart`."""
    return sound_paste(data, crs, simplify=simplify, mend=mend, control=control)


def _sound(drawn: Drawn, *, mend: bool) -> Drawn:
    problems = problems_of(drawn.geometry)
    if not problems:
        return drawn
    if mend:
        return replace(drawn, geometry=repair(drawn.geometry).geometry)
    raise UnsoundError(" ".join(problem.text for problem in problems[:_TOLD]))
