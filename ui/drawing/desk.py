"""Ties drawing to the project and the map: what is drawn is measured and stored."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from planner.drawing.geometry import corridor_from_line, polygon_from
from planner.drawing.proposals import CORRIDOR_KIND, Drawn
from resources.errors import PlannerError
from resources.translation import tr
from ui import words
from ui.drawing.bar import DrawingBar
from ui.drawing.borders_desk import BordersDesk
from ui.drawing.edits import ProposalEdits
from ui.drawing.entry import direction_of, typed_step
from ui.drawing.finders import Finders
from ui.drawing.gather_desk import GatherDesk
from ui.drawing.gather_tool import GatherTool
from ui.drawing.live import LiveMeasures, Wish
from ui.drawing.proposal_desk import ProposalDesk
from ui.drawing.question import Questions
from ui.drawing.shape_overlay import DrawnShape
from ui.drawing.sketch_tool import SketchTool
from ui.drawing.snapping import Snapping
from ui.drawing.soundness import Soundness
from ui.drawing.step_keys import StepKeys
from ui.drawing.toolbox import CHANGING, SKETCHING, Toolbox, parts_for
from ui.drawing.tracing import Tracing
from ui.drawing.unfinished_desk import UnfinishedDesk
from ui.map.notation import parse_place

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely.geometry.base import BaseGeometry

    from planner.drawing.snapping import Kind
    from ui.background import Background
    from ui.drawing.panel import DrawingPanel
    from ui.drawing.sketch import Sketch
    from ui.main_window import MainWindow
    from ui.map.area import MapArea
    from ui.map.view_state import Point
    from ui.session import Session
    from ui.theme import Theme

PANEL = "draw"


class DrawingDesk(QObject):
    """Hears what the hand does with the drawing tools, and has it done.

    Parameters
    ----------
    session : Session
        The open project.
    background : Background
        Runs the work.
    window : MainWindow
        Holds the panel and the commands.
    map_area : MapArea
        Where it is drawn.
    panel : DrawingPanel
        Beside the map.
    theme : Theme
        Colours.
    """

    proposal_made = pyqtSignal(str)
    """A proposal was stored and is to be selected; carries its key."""
    said = pyqtSignal(str)
    cut_chosen = pyqtSignal(bool)
    """What is drawn is to be cut at borders when it is finished, or not; to be remembered."""

    def __init__(
        self,
        session: Session,
        background: Background,
        window: MainWindow,
        map_area: MapArea,
        panel: DrawingPanel,
        theme: Theme,
    ) -> None:
        super().__init__()
        self._session = session
        self._window = window
        self._map = map_area
        self._canvas = map_area.canvas
        self._panel = panel
        self.snapping = Snapping()
        self.finders = Finders(session)
        self.tools = Toolbox(self.finders, self.snapping)
        self.tools.offer(window.deeds, map_area.tool_bar, panel, self._prepare)
        self.bar = DrawingBar(self.snapping, theme, map_area.canvas)
        self.questions = Questions(self.bar)
        self.step_keys = StepKeys(window, self._canvas)
        self.soundness = Soundness(map_area.canvas, self.questions)
        self.live = LiveMeasures(session, background, panel.measures, self.snapping)
        self.edits = ProposalEdits(session, self.live)
        self.tracing = Tracing(self.snapping, background, self._canvas)
        self.borders = BordersDesk(self, session, self._canvas, self.live)
        self.unfinished = UnfinishedDesk(self, background, window, map_area.canvas)
        self.proposal = ProposalDesk(self, session, window, map_area, panel)
        self.gather = GatherDesk(self, session, map_area.canvas, self.finders)
        self._listen()

    def _listen(self) -> None:
        session, canvas, bar, tools = self._session, self._canvas, self.bar, self.tools
        session.leaving.connect(self._on_leaving)
        session.opened.connect(self._on_opened)
        session.changed.connect(self._on_changed)
        canvas.tool_changed.connect(self._on_tool_changed)
        for tool in tools.named.values():
            tool.advice.connect(bar.show_hint)
            self.step_keys.listen(tool)
        for name in SKETCHING:
            self._listen_to_sketch(name)
        for gather in (tools.join, tools.units, tools.merge):
            gather.gathered.connect(self._show_progress)
        bar.width_changed.connect(self._on_width_changed)
        bar.entry_given.connect(self._on_entry)
        bar.undo_requested.connect(self._on_undo_requested)
        bar.finish_requested.connect(self._on_finish_requested)
        bar.closed.connect(self._on_closed)
        self.edits.made.connect(self._on_made)
        self.edits.said.connect(self.said)
        self.tracing.said.connect(self.said)
        bar.cut_switched.connect(self._on_cut_switched)
        self.step_keys.said.connect(self.said)

    def _listen_to_sketch(self, name: str) -> None:
        tool = self.tools.sketch_tool(name)
        if tool is None:
            return
        tool.describe = self._describe
        tool.sketched.connect(lambda sketch: self._on_sketched(name, sketch))
        tool.aimed.connect(lambda: self._measure_sketch(name))
        tool.completed.connect(lambda sketch: self._on_completed(name, sketch))
        tool.dropped.connect(lambda sketch: self._on_dropped(name, sketch))
        tool.entry_wanted.connect(self.bar.begin_entry)

    def close(self) -> None:
        """Keep what is unfinished, and ask for nothing more."""
        self.live.close()
        self.tracing.close()
        self.unfinished.close()

    def flush(self) -> None:
        """Store what was typed into the form of a proposal."""
        self._panel.form.flush()

    def carried(self) -> tuple[bool, bool, bool, frozenset[Kind]]:
        """Return how points are snapped; the drawing is carried with the tool in the hand."""
        snapping = self.snapping
        return snapping.on, snapping.tracing, snapping.together, snapping.kinds

    def take_over(self, state: tuple[bool, bool, bool, frozenset[Kind]]) -> None:
        """Snap as before."""
        snapping = self.snapping
        snapping.on, snapping.tracing, snapping.together, snapping.kinds = state
        snapping.changed.emit()

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self._panel.set_theme(theme)

    # The project.

    def _on_leaving(self, project_comes: bool) -> None:
        if project_comes:
            self.unfinished.hold()

    def _on_opened(self) -> None:
        self.questions.withdraw()
        self.bar.hide()
        self._canvas.set_overlay("drawing", None)
        snapshot = self._session.snapshot
        if snapshot is not None:
            self.unfinished.open(snapshot.path, writable=not snapshot.read_only_reason)
        self._on_changed()

    def _on_changed(self) -> None:
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        self._canvas.set_overlay("drawing", None)
        self._panel.measures.set_names({row.site_id: row.title for row in snapshot.sites})
        reason = snapshot.read_only_reason
        self._panel.tools.show_reason(words.stored(reason))
        self.proposal.show_possible()

    @property
    def writable(self) -> bool:
        """Whether the project can be drawn in."""
        snapshot = self._session.snapshot
        return snapshot is not None and not snapshot.read_only_reason

    # A tool is taken up, used, and laid down.

    def _prepare(self, name: str) -> None:
        self.questions.withdraw()
        self.proposal.prepare(name)

    def _on_tool_changed(self, tool: object) -> None:
        name = self.tools.name_of(tool)
        if not name:
            self.live.rest()
            if not self.bar.offering:
                self.bar.hide()
            return
        self.questions.withdraw()
        self.edits.begin_steps()
        self._window.open_panel(PANEL)
        self.live.prepare()
        self.bar.show_drawing(*parts_for(name))
        if name in {"corridor", "pair"}:
            self.bar.show_width(self._width_of(name))
        self._show_progress()
        self._show_page(name)
        if name in CHANGING:
            self.proposal.measure()
        elif name == "units":
            self.gather.read_units()
        elif name == "pair":
            self.gather.read_species()

    def _show_page(self, name: str) -> None:
        titles = {
            "corridor": tr("What this corridor gains"),
            "pair": tr("What this corridor gains"),
            "area": tr("What this area gains"),
            "freehand": tr("What this area gains"),
            "join": tr("What this area gains"),
            "units": tr("What this area gains"),
        }
        self._panel.measures.show_title(titles.get(name, tr("What the proposal gains")))
        self.live.want(None)
        self._panel.show_measures()

    def _width_of(self, name: str) -> float:
        pair = name == "pair"
        return self.tools.pair.width_m if pair else self.tools.corridor.sketch.width_m

    def _sketching(self) -> SketchTool | None:
        tool = self._canvas.tool
        return tool if isinstance(tool, SketchTool) else None

    def _show_progress(self) -> None:
        tool = self._canvas.tool
        if isinstance(tool, SketchTool):
            sketch = tool.sketch
            self.bar.show_progress(complete=sketch.complete, begun=bool(sketch.points))
        else:
            self.bar.show_progress(complete=True, begun=True)

    def _describe(self, start: Point, end: Point) -> str:
        measure = self._map.measure
        found = None if measure is None else direction_of(start, end, measure)
        if found is None:
            return ""
        return f"{words.distance(found[0])}  {found[1]:.0f}°"

    def _on_sketched(self, name: str, sketch: Sketch) -> None:
        if self._canvas.tool is not self.tools.named[name]:
            return
        self._show_progress()
        self.step_keys.begin_anew()
        if name == "corridor":
            self.bar.show_width(sketch.width_m)
        if sketch.points:
            self.unfinished.keep(name, sketch, self.proposal.key, self._scenario)
        self._measure_sketch(name)

    @property
    def _scenario(self) -> str:
        snapshot = self._session.snapshot
        return "" if snapshot is None else snapshot.scenario

    def _measure_sketch(self, name: str) -> None:
        tool = self.tools.sketch_tool(name)
        if tool is None or name not in {"corridor", "area", "freehand"}:
            return
        wish = tool.wish
        if wish is None:
            self.live.want(None)
            return
        width = tool.sketch.width_m if name == "corridor" else 0.0
        self.live.want(Wish(wish, width))

    def _on_width_changed(self, width_m: float) -> None:
        tool = self._canvas.tool
        if tool is self.tools.pair:
            self.tools.pair.set_width(width_m)
            self.gather.measure_pair()
        elif tool is self.tools.corridor:
            self.tools.corridor.set_width(width_m)

    def _on_entry(self, text: str) -> None:
        tool, measure = self._canvas.tool, self._map.measure
        if measure is None:
            return
        if not text.strip():  # Enter once more, after the last point
            self._on_finish_requested()
            return
        start = None
        if isinstance(tool, SketchTool) and tool.sketch.points:
            start = tool.sketch.points[-1]
        try:
            place = typed_step(text, start, measure) or parse_place(text, measure)
        except PlannerError as error:
            self.bar.show_problem(words.problem(error))
            return
        self.bar.clear_entry()
        if isinstance(tool, SketchTool):
            tool.add_point(place)
        elif tool is self.tools.corners:
            self.tools.corners.move_chosen(place)
        if self._canvas.view is not None and not self._canvas.view.shows((*place, *place)):
            self._canvas.centre_on(*place)

    def cut_at_borders(self, *, on: bool) -> None:
        """Make each national part of what is drawn a proposal of its own, or keep it as one."""
        self.edits.cut_at_borders = on
        self.bar.show_cut(on=on)

    def _on_cut_switched(self, on: bool) -> None:
        self.edits.cut_at_borders = on
        self.cut_chosen.emit(on)

    def _on_undo_requested(self) -> None:
        sketch = self._sketching()
        if sketch is not None:
            sketch.step(forward=False)
        self._canvas.setFocus()

    def _on_finish_requested(self) -> None:
        tool = self._canvas.tool
        if isinstance(tool, SketchTool | GatherTool):
            tool.finish()

    def tell_problem(self, problem: str) -> None:
        """Say over the map why something could not be done, until that is acknowledged."""
        self.bar.show_drawing()
        self.bar.show_hint("")
        self.bar.show_problem(problem)

    def _on_closed(self) -> None:
        question = self.questions.open
        if question is not None:
            self.questions.withdraw()
            self.bar.hide()
            question.on_decline()
            return
        self.bar.hide()
        self._canvas.set_tool(None)

    # Drawings that are finished, or given up.

    def _on_completed(self, name: str, sketch: Sketch) -> None:
        try:
            if name in {"corridor", "area", "freehand"}:
                self._store(name, sketch)
            else:
                self.proposal.change_along(name, sketch)
        except PlannerError as error:
            self.back_to(name, sketch, words.problem(error))

    def back_to(self, name: str, sketch: Sketch, problem: str = "") -> None:
        """Take a drawing into the hand again as it was, and say what is wrong with it."""
        tool = self.tools.sketch_tool(name)
        if tool is None:
            return
        self._canvas.set_overlay("drawing", None)
        self._canvas.set_tool(tool)
        tool.take_up(sketch)
        self.bar.show_problem(problem)
        self._canvas.setFocus()

    def _store(self, name: str, sketch: Sketch) -> None:
        def failed(error: PlannerError) -> None:
            self.back_to(name, sketch, words.problem(error))

        if name == "corridor":
            area: BaseGeometry = corridor_from_line(sketch.points, sketch.width_m)
            self._draw(
                Drawn(
                    area,
                    kind=CORRIDOR_KIND,
                    centreline=sketch.points,
                    width_m=sketch.width_m,
                ),
                failed,
            )
            return
        area = polygon_from(sketch.points)

        def draw(geometry: BaseGeometry) -> None:
            self._draw(Drawn(geometry), failed)

        self.soundness.pass_on(area, draw, partial(self.back_to, name, sketch))
        if self.questions.open is not None:
            self.live.want(Wish(area))  # what the repair that is offered would gain

    def _draw(self, drawn: Drawn, failed: Callable[[PlannerError], None]) -> None:
        self.wait_for_store(drawn.geometry)
        self.edits.draw(drawn, failed)

    def wait_for_store(self, geometry: BaseGeometry) -> None:
        """Lay the tool down and show what is being stored until it is."""
        self._canvas.set_tool(None)
        self._canvas.set_overlay("drawing", DrawnShape(geometry))

    def _on_made(self, keys: tuple[str, ...], fresh: bool) -> None:
        self.unfinished.forget()
        self._canvas.set_overlay("drawing", None)
        if len(keys) > 1:
            self.proposal.together.choose(keys)
            self._panel.show_proposal()
            return
        if fresh:
            self.proposal.expect(keys[0])
        self.proposal_made.emit(keys[0])

    def _on_dropped(self, name: str, sketch: Sketch) -> None:
        self.live.want(None)
        self.unfinished.put_aside(name, sketch)
