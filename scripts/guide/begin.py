"""Starting: the window, the page it begins with, and the wizard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QPoint
from PyQt6.QtWidgets import QApplication, QPushButton

from scripts.guide.hand import mouse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scripts.guide.hand import Hand

_BOX = ((0.64, 0.29), (0.72, 0.4))
"""Corners of the box that is drawn on the small map of the wizard, as shares of it."""
STEPS = ("where", "species", "cells", "own_data")


def window(hand: Hand) -> None:
    """Show a site in the whole window."""
    hand.show_habitat(shown=True)
    hand.open("sites")
    hand.select("site", hand.site("Hunchun"))
    hand.take("window")


def start(hand: Hand) -> None:
    """Show the page the window begins with, and its check of the computer."""
    begin = hand.desktop.begin
    begin.keep_picture()
    hand.desktop.ask()
    hand.settle()
    again = hand.find(QPushButton, "check_again")
    hand.wait(again.isEnabled, "check of the computer")
    hand.take("start")


def wizard(hand: Hand) -> None:
    """Make a project for a box that is drawn on the small map."""
    begin = hand.desktop.begin
    begin.show_wizard()
    steps = begin.page.wizard
    hand.settle()
    small = steps.region_step.map
    for kind, (x, y) in (
        (QEvent.Type.MouseButtonPress, _BOX[0]),
        (QEvent.Type.MouseMove, _BOX[1]),
        (QEvent.Type.MouseButtonRelease, _BOX[1]),
    ):
        at = QPoint(round(x * small.width()), round(y * small.height()))
        QApplication.sendEvent(small, mouse(kind, small, at, held=True))
    hand.take("wizard_where")
    for number, name in enumerate(STEPS[1:], 1):
        steps.show_step(number)
        if name == "cells":
            steps.name_step.name.setText("Amur and Ussuri")
        hand.take(f"wizard_{name}")
    hand.desktop.begin.page.show_overview()


TASKS: Mapping[str, Callable[[Hand], None]] = {
    "window": window,
    "start": start,
    "wizard": wizard,
}
