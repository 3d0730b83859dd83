"""Draws point by point: corridors, areas, and the lines that change an area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QApplication
from typing_extensions import override

from resources.translation import mark, tr
from ui.drawing import painting
from ui.drawing.drawing_tool import DrawingTool, is_step_key
from ui.drawing.sketch import Sketch, SketchSteps
from ui.drawing.snapping import KIND_WORDS, Aim

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PyQt6.QtCore import QPointF
    from PyQt6.QtGui import QKeyEvent, QPainter
    from shapely.geometry.base import BaseGeometry

    from ui.drawing.sketch import SketchKind
    from ui.drawing.snapping import Snapping
    from ui.map.tool import Pointer
    from ui.map.view_state import Point, ViewState
    from ui.theme import Theme

_STROKE_STEP_PX = 3.0
_STROKE_TOLERANCE_PX = 1.5
_WIDTH_STEP = 1.1

_FINISH_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_BACK_KEYS = frozenset({Qt.Key.Key_Backspace, Qt.Key.Key_Delete})
_WIDTH_KEYS: Mapping[int, float] = {
    Qt.Key.Key_BracketLeft: 1 / _WIDTH_STEP,
    Qt.Key.Key_BracketRight: _WIDTH_STEP,
}

_FIRST_HINTS: Mapping[SketchKind, str] = {
    "corridor": mark("Click where the corridor begins."),
    "area": mark("Click the first corner."),
    "split": mark("Click outside the area, then across it: it is split along the line."),
    "reshape": mark("Draw a line that crosses the edge twice: the edge follows it."),
    "hole": mark("Click the corners of the hole."),
}
_NEXT_HINT = mark("Click the next point. Backspace takes the last one back, Escape ends.")
_END_HINTS: Mapping[bool, str] = {
    True: mark("Click the first corner, double-click or press Enter to finish."),
    False: mark("Double-click or press Enter to finish."),
}


class SketchTool(DrawingTool):
    """Collects the points of a sketch, with clicks, free strokes and typed places.

    Parameters
    ----------
    kind : SketchKind
        What the points are.
    snapping : Snapping
        Says where the pointer means to be.
    freehand : bool
        Whether a stroke alone is a finished drawing.
    """

    sketched = pyqtSignal(object)
    """Points were set or taken back, or the width has changed; carries the `Sketch`."""
    aimed = pyqtSignal()
    """The pointer has moved, and with it what would be drawn."""
    completed = pyqtSignal(object)
    """The drawing is finished; carries the `Sketch`."""
    dropped = pyqtSignal(object)
    """The drawing was given up; carries the `Sketch`, which had points."""
    entry_wanted = pyqtSignal(str)
    """A place or a distance is being typed; carries the first character."""

    def __init__(self, kind: SketchKind, snapping: Snapping, *, freehand: bool = False) -> None:
        super().__init__()
        self.freehand = freehand
        self.describe: Callable[[Point, Point], str] = lambda _a, _b: ""
        self._snapping = snapping
        self._steps = SketchSteps(Sketch(kind))
        self._aims: dict[Point, Aim] = {}
        self._aim: Aim | None = None
        self._pressed_at: QPointF | None = None
        self._stroke: list[Point] = []

    @property
    def sketch(self) -> Sketch:
        """What is drawn so far."""
        return self._steps.sketch

    @property
    def wish(self) -> BaseGeometry | None:
        """The line or polygon as it would be after a click where the pointer is."""
        if self._stroke:
            return self.sketch.with_points(self._stroke).geometry()
        aim = None if self._aim is None or self._aim.own else self._aim.place
        return self.sketch.geometry(aim)

    @override
    def carried(self) -> SketchSteps:
        return self._steps

    @override
    def take_over(self, state: object) -> None:
        if isinstance(state, SketchSteps):
            self._steps = state
            self._tell()

    def take_up(self, sketch: Sketch) -> None:
        """Go on with a drawing that was begun before."""
        self._steps.forget(sketch)
        self._tell()

    def set_width(self, width_m: float) -> None:
        """Give the corridor another width."""
        if self._steps.do(self.sketch.with_width(width_m)):
            self._tell()

    def add_point(self, place: Point) -> None:
        """Set a point that was not pointed at."""
        if self._steps.do(self.sketch.with_points([place])):
            self._tell()

    @override
    def undo(self) -> bool:
        done = self._steps.undo()
        if done:
            self._tell()
        return done

    @override
    def redo(self) -> bool:
        done = self._steps.redo()
        if done:
            self._tell()
        return done

    def finish(self) -> bool:
        """End the drawing where it has points enough; tells whether it had."""
        sketch = self.sketch
        if not sketch.complete:
            self.advice.emit(
                tr("An area needs three corners at least.")
                if sketch.closed
                else tr("A line needs two points at least.")
            )
            return False
        self._begin_anew()
        self.completed.emit(sketch)
        return True

    def give_up(self) -> None:
        """Drop what is drawn; where nothing is, give way to the usual tool."""
        sketch = self.sketch
        if not sketch.points:
            self.finished.emit()
            return
        self._begin_anew()
        self.dropped.emit(sketch)

    @override
    def wants(self, event: QKeyEvent) -> bool:
        if is_step_key(event):
            return True
        if event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            return False
        own = {Qt.Key.Key_T, Qt.Key.Key_Escape, *_FINISH_KEYS, *_BACK_KEYS, *_WIDTH_KEYS}
        return event.key() in own or event.text().isdigit()

    def _begin_anew(self) -> None:
        sketch = self.sketch
        self._stroke = []
        self._aims.clear()
        self._steps.forget(Sketch(sketch.kind, width_m=sketch.width_m))
        self._tell()

    def _tell(self) -> None:
        # The last edge is left out: the hand is near to it where the next point goes.
        edges = self.sketch.points[:-1]
        own = None if self.freehand or len(edges) < 2 else shapely.LineString(edges)
        self._snapping.set_own(own)
        self.sketched.emit(self.sketch)
        self.advice.emit(self.hint)
        self.changed.emit()

    @property
    def hint(self) -> str:
        """What the hand can do next."""
        sketch = self.sketch
        if self.freehand:
            return tr("Hold the button down and draw around the area.")
        if not sketch.points:
            return tr(_FIRST_HINTS[sketch.kind])
        return tr(_END_HINTS[sketch.closed] if sketch.complete else _NEXT_HINT)

    @override
    def activated(self) -> None:
        self._tell()

    @override
    def deactivated(self) -> None:
        if self.sketch.points:
            sketch = self.sketch
            self._begin_anew()
            self.dropped.emit(sketch)
        self._snapping.set_own(None)
        self._aim = None

    @override
    def pressed(self, pointer: Pointer) -> bool:
        if not self.freehand or pointer.button != Qt.MouseButton.LeftButton:
            return False  # a drag moves the map
        self._pressed_at = pointer.pixel
        self._take_aim(pointer)
        return True

    @override
    def moved(self, pointer: Pointer) -> bool:
        if pointer.held and self._pressed_at is not None:
            self._stroke_to(pointer)
        self._take_aim(pointer)
        self.aimed.emit()
        self.changed.emit()
        return pointer.held

    @override
    def released(self, pointer: Pointer) -> bool:
        if pointer.button == Qt.MouseButton.RightButton:
            self.finish()
            return True
        if pointer.button != Qt.MouseButton.LeftButton:
            return False
        self._pressed_at = None
        if self._stroke:
            self._end_stroke(pointer)
        elif self.freehand:
            self.advice.emit(tr("Hold the button down and draw around the area."))
        else:
            self._click(self._take_aim(pointer))
        return True

    @override
    def double_clicked(self, pointer: Pointer) -> bool:
        if pointer.button == Qt.MouseButton.LeftButton:
            self._pressed_at = None
            self.finish()
        return True

    @override
    def key_pressed(self, event: QKeyEvent) -> bool:
        if not self.wants(event):
            return False
        key = event.key()
        if self.took_step(event):
            return True
        if key in _BACK_KEYS:
            self.undo()
        elif key in _FINISH_KEYS:
            self.finish()
        elif key == Qt.Key.Key_Escape:
            self.give_up()
        elif key == Qt.Key.Key_T:
            self._snapping.switch_tracing(on=not self._snapping.tracing)
        elif key in _WIDTH_KEYS:
            self.set_width(self.sketch.width_m * _WIDTH_KEYS[key])
        else:
            self.entry_wanted.emit(event.text())
        return True

    def _take_aim(self, pointer: Pointer) -> Aim:
        self._aim = self._snapping.aim(pointer, self._own_points())
        return self._aim

    def _own_points(self) -> tuple[Point, ...]:
        """Return the point of the drawing that ends it when it is clicked."""
        sketch = self.sketch
        if not sketch.complete:
            return ()
        return (sketch.points[0 if sketch.closed else -1],)

    def _click(self, aim: Aim) -> None:
        if aim.own:
            self.finish()
            return
        sketch = self.sketch
        led = self._ahead(aim) or (aim.place,)
        self._aims[aim.place] = aim
        if self._steps.do(sketch.with_points(led)):
            self._tell()

    def _stroke_to(self, pointer: Pointer) -> None:
        at = self._pressed_at
        if at is None:
            return
        if not self._stroke:
            far = (pointer.pixel - at).manhattanLength() >= QApplication.startDragDistance()
            if not far or self._aim is None:
                return
            self._stroke = [self._aim.place]
        x, y = self._stroke[-1]
        step = _STROKE_STEP_PX * pointer.resolution
        if (pointer.place[0] - x) ** 2 + (pointer.place[1] - y) ** 2 >= step * step:
            self._stroke.append(pointer.place)

    def _end_stroke(self, pointer: Pointer) -> None:
        stroke, self._stroke = self._stroke, []
        if len(stroke) > 1:
            tolerance = _STROKE_TOLERANCE_PX * pointer.resolution
            line = shapely.LineString(stroke).simplify(tolerance)
            stroke = [(float(x), float(y)) for x, y in shapely.get_coordinates(line)]
        if self._steps.do(self.sketch.with_points(stroke)):
            self._tell()
        self.finish()

    @override
    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        sketch, aim = self.sketch, self._aim
        fixed = sketch.with_points(self._stroke).points
        ahead = () if aim is None or self._stroke else self._ahead(aim)
        points = (*fixed, *ahead)
        if sketch.kind == "corridor" and len(points) > 1:
            painting.paint_band(painter, view, theme, points, sketch.width_m)
        elif sketch.closed and len(points) > 2:
            painting.paint_area(painter, view, theme, points, hole=sketch.kind == "hole")
        if len(fixed) > 1:
            painting.paint_line(painter, view, theme, fixed)
        if fixed and ahead:
            painting.paint_line(painter, view, theme, (fixed[-1], *ahead), dashed=True)
        if sketch.closed and len(points) > 2:
            painting.paint_line(painter, view, theme, (points[-1], points[0]), dashed=True)
        painting.paint_corners(painter, view, theme, sketch.points)
        if aim is not None:
            self._paint_aim(painter, view, theme, aim)

    def _ahead(self, aim: Aim) -> tuple[Point, ...]:
        points = self.sketch.points
        if not points or aim.own:
            return ()
        start = self._aims.get(points[-1]) or Aim(points[-1])
        return self._snapping.between(start, aim)

    def _paint_aim(self, painter: QPainter, view: ViewState, theme: Theme, aim: Aim) -> None:
        told = tr(KIND_WORDS[aim.kind]) if aim.kind in KIND_WORDS and not aim.own else ""
        if aim.own:
            told = tr("finish")
        elif self.sketch.points and not self._stroke and aim.place != self.sketch.points[-1]:
            length = self.describe(self.sketch.points[-1], aim.place)
            told = "  ·  ".join(part for part in (length, told) if part)
        at = painting.pixels([aim.place], view)[0]
        if aim.kind:
            painting.paint_aim(painter, view, theme, aim, told)
        elif told:
            painting.paint_tag(painter, theme, at, told)
