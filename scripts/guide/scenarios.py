"""Scenarios, comparing them, and the sheet for the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.guide.map import VALLEY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scripts.guide.hand import Hand
    from ui.compare.stage import Mode

WIDER = "With the Muling corridor"
_NOTE = "The plan as computed, and the corridor that the working group drew."


def _two(hand: Hand) -> tuple[str, str]:
    """Return the ids of the first scenario and of the one that was duplicated."""
    desk, first = hand.desktop.scenarios, hand.snapshot.scenarios[0][0]
    hand.once(lambda: len(hand.snapshot.scenarios) > 1, lambda: desk.duplicate(first))
    second, name = hand.snapshot.scenarios[1]
    if name != WIDER:
        desk.rename(second, WIDER)
        hand.settle()
        desk.note(second, _NOTE)
        hand.settle()
    return first, second


def make_second(hand: Hand) -> None:
    """Make a second scenario and show it, so that drawing leaves the first alone."""
    _, second = _two(hand)
    hand.desktop.session.show_scenario(second)
    hand.settle()


def scenarios(hand: Hand) -> None:
    """List two scenarios, the second one with its note."""
    first, second = _two(hand)
    del first
    hand.open("scenarios")
    hand.desktop.scenarios.panel.choose(second)
    hand.take("scenarios")


def numbers(hand: Hand) -> None:
    """Compare two scenarios in numbers."""
    hand.desktop.scenarios.show_numbers(_two(hand))
    hand.settle()
    hand.take("compare_numbers")
    hand.desktop.window.docks.fold(("comparison",))


def maps(hand: Hand) -> None:
    """Compare two scenarios on the map, swiped and side by side."""
    hand.show(*VALLEY)
    first, _ = _two(hand)
    compare = hand.desktop.compare
    modes: tuple[tuple[str, Mode], ...] = (("compare_swipe", "swipe"), ("compare_side", "side"))
    for name, mode in modes:
        compare.start(first, mode)
        hand.wait(lambda: compare.second is not None, "second map")
        hand.settle()
        hand.wait(lambda: compare.is_drawn, "picture of the second map")
        hand.take(name)
    compare.stop()


def sheet(hand: Hand) -> None:
    """Prepare a sheet in two languages."""
    hand.open("print")
    panel = hand.desktop.sheet.panel
    preview, second = panel.preview, panel.second
    hand.wait(lambda: preview.image is not None, "preview of the sheet")
    wanted = "en" if hand.language == "zh" else "zh"
    if second.currentData() != wanted:
        first = preview.image
        second.setCurrentIndex(second.findData(wanted))
        hand.wait(
            lambda: preview.image is not None and preview.image is not first,
            "preview in two languages",
        )
    hand.take("print")


TASKS: Mapping[str, Callable[[Hand], None]] = {
    "scenarios": scenarios,
    "compare_numbers": numbers,
    "compare_maps": maps,
    "print": sheet,
}
