"""How an algorithm tells its progress and learns that it should stop."""

from __future__ import annotations

from typing import Protocol


class Control(Protocol):
    """Told the share of the work done; may stop it."""

    def report(self, fraction: float) -> None:
        """Take note of progress.

        Parameters
        ----------
        fraction : float
            Share of the work done, 0 to 1, never falling within one call of an algorithm.

        Raises
        ------
        Exception
            Whatever the caller uses to cancel; algorithms let it pass.
        """


class _NullControl:
    def report(self, fraction: float) -> None:
        """Take no note: nobody is watching."""


NULL_CONTROL: Control = _NullControl()


class PartControl:
    """Report one part of a longer piece of work to the control of the whole.

    Parameters
    ----------
    whole : Control
        Control of the whole work.
    start, end : float
        Share of the whole at which this part starts and ends, ``0 <= start <= end <= 1``.
    """

    def __init__(self, whole: Control, start: float, end: float) -> None:
        if not 0.0 <= start <= end <= 1.0:
            raise ValueError(f"a part runs from start to end within 0..1, got {start}..{end}")
        self._whole = whole
        self._start = start
        self._end = end

    def report(self, fraction: float) -> None:
        """Take note of progress within the part."""
        self._whole.report(self._start + (self._end - self._start) * fraction)
