"""The map: asking, selecting, measuring, places, bookmarks, borders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QLineEdit, QListView, QMenu, QToolButton

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scripts.guide.hand import Hand, Lonlat

ESTUARY: tuple[Lonlat, Lonlat] = ((129.9, 42.2), (132.1, 43.5))
"""Where the borders of three countries meet."""
_INSIDE_PX = 12
"""How far inside a list its first entry is sure to be."""
VALLEY: tuple[Lonlat, Lonlat] = ((129.9, 43.55), (131.8, 44.5))
"""From the Muling hills in China to the Poltavka side in Russia."""


def identify(hand: Hand) -> None:
    """Ask what lies where two countries' sites adjoin."""
    hand.show(*ESTUARY)
    hand.do("map.identify")
    hand.click((130.93, 43.1))
    hand.settle()
    hand.take("identify")


def select(hand: Hand) -> None:
    """Select sites by a box, and draw the next box."""
    hand.show(*ESTUARY)
    hand.open("sites")
    hand.do("map.select_box")
    hand.drag((130.3, 42.25), (131.0, 42.9), (131.3, 43.25))
    hand.settle()
    hand.take("select")


def measure(hand: Hand) -> None:
    """Measure a way in three legs, and an area."""
    hand.show(*ESTUARY)
    hand.do("map.measure")
    hand.click((130.65, 42.5), (130.75, 42.95), (131.2, 43.25))
    hand.move((131.75, 43.1))
    hand.take("measure_distance")
    hand.canvas.set_tool(None)
    hand.do("map.measure_area")
    hand.click((130.65, 42.5), (130.75, 42.95), (131.2, 43.25))
    hand.move((131.5, 42.9))
    hand.take("measure_area")


def go_to(hand: Hand) -> None:
    """Go to a place by its numbers."""
    hand.show(*ESTUARY)
    hand.do("map.go_to")
    line = hand.find(QLineEdit, "go_to_field")
    line.setText("42.85 N, 130.6 E")
    hand.key(Qt.Key.Key_Return, line)
    hand.settle()
    hand.move((130.6, 42.85))
    hand.take("go_to")
    hand.desktop.parts.map_area.go_to.close_card()


def bookmarks(hand: Hand) -> None:
    """Keep two views of the map."""
    desk = hand.desktop.map.bookmarks
    for name, corners in (
        ("Tumen estuary", ((130.3, 42.2), (131.2, 42.8))),
        ("Khanka", ((131.6, 44.4), (133.2, 45.4))),
    ):
        known = [bookmark.name for bookmark in hand.snapshot.bookmarks]
        hand.show(*corners)
        if name not in known:
            desk.add(name)
            hand.settle()
    hand.open("bookmarks")
    listed = hand.find(QListView, "bookmark_list")
    desk.go(hand.snapshot.bookmarks[0].fid)
    hand.settle()
    listed.setCurrentIndex(listed.indexAt(QPoint(_INSIDE_PX, _INSIDE_PX)))
    hand.take("bookmarks")


def borders(hand: Hand) -> None:
    """Show which lines of borders can be chosen."""
    button = hand.find(QToolButton, "borders")
    hand.take_menu("borders", hand.find(QMenu, "borders_menu"), button)


TASKS: Mapping[str, Callable[[Hand], None]] = {
    "identify": identify,
    "select": select,
    "measure": measure,
    "go_to": go_to,
    "bookmarks": bookmarks,
    "borders": borders,
}
