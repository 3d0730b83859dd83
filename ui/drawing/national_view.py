"""The national parts of a proposal in its form: area, cost and habitat of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from resources.translation import tr
from ui import words
from ui.controls import label
from ui.drawing.fact_table import FactTable
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.drawing.form import ProposalForm
    from planner.drawing.transboundary import NationalPart

_INDENT = "\N{EM SPACE}"


class NationalView(QWidget):
    """Tells what a proposal takes of each country, and offers to part it.

    Of a proposal that is a national part itself, it tells the whole that it belongs to.
    """

    cut_requested = pyqtSignal()
    """Each part is to become a proposal of its own."""
    all_requested = pyqtSignal(tuple)
    """The proposals that belong together are to be selected; carries their keys."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("proposal_national")
        self._members: tuple[str, ...] = ()
        self._told = label("", size="small", name="proposal_across")
        self.table = FactTable("proposal_parts", "", (tr("km²"), tr("Cost")))
        self._left_out = label("", size="small", tone="warning", name="proposal_left_out")
        self._source = label(
            tr("Cut along the lines as they are held in the data source (Natural Earth)."),
            size="small",
            tone="muted",
        )
        self._cut = QPushButton(tr("Make each part a proposal"))
        self._cut.setObjectName("proposal_cut")
        self._cut.setToolTip(
            tr("They stay linked as one transboundary proposal; one step of undo.")
        )
        self._all = QPushButton(tr("Select all its parts"))
        self._all.setObjectName("proposal_all_parts")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        for widget in (
            self._told,
            self.table,
            self._left_out,
            self._source,
            self._cut,
            self._all,
        ):
            layout.addWidget(widget)
        self._cut.clicked.connect(self.cut_requested)
        self._all.clicked.connect(lambda: self.all_requested.emit(self._members))

    def show_form(self, form: ProposalForm, *, editable: bool) -> bool:
        """Show the parts of another proposal; tells whether there is anything to show."""
        together = bool(form.members)
        parts = form.members if together else form.parts
        several = len(parts) > 1
        self._members = tuple(part.key for part in form.members)
        told = tr(
            "A national part of the transboundary proposal “{name}”. All its parts:",
            name=form.across,
        )
        self._told.setText(told if together else "")
        self._told.setVisible(together)
        self.table.show_rows(_rows(parts) if several else ())
        left_out = _left_out(form)
        self._left_out.setText(left_out)
        self._left_out.setVisible(bool(left_out))
        self._source.setVisible(several)
        self._cut.setVisible(several and not together)
        self._cut.setEnabled(editable)
        self._all.setVisible(together)
        return several or bool(left_out)


def _rows(parts: Sequence[NationalPart]) -> list[tuple[str, str, str]]:
    rows = []
    for part in parts:
        rows.append((words.countries(part.countries), _km2(part.area_km2), _cost(part.cost)))
        rows += [
            (
                _INDENT + tr("habitat of {species}", species=words.species(species)),
                _km2(km2),
                "",
            )
            for species, km2 in sorted(part.habitat_km2.items())
        ]
    costs = [part.cost for part in parts if part.cost is not None]
    whole = sum(part.area_km2 for part in parts)
    rows.append((tr("All"), _km2(whole), _cost(sum(costs) if costs else None)))
    return rows


def _km2(value: float) -> str:
    return words.number(round(value, 1))


def _cost(value: float | None) -> str:
    return "–" if value is None else words.number(value)


def _left_out(form: ProposalForm) -> str:
    """Say what of a proposal belongs to no country that takes part."""
    words_of = {
        "sea": tr("sea"),
        "other": tr("land of countries that take no part"),
        "outside": tr("outside the region"),
    }
    told = [
        f"{words_of[what]} {words.area(km2)}"
        for what, km2 in form.uncounted_km2.items()
        if what in words_of
    ]
    if not told:
        return ""
    return tr("In no national part, and not counted: {places}.", places=words.listed(told))
