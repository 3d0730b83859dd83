"""Preferences, keys, size of the text, and closing: what concerns the window as a whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal

from resources.translation import tr
from ui.closing import ClosingDialog, running
from ui.preferences import TEXT_SCALES
from ui.preferences_dialog import PreferencesDialog
from ui.shortcuts import ShortcutsDialog
from ui.theme import set_text_scale

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QDialog

    from ui.jobs.log import JobLog
    from ui.main_window import MainWindow
    from ui.preferences import PreferenceStore
    from ui.renewal import Renewal

_USUAL_SCALE = 100


class SettingsDesk(QObject):
    """Ties the preferences to the window.

    Parameters
    ----------
    window : MainWindow
        Whose preferences they are.
    preferences : PreferenceStore
        Where they are kept.
    renewal : Renewal
        Makes the window anew in another language.
    log : JobLog
        What runs, for closing.
    """

    text_scale_changed = pyqtSignal()
    said = pyqtSignal(str)

    def __init__(
        self,
        window: MainWindow,
        preferences: PreferenceStore,
        renewal: Renewal,
        log: JobLog,
    ) -> None:
        super().__init__()
        self._window = window
        self._preferences = preferences
        self._renewal = renewal
        self._log = log
        self._waits = False
        window.close_guard = self.may_close
        log.changed.connect(self._on_jobs)
        self._add_deeds()
        wish = window.deeds.deed(f"view.appearance_{preferences.values.appearance}")
        wish.action.setChecked(True)

    def _add_deeds(self) -> None:
        add = self._window.deeds.add
        project, view = tr("Project"), tr("View")
        add(
            "project.preferences",
            tr("Preferences…"),
            self.show_preferences,
            group=project,
            keys=("Ctrl+,",),
        )
        add(
            "project.shortcuts",
            tr("Keyboard shortcuts…"),
            self.show_shortcuts,
            group=project,
            keys=("Ctrl+F1",),
        )
        for name, text, act, keys in (
            ("larger", tr("Larger text"), lambda: self._step_text(1), "Ctrl+Alt++"),
            ("smaller", tr("Smaller text"), lambda: self._step_text(-1), "Ctrl+Alt+-"),
            ("usual", tr("Usual text"), lambda: self.set_text_scale(_USUAL_SCALE), ""),
        ):
            add(f"view.text_{name}", text, act, group=view, keys=(keys,) if keys else ())

    def show_preferences(self) -> PreferencesDialog:
        """Show the preferences, without holding up the window."""
        dialog = PreferencesDialog(self._preferences, self._window)
        dialog.language_chosen.connect(self._renewal.speak)
        dialog.appearance_chosen.connect(self._window.theme_requested)
        dialog.text_scale_chosen.connect(self.set_text_scale)
        dialog.shortcuts_wanted.connect(self.show_shortcuts)
        dialog.layout_reset_wanted.connect(self._window.reset_layout)
        _open(dialog)
        return dialog

    def show_shortcuts(self) -> ShortcutsDialog:
        """Show every command with its keys."""
        dialog = ShortcutsDialog(self._window.deeds, self._window)
        dialog.keys_changed.connect(self._on_keys_changed)
        _open(dialog)
        return dialog

    def set_text_scale(self, percent: int) -> None:
        """Show all text in another size, per cent of the platform's own."""
        store = self._preferences
        store.keep(replace(store.values, text_scale=percent))
        set_text_scale(percent)
        self.text_scale_changed.emit()
        self.said.emit(tr("Text at {number} %", number=percent))

    def _step_text(self, steps: int) -> None:
        place = TEXT_SCALES.index(self._preferences.values.text_scale) + steps
        self.set_text_scale(TEXT_SCALES[min(max(place, 0), len(TEXT_SCALES) - 1)])

    def _on_keys_changed(self, keys: dict[str, tuple[str, ...]]) -> None:
        store = self._preferences
        store.keep(replace(store.values, shortcuts=keys))
        if store.problem:
            self.said.emit(store.problem)

    # Closing.

    def may_close(self) -> bool:
        """Tell whether the window may be closed now; ask where something runs."""
        if not running(self._log):
            return True
        dialog = ClosingDialog(self._log, self._window)
        dialog.cancel_wanted.connect(self._window.close)
        dialog.wait_wanted.connect(self._wait)
        _open(dialog)
        return False

    def _wait(self) -> None:
        self._waits = True
        self.said.emit(tr("The window closes when what runs has ended."))
        self._on_jobs()

    def _on_jobs(self) -> None:
        if self._waits and not self._log.active:
            self._waits = False
            QTimer.singleShot(0, self._window.close)  # what has ended is told first


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
