"""What else can be set of the feature that is current: weight, places, a target everywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QFrame, QVBoxLayout, QWidget

from planner.reserve.request import PlaceSettings
from resources.translation import mark, tr
from ui import words
from ui.controls import label
from ui.elided import ElidedLabel
from ui.reserve.setup.targets import in_km2
from ui.suitability.setup.fields import Choice, Count, Measure
from ui.theme import GRID

if TYPE_CHECKING:
    from ui.reserve.setup.targets import TargetRow

_PLACES_BY = {
    "block": mark("Squares of ground"),
    "patch": mark("Connected pieces of land"),
    "country": mark("Countries"),
}
_LEAST = 1.0


class FeatureCard(QFrame):
    """Fields of one feature; hidden where none is current."""

    changed = pyqtSignal(object)
    """The feature is to have other settings; carries its row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("feature_card")
        self.setProperty("role", "card")
        self._row: TargetRow | None = None
        self._loading = False
        self._title = ElidedLabel("feature_card_title")
        self._detail = ElidedLabel("feature_card_detail", tone="muted")
        self.by_country = QCheckBox(tr("Target in each country"))
        self.by_country.setObjectName("feature_by_country")
        self.by_country.setToolTip(tr("Of what each country holds of the feature, by itself"))
        self.weight = Measure("feature_weight", 1e6, "", "0")
        self.weight.setDecimals(2)
        self.places = Count("feature_places", 1, 1000)
        self.places.setSpecialValueText(tr("one is enough"))
        self.places_by = Choice("feature_places_by", words.titles(_PLACES_BY))
        self.block = Measure("feature_places_block", 10_000.0, " km", "")
        self.least = Measure("feature_places_least", 1e9, "", "")
        for field in (self.block, self.least):
            field.setMinimum(0.1)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(GRID, GRID, GRID, GRID)
        self._layout.setSpacing(GRID // 2)
        for widget in (self._title, self._detail, self.by_country):
            self._layout.addWidget(widget)
        self._add(tr("Weight, where features are weighed"), self.weight)
        self._add(tr("Separate places it is wanted in"), self.places)
        self._of_places = (
            *self._add(tr("A place is"), self.places_by),
            *self._add(tr("Side of a square"), self.block),
            *self._add(tr("A place holds at least"), self.least),
        )
        self._listen()
        self.show_row(None)

    def _add(self, title: str, field: QWidget) -> tuple[QWidget, QWidget]:
        head = label(title, size="small", tone="muted")
        field.setAccessibleName(title)
        self._layout.addWidget(head)
        self._layout.addWidget(field)
        return head, field

    def _listen(self) -> None:
        self.by_country.toggled.connect(self._on_changed)
        self.places_by.currentIndexChanged.connect(self._on_changed)
        for spin in (self.weight, self.places, self.block, self.least):
            spin.valueChanged.connect(self._on_changed)

    def show_row(self, row: TargetRow | None) -> None:
        """Show another feature; nothing for None."""
        self._row = row
        self.setVisible(row is not None)
        if row is None:
            return
        self._loading = True
        self._title.say(row.title)
        self._detail.say(row.source.path or row.source.other_path)
        self._detail.setVisible(row.is_users)
        self.by_country.setChecked(row.by_country)
        self.weight.setValue(row.source.weight)
        places = row.source.places
        self.places.setValue(1 if places is None else places.count)
        self.places_by.choose("block" if places is None else places.by)
        self.block.setValue(100.0 if places is None else places.block_km)
        self.least.setSuffix(" km²" if in_km2(row.source) else "")
        self.least.setValue(_LEAST if places is None else places.least)
        self._show_places()
        self._loading = False

    def _show_places(self) -> None:
        several = self.places.value() > 1
        for widget in self._of_places:
            widget.setVisible(several)
        squares = several and self.places_by.value == "block"
        for widget in self._of_places[2:4]:
            widget.setVisible(squares)

    def _on_changed(self) -> None:
        row = self._row
        if self._loading or row is None:
            return
        self._show_places()
        places = None
        if self.places.value() > 1:
            places = PlaceSettings.model_validate(
                {
                    "count": self.places.value(),
                    "least": self.least.value(),
                    "by": self.places_by.value,
                    "block_km": self.block.value(),
                }
            )
        changed = row.with_source(weight=self.weight.value(), places=places)
        self._row = replace(changed, by_country=self.by_country.isChecked())
        self.changed.emit(self._row)
