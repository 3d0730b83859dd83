"""Fills the palette: commands of the window, what the project holds, places of the base map."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QKeySequence

from layers.pack import DataPack
from resources.translation import tr, tr_filled
from ui import words
from ui.palette.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from planner.jobs import JobControl
    from resources.errors import PlannerError
    from ui.background import Background
    from ui.main_window import MainWindow, WindowParts
    from ui.session import Session
    from ui.snapshot import Selection, Snapshot

Place = tuple[str, str, str, float, float]
"""Name, local name, country, longitude, latitude."""

_PLACE_HALF_M = 15_000.0
"""Half the side of what the map shows around a place."""
_NAMES_PAST_ENGLISH = "  ·  "


class PaletteDesk(QObject):
    """Tells the palette what there is.

    Parameters
    ----------
    session : Session
        The open project.
    background : Background
        Reads the places.
    window : MainWindow
        Its commands.
    parts : WindowParts
        The line, the layers and the map.
    select : callable
        Selects something of the project.
    """

    def __init__(
        self,
        session: Session,
        background: Background,
        window: MainWindow,
        parts: WindowParts,
        select: Callable[[Selection], None],
    ) -> None:
        super().__init__()
        self._background = background
        self._window = window
        self._parts = parts
        self._select = select
        self._features: list[Entry] = []
        self._places: list[Entry] = []
        self._bounds: tuple[float, float, float, float] | None = None
        box = parts.top_bar.search
        box.set_source("features", lambda: self._features)
        box.set_source("layers", self._layers)
        box.set_source("commands", self._commands)
        box.set_source("places", lambda: self._places)
        session.opened.connect(self._on_changed)
        session.changed.connect(self._on_changed)

    def _on_changed(self, snapshot: Snapshot) -> None:
        self._features = [
            self._feature(selection, text) for selection, text in snapshot.findable()
        ]
        if snapshot.bounds_lonlat is not None and snapshot.bounds_lonlat != self._bounds:
            self._bounds = snapshot.bounds_lonlat
            self._read_places(snapshot.bounds_lonlat)

    def _feature(self, selection: Selection, text: str) -> Entry:
        title, _, detail = text.partition(_NAMES_PAST_ENGLISH)
        icons = {"site": "sites", "corridor": "corridors", "proposal": "proposals"}
        return Entry(
            selection.kind,
            title,
            partial(self._select, selection),
            detail=detail,
            icon_name=icons[selection.kind],
        )

    def _commands(self) -> Iterator[Entry]:
        form = QKeySequence.SequenceFormat.NativeText
        for deed in self._window.deeds.deeds:
            action = deed.action
            if not action.isEnabled():
                continue
            panel = deed.key.startswith("panel.")
            yield Entry(
                "panel" if panel else "command",
                action.text().rstrip("…"),
                action.trigger,
                detail=deed.group,
                icon_name="command",
                keys=action.shortcut().toString(form),
            )

    def _layers(self) -> Iterator[Entry]:
        for spec in self._parts.panels.layers.specs:
            yield Entry(
                "layer",
                tr_filled(spec.name),
                partial(self._show_layer, spec.layer_id),
                detail=tr_filled(spec.group),
                icon_name="layers",
            )

    def _show_layer(self, layer_id: str) -> None:
        self._window.open_panel("layers")
        self._parts.panels.layers.switch(layer_id, on=True)

    def _read_places(self, bounds: tuple[float, float, float, float]) -> None:
        def work(_: JobControl) -> list[Place]:
            frame = DataPack.open().basemap("settlements", bounds)
            rows = zip(
                frame["name"], frame["name_local"], frame["iso3"], frame.geometry, strict=True
            )
            return [
                (str(name), str(local or ""), str(iso3), point.x, point.y)
                for name, local, iso3, point in rows
            ]

        self._background.submit(
            "reading", tr("Read the names of places"), work, self._on_places, self._on_failed
        )

    def _on_places(self, places: list[Place]) -> None:
        self._places = [
            Entry(
                "place",
                name,
                partial(self._go_to, lon, lat),
                detail=words.listed((local, country)),
                icon_name="place",
            )
            for name, local, country, lon, lat in places
        ]

    def _on_failed(self, error: PlannerError) -> None:
        self._parts.strip.say(words.problem(error))

    def _go_to(self, lon: float, lat: float) -> None:
        place = self._parts.map_area.place_of(lon, lat)
        if place is not None:
            self._window.show_results(shown=False)
            (x, y), half = place, _PLACE_HALF_M
            self._parts.map_area.canvas.show_extent((x - half, y - half, x + half, y + half))
