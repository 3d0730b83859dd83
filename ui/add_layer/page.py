"""What every form for a new layer has: what it asks, what it wishes, what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QWidget

from resources.translation import tr
from ui.add_layer.fields import line

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.qgis.answers import PostgresTable
    from layers.qgis.credentials import Credentials
    from planner.jobs import JobControl
    from ui.add_layer.wishes import Wish

T = TypeVar("T")


class Looking(Protocol):
    """Looks at files and servers beside the window."""

    def look(
        self,
        label: str,
        work: Callable[[JobControl], T],
        done: Callable[[T], None],
        failed: Callable[[str], None],
    ) -> None:
        """Run `work` beside the window and hand over what it found, or why not."""

    def tables_of(
        self, source: str, credentials: Credentials | None
    ) -> tuple[PostgresTable, ...]:
        """Return the tables of a PostGIS database; called beside the window."""


class WishPage(QWidget):
    """A form that comes to a wish."""

    changed = pyqtSignal()
    """Another wish, or none."""
    problem_met = pyqtSignal(str)
    """What does not fit, as a sentence; empty when all is well."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.name = line(f"{name}_name", tr("Name of the layer"))
        self.note = line(
            f"{name}_note",
            tr("Source and licence"),
            tr("Who made it, when, under which licence"),
        )
        self.name.textChanged.connect(lambda _: self.changed.emit())
        self._suggested = ""

    @property
    def wish(self) -> Wish | None:
        """What the form comes to; None while something is missing."""
        raise NotImplementedError

    def suggest_name(self, text: str) -> None:
        """Write a name where nobody has written one."""
        if self.name.text().strip() in {"", self._suggested}:
            self._suggested = text
            self.name.setText(text)
