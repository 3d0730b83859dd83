"""Selected planning units, painted over the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QBrush, QPainter, QPen

from ui.corridors.plot import soft
from ui.map.overlay import Outline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from ui.map.view_state import ViewState
    from ui.theme import Theme

_LINE_PX = 1.2
_HATCH_OPACITY = 0.7


class Patch(NamedTuple):
    """Land that is painted alike.

    Parameters
    ----------
    geometry : shapely geometry
        In the map's CRS; may be empty.
    strength : float
        How full its colour is, 0 to 1.
    hatched : bool
        Whether it is hatched, as land that is protected already.
    """

    geometry: BaseGeometry
    strength: float
    hatched: bool = False


class SelectedLand:
    """Paints land that is selected, in the colour of proposals.

    Parameters
    ----------
    patches : sequence of Patch
        The lowest first.
    """

    def __init__(self, patches: Sequence[Patch]) -> None:
        self.patches = tuple(patches)
        self._outlines = [Outline(patch.geometry) for patch in patches]

    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        """Paint the land with its edge."""
        colour = theme.map_qcolour("proposal")
        pen = QPen(colour, _LINE_PX)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        for patch, outline in zip(self.patches, self._outlines, strict=True):
            painter.setPen(pen)
            if patch.hatched:
                hatch = soft(colour, _HATCH_OPACITY)
                painter.setBrush(QBrush(hatch, Qt.BrushStyle.BDiagPattern))
            else:
                painter.setBrush(soft(colour, patch.strength))
            painter.drawPath(outline.path_in(view))
