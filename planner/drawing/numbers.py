"""Numbers in sentences about drawings, written as everywhere in the window."""

from __future__ import annotations

import math

_BETWEEN_THOUSANDS = "\N{NARROW NO-BREAK SPACE}"


def digits(value: float) -> str:
    """Return a number with three digits, or all of those before the point."""
    if not math.isfinite(value):
        return str(value)
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}".replace(",", _BETWEEN_THOUSANDS)
    return f"{value:.3g}"
