"""Moves, adds and takes away the corners of a shape, or the points of a middle line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from PyQt6.QtCore import QPointF, Qt, pyqtSignal
from PyQt6.QtWidgets import QApplication
from typing_extensions import override

from planner.drawing import vertices
from planner.drawing.errors import DrawingError
from planner.drawing.vertices import EdgePlace, VertexPlace
from resources.translation import tr
from ui import words
from ui.drawing import painting
from ui.drawing.drawing_tool import DrawingTool
from ui.drawing.snapping import KIND_WORDS, REACH_PX
from ui.map.overlay import Outline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PyQt6.QtGui import QKeyEvent, QPainter
    from shapely.geometry.base import BaseGeometry

    from ui.drawing.snapping import Aim, Snapping
    from ui.map.tool import Pointer
    from ui.map.view_state import Point, ViewState
    from ui.theme import Theme

_APART_PX = 12.0
"""Of corners that lie closer together on the screen only one is shown; zooming in shows all."""
_NUDGE_PX = 4.0
_SHARED_M = 1.0
"""How far apart corners of neighbours may lie and still be one."""
_NUDGES: Mapping[int, tuple[float, float]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_NEXT_KEYS: Mapping[int, int] = {Qt.Key.Key_Period: 1, Qt.Key.Key_Comma: -1}
_TOGETHER_KEY = Qt.Key.Key_S
_END_KEYS = frozenset({Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter})
_DELETE_KEYS = frozenset({Qt.Key.Key_Delete, Qt.Key.Key_Backspace})


class VertexTool(DrawingTool):
    """Changes a shape corner by corner; each change is told when the hand lets go.

    Parameters
    ----------
    snapping : Snapping
        Says where the pointer means to be.
    """

    previewed = pyqtSignal(object)
    """The shape is being changed; carries it as it is now."""
    edited = pyqtSignal(object, object)
    """The shape was changed; carries the new one, and the new shapes of the neighbours that
    have moved with it, by their keys."""
    step_wanted = pyqtSignal(bool)
    """An edit that was made with the tool is to be taken back, or repeated; carries whether to
    repeat."""
    refused = pyqtSignal(str)
    """A change is not possible; carries the reason."""
    entry_wanted = pyqtSignal(str)
    """A place is being typed; carries the first character."""

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, snapping: Snapping) -> None:
        super().__init__()
        self._snapping = snapping
        self.width_m = 0.0
        self.neighbours: Mapping[str, BaseGeometry] = {}
        """Other proposals by their keys: those that share a corner can move with it."""
        self._key = ""
        self._sharing: dict[str, BaseGeometry] = {}
        self._kept: BaseGeometry = shapely.Polygon()
        self._shape: BaseGeometry = self._kept
        self._outline = Outline(self._kept)
        self._chosen: VertexPlace | None = None
        self._hover: VertexPlace | EdgePlace | None = None
        self._held: VertexPlace | None = None
        self._inserted = False
        self._pressed_at = QPointF()
        self._aim: Aim | None = None
        self._resolution = 1.0

    @property
    def shape(self) -> BaseGeometry:
        """The shape as it is shown."""
        return self._shape

    @property
    def chosen(self) -> VertexPlace | None:
        """The corner that keys act on."""
        return self._chosen

    def set_shape(self, geometry: BaseGeometry, *, width_m: float = 0.0, key: str = "") -> None:
        """Take another shape, or another state of it; not while a corner is held.

        Parameters
        ----------
        geometry : shapely geometry
            Polygons, or the middle line of a corridor.
        width_m : float
            Width of the corridor around a middle line.
        key : str
            The proposal that it is the shape of.
        """
        self._key = key
        if self._held is not None:
            return
        if shapely.get_num_coordinates(geometry) != shapely.get_num_coordinates(self._shape):
            self._chosen = self._hover = None
        self.width_m = width_m
        self._kept = geometry
        self._show(geometry)

    def choose(self, place: VertexPlace | None) -> None:
        """Let keys act on a corner."""
        self._chosen = place
        self._tell()

    def move_chosen(self, place: Point) -> None:
        """Move the chosen corner to a place."""
        if self._chosen is None:
            return
        at = vertices.vertex_at(self._kept, self._chosen)
        moved = vertices.move_shared_vertex(self._shared_at(at), at, place, _SHARED_M)
        self._finish_edit(vertices.move_vertex(self._kept, self._chosen, *place), moved)

    def delete_chosen(self) -> None:
        """Take the chosen corner away."""
        if self._chosen is None:
            return
        at = vertices.vertex_at(self._kept, self._chosen)
        try:
            made = vertices.delete_vertex(self._kept, self._chosen)
        except DrawingError as error:
            self.refused.emit(words.problem(error))
            return
        self._chosen = self._hover = None
        self._finish_edit(
            made, vertices.delete_shared_vertex(self._shared_at(at), at, _SHARED_M)
        )

    def choose_next(self, step: int) -> None:
        """Choose the next corner along the edge, or the one before."""
        places = vertex_places(self._kept)
        if not places:
            return
        if self._chosen in places:
            at = (places.index(self._chosen) + step) % len(places)
        else:
            at = 0 if step > 0 else len(places) - 1
        self.choose(places[at])

    @override
    def step(self, *, forward: bool) -> None:
        if self._held is None:
            self.step_wanted.emit(forward)

    def _shared_at(self, at: Point) -> dict[str, BaseGeometry]:
        """Return the neighbours that have a corner or an edge at a place, if they move too."""
        if not self._snapping.together or self._kept.geom_type == "LineString":
            return {}
        return vertices.sharing(self.neighbours, at, _SHARED_M)

    def _finish_edit(
        self, geometry: BaseGeometry, moved: Mapping[str, BaseGeometry] | None = None
    ) -> None:
        self._show(geometry)
        self.edited.emit(geometry, dict(moved or {}))

    def _show(self, geometry: BaseGeometry) -> None:
        self._shape = geometry
        self._outline = Outline(geometry)
        self._tell()

    def _tell(self) -> None:
        if self._chosen is None:
            hint = tr("Drag a corner to move it; drag an edge to add one. Escape ends.")
        else:
            hint = tr("Delete takes the corner away; Shift with arrow keys moves it.")
        self.advice.emit(hint)
        self.changed.emit()

    @override
    def activated(self) -> None:
        self._tell()

    @override
    def deactivated(self) -> None:
        self._held = self._hover = self._aim = None
        self._let_go()

    def _let_go(self) -> None:
        self._sharing = {}
        self._snapping.set_own(None)

    @override
    def wants(self, event: QKeyEvent) -> bool:
        if super().wants(event):
            return True
        shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if event.key() in _NUDGES:
            return shift and self._chosen is not None
        plain = not event.modifiers()
        own = event.key() in _NEXT_KEYS or event.key() == _TOGETHER_KEY
        return plain and (own or event.text().isdigit())

    @override
    def pressed(self, pointer: Pointer) -> bool:
        if pointer.button != Qt.MouseButton.LeftButton:
            return False
        self._find(pointer)
        self._pressed_at = pointer.pixel
        self._inserted = False
        hover = self._hover
        if hover is None:
            return False
        if isinstance(hover, EdgePlace):
            self._held = vertex_after(hover)
            self._inserted = True
        else:
            self._held = self._chosen = hover
        self._take_hold(hover)
        self._tell()
        return True

    def _take_hold(self, hover: VertexPlace | EdgePlace) -> None:
        """Find what moves with the corner that is held, and what it can snap to meanwhile."""
        self._sharing = self._shared_at(self._held_at(hover))
        corner = hover if isinstance(hover, VertexPlace) else None
        beside = None if corner is None else vertices.lines_beside(self._kept, corner)
        self._snapping.set_own(beside, changing=(self._key, *self._sharing))

    def _held_at(self, hover: VertexPlace | EdgePlace) -> Point:
        if isinstance(hover, EdgePlace):
            return (hover.x, hover.y)
        return vertices.vertex_at(self._kept, hover)

    @override
    def moved(self, pointer: Pointer) -> bool:
        self._resolution = pointer.resolution
        if self._held is None:
            self._find(pointer)
            self.changed.emit()
            return False
        far = (pointer.pixel - self._pressed_at).manhattanLength()
        if far < QApplication.startDragDistance() and self._aim is None:
            return True
        self._aim = self._snapping.aim(pointer)
        self._shape = self._changed(self._aim.place)
        self._outline = Outline(self._shape)
        self.previewed.emit(self._shape)
        self.changed.emit()
        return True

    def _changed(self, place: Point) -> BaseGeometry:
        held, hover = self._held, self._hover
        if self._inserted and isinstance(hover, EdgePlace):
            return vertices.insert_vertex(self._kept, hover, *place)
        if held is None:
            return self._kept
        return vertices.move_vertex(self._kept, held, *place)

    @override
    def released(self, pointer: Pointer) -> bool:
        if pointer.button != Qt.MouseButton.LeftButton:
            return False
        held, aim = self._held, self._aim
        self._held = self._aim = None
        moved = {} if aim is None else self._moved_neighbours(aim.place)
        self._let_go()
        if held is None:
            self.choose(None)
        elif aim is not None:
            self._chosen, self._hover = held, None
            self._finish_edit(self._shape, moved)
        return True

    def _moved_neighbours(self, place: Point) -> dict[str, BaseGeometry]:
        if self._hover is None or not self._sharing:
            return {}
        at = self._held_at(self._hover)
        return vertices.move_shared_vertex(self._sharing, at, place, _SHARED_M)

    @override
    def double_clicked(self, pointer: Pointer) -> bool:
        self._find(pointer)
        hover = self._hover
        if isinstance(hover, EdgePlace):
            self._chosen, self._hover = vertex_after(hover), None
            self._finish_edit(vertices.insert_vertex(self._kept, hover, hover.x, hover.y))
        return True

    @override
    def key_pressed(self, event: QKeyEvent) -> bool:
        if not self.wants(event):
            return False
        key = event.key()
        if self.took_step(event):
            return True
        if key in _END_KEYS:
            self.finished.emit()
        elif key in _DELETE_KEYS:
            self.delete_chosen()
        elif key in _NEXT_KEYS:
            self.choose_next(_NEXT_KEYS[key])
        elif key == _TOGETHER_KEY:
            self._snapping.switch_together(on=not self._snapping.together)
        elif key in _NUDGES and self._chosen is not None:
            x, y = vertices.vertex_at(self._kept, self._chosen)
            step = _NUDGE_PX * self._resolution
            right, up = _NUDGES[key]
            self.move_chosen((x + right * step, y + up * step))
        elif self._chosen is not None:
            self.entry_wanted.emit(event.text())
        return True

    def _find(self, pointer: Pointer) -> None:
        reach = REACH_PX * pointer.resolution
        self._resolution = pointer.resolution
        self._hover = vertices.nearest_vertex(self._kept, *pointer.place, reach)
        if self._hover is None:
            self._hover = vertices.nearest_edge(self._kept, *pointer.place, reach / 2)

    @override
    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        line = self._shape.geom_type == "LineString"
        if line and self.width_m:
            points = [(float(x), float(y)) for x, y in shapely.get_coordinates(self._shape)]
            painting.paint_band(painter, view, theme, points, self.width_m)
        painting.paint_outline(painter, view, theme, self._outline, filled=not line)
        if self._aim is not None:
            for moved in self._moved_neighbours(self._aim.place).values():
                painting.paint_outline(painter, view, theme, Outline(moved), filled=False)
        self._paint_corners(painter, view, theme)
        hover = self._hover
        if isinstance(hover, EdgePlace) and self._held is None:
            painting.paint_corners(painter, view, theme, [(hover.x, hover.y)], small=True)
        aim = self._aim
        if aim is not None and aim.kind:
            word = tr(KIND_WORDS[aim.kind]) if aim.kind in KIND_WORDS else ""
            painting.paint_aim(painter, view, theme, aim, word)

    def _paint_corners(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        west, south, east, north = view.extent
        corners = shapely.get_coordinates(self._shape)
        inside = (
            (corners[:, 0] >= west)
            & (corners[:, 0] <= east)
            & (corners[:, 1] >= south)
            & (corners[:, 1] <= north)
        )
        shown = corners[inside]
        cells = np.round(shown / (_APART_PX * view.resolution))
        _, apart = np.unique(cells, axis=0, return_index=True)
        painting.paint_corners(painter, view, theme, [(x, y) for x, y in shown[apart].tolist()])
        chosen = self._held or self._chosen
        if chosen is None:
            return
        changed = self._held is None or self._aim is not None
        shape = self._shape if changed else self._kept
        if self._inserted and self._aim is None and self._held is not None:
            return
        painting.paint_chosen_corner(painter, view, theme, vertices.vertex_at(shape, chosen))


def vertex_after(edge: EdgePlace) -> VertexPlace:
    """Return the corner that is added on an edge."""
    return VertexPlace(edge.part, edge.ring, edge.index + 1)


def vertex_places(geometry: BaseGeometry) -> list[VertexPlace]:
    """Return every corner of a shape, along its edges; the last of a ring is its first."""
    places = []
    for part, piece in enumerate(shapely.get_parts(geometry)):
        closed = piece.geom_type == "Polygon"
        lines = shapely.get_rings(piece) if closed else [piece]
        for ring, line in enumerate(lines):
            count = shapely.get_num_coordinates(line) - int(closed)
            places += [VertexPlace(part, ring, index) for index in range(int(count))]
    return places
