"""The composition root: builds every part of the window and passes each what it needs."""

from __future__ import annotations

import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_config_path, user_documents_path, user_log_path
from PyQt6.QtCore import QByteArray, QObject, QTimer
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication

from planner.maps import DISCLAIMER, NOMINAL_SITES, PACK_GRID
from resources.errors import PlannerError
from resources.translation import tr
from ui.background import Background
from ui.carried import CarriedFields
from ui.compare.desk import CompareDesk
from ui.controls import tint_icons
from ui.corridors.desk import CorridorsDesk
from ui.corridors.panel import CorridorsPanel
from ui.desk import Desk
from ui.display import display_problem
from ui.drawing.desk import DrawingDesk
from ui.drawing.panel import DrawingPanel
from ui.heap import LastingHeap, look_through
from ui.history.desk import HistoryDesk
from ui.history.panel import HistoryPanel
from ui.history.tidy_desk import TidyDesk
from ui.icons import icon
from ui.indicators.panel import IndicatorsPanel
from ui.inspector.panel import Inspector
from ui.jobs.log import JobLog
from ui.jobs.panel import JobsPanel
from ui.jobs.strip import Strip
from ui.last_resort import LastResort, close_log, log_to
from ui.layers_panel.desk import LayersDesk
from ui.layers_panel.panel import LayersPanel
from ui.main_window import MainWindow, Panels, WindowParts
from ui.map.area import MapArea
from ui.map.desk import MapDesk, MapParts
from ui.map.engine import MapEngine
from ui.palette.desk import PaletteDesk
from ui.preferences import WISHES, PreferenceStore, Wish
from ui.rail import Rail
from ui.recent import RecentProjects
from ui.renewal import Renewal, let_go_of_listeners, speak
from ui.reserve.desk import ReserveDesk
from ui.reserve.panel import ProposalsPanel
from ui.scenarios.desk import ScenariosDesk
from ui.session import Session
from ui.settings import SettingsDesk
from ui.sheet.desk import SheetDesk
from ui.sites.panel import SitesPanel
from ui.start.choice import Choice, choice_of
from ui.start.desk import StartDesk
from ui.suitability.desk import HabitatDesk
from ui.suitability.panel import SpeciesPanel
from ui.suitability.results.view import ResultsView
from ui.theme import (
    Appearance,
    apply_theme,
    load_theme,
    set_text_scale,
    system_appearance,
)
from ui.top_bar import TopBar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType

    from ui.carried import Carrier
    from ui.start.page import StartPage

_PULSE_MS = 250


