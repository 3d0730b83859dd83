"""The page of the ledger: what each country gives, what it gains, and how they compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QPushButton, QWidget

from resources.translation import mark, tr
from ui import words
from ui.controls import label
from ui.reserve.balance import Balance, BalanceBars
from ui.reserve.findings.giving_table import GivingTable
from ui.reserve.scrolled import ScrolledPage
from ui.suitability.table import TableView

if TYPE_CHECKING:
    from planner.reserve.ledger import Ledger, LedgerLine, SpeciesGain
    from ui.theme import Theme

_ABOUT = mark(
    "Full bar: share of the cost that a country gives with new land. Pale bar: its "
    "share of what is gained, the mean of targets held anew and of connectivity. "
    "Ratio: the second over the first; above 1 it gains more than it gives."
)


class LedgerPage(ScrolledPage):
    """Shows the ledger of one solution."""

    ledger_wanted = pyqtSignal()
    """The ledger of the solution that is shown is to be drawn up."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("ledger_page", parent)
        self._empty = label("", size="small", tone="muted", name="ledger_empty")
        self.button = QPushButton(tr("Draw up the ledger"))
        self.button.setObjectName("draw_up_ledger")
        self.button.clicked.connect(self.ledger_wanted)
        self._about = label(tr(_ABOUT), size="small", tone="muted", name="ledger_about")
        self.bars = BalanceBars(theme)
        self.table = GivingTable(
            "ledger_table", tr("What each country gives and gains"), gives=(2,)
        )
        self._species_title = label(tr("Gains by species, km²"), name="species_title")
        self.species = TableView(
            "ledger_species", tr("What each country gains for each species")
        )
        self._parts: tuple[QWidget, ...] = (
            self.bars,
            self._about,
            self.table,
            self._species_title,
            self.species,
        )
        for widget in (self._empty, self.button, *self._parts):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.show_ledger(None)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self.bars.set_theme(theme)

    def show_ledger(self, ledger: Ledger | None, *, possible: bool = True) -> None:
        """Show another ledger; None where none has been drawn up."""
        for widget in self._parts:
            widget.setVisible(ledger is not None)
        self._empty.setVisible(ledger is None)
        self._empty.setText(
            tr("What each country gives and gains by this solution has not been drawn up yet.")
        )
        self.button.setVisible(ledger is None)
        self.button.setEnabled(possible)
        if ledger is None:
            return
        self.bars.show_rows(
            [
                Balance(line.iso3, line.give_share or 0.0, line.gain_share or 0.0)
                for line in ledger.lines
            ]
        )
        rows = [_row(line, words.country(line.iso3)) for line in ledger.lines]
        rows.append(_row(ledger.total, tr("All")))
        self.table.show_rows(
            (tr("Country"), tr("New km²"), tr("Cost"), tr("Ratio")), rows, numbers=(1, 2, 3)
        )
        self.table.fit_columns(0)
        self.table.fit_height()
        self.table.give_way()
        species = [
            _species_row(item, line)
            for line in ledger.lines
            for item in line.species
            if item.habitat_km2 > 0 or item.connected_km2 > 0
        ]
        self.species.show_rows(
            (tr("Who for"), tr("Habitat"), tr("Connected")), species, numbers=(1, 2)
        )
        self.species.fit_columns(0)
        self.species.fit_height()
        self._species_title.setVisible(bool(species))
        self.species.setVisible(bool(species))


def _row(line: LedgerLine, name: str) -> tuple[str, ...]:
    ratio = "–" if line.ratio is None else words.fixed(line.ratio, 2)
    return (name, words.number(line.area_km2), words.number(line.cost), ratio)


def _species_row(item: SpeciesGain, line: LedgerLine) -> tuple[str, ...]:
    return (
        f"{words.species(item.species)}, {line.iso3}",
        words.number(item.habitat_km2),
        words.number(item.connected_km2),
    )
