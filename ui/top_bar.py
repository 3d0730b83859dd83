"""The top bar: project, scenario, search over everything, print, view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QModelIndex, QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import (
    QComboBox,
    QCompleter,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QToolButton,
    QWidget,
)

from ui.controls import beside_icon
from ui.icons import icon
from ui.theme import GRID

if TYPE_CHECKING:
    from ui.snapshot import Snapshot
    from ui.theme import Theme

_SELECTION_ROLE = int(Qt.ItemDataRole.UserRole)
_SHOWN_RESULTS = 12


class TopBar(QFrame):
    """Says which project and scenario is open, and finds anything in it."""

    scenario_chosen = pyqtSignal(str)
    selection_found = pyqtSignal(object)
    print_requested = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("top_bar")
        self.project_menu = QMenu(self)
        self.view_menu = QMenu(self)
        brand = QLabel("Landbridge")
        brand.setObjectName("brand")
        brand.setProperty("textSize", "title")
        self.project_button = self._menu_button(
            "project_button", "open", "No project", "Project menu", self.project_menu, theme
        )
        view_button = self._menu_button(
            "view_button", "view", "View", "View menu", self.view_menu, theme
        )
        self._scenario = QComboBox()
        self._scenario.setObjectName("scenario_box")
        self._scenario.setAccessibleName("Scenario")
        self._scenario.setToolTip("Scenario whose corridors and proposals are shown")
        self._scenario.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._scenario.activated.connect(
            lambda place: self.scenario_chosen.emit(str(self._scenario.itemData(place)))
        )
        self.search = self._make_search()
        self._found = QStandardItemModel(self)
        self._make_completer()
        self.print_button = QToolButton()
        self.print_button.setObjectName("print_button")
        self.print_button.setProperty("icon_name", "print")
        self.print_button.setText(beside_icon("Print map"))
        self.print_button.setIcon(icon("print", theme.colour["text"]))
        self.print_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.print_button.setAccessibleName("Print map")
        self.print_button.setToolTip("Print the scenario map as a PDF (Ctrl+P)")
        self.print_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.print_button.clicked.connect(self.print_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setSpacing(GRID)
        for widget in (brand, self.project_button, self._scenario):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self.search, 4)
        layout.addStretch(1)
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

    def _make_search(self) -> QLineEdit:
        search = QLineEdit()
        search.setObjectName("search")
        search.setPlaceholderText("Search sites, corridors and proposals (Ctrl+K)")
        search.setAccessibleName("Search everything")
        search.setClearButtonEnabled(True)
        search.setMaximumWidth(70 * GRID)
        search.setMinimumWidth(24 * GRID)
        return search

    def _make_completer(self) -> None:
        completer = QCompleter(self._found, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setMaxVisibleItems(_SHOWN_RESULTS)
        completer.activated[QModelIndex].connect(self._on_activated)
        self.search.setCompleter(completer)
        self.search.returnPressed.connect(self._on_return_pressed)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the names of a project, its scenarios, and what can be found in it."""
        self.project_button.setText(beside_icon(snapshot.name))
        self.project_button.setToolTip(str(snapshot.path))
        with QSignalBlocker(self._scenario):
            self._scenario.clear()
            for identifier, name in snapshot.scenarios:
                self._scenario.addItem(f"Scenario: {name}", identifier)
            self._scenario.setCurrentIndex(self._scenario.findData(snapshot.scenario))
        self._scenario.setVisible(bool(snapshot.scenarios))
        self._found.clear()
        for selection, text in snapshot.findable():
            item = QStandardItem(text)
            item.setData(selection, _SELECTION_ROLE)
            self._found.appendRow(item)

    def focus_search(self) -> None:
        """Put the cursor into the search line."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _on_return_pressed(self) -> None:
        """Go to the first match, as somebody does who does not wait for the list."""
        wanted = self.search.text().casefold().strip()
        for place in range(self._found.rowCount()):
            item = self._found.item(place)
            if wanted and item is not None and wanted in item.text().casefold():
                self.selection_found.emit(item.data(_SELECTION_ROLE))
                return

    def _on_activated(self, index: QModelIndex) -> None:
        selection = index.data(_SELECTION_ROLE)
        if selection is not None:
            self.selection_found.emit(selection)
