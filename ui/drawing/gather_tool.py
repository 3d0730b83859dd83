"""Gathers things of the map by clicks: sites to join, proposals to merge, planning units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from typing_extensions import override

from resources.translation import tr
from ui.drawing import painting
from ui.drawing.drawing_tool import DrawingTool
from ui.map.overlay import Outline

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PyQt6.QtGui import QKeyEvent, QPainter
    from shapely.geometry.base import BaseGeometry

    from ui.map.tool import Pointer
    from ui.map.view_state import ViewState
    from ui.theme import Theme

_FINISH_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_BACK_KEYS = frozenset({Qt.Key.Key_Backspace, Qt.Key.Key_Delete})
REACH_PX = 6.0


@dataclass(frozen=True)
class Thing:
    """Something that can be gathered.

    Parameters
    ----------
    key : str
        Its identifier.
    title : str
        What people call it.
    geometry : shapely geometry
        In the map's CRS.
    """

    key: str
    title: str
    geometry: BaseGeometry


class GatherTool(DrawingTool):
    """Adds what is clicked, takes it away at the second click, and ends with Enter.

    Parameters
    ----------
    find : callable
        From a place and a reach in map units to what lies there, or None.
    least : int
        How many make a finished choice.
    hint : str
        What to click, as a sentence.
    brush : bool
        Whether a drag gathers everything under it, rather than moving the map.
    """

    gathered = pyqtSignal(object)
    """The choice has changed; carries the things in the order they were clicked."""
    completed = pyqtSignal(object)
    """The choice is finished; carries the things."""

    def __init__(
        self,
        find: Callable[[float, float, float], Thing | None],
        *,
        least: int,
        hint: str,
        brush: bool = False,
    ) -> None:
        super().__init__()
        self._find = find
        self._least = least
        self._hint = hint
        self._brush = brush
        self._things: dict[str, tuple[Thing, Outline]] = {}
        self._taken_back: list[tuple[Thing, Outline]] = []
        self._begun_with: tuple[Thing, ...] = ()
        self._adding: bool | None = None
        self._hover: tuple[Thing, Outline] | None = None
        self._at: Pointer | None = None

    @property
    def things(self) -> tuple[Thing, ...]:
        """What is gathered so far."""
        return tuple(thing for thing, _ in self._things.values())

    def begin_with(self, things: Sequence[Thing]) -> None:
        """Take things as gathered already, such as what is selected."""
        self._begun_with = tuple(things)

    @override
    def carried(self) -> tuple[Thing, ...]:
        return self.things

    @override
    def take_over(self, state: object) -> None:
        if isinstance(state, tuple):
            for thing in state:
                if thing.key not in self._things:
                    self.toggle(thing)

    def toggle(self, thing: Thing) -> None:
        """Add something, or take it away."""
        self._taken_back.clear()
        if thing.key in self._things:
            del self._things[thing.key]
        else:
            self._things[thing.key] = (thing, Outline(thing.geometry))
        self._tell()

    def finish(self) -> bool:
        """End the choice where it holds enough; tells whether it does."""
        things = self.things
        if len(things) < self._least:
            self.advice.emit(self._hint)
            return False
        self._things.clear()
        self._tell()
        self.completed.emit(things)
        return True

    def give_up(self) -> None:
        """Drop the choice; where nothing is chosen, give way to the usual tool."""
        if self._things:
            self._things.clear()
            self._tell()
        else:
            self.finished.emit()

    @override
    def undo(self) -> bool:
        if not self._things:
            return False
        self._taken_back.append(self._things.popitem()[1])
        self._tell()
        return True

    @override
    def redo(self) -> bool:
        if not self._taken_back:
            return False
        item = self._taken_back.pop()
        self._things[item[0].key] = item
        self._tell()
        return True

    def _tell(self) -> None:
        self.gathered.emit(self.things)
        enough = len(self._things) >= self._least
        self.advice.emit(
            tr("Press Enter to finish, or click further ones; a second click takes one away.")
            if enough
            else self._hint
        )
        self.changed.emit()

    @override
    def activated(self) -> None:
        self._things = {item.key: (item, Outline(item.geometry)) for item in self._begun_with}
        self._taken_back.clear()
        self._tell()

    @override
    def deactivated(self) -> None:
        self._things.clear()
        self._hover = None

    @override
    def pressed(self, pointer: Pointer) -> bool:
        if not self._brush or pointer.button != Qt.MouseButton.LeftButton:
            return False
        found = self._found(pointer)
        self._adding = None if found is None else found.key not in self._things
        if found is not None:
            self.toggle(found)
        return True

    @override
    def moved(self, pointer: Pointer) -> bool:
        found = self._found(pointer)
        self._at = pointer
        if self._brush and pointer.held and found is not None:
            if self._adding is None:
                self._adding = found.key not in self._things
            if (found.key in self._things) != self._adding:
                self.toggle(found)
        hovered = None if self._hover is None else self._hover[0].key
        if (None if found is None else found.key) != hovered:
            self._hover = None if found is None else (found, Outline(found.geometry))
        self.changed.emit()
        return self._brush and pointer.held

    @override
    def released(self, pointer: Pointer) -> bool:
        if pointer.button != Qt.MouseButton.LeftButton:
            return False
        if not self._brush and (found := self._found(pointer)) is not None:
            self.toggle(found)
        self._adding = None
        return True

    @override
    def double_clicked(self, pointer: Pointer) -> bool:
        return True

    @override
    def key_pressed(self, event: QKeyEvent) -> bool:
        key = event.key()
        if self.took_step(event):
            return True
        if key in _FINISH_KEYS:
            self.finish()
        elif key in _BACK_KEYS:
            self.undo()
        elif key == Qt.Key.Key_Escape:
            self.give_up()
        else:
            return False
        return True

    def _found(self, pointer: Pointer) -> Thing | None:
        return self._find(*pointer.place, REACH_PX * pointer.resolution)

    @override
    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        for _, outline in self._things.values():
            painting.paint_outline(painter, view, theme, outline)
        if self._hover is None or self._at is None:
            return
        thing, outline = self._hover
        if thing.key not in self._things:
            painting.paint_outline(painter, view, theme, outline, filled=False)
        if thing.title:
            at = painting.pixels([self._at.place], view)[0]
            painting.paint_tag(painter, theme, at, thing.title)


class PlaceTool(DrawingTool):
    """Waits for one click, such as into the hole that is to be filled.

    Parameters
    ----------
    find : callable
        From a place and a reach to what a click there would mean, or None.
    hint : str
        What to click, as a sentence.
    """

    chosen = pyqtSignal(object)
    """Something was clicked; carries the `Thing`."""

    def __init__(
        self, find: Callable[[float, float, float], Thing | None], *, hint: str
    ) -> None:
        super().__init__()
        self._find = find
        self._hint = hint
        self._hover: Thing | None = None

    @override
    def activated(self) -> None:
        self.advice.emit(self._hint)

    @override
    def moved(self, pointer: Pointer) -> bool:
        self._hover = self._find(*pointer.place, REACH_PX * pointer.resolution)
        self.changed.emit()
        return False

    @override
    def released(self, pointer: Pointer) -> bool:
        if pointer.button != Qt.MouseButton.LeftButton:
            return False
        found = self._find(*pointer.place, REACH_PX * pointer.resolution)
        if found is not None:
            self._hover = None
            self.chosen.emit(found)
        return True

    @override
    def key_pressed(self, event: QKeyEvent) -> bool:
        if self.took_step(event):
            return True
        if event.key() != Qt.Key.Key_Escape:
            return False
        self.finished.emit()
        return True

    @override
    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        if self._hover is not None:
            painting.paint_geometry(painter, view, theme, self._hover.geometry)
