"""Ties a second map to the project: its scenario, its layers, and what lies under the hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from resources.translation import tr
from ui import words
from ui.compare.bar import CompareBar
from ui.compare.layers import SecondLayers, second_layers
from ui.compare.legend import legend_rows
from ui.compare.plate import SidePlate
from ui.compare.second_canvas import SecondCanvas
from ui.drawing.drawing_tool import DrawingTool
from ui.inspector.record import Fact
from ui.map.canvas import CLICK_TOLERANCE_PX
from ui.map.overlay import Highlight
from ui.map.side import Side, Sides
from ui.snapshot import take_snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.jobs import JobControl
    from resources.errors import PlannerError
    from ui.actions import Actions
    from ui.background import Background
    from ui.compare.stage import Mode
    from ui.layers_panel.panel import LayersPanel
    from ui.map.area import MapArea
    from ui.map.desk import MapDesk
    from ui.map.engine import MapEngine
    from ui.map.picked import Picked
    from ui.project_work import Workbench
    from ui.session import Session
    from ui.snapshot import Selection, Snapshot
    from ui.theme import Theme


@dataclass(frozen=True)
class CompareState:
    """A comparison, as it is carried to a window made anew.

    Parameters
    ----------
    scenario : str
        Of the second map.
    mode : {"swipe", "side"}
        How the maps stand.
    share : float
        Where the line is.
    switched : mapping of str to bool
        Layers of the second map that are on or off otherwise than on the first.
    """

    scenario: str
    mode: Mode
    share: float
    switched: Mapping[str, bool]


class CompareDesk(QObject):
    """Shows a second map with a scenario and layers of its own.

    Parameters
    ----------
    session : Session
        The open project; its scenario is that of the first map.
    background : Background
        Posts frames.
    engine : MapEngine
        Holds the layers of both maps.
    map_area : MapArea
        Where the maps stand.
    layers : LayersPanel
        Switches the layers of the first map.
    theme : Theme
        Colours.
    """

    map_wanted = pyqtSignal()
    """The layers of the map have changed and are to be shown."""
    differences_wanted = pyqtSignal(str, str)
    """What two scenarios do not share is asked for; carries both ids."""
    selected = pyqtSignal(object)
    """A site was clicked on the second map; carries its `Selection`."""
    record_wanted = pyqtSignal(object)
    """Something of the second scenario is to be told about; carries its `Record`."""
    said = pyqtSignal(str)
    active_changed = pyqtSignal(bool)

    def __init__(
        self,
        session: Session,
        background: Background,
        engine: MapEngine,
        map_area: MapArea,
        layers: LayersPanel,
        theme: Theme,
    ) -> None:
        super().__init__()
        self._session = session
        self._background = background
        self._engine = engine
        self._map = map_area
        self._first_layers = layers
        self._theme = theme
        self._scenario = ""
        self._snapshot: Snapshot | None = None
        self._layers = SecondLayers()
        self._switched: dict[str, bool] = {}
        self._asked = 0
        self._stack: tuple[Selection, ...] = ()
        self._selection: Selection | None = None
        self._picked: Picked | None = None
        self._sides = Sides(session, layers, map_area.stage)
        self._sides.second = self.side
        self._canvas: SecondCanvas | None = None
        self._plates = (
            SidePlate("plate_first", tr("Legend of the first map"), theme),
            SidePlate("plate_second", tr("Legend of the second map"), theme),
        )
        map_area.stage.set_plates(*self._plates)
        self.bar = CompareBar(theme)
        self.bar.hide()
        map_area.stage.set_bar(self.bar)
        self._listen()

    def _listen(self) -> None:
        bar, session = self.bar, self._session
        bar.closed.connect(self.stop)
        bar.mode_chosen.connect(self._on_mode_chosen)
        bar.first_chosen.connect(session.show_scenario)
        bar.second_chosen.connect(self._on_second_chosen)
        bar.layer_switched.connect(self._on_layer_switched)
        bar.layers_reset.connect(self._on_layers_reset)
        bar.differences_wanted.connect(self._on_differences_wanted)
        session.opened.connect(lambda _snapshot: self.stop())
        session.changed.connect(lambda _snapshot: self._read())
        self._engine.layers_shown.connect(lambda _problems: self._draw())
        self._first_layers.visibility_changed.connect(self._on_first_switched)
        self._first_layers.legend_changed.connect(self._show_plates)
        self._map.canvas.tool_changed.connect(self._on_tool_changed)

    def follow(self, tools: MapDesk) -> None:
        """Answer for the second map where the tools of the map ask there."""
        tools.sides.second = self.side
        self._picked = tools.picked
        tools.picked.changed.connect(self._mark)
        tools.other_wanted.connect(self.tell)
        self.active_changed.connect(lambda _active: tools.selecting.keep_what_is_there())

    def follow_selection(self, selection: Selection | None) -> None:
        """Mark on the second map too what is selected."""
        self._selection = selection
        self._mark()

    @property
    def active(self) -> bool:
        """Whether two maps are shown."""
        return self._map.stage.second is not None

    @property
    def is_drawn(self) -> bool:
        """Whether the second map shows all there is to see."""
        canvas = self._canvas
        return canvas is not None and bool(canvas.loop.frames) and not canvas.loop.busy

    @property
    def scenario(self) -> str:
        """The scenario of the second map; empty while there is none."""
        return self._scenario if self.active else ""

    @property
    def second(self) -> Snapshot | None:
        """The project with the scenario of the second map; None until it was read."""
        return self._snapshot if self.active else None

    def add_deeds(self, deeds: Actions) -> None:
        """Offer what can be done here in menus and in the list of commands."""
        add = partial(deeds.add, group=tr("Compare"))
        add("compare.toggle", tr("Compare two scenarios"), self.toggle, keys=("F7",))
        add("compare.swipe", tr("Swipe between two maps"), lambda: self.start(mode="swipe"))
        add(
            "compare.side",
            tr("Show two maps side by side"),
            lambda: self.start(mode="side"),
            keys=("Shift+F7",),
        )

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self._theme = theme
        self._map.stage.divider.set_theme(theme)
        for plate in self._plates:
            plate.set_theme(theme)
        self.bar.set_theme(theme)
        if self._map.stage.second is not None:
            self._map.stage.second.set_theme(theme)

    def toggle(self) -> None:
        """Compare, or stop comparing."""
        if self.active:
            self.stop()
        else:
            self.start()

    def start(self, scenario: str = "", mode: Mode | None = None) -> None:
        """Show a second map.

        Parameters
        ----------
        scenario : str
            Scenario of the second map; where empty the one of before, or another one than
            that of the first map if there is one.
        mode : {"swipe", "side"}, optional
            How the maps stand; as before where it is left out.
        """
        if self._session.snapshot is None or not self._map.has_map:
            self.said.emit(tr("There is no map to compare yet."))
            return
        self._begin(scenario, mode)

    def _begin(self, scenario: str, mode: Mode | None) -> None:
        stage = self._map.stage
        self._scenario = scenario or self._scenario
        mode = mode or stage.mode
        self.bar.set_mode(mode)
        if self.active:
            stage.set_mode(mode)
        else:
            self._snapshot = None
            self.bar.show()
            self._canvas = self._new_canvas()
            stage.show_second(self._canvas, mode)
            self.active_changed.emit(True)
        self._read()

    def _new_canvas(self) -> SecondCanvas:
        canvas = SecondCanvas(self._background, self._theme, self._map.canvas)
        canvas.place_clicked.connect(self.clicked)
        canvas.pointer_moved.connect(self._on_pointer_moved)
        canvas.pointer_moved.connect(self._map.footer.show_place)
        canvas.panels_toggled.connect(self._map.canvas.panels_toggled)
        canvas.loop.failed.connect(self._map.show_problem)
        return canvas

    def stop(self) -> None:
        """Show one map only."""
        if not self.active:
            return
        self.bar.hide()
        self._map.stage.end()
        if self._canvas is not None:
            self._canvas.release()
            self._canvas.loop.stop()
            self._canvas.deleteLater()
            self._canvas = None
        self._snapshot, self._stack = None, ()
        self._layers = SecondLayers()
        self._asked += 1
        self._engine.set_beside(())
        self.map_wanted.emit()
        self.active_changed.emit(False)

    def close(self) -> None:
        """Ask for nothing more, as before the work beside the window ends."""
        self._asked += 1
        self._engine.set_beside(())
        if self._map.stage.second is not None:
            self._map.stage.second.loop.stop()

    def carried(self) -> CompareState | None:
        """Return the comparison; None where there is none."""
        if not self.active:
            return None
        stage = self._map.stage
        return CompareState(self._scenario, stage.mode, stage.share, dict(self._switched))

    def take_over(self, state: CompareState | None) -> None:
        """Compare the same again."""
        if state is not None:
            self._switched = dict(state.switched)
            self._map.stage.divider.moved_to.emit(state.share)
            self._begin(state.scenario, state.mode)

    def side(self) -> Side | None:
        """Return the second map, for tools that ask about a place; None until it was read."""
        snapshot, layers = self._snapshot, self._layers
        if snapshot is None or not self.active:
            return None
        on = {name: layers.drawn_as[name] for name, shown in self._shown().items() if shown}
        title = dict(snapshot.scenarios).get(snapshot.scenario, "")
        return Side(snapshot, layers.specs, on, title, second=True)

    def _mark(self) -> None:
        """Mark on the second map what is selected, as its scenario has it."""
        canvas, snapshot = self._canvas, self._snapshot
        if canvas is None or snapshot is None:
            return
        held = snapshot.geometries
        one = None if self._selection is None else held.get(self._selection)
        canvas.set_overlay("selection", None if one is None else Highlight(one))
        side, items = self.side(), () if self._picked is None else self._picked.items
        canvas.set_overlay("picked", None if side is None else side.marked(items))

    def _show_plates(self) -> None:
        """Say on each map which it is and what its colours mean."""
        if not self.active:
            return
        told = self._first_layers.model.legend_of
        for plate, side in zip(self._plates, (self._sides.first, self.side()), strict=True):
            if side is not None:
                plate.show_title(side.title)
                plate.show_rows(legend_rows(side, told))
        self._map.stage.arrange()

    # What the session and the maps say.

    def _read(self) -> None:
        """Read the project with the scenario of the second map; the newest wish counts."""
        shown = self._session.snapshot
        if shown is None or not self.active:
            return
        self._scenario = _other(shown, self._scenario)
        self.bar.set_scenarios(shown.scenarios, shown.scenario, self._scenario)
        self._asked += 1
        asked, scenario = self._asked, self._scenario

        def work(bench: Workbench, _: JobControl) -> Snapshot:
            return take_snapshot(bench.project, bench.pack, scenario)

        def done(snapshot: Snapshot) -> None:
            if asked == self._asked:
                self._take(snapshot)

        self._session.ask(tr("Read the second scenario"), work, done, self._on_failed)

    def _take(self, snapshot: Snapshot) -> None:
        shown = self._session.snapshot
        if shown is None:
            return
        self._snapshot = snapshot
        self._mark()
        before = self._layers
        self._layers = second_layers(shown.layers, snapshot.layers)
        self._engine.set_beside(self._layers.beside)
        self._list_layers()
        self._show_plates()
        if self._layers == before:
            self._draw(anew=True)
        else:
            self.map_wanted.emit()

    def _draw(self, *, anew: bool = False) -> None:
        canvas = self._map.stage.second
        if canvas is None or self._snapshot is None:
            return
        canvas.loop.set_layers(self._layers.ids(self._shown()), self._layers.remote_ids)
        if anew:
            canvas.loop.redraw()
        else:
            canvas.loop.set_source(self._engine.source)

    def _shown(self) -> dict[str, bool]:
        """Return which layers the second map shows, by their usual ids."""
        return {
            spec.layer_id: self._switched.get(
                spec.layer_id, self._first_layers.is_on(spec.layer_id)
            )
            for spec in self._layers.specs
        }

    def _list_layers(self) -> None:
        self.bar.set_layers(self._layers.specs, self._shown())

    def _show_layers(self) -> None:
        canvas = self._map.stage.second
        if canvas is not None:
            canvas.loop.set_layers(self._layers.ids(self._shown()), self._layers.remote_ids)
        self._show_plates()

    def _on_first_switched(self) -> None:
        if self.active:
            self._list_layers()
            self._show_layers()

    def _on_layer_switched(self, layer_id: str, on: bool) -> None:
        self._switched[layer_id] = on
        self._show_layers()

    def _on_layers_reset(self) -> None:
        self._switched.clear()
        self._list_layers()
        self._show_layers()

    def _on_second_chosen(self, scenario: str) -> None:
        self._scenario = scenario
        self._read()

    def _on_mode_chosen(self, mode: str) -> None:
        self._map.stage.set_mode("side" if mode == "side" else "swipe")

    def _on_differences_wanted(self) -> None:
        shown = self._session.snapshot
        if shown is not None and shown.scenario and self._scenario:
            self.differences_wanted.emit(shown.scenario, self._scenario)

    def _on_tool_changed(self, tool: object) -> None:
        """Say whose a drawing will be: the hand may draw on either map."""
        first = self._sides.first
        if self.active and first is not None and isinstance(tool, DrawingTool):
            self.said.emit(
                tr(
                    "What you draw goes into the scenario of the first map: {scenario}.",
                    scenario=first.title,
                )
            )

    def _on_failed(self, error: PlannerError) -> None:
        self.said.emit(words.problem(error))

    # What lies under the hand on the second map.

    def takes(self, x: float, y: float) -> bool:
        """Tell whether a place of the first canvas shows the second map, swiped over it."""
        return self._map.stage.is_over_second(x, y)

    def _found_at(self, x: float, y: float) -> tuple[Selection, ...]:
        side = self.side()
        if side is None:
            return ()
        reach = self._map.pixel_tolerance(CLICK_TOLERANCE_PX)
        return tuple(side.shown(side.snapshot.at(x, y, reach)))

    def clicked(self, x: float, y: float) -> None:
        """Tell about what lies at a place of the second map; again for the next thing there."""
        found, selected = self._found_at(x, y), self._selection
        if found and found == self._stack and selected in found:
            self.tell(found[(found.index(selected) + 1) % len(found)])
        else:
            self.tell(found[0] if found else None)
        self._stack = found

    def tell(self, item: Selection | None) -> None:
        """Select something of the second map and tell about it as its scenario has it."""
        self.selected.emit(item)
        side = self.side()
        if side is None or item is None or not side.tells(item):
            return
        row = side.snapshot.feature(item)
        if row is not None:
            of = Fact(tr("Scenario"), side.title)
            self.record_wanted.emit(replace(row.record, facts=(of, *row.record.facts)))

    def title_at(self, x: float, y: float) -> str:
        """Return the name of what lies at a place of the second map; empty for nothing."""
        snapshot, found = self._snapshot, self._found_at(x, y)
        return "" if snapshot is None or not found else snapshot.title_of(found[0])

    def _on_pointer_moved(self, point: tuple[float, float] | None) -> None:
        canvas = self._canvas
        if canvas is not None:
            title = "" if point is None else self.title_at(*point)
            canvas.setToolTip(title if canvas.tool is None else "")
            canvas.point_at(hit=bool(title))


def _other(snapshot: Snapshot, wanted: str) -> str:
    """Return the scenario wanted, or one that is not shown yet, or the only one there is."""
    known = [identifier for identifier, _ in snapshot.scenarios]
    if wanted in known:
        return wanted
    others = [name for name in known if name != snapshot.scenario]
    return next(iter((*reversed(others), snapshot.scenario)), "")
