"""Section of the form: how presences and the background are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QCheckBox

from resources.translation import mark, tr, tr_c, tr_n
from ui import words
from ui.controls import label
from ui.suitability.setup.fields import Choice, Count, Measure, Section
from ui.suitability.setup.sources import SourceList

if TYPE_CHECKING:
    from planner.suitability import SuitabilityStudy

_BACKGROUNDS = {
    "uniform": mark("Even over the area"),
    "bias": mark("By the density of records"),
    "target_group": mark("Where the target group was recorded"),
    "country_effort": mark("By each country's survey effort"),
}
_ABOUT = {
    "uniform": mark(
        "Right where the area was searched evenly. Where it was not, searching "
        "shows as habitat."
    ),
    "bias": mark("More background where more was recorded, by a kernel density."),
    "target_group": mark(
        "Cells in which any species of the group was recorded by the same means."
    ),
    "country_effort": mark(
        "Survey effort is modelled for each country, so that a border "
        "between a well and a poorly searched country does not become a "
        "border of habitat."
    ),
}
_UNCERTAIN = {
    "drop": mark("Leave them out, with a count"),
    "spread": mark("Spread them by weight"),
    "keep": mark("Take the place as it is"),
}
_NEEDS_GROUP = ("target_group", "country_effort")


class SamplingSection(Section):
    """Background, thinning, and what is done with uncertain places."""

    def __init__(self) -> None:
        super().__init__("study_sampling", tr("Sampling"))
        self.background = Choice("study_background", words.titles(_BACKGROUNDS))
        self._about = label("", size="small", tone="muted", name="background_about")
        self.sources = SourceList("group_sources", tr("Add records of the group…"))
        self.points = Count("study_points", 10, 1_000_000, tr_c("after a number", " points"))
        self.reach = Measure("study_reach", 20_000.0, " km", tr("everywhere"))
        self.thinning = Measure("study_thinning", 5_000.0, " km", tr("none"))
        self.one_per_cell = QCheckBox(tr("Count one record per cell"))
        self.one_per_cell.setObjectName("study_one_per_cell")
        self.uncertainty = Choice("study_uncertainty", words.titles(_UNCERTAIN))
        self.add_field(tr("Background"), self.background)
        self.body.addWidget(self._about)
        self.body.addWidget(self.sources)
        self.add_field(tr("Background points"), self.points)
        self.add_field(tr("Within this distance of records"), self.reach)
        self.add_field(tr("Records are at least so far apart"), self.thinning)
        self.body.addWidget(self.one_per_cell)
        self.add_field(tr("Places less sure than a cell is wide"), self.uncertainty)
        self.background.currentIndexChanged.connect(self._on_changed)
        self.uncertainty.currentIndexChanged.connect(self._on_changed)
        self.one_per_cell.toggled.connect(self._on_changed)
        self.sources.changed.connect(self._on_changed)
        for spin in (self.points, self.reach, self.thinning):
            spin.valueChanged.connect(self._on_changed)

    def load(self, study: SuitabilityStudy) -> None:
        """Show what a study says."""
        sampling = study.sampling
        self.background.choose(sampling.background)
        self.sources.set_sources(sampling.target_group)
        self.points.setValue(sampling.points)
        self.reach.setValue(sampling.reach_km or 0.0)
        self.thinning.setValue(sampling.thinning_km)
        self.one_per_cell.setChecked(sampling.one_per_cell)
        self.uncertainty.choose(sampling.uncertainty)
        self._tell()

    def content(self) -> dict[str, object]:
        """Return the fields of the study that the section sets."""
        return {
            "background": self.background.value,
            "target_group": [item.model_dump(mode="json") for item in self.sources.sources],
            "points": self.points.value(),
            "reach_km": self.reach.value() or None,
            "thinning_km": self.thinning.value(),
            "one_per_cell": self.one_per_cell.isChecked(),
            "uncertainty": self.uncertainty.value,
        }

    def _on_changed(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        kind = self.background.value
        needs = kind in _NEEDS_GROUP
        self.sources.setVisible(needs or kind == "bias")
        about = tr(_ABOUT[kind])
        if needs and not self.sources.sources:
            about = f"{about} {tr('It needs the records of the group: add a file.')}"
        self._about.setText(about)
        told = [
            tr(_BACKGROUNDS[kind]),
            tr_n("{count} point", "{count} points", self.points.value()),
        ]
        if self.thinning.value():
            told.append(tr("thinned to {distance:g} km", distance=self.thinning.value()))
        self.summarise(words.listed(told))
