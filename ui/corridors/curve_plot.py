"""The resistance curve, drawn; its points are moved by hand or by key."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPolygonF,
)
from typing_extensions import override

from resources.translation import mark, tr
from ui import words
from ui.corridors.axes import Axis
from ui.corridors.plot import Plot, dashed
from ui.corridors.points import LEAST_RESISTANCE, MOST_RESISTANCE, CurvePoints
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtWidgets import QWidget

    from ui.corridors.points import Pair
    from ui.theme import Theme

_REACH_PX = 10.0
_POINT_PX = 5.0
_SETTLED_MS = 700
_STEP = 0.01
_FINE = 1.02
_COARSE = 1.2
_HEADROOM = 1.15
_EDITABLE = mark(
    "Drag a point to move it, double-click to add one. By key: Page Up and Page Down "
    "choose a point, arrow keys move it (with Shift farther), Insert adds one, Delete "
    "removes it."
)


class CurvePlot(Plot):
    """Resistance over suitability; a drawn curve can be changed on it.

    Parameters
    ----------
    theme : Theme
        Colours.
    """

    edited = pyqtSignal(object)
    """The points were changed by the user; carries `CurvePoints`."""
    told = pyqtSignal(str)
    """What is at the point that is chosen or under the pointer."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            "curve_plot", theme, (tr("Suitability"), tr("Resistance per metre")), parent
        )
        self.setAccessibleName(tr("Resistance curve"))
        self.setMinimumSize(24 * GRID, 22 * GRID)
        self._across = Axis(0.0, 1.0)
        self._logarithmic = True
        self._line: tuple[Pair, ...] = ((0.0, 1.0), (1.0, 1.0))
        self._reference: tuple[Pair, ...] = ()
        self._points: CurvePoints | None = None
        self._chosen = -1
        self._dragging = False
        self._upright = self._fitting_axis()
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self.settle)

    @override
    def axes(self) -> tuple[Axis, Axis]:
        return self._across, self._upright

    @property
    def points(self) -> CurvePoints | None:
        """The points that can be moved; None where the curve is not a drawn one."""
        return self._points

    @property
    def chosen(self) -> int:
        """Place of the point that is chosen, or -1."""
        return self._chosen

    @property
    def is_edited(self) -> bool:
        """Whether a change is under way that was not told yet."""
        return self._dragging or self._settled.isActive()

    def show_curve(
        self,
        line: Sequence[Pair],
        reference: Sequence[Pair] = (),
        points: CurvePoints | None = None,
    ) -> None:
        """Show another curve; the chosen point stays, and so does a change under way.

        Parameters
        ----------
        line : sequence of (float, float)
            Suitability and resistance along the curve.
        reference : sequence of (float, float)
            The curve it is compared with; none where empty.
        points : CurvePoints, optional
            The points that can be moved, where the curve is a drawn one.
        """
        if self.is_edited and points is not None and self._points is not None:
            return
        self._settled.stop()
        self._dragging = False
        self._line, self._reference, self._points = tuple(line), tuple(reference), points
        if points is None or self._chosen >= len(points.pairs):
            self._chosen = -1
        self.setAccessibleDescription(tr(_EDITABLE) if points is not None else "")
        self.setToolTip(tr(_EDITABLE) if points is not None else "")
        self._refit()

    def set_logarithmic(self, logarithmic: bool) -> None:
        """Show the resistance on a logarithmic axis, or on a linear one."""
        self._logarithmic = logarithmic
        self._refit()

    def settle(self) -> None:
        """Tell a change that is under way."""
        self._settled.stop()
        if self._points is not None:
            self.edited.emit(self._points)

    def _refit(self) -> None:
        self._upright = self._fitting_axis()
        self.update()

    def _fitting_axis(self) -> Axis:
        pairs = (*self._line, *self._reference)
        highest = max((value for _, value in pairs), default=10.0)
        if not self._logarithmic:
            return Axis(0.0, max(highest, 2.0) * _HEADROOM)
        lowest = min((value for _, value in pairs), default=LEAST_RESISTANCE)
        low = min(LEAST_RESISTANCE, lowest) if lowest > 0 else LEAST_RESISTANCE
        return Axis(low * 0.85, max(highest, 10.0) * 1.5, logarithmic=True)

    def _shown(self) -> tuple[Pair, ...]:
        """Return the curve from end to end; beyond the outer points it is level."""
        if self._points is None:
            return self._line
        pairs = self._points.pairs
        before = ((0.0, pairs[0][1]),) if pairs[0][0] > 0 else ()
        after = ((1.0, pairs[-1][1]),) if pairs[-1][0] < 1 else ()
        return (*before, *pairs, *after)

    def _change(self, points: CurvePoints, chosen: int) -> None:
        self._points, self._chosen = points, chosen
        if not self._dragging:  # the axis stands still under the hand
            self._line = points.pairs
            self._upright = self._fitting_axis()
        self._tell_chosen()
        self.update()

    def _tell_chosen(self) -> None:
        if self._points is None or self._chosen < 0:
            self.told.emit("")
            return
        x, y = self._points.pairs[self._chosen]
        count = len(self._points.pairs)
        self.told.emit(
            tr(
                "Point {chosen} of {count}: {sentence}",
                chosen=self._chosen + 1,
                count=count,
                sentence=_sentence(x, y),
            )
        )

    def _point_near(self, place: QPointF) -> int:
        if self._points is None:
            return -1
        gaps = [(self.place(*pair) - place).manhattanLength() for pair in self._points.pairs]
        nearest = min(range(len(gaps)), key=lambda at: gaps[at])
        return nearest if gaps[nearest] <= _REACH_PX * 1.5 else -1

    def _polygon(self, pairs: Sequence[Pair]) -> QPolygonF:
        """Return a line as painted; straight in values, so bent on a logarithmic axis."""
        fine: list[Pair] = []
        for (x0, y0), (x1, y1) in pairwise(pairs):
            parts = max(1, int(abs(x1 - x0) * 60)) if self._logarithmic else 1
            fine += [
                (x0 + (x1 - x0) * part / parts, y0 + (y1 - y0) * part / parts)
                for part in range(parts)
            ]
        return QPolygonF(self.places((*fine, *pairs[-1:])))

    @override
    def paint_content(self, painter: QPainter, area: QRectF) -> None:
        painter.save()
        painter.setClipRect(area.adjusted(-_POINT_PX, -_POINT_PX, _POINT_PX, _POINT_PX))
        if self._reference:
            painter.setPen(dashed(self.theme.qcolour("text_muted")))
            painter.drawPolyline(self._polygon(self._reference))
        painter.setPen(QPen(self.theme.qcolour("accent"), 2))
        painter.drawPolyline(self._polygon(self._shown()))
        for at, pair in enumerate(() if self._points is None else self._points.pairs):
            chosen = at == self._chosen
            painter.setPen(QPen(self.theme.qcolour("focus" if chosen else "accent"), 2))
            painter.setBrush(self.theme.qcolour("focus" if chosen else "surface"))
            radius = _POINT_PX + (1 if chosen else 0)
            painter.drawEllipse(self.place(*pair), radius, radius)
        painter.restore()

    @override
    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is None or a0.button() != Qt.MouseButton.LeftButton:
            return
        self._chosen = self._point_near(a0.position())
        self._dragging = self._chosen >= 0
        self._tell_chosen()
        self.update()

    @override
    def mouseMoveEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is None:
            return
        at = a0.position()
        if self._dragging and self._points is not None:
            self._change(self._points.moved(self._chosen, self.values_at(at)), self._chosen)
            return
        near = self._point_near(at) >= 0
        shape = Qt.CursorShape.SizeAllCursor if near else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
        x, _ = self.values_at(at)
        self.told.emit(_sentence(x, CurvePoints(self._shown()).resistance_at(x)))

    @override
    def mouseReleaseEvent(self, a0: QMouseEvent | None) -> None:
        if not self._dragging or self._points is None:
            return
        self._dragging = False
        moved = self._points.pairs != self._line
        self._change(self._points, self._chosen)
        if moved:
            self.settle()

    @override
    def mouseDoubleClickEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is None or self._points is None or self._point_near(a0.position()) >= 0:
            return
        self._change(*self._points.with_point(self.values_at(a0.position())))
        self.settle()

    @override
    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        if a0 is None:
            return
        if self._points is None or not self._key(Qt.Key(a0.key()), a0.modifiers()):
            super().keyPressEvent(a0)

    def _key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        points = self._points
        if points is None:
            return False
        last = len(points.pairs) - 1
        choices = {
            Qt.Key.Key_PageUp: max(self._chosen - 1, 0),
            Qt.Key.Key_PageDown: min(self._chosen + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if key in choices:
            self._chosen = choices[key]
            self._tell_chosen()
            self.update()
            return True
        return self._chosen >= 0 and self._key_on_chosen(points, key, modifiers)

    def _key_on_chosen(
        self, points: CurvePoints, key: Qt.Key, modifiers: Qt.KeyboardModifier
    ) -> bool:
        at = self._chosen
        x, y = points.pairs[at]
        far = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        step, ratio = (_STEP * 10, _COARSE) if far else (_STEP, _FINE)
        up, down = max(y * ratio, y + 0.01), y / ratio
        moves = {
            Qt.Key.Key_Left: (x - step, y),
            Qt.Key.Key_Right: (x + step, y),
            Qt.Key.Key_Up: (x, min(up, MOST_RESISTANCE)),
            Qt.Key.Key_Down: (x, down),
        }
        if key in moves:
            self._change(points.moved(at, moves[key]), at)
        elif key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self._change(points.without(at), min(at, len(points.without(at).pairs) - 1))
        elif key == Qt.Key.Key_Insert:
            other = at + 1 if at + 1 < len(points.pairs) else at - 1
            middle = (x + points.pairs[other][0]) / 2
            self._change(*points.with_point((middle, points.resistance_at(middle))))
        else:
            return False
        self._settled.start()
        return True

    @override
    def leaveEvent(self, a0: object) -> None:
        self._tell_chosen()

    @override
    def focusOutEvent(self, a0: QFocusEvent | None) -> None:
        super().focusOutEvent(a0)
        if self._settled.isActive():
            self.settle()


def _sentence(suitability: float, resistance: float) -> str:
    return tr(
        "suitability {suitability:.2f}, resistance {resistance}",
        suitability=suitability,
        resistance=words.number(resistance),
    )
