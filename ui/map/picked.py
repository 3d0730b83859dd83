"""What is selected on the map when it is more than one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from resources.translation import tr, tr_n
from ui import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ui.map.tools.select import How
    from ui.snapshot import Selection


class Picked(QObject):
    """Sites, corridors and proposals that are selected together, in the order of selecting."""

    changed = pyqtSignal()
    """Other things are selected now."""

    def __init__(self) -> None:
        super().__init__()
        self._items: tuple[Selection, ...] = ()

    @property
    def items(self) -> tuple[Selection, ...]:
        """What is selected."""
        return self._items

    def keys(self, kind: str) -> tuple[str, ...]:
        """Return the identifiers of the selected things of a kind, such as ``"site"``."""
        return tuple(item.key for item in self._items if item.kind == kind)

    def set(self, items: Iterable[Selection]) -> None:
        """Select things in place of those selected before."""
        wanted = tuple(dict.fromkeys(items))
        if wanted != self._items:
            self._items = wanted
            self.changed.emit()

    def combine(self, found: Iterable[Selection], how: How) -> None:
        """Select things in place of, or beside, those selected before, or not any more."""
        new = tuple(found)
        if how == "add":
            new = (*self._items, *new)
        elif how == "take":
            gone = set(new)
            new = tuple(item for item in self._items if item not in gone)
        self.set(new)

    def clear(self) -> None:
        """Select nothing."""
        self.set(())

    def told(self) -> str:
        """Return how much is selected, in words; empty for nothing."""
        counts = {kind: len(self.keys(kind)) for kind in ("site", "corridor", "proposal")}
        parts = (
            tr_n("{count} site", "{count} sites", counts["site"]),
            tr_n("{count} corridor", "{count} corridors", counts["corridor"]),
            tr_n("{count} proposal", "{count} proposals", counts["proposal"]),
        )
        held = [part for part, count in zip(parts, counts.values(), strict=True) if count]
        return tr("Selected: {what}", what=words.listed(held)) if held else ""


def combined(before: Iterable[int], found: Iterable[int], how: How) -> tuple[int, ...]:
    """Return identifiers of features after selecting some more, or fewer."""
    if how == "add":
        return tuple(sorted({*before, *found}))
    return tuple(sorted({*before} - {*found})) if how == "take" else tuple(sorted({*found}))
