"""A picture of the sheet as it will be printed, as large as there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QRect, QSize, Qt
from PyQt6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from resources.translation import tr
from ui.theme import GRID, font

if TYPE_CHECKING:
    from ui.theme import Theme

_FADED = 0.35


class SheetPreview(QWidget):
    """Shows the page, faded while a newer one is being drawn.

    Parameters
    ----------
    theme : Theme
        Colours around the page.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sheet_preview")
        self.setAccessibleName(tr("Preview of the sheet"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(16 * GRID)
        self._theme = theme
        self._image: QImage | None = None
        self._shape = (420, 297)
        self._words = ""

    @property
    def image(self) -> QImage | None:
        """The page that is shown; None before there is one."""
        return self._image

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self._theme = theme
        self.update()

    def set_shape(self, *, landscape: bool) -> None:
        """Show an empty page of this shape until there is a picture of it."""
        self._shape = (420, 297) if landscape else (297, 420)
        if (
            self._image is not None
            and (self._image.width() > self._image.height()) != landscape
        ):
            self._image = None
        self.update()

    def show_image(self, image: QImage) -> None:
        """Show a page."""
        self._image, self._words = image, ""
        self.update()

    def say(self, text: str) -> None:
        """Say over the page what is going on; an empty text takes that away."""
        self._words = text
        self.update()

    def _page(self) -> QRect:
        size = QSize(*self._shape) if self._image is None else self._image.size()
        size.scale(self.size() - QSize(2, 2), Qt.AspectRatioMode.KeepAspectRatio)
        left = (self.width() - size.width()) // 2
        return QRect(left, 0, size.width(), size.height())

    @override
    def sizeHint(self) -> QSize:
        return QSize(40 * GRID, 16 * GRID)

    @override
    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        page = self._page()
        painter.setPen(QPen(self._theme.qcolour("control_line")))
        painter.setBrush(Qt.GlobalColor.white)
        painter.drawRect(page)
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setOpacity(_FADED if self._words else 1.0)
            ratio = self.devicePixelRatioF()
            small = self._image.scaled(
                page.size() * ratio,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            painter.drawImage(page.adjusted(1, 1, 0, 0), small)
            painter.setOpacity(1.0)
        if self._words:
            painter.setPen(Qt.GlobalColor.black)
            painter.setFont(font("small"))
            wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            inner = page.adjusted(GRID, GRID, -GRID, -GRID)
            painter.drawText(inner, int(wrapped), self._words)
        painter.end()
