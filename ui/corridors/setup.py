"""The page on which cores are told and the resistance is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from resources.translation import tr
from ui import words
from ui.controls import heading, label, link_button
from ui.corridors.cores import CoresSection
from ui.corridors.resistance import ResistanceSection
from ui.theme import GRID

if TYPE_CHECKING:
    from ui.corridors.state import SpeciesState
    from ui.theme import Theme


class CorridorSetup(QWidget):
    """Shows what the corridors of one species are made from.

    Parameters
    ----------
    theme : Theme
        Colours.
    """

    back_requested = pyqtSignal()
    find_requested = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("corridor_setup")
        back = link_button("corridor_setup_back", tr("Back to the corridors"))
        back.clicked.connect(self.back_requested)
        self._title = label("", size="small", tone="muted", name="corridor_setup_title")
        self.cores = CoresSection()
        self.resistance = ResistanceSection(theme)
        self.resistance.unfold()
        self._out_of_date = label("", size="small", tone="warning", name="setup_out_of_date")
        self._out_of_date.hide()
        self.find_button = QPushButton(tr("Find corridors"))
        self.find_button.setObjectName("setup_find_corridors")
        self.find_button.setProperty("role", "primary")
        self.find_button.clicked.connect(self.find_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(back, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(heading(tr("Cores and resistance")))
        layout.addWidget(self._title)
        layout.addWidget(self._make_scroll(), 1)
        layout.addWidget(self._out_of_date)
        layout.addWidget(self.find_button)

    def _make_scroll(self) -> QScrollArea:
        content = QWidget()
        content.setObjectName("scrolled")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(GRID)
        column.addWidget(self.cores)
        column.addWidget(self.resistance)
        column.addStretch(1)
        area = QScrollArea()
        area.setObjectName("corridor_setup_scroll")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        return area

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self.resistance.set_theme(theme)

    def show_state(self, state: SpeciesState | None, *, editable: bool) -> None:
        """Show what the corridors of a species are made from; None for nothing."""
        self._title.setText("" if state is None else words.species(state.species))
        self.cores.show_cores(None if state is None else state.cores)
        self.resistance.show_state(state, editable=editable)
        told = "" if state is None else state.out_of_date
        self._out_of_date.setText(told)
        self._out_of_date.setVisible(bool(told))
