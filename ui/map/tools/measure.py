"""Measures distances and areas as they are on the ellipsoid, while the hand draws them."""

from __future__ import annotations

from abc import abstractmethod
from itertools import pairwise
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QGuiApplication, QKeySequence
from typing_extensions import override

from resources.translation import tr
from ui import words
from ui.map.tools.clicks import ClicksTool
from ui.map.tools.painting import (
    paint_area,
    paint_corners,
    paint_line,
    paint_text,
    pixels_of,
    text_box,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtGui import QKeyEvent, QPainter

    from ui.map.coordinates import GroundMeasure
    from ui.map.view_state import Point, ViewState
    from ui.theme import Theme

_BESIDE_PX = QPointF(14, 14)
_ROOM_PX = 24.0
"""How much longer than its text a segment must be to carry it."""
_M2_PER_KM2 = 1e6
_SMALL_M2 = 1e4


class MeasureTool(ClicksTool):
    """Tells a measure of what is clicked; told the map's CRS by `set_measure`."""

    def __init__(self) -> None:
        super().__init__()
        self._measure: GroundMeasure | None = None
        self._lengths: dict[tuple[Point, Point], float | None] = {}

    def set_measure(self, measure: GroundMeasure) -> None:
        """Measure on a map of another CRS, beginning anew."""
        self._measure = measure
        self._lengths.clear()
        self.drop()

    @property
    @abstractmethod
    def total(self) -> str:
        """What is measured, with its unit; empty where there is nothing yet."""

    def segments_m(self, line: Sequence[Point]) -> list[float | None]:
        """Return the lengths between places, in metres; None out of the CRS's reach."""
        return [self._length_m(start, end) for start, end in pairwise(line)]

    def _length_m(self, start: Point, end: Point) -> float | None:
        """Return the length of a segment; one between corners is measured only once."""
        if self._measure is None:
            return None
        if (start, end) in self._lengths:
            return self._lengths[start, end]
        length_m = self._measure.length_m(start, end)
        if self._pointer not in {start, end}:
            self._lengths[start, end] = length_m
        return length_m

    def _length(self, line: Sequence[Point]) -> str:
        lengths = self.segments_m(line)
        if not lengths:
            return ""
        if None in lengths:
            return tr("outside the map's reach")
        return words.distance(sum(length for length in lengths if length is not None))

    def copy(self) -> None:
        """Put what is measured on the clipboard."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None and self.total:
            clipboard.setText(self.total)
            self.hint_changed.emit(tr("Copied: {text}", text=self.total.replace("\n", ", ")))

    @override
    def deactivated(self) -> None:
        super().deactivated()
        self._lengths.clear()

    @override
    def wants(self, event: QKeyEvent) -> bool:
        copies = event.matches(QKeySequence.StandardKey.Copy) and bool(self.total)
        return copies or super().wants(event)

    @override
    def key_pressed(self, event: QKeyEvent) -> bool:
        if event.matches(QKeySequence.StandardKey.Copy) and self.total:
            self.copy()
            return True
        return super().key_pressed(event)

    def _paint_segments(
        self,
        painter: QPainter,
        theme: Theme,
        view: ViewState,
        line: Sequence[Point],
    ) -> None:
        """Write the length of each segment beside it, where it has the room."""
        corners = pixels_of(line, view)
        for (start, end), length_m in zip(
            pairwise(corners), self.segments_m(line), strict=True
        ):
            along = end - start
            longest = max(abs(along.x()), abs(along.y()))
            if length_m is None or longest < _ROOM_PX:
                continue
            text = words.distance(length_m)
            middle = (start + end) / 2
            box = text_box(text, middle, view)
            if longest < box.width() + _ROOM_PX:
                continue
            box.moveCenter(middle)
            paint_text(painter, theme, box, text)

    def _paint_total(
        self, painter: QPainter, theme: Theme, view: ViewState, at: QPointF
    ) -> None:
        total = self.total
        if total:
            box = text_box(total, at + _BESIDE_PX, view, strong=True)
            paint_text(painter, theme, box, total, strong=True)


class DistanceTool(MeasureTool):
    """Measures along a line."""

    @property
    @override
    def total(self) -> str:
        return self._length(self.line)

    @override
    def _hint(self) -> str:
        if not self._corners:
            return tr("Click where the distance begins. Drag to move the map.")
        if self._ended:
            return tr("Ctrl+C copies the distance. Click to measure another.")
        return tr("Click on. Double click or Enter ends; Backspace takes the last place back.")

    @override
    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        line = self.line
        if not line:
            return
        corners = pixels_of(line, view)
        paint_line(painter, theme, corners)
        paint_corners(painter, theme, pixels_of(self._corners, view))
        if len(line) > 2:
            self._paint_segments(painter, theme, view, line)
        self._paint_total(painter, theme, view, corners[-1])


class AreaTool(MeasureTool):
    """Measures what an outline holds, and the length of the outline."""

    fewest = 3

    @property
    @override
    def total(self) -> str:
        line = self.line
        if len(line) < self.fewest or self._measure is None:
            return ""
        held_m2 = self._measure.area_m2(line)
        if held_m2 is None:
            return tr("outside the map's reach")
        return tr(
            "{area}\nOutline {length}",
            area=_area(held_m2),
            length=self._length((*line, line[0])),
        )

    @override
    def _hint(self) -> str:
        if not self._corners:
            return tr("Click the corners of the area. Drag to move the map.")
        if self._ended:
            return tr("Ctrl+C copies the area. Click to measure another.")
        return tr("Click on. Double click or Enter ends; Backspace takes the last place back.")

    @override
    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        line = self.line
        if not line:
            return
        corners = pixels_of(line, view)
        paint_area(painter, theme, corners)
        closing = [corners[-1], corners[0]]
        paint_line(painter, theme, closing, dashed=not self._ended)
        paint_line(painter, theme, corners)
        paint_corners(painter, theme, pixels_of(self._corners, view))
        self._paint_segments(painter, theme, view, line)
        at = corners[-1] if not self._ended else _lowest(corners)
        self._paint_total(painter, theme, view, at)


def _lowest(corners: Sequence[QPointF]) -> QPointF:
    return max(corners, key=QPointF.y)


def _area(held_m2: float) -> str:
    if held_m2 < _SMALL_M2:
        return f"{words.number(held_m2)} m²"
    return words.area(held_m2 / _M2_PER_KM2)
