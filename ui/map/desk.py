"""Everything the hand does with the map: tools, ways back, bookmarks, places, borders."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QToolButton

from resources.errors import PlannerError
from resources.translation import tr
from ui import words
from ui.map.bookmarks_desk import BookmarksDesk
from ui.map.borders_choice import BordersChoice
from ui.map.identify_desk import IdentifyDesk
from ui.map.notation import parse_place
from ui.map.overlay import PlaceMark
from ui.map.select_desk import SelectDesk
from ui.map.side import Sides
from ui.map.tools.measure import AreaTool, DistanceTool

if TYPE_CHECKING:
    from collections.abc import Callable

    from PyQt6.QtGui import QAction

    from ui.actions import Actions
    from ui.background import Background
    from ui.layers_panel.feature_selection import FeatureSelection
    from ui.layers_panel.panel import LayersPanel
    from ui.map.area import MapArea
    from ui.map.engine import MapEngine
    from ui.map.picked import Picked
    from ui.map.tool import MapTool
    from ui.map.view_history import ViewHistory
    from ui.session import Session
    from ui.snapshot import Selection
    from ui.theme import Theme


@dataclass(frozen=True)
class MapParts:
    """What the map's desk works on.

    Parameters
    ----------
    map_area : MapArea
        The map.
    layers : LayersPanel
        Which layers are shown.
    features : FeatureSelection
        What is selected of a layer.
    """

    map_area: MapArea
    layers: LayersPanel
    features: FeatureSelection


@dataclass(frozen=True)
class MapState:
    """What is carried to a window made anew.

    Parameters
    ----------
    picked : tuple of Selection
        What is selected together.
    features : (str, tuple of int)
        What is selected of a layer.
    of_layer : bool
        Whether the tools select of the chosen layer.
    asked : tuple of float or None
        Where it was asked what is there.
    tool : str
        Name of the command that takes the tool in the hand.
    held : object
        What it has begun.
    history : ViewHistory
        What the map has shown.
    """

    picked: tuple[Selection, ...]
    features: tuple[str, tuple[int, ...]]
    of_layer: bool
    asked: tuple[float, float, float] | None
    tool: str
    held: object
    history: ViewHistory


class MapDesk(QObject):
    """Hears what is asked of the map, and has it done.

    Parameters
    ----------
    session : Session
        The open project.
    background : Background
        Waits for the engine.
    engine : MapEngine
        Draws, and knows what every layer holds.
    parts : MapParts
        The map, and what is shown and selected on it.
    theme : Theme
        Tints the icons.
    """

    selection_wanted = pyqtSignal(object)
    """A part of the plan is to be selected alone, or nothing; a `Selection` or None."""
    other_wanted = pyqtSignal(object)
    """Something is to be selected as the second map has it; a `Selection`."""
    panel_wanted = pyqtSignal(str)
    """A panel is to be opened; carries its name."""
    run_wanted = pyqtSignal(str)
    """It was asked from what something was computed; carries the run's id."""
    said = pyqtSignal(str)

    def __init__(
        self,
        session: Session,
        background: Background,
        engine: MapEngine,
        parts: MapParts,
        theme: Theme,
    ) -> None:
        super().__init__()
        self._session = session
        self._map = parts.map_area
        self._features = parts.features
        self._canvas = parts.map_area.canvas
        self.sides = Sides(session, parts.layers, parts.map_area.stage)
        shared = (background, engine, parts.map_area, self.sides)
        self.selecting = SelectDesk(*shared, parts.layers, parts.features)
        self.identifying = IdentifyDesk(session, *shared, parts.features)
        self.bookmarks = BookmarksDesk(session, self._canvas, theme)
        self.borders = BordersChoice(session, parts.map_area.footer)
        self.distance, self.area = DistanceTool(), AreaTool()
        self._selection: Selection | None = None
        self._listen(theme)

    def _listen(self, theme: Theme) -> None:
        self._session.opened.connect(self._on_opened)
        self._session.changed.connect(self.selecting.keep_what_is_there)
        self._map.footer.go_to_requested.connect(self._map.go_to.open_card)
        self._map.go_to.place_wanted.connect(self.go_to)
        self._map.go_to.closed.connect(self._on_go_to_closed)
        self.selecting.selection_wanted.connect(self.selection_wanted)
        self.selecting.said.connect(self.said)
        self.identifying.selection_wanted.connect(self.selection_wanted)
        for desk in (self.selecting, self.identifying):
            desk.other_wanted.connect(self.other_wanted)
        self.identifying.found.connect(lambda: self.panel_wanted.emit("here"))
        self.identifying.panel.run_requested.connect(self.run_wanted)
        button = self._map.add_button("bookmark", tr("Go to a bookmark, or keep one"), theme)
        button.setMenu(self.bookmarks.menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def close(self) -> None:
        """Ask for nothing more, as before the work beside the window ends."""
        self.selecting.close()
        self.identifying.close()

    def add_deeds(self, deeds: Actions) -> None:
        """Offer what can be done here in menus, by keys and on the tool bar of the map."""
        group = tr("Map")
        canvas = self._canvas
        for key, text, act, keys in (
            ("map.back", tr("Back to the view before"), canvas.go_back, ("Alt+Left",)),
            ("map.forward", tr("Forward to the next view"), canvas.go_forward, ("Alt+Right",)),
            ("map.zoom_in", tr("Zoom in"), partial(canvas.zoom, 2.0), ("Ctrl++", "Ctrl+=")),
            ("map.zoom_out", tr("Zoom out"), partial(canvas.zoom, 0.5), ("Ctrl+-",)),
            (
                "map.zoom_selection",
                tr("Zoom to selection"),
                self.zoom_to_selection,
                ("Ctrl+J",),
            ),
            ("map.go_to", tr("Go to place…"), self._map.go_to.open_card, ("Ctrl+G",)),
        ):
            deeds.add(key, text, act, group=group, keys=keys)
        keep = deeds.add(
            "map.bookmark",
            tr("Keep bookmark…"),
            self.begin_bookmark,
            group=group,
            keys=("Ctrl+B",),
        )
        every = deeds.add(
            "map.bookmarks",
            tr("Show all bookmarks"),
            partial(self.panel_wanted.emit, "bookmarks"),
            group=group,
            keys=("Ctrl+Shift+B",),
        )
        self.bookmarks.offer([keep, every])
        self._add_tools(deeds)
        for view, name, choose in self.borders.offers():
            action = deeds.add(f"borders.{view}", name, choose, group=tr("Borders"))
            self.borders.take(view, action)

    def _add_tools(self, deeds: Actions) -> None:
        bar, group = self._map.tool_bar, tr("Map")

        def add(
            name: str, text: str, tool: MapTool | None, keys: str, *, below: str = ""
        ) -> QAction:
            take: Callable[[], object] = partial(self._canvas.set_tool, tool)
            action = deeds.add(f"map.{name}", text, take, group=group, keys=(keys,))
            bar.add(action, tool, icon_name=name, group=below)
            return action

        add("pan", tr("Move the map and select"), None, "Alt+P")
        add("identify", tr("Ask what is here"), self.identifying.tool, "Ctrl+Shift+I")
        menu = bar.add_group("select", tr("Select"), "select")
        selecting = self.selecting
        add("select", tr("Select by click"), selecting.click, "Alt+S", below="select")
        add("select_box", tr("Select by box"), selecting.box, "Alt+X", below="select")
        add(
            "select_polygon",
            tr("Select by outline"),
            selecting.polygon,
            "Alt+O",
            below="select",
        )
        menu.addSeparator()
        of_layer = deeds.add(
            "map.select_of_layer",
            tr("Select features of the chosen layer"),
            self._on_of_layer,
            group=group,
        )
        of_layer.setCheckable(True)
        self._of_layer = of_layer
        nothing = deeds.add(
            "map.select_nothing",
            tr("Select nothing"),
            selecting.clear,
            group=group,
            keys=("Ctrl+Shift+A",),
        )
        menu.addActions([of_layer, nothing])
        bar.add_group("measure", tr("Measure"), "measure")
        add("measure", tr("Measure distance"), self.distance, "Ctrl+Shift+M", below="measure")
        add("measure_area", tr("Measure area"), self.area, "Ctrl+Shift+J", below="measure")

    @property
    def picked(self) -> Picked:
        """What is selected on the map together."""
        return self.selecting.picked

    def carried(self) -> MapState:
        """Return what was selected and asked, and what is in the hand."""
        tool = self._canvas.tool
        return MapState(
            picked=self.picked.items,
            features=(self._features.layer_id, self._features.fids),
            of_layer=self.selecting.of_layer,
            asked=self.identifying.place,
            tool=self._map.tool_bar.name_of(tool),
            held=None if tool is None else tool.carried(),
            history=self._canvas.history,
        )

    def take_over(self, state: MapState) -> None:
        """Select and ask the same again, and take the same tool into the hand."""
        self._canvas.share_history(state.history)
        self.picked.set(state.picked)
        self._features.set(*state.features)
        self.selecting.set_of_layer(on=state.of_layer)
        self._of_layer.setChecked(state.of_layer)
        if state.asked is not None:
            self.identifying.ask(*state.asked, opened=False)
        self._map.tool_bar.take(state.tool)
        if self._canvas.tool is not None:
            self._canvas.tool.take_over(state.held)

    def follow(self, selection: Selection | None) -> None:
        """Hear that something was selected elsewhere."""
        self.selecting.follow(selection)
        self._selection = selection

    def zoom_to_selection(self) -> None:
        """Show all that is selected."""
        if self.picked.items or self.selecting.has_features:
            self.selecting.zoom()
            return
        snapshot, selection = self._session.snapshot, self._selection
        extent = None
        if snapshot is not None and selection is not None:
            extent = snapshot.extent_of(selection)
        if extent is None:
            self.said.emit(tr("Nothing is selected that is on the map."))
        else:
            self._canvas.show_extent(extent)

    def go_to(self, text: str) -> None:
        """Show a place that was written in numbers; say beside it why it is none."""
        measure, view = self._map.measure, self._canvas.view
        if measure is None or view is None:
            self._map.go_to.show_problem(tr("There is no map to go to a place of yet."))
            return
        try:
            place = parse_place(text, measure)
        except PlannerError as error:
            self._map.go_to.show_problem(words.problem(error))
            return
        self._canvas.centre_on(*place)
        moved = self._canvas.view
        if moved is None or not moved.shows((*place, *place)):
            self._map.go_to.show_problem(
                tr(
                    "{place} lies outside what this project's map reaches; it shows the "
                    "nearest there is.",
                    place=self._map.place_text(place),
                )
            )
            return
        self._map.go_to.show_problem("")
        self._canvas.set_overlay("goal", PlaceMark(*place))

    def begin_bookmark(self) -> None:
        """Ask for the name of a bookmark of the view that is shown."""
        self.panel_wanted.emit("bookmarks")
        self.bookmarks.panel.begin()

    def _on_of_layer(self) -> None:
        self.selecting.set_of_layer(on=self._of_layer.isChecked())

    def _on_go_to_closed(self) -> None:
        self._canvas.set_overlay("goal", None)
        self._canvas.setFocus()

    def _on_opened(self) -> None:
        measure = self._map.measure
        self.selecting.forget()
        self._canvas.set_tool(None)
        self._canvas.set_overlay("goal", None)
        if measure is not None:
            for tool in (self.distance, self.area):
                tool.set_measure(measure)
