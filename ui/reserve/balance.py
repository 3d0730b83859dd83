"""What each country gives and gains, as two bars a country."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from planner.map_style import country_colour
from resources.translation import tr
from ui import theme as themes
from ui import words
from ui.corridors.plot import soft
from ui.reserve.trace_plot import percent
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.theme import Theme

_BAR_PX = 9
_GAP_PX = 3
_GAIN_OPACITY = 0.4


class Balance(NamedTuple):
    """What one country gives and gains, as shares of all countries together.

    Parameters
    ----------
    iso3 : str
        The country.
    gives, gains : float
        Shares, 0 to 1.
    """

    iso3: str
    gives: float
    gains: float


class BalanceBars(QWidget):
    """Two bars a country: the full one is what it gives, the pale one what it gains.

    Parameters
    ----------
    theme : Theme
        Colours of texts and lines; the hues of the countries are the same everywhere.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("balance_bars")
        self.setAccessibleName(tr("What each country gives and gains"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._rows: tuple[Balance, ...] = ()

    @property
    def rows(self) -> tuple[Balance, ...]:
        """What is shown."""
        return self._rows

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self._theme = theme
        self.update()

    def show_rows(self, rows: Sequence[Balance]) -> None:
        """Show other countries."""
        self._rows = tuple(rows)
        told = [
            tr(
                "{iso3} gives {gives}, gains {gains}",
                iso3=words.country(row.iso3),
                gives=percent(row.gives),
                gains=percent(row.gains),
            )
            for row in rows
        ]
        self.setAccessibleDescription(words.listed_apart(told))
        self.setToolTip("\n".join(told))
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def _row_px(self) -> float:
        return QFontMetricsF(themes.font("small")).height() + 2 * (_BAR_PX + _GAP_PX) + GRID

    @override
    def sizeHint(self) -> QSize:
        return QSize(30 * GRID, round(len(self._rows) * self._row_px()))

    @override
    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(themes.font("small"))
        metrics = QFontMetricsF(painter.font())
        most = max((max(row.gives, row.gains) for row in self._rows), default=0.0) or 1.0
        room = self.width() - metrics.horizontalAdvance("000.0 %") - GRID
        for at, row in enumerate(self._rows):
            top = at * self._row_px()
            painter.setPen(self._theme.qcolour("text"))
            name = metrics.elidedText(
                words.country(row.iso3), Qt.TextElideMode.ElideRight, self.width()
            )
            box = QRectF(0, top, self.width(), metrics.height())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft), name)
            hue = QColor(country_colour(row.iso3))
            for place, (share, fill) in enumerate(
                ((row.gives, hue), (row.gains, soft(hue, _GAIN_OPACITY)))
            ):
                y = top + metrics.height() + place * (_BAR_PX + _GAP_PX)
                bar = QRectF(0, y, max(room * share / most, 1.0), _BAR_PX)
                painter.setPen(QPen(hue, 1))
                painter.setBrush(fill)
                painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))
                painter.setPen(self._theme.qcolour("text_muted"))
                beside = QRectF(bar.right() + GRID / 2, y - 4, room, _BAR_PX + 8)
                flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(beside, int(flags), percent(share))
        painter.end()