class Desktop(QObject):
    """One window with everything behind it.

    Parameters
    ----------
    application : QApplication
        Given the theme.
    recent : RecentProjects
        Told what is opened.
    folder : Path
        Where new projects are made.
    appearance : {"light", "dark"}, optional
        Wins over the preferences.
    preferences : PreferenceStore, optional
        What the user has chosen; the usual, which is not kept, where it is left out.
    """

    def __init__(
        self,
        application: QApplication,
        recent: RecentProjects,
        folder: Path,
        *,
        appearance: Appearance | None = None,
        preferences: PreferenceStore | None = None,
    ) -> None:
        super().__init__()
        self._application = application
        self._recent = recent
        self._folder = folder
        self.preferences = preferences or PreferenceStore(None, appearance=appearance)
        self._theme = load_theme(self._appearance())
        set_text_scale(self.preferences.values.text_scale)
        apply_theme(application, self._theme)
        self.background = Background()
        self.session = Session(self.background)
        self.engine = MapEngine(self.background)
        self.job_log = JobLog(self.background)
        self.renewal = Renewal(self)
        self._build()
        hints = QGuiApplication.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(self._on_scheme_changed)

    def _build(self) -> None:
        """Make the window and all that listens to it, over the project that is open."""
        chosen = self.preferences.values
        self.parts = self._make_parts()
        self.window = MainWindow(self.parts, self._theme, own_keys=chosen.shortcuts)
        self.window.setWindowIcon(icon("landbridge", self._theme.colour["accent"], size=64))
        self.habitat = HabitatDesk(
            self.session, self.background, self.parts.panels.species, self.parts.results
        )
        self.corridors = CorridorsDesk(
            self.session, self.background, self.parts.panels.corridors, self.parts.map_area
        )
        self.reserve = ReserveDesk(
            self.session, self.background, self.parts.panels.proposals, self.parts.map_area
        )
        self.layers = LayersDesk(  # before the desk, which shows what it has forgotten anew
            self.session, self.background, self.engine, self.window, self.parts, self._theme
        )
        self.desk = Desk(
            self.session, self.engine, self.window, self.parts, self.habitat, self._theme
        )
        self.palette = PaletteDesk(
            self.session, self.background, self.window, self.parts, self.desk.select
        )
        self._add_map()
        self._add_panels()
        self.desk.listen_to_layers(self.layers)
        self.desk.listen_to_corridors(self.corridors)
        self.desk.listen_to_proposals(self.reserve)
        self.compare = CompareDesk(
            self.session,
            self.background,
            self.engine,
            self.parts.map_area,
            self.parts.panels.layers,
            self._theme,
        )
        self.compare.add_deeds(self.window.deeds)
        self.desk.listen_to_comparison(self.compare)
        canvas = self.parts.map_area.canvas
        self.scenarios = ScenariosDesk(
            self.session, self.window, self.compare, canvas, self._theme
        )
        self.scenarios.said.connect(self.parts.strip.say)
        self.sheet = SheetDesk(self.session, self.window, self.engine, canvas, self._theme)
        self.drawing = self._add_drawing()
        self.parts.top_bar.compare_requested.connect(self.compare.toggle)
        self.compare.active_changed.connect(self.parts.top_bar.compare_button.setChecked)
        self.begin = StartDesk(
            self.session,
            self.background,
            self.window,
            self.parts,
            self._recent,
            self._folder,
        )
        self.settings = SettingsDesk(self.window, self.preferences, self.renewal, self.job_log)
        self.settings.text_scale_changed.connect(self._show_theme)
        self.settings.said.connect(self.parts.strip.say)
        self.window.closing.connect(self.close)
        self.window.open_requested.connect(self.ask)
        self.window.new_requested.connect(self.begin.show_wizard)
        self.window.theme_requested.connect(self._on_theme_requested)
        self.parts.top_bar.language_chosen.connect(self.renewal.speak)
        if chosen.geometry:
            self.window.restoreGeometry(QByteArray.fromHex(chosen.geometry.encode()))
        self.window.restore_layout(chosen.layout)

    def _add_map(self) -> None:
        """Put the tools of the map into the hand's reach, and its panels beside it."""
        window, parts = self.window, self.parts
        held = MapParts(parts.map_area, parts.panels.layers, self.layers.features)
        self.map = MapDesk(self.session, self.background, self.engine, held, self._theme)
        self.map.add_deeds(window.deeds)
        footer = parts.map_area.footer
        footer.use_notation(self.preferences.values.notation)
        footer.notation_chosen.connect(self._on_notation_chosen)
        window.add_panel("here", tr("What is here"), self.map.identifying.panel)
        window.add_panel("bookmarks", tr("Bookmarks"), self.map.bookmarks.panel)
        self.desk.listen_to_map(self.map)

    def _add_panels(self) -> None:
        """Add the panels of jobs and of history, below those of the plan."""
        window = self.window
        jobs = JobsPanel(self.job_log, self._theme)
        history = HistoryPanel(self._theme)
        window.add_panel("jobs", tr("Jobs"), jobs, "jobs")
        dock = window.add_panel("history", tr("History"), history, "history")
        self.history = HistoryDesk(self.session, history, dock)
        self.tidying = TidyDesk(self.session, self.background, window)
        self.tidying.said.connect(self.session.said)
        self.parts.strip.jobs_requested.connect(lambda: window.open_panel("jobs"))

    def _add_drawing(self) -> DrawingDesk:
        """Add the tools that draw, and the panel beside them."""
        panel = DrawingPanel(self._theme)
        self.window.add_panel("draw", tr("Draw"), panel, "draw")
        drawing = DrawingDesk(
            self.session, self.background, self.window, self.parts.map_area, panel, self._theme
        )
        drawing.cut_at_borders(on=self.preferences.values.cut_at_borders)
        drawing.cut_chosen.connect(self._on_cut_chosen)
        self.desk.listen_to_drawing(drawing)
        drawing.proposal.follow(self.map.selecting, self.parts.panels.proposals.list)
        return drawing

    def _close_features(self) -> None:
        """Have everything that listens to the window ask for nothing more."""
        self.parts.map_area.canvas.loop.stop()
        self.map.close()
        self.corridors.close()
        self.reserve.close()
        self.layers.close()
        self.compare.close()
        self.scenarios.close()
        self.sheet.close()
        self.drawing.close()

    def build_anew(self) -> None:
        """Make the window anew over the same project, as in another language.

        Nothing may run beside the window; `Renewal` sees to that. The place and size of the
        window, the panels, the view of the map, the selection, and what was begun and not
        stored are as before.
        """
        self.session.finish()
        carried = {name: part.carried() for name, part in self._carriers().items()}
        old, selection = self.window, self.desk.selection
        view = self.parts.map_area.canvas.view
        geometry, layout = old.saveGeometry(), old.layout_text()
        self._close_features()
        let_go_of_listeners(self.session, self.engine, self.background, self.job_log)
        self.job_log.listen()
        old.closing.disconnect()
        self._build()
        self.window.restoreGeometry(geometry)
        self.window.resize(old.size())
        self.window.restore_layout(layout)
        self.window.show()
        old.close()
        old.deleteLater()
        QTimer.singleShot(0, look_through)  # the old window is one large circle of objects
        snapshot = self.session.snapshot
        if snapshot is not None:
            self.session.opened.emit(snapshot)
            if view is not None:
                self.parts.map_area.canvas.show_exactly(view.extent)
            if selection is not None:
                self.desk.select(selection, reveal=False)
        for name, part in self._carriers().items():
            part.take_over(carried[name])
        if view is not None:
            self.parts.map_area.canvas.follow(view)

    def store_what_was_typed(self) -> None:
        """Have forms that store by themselves store what was typed, without waiting."""
        self.drawing.flush()
        self.scenarios.panel.keep_note()

    def _carriers(self) -> Mapping[str, Carrier]:
        """Return what holds something that is stored nowhere, by a name of its own."""
        panels = self.parts.panels
        return {
            "start": self.begin,
            "sites": CarriedFields(panels.sites),
            "species": panels.species,
            "corridors": panels.corridors,
            "proposals": panels.proposals,
            "results": self.habitat,
            "sheet": self.sheet,
            "scenarios": self.scenarios,
            "table": self.layers.table,
            "compare": self.compare,
            "drawing": self.drawing,
            "map": self.map,
        }

    def _make_parts(self) -> WindowParts:
        theme = self._theme
        panels = Panels(
            sites=SitesPanel(theme),
            species=SpeciesPanel(theme),
            layers=LayersPanel(theme),
            corridors=CorridorsPanel(theme),
            proposals=ProposalsPanel(theme),
            indicators=IndicatorsPanel(),
        )
        return WindowParts(
            top_bar=TopBar(theme),
            rail=Rail(theme),
            panels=panels,
            map_area=MapArea(
                self.background,
                theme,
                disclaimer=tr(DISCLAIMER),
                nominal_notice=f"{tr(NOMINAL_SITES)} {tr(PACK_GRID)}",
            ),
            results=ResultsView(theme, self.background),
            inspector=Inspector(theme),
            strip=Strip(self.background, theme),
        )

    def start(self, choice: Choice | None) -> None:
        """Show the window, and open a project or ask for one."""
        self.window.show()
        self.engine.start()
        if choice is None:
            self.ask()
        else:
            self.session.open(choice)

    def ask(self) -> StartPage:
        """Let the user choose a project, in place of the map."""
        return self.begin.show()

    def close(self) -> None:
        """End QGIS and the threads, and let go of the project."""
        store = self.preferences
        geometry = self.window.saveGeometry().toHex().data().decode()
        layout = self.window.layout_text()
        store.keep(replace(store.values, layout=layout, geometry=geometry))
        self.begin.keep_picture()
        self.session.finish()
        self._close_features()
        self.engine.close()
        self.background.close()
        self.engine.close()  # work that was running may have started QGIS once more
        try:
            self.session.close()
        except PlannerError as error:  # the folder is gone, and the window as good as gone
            sys.stderr.write(f"landbridge: {error}\n")

    def _appearance(self) -> Appearance:
        wish = self.preferences.values.appearance
        return system_appearance() if wish == "system" else wish

    def _on_notation_chosen(self, notation: str) -> None:
        self.preferences.keep(replace(self.preferences.values, notation=notation))

    def _on_cut_chosen(self, on: bool) -> None:
        self.preferences.keep(replace(self.preferences.values, cut_at_borders=on))

    def _on_theme_requested(self, name: str) -> None:
        wish: Wish = next((known for known in WISHES if known == name), "system")
        self.preferences.keep(replace(self.preferences.values, appearance=wish))
        self._show_theme()

    def _on_scheme_changed(self) -> None:
        if self.preferences.values.appearance == "system":
            self._show_theme()

    def _show_theme(self) -> None:
        self._theme = load_theme(self._appearance())
        apply_theme(self._application, self._theme)
        tint_icons(self.window, self._theme)
        self.window.set_theme(self._theme)
        self.begin.set_theme(self._theme)
        self.desk.set_theme(self._theme)
        self.scenarios.set_theme(self._theme)
        self.drawing.set_theme(self._theme)
        self.sheet.set_theme(self._theme)


