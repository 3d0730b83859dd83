"""Section of the form: which records of the species are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QCheckBox, QLineEdit

from planner.profiles import species_ids
from resources.translation import tr, tr_n
from ui import words
from ui.controls import label
from ui.suitability.setup.fields import Section
from ui.suitability.setup.sources import SourceList
from ui.suitability.state import ANOTHER_SPECIES

if TYPE_CHECKING:
    from planner.suitability import SuitabilityStudy


class RecordsSection(Section):
    """Localities that ship, and files of one's own."""

    def __init__(self) -> None:
        super().__init__("study_records", tr("Records"))
        self.localities = QCheckBox(tr("Localities that ship"))
        self.localities.setObjectName("study_localities")
        self.localities.setToolTip(
            tr(
                "One point per protected area with the species, from the catalogue. They "
                "know the area, not the place of an animal."
            )
        )
        self.sources = SourceList("record_sources", tr("Add records…"))
        self.names = QLineEdit()
        self.names.setObjectName("study_names")
        self.names.setPlaceholderText(tr("all records in the files"))
        self.species = QLineEdit()
        self.species.setObjectName("study_species")
        self.species.setPlaceholderText(tr("such as Panthera pardus"))
        self._species_title = label(tr("Name of the species"), size="small", tone="muted")
        self.body.addWidget(self._species_title)
        self.body.addWidget(self.species)
        self.species.setAccessibleName(tr("Name of the species"))
        self.species.editingFinished.connect(self._on_changed)
        self.body.addWidget(self.localities)
        self.body.addWidget(
            label(
                tr(
                    "One point per protected area with the species: coarse, but of all "
                    "countries. Own files: CSV, Darwin Core archive, Camtrap DP, "
                    "GeoPackage, shapefile."
                ),
                size="small",
                tone="muted",
            )
        )
        self.body.addWidget(self.sources)
        self.add_field(
            tr("Names of the species in the files"),
            self.names,
            tr("Several names are parted by commas. Other species are rejected, with a count."),
        )
        self.localities.toggled.connect(self._on_changed)
        self.sources.changed.connect(self._on_changed)
        self.names.editingFinished.connect(self._on_changed)

    def load(self, study: SuitabilityStudy) -> None:
        """Show what a study says."""
        known = study.species in species_ids()
        for widget in (self.species, self._species_title):
            widget.setVisible(not known)
        self.localities.setVisible(known)
        named = known or study.species == ANOTHER_SPECIES
        self.species.setText("" if named else study.species)
        self.localities.setChecked(study.records.localities)
        self.sources.set_sources(study.records.sources)
        self.names.setText(", ".join(study.records.names))
        self._tell()

    @property
    def species_name(self) -> str:
        """Name that was given to a species without a profile, or an empty string."""
        return self.species.text().strip()

    def content(self) -> dict[str, object]:
        """Return the fields of the study that the section sets."""
        names = [part.strip() for part in self.names.text().split(",")]
        return {
            "localities": self.localities.isChecked(),
            "sources": [item.model_dump(mode="json") for item in self.sources.sources],
            "names": [name for name in names if name],
        }

    def _on_changed(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        files = len(self.sources.sources)
        parts = (
            tr("localities that ship") if self.localities.isChecked() else "",
            tr_n("{count} file", "{count} files", files) if files else "",
        )
        told = words.both([part for part in parts if part])
        self.summarise(words.capital(told) or tr("None yet: add a file"))
