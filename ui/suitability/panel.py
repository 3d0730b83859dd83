"""The species panel: which species, its runs, and the button that models its habitat."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QModelIndex, QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from planner.suitability import StudyError
from resources.translation import tr, tr_n
from ui import words
from ui.carried import fields_of, fill_fields
from ui.controls import choice_page, empty_state, label, make_current
from ui.jobs.progress import JobProgress
from ui.suitability.runs import RUN_ROLE, RunListModel, describe_run
from ui.suitability.setup.fields import Choice
from ui.suitability.setup.page import SetupPage
from ui.suitability.state import ANOTHER_SPECIES, HabitatState
from ui.theme import GRID
from ui.two_lines import TwoLineDelegate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.jobs import Job
    from planner.suitability import RunSummary, SuitabilityStudy
    from ui.theme import Theme


@dataclass(frozen=True)
class PanelState:
    """What the panel carries to a window made anew.

    Parameters
    ----------
    species : str
        The one that is shown.
    drafts : mapping of str to SuitabilityStudy
        What was set up, by species.
    opened : bool
        Whether the form is shown.
    fields : mapping of str
        What stands in its fields.
    """

    species: str
    drafts: Mapping[str, SuitabilityStudy]
    opened: bool
    fields: Mapping[str, object]


class SpeciesPanel(QFrame):
    """Lists the runs of a species; sets up and starts new ones."""

    draft_wanted = pyqtSignal(str)
    """The form needs a study to start from; carries the species."""
    model_requested = pyqtSignal(str, object)
    """The habitat is to be modelled; carries the species and a study, or None for defaults."""
    cancel_requested = pyqtSignal()
    run_chosen = pyqtSignal(str)
    species_changed = pyqtSignal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("species_panel")
        self.setProperty("role", "panel")
        self._state = HabitatState()
        self._runs: tuple[RunSummary, ...] = ()
        self._drafts: dict[str, SuitabilityStudy] = {}
        self._read_only = ""
        self._job: Job[Any] | None = None
        self.species = Choice("habitat_species", {})
        self.species.setAccessibleName(tr("Species"))
        self.species.currentIndexChanged.connect(self._on_species_changed)
        self.model = RunListModel(self)
        self.delegate = TwoLineDelegate(theme, lambda at: describe_run(at, self._runs), self)
        self.list = self._make_list()
        self.run_button = QPushButton(tr("Model habitat"))
        self.run_button.setObjectName("model_habitat")
        self.run_button.setProperty("role", "primary")
        self.run_button.clicked.connect(self._on_model_habitat)
        self.setup_button = QPushButton(tr("Set up…"))
        self.setup_button.setObjectName("set_up_study")
        self.setup_button.setToolTip(
            tr("Choose records, layers, sampling, model and evaluation")
        )
        self.setup_button.clicked.connect(self.open_setup)
        self._progress = JobProgress("habitat", theme)
        self._progress.cancel_requested.connect(self.cancel_requested)
        self._problem = label("", size="small", tone="error", name="habitat_problem")
        self._problem.hide()
        self.setup = SetupPage()
        self.setup.back_requested.connect(self.close_setup)
        self.setup.model_requested.connect(self._on_model_requested)
        self.pages = QStackedWidget(self)
        self._overview = self._make_overview()
        self.pages.addWidget(self._overview)
        self.pages.addWidget(self.setup)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.addWidget(self.pages)
        self._show()

    def _make_list(self) -> QListView:
        view = QListView(self)
        view.setObjectName("habitat_runs")
        view.setAccessibleName(tr("Runs of the species"))
        view.setModel(self.model)
        view.setItemDelegate(self.delegate)
        view.setUniformItemSizes(True)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.clicked.connect(self._on_run_clicked)
        view.activated.connect(self._on_run_clicked)
        return view

    def _make_overview(self) -> QWidget:
        buttons = (self.run_button, self.setup_button)
        page, layout = choice_page(tr("Species"), self.species, buttons)
        self._hint = label("", size="small", tone="muted", name="habitat_hint")
        layout.addWidget(self._hint)
        layout.addWidget(self._progress)
        layout.addWidget(self._problem)
        self._count = label("", size="small", tone="muted", name="habitat_count")
        layout.addWidget(self._count)
        self._empty, _ = empty_state(
            tr("No models yet"),
            tr(
                "Models of where the species can live stand here, each with its numbers, "
                "curves and maps. One of them can be chosen as the suitability that "
                "corridors and proposals build on. Model habitat starts one with defaults "
                "that suit most species; Set up… shows and changes them first."
            ),
        )
        self._lists = QStackedWidget()
        self._lists.addWidget(self.list)
        self._lists.addWidget(self._empty)
        layout.addWidget(self._lists, 1)
        return page

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self.delegate.set_theme(theme)

    def show_state(self, state: HabitatState, read_only_reason: str) -> None:
        """Show the runs of a project; species and selection stay where they can."""
        chosen = self.chosen_species
        self._read_only = words.stored(read_only_reason)
        if state.species != self._state.species:
            self.species.blockSignals(True)
            self.species.clear()
            for name in state.species:
                self.species.addItem(words.species(name), name)
            self.species.addItem(tr("Another species…"), ANOTHER_SPECIES)
            self.species.choose(chosen)
            self.species.blockSignals(False)
        self._state = state
        self._show()

    @property
    def chosen_species(self) -> str:
        """The species that is shown, or an empty string."""
        return self.species.value

    def choose_species(self, species: str) -> None:
        """Show another species."""
        self.species.choose(species)

    def show_draft(self, study: SuitabilityStudy) -> None:
        """Show the study that a species starts from, unless another one is shown by now."""
        self._drafts.setdefault(study.species, study)
        if self.pages.currentWidget() is self.setup and study.species == self.chosen_species:
            self.setup.load(self._drafts[study.species])

    def use_draft(self, study: SuitabilityStudy) -> None:
        """Take a study for the next run of its species."""
        self._drafts[study.species] = study
        self._show()

    def carried(self) -> PanelState:
        """Return what was set up, stored nowhere yet."""
        drafts = dict(self._drafts)
        opened = self.pages.currentWidget() is self.setup
        if opened and self.setup.loaded is not None:
            with suppress(StudyError):  # what cannot be meant so is carried by the fields
                drafts[self.chosen_species] = self.setup.study()
        fields = fields_of(self.setup) if opened else {}
        return PanelState(self.chosen_species, drafts, opened, fields)

    def take_over(self, state: PanelState) -> None:
        """Show the same, set up as far."""
        self._drafts = dict(state.drafts)
        if state.species != ANOTHER_SPECIES:
            self.choose_species(state.species)
        else:
            with QSignalBlocker(self.species):
                self.choose_species(state.species)
        self._show()
        if state.opened:
            self.open_setup()
            fill_fields(self.setup, state.fields)

    def open_setup(self) -> None:
        """Show the form."""
        species = self.chosen_species
        if not species:
            return
        draft = self._drafts.get(species)
        self.pages.setCurrentWidget(self.setup)
        self.setup.load(draft)
        self._show_buttons()
        if draft is None:
            self.draft_wanted.emit(species)

    def close_setup(self) -> None:
        """Go back to the runs; what was set up is kept for the next run."""
        if self.chosen_species == ANOTHER_SPECIES:
            self._drafts.pop(ANOTHER_SPECIES, None)
            self.species.setCurrentIndex(0)
        elif self.setup.loaded is not None:
            try:
                self._drafts[self.chosen_species] = self.setup.study()
            except StudyError as error:
                self.setup.show_problem(words.problem(error))
                return
        self._show_overview()

    def _show_overview(self) -> None:
        self.pages.setCurrentWidget(self._overview)
        self._show()

    def show_job(self, job: Job[Any] | None) -> None:
        """Tell about the run that goes on; None where none does."""
        self._job = job
        self._progress.show_job(job)
        self._show_buttons()

    def show_problem(self, text: str) -> None:
        """Say why there is no run or no result; nothing where all is well."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    def _show(self) -> None:
        runs = self._state.runs_of(self.chosen_species)
        chosen = self._chosen_run
        self._runs = runs
        self.model.set_runs(runs)
        place = self.model.position_of(chosen)
        make_current(self.list, QModelIndex() if place is None else self.model.index(place))
        finished = sum(run.finished for run in runs)
        damaged = self._state.damaged
        told = tr_n("{count} finished run", "{count} finished runs", finished)
        if damaged:
            names = ", ".join(name[:6] for name in damaged)
            told = tr("{told}; cannot be read: {names}", told=told, names=names)
        self._count.setText(told)
        self._count.setVisible(bool(runs or damaged))
        self._lists.setCurrentWidget(self.list if runs else self._empty)
        draft = self._drafts.get(self.chosen_species)
        self._hint.setText(
            self._read_only
            or (
                tr("Runs with your set-up, beside your other work.")
                if draft is not None
                else tr("Runs with defaults, beside your other work.")
            )
        )
        self._show_buttons()

    def _show_buttons(self) -> None:
        possible = bool(self.chosen_species) and not self._read_only and self._job is None
        self.run_button.setEnabled(possible)
        self.setup.run_button.setEnabled(possible and self.setup.loaded is not None)
        self.setup_button.setEnabled(bool(self.chosen_species))
        self._hint.setVisible(self._job is None)

    @property
    def _chosen_run(self) -> str:
        index = self.list.currentIndex()
        return str(index.data(RUN_ROLE)) if index.isValid() else ""

    def _on_run_clicked(self, index: QModelIndex) -> None:
        run_id = index.data(RUN_ROLE)
        if run_id:
            self.run_chosen.emit(str(run_id))

    def _on_species_changed(self) -> None:
        self.show_problem("")
        if self.chosen_species == ANOTHER_SPECIES:
            self.open_setup()  # it needs a name and records first
        self._show()
        self.species_changed.emit(self.chosen_species)

    def _on_model_habitat(self) -> None:
        species = self.chosen_species
        if species:
            self.model_requested.emit(species, self._drafts.get(species))

    def _on_model_requested(self) -> None:
        try:
            study = self.setup.study()
        except StudyError as error:
            self.setup.show_problem(words.problem(error))
            return
        self._drafts[study.species] = study
        self._drafts.pop(ANOTHER_SPECIES, None)
        self._show_overview()
        self.model_requested.emit(study.species, study)
