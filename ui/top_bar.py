"""The top bar: project, scenario, search over everything, print, view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QWidget,
)
from typing_extensions import override

from resources.translation import tr
from ui.controls import beside_icon, icon_button
from ui.elided import show_elided
from ui.icons import icon
from ui.search_box import SearchBox
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtGui import QResizeEvent

    from ui.snapshot import Snapshot
    from ui.theme import Theme

_SCENARIO_LETTERS = 14
_NARROWEST_NAME_PX = 12 * GRID


class TopBar(QFrame):
    """Says which project and scenario is open, and finds anything in it."""

    scenario_chosen = pyqtSignal(str)
    selection_found = pyqtSignal(object)
    print_requested = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("top_bar")
        self._project_name = "No project"
        self.project_menu = QMenu(self)
        self.view_menu = QMenu(self)
        self.main_menu = QMenu(self)
        brand = QLabel("Landbridge")
        brand.setObjectName("brand")
        brand.setProperty("textSize", "title")
        self.project_button = self._menu_button(
            "project_button",
            "open",
            self._project_name,
            "Project menu",
            self.project_menu,
            theme,
        )
        menu_button = icon_button("menu_button", "menu", tr("Menu of everything"), theme)
        menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu_button.setProperty("role", "menu")
        menu_button.setMenu(self.main_menu)
        view_button = self._menu_button(
            "view_button", "view", "View", "View menu", self.view_menu, theme
        )
        self._scenario = QComboBox()
        self._scenario.setObjectName("scenario_box")
        self._scenario.setAccessibleName("Scenario")
        self._scenario.setToolTip("Scenario whose corridors and proposals are shown")
        self._scenario.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._scenario.setMinimumContentsLength(_SCENARIO_LETTERS)
        self._scenario.activated.connect(
            lambda place: self.scenario_chosen.emit(str(self._scenario.itemData(place)))
        )
        self.search = SearchBox()
        self.search.selection_found.connect(self.selection_found)
        self.print_button = self._make_print_button(theme)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setSpacing(GRID)
        for widget in (menu_button, brand, self.project_button, self._scenario):
            layout.addWidget(widget)
        layout.addStretch(0)
        layout.addWidget(self.search, 4)
        layout.addStretch(0)
        layout.addWidget(view_button)
        layout.addWidget(self.print_button)
        self._scenario.hide()

    def _menu_button(
        self, name: str, icon_name: str, text: str, accessible: str, menu: QMenu, theme: Theme
    ) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setProperty("icon_name", icon_name)
        button.setText(beside_icon(text))
        button.setIcon(icon(icon_name, theme.colour["text"]))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        button.setAccessibleName(accessible)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _make_print_button(self, theme: Theme) -> QToolButton:
        button = QToolButton()
        button.setObjectName("print_button")
        button.setProperty("icon_name", "print")
        button.setText(beside_icon("Print map"))
        button.setIcon(icon("print", theme.colour["text"]))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAccessibleName("Print map")
        button.setToolTip("Print the scenario map as a PDF (Ctrl+P)")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self.print_requested)
        return button

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the names of a project, its scenarios, and what can be found in it."""
        self._project_name = snapshot.name
        self._fit_name()
        self.project_button.setToolTip(f"{snapshot.name}\n{snapshot.path}")
        self.project_button.setAccessibleName(f"Project menu: {snapshot.name}")
        with QSignalBlocker(self._scenario):
            self._scenario.clear()
            for identifier, name in snapshot.scenarios:
                self._scenario.addItem(f"Scenario: {name}", identifier)
            self._scenario.setCurrentIndex(self._scenario.findData(snapshot.scenario))
        self._scenario.setVisible(bool(snapshot.scenarios))
        self.search.set_findable(snapshot.findable())

    def _fit_name(self) -> None:
        """Cut the project's name to its share of the bar."""
        width_px = max(_NARROWEST_NAME_PX, self.width() // 6)
        show_elided(self.project_button, self._project_name, width_px)

    def focus_search(self) -> None:
        """Put the cursor into the search line."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    @override
    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        super().resizeEvent(a0)
        self._fit_name()
