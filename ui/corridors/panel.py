"""The corridors panel: species, what corridors are made from, the list, width and widening."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtWidgets import (
    QFrame,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from resources.translation import mark, tr, tr_n
from ui import words
from ui.controls import choice_page, empty_state, label
from ui.corridors.cores import cores_told
from ui.corridors.flow_page import FlowPage
from ui.corridors.flow_state import FlowState
from ui.corridors.setup import CorridorSetup
from ui.corridors.split import ListSplit
from ui.corridors.widening_page import OtherSpecies, WideningPage
from ui.corridors.width_page import WidthPage
from ui.docks import was_replaced
from ui.features.list import FeatureList
from ui.jobs.progress import JobProgress
from ui.suitability.setup.fields import Choice
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtGui import QHideEvent, QShowEvent

    from planner.jobs import Job
    from ui.corridors.state import SpeciesState
    from ui.features.row import FeatureRow
    from ui.theme import Theme

_EMPTY_TITLE = mark("No corridors yet")
_EMPTY_TEXT = mark(
    "Corridors between habitat cores of different countries stand here, with their "
    "length, how wide they are along it, and what it takes to widen them. Find "
    "corridors looks for them; Set up… shows the cores and the resistance of the land "
    "first."
)


@dataclass(frozen=True)
class PanelState:
    """What the panel carries to a window made anew.

    Parameters
    ----------
    species : str
        The one that is shown.
    opened : bool
        Whether cores and resistance are shown.
    tab : int
        What is told of the corridor that is selected.
    name : str
        Name for the proposal of its widening.
    """

    species: str
    opened: bool
    tab: int
    name: str


class CorridorsPanel(QFrame):
    """Lists the corridors of a species; shows how wide one is, and widens it.

    Parameters
    ----------
    theme : Theme
        Colours.
    """

    feature_chosen = pyqtSignal(str)
    """A corridor was chosen by the user; carries its key."""
    corridor_shown = pyqtSignal(object)
    """Width and widening are about another corridor; carries its row, or None."""
    find_requested = pyqtSignal(str)
    """Corridors are to be found; carries the species."""
    pinch_points_requested = pyqtSignal(str)
    """Pinch points and barriers are to be found; carries the species."""
    cancel_requested = pyqtSignal()
    curve_changed = pyqtSignal(str, object)
    """A species is to have another curve; carries both, None for the curve of its profile."""
    run_requested = pyqtSignal(str)
    page_changed = pyqtSignal()
    """Another part of the panel is seen now."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("corridors_panel")
        self.setProperty("role", "panel")
        self._states: tuple[SpeciesState, ...] = ()
        self._rows: tuple[FeatureRow, ...] = ()
        self._read_only = ""
        self._job: Job[Any] | None = None
        self._selected = ""
        self._shown: FeatureRow | None = None
        self._make_head()
        self.list = FeatureList("corridors", tr("Corridors"), theme)
        self.list.feature_chosen.connect(self.feature_chosen)
        self._progress = JobProgress("corridors", theme)
        self._progress.cancel_requested.connect(self.cancel_requested)
        self.width_page = WidthPage(theme)
        self.widening = WideningPage()
        self.flow_page = FlowPage()
        self.flow_page.find_requested.connect(self._on_find_pinch_points)
        self.tabs = self._make_tabs()
        self.setup = CorridorSetup(theme)
        self.setup.back_requested.connect(self.close_setup)
        self.setup.find_requested.connect(self._on_find)
        self.setup.cores.run_requested.connect(self.run_requested)
        self.setup.resistance.curve_changed.connect(self.curve_changed)
        self._lists = self._make_lists()
        self._turned = QTimer(self)
        self._turned.setSingleShot(True)
        self._turned.setInterval(0)  # the stack of panels says later which is current
        self._turned.timeout.connect(self.page_changed)
        self.pages = QStackedWidget(self)
        self._overview = self._make_overview()
        self.pages.addWidget(self._overview)
        self.pages.addWidget(self.setup)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.addWidget(self.pages)
        self._show()

    def _make_head(self) -> None:
        self.species = Choice("corridor_species", {})
        self.species.setAccessibleName(tr("Species"))
        self.species.currentIndexChanged.connect(self._on_species_changed)
        self.find_button = QPushButton(tr("Find corridors"))
        self.find_button.setObjectName("find_corridors")
        self.find_button.setProperty("role", "primary")
        self.find_button.clicked.connect(self._on_find)
        self.setup_button = QPushButton(tr("Set up…"))
        self.setup_button.setObjectName("set_up_corridors")
        self.setup_button.setToolTip(tr("See the cores, and draw the resistance curve"))
        self.setup_button.clicked.connect(self.open_setup)
        self._problem = label("", size="small", tone="error", name="corridors_problem")
        self._problem.hide()
        self._out_of_date = label("", size="small", tone="warning", name="out_of_date")
        self._out_of_date.hide()
        self._hint = label("", size="small", tone="muted", name="corridors_hint")

    def _make_tabs(self) -> QTabWidget:
        tabs = QTabWidget()
        tabs.setObjectName("corridor_tabs")
        tabs.setAccessibleName(tr("The corridor that is selected"))
        tabs.setDocumentMode(True)
        tabs.addTab(self.width_page, tr("Width"))
        tabs.addTab(self.widening, tr("Widening"))
        tabs.addTab(self.flow_page, tr("Pinch points"))
        tabs.currentChanged.connect(self._on_tab_changed)
        return tabs

    def _make_lists(self) -> QStackedWidget:
        self._split = ListSplit("corridors_split", self.list, self.tabs)
        self._empty, _ = empty_state(tr(_EMPTY_TITLE), tr(_EMPTY_TEXT))
        lists = QStackedWidget()
        lists.addWidget(self._split)
        lists.addWidget(self._empty)
        return lists

    def _make_overview(self) -> QWidget:
        buttons = (self.find_button, self.setup_button)
        page, layout = choice_page(tr("Corridors"), self.species, buttons)
        for widget in (self._hint, self._progress, self._problem, self._out_of_date):
            layout.addWidget(widget)
        layout.addWidget(self._lists, 1)
        return page

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        for part in (self.list, self.width_page, self.setup):
            part.set_theme(theme)

    def show_state(self, states: tuple[SpeciesState, ...], read_only_reason: str) -> None:
        """Show what the corridors of a project are made from; the species stays if it can."""
        chosen = self.chosen_species
        self._read_only = words.stored(read_only_reason)
        if [item.species for item in states] != [item.species for item in self._states]:
            self.species.blockSignals(True)
            self.species.clear()
            for item in states:
                self.species.addItem(words.species(item.species), item.species)
            self.species.choose(chosen)
            self.species.blockSignals(False)
        self._states = states
        self._show()

    def set_rows(self, rows: Sequence[FeatureRow]) -> None:
        """Take the corridors of a project, of every species; the selection stays if it can."""
        self._rows = tuple(rows)
        self._show()

    @property
    def chosen_species(self) -> str:
        """The species that is shown, or an empty string."""
        return self.species.value

    @property
    def shown(self) -> FeatureRow | None:
        """The corridor that width and widening are about."""
        return self._shown

    @property
    def is_widening(self) -> bool:
        """Whether the page that widens a corridor is the one last looked at.

        It stays so while all panels are folded away, so that the map is seen with its land.
        """
        overview = self.pages.currentWidget() is self._overview
        widening = overview and self.tabs.currentWidget() is self.widening
        return widening and not was_replaced(self)

    def choose(self, key: str) -> None:
        """Make a corridor current without telling; its species is shown where it is new."""
        if key and key != self._selected:
            row = self._row(key)
            if row is not None:
                self.species.blockSignals(True)
                self.species.choose(row.species)
                self.species.blockSignals(False)
        self._selected = key
        self._show()

    def carried(self) -> PanelState:
        """Return what is shown, and the widening that is not proposed yet."""
        page = self.widening
        return PanelState(
            self.chosen_species,
            self.pages.currentWidget() is self.setup,
            self.tabs.currentIndex(),
            page.name.text(),
        )

    def take_over(self, state: PanelState) -> None:
        """Show the same again."""
        self.species.choose(state.species)
        self.tabs.setCurrentIndex(state.tab)
        self.widening.name.setText(state.name)
        if state.opened:
            self.open_setup()

    def open_setup(self) -> None:
        """Show cores and resistance."""
        if self._state is not None:
            self.pages.setCurrentWidget(self.setup)
            self.page_changed.emit()

    def close_setup(self) -> None:
        """Go back to the corridors."""
        self.pages.setCurrentWidget(self._overview)
        self.page_changed.emit()

    def show_job(self, job: Job[Any] | None) -> None:
        """Tell about the search that goes on; None where none does."""
        if job is not None and self._job is None:
            self.close_setup()  # the progress and the list are there
        self._job = job
        self._progress.show_job(job)
        self._show_buttons()

    def show_problem(self, text: str) -> None:
        """Say why there are no corridors; nothing where all is well."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    @property
    def _state(self) -> SpeciesState | None:
        species = self.chosen_species
        return next((item for item in self._states if item.species == species), None)

    def _row(self, key: str) -> FeatureRow | None:
        return next((row for row in self._rows if row.key == key), None)

    def _show(self) -> None:
        state = self._state
        rows = [row for row in self._rows if row.species == self.chosen_species]
        self.list.set_rows(rows)
        self.list.choose(self._selected)
        self._split.set_rows(len(rows))
        self._lists.setCurrentWidget(self._split if rows else self._empty)
        out_of_date = "" if state is None or not rows else state.out_of_date
        self._out_of_date.setText(
            tr("{problem} Find corridors makes them anew.", problem=out_of_date)
        )
        self._out_of_date.setVisible(bool(out_of_date))
        self._hint.setText(self._read_only or _hint(state, len(rows)))
        self.setup.show_state(state, editable=not self._read_only)
        self.widening.set_editable(editable=not self._read_only)
        self.widening.set_others(
            tuple(
                OtherSpecies(item.species, words.species(item.species), item.cores.count > 0)
                for item in self._states
                if item.species != self.chosen_species
            )
        )
        self._show_buttons()
        self._show_corridor(self._row(self.list.chosen))

    def _show_corridor(self, row: FeatureRow | None) -> None:
        before, self._shown = self._shown, row
        self.width_page.show_corridor(row)
        state = self._state
        self.flow_page.show_corridor(row, FlowState() if state is None else state.flow)
        if (before and before.key) != (row and row.key) or before != row:
            self.corridor_shown.emit(row)

    def _show_buttons(self) -> None:
        known = self._state is not None
        possible = known and not self._read_only and self._job is None
        for button in (self.find_button, self.setup.find_button, self.flow_page.find_button):
            button.setEnabled(possible)
        self.setup_button.setEnabled(known)
        self._hint.setVisible(self._job is None)

    def _on_tab_changed(self) -> None:
        self.page_changed.emit()

    def _on_species_changed(self) -> None:
        self.show_problem("")
        self._show()

    def _on_find_pinch_points(self) -> None:
        if self.chosen_species:
            self.pinch_points_requested.emit(self.chosen_species)

    def _on_find(self) -> None:
        if self.chosen_species:
            self.find_requested.emit(self.chosen_species)

    @override
    def showEvent(self, a0: QShowEvent | None) -> None:
        super().showEvent(a0)
        self._turned.start()

    @override
    def hideEvent(self, a0: QHideEvent | None) -> None:
        super().hideEvent(a0)
        self._turned.start()


def _hint(state: SpeciesState | None, corridors: int) -> str:
    if state is None:
        return tr(
            "No species of this project walks, so that none needs a corridor on the ground."
        )
    if not state.cores.count:
        return tr("Finds the cores of habitat first, then the corridors between them.")
    cores = cores_told(state.cores)
    if not corridors:
        return tr("Looks between {cores}.", cores=cores)
    return tr_n(
        "{count} corridor between {cores}.",
        "{count} corridors between {cores}.",
        corridors,
        cores=cores,
    )
