"""Finding things, keys, languages and appearance; jobs, history and errors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scripts.guide.map import ESTUARY
from ui.history.tidy_dialog import TidyDialog
from ui.last_resort import ErrorWindow
from ui.scrubbed import error_report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scripts.guide.hand import Hand

_LOG = Path("~/.local/state/landbridge/log/landbridge.log")
_LARGE, _USUAL = 150, 100


def palette(hand: Hand) -> None:
    """Look for a name, with what is found below the line."""
    box = hand.desktop.parts.top_bar.search
    box.open()
    box.setText("hun")
    hand.take("palette")
    box.popup.hide()
    box.clear()


def shortcuts(hand: Hand) -> None:
    """List the keys, one command chosen."""
    dialog = hand.desktop.settings.show_shortcuts()
    dialog.choose("map.identify")
    hand.take_over("shortcuts", dialog)
    dialog.reject()


def preferences(hand: Hand) -> None:
    """Show the preferences."""
    dialog = hand.desktop.settings.show_preferences()
    hand.take_over("preferences", dialog)
    dialog.reject()


def dark(hand: Hand) -> None:
    """Show the dark appearance, with larger text."""
    hand.show(*ESTUARY)
    hand.open("sites")
    hand.select("site", hand.site("Hunchun"))
    hand.do("view.appearance_dark")
    hand.take("dark")
    hand.do("view.appearance_light")
    hand.desktop.settings.set_text_scale(_LARGE)
    hand.take("large_text")
    hand.desktop.settings.set_text_scale(_USUAL)


def languages(hand: Hand) -> None:
    """Show the window in another language than the guide's."""
    spoken = hand.language
    hand.speak("zh" if spoken == "en" else "en")
    hand.show(*ESTUARY)
    hand.open("sites")
    hand.select("site", hand.site("Hunchun"))
    hand.take("languages")
    hand.speak(spoken)


def jobs(hand: Hand) -> None:
    """Make the plan anew, and look on."""
    hand.open("jobs")
    log = hand.desktop.job_log
    hand.do("project.plan")
    hand.wait(lambda: any(note.took_s > 1 for note in log.active), "job")
    hand.keep("jobs", hand.desktop.window.grab().toImage())
    hand.wait(lambda: not log.active, "plan")


def history(hand: Hand) -> None:
    """List the edits."""
    hand.open("history")
    hand.take("history")


def tidy(hand: Hand) -> None:
    """Ask how much of undo is to be kept."""
    hand.do("project.tidy")
    dialog = hand.find(TidyDialog, "tidy_dialog")
    dialog.kept.setCurrentIndex(dialog.kept.count() - 1)
    dialog.ask()
    hand.wait(lambda: dialog.found is not None, "what would be freed")
    hand.take_over("tidy", dialog)
    dialog.reject()


def error(hand: Hand) -> None:
    """Show what comes when something went wrong that nobody expected."""
    dialog = ErrorWindow(_LOG, hand.desktop.window)
    try:
        int("wide")
    except ValueError as caught:
        dialog.add(error_report(type(caught), caught, caught.__traceback__))
    dialog.show()
    hand.take_over("error", dialog)
    dialog.close()


TASKS: Mapping[str, Callable[[Hand], None]] = {
    "palette": palette,
    "shortcuts": shortcuts,
    "preferences": preferences,
    "dark": dark,
    "languages": languages,
    "jobs": jobs,
    "history": history,
    "tidy": tidy,
    "error": error,
}
