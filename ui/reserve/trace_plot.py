"""How a search goes: the best selection so far, what is proved, and the gap between them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtGui import QPainter, QPen, QPolygonF
from typing_extensions import override

from resources.translation import tr, tr_c
from ui import words
from ui.corridors.axes import Axis
from ui.corridors.plot import Plot, dashed, soft
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtCore import QPointF, QRectF
    from PyQt6.QtWidgets import QWidget

    from ui.theme import Theme

_SHORTEST_S = 1.0
_HEADROOM = 0.12
_FLAT = 2e-3
_VISIBLE_GAPS = 3.0
_VISIBLE = 0.1
"""How far around the last values is seen: so many gaps, and this share of them at least."""
_GAP_OPACITY = 0.16


class Step(NamedTuple):
    """Where a search stood at one moment.

    Parameters
    ----------
    seconds : float
        Since it began.
    objective, bound : float or None
        Value of the best selection so far, and what none can better; None where unknown.
    """

    seconds: float
    objective: float | None
    bound: float | None


class TracePlot(Plot):
    """Value of the best selection and proved bound over time.

    Parameters
    ----------
    theme : Theme
        Colours.
    name : str
        Object name.
    """

    def __init__(
        self, theme: Theme, name: str = "trace_plot", parent: QWidget | None = None
    ) -> None:
        super().__init__(name, theme, (tr("Seconds"), tr("Cost with penalties")), parent)
        self.setAccessibleName(tr("How the search goes"))
        self.setMinimumSize(24 * GRID, 18 * GRID)
        self._steps: tuple[Step, ...] = ()
        self._now_s = 0.0
        self._across = Axis(0.0, _SHORTEST_S)
        self._upright = Axis(0.0, 1.0)

    @override
    def axes(self) -> tuple[Axis, Axis]:
        return self._across, self._upright

    @property
    def steps(self) -> tuple[Step, ...]:
        """What is shown."""
        return self._steps

    def show_steps(self, steps: Sequence[Step], now_s: float, value: str = "") -> None:
        """Show how a search has gone so far.

        Parameters
        ----------
        steps : sequence of Step
            In the order of time.
        now_s : float
            Seconds since it began; the lines reach until then.
        value : str
            What the upright axis tells; as before where empty.
        """
        self._steps = tuple(steps)
        self._now_s = max(now_s, steps[-1].seconds if steps else 0.0)
        if value:
            self._titles = (self._titles[0], value)
        self._across = Axis(0.0, max(self._now_s, _SHORTEST_S))
        self._upright = _fitting(self._steps)
        self.setAccessibleDescription(gap_told(steps[-1]) if steps else "")
        self.update()

    def _stairs(self, which: int) -> list[tuple[float, float]]:
        """Return the corners of one line: level until the next step."""
        corners: list[tuple[float, float]] = []
        for step in self._steps:
            value = step[which]
            if value is None or not math.isfinite(value):
                continue
            if corners:
                corners.append((step.seconds, corners[-1][1]))
            corners.append((step.seconds, value))
        if corners:
            corners.append((self._now_s, corners[-1][1]))
        return corners

    @override
    def paint_content(self, painter: QPainter, area: QRectF) -> None:
        best, bound = self._stairs(1), self._stairs(2)
        accent, other = self.theme.qcolour("accent"), self.theme.qcolour("corridor")
        painter.save()
        painter.setClipRect(area.adjusted(-1, -2, 1, 2))
        if best and bound:
            self._paint_gap(painter, best, bound)
        for corners, pen in ((bound, dashed(other, 2.0)), (best, QPen(accent, 2))):
            if corners:
                painter.setPen(pen)
                painter.drawPolyline(QPolygonF(self.places(corners)))
        painter.restore()

    def _paint_gap(
        self,
        painter: QPainter,
        best: list[tuple[float, float]],
        bound: list[tuple[float, float]],
    ) -> None:
        """Fill what lies between both lines, from when both are known."""
        start = max(best[0][0], bound[0][0])
        outline = [*_from(best, start), *reversed(_from(bound, start))]
        painter.setPen(QPen(soft(self.theme.qcolour("accent"), 0.0), 0))
        painter.setBrush(soft(self.theme.qcolour("accent"), _GAP_OPACITY))
        points: list[QPointF] = self.places(outline)
        painter.drawPolygon(QPolygonF(points))


def gap_told(step: Step) -> str:
    """Return how far the best selection may be from the best possible one, as a sentence."""
    if step.objective is None:
        return tr("No selection yet that meets what is asked.")
    told = tr("Best so far {objective}", objective=words.number(step.objective))
    if step.bound is None or not math.isfinite(step.bound):
        return tr("{told}; nothing proved yet.", told=told)
    return tr(
        "{told}, none below {bound} is possible: gap {gap}.",
        told=told,
        bound=words.number(step.bound),
        gap=gap_of(step),
    )


def gap_of(step: Step) -> str:
    """Return the gap of a step in per cent, or that it is unknown."""
    if step.objective is None or step.bound is None:
        return tr_c("of a number", "unknown")
    return percent(abs(step.objective - step.bound) / max(abs(step.objective), 1e-12))


def percent(share: float) -> str:
    """Return a share in per cent, with as many digits as tell something."""
    if not math.isfinite(share):
        return tr_c("of a number", "unknown")
    value = 100 * share
    if value == 0:
        return "0 %"
    if abs(value) < 0.01:
        return tr("under 0.01 %") if value > 0 else "0 %"
    return f"{words.number(value) if abs(value) < 100 else words.fixed(value, 0)} %"


def _from(corners: list[tuple[float, float]], start: float) -> list[tuple[float, float]]:
    """Return a line of steps from a moment on."""
    before = [value for seconds, value in corners if seconds <= start]
    level = before[-1] if before else corners[0][1]
    return [(start, level), *((s, v) for s, v in corners if s > start)]


def _fitting(steps: Sequence[Step]) -> Axis:
    values = [
        value
        for step in steps
        for value in (step.objective, step.bound)
        if value is not None and math.isfinite(value)
    ]
    if not values:
        return Axis(0.0, 1.0)
    last = [value for value in steps[-1][1:] if value is not None and math.isfinite(value)]
    low, high = min(values), max(values)
    if last:  # a poor first bound would press what matters into a line
        room = max(_VISIBLE_GAPS * (max(last) - min(last)), _VISIBLE * max(map(abs, last)))
        low, high = max(low, min(last) - room), min(high, max(last) + room)
    span = max(high - low, _FLAT * max(abs(high), 1.0))
    return Axis(low - _HEADROOM * span, high + _HEADROOM * span)
