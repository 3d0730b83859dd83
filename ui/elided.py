"""Text that gives way where the window is narrow: cut on the screen, whole in its tool tip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import (
    QComboBox,
    QLabel,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
)
from typing_extensions import override

from ui.controls import beside_icon

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QWidget

    from ui.controls import Tone
    from ui.theme import TextSize

_SHORTEST_PX = 24
_CUT = Qt.TextElideMode.ElideRight


class ElidedLabel(QLabel):
    """One line of small text that never makes the window wider.

    Parameters
    ----------
    name : str
        Object name.
    size : {"small", "body", "title"}
        Size of the text.
    tone : {"plain", "muted", "warning", "error"}
        Colour of the text.
    """

    def __init__(
        self,
        name: str,
        *,
        size: TextSize = "small",
        tone: Tone = "plain",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("textSize", size)
        self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def say(self, text: str) -> None:
        """Show a text; all of it also stands in the tool tip."""
        self.setText(text)
        self.setToolTip(text)

    @override
    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), _SHORTEST_PX), hint.height())

    @override
    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        area = self.contentsRect()
        shown = painter.fontMetrics().elidedText(self.text(), _CUT, area.width())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(area, int(flags), shown)
        painter.end()


class ElidedComboBox(QComboBox):
    """A box of choices that cuts the chosen text with dots where there is no room for it."""

    @override
    def paintEvent(self, e: QPaintEvent | None) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        style = self.style()
        if style is not None:
            text = style.subControlRect(
                QStyle.ComplexControl.CC_ComboBox,
                option,
                QStyle.SubControl.SC_ComboBoxEditField,
                self,
            )
            shown = self.fontMetrics().elidedText(option.currentText, _CUT, text.width())
            option.currentText = shown
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()


def show_elided(button: QToolButton, text: str, width_px: int) -> None:
    """Show a text beside the icon of a button, cut where it is wider than `width_px`.

    Parameters
    ----------
    button : QToolButton
        Its tool tip is left to the caller.
    text : str
        The whole text.
    width_px : int
        Width for the text, in device-independent pixels.
    """
    shown = button.fontMetrics().elidedText(text, _CUT, width_px)
    button.setText(beside_icon(shown))
