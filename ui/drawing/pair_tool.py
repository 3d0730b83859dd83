"""Joins two sites by a corridor that is found while the pointer moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from typing_extensions import override

from resources.translation import tr
from ui.drawing import painting
from ui.drawing.drawing_tool import DrawingTool
from ui.drawing.gather_tool import REACH_PX, Thing
from ui.map.overlay import Outline

if TYPE_CHECKING:
    from collections.abc import Callable

    from PyQt6.QtGui import QKeyEvent, QPainter

    from planner.drawing.least_cost import LiveCorridor, LivePath
    from ui.map.tool import Pointer
    from ui.map.view_state import Point, ViewState
    from ui.theme import Theme


class PairTool(DrawingTool):
    """First site, then the cheapest way to wherever the pointer is, then the second site.

    Parameters
    ----------
    find : callable
        From a place and a reach in map units to the site that lies there, or None.
    width_m : float
        Width of the corridor.
    """

    begun = pyqtSignal(object)
    """The first site was chosen; carries the `Thing`. A path is wanted from there."""
    aimed = pyqtSignal()
    """The way has changed with the pointer."""
    completed = pyqtSignal(object, object)
    """Both sites were chosen; carries them."""

    def __init__(
        self, find: Callable[[float, float, float], Thing | None], width_m: float
    ) -> None:
        super().__init__()
        self.width_m = width_m
        self._find = find
        self._first: Thing | None = None
        self._taken_back: Thing | None = None
        self._outline: Outline | None = None
        self._ways: LiveCorridor | None = None
        self._way: LivePath | None = None
        self._hover: Thing | None = None
        self._at: Point | None = None

    @property
    def first(self) -> Thing | None:
        """The site that the corridor begins at."""
        return self._first

    @property
    def line(self) -> tuple[Point, ...]:
        """The way to where the pointer is; nothing where there is none."""
        return self._way.points if self._way is not None and self._way.reached else ()

    def set_ways(self, site: str, ways: LiveCorridor) -> None:
        """Show ways from a site, if it is still the first one."""
        if self._first is not None and self._first.key == site:
            self._ways = ways
            self._find_way()
            self._tell()

    def set_width(self, width_m: float) -> None:
        """Show the corridor with another width."""
        self.width_m = width_m
        self.changed.emit()

    def give_up(self) -> None:
        """Forget the first site; where there is none, give way to the usual tool."""
        if self._first is None:
            self.finished.emit()
        else:
            self._forget()

    @override
    def undo(self) -> bool:
        if self._first is None:
            return False
        first = self._first
        self._forget()
        self._taken_back = first
        return True

    @override
    def redo(self) -> bool:
        if self._taken_back is None:
            return False
        self._begin(self._taken_back)
        return True

    def _begin(self, site: Thing) -> None:
        self._first, self._outline, self._taken_back = site, Outline(site.geometry), None
        self._tell()
        self.begun.emit(site)

    def _forget(self) -> None:
        self._taken_back = None
        self._first = self._outline = self._ways = self._way = None
        self._tell()

    def _tell(self) -> None:
        if self._first is None:
            hint = tr("Click the first site.")
        elif self._ways is None:
            hint = tr("Finding the ways from {site}…", site=self._first.title)
        elif self._way is not None and not self._way.reached:
            hint = tr("No way leads there from {site}.", site=self._first.title)
        else:
            hint = tr("Click the second site. Escape begins anew.")
        self.advice.emit(hint)
        self.changed.emit()

    @override
    def activated(self) -> None:
        self._forget()

    @override
    def deactivated(self) -> None:
        self._forget()

    @override
    def moved(self, pointer: Pointer) -> bool:
        self._at = pointer.place
        self._hover = self._find(*pointer.place, REACH_PX * pointer.resolution)
        had = bool(self.line)
        self._find_way()
        if had != bool(self.line):
            self._tell()
        self.aimed.emit()
        self.changed.emit()
        return False

    @override
    def released(self, pointer: Pointer) -> bool:
        if pointer.button != Qt.MouseButton.LeftButton:
            return False
        found = self._find(*pointer.place, REACH_PX * pointer.resolution)
        if found is None:
            self.advice.emit(tr("There is no site here: click inside one."))
        elif self._first is None:
            self._begin(found)
        elif found.key == self._first.key:
            self.advice.emit(tr("That is the first site: click another one."))
        else:
            first = self._first
            self._forget()
            self.completed.emit(first, found)
        return True

    @override
    def double_clicked(self, pointer: Pointer) -> bool:
        return True

    @override
    def key_pressed(self, event: QKeyEvent) -> bool:
        if self.took_step(event):
            return True
        if event.key() not in {Qt.Key.Key_Escape, Qt.Key.Key_Backspace}:
            return False
        self.give_up()
        return True

    def _find_way(self) -> None:
        if self._ways is None or self._at is None:
            self._way = None
        else:
            self._way = self._ways.path_to(*self._at)

    @override
    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        if self._outline is not None:
            painting.paint_outline(painter, view, theme, self._outline)
        if len(self.line) > 1:
            painting.paint_band(painter, view, theme, self.line, self.width_m)
            painting.paint_line(painter, view, theme, self.line)
        if self._hover is None or self._at is None:
            return
        if self._first is None or self._hover.key != self._first.key:
            outline = Outline(self._hover.geometry)
            painting.paint_outline(painter, view, theme, outline, filled=False)
        at = painting.pixels([self._at], view)[0]
        painting.paint_tag(painter, theme, at, self._hover.title)
