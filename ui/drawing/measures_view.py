"""What a drawing gains, told while it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from resources.translation import tr, tr_n
from ui import words
from ui.controls import label
from ui.drawing.fact_table import FactTable
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.drawing.measures import DrawingMeasures, SpeciesHabitat

_MOST_NOTICES = 6
_LEAST_TOLD = 0.01
_SETTLEMENTS = 5


class MeasuresView(QScrollArea):
    """Tells areas, costs, habitat, the bottleneck, sites and settlements of a drawing."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("drawing_measures")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._names: Mapping[str, str] = {}
        self._measures: DrawingMeasures | None = None
        self._title = label("", size="title", name="measures_title")
        self._state = label("", size="small", tone="muted", name="measures_state")
        self._warnings = [
            label("", size="small", tone="warning", name=f"measures_notice_{number}")
            for number in range(_MOST_NOTICES)
        ]
        self._infos = [label("", size="small", tone="muted") for _ in range(_MOST_NOTICES)]
        self.whole = FactTable("measures_whole", "")
        self._quick_note = label("", size="small", tone="muted", name="measures_quick")
        self.countries = FactTable(
            "measures_countries",
            tr("By country"),
            (tr("Area, km²"), tr("New, km²"), tr("Cost")),
        )
        self.habitat = FactTable(
            "measures_habitat", tr("Habitat inside"), (tr("km²"), tr("New, km²"))
        )
        self.sites = FactTable("measures_sites", tr("Sites linked and touched"))
        self.people = FactTable("measures_people", tr("Settlements inside"), (tr("People"),))
        self._cost_note = label("", size="small", tone="muted", name="measures_cost_unit")
        self._source = label("", size="small", tone="muted", name="measures_source")
        self._lay_out()
        self.show_nothing("")

    def _lay_out(self) -> None:
        content = QWidget()
        content.setObjectName("scrolled")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, GRID, GRID, 2 * GRID)
        layout.setSpacing(GRID // 2)
        for widget in (self._title, self._state, *self._warnings, self.whole):
            layout.addWidget(widget)
        for widget in (
            self._quick_note,
            self.countries,
            self._cost_note,
            self.habitat,
            self.sites,
        ):
            layout.addWidget(widget)
        for widget in (self.people, self._source, *self._infos):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.setWidget(content)

    @property
    def measures(self) -> DrawingMeasures | None:
        """What is shown; None for nothing."""
        return self._measures

    def set_names(self, names: Mapping[str, str]) -> None:
        """Know the name of each site by its id."""
        self._names = names

    def show_title(self, title: str) -> None:
        """Say what is measured."""
        self._title.setText(title)

    def show_state(self, state: str) -> None:
        """Say what goes on, such as that the ground is being read; empty for nothing."""
        self._state.setText(state)
        self._state.setVisible(bool(state))

    def show_nothing(self, state: str) -> None:
        """Show no numbers, and say why."""
        self._measures = None
        self.show_state(state)
        self._show_notices((), ())
        for table in (self.whole, self.countries, self.habitat, self.sites, self.people):
            table.show_rows(())
        for note in (self._quick_note, self._cost_note, self._source):
            note.hide()

    def show_measures(self, measures: DrawingMeasures) -> None:
        """Show other numbers."""
        self._measures = measures
        self.show_state("")
        notices = [(notice.level, notice.text) for notice in measures.notices]
        narrow = measures.bottleneck
        self._show_note(
            self._quick_note,
            tr(
                "≈ To be quick, the bottleneck is told by an outline that is true to "
                "{distance}; while the hand rests, by a closer one.",
                distance=words.distance(narrow.resolution_m),
            )
            if narrow is not None and narrow.resolution_m
            else "",
        )
        self._show_notices(
            [text for level, text in notices if level == "warning"],
            [*(text for level, text in notices if level != "warning"), *measures.caveats],
        )
        self.whole.show_rows(_whole(measures))
        self.countries.show_rows(
            [
                (
                    words.country(part.iso3),
                    _amount(part.area_km2),
                    _amount(part.new_km2),
                    _amount(part.cost),
                )
                for part in measures.countries
            ]
        )
        self._show_note(
            self._cost_note,
            tr("Cost in {unit}.", unit=tr(measures.cost_unit)) if measures.cost_unit else "",
        )
        self.habitat.show_rows(
            [
                row
                for part in measures.habitat
                for row in _habitat(part, several=len(measures.countries) > 1)
            ]
        )
        self.sites.show_rows(self._sites(measures))
        self._show_people(measures)

    def _sites(self, measures: DrawingMeasures) -> list[tuple[str, str]]:
        linked = {site for group in measures.linked for site in group}
        rows = []
        for site in measures.sites:
            name = self._names.get(site.site_id, site.name)
            if site.site_id in linked:
                told = tr("linked")
            else:
                told = tr("{share} inside", share=f"{site.share_inside:.0%}")
            rows.append((name, told))
        return rows

    def _show_people(self, measures: DrawingMeasures) -> None:
        settled = measures.settlements
        rows = [
            (place.name, words.number(place.people) if place.people else "–")
            for place in settled.largest[:_SETTLEMENTS]
        ]
        others = settled.count - len(rows)
        if others > 0:
            rows.append((tr_n("{count} more", "{count} more", others), ""))
        if rows:
            rows.append((tr("All"), words.number(settled.people)))
        self.people.show_rows(rows)
        self._show_note(self._source, settled.source if rows else "")

    def _show_notices(self, warnings: Sequence[str], infos: Sequence[str]) -> None:
        for shown, texts in ((self._warnings, warnings), (self._infos, infos)):
            for number, widget in enumerate(shown):
                self._show_note(widget, texts[number] if number < len(texts) else "")

    @staticmethod
    def _show_note(widget: QLabel, text: str) -> None:
        widget.setText(text)
        widget.setVisible(bool(text))


def _amount(value: float) -> str:
    """Return an amount; what is less than a hundredth is nothing on this ground."""
    return words.number(value if value >= _LEAST_TOLD else 0.0)


def _habitat(part: SpeciesHabitat, *, several: bool) -> list[tuple[str, str, str]]:
    """Return the habitat of a species, and below it that of each country."""
    whole = (words.species(part.species), _amount(part.km2), _amount(part.new_km2))
    by_country = [
        (f"\N{EM SPACE}{words.country(iso3)}", _amount(km2), "")
        for iso3, km2 in part.by_country.items()
    ]
    return [whole, *(by_country if several else [])]


def _whole(measures: DrawingMeasures) -> list[tuple[str, str]]:
    """Return what is told of the whole, a label and its value each."""
    rows = [(tr("Area"), words.area(measures.area_km2))]
    if measures.length_km is not None:
        rows.append((tr("Length"), words.distance(1000 * measures.length_km)))
    bottleneck = measures.bottleneck
    if bottleneck is not None:
        width = words.distance(bottleneck.width_m)
        rows.append((tr("Bottleneck"), f"≈ {width}" if bottleneck.resolution_m else width))
    rows.append((tr("Protected already"), f"{measures.protected_share:.0%}"))
    if len(measures.countries) > 1:
        new = sum(part.new_km2 for part in measures.countries)
        rows += [
            (tr("New"), words.area(new)),
            (tr("Cost"), words.number(measures.cost)),
        ]
    rows.append((tr("Settlements inside"), words.number(measures.settlements.count)))
    return rows
