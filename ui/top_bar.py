"""The top bar: project, scenario, search over everything, language, view, print."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QActionGroup
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

from resources.translation import LANGUAGES, language, tr
from ui import words
from ui.controls import beside_icon, icon_button
from ui.elided import ElidedComboBox, show_elided
from ui.icons import icon
from ui.palette.box import PaletteBox
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtGui import QResizeEvent

    from ui.snapshot import Snapshot
    from ui.theme import Theme

_SCENARIO_LETTERS = 14
_PX_PER_SCENARIO_LETTER = 80
_NARROWEST_NAME_PX = 12 * GRID
_NARROWEST_SEARCH_PX = 28 * GRID
"""Where the line would be narrower, the buttons show their icons only."""


class TopBar(QFrame):
    """Says which project and scenario is open, and finds anything in it."""

    scenario_chosen = pyqtSignal(str)
    print_requested = pyqtSignal()
    compare_requested = pyqtSignal()
    language_chosen = pyqtSignal(str)
    """Another language is wanted; carries its code."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("top_bar")
        self._theme = theme
        self._project_name = tr("No project")
        self._texts: dict[QToolButton, str] = {}
        self.project_menu = QMenu(self)
        self.view_menu = QMenu(self)
        self.main_menu = QMenu(self)
        self.language_menu = QMenu(self)
        self._brand = QLabel("Landbridge")
        self._brand.setObjectName("brand")
        self._brand.setProperty("textSize", "title")
        menu_button = icon_button("menu_button", "menu", tr("Menu of everything"), theme)
        menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu_button.setProperty("role", "menu")
        menu_button.setMenu(self.main_menu)
        self.project_button = self._button("project_button", "open", self._project_name)
        self._give_menu(self.project_button, self.project_menu, tr("Project menu"))
        self._scenario = self._make_scenario_box()
        self.search = PaletteBox(theme)
        view_button = self._button("view_button", "view", tr("View"), folds=True)
        self._give_menu(view_button, self.view_menu, tr("View menu"))
        language_button = self._make_language_button()
        self.compare_button = self._button(
            "compare_button", "compare", tr("Compare"), folds=True
        )
        self.compare_button.setToolTip(tr("Compare two scenarios on the map (F7)"))
        self.compare_button.setCheckable(True)
        self.compare_button.clicked.connect(self.compare_requested)
        self.print_button = self._button("print_button", "print", tr("Print map"), folds=True)
        self.print_button.setToolTip(tr("Print the scenario map as a PDF (Ctrl+P)"))
        self.print_button.clicked.connect(self.print_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setSpacing(GRID)
        for widget in (menu_button, self._brand, self.project_button, self._scenario):
            layout.addWidget(widget)
        layout.addStretch(0)
        layout.addWidget(self.search, 4)
        layout.addStretch(0)
        for widget in (language_button, self.compare_button, view_button, self.print_button):
            layout.addWidget(widget)
        self._scenario.hide()

    def _button(
        self, name: str, icon_name: str, text: str, *, folds: bool = False
    ) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setProperty("icon_name", icon_name)
        button.setText(beside_icon(text))
        button.setIcon(icon(icon_name, self._theme.colour["text"]))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAccessibleName(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if folds:
            self._texts[button] = text
            button.setToolTip(text)
        return button

    def _give_menu(self, button: QToolButton, menu: QMenu, accessible: str) -> None:
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        button.setAccessibleName(accessible)

    def _make_scenario_box(self) -> QComboBox:
        box = ElidedComboBox()
        box.setObjectName("scenario_box")
        box.setAccessibleName(tr("Scenario"))
        box.setToolTip(tr("Scenario whose corridors and proposals are shown"))
        box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        box.setMinimumContentsLength(_SCENARIO_LETTERS)
        box.activated.connect(lambda place: self.scenario_chosen.emit(str(box.itemData(place))))
        return box

    def _make_language_button(self) -> QToolButton:
        spoken = language()
        button = self._button("language_button", "language", spoken.upper())
        told = tr("Language of the window: {language}", language=LANGUAGES[spoken])
        self._give_menu(button, self.language_menu, told)
        button.setToolTip(told)
        group = QActionGroup(self)
        for code, name in LANGUAGES.items():
            action = self.language_menu.addAction(name)
            if action is None:
                continue
            action.setObjectName(f"language_{code}")
            action.setCheckable(True)
            action.setChecked(code == spoken)
            action.triggered.connect(partial(self._on_language, code))
            group.addAction(action)
        return button

    def _on_language(self, code: str, _checked: bool) -> None:
        self.language_chosen.emit(code)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the names of a project and its scenarios."""
        name = words.stored(snapshot.name)
        self._project_name = name
        self._fit()
        self.project_button.setToolTip(f"{name}\n{snapshot.path}")
        self.project_button.setAccessibleName(tr("Project menu: {name}", name=name))
        with QSignalBlocker(self._scenario):
            self._scenario.clear()
            for identifier, name in snapshot.scenarios:
                self._scenario.addItem(tr("Scenario: {name}", name=name), identifier)
            self._scenario.setCurrentIndex(self._scenario.findData(snapshot.scenario))
        told = tr("Scenario whose corridors and proposals are shown")
        self._scenario.setToolTip(f"{self._scenario.currentText()}\n{told}")
        self._scenario.setVisible(bool(snapshot.scenarios))

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self._theme = theme
        self.search.set_theme(theme)

    def focus_search(self) -> None:
        """Put the cursor into the line that finds everything."""
        self.search.open()

    def _fit(self) -> None:
        """Cut the project's name to its share of the bar, and fold texts where it is narrow."""
        width_px = max(_NARROWEST_NAME_PX, self.width() // 6)
        show_elided(self.project_button, self._project_name, width_px)
        letters = max(_SCENARIO_LETTERS, self.width() // _PX_PER_SCENARIO_LETTER)
        self._scenario.setMinimumContentsLength(letters)
        style = Qt.ToolButtonStyle
        folded = self._room_px() < _NARROWEST_SEARCH_PX
        wanted = style.ToolButtonIconOnly if folded else style.ToolButtonTextBesideIcon
        for button in self._texts:
            if button.toolButtonStyle() != wanted:
                button.setToolButtonStyle(wanted)
        if self._brand.isHidden() != folded:
            self._brand.setHidden(folded)

    def _room_px(self) -> int:
        """Return what the line that finds everything would have with all texts beside it."""
        layout = self.layout()
        if layout is None:
            return 0
        margins = layout.contentsMargins()
        taken = margins.left() + margins.right() + self._brand.sizeHint().width() + GRID
        for place in range(layout.count()):
            item = layout.itemAt(place)
            widget = None if item is None else item.widget()
            if widget in {None, self.search, self._brand} or widget.isHidden():
                continue
            taken += widget.sizeHint().width() + GRID
            if isinstance(widget, QToolButton) and self._is_folded(widget):
                text = beside_icon(self._texts[widget])
                taken += widget.fontMetrics().horizontalAdvance(text)
        return self.width() - taken

    def _is_folded(self, button: QToolButton) -> bool:
        only = Qt.ToolButtonStyle.ToolButtonIconOnly
        return button in self._texts and button.toolButtonStyle() == only

    @override
    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        super().resizeEvent(a0)
        self._fit()

    @override
    def changeEvent(self, a0: QEvent | None) -> None:
        super().changeEvent(a0)
        if a0 is not None and a0.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._fit()
