"""The one window: places bars, docks and menus, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QByteArray, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QDockWidget,
    QLineEdit,
    QMainWindow,
    QStackedWidget,
    QStatusBar,
    QStyle,
    QTabBar,
    QToolBar,
    QWidget,
)
from typing_extensions import override

from resources.translation import mark, tr
from ui.actions import Actions
from ui.docks import HOME, NARROWEST_SIDE_PX, PanelDock, PanelDocks
from ui.menus import Menus
from ui.theme import GRID
from ui.undo_keys import UndoKeys
from ui.window_deeds import add_deeds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PyQt6.QtGui import QCloseEvent, QResizeEvent

    from ui.corridors.panel import CorridorsPanel
    from ui.indicators.panel import IndicatorsPanel
    from ui.inspector.panel import Inspector
    from ui.jobs.strip import Strip
    from ui.layers_panel.panel import LayersPanel
    from ui.map.area import MapArea
    from ui.rail import Rail
    from ui.reserve.panel import ProposalsPanel
    from ui.sites.panel import SitesPanel
    from ui.suitability.panel import SpeciesPanel
    from ui.suitability.results.view import ResultsView
    from ui.theme import Theme
    from ui.top_bar import TopBar

_SIDE_WIDTH_PX = 46 * GRID
_ROOMY_PX = 1400
"""Below this width an inspector with nothing to tell gives its place to the map."""
_TIGHT_PX = 1200
"""Below this width the panels beside the map are as narrow as they go."""
_WANTED_SIZE = QSize(1600, 1000)
_LAYOUT_VERSION = 1
_NUMBER_KEYS = 9
"""Panels that a digit opens."""


@dataclass(frozen=True)
class Panels:
    """The workspace panels, in the order of the rail; one is open at a time."""

    sites: SitesPanel
    species: SpeciesPanel
    layers: LayersPanel
    corridors: CorridorsPanel
    proposals: ProposalsPanel
    indicators: IndicatorsPanel

    def named(self, name: str) -> QWidget:
        """Return a panel by its name on the rail."""
        panel: QWidget = getattr(self, name)
        return panel


PANEL_TITLES = {
    "sites": mark("Sites"),
    "species": mark("Species"),
    "layers": mark("Layers"),
    "corridors": mark("Corridors"),
    "proposals": mark("Proposals"),
    "indicators": mark("Indicators"),
}
"""Names of `Panels`, with their titles on the rail."""


@dataclass(frozen=True)
class WindowParts:
    """What the window is put together from.

    Parameters
    ----------
    top_bar : TopBar
        Above everything.
    rail : Rail
        Left of everything.
    panels : Panels
        Workspace panels.
    map_area : MapArea
        In the middle.
    results : ResultsView
        In place of the map while a model is looked at.
    inspector : Inspector
        On the right.
    strip : Strip
        Below everything.
    """

    top_bar: TopBar
    rail: Rail
    panels: Panels
    map_area: MapArea
    results: ResultsView
    inspector: Inspector
    strip: Strip


class MainWindow(QMainWindow):
    """Places the parts, opens and folds the panels, and holds what the window can do.

    Parameters
    ----------
    parts : WindowParts
        What it is put together from.
    theme : Theme
        Tints the buttons of the panels.
    own_keys : mapping of str to sequence of str, optional
        Shortcuts the user has chosen, by the names of the commands.
    """

    closing = pyqtSignal()
    open_requested = pyqtSignal()
    new_requested = pyqtSignal()
    export_requested = pyqtSignal()
    plan_requested = pyqtSignal()
    theme_requested = pyqtSignal(str)

    def __init__(
        self,
        parts: WindowParts,
        theme: Theme,
        *,
        own_keys: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("Landbridge")
        self.setDockNestingEnabled(True)
        self.resize(self._fitting_size())
        self._parts = parts
        self._hidden: tuple[tuple[str, ...], bool] | None = None
        self._start: QWidget | None = None
        self.theme = theme
        """Colours of the window now."""
        self.close_guard: Callable[[], bool] = lambda: True
        """Asked whether the window may be closed, where the user wants to close it."""
        self._quitting = False
        self.deeds = Actions(self, own_keys)
        """Everything the window can do; every feature adds what it brings."""
        self.docks = PanelDocks(self, theme)
        # Tab goes through the parts in the order in which they are placed.
        self._place_bars()
        add_deeds(self, parts)
        for name, title in PANEL_TITLES.items():
            self.add_panel(name, tr(title), parts.panels.named(name), name)
        self._middle = QStackedWidget()
        self._middle.addWidget(parts.map_area)
        self._middle.addWidget(parts.results)
        self.setCentralWidget(self._middle)
        self._inspector = self._inspector_dock(parts.inspector)
        self._place_docks()
        self._menus = Menus(self.deeds, parts.top_bar)
        self._undo_keys = UndoKeys()
        for box in self.findChildren(QLineEdit):
            self._undo_keys.watch(box)
        self.docks.changed.connect(lambda: parts.rail.mark(self.docks.opened))
        parts.rail.panel_chosen.connect(self.open_panel)
        parts.rail.panel_folded.connect(lambda name: self.docks.fold([name]))
        parts.results.closed.connect(lambda: self.show_results(shown=False))
        parts.inspector.close_requested.connect(lambda: self.show_inspector(shown=False))
        parts.map_area.canvas.panels_toggled.connect(self.toggle_panels)
        self.open_panel(next(iter(PANEL_TITLES)))
        self._inspector.setVisible(self.width() >= _ROOMY_PX)
        parts.map_area.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fitting_size(self) -> QSize:
        """Return the size wanted, or what of it the screen has room for with a title bar."""
        screen, style = self.screen(), self.style()
        if screen is None or style is None:
            return _WANTED_SIZE
        title_px = style.pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
        room = screen.availableGeometry().size() - QSize(0, title_px)
        return _WANTED_SIZE.boundedTo(room)

    def add_panel(
        self,
        name: str,
        title: str,
        widget: QWidget,
        icon_name: str = "",
        area: Qt.DockWidgetArea = HOME,
    ) -> PanelDock:
        """Add a panel that can be opened, moved and taken out of the window.

        Parameters
        ----------
        name : str
            Short name, such as ``"jobs"``; `open_panel` opens it by this.
        title : str
            What people call it, in their language.
        widget : QWidget
            The panel.
        icon_name : str
            Icon of its button on the rail; without a button where empty.
        area : Qt.DockWidgetArea
            Where it stands until it is moved; on the left the panels take each other's place.

        Returns
        -------
        PanelDock
        """
        dock = self.docks.add(name, title, widget, area)
        if icon_name:
            self._parts.rail.add(name, title, icon_name)
        number = len(self.docks.names)
        keys = (f"Ctrl+{number}",) if number <= _NUMBER_KEYS else ()
        self.deeds.add(
            f"panel.{name}",
            tr("Open {panel}", panel=title),
            partial(self.open_panel, name),
            group=tr("Panels"),
            keys=keys,
        )
        if area == HOME:
            self.resizeDocks([dock], [_SIDE_WIDTH_PX], Qt.Orientation.Horizontal)
        return dock

    def _inspector_dock(self, content: QWidget) -> QDockWidget:
        dock = QDockWidget(tr("Inspector"), self)
        dock.setObjectName("inspector_dock")
        dock.setTitleBarWidget(QWidget(dock))
        dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        content.setMinimumWidth(NARROWEST_SIDE_PX)
        dock.setWidget(content)
        return dock

    def _place_bars(self) -> None:
        self.setMenuWidget(self._parts.top_bar)
        rail_bar = QToolBar(tr("Rail"), self)
        rail_bar.setObjectName("rail_bar")
        rail_bar.setMovable(False)
        rail_bar.setContentsMargins(0, 0, 0, 0)
        rail_bar.addWidget(self._parts.rail)
        rail_bar.toggleViewAction().setVisible(False)  # type: ignore[union-attr]  # always there
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, rail_bar)

    def _place_docks(self) -> None:
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self._inspector)
        self._widen_sides()
        status = QStatusBar(self)
        status.setSizeGripEnabled(False)
        status.setContentsMargins(0, 0, 0, 0)
        status.setStyleSheet("QStatusBar::item { border: none; }")
        status.addPermanentWidget(self._parts.strip, 1)
        self.setStatusBar(status)

    @property
    def open_panel_name(self) -> str:
        """The workspace panel that is open, or an empty string."""
        return self.docks.current

    def open_panel(self, name: str) -> None:
        """Open a workspace panel; an empty string folds all that are open."""
        self._hidden = None
        if name:
            self.docks.open(name)
        else:
            self.docks.fold(self.docks.opened)

    def quit(self) -> None:
        """Close the window as the user does, who is asked where something runs."""
        self._quitting = True
        self.close()

    def layout_text(self) -> str:
        """Return where the panels stand, to be stored."""
        return self.saveState(_LAYOUT_VERSION).toHex().data().decode()

    def restore_layout(self, text: str) -> None:
        """Put the panels where they stood; nothing happens for an empty or strange text."""
        if not text:
            return
        state = QByteArray(bytes.fromhex(text[: len(text) // 2 * 2]))
        if self.restoreState(state, _LAYOUT_VERSION):
            self.docks.take_over()

    def reset_layout(self) -> None:
        """Put every panel where it stood at first."""
        self.docks.put_back()
        self.open_panel(next(iter(PANEL_TITLES)))
        self._inspector.setVisible(self.width() >= _ROOMY_PX)
        self._widen_sides()

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self.theme = theme
        self.docks.set_theme(theme)
        self._parts.top_bar.set_theme(theme)
        self._parts.rail.set_theme(theme)

    @property
    def results_shown(self) -> bool:
        """Whether the results of a model stand in place of the map."""
        return self._middle.currentWidget() is self._parts.results

    def set_start(self, page: QWidget) -> None:
        """Have a page that can stand in place of the map and of every panel."""
        self._start = page
        self._middle.addWidget(page)

    @property
    def start_shown(self) -> bool:
        """Whether the start page stands in place of everything else."""
        return self._start is not None and self._middle.currentWidget() is self._start

    def show_start(self, *, shown: bool) -> None:
        """Show the start page in place of everything, or the map and the panels again."""
        if self._start is None or shown == self.start_shown:
            return
        self._parts.rail.setEnabled(not shown)
        if shown:
            if self._hidden is None:
                self.toggle_panels()
            self._middle.setCurrentWidget(self._start)
            self._start.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._middle.setCurrentWidget(self._parts.map_area)
        if self._hidden is not None:
            self.toggle_panels()
        self._parts.map_area.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_results(self, *, shown: bool) -> None:
        """Show the results of a model in place of the map, or the map again."""
        wanted = self._parts.results if shown else self._parts.map_area
        self._middle.setCurrentWidget(wanted)

    def show_inspector(self, *, shown: bool) -> None:
        """Open or fold the inspector."""
        self._hidden = None
        self._inspector.setVisible(shown)
        if shown and self.width() < _TIGHT_PX:
            self._narrow_sides()

    def _sides(self) -> list[QDockWidget]:
        at_home = [dock for dock in self.docks.docks if dock.at_home and not dock.isHidden()]
        return [*at_home, self._inspector]

    def _widen_sides(self) -> None:
        sides = self._sides()
        self.resizeDocks(sides, [_SIDE_WIDTH_PX] * len(sides), Qt.Orientation.Horizontal)

    def _narrow_sides(self) -> None:
        """Give the map what room there is beside the panels."""
        sides = self._sides()
        self.resizeDocks(sides, [NARROWEST_SIDE_PX] * len(sides), Qt.Orientation.Horizontal)

    def _make_room(self, before_px: int, now_px: int) -> None:
        """Where the window becomes narrow, fold an empty inspector, then narrow the panels."""
        if before_px >= _ROOMY_PX > now_px and self._parts.inspector.record is None:
            self._inspector.hide()
        if before_px >= _TIGHT_PX > now_px and not self._inspector.isHidden():
            self._narrow_sides()

    def toggle_panels(self) -> None:
        """Hide every panel, or bring back those that were hidden so."""
        if self._hidden is not None:
            names, inspector = self._hidden
            for name in names:
                self.docks.open(name)
            self.show_inspector(shown=inspector)
            return
        hidden = (self.docks.opened, not self._inspector.isHidden())
        self.open_panel("")
        self.show_inspector(shown=False)
        self._hidden = hidden

    def focus_next_part(self) -> None:
        """Give the keyboard to the next part: map, panels, inspector, top bar."""
        middle = self._parts.results if self.results_shown else self._parts.map_area.canvas
        parts: list[QWidget] = [middle]
        parts += [self.docks.dock(name).content for name in self.docks.opened]
        if not self._inspector.isHidden():
            parts.append(self._parts.inspector)
        parts.append(self._parts.top_bar)
        focus = self.focusWidget()
        at = [i for i, part in enumerate(parts) if part is focus or part.isAncestorOf(focus)]
        here = at[0] if at else -1
        for target in (*parts[here + 1 :], *parts[: here + 1]):
            if target is middle:
                target.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return
            inside = (child for child in target.findChildren(QWidget) if _takes_focus(child))
            first = next(inside, None)
            if first is not None:
                first.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    @override
    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        super().resizeEvent(a0)
        if a0 is not None:
            self._make_room(a0.oldSize().width(), a0.size().width())

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        """Go on past the bar that Qt keeps, out of sight, for docks that lie on each other."""
        moved = super().focusNextPrevChild(next)
        focus = self.focusWidget()
        if moved and isinstance(focus, QTabBar) and not focus.count():
            return super().focusNextPrevChild(next)
        return moved

    @override
    def closeEvent(self, a0: QCloseEvent | None) -> None:
        by_hand = self._quitting or (a0 is not None and a0.spontaneous())
        self._quitting = False
        if by_hand and a0 is not None and not self.close_guard():
            a0.ignore()
            return
        self.closing.emit()
        super().closeEvent(a0)


def _takes_focus(widget: QWidget) -> bool:
    tabbed = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return tabbed and widget.isVisible() and widget.isEnabled()
