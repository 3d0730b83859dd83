"""Text on a sheet: measured, wrapped and set line by line, so that nothing runs over.

QGIS wraps labels differently from version to version; here every line is a label of its own.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from qgis.core import (
    QgsLayout,
    QgsLayoutItem,
    QgsLayoutItemLabel,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsTextFormat,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QFont, QFontMetricsF

from layers.qgis.worker import compat
from layers.qgis.worker.colours import colour
from layers.qgis.worker.fonts import families_for, font_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MM_PER_POINT = 25.4 / 72
LEADING = 1.28
SLACK_MM = 3.0
NO_LINE_START = "、。，．：；！？）」』】〉》”’…·,.;:!?)]}%"
EAST_ASIAN = {"W", "F"}
ALIGN = {
    "left": Qt.AlignmentFlag.AlignLeft,
    "right": Qt.AlignmentFlag.AlignRight,
    "centre": Qt.AlignmentFlag.AlignHCenter,
}


@dataclass(frozen=True)
class Type:
    """How a text is set; the language chooses the form of shared characters."""

    size_pt: float
    bold: bool = False
    ink: str = "#222222"
    language: str = ""

    @property
    def line_mm(self) -> float:
        """Distance between two lines."""
        return self.size_pt * MM_PER_POINT * LEADING

    def font(self, text: str) -> QFont:
        """Return the font for a text, of families that have its characters."""
        font = font_for(text, self.language)
        font.setPointSizeF(self.size_pt)
        font.setBold(self.bold)
        return font


@lru_cache(maxsize=64)
def _metrics(families: tuple[str, ...], weight: str) -> QFontMetricsF:
    font = QFont(families[0])
    font.setFamilies(list(families))
    font.setPixelSize(1000)
    font.setBold(weight == "bold")
    return QFontMetricsF(font)


def width_mm(text: str, set_in: Type) -> float:
    """Return how wide a line is."""
    families = families_for(text, set_in.language)
    metrics = _metrics(families, "bold" if set_in.bold else "regular")
    return float(metrics.horizontalAdvance(text)) / 1000 * set_in.size_pt * MM_PER_POINT


def _units(paragraph: str) -> Iterator[str]:
    """Yield what must not be broken: words with the space after them, ideographs one by one."""
    word = ""
    for index, sign in enumerate(paragraph):
        wide = unicodedata.east_asian_width(sign) in EAST_ASIAN
        following = paragraph[index + 1 : index + 2]
        word += sign
        if (sign == " " or wide) and not (following and following in NO_LINE_START):
            yield word
            word = ""
    if word:
        yield word


def wrap(text: str, set_in: Type, limit_mm: float) -> list[str]:
    """Return the lines of a text that is at most `limit_mm` wide.

    A word wider than that is broken where it must be.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for unit in _units(paragraph):
            if line and width_mm((line + unit).rstrip(), set_in) > limit_mm:
                lines.append(line.rstrip())
                line = ""
            line += unit
            while len(line) > 1 and width_mm(line.rstrip(), set_in) > limit_mm:
                kept = len(line) - 1
                while kept > 1 and width_mm(line[:kept], set_in) > limit_mm:
                    kept -= 1
                lines.append(line[:kept])
                line = line[kept:]
        lines.append(line.rstrip())
    return lines


def text_format(text: str, set_in: Type) -> QgsTextFormat:
    """Return the type for items that take a text format."""
    written = QgsTextFormat()
    written.setFont(set_in.font(text))
    written.setSize(set_in.size_pt)
    written.setSizeUnit(compat.POINTS)
    written.setColor(colour(set_in.ink))
    return written


@dataclass(frozen=True)
class Frame:
    """A box on the page in millimetres."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.y + self.height


def place(item: QgsLayoutItem, frame: Frame) -> None:
    """Put a layout item into a box."""
    unit = compat.LAYOUT_MILLIMETRES
    item.attemptMove(QgsLayoutPoint(frame.x, frame.y, unit))
    item.attemptResize(QgsLayoutSize(frame.width, frame.height, unit))


def set_lines(
    layout: QgsLayout,
    lines: Sequence[str],
    frame: Frame,
    set_in: Type,
    align: str = "left",
) -> float:
    """Set lines from the top of a box; returns the lower edge of the last line."""
    for number, line in enumerate(lines):
        if not line:
            continue
        label = QgsLayoutItemLabel(layout)
        label.setText(line)
        if hasattr(label, "setTextFormat"):
            label.setTextFormat(text_format(line, set_in))
        else:  # before QGIS 3.24
            label.setFont(set_in.font(line))
            label.setFontColor(colour(set_in.ink))
        label.setMarginX(0)
        label.setMarginY(0)
        label.setHAlign(ALIGN[align])
        label.setVAlign(Qt.AlignmentFlag.AlignVCenter)
        layout.addLayoutItem(label)
        left = {"left": 0.0, "right": SLACK_MM, "centre": SLACK_MM / 2}[align]
        top = frame.y + (number - 0.25) * set_in.line_mm
        place(label, Frame(frame.x - left, top, frame.width + SLACK_MM, 1.5 * set_in.line_mm))
    return frame.y + len(lines) * set_in.line_mm
