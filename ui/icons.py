"""The window's line icons, tinted by the theme and sharp at every pixel ratio."""

from __future__ import annotations

from functools import lru_cache

from PyQt6.QtCore import QByteArray, QRectF, Qt
from PyQt6.QtGui import QIcon, QPainter, QPixmap
from PyQt6.QtSvg import QSvgRenderer

from resources.paths import resource_path

_DRAWN = "#000000"
_RATIOS = (1, 2, 3)


@lru_cache(maxsize=256)
def icon(name: str, colour: str, *, size: int = 24) -> QIcon:
    """Return an icon of the family, tinted.

    Parameters
    ----------
    name : str
        File name below ``resources/icons``, without ``.svg``.
    colour : str
        Stroke colour, ``#rrggbb``.
    size : int
        Side in device-independent pixels.

    Raises
    ------
    FileNotFoundError
        There is no icon of that name.
    """
    drawing = resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")
    renderer = QSvgRenderer(QByteArray(drawing.replace(_DRAWN, colour).encode()))
    drawn = QIcon()
    for ratio in _RATIOS:
        pixmap = QPixmap(size * ratio, size * ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, size * ratio, size * ratio))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        drawn.addPixmap(pixmap)
    return drawn
