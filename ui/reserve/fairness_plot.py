"""The price of fairness, drawn: total cost over the evenness of the countries' shares."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from typing_extensions import override

from resources.translation import tr
from ui import words
from ui.corridors.axes import Axis
from ui.corridors.plot import Plot, dashed
from ui.reserve.trace_plot import percent
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtWidgets import QWidget

    from ui.theme import Theme

_REACH_PX = 14.0
_POINT_PX = 5.0
_HEADROOM = 0.14
_WHISKER_PX = 3.0
_FAR = 4.0
"""How many times the least value the greatest must be for a logarithmic axis."""


class FairDot(NamedTuple):
    """One point of the curve.

    Parameters
    ----------
    solution : str
        Name of the solution it stands for.
    evenness : float
        Least share of a country, each divided by what it is entitled to; 0 to 1.
    cost : float
        Total cost, with penalties where there are any.
    bound : float
        No selection of this evenness costs less; NaN where nothing is proved.
    price : float
        What it costs more than without regard to shares, as a share of that; NaN where
        unknown.
    shares : str
        What each country gives, in words.
    """

    solution: str
    evenness: float
    cost: float
    bound: float
    price: float
    shares: str = ""


class FairnessPlot(Plot):
    """Points that are solutions; one is chosen by a click, or by arrow keys and Enter.

    Parameters
    ----------
    theme : Theme
        Colours.
    """

    solution_chosen = pyqtSignal(str)
    """The solution of a point is to be seen; carries its name."""
    told = pyqtSignal(str)
    """What is at the point under the pointer, or at the one that is chosen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        titles = (tr("Evenness of the shares"), tr("Total cost"))
        super().__init__("fairness_plot", theme, titles, parent)
        self.setAccessibleName(tr("Price of fairness"))
        self.setMinimumSize(24 * GRID, 24 * GRID)
        self.setToolTip(tr("Click a point to see its solution. By key: arrows, then Enter."))
        self._dots: tuple[FairDot, ...] = ()
        self._chosen = -1
        self._shown = ""
        self._across = Axis(0.0, 1.0)
        self._upright = Axis(0.0, 1.0)

    @override
    def axes(self) -> tuple[Axis, Axis]:
        return self._across, self._upright

    @property
    def dots(self) -> tuple[FairDot, ...]:
        """The points, in the order of their evenness."""
        return self._dots

    def show_dots(self, dots: Sequence[FairDot], value: str = tr("Total cost")) -> None:
        """Show another curve; `value` is what the upright axis tells."""
        self._titles = (self._titles[0], value)
        self._dots = tuple(sorted(dots, key=lambda dot: (dot.evenness, dot.cost)))
        self._chosen = -1
        costs = [
            value for dot in dots for value in (dot.cost, dot.bound) if math.isfinite(value)
        ]
        evenness = [dot.evenness for dot in dots if math.isfinite(dot.evenness)]
        self._upright = _around(costs, logarithmic=True)
        self._across = _around(evenness)
        self.update()

    def mark(self, solution: str) -> None:
        """Show which solution is on the map; none where it is no point of the curve."""
        self._shown = solution
        places = [at for at, dot in enumerate(self._dots) if dot.solution == solution]
        self._chosen = places[0] if places else -1
        self._tell(self._chosen)
        self.update()

    def place_of(self, at: int) -> QPointF:
        """Return the pixel of a point by its place on the curve."""
        dot = self._dots[at]
        return self.place(dot.evenness, dot.cost)

    def _near(self, place: QPointF) -> int:
        gaps = [(self.place_of(at) - place).manhattanLength() for at in range(len(self._dots))]
        if not gaps:
            return -1
        nearest = min(range(len(gaps)), key=lambda at: gaps[at])
        return nearest if gaps[nearest] <= _REACH_PX else -1

    def _choose(self, at: int) -> None:
        self._chosen = at
        self._tell(at)
        self.update()

    def _tell(self, at: int) -> None:
        self.told.emit(dot_told(self._dots[at]) if 0 <= at < len(self._dots) else "")

    @override
    def paint_content(self, painter: QPainter, area: QRectF) -> None:
        places = [self.place_of(at) for at in range(len(self._dots))]
        painter.setPen(QPen(self.theme.qcolour("accent"), 2))
        painter.drawPolyline(QPolygonF(places))
        painter.setPen(dashed(self.theme.qcolour("text_muted")))
        for dot, place in zip(self._dots, places, strict=True):
            if math.isfinite(dot.bound) and dot.bound < dot.cost:
                foot = self.place(dot.evenness, dot.bound)
                painter.drawLine(place, foot)
                painter.drawLine(foot - QPointF(_WHISKER_PX, 0), foot + QPointF(_WHISKER_PX, 0))
        for at, place in enumerate(places):
            chosen = at == self._chosen
            shown = self._dots[at].solution == self._shown
            colour = self.theme.qcolour("focus" if chosen else "accent")
            painter.setPen(QPen(colour, 2))
            painter.setBrush(colour if shown else self.theme.qcolour("surface"))
            radius = _POINT_PX + (1.5 if chosen else 0)
            painter.drawEllipse(place, radius, radius)

    @override
    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is None or a0.button() != Qt.MouseButton.LeftButton:
            return
        at = self._near(a0.position())
        if at >= 0:
            self._choose(at)
            self.solution_chosen.emit(self._dots[at].solution)

    @override
    def mouseMoveEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is None:
            return
        near = self._near(a0.position())
        shape = Qt.CursorShape.PointingHandCursor if near >= 0 else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
        self._tell(near if near >= 0 else self._chosen)

    @override
    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        if a0 is None:
            return
        steps = {
            Qt.Key.Key_Left: self._chosen - 1,
            Qt.Key.Key_Right: self._chosen + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(self._dots) - 1,
        }
        key = Qt.Key(a0.key())
        if key in steps and self._dots:
            self._choose(min(max(steps[key], 0), len(self._dots) - 1))
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            if 0 <= self._chosen < len(self._dots):
                self.solution_chosen.emit(self._dots[self._chosen].solution)
        else:
            super().keyPressEvent(a0)


def dot_told(dot: FairDot) -> str:
    """Return what a point of the curve says, as a sentence."""
    told = tr(
        "Evenness {evenness:.2f}, cost {cost}",
        evenness=dot.evenness,
        cost=words.number(dot.cost),
    )
    if math.isfinite(dot.price):
        told += (
            tr(": {price} more than without regard to shares", price=percent(dot.price))
            if dot.price > 0
            else tr(": fairness costs nothing more")
        )
    return f"{told}. {dot.shares}".strip() if dot.shares else f"{told}."


def _around(values: Sequence[float], *, logarithmic: bool = False) -> Axis:
    """Return an axis on which all values are seen; logarithmic where they are far apart."""
    if not values:
        return Axis(0.0, 1.0)
    low, high = min(values), max(values)
    if logarithmic and low > 0 and high > _FAR * low:
        room = (high / low) ** _HEADROOM
        return Axis(low / room, high * room, logarithmic=True)
    span = max(high - low, 0.02 * max(abs(high), 1.0))
    return Axis(low - _HEADROOM * span, high + _HEADROOM * span)
