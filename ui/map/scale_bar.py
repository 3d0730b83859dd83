"""How long a round distance on the ground is on the screen, measured where the reader looks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QSize
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from resources.translation import tr
from ui import theme as themes

if TYPE_CHECKING:
    from ui.map.coordinates import GroundMeasure
    from ui.map.view_state import ViewState

_LONGEST_PX = 160
_SHORTEST_PX = 80
_NOTABLE_DISTORTION = 0.05


@dataclass(frozen=True)
class ScaleBar:
    """One round distance and its length on the screen.

    Parameters
    ----------
    distance_m : float
        Distance on the ground: 1, 2 or 5 times a power of ten.
    length_px : float
        Length in device-independent pixels, in the middle of the view along a parallel.
    distortion : float
        Largest relative difference between that scale and the scale at the upper or lower
        edge: an equal-area or geographic CRS has no one scale.
    """

    distance_m: float
    length_px: float
    distortion: float

    @property
    def label(self) -> str:
        """The distance with its unit, such as ``50 km``."""
        if self.distance_m >= 1000:
            shown = f"{self.distance_m / 1000:,.0f}".replace(",", "\N{THIN SPACE}")
            return tr("{number} km", number=shown)
        shown = f"{self.distance_m:.0f}" if self.distance_m >= 1 else f"{self.distance_m:g}"
        return tr("{number} m", number=shown)

    @property
    def note(self) -> str:
        """Where the bar is true, and how far off it is elsewhere in the view."""
        if self.distortion < _NOTABLE_DISTORTION:
            return tr("Measured on the ellipsoid in the middle of the map.")
        return tr(
            "Measured on the ellipsoid in the middle of the map; at its upper and lower edge "
            "lengths differ by up to {share}.",
            share=f"{self.distortion:.0%}",
        )


def measure_scale(view: ViewState, measure: GroundMeasure) -> ScaleBar | None:
    """Return the longest round scale bar that has room, or None off the CRS's reach.

    Parameters
    ----------
    view : ViewState
        What is seen.
    measure : GroundMeasure
        Of the map's CRS.
    """
    middle = _metres_per_pixel(view, measure, view.height_px / 2)
    if middle is None or middle <= 0:
        return None
    longest_m = middle * longest_px(view)
    power = 10.0 ** math.floor(math.log10(longest_m))
    distance_m = next(step * power for step in (5, 2, 1) if step * power <= longest_m)
    edges = [_metres_per_pixel(view, measure, y) for y in (0.0, float(view.height_px))]
    distortion = max(
        (abs(edge / middle - 1) for edge in edges if edge is not None), default=0.0
    )
    return ScaleBar(distance_m, distance_m / middle, distortion)


def longest_px(view: ViewState) -> int:
    """Return how long a scale bar may be: a quarter of a narrow view, 160 pixels in others."""
    return max(min(_LONGEST_PX, view.width_px // 4), _SHORTEST_PX)


def _metres_per_pixel(view: ViewState, measure: GroundMeasure, y_px: float) -> float | None:
    half = min(_LONGEST_PX, view.width_px) / 2
    middle = view.width_px / 2
    start, end = view.to_map(middle - half, y_px), view.to_map(middle + half, y_px)
    length_m = measure.length_m(start, end)
    return None if length_m is None else length_m / (2 * half)


class ScaleBarWidget(QWidget):
    """Paints a scale bar with its label."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scale_bar")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFont(themes.font("small"))
        self._bar: ScaleBar | None = None
        self._room_px = _LONGEST_PX

    @property
    def bar(self) -> ScaleBar | None:
        """What is shown; None where the map has no scale yet."""
        return self._bar

    def show_bar(self, bar: ScaleBar | None, room_px: int = _LONGEST_PX) -> None:
        """Show another scale bar, in a place of so many pixels."""
        self._bar = bar
        if room_px != self._room_px:
            self._room_px = room_px
            self.updateGeometry()
        text = (
            ""
            if bar is None
            else tr("Scale bar: {length}. {note}", length=bar.label, note=bar.note)
        )
        self.setAccessibleName(text)
        self.setToolTip("" if bar is None else bar.note)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._room_px + themes.GRID, self.fontMetrics().height() + 10)

    @override
    def paintEvent(self, a0: QPaintEvent | None) -> None:
        if self._bar is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().windowText().color(), 2))
        left, bottom = 1.0, self.height() - 2.0
        right = left + self._bar.length_px
        corners = [(left, bottom - 6), (left, bottom), (right, bottom), (right, bottom - 6)]
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in corners]))
        baseline = (
            int(bottom - 10) - self.fontMetrics().height() + self.fontMetrics().ascent() + 2
        )
        painter.drawText(int(left) + 6, baseline, self._bar.label)
        painter.end()
