"""The window made anew over the same project, as when another language is chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from PyQt6.QtCore import QLocale, QMetaMethod, QObject, QTimer

from resources.errors import UsageError
from resources.translation import LANGUAGES, language, set_language, tr
from ui import words

if TYPE_CHECKING:
    from ui.background import Background
    from ui.main_window import WindowParts
    from ui.preferences import PreferenceStore
    from ui.session import Session

_QUIET_MS = 30
_QUIET_LOOKS = 2
"""How often it is looked, and how often nothing may run: what has ended is told first."""


class Renewable(Protocol):
    """What `Renewal` needs of the desktop."""

    background: Background
    parts: WindowParts
    preferences: PreferenceStore
    session: Session

    def build_anew(self) -> None:
        """Make the window anew."""
        ...

    def store_what_was_typed(self) -> None:
        """Have forms that store by themselves store what was typed, without waiting."""
        ...


class Renewal(QObject):
    """Makes the window anew as soon as nothing runs beside it.

    Parameters
    ----------
    desktop : Renewable
        Whose window it is.
    """

    def __init__(self, desktop: Renewable) -> None:
        super().__init__()
        self._desktop = desktop
        self._language = ""
        self._quiet_for = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_QUIET_MS)
        self._timer.timeout.connect(self._try)

    @property
    def waiting(self) -> bool:
        """Whether the window is to be made anew."""
        return self._timer.isActive()

    def speak(self, code: str) -> None:
        """Make the window anew in another language, once what runs has ended."""
        if code in {language(), self._language}:
            return
        self._language = code
        self.ask()

    def ask(self) -> None:
        """Make the window anew, once what runs has ended."""
        self._desktop.store_what_was_typed()
        running = self._running()
        if running:
            self._desktop.parts.strip.say(
                tr("The window changes as soon as this has ended: {job}", job=running)
            )
        self._timer.start()

    def stop(self) -> None:
        """Leave the window as it is."""
        self._timer.stop()

    def _running(self) -> str:
        jobs = [job for job in self._desktop.background.jobs if not job.state.is_final]
        return jobs[0].label if jobs else ""

    def _try(self) -> None:
        if not self._is_quiet():
            self._quiet_for = 0
            return
        self._quiet_for += 1
        if self._quiet_for < _QUIET_LOOKS:
            return
        self._quiet_for = 0
        code, self._language = self._language, ""
        if code and not self._spoken(code):
            self._timer.stop()
            return
        if code and self._desktop.session.snapshot is not None:
            # What was read of the project holds names and numbers in words of before.
            self._desktop.session.refresh()
            return
        self._timer.stop()
        self._desktop.build_anew()

    def _is_quiet(self) -> bool:
        stage = self._desktop.parts.map_area.stage
        maps = (self._desktop.parts.map_area.canvas, stage.second)
        drawing = any(canvas is not None and canvas.loop.busy for canvas in maps)
        return self._desktop.background.settled and not drawing

    def _spoken(self, code: str) -> bool:
        """Speak a language and keep the wish; False where its words cannot be read."""
        try:
            set_language(code)
        except UsageError as error:
            self._desktop.parts.strip.say(words.problem(error))
            return False
        store = self._desktop.preferences
        store.keep(replace(store.values, language=code))
        return True


def let_go_of_listeners(*objects: QObject) -> None:
    """Disconnect whoever listens to the public signals of objects that outlive the window."""
    for sender in objects:
        about = sender.metaObject()
        if about is None:
            continue
        for place in range(about.methodOffset(), about.methodCount()):
            method = about.method(place)
            name = method.name().data().decode()
            if method.methodType() != QMetaMethod.MethodType.Signal or name.startswith("_"):
                continue
            try:
                getattr(sender, name).disconnect()
            except TypeError:  # nobody listens
                continue


def speak(preferences: PreferenceStore) -> None:
    """Speak the language that was chosen, or the system's own where Landbridge knows it."""
    code = preferences.values.language or QLocale.system().name().partition("_")[0]
    if code in LANGUAGES:
        try:
            set_language(code)
        except UsageError as error:
            preferences.problem = words.problem(error)
