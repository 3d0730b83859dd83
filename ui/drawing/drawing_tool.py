"""What all tools that draw have in common."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal

from ui.map.tool import MapTool


class DrawingTool(MapTool):
    """A tool whose advice stands in the bar of drawing, rather than at the edge of the map."""

    advice = pyqtSignal(str)
    """What the hand can do next, as a sentence."""
