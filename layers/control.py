"""How reading and writing tells its progress and learns that it should stop.

The same shape as the control of the algorithms, stated here because neither package knows the
other; one object serves both.
"""

from __future__ import annotations

from typing import Protocol


class Control(Protocol):
    """Told the share of the work done; may stop it."""

    def report(self, fraction: float) -> None:
        """Take note of progress.

        Parameters
        ----------
        fraction : float
            Share of the work done, 0 to 1, never falling within one piece of work.

        Raises
        ------
        Exception
            Whatever the caller uses to cancel; it is let pass.
        """


class _NullControl:
    def report(self, fraction: float) -> None:
        """Take no note: nobody is watching."""


NULL_CONTROL: Control = _NullControl()
