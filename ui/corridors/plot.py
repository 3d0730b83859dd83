"""The ground of a small plot that is painted by hand: axes, ticks, title lines, focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui import theme as themes
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ui.corridors.axes import Axis
    from ui.theme import Theme

_SIDE_PX = 6.0
_TICK_PX = 4.0
_FAINT = 0.6


class Plot(QWidget):
    """A plot on two axes; who extends it paints the content.

    Parameters
    ----------
    name : str
        Object name.
    theme : Theme
        Colours.
    titles : (str, str)
        What the axes tell, with their units: below, and above the left one.
    """

    def __init__(
        self, name: str, theme: Theme, titles: tuple[str, str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(24 * GRID, 17 * GRID)
        self.theme = theme
        self._titles = titles
        self._band_px = 0.0

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self.theme = theme
        self.update()

    # Every plot says these two itself; Qt's classes cannot be abstract ones of Python.
    def axes(self) -> tuple[Axis, Axis]:
        """Return the axis below and the one on the left."""
        raise NotImplementedError

    def area(self) -> QRectF:
        """Return where the values are painted, in pixels."""
        metrics = QFontMetricsF(themes.font("small"))
        _, upright = self.axes()
        texts = [_told(value) for value in upright.ticks(self._rows(metrics))]
        widest = max((metrics.horizontalAdvance(text) for text in texts), default=0.0)
        left = _SIDE_PX + widest + _TICK_PX + 2
        top = _SIDE_PX + 2 + metrics.height()
        foot = _SIDE_PX + 2 * metrics.height() + _TICK_PX + self._band_px
        right = self.width() - _SIDE_PX - metrics.horizontalAdvance("0") * 1.5
        return QRectF(QPointF(left, top), QPointF(right, max(self.height() - foot, top + 1.0)))

    def place(self, x: float, y: float) -> QPointF:
        """Return the pixel of a pair of values."""
        return self.places(((x, y),))[0]

    def places(self, pairs: Iterable[tuple[float, float]]) -> list[QPointF]:
        """Return the pixels of pairs of values."""
        area, (across, upright) = self.area(), self.axes()
        left, bottom, width, height = area.left(), area.bottom(), area.width(), area.height()
        return [
            QPointF(left + across.share(x) * width, bottom - upright.share(y) * height)
            for x, y in pairs
        ]

    def values_at(self, place: QPointF) -> tuple[float, float]:
        """Return the pair of values at a pixel, within the axes."""
        area, (across, upright) = self.area(), self.axes()
        x = across.value((place.x() - area.left()) / max(area.width(), 1.0))
        y = upright.value((area.bottom() - place.y()) / max(area.height(), 1.0))
        return across.clipped(x), upright.clipped(y)

    def paint_content(self, painter: QPainter, area: QRectF) -> None:
        """Paint what the plot shows."""
        raise NotImplementedError

    def _rows(self, metrics: QFontMetricsF) -> int:
        return max(2, int((self.height() - 3 * metrics.height()) / (2.2 * metrics.height())))

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        painter.setFont(themes.font("small"))
        metrics = QFontMetricsF(painter.font())
        across, upright = self.axes()
        line, muted = self.theme.qcolour("line"), self.theme.qcolour("text_muted")
        height = metrics.height()
        for value in upright.ticks(self._rows(metrics)):
            y = area.bottom() - upright.share(value) * area.height()
            painter.setPen(QPen(line, 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(muted)
            box = QRectF(0, y - height / 2, area.left() - _TICK_PX, height)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, int(right), _told(value))
        foot = area.bottom() + self._band_px
        for value in across.ticks(self._columns(metrics, area)):
            x = area.left() + across.share(value) * area.width()
            painter.setPen(QPen(self.theme.qcolour("control_line"), 1))
            painter.drawLine(QPointF(x, foot), QPointF(x, foot + _TICK_PX))
            painter.setPen(muted)
            box = QRectF(x - 40, foot + _TICK_PX, 80, height)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), _told(value))
        painter.setPen(muted)
        below = QRectF(area.left(), foot + _TICK_PX + height, area.width(), height)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignRight), self._titles[0])
        above = QRectF(_SIDE_PX, 3, self.width() - 2 * _SIDE_PX, height)
        painter.drawText(above, int(Qt.AlignmentFlag.AlignLeft), self._titles[1])

    def _columns(self, metrics: QFontMetricsF, area: QRectF) -> int:
        return max(2, int(area.width() / (metrics.horizontalAdvance("0 000") * 1.6)))

    @override
    def sizeHint(self) -> QSize:
        return QSize(40 * GRID, 21 * GRID)

    @override
    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        focused = self.hasFocus()
        pen = QPen(self.theme.qcolour("focus" if focused else "line"), 2 if focused else 1)
        painter.setPen(pen)
        painter.setBrush(self.theme.qcolour("surface"))
        painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        area = self.area()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._paint_axes(painter, area)
        self.paint_content(painter, area)
        painter.end()

    @override
    def changeEvent(self, a0: QEvent | None) -> None:
        super().changeEvent(a0)
        self.update()


def soft(colour: QColor, opacity: float = _FAINT) -> QColor:
    """Return a colour that lets what lies below shine through."""
    thin = QColor(colour)
    thin.setAlphaF(opacity)
    return thin


def dashed(colour: QColor, width_px: float = 1.5, pattern: Sequence[float] = (4, 3)) -> QPen:
    """Return a pen for a line that is a limit, not a measurement."""
    pen = QPen(colour, width_px)
    pen.setDashPattern(list(pattern))
    return pen


def _told(value: float) -> str:
    text = f"{value:,.6g}" if abs(value) >= 1 else f"{value:.3g}"
    return text.replace(",", "\N{NARROW NO-BREAK SPACE}")
