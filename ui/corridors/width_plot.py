"""The width of a corridor along its length, linked to the map."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPolygonF,
)
from typing_extensions import override

from planner.map_style import country_colour
from resources.translation import tr, tr_n
from ui import theme as themes
from ui import words
from ui.corridors.axes import Axis
from ui.corridors.plot import Plot, dashed, soft
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QWidget

    from planner.corridors.profile import CorridorProfile
    from ui.theme import Theme

_BAND_PX = 12.0
_HIGHEST_PX = 46 * GRID
_HEADROOM = 1.12
_FAR_VERTICES = 10


class WidthPlot(Plot):
    """Width over the distance along the middle of a corridor.

    Parameters
    ----------
    theme : Theme
        Colours.
    """

    place_pointed = pyqtSignal(object)
    """The pointer or a key is at a place; carries its map coordinates, or None."""
    place_chosen = pyqtSignal(float, float)
    """A place was clicked; carries its map coordinates."""
    told = pyqtSignal(str)
    """What is at the place that is pointed at."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            "width_plot", theme, (tr("Along the corridor, km"), tr("Width, m")), parent
        )
        self.setAccessibleName(tr("Width along the corridor"))
        self.setMaximumHeight(_HIGHEST_PX)
        self._band_px = _BAND_PX
        self._profile: CorridorProfile | None = None
        self._at = -1
        self._across, self._upright = Axis(0.0, 1.0), Axis(0.0, 1.0)

    @override
    def axes(self) -> tuple[Axis, Axis]:
        return self._across, self._upright

    @property
    def profile(self) -> CorridorProfile | None:
        """What is shown."""
        return self._profile

    @property
    def at(self) -> int:
        """The vertex that is pointed at, or -1."""
        return self._at

    @property
    def narrowest(self) -> int:
        """The vertex where it is narrowest, or -1."""
        width = () if self._profile is None else self._profile.width_m
        return min(range(len(width)), key=lambda at: width[at], default=-1)

    def point_at(self, at: int) -> None:
        """Mark a vertex here and on the map."""
        self._move_to(at)

    def show_profile(self, profile: CorridorProfile | None) -> None:
        """Show another corridor; the place stays where the profile is the same."""
        if profile == self._profile:
            return
        self._profile = profile
        self._at = -1
        if profile is not None:
            length_km = max(profile.distance_m[-1] / 1000.0, 0.001)
            highest = max(*profile.width_m, profile.needed_m or 0.0, 1.0)
            self._across = Axis(0.0, length_km)
            self._upright = Axis(0.0, highest * _HEADROOM)
        self.setAccessibleDescription(_described(profile))
        self.told.emit("")
        self.place_pointed.emit(None)
        self.update()

    def point_at_map(self, x: float, y: float, reach: float) -> None:
        """Mark the place of the profile that is nearest to a place of the map.

        Parameters
        ----------
        x, y : float
            Place in the map's CRS.
        reach : float
            Farther off than this, nothing is marked; in map units.
        """
        profile = self._profile
        if profile is None or not profile.x:
            return
        gaps = [
            (px - x) ** 2 + (py - y) ** 2 for px, py in zip(profile.x, profile.y, strict=True)
        ]
        nearest = min(range(len(gaps)), key=lambda at: gaps[at])
        self._move_to(nearest if gaps[nearest] <= reach**2 else -1)

    def forget_place(self) -> None:
        """Mark no place, unless keys or the pointer hold one here."""
        if not self.hasFocus() and not self.underMouse():
            self._move_to(-1)

    def _move_to(self, at: int) -> None:
        if at == self._at:
            return
        self._at = at
        profile = self._profile
        known = profile is not None and at >= 0
        self.told.emit(told_at(profile, at) if profile is not None and known else "")
        placed = profile is not None and known and at < len(profile.x)
        self.place_pointed.emit(
            (profile.x[at], profile.y[at]) if profile is not None and placed else None
        )
        self.update()

    def _vertex_at(self, place: QPointF) -> int:
        if self._profile is None:
            return -1
        metres = self.values_at(place)[0] * 1000.0
        distance = self._profile.distance_m
        after = min(bisect_left(distance, metres), len(distance) - 1)
        before = max(after - 1, 0)
        return before if metres - distance[before] < distance[after] - metres else after

    def _line(self, profile: CorridorProfile) -> list[QPointF]:
        in_km = (metres / 1000.0 for metres in profile.distance_m)
        return self.places(zip(in_km, profile.width_m, strict=True))

    @override
    def paint_content(self, painter: QPainter, area: QRectF) -> None:
        profile = self._profile
        if profile is None:
            return
        self._paint_countries(painter, area, profile)
        line = self._line(profile)
        corridor = self.theme.qcolour("corridor")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(soft(corridor, 0.22))
        corners = [QPointF(line[0].x(), area.bottom()), *line]
        painter.drawPolygon(QPolygonF([*corners, QPointF(line[-1].x(), area.bottom())]))
        self._paint_narrow(painter, area, profile)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(corridor, 2))
        painter.drawPolyline(QPolygonF(line))
        self._paint_needed(painter, area, profile)
        self._paint_crossings(painter, area, profile)
        if self._at >= 0:
            self._paint_place(painter, area, line[self._at])

    def _paint_narrow(self, painter: QPainter, area: QRectF, profile: CorridorProfile) -> None:
        colour = self.theme.qcolour("bottleneck")
        for start_m, end_m, *_ in profile.stretches:
            left = self.place(start_m / 1000.0, 0.0).x()
            right = self.place(end_m / 1000.0, 0.0).x()
            box = QRectF(left, area.top(), max(right - left, 3.0), area.height())
            painter.fillRect(box, soft(colour, 0.18))
            painter.fillRect(QRectF(box.left(), box.bottom() - 4, box.width(), 4), colour)

    def _paint_countries(
        self, painter: QPainter, area: QRectF, profile: CorridorProfile
    ) -> None:
        painter.setFont(themes.font("small"))
        metrics = QFontMetricsF(painter.font())
        for start_m, end_m, iso3 in profile.countries:
            left = self.place(start_m / 1000.0, 0.0).x()
            right = self.place(end_m / 1000.0, 0.0).x()
            hue = QColor(country_colour(iso3))
            box = QRectF(left, area.bottom() + 1, max(right - left, 1.5), _BAND_PX - 1)
            painter.fillRect(box, hue)
            if metrics.horizontalAdvance(iso3) + 6 <= box.width():
                painter.setPen(_readable_on(hue))
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), iso3)

    def _paint_needed(self, painter: QPainter, area: QRectF, profile: CorridorProfile) -> None:
        if not profile.needed_m:
            return
        y = self.place(0.0, profile.needed_m).y()
        painter.setPen(dashed(self.theme.qcolour("text")))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        text = tr("needed {width}", width=words.distance(profile.needed_m))
        painter.setFont(themes.font("small"))
        metrics = QFontMetricsF(painter.font())
        width, height = metrics.horizontalAdvance(text) + 6, metrics.height()
        top = y - height - 1 if y - height - 1 > area.top() else y + 1
        box = QRectF(area.right() - width - 2, top, width, height)
        painter.fillRect(box, soft(self.theme.qcolour("surface"), 0.85))
        painter.setPen(self.theme.qcolour("text"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)

    def _paint_crossings(
        self, painter: QPainter, area: QRectF, profile: CorridorProfile
    ) -> None:
        painter.setFont(themes.font("small"))
        metrics = QFontMetricsF(painter.font())
        muted, ground = self.theme.qcolour("text_muted"), self.theme.qcolour("surface")
        told: list[QRectF] = []
        for metres, border in profile.crossings:
            x = self.place(metres / 1000.0, 0.0).x()
            painter.setPen(dashed(muted, 1.2, (2, 2)))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom() + _BAND_PX))
            width = metrics.horizontalAdvance(border) + 6
            left = x + 2 if x + 2 + width < area.right() else x - 2 - width
            box = QRectF(left, area.top(), width, metrics.height())
            if not any(box.intersects(other) for other in told):  # the band tells the rest
                told.append(box)
                painter.fillRect(box, soft(ground, 0.85))
                painter.setPen(muted)
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), border)

    def _paint_place(self, painter: QPainter, area: QRectF, place: QPointF) -> None:
        mark = self.theme.qcolour("focus")
        painter.setPen(QPen(mark, 1))
        painter.drawLine(QPointF(place.x(), area.top()), QPointF(place.x(), area.bottom()))
        painter.setPen(QPen(self.theme.qcolour("surface"), 2))
        painter.setBrush(mark)
        painter.drawEllipse(place, 5.0, 5.0)

    @override
    def mouseMoveEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is not None:
            self._move_to(self._vertex_at(a0.position()))

    @override
    def mouseReleaseEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is not None and a0.button() == Qt.MouseButton.LeftButton:
            self._move_to(self._vertex_at(a0.position()))
            self._choose()

    def _choose(self) -> None:
        profile = self._profile
        if profile is not None and 0 <= self._at < len(profile.x):
            self.place_chosen.emit(profile.x[self._at], profile.y[self._at])

    @override
    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        if a0 is None:
            return
        profile = self._profile
        far = bool(a0.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step = _FAR_VERTICES if far else 1
        last = -1 if profile is None else len(profile.distance_m) - 1
        moves = {
            Qt.Key.Key_Left: max(self._at - step, 0),
            Qt.Key.Key_Right: min(self._at + step, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(a0.key())
        if profile is not None and key in moves:
            self._move_to(moves[key])
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._choose()
        elif key == Qt.Key.Key_Escape and self._at >= 0:
            self._move_to(-1)
        else:
            super().keyPressEvent(a0)

    @override
    def focusOutEvent(self, a0: QFocusEvent | None) -> None:
        super().focusOutEvent(a0)
        if not self.underMouse():
            self._move_to(-1)

    @override
    def leaveEvent(self, a0: object) -> None:
        if not self.hasFocus():
            self._move_to(-1)

    @override
    def hideEvent(self, a0: QHideEvent | None) -> None:
        super().hideEvent(a0)
        self._move_to(-1)


def told_at(profile: CorridorProfile, at: int) -> str:
    """Return what a profile tells at one of its vertices, in words."""
    metres, width = profile.distance_m[at], profile.width_m[at]
    country = next(
        (iso3 for start, end, iso3 in profile.countries if start <= metres <= end), ""
    )
    parts = [
        tr("At {metres} km", metres=words.fixed(metres / 1000.0, 1)),
        tr("{width} wide", width=words.distance(width)),
    ]
    if profile.needed_m and width < profile.needed_m:
        parts.append(
            tr("{needed} less than needed", needed=words.distance(profile.needed_m - width))
        )
    if country:
        parts.append(words.country(country))
    return words.listed(parts)


def _described(profile: CorridorProfile | None) -> str:
    if profile is None:
        return ""
    narrowest = words.distance(min(profile.width_m))
    length = words.distance(profile.distance_m[-1])
    narrow = tr_n("{count} narrow stretch", "{count} narrow stretches", len(profile.stretches))
    return tr(
        "{length} long, {narrowest} at the narrowest, {narrow}. Left and right arrows "
        "go along the corridor (with Shift farther), Enter moves the map there.",
        length=length,
        narrowest=narrowest,
        narrow=narrow,
    )


def _readable_on(ground: QColor) -> QColor:
    light = 0.299 * ground.redF() + 0.587 * ground.greenF() + 0.114 * ground.blueF()
    return QColor("#000000") if light > 0.45 else QColor("#ffffff")
