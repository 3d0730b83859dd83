"""The one window: places bars, docks and menus, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QActionGroup, QCloseEvent, QKeySequence, QResizeEvent
from PyQt6.QtWidgets import (
    QDockWidget,
    QFrame,
    QLineEdit,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QStatusBar,
    QStyle,
    QToolBar,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ui.theme import GRID
from ui.undo_keys import REDO_KEYS, UNDO_KEYS, UndoKeys

if TYPE_CHECKING:
    from collections.abc import Callable

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
    from ui.top_bar import TopBar

_SIDE_WIDTH_PX = 46 * GRID
_NARROWEST_SIDE_PX = 36 * GRID
_ROOMY_PX = 1400
"""Below this width an inspector with nothing to tell gives its place to the map."""
_TIGHT_PX = 1200
"""Below this width the panels beside the map are as narrow as they go."""
_WANTED_SIZE = QSize(1600, 1000)


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


PANEL_NAMES = tuple(field.name for field in fields(Panels))
"""Names on the rail, in order."""


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
    """Places the parts, opens and folds the panels, and holds the menus."""

    closing = pyqtSignal()
    open_requested = pyqtSignal()
    export_requested = pyqtSignal()
    plan_requested = pyqtSignal()
    theme_requested = pyqtSignal(str)

    def __init__(self, parts: WindowParts) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("Landbridge")
        self.resize(self._fitting_size())
        self._parts = parts
        self._open_panel = ""
        self._hidden: tuple[str, bool] | None = None
        # Tab goes through the parts in the order in which they are placed.
        self._place_bars()
        self._stack = QStackedWidget()
        for name in PANEL_NAMES:
            self._stack.addWidget(parts.panels.named(name))
        self._workspace = self._dock("workspace_dock", "Workspace", self._framed_stack())
        self._middle = QStackedWidget()
        self._middle.addWidget(parts.map_area)
        self._middle.addWidget(parts.results)
        self.setCentralWidget(self._middle)
        self._inspector = self._dock("inspector_dock", "Inspector", parts.inspector)
        self._place_docks()
        self._make_menus()
        self._undo_keys = UndoKeys()
        for box in self.findChildren(QLineEdit):
            self._undo_keys.watch(box)
        parts.rail.panel_chosen.connect(self.open_panel)
        parts.results.closed.connect(lambda: self.show_results(shown=False))
        parts.inspector.close_requested.connect(lambda: self.show_inspector(shown=False))
        parts.map_area.canvas.panels_toggled.connect(self.toggle_panels)
        self.open_panel(PANEL_NAMES[0])
        self._inspector.setVisible(self.width() >= _ROOMY_PX)

    def _fitting_size(self) -> QSize:
        """Return the size wanted, or what of it the screen has room for with a title bar."""
        screen, style = self.screen(), self.style()
        if screen is None or style is None:
            return _WANTED_SIZE
        title_px = style.pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
        room = screen.availableGeometry().size() - QSize(0, title_px)
        return _WANTED_SIZE.boundedTo(room)

    def _framed_stack(self) -> QFrame:
        frame = QFrame()
        frame.setObjectName("workspace")
        frame.setProperty("role", "panel")
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        return frame

    def _dock(self, name: str, title: str, content: QWidget) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setTitleBarWidget(QWidget(dock))
        dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        content.setMinimumWidth(_NARROWEST_SIDE_PX)
        dock.setWidget(content)
        return dock

    def _place_bars(self) -> None:
        self.setMenuWidget(self._parts.top_bar)
        rail_bar = QToolBar("Rail", self)
        rail_bar.setObjectName("rail_bar")
        rail_bar.setMovable(False)
        rail_bar.setContentsMargins(0, 0, 0, 0)
        rail_bar.addWidget(self._parts.rail)
        rail_bar.toggleViewAction().setVisible(False)  # type: ignore[union-attr]  # always there
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, rail_bar)

    def _place_docks(self) -> None:
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self._workspace)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self._inspector)
        docks = [self._workspace, self._inspector]
        self.resizeDocks(docks, [_SIDE_WIDTH_PX] * 2, Qt.Orientation.Horizontal)
        status = QStatusBar(self)
        status.setSizeGripEnabled(False)
        status.setContentsMargins(0, 0, 0, 0)
        status.setStyleSheet("QStatusBar::item { border: none; }")
        status.addPermanentWidget(self._parts.strip, 1)
        self.setStatusBar(status)

    def _make_menus(self) -> None:
        bar, strip = self._parts.top_bar, self._parts.strip
        project, view = bar.project_menu, bar.view_menu
        self._act(project, "Open or create project…", "Ctrl+O", self.open_requested.emit)
        project.addSeparator()
        self._act(project, "Make the plan", "", self.plan_requested.emit)
        self._act(project, "Print map", "Ctrl+P", bar.print_requested.emit)
        self._act(project, "Export QGIS project", "", self.export_requested.emit)
        project.addSeparator()
        undo = self._act(project, "Undo", "", strip.undo_requested.emit)
        undo.setShortcuts(UNDO_KEYS)
        redo = self._act(project, "Redo", "", strip.redo_requested.emit)
        redo.setShortcuts(REDO_KEYS)
        project.addSeparator()
        self._act(project, "Quit", "Ctrl+Q", self.close)
        canvas = self._parts.map_area.canvas
        self._act(view, "Show the whole region", "Ctrl+0", canvas.show_region)
        self._act(view, "Hide or show panels", "Ctrl+Tab", self.toggle_panels)
        self._act(view, "Search everything", "Ctrl+K", bar.focus_search)
        self._act(view, "Next part of the window", "F6", self._focus_next_part)
        view.addSeparator()
        for number, name in enumerate(PANEL_NAMES, start=1):
            title = name.capitalize()
            self._act(view, title, f"Ctrl+{number}", partial(self.open_panel, name))
        self._act(view, "Inspector", "Ctrl+I", lambda: self.show_inspector(shown=True))
        view.addSeparator()
        group = QActionGroup(self)
        for appearance in ("system", "light", "dark"):
            action = self._act(
                view,
                f"{appearance.capitalize()} appearance",
                "",
                partial(self.theme_requested.emit, appearance),
            )
            action.setCheckable(True)
            action.setChecked(appearance == "system")
            group.addAction(action)

    def _act(self, menu: QMenu, text: str, keys: str, act: Callable[[], object]) -> QAction:
        action = QAction(text, self)
        action.setObjectName("action_" + text.lower().rstrip("…").replace(" ", "_"))
        if keys:
            action.setShortcut(QKeySequence(keys))

        def on_triggered(_checked: bool) -> None:
            act()

        action.triggered.connect(on_triggered)
        menu.addAction(action)
        self.addAction(action)
        return action

    @property
    def open_panel_name(self) -> str:
        """The workspace panel that is open, or an empty string."""
        return self._open_panel

    def open_panel(self, name: str) -> None:
        """Open a workspace panel; an empty string folds the one that is open."""
        self._open_panel = name
        self._hidden = None
        if name:
            self._stack.setCurrentWidget(self._parts.panels.named(name))
        self._workspace.setVisible(bool(name))
        self._parts.rail.mark(name)

    @property
    def results_shown(self) -> bool:
        """Whether the results of a model stand in place of the map."""
        return self._middle.currentWidget() is self._parts.results

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

    def _narrow_sides(self) -> None:
        """Give the map what room there is beside the panels."""
        sides = [self._workspace, self._inspector]
        narrowest = [_NARROWEST_SIDE_PX] * len(sides)
        self.resizeDocks(sides, narrowest, Qt.Orientation.Horizontal)

    def _make_room(self, before_px: int, now_px: int) -> None:
        """Where the window becomes narrow, fold an empty inspector, then narrow the panels."""
        if before_px >= _ROOMY_PX > now_px and self._parts.inspector.record is None:
            self._inspector.hide()
        if before_px >= _TIGHT_PX > now_px and not self._inspector.isHidden():
            self._narrow_sides()

    def toggle_panels(self) -> None:
        """Hide every panel, or bring back those that were hidden so."""
        if self._hidden is not None:
            name, inspector = self._hidden
            self.open_panel(name)
            self.show_inspector(shown=inspector)
            return
        hidden = (self._open_panel, not self._inspector.isHidden())
        self.open_panel("")
        self.show_inspector(shown=False)
        self._hidden = hidden

    def _focus_next_part(self) -> None:
        middle = self._parts.results if self.results_shown else self._parts.map_area.canvas
        parts: list[QWidget] = [middle]
        if self._open_panel:
            parts.append(self._parts.panels.named(self._open_panel))
        if not self._inspector.isHidden():
            parts.append(self._parts.inspector)
        parts.append(self._parts.top_bar)
        focus = self.focusWidget()
        at = [i for i, part in enumerate(parts) if part is focus or part.isAncestorOf(focus)]
        target = parts[(at[0] + 1) % len(parts)] if at else parts[0]
        if target is parts[0]:
            target.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        inside = (child for child in target.findChildren(QWidget) if _takes_focus(child))
        first = next(inside, None)
        if first is not None:
            first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @override
    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        super().resizeEvent(a0)
        if a0 is not None:
            self._make_room(a0.oldSize().width(), a0.size().width())

    @override
    def closeEvent(self, a0: QCloseEvent | None) -> None:
        self.closing.emit()
        super().closeEvent(a0)


def _takes_focus(widget: QWidget) -> bool:
    tabbed = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return tabbed and widget.isVisible() and widget.isEnabled()
