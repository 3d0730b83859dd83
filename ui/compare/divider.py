"""The line between two maps that is drawn over them with the hand or with keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QWidget
from typing_extensions import override

from resources.translation import tr
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtGui import QFocusEvent

    from ui.theme import Theme

DIVIDER_PX = 3 * GRID
"""Width in which the hand takes hold of it."""
_LINE_PX = 3.0
_GRIP_PX = 11.0
_ARROW_PX = 4.0
_KEY_STEP = 0.02
_BROAD_STEP = 0.1
_STEPS = {
    Qt.Key.Key_Left: -_KEY_STEP,
    Qt.Key.Key_Right: _KEY_STEP,
    Qt.Key.Key_PageUp: -_BROAD_STEP,
    Qt.Key.Key_PageDown: _BROAD_STEP,
    Qt.Key.Key_Home: -1.0,
    Qt.Key.Key_End: 1.0,
}


class Divider(QWidget):
    """Tells how far it was moved, as a share of the width of what it divides.

    Parameters
    ----------
    theme : Theme
        Colours.
    parent : QWidget
        What it divides; the place is set by whoever lays it out.
    """

    moved_to = pyqtSignal(float)
    """Where the hand wants it: 0 at the left edge, 1 at the right."""
    moved_by = pyqtSignal(float)
    """How far a key wants it moved."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("compare_divider")
        self.setAccessibleName(tr("Divider between the two maps"))
        self.setAccessibleDescription(tr("Left and Right move it, Home and End to the edge."))
        self.setToolTip(tr("Drag to see more of one map or of the other (Left, Right)"))
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self._theme = theme
        self.update()

    @override
    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, height = self.width() / 2, float(self.height())
        line, ground = self._theme.qcolour("accent"), self._theme.qcolour("surface")
        painter.fillRect(QRectF(middle - _LINE_PX / 2 - 1, 0, _LINE_PX + 2, height), ground)
        painter.fillRect(QRectF(middle - _LINE_PX / 2, 0, _LINE_PX, height), line)
        rim = self._theme.qcolour("focus") if self.hasFocus() else line
        painter.setPen(QPen(rim, 3.0 if self.hasFocus() else 2.0))
        painter.setBrush(ground)
        painter.drawEllipse(QPointF(middle, height / 2), _GRIP_PX, _GRIP_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(line)
        for side in (-1, 1):
            tip = QPointF(middle + side * 2 * _ARROW_PX, height / 2)
            base = middle + side * _ARROW_PX / 2
            painter.drawPolygon(
                QPolygonF(
                    [
                        tip,
                        QPointF(base, height / 2 - _ARROW_PX),
                        QPointF(base, height / 2 + _ARROW_PX),
                    ]
                )
            )
        painter.end()

    @override
    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is not None:
            a0.accept()

    @override
    def mouseMoveEvent(self, a0: QMouseEvent | None) -> None:
        divided = self.parentWidget()
        if a0 is not None and divided is not None and a0.buttons() & Qt.MouseButton.LeftButton:
            at = self.mapToParent(a0.position().toPoint()).x()
            self.moved_to.emit(at / max(divided.width(), 1))

    @override
    def mouseReleaseEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is not None:
            a0.accept()

    @override
    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        if a0 is None:
            return
        if a0.key() in _STEPS:
            self.moved_by.emit(_STEPS[Qt.Key(a0.key())])
        else:
            super().keyPressEvent(a0)

    @override
    def focusInEvent(self, a0: QFocusEvent | None) -> None:
        super().focusInEvent(a0)
        self.update()

    @override
    def focusOutEvent(self, a0: QFocusEvent | None) -> None:
        super().focusOutEvent(a0)
        self.update()
