"""A list of widenings that cost less and leave some of the shortfall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal

from resources.translation import mark, tr
from ui import words
from ui.suitability.table import TableView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtCore import QItemSelection
    from PyQt6.QtWidgets import QWidget

    from planner.corridors.result import WideningVariant

_M2_PER_KM2 = 1e6
_TIPS = (
    mark("Relative cost of the land to add"),
    mark("Width that is missing, summed along the corridor"),
    mark("Width of its narrowest place, measured afterwards"),
)


class VariantsTable(TableView):
    """Lists variants, the cheapest first; the chosen one is to be seen on the map."""

    variant_chosen = pyqtSignal(int)
    """A row was chosen by the user; carries its place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("widening_variants", tr("Widenings that cost less"), parent)
        self.setIndentation(0)
        self.setSelectionMode(self.SelectionMode.SingleSelection)
        self._loading = False
        selection = self.selectionModel()
        if selection is not None:
            selection.selectionChanged.connect(self._on_selection_changed)
        self.hide()

    def show_variants(self, variants: Sequence[WideningVariant]) -> None:
        """Show other variants; none hides the list."""
        self._loading = True
        rows = [
            (
                words.number(item.result.cost),
                words.area(item.shortfall_m2 / _M2_PER_KM2),
                words.distance(item.result.verified_width_m),
            )
            for item in variants
        ]
        self.show_rows(
            (tr("Cost"), tr("Falls short by"), tr("Narrowest")), rows, numbers=(0, 1, 2)
        )
        for at, tip in enumerate(_TIPS):
            head = self._rows.horizontalHeaderItem(at)
            if head is not None:
                head.setToolTip(tr(tip))
        self.fit_columns(stretched=1)
        self.fit_height(6)
        self.setVisible(len(rows) > 1)
        self._loading = False

    def _on_selection_changed(self, selected: QItemSelection, _: QItemSelection) -> None:
        indexes = selected.indexes()
        if indexes and not self._loading:
            self.variant_chosen.emit(indexes[0].row())
