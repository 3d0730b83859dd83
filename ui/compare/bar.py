"""The bar above two maps: what each of them shows, and how they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from resources.translation import tr, tr_filled
from ui import words
from ui.controls import icon_button
from ui.elided import ElidedComboBox
from ui.icons import icon
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.qgis.layer_spec import LayerSpec
    from ui.compare.stage import Mode
    from ui.theme import Theme

_FEWEST_LETTERS = 5
_ICONS: Mapping[Mode, str] = {"swipe": "compare", "side": "side_by_side"}


class CompareBar(QFrame):
    """Chooses a scenario for each of two maps, the layers of the second, and how they stand.

    Parameters
    ----------
    theme : Theme
        Tints the icons.
    """

    first_chosen = pyqtSignal(str)
    """Another scenario is wanted on the first map; carries its id."""
    second_chosen = pyqtSignal(str)
    mode_chosen = pyqtSignal(str)
    layer_switched = pyqtSignal(str, bool)
    """A layer of the second map was switched; carries its usual id, and whether it is on."""
    layers_reset = pyqtSignal()
    """The second map is to show the layers that the first shows."""
    differences_wanted = pyqtSignal()
    closed = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compare_bar")
        self.setProperty("role", "panel")
        self._first = self._box("compare_first", tr("Scenario of the first map"))
        self._second = self._box("compare_second", tr("Scenario of the second map"))
        self._first.activated.connect(
            lambda place: self.first_chosen.emit(str(self._first.itemData(place)))
        )
        self._second.activated.connect(
            lambda place: self.second_chosen.emit(str(self._second.itemData(place)))
        )
        self._layers = icon_button(
            "compare_layers", "layers", tr("Layers of the second map"), theme, role="menu"
        )
        self._layers.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.layers_menu = QMenu(self)
        self.layers_menu.setObjectName("compare_layers_menu")
        self._layers.setMenu(self.layers_menu)
        self._theme = theme
        self._modes: dict[Mode, QToolButton] = {
            "swipe": self._mode_button("swipe", tr("Swipe between the maps"), theme),
            "side": self._mode_button("side", tr("Show the maps side by side"), theme),
        }
        differs = icon_button("compare_differs", "table", tr("Tell what differs"), theme)
        differs.clicked.connect(self.differences_wanted)
        close = icon_button("compare_close", "close", tr("Show one map only (F7)"), theme)
        close.clicked.connect(self.closed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self._first, 1)
        for button in self._modes.values():
            layout.addWidget(button)
        layout.addWidget(self._second, 1)
        for button in (self._layers, differs, close):
            layout.addWidget(button)

    def _box(self, name: str, spoken: str) -> QComboBox:
        box = ElidedComboBox(self)
        box.setObjectName(name)
        box.setAccessibleName(spoken)
        box.setToolTip(spoken)
        box.setMinimumContentsLength(_FEWEST_LETTERS)
        box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return box

    def _mode_button(self, mode: Mode, text: str, theme: Theme) -> QToolButton:
        button = icon_button(f"compare_{mode}", _ICONS[mode], text, theme, role="map")
        button.setCheckable(True)
        button.setProperty("icon_name", "")  # tinted here, by whether it is checked
        button.setFixedSize(QSize(4 * GRID, 4 * GRID))
        button.clicked.connect(lambda _checked: self._on_mode_clicked(mode))
        return button

    def _on_mode_clicked(self, mode: Mode) -> None:
        self.set_mode(mode)
        self.mode_chosen.emit(mode)

    def set_mode(self, mode: Mode) -> None:
        """Mark how the maps stand."""
        for name, button in self._modes.items():
            button.setChecked(name == mode)
        self._tint()

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self._theme = theme
        self._tint()

    def _tint(self) -> None:
        for name, button in self._modes.items():
            token = "on_accent" if button.isChecked() else "text"
            button.setIcon(icon(_ICONS[name], self._theme.colour[token]))

    def set_scenarios(
        self, scenarios: Sequence[tuple[str, str]], first: str, second: str
    ) -> None:
        """List the scenarios, and mark the one of each map.

        Parameters
        ----------
        scenarios : sequence of (id, name)
            All of the project.
        first, second : str
            Ids of those that are shown.
        """
        for box, shown in ((self._first, first), (self._second, second)):
            with QSignalBlocker(box):
                box.clear()
                for identifier, name in scenarios:
                    box.addItem(name, identifier)
                    box.setItemData(box.count() - 1, name, int(Qt.ItemDataRole.ToolTipRole))
                box.setCurrentIndex(box.findData(shown))
                box.setEnabled(bool(scenarios))

    def set_layers(self, specs: Sequence[LayerSpec], shown: Mapping[str, bool]) -> None:
        """List the layers of the second map, the topmost first, in their groups.

        Parameters
        ----------
        specs : sequence of LayerSpec
            The layers, the lowest first.
        shown : mapping of str to bool
            Which are on, by their id.
        """
        menu = self.layers_menu
        menu.clear()
        same = menu.addAction(tr("Same layers as the first map"))
        if same is not None:
            same.setObjectName("compare_layers_same")
            same.triggered.connect(self.layers_reset)
        menu.addSeparator()
        groups: dict[str, QMenu] = {}
        for spec in reversed(specs):
            name = spec.group or tr("Other layers")
            if name not in groups:
                below = menu.addMenu(tr_filled(name))
                if below is None:
                    continue
                groups[name] = below
            self._add_layer(groups[name], spec, on=shown.get(spec.layer_id, False))

    def _add_layer(self, menu: QMenu, spec: LayerSpec, *, on: bool) -> None:
        action = menu.addAction(words.stored(spec.name))
        if action is None:
            return
        action.setObjectName(f"compare_layer_{spec.layer_id}")
        action.setCheckable(True)
        action.setChecked(on)
        action.toggled.connect(lambda checked: self.layer_switched.emit(spec.layer_id, checked))
