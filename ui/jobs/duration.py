"""How long work takes, in words."""

from __future__ import annotations

from resources.translation import tr

_MINUTES_FROM_S = 90
_HOURS_FROM_S = 5400


def duration(seconds: float) -> str:
    """Return a length of time with its unit."""
    if seconds < _MINUTES_FROM_S:
        return tr("{number} s", number=max(1, round(seconds)))
    if seconds < _HOURS_FROM_S:
        return tr("{number} min", number=round(seconds / 60))
    return tr("{number} h", number=f"{seconds / 3600:.1f}")


def time_left(seconds: float) -> str:
    """Return how long work will take."""
    return tr("{duration} left", duration=duration(seconds))
