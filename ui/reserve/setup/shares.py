"""Section of the form: what each country gives at least and at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QCheckBox

from resources.translation import mark, tr
from ui import words
from ui.reserve.setup.country_table import CountryColumn, CountryTable
from ui.reserve.trace_plot import percent
from ui.suitability.setup.fields import Choice, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.reserve.request import ReserveRequest

_OF = {"area": mark("Area"), "cost": mark("Cost"), "gain": mark("Gain")}


class SharesSection(Section):
    """Shares of the countries."""

    def __init__(self) -> None:
        super().__init__("reserve_shares", tr("Shares of the countries"))
        self.of = Choice("shares_of", words.titles(_OF))
        self.table = CountryTable(
            "share_table",
            tr("Least and greatest share of each country"),
            [
                CountryColumn(tr("At least"), in_per_cent=True, empty=tr("no least share")),
                CountryColumn(tr("At most"), in_per_cent=True, empty=tr("no greatest share")),
                CountryColumn(
                    tr("Entitled"), in_per_cent=True, empty=tr("entitled to equal shares")
                ),
            ],
        )
        self.fair = QCheckBox(tr("As even as can be"))
        self.fair.setObjectName("max_min_fair")
        self.fair.setToolTip(
            tr(
                "Make the least share, each divided by what the country is entitled to, as "
                "great as can be"
            )
        )
        self.count_existing = QCheckBox(tr("Existing sites count"))
        self.count_existing.setObjectName("count_existing")
        self.add_field(tr("Shares of"), self.of)
        self.body.addWidget(self.count_existing)
        self.add_field(tr("Shares"), self.table)
        self.body.addWidget(self.fair)
        self.of.currentIndexChanged.connect(self._on_changed)
        self.fair.toggled.connect(self._on_changed)
        self.count_existing.toggled.connect(self._on_changed)
        self.table.edited.connect(self._on_changed)
        self.table.refused.connect(self.show_problem)

    def load(self, request: ReserveRequest, countries: Sequence[str]) -> None:
        """Show what a request says."""
        shares = request.shares
        self.of.choose(shares.of)
        self.count_existing.setChecked(shares.count_existing)
        self.fair.setChecked(shares.max_min_fair)
        columns = [shares.minimum, shares.maximum, shares.entitlement]
        self.table.show_values(countries, columns)
        self._tell()

    def content(self) -> dict[str, object]:
        """Return the fields of a request that the section sets."""
        return {
            "of": self.of.value,
            "minimum": self.table.values(0),
            "maximum": self.table.values(1),
            "entitlement": self.table.values(2) if self.fair.isChecked() else {},
            "max_min_fair": self.fair.isChecked(),
            "count_existing": self.count_existing.isChecked(),
        }

    def _on_changed(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        self.table.setColumnHidden(3, not self.fair.isChecked())  # only then is it looked at
        least, most = self.table.values(0), self.table.values(1)
        told = [
            f"{words.country(iso3)} {_between(least.get(iso3), most.get(iso3))}"
            for iso3 in sorted({*least, *most})
        ]
        if self.fair.isChecked():
            told.append(tr("as even as can be"))
        self.summarise(words.listed_apart(told) or tr("Whatever is best"))


def _between(least: float | None, most: float | None) -> str:
    if least is None:
        return "" if most is None else f"≤ {percent(most)}"
    if most is None:
        return f"≥ {percent(least)}"
    return tr("{least} to {most}", least=percent(least), most=percent(most))
