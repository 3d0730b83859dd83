"""Paints list entries of two lines: a name, and what sets it apart, small and muted below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QModelIndex, QObject, QRect, QSize, Qt
from PyQt6.QtGui import QFontMetrics, QPainter
from PyQt6.QtWidgets import (
    QApplication,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from ui import theme as themes
from ui.icons import icon

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.theme import Theme

_ICON_PX = 18
_GAP = themes.GRID
_CUT_RIGHT = Qt.TextElideMode.ElideRight


class TwoLineDelegate(QStyledItemDelegate):
    """Paints the display text, a detail below it, and an icon that says of what kind it is.

    Parameters
    ----------
    theme : Theme
        Colours.
    describe : callable
        From an index to the detail line and the icon's name.
    elide : Qt.TextElideMode
        Where a name that is too long is cut.
    """

    def __init__(
        self,
        theme: Theme,
        describe: Callable[[QModelIndex], tuple[str, str]],
        parent: QObject | None = None,
        *,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(parent)
        self._elide = elide
        self._theme = theme
        self._describe = describe

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self._theme = theme

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        name, detail = (QFontMetrics(themes.font(size)) for size in ("body", "small"))
        return QSize(160, name.height() + detail.height() + 2 * _GAP)

    @override
    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        if painter is None:
            return
        plain = QStyleOptionViewItem(option)
        self.initStyleOption(plain, index)
        title, plain.text = plain.text, ""
        widget: QWidget | None = plain.widget
        style = QApplication.style() if widget is None else widget.style()
        if style is not None:
            element = QStyle.ControlElement.CE_ItemViewItem
            style.drawControl(element, plain, painter, widget)
        detail, icon_name = self._describe(index)
        painter.save()
        inner = option.rect.adjusted(_GAP, _GAP - 1, -_GAP, -_GAP + 1)
        place = QRect(inner.left(), inner.center().y() - _ICON_PX // 2, _ICON_PX, _ICON_PX)
        icon(icon_name, self._theme.colour["accent"]).paint(painter, place)
        text = inner.adjusted(_ICON_PX + _GAP, 0, 0, 0)
        left_top = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        left_bottom = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        lines = (
            (themes.font("body"), title, "text", left_top, self._elide),
            (themes.font("small"), detail, "text_muted", left_bottom, _CUT_RIGHT),
        )
        for font, line, token, alignment, elide in lines:
            painter.setFont(font)
            painter.setPen(self._theme.qcolour(token))
            shown = painter.fontMetrics().elidedText(line, elide, text.width())
            painter.drawText(text, int(alignment), shown)
        painter.restore()
