"""What stands below the map: scale, the pointer's place in a chosen notation, notices."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QSize, pyqtSignal
from PyQt6.QtGui import QActionGroup
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from resources.translation import tr
from ui.controls import icon_button, label
from ui.elided import ElidedLabel
from ui.map.notation import NOTATION_NAMES, WIDEST, Notation, format_place
from ui.map.scale_bar import ScaleBarWidget
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtGui import QAction

    from ui.map.coordinates import GroundMeasure
    from ui.map.view_state import Point
    from ui.theme import Theme


_BUTTON = QSize(7 * GRID // 2, 3 * GRID)


class MapFooter(QFrame):
    """Shows where the pointer is and what every map must say.

    Parameters
    ----------
    theme : Theme
        Tints the icons.
    disclaimer, nominal_notice : str
        Statements that every map carries.
    """

    go_to_requested = pyqtSignal()
    notation_chosen = pyqtSignal(str)

    def __init__(
        self, theme: Theme, *, disclaimer: str, nominal_notice: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("map_footer")
        self._notation = Notation.DEGREES
        self._measure: GroundMeasure | None = None
        self._place: Point | None = None
        self.scale_bar = ScaleBarWidget()
        self._coordinates = ElidedLabel("coordinates")
        self._coordinates.setSizePolicy(  # as wide whatever it says, so that nothing jumps
            QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred
        )
        self._crs = ElidedLabel("crs", tone="muted")
        self._crs.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._busy = ElidedLabel("map_busy", tone="muted")
        self._nominal = label(nominal_notice, size="small", name="nominal_notice")
        self._borders = label("", size="small", tone="muted", name="borders_notice")
        self._borders.hide()
        self._disclaimer = label(disclaimer, size="small", tone="muted", name="disclaimer")
        self._notation_menu = self._make_notation_menu()
        self._notation_button = icon_button(
            "notation", "notation", tr("Write places in another notation"), theme
        )
        self._notation_button.setMenu(self._notation_menu)
        self._notation_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._go_to = icon_button("go_to", "go_to", tr("Go to a place by its numbers"), theme)
        self._go_to.clicked.connect(self.go_to_requested)
        self.borders_button = icon_button(
            "borders", "borders", tr("Choose the view of borders"), theme
        )
        self.borders_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._place_all()
        self.set_notation(self._notation)

    def _make_notation_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName("notation_menu")
        group = QActionGroup(menu)
        self._choices: dict[Notation, QAction] = {}
        for notation in Notation:
            action = menu.addAction(tr(NOTATION_NAMES[notation]))
            if action is None:
                continue
            action.setObjectName(f"notation_{notation}")
            action.setCheckable(True)
            action.triggered.connect(partial(self._on_chosen, notation))
            group.addAction(action)
            self._choices[notation] = action
        return menu

    def _place_all(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(GRID)
        first.addWidget(self.scale_bar)
        first.addWidget(self._coordinates, 100)
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        for button in (self._notation_button, self._go_to, self.borders_button):
            button.setProperty("role", "dock")
            button.setFixedSize(_BUTTON)
            buttons.addWidget(button)
        first.addLayout(buttons)
        first.addWidget(self._crs, 50)
        first.addStretch(1)
        first.addWidget(self._busy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID // 2)
        layout.setSpacing(GRID // 2)
        layout.addLayout(first)
        for notice in (self._nominal, self._borders, self._disclaimer):
            layout.addWidget(notice)

    @property
    def notation(self) -> Notation:
        """How places are written."""
        return self._notation

    def set_notation(self, notation: Notation) -> None:
        """Write places in another notation."""
        self._notation = notation
        self._choices[notation].setChecked(True)
        widest = WIDEST[notation]
        self._coordinates.setMaximumWidth(self.fontMetrics().horizontalAdvance(widest) + GRID)
        self._coordinates.setText(self.place_text(self._place))

    def use_notation(self, name: str) -> None:
        """Write places in a notation by its name; in the usual one where there is none such."""
        known = {str(notation): notation for notation in Notation}
        self.set_notation(known.get(name, Notation.DEGREES))

    def _on_chosen(self, notation: Notation, _checked: bool) -> None:
        self.set_notation(notation)
        self.notation_chosen.emit(str(notation))

    def set_measure(self, measure: GroundMeasure) -> None:
        """Tell places by another CRS."""
        self._measure = measure
        self._crs.say(measure.crs_name)
        self._fit_crs()

    def _fit_crs(self) -> None:
        wide = self.fontMetrics().horizontalAdvance(self._crs.text())
        self._crs.setMaximumWidth(wide + GRID)

    @override
    def changeEvent(self, a0: QEvent | None) -> None:
        """Take the room that text of another size needs."""
        super().changeEvent(a0)
        if a0 is not None and a0.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self.set_notation(self._notation)
            self._fit_crs()

    def place_text(self, point: Point | None) -> str:
        """Return a place of the map in the chosen notation."""
        if point is None or self._measure is None:
            return ""
        return format_place(point, self._measure, self._notation)

    def show_place(self, point: Point | None) -> None:
        """Show where the pointer is."""
        self._place = point
        self._coordinates.setText(self.place_text(point))

    def show_busy(self, *, busy: bool) -> None:
        """Tell that the map is being drawn."""
        self._busy.setText(tr("Drawing…") if busy else "")

    def show_borders(self, notice: str) -> None:
        """Say what the lines of borders are, where it is not the usual view."""
        self._borders.setText(notice)
        self._borders.setVisible(bool(notice))
