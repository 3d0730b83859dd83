"""Sections of the form: which model is fitted, and how it is tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resources.translation import mark, tr, tr_c
from ui import words
from ui.controls import label
from ui.suitability.setup.fields import Choice, Count, Measure, Section
from ui.suitability.state import MODEL_TITLES

if TYPE_CHECKING:
    from planner.suitability import SuitabilityStudy

_ABOUT_MODEL = {
    "ensemble": mark(
        "Several models together; it shows where they agree and where they do not."
    ),
    "maxent": mark("Smooth responses that can be read and defended."),
    "forest": mark("Many trees on balanced samples; finds combinations of conditions."),
    "boosting": mark("Trees that correct one another; sharp, and needs more records."),
    "expert": mark(
        "The index of the species' profile; needs no records, and is no more "
        "than the experts' view."
    ),
}
_FOLDS = {
    "blocks": mark("Squares of ground"),
    "countries": mark("One country at a time"),
    "random": mark("At random"),
}
_ABOUT_FOLDS = {
    "blocks": mark(
        "Records of whole squares are left out in turn, so near neighbours do not help."
    ),
    "countries": mark(
        "Each country is left out in turn: does the model hold across the border?"
    ),
    "random": mark("Near neighbours help, so this flatters the model."),
}


class ModelSection(Section):
    """Which model."""

    def __init__(self) -> None:
        super().__init__("study_model", tr("Model"))
        self.kind = Choice("study_model_kind", words.titles(MODEL_TITLES))
        self._about = label("", size="small", tone="muted", name="model_about")
        self.seed = Count("study_seed", 0, 2_000_000_000)
        self.add_field(tr("Model"), self.kind)
        self.body.addWidget(self._about)
        self.add_field(tr("Seed"), self.seed, tr("The same seed gives the same numbers."))
        self.kind.currentIndexChanged.connect(self._on_changed)
        self.seed.valueChanged.connect(self._on_changed)

    def load(self, study: SuitabilityStudy) -> None:
        """Show what a study says."""
        self.kind.choose(study.model.kind)
        self.seed.setValue(min(study.seed, self.seed.maximum()))
        self._tell()

    def content(self, study: SuitabilityStudy) -> dict[str, object]:
        """Return the model; its options are kept where it is the same model."""
        same = study.model.kind == self.kind.value
        return {"kind": self.kind.value, "options": study.model.options if same else {}}

    def _on_changed(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        self._about.setText(tr(_ABOUT_MODEL[self.kind.value]))
        self.summarise(tr(MODEL_TITLES[self.kind.value]))


class EvaluationSection(Section):
    """How the model is tested on records that it has not seen."""

    def __init__(self) -> None:
        super().__init__("study_evaluation", tr("Evaluation"))
        self.folds = Choice("study_folds", words.titles(_FOLDS))
        self._about = label("", size="small", tone="muted", name="folds_about")
        self.count = Count("study_fold_count", 2, 50, tr_c("after a number", " parts"))
        self.block = Measure("study_block", 5_000.0, " km", tr("a tenth of the area"))
        self.null_models = Count(
            "study_null_models", 0, 10_000, tr_c("after a number", " models")
        )
        self.null_models.setSpecialValueText(tr("none"))
        self.add_field(tr("Leave out"), self.folds)
        self.body.addWidget(self._about)
        self.add_field(tr("Number of parts"), self.count)
        self.add_field(tr("Side of a square"), self.block)
        self.add_field(
            tr("Compare with models of random records"),
            self.null_models,
            tr("Tells whether the model is better than chance; each takes as long as a fit."),
        )
        self.folds.currentIndexChanged.connect(self._on_changed)
        for spin in (self.count, self.block, self.null_models):
            spin.valueChanged.connect(self._on_changed)

    def load(self, study: SuitabilityStudy) -> None:
        """Show what a study says."""
        evaluation = study.evaluation
        self.folds.choose(evaluation.folds)
        self.count.setValue(evaluation.count)
        self.block.setValue(evaluation.block_km or 0.0)
        self.null_models.setValue(evaluation.null_models)
        self._tell()

    def content(self) -> dict[str, object]:
        """Return the fields of the study that the section sets."""
        return {
            "folds": self.folds.value,
            "count": self.count.value(),
            "block_km": self.block.value() or None,
            "null_models": self.null_models.value(),
        }

    def _on_changed(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        kind = self.folds.value
        self._about.setText(tr(_ABOUT_FOLDS[kind]))
        self.count.setEnabled(kind != "countries")
        self.block.setEnabled(kind == "blocks")
        told = [tr(_FOLDS[kind])]
        if kind != "countries":
            told.append(self.count.text())
        if self.null_models.value():
            told.append(tr("{models} of chance", models=self.null_models.text()))
        self.summarise(words.listed(told))
