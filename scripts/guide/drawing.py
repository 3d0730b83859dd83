"""Drawing proposals, what they gain, and their form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton

from planner.drawing.draft import load_draft, save_draft
from scripts.guide.map import VALLEY
from scripts.guide.scenarios import make_second
from scripts.screenshots import ScreenshotError
from ui.drawing.panel import DrawingPanel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scripts.guide.hand import Hand, Lonlat

_WAY: tuple[Lonlat, ...] = ((130.34, 44.02), (130.72, 44.12), (131.05, 43.98), (131.3, 43.9))
_WRITTEN_MS = 600
"""After which a drawing has been kept."""
_SOURCE: tuple[Lonlat, Lonlat] = ((127.6, 41.6), (130.0, 42.9))
"""The headwaters of the Tumen, between China and the DPRK."""
_NAMES = {
    "en": "Muling to Poltavka corridor",
    "zh": "穆棱至波尔塔夫卡廊道",
    "ru": "Коридор Мулин — Полтавка",
}


def tools(hand: Hand) -> None:
    """List what can be drawn."""
    hand.show(*VALLEY)
    hand.open("draw")
    hand.find(DrawingPanel, "drawing_panel").show_tools()
    hand.take("draw_tools")


def corridor(hand: Hand) -> None:
    """Draw a corridor by its middle line, the last point still in the hand."""
    make_second(hand)
    hand.show(*VALLEY)
    hand.do("draw.corridor")
    hand.settle()
    hand.desktop.drawing.tools.corridor.set_width(8000)
    hand.click(*_WAY[:-1])
    hand.move(_WAY[-1])
    hand.take("draw_corridor")
    hand.click(_WAY[-1])
    hand.key(Qt.Key.Key_Return)
    hand.settle()


def form(hand: Hand) -> None:
    """Fill in the form of the proposal that was drawn."""
    hand.once(lambda: bool(_drawn(hand)), lambda: corridor(hand))
    hand.show(*VALLEY)
    hand.select("proposal", _drawn(hand)[0])
    hand.do("proposal.edit")
    hand.settle()
    for language, name in _NAMES.items():
        _fill(hand, hand.find(QLineEdit, f"proposal_name_{language}"), name)
    _fill(hand, hand.find(QLineEdit, "proposal_lead"), "Joint working group")
    notes = hand.find(QPlainTextEdit, "proposal_notes")
    notes.setPlainText("The road at Suifenhe needs a crossing.")
    hand.find(DrawingPanel, "drawing_panel").form.flush()
    hand.settle()
    hand.take("proposal_form")


def national(hand: Hand) -> None:
    """Make each national part of the corridor a proposal, and leave it whole."""
    hand.once(lambda: bool(_drawn(hand)), lambda: corridor(hand))
    hand.show(*VALLEY)
    hand.select("proposal", _drawn(hand)[0])
    hand.do("proposal.edit")
    hand.settle()
    hand.find(QPushButton, "proposal_cut").click()
    hand.settle()
    hand.select("proposal", _drawn(hand)[-1])
    hand.do("proposal.edit")
    hand.settle()
    hand.show(*VALLEY)
    hand.take("national_parts")
    hand.desktop.session.undo()
    hand.settle()


def _fill(hand: Hand, line: QLineEdit, text: str) -> None:
    if line.text() != text:
        line.setFocus()
        line.setText(text)
        line.textEdited.emit(text)
        hand.key(Qt.Key.Key_Return, line)
        hand.settle()


def _drawn(hand: Hand) -> list[str]:
    return [row.key for row in hand.snapshot.features if row.key.startswith("drawn-")]


def corners(hand: Hand) -> None:
    """Move a point of the middle line."""
    hand.once(lambda: bool(_drawn(hand)), lambda: corridor(hand))
    hand.show(*VALLEY)
    hand.select("proposal", _drawn(hand)[0])
    hand.do("shape.corners")
    hand.settle()
    hand.move(_WAY[1])
    hand.take("move_corners")


def area(hand: Hand) -> None:
    """Draw an area by corners, along the border."""
    hand.show(*VALLEY)
    hand.do("draw.area")
    hand.settle()
    hand.click((130.75, 44.32), (130.95, 44.46), (131.1, 44.36), (131.1, 44.22))
    hand.move((130.95, 44.18))
    hand.take("draw_area")
    hand.key(Qt.Key.Key_Escape)


def pair(hand: Hand) -> None:
    """Let the cheapest way from a site follow the pointer."""
    hand.show(*_SOURCE)
    hand.do("draw.pair")
    hand.settle()
    hand.click((129.52, 42.53))
    hand.settle()
    hand.move((128.15, 42.1))
    hand.take("draw_pair")
    hand.canvas.set_tool(None)


def join(hand: Hand) -> None:
    """Join three sites at the springs of the Tumen, and leave them as they were."""
    hand.show(*_SOURCE)
    hand.do("draw.join")
    hand.settle()
    hand.click((128.3, 41.85), (127.95, 42.15), (128.72, 42.09))
    hand.key(Qt.Key.Key_Return)
    hand.settle()
    hand.take("draw_join")
    hand.desktop.session.undo()
    hand.settle()


def repair(hand: Hand) -> None:
    """Finish an outline that crosses itself."""
    hand.show(*VALLEY)
    hand.do("draw.area")
    hand.settle()
    hand.click((130.75, 44.1), (131.25, 44.35), (131.25, 44.1), (130.75, 44.35))
    hand.key(Qt.Key.Key_Return)
    hand.settle()
    hand.take("repair")
    hand.find(QPushButton, "drawing_offer_decline").click()
    hand.canvas.set_tool(None)


def unfinished(hand: Hand) -> None:
    """Come back to a drawing that was not finished when the window ended."""
    folder = hand.snapshot.path
    hand.show(*VALLEY)
    hand.do("draw.area")
    hand.settle()
    hand.click((130.75, 44.32), (130.95, 44.46), (131.1, 44.36))
    hand.pause(_WRITTEN_MS)
    draft = load_draft(folder)
    hand.canvas.set_tool(None)
    hand.pause(_WRITTEN_MS)
    if draft is None:
        raise ScreenshotError("the drawing was not kept")
    save_draft(folder, draft)
    hand.desktop.drawing.unfinished.open(folder, writable=True)
    hand.wait(lambda: hand.desktop.drawing.bar.offering, "offer to go on")
    hand.take("unfinished")
    hand.find(QPushButton, "drawing_offer_decline").click()


TASKS: Mapping[str, Callable[[Hand], None]] = {
    "draw_tools": tools,
    "draw_corridor": corridor,
    "proposal_form": form,
    "national_parts": national,
    "move_corners": corners,
    "draw_area": area,
    "draw_pair": pair,
    "draw_join": join,
    "repair": repair,
    "unfinished": unfinished,
}
