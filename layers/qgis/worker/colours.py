"""Colours as the styles write them: ``#rrggbb`` or ``#rrggbbaa``."""

from __future__ import annotations

from qgis.PyQt.QtGui import QColor


def colour(text: str, opacity: float = 1.0) -> QColor:
    """Return a colour; an alpha in the text and `opacity` multiply.

    Raises
    ------
    ValueError
        The text is no colour.
    """
    digits = text[1:] if text.startswith("#") else ""
    found = QColor(f"#{digits[:6]}") if len(digits) in {6, 8} else QColor()
    if not found.isValid():
        raise ValueError(f"{text!r} is no colour; write #rrggbb or #rrggbbaa")
    alpha = int(digits[6:8], 16) / 255 if len(digits) == 8 else 1.0
    found.setAlphaF(alpha * opacity)
    return found


def property_text(text: str, opacity: float = 1.0) -> str:
    """Return a colour as QGIS symbol properties write it: ``r,g,b,a``."""
    found = colour(text, opacity)
    return f"{found.red()},{found.green()},{found.blue()},{found.alpha()}"
