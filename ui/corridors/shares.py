"""A table of what a widening asks of each country, with the hue that tells it apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPixmap

from planner.map_style import country_colour
from resources.translation import tr
from ui import words
from ui.suitability.table import TableView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtWidgets import QWidget

    from planner.corridors.result import CountryShare

_CHIP_PX = 12


class ShareTable(TableView):
    """Lists countries in the order of their codes, with area and relative cost."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("widening_shares", tr("Land to add in each country"), parent)
        self.setIndentation(0)

    def show_shares(self, shares: Sequence[CountryShare]) -> None:
        """Show other countries."""
        giving = [share for share in shares if share.area_km2 > 0]
        in_order = sorted(giving, key=lambda share: share.iso3)
        rows = [
            (
                country_told(share.iso3),
                words.area(share.area_km2),
                words.number(share.cost),
            )
            for share in in_order
        ]
        self.show_rows((tr("Country"), tr("To add"), tr("Cost")), rows, numbers=(1, 2))
        for at, share in enumerate(in_order):
            item = self._rows.item(at, 0)
            if item is not None:
                item.setIcon(_chip(country_colour(share.iso3)))
                item.setToolTip(land_told(share))
        self.fit_columns(stretched=0)
        self.fit_height()


def land_told(share: CountryShare) -> str:
    """Return which land a country would give, the most first."""
    lines = [country_told(share.iso3)]
    for name, area in sorted(share.land_types.items(), key=lambda item: -item[1]):
        lines.append(f"{name}: {words.area(area)}")
    return "\n".join(lines)


def country_told(iso3: str) -> str:
    """Return the name of a country, or that land is of none."""
    return words.country(iso3) if iso3 else tr("No country")


def _chip(colour: str) -> QIcon:
    icon = QIcon()
    for ratio in (1, 2):
        pixmap = QPixmap(_CHIP_PX * ratio, _CHIP_PX * ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        side = _CHIP_PX * ratio
        painter.drawRoundedRect(QRectF(0, 0, side, side), 2 * ratio, 2 * ratio)
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        icon.addPixmap(pixmap)
    return icon
