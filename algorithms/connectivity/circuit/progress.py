"""Progress of a piece of work in units, each told in its turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from algorithms.control import PartControl

if TYPE_CHECKING:
    from algorithms.control import Control


class UnitProgress:
    """Share out a control among units of work that follow one another.

    Parameters
    ----------
    control : Control
        Control of the whole.
    total : float
        Units of the whole, > 0.
    """

    def __init__(self, control: Control, total: float) -> None:
        self._control = control
        self._total = max(total, 1.0)
        self._done = 0.0

    def take(self, units: float = 1.0) -> PartControl:
        """Return the control of the next units, which count as done from now on."""
        start = min(1.0, self._done / self._total)
        self._done += units
        return PartControl(self._control, start, min(1.0, self._done / self._total))
