"""What the window can do, by name: one list for menus, shortcuts and the command palette."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QAction, QKeySequence

from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PyQt6.QtWidgets import QWidget


@dataclass(frozen=True)
class Deed:
    """One thing the window can do.

    Parameters
    ----------
    key : str
        Stable name, such as ``"map.zoom_in"``; what a changed shortcut is stored under.
    group : str
        Heading it stands under, in the reader's language.
    action : QAction
        Does it; its text is a verb with its object.
    usual_keys : tuple of str
        Shortcuts it comes with, in Qt's portable text.
    """

    key: str
    group: str
    action: QAction
    usual_keys: tuple[str, ...]


class Actions(QObject):
    """Holds every deed of a window.

    Parameters
    ----------
    window : QWidget
        Given the actions, so that their shortcuts work anywhere in it.
    own_keys : mapping of str to sequence of str, optional
        Shortcuts the user has chosen, by the names of the deeds.
    """

    changed = pyqtSignal()
    """A deed was added, or its shortcuts have changed."""

    def __init__(
        self, window: QWidget, own_keys: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        super().__init__(window)
        self._own_keys = dict(own_keys or {})
        self._window = window
        self._deeds: dict[str, Deed] = {}

    def add(
        self,
        key: str,
        text: str,
        act: Callable[[], object],
        *,
        group: str,
        keys: Sequence[str] = (),
    ) -> QAction:
        """Add a deed and return its action, for menus and tool bars.

        Parameters
        ----------
        key : str
            Stable name, such as ``"map.zoom_in"``.
        text : str
            Verb with its object, in the reader's language.
        act : callable
            Does it.
        group : str
            Heading in the list of commands.
        keys : sequence of str
            Shortcuts it comes with, such as ``("Ctrl+K",)``.

        Raises
        ------
        UsageError
            There is a deed of this name already.
        """
        if key in self._deeds:
            raise UsageError(f"There are two commands named {key!r}.")
        action = QAction(text, self._window)
        action.setObjectName(f"action_{key.replace('.', '_')}")
        chosen = self._own_keys.get(key, keys)
        action.setShortcuts([QKeySequence(item) for item in chosen])
        action.triggered.connect(lambda _checked: act())
        self._window.addAction(action)
        self._deeds[key] = Deed(key, group, action, tuple(keys))
        self.changed.emit()
        return action

    @property
    def deeds(self) -> tuple[Deed, ...]:
        """Everything there is, in the order it was added."""
        return tuple(self._deeds.values())

    def deed(self, key: str) -> Deed:
        """Return a deed by its name.

        Raises
        ------
        UsageError
            There is none.
        """
        if key not in self._deeds:
            raise UsageError(f"There is no command named {key!r}.")
        return self._deeds[key]

    def set_keys(self, key: str, keys: Sequence[str]) -> None:
        """Give a deed other shortcuts."""
        self.deed(key).action.setShortcuts([QKeySequence(item) for item in keys])
        self.changed.emit()
