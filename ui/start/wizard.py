"""The wizard that makes a project in four steps, each of which may be gone back to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from planner.own_regions import MOST_CELLS, RegionWish, cells_of, region_id_of
from planner.workspace import SUFFIX, project_folder
from resources.translation import tr, tr_n
from ui import words
from ui.carried import fields_of, fill_fields
from ui.controls import heading, label
from ui.start.choice import CreateOwnProject, CreateProject
from ui.start.steps import DataStep, NameStep, RegionStep, SpeciesStep, region_name
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.profiles import RegionProfile
    from ui.start.choice import Choice
    from ui.start.extent_map import Ring
    from ui.theme import Theme


@dataclass(frozen=True)
class WizardState:
    """What was said so far, carried to a window made anew.

    Parameters
    ----------
    step : int
        The step that is shown.
    fields : mapping of str
        What stands in the fields.
    species : tuple of str
        What is ticked.
    files : tuple of Path
        Data of one's own.
    """

    step: int
    fields: Mapping[str, object]
    species: tuple[str, ...]
    files: tuple[Path, ...]


class ProjectWizard(QFrame):
    """Asks what a new project is to be.

    Parameters
    ----------
    regions : sequence of RegionProfile
        Regions that come with Landbridge.
    species : sequence of str
        Ids of the species there are.
    folder : Path
        Where a project is made unless the user says otherwise.
    theme : Theme
        Colours.
    """

    made = pyqtSignal(object)
    """All is said; carries the `Choice`."""
    left = pyqtSignal()
    """The user has thought better of it."""

    def __init__(
        self,
        regions: Sequence[RegionProfile],
        species: Sequence[str],
        folder: Path,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("project_wizard")
        self.region_step = RegionStep(regions, theme)
        self.species_step = SpeciesStep(species)
        self.name_step = NameStep(folder)
        self.data_step = DataStep()
        self._steps: list[tuple[str, QWidget]] = [
            (tr("Where"), self.region_step),
            (tr("Species"), self.species_step),
            (tr("Name and cells"), self.name_step),
            (tr("Own data"), self.data_step),
        ]
        self._named_by_hand = False
        self._pages = QStackedWidget()
        self._tabs = QButtonGroup(self)
        self._problem = label("", tone="warning", name="wizard_problem")
        self._summary = label("", size="small", tone="muted", name="wizard_summary")
        self.back = QPushButton(tr("Back"))
        self.back.setObjectName("wizard_back")
        self.next = QPushButton()
        self.next.setObjectName("wizard_next")
        self.next.setProperty("role", "primary")
        self._lay_out()
        self._listen()
        self._on_region()
        self.show_step(0)

    def _lay_out(self) -> None:
        steps = QHBoxLayout()
        steps.setSpacing(GRID)
        for number, (title, page) in enumerate(self._steps):
            button = QPushButton(tr("{number}. {step}", number=number + 1, step=title))
            button.setObjectName(f"wizard_step_{number + 1}")
            button.setProperty("role", "step")
            button.setCheckable(True)
            self._tabs.addButton(button, number)
            self._pages.addWidget(page)
            steps.addWidget(button)
        steps.addStretch(1)
        leave = QPushButton(tr("Cancel"))
        leave.setObjectName("wizard_cancel")
        leave.clicked.connect(self.left)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(leave)
        buttons.addStretch(1)
        buttons.addWidget(self.back)
        buttons.addWidget(self.next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * GRID)
        layout.addWidget(heading(tr("New project")))
        layout.addLayout(steps)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._problem)
        layout.addWidget(self._summary)
        layout.addLayout(buttons)

    def _listen(self) -> None:
        self._tabs.idClicked.connect(self.show_step)
        self.back.clicked.connect(lambda: self.show_step(self.step - 1))
        self.next.clicked.connect(self._on_next)
        self.region_step.changed.connect(self._on_region)
        self.name_step.name.textEdited.connect(self._on_named)
        for _, page in self._steps:
            page.changed.connect(self._show_state)  # type: ignore[attr-defined]  # every step has it

    @property
    def step(self) -> int:
        """Number of the step that is shown, from 0."""
        return self._pages.currentIndex()

    def carried(self) -> WizardState:
        """Return what was said so far."""
        species, files = self.species_step.chosen, self.data_step.files
        return WizardState(self.step, fields_of(self), species, files)

    def take_over(self, state: WizardState) -> None:
        """Show the same step, with the same said."""
        fill_fields(self, state.fields)
        self.species_step.choose(state.species)
        self.data_step.add(state.files)
        self.show_step(state.step)

    def set_land(self, rings: Sequence[Ring]) -> None:
        """Show land on the small map."""
        self.region_step.map.set_land(rings)

    def show_step(self, number: int) -> None:
        """Show a step."""
        self._pages.setCurrentIndex(number)
        button = self._tabs.button(number)
        if button is not None:
            button.setChecked(True)
        self.back.setEnabled(number > 0)
        last = number == len(self._steps) - 1
        self.next.setText(tr("Create project") if last else tr("Next"))
        self._show_state()

    @property
    def wish(self) -> RegionWish:
        """What was said so far."""
        region = self.region_step.region
        return RegionWish(
            self.name_step.name.text().strip(),
            self.region_step.bounds,
            self.species_step.chosen,
            self.name_step.cell_size_m,
            "" if region is None else region.id,
        )

    @property
    def choice(self) -> Choice:
        """The project that was described: of a shipped region where nothing of it differs."""
        region, wish = self.region_step.region, self.wish
        folder = Path(self.name_step.folder.text().strip()).expanduser()
        if (
            region is not None
            and not self.data_step.files
            and set(wish.species) == set(region.species)
            and wish.cell_size_m == region.cell_size_m.value
            and wish.name in {region.names.en, region_name(region)}
        ):
            return CreateProject(region.id, folder)
        return CreateOwnProject(wish, folder, self.data_step.files)

    def problem(self) -> tuple[int, str]:
        """Return the step at which something is wrong, and what; an empty text for nothing."""
        wish = self.wish
        west, south, east, north = wish.bounds
        if east <= west or north <= south:
            told = tr("The box is empty: west must be below east, and south below north.")
            return 0, told
        if not wish.species:
            return 1, tr("Choose one species or more.")
        if not wish.name:
            return 2, tr("Give the project a name.")
        if cells_of(wish.bounds, wish.cell_size_m) > MOST_CELLS:
            return 2, tr("These are too many cells: choose larger ones, or a smaller extent.")
        return self._problem_of_folder()

    def _problem_of_folder(self) -> tuple[int, str]:
        folder = self.name_step.folder.text().strip()
        if not folder:
            return 2, tr("Say in which folder the project is made.")
        choice, region = self.choice, self.region_step.region
        if isinstance(choice, CreateProject) and region is not None:
            path = project_folder(region, choice.folder)
        else:
            path = choice_folder(Path(folder).expanduser(), self.wish.name)
        if path.exists():
            return 2, tr(
                "{path} is there already. Give the project another name, or open that one.",
                path=path,
            )
        missing = [path for path in self.data_step.files if not path.is_file()]
        if missing:
            return 3, tr("{path} is not there. Leave it out.", path=missing[0])
        return 3, ""

    def _on_region(self) -> None:
        """Take over what a shipped region says about species, cells and name."""
        region = self.region_step.region
        if region is not None:
            self.species_step.choose(region.species)
            self.name_step.choose_cell(region.cell_size_m.value)
        if not self._named_by_hand:
            self.name_step.name.setText("" if region is None else region_name(region))

    def _on_named(self, text: str) -> None:
        self._named_by_hand = bool(text)

    def _on_next(self) -> None:
        if self.step < len(self._steps) - 1:
            self.show_step(self.step + 1)
            return
        if not self.problem()[1]:
            self.made.emit(self.choice)

    def _show_state(self) -> None:
        """Say what is wrong at this step or before it, and what the project would be."""
        wish = self.wish
        self.name_step.tell_cells(wish.bounds)
        number, told = self.problem()
        last = self.step == len(self._steps) - 1
        shown = told if told and number <= self.step else ""
        self._problem.setText(shown)
        self._problem.setVisible(bool(shown))
        self.next.setEnabled(not shown if last else not (told and number == self.step))
        count = len(wish.species)
        parts = (
            wish.name,
            tr_n("{count} species", "{count} species", count) if count else "",
            words.distance(wish.cell_size_m),
        )
        self._summary.setText("  ·  ".join(part for part in parts if part))


def choice_folder(folder: Path, name: str) -> Path:
    """Return where the project of a name is made in a folder."""
    return folder / f"{region_id_of(name)}{SUFFIX}"
