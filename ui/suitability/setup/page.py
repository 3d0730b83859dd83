"""The form of a study: sections that fold, each with a default, and the button that runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from planner.suitability import StudyError, study_from
from planner.suitability.study_file import study_content
from resources.translation import tr
from ui import words
from ui.controls import heading, label, link_button
from ui.suitability.setup.layers import LayersSection
from ui.suitability.setup.model import EvaluationSection, ModelSection
from ui.suitability.setup.records import RecordsSection
from ui.suitability.setup.sampling import SamplingSection
from ui.suitability.state import ANOTHER_SPECIES
from ui.theme import GRID

if TYPE_CHECKING:
    from planner.suitability import SuitabilityStudy


class SetupPage(QWidget):
    """Shows a study for changing; what is not shown of it stays as it is."""

    back_requested = pyqtSignal()
    model_requested = pyqtSignal()
    preview_wanted = pyqtSignal(object)
    """The layers are to be compared; carries the study."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("study_page")
        self._study: SuitabilityStudy | None = None
        self.records = RecordsSection()
        self.layers = LayersSection()
        self.sampling = SamplingSection()
        self.model = ModelSection()
        self.evaluation = EvaluationSection()
        self.sections = (
            self.records,
            self.layers,
            self.sampling,
            self.model,
            self.evaluation,
        )
        back = link_button("study_back", tr("Back to the runs"))
        back.clicked.connect(self.back_requested)
        self._title = label("", size="small", tone="muted", name="study_title")
        self._waiting = label(tr("Preparing the study…"), tone="muted", name="study_waiting")
        self._problem = label("", size="small", tone="error", name="study_problem")
        self._problem.hide()
        self.run_button = QPushButton(tr("Model habitat"))
        self.run_button.setObjectName("study_model_habitat")
        self.run_button.setProperty("role", "primary")
        self.run_button.clicked.connect(self.model_requested)
        self._scroll = self._make_scroll()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(back, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(heading(tr("Set up the study")))
        layout.addWidget(self._title)
        layout.addWidget(self._waiting)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self._problem)
        layout.addWidget(self.run_button)
        self.layers.comparison_wanted.connect(self._on_comparison_wanted)
        for section in self.sections:
            section.changed.connect(lambda: self.show_problem(""))
        self._show_ready()

    def _make_scroll(self) -> QScrollArea:
        content = QWidget()
        content.setObjectName("scrolled")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(GRID)
        for section in self.sections:
            column.addWidget(section)
        column.addStretch(1)
        area = QScrollArea()
        area.setObjectName("study_scroll")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        return area

    @property
    def loaded(self) -> SuitabilityStudy | None:
        """The study as it was loaded; None while there is none."""
        return self._study

    def load(self, study: SuitabilityStudy | None) -> None:
        """Show a study, or that one is being prepared."""
        self._study = study
        self.show_problem("")
        if study is not None:
            self._title.setText(words.species(study.species))
            self.records.load(study)
            self.records.unfold(unfolded=not study.records.localities)
            self.layers.load(study)
            self.sampling.load(study)
            self.model.load(study)
            self.evaluation.load(study)
        self._show_ready()

    def study(self) -> SuitabilityStudy:
        """Return the study as it stands in the form.

        Raises
        ------
        StudyError
            Something in it cannot be meant so; names the field.
        """
        if self._study is None:
            raise StudyError(tr("The study is still being prepared. Wait a moment."))
        content = study_content(self._study)
        parts: dict[str, dict[str, object]] = {
            "records": self.records.content(),
            "sampling": self.sampling.content(),
            "evaluation": self.evaluation.content(),
        }
        for name, fields in parts.items():
            before = content.get(name)
            content[name] = {**(before if isinstance(before, dict) else {}), **fields}
        content["covariates"] = self.layers.content()
        content["model"] = self.model.content(self._study)
        content["seed"] = self.model.seed.value()
        content["species"] = self.records.species_name or self._study.species
        if content["species"] == ANOTHER_SPECIES:
            raise StudyError(tr("Give the species a name, under Records."))
        return study_from(content)

    def show_problem(self, text: str) -> None:
        """Say why the study cannot be run; nothing where it can."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    def _show_ready(self) -> None:
        ready = self._study is not None
        self._waiting.setVisible(not ready)
        self._scroll.setVisible(ready)
        self._title.setVisible(ready)
        self.run_button.setEnabled(ready)

    def _on_comparison_wanted(self) -> None:
        try:
            study = self.study()
        except StudyError as error:
            self.layers.show_problem(words.problem(error))
            return
        self.preview_wanted.emit(study)