def run(argv: list[str]) -> int:
    """Open the desktop window and stay until it is closed.

    Parameters
    ----------
    argv : list of str
        A project folder; or ``--region ID`` and perhaps ``--out DIR``; or nothing, and the
        window asks.

    Returns
    -------
    int
        0 when the window was closed, 1 where there is no display to open it on.

    Raises
    ------
    UsageError
        The words make no sense, or the region is unknown.
    """
    planned = Path("out").resolve()  # where `landbridge plan` makes its projects
    folder = planned if planned.is_dir() else user_documents_path() / "Landbridge"
    choice = choice_of(argv, folder)
    if problem := display_problem():
        sys.stderr.write(f"landbridge: {problem}\n")
        return 1
    application = QApplication(["landbridge"])
    application.setApplicationName("Landbridge")
    application.setDesktopFileName("landbridge")
    last_resort = LastResort(log_to(user_log_path("landbridge")))
    last_resort.install()
    heap = LastingHeap()
    heap.start()
    try:
        own = user_config_path("landbridge")
        preferences = PreferenceStore(own / "preferences.json")
        speak(preferences)
        recent = RecentProjects(own / "recent.json")
        desktop = Desktop(application, recent, folder, preferences=preferences)
        desktop.start(choice)
        if preferences.problem:
            desktop.parts.strip.say(preferences.problem)
        pulse = _close_on_signals(desktop.window)
        ended = application.exec()
        pulse.stop()
        return ended
    finally:
        heap.stop()
        last_resort.remove()
        close_log()


def _close_on_signals(window: MainWindow) -> QTimer:
    """Close the window on Ctrl-C in its terminal, and when the system asks it to end."""

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        window.close()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    pulse = QTimer()
    pulse.timeout.connect(lambda: None)  # lets Python look at signals while Qt waits
    pulse.start(_PULSE_MS)
    return pulse
